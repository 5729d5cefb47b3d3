"""A line as the flat integers from which `sorter_core.gate_logic.GateLogic` is built.

Lengths become encoder counts, times of actuators units of 128 microseconds (1/1024 of the speed
window, so that lead = time x speed >> 10), other times microseconds. The order of the values is the
one that GateLogic reads; `CONFIG_VERSION` changes with it.
"""

from array import array
from collections.abc import Sequence

from sorter_core.codes import REASONS

from .feeding import least_gap_mm, merge_clear_mm, run_out_mm
from .line import Chute, Diverter, Line
from .numbering import Numbering, number
from .timing import (
    INPUT_LAG_MS,
    SPEED_WINDOW_US,
    STEADY_COUNTS,
    STEP_MS,
    GateTiming,
    confirm_slack_mm,
    gate_timings,
    late_mm,
    read_end_mm,
    steady_mm_s,
    stroke_ms,
)
from .zones import WHOLE, Stretch

CONFIG_VERSION = 1
LENGTH_TOLERANCE_MM = 25
"""Two measurements of one parcel's length may differ by this."""
DRIFT_MM = 50
"""Belt travel within a speed window, backwards or with the drive off, that is a fault."""
JAM_FACTOR = 1.5
GRACE_SAMPLES = 8
"""Speed windows (1 s) that a drive may take until the first count."""
BUCKET_MM = 64
METER_KEEPS = 0.75
"""What slip and drift leave of a metered gap, at the worst, where parcels are nearest to each other."""

_EYE_ROLES = {"infeed": 0, "verify": 1, "end": 2, "confirm": 3, "meter": 4, "merge": 5}
_CHUTE_KINDS = {"sort": 0, "reject": 1, "recirculate": 2}
_SAFE_STATES = {"retract": 0, "hold": 1, "off": 2}
_REASON_NUMBER = {name: code for code, name in REASONS.items()}


