"""Photo-eyes: what they see and what they tell. See plant_eyes.pyx."""

from sortyard_c.plant_world cimport World, i64

cdef void look_again(World* w, int e) noexcept nogil
cdef void come_into(World* w, int e, int i) noexcept nogil
cdef void go_out_of(World* w, int e, int i) noexcept nogil
cdef void cover(World* w, int e, int i) noexcept nogil
cdef void uncover(World* w, int e) noexcept nogil
cdef void bounce(World* w, int e, i64 length) noexcept nogil
cdef void soil(World* w, int e, bint is_blocking, i64 until) noexcept nogil
cdef void wipe(World* w, int e) noexcept nogil
cdef bint sees(World* w, int e, int i) noexcept nogil
