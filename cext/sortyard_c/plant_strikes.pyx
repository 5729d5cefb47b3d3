"""Strikes: a gate moves while a parcel that is not its own is in its sweep zone, and whose fault that is."""

from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_truth cimport (
    S_STRIKE, S_STRIKE_BROKEN, S_STRIKE_SAFE, S_STRIKE_UNDETECTABLE, U_OWN_PLACE, U_SHIFTED, U_UNSEEN, on_encoder,
    tell_story,
)
from sortyard_c.plant_world cimport AT_CHUTE, MILLION, NEVER, Gate, Member, Parcel, Track, World, i64
from sortyard_c.undetectable cimport is_clear_as_told, is_in_own_place, is_shifted_after_last_eye, is_unseen_before


cdef bint _was_clear(World* w, Gate* gate, i64 told_x, i64 length) noexcept nogil:
    """A parcel of that length with its nose at `told_x` now would not be in the way of the present movement."""
    cdef i64 v = w.belt[0].v
    return is_clear_as_told(told_x + v * (gate.to_t - w.now) // MILLION,
                            told_x - length - v * (w.now - gate.from_t) // MILLION, gate.start, gate.end)


cdef bint _is_shifted(World* w, Gate* gate, Parcel* p, i64 x, i64 known) noexcept nogil:
    """One of its edges is not where it was told, and where it was told the gate would have missed it."""
    cdef i64 shift = on_encoder(w, x) - known
    cdef i64 length = p.seen_length if p.seen_length != NEVER else p.length
    if not _was_clear(w, gate, x - shift, length):
        return False
    return (is_shifted_after_last_eye(shift, gate.margin)
            or is_shifted_after_last_eye(shift - p.length + length, gate.margin))


cdef bint _is_in_own_place(World* w, Gate* gate, Parcel* p, i64 x) noexcept nogil:
    """The eyes took it for the single parcel that the gate has just diverted, and that one would not be in the way."""
    cdef bint is_told_else = p.seen_length != NEVER or (p.prev_seen_t != NEVER and p.prev_seen_t >= w.booted_at)
    cdef Track* k
    cdef Member* m
    cdef int n
    for n in range(gate.n_own):
        if gate.own[n] < 0:
            continue
        k = &w.track[gate.own[n]]
        m = &k.first
        if k.n != 1 or m.place != AT_CHUTE or m.chute != gate.chute:
            continue
        if is_in_own_place(p.seen_offset - m.offset, w.window, is_told_else):
            return _was_clear(w, gate, x - on_encoder(w, x) + p.seen_offset, m.length)
    return False


cdef i64 _reached(World* w, Gate* gate, Parcel* p, i64 x, i64 known) noexcept nogil:
    """How far its nose must have been when the movement was commanded, by what was told of it."""
    if p.taken_by >= 0:
        return x            # a gate that stands out pulls it past the eye
    return x - on_encoder(w, x) + known - w.belt[0].v * (w.now - gate.commanded_at) // MILLION


cdef void strike(World* w, int g, int i) noexcept nogil:
    """Gate g moves while parcel i, not its own, is in its sweep zone."""
    cdef Gate* gate = &w.gate[g]
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = nose(w, i)
    cdef i64 known = p.seen_offset
    cdef i64 known_t = p.seen_t
    cdef int track = w.track[p.track[0]].number if p.track[0] >= 0 else -1
    cdef int waits = p.nose_eye     # the station that waited for it when the movement was commanded
    if known_t > gate.commanded_at:
        known = p.prev_seen_offset
        known_t = p.prev_seen_t
        waits -= 1
    if known_t < w.booted_at:
        known_t = NEVER     # told to a controller that has lost its memory since
    if 0 <= waits < w.n_stations and _reached(w, gate, p, x, known) > w.station_x[waits] + w.window:
        known_t = NEVER     # an eye has waited for it in vain: lifted off, as far as anybody can tell
    if gate.is_safe_move:
        w.strikes_safe += 1
        tell_story(w, S_STRIKE_SAFE, g, p.id, track, x)
    elif gate.is_broken or gate.is_broken_move or p.is_miscounted:
        w.strikes_broken += 1
        tell_story(w, S_STRIKE_BROKEN, g, p.id, track, x)
    elif is_unseen_before(known_t, gate.commanded_at):
        w.strikes_undetectable[U_UNSEEN] += 1
        tell_story(w, S_STRIKE_UNDETECTABLE, U_UNSEEN, p.id, track, x)
    elif _is_shifted(w, gate, p, x, known):
        w.strikes_undetectable[U_SHIFTED] += 1
        tell_story(w, S_STRIKE_UNDETECTABLE, U_SHIFTED, p.id, track, x)
    elif known_t == p.seen_t and _is_in_own_place(w, gate, p, x):
        w.strikes_undetectable[U_OWN_PLACE] += 1
        tell_story(w, S_STRIKE_UNDETECTABLE, U_OWN_PLACE, p.id, track, x)
    else:
        w.gate_strikes += 1
        tell_story(w, S_STRIKE, g, p.id, track, x)
