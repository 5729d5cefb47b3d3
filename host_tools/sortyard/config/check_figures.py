"""The figures that a controls engineer computes on paper for a line: gaps, deadlines, throughput.

Leads, margins and the gaps that gates need are those of `timing`, which the board's table is made of as well.
Gaps reach from a trailing edge to the next leading edge, pitches from leading edge to leading edge. Lengths in
mm at rated speed, times in ms.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from sortyard.config.border_figures import BorderFigures, border_figures
from sortyard.config.feeding import merge_clear_mm
from sortyard.config.line import QUANTILE_PERCENT, Eye, Line
from sortyard.config.numbering import Numbering, number
from sortyard.config.timing import (
    INPUT_LAG_MS,
    STEP_MS,
    GateTiming,
    gate_timings,
    pair_gap_mm,
    read_end_mm,
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
    """For the shortest parcel; where the stroke of a pusher goes by the middle, later by half of what one is longer."""
    after_scanner_mm: float
    after_scanner_ms: float
    after_infeed_ms: float
    longest_read_mm: float
    """Parcels up to this long have passed the read window when the gate decides."""
    longest_spaced_mm: float
    """Parcels up to this long have the gap that the gate needs behind them on this side of the infeed eye by then."""
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
    borders: tuple[BorderFigures, ...]


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
        host_budget_ms=_host_budget_ms(line, timings),
        gates=gates,
        chutes=tuple(chute.name for chute in numbering.chutes),
        pair_gap_mm=gaps,
        throughput=_throughput(line, numbering, gaps),
        borders=border_figures(line),
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


def _confirm_gap_mm(line: Line, numbering: Numbering, diverter: str) -> float:
    """Gap from which on the confirm eye of a diverter's chute tells two parcels apart.

    Each takes its own time to the eye, within `travel_mm`: the first may be as late as can be and the second as
    early, and still the eye must clear between them.
    """
    chute = next((chute.name for chute in numbering.chutes if chute.diverter == diverter), "")
    eye = confirm_eye(numbering, chute)
    return 0.0 if eye is None else confirm_gap_mm(line, eye)


def confirm_gap_mm(line: Line, eye: Eye) -> float:
    """The same for a confirm eye."""
    least, most = eye.travel_mm or (0, 0)
    return most - least + 2 * eye.debounce_mm + slip_allowance_mm(line)


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


def _gate(line: Line, numbering: Numbering, timing: GateTiming) -> GateFigures:
    gate = timing.gate
    scanner_mm = max(scanner.position_mm for scanner in line.scanner)
    eye = _length_eye(numbering, timing)
    decide_mm = timing.decides_mm(line.parcels.min_length_mm)
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
        decide_mm=decide_mm,
        after_scanner_mm=decide_mm - scanner_mm,
        after_scanner_ms=(decide_mm - scanner_mm) / per_ms,
        after_infeed_ms=decide_mm / per_ms,
        longest_read_mm=_longest_mm(timing, read_end_mm(line)),
        longest_spaced_mm=_longest_spaced_mm(line, timing),
        length_eye=None if eye is None else eye.name,
        length_checked_mm=0 if eye is None else _longest_mm(timing, (eye.position_mm or 0) + eye.debounce_mm),
    )


def _longest_mm(timing: GateTiming, place_mm: float) -> float:
    """The longest parcel whose trailing edge has passed a place when its gate is chosen, 0 if none has."""
    room = timing.decide_mm - place_mm
    return max(2 * room if timing.is_impulse else room, 0.0)


def _longest_spaced_mm(line: Line, timing: GateTiming) -> float:
    """The longest parcel behind which the gap that the gate needs is past the infeed eye when the gate is chosen."""
    shortest, longest = line.parcels.min_length_mm, line.parcels.max_length_mm
    if timing.is_impulse:
        # Both the decision and the gap that is needed go by its middle.
        return longest if timing.decides_mm(shortest) - shortest >= timing.need_behind_mm else 0.0
    return max(timing.decide_mm - timing.need_behind_mm, 0.0)


def _host_budget_ms(line: Line, timings: list[GateTiming]) -> float:
    longest, per_ms = line.parcels.max_length_mm, line.belt.speed_mm_s / 1000
    scanner_mm = max(scanner.position_mm for scanner in line.scanner)
    decode = max(scanner.latency_ms + scanner.jitter_ms for scanner in line.scanner)
    first = min(timing.decides_mm(longest) for timing in timings)
    return (first - scanner_mm - longest) / per_ms - decode - INPUT_LAG_MS - 2 * STEP_MS


def _length_eye(numbering: Numbering, timing: GateTiming) -> Eye | None:
    """The last verify eye that a parcel's leading edge has passed when the gate decides."""
    verify = [eye for eye in numbering.eyes if eye.role == "verify" and eye.position_mm is not None]
    return next((eye for eye in reversed(verify) if (eye.position_mm or 0) < timing.decide_mm), None)


def _laps_per_h(line: Line, spare: float) -> float | None:
    """For each lap the infeed is closed until what came before has passed the infeed eye, and then until the parcel
    from the loop has. `spare` is the share of an hour that the demand leaves.
    """
    if line.recirculation is None:
        return None
    way = -line.recirculation.merge_position_mm + mean_of(line.parcels.length_mm_quantiles)
    return spare * line.belt.speed_mm_s * 3600 / (merge_clear_mm(line) + way)


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
