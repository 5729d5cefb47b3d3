"""Faults that wait on a parcel, and people. See plant_people.pyx."""

from sortyard_c.plant_world cimport World, i64

cdef void draw_faults(World* w, int i) noexcept nogil
cdef void fire(World* w, int fault, int i) noexcept nogil
cdef void clear_stuck(World* w) noexcept nogil
cdef void operator_step(World* w) noexcept nogil
cdef void line_stopped(World* w) noexcept nogil
cdef void cut_power(World* w, i64 duration) noexcept nogil
cdef void boot(World* w) noexcept nogil
cdef void host_lost(World* w) noexcept nogil
cdef void call_operator(World* w, int step, i64 delay) noexcept nogil
cdef void touch_everyone(World* w, int fault) noexcept nogil
cdef void look_at_gate(World* w, int g) noexcept nogil
