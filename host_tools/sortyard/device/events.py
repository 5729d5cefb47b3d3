"""What a board tells, as typed events. `at` is the host's time (see `clock`), None where it is not known yet.

The numbers of kinds, outcomes, reasons and faults are those of `sorter_core.codes`; indexes count the line's parts in
the numbering of the gate logic (`sortyard.config.numbering`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sorter_core import messages
from sorter_core.codes import OUTPUTS
from sorter_core.zones import SENSOR_JAM
from sortyard.device.session import Hello, Message, records_of

PARTS = {messages.MOTOR: "motor", messages.SCANNER: "scanner", messages.CONTACTS: "ecu", messages.EYE: "eye"}
CONFIRMED = 1 << 17
NO_DRIVE = 1
"""Why a speed is not set: see firmware/sorter_ecu/belt_speed.py."""
EVENT = next(number for number, name in OUTPUTS.items() if name == "EVENT")


@dataclass(frozen=True, slots=True)
class At:
    """A time: seconds since 1970, and how far off they may be."""

    s: float
    error_s: float


@dataclass(frozen=True, slots=True)
class Connected:
    """A conversation has begun. `is_new`: it does not go on from the one before (a restart, another host)."""

    hello: Hello
    is_new: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The link is cut; the client tries again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """How a track ended; `chute` -1: no place is claimed; `code` empty: none was read."""

    at: At | None
    track: int
    outcome: int
    reason: int
    chute: int
    is_confirmed: bool
    code: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the line."""

    at: At | None
    code: int
    index: int
    detail: int
    position: int


@dataclass(frozen=True, slots=True)
class OldFault:
    """A fault that the board has kept over its resets; it tells them at every boot. `boots_ago` 3: or more."""

    boots_ago: int
    code: int
    index: int
    detail: int
    """32767 stands for that and all above"""


@dataclass(frozen=True, slots=True)
class Request:
    """Where does the parcel with this code go?"""

    at: At | None
    track: int
    slot: int
    code: bytes


@dataclass(frozen=True, slots=True)
class Happened:
    """An input of the gate logic (kind, index, position, a, b) or an output of it (kind, a, b, c, position)."""

    at: At | None
    is_output: bool
    kind: int
    values: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class PartState:
    """A motor, scanner, eye or emergency stop that has failed or works again."""

    at: At | None
    part: str
    index: int
    is_failed: bool
    why: str = ""
    """in words, where the board tells"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of the board's loop and of its end of the link since it began; `worst_us` since the last ones."""

    loops: int
    overruns: int
    worst_us: int
    dropped: int
    """records that found no room: edges and commands of gates"""
    bad_frames: int
    lost: int
    """messages that should have been kept and found no room"""
    link_losses: int
    lost_edges: int
    """of eyes, which came faster than the loop could take them; modulo 65,536"""
    parts: int
    """so many tell their own figures now: `ScannerFigures`, `MotorFigures`"""


@dataclass(frozen=True, slots=True)
class ScannerFigures:
    """What a scanner's driver has counted since the board began; 0 of what its make does not tell."""

    index: int
    no_reads: int
    overlong: int
    """lines that were longer than any code"""
    damaged: int
    """packets whose checksum was wrong"""
    late: int
    """reads that came so late that they may be another parcel's, and were dropped"""


@dataclass(frozen=True, slots=True)
class MotorFigures:
    """What a motor's driver measures or has counted since the board began; 0 of what it does not have."""

    index: int
    current_ma: int
    refused: int
    """commands that an inverter has answered with an exception"""
    damaged: int
    """answers on its bus whose checksum or sender was wrong"""


PartFigures = ScannerFigures | MotorFigures


@dataclass(frozen=True, slots=True)
class Log:
    """A line of the board's log; level 3 is an error."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The line's state (0 stopped, 1 running, 2 starting, 3 stopped by emergency stop, 255 safe mode), what waits to be
    acknowledged, the belt's count, the speed that the board sets the belt's drive to (mm/s; 0: it does not)."""

    state: int
    waiting: int
    position: int
    speed_mm_s: int


