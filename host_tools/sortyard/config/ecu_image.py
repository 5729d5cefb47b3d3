"""The configuration of one ECU as the file that its firmware reads (`ecu.img`, see firmware/sorter_ecu/image.py).

    image = ecu_image(site, "line", boot=1)

Names, units and defaults are resolved here, so that the board does no more than make its objects: every part
becomes [driver, {wire: pin number}, {option: value}], in the numbering of the gate logic.
"""

from __future__ import annotations

import ast
import json
from array import array
from collections.abc import Mapping
from functools import cache
from typing import Any

from sorter_core.frames import crc16
from sortyard.config.board_file import Board, load_board
from sortyard.config.compile import gate_config
from sortyard.config.line import Ecu
from sortyard.config.site import Site
from sortyard.errors import Finding, InputError
from sortyard.shipped import shipped

IMAGE_FILE = "ecu.img"
PERIOD_US = 1000
_SAFE_STATES = {"retract": 0, "hold": 1, "off": 2}
_VERSION = 1


@cache
def driver_options(path: str) -> dict[str, Any]:
    """Defaults of a driver's option table, read from its file ("motors.vfd_modbus")."""
    source = shipped("firmware") / "sorter_io" / (path.replace(".", "/") + ".py")
    for node in ast.parse(source.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "OPTIONS":
            return {row[0]: row[1] for row in ast.literal_eval(node.value)}
    raise ValueError(f"{source} has no OPTIONS")


def ecu_image(site: Site, name: str, boot: int = 1) -> bytes:
    """The file of the ECU `name`. Raises InputError with every part that it cannot take yet."""
    ecu = next(one for one in site.line.ecu if one.name == name)
    findings = _unsupported(site, ecu)
    if findings:
        raise InputError(findings)
    parts = _parts(site, ecu, load_board(ecu.board), boot)
    sections = (
        json.dumps(parts, separators=(",", ":")).encode(),
        _words(gate_config(site.line, site.board_plan.groups, boot)),
        _words(site.board_plan.table),
        site.board_plan.blob,
    )
    body = b"SYEC" + bytes([_VERSION])
    for tag, section in enumerate(sections, start=1):
        body += bytes([tag]) + len(section).to_bytes(3, "little") + section
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")


def _words(numbers: array) -> bytes:
    return b"".join(number.to_bytes(4, "little", signed=True) for number in numbers)


def _unsupported(site: Site, ecu: Ecu) -> list[Finding]:
    """What the firmware has no driver for on this board: it is told, not left out."""
    line, findings = site.line, []

    def tell(key: str, reason: str, remedy: str) -> None:
        findings.append(Finding(str(site.path), None, key, reason, remedy))

    if load_board(ecu.board).port != "rp2":
        tell(
            "ecu.board",
            f"the firmware has no encoder driver for {ecu.board} yet",
            "use a pico, pico_w or pico2",
        )
    if len(line.ecu) > 1:
        tell(
            "ecu",
            f"{len(line.ecu)} boards; the firmware runs a line on one board yet",
            "wire all to one board",
        )
    if line.expander:
        tell(
            "expander", "the firmware has no driver for expanders yet", "wire all parts to pins of the board"
        )
    kinds = {"diverter": {"pusher", "swing_arm"}, "scanner": {"serial_line"}, "motor": {"vfd_modbus"}}
    for kind, known in kinds.items():
        for part in getattr(line, kind):
            driver = part.kind if kind == "diverter" else part.driver
            if driver not in known:
                tell(
                    f"{kind}.{part.name}",
                    f"the firmware has no driver {driver} yet",
                    f"use {', '.join(sorted(known))}",
                )
            if not part.pins:
                tell(f"{kind}.{part.name}.pins", "no pins are given", "say where it is wired: pins = { ... }")
    if len(line.motor) > 1 or any(motor.drives != "belt" for motor in line.motor):
        tell("motor", "the firmware drives the belt's motor only, yet", "keep one motor, with drives = belt")
    return findings


def _parts(site: Site, ecu: Ecu, board: Board, boot: int) -> dict[str, Any]:
    line, numbering = site.line, site.numbering
    um = line.encoder.um_per_count
    return {
        "line": line.name,
        "ecu": ecu.name,
        "boot": boot,
        "period_us": PERIOD_US,
        "encoder": _row(board, "encoders.quadrature_pio", line.encoder.pins),
        "eyes": [
            _row(board, "photo_eye", eye.pins, debounce_counts=round(eye.debounce_mm * 1000 / um))
            for eye in numbering.eyes
        ],
        "scanners": [_row(board, f"scanners.{one.driver}", one.pins) for one in line.scanner],
        "gates": [
            [*_row(board, f"diverters.{gate.kind}", gate.pins), _SAFE_STATES[gate.safe_state]]
            for gate in numbering.gates
        ],
        "belt": next(
            (_row(board, f"motors.{one.driver}", one.pins, address=one.address) for one in line.motor), None
        ),
        "contacts": _row(board, "contacts", ecu.pins),
    }


def _row(board: Board, driver: str, pins: Mapping[str, str], **values: Any) -> list[Any]:
    options = {**driver_options(driver), **values}
    if "tx" in pins:
        options["unit"] = board.units(pins["tx"], "uart_tx")[0]
    return [driver, {wire: board.pins[pin].number for wire, pin in pins.items()}, options]
