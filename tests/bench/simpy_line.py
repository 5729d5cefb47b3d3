"""The 16-gate line of the speed benchmark as a SimPy 4.1 model, for comparison.

It has the events of the real line and nothing else: eyes are timeouts, a gate is a resource, the belt is a
constant speed. No encoder, no windows in counts, no geometry, no faults, no records of what happened. One
process per parcel yields bare timeouts, and a gate's stroke is one more process: the leanest model that still
has every edge that a controller would be told of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import simpy


WINDOW_MM = 60


class Parcel(NamedTuple):
    """`gate` is where its barcode sends it; -1: to the end of the belt."""

    arrival_s: float
    length_mm: float
    gate: int


class Layout(NamedTuple):
    """Positions from the infeed eye in mm, times in s."""

    speed_mm_s: float
    scanner_mm: float
    host_s: float
    eye_mm: tuple[float, ...]
    zone_mm: tuple[float, ...]
    zone_length_mm: float
    lead_s: float
    extend_s: float
    retract_s: float
    confirm_mm: float
    end_mm: float


@dataclass
class Counts:
    """What the model counts: dispositions, edges seen, strokes, and gaps too small for a gate."""

    sorted: list[int]
    rejected: int = 0
    edges: int = 0
    strokes: int = 0
    conflicts: int = 0
    misplaced: int = 0


class SimpyLine:
    """One run of the model."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.env = simpy.Environment()
        self.gates = [simpy.Resource(self.env, capacity=1) for _ in layout.zone_mm]
        self.counts = Counts([0] * len(layout.zone_mm))

    def run(self, parcels: Sequence[Parcel]) -> Counts:
        """Sort all `parcels`, which are in order of arrival."""
        self.env.process(self._source(parcels))
        self.env.run()
        return self.counts

    def _source(self, parcels: Sequence[Parcel]) -> Iterator[Any]:
        env = self.env
        for parcel in parcels:
            if parcel.arrival_s > env.now:
                yield env.timeout(parcel.arrival_s - env.now)
            env.process(self._parcel(parcel))

    def _parcel(self, parcel: Parcel) -> Iterator[Any]:
        """Infeed eye, scanner, host, every eye up to the own gate, stroke, confirm eye."""
        env, layout, counts = self.env, self.layout, self.counts
        speed, born, passing_s = layout.speed_mm_s, env.now, parcel.length_mm / layout.speed_mm_s
        yield env.timeout(passing_s)
        counts.edges += 2
        yield env.timeout(born + layout.scanner_mm / speed - env.now)
        yield env.timeout(layout.host_s)
        gate = parcel.gate
        own_eye_mm = layout.eye_mm[gate] if gate >= 0 else -1
        for eye_mm in layout.eye_mm[: gate + 1 or None]:
            yield env.timeout(born + eye_mm / speed - env.now)
            if abs((env.now - born) * speed - eye_mm) > WINDOW_MM:
                counts.misplaced += 1
            if eye_mm == own_eye_mm:
                lead_s = born + layout.zone_mm[gate] / speed - layout.lead_s - env.now
                env.process(self._stroke(gate, lead_s, passing_s + layout.zone_length_mm / speed))
            yield env.timeout(passing_s)
            counts.edges += 2
        if gate < 0:
            yield env.timeout(born + layout.end_mm / speed - env.now)
            counts.rejected += 1
            return
        yield env.timeout(born + (layout.zone_mm[gate] + layout.confirm_mm) / speed - env.now)
        counts.edges += 1
        counts.sorted[gate] += 1

    def _stroke(self, gate: int, lead_s: float, hold_s: float) -> Iterator[Any]:
        """When it is time the gate moves out, stays for the parcel, and moves back."""
        env, layout = self.env, self.layout
        yield env.timeout(lead_s)
        if self.gates[gate].count:
            self.counts.conflicts += 1
        with self.gates[gate].request() as free:
            yield free
            yield env.timeout(layout.extend_s)
            yield env.timeout(hold_s)
            yield env.timeout(layout.retract_s)
            self.counts.strokes += 1
