"""What a simulated run leaves: counts, the truth about them, figures, stories, and the records to draw.

`SimResult.to_json()` is the object that `sortyard sim --json` prints.
"""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from sorter_core.codes import OUTCOMES, REASONS
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering
from sortyard.sim.events import Record, unpacked
from sortyard.sim.program import ProgramFigures
from sortyard.sim.stories import Story

GAP_BIN_MM = 20
"""Width of a bin of `Tally.gaps`; the last bin holds all larger ones."""


def disposition_name(outcome: int, reason: int) -> str:
    """`REJECTED/NO_READ`, by the numbers in sorter_core.codes; the outcome alone where there is no reason."""
    name = OUTCOMES.get(outcome, str(outcome))
    return f"{name}/{REASONS.get(reason, reason)}" if reason else name


@dataclass
class Tally:
    """What the controller did, counted from its own records. A lap, a stray and a parcel are a track each."""

    dispositions: dict[tuple[int, int], int] = field(default_factory=dict)
    """(outcome, reason) by their numbers in sorter_core.codes -> tracks"""
    sorted_by_chute: list[int] = field(default_factory=list)
    unconfirmed: int = 0
    """SORTED into a chute that has no confirm eye"""
    inducted: int = 0
    read: int = 0
    """inducted tracks that were given at least one code"""
    events: list[int] = field(default_factory=list)
    """by event code"""
    faults: list[int] = field(default_factory=list)
    """by fault code"""
    gate_cycles: list[int] = field(default_factory=list)
    chute_full_us: list[int] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    """gaps between parcels at the infeed eye, in bins of GAP_BIN_MM"""
    latency_ms: list[int] = field(default_factory=list)
    """tracks by whole milliseconds from the read to the destination; the last bin holds all longer ones"""
    length_sum_mm: int = 0
    """of `measured` tracks"""
    measured: int = 0
    running_us: int = 0
    stopped_us: int = 0
    stops: int = 0
    boots: int = 1
    steps: int = 0
    inputs: int = 0

    def count(self, outcome: int, reason: int | None = None) -> int:
        """Tracks that ended so; with any reason where `reason` is None."""
        return sum(n for (o, r), n in self.dispositions.items() if o == outcome and reason in (None, r))


@dataclass
class Truth:
    """What the plant knows: each count is about physical parcels, whatever the controller believes."""

    silent_missorts: int = 0
    misreads: int = 0
    undetectable: dict[str, int] = field(default_factory=dict)
    """name of the predicate -> cases"""
    gate_strikes: int = 0
    strikes_safe_state: int = 0
    strikes_broken_machine: int = 0
    undisposed: int = 0
    doubly_disposed: int = 0
    unannounced: int = 0
    """dispositions of tracks that were never announced"""
    estop_violations: int = 0
    untouched_parcels: int = 0
    """readable, routable, with feasible gaps, and no fault touched them or a neighbour: see `sortyard_c.plant_truth`"""
    untouched_sorted: int = 0
    untouched_unsorted: dict[str, int] = field(default_factory=dict)
    """how the others of them ended -> parcels"""


@dataclass
class VmFigures:
    """What the gate logic cost in MicroPython: bytes over the whole run, units of fuel for a step."""

    bytes_allocated: int
    fuel_mean: float
    fuel_p99_9: int
    fuel_worst: int

    def as_dict(self) -> dict[str, Any]:
        fuel = {"mean": round(self.fuel_mean, 1), "p99_9": self.fuel_p99_9, "worst": self.fuel_worst}
        return {"bytes_allocated": self.bytes_allocated, "fuel": fuel}


@dataclass
class FirmwareFigures:
    """How the control loop of a virtual board did, over all its boots; fuel is of whole turns, from one sleep to the
    next, without interrupts and without what the shims take that built-in functions of a board do not."""

    turns: int
    overruns: int
    worst_us: int
    """longest turn of the last second in which the board told it"""
    bites: int
    """resets by the watchdog"""
    dropped: int
    """edges and commands that found no room on the link"""
    lost: int
    """dispositions, faults and requests that found none: 0 unless the host is gone for minutes"""
    link_losses: int
    """times that the board has missed its host"""
    bytes_allocated: int
    """from the first to the last turn"""
    fuel_mean: float
    fuel_p99_9: int
    fuel_worst: int
    said: list[str]
    """texts for the host's log"""

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "fuel_mean": round(self.fuel_mean, 1)}


