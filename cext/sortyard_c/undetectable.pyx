"""When no controller could have known: the written predicates, each a pure function of lengths in micrometres.

Each one is true only where an innocent history would have given the very same sensor record. The plant alone asks
them; the gate logic knows nothing of them. `CAUSES` gives the names that the report prints.
"""

CAUSES = {
    1: "swapped_alike",
    2: "gone_after_last_eye",
    3: "one_block_at_infeed",
    4: "unseen_before_move",
    5: "shifted_after_last_eye",
    6: "no_witness",
    7: "in_own_place",
}


cpdef bint is_swapped_alike(long long offset_um, long long window_um, long long length_a_um, long long length_b_um,
                            long long tolerance_um) noexcept nogil:
    """Another parcel took the claimed one's place.

    A parcel that was lifted off and one that was thrown on `offset_um` away from its place (measured on the moving
    belt) give the edges of one single parcel that slipped, if the offset lies within the tracking window and
    the lengths differ by no more than the length check allows (both limits included).
    """
    return -window_um <= offset_um <= window_um and -tolerance_um <= length_a_um - length_b_um <= tolerance_um


cpdef bint is_gone_after_last_eye(long long left_x_um, long long last_eye_x_um) noexcept nogil:
    """The parcel left the belt with its leading edge downstream of the last eye that could have missed it.

    Up to that eye the record is that of a parcel that goes on to the claimed place; behind it nobody looks.
    """
    return left_x_um > last_eye_x_um


cpdef bint is_one_block(long long gap_um, long long resolution_um, int codes_read) noexcept nogil:
    """Two parcels that the infeed eye sees as one and that show one code are a single longer parcel to it.

    True for a gap (negative = side by side) below what the eye tells apart and at most one code told for both. Codes
    that the plan ranks count as one: a single parcel with an old label of lower priority gives the same record.
    """
    return gap_um < resolution_um and codes_read <= 1


cpdef bint is_unseen_before(long long seen_us, long long commanded_us) noexcept nogil:
    """No eye had told of the parcel when the movement was commanded.

    `seen_us` is the time of the first sighting since it was thrown on, since the controller was switched on, or since
    an eye did not see it pass or not when it was due (to the controller that is a parcel lifted off), NEVER if none
    did. The record up to the command is that of an empty belt.
    A pusher's stroke is one movement: it is commanded when it begins, as long as it is sent home in its own time.
    """
    return seen_us > commanded_us


cpdef bint is_shifted_after_last_eye(long long offset_um, long long margin_um) noexcept nogil:
    """One of the parcel's edges moved against the encoder by more than the margin since an eye last told of it.

    `offset_um` is its place on the encoder's scale now minus the same at that sighting; for a trailing edge minus that
    of the leading one and the length that was last seen: a parcel that turns grows at either end. The record is that of
    a parcel which stayed as it was, and that one the gate would have missed by its margin.
    """
    return offset_um > margin_um or offset_um < -margin_um


cpdef bint is_clear_as_told(long long nose_um, long long tail_um, long long zone_start_um,
                            long long zone_end_um) noexcept nogil:
    """Where the eyes last told of it the parcel would not have been in the sweep zone at any time of the movement.

    `nose_um` is its leading edge at the movement's end, `tail_um` its trailing edge at the movement's beginning, both as
    if it had ridden with the belt since that sighting. If this is false, the movement was wrong by the record itself.
    """
    return nose_um <= zone_start_um or tail_um >= zone_end_um


cpdef bint is_without_witness(bint has_confirm_eye, bint is_gate_healthy) noexcept nogil:
    """A machine that failed at a chute without a confirm eye: the record is that of one that did its work."""
    return not has_confirm_eye and not is_gate_healthy


cpdef bint is_in_own_place(long long offset_um, long long window_um, bint is_told_else) noexcept nogil:
    """The parcel came to an eye where the one that the gate had just diverted would have come otherwise.

    `offset_um` is its leading edge's place there minus that of the diverted one, on the encoder's scale; the limits of
    the tracking window are included. `is_told_else`: an eye has told of it before, or of its trailing edge. If none has,
    the record is that of the gate's own parcel which was not diverted, and that one is as long as it was.
    """
    return -window_um <= offset_um <= window_um and not is_told_else
