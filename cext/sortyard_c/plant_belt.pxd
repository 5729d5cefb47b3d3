"""The belts' displacement, the encoder, and the inbox: what nearly every part of the plant needs."""

from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_world cimport COUNT_MASK, INBOX, MILLION, NEVER, Conveyor, World, i64, u64

cdef enum:
    RAMP_STEP_US = 10000
    POLL_US = 1000          # between looks whether a parcel that waits upstream has room

cdef extern from *:
    """
    #ifdef __SIZEOF_INT128__
    #define upper_half(a, b) ((uint64_t)(((unsigned __int128)(a) * (b)) >> 64))
    #else
    static inline uint64_t upper_half(uint64_t a, uint64_t b)
    {
        uint64_t low = (a & 0xffffffff) * (b & 0xffffffff);
        uint64_t one = (a >> 32) * (b & 0xffffffff) + (low >> 32);
        uint64_t other = (a & 0xffffffff) * (b >> 32) + (one & 0xffffffff);
        return (a >> 32) * (b >> 32) + (one >> 32) + (other >> 32);
    }
    #endif
    """
    u64 upper_half(u64 a, u64 b) noexcept nogil     # of their product of 128 bits


cdef inline u64 reciprocal(i64 divisor) noexcept nogil:
    """2^64 / divisor, rounded up: `upper_half(n, reciprocal(divisor))` is n // divisor wherever n * divisor < 2^64.

    For divisor > 1. A processor multiplies in 3 or 4 cycles and divides in 15 to 40.
    """
    return <u64>-1 // <u64>divisor + 1


cdef inline i64 travelled(Conveyor* c, i64 t) noexcept nogil:
    """Displacement at time t >= c.t0."""
    return c.um + <i64>(<u64>(c.part + c.v * (t - c.t0)) // MILLION)


cdef inline i64 time_when(Conveyor* c, i64 um) noexcept nogil:
    """First time at which the displacement is at least `um`; NEVER while the conveyor stands short of it."""
    cdef i64 need = um - c.um
    cdef u64 way
    if need <= 0:
        return c.t0
    if c.v <= 0 or um == NEVER:
        return NEVER
    way = <u64>(need * MILLION - c.part + c.v - 1)
    return c.t0 + <i64>(upper_half(way, c.per_v) if way < c.per_v else way // <u64>c.v)


cdef void ramp_feeder(World* w, i64 t) noexcept nogil


cdef inline i64 feeder_at(World* w) noexcept nogil:
    """Displacement of the feeder now."""
    if w.feeder_t < w.now:
        ramp_feeder(w, w.now)
    return travelled(&w.belt[1], w.now)


cdef inline i64 whole_counts(World* w, i64 s) noexcept nogil:
    """Encoder counts that the main belt has travelled at displacement s."""
    return <i64>upper_half(<u64>s, w.per_count)


cdef inline int shown(World* w, i64 counts) noexcept nogil:
    """What the encoder shows after so many counts: 28 bits, with what it has missed or added."""
    return <int>((counts + w.bias) & COUNT_MASK)


cdef inline int count_at(World* w, i64 s) noexcept nogil:
    """The encoder's 28-bit count at main displacement s."""
    return shown(w, whole_counts(w, s))


cdef inline i64 where_count(World* w, i64 counts, int count) noexcept nogil:
    """Displacement, not before the present one, from which on the encoder shows `count`.

    `counts` is the whole encoder counts of the present displacement.
    """
    cdef int travel = (count - <int>counts - w.bias) & COUNT_MASK
    if travel == 0 or travel > COUNT_MASK // 2:
        return w.s
    return (counts + travel) * w.um_per_count


cdef inline int halfway(World* w) noexcept nogil:
    """The count in the middle between the full milliseconds before and behind now: of an edge that is sampled then."""
    cdef Conveyor* belt = &w.belt[0]
    cdef i64 after_us = POLL_US - 1 - (w.now + POLL_US - 1) % POLL_US
    cdef i64 counts = whole_counts(w, travelled(belt, w.now + after_us))
    cdef i64 before = whole_counts(w, max(0, w.s - belt.v * (POLL_US - after_us) // MILLION))
    return shown(w, counts - ((counts - before) >> 1))


cdef inline void tell_at(World* w, i64 s, int kind, int index, int a, int b) noexcept nogil:
    """One input of the gate logic with the count latched at displacement s."""
    tell_counted(w, count_at(w, s), kind, index, a, b)


cdef inline void tell_counted(World* w, int position, int kind, int index, int a, int b) noexcept nogil:
    """One input of the gate logic with this count."""
    cdef int* r
    if w.is_down:
        return
    if w.inbox_to >= 5 * INBOX:
        w.inputs_lost += 1
        return
    r = &w.inbox[w.inbox_to]
    w.inbox_to += 5
    r[0] = kind
    r[1] = index
    r[2] = position
    r[3] = a
    r[4] = b


cdef inline void tell(World* w, int kind, int index, int a, int b) noexcept nogil:
    """One input that happens now."""
    tell_at(w, w.s, kind, index, a, b)


cdef inline void empty_inbox(World* w) noexcept nogil:
    """No input waits any more."""
    w.inbox_from = w.inbox_seen = w.inbox_to = 0


cdef inline const int* take_inputs(World* w, int n) noexcept nogil:
    """The first n of the waiting inputs, 5 ints each; they stay where they are until the next one is told."""
    cdef const int* first = &w.inbox[w.inbox_from]
    w.inbox_from += 5 * n
    if w.inbox_from == w.inbox_to:
        empty_inbox(w)
    return first


cdef inline void set_timer(World* w, int entity, i64 t) noexcept nogil:
    heap_set(&w.timers, entity, t)


cdef i64 when_ramped(World* w, i64 um) noexcept nogil


cdef inline i64 feeder_when(World* w, i64 um) noexcept nogil:
    """First time at which the feeder has come to `um`, if nobody holds or frees it before; NEVER."""
    if w.feeder_t == NEVER:
        return time_when(&w.belt[1], um)
    return when_ramped(w, um)


cdef void drive_belt(World* w, bint is_running) noexcept nogil
cdef void set_drive_speed(World* w, i64 v) noexcept nogil
cdef void hold_feeder(World* w, bint is_held) noexcept nogil
cdef void belt_step(World* w) noexcept nogil
cdef void encoder_glitch(World* w, int counts) noexcept nogil
cdef i64 when_count(World* w, int count) noexcept nogil
cdef void drive_contact(World* w) noexcept nogil
cdef i64 held_travel(World* w) noexcept nogil
cdef i64 fed_after(World* w, i64 um) noexcept nogil
cdef void look_for_room(World* w) noexcept nogil
