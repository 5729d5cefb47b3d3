"""When each gate must move, and the gap that this needs: one source for `check` and the board's table.

Lengths are millimetres at the belt's rated speed (or at the `speed_mm_s` given), relative to a
parcel's leading edge when it stands at x = 0: an offset of 4,000 says "when the leading edge is at
4,000 mm". Barrier: extended from `extend_mm` to (trailing edge) `retract_mm`. Impulse: the stroke is
centred on the sweep zone while the parcel's middle passes it.
"""

from dataclasses import dataclass

from .line import Diverter, Line, Scanner
from .numbering import Numbering, number
from .zones import zones_of

STEP_MS = 1
"""Grid of the control loop: a command may be this late."""

SPEED_WINDOW_US = 1 << 17
"""The gate logic measures speed in counts over this time."""

INPUT_LAG_MS = 12
"""Work may wait this long when much comes at once: a step does one piece of it.

On a board, which hears an edge a turn, a few wait longer: measured with hub16 and the usual faults 11 of 22,784, the
longest 19 ms; with the fastest belts 0.2 %, 25 ms. A parcel that is decided about too late runs on to the end; none is
taken for missing or for longer than it is while edges wait.
"""

STEADY_PERCENT = 1, 3
"""Two speed samples of an even and of an uneven belt differ by less than this, in percent of the rated speed."""

STEADY_COUNTS = 2
"""And by this many counts, whatever the speed: those that begin and end a sample."""


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
    """Here the last chance to choose this gate is: a barrier's for the leading edge, a pusher's for the middle."""
    gone_mm: float
    """Leading edge here: a parcel that was diverted is known not to be on the belt any more."""
    need_ahead_mm: float
    """Gap to a parcel ahead that runs past this gate."""
    need_behind_mm: float
    """Gap to a parcel behind that runs past this gate."""
    need_same_mm: float
    """Gap between two parcels for this gate. A barrier stays out for a row of any length with that gap; one that runs
    past and is closer to the row's end than `need_behind_mm`, and unread when the row begins, is taken along."""

    def decides_mm(self, length_mm: float) -> float:
        """Leading edge here: the last chance to choose this gate for a parcel of that length."""
        return self.decide_mm + (length_mm / 2 if self.is_impulse else 0)


def gate_timings(line: Line, speed_mm_s: int | None = None) -> list[GateTiming]:
    """One entry per gate, in the order of `numbering.number(line).gates`."""
    speed = (speed_mm_s or line.belt.speed_mm_s) / 1000
    return [
        _timing(zone.line, numbering, i, speed)
        for zone in zones_of(line)
        for numbering in (number(zone.line),)
        for i in range(len(zone.gates))
    ]


def slip_allowance_mm(line: Line) -> float:
    """Part of the gap that may close between the last eye and the gate: two counts and the edge latch."""
    return 2 * line.encoder.um_per_count / 1000 + 4


def ramp_mm_s(line: Line) -> float:
    """How much faster or slower a belt that starts or stops is from one speed sample to the next."""
    return line.belt.acceleration_mm_s2 * SPEED_WINDOW_US / 1_000_000


def steady_mm_s(line: Line) -> float:
    """Two speed samples may differ by this much before diverts are refused: if possible half of a ramp."""
    least, most = (line.belt.speed_mm_s * percent / 100 for percent in STEADY_PERCENT)
    count_mm_s = line.encoder.um_per_count * 1000 / SPEED_WINDOW_US
    return max(STEADY_COUNTS * count_mm_s, min(most, max(least, ramp_mm_s(line) / 2)))


def _timing(line: Line, numbering: Numbering, index: int, speed_mm_ms: float) -> GateTiming:
    gate = numbering.gates[index]
    start, end = gate.position_mm, gate.position_mm + gate.zone_mm
    is_impulse = gate.moves == "pusher"
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
        decide = start - margin - lead
        # It stays out for the next one only if that one is routed when the first is decided about. What follows may
        # be unread still if both together are longer than any parcel.
        known = decide - INPUT_LAG_MS * speed_mm_ms - read_end_mm(line)
        same = 0.0 if known >= 2 * line.parcels.max_length_mm + behind else behind
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
        gone_mm=_gone_mm(line, numbering, gate, speed_mm_ms) + late_mm(line, speed_mm_ms),
        need_ahead_mm=max(ahead, 0),
        need_behind_mm=max(behind, 0),
        need_same_mm=same,
    )


