"""What a guest of wasmtime asks of its host: functions of Python, and its clock, which goes by the fuel that it burns.

Everything here is called by wasmtime through its C API, whose values have 16 bytes each (`wasmtime_val_raw_t`): the
arguments, and then in the place of the first one the result. Where the clock stands is told without Python.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memcpy

from sortyard_c.turns cimport give_at_last, take_at_first

ctypedef void* (*GetFuel)(void*, uint64_t*) noexcept nogil
ctypedef void* (*SetFuel)(void*, uint64_t) noexcept nogil

cdef struct Value:
    int64_t low
    int64_t high

cdef struct Tank:
    void* context               # NULL: the guest is gone
    GetFuel get
    SetFuel set
    uint64_t limit

cdef struct Clock:
    Tank* tank                  # NULL: of no guest yet
    int64_t base_us, fuel_per_us
    char* memory
    uint32_t memory_size
    int n_calls
    int* calls                  # of the shims, in the guest's memory
    int* costs

cdef enum:
    MOST_ARGUMENTS = 16
    SUCCESS = 0
    FAULT = 21                  # of WASI: a bad address


cdef class GuestCall:
    """One function of the host. `letters` has one for each argument: i = 32 bits, q = 64 bits, both signed.

    `check()` is called before `function`; what one of them raises goes to `failed`, which returns the address of a
    trap that ends the guest. To be kept for as long as a guest may call it.
    """

    cdef object function, check, failed
    cdef int n
    cdef bint[MOST_ARGUMENTS] is_wide
    cdef bint has_result

    def __init__(self, str letters, function, bint has_result, check, failed):
        cdef int i
        if len(letters) > MOST_ARGUMENTS:
            raise ValueError(f"a guest's call has {MOST_ARGUMENTS} arguments at most")
        self.function, self.check, self.failed = function, check, failed
        self.has_result = has_result
        self.n = len(letters)
        for i in range(self.n):
            self.is_wide[i] = letters[i] == "q"

    @property
    def callback(self):
        """Address of what wasmtime is to call, with `data`."""
        return <uintptr_t>&_call

    @property
    def data(self):
        """Address that the callback gets."""
        return <uintptr_t><void*>self

    cdef size_t answer(self, Value* values) noexcept:
        cdef int i
        try:
            self.check()
            result = self.function(
                *[values[i].low if self.is_wide[i] else <int32_t>values[i].low for i in range(self.n)]
            )
            if self.has_result:
                (<int32_t*>values)[0] = result
        except BaseException as error:
            return self.failed(error)
        return 0


cdef size_t _call(void* data, void* caller, Value* values, size_t count) noexcept nogil:
    cdef size_t trap
    take_at_first()
    with gil:
        trap = (<GuestCall>data).answer(values)
    give_at_last()
    return trap


cdef class Fuel:
    """What a guest has burnt of the `limit` that it gets at each `refill`. `context` is the address of the store's
    context, the other two are functions of wasmtime's: `wasmtime_context_get_fuel`, `wasmtime_context_set_fuel`."""

    cdef Tank tank

    def __init__(self, uintptr_t context, uintptr_t get, uintptr_t set, uint64_t limit):
        self.tank = Tank(<void*>context, <GetFuel>get, <SetFuel>set, limit)

    def used(self):
        """Units since the last `refill`."""
        return burnt(&self.tank)

    def refill(self):
        """Let the guest have `limit` units from here on."""
        if self.tank.context != NULL:
            self.tank.set(self.tank.context, self.tank.limit)

    def close(self):
        """The store is gone: nothing burns any more."""
        self.tank.context = NULL


cdef class FuelClock:
    """The guest's time between two calls of the host: where it was let go, and what it has executed since.

    What only the shims have to do is taken off: `calls` counts what they were called for, `costs` is what each takes.
    Stands where a `sortyard.vm.clock.VirtualClock` stands.
    """

    cdef Clock clock
    cdef Fuel fuel
    cdef int[::1] calls, costs

    def __init__(self, int64_t fuel_per_us):
        self.clock.fuel_per_us = fuel_per_us

    def bind(self, Fuel fuel, uintptr_t memory, uint32_t memory_size):
        """To a guest: its fuel, and where its memory stands, which never moves; at least so much of it is there."""
        self.fuel = fuel
        self.clock.tank = &fuel.tank
        self.clock.memory, self.clock.memory_size = <char*>memory, memory_size

    def count(self, int[::1] calls, int[::1] costs):
        """Where the shims count what they are called for, and what each of that takes."""
        if len(calls) != len(costs):
            raise ValueError("each kind of call has one cost")
        self.calls, self.costs = calls, costs
        self.clock.calls, self.clock.costs = &calls[0], &costs[0]
        self.clock.n_calls = len(calls)

    def spend(self):
        """What the guest has executed since it was let go, without what only the shims have; that has been counted."""
        used = net(&self.clock)
        self.calls[:] = 0
        return used

    @property
    def now_us(self):
        """Microseconds since the guest's power-up."""
        return now_us(&self.clock)

    @now_us.setter
    def now_us(self, int64_t value):
        self.clock.base_us = value

    def sleep_until(self, int64_t wake_us):
        """The guest sleeps by the shim; what it polls without waiting takes no time."""

    @property
    def callback(self):
        """Address of what answers WASI's `clock_time_get`, with `data`."""
        return <uintptr_t>&_tell_time

    @property
    def data(self):
        """Address that the callback gets."""
        return <uintptr_t>&self.clock


cdef int64_t burnt(Tank* tank) noexcept nogil:
    cdef uint64_t left = 0
    if tank == NULL or tank.context == NULL:
        return 0
    tank.get(tank.context, &left)
    return <int64_t>(tank.limit - left)


cdef int64_t net(Clock* clock) noexcept nogil:
    cdef int64_t used = burnt(clock.tank)
    cdef int i
    for i in range(clock.n_calls):
        used -= <int64_t>clock.calls[i] * clock.costs[i]
    return used


cdef int64_t now_us(Clock* clock) noexcept nogil:
    return clock.base_us + net(clock) // clock.fuel_per_us


cdef size_t _tell_time(Clock* clock, void* caller, Value* values, size_t count) noexcept nogil:
    """values: which clock, precision, where the nanoseconds go."""
    cdef uint32_t at = <uint32_t>values[2].low
    cdef int64_t now_ns = 1000 * now_us(clock)
    if <uint64_t>at + sizeof(now_ns) > clock.memory_size:
        (<int32_t*>values)[0] = FAULT
        return 0
    memcpy(clock.memory + at, &now_ns, sizeof(now_ns))
    (<int32_t*>values)[0] = SUCCESS
    return 0
