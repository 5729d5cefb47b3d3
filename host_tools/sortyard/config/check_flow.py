"""Does the line get through what arrives, and does every chute get what the sort plan means for it?"""

from math import ceil, floor

from sortyard.config.check_context import Context, names_of
from sortyard.config.check_figures import share_above
from sortyard.config.check_gates import greatest_need
from sortyard.config.drive_delay import drive_delay
from sortyard.config.feeding import feeder_end_mm, feeder_motor, least_gap_mm, obeyed_mm, run_out_mm
from sortyard.config.line import Eye, InfeedMeter, Line, Motor, Recirculation
from sortyard.config.timing import STEP_MS
from sortyard.config.zones import zones_of

NOTE_LOAD, WARNING_LOAD, ERROR_LOAD = 80, 90, 100
"""Percent of what the line can do. Sorters are planned at 80 %: gaps vary by 15 to 20 %."""


PIECES_A_PARCEL, PIECES_AN_EYE = 30, 2
"""Steps that the gate logic takes for a parcel (measured: 25 to 40) and for each eye that it passes."""

BUSY_PERCENT = 60
"""Of all steps: with more, pieces of work that come at random wait for more than `timing.INPUT_LAG_MS` now and then."""

LOW_LAPS = 1
"""Percent of the parcels that at least should find time for another lap."""


def judge_flow(context: Context) -> None:
    """Add findings about throughput, meter, loop, parcels, unused parts and missing wires."""
    _load(context)
    _work(context)
    if context.line.infeed_meter is not None:
        _meter(context, context.line.infeed_meter)
    _loop(context)
    _sizes(context)
    _idle_diverters(context)
    _unwired(context)
    _undriven(context)


def _load(context: Context) -> None:
    flow = context.figures.throughput
    if flow.load_percent <= NOTE_LOAD:
        return
    limit = flow.metered_per_h or flow.mixed_per_h
    what = "with gaps from the infeed meter" if flow.metered_per_h else "on a mix of all chutes"
    reason = (
        f"{flow.demand_per_h} parcels an hour are {flow.load_percent:.0f} % of the {limit:.0f} that fit the belt "
        f"{what} (mean length {flow.mean_length_mm:.0f} mm)"
    )
    remedy = (
        "allow for queues at the infeed, or speed the belt up, shorten the gaps, or lower parcels.rate_per_h"
    )
    if flow.load_percent > ERROR_LOAD:
        context.error(
            ("parcels", "rate_per_h"), f"{reason}: the queue at the infeed grows without end", remedy
        )
    elif flow.load_percent > WARNING_LOAD:
        context.warning(
            ("parcels", "rate_per_h"), f"{reason}; above {WARNING_LOAD} % queues become long", remedy
        )
    else:
        context.note(("parcels", "rate_per_h"), f"{reason}; sorters are planned at {NOTE_LOAD} %", remedy)


def _work(context: Context) -> None:
    """A step of the control loop does one piece of work: has each board steps enough for all that its eyes tell?"""
    flow = context.figures.throughput
    eyes = max(
        sum(eye.role in ("infeed", "verify", "end") for eye in zone.line.eye)
        for zone in zones_of(context.line)
    )
    pieces = PIECES_A_PARCEL + PIECES_AN_EYE * eyes
    most = BUSY_PERCENT * 10 / STEP_MS / pieces * 3600
    rate = flow.metered_per_h or flow.demand_per_h
    if rate <= most:
        return
    context.error(
        ("infeed_meter", "gap_mm") if flow.metered_per_h else ("parcels", "rate_per_h"),
        f"{rate:.0f} parcels an hour may come, and each that passes {eyes} eyes is {pieces} pieces of work; the "
        f"control loop does one in {STEP_MS} ms and can be sure of its time up to {BUSY_PERCENT} % of that",
        f"let at most {most:.0f} parcels an hour come ({'a greater gap_mm' if flow.metered_per_h else 'rate_per_h'}), "
        "or do with fewer verify eyes",
    )


