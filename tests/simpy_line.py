"""The 16-gate line of the speed benchmark as a SimPy 4.1 model, for comparison.

What a SimPy user would write who knows the line and SimPy's documentation, and nothing beside it:

- It makes the events that the simulated line makes: both edges at the meter, at the infeed, at every eye up to the
  parcel's gate and in its chute; the read, the host's answer or the board's own at a deadline; the gate's way out, its
  hold and its way home; and for each parcel one end with a reason.
- It counts what the report needs: ends by reason, sorted by chute, gaps, answer times, gate cycles, reads.
- Each thing is SimPy's own: a parcel and a gate's stroke are processes, the feeder and each gate are resources, the
  answer and its deadline are waited for with `|`. Signals are plain calls, which is cheaper than events.
- Nothing is put on top: no belt physics, no faults, no search for the parcel behind an edge (a process knows its
  parcel), no window timers at the eyes, no record or hash of events. What an eye's edges are for, the parcel's new
  place and the check of its length, is a line each.
- Nothing is left out for speed. With sums in place of resources and `|`, for a user who knows that nothing ever
  waits, it gets half as many parcels a second again (33,000 against 21,500), and is a model of this layout only.
"""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import simpy

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
    """What the controller knows of a parcel."""

    __slots__ = ("born_s", "gate", "is_doubted", "length_mm")

    def __init__(self, born_s: float) -> None:
        self.born_s = born_s
        self.length_mm = 0.0
        self.gate = -1
        self.is_doubted = False


class SimpyLine:
    """One run of the model."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.env = simpy.Environment()
        self.feeder = simpy.Resource(self.env, capacity=1)
        self.gates = [simpy.Resource(self.env, capacity=1) for _ in layout.zone_mm]
        self.is_out = [False] * len(layout.zone_mm)
        self.cleared_s = -10.0
        self.inducted = self.read = 0
        self.gaps = [0] * 256
        self.latency_ms = [0] * 1024
        self.cycles = [0] * len(layout.zone_mm)
        self.sorted = [0] * len(layout.zone_mm)
        self.ended = {"sorted": 0, "rejected": 0, "doubted": 0, "gap": 0}

    def run(self, parcels: Sequence[Parcel]) -> None:
        """Sort all `parcels`, which are in order of arrival."""
        self.env.process(self._source(parcels))
        self.env.run()

    def _source(self, parcels: Sequence[Parcel]) -> Process:
        env = self.env
        for parcel in parcels:
            if parcel.arrival_s > env.now:
                yield env.timeout(parcel.arrival_s - env.now)
            env.process(self._parcel(parcel))

    # One parcel's way ----------------------------------------------------------------------------------

    def _parcel(self, parcel: Parcel) -> Process:
        env, layout = self.env, self.layout
        speed, passing_s = layout.speed_mm_s, parcel.length_mm / layout.speed_mm_s
        with self.feeder.request() as turn:
            yield turn
            at_meter = env.now
            yield env.timeout(passing_s)
            yield env.timeout(layout.gap_mm / speed)
        yield env.timeout(max(at_meter + layout.meter_mm / speed - env.now, 0))
        track = self._inducted()
        yield env.timeout(passing_s)
        self._measured(track)
        yield env.timeout(max(track.born_s + layout.scanner_mm / speed - env.now, 0))
        yield from self._route(track, parcel.gate)
        for eye, eye_mm in enumerate(layout.eye_mm):
            yield env.timeout(max(track.born_s + eye_mm / speed - env.now, 0))
            self._blocked(track, eye)
            yield env.timeout(passing_s)
            self._cleared(track, eye)
            if track.gate == eye:
                yield env.timeout(max(track.born_s + layout.zone_mm[eye] / speed - env.now, 0))
                if self.is_out[eye]:
                    yield env.timeout(layout.confirm_mm / speed)
                    yield env.timeout(passing_s)
                    self._confirmed(eye)
                    return
        yield env.timeout(max(track.born_s + layout.end_mm / speed - env.now, 0))
        self.ended["doubted" if track.is_doubted else "gap" if track.gate >= 0 else "rejected"] += 1

    # The controller ------------------------------------------------------------------------------------

    def _inducted(self) -> Track:
        now = self.env.now
        self.inducted += 1
        self.gaps[min(int((now - self.cleared_s) * self.layout.speed_mm_s) // 20, 255)] += 1
        return Track(now)

    def _measured(self, track: Track) -> None:
        self.cleared_s = self.env.now
        track.length_mm = (self.env.now - track.born_s) * self.layout.speed_mm_s

    def _route(self, track: Track, plan: int) -> Process:
        """The host's answer, or the board's own plan at the deadline."""
        env, asked_s = self.env, self.env.now
        self.read += 1
        answer = env.timeout(self.layout.host_s, plan)
        told = yield answer | env.timeout(self.layout.deadline_s)
        track.gate = plan
        if answer in told:
            track.gate = told[answer]
        self.latency_ms[min(int((env.now - asked_s) * 1000), 1023)] += 1

    def _blocked(self, track: Track, eye: int) -> None:
        """The track is set to where the eye has seen it; its gate gets ready."""
        track.born_s = self.env.now - self.layout.eye_mm[eye] / self.layout.speed_mm_s
        if track.gate == eye:
            self.env.process(self._stroke(track, eye))

    def _cleared(self, track: Track, eye: int) -> None:
        length_mm = (self.env.now - track.born_s) * self.layout.speed_mm_s - self.layout.eye_mm[eye]
        if abs(length_mm - track.length_mm) > TOLERANCE_MM:
            track.is_doubted = True

    def _stroke(self, track: Track, gate: int) -> Process:
        """The gate moves out in time, stays for the parcel, and moves back; too late for the next one: not at all."""
        env, layout = self.env, self.layout
        speed = layout.speed_mm_s
        yield env.timeout(max(track.born_s + layout.zone_mm[gate] / speed - layout.lead_s - env.now, 0))
        if track.is_doubted or self.gates[gate].count:
            return
        with self.gates[gate].request() as free:
            yield free
            self.cycles[gate] += 1
            yield env.timeout(layout.extend_s)
            self.is_out[gate] = True
            yield env.timeout(
                layout.lead_s - layout.extend_s + (track.length_mm + layout.zone_length_mm) / speed
            )
            self.is_out[gate] = False
            yield env.timeout(layout.retract_s)

    def _confirmed(self, gate: int) -> None:
        self.sorted[gate] += 1
        self.ended["sorted"] += 1
