"""Memory of the tables: see tables.pyx."""

ctypedef int* Ints


cdef class Tables:
    cdef list kept

    cdef Ints ints(self, int n, int value, str kind=*) except NULL
    cdef Ints column(self, const int[::1] c, int at, int n, int row, int column, str kind=*) except NULL
