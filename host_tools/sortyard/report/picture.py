"""Turns the records of a run into a window of the distance-time diagram.

A record is (t_us, belt_counts, kind, p, q, r, s): what the controller was told (kind 1..13: index, position, a, b)
or what it said (kind 33..43, which is 32 + the output's kind: a, b, c, position), by the numbers of
`sorter_core.codes`. So a record of a simulation and one of a real line are drawn by the same code.
Belt counts wrap at 2^28; a window must be shorter than half a wrap.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sorter_core.codes import EVENTS, FAULTS, OUTCOMES, REASONS
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering, number

from .model import Diagram, EyeSpan, GateSpan, Mark, ParcelPath, ReadSpot

RecordRow = tuple[int, int, int, int, int, int, int]

_BLOCKED, _CLEARED, _READ, _DRIVE, _ESTOP = 1, 2, 3, 8, 9
_OUTPUT = 32
_EXTEND, _RETRACT, _HOLD, _SAFE = 33, 34, 35, 36
_DISPOSITION, _EVENT, _FAULT = 40, 42, 43
_INDUCTED, _MEASURED, _DIVERT_FAILED, _STRAY_SEEN, _UNEXPECTED = 1, 2, 7, 8, 9
_REBOOT = 15
"""The reason of tracks that the host closes because the controller has restarted."""
_SORTED, _RECIRCULATED, _REJECTED, _LOST, _STRAY = 1, 2, 3, 4, 5
_HALF_WRAP, _WRAP = 1 << 27, 1 << 28
_BEND_UM = 8_000
"""A kink of the belt's motion smaller than this is not drawn."""


@dataclass
class _Track:
    """One track as its records tell it; counts are unwrapped."""

    number: int
    origin_counts: int
    begin_us: int
    length_counts: int = 0
    end_us: int | None = None
    outcome: int = 0
    reason: int = 0
    chute: int = -1


@dataclass
class Motion:
    """Belt travel over time: unwrapped counts at ascending times, straight lines between them."""

    times: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, t_us: int, belt_counts: int) -> int:
        """Take one sample, and return its unwrapped count."""
        last = self.counts[-1] if self.counts else belt_counts
        count = last + unwrapped(belt_counts - last)
        if self.times and self.times[-1] == t_us:
            self.counts[-1] = count
        else:
            self.times.append(t_us)
            self.counts.append(count)
        return count

    def when(self, count: int) -> int | None:
        """First time at which the belt had travelled that far; None if it never did, or before the records."""
        place = bisect_right(self.counts, count - 1)
        if place >= len(self.counts) or (place == 0 and self.counts[0] != count):
            return None
        if place == 0:
            return self.times[0]
        c0, c1, t0, t1 = self.counts[place - 1], self.counts[place], self.times[place - 1], self.times[place]
        return t0 + (t1 - t0) * (count - c0) // (c1 - c0)

    def bends(self, least_counts: float) -> "Motion":
        """The same motion with only the samples at which it bends by `least_counts` or more."""
        kept = Motion()
        last = len(self.times) - 1
        start = 0
        while start <= last:
            kept.times.append(self.times[start])
            kept.counts.append(self.counts[start])
            start = self._straight_until(start, least_counts) if start < last else last + 1
        return kept

    def _straight_until(self, start: int, least_counts: float) -> int:
        """Last sample that a line from `start` reaches without missing one between by `least_counts`.

        The slopes that pass every sample so far within the tolerance are an interval that only shrinks.
        """
        t0, c0 = self.times[start], self.counts[start]
        low, high = float("-inf"), float("inf")
        for place in range(start + 1, len(self.times)):
            run, rise = self.times[place] - t0, self.counts[place] - c0
            if not low <= rise / run <= high:
                return place - 1
            low, high = max(low, (rise - least_counts) / run), min(high, (rise + least_counts) / run)
        return len(self.times) - 1


def unwrapped(difference: int) -> int:
    """A difference of two 28-bit counters as the smallest signed number."""
    return ((difference + _HALF_WRAP) & (_WRAP - 1)) - _HALF_WRAP