class _Scale:
    """Units of one line."""

    def __init__(self, line: Line) -> None:
        self.um_per_count = line.encoder.um_per_count
        self.speed_mm_s = line.belt.speed_mm_s

    def counts(self, mm: float) -> int:
        """Nearest count."""
        return round(mm * 1000 / self.um_per_count)

    def counts_up(self, mm: float) -> int:
        return -int(-mm * 1000 // self.um_per_count)

    def travel(self, ms: float) -> int:
        """Belt travel at rated speed."""
        return self.counts_up(ms * self.speed_mm_s / 1000)

    def units(self, ms: float) -> int:
        """Units of 128 microseconds, rounded up."""
        return -int(-ms * 1000 // 128)

    def speed(self, mm_s: float) -> float:
        """Counts in a speed window."""
        return mm_s * 1000 / self.um_per_count * SPEED_WINDOW_US / 1_000_000


_BEHIND = -2
"""In place of a chute's gate: it is in a zone upstream."""
_BOOT = 1
"""Where the boot number stands."""


def with_boot(config: array, boot: int) -> array:
    """The same configuration for another boot, 0 to 65,535."""
    renumbered = array("i", config)
    renumbered[_BOOT] = boot & 0xFFFF
    return renumbered


def gate_config(
    line: Line, groups: Sequence[Sequence[int]], boot: int = 1, stretch: Stretch = WHOLE
) -> array:
    """`groups`: chute numbers of every destination group, in order of preference; `boot`: 0 to 65,535.

    `line` and `stretch`: of a zone, where the line has several.
    """
    scale, numbering = _Scale(line), number(line)
    timings = gate_timings(line)
    tables: list[int] = []
    for eye in numbering.eyes:
        chute = next((i for i, c in enumerate(numbering.chutes) if c.name == eye.chute), -1)
        tables += [
            _EYE_ROLES[eye.role],
            scale.counts(eye.position_mm or 0),
            scale.counts(eye.window_mm),
            chute,
        ]
    for scanner in line.scanner:
        guard = scale.travel(scanner.jitter_ms) + scale.counts(4)
        tables += [scale.counts(scanner.position_mm), scale.counts(scanner.window_mm)]
        tables += [scale.units(scanner.latency_ms), guard]
    for timing in timings:
        tables += _gate_row(scale, numbering, timing)
    for chute in numbering.chutes:
        tables += _chute_row(line, scale, numbering, chute, stretch)
    first = 0
    for group in groups:
        tables.append(first)
        first += len(group)
    tables.append(first)
    for group in groups:
        tables += group
    head = _head(line, scale, numbering, timings, groups, boot, stretch)
    return array("i", head + tables)


def track_capacity(line: Line, stretch: Stretch = WHOLE) -> int:
    """What fits on the belt at the smallest pitch of parcels, and some; a power of two."""
    metered = least_gap_mm(line) * METER_KEEPS if line.infeed_meter else 0
    pitch = line.parcels.min_length_mm + max(line.parcels.min_gap_mm, metered, 50)
    length = line.belt.length_mm if stretch.length_mm is None else stretch.length_mm
    needed = length / max(pitch, 250) + 16
    capacity = 32
    while capacity < min(needed, 1024):
        capacity *= 2
    return capacity


def _head(
    line: Line,
    scale: _Scale,
    numbering: Numbering,
    timings: list[GateTiming],
    groups: Sequence[Sequence[int]],
    boot: int,
    stretch: Stretch,
) -> list[int]:
    eyes, chutes = numbering.eyes, numbering.chutes
    has_end = any(eye.role == "end" for eye in eyes)
    n_stations = sum(eye.role in ("verify", "end") for eye in eyes) + (0 if has_end else 1)
    jam = scale.counts(line.parcels.max_length_mm * JAM_FACTOR)
    rated = round(scale.speed(line.belt.speed_mm_s))
    recirculation = line.recirculation
    return [
        CONFIG_VERSION,
        boot & 0xFFFF,
        track_capacity(line, stretch),
        max(3, (scale.counts(BUCKET_MM)).bit_length() - 1),
        len(eyes),
        len(line.scanner),
        len(timings),
        len(chutes),
        len(groups),
        sum(len(group) for group in groups),
        n_stations,
        int(has_end),
        scale.counts(line.belt.length_mm),
        scale.counts(line.parcels.min_length_mm - LENGTH_TOLERANCE_MM / 2),
        scale.counts(line.parcels.max_length_mm + LENGTH_TOLERANCE_MM),
        jam,
        scale.counts_up(LENGTH_TOLERANCE_MM) + 2,
        rated,
        rated * 5 // 4 + 2,
        max(STEADY_COUNTS, int(scale.speed(steady_mm_s(line)))),
        scale.counts(DRIFT_MM) + 2,
        GRACE_SAMPLES,
        _coast_samples(line),
        int(line.policy.host),
        int(line.policy.restart == "flush"),
        sum(1 << _REASON_NUMBER[name] for name in line.policy.recirculate),
        next((i for i, chute in enumerate(chutes) if chute.kind == "recirculate"), -1),
        recirculation.lap_limit if recirculation else 0,
        recirculation.warn_load if recirculation else 0,
        next((i for i, chute in enumerate(chutes) if chute.end), -1),
        scale.counts(line.infeed_meter.gap_mm) if line.infeed_meter else 0,
        *_merge_travel(line, scale),
        scale.counts_up(read_end_mm(line)),
        scale.travel(INPUT_LAG_MS + 2 * STEP_MS),
        scale.counts_up(late_mm(line, line.belt.speed_mm_s / 1000)),
        scale.counts(2 * line.parcels.max_length_mm),
        scale.counts(run_out_mm(line)) if line.infeed_meter else 0,
        int(stretch.takes_over) + 2 * stretch.hands_over + 4 * stretch.place,
    ]


def _coast_samples(line: Line) -> int:
    """Speed windows until a belt that is switched off stands."""
    seconds = line.belt.speed_mm_s / line.belt.acceleration_mm_s2
    return int(seconds * 1_000_000 / SPEED_WINDOW_US) + GRACE_SAMPLES


def _merge_travel(line: Line, scale: _Scale) -> list[int]:
    """Belt travel: until the merge is clear after an infeed stop, from merge to infeed, until given up."""
    if line.recirculation is None:
        return [0, 0, 0]
    longest = line.parcels.max_length_mm
    passing = -line.recirculation.merge_position_mm + 2 * longest
    # The lane starts with the belt's acceleration; its nose needs this much belt travel to get away.
    start = line.belt.speed_mm_s**2 / line.belt.acceleration_mm_s2
    return [
        scale.counts_up(merge_clear_mm(line)),
        scale.counts(passing),
        scale.counts(2 * longest + start + 1000),
    ]


def _gate_row(scale: _Scale, numbering: Numbering, timing: GateTiming) -> list[int]:
    gate = timing.gate
    start = scale.counts(timing.zone_start_mm)
    return [
        int(timing.is_impulse),
        start,
        scale.counts_up(timing.zone_end_mm),
        scale.counts_up(timing.margin_mm),
        scale.units(timing.lead_ms),
        scale.units(timing.home_ms),
        scale.counts(timing.decide_mm),
        _section(scale, numbering, start),
        _SAFE_STATES[gate.safe_state],
        int(gate.feedback),
        _out_us(gate, timing),
        1000 * (gate.delay_ms + gate.retract_ms + 2 * gate.spread_ms + 10),
        min(gate.rated_kcycles * 1000, (1 << 29) - 1),
    ]


def _out_us(gate: Diverter, timing: GateTiming) -> int:
    """Pusher: command to the retract command. Barrier: time in which the end position must be seen."""
    if timing.is_impulse:
        return 1000 * stroke_ms(gate)
    return 1000 * (gate.delay_ms + gate.extend_ms + 2 * gate.spread_ms + 10)


def _section(scale: _Scale, numbering: Numbering, x: int) -> int:
    """Number of the first station at or beyond x."""
    stations = [eye for eye in numbering.eyes if eye.role in ("verify", "end")]
    before = sum(scale.counts(eye.position_mm or 0) <= x for eye in stations)
    return min(before + 1, len(stations) + (0 if any(eye.role == "end" for eye in stations) else 1))


def _chute_row(line: Line, scale: _Scale, numbering: Numbering, chute: Chute, stretch: Stretch) -> list[int]:
    gate = _BEHIND if chute.diverter in stretch.behind else numbering.gate_of(chute)
    eye = next((e for e in numbering.eyes if e.role == "confirm" and e.chute == chute.name), None)
    least, most = eye.travel_mm if eye and eye.travel_mm else (0, 0)
    slack = confirm_slack_mm(line, line.belt.speed_mm_s / 1000) if eye else 0
    return [
        _CHUTE_KINDS[chute.kind],
        gate,
        scale.counts(max(least - slack, 0)),
        scale.counts_up(most + slack),
        int(eye is not None),
    ]
