"""Arrivals, the way over the belts, and what is due next. See plant_ride.pyx."""

from sortyard_c.plant_belt cimport time_when, travelled
from sortyard_c.plant_world cimport NEVER, World, i64

cdef enum:
    STEP_US = 1000          # of the controller


cdef inline i64 full_step(i64 t) noexcept nogil:
    """The first full step at or after `t`."""
    return (t + STEP_US - 1) // STEP_US * STEP_US


cdef inline i64 step_at(World* w, i64 least_us, i64 limit_us, i64 wait_s) noexcept nogil:
    """The first full step, not before `least_us`, at which the main belt has come to `wait_s`; `limit_us` at most."""
    if wait_s == NEVER:
        return limit_us
    return min(limit_us, max(least_us, full_step(time_when(&w.belt[0], wait_s))))


cdef inline void stand_at(World* w, i64 t) noexcept nogil:
    """Nothing is due before `t`: go on to it."""
    if t != w.now:
        w.now = t
        w.s = travelled(&w.belt[0], t)


cdef void arrive(World* w) noexcept nogil
cdef void ride(World* w, int i) noexcept nogil
cdef i64 next_time(World* w) noexcept nogil
cdef i64 ride_to_step(World* w, i64 until, i64 least_us, i64 limit_us, i64 wait_s) noexcept nogil
cdef void happen(World* w) noexcept nogil
