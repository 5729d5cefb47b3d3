"""Rules of `check` for drivers, by the tables in their own files: wires that a driver has and needs, options that it
takes, ports that it runs on, and what it takes of the chip.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from sortyard.config.board_file import Board, board_names, load_board
from sortyard.config.check_context import Context
from sortyard.config.driver_tables import FOLDERS, Driver, driver_of, drivers_of
from sortyard.config.line import Diverter, Line, Motor
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath

END_SWITCHES = ("home", "extended")
"""Wires of a diverter's end switches, in every driver that can have them."""
FROM_ELSEWHERE = {
    "unit": "it follows from the pins",
    "address": "it is the motor's key address",
    "count": "it is the expander's key count",
    "debounce_counts": "it follows from the eye's key debounce_mm",
    "trigger": "it is the scanner's key trigger",
}
"""Options that other keys of the line file give, and which."""


def boards_of(line: Line) -> dict[str, Board]:
    """The board of each ECU whose board is known, by the ECU's name."""
    return {ecu.name: load_board(ecu.board) for ecu in line.ecu}


def parts_of(line: Line) -> Iterator[tuple[KeyPath, str, Any]]:
    """Everything that has a driver: path, kind and part."""
    for place, ecu in enumerate(line.ecu):
        yield ("ecu", place), "ecu", ecu
        if ecu.encoder:
            wired = {"ecu": ecu.name, "pins": ecu.encoder}
            yield ("ecu", place), "encoder", line.encoder.model_copy(update=wired)
        yield ("ecu", place, "link"), "link", ecu.wired_link
    yield ("encoder",), "encoder", line.encoder
    for place, light in enumerate(line.light):
        if light.ecu is not None:
            yield ("light", place), "light", light
    for kind in ("eye", *(kind for kind in FOLDERS if kind not in ("encoder", "link"))):
        yield from (((kind, place), kind, part) for place, part in enumerate(getattr(line, kind)))


def judge_drivers(context: Context) -> None:
    """Add every finding about the drivers of a line's parts."""
    boards = boards_of(context.line)
    taken: dict[tuple[str, str], list[str]] = {}
    for path, kind, part in parts_of(context.line):
        ecu = part.name if kind == "ecu" else part.ecu
        board = boards.get(ecu)
        driver = driver_of(kind, part, board)
        pins = part.pins
        key = "encoder" if kind == "encoder" and path[0] == "ecu" else "pins"
        _judge_wires(context, (*path, key), driver, pins)
        if kind == "diverter":
            _judge_end_switches(context, path, driver, part)
        if driver.accumulates:
            _judge_accumulating(context, path, driver, part)
        if kind not in ("ecu", "light"):
            _judge_options(context, path, driver, part.options)
            _judge_ends(context, path, driver, part)
        if board is not None and pins:
            _judge_port(context, path, kind, driver, board)
        if board is not None and driver.takes and (pins or not driver.pins):
            taken.setdefault((ecu, driver.takes), []).append(getattr(part, "name", kind))
    _judge_triggers(context)
    for (ecu, resource), names in taken.items():
        _judge_resource(context, ecu, boards[ecu], resource, names)


def _judge_triggers(context: Context) -> None:
    """A scanner that is told to read can be told, by an eye that sees the parcel while it is in the read window."""
    line = context.line
    eyes = {eye.name: eye for eye in line.eye}
    for place, scanner in enumerate(line.scanner):
        if scanner.trigger is None:
            continue
        path = ("scanner", place, "trigger")
        driver = driver_of("scanner", scanner)
        can = "trigger" in driver.defaults() or "trigger" in scanner.pins
        if not can:
            context.error(
                path, f"{driver.path} cannot be told to read", "wire its trigger, or take the key out"
            )
        eye = eyes.get(scanner.trigger)
        if eye is None:
            context.error(
                path,
                f'there is no eye "{scanner.trigger}"',
                did_you_mean(scanner.trigger, eyes) or "add the eye",
            )
        elif eye.position_mm is None or abs(eye.position_mm - scanner.position_mm) > scanner.window_mm:
            context.error(
                path,
                f"eye {eye.name} is not within {scanner.window_mm} mm of scanner {scanner.name}: the parcel "
                "would be elsewhere when the scanner is told to read",
                f"use an eye at {scanner.position_mm} mm, or a few millimetres ahead of that",
            )
        elif eye.ecu != scanner.ecu:
            wired = f"eye {eye.name} is wired to {eye.ecu}, scanner {scanner.name} to {scanner.ecu}"
            context.error(path, wired, "wire both to one")


def lacking(driver: Driver, pins: Container[str]) -> list[str]:
    """Wires that a driver with these ones needs besides."""
    missing = [wire for wire in driver.pins if wire not in pins and wire not in driver.optional]
    if driver.any_of and not any(wire in pins for wire in driver.any_of):
        missing.append(" or ".join(driver.any_of))
    for wires in driver.together:
        if any(wire in pins for wire in wires):
            missing += [wire for wire in wires if wire not in pins]
    return missing