class Picture:
    """Reads the records once; `diagram` then cuts windows out of it."""

    def __init__(self, records: Iterable[RecordRow], line: Line) -> None:
        self.line = line
        self.parts: Numbering = number(line)
        self.um_per_count = line.encoder.um_per_count
        self.motion = Motion()
        self.tracks: dict[int, _Track] = {}
        self.gates: list[GateSpan] = []
        self.eyes: list[EyeSpan] = []
        self.reads: list[ReadSpot] = []
        self.marks: list[Mark] = []
        self.first_us = self.last_us = 0
        self._extended: dict[int, tuple[int, int]] = {}
        self._blocked: dict[int, int] = {}
        for record in records:
            self._take(record)
        self._close()

    def _take(self, record: RecordRow) -> None:
        t_us, belt_counts, kind = record[:3]
        count = self.motion.add(t_us, belt_counts)
        self.first_us, self.last_us = self.motion.times[0], t_us
        if kind > _OUTPUT:
            self._output(record, count)
        else:
            self._input(record)

    def _input(self, record: RecordRow) -> None:
        t_us, belt_counts, kind, index, position, a, _ = record
        if kind == _BLOCKED:
            self._blocked.setdefault(index, t_us)
        elif kind == _CLEARED and index in self._blocked:
            self.eyes.append(EyeSpan(index, self._blocked.pop(index), t_us))
        elif kind == _READ and index < len(self.line.scanner):
            scanner = self.line.scanner[index]
            late_us = (
                -unwrapped(position - belt_counts) * self.um_per_count * 1000 // self.line.belt.speed_mm_s
            )
            words = f"{scanner.name} read a code (slot {a & 1023})"
            self.reads.append(ReadSpot(t_us - late_us, scanner.position_mm * 1000, words))
        elif kind == _ESTOP:
            self.marks.append(Mark(t_us, None, "emergency stop" if a else "emergency stop released"))
        elif kind == _DRIVE:
            self.marks.append(Mark(t_us, None, "drive running" if a else "drive stopped"))

    def _output(self, record: RecordRow, count: int) -> None:
        t_us, belt_counts, kind, a, b, c, position = record
        if kind in (_EXTEND, _HOLD):
            self._end_stroke(a, t_us)
            self._extended[a] = (t_us, b)
        elif kind == _RETRACT:
            self._end_stroke(a, t_us)
        elif kind == _SAFE:
            for gate in list(self._extended):
                self._end_stroke(gate, t_us)
        elif kind == _DISPOSITION:
            self._end_track(a, b, t_us)
        elif kind == _EVENT:
            self._event(t_us, a, b, c, count + unwrapped(position - belt_counts))
        elif kind == _FAULT:
            self.marks.append(Mark(t_us, None, f"fault {FAULTS.get(a, a)}"))

    def _end_stroke(self, gate: int, t_us: int) -> None:
        if gate in self._extended:
            began_us, track = self._extended.pop(gate)
            self.gates.append(GateSpan(gate, began_us, t_us, track))

    def _end_track(self, track: int, b: int, t_us: int) -> None:
        known = self.tracks.get(track)
        if (b >> 4) & 31 == _REBOOT:
            self._restart(t_us)
        if known:
            known.end_us, known.outcome, known.reason = t_us, b & 15, (b >> 4) & 31
            known.chute = ((b >> 9) & 255) - 1

    def _restart(self, t_us: int) -> None:
        mark = Mark(t_us, None, "controller restarted")
        if mark not in self.marks[-1:]:
            self.marks.append(mark)

    def _event(self, t_us: int, event: int, track: int, detail: int, count: int) -> None:
        if event == _INDUCTED:
            self.tracks[track] = _Track(track, count, t_us)
        elif event == _MEASURED and track in self.tracks:
            self.tracks[track].length_counts = detail
        elif event == _STRAY_SEEN and detail < len(self.parts.eyes):
            x_mm = self.parts.eyes[detail].position_mm or 0
            self.tracks[track] = _Track(track, count - x_mm * 1000 // self.um_per_count, t_us)
            self.marks.append(Mark(t_us, x_mm * 1000, f"stray {track}"))
        elif event in (_DIVERT_FAILED, _UNEXPECTED):
            gate = detail if event == _DIVERT_FAILED else self._gate_of_chute(detail)
            if 0 <= gate < len(self.parts.gates):
                machine = self.parts.gates[gate]
                place_um = (machine.position_mm + machine.zone_mm) * 1000
                words = EVENTS[event].lower().replace("_", " ")
                self.marks.append(Mark(t_us, place_um, f"{words} {track}" if track else words))

    def _gate_of_chute(self, chute: int) -> int:
        return self.parts.gate_of(self.parts.chutes[chute]) if 0 <= chute < len(self.parts.chutes) else -1

    def _close(self) -> None:
        for gate in list(self._extended):
            self._end_stroke(gate, self.last_us)
        self.eyes += [EyeSpan(eye, began_us, self.last_us) for eye, began_us in self._blocked.items()]
        self.smooth = self.motion.bends(_BEND_UM / self.um_per_count)

    def diagram(
        self, title: str, window_us: tuple[int, int], window_um: tuple[int, int], told: Sequence[int]
    ) -> Diagram:
        """What the records show between two times and two positions; tracks in `told` get a strong outline."""
        t0, t1 = window_us
        paths = [self._path(track, track.number in told) for track in self.tracks.values()]
        return Diagram(
            title,
            t0,
            t1,
            *window_um,
            paths=tuple(path for path in paths if _crosses(path, t0, t1, *window_um)),
            gates=tuple(span for span in self.gates if span.t1_us >= t0 and span.t0_us <= t1),
            eyes=tuple(span for span in self.eyes if span.t1_us >= t0 and span.t0_us <= t1),
            reads=tuple(spot for spot in self.reads if t0 <= spot.t_us <= t1),
            marks=tuple(mark for mark in self.marks if t0 <= mark.t_us <= t1),
        )

    def _path(self, track: _Track, is_told: bool) -> ParcelPath:
        length = track.length_counts
        left_um = self._left_um(track)
        last = (
            None
            if left_um is None
            else self.motion.when(track.origin_counts + left_um // self.um_per_count + length)
        )
        until_us = last if last is not None else track.end_us if track.end_us is not None else self.last_us
        points = self._points(track, until_us)
        outcome = OUTCOMES.get(track.outcome, "OPEN")
        return ParcelPath(
            str(track.number),
            outcome,
            length * self.um_per_count,
            points,
            left_um,
            self._ending(track),
            is_told,
        )

    def _left_um(self, track: _Track) -> int | None:
        """Where its parcel left the belt by the controller's own claim; None for one that was lost or is on it."""
        if track.outcome in (_SORTED, _RECIRCULATED, _REJECTED):
            gate = self._gate_of_chute(track.chute)
            if gate >= 0:
                return (self.parts.gates[gate].position_mm + self.parts.gates[gate].zone_mm) * 1000
        return None if track.outcome == _LOST else self.line.belt.length_mm * 1000

    def _points(self, track: _Track, until_us: int) -> tuple[tuple[int, int], ...]:
        times = [track.begin_us, *(t for t in self.smooth.times if track.begin_us < t < until_us)]
        times.append(max(until_us, track.begin_us))
        return tuple((t, round((self._travel(t) - track.origin_counts) * self.um_per_count)) for t in times)

    def _travel(self, t_us: int) -> float:
        """Unwrapped count of the smoothed motion at a time within the records."""
        times, counts = self.smooth.times, self.smooth.counts
        after = min(max(bisect_right(times, t_us), 1), len(times) - 1)
        if after == 0 or times[after] == times[after - 1]:
            return counts[after]
        part = (t_us - times[after - 1]) / (times[after] - times[after - 1])
        return counts[after - 1] + (counts[after] - counts[after - 1]) * part

    def _ending(self, track: _Track) -> str:
        words = [self.parts.chutes[track.chute].name] if 0 <= track.chute < len(self.parts.chutes) else []
        return ", ".join([*words, *([REASONS.get(track.reason, str(track.reason))] if track.reason else [])])


def _crosses(path: ParcelPath, t0: int, t1: int, x0: int, x1: int) -> bool:
    """Whether any of its body can be seen in the window."""
    (begin, low), (end, high) = path.points[0], path.points[-1]
    return begin <= t1 and end >= t0 and high >= x0 and low - path.length_um <= x1
