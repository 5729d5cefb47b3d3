"""Draw a distance-time diagram from the records of a run: what the controller was told and what it did.

A track's path is the belt's travel since its leading edge was at the infeed eye; nothing here is taken from the
plant, so that a live line could be drawn the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sorter_core.codes import EVENTS, FAULTS, OUTCOMES, REASONS
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering
from sortyard.report.model import Diagram, EyeSpan, GateSpan, Mark, ParcelPath, ReadSpot
from sortyard.sim.events import GATE_COMMANDS, OUTPUT, Disposition, Record

MASK = 0x0FFFFFFF
POINT_US = 100_000
"""Least time between two points of a path, apart from its ends."""


@dataclass
class _Track:
    handle: int
    t_us: int
    travel: int
    """of the belt since the first record, in counts, when its leading edge stood at x = 0"""
    length: int = 0
    end: Disposition | None = None
    end_us: int = 0


@dataclass
class _Belt:
    """Travel over time, from the counts that every record carries."""

    points: list[tuple[int, int]] = field(default_factory=list)

    def add(self, t_us: int, counts: int) -> None:
        if not self.points:
            self.points.append((t_us, counts))
            return
        last_t, last = self.points[-1]
        moved = ((counts - last + (MASK + 1) // 2) & MASK) - (MASK + 1) // 2
        if t_us - last_t >= POINT_US:
            self.points.append((t_us, last + moved))

    def unwrapped(self, counts: int) -> int:
        """A count near the latest point on the scale that never wraps."""
        last = self.points[-1][1]
        return last + ((counts - last + (MASK + 1) // 2) & MASK) - (MASK + 1) // 2


class DiagramBuilder:
    """Walks records in order of time; `build` gives the window."""

    def __init__(self, line: Line, numbering: Numbering) -> None:
        self.line = line
        self.numbering = numbering
        self.um = line.encoder.um_per_count
        self.belt = _Belt()
        self.tracks: dict[int, _Track] = {}
        self.gates: list[GateSpan] = []
        self.eyes: list[EyeSpan] = []
        self.reads: list[ReadSpot] = []
        self.marks: list[Mark] = []
        self._gate_since: dict[int, tuple[int, int]] = {}
        self._eye_since: dict[int, int] = {}
        self._last_us = 0

    def add(self, records: Sequence[Record]) -> None:
        """Take the next records."""
        for record in records:
            self.belt.add(record.t_us, record.belt_counts)
            self._last_us = record.t_us
            if record.is_output:
                self._output(record, record.kind - OUTPUT)
            else:
                self._input(record)

    def build(self, title: str, t0_us: int, t1_us: int, told: int | None = None) -> Diagram:
        """The window from t0 to t1; `told`: the track that it is about."""
        gates = [GateSpan(gate, t, self._last_us, track) for gate, (t, track) in self._gate_since.items()]
        eyes = [EyeSpan(eye, t, self._last_us) for eye, t in self._eye_since.items()]
        paths = tuple(path for track in self.tracks.values() if (path := self._path(track, told)) is not None)
        return Diagram(
            title=title,
            t0_us=t0_us,
            t1_us=t1_us,
            x0_um=-500_000,
            x1_um=self.line.belt.length_mm * 1000 + 200_000,
            paths=paths,
            gates=tuple(self.gates + gates),
            eyes=tuple(self.eyes + eyes),
            reads=tuple(self.reads),
            marks=tuple(self.marks),
        )

    def _input(self, record: Record) -> None:
        if record.kind == 1:
            self._eye_since.setdefault(record.p, record.t_us)
        elif record.kind == 2 and record.p in self._eye_since:
            self.eyes.append(EyeSpan(record.p, self._eye_since.pop(record.p), record.t_us))
        elif record.kind == 3 and 0 <= record.p < len(self.line.scanner):
            x_um = self.line.scanner[record.p].position_mm * 1000
            self.reads.append(ReadSpot(record.t_us, x_um, f"code in slot {record.r & 1023}"))
        elif record.kind == 9:
            self.marks.append(
                Mark(record.t_us, None, "emergency stop" if record.r else "emergency stop released")
            )

    def _output(self, record: Record, kind: int) -> None:
        if kind in GATE_COMMANDS:
            self._gate(record, kind)
        elif kind == 4:
            for gate in list(self._gate_since):
                self._close_gate(gate, record.t_us)
        elif kind == 8:
            end = Disposition.of(record)
            if end.track in self.tracks:
                self.tracks[end.track].end, self.tracks[end.track].end_us = end, record.t_us
        elif kind == 10:
            self._event(record)
        elif kind == 11:
            self.marks.append(Mark(record.t_us, None, FAULTS.get(record.p, str(record.p))))

    def _gate(self, record: Record, kind: int) -> None:
        gate = record.p
        if kind != 1:
            self._close_gate(gate, record.t_us)
        if kind != 2:
            self._gate_since[gate] = (record.t_us, record.q)

    def _close_gate(self, gate: int, t_us: int) -> None:
        if gate in self._gate_since:
            since, track = self._gate_since.pop(gate)
            self.gates.append(GateSpan(gate, since, t_us, track))

    def _event(self, record: Record) -> None:
        event, track, detail = record.p, record.q, record.r
        travel = self.belt.unwrapped(record.s)
        if event == 1:
            self.tracks[track] = _Track(track, record.t_us, travel)
        elif event == 2 and track in self.tracks:
            self.tracks[track].length = detail
        elif event == 8 and detail < len(self.numbering.eyes):
            eye_mm = self.numbering.eyes[detail].position_mm or 0
            self.tracks[track] = _Track(track, record.t_us, travel - eye_mm * 1000 // self.um)
        elif event in (6, 7) and track in self.tracks:
            x_um = (travel - self.tracks[track].travel) * self.um
            self.marks.append(Mark(record.t_us, x_um, EVENTS[event]))

    def _path(self, track: _Track, told: int | None) -> ParcelPath | None:
        left_um = self._left_um(track)
        length_um = max(track.length * self.um, self.line.parcels.min_length_mm * 1000)
        stop_um = (left_um if left_um is not None else self.line.belt.length_mm * 1000) + length_um
        points = []
        for t_us, travel in self.belt.points:
            x_um = (travel - track.travel) * self.um
            if t_us < track.t_us - POINT_US or x_um < 0:
                continue
            points.append((t_us, x_um))
            if x_um > stop_um or (left_um is None and track.end is not None and t_us > track.end_us):
                break
        if len(points) < 2:
            return None
        return ParcelPath(
            label=str(track.handle),
            outcome=OUTCOMES.get(track.end.outcome, "OPEN") if track.end else "OPEN",
            length_um=length_um,
            points=tuple(points),
            left_um=left_um,
            ending=self._ending(track),
            is_told=track.handle == told,
        )

    def _left_um(self, track: _Track) -> int | None:
        """The sweep zone's middle where the track left for a chute, the belt's end for the reject chute."""
        if track.end is None or not 0 <= track.end.chute < len(self.numbering.chutes):
            return None
        gate = self.numbering.gate_of(self.numbering.chutes[track.end.chute])
        if gate < 0:
            return self.line.belt.length_mm * 1000
        machine = self.numbering.gates[gate]
        return (machine.position_mm + machine.zone_mm // 2) * 1000

    def _ending(self, track: _Track) -> str:
        if track.end is None:
            return ""
        reason = REASONS.get(track.end.reason, "") if track.end.reason else ""
        chute = ""
        if 0 <= track.end.chute < len(self.numbering.chutes):
            chute = self.numbering.chutes[track.end.chute].name
        return " ".join(word for word in (chute, reason) if word)