def _meter(context: Context, meter: InfeedMeter) -> None:
    """The parcel that is held must come to rest on the metering belt, the one ahead must have left it."""
    line, parcels = context.line, context.line.parcels
    eye = next(eye for eye in line.eye if eye.role == "meter")
    before = meter.transfer_mm - (eye.position_mm or 0)
    late = _late_meter(context, meter)
    brake = late + run_out_mm(line) / 2
    speed_up = run_out_mm(line) / 2
    if brake - parcels.min_length_mm / 2 > before:
        context.error(
            context.eye_path(eye.name, "position_mm"),
            f"the meter eye is {before} mm before the metering belt's end; a parcel brakes in {brake:.0f} mm, "
            f"so the middle of one that is {parcels.min_length_mm} mm long has left the metering belt and cannot be "
            "held",
            f"put the eye at {floor(meter.transfer_mm - brake + parcels.min_length_mm / 2)} mm or less, "
            "or brake harder",
        )
    elif brake + speed_up - parcels.min_length_mm / 2 > before:
        lost = meter.gap_mm - least_gap_mm(line)
        context.warning(
            context.eye_path(eye.name, "position_mm"),
            f"the meter eye is {before} mm before the metering belt's end; a parcel brakes and speeds up again in "
            f"{brake:.0f} + {speed_up:.0f} mm, so the middle of one that is {parcels.min_length_mm} mm long is on the "
            "main belt "
            f"before it is at full speed, and its gap opens up to {lost:.0f} mm less",
            f"put the eye at {floor(meter.transfer_mm - brake - speed_up + parcels.min_length_mm / 2)} mm or less, "
            "or brake harder",
        )
    held = before - parcels.min_gap_mm
    if 2 * held > parcels.length_mm_quantiles[0]:
        _held_together(context, eye, held)


def _late_meter(context: Context, meter: InfeedMeter) -> int:
    """How far the belt moves, mm, until the metering belt's drive obeys; it is told where that is known to be long."""
    line, motor = context.line, feeder_motor(context.line)
    soonest, latest = obeyed_mm(line)
    if motor is None or not latest:
        return 0
    delay = drive_delay(line, motor)
    why, remedy = _why_late(line, motor)
    context.warning(
        (("motor", line.motor.index(motor), "driver")),
        f"{motor.name} {why}: it obeys {delay.soonest_ms:.0f} to "
        f"{delay.latest_ms:.0f} ms after the gate logic's command, in which the belt moves {soonest:.0f} to "
        f"{latest:.0f} mm; gaps of {meter.gap_mm} mm may be {floor(least_gap_mm(line))} mm then",
        remedy,
    )
    return ceil(latest)


def _why_late(line: Line, motor: Motor) -> tuple[str, str]:
    """What a drive is told by that takes time, and what takes less."""
    if "tx" not in motor.pins:
        return (
            "is told by pulses",
            "set freq to more pulses a second, or use a drive that a level tells to run",
        )
    sharing = sum(one.ecu == motor.ecu and one.pins.get("tx") == motor.pins["tx"] for one in line.motor)
    return (
        f"hangs on Modbus, with {sharing} on its line",
        'let a pin of the board switch its run input (driver = "contactor"), or leave it alone on a line of its own',
    )


def _held_together(context: Context, eye: Eye, held: int) -> None:
    """Two parcels on the metering belt brake together: the gap between them stays what it was."""
    parcels = context.line.parcels
    further = held - parcels.length_mm_quantiles[0] // 2
    reason = (
        f"a parcel shorter than {2 * held} mm with a gap of {parcels.min_gap_mm} mm behind it is still on the "
        "metering belt when the next one blocks the meter eye, and brakes with it"
    )
    need, pair = greatest_need(context)
    if parcels.min_gap_mm >= need:
        remedy = f"put the eye {further} mm further downstream"
        context.note(context.eye_path(eye.name, "position_mm"), f"{reason}: the gap opens less", remedy)
        return
    context.warning(
        ("parcels", "min_gap_mm"),
        f"{reason}: the gap opens less, and {pair} needs {need} mm: they go round again or to reject (GAP_TOO_SMALL)",
        f"feed with gaps {further} mm wider, or put {eye.name} {further} mm further downstream",
    )