@dataclass(frozen=True, slots=True)
class SpeedSet:
    """What has become of a speed of the belt that somebody asked for: `aim_mm_s` is where it goes to."""

    aim_mm_s: int
    asked_mm_s: int
    why: str
    """it is not what was asked; empty: it is"""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A track has come to this board from the one upstream.

    `latency_ms`: from when that one was to tell it until this one's gate logic had it, `error_ms`: what that may be off
    by. After `deadline_ms` its parcel may be here before it, and counts as a stray; `link_ms` is what the links of both
    boards should need at worst.
    """

    at: At
    track: int
    latency_ms: float
    error_ms: float
    deadline_ms: float
    link_ms: float

    @property
    def is_late(self) -> bool:
        return self.latency_ms > self.deadline_ms

    @property
    def is_slow(self) -> bool:
        """For certain: it took longer than the links should need."""
        return self.latency_ms - self.error_ms > self.link_ms


Event = (
    Connected
    | Disconnected
    | Disposition
    | Fault
    | OldFault
    | Request
    | Happened
    | PartState
    | Statistics
    | PartFigures
    | Log
    | Heartbeat
    | SpeedSet
    | HandedOver
)


def figures_of(fields: Sequence[int]) -> PartFigures | None:
    """Of a part, by the fields of FIGURES; None for a kind of part that this host does not know."""
    first, second, third, fourth, part, index = fields
    if part == messages.SCANNER:
        return ScannerFigures(index, no_reads=first, overlong=second, damaged=third, late=fourth)
    if part == messages.MOTOR:
        return MotorFigures(index, current_ma=first, refused=second, damaged=third)
    return None


def _why_failed(part: int, is_failed: int) -> str:
    """Words for the jams of firmware/sorter_io/motors/mdr_zpa.py: 16 * zone + kind, zone 1 being the one upstream."""
    zone, kind = divmod(is_failed, 16)
    if part != messages.MOTOR or not zone:
        return ""
    if kind == SENSOR_JAM:
        return f"zone {zone} is jammed: the parcel does not leave its eye"
    return f"zone {zone} is jammed: what has left its eye does not come to the one of zone {zone + 1}"


def _why_no_speed(why: int, least: int, most: int) -> str:
    """Words for the reasons of firmware/sorter_ecu/belt_speed.py."""
    if not why:
        return ""
    if why == NO_DRIVE:
        return "this board drives no belt whose speed may be set (belt.slowest_mm_s of the line file)"
    return f"allowed are {least} to {most} mm/s"


def events_of(message: Message, when: Callable[[int], At | None]) -> Iterator[Event]:
    """The events in a message; `when` tells the time of a turn. None for messages that are the client's own."""
    kind, fields = message.kind, message.fields
    if kind == messages.RECORDS:
        for turn, (tag, *values) in records_of(message):
            a, b, c, d = values
            is_output = tag >= messages.RECORD_OUT
            yield Happened(when(turn), is_output, tag & ~messages.RECORD_OUT, (a, b, c, d))
    elif kind == messages.TRACK:
        what, track, detail, position, turn = fields
        yield Happened(when(turn), True, EVENT, (what, track, detail, position))
    elif kind == messages.DISPOSITION:
        track, result, _, position, turn = fields
        chute = ((result >> 9) & 255) - 1
        is_confirmed = bool(result & CONFIRMED)
        yield Disposition(
            when(turn), track, result & 15, (result >> 4) & 31, chute, is_confirmed, message.tail, position
        )
    elif kind == messages.FAULT:
        code, index, detail, position, turn = fields
        yield Fault(when(turn), code, index, detail, position)
    elif kind == messages.OLD_FAULT:
        yield OldFault(*fields)
    elif kind == messages.DEST_REQUEST:
        track, slot, turn = fields
        yield Request(when(turn), track, slot, message.tail)
    elif kind in PARTS:
        index, is_failed, turn = fields
        yield PartState(when(turn), PARTS[kind], index, bool(is_failed), _why_failed(kind, is_failed))
    elif kind == messages.STATISTICS:
        yield Statistics(*fields)
    elif kind == messages.FIGURES:
        figures = figures_of(fields)
        if figures is not None:
            yield figures
    elif kind == messages.LOG:
        yield Log(fields[0], message.tail.decode("utf-8", "replace"))
    elif kind == messages.HEARTBEAT:
        yield Heartbeat(fields[0], fields[4], fields[3], fields[1])
    elif kind == messages.SPEED_SET:
        aim, asked, why, least, most = fields
        yield SpeedSet(aim, asked, _why_no_speed(why, least, most))
