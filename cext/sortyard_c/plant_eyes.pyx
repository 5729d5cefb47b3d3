"""Photo-eyes with beam height, debounce in belt travel, dirt and bounce.

The beam is interrupted while at least one visible parcel covers it. An edge is told at once with the count latched
at that displacement; for the next `debounce` of belt travel the eye is deaf, then tells the state if it differs.
An eye that a board only samples (on an expander, or where it cannot latch) tells the count halfway between two looks.
A parcel lower than the beam is not seen. Dirt either blocks the beam by itself or hides what passes.
"""

from sortyard_c.plant_belt cimport set_timer
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_truth cimport touch
from sortyard_c.plant_world cimport E_EYE, F_DIRT, NEVER, ROLE_CONFIRM, T_EYE, Eye, World, i64


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
        tell_edge(w, e, raw)


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
