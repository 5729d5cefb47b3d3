"""What a guest of wasmtime asks of its host: functions of Python, and its clock, which goes by the fuel that it burns.

    task = GuestTask(poll, delete)
    call = GuestCall(6, function, True, task)       # wasmtime is given its addresses
    task.begin(future)
    while not task.run(check):                      # without Python's lock, in this thread or in one of a crew;
        task.tell(result)                           # `function` is called with it, and has left its answer to this
    task.end()

A guest that calls a function of Python stands until it is answered, on a stack of its own: whoever has it go on never
needs Python's lock, and what the function raises is raised where Python called `run`. Where the clock stands is told
at once, without Python. Functions that tell at once get values of 16 bytes each (`wasmtime_val_raw_t`): the arguments,
and then in the place of the first one the result.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memcmp, memcpy, memset

from sortyard_c.crew cimport Crew, Poll, Slot, go_on

ctypedef void (*Delete)(void*) noexcept nogil

cdef enum:
    MOST_ARGUMENTS = 16

cdef struct Value:
    int64_t low
    int64_t high

cdef struct Typed:              # wasmtime_val_t
    unsigned char kind
    int64_t of
    int64_t[2] rest

cdef struct Question:           # of a guest that stands
    void* call                  # GuestCall
    Typed* result
    bint is_answered
    int64_t[MOST_ARGUMENTS] arguments

cdef struct Callee:
    void* call
    int arguments
    Question* question

cdef struct Continuation:       # wasmtime_async_continuation_t
    Poll callback
    void* env
    Delete finalizer

cdef enum:
    I32 = 0                     # kind of a value
    SUCCESS = 0
    FAULT = 21                  # of WASI: a bad address


cdef class GuestCall:
    """One function of the host, which a guest of `task` may call: `arguments` integers, and a result of 32 bits or none.

    To be kept for as long as a guest may call it.
    """

    cdef object function, named, measure
    cdef bytes name
    cdef const char* memory
    cdef uint64_t memory_size
    cdef bint has_result
    cdef GuestTask task
    cdef Callee callee

    def __init__(self, int arguments, function, bint has_result, GuestTask task):
        if not 0 <= arguments <= MOST_ARGUMENTS:
            raise ValueError(f"a guest's call has {MOST_ARGUMENTS} arguments at most")
        self.function, self.has_result, self.task = function, has_result, task
        self.callee = Callee(<void*>self, arguments, &task.question)

    def name_apart(self, bytes name not None, named, uintptr_t memory, measure):
        """Have `named()` called instead, and 0 as the result, where the first two arguments are address and size of that
        name in the guest's memory, and the fourth one is 0: there is no text with it. `measure()` gives the memory's size
        in bytes; it only grows, and never moves."""
        if self.callee.arguments < 4 or not self.has_result:
            raise ValueError("a call that has a name has its text, too, and a result")
        self.name, self.named = name, named
        self.memory, self.measure = <const char*>memory, measure

    cdef int is_named(self, const int64_t* arguments) except -1:
        cdef uint64_t at = <uint32_t>arguments[0], size = <uint32_t>arguments[1]
        if self.name is None or arguments[3] or size != <uint64_t>len(self.name):
            return False
        if at + size > self.memory_size:
            self.memory_size = self.measure()
        return at + size <= self.memory_size and not memcmp(self.memory + at, <const char*>self.name, size)

    @property
    def callback(self):
        """Address of what wasmtime is to call, with `data`."""
        return <uintptr_t>&_ask

    @property
    def data(self):
        """Address that the callback gets."""
        return <uintptr_t>&self.callee


cdef class Constant:
    """A function of the host that always has this result."""

    cdef int32_t value

    def __init__(self, int32_t value):
        self.value = value

    @property
    def callback(self):
        """Address of what wasmtime is to call, with `data`."""
        return <uintptr_t>&_tell_constant

    @property
    def data(self):
        """Address that the callback gets."""
        return <uintptr_t>&self.value


cdef class GuestTask:
    """A guest's call of one of its functions: it stands whenever it has called a function of Python.

    `poll` and `delete` are wasmtime's: `wasmtime_call_future_poll`, `wasmtime_call_future_delete`.
    """

    cdef Question question
    cdef Slot own
    cdef Slot* slot
    cdef Crew crew
    cdef Delete delete
    cdef bint is_open           # a function has been called that left its answer to `tell`

    def __init__(self, uintptr_t poll, uintptr_t delete):
        self.own.poll = <Poll>poll
        self.delete = <Delete>delete
        self.slot = &self.own

    def join(self, Crew crew, int place):
        """Let a crew go on with this guest, one of those that it has, while its thread is aside."""
        cdef Slot* slot = crew.slot(place)
        slot.poll, slot.future = self.own.poll, self.slot.future
        self.slot, self.crew = slot, crew

    def begin(self, uintptr_t future):
        """A call has been made, and has not begun: wasmtime's address of it."""
        self.slot.future = <void*>future

    def run(self, check):
        """Let the guest go on to its end, and answer what it asks; `check()` is called before each answer. False where
        a function has left its answer to `tell`.

        What `check` or a function raises leaves the guest where it stands.
        """
        while not self.go_on():
            check()
            if not self.answer():
                return False
        return True

    cpdef bint go_on(self):
        """Let the guest go on until it calls a function of Python, to be answered, or is at its end; whether it is."""
        cdef Slot* slot = self.slot
        cdef Crew crew = self.crew
        with nogil:
            if crew is None:
                slot.is_over = slot.poll(slot.future)
            else:
                go_on(slot, crew)
        return slot.is_over

    cdef int answer(self) except -1:
        """Call the function that the guest has called; whether it has answered: None leaves that to `tell`."""
        cdef GuestCall call = <GuestCall>self.question.call
        cdef int i
        if call.is_named(self.question.arguments):
            call.named()
            result = 0
        else:
            result = call.function(*[self.question.arguments[i] for i in range(call.callee.arguments)])
        if call.has_result:
            if result is None:
                self.is_open = True
                return False
            self.question.result.kind = I32
            self.question.result.of = <int32_t>result
        self.question.is_answered = True
        return True

    def tell(self, int32_t result):
        """The result of the function that returned None. Raises RuntimeError where the guest waits for none."""
        if not self.is_open:
            raise RuntimeError("the guest has ended, or has not asked for what it is told")
        self.is_open = False
        self.question.result.kind = I32
        self.question.result.of = result
        self.question.is_answered = True

    def end(self):
        """The guest goes no further."""
        self.is_open = False
        if self.slot.future != NULL:
            self.delete(self.slot.future)
            self.slot.future = NULL


