from sortyard_c.barcode cimport hybrid_check, hybrid_product, is_made_of, value_of, weighted_sum

include "constants/sort_plan.pxi"
cdef int[::1] _crc_table()

cpdef int crc24(const int[:] table, int first, const unsigned char[:] blob)


cdef class SortPlan:
    cdef readonly int error
    cdef const int[::1] _table
    cdef const unsigned char[::1] _blob
    cdef int _instructions, _forms, _lists, _checks, _is_digits, _length, _step, \
        _is_finding, _part, _summed, _sum, _start, _offset, _width, _is_range, _low, _high

    cpdef int load(self, const int[::1] table, const unsigned char[::1] blob)
    cpdef int decide(self, const unsigned char[:] code, int length)
    cpdef void begin(self, const unsigned char[:] code, int length) except *
    cpdef int go_on(self, const unsigned char[:] code) except? -2
    cdef int _has_form(self, const unsigned char[:] code, int length, int form)
    cdef int _has_characters(self, const unsigned char[:] code, int length, int at)
    cdef int _has_run(self, const unsigned char[:] code, int kind, int start, int count)
    cdef void _begin_check(self, int form_at) except *
    cdef int _go_on_checking(self, const unsigned char[:] code, int form_at) except? -3
    cdef int _add(self, const unsigned char[:] code, int start, int count, int check_at, int weights_at)
    cdef void _begin_find(self, int start, int length, int texts) except *
    cdef int _go_on_finding(self, const unsigned char[:] code, int characters) except? -3
    cdef int _compare(self, const unsigned char[:] code, int start, int at, int width)
    cdef int _answer(self, int texts, int place)
    cdef int _header_error(self)
    cdef int _is_sound(self)
    cdef int _is_below(self, int number, int limit)
    cdef int _fits(self, int offset, int count, int size)
    cdef int _is_answer(self, int answer)
    cdef int _is_sound_instruction(self, int step)
    cdef int _is_sound_form(self, int at)
    cdef int _is_sound_list(self, int at)
    cdef int _is_sound_check(self, int at)
