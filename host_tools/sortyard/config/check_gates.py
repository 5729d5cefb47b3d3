"""Is every diverter fast enough, told early enough, and given enough gap?"""

from math import ceil

from sortyard.config.check_context import Context, names_of
from sortyard.config.check_figures import GateFigures, mean_of, share_above
from sortyard.config.feeding import least_gap_mm
from sortyard.config.timing import SPEED_WINDOW_US, ramp_mm_s, steady_mm_s

LOW_BUDGET_MS = 100
"""A host that is asked over a network wants at least this between read and decision."""


def judge_gates(context: Context) -> None:
    """Add findings about actuators, gaps, decision deadlines and the length check."""
    _slow_for_the_rate(context)
    _gap_for_gates(context)
    _deadlines(context)
    _spacing(context)
    _host_budget(context)
    _length_check(context)
    _margins(context)
    _soft_ramp(context)


def _slow_for_the_rate(context: Context) -> None:
    """A barrier that needs more gap than an average pitch has can never keep up."""
    parcels = context.line.parcels
    pitch = context.line.belt.speed_mm_s * 3600 / parcels.rate_per_h
    free = pitch - mean_of(parcels.length_mm_quantiles)

    def need_mm(gate: GateFigures) -> int | None:
        need = max(gate.need_ahead_mm, gate.need_behind_mm)
        return ceil(need) if need > free else None

    for group in context.gate_groups(need_mm):
        context.error(
            context.diverter_path(group[0].name, "zone_mm"),
            f"{names_of(group)}: a gap of {need_mm(group[0])} mm is needed, and {parcels.rate_per_h} parcels an hour "
            f"leave {free:.0f} mm on average (pitch {pitch:.0f} mm less a mean length of {pitch - free:.0f} mm): "
            "the actuator is too slow for the belt",
            "use a faster diverter or one with a shorter zone, speed the belt up, or lower parcels.rate_per_h",
        )


def greatest_need(context: Context) -> tuple[int, str]:
    """The greatest gap (mm) that the motion of a diverter needs, and the pair that needs it."""
    end = next(chute.name for chute in context.line.chute if chute.end)
    needs = [
        (ceil(need), pair)
        for gate in context.figures.gates
        for need, pair in (
            (gate.need_behind_mm, f"{gate.chute} then {end}"),
            (gate.need_ahead_mm, f"{end} then {gate.chute}"),
            (gate.need_same_mm, f"{gate.chute} then {gate.chute}"),
        )
        if gate.chute is not None
    ]
    return max(needs, key=lambda one: one[0], default=(0, ""))


def _gap_for_gates(context: Context) -> None:
    """The gap that is sure to reach the gates against the greatest gap that the motion of one of them needs."""
    line = context.line
    meter, given = line.infeed_meter, least_gap_mm(line)
    need, pair = greatest_need(context)
    if given >= need:
        return
    if meter is not None:
        context.warning(
            ("infeed_meter", "gap_mm"),
            f"the infeed meter lets gaps from {given:.0f} mm on through; {pair} needs {need} mm: "
            "they go round again or to reject (GAP_TOO_SMALL)",
            f"set gap_mm to {ceil(meter.gap_mm + need - given)} or more",
        )
    else:
        context.warning(
            ("parcels", "min_gap_mm"),
            f"the feeder leaves gaps from {given:.0f} mm on; {pair} needs {need} mm, and there is no infeed meter: "
            "parcels that follow too closely are rejected as GAP_TOO_SMALL",
            f"have the feeder leave {need} mm (parcels.min_gap_mm), or fit an [infeed_meter]",
        )


def _deadlines(context: Context) -> None:
    """A parcel is routed when its trailing edge is past the read window; the gate's decision must still be ahead."""
    figures, parcels = context.figures, context.line.parcels
    moves = {one.name: one.moves for one in context.line.diverter}
    for gate in figures.gates:
        longest = gate.longest_read_mm
        if longest >= parcels.max_length_mm:
            continue
        numbers = (
            f"{gate.name} decides when the leading edge of the shortest parcel is at {gate.decide_mm:.0f} mm; reads "
            f"are complete when the trailing edge is at {figures.read_end_mm:.0f} mm (scanner, read window, decoding)"
        )
        short = parcels.max_length_mm - longest
        move = ceil(short / 2 if moves[gate.name] == "pusher" else short)
        remedy = f"put {gate.name} {move} mm further downstream, or the scanner upstream"
        path = context.diverter_path(gate.name, "position_mm")
        if longest < parcels.min_length_mm:
            context.error(path, f"{numbers}: no parcel can be routed there in time", remedy)
        else:
            share = share_above(parcels.length_mm_quantiles, longest)
            context.warning(
                path,
                f"{numbers}: in time for parcels up to {longest:.0f} mm, {100 * share:.1f} % are longer (LATE_DATA)",
                remedy,
            )


def _spacing(context: Context) -> None:
    """Nobody knows how near the next parcel is before it has come to the infeed eye."""
    parcels = context.line.parcels
    for gate in context.figures.gates:
        longest = gate.longest_spaced_mm
        if longest >= parcels.max_length_mm:
            continue
        numbers = (
            f"{gate.name} needs a gap of {gate.need_behind_mm:.0f} mm behind its parcel and decides when the leading "
            f"edge of the shortest one is at {gate.decide_mm:.0f} mm; what has not come to the infeed eye by then may "
            "be nearer"
        )
        path = context.diverter_path(gate.name, "position_mm")
        if longest < parcels.min_length_mm:
            short = ceil(parcels.min_length_mm + gate.need_behind_mm - gate.decide_mm)
            context.error(
                path,
                f"{numbers}: no parcel is ever diverted there (GAP_TOO_SMALL)",
                f"put {gate.name} {short} mm further downstream",
            )
        else:
            share = share_above(parcels.length_mm_quantiles, longest)
            context.warning(
                path,
                f"{numbers}: parcels of more than {longest:.0f} mm ({100 * share:.1f} %) are never diverted there "
                "(GAP_TOO_SMALL)",
                f"put {gate.name} {ceil(parcels.max_length_mm - longest)} mm further downstream",
            )


