"""Rules of `check` for a belt whose speed the host may set: can its drive and those of metering belt and loop be told,
and is it measured well enough?

And for drives whose speed their driver holds, or changes by a ramp: is there an encoder, is the meter steep enough?
"""

from sortyard.config.belt_speed import belt_motor, is_held_by_encoder, ramp_mm_s2
from sortyard.config.check_context import Context
from sortyard.config.drive_delay import NO_REGISTER
from sortyard.config.driver_tables import Driver, driver_of, map_of
from sortyard.config.line import Motor
from sortyard.config.timing import SPEED_WINDOW_US
from sortyard.config.toml_lines import KeyPath

LEAST_COUNTS = 8
"""In a speed window: with fewer, two samples of an even belt may differ by as much as an uneven one's."""

HELD_SHARE = 0.02
"""By how much of the belt's speed another one may be held: what ripple and slip take, too."""


def judge_speed(context: Context) -> None:
    """Add every finding about `belt.slowest_mm_s`, and about speeds that a driver holds."""
    _judge_held(context)
    for place, motor in enumerate(context.line.motor):
        _judge_ramp(context, ("motor", place, "options"), motor)
    belt = context.line.belt
    slowest = belt.slowest_mm_s
    if slowest is None:
        return
    path = ("belt", "slowest_mm_s")
    if slowest > belt.speed_mm_s:
        context.error(
            path, f"{slowest} mm/s is more than speed_mm_s, {belt.speed_mm_s}", "give a lower speed, or none"
        )
        return
    window_s = SPEED_WINDOW_US / 1_000_000
    counts = slowest * 1000 / context.line.encoder.um_per_count * window_s
    if counts < LEAST_COUNTS:
        least = LEAST_COUNTS * context.line.encoder.um_per_count / 1000 / window_s
        context.error(
            path,
            f"at {slowest} mm/s the encoder counts {counts:.1f} in the {window_s * 1000:.0f} ms in which the speed is "
            f"measured; at least {LEAST_COUNTS} are needed",
            f"set it to {least:.0f} or more, or use an encoder with more counts",
        )
    _judge_drives(context)
    ramp = ramp_mm_s2(context.line)
    context.note(
        path,
        f"the host may set {slowest} to {belt.speed_mm_s} mm/s; the belt changes by {ramp:.1f} mm/s in a second, so "
        f"that diverts go on: {(belt.speed_mm_s - slowest) / ramp:.0f} s from end to end",
        "measure travel_mm of confirm eyes at both speeds: a parcel that slides takes its time whatever the belt does",
    )


def _judge_held(context: Context) -> None:
    """The encoder is the belt's: what drives something else is not to be held by it, and the belt at its own speed."""
    line = context.line
    rated = line.belt.speed_mm_s * 1000 / line.encoder.um_per_count
    for place, motor in enumerate(line.motor):
        driver = driver_of("motor", motor)
        held = int(motor.options.get(driver.speed_by, 0)) if is_held_by_encoder(motor) else 0
        path = ("motor", place, "options", driver.speed_by)
        if held and motor.drives != "belt":
            context.error(
                path,
                f"{driver.path} holds its speed by the belt's encoder, and {motor.name} drives the {motor.drives}",
                "take it out: it runs at duty_permille then",
            )
        elif held and abs(held - rated) > rated * HELD_SHARE:
            mm_s = held * line.encoder.um_per_count / 1000
            context.error(
                path,
                f"{held} counts/s are {mm_s:.0f} mm/s with this encoder, and the belt's speed is "
                f"{line.belt.speed_mm_s} mm/s",
                f"set {driver.speed_by} to {rated:.0f}, or belt.speed_mm_s to {mm_s:.0f}",
            )


