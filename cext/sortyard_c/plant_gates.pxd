"""Diverters: motion, geometry, strikes. See plant_gates.pyx and plant_divert.pyx."""

from sortyard_c.plant_world cimport World

cdef void own_gate(World* w, int g, int track) noexcept nogil
cdef void gate_command(World* w, int kind, int g, int track) noexcept nogil
cdef void gate_tick(World* w, int g) noexcept nogil
cdef void gate_belt_event(World* w, int g) noexcept nogil
cdef void refresh_gates(World* w) noexcept nogil
cdef void appear_at_gates(World* w, int i) noexcept nogil
cdef void all_safe(World* w, int first, int end) noexcept nogil
cdef void break_gate(World* w, int g, int fault) noexcept nogil
cdef void repair_gate(World* w, int g) noexcept nogil
