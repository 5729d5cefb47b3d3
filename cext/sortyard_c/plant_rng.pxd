"""Random numbers without state: every draw is a hash of (seed, purpose, subject, count).

A purpose of its own for every fault keeps all other draws as they are when one fault is switched on.
The mixing function is the finaliser of splitmix64 (Steele, Lea, Flood 2014).
"""

from sortyard_c.plant_world cimport Fault, World, i64, u64


cdef inline u64 mix(u64 z) noexcept nogil:
    z = (z ^ (z >> 30)) * <u64>0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * <u64>0x94D049BB133111EB
    return z ^ (z >> 31)


cdef inline u64 salt_of(u64 seed, int purpose) noexcept nogil:
    """What all draws for one purpose have in common."""
    return mix(seed + <u64>0x9E3779B97F4A7C15 * <u64>(purpose + 1))


cdef inline u64 salted(u64 salt, i64 subject, int count) noexcept nogil:
    """64 random bits."""
    return mix(salt + <u64>subject * <u64>0xD1B54A32D192ED03 + <u64>count * <u64>0x8CB92BA72F3D8DD7)


cdef inline u64 draw(u64 seed, int purpose, i64 subject, int count) noexcept nogil:
    """64 random bits."""
    return salted(salt_of(seed, purpose), subject, count)


cdef inline i64 between(u64 bits, i64 low, i64 high) noexcept nogil:
    """A whole number from low to high, both included, high - low < 2^31."""
    if high <= low:
        return low
    return low + <i64>(((bits >> 32) * <u64>(high - low + 1)) >> 32)


cdef inline bint happens(u64 bits, i64 per_million) noexcept nogil:
    return <i64>(((bits >> 32) * <u64>1000000) >> 32) < per_million


cdef inline bint is_named(World* w, int fault, i64 parcel) noexcept nogil:
    """The fault was told to meet this parcel."""
    cdef int n
    for n in range(w.n_named):
        if w.named_fault[n] == fault and w.named_parcel[n] == parcel:
            return True
    return False


cdef inline bint befalls(World* w, int fault, i64 parcel, int count) noexcept nogil:
    """Whether a fault meets a parcel: by its rate, or because it was told to."""
    cdef Fault* f = &w.fault[fault]
    if not f.is_on:
        return False
    return happens(salted(f.salt, parcel, count), f.rate) or (w.n_named > 0 and is_named(w, fault, parcel))
