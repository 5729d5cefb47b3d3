from libc.stdint cimport int64_t

from sortyard_c.board_loop cimport BoardLoop
from sortyard_c.board_turns cimport BoardTurns


cdef class BeltCount:
    cdef public int belt
    cdef readonly int64_t ahead
    cdef int64_t until

    cdef int moved(self, int position, int64_t turn, bint is_reversed) except? -1


cdef class BeltWires:
    cdef BoardLoop loop
    cdef BoardTurns board
    cdef BeltCount counts
    cdef object faults, pace
    cdef int a, b
    cdef int64_t half_count_us

    cdef int show(self, int64_t now_us) except -1
