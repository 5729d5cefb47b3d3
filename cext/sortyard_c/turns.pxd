cdef void take_at_first() noexcept nogil
cdef void give_at_last() noexcept nogil