def _judge_wires(context: Context, path: KeyPath, driver: Driver, pins: Mapping[str, str]) -> None:
    for wire, pin in pins.items():
        if wire not in driver.pins:
            there_are = f"wires: {', '.join(driver.pins)}"
            context.error(
                (*path, wire),
                f'{driver.path} has no wire "{wire}"',
                did_you_mean(wire, driver.pins) + there_are,
            )
        elif "." in pin and wire not in driver.on_expander:
            context.error(
                (*path, wire),
                f"{pin}: {driver.path} takes {wire} from a pin of the board only",
                "use a pin of the board",
            )
    missing = lacking(driver, pins)
    if pins and missing:
        context.error(path, f"{driver.path} needs {', '.join(missing)} too", "say where it is wired")


def _judge_accumulating(context: Context, path: KeyPath, driver: Driver, motor: Motor) -> None:
    """What holds parcels at its own eyes feeds a line; it moves no belt, and opens no gap to the millimetre."""
    line = context.line
    if motor.drives != "meter":
        context.error(
            (*path, "drives"),
            f"{driver.path} lets each parcel go on to an eye of its own: {motor.name} cannot drive the {motor.drives}",
            'use another driver, or let it drive the "meter" of a line without infeed meter and loop',
        )
        return
    for key, does in (("infeed_meter", "opens gaps"), ("recirculation", "lets the loop in")):
        if getattr(line, key) is not None:
            context.error(
                (*path, "driver"),
                f"{driver.path} holds a parcel when it has come to an eye of its own, not where it is when the line "
                f"{does} ([{key}])",
                f"use another driver for {motor.name}; zones ahead of it that accumulate are not this board's",
            )


def _judge_end_switches(context: Context, path: KeyPath, driver: Driver, gate: Diverter) -> None:
    """A diverter that is to be believed by its end switches has them: else the gate logic waits for them in vain."""
    missing = [wire for wire in END_SWITCHES if wire not in gate.pins]
    if not gate.feedback or not gate.pins or not missing:
        return
    if set(END_SWITCHES) <= set(driver.pins):
        reason = f"{gate.name} has feedback = true, but no pins for {', '.join(missing)}"
        context.error(
            (*path, "pins"), reason, "say where its end switches are wired, or set feedback = false"
        )
    else:
        reason = f"{gate.name} has feedback = true, but {driver.path} has no end switches"
        context.error((*path, "feedback"), reason, "set feedback = false, or use another driver")


def _judge_options(context: Context, path: KeyPath, driver: Driver, given: dict[str, int | str]) -> None:
    table = {option.name: option for option in driver.options}
    free = [name for name in table if name not in FROM_ELSEWHERE]
    for name, value in given.items():
        where = (*path, "options", name)
        option = table.get(name)
        if option is None:
            there_are = f"options: {', '.join(free)}" if free else "it has none"
            context.error(
                where, f'{driver.path} has no option "{name}"', did_you_mean(name, free) + there_are
            )
        elif name in FROM_ELSEWHERE:
            context.error(where, f"{name} is not given here: {FROM_ELSEWHERE[name]}", "take it out")
        elif not option.takes(value):
            context.error(
                where, f"{name} is {value!r}; allowed: {option.allowed()}", f"{name}: {option.text}"
            )


def _judge_ends(context: Context, path: KeyPath, driver: Driver, part: Any) -> None:
    values = {name: driver.options_of(part)[name] for name in driver.differ}
    if values and len(set(values.values())) == 1:
        names, (value, *_) = " and ".join(values), values.values()
        context.error(
            (*path, "options"), f"{names} are both {value}: {part.name} would not move", "let them differ"
        )


def _judge_port(context: Context, path: KeyPath, kind: str, driver: Driver, board: Board) -> None:
    if driver.port in ("", board.port):
        return
    able = [one.name for one in drivers_of(kind).values() if one.port in ("", board.port)]
    context.error(
        (*path, "driver"),
        f"{driver.path} is for the {driver.port} port of MicroPython; {board.name} runs {board.port}",
        f"use {', '.join(able)}",
    )


def _judge_resource(context: Context, ecu: str, board: Board, resource: str, names: list[str]) -> None:
    limit = getattr(board.resources, resource)
    if not limit and resource == "network":
        able = [name for name in board_names() if load_board(name).resources.network]
        context.error(
            ("ecu", [one.name for one in context.line.ecu].index(ecu), "link", "driver"),
            f"{board.name} has no network, and the link {', '.join(names)} is to go through one",
            f"use a board with Wi-Fi ({', '.join(able)}), or another link",
        )
    elif len(names) > limit:
        context.error(
            ("ecu", [one.name for one in context.line.ecu].index(ecu), "board"),
            f"{len(names)} parts take one {resource.upper()} each; {board.name} has {limit}: {', '.join(names)}",
            "put some of them on another board, or choose other drivers",
        )
