"""The 16-gate line of the speed benchmark as a SimPy 4.1 model, for comparison.

It does what the line does and has no physics: the belt's speed is constant, an eye sees the exact edge, a gate is a
resource. A parcel is one process that makes the edges at the meter, at the infeed, at every eye up to its gate and in
its chute. The controller is told of the edges and finds out by itself, as the real one must, which parcel each was:
tracking windows with a limit for the missing, a length check, the host's answer or the board's after a
deadline, gaps that are too small, confirmation. Signals are plain calls and every wait is one bare timeout. It leaves
what the simulation leaves for a report: the last signals, histograms, counts, and a hash over all commands.
"""

import hashlib
import struct
from collections import deque
from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import simpy

WINDOW_MM = 60
TOLERANCE_MM = 25
Process = Generator[Any, Any, None]


class Parcel(NamedTuple):
    """`gate` is where its barcode sends it; -1: to the end of the belt."""

    arrival_s: float
    length_mm: float
    gate: int


class Layout(NamedTuple):
    """Positions from the infeed eye in mm, times in s."""

    speed_mm_s: float
    meter_mm: float
    gap_mm: float
    scanner_mm: float
    host_s: float
    deadline_s: float
    eye_mm: tuple[float, ...]
    zone_mm: tuple[float, ...]
    zone_length_mm: float
    lead_s: float
    extend_s: float
    retract_s: float
    confirm_mm: float
    end_mm: float


class Track:
    """What the controller believes of a parcel."""

    __slots__ = ("answer", "born", "gate", "is_confirmed", "is_doubted", "length_mm", "section")

    def __init__(self, born: float) -> None:
        self.born = born
        self.section = 0
        self.length_mm = 0.0
        self.gate = -1
        self.answer: simpy.Event | None = None
        self.is_doubted = False
        self.is_confirmed = False


