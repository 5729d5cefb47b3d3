"""Do eyes, scanners and encoder tell the parcels apart, and what stays unproven?"""

from itertools import pairwise
from math import ceil

from sortyard.config.board_file import load_board
from sortyard.config.check_context import Context, grouped, names_of
from sortyard.config.check_figures import confirm_eye, confirm_gap_mm, read_gap_mm
from sortyard.config.feeding import least_gap_mm
from sortyard.config.line import Eye
from sortyard.config.timing import STEP_MS, slip_allowance_mm

COUNTS_PER_WINDOW = 10
"""A tracking window of fewer counts is coarse: a count is then more than 10 % of it."""


def judge_sensing(context: Context) -> None:
    """Add findings about windows, reads, encoder resolution, confirmation and sampled eyes."""
    _tracking_windows(context)
    _neighbouring_windows(context)
    _windows_before_decisions(context)
    _confirm_windows(context)
    _read_windows(context)
    _triggered_reads(context)
    _resolution(context)
    _unproven(context)
    _sampled_eyes(context)
    _unlatched_eyes(context)


def _least_pitch_mm(context: Context) -> int:
    return int(context.line.parcels.min_length_mm + least_gap_mm(context.line))


def _pitch_words(context: Context) -> str:
    line = context.line
    return (
        f"parcels may follow at a pitch of {_least_pitch_mm(context)} mm "
        f"(length {line.parcels.min_length_mm} mm + gap {least_gap_mm(line):.0f} mm)"
    )


def _tracking_windows(context: Context) -> None:
    """Two parcels expected at an eye: their windows must not overlap."""
    pitch = _least_pitch_mm(context)

    def width_mm(eye: Eye) -> int | None:
        is_tracking = eye.role in ("verify", "end")
        return 2 * eye.window_mm if is_tracking and 2 * eye.window_mm > pitch else None

    for group in grouped(context.numbering.eyes, width_mm):
        context.warning(
            context.eye_path(group[0].name, "window_mm"),
            f"{names_of(group)}: tracking windows of 2 x {group[0].window_mm} mm overlap, {_pitch_words(context)}: "
            "an edge inside two windows makes both parcels UNCERTAIN",
            f"set window_mm to {pitch // 2} or less, or leave greater gaps",
        )


def _neighbouring_windows(context: Context) -> None:
    """One parcel must not be expected at two eyes at once."""
    tracking = [eye for eye in context.numbering.eyes if eye.role in ("verify", "end")]
    for first, second in pairwise(tracking):
        distance = (second.position_mm or 0) - (first.position_mm or 0)
        if distance < first.window_mm + second.window_mm:
            context.warning(
                context.eye_path(second.name, "position_mm"),
                f"{second.name} is {distance} mm behind {first.name}; their windows reach "
                f"{first.window_mm} + {second.window_mm} mm and overlap",
                "put them further apart or narrow the windows",
            )


def _windows_before_decisions(context: Context) -> None:
    """A parcel that is missing at the eye before a gate is known to be lost only at the window's end."""
    eyes = {eye.name: eye for eye in context.numbering.eyes}

    def late_mm(gate: object) -> int | None:
        eye = eyes.get(getattr(gate, "length_eye", None) or "")
        if eye is None:
            return None
        end = (eye.position_mm or 0) + eye.window_mm + slip_allowance_mm(context.line)
        late = end - getattr(gate, "decide_mm", end)
        return ceil(late) if late > 0 else None

    for group in grouped(context.figures.gates, late_mm):
        eye = eyes[group[0].length_eye or ""]
        context.warning(
            context.eye_path(eye.name, "position_mm"),
            f"{names_of(group)} decides {late_mm(group[0])} mm before the window of the eye ahead ends: "
            "it may move for a parcel that has been lifted off",
            f"put the eye {late_mm(group[0])} mm further upstream, or narrow its window",
        )


def _confirm_windows(context: Context) -> None:
    """Two parcels for one chute, one behind the other: which of them did the confirm eye see?"""
    line, least = context.line, least_gap_mm(context.line)

    def need_mm(eye: Eye) -> int | None:
        if eye.role != "confirm" or eye.travel_mm is None:
            return None
        need = confirm_gap_mm(line, eye)
        return ceil(need) if need > least else None

    for group in grouped(context.numbering.eyes, need_mm):
        eye, (soonest, latest) = group[0], group[0].travel_mm or (0, 0)
        need = need_mm(eye) or 0
        narrower = latest - soonest - (need - int(least))
        context.warning(
            context.eye_path(eye.name, "travel_mm"),
            f"{names_of(group)}: of two parcels in a row for the same chute the first may take {latest} mm to the eye "
            f"and the second {soonest} mm: the eye tells them apart from a gap of {need} mm on, and gaps may be "
            f"{least:.0f} mm",
            (
                f"place the eye where travel_mm spreads by {narrower} mm or less"
                if narrower > 0
                else "leave the eye out"
            )
            + f", or leave gaps of {need} mm",
        )


