"""Chutes, their confirm eyes, and the recirculation loop. See plant_chutes.pyx."""

from sortyard_c.plant_world cimport World, i64

cdef void take_off_belt(World* w, int i) noexcept nogil
cdef void begin_slide(World* w, int i, int c, i64 zone_s) noexcept nogil
cdef void stop_slide(World* w, int i) noexcept nogil
cdef void enter_chute(World* w, int i, int c) noexcept nogil
cdef void chute_edge(World* w, int i) noexcept nogil
cdef void fill_chute(World* w, int c) noexcept nogil
cdef void empty_chute(World* w, int c) noexcept nogil
cdef void lane_step(World* w) noexcept nogil
cdef void release_lane(World* w, bint is_released) noexcept nogil
cdef void put_on_belt(World* w, int i, i64 x) noexcept nogil