def _judge_ramp(context: Context, path: KeyPath, motor: Motor) -> None:
    """Drives start and stop as steeply as the line's figures take for granted, a metering belt to the millimetre."""
    line, meter = context.line, context.line.infeed_meter
    driver = driver_of("motor", motor)
    pulses = {wire for wire, need in driver.pins.items() if need == "pwm"}
    if pulses and pulses.isdisjoint(motor.pins):
        return  # a contact has no ramp
    is_meter = meter is not None and motor.drives == "meter"
    brake_mm_s2, key = line.belt.acceleration_mm_s2, "belt.acceleration_mm_s2"
    if meter is not None and is_meter:
        brake_mm_s2, key = meter.brake_mm_s2, "infeed_meter.brake_mm_s2"
    name = next((one.name for one in driver.options if one.name in ("ramp_ms", "slew_ms")), "")
    options = driver.options_of(motor)
    ramp_ms, allowed_ms = int(options.get(name, 0)), 1000 * line.belt.speed_mm_s // brake_mm_s2
    if ramp_ms > allowed_ms:
        tell = context.warning if motor.drives == "loop" else context.error
        tell(
            (*path, name),
            f"{motor.name} takes {ramp_ms} ms to start and to stop; {brake_mm_s2} mm/s2 are {allowed_ms} ms ({key})",
            f"set {name} to {allowed_ms} or less, or {key.partition('.')[2]} to what the {motor.drives} does",
        )
    if is_meter and options.get("round_permille"):
        context.error(
            (*path, "round_permille"),
            f"{motor.name} starts and stops gently, so later than its gaps take for granted",
            "set round_permille to 0: a metering belt has a steady ramp",
        )


def _judge_drives(context: Context) -> None:
    if belt_motor(context.line) is None:
        context.error(
            ("belt", "slowest_mm_s"), 'no [[motor]] with drives = "belt"', "add it, or take the key out"
        )
    for motor in context.line.motor:
        _judge_drive(context, motor)


def _judge_drive(context: Context, motor: Motor) -> None:
    """Metering belt and loop go as fast as the belt does, too: else the gaps are others than those that were opened."""
    path = ("motor", context.line.motor.index(motor))
    driver = driver_of("motor", motor)
    if not driver.speed_by or (motor.drives != "belt" and is_held_by_encoder(motor)):
        whose = "" if motor.drives == "belt" else f", the {motor.drives}'s as well as the belt's"
        context.error(
            (*path, "driver"),
            f"{driver.path} cannot be told a speed, and belt.slowest_mm_s asks for it{whose}",
            "use another drive, or take belt.slowest_mm_s out",
        )
        return
    options = driver.options_of(motor)
    if not options[driver.speed_by]:
        context.error(
            (*path, "options"),
            f"{driver.path} is not told its speed: {driver.speed_by} is 0",
            f"set {driver.speed_by}: it is the belt's {context.line.belt.speed_mm_s} mm/s",
        )
    _judge_slowest(context, path, motor, driver, int(options[driver.speed_by]))
    if "map" in options:
        options.update(map_of(driver, str(options["map"])))
        if options["speed"] == NO_REGISTER:
            context.error(
                (*path, "options", "map"),
                f"the registers of {motor.options.get('map', 'this make')} have none for the speed",
                'say it with map = "generic" and the option speed, or take belt.slowest_mm_s out',
            )


def _judge_slowest(context: Context, path: KeyPath, motor: Motor, driver: Driver, full: int) -> None:
    """Has its speed a wire, and can it go as slowly as it may be asked to?"""
    for wire in driver.optional:
        if driver.pins[wire] == "pwm" and wire not in motor.pins:
            context.error(
                (*path, "pins"), f"{driver.path} is told its speed by {wire}, which is not wired", "wire it"
            )
    belt = context.line.belt
    (option,) = [one for one in driver.options if one.name == driver.speed_by]
    slowest = full * (belt.slowest_mm_s or 0) // belt.speed_mm_s
    if full and slowest < option.least:
        context.error(
            (*path, "options"),
            f"at {belt.slowest_mm_s} mm/s {option.name} of {motor.name} would be {slowest} {option.unit}; it is "
            f"{option.least} at least",
            f"set belt.slowest_mm_s to {-(-belt.speed_mm_s * option.least // full)} or more",
        )
