cimport cython

from sortyard_c.tables cimport Ints, Tables

include "constants/tracks.pxi"


@cython.final
cdef class Tracks(Tables):
    cdef public int capacity, last_number, base, count, first, last
    cdef Ints head, used, number, origin, length, stretch, section, ahead, behind, epoch, flags, reason
    cdef Ints slot, plan, answer, chute, data_stage, gate_stage
    cdef Ints eye_due, data_due, trail_due, gate_due, next_waiting, halts, refused, choice, doubt

    @cython.locals(t=int)
    cpdef int find(self, int handle) noexcept
    @cython.locals(number=int, t=int, tries=int)
    cpdef int new(self, int origin, int section, int epoch) noexcept
    @cython.locals(last=int, section=int)
    cpdef void append(self, int t) noexcept
    @cython.locals(section=int, behind=int, ahead=int)
    cpdef void insert(self, int t) noexcept
    @cython.locals(section=int, behind=int)
    cpdef void advance(self, int t) noexcept
    @cython.locals(section=int, ahead=int, behind=int)
    cpdef void unlink(self, int t) noexcept
    cpdef void free(self, int t) noexcept
