"""Make, fill and free the plant's memory. See plant_setup.pyx."""

from sortyard_c.plant_world cimport World, i64

cdef World* make_world() except NULL
cdef void free_world(World* w) noexcept
cdef void load_line(World* w, i64[::1] table) except *
cdef void load_faults(World* w, i64[::1] table) except *
cdef void load_gaps(World* w, i64[::1] table) except *
cdef void load_codes(World* w, i64[::1] rows) except *
