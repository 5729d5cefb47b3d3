"""Photo-eyes with beam height, debounce in belt travel, dirt and bounce.

The beam is interrupted while at least one visible parcel covers it. An edge is told at once with the count latched
at that displacement; for the next `debounce` of belt travel the eye is deaf, then tells the state if it differs.
A parcel lower than the beam is not seen. Dirt either blocks the beam by itself or hides what passes.
"""

from sortyard_c.plant_belt cimport set_timer, tell
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_truth cimport close_interval, join_interval, leave_infeed, on_encoder, open_interval, touch
from sortyard_c.plant_world cimport (
    E_EYE, F_BLIND, F_DIRT, IN_BLOCKED, IN_CLEARED, NEVER, ROLE_CONFIRM, T_EYE, Eye, Parcel, World, i64,
)


cdef void look_again(World* w, int e) noexcept nogil:
    """Tell the beam's state if it is news and the eye is not deaf; look again when it is not any more."""
    cdef Eye* eye = &w.eye[e]
    cdef bint is_bouncing = w.s < eye.bounce_until
    cdef bint raw = eye.is_forced or (eye.covering > 0 and not eye.is_muted and not is_bouncing)
    if raw != eye.is_blocked and w.s < eye.deaf_until:
        heap_set(&w.belt[0].heap, E_EYE + e, eye.deaf_until)
        return
    heap_set(&w.belt[0].heap, E_EYE + e, eye.bounce_until if is_bouncing else NEVER)
    if raw != eye.is_blocked:
        _tell_edge(w, e, raw)


cdef inline void _tell_edge(World* w, int e, bint is_blocked) noexcept nogil:
    cdef Eye* eye = &w.eye[e]
    eye.is_blocked = is_blocked
    eye.deaf_until = w.s + eye.debounce
    tell(w, IN_BLOCKED if is_blocked else IN_CLEARED, e, 0, 0)
    if e != w.infeed_eye:
        return
    if is_blocked:
        open_interval(w, w.s)
    else:
        close_interval(w)


cdef inline bint _is_dirty(Eye* eye) noexcept nogil:
    return eye.is_forced or eye.is_muted


cdef inline void _count(World* w, int e, int parcels, bint is_dirty) noexcept nogil:
    """So many parcels cover the beam; mostly it tells so at once."""
    cdef Eye* eye = &w.eye[e]
    eye.covering = parcels
    if is_dirty or w.s < eye.deaf_until or w.s < eye.bounce_until:
        look_again(w, e)
    elif (parcels > 0) != eye.is_blocked:
        _tell_edge(w, e, parcels > 0)


cdef bint sees(World* w, int e, int i) noexcept nogil:
    """The parcel is high enough for the beam and not one that this eye is blind for."""
    return w.parcel[i].height >= w.eye[e].height and w.parcel[i].blind_eye != e


cdef inline void _cover(World* w, int e, int i, bint is_dirty) noexcept nogil:
    cdef Eye* eye = &w.eye[e]
    eye.last_parcel = i
    eye.last_id = w.parcel[i].id
    _count(w, e, eye.covering + 1, is_dirty)


cdef void cover(World* w, int e, int i) noexcept nogil:
    _cover(w, e, i, _is_dirty(&w.eye[e]))


cdef void uncover(World* w, int e) noexcept nogil:
    _count(w, e, w.eye[e].covering - 1, _is_dirty(&w.eye[e]))


cdef void come_into(World* w, int e, int i) noexcept nogil:
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


cdef void go_out_of(World* w, int e, int i) noexcept nogil:
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


cdef void bounce(World* w, int e, i64 length) noexcept nogil:
    """The beam flickers free for `length` of belt travel."""
    w.eye[e].bounce_until = w.s + length
    look_again(w, e)


cdef void _touch_near(World* w, int e) noexcept nogil:
    """The parcels on either side of an eye feel what it tells wrongly."""
    cdef int i = w.first
    while i >= 0 and nose(w, i) >= w.eye[e].x:
        i = w.parcel[i].behind
    if i >= 0:
        touch(w, F_DIRT, i)
    i = w.parcel[i].ahead if i >= 0 else w.last
    if i >= 0:
        touch(w, F_DIRT, i)


cdef void soil(World* w, int e, bint is_blocking, i64 until) noexcept nogil:
    """Dirt comes before the eye and goes again at time `until`."""
    w.eye[e].is_forced = is_blocking
    w.eye[e].is_muted = not is_blocking
    _touch_near(w, e)
    set_timer(w, T_EYE + e, until)
    look_again(w, e)


cdef void wipe(World* w, int e) noexcept nogil:
    """The eye is clean again."""
    set_timer(w, T_EYE + e, NEVER)
    if w.eye[e].is_forced or w.eye[e].is_muted:
        _touch_near(w, e)
    w.eye[e].is_forced = w.eye[e].role == ROLE_CONFIRM and w.chute[w.eye[e].chute].is_full
    w.eye[e].is_muted = 0
    look_again(w, e)
