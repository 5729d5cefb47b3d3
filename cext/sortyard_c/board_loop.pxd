from libc.stdint cimport int64_t

from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant


cdef class BoardLoop:
    cdef readonly Plant plant
    cdef readonly Ledger ledger
    cdef object on_pause
    cdef int countdown
    cdef readonly int boot
    cdef readonly bint is_over
    cdef readonly int64_t now_us, inputs
    cdef public int64_t steps

    cpdef int64_t run_to(self, int64_t t_us) except? -1
