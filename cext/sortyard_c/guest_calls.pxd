from libc.stdint cimport int64_t, uint32_t, uint64_t

ctypedef void* (*GetFuel)(void*, uint64_t*) noexcept nogil
ctypedef void* (*SetFuel)(void*, uint64_t) noexcept nogil

cdef struct Tank:
    void* context               # NULL: the guest is gone
    GetFuel get
    SetFuel set
    uint64_t limit

cdef struct Clock:
    Tank* tank                  # NULL: of no guest yet
    int64_t base_us, fuel_per_us
    char* memory
    uint32_t memory_size
    int n_calls
    int* calls                  # of the shims, in the guest's memory
    int* costs
    int asking                  # which of them it is to ask for the time


cdef class Fuel:
    cdef Tank tank

    cdef void fill(self) noexcept


cdef class FuelClock:
    cdef Clock clock
    cdef Fuel fuel
    cdef int[::1] calls, costs

    cdef int64_t taken(self) noexcept
