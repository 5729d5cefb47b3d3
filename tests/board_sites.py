"""The example `starter` on every board: as much of it as its pins and UARTs can take.

Each board's table says where the parts are wired, or what else differs; a part that it does not name is not there.
"""

import tomllib
from pathlib import Path
from typing import Any

import tomlkit

from sortyard.config.examples import copy_example
from sortyard.config.site import Site, load_site

PARTS = ("motor", "eye", "scanner", "diverter", "chute")
ENDS = {"REJECT": {}}
CONTACTOR = {"driver": "contactor", "address": None}
THREE_CHUTES = {"NORTH": {}, "SOUTH": {}, "EAST": {}, **ENDS}


def signal(pin: str) -> dict[str, Any]:
    """An eye's wire."""
    return {"pins": {"signal": pin}}


BOARDS: dict[str, dict[str, dict[str, Any]]] = {
    "esp32_devkit": {
        "encoder": {"pins": {"a": "IO18", "b": "IO19"}},
        "line": {"pins": {"estop": "IO13"}},
        "M-BELT": {"pins": {"tx": "IO2", "rx": "IO16", "de": "IO4"}},
        "SCAN": {"pins": {"tx": "IO15", "rx": "IO17"}},
        "PE-INFEED": signal("IO34"),
        "PE-V1": signal("IO35"),
        "PE-V2": signal("IO36"),
        "PE-V3": signal("IO39"),
        "PE-END": signal("IO32"),
        "PE-C1": signal("IO33"),
        "PE-C2": signal("IO25"),
        "PE-C3": signal("IO26"),
        "D-NORTH": {"pins": {"extend": "IO21"}},
        "D-SOUTH": {"pins": {"extend": "IO22"}},
        "D-EAST": {"pins": {"extend": "IO23", "home": "IO27", "extended": "IO14"}},
        **THREE_CHUTES,
    },
    "esp32_s3": {
        "encoder": {"pins": {"a": "IO4", "b": "IO5"}},
        "line": {"pins": {"estop": "IO13", "start": "IO14", "reset": "IO15"}},
        "M-BELT": {"pins": {"tx": "IO18", "rx": "IO1", "de": "IO47"}},
        "SCAN": {"pins": {"tx": "IO16", "rx": "IO17"}},
        "PE-INFEED": signal("IO38"),
        "PE-V1": signal("IO39"),
        "PE-V2": signal("IO48"),
        "PE-V3": signal("IO6"),
        "PE-END": signal("IO7"),
        "PE-C1": signal("IO8"),
        "PE-C2": signal("IO9"),
        "PE-C3": signal("IO10"),
        "D-NORTH": {"pins": {"extend": "IO21"}},
        "D-SOUTH": {"pins": {"extend": "IO40"}},
        "D-EAST": {"pins": {"extend": "IO41", "retract": "IO42", "home": "IO11", "extended": "IO12"}},
        **THREE_CHUTES,
    },
    "esp32_c3": {  # one chute; its encoder is counted by handlers, as fast as `check` allows
        "encoder": {"pins": {"a": "IO4", "b": "IO5"}, "um_per_count": 800},
        "line": {"pins": {}},
        "M-BELT": {**CONTACTOR, "pins": {"run": "IO6"}},
        "SCAN": {"pins": {"tx": "IO8", "rx": "IO7"}},
        "PE-INFEED": signal("IO0"),
        "PE-V1": signal("IO1"),
        "PE-C1": signal("IO3"),
        "D-NORTH": {"pins": {"extend": "IO10"}},
        "NORTH": {},
        **ENDS,
    },
    "esp32_c6": {
        "encoder": {"pins": {"a": "IO10", "b": "IO11"}},
        "line": {"pins": {"estop": "IO0"}},
        "M-BELT": {**CONTACTOR, "pins": {"run": "IO1", "closed": "IO2"}},
        "SCAN": {"pins": {"tx": "IO4", "rx": "IO3"}},
        "PE-INFEED": signal("IO6"),
        "PE-V1": signal("IO7"),
        "PE-V2": signal("IO18"),
        "PE-END": signal("IO19"),
        "PE-C1": signal("IO20"),
        "PE-C2": signal("IO21"),
        "D-NORTH": {"pins": {"extend": "IO22"}},
        "D-SOUTH": {"pins": {"extend": "IO23"}},
        "NORTH": {},
        "SOUTH": {},
        **ENDS,
    },
    "pico2": {},
}
"""pico2 has the pins of the example's own board."""


PICO_PINS = (
    "GP2 GP3 GP7 GP8 GP9 GP18 GP17 GP16 GP10 GP13 GP11 GP12 "
    "GP20 GP21 GP22 GP14 GP19 GP15 GP26 GP0 GP1 GP5 GP6 GP4"
)
S3_PINS = (
    "IO4 IO5 IO6 IO7 IO8 IO9 IO10 IO11 IO12 IO13 IO14 IO40 "
    "IO15 IO16 IO21 IO41 IO17 IO42 IO18 IO1 IO2 IO38 IO39 IO48"
)
"""What of hub16 is wired to the board itself, and where on an ESP32-S3."""


def hub16_on_s3(folder: Path) -> Site:
    """The site on an ESP32-S3, written into `folder`."""
    copy_example("hub16", folder, is_forced=True)
    path = folder / "hub16.line.toml"
    text = path.read_text("utf-8").replace('board = "pico"', 'board = "esp32_s3"')
    for old, new in zip(PICO_PINS.split(), S3_PINS.split(), strict=True):
        assert f'"{old}"' in text
        text = text.replace(f'"{old}"', f'"{new}"')
    path.write_text(text, "utf-8")
    return load_site(path)


def starter_on(folder: Path, board: str) -> Site:
    """The site, written into `folder`."""
    copy_example("starter", folder, is_forced=True)
    line_path, plan_path = folder / "starter.line.toml", folder / "starter.plan.toml"
    line, plan = (tomllib.loads(path.read_text("utf-8")) for path in (line_path, plan_path))
    _wire(line, board)
    chutes = {one["name"] for one in line["chute"]}
    plan["rule"] = [rule for rule in (_fitted(rule, chutes) for rule in plan["rule"]) if rule]
    if plan["default"] not in chutes:
        del plan["default"]
    line_path.write_text(tomlkit.dumps(line), "utf-8")
    plan_path.write_text(tomlkit.dumps(plan), "utf-8")
    return load_site(line_path)


def _wire(line: dict[str, Any], board: str) -> None:
    line["ecu"][0]["board"] = board
    changes = BOARDS[board]
    if not changes:
        return
    line["encoder"].update(changes["encoder"])
    line["ecu"][0].update(changes["line"])
    for kind in PARTS:
        line[kind] = [_changed(part, changes[part["name"]]) for part in line[kind] if part["name"] in changes]


def _changed(part: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**part, **changes}.items() if value is not None}


def _fitted(rule: dict[str, Any], chutes: set[str]) -> dict[str, Any] | None:
    """A rule with the chutes that are there; None if there is none of its own."""
    if "chute" in rule:
        return rule if rule["chute"] in chutes else None
    left = [name for name in rule["chutes"] if name in chutes]
    return {**rule, "chutes": left} if left else None
