ctypedef unsigned char (*Poll)(void*) noexcept nogil

cdef struct Slot:
    int state
    bint is_over
    void* future                # of wasmtime
    Poll poll
    char[40] apart              # what two threads write is on two lines of a cache


cdef struct Worker:
    void* bell
    int is_asleep


cdef class Crew:
    cdef Slot* slots
    cdef Worker* workers
    cdef readonly int n, size
    cdef int is_closed
    cdef public bint is_at_work

    cdef Slot* slot(self, int place) except NULL
    cdef void sleep(self, Worker* worker) noexcept nogil


cdef void go_on(Slot* own, Crew crew) noexcept nogil
