"""Numbers for codes: see code_slots.pyx."""

cimport cython

from sortyard_c.plant_world cimport i64

cdef enum:
    SLOTS = 512


@cython.final
cdef class Slots:
    cdef int code_of[SLOTS]
    cdef int next_free[SLOTS]
    cdef i64 last_read[SLOTS]
    cdef int* slot_of
    cdef int n_codes, oldest_free, newest_free
    cdef i64 reads

    cdef int take(self, int code) noexcept
    cdef void release(self, int slot) noexcept
    cdef int _reclaim(self) noexcept