def stroke_ms(gate: Diverter) -> int:
    """Pusher: time from the extend command to the retract command."""
    return gate.delay_ms + gate.extend_ms + gate.dwell_ms + gate.spread_ms


def late_mm(line: Line, speed_mm_ms: float) -> float:
    """Belt travel after which an edge that may still wait its turn, or be debounced, has been told."""
    debounce = max(eye.debounce_mm for eye in line.eye)
    return (INPUT_LAG_MS + 2 * STEP_MS) * speed_mm_ms + debounce + 2 * line.encoder.um_per_count / 1000


def confirm_slack_mm(line: Line, speed_mm_ms: float) -> float:
    """By how much a confirm window is widened at either end: a slip, and eyes that are sampled once a step."""
    return slip_allowance_mm(line) + 2 * STEP_MS * speed_mm_ms


def read_end_mm(line: Line) -> float:
    """Place of a trailing edge from which on no read is awaited: past every read window, decoding included.

    In a zone without scanners a parcel is known from its first eye on.
    """
    if not line.scanner:
        return min(eye.position_mm or 0 for eye in line.eye if eye.role in ("verify", "end"))
    return max(told_mm(line, scanner) for scanner in line.scanner)


def told_mm(line: Line, scanner: Scanner) -> float:
    """Place of a code by which this scanner has told it, if it tells it at all."""
    longest_ms = scanner.latency_ms + scanner.jitter_ms + INPUT_LAG_MS
    return scanner.position_mm + scanner.window_mm + longest_ms * line.belt.speed_mm_s / 1000


def _gone_mm(line: Line, numbering: Numbering, gate: Diverter, speed_mm_ms: float) -> float:
    """What comes first: the end of the confirm eye's window, or of the next eye's, where it is not seen any more.

    Without an eye further down it is the end of the belt.
    """
    chutes = {chute.name for chute in numbering.chutes if chute.diverter == gate.name}
    ends = [float(line.belt.length_mm)]
    for eye in numbering.eyes:
        if eye.role == "confirm" and eye.chute in chutes and eye.travel_mm is not None:
            ends.append(gate.position_mm + eye.travel_mm[1] + confirm_slack_mm(line, speed_mm_ms))
        elif eye.role in ("verify", "end") and (eye.position_mm or 0) > gate.position_mm:
            # What an eye has learned of the slip on the way to it may put its window off by half of it.
            ends.append((eye.position_mm or 0) + 1.5 * eye.window_mm)
    return min(ends)


def _command_error_mm(line: Line, speed_mm_ms: float, lead_ms: float) -> float:
    """Belt travel by which a command may be off: one step late, one count of the speed measure, one count."""
    count_mm = line.encoder.um_per_count / 1000
    speed_error = count_mm / (SPEED_WINDOW_US / 1000)
    return STEP_MS * speed_mm_ms + speed_error * lead_ms + count_mm


def pair_gap_mm(first: GateTiming | None, second: GateTiming | None, line: Line) -> float:
    """Smallest gap between two consecutive parcels that lets both be diverted. None: runs to the end.

    A parcel that leaves the belt upstream of the other's gate counts as still there until it is known to be gone.
    """
    if first is None or second is None:
        need = 0.0 if first is None else first.need_behind_mm
        return need if second is None else max(need, second.need_ahead_mm)
    if first.gate.name == second.gate.name:
        return first.need_same_mm
    if first.zone_start_mm < second.zone_start_mm:
        shortest = line.parcels.min_length_mm
        unproven = first.gone_mm - second.decides_mm(shortest) - shortest
        return max(first.need_behind_mm, min(second.need_ahead_mm, unproven))
    longest = line.parcels.max_length_mm
    known = first.decides_mm(longest) - longest - second.gone_mm
    behind = first.need_behind_mm
    return max(second.need_ahead_mm, behind if known < behind else 0.0)
