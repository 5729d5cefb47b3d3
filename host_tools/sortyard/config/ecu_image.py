"""The configuration of one ECU as the file that its firmware reads (`ecu.img`, see firmware/sorter_ecu/image.py).

    image = ecu_image(site, "line", boot=1)

Names, units and defaults are resolved here, so that the board does no more than make its objects: every part
becomes [driver, {wire: pin number}, {option: value}], in the numbering of the gate logic.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from typing import Any

from sorter_core.frames import crc16
from sortyard.config.board_file import Board, load_board
from sortyard.config.compile import gate_config
from sortyard.config.drivers import driver_options, driver_path
from sortyard.config.line import Ecu, Line
from sortyard.config.site import Site
from sortyard.errors import Finding, InputError

IMAGE_FILE = "ecu.img"
PERIOD_US = 1000
_SAFE_STATES = {"retract": 0, "hold": 1, "off": 2}
_VERSION = 1


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
    parts: list[tuple[str, str, Any]] = [("encoder", "encoder", line.encoder)]
    parts += [(kind, f"{kind}.{part.name}", part) for kind in _DRIVERS for part in getattr(line, kind)]
    for kind, name, part in parts:
        driver = part.driver if kind in ("scanner", "motor") else getattr(part, "kind", kind)
        known = _DRIVERS.get(kind, ())
        if kind in _DRIVERS and driver not in known:
            tell(name, f"the firmware has no driver {driver} yet", f"use {', '.join(known)}")
        if not part.pins:
            tell(f"{name}.pins", "no pins are given", "say where it is wired: pins = { ... }")
        for wire, pin in part.pins.items():
            if "." in pin and wire not in _ON_EXPANDERS:
                tell(
                    f"{name}.pins.{wire}",
                    f"{pin}: the firmware reads no {wire} there yet",
                    "use a pin of the board",
                )
    return findings


_DRIVERS = {
    "expander": ("hc165", "hc595"),
    "motor": ("mdr", "vfd_modbus"),
    "eye": ("eye",),
    "scanner": ("serial_line",),
    "diverter": ("pusher", "swing_arm", "popup_wheel"),
}
"""What the firmware can drive, by the kind of part."""
_ON_EXPANDERS = frozenset({"signal", "extend", "retract", "lift", "run"})
"""Wires that may end at an expander."""


class _Rows:
    """Makes the rows of parts, with everything that is a name on the host resolved to numbers."""

    def __init__(self, line: Line, board: Board) -> None:
        self._board = board
        self._expanders = [one.name for one in line.expander]

    def row(self, kind: str, part: Any, **values: Any) -> list[Any]:
        """[driver, {wire: pin}, {option: value}]; a pin is its number, or [expander, number]."""
        return self.wired(driver_path(kind, part), part.pins, {**part.options, **values})

    def wired(self, driver: str, pins: Mapping[str, str], values: Mapping[str, Any]) -> list[Any]:
        """The same for a driver by its path."""
        options = {**driver_options(driver), **values}
        for wire, function in (("tx", "uart_tx"), ("clock", "spi_sck")):
            if wire in pins:
                options["unit"] = self._board.units(pins[wire], function)[0]
        return [driver, {wire: self._pin(pin) for wire, pin in pins.items()}, options]

    def _pin(self, pin: str) -> int | list[int]:
        name, _, number = pin.partition(".")
        return [self._expanders.index(name), int(number)] if number else self._board.pins[pin].number


def _parts(site: Site, ecu: Ecu, board: Board, boot: int) -> dict[str, Any]:
    line, numbering = site.line, site.numbering
    rows = _Rows(line, board)
    row, um = rows.row, line.encoder.um_per_count
    addresses = {
        one.name: {"address": one.address} if one.driver == "vfd_modbus" else {} for one in line.motor
    }
    return {
        "line": line.name,
        "ecu": ecu.name,
        "boot": boot,
        "period_us": PERIOD_US,
        "expanders": [row("expander", one, count=one.count) for one in line.expander],
        "encoder": row("encoder", line.encoder),
        "eyes": [
            row("eye", eye, debounce_counts=round(eye.debounce_mm * 1000 / um)) for eye in numbering.eyes
        ],
        "scanners": [row("scanner", one) for one in line.scanner],
        "gates": [[*row("diverter", gate), _SAFE_STATES[gate.safe_state]] for gate in numbering.gates],
        "motors": [[*row("motor", one, **addresses[one.name]), one.drives] for one in line.motor],
        "contacts": rows.wired("contacts", ecu.pins, {}),
    }
