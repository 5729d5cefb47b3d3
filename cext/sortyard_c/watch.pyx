"""Memory that a guest writes: has anything changed?

    watch = Watch([state[1:3], buffer])
    watch.has_changed()                 # since the last time, or since the beginning
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memcmp, memcpy


cdef class Watch:
    """`views` are of memory that stays where it is for as long as this is used."""

    def __cinit__(self, views):
        cdef const unsigned char[::1] view
        self.views = [memoryview(one).cast("B") for one in views]
        self.parts = <Part*>malloc((len(self.views) + 1) * sizeof(Part))
        if not self.parts:
            raise MemoryError
        for one in self.views:
            view = one
            self.parts[self.n] = Part(&view[0], len(one), <unsigned char*>malloc(len(one)))
            if not self.parts[self.n].before:
                raise MemoryError
            self.n += 1
            self._keep(&self.parts[self.n - 1])

    def __dealloc__(self):
        cdef int i
        for i in range(self.n):
            free(self.parts[i].before)
        free(self.parts)

    cdef void _keep(self, Part* part) noexcept:
        memcpy(part.before, part.at, part.size)

    def has_changed(self):
        """Whether anything has, since the last time that this was asked."""
        return self.looks_other()

    cdef bint looks_other(self) noexcept:
        cdef int i
        cdef bint has = False
        for i in range(self.n):
            if memcmp(self.parts[i].before, self.parts[i].at, self.parts[i].size):
                self._keep(&self.parts[i])
                has = True
        return has
