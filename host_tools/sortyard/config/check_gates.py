"""Is every diverter fast enough, told early enough, and given enough gap?"""

from math import ceil

from sortyard.config.check_context import Context, names_of
from sortyard.config.check_figures import GateFigures, least_gap_mm, mean_of, share_above
from sortyard.config.line import Diverter

LOW_BUDGET_MS = 100
"""A host that is asked over a network wants at least this between read and decision."""


def judge_gates(context: Context) -> None:
    """Add findings about actuators, gaps, decision deadlines and the length check."""
    _pushers(context)
    _slow_for_the_rate(context)
    _gap_for_gates(context)
    _deadlines(context)
    _host_budget(context)
    _length_check(context)
    _margins(context)


def _diverter(context: Context, gate: GateFigures) -> Diverter:
    return next(one for one in context.line.diverter if one.name == gate.name)


def _pushers(context: Context) -> None:
    """The parcel's middle has to stay in the push zone for the whole stroke."""

    def stroke_mm(gate: GateFigures) -> float | None:
        if gate.kind != "pusher":
            return None
        pusher = _diverter(context, gate)
        travel = (pusher.extend_ms + 2 * pusher.spread_ms) * context.mm_per_ms
        return travel if travel > pusher.zone_mm else None

    for group in context.gate_groups(stroke_mm):
        pusher = _diverter(context, group[0])
        fastest = pusher.zone_mm / context.mm_per_ms - 2 * pusher.spread_ms
        context.error(
            context.diverter_path(group[0].name, "extend_ms"),
            f"{names_of(group)}: the belt moves {stroke_mm(group[0]):.0f} mm during the stroke of "
            f"{pusher.extend_ms} ms and its spread of 2 x {pusher.spread_ms} ms, the sweep zone is {pusher.zone_mm} mm "
            "long: the actuator is too slow for the belt",
            f"extend in {max(fastest, 0):.0f} ms, lengthen the zone, or slow the belt down to "
            f"{pusher.zone_mm * 1000 // (pusher.extend_ms + 2 * pusher.spread_ms)} mm/s",
        )


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


def _gap_for_gates(context: Context) -> None:
    """The gap that is sure to reach the gates against the greatest gap that a pair of diverts needs."""
    gaps = context.figures.pair_gap_mm
    need, first, second = max((gap, a, b) for a, row in enumerate(gaps) for b, gap in enumerate(row))
    meter, given = context.line.infeed_meter, least_gap_mm(context.line)
    chutes = context.figures.chutes
    if given >= need:
        return
    pair = f"{chutes[first]} then {chutes[second]}"
    if meter is not None:
        context.warning(
            ("infeed_meter", "gap_mm"),
            f"the infeed meter lets gaps from {given:.0f} mm on through (gap_mm {meter.gap_mm} less what is lost while "
            f"a parcel brakes and speeds up again); {pair} needs {need} mm: "
            "they go round again or to reject (GAP_TOO_SMALL)",
            f"set gap_mm to {ceil(meter.gap_mm + need - given)} or more, or brake_mm_s2 higher",
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
    for gate in figures.gates:
        longest = gate.decide_mm - figures.read_end_mm
        if longest >= parcels.max_length_mm:
            continue
        numbers = (
            f"{gate.name} decides when the leading edge is at {gate.decide_mm:.0f} mm; reads are complete when the "
            f"trailing edge is at {figures.read_end_mm:.0f} mm (scanner, read window and decoding)"
        )
        move = f"put {gate.name} {ceil(parcels.max_length_mm - longest)} mm further downstream, or the scanner upstream"
        path = context.diverter_path(gate.name, "position_mm")
        if longest < parcels.min_length_mm:
            context.error(path, f"{numbers}: no parcel can be routed there in time", move)
        else:
            share = share_above(parcels.length_mm_quantiles, longest)
            context.warning(
                path,
                f"{numbers}: in time for parcels up to {longest:.0f} mm, {100 * share:.1f} % are longer (LATE_DATA)",
                move,
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
