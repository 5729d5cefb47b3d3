"""How fast the belt's speed may change when its host sets it, and what the board is told of it.

The gate logic computes a lead with the speed that it has measured, commits a gate up to `decide_mm` ahead of its zone,
and refuses diverts while the belt is uneven. A change is slow enough when neither is felt: over the time from decision
to zone at the slowest speed, and the lead, the gate is in place with an error of no more than ERROR_SHARE of its own
margin, and two speed samples do not differ by more than half of what counts as even.
"""

from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Line, Motor
from sortyard.config.timing import SPEED_WINDOW_US, GateTiming, gate_timings, steady_mm_s

ERROR_SHARE = 1 / 8
"""Part of a diverter's margin_mm that a change of the belt's speed may take."""
ROUND_MS = 64
"""The firmware makes a step of the change so often at most: a round of its chores."""
PART = 256
"""Its steps are in so many parts of a millimetre a second."""


def belt_motor(line: Line) -> Motor | None:
    """What drives the belt, if anything that is wired does."""
    return next((motor for motor in line.motor if motor.drives == "belt"), None)


def is_held_by_encoder(motor: Motor) -> bool:
    """Whether its driver holds a speed that it is given in counts of an encoder."""
    driver = driver_of("motor", motor)
    options = {option.name: option for option in driver.options}
    return bool(driver.speed_by) and options[driver.speed_by].unit == "counts/s"


def ramp_mm_s2(line: Line) -> float:
    """How fast the speed changes, mm/s in a second."""
    slowest = line.belt.slowest_mm_s or line.belt.speed_mm_s
    even = steady_mm_s(line) / 2 / (SPEED_WINDOW_US / 1_000_000)
    return min([even, *(_allowed_mm_s2(timing, slowest) for timing in gate_timings(line))])


def _allowed_mm_s2(timing: GateTiming, slowest_mm_s: int) -> float:
    """Lead times change of speed from decision to zone, and what the belt gains during the lead."""
    lead_s = max(timing.lead_ms, timing.home_ms) / 1000
    ahead_s = max(timing.zone_start_mm - timing.decide_mm, 0) / slowest_mm_s
    error_mm = max(timing.gate.margin_mm, 1) * ERROR_SHARE
    return error_mm / (lead_s * (ahead_s + lead_s / 2))


def speed_step(line: Line) -> float:
    """A step of the change, of the rated speed; 0 where the host may not set the speed."""
    least, most, step = limits_of(line)
    return step / PART / most if least else 0.0


def limits_of(line: Line) -> list[int]:
    """Least and most speed in mm/s, and a step of the change, for a board with that line; least 0: it is not set."""
    step = int(ramp_mm_s2(line) * ROUND_MS * PART / 1000)
    return [line.belt.slowest_mm_s or 0, line.belt.speed_mm_s, max(step, 1)]
