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
    "esp32_c3": {  # one chute; its encoder is counted by interrupts, so it is coarser
        "encoder": {"pins": {"a": "IO4", "b": "IO5"}, "um_per_count": 1000},
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
