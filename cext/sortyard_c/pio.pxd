cimport cython
from libc.stdint cimport int64_t, uint32_t

cdef enum:
    MOST_WORDS = 32

cdef struct Instruction:
    int what
    int pin                     # that it looks at
    int wanted                  # level that it waits for, or where it jumps to
    int following


@cython.final
cdef class PioStateMachine:
    cdef readonly tuple words, wrap
    cdef readonly uint32_t x, y
    cdef public bint is_active
    cdef readonly int waits_for
    cdef int at
    cdef Instruction[MOST_WORDS] program

    cpdef int go_on(self, int64_t levels) except -1
    cpdef int64_t turn(self, int64_t levels, int first, int second, int times) except? -1
    cdef bint takes(self, Instruction* one, int64_t levels) noexcept


cdef class PioMachines:
    cdef readonly dict machines
    cdef int[::1] registers
    cdef public bint has_others

    cdef void show_machines(self) noexcept
    cdef PioStateMachine alone(self)