def _host_budget(context: Context) -> None:
    """Time for a question to the host and its answer before the first gate decides."""
    budget = context.figures.host_budget_ms
    if context.line.policy.host and budget < LOW_BUDGET_MS:
        gate = min(context.figures.gates, key=lambda one: one.after_scanner_mm)
        context.warning(
            context.diverter_path(gate.name, "position_mm"),
            f"{budget:.0f} ms are left for the host's answer before {gate.name} decides (longest parcel, label at its "
            f"rear end, {gate.after_scanner_ms:.0f} ms from the scanner to the decision): the board will often decide "
            "instead",
            f"move {gate.name} {ceil((LOW_BUDGET_MS - budget) * context.mm_per_ms)} mm downstream, "
            "or set policy.host = false",
        )


def _length_check(context: Context) -> None:
    """Two parcels that have closed up are found by their length, when the trailing edge has cleared an eye."""
    parcels = context.line.parcels
    bare = [gate for gate in context.figures.gates if gate.length_eye is None]
    if bare:
        context.warning(
            context.diverter_path(bare[0].name, "position_mm"),
            f"{names_of(bare)}: no verify eye before the decision: a lifted or slipped parcel, or two that have closed "
            "up, are not noticed there",
            "add a verify eye ahead of the diverter",
        )
    shared: dict[str | None, GateFigures] = {}
    for gate in context.figures.gates:
        first = shared.setdefault(gate.length_eye, gate)
        if gate.length_eye is not None and first is not gate:
            context.note(
                context.diverter_path(gate.name, "position_mm"),
                f"{gate.name} has no verify eye of its own: the last one, {gate.length_eye}, is "
                f"{gate.decide_mm - _eye_mm(context, gate.length_eye):.0f} mm before its decision, "
                f"ahead of {first.name}",
                f"add a verify eye between {first.name} and {gate.name}",
            )

    def checked_mm(gate: GateFigures) -> int | None:
        is_short = gate.length_eye is not None and gate.length_checked_mm < parcels.max_length_mm
        return int(gate.length_checked_mm) if is_short else None

    for group in context.gate_groups(checked_mm):
        _tell_length(context, group, int(group[0].length_checked_mm))


def _eye_mm(context: Context, name: str) -> int:
    return next(eye.position_mm or 0 for eye in context.line.eye if eye.name == name)


def _tell_length(context: Context, group: list[GateFigures], checked_mm: int) -> None:
    parcels = context.line.parcels
    share = share_above(parcels.length_mm_quantiles, checked_mm)
    tell = context.warning if share > 0.05 else context.note
    tell(
        context.eye_path(group[0].length_eye or "", "position_mm"),
        f"{names_of(group)}: the length check at the eye ahead is complete in time for parcels up to {checked_mm} "
        f"mm; {100 * share:.1f} % of the parcels are longer, up to {parcels.max_length_mm} mm: for those the gate "
        "decides before their length is confirmed",
        f"place the eye {parcels.max_length_mm - checked_mm} mm further upstream, if the zone before leaves room",
    )


def _margins(context: Context) -> None:
    """How much of the margin is the control's own doing: step, speed measure and encoder counts."""
    own = {diverter.name: diverter.margin_mm for diverter in context.line.diverter}

    def extra_mm(gate: GateFigures) -> float | None:
        extra = gate.margin_mm - own[gate.name]
        return round(extra, 1) if extra > max(own[gate.name], 1) else None

    for group in context.gate_groups(extra_mm):
        context.warning(
            ("encoder", "um_per_count"),
            f"{names_of(group)}: step, speed measure and encoder counts of {context.figures.count_mm:g} mm add "
            f"{extra_mm(group[0])} mm to a margin of {own[group[0].name]} mm",
            "use an encoder with finer counts, or a greater margin_mm",
        )


def _soft_ramp(context: Context) -> None:
    """A belt that starts and stops so softly that its speed seems steady: gates come too early or too late then."""
    line = context.line
    if ramp_mm_s(line) >= 2 * steady_mm_s(line):
        return
    window_s = SPEED_WINDOW_US / 1_000_000
    own = {diverter.name: diverter.margin_mm for diverter in line.diverter}

    def off_mm(gate: GateFigures) -> int | None:
        motion_s = max(gate.lead_ms, gate.home_ms) / 1000
        # The sample is of the window before, and up to one window old.
        off = ceil(line.belt.acceleration_mm_s2 * motion_s * (motion_s / 2 + 1.5 * window_s))
        return off if off > own[gate.name] else None

    for group in context.gate_groups(off_mm):
        context.error(
            ("belt", "acceleration_mm_s2"),
            f"{names_of(group)}: the speed changes by {ramp_mm_s(line):.0f} mm/s from one sample to the next while the "
            f"belt starts, too little to be told from one that runs evenly ({steady_mm_s(line):.0f} mm/s): the gate is "
            f"off by {off_mm(group[0])} mm, its margin_mm is {own[group[0].name]}",
            "use an encoder with finer counts, a steeper ramp, or a greater margin_mm",
        )
