"""Pushers go by the parcel's middle: what that asks of the stroke, of end switches, and of the eyes behind."""

from math import ceil

from sortyard.config.check_context import Context, names_of
from sortyard.config.check_figures import GateFigures, confirm_eye, share_above
from sortyard.config.line import Diverter
from sortyard.config.timing import INPUT_LAG_MS, STEP_MS

LEAST_DWELL_MS = INPUT_LAG_MS + 2 * STEP_MS
"""End switches: the message of the end position may be this late, and the way back begins with the dwell's end."""


def judge_pushers(context: Context) -> None:
    """Add findings about strokes, dwell times, and eyes that see a parcel which is still being pushed."""
    _strokes(context)
    _dwells(context)
    _eyes_behind(context)
    _confirm_travel(context)


def _pushers(context: Context) -> list[tuple[GateFigures, Diverter]]:
    diverters = {one.name: one for one in context.line.diverter}
    gates = [(gate, diverters[gate.name]) for gate in context.figures.gates]
    return [(gate, diverter) for gate, diverter in gates if diverter.moves == "pusher"]


def _pushed_mm(context: Context, pusher: Diverter) -> float:
    """From the zone's start to the leading edge of the longest parcel, when the slowest stroke ends.

    The stroke is centred on the moment at which the parcel's middle is in the middle of the zone.
    """
    longest = context.line.parcels.max_length_mm
    return (pusher.zone_mm + longest) / 2 + (pusher.extend_ms / 2 + pusher.spread_ms) * context.mm_per_ms


def _strokes(context: Context) -> None:
    """The parcel's middle has to stay in the push zone for the whole stroke."""
    pushers = {gate.name: one for gate, one in _pushers(context)}

    def stroke_mm(gate: GateFigures) -> float | None:
        if gate.name not in pushers:
            return None
        pusher = pushers[gate.name]
        travel = (pusher.extend_ms + 2 * pusher.spread_ms) * context.mm_per_ms
        return travel if travel > pusher.zone_mm else None

    for group in context.gate_groups(stroke_mm):
        pusher = pushers[group[0].name]
        fastest = pusher.zone_mm / context.mm_per_ms - 2 * pusher.spread_ms
        context.error(
            context.diverter_path(group[0].name, "extend_ms"),
            f"{names_of(group)}: the belt moves {stroke_mm(group[0]):.0f} mm during the stroke of "
            f"{pusher.extend_ms} ms and its spread of 2 x {pusher.spread_ms} ms, the sweep zone is {pusher.zone_mm} mm "
            "long: the actuator is too slow for the belt",
            f"extend in {max(fastest, 0):.0f} ms, lengthen the zone, or slow the belt down to "
            f"{pusher.zone_mm * 1000 // (pusher.extend_ms + 2 * pusher.spread_ms)} mm/s",
        )


def _dwells(context: Context) -> None:
    """A pusher with end switches must stand long enough for its end position to be told."""
    hasty = [one for _, one in _pushers(context) if one.feedback and one.dwell_ms < LEAST_DWELL_MS]
    if hasty:
        context.error(
            context.diverter_path(hasty[0].name, "dwell_ms"),
            f"{names_of(hasty)}: dwell_ms is {hasty[0].dwell_ms}, and the end switch may be told up to "
            f"{LEAST_DWELL_MS} ms late: a sound stroke at the end of its spread counts as one without end position",
            f"set dwell_ms to {LEAST_DWELL_MS} or more, or feedback = false if no switch is fitted",
        )


def _eyes_behind(context: Context) -> None:
    """A parcel that is pushed off must not have blocked the next eye yet: there it counts as a failed divert."""
    parcels = context.line.parcels
    tracking = [eye for eye in context.numbering.eyes if eye.role in ("verify", "end")]
    for _, pusher in _pushers(context):
        behind = [eye for eye in tracking if (eye.position_mm or 0) > pusher.position_mm]
        need = ceil(_pushed_mm(context, pusher))
        if not behind or (behind[0].position_mm or 0) - pusher.position_mm >= need:
            continue
        eye, distance = behind[0], (behind[0].position_mm or 0) - pusher.position_mm
        limit = parcels.max_length_mm - 2 * (need - distance)
        share = share_above(parcels.length_mm_quantiles, limit)
        context.error(
            context.eye_path(eye.name, "position_mm"),
            f"{eye.name} is {distance} mm behind the start of {pusher.name}'s zone; when its stroke ends, the leading "
            f"edge of a parcel of {parcels.max_length_mm} mm is at {need} mm: for those longer than {max(limit, 0)} mm "
            f"({100 * share:.1f} %) the eye tells of a failed divert",
            f"put {eye.name} at {pusher.position_mm + need} mm or further downstream, or lower parcels.max_length_mm",
        )


def _confirm_travel(context: Context) -> None:
    """travel_mm counts from the leading edge at the zone's start: half a parcel has to pass before the push."""
    parcels = context.line.parcels
    for gate, pusher in _pushers(context):
        eye = confirm_eye(context.numbering, gate.chute or "")
        if eye is None or eye.travel_mm is None:
            continue
        least, most = eye.travel_mm
        need = ceil(_pushed_mm(context, pusher))
        path = context.eye_path(eye.name, "travel_mm")
        if most < need:
            context.error(
                path,
                f"{eye.name}: travel_mm ends at {most} mm; {pusher.name} strokes when a parcel's middle is in its "
                f"zone, and the leading edge of one of {parcels.max_length_mm} mm is at {need} mm when the stroke ends",
                f"set the second number of travel_mm to {need} or more: measure it with the longest parcel",
            )
        elif 2 * (most - least) < parcels.max_length_mm - parcels.min_length_mm:
            spread = (parcels.max_length_mm - parcels.min_length_mm) // 2
            context.error(
                path,
                f"{eye.name}: travel_mm spreads by {most - least} mm; {pusher.name} strokes when a parcel's middle is "
                f"in its zone, so that parcels of {parcels.min_length_mm} and {parcels.max_length_mm} mm differ by "
                f"{spread} mm",
                f"measure with the shortest parcel and with the longest: at least {spread} mm lie between them",
            )
