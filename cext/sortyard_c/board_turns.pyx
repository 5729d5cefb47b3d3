"""The turns of a virtual board's guest: what its host does in each, as long as nothing rare happens.

    class Board(BoardTurns):           # is asked for what is rare, by the methods that `BoardTurns` names
    board = Board(world, meter, clock, counters)
    board.connect(stdin, stdout, console)
    board.share(state, watch)          # when the guest has told where its state stands
    board.take_turn()                  # whenever the guest goes to sleep

Times are microseconds since the board's power-up.
"""

cimport cython
from heapq import heappop, heappush

from libc.stdint cimport INT64_MAX, int64_t

from sortyard.vm.board_shim import image_layout as at

from sortyard_c.fuel_meter cimport FuelMeter
from sortyard_c.guest_calls cimport FuelClock
from sortyard_c.pio cimport PioMachines, PioStateMachine
from sortyard_c.watch cimport Watch

cdef int IN_LEVELS = at.IN_LEVELS, HIGH = at.HIGH, PORT_PINS = at.PORT_PINS, PINS = at.PINS
cdef int SLEEP_US = at.SLEEP_US, IRQ_PIN = at.IRQ_PIN, IRQ_EDGES = at.IRQ_EDGES, LINK_WAITING = at.LINK_WAITING
cdef int WDT_MS = at.WDT_MS, WDT_FED = at.WDT_FED, CALL_SLEEP = at.CALL_SLEEP, ALLOCATED = at.ALLOCATED
cdef int NO_PIN = at.NO_PIN, COUNT_HEAP = at.COUNT_HEAP
cdef int64_t PORT = (1 << at.PORT_PINS) - 1


