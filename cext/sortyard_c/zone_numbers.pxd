"""Which zone has which part of the line: see zone_numbers.pyx."""

cimport cython

from sortyard_c.plant_world cimport MAX_EYES, MAX_GATES

cdef enum:
    MAX_ZONES = 16          # boards of a line file, at most


cdef struct Place:
    int zone
    int index               # within the zone


@cython.final
cdef class ZoneNumbers:
    cdef readonly int zones
    cdef int n_gates[MAX_ZONES]
    cdef int eyes[MAX_ZONES][MAX_EYES]
    cdef int gates[MAX_ZONES][MAX_GATES]
    cdef Place of_eye[MAX_EYES]
    cdef Place of_gate[MAX_GATES]

    cdef Place place_of(self, int kind, int index) noexcept
    cdef void to_line(self, int zone, int* record) noexcept
