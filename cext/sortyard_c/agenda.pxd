cimport cython

from sortyard_c.tables cimport Ints, Tables

include "constants/agenda.pxi"


@cython.final
cdef class Agenda(Tables):
    cdef public int shift, cursor, next_due
    cdef int nobody, heads
    cdef Ints bucket, due, after

    cpdef void start(self, int position) noexcept
    @cython.locals(shift=int, following=int, before=int, buckets=Ints, dues=Ints, after=Ints)
    cpdef void put(self, int entity, int position) noexcept
    @cython.locals(before=int, after=Ints)
    cpdef void remove(self, int entity) noexcept
    @cython.locals(
        entity=int, cursor=int, shift=int, last=int, following=int, edge=int, heads=int, nobody=int, dues=Ints, after=Ints)
    cpdef int take(self, int position) noexcept
    @cython.locals(entity=int, cursor=int, shift=int, last=int, heads=int, nobody=int, dues=Ints, after=Ints)
    cpdef int seek(self, int position) noexcept
    @cython.locals(shift=int, behind=int, edge=int)
    cdef void _leap(self, int position, int cursor) noexcept
