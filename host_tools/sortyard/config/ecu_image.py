"""The configuration of one ECU as the file that its firmware reads (`ecu.img`, see firmware/sorter_ecu/image.py).

    image = ecu_image(site, "line")

Names, units and defaults are resolved here, so that the board does no more than make its objects: every part
becomes [driver, {wire: pin number}, {option: value}], in the numbering of the gate logic.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping
from hashlib import sha256
from math import ceil
from typing import Any

from sorter_core.frames import crc16
from sortyard.config.belt_speed import limits_of
from sortyard.config.board_file import Board, load_board
from sortyard.config.check_drivers import parts_of
from sortyard.config.compile import gate_config
from sortyard.config.driver_tables import UNIT_PINS, Driver, driver_of
from sortyard.config.line import Ecu, Light, Line
from sortyard.config.numbering import Numbering, number
from sortyard.config.site import Site
from sortyard.config.timing import told_mm
from sortyard.config.units import units_of
from sortyard.config.zones import WHOLE, Zone, host_lost_s, zones_of
from sortyard.errors import Finding, InputError

IMAGE_FILE = "ecu.img"
PERIOD_US = 1000
AWAY_S = 90
"""For so long a host may be away without losing anything, at the line's rate; a minute at half as many again. Unless
more parcels come in it than MOST_PARCELS_KEPT, for which the greatest line has room."""
LEAST_PARCELS_KEPT = 16
MOST_PARCELS_KEPT = 240
_SAFE_STATES = {"retract": 0, "hold": 1, "off": 2}
_VERSION = 3


def ecu_image(site: Site, name: str) -> bytes:
    """The file of the ECU `name`. Raises InputError with every part that it cannot take yet."""
    ecu = next(one for one in site.line.ecu if one.name == name)
    findings = _unwired(site)
    if findings:
        raise InputError(findings)
    zone = _zone_of(site, ecu)
    parts = {**_parts(zone, load_board(ecu.board)), "hash": _hash_of(site, zone)}
    sections = _sections(site, zone, parts)
    body = b"SYEC" + bytes([_VERSION])
    for tag, section in enumerate(sections, start=1):
        body += bytes([tag]) + len(section).to_bytes(3, "little") + section
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")


def config_hash(site: Site, name: str) -> str:
    """What the ECU `name` says of its configuration if it is that of this site: 16 hexadecimal digits of a SHA-256."""
    ecu = next(one for one in site.line.ecu if one.name == name)
    return _hash_of(site, _zone_of(site, ecu))


def _zone_of(site: Site, ecu: Ecu) -> Zone:
    return next(zone for zone in zones_of(site.line) if zone.ecu.name == ecu.name)


def _hash_of(site: Site, zone: Zone) -> str:
    digest = sha256()
    for section in _sections(site, zone, _parts(zone, load_board(zone.ecu.board))):
        digest.update(len(section).to_bytes(4, "little") + section)
    return digest.hexdigest()[:16]


def _sections(site: Site, zone: Zone, parts: dict[str, Any]) -> tuple[bytes, ...]:
    return (
        json.dumps(parts, separators=(",", ":")).encode(),
        _words(gate_config(zone.line, site.board_plan.groups, stretch=zone.stretch)),
        _narrow(site.board_plan.table),
        site.board_plan.blob,
    )


def _words(numbers: array) -> bytes:
    return b"".join(number.to_bytes(4, "little", signed=True) for number in numbers)


def _narrow(numbers: array) -> bytes:
    """How many bits a number has, 16 where all fit, and the numbers."""
    bits = 16 if min(numbers) >= -0x8000 and max(numbers) < 0x8000 else 32
    return bytes([bits]) + b"".join(number.to_bytes(bits // 8, "little", signed=True) for number in numbers)


def _unwired(site: Site) -> list[Finding]:
    """Parts that a board would have to leave out."""
    line, findings = site.line, []

    def tell(key: str, reason: str, remedy: str) -> None:
        findings.append(Finding(str(site.path), None, key, reason, remedy))

    for _, kind, part in parts_of(line):
        if kind not in ("ecu", "light") and not part.pins and driver_of(kind, part).pins:
            name = "encoder" if kind == "encoder" else f"{kind}.{part.name}"
            tell(f"{name}.pins", "no pins are given", "say where it is wired: pins = { ... }")
    return findings


class _Rows:
    """Makes the rows of parts, with everything that is a name on the host resolved to numbers."""

    def __init__(self, line: Line, ecu: Ecu, board: Board) -> None:
        self._board = board
        self._units = units_of(line, ecu.name, board)
        self._expanders = [one.name for one in line.expander]
        self._taken: dict[str, int] = {}

    def row(self, kind: str, part: Any, **values: Any) -> list[Any]:
        """[driver, {wire: pin}, {option: value}]; a pin is its number, or [expander, number]."""
        driver = driver_of(kind, part, self._board)
        options = driver.options_of(part)
        options.update({name: value for name, value in values.items() if name in options})
        if "unit" in options:
            options["unit"] = self._unit(driver, part.pins)
        pins = {wire: self._pin(pin) for wire, pin in part.pins.items()}
        return [driver.path, pins, options]

    def _unit(self, driver: Driver, pins: Mapping[str, str]) -> int:
        """Where the part's pins lead to, or the next free one of what its driver takes."""
        for wire, need in driver.pins.items():
            if need in UNIT_PINS and wire in pins:
                return self._units[pins[wire]]
        unit = self._taken.get(driver.takes, 0)
        self._taken[driver.takes] = unit + 1
        return unit

    def _pin(self, pin: str) -> int | list[int]:
        name, _, number = pin.partition(".")
        return [self._expanders.index(name), int(number)] if number else self._board.pins[pin].number


