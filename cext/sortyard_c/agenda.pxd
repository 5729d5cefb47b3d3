cimport cython

cdef int _MASK, _HALF, _BUCKETS, _BUCKETS_PER_CALL, _NONE


@cython.final
cdef class Agenda:
    cdef public int shift, cursor, next_due
    cdef public int[::1] heads, bucket, due, after

    cpdef void start(self, int position) noexcept
    @cython.locals(shift=int, bucket=int, following=int, before=int, buckets="int[::1]", heads="int[::1]", dues="int[::1]", after="int[::1]")
    cpdef void put(self, int entity, int position) noexcept
    @cython.locals(bucket=int, before=int, after="int[::1]")
    cpdef void remove(self, int entity) noexcept
    @cython.locals(entity=int, cursor=int, following=int, edge=int, shift=int, last=int, due=int, heads="int[::1]", dues="int[::1]")
    cpdef int take(self, int position) noexcept
    @cython.locals(shift=int, behind=int, edge=int)
    cdef void _leap(self, int position, int cursor) noexcept
