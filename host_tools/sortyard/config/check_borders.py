"""Engineering rules of `check` for the borders between zones: is a track handed over before its parcel is there?"""

from math import ceil

from sortyard.config.border_figures import BorderFigures
from sortyard.config.check_context import Context, names_of
from sortyard.config.timing import GateTiming, gate_timings


def judge_borders(context: Context) -> None:
    """Add every finding about hand-overs that come too late, and gates that do not know early enough who follows."""
    for border in context.figures.borders:
        _deadline(context, border)
    for border in context.figures.borders:
        _room(context, border)


def _deadline(context: Context, border: BorderFigures) -> None:
    what = (
        f"{border.upstream} sees a parcel at {border.border_eye}, {border.border_mm} mm, and {border.downstream} at "
        f"{border.first_eye}, {border.first_mm} mm: the hand-over has {border.deadline_mm:.0f} mm of belt, which "
        f"leave the links {border.deadline_ms:.0f} ms; they need up to {ceil(border.link_ms)} ms"
    )
    path = context.eye_path(border.first_eye, "position_mm")
    if border.deadline_ms < border.link_ms:
        further = ceil((border.link_ms - border.deadline_ms) * context.mm_per_ms)
        context.error(
            path,
            f"{what}, and who comes unannounced is a stray",
            f"put {border.first_eye} at {border.first_mm + further} mm or further, {border.border_eye} "
            f"{further} mm further upstream, slow the belt down, or give the boards quicker links",
        )
    else:
        context.note(path, what, "nothing: it is in time")


def _room(context: Context, border: BorderFigures) -> None:
    """A gate may have to know the gap behind a parcel while the next one has not come to the zone's first eye."""
    longest = context.line.parcels.max_length_mm
    owner = {gate.name: gate.ecu for gate in context.line.diverter}
    short: list[tuple[GateTiming, float]] = []
    for timing in gate_timings(context.line):
        if owner[timing.gate.name] == border.downstream:
            gap = timing.decides_mm(longest) - longest - border.first_mm
            if gap < timing.need_behind_mm:
                short.append((timing, timing.need_behind_mm - gap))
    if short:
        first, missing = short[0]
        context.warning(
            context.diverter_path(first.gate.name, "position_mm"),
            f"{names_of(timing.gate for timing, _ in short)}: when the last chance for a parcel of {longest} mm comes, "
            f"the gap behind it is not known yet at {border.first_eye}, the first eye of {border.downstream}: "
            "it is not diverted (GAP_TOO_SMALL)",
            f"put {first.gate.name} {ceil(missing)} mm further downstream",
        )
