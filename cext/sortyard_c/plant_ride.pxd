"""Arrivals, the way over the belts, and what is due next. See plant_ride.pyx."""

from sortyard_c.plant_belt cimport time_when, travelled
from sortyard_c.plant_world cimport NEVER, World, i64, u64

cdef enum:
    STEP_US = 1000          # of the controller


cdef struct Wait:           # for the controller's next step: a full one, from `least` to `limit`
    i64 least
    i64 limit
    i64 s                   # the first at which the main belt has come here; NEVER: `limit`


cdef inline i64 full_step(i64 t) noexcept nogil:
    """The first full step at or after `t`, which is not negative."""
    return <i64>(<u64>(t + STEP_US - 1) // STEP_US * STEP_US)


cdef inline i64 step_at(World* w, const Wait* wait) noexcept nogil:
    """The controller's next step at the belt's present speed."""
    if wait.s == NEVER:
        return wait.limit
    return min(wait.limit, max(wait.least, full_step(time_when(&w.belt[0], wait.s))))


cdef inline void stand_at(World* w, i64 t) noexcept nogil:
    """Nothing is due before `t`: go on to it."""
    if t > w.now:
        w.now = t
        w.s = travelled(&w.belt[0], t)


cdef i64 next_time(World* w) noexcept nogil
cdef i64 ride_to_step(World* w, i64 until, Wait* wait, i64 due) noexcept nogil
cdef void happen(World* w) noexcept nogil
