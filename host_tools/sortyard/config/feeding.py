"""The way into the line: the conveyor before the infeed eye that is held to open gaps and to let the loop in.

With an infeed meter it is the metering belt, without one whatever conveyor feeds the line. A parcel rides with the
conveyor that bears its middle. Held, it brakes with a, and speeds up again with a: it comes to rest if the belt
runs v^2 / a or more in between. A drive that obeys late (`drive_delay`) brakes further downstream, and as it may be
told to hold later than to go on, it holds a parcel for less.
"""

from math import sqrt

from sortyard.config.drive_delay import drive_delay
from sortyard.config.line import Line, Motor


def feeder_end_mm(line: Line) -> int:
    """Where the conveyor that can be held ends, negative: upstream of the infeed eye."""
    return line.belt.feeder_end_mm if line.infeed_meter is None else line.infeed_meter.transfer_mm


def feeder_brake_mm_s2(line: Line) -> int:
    """Its acceleration, starting and stopping."""
    return line.belt.acceleration_mm_s2 if line.infeed_meter is None else line.infeed_meter.brake_mm_s2


def feeder_motor(line: Line) -> Motor | None:
    """What drives it, if anything that is wired does."""
    return next((motor for motor in line.motor if motor.drives == "meter"), None)


def obeyed_mm(line: Line) -> tuple[float, float]:
    """Belt travel from a command to the feeder's obeying it: at least, and at most."""
    delay = drive_delay(line, feeder_motor(line))
    speed = line.belt.speed_mm_s / 1000
    return delay.soonest_ms * speed, delay.latest_ms * speed


def run_out_mm(line: Line) -> float:
    """Belt travel from the feeder's braking until what is held stands; it moves half of that itself."""
    return line.belt.speed_mm_s**2 / feeder_brake_mm_s2(line)


def merge_clear_mm(line: Line) -> float:
    """Belt travel from the command to hold until nothing that came before is upstream of the infeed eye."""
    first = min(
        (eye.position_mm or 0 for eye in line.eye if eye.role == "meter"), default=feeder_end_mm(line)
    )
    return -first + line.parcels.max_length_mm + obeyed_mm(line)[1] + run_out_mm(line)


def held_mm(line: Line, need_mm: float) -> float:
    """Belt travel for which the meter holds a parcel that is to fall back by `need_mm`.

    As long as it does not come to rest it falls back by held^2 / run-out only, so that it is held the longer.
    """
    return max(need_mm, sqrt(need_mm * run_out_mm(line)))


def fall_back_mm(line: Line, need_mm: float, length_mm: float) -> float:
    """How far a parcel falls back that the meter holds in order that it falls back by `need_mm`.

    It is held when its nose blocks the meter eye. What it has still to speed up by when its middle leaves the metering
    belt is not lost.
    """
    soonest, latest = obeyed_mm(line)
    meter, speed = line.infeed_meter, line.belt.speed_mm_s
    if meter is None:
        return 0.0
    acceleration, run_out = meter.brake_mm_s2, run_out_mm(line)
    held = held_mm(line, need_mm) - (latest - soonest)
    braked = min(held, run_out)
    eye_mm = next(eye.position_mm or 0 for eye in line.eye if eye.role == "meter")
    room = meter.transfer_mm - eye_mm + length_mm / 2 - latest
    if held <= 0 or room <= 0:
        return 0.0
    slowest = speed * (1 - braked / run_out)
    while_braking = braked - braked * braked / (2 * run_out)
    if room <= while_braking:
        speed_there = sqrt(speed**2 - 2 * acceleration * room)
        return (speed - speed_there) ** 2 / (2 * acceleration)
    speed_there = min(sqrt(slowest**2 + 2 * acceleration * (room - while_braking)), speed)
    not_lost = (speed - speed_there) ** 2 / (2 * acceleration)
    return held * braked / run_out - not_lost


def least_gap_mm(line: Line) -> float:
    """The smallest gap that reaches the infeed eye: what the meter opens, else what the feeder leaves."""
    meter, left = line.infeed_meter, line.parcels.min_gap_mm
    if meter is None or left >= meter.gap_mm:
        return left
    shortest = line.parcels.min_length_mm
    needs = range(1, meter.gap_mm - left + 1)
    return min(meter.gap_mm - need + fall_back_mm(line, need, shortest) for need in needs)