def _loop(context: Context) -> None:
    loop, line = context.line.recirculation, context.line
    if loop is None:
        if line.policy.recirculate and "recirculate" in line.policy.model_fields_set:
            context.warning(
                ("policy", "recirculate"),
                "policy.recirculate names reasons, but there is no loop",
                "set it to []",
            )
        return
    laps = context.figures.throughput.laps_per_h or 0
    share = 100 * laps / line.parcels.rate_per_h
    if share < LOW_LAPS:
        context.warning(
            ("recirculation",),
            f"at {line.parcels.rate_per_h} parcels an hour there is time to let {laps:.0f} an hour ({share:.1f} %) "
            "in from the loop, and each takes the infeed's turn: with more laps the infeed backs up",
            "lower parcels.rate_per_h, or put meter and merge nearer to the infeed eye",
        )
    if loop.merge_position_mm > -line.parcels.max_length_mm / 2:
        context.warning(
            ("recirculation", "merge_position_mm"),
            f"the loop joins {-loop.merge_position_mm} mm before the infeed eye; a parcel of "
            f"{line.parcels.max_length_mm} mm blocks the infeed eye before it is fully on the belt: its "
            "length is measured wrong",
            f"let it join at -{line.parcels.max_length_mm // 2} mm or further upstream",
        )
    _merge_place(context, loop)


def _merge_place(context: Context, loop: Recirculation) -> None:
    """A parcel rides with the conveyor that bears its middle: what the feeding conveyor holds reaches this far."""
    line, merge = context.line, loop.merge_position_mm
    path = ("recirculation", "merge_position_mm")
    end = feeder_end_mm(line)
    reach = end + line.parcels.max_length_mm / 2
    if line.infeed_meter is None and merge <= end:
        context.error(
            path,
            f"the loop joins at {merge} mm; without an [infeed_meter] the conveyor that feeds the line reaches to "
            f"{end} mm, and it stands while a parcel from the loop is let in: that one stands on it too",
            f"let the loop join between {end} mm (feeder_end_mm of [belt]) and the infeed eye, or fit an "
            "[infeed_meter] whose transfer_mm is "
            f"{merge - line.parcels.max_length_mm // 2} or less",
        )
    elif reach > merge:
        what = "feeding conveyor" if line.infeed_meter is None else "metering belt"
        context.error(
            path,
            f"a parcel of {line.parcels.max_length_mm} mm that the {what} holds reaches to {reach:.0f} mm, "
            f"beyond the merge at {merge} mm: the parcel from the loop runs into it",
            f"end the metering belt at {merge - line.parcels.max_length_mm // 2} mm or further upstream"
            + (" (infeed_meter.transfer_mm)" if line.infeed_meter is None else ""),
        )


def _sizes(context: Context) -> None:
    parcels = context.line.parcels
    long = share_above(parcels.length_mm_quantiles, parcels.max_length_mm)
    if long > 0:
        context.note(
            ("parcels", "max_length_mm"),
            f"{100 * long:.1f} % of the parcels are longer than max_length_mm = {parcels.max_length_mm}: "
            "they are rejected (LENGTH)",
            "raise max_length_mm if the line can take them",
        )
    wide = share_above(parcels.width_mm_quantiles, context.line.belt.width_mm)
    if wide > 0:
        context.warning(
            ("parcels", "width_mm_quantiles"),
            f"{100 * wide:.1f} % of the parcels are wider than the belt of {context.line.belt.width_mm} mm",
            "correct the quantiles, or keep such parcels away",
        )


def _idle_diverters(context: Context) -> None:
    idle = [gate for gate in context.figures.gates if gate.chute is None]
    if idle:
        context.warning(
            context.diverter_path(idle[0].name, "name"),
            f"{names_of(idle)} fills no chute",
            'give a chute diverter = "...", or remove the diverter',
        )


def _unwired(context: Context) -> None:
    line = context.line
    bare = [part for kind in ("eye", "scanner", "diverter") for part in getattr(line, kind) if not part.pins]
    count = len(bare) + (not line.encoder.pins)
    if count:
        context.note(
            (),
            f"{count} parts have no pins yet ({'the encoder' if not line.encoder.pins else names_of(bare)}): "
            "the line can be simulated, but not built",
            "add pins = { signal = ... } and so on when the wiring is decided",
        )


def _undriven(context: Context) -> None:
    """What the gate logic stops and lets go, and no motor of the line obeys."""
    line = context.line
    asked = {
        "belt": ("stops the belt on a fault", True),
        "meter": ("holds parcels on the metering belt", line.infeed_meter is not None),
        "loop": ("lets parcels of the loop wait for a gap", any(eye.role == "merge" for eye in line.eye)),
    }
    for drives, (what, is_there) in asked.items():
        if is_there and all(motor.drives != drives for motor in line.motor):
            context.warning(
                ("motor",),
                f'the gate logic {what}, and no [[motor]] with drives = "{drives}" obeys',
                "add it, so that a board can",
            )
