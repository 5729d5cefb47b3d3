"""Scanners and the host's answers. See plant_scan.pyx."""

from sortyard_c.plant_world cimport World

cdef void pass_scanner(World* w, int k, int i) noexcept nogil
cdef void deliver_reads(World* w, int k) noexcept nogil
cdef void ask(World* w, int track, int code) noexcept nogil
cdef void deliver_answers(World* w) noexcept nogil