cdef void _ask(
    Callee* callee, void* caller, const Typed* values, size_t count, Typed* results, size_t n_results, void** trap,
    Continuation* continuation
) noexcept nogil:
    cdef Question* question = callee.question
    cdef int i
    for i in range(callee.arguments):
        question.arguments[i] = values[i].of if values[i].kind != I32 else <int32_t>values[i].of
    question.call, question.result = callee.call, results
    question.is_answered = False
    continuation[0] = Continuation(_is_answered, question, NULL)


cdef unsigned char _is_answered(void* question) noexcept nogil:
    return (<Question*>question).is_answered


cdef size_t _tell_constant(int32_t* data, void* caller, Value* values, size_t count) noexcept nogil:
    (<int32_t*>values)[0] = data[0]
    return 0


cdef class Fuel:
    """What a guest has burnt of the `limit` that it gets at each `refill`. `context` is the address of the store's
    context, the other two are functions of wasmtime's: `wasmtime_context_get_fuel`, `wasmtime_context_set_fuel`."""

    def __init__(self, uintptr_t context, uintptr_t get, uintptr_t set, uint64_t limit):
        self.tank = Tank(<void*>context, <GetFuel>get, <SetFuel>set, limit)

    def used(self):
        """Units since the last `refill`."""
        return burnt(&self.tank)

    def refill(self):
        """Let the guest have `limit` units from here on."""
        self.fill()

    cdef void fill(self) noexcept:
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

    def __init__(self, int64_t fuel_per_us):
        self.clock.fuel_per_us = fuel_per_us

    def bind(self, Fuel fuel, uintptr_t memory, uint32_t memory_size):
        """To a guest: its fuel, and where its memory stands, which never moves; at least so much of it is there."""
        self.fuel = fuel
        self.clock.tank = &fuel.tank
        self.clock.memory, self.clock.memory_size = <char*>memory, memory_size

    def count(self, int[::1] calls, int[::1] costs, int asking):
        """Where the shims count what they are called for, and what each of that takes; for the time the guest asks
        without a shim: that, of kind `asking`, is counted here."""
        if len(calls) != len(costs) or not 0 <= asking < len(calls):
            raise ValueError("each kind of call has one cost")
        self.calls, self.costs = calls, costs
        self.clock.calls, self.clock.costs = &calls[0], &costs[0]
        self.clock.n_calls = len(calls)
        self.clock.asking = asking

    def spend(self):
        """What the guest has executed since it was let go, without what only the shims have; that has been counted."""
        return self.taken()

    cdef int64_t taken(self) noexcept:
        cdef int64_t used = net(&self.clock)
        memset(self.clock.calls, 0, self.clock.n_calls * sizeof(int))
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
    cdef int64_t now_ns
    if clock.n_calls:
        clock.calls[clock.asking] += 1
    now_ns = 1000 * now_us(clock)
    if <uint64_t>at + sizeof(now_ns) > clock.memory_size:
        (<int32_t*>values)[0] = FAULT
        return 0
    memcpy(clock.memory + at, &now_ns, sizeof(now_ns))
    (<int32_t*>values)[0] = SUCCESS
    return 0
