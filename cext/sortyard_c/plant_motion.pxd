"""Parcels on the belts: where they are, in which order, and how they move against each other."""

from sortyard_c.plant_belt cimport feeder_at
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_world cimport MILLION, NEVER, Parcel, World, i64


cdef inline i64 displacement(World* w, int conveyor) noexcept nogil:
    return feeder_at(w) if conveyor else w.s


cdef inline i64 nose_at(Parcel* p, i64 s) noexcept nogil:
    """Place of the leading edge at displacement s of the parcel's own conveyor."""
    if p.rate == MILLION:
        return p.x_ref + s - p.s_ref
    return p.x_ref + (s - p.s_ref) * p.rate // MILLION


cdef inline i64 nose(World* w, int i) noexcept nogil:
    return nose_at(&w.parcel[i], displacement(w, w.parcel[i].conveyor))


cdef inline i64 tail(World* w, int i) noexcept nogil:
    return nose(w, i) - w.parcel[i].length


cdef inline i64 when_at(Parcel* p, i64 x) noexcept nogil:
    """Displacement of its conveyor at which the nose reaches x; NEVER if it stands."""
    cdef i64 way = x - p.x_ref
    if p.rate == MILLION:
        return p.s_ref + way
    if x == NEVER or p.rate <= 0:
        return p.s_ref if way <= 0 else NEVER
    return p.s_ref + (way * MILLION + p.rate - 1) // p.rate if way > 0 else p.s_ref


cdef inline void schedule_edge(World* w, int i) noexcept nogil:
    """Put the parcel's next event into its conveyor's heap when only what eyes see of it has changed."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = p.other_x
    if p.taken_by < 0:
        if p.nose_eye < w.n_stations:
            x = min(x, w.station_x[p.nose_eye])
        if p.tail_eye < p.nose_eye or p.tail_eye == w.n_stations:
            x = min(x, w.station_x[p.tail_eye] + p.length)
    elif p.tail_eye < p.nose_eye:
        x = min(x, w.station_x[p.tail_eye] + p.length)
    heap_set(&w.belt[p.conveyor].heap, i, min(when_at(p, x), p.other_s))


cdef void schedule(World* w, int i) noexcept nogil
cdef void set_rate(World* w, int i, i64 rate) noexcept nogil
cdef void set_own_rate(World* w, int i, i64 rate) noexcept nogil
cdef void meet(World* w, int i) noexcept nogil
cdef void link_behind(World* w, int i, int ahead) noexcept nogil
cdef void unlink(World* w, int i) noexcept nogil
cdef void locate(World* w, int i) noexcept nogil
cdef void reshape(World* w, int i, i64 new_nose, i64 length) noexcept nogil
cdef int new_slot(World* w) noexcept nogil
cdef void free_slot(World* w, int i) noexcept nogil
cdef i64 tail_limit(World* w, int i) noexcept nogil
