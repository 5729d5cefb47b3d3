"""Diverters: motion, geometry, strikes. See plant_gates.pyx and plant_divert.pyx."""

from sortyard_c.plant_world cimport Gate, World

cdef void own_gate(World* w, int g, int track) noexcept nogil
cdef void gate_command(World* w, int kind, int g, int track) noexcept nogil
cdef void gate_tick(World* w, int g) noexcept nogil
cdef void gate_belt_event(World* w, int g) noexcept nogil
cdef void refresh_gates(World* w) noexcept nogil
cdef void appear_at_gates(World* w, int i) noexcept nogil
cdef void all_safe(World* w, int first, int end) noexcept nogil
cdef void break_gate(World* w, int g, int fault) noexcept nogil
cdef void repair_gate(World* w, int g) noexcept nogil


cdef inline void gates_feel(World* w, int i) noexcept nogil:
    """Parcel i goes, comes onto the belt or changes its motion: gates that are not at home look again if it is at them
    or comes next.
    """
    cdef Gate* gate
    cdef int a, n
    for a in range(w.n_active):
        gate = &w.gate[w.active[a]]
        if gate.cursor == i or gate.cursor < 0:
            gate.is_stale = w.is_gate_stale = 1
        for n in range(gate.n_inside):
            if gate.inside[n].slot == i:
                gate.is_stale = w.is_gate_stale = 1


cdef inline void all_gates_feel(World* w) noexcept nogil:
    """Parcels have come: every gate that is not at home looks again."""
    cdef int a
    for a in range(w.n_active):
        w.gate[w.active[a]].is_stale = w.is_gate_stale = 1
