from libc.stdint cimport int64_t

from sortyard_c.fuel_meter cimport FuelMeter
from sortyard_c.guest_calls cimport FuelClock
from sortyard_c.pio cimport PioMachines
from sortyard_c.watch cimport Watch


cdef class BoardTurns:
    cdef object world, console, chains
    cdef FuelMeter meter
    cdef readonly FuelClock clock
    cdef readonly PioMachines counters
    cdef bytearray stdin, stdout
    cdef int[::1] shared        # keeps `state` where it is
    cdef int* state             # NULL: the guest has not told
    cdef Watch watch
    cdef list events
    cdef int64_t due_us, events_made
    cdef int fed                # how often the watchdog was, and when the last time
    cdef int64_t fed_us
    cdef readonly int64_t turns, now_us, wakes_us, levels
    cdef int64_t shown          # levels that the guest sees
    cdef readonly bint is_asleep
    cdef public bint is_ready, is_handling, is_hanging, is_always_looked_at
    cdef public list ready      # interrupts that wait
    cdef public object ending, aside

    cdef int turn_by(self, int counts, int first, int second, int64_t now_us) except -1
    cdef int change(self, int pin, bint level, int64_t now_us) except -1
    cdef int edges(self, int pin) noexcept
    cdef int turn_on(self) except -1
    cdef int spend(self) except -1
    cdef int let_time_pass(self, int sleep_us) except -1
    cdef int look_at_outputs(self) except -1
    cdef int64_t move_on(self, int64_t to_us, bint is_interruptible) except? -1
    cdef int go_on(self, int64_t levels, int64_t time_us) except -1
    cdef void put_levels(self, int64_t levels) noexcept
