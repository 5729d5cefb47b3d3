"""The figures that a controls engineer computes on paper for a line: gaps, deadlines, throughput.

Leads, margins and the gaps that gates need are those of `timing`, which the board's table is made of as well.
Gaps reach from a trailing edge to the next leading edge, pitches from leading edge to leading edge. Lengths in
mm at rated speed, times in ms.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from sortyard.config.line import QUANTILE_PERCENT, Eye, Line
from sortyard.config.numbering import Numbering, number
from sortyard.config.timing import (
    INPUT_LAG_MS,
    STEP_MS,
    GateTiming,
    gate_timings,
    pair_gap_mm,
    slip_allowance_mm,
)


@dataclass(frozen=True, slots=True)
class GateFigures:
    """One diverter. Positions say where the parcel's leading edge is."""

    name: str
    kind: str
    chute: str | None
    position_mm: int
    zone_mm: int
    lead_ms: float
    home_ms: float
    margin_mm: float
    need_ahead_mm: float
    need_behind_mm: float
    need_same_mm: float
    decide_mm: float
    after_scanner_mm: float
    after_scanner_ms: float
    after_infeed_ms: float
    length_eye: str | None
    """The verify eye that measures the length last before the decision."""
    length_checked_mm: float
    """Parcels up to this long have cleared that eye when the gate decides; 0 without an eye."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Parcels an hour at rated speed, each of mean length, one smallest gap behind another."""

    mean_length_mm: float
    best_per_h: float
    """The pair of sort chutes with the smallest gap, over and over."""
    worst_per_h: float
    """The pair of sort chutes with the greatest gap, over and over."""
    mixed_per_h: float
    """Every sort chute equally likely, independent of the parcel ahead."""
    metered_per_h: float | None
    """What the infeed meter lets through with its own gap."""
    demand_per_h: int
    load_percent: float
    """Demand in percent of metered_per_h, or of mixed_per_h without a meter."""
    laps_per_h: float | None
    """Parcels from the loop for which the demand leaves time; None without a loop."""


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Everything that `check` computes about a line."""

    counts_per_s: float
    count_mm: float
    coast_mm: float
    """Belt travel from rated speed to standstill."""
    sensing_gap_mm: float
    scan_to_first_gate_ms: float
    """Leading edge at the last scanner until the first gate decides."""
    read_end_mm: float
    """A parcel is routed when its trailing edge is here: no read is awaited any more."""
    host_budget_ms: float
    """Time for the host's answer about the longest parcel with its label at the rear end, for the first gate."""
    gates: tuple[GateFigures, ...]
    chutes: tuple[str, ...]
    pair_gap_mm: tuple[tuple[int, ...], ...]
    """Smallest gap by chute of the parcel ahead (row) and of the one behind (column), in the order of `chutes`."""
    throughput: Throughput


def line_figures(line: Line) -> LineFigures:
    """Compute all figures of a line that follows the rules of `line_rules`."""
    numbering = number(line)
    timings = gate_timings(line)
    gaps = pair_gaps_mm(line)
    gates = tuple(_gate(line, numbering, timing) for timing in timings)
    speed = line.belt.speed_mm_s
    return LineFigures(
        counts_per_s=speed * 1000 / line.encoder.um_per_count,
        count_mm=line.encoder.um_per_count / 1000,
        coast_mm=speed * speed / (2 * line.belt.acceleration_mm_s2),
        sensing_gap_mm=sensing_gap_mm(line),
        scan_to_first_gate_ms=min(gate.after_scanner_ms for gate in gates),
        read_end_mm=read_end_mm(line),
        host_budget_ms=_host_budget_ms(line, gates),
        gates=gates,
        chutes=tuple(chute.name for chute in numbering.chutes),
        pair_gap_mm=gaps,
        throughput=_throughput(line, numbering, gaps),
    )


def pair_gaps_mm(line: Line) -> tuple[tuple[int, ...], ...]:
    """Smallest feasible gap, whole mm, for a parcel for chute i (row) and the one behind it for chute j (column).

    Chutes in the order of the line file; the one at the end of the belt stands for running past every gate.
    """
    numbering = number(line)
    gaps = gate_gaps_mm(line)
    places = [numbering.gate_of(chute) + 1 for chute in numbering.chutes]
    return tuple(tuple(gaps[first][second] for second in places) for first in places)