class SimpyLine:
    """One run of the model."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.env = simpy.Environment()
        self.feeder = simpy.Resource(self.env, capacity=1)
        self.gates = [simpy.Resource(self.env, capacity=1) for _ in layout.zone_mm]
        self.expected: list[deque[Track]] = [deque() for _ in layout.eye_mm]
        self.confirming: list[deque[Track]] = [deque() for _ in layout.zone_mm]
        self.gaps = [0] * 256
        self.latency_ms = [0] * 1024
        self.sorted = [0] * len(layout.zone_mm)
        self.ended = {"rejected": 0, "lost": 0, "doubted": 0, "gap": 0, "stray": 0}
        self.last_cleared = -10.0
        self.records: deque[tuple[float, str, int, int]] = deque(maxlen=32_768)
        self.trace = hashlib.sha256()

    def run(self, parcels: Sequence[Parcel]) -> None:
        """Sort all `parcels`, which are in order of arrival."""
        self.env.process(self._source(parcels))
        self.env.run()

    # The line: parcels and the edges that they make ----------------------------------------------------

    def _source(self, parcels: Sequence[Parcel]) -> Process:
        env = self.env
        for parcel in parcels:
            if parcel.arrival_s > env.now:
                yield env.timeout(parcel.arrival_s - env.now)
            env.process(self._parcel(parcel))

    def _parcel(self, parcel: Parcel) -> Process:
        env, layout = self.env, self.layout
        speed, passing_s, gate = layout.speed_mm_s, parcel.length_mm / layout.speed_mm_s, parcel.gate
        with self.feeder.request() as turn:
            yield turn
            at_meter = env.now
            yield env.timeout(passing_s)
            yield env.timeout(layout.gap_mm / speed)
        yield env.timeout(max(at_meter + layout.meter_mm / speed - env.now, 0))
        born = env.now
        track = self._inducted()
        yield env.timeout(passing_s)
        self._measured(track)
        yield env.timeout(max(born + layout.scanner_mm / speed - env.now, 0))
        self._read(track, gate)
        for eye, eye_mm in enumerate(layout.eye_mm[: gate + 1 or None]):
            yield env.timeout(max(born + eye_mm / speed - env.now, 0))
            seen = self._blocked(eye)
            yield env.timeout(passing_s)
            self._cleared(seen)
        if gate < 0:
            yield env.timeout(born + layout.end_mm / speed - env.now)
            self.ended["rejected"] += 1
            return
        yield env.timeout(max(born + (layout.zone_mm[gate] + layout.confirm_mm) / speed - env.now, 0))
        self._confirmed(gate)
        yield env.timeout(passing_s)

    # The controller: what it makes of the edges --------------------------------------------------------

    def _command(self, kind: int, place: int) -> None:
        self.records.append((self.env.now, "command", kind, place))
        self.trace.update(struct.pack("<3i", kind, place, int(self.env.now * 1000)))

    def _inducted(self) -> Track:
        now = self.env.now
        self.records.append((now, "inducted", 0, 0))
        gap_mm = (now - self.last_cleared) * self.layout.speed_mm_s
        self.gaps[min(int(gap_mm) // 20, 255)] += 1
        return Track(now)

    def _measured(self, track: Track) -> None:
        self.last_cleared = self.env.now
        self.records.append((self.last_cleared, "measured", 0, 0))
        track.length_mm = (self.env.now - track.born) * self.layout.speed_mm_s
        self._expect(track)

    def _read(self, track: Track, gate: int) -> None:
        self.records.append((self.env.now, "read", gate, 0))
        track.answer = self.env.event()
        self.env.process(self._host(track.answer, gate))
        self.env.process(self._route(track, gate))

    def _host(self, answer: simpy.Event, gate: int) -> Process:
        yield self.env.timeout(self.layout.host_s)
        answer.succeed(gate)

    def _route(self, track: Track, plan: int) -> Process:
        """The host's answer, or the board's own plan at the deadline."""
        env, asked = self.env, self.env.now
        assert track.answer is not None
        yield track.answer | env.timeout(self.layout.deadline_s)
        track.gate = plan
        if track.answer.triggered and track.answer.value is not None:
            track.gate = track.answer.value
        self.latency_ms[min(int((env.now - asked) * 1000), 1023)] += 1

    def _expect(self, track: Track) -> None:
        """Wait for the track at its next eye, until the window's end."""
        eye, layout = track.section, self.layout
        if eye < len(layout.eye_mm):
            self.expected[eye].append(track)
            due_s = track.born + (layout.eye_mm[eye] + WINDOW_MM) / layout.speed_mm_s - self.env.now
            limit = self.env.timeout(max(due_s, 0), (track, eye))
            limit.callbacks.append(self._missed)  # pyright: ignore[reportOptionalMemberAccess]

    def _missed(self, limit: simpy.Event) -> None:
        track, eye = limit.value  # pyright: ignore[reportGeneralTypeIssues]
        if track.section == eye and not track.is_confirmed and track in self.expected[eye]:
            self.expected[eye].remove(track)
            self.ended["lost"] += 1

    def _blocked(self, eye: int) -> Track | None:
        """The edge is that of the first track whose window is open."""
        env, layout = self.env, self.layout
        self.records.append((env.now, "blocked", eye, 0))
        if not self.expected[eye]:
            self.ended["stray"] += 1
            return None
        track = self.expected[eye].popleft()
        error_mm = (env.now - track.born) * layout.speed_mm_s - layout.eye_mm[eye]
        if abs(error_mm) > WINDOW_MM:
            track.is_doubted = True
        track.born = env.now - layout.eye_mm[eye] / layout.speed_mm_s
        track.section = eye + 1
        if track.gate == eye:
            self.env.process(self._divert(track))
        return track

    def _cleared(self, track: Track | None) -> None:
        if track is None:
            return
        self.records.append((self.env.now, "cleared", track.section - 1, 0))
        eye_mm = self.layout.eye_mm[track.section - 1]
        length_mm = (self.env.now - track.born) * self.layout.speed_mm_s - eye_mm
        if abs(length_mm - track.length_mm) > TOLERANCE_MM:
            track.is_doubted = True
        if track.gate != track.section - 1:
            self._expect(track)

    def _divert(self, track: Track) -> Process:
        """The gate moves out in time, stays for the parcel, and moves back."""
        env, layout, gate = self.env, self.layout, track.gate
        speed = layout.speed_mm_s
        yield env.timeout(max(track.born + layout.zone_mm[gate] / speed - layout.lead_s - env.now, 0))
        if track.is_doubted:
            self.ended["doubted"] += 1
            return
        if self.gates[gate].count:
            self.ended["gap"] += 1
        self.confirming[gate].append(track)
        with self.gates[gate].request() as free:
            yield free
            self._command(1, gate)
            yield env.timeout(layout.extend_s)
            yield env.timeout((track.length_mm + layout.zone_length_mm) / speed)
            self._command(2, gate)
            yield env.timeout(layout.retract_s)

    def _confirmed(self, gate: int) -> None:
        if self.confirming[gate]:
            self.confirming[gate].popleft().is_confirmed = True
            self.sorted[gate] += 1
            self._command(8, gate)
