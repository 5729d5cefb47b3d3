cdef struct Part:
    const unsigned char* at
    size_t size
    unsigned char* before


cdef class Watch:
    cdef list views
    cdef Part* parts
    cdef int n

    cdef void _keep(self, Part* part) noexcept
    cdef bint looks_other(self) noexcept