cdef class BoardTurns:
    """One boot. `meter` gets the fuel of every turn once `is_ready` is set; bit n of `levels` is what pin n sees.

    A board has these methods: `_look_at_pins(now_us)` when the guest has changed a pin, or always where
    `is_always_looked_at`; `_edge(pin, now_us)` at an edge that has a handler; `_let_handle(interrupt)` for the first of
    `ready`; `_heap_counted(bytes)`; and `_bite(timeout_ms)`, which raises.
    """

    def __init__(self, world, FuelMeter meter not None, FuelClock clock not None, PioMachines counters not None):
        self.world, self.meter, self.clock, self.counters = world, meter, clock, counters
        self.events, self.ready = [], []
        self.due_us, self.fed = INT64_MAX, -1

    def connect(self, bytearray stdin not None, bytearray stdout not None, console, chains):
        """The bytes of the guest's link, what delays them if anything does, and its chains of shift registers."""
        self.stdin, self.stdout, self.console, self.chains = stdin, stdout, console, chains

    def share(self, int[::1] state, Watch watch not None):
        """What guest and host share, as `image_layout` has it, and what tells that the guest's outputs have changed."""
        if len(state) < at.SIZE:
            raise ValueError(f"{len(state)} words are no board's state: that has {at.SIZE}")
        self.shared, self.state, self.watch = state, &state[0], watch
        self.put_levels(self.levels)

    # --- for the world ---

    def at(self, int64_t time_us, happen):
        """Call `happen(time_us)` when the world has come to that time."""
        self.events_made += 1
        heappush(self.events, (time_us, self.events_made, happen))
        self.due_us = min(self.due_us, time_us)

    def level(self, int pin):
        """Level of an input pin."""
        return self.levels >> pin & 1

    def set_pin(self, int pin, level, int64_t now_us):
        """The world drives an input pin."""
        self.change(pin, bool(level), now_us)

    def turn_encoder(self, int pin, int64_t now_us):
        """Change the level of an encoder's input: a state machine may wait for it, or a handler."""
        self.change(pin, not self.levels >> pin & 1, now_us)
        self.counters.edge(pin, self.levels)

    def turn_encoder_by(self, int counts, int first, int second, int64_t now_us):
        """Change the levels of two inputs, one after the other, so many times."""
        self.turn_by(counts, first, second, now_us)

    cdef int turn_by(self, int counts, int first, int second, int64_t now_us) except -1:
        cdef PioStateMachine machine = self.counters.alone()
        cdef int i
        if machine is not None and not (self.edges(first) or self.edges(second)):
            self.levels = machine.turn(self.levels, first, second, counts)
            return 0
        for i in range(counts):
            self.turn_encoder(first, now_us)
            self.turn_encoder(second, now_us)
        return 0

    cdef int change(self, int pin, bint level, int64_t now_us) except -1:
        if (self.levels >> pin & 1) != level:
            self.levels ^= <int64_t>1 << pin
            if self.is_ready and self.edges(pin) & (1 if level else 2):
                self._edge(pin, now_us)
        return 0

    cdef int edges(self, int pin) noexcept:
        """Those of a pin that have handlers: 1 rising, 2 falling."""
        return self.state[IRQ_EDGES + pin] if self.state != NULL and 0 <= pin < PINS else 0

    # --- the guest's turn ---

    def take_turn(self):
        """The guest goes to sleep, or a handler has returned: until the guest wakes up, or a handler is to run."""
        if self.aside is None:
            self.turn_on()
        else:
            self.aside()

    def turn(self):
        """The same, whether `aside` is set or not, which is called instead."""
        self.turn_on()

    cdef int turn_on(self) except -1:
        if self.state == NULL:
            raise RuntimeError("the guest sleeps, and has not told where its state stands")
        if self.state[IRQ_PIN] == COUNT_HEAP:
            self._heap_counted(self.state[ALLOCATED])
        else:
            if not self.is_handling:
                self.state[CALL_SLEEP] += 1
            self.spend()
            if not self.is_handling:
                self.turns += 1
                self.is_asleep = False
            self.is_handling = False
        try:
            self.let_time_pass(self.state[SLEEP_US])
        except Exception as over:
            if not self.is_ready or self.ending is not None:
                raise
            self.ending = over
        if not self.is_ready or self.ending is not None:
            self.is_ready = True
            self.state[IRQ_PIN] = COUNT_HEAP
            self.clock.fuel.fill()
        return 0

    @cython.cdivision(False)
    cdef int spend(self) except -1:
        """What has been executed since the last call has taken its time."""
        cdef int64_t used = self.clock.taken()
        self.now_us += used // self.clock.clock.fuel_per_us
        if self.is_ready and not self.is_handling:
            self.meter.count(used)
        if self.state[WDT_MS]:
            if self.state[WDT_FED] != self.fed:
                self.fed, self.fed_us = self.state[WDT_FED], self.now_us
            elif self.now_us - self.fed_us > 1000 * <int64_t>self.state[WDT_MS]:
                self._bite(self.state[WDT_MS])
        return 0

    cdef int let_time_pass(self, int sleep_us) except -1:
        """Until the guest wakes up, or a handler is to run."""
        cdef int timeout_ms = self.state[WDT_MS]
        if self.is_hanging and timeout_ms:
            self.move_on(self.fed_us + 1000 * <int64_t>timeout_ms, False)
            self._bite(timeout_ms)
        if not self.is_asleep:
            self.wakes_us, self.is_asleep = self.now_us + sleep_us, True
            self.look_at_outputs()
            if not sleep_us:
                self.move_on(self.now_us, False)
        while not self.ready and self.now_us < self.wakes_us:
            self.now_us = self.move_on(self.wakes_us, True)
        if self.ready:
            self._let_handle(self.ready.pop(0))
        else:
            self.state[IRQ_PIN] = NO_PIN
            self.go_on(self.levels, self.now_us)
        return 0

    cdef int look_at_outputs(self) except -1:
        """What the guest has changed since it was let go, and its link."""
        cdef int64_t now_us = self.now_us
        cdef bytes said = b""
        if self.watch.looks_other() or self.is_always_looked_at:
            self._look_at_pins(now_us)
        elif self.stdout or not self.is_ready:
            self.move_on(now_us, False)
        if self.stdout:
            said = bytes(self.stdout)
            self.stdout.clear()
        if self.console is None:
            self.stdin += self.world.link_bytes(said, now_us)
        else:
            self.now_us += self.console.write(said, now_us)
            self.console.receive(self.world.link_bytes(self.console.sent(now_us), now_us), now_us)
        return 0

    def catch_up(self, int64_t to_us):
        """Move the world and all that is due to `to_us`."""
        self.move_on(to_us, False)

    cdef int64_t move_on(self, int64_t to_us, bint is_interruptible) except? -1:
        """Move the world and all that is due to `to_us`, or to the first interrupt; where that is."""
        cdef int64_t reached
        while True:
            reached = self.world.advance(min(self.due_us, to_us))
            while self.due_us <= reached:
                time_us, _, happen = heappop(self.events)
                self.due_us = self.events[0][0] if self.events else INT64_MAX
                happen(time_us)
            if is_interruptible and (self.ready or reached >= to_us):
                return max(reached, self.now_us)
            if reached >= to_us:
                return to_us

    def let_go_on(self, int64_t levels, int64_t time_us):
        """Let the guest go on: with these levels, at this time."""
        self.go_on(levels, time_us)

    cdef int go_on(self, int64_t levels, int64_t time_us) except -1:
        if not self.is_handling:
            self.counters.show_machines()
            if self.counters.has_others:
                self.counters.show_others()
        if levels != self.shown:
            self.put_levels(levels)
        if self.chains.has_news:
            self.chains.show()
        if self.console is not None:
            self.stdin += self.console.arrived(len(self.stdin), time_us)
        self.state[LINK_WAITING] = len(self.stdin)
        self.clock.clock.base_us = time_us
        self.clock.fuel.fill()
        return 0

    cdef void put_levels(self, int64_t levels) noexcept:
        self.shown = levels
        self.state[IN_LEVELS] = levels & PORT
        self.state[IN_LEVELS + HIGH] = levels >> PORT_PINS
