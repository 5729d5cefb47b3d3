"""Where a parcel goes at a diverter. See plant_divert.pyx."""

from sortyard_c.plant_world cimport MILLION, Gate, Inside, Parcel, World, i64

cdef enum:
    PH_ENTER = 0            # in the zone, not yet where the blade would meet it
    PH_INNER = 1            # arm: between that line and the tip's line
    PH_CAUGHT = 2
    PH_PAST = 3             # its nose has passed freely
    PH_DONE = 4             # decided; it has yet to leave the zone


cdef inline i64 extension(Gate* gate, i64 t) noexcept nogil:
    """How far the gate is out at time t, in parts per million of its stroke."""
    if t >= gate.to_t:
        return gate.goal_e
    return gate.from_e + (gate.goal_e - gate.from_e) * (t - gate.from_t) // (gate.to_t - gate.from_t)


cdef i64 next_x(World* w, Gate* gate, Inside* at) noexcept nogil
cdef i64 threshold(World* w, Gate* gate, Inside* at) noexcept nogil
cdef bint reach_line(World* w, int g, Inside* at) noexcept nogil
cdef bint cross_threshold(World* w, int g, Inside* at) noexcept nogil
cdef void stick(World* w, int i) noexcept nogil
cdef void run_onto(World* w, int g, Inside* at) noexcept nogil