def gate_gaps_mm(line: Line) -> list[list[int]]:
    """The same by gates: index 0 is the end of the belt, 1 the first gate of the numbering, and so on.

    It is what the gates need, or what the eyes and scanners need to tell the two apart, whichever is more.
    """
    numbering = number(line)
    at: list[GateTiming | None] = [None, *gate_timings(line)]
    floor = sensing_gap_mm(line)
    rows = []
    for row, first in enumerate(at):
        same = max(floor, 0.0 if first is None else _confirm_gap_mm(line, numbering, first.gate.name))
        rows.append(
            [
                ceil(max(pair_gap_mm(first, second, line), same if column == row else floor))
                for column, second in enumerate(at)
            ]
        )
    return rows


def sensing_gap_mm(line: Line) -> float:
    """Gap from which on eyes and scanners tell two parcels apart.

    Eye: its debounce at either edge, so that it clears in between. Verify eye: the tracking windows of two of the
    shortest parcels do not overlap. Scanner: `read_gap_mm`.
    """
    slip = slip_allowance_mm(line)
    eyes = [2 * eye.debounce_mm + slip for eye in line.eye if eye.role != "confirm"]
    windows = [
        2 * eye.window_mm - line.parcels.min_length_mm for eye in line.eye if eye.role in ("verify", "end")
    ]
    return float(max([0, read_gap_mm(line), *eyes, *windows]))


def read_gap_mm(line: Line) -> float:
    """Gap from which on a read belongs to one parcel for sure.

    Either the next parcel is not in the read window yet when the label at a parcel's rear end is read, or both
    halves of the gap are wider than the place of a read is uncertain: decode deviation, once for the read and once
    for the guard around the middle.
    """
    per_ms = line.belt.speed_mm_s / 1000
    slip = slip_allowance_mm(line)
    return max(
        min(scanner.window_mm + scanner.jitter_ms * per_ms, 2 * (2 * scanner.jitter_ms * per_ms + 4)) + slip
        for scanner in line.scanner
    )


def read_end_mm(line: Line) -> float:
    """Place of a parcel's trailing edge from which on no read is awaited: past every read window, decoding included."""
    per_ms = line.belt.speed_mm_s / 1000
    return max(
        scanner.position_mm
        + scanner.window_mm
        + (scanner.latency_ms + scanner.jitter_ms + INPUT_LAG_MS) * per_ms
        for scanner in line.scanner
    )


def _confirm_gap_mm(line: Line, numbering: Numbering, diverter: str) -> float:
    """Gap from which on the confirm windows of two of the shortest parcels for one diverter do not overlap."""
    chute = next((chute.name for chute in numbering.chutes if chute.diverter == diverter), "")
    eye = confirm_eye(numbering, chute)
    if eye is None or eye.travel_mm is None:
        return 0.0
    return eye.travel_mm[1] - eye.travel_mm[0] - line.parcels.min_length_mm + slip_allowance_mm(line)


def confirm_eye(numbering: Numbering, chute: str) -> Eye | None:
    """The confirm eye of a chute."""
    return next((eye for eye in numbering.eyes if eye.role == "confirm" and eye.chute == chute), None)


def mean_of(quantiles: list[int]) -> float:
    """Mean of a size whose seven quantiles are joined by straight lines."""
    steps = zip(pairwise(QUANTILE_PERCENT), pairwise(quantiles), strict=True)
    return sum((high - low) * (a + b) / 200 for (low, high), (a, b) in steps)


def share_above(quantiles: list[int], limit: float) -> float:
    """Share (0 to 1) of a size whose seven quantiles are joined by straight lines that is above `limit`."""
    share = 0.0
    for (low, high), (a, b) in zip(pairwise(QUANTILE_PERCENT), pairwise(quantiles), strict=True):
        above = 1.0 if limit < a else 0.0 if limit >= b else (b - limit) / (b - a)
        share += above * (high - low) / 100
    return share


def least_gap_mm(line: Line) -> float:
    """The smallest gap that reaches the infeed eye: what the meter opens, else what the feeder leaves.

    A parcel whose gap is short by d is held back while the belt runs d; meanwhile it brakes with a and speeds up
    again. If d is less than v^2 / a it does not come to rest, and falls back by d^2 a / v^2 only: the smallest gap
    comes out at d = v^2 / 2a and is v^2 / 4a less than the meter's, if the feeder leaves such small ones.
    """
    meter, left = line.infeed_meter, line.parcels.min_gap_mm
    if meter is None or left >= meter.gap_mm:
        return left
    run_out = line.belt.speed_mm_s**2 / meter.brake_mm_s2
    short = min(meter.gap_mm - left, run_out / 2)
    return meter.gap_mm - short + short * short / run_out


