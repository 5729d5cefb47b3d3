"""Arrivals, the way over the belts, and what is due next. See plant_ride.pyx."""

from sortyard_c.plant_world cimport World, i64

cdef void arrive(World* w) noexcept nogil
cdef void ride(World* w, int i) noexcept nogil
cdef i64 next_time(World* w) noexcept nogil
cdef void stand_at(World* w, i64 t) noexcept nogil
cdef i64 ride_to_step(World* w, i64 limit_us) noexcept nogil
cdef void happen(World* w) noexcept nogil
