"""In the place of firmware/sorter_core/tables.py: the same arrays, as memory that lives as long as the object."""

from cpython.bytearray cimport PyByteArray_AS_STRING


cdef class Tables:
    """Makes arrays of 32-bit integers, for compiled code alone: as wide as they come, whatever would do on a board."""

    def __cinit__(self):
        self.kept = []

    cdef Ints ints(self, int n, int value, str kind="i") except NULL:
        """`n` integers, each `value`."""
        cdef bytearray memory = bytearray(n * sizeof(int))
        cdef Ints made = <Ints>PyByteArray_AS_STRING(memory)
        cdef int i
        for i in range(n):
            made[i] = value
        self.kept.append(memory)
        return made

    cdef Ints column(self, const int[::1] c, int at, int n, int row, int column, str kind="i") except NULL:
        """Column `column` of `n` rows, `row` integers each, which begin at c[at]."""
        cdef Ints made = self.ints(n, 0)
        cdef int i
        for i in range(n):
            made[i] = c[at + row * i + column]
        return made
