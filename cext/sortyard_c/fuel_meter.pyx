"""What the steps of a run take, counted in constant memory.

    meter = FuelMeter(1 << 14)
    meter.add(fuel)
    meter.histogram[(fuel + 63) // 64]      # steps that took so much; the last bucket holds all that took more
"""

from array import array

from libc.stdint cimport int64_t

cdef enum:
    SHIFT = 6
    ROUND_UP = (1 << SHIFT) - 1

BUCKET_FUEL = 1 << SHIFT
"""Units of fuel that a bucket of the histogram is wide."""


cdef class FuelMeter:
    """`buckets`: how many the histogram has. `overhead_fuel` is taken off every step that is added from then on."""

    def __init__(self, int buckets):
        if buckets < 1:
            raise ValueError("a histogram has one bucket at least")
        self.histogram = array("q", bytes(8 * buckets))
        self.buckets = self.histogram
        self.worst_index = -1

    def add(self, int64_t fuel):
        """Count one step that took `fuel` units, the loop's own included."""
        self.count(fuel)

    cdef void count(self, int64_t fuel) noexcept:
        cdef int64_t bucket
        fuel -= self.overhead_fuel
        if fuel > self.worst or self.worst_index < 0:
            self.worst, self.worst_index = fuel, self.steps
        self.steps += 1
        self.total += fuel
        bucket = (fuel + ROUND_UP) >> SHIFT
        self.buckets[min(max(bucket, 0), self.buckets.shape[0] - 1)] += 1
