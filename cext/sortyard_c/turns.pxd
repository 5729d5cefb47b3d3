from cpython.pythread cimport PyThread_type_lock

cdef void take_at_first() noexcept nogil
cdef void give_at_last() noexcept nogil
cdef bint goes_aside() noexcept nogil


cdef class Turns:
    cdef PyThread_type_lock* locks
    cdef int n

    cdef int _checked(self, int one) except -1