def _gate(line: Line, numbering: Numbering, timing: GateTiming) -> GateFigures:
    gate = timing.gate
    scanner_mm = max(scanner.position_mm for scanner in line.scanner)
    eye = _length_eye(numbering, timing)
    cleared = 0.0 if eye is None else timing.decide_mm - (eye.position_mm or 0) - eye.debounce_mm
    per_ms = line.belt.speed_mm_s / 1000
    return GateFigures(
        name=gate.name,
        kind=gate.kind,
        chute=next((chute.name for chute in numbering.chutes if chute.diverter == gate.name), None),
        position_mm=gate.position_mm,
        zone_mm=gate.zone_mm,
        lead_ms=timing.lead_ms,
        home_ms=timing.home_ms,
        margin_mm=timing.margin_mm,
        need_ahead_mm=timing.need_ahead_mm,
        need_behind_mm=timing.need_behind_mm,
        need_same_mm=timing.need_same_mm,
        decide_mm=timing.decide_mm,
        after_scanner_mm=timing.decide_mm - scanner_mm,
        after_scanner_ms=(timing.decide_mm - scanner_mm) / per_ms,
        after_infeed_ms=timing.decide_mm / per_ms,
        length_eye=None if eye is None else eye.name,
        length_checked_mm=max(cleared, 0.0),
    )


def _host_budget_ms(line: Line, gates: tuple[GateFigures, ...]) -> float:
    label = line.parcels.max_length_mm * 1000 / line.belt.speed_mm_s
    decode = max(scanner.latency_ms + scanner.jitter_ms for scanner in line.scanner)
    return min(gate.after_scanner_ms for gate in gates) - label - decode - INPUT_LAG_MS - 2 * STEP_MS


def _length_eye(numbering: Numbering, timing: GateTiming) -> Eye | None:
    """The last verify eye that a parcel's leading edge has passed when the gate decides."""
    verify = [eye for eye in numbering.eyes if eye.role == "verify" and eye.position_mm is not None]
    return next((eye for eye in reversed(verify) if (eye.position_mm or 0) < timing.decide_mm), None)


def _laps_per_h(line: Line, spare: float) -> float | None:
    """For each lap the infeed is closed until what has passed the meter eye has cleared the merge, and then until
    the parcel from the loop has passed the infeed eye. `spare` is the share of an hour that the demand leaves.
    """
    if line.recirculation is None:
        return None
    speed = line.belt.speed_mm_s
    upstream = max((-(eye.position_mm or 0) for eye in line.eye if eye.role == "meter"), default=500)
    brake = 300.0 if line.infeed_meter is None else speed * speed / (2 * line.infeed_meter.brake_mm_s2)
    clear = upstream + line.parcels.max_length_mm + brake
    lap = clear - line.recirculation.merge_position_mm + mean_of(line.parcels.length_mm_quantiles)
    return spare * speed * 3600 / lap


def _throughput(line: Line, numbering: Numbering, gaps: tuple[tuple[int, ...], ...]) -> Throughput:
    sort = [place for place, chute in enumerate(numbering.chutes) if chute.kind == "sort"]
    between = [gaps[first][second] for first in sort for second in sort] or [gaps[0][0]]
    length = mean_of(line.parcels.length_mm_quantiles)

    def per_h(gap_mm: float) -> float:
        return line.belt.speed_mm_s * 3600 / (length + gap_mm)

    mixed = per_h(sum(between) / len(between))
    metered = None if line.infeed_meter is None else per_h(line.infeed_meter.gap_mm)
    load = line.parcels.rate_per_h / (metered or mixed)
    return Throughput(
        mean_length_mm=length,
        best_per_h=per_h(min(between)),
        worst_per_h=per_h(max(between)),
        mixed_per_h=mixed,
        metered_per_h=metered,
        demand_per_h=line.parcels.rate_per_h,
        load_percent=100 * load,
        laps_per_h=_laps_per_h(line, max(0.0, 1 - load)),
    )
