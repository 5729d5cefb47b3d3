"""Rules of `check` for the links between boards and host: wires, and whether a serial line carries what is told.

On an RS-485 line the host asks one board after the other, and each answers with one frame. Its cycle is the time until
all have had their turn with the longest frames; its load is the share of its time that the line's parcels take.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sorter_core import messages
from sorter_core.slots import CODE_BYTES
from sortyard.config.check_context import Context
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Ecu, Line
from sortyard.config.link_times import (
    BITS,
    BOARD_TURN_MS,
    FRAME_BYTES,
    HOST_TURN_MS,
    cycle_ms,
    options_of,
    question_bytes,
)

MEAN_TURN_MS = 10
"""From the end of a question to the beginning of its answer, on average."""
MOST_CYCLE_MS = 250
"""A board takes its host for lost after 1,000 ms; three questions may get lost before."""
MOST_LOAD = 0.8
"""Share of the time: the rest is for what has to be said twice."""
RECORD_BYTES = 9
"""Of an edge, a command or an event on average: tag, turns, index, position and two more of one or two bytes."""
EVENTS = 8
"""And commands for each parcel: inducted, measured, assigned, routed, extend, retract and two more."""
RECORDS_A_FRAME = 10
BEATS_PER_S = 5
"""Heartbeats and statistics of a board; with them go figures of each scanner and motor, at most."""


class Load(NamedTuple):
    """What the line has to say to its host in a second."""

    frames: float
    size: float
    """bytes"""


def judge_links(context: Context) -> None:
    """Add every finding about links."""
    shared: list[int] = []
    for place, ecu in enumerate(context.line.ecu):
        driver = driver_of("link", ecu.wired_link)
        if driver.pins and not ecu.link.pins:
            wires = ", ".join(wire for wire in driver.pins)
            context.error(
                ("ecu", place, "link", "driver"),
                f"{driver.path} is not wired: no pins are given",
                f"say where: pins = {{ ... }} with {wires}",
            )
        if ecu.link.network_ms is not None and driver.name != "tcp":
            context.warning(
                ("ecu", place, "link", "network_ms"),
                f"network_ms has no effect: the link of {ecu.name} is {driver.name}",
                "take it out",
            )
        if driver.name == "rs485":
            shared.append(place)
        elif driver.name == "uart":
            _judge_uart(context, place)
    if shared:
        _judge_bus(context, shared)


def load_of(line: Line, ecus: Sequence[Ecu]) -> Load:
    """Of a line at its rate, whose parcels pass the borders of all its zones; these boards beat beside it."""
    per_s = line.parcels.rate_per_h / 3600
    on_belt = sum(eye.role != "confirm" for eye in line.eye)
    records = 2 * (on_belt + 1) + 1 + EVENTS
    kept = [messages.DISPOSITION] + ([messages.DEST_REQUEST] if line.policy.host else [])
    kept += [messages.HAND_OVER] * (len(line.ecu) - 1)
    frames = len(kept) + records / RECORDS_A_FRAME
    size = frames * FRAME_BYTES + records * RECORD_BYTES
    size += sum(sum(messages.widths(kind)) + CODE_BYTES // 2 for kind in kept)
    beat = FRAME_BYTES + sum(messages.widths(messages.HEARTBEAT))
    names = {ecu.name for ecu in ecus}
    parts = sum(one.ecu in names for one in (*line.scanner, *line.motor))
    beats = len(ecus) * BEATS_PER_S + parts
    return Load(per_s * frames + beats, per_s * size + beats * beat)


def _baud(ecu: Ecu) -> int:
    return int(options_of(ecu)["baud"])


def _judge_uart(context: Context, place: int) -> None:
    """A line of its own: only the bytes count."""
    ecu = context.line.ecu[place]
    baud = _baud(ecu)
    load = load_of(context.line, [ecu])
    share = load.size * BITS / baud
    if share > MOST_LOAD:
        context.error(
            ("ecu", place, "link"),
            f"the link of {ecu.name} has to carry {load.size:.0f} bytes a second, {100 * share:.0f} % of what "
            f"{baud} bit/s can; allowed: {100 * MOST_LOAD:.0f} %",
            f"set baud to {_next_baud(load.size * BITS / MOST_LOAD)} or more",
        )


def _judge_bus(context: Context, places: Sequence[int]) -> None:
    """All boards on the RS-485 line."""
    ecus = [context.line.ecu[place] for place in places]
    bauds = {_baud(ecu) for ecu in ecus}
    path = ("ecu", places[0], "link")
    _judge_stations(context, places)
    if len(bauds) > 1:
        told = ", ".join(f"{ecu.name} {_baud(ecu)}" for ecu in ecus)
        context.error(path, f"boards on one RS-485 line at different rates: {told}", "set the same baud")
        return
    baud = bauds.pop()
    byte_ms = BITS * 1000 / baud
    load = load_of(context.line, ecus)
    question = question_bytes(len(ecus))
    pause_ms = MEAN_TURN_MS + HOST_TURN_MS
    cycle = cycle_ms(len(ecus), baud)
    share = (load.frames * (pause_ms + question * byte_ms) + load.size * byte_ms) / 1000
    boards = "1 board" if len(ecus) == 1 else f"{len(ecus)} boards"
    bus = f"RS-485 line of {boards} at {baud} bit/s"
    if cycle > MOST_CYCLE_MS:
        context.error(
            path,
            f"{bus}: a cycle takes up to {cycle:.0f} ms; allowed: {MOST_CYCLE_MS} ms, or boards take their host for "
            "lost",
            "raise baud, or give some boards a link of their own",
        )
    if share > MOST_LOAD:
        context.error(
            path,
            f"{bus}: {load.frames:.0f} frames and {load.size:.0f} bytes a second take {100 * share:.0f} % of its time; "
            f"allowed: {100 * MOST_LOAD:.0f} %",
            "raise baud, lower parcels.rate_per_h, or give some boards a link of their own",
        )
    _judge_deadline(context, path, bus, cycle)
    context.note(
        path,
        f"{bus}: a cycle of up to {cycle:.0f} ms, {100 * share:.0f} % of its time at "
        f"{context.line.parcels.rate_per_h} parcels an hour",
        "nothing to do",
    )


def _judge_deadline(context: Context, path: tuple[str, int, str], bus: str, cycle: float) -> None:
    """A question waits for its board's turn, and so does its answer."""
    budget = context.figures.host_budget_ms
    answer_ms = 2 * cycle + BOARD_TURN_MS
    if context.line.policy.host and answer_ms > budget:
        context.error(
            path,
            f"{bus}: a question and its answer take up to {answer_ms:.0f} ms, and {budget:.0f} ms are left before the "
            "first gate decides",
            "raise baud, put fewer boards on the line, or set policy.host = false",
        )


def _judge_stations(context: Context, places: Sequence[int]) -> None:
    """No two boards answer the same question."""
    taken: dict[int, str] = {}
    for place in places:
        ecu = context.line.ecu[place]
        station = int(options_of(ecu)["station"])
        first = taken.setdefault(station, ecu.name)
        if first != ecu.name:
            context.error(
                ("ecu", place, "link", "options", "station"),
                f"station {station} is {first} already",
                "give each board on the line a number of its own",
            )


def _next_baud(needed: float) -> int:
    """The next rate that ports have, or the highest."""
    rates = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
    return next((rate for rate in rates if rate >= needed), rates[-1])