def _parcels_kept(line: Line) -> int:
    """How many parcels a board keeps for a host that is away."""
    parcels = ceil(line.parcels.rate_per_h * AWAY_S / 3600)
    return max(LEAST_PARCELS_KEPT, min(MOST_PARCELS_KEPT, parcels))


def _triggers(line: Line, numbering: Numbering) -> list[Any]:
    """Which scanner is told to read by which eye, and for how many counts of the encoder a parcel that has left it goes
    on until its last code has been told."""
    return [
        (place, at, ceil((told_mm(line, one) - (eye.position_mm or 0)) * 1000 / line.encoder.um_per_count))
        for place, one in enumerate(line.scanner)
        for at, eye in enumerate(numbering.eyes)
        if eye.name == one.trigger
    ]


def _parts(zone: Zone, board: Board) -> dict[str, Any]:
    line, ecu, numbering = zone.line, zone.ecu, number(zone.line)
    rows = _Rows(line, ecu, board)
    row, um = rows.row, line.encoder.um_per_count
    return {
        "line": line.name,
        "ecu": ecu.name,
        "chip": board.model.mcu,
        "machine": board.model.machine,
        # a board with neighbours stops without the host by itself: it cannot hear them
        "host_lost_s": host_lost_s(line) if zone.stretch == WHOLE else -1,
        "period_us": PERIOD_US,
        "parcels": _parcels_kept(line),
        "belt_speed": limits_of(line),
        "expanders": [row("expander", one, count=one.count) for one in line.expander],
        "encoder": row("encoder", line.encoder),
        "eyes": [
            row("eye", eye, debounce_counts=round(eye.debounce_mm * 1000 / um)) if place >= 0 else None
            for eye, place in zip(numbering.eyes, zone.eyes, strict=True)
        ],
        "scanners": [row("scanner", one, trigger=int(one.trigger is not None)) for one in line.scanner],
        "triggers": _triggers(line, numbering),
        "gates": [[*row("diverter", gate), _SAFE_STATES[gate.safe_state]] for gate in numbering.gates],
        "motors": [[*row("motor", one, address=one.address), one.drives] for one in line.motor],
        "contacts": row("ecu", ecu),
        "light": row("light", next((one for one in line.light if one.ecu == ecu.name), Light(name="none"))),
        "link": row("link", ecu.wired_link, console_baud=board.console_baud),
    }
