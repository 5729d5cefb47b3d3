"""Where each wire of a line file goes: a pin of its ECU's board (`GP2`), or a place on an expander (`in.0`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sortyard.config.board_file import Board, board_names, load_board
from sortyard.config.driver_tables import Driver, driver_of
from sortyard.config.line import Ecu, Expander, Line
from sortyard.config.line_view import LineView
from sortyard.config.pin_words import would_do
from sortyard.config.toml_lines import KeyPath

_BOARD_PIN = re.compile(r"[A-Z][A-Z0-9_]{0,15}")
_EXPANDER_PIN = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)\.(\d{1,3})")

INPUTS = frozenset({"in", "irq", "edge", "pulled"})
"""What a wire asks of a pin that is read."""
_OUTPUTS = frozenset({"out", "gate"})
_WIRED = ("expander", "motor", "eye", "scanner", "diverter", "light")


Boards = Mapping[str, Board]
"""Those that are known, by the names of their ECUs."""


class Wire(NamedTuple):
    """One wire of a part: where it is written, and the pin that it goes to."""

    path: KeyPath
    kind: str
    part: Any
    ecu: str
    key: str
    pin: str
    board: Board | None = None

    @property
    def driver(self) -> Driver:
        """Of the part that it belongs to; which one it is may depend on the board."""
        return driver_of(self.kind, self.part, self.board)

    @property
    def need(self) -> str:
        """What its pin must be able to do; "" for a wire that the driver does not have."""
        return self.driver.pins.get(self.key, "")

    @property
    def may_be_remote(self) -> bool:
        """Whether it may end at an expander instead of a pin of the board."""
        return self.key in self.driver.on_expander


def judge_pins(view: LineView) -> None:
    """Add every finding about pins to the view: form, expander, range, direction, double use."""
    expanders = {part.name: part for _, part in view.parts("expander")}
    taken: dict[tuple[str, str], Wire] = {}
    wires = list(_wires(view))
    for wire in wires:
        if not (_BOARD_PIN.fullmatch(wire.pin) or _EXPANDER_PIN.fullmatch(wire.pin)):
            view.tell(
                wire.path,
                f'"{wire.pin}" is no pin',
                'write the board\'s name of the pin ("GP2", "IO25") or a place on an expander ("in.0")',
            )
            continue
        _judge_expander(view, wire, expanders)
        first = taken.setdefault((wire.ecu, wire.pin), wire)
        if first is not wire and not _share_a_bus(first, wire):
            view.tell(
                wire.path,
                f"{wire.pin} of {wire.ecu} is taken: line {view.line_of(first.path)}, "
                f"{_owner(first)}, {first.key}",
                f"each wire needs a pin of its own; {_would_do_instead(view, wire, wires, expanders)}",
            )
    _judge_addresses(view)


def _would_do_instead(view: LineView, wire: Wire, wires: list[Wire], expanders: dict[str, Expander]) -> str:
    """Pins of its board, or places on its expander, that nobody uses and that can do what this wire asks."""
    used = {one.pin for one in wires if one.ecu == wire.ecu}
    name, _, place = wire.pin.partition(".")
    if place and name in expanders:
        per_chip, _ = driver_of("expander", expanders[name]).places
        places = [f"{name}.{number}" for number in range(per_chip * expanders[name].count)]
        return f"free places: {', '.join(one for one in places if one not in used) or 'none'}"
    if wire.board is None or not wire.need:
        return "use another one"
    free = [pin for pin in wire.board.pins if pin not in used]
    return would_do(wire.board, wire.need, free, or_expander=wire.may_be_remote)


def _wires(view: LineView) -> Iterator[Wire]:
    known = board_names()
    boards = {ecu.name: load_board(ecu.board) for _, ecu in view.parts("ecu") if ecu.board in known}
    for path, ecu in view.parts("ecu"):
        yield from _of_ecu(path, ecu, view.line, boards)
    if "encoder" not in view.has_set_aside:
        yield from _of_part(("encoder",), "encoder", view.line.encoder, boards)
    for kind in _WIRED:
        for path, part in view.parts(kind):
            yield from _of_part(path, kind, part, boards)


def wires_of(line: Line) -> Iterator[Wire]:
    """Every wire of a sound line."""
    boards = {ecu.name: load_board(ecu.board) for ecu in line.ecu}
    for place, ecu in enumerate(line.ecu):
        yield from _of_ecu(("ecu", place), ecu, line, boards)
    yield from _of_part(("encoder",), "encoder", line.encoder, boards)
    for kind in _WIRED:
        for place, part in enumerate(getattr(line, kind)):
            yield from _of_part((kind, place), kind, part, boards)


def _of_ecu(path: KeyPath, ecu: Ecu, line: Line, boards: Boards) -> Iterator[Wire]:
    board = boards.get(ecu.name)
    for key, pin in ecu.encoder.items():
        yield Wire((*path, "encoder", key), "encoder", line.encoder, ecu.name, key, pin, board)
    for key, pin in ecu.pins.items():
        yield Wire((*path, "pins", key), "ecu", ecu, ecu.name, key, pin, board)
    yield from _of_part((*path, "link"), "link", ecu.wired_link, boards)


def _of_part(path: KeyPath, kind: str, part: Any, boards: Boards) -> Iterator[Wire]:
    """Of a part that is wired to a board; a light may be wired to none."""
    if part.ecu is not None:
        board = boards.get(part.ecu)
        for key, pin in part.pins.items():
            yield Wire((*path, "pins", key), kind, part, part.ecu, key, pin, board)


def _owner(wire: Wire) -> str:
    return wire.kind if wire.kind == "encoder" else f"{wire.kind} {wire.part.name}"


def _judge_expander(view: LineView, wire: Wire, expanders: dict[str, Expander]) -> None:
    match = _EXPANDER_PIN.fullmatch(wire.pin)
    if match is None:
        return
    name, number = match.group(1), int(match.group(2))
    chain = expanders.get(name)
    if chain is None:
        if not view.is_known("expander", name):
            view.tell(wire.path, f'there is no expander "{name}"', view.suggestion("expander", name))
        return
    per_chip, direction = driver_of("expander", chain).places
    pins = per_chip * chain.count
    if number >= pins:
        view.tell(
            wire.path,
            f"{wire.pin}: {chain.count} x {chain.kind} have {pins} pins, 0 to {pins - 1}",
            f"use a free one, or set count of {name} to {number // per_chip + 1}",
        )
    if chain.ecu != wire.ecu:
        view.tell(
            wire.path,
            f"{_owner(wire)} is wired to {wire.ecu}, but expander {name} hangs on {chain.ecu}",
            f'use a pin or an expander of {wire.ecu}, or set ecu = "{chain.ecu}"',
        )
    _judge_direction(view, wire, chain, direction)


def _judge_direction(view: LineView, wire: Wire, chain: Expander, direction: str) -> None:
    if wire.need and wire.need not in INPUTS | _OUTPUTS:
        view.tell(
            wire.path,
            f"{wire.key} of {_owner(wire)} changes faster than expander {chain.name} is read",
            f"use a pin of {wire.ecu} itself",
        )
    elif direction == "in" and wire.need in _OUTPUTS:
        view.tell(
            wire.path, f"{wire.key} is an output; {chain.kind} has inputs only", "use an hc595 or a board pin"
        )
    elif direction == "out" and wire.need in INPUTS:
        view.tell(
            wire.path, f"{wire.key} is an input; {chain.kind} has outputs only", "use an hc165 or a board pin"
        )


def _share_a_bus(first: Wire, second: Wire) -> bool:
    """The drivers of both say that this wire is one of a bus: motors on RS-485, expanders on I2C."""
    return first.key == second.key and first.driver == second.driver and first.key in first.driver.shared


def _judge_addresses(view: LineView) -> None:
    taken: dict[tuple[str, str, int], str] = {}
    for path, motor in view.parts("motor"):
        if "tx" not in motor.pins:
            continue
        first = taken.setdefault((motor.ecu, motor.pins["tx"], motor.address), motor.name)
        if first != motor.name:
            view.tell(
                (*path, "address"),
                f"{motor.name} and {first} have address {motor.address} on the same bus",
                "give each motor of a bus its own address",
            )