def _read_windows(context: Context) -> None:
    """A read that may belong to either of two parcels is given to neither."""
    gap, need = least_gap_mm(context.line), read_gap_mm(context.line)
    if gap >= need:
        return
    place, scanner = max(
        enumerate(context.line.scanner), key=lambda one: (one[1].jitter_ms, one[1].window_mm)
    )
    context.warning(
        ("scanner", place, "jitter_ms"),
        f"{scanner.name}: a decode time that varies by {scanner.jitter_ms} ms shifts a read by "
        f"{scanner.jitter_ms * context.mm_per_ms:.0f} mm to either side, and gaps may be {gap:.0f} mm, less than the "
        f"{need:.0f} mm that tell two parcels apart: a read between them is given to neither",
        f"use a steadier scanner, or leave gaps of {ceil(need)} mm",
    )


def _triggered_reads(context: Context) -> None:
    """A scanner that an eye tells to read begins when a parcel comes there: which codes have passed it by then?"""
    eyes = {eye.name: eye for eye in context.line.eye}
    for place, scanner in enumerate(context.line.scanner):
        eye = eyes.get(scanner.trigger or "")
        if eye is None or eye.position_mm is None:
            continue
        behind = eye.position_mm - scanner.position_mm
        if 0 < behind <= scanner.window_mm:  # an eye farther away is refused
            context.warning(
                ("scanner", place, "trigger"),
                f"{scanner.name} is told to read when a parcel has passed it by {behind} mm: codes in the first "
                f"{behind} mm of a parcel are lost",
                f"move {eye.name} to {scanner.position_mm} mm or a few millimetres ahead of that, or take trigger out",
            )


def _resolution(context: Context) -> None:
    """A count has to be small against the windows that are counted with it."""
    count = context.figures.count_mm
    narrow = [eye for eye in context.numbering.eyes if eye.role in ("verify", "end")]
    eye = min(narrow, key=lambda one: one.window_mm, default=None)
    if eye is not None and eye.window_mm < COUNTS_PER_WINDOW * count:
        context.warning(
            ("encoder", "um_per_count"),
            f"one count is {count:g} mm, the narrowest tracking window ({eye.name}) {eye.window_mm} mm: "
            f"{eye.window_mm / count:.0f} counts",
            f"use an encoder with at most {eye.window_mm / COUNTS_PER_WINDOW:g} mm a count, or wider windows",
        )


def _unproven(context: Context) -> None:
    """Where nobody sees that a parcel has arrived."""
    filled = [chute for chute in context.line.chute if not chute.end]
    bare = [chute for chute in filled if confirm_eye(context.numbering, chute.name) is None]
    if bare:
        context.warning(
            context.chute_path(bare[0].name, "name"),
            f"{names_of(bare)}: no confirm eye; what is sent there counts as SORTED/unconfirmed, "
            "and a failed divert stays unnoticed",
            'add an eye with role = "confirm" in the chute',
        )
    if not any(eye.role == "end" for eye in context.line.eye):
        end = next(chute.name for chute in context.line.chute if chute.end)
        context.warning(
            context.chute_path(end, "end"),
            f"no end eye: nobody sees what arrives in {end}",
            'add an eye with role = "end" just before the end of the belt',
        )


def _sampled_eyes(context: Context) -> None:
    """Eyes on an expander are read once a step; an interrupt latches the others."""
    chains = {expander.name for expander in context.line.expander}

    def chain(eye: Eye) -> str | None:
        name = eye.pins.get("signal", "").partition(".")[0]
        return name if name in chains else None

    sampled = [eye for eye in context.line.eye if chain(eye)]
    if not sampled:
        return
    error = STEP_MS * context.mm_per_ms
    context.note(
        context.eye_path(sampled[0].name, "pins"),
        f"{names_of(sampled)}: read through an expander every {STEP_MS} ms, so that an edge is seen up to "
        f"{error:.1f} mm late, and a length is up to {error:.1f} mm wrong",
        "nothing, if windows and margins allow for it (they are computed with it)",
    )
    if any(eye.role == "infeed" for eye in sampled):
        infeed = next(eye for eye in sampled if eye.role == "infeed")
        context.warning(
            context.eye_path(infeed.name, "pins"),
            f"the infeed eye {infeed.name} is read through an expander: every position starts {error:.1f} mm wrong",
            "wire it to a pin of the board itself, where an interrupt latches the count",
        )


def _unlatched_eyes(context: Context) -> None:
    """Boards whose handlers come too late read their eyes once a step, too."""
    boards = {ecu.name: load_board(ecu.board) for ecu in context.line.ecu}
    late = {name for name, board in boards.items() if not board.latches}
    eyes = [eye for eye in context.line.eye if eye.ecu in late and "." not in eye.pins.get("signal", ".")]
    if eyes:
        error = STEP_MS * context.mm_per_ms / 2
        context.note(
            context.eye_path(eyes[0].name, "pins"),
            f"{names_of(eyes)}: {boards[eyes[0].ecu or ''].name} cannot latch a count at an edge, so they are read "
            f"every {STEP_MS} ms and each edge's position is up to {error:.1f} mm wrong",
            "nothing, if windows and margins allow for it; else a pico or a pico2, which latch",
        )
