"""Photo-eyes: what they see and what they tell. See plant_eyes.pyx."""

from sortyard_c.plant_belt cimport count_at, halfway, tell_counted
from sortyard_c.plant_truth cimport close_interval, join_interval, leave_infeed, on_encoder, open_interval, touch
from sortyard_c.plant_world cimport F_BLIND, F_DIRT, IN_BLOCKED, IN_CLEARED, NEVER, Eye, Parcel, World, i64

cdef void look_again(World* w, int e) noexcept nogil
cdef void bounce(World* w, int e, i64 length) noexcept nogil
cdef void soil(World* w, int e, bint is_blocking, i64 until) noexcept nogil
cdef void wipe(World* w, int e) noexcept nogil


cdef inline void tell_edge(World* w, int e, bint is_blocked) noexcept nogil:
    cdef Eye* eye = &w.eye[e]
    eye.is_blocked = is_blocked
    eye.deaf_until = w.s + eye.debounce
    tell_counted(
        w, halfway(w) if eye.is_sampled else count_at(w, w.s), IN_BLOCKED if is_blocked else IN_CLEARED, e, 0, 0
    )
    if e != w.infeed_eye:
        return
    if is_blocked:
        open_interval(w, w.s)
    else:
        close_interval(w, w.s)


cdef inline bint _is_dirty(Eye* eye) noexcept nogil:
    return eye.is_forced or eye.is_muted


cdef inline void _count(World* w, int e, int parcels, bint is_dirty) noexcept nogil:
    """So many parcels cover the beam; mostly it tells so at once."""
    cdef Eye* eye = &w.eye[e]
    eye.covering = parcels
    if is_dirty or w.s < eye.deaf_until or w.s < eye.bounce_until:
        look_again(w, e)
    elif (parcels > 0) != eye.is_blocked:
        tell_edge(w, e, parcels > 0)


cdef inline bint sees(World* w, int e, int i) noexcept nogil:
    """The parcel is high enough for the beam and not one that this eye is blind for."""
    return w.parcel[i].height >= w.eye[e].height and w.parcel[i].blind_eye != e


cdef inline void _cover(World* w, int e, int i, bint is_dirty) noexcept nogil:
    cdef Eye* eye = &w.eye[e]
    eye.last_parcel = i
    eye.last_id = w.parcel[i].id
    _count(w, e, eye.covering + 1, is_dirty)


cdef inline void cover(World* w, int e, int i) noexcept nogil:
    _cover(w, e, i, _is_dirty(&w.eye[e]))


cdef inline void uncover(World* w, int e) noexcept nogil:
    _count(w, e, w.eye[e].covering - 1, _is_dirty(&w.eye[e]))


cdef inline void come_into(World* w, int e, int i) noexcept nogil:
    """A leading edge on the belt reaches the beam."""
    cdef Eye* eye = &w.eye[e]
    cdef Parcel* p = &w.parcel[i]
    cdef bint is_dirty = _is_dirty(eye)
    cdef bint was_blocked = eye.is_blocked
    if is_dirty:
        touch(w, F_DIRT, i)
    if not sees(w, e, i):
        if p.blind_eye == e:
            w.fault[F_BLIND].injected += 1
            touch(w, F_BLIND, i)
        p.seen_t = NEVER
        p.prev_seen_t = NEVER
        return
    if e == w.infeed_eye:
        join_interval(w, i)
    _cover(w, e, i, is_dirty)
    if is_dirty:
        p.seen_t = NEVER
        p.prev_seen_t = NEVER
    elif not was_blocked and eye.is_blocked:
        p.prev_seen_offset = p.seen_offset
        p.prev_seen_t = p.seen_t
        p.seen_offset = on_encoder(w, eye.x)    # all that the edge says of it
        p.seen_t = w.now


cdef inline void go_out_of(World* w, int e, int i) noexcept nogil:
    """A trailing edge on the belt leaves the beam, or the parcel is taken out of it."""
    cdef Eye* eye = &w.eye[e]
    cdef Parcel* p = &w.parcel[i]
    cdef bint is_dirty = _is_dirty(eye)
    cdef bint was_blocked = eye.is_blocked
    if not sees(w, e, i):
        return
    if e == w.infeed_eye:
        leave_infeed(w, i)
    if is_dirty:
        touch(w, F_DIRT, i)
    _count(w, e, eye.covering - 1, is_dirty)
    if was_blocked and not eye.is_blocked:
        p.seen_length = p.length if p.seen_offset == NEVER else p.seen_offset - on_encoder(w, eye.x)
