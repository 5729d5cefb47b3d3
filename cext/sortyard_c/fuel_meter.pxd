from libc.stdint cimport int64_t


cdef class FuelMeter:
    cdef public int64_t overhead_fuel
    cdef readonly int64_t steps, total, worst, worst_index
    cdef readonly object histogram
    cdef int64_t[::1] buckets

    cdef void count(self, int64_t fuel) noexcept
