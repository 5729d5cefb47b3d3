include "constants/barcode.pxi"
cdef bytes _VALUES

cpdef int value_of(int char)
cpdef int is_made_of(const unsigned char[:] code, int start, int count, int kind)
cpdef int weighted_sum(
    const unsigned char[:] code, int start, int count, const unsigned char[:] weights, int weights_at,
    int is_digit_sum, int is_ups)
cpdef int hybrid_check(int product, int modulus)
cpdef int hybrid_product(const unsigned char[:] code, int start, int count, int modulus, int product)
