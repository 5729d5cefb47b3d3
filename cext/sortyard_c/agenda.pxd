cimport cython

cdef int _MASK, _HALF, _BUCKETS, _BUCKETS_PER_CALL, _NONE


@cython.final
cdef class Agenda:
    cdef public int shift, cursor, next_due
    cdef public int[::1] heads, bucket, due, after, before

    cpdef void start(self, int position) noexcept
    @cython.locals(bucket=int, head=int)
    cpdef void put(self, int entity, int position) noexcept
    @cython.locals(bucket=int, before=int, after=int)
    cpdef void remove(self, int entity) noexcept
    @cython.locals(bucket=int, here=int, behind=int, best=int, entity=int, ahead=int, distance=int, edge=int, _=int)
    cpdef int take(self, int position) noexcept