@dataclass
class SimResult:
    """One run. `partial` says that Ctrl-C ended it; every figure then is about the parcels until then."""

    line: Line
    numbering: Numbering
    runtime: str
    seed: int
    parcels: int
    """physical parcels that came to the line"""
    tally: Tally
    truth: Truth
    faults: dict[str, dict[str, int]]
    """name -> {injected, parcels_touched}, for every fault that was switched on"""
    stories: list[Story]
    stories_left_out: dict[str, int]
    """kind of story -> cases that the cap left untold"""
    packed_opening: bytes
    """the first records of the run"""
    inboxes: array[int]
    """every inbox of the gate logic, where recording was asked for: a trace to replay"""
    trace_sha256: str
    simulated_us: int
    wall_s: float
    vm: VmFigures | None = None
    firmware: FirmwareFigures | None = None
    program: ProgramFigures | None = None
    partial: bool = False

    @cached_property
    def opening(self) -> list[Record]:
        """The first records of the run, to draw the distance-time diagram."""
        return unpacked(self.packed_opening)

    @property
    def sorted(self) -> int:
        return self.tally.count(1)

    @property
    def laps(self) -> int:
        return self.tally.count(2)

    @property
    def by_reason(self) -> dict[str, int]:
        """Tracks that were not sorted, by outcome and reason; strays and lost ones are under theirs."""
        named = {}
        for (outcome, reason), n in sorted(self.tally.dispositions.items()):
            if outcome != 1:
                named[disposition_name(outcome, reason)] = n
        return named

    @property
    def by_chute(self) -> dict[str, int]:
        counts = self.tally.sorted_by_chute
        return {chute.name: n for chute, n in zip(self.numbering.chutes, counts, strict=True)}

    @property
    def running_h(self) -> float:
        return self.tally.running_us / 3.6e9

    @property
    def never(self) -> dict[str, int]:
        """The counts that must be zero, by name."""
        truth = self.truth
        return {
            "silent_missorts": truth.silent_missorts,
            "gate_strikes": truth.gate_strikes,
            "undisposed": truth.undisposed,
            "doubly_disposed": truth.doubly_disposed,
            "unannounced": truth.unannounced,
            "estop_violations": truth.estop_violations,
        }

    def to_json(self) -> dict[str, Any]:
        """The run as one JSON object; rates are null where nothing was counted."""
        from sortyard.sim.kpi import kpis

        tally, truth = self.tally, self.truth
        figures = {kpi.key: kpi.value for kpi in kpis(self)}
        return {
            "line": self.line.name,
            "partial": self.partial,
            "parcels": self.parcels,
            "sorted": self.sorted,
            "unconfirmed": tally.unconfirmed,
            "by_reason": self.by_reason,
            "by_chute": self.by_chute,
            **self.never,
            "undetectable": sum(truth.undetectable.values()),
            "undetectable_by_predicate": truth.undetectable,
            "misreads": truth.misreads,
            "strikes_safe_state": truth.strikes_safe_state,
            "strikes_broken_machine": truth.strikes_broken_machine,
            "untouched_parcels": truth.untouched_parcels,
            "untouched_sorted": truth.untouched_sorted,
            "untouched_unsorted": truth.untouched_unsorted,
            "faults": self.faults,
            "throughput_per_h": figures["throughput_per_h"],
            "read_rate": figures["read_rate"],
            "laps": self.laps,
            "kpi": figures,
            "gate_cycles": self._per_gate(tally.gate_cycles),
            "boots": tally.boots,
            "steps": tally.steps,
            "simulated_s": round(self.simulated_us / 1e6, 3),
            "wall_s": round(self.wall_s, 3),
            "runtime": self.runtime,
            "seed": self.seed,
            "trace_sha256": self.trace_sha256,
            "vm": self.vm.as_dict() if self.vm else None,
            "firmware": self.firmware.as_dict() if self.firmware else None,
            "program": self.program.as_dict() if self.program else None,
        }

    def _per_gate(self, counts: list[int]) -> dict[str, int]:
        return {gate.name: n for gate, n in zip(self.numbering.gates, counts, strict=True)}
