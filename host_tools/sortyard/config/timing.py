"""When each gate must move, and the gap that this needs: one source for `check` and the board's table.

Lengths are millimetres at the belt's rated speed (or at the `speed_mm_s` given), relative to a
parcel's leading edge when it stands at x = 0: an offset of 4,000 says "when the leading edge is at
4,000 mm". Barrier: extended from `extend_mm` to (trailing edge) `retract_mm`. Impulse: the stroke is
centred on the sweep zone while the parcel's middle passes it.
"""

from dataclasses import dataclass

from .line import Diverter, Line
from .numbering import Numbering, number

STEP_MS = 1
"""Grid of the control loop: a command may be this late."""

SPEED_WINDOW_US = 1 << 17
"""The gate logic measures speed in counts over this time."""

INPUT_LAG_MS = 12
"""Work may wait this long when much comes at once: a step does one piece of it."""

STEADY_PERCENT = 3
"""Two speed samples may differ by this much before diverts are refused."""


@dataclass(frozen=True)
class GateTiming:
    """One diverter on one line. `need_*` are gaps (trailing edge to leading edge)."""

    gate: Diverter
    is_impulse: bool
    zone_start_mm: float
    zone_end_mm: float
    margin_mm: float
    """Kept free: the diverter's own margin, one step of belt travel, and speed error in the lead."""
    lead_ms: float
    """Command to in place, slowest. Impulse: command to the middle of the stroke, nominal."""
    home_ms: float
    """Retract command to home, slowest. Impulse: extend command to home, slowest."""
    lead_mm: float
    home_mm: float
    decide_mm: float
    """Leading edge here: the last chance to choose this gate (for the longest parcel it is not later)."""
    end_mm: float
    """Leading edge here: the confirm eye has seen the parcel or never will."""
    need_ahead_mm: float
    """Gap to a parcel ahead that runs past this gate."""
    need_behind_mm: float
    """Gap to a parcel behind that runs past this gate."""
    need_same_mm: float
    """Gap between two parcels for this gate."""


def gate_timings(line: Line, speed_mm_s: int | None = None) -> list[GateTiming]:
    """One entry per gate, in the order of `numbering.number(line).gates`."""
    numbering = number(line)
    speed = (speed_mm_s or line.belt.speed_mm_s) / 1000
    return [_timing(line, numbering, i, speed) for i in range(len(numbering.gates))]


def slip_allowance_mm(line: Line) -> float:
    """Part of the gap that may close between the last eye and the gate: two counts and the edge latch."""
    return 2 * line.encoder.um_per_count / 1000 + 4


def _timing(line: Line, numbering: Numbering, index: int, speed_mm_ms: float) -> GateTiming:
    gate = numbering.gates[index]
    start, end = gate.position_mm, gate.position_mm + gate.zone_mm
    is_impulse = gate.kind == "pusher"
    if is_impulse:
        lead_ms = gate.delay_ms + gate.extend_ms / 2
        home_ms = stroke_ms(gate) + STEP_MS + gate.delay_ms + gate.retract_ms + gate.spread_ms
    else:
        lead_ms = gate.delay_ms + gate.extend_ms + gate.spread_ms
        home_ms = gate.delay_ms + gate.retract_ms + gate.spread_ms
    margin = gate.margin_mm + _command_error_mm(line, speed_mm_ms, max(lead_ms, home_ms))
    lead, home = lead_ms * speed_mm_ms, home_ms * speed_mm_ms
    slip = slip_allowance_mm(line)
    shortest = line.parcels.min_length_mm
    middle = (start + end) / 2
    if is_impulse:
        ahead = end - middle + margin + lead - shortest / 2 + slip
        behind = middle - start + margin - shortest / 2 + home - lead + slip
        same = max(home - shortest + slip, ahead, behind, 0)
        decide = middle - lead - margin
    else:
        ahead = end - start + 2 * margin + lead + slip
        behind = end - start + 2 * margin + home + slip
        same = 0.0
        decide = start - margin - lead
    return GateTiming(
        gate=gate,
        is_impulse=is_impulse,
        zone_start_mm=start,
        zone_end_mm=end,
        margin_mm=margin,
        lead_ms=lead_ms,
        home_ms=home_ms,
        lead_mm=lead,
        home_mm=home,
        decide_mm=decide - INPUT_LAG_MS * speed_mm_ms,
        end_mm=start + confirm_travel_mm(line, numbering, gate)[1],
        need_ahead_mm=max(ahead, 0),
        need_behind_mm=max(behind, 0),
        need_same_mm=same,
    )


def stroke_ms(gate: Diverter) -> int:
    """Pusher: time from the extend command to the retract command."""
    return gate.delay_ms + gate.extend_ms + gate.dwell_ms + gate.spread_ms


def confirm_travel_mm(line: Line, numbering: Numbering, gate: Diverter) -> tuple[int, int]:
    """Travel window of the confirm eye behind a gate; without one: the gate's zone and a parcel's length."""
    chutes = {chute.name for chute in numbering.chutes if chute.diverter == gate.name}
    for eye in numbering.eyes:
        if eye.role == "confirm" and eye.chute in chutes and eye.travel_mm is not None:
            return eye.travel_mm
    return 0, gate.zone_mm + line.parcels.max_length_mm


def _command_error_mm(line: Line, speed_mm_ms: float, lead_ms: float) -> float:
    """Belt travel by which a command may be off: one step late, one count of the speed measure, one count."""
    count_mm = line.encoder.um_per_count / 1000
    speed_error = count_mm / (SPEED_WINDOW_US / 1000)
    return STEP_MS * speed_mm_ms + speed_error * lead_ms + count_mm


def pair_gap_mm(first: GateTiming | None, second: GateTiming | None, line: Line) -> float:
    """Smallest gap between two consecutive parcels that lets both be diverted. None: runs to the end.

    A leader that leaves the belt upstream counts as still there until its confirm window is over,
    so that a failed divert is never struck.
    """
    need = 0.0
    if first is not None:
        if second is None or second.zone_start_mm > first.zone_start_mm:
            need = first.need_behind_mm
        elif second.gate.name == first.gate.name:
            need = first.need_same_mm
    if second is not None and (first is None or first.zone_start_mm > second.zone_start_mm):
        need = max(need, second.need_ahead_mm)
    elif first is not None and second is not None and first.zone_start_mm < second.zone_start_mm:
        unproven = first.end_mm - second.decide_mm - line.parcels.min_length_mm
        need = max(need, min(second.need_ahead_mm, max(unproven, 0)))
    return need
