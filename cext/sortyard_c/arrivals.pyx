"""Parcels drawn from a line's own distributions: integer, seeded, in chunks, 100 ns each.

Parcels are numbered from 1. The k-th parcel of a seed is always the same one, however large the chunks are.
"""

from array import array

from libc.stdint cimport int64_t, uint64_t

cdef enum:
    FIELDS = 8     # id, arrival_us, length_um, width_um, height_um, weight_g, code, true group
    POINTS = 7
    FULL = 10000   # parts of a whole in which quantiles are drawn

cdef int* PARTS = [0, 500, 2500, 5000, 7500, 9500]
cdef int* IN_FULL = [20, 5, 4, 4, 5, 20]     # how often the part from there to the next one is in FULL


cdef inline uint64_t mixed(uint64_t x) noexcept:
    """splitmix64 (Steele, Lea, Flood 2014): one well mixed number from one counter value."""
    x += <uint64_t>0x9E3779B97F4A7C15
    x = (x ^ (x >> 30)) * <uint64_t>0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * <uint64_t>0x94D049BB133111EB
    return x ^ (x >> 31)


cdef class Arrivals:
    """`quantiles`: five lists of seven values at 0, 5, 25, 50, 75, 95, 100 %: length, width, height (um),
    weight (g), gap (um) between a trailing edge and the next leading edge. `groups`: true group of each code.
    """

    cdef int64_t points[5][POINTS]
    cdef int64_t speed_um_ms, at_us
    cdef uint64_t seed
    cdef int64_t[::1] groups
    cdef readonly int64_t next_id, last_id

    def __init__(self, seed, quantiles, int speed_mm_s, groups, int64_t parcels):
        cdef int i, k
        for i in range(5):
            for k in range(POINTS):
                self.points[i][k] = quantiles[i][k]
        self.seed = mixed(seed & 0xFFFFFFFFFFFFFFFF)
        self.speed_um_ms = speed_mm_s
        self.groups = array("q", groups)
        self.last_id = parcels

    cdef int64_t _draw(self, int64_t parcel, int what) noexcept:
        """A value of distribution `what`, straight between its quantiles."""
        cdef uint64_t drawn = mixed(self.seed ^ mixed(<uint64_t>parcel * 8 + what))
        cdef int64_t part = <int64_t>(drawn >> 20) % FULL
        # summed, not searched: no processor can foretell how far a search goes
        cdef int k = (<int>(part >= PARTS[1]) + <int>(part >= PARTS[2]) + <int>(part >= PARTS[3])
                      + <int>(part >= PARTS[4]) + <int>(part >= PARTS[5]))
        cdef int64_t low = self.points[what][k], high = self.points[what][k + 1]
        return low + (high - low) * (part - PARTS[k]) * IN_FULL[k] // FULL

    def chunk(self, int most):
        """Rows of the next parcels, `most` at most, 8 integers each; empty when all have been drawn."""
        cdef int64_t n = min(<int64_t>most, self.last_id - self.next_id), i, parcel, length, code
        rows = array("q", bytes(8 * FIELDS * n))
        cdef int64_t[::1] row = rows
        for i in range(n):
            parcel = self.next_id + i
            length = self._draw(parcel, 0)
            code = parcel % self.groups.shape[0] if self.groups.shape[0] else -1
            row[FIELDS * i] = parcel + 1
            row[FIELDS * i + 1] = self.at_us
            row[FIELDS * i + 2] = length
            row[FIELDS * i + 3] = self._draw(parcel, 1)
            row[FIELDS * i + 4] = self._draw(parcel, 2)
            row[FIELDS * i + 5] = self._draw(parcel, 3)
            row[FIELDS * i + 6] = code
            row[FIELDS * i + 7] = self.groups[code] if code >= 0 else -1
            self.at_us += (length + self._draw(parcel, 4)) * 1000 // self.speed_um_ms
        self.next_id += n
        return rows
