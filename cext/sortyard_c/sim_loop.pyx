"""The loop that couples the plant with a controller, on the controller's grid of 1 ms.

    loop = SimLoop(plant, ledger, n_codes, on_pause)
    loop.run_compiled(config)                 # until the run is over or the controller has restarted

or, for a controller that lives elsewhere, turn by turn with the arrays of sorter_core.exchange:

    while loop.prepare(inbox):
        exchange(gate_logic, inbox, outbox)
        loop.finish(outbox)

Both come back when `is_over` is set, or with a new `boot` number: then a new controller has to go on. Between
inputs and due steps the loop jumps; with `is_every_ms` it makes every step, and the trace must be the same.

It also does what the controller's shell does on a board: it gives slots to codes, so that the controller
never handles a code itself, and passes requests for a destination on to the host.

A program of the line (`attach`) runs after the step of the millisecond in which it is due.
"""

from array import array

from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memmove

from sortyard_c.code_slots cimport SLOTS, Slots
from sortyard_c.gate_logic cimport GateLogic
from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant
from sortyard_c.plant_belt cimport count_at, empty_inbox, shown, take_inputs, whole_counts
from sortyard_c.plant_ride cimport STEP_US, full_step, ride_to_step, stand_at, step_at
from sortyard_c.plant_world cimport NEVER, World, i64
from sortyard_c.program_io cimport DROPPED, ProgramIo

cdef enum:
    MASK = 0x0FFFFFFF
    HALF = 0x08000000
    INBOX_HEAD = 3
    OUTBOX_HEAD = 5
    FIELDS = 5
    PAUSE_STEPS = 4096    # between calls of on_pause
    IDLE_US = 10000000    # longest jump while the controller is without power

cdef enum:
    READ = 3
    DESTINATION = 4
    ESTOP = 9
    DISPOSITION = 8
    DEST_REQUEST = 9
    RECIRCULATED = 2
    LOST_BY_REBOOT = 4 + 16 * 15

MOST_INPUTS = 1
"""A step takes no more than one: the others wait, their positions kept."""


cdef class SimLoop:
    """One run. `on_pause()` is called every 4,096 steps or so: to give the plant parcels, to show progress, to tell
    stories; an exception that it raises ends the run. `is_recording` keeps every inbox (`trace`).
    """

    def __init__(self, Plant plant, Ledger ledger, int n_codes, on_pause, is_recording=False, is_every_ms=False):
        self.plant = plant
        self.w = plant.w
        self.ledger = ledger
        self.slots = Slots(n_codes)
        self.on_pause = on_pause
        self.is_recording = is_recording
        self.is_every_ms = is_every_ms
        self.boot = self.w.boots
        self.due_ticks = -1
        self.must_step = True
        self.scan_us = NEVER
        self.patience_us = STALLED_US

    def __dealloc__(self):
        free(self.recorded)

    def attach(self, program):
        """Let a program run (sim.program_run.ProgramRun) with the controller."""
        self.io = program.io
        self.program = program
        self.scan_us = 0
        self.patience_us = PATIENCE_US

    def run_compiled(self, config):
        """Run with the compiled gate logic until the run is over or the controller has restarted."""
        cdef GateLogic gl = GateLogic(config)
        cdef const int* at
        while self._await_step():
            at = self._next_input()
            if self.is_recording:
                self._record(at)
            if at != NULL:
                gl.feed(at[0], at[1], at[2], at[3], at[4])
            gl.step(self.position, <int>(self.now_us & MASK))
            self._wait_for(gl.due_position, gl.due_ticks, gl.is_pending)
            if gl.out_count:
                while gl.out_count:
                    self._obey(next_output(gl))
                self.ledger.flush()
            if self.now_us >= self.scan_us:
                self._scan(gl.state)

    def prepare(self, int[::1] inbox):
        """Fill the inbox of the next step; False when there is none."""
        if not self._await_step():
            return False
        cdef const int* at = self._next_input()
        if self.is_recording:
            self._record(at)
        inbox[0] = at != NULL
        inbox[1] = self.position
        inbox[2] = <int>(self.now_us & MASK)
        if at != NULL:
            memcpy(&inbox[INBOX_HEAD], at, FIELDS * sizeof(int))
        return True

    def finish(self, const int[::1] outbox):
        """Take what the step that was prepared has said."""
        self._wait_for(outbox[1], outbox[2], outbox[3])
        cdef int i
        for i in range(outbox[0]):
            self._obey(&outbox[OUTBOX_HEAD + FIELDS * i])
        self.ledger.flush()
        if self.now_us >= self.scan_us:
            self._scan(outbox[4])

    @property
    def parcels(self):
        """Physical parcels that have come to the line."""
        return self.plant.w.parcels

    def trace(self):
        """Every inbox of the run so far, one after the other (array of int)."""
        recorded = array("i")
        if self.recorded_used:
            recorded.frombytes((<char*>self.recorded)[:self.recorded_used * sizeof(int)])
        return recorded

    cdef inline bint _await_step(self) except -1:
        """Move the plant on to the next millisecond at which the controller has to act; False if the run is over."""
        cdef i64 until
        self.countdown -= 1
        if self.countdown < 0:
            self._pause()
            if self.must_step:
                return self._first_step()
        self.soonest_us = self.now_us + STEP_US
        until = self._next_due(self.soonest_us)
        if until >= self.event_us:
            return self._ride(until)
        self.now_us = until
        stand_at(self.w, until)
        return self._will_step()

    cdef bint _first_step(self) noexcept:
        """A controller that has just begun acts at once."""
        self.must_step = False
        self._look_at_inputs()
        return self._will_step()

    cdef inline i64 _next_due(self, i64 least) noexcept:
        """When the controller acts next, not before `least`, if nothing happens until then: into `wait`, too."""
        cdef int travel = (self.due_position - self.position) & MASK
        self.wait.least = least
        if self.is_pending or self.w.inbox_to:
            self.wait.s = NEVER
            self.wait.limit = max(least, self.soonest_us)
            return self.wait.limit
        self.wait.limit = max(least, min(self.tick_us, self.scan_us))
        if travel == 0 or travel >= HALF:
            self.wait.s = self.w.s
            return least
        self.wait.s = (self.counts + travel) * self.w.um_per_count
        return step_at(self.w, &self.wait)

    cdef inline bint _ride(self, i64 until) except -1:
        """Let happen what the plant comes to before the controller's next step; False if this run ends there."""
        cdef World* w = self.w
        self.event_us = ride_to_step(w, until, &self.wait, self.event_us)
        self.now_us = w.now
        if w.is_plan_changed or w.n_present == 0 or self.is_over:
            return self._ride_on()
        if w.inbox_seen != w.inbox_to:
            self._look_at_inputs()
        return self._will_step()

    cdef bint _ride_on(self) except -1:
        """The ride has ended where the controller may have no step: it has no power, or the run is over."""
        cdef World* w = self.w
        cdef i64 until
        while True:
            if w.boots != self.boot:
                self._restart()
                return False
            if self.is_over or (w.n_present == 0 and self.plant.is_done()):
                self.is_over = True
                return False
            if w.inbox_seen != w.inbox_to:
                self._look_at_inputs()
            if not w.is_down and (w.inbox_to or not w.is_plan_changed):
                return self._will_step()
            self._note_position()
            until = self._next_due(0)
            if w.is_down:
                until = self.wait.limit = self.now_us + IDLE_US
                self.wait.s = NEVER
            elif until <= self.now_us:
                return self._will_step()
            self.countdown -= 1
            if self.countdown < 0:
                self._pause()
            self.event_us = ride_to_step(w, until, &self.wait, self.event_us)
            self.now_us = w.now

    cdef inline void _note_position(self) noexcept:
        self.counts = whole_counts(self.w, self.w.s)
        self.position = shown(self.w, self.counts)

    cdef inline bint _will_step(self) noexcept:
        self._note_position()
        self.steps += 1
        return True

    cdef inline void _wait_for(self, int position, int ticks, int is_pending) noexcept:
        """What the controller says after a step: when the next one can change anything."""
        self.due_position = position
        self.is_pending = is_pending | self.is_every_ms
        if ticks != self.due_ticks:
            self.due_ticks = ticks
            self.tick_us = full_step(self.now_us + ((ticks - <int>(self.now_us & MASK) + HALF) & MASK) - HALF)

    cdef bint _is_stalled(self) noexcept:
        """Nothing has moved for hours although nothing is waited for: nobody will ever start the line again."""
        return self.now_us - self.w.last_movement > self.patience_us and not (self.w.row_n and self.w.is_running)

    cdef void _restart(self):
        """The controller has lost power: the host closes its tracks, the next one knows nothing."""
        cdef int record[5]
        self.position = count_at(self.w, self.w.s)
        for handle in self.ledger.reboot():
            record = [DISPOSITION, handle, LOST_BY_REBOOT, 0, self.position]
            self._obey(record)
            self.ledger.flush()
        self.slots = Slots(self.slots.n_codes)
        self.boot = self.w.boots
        self.due_ticks = -1
        self.must_step = True
        self.countdown = 0
        if self.io is not None:
            self.program.boot(self.now_us)
            self.scan_us = self.now_us

    cdef inline void _look_at_inputs(self) noexcept:
        """What the plant has told since the last look: codes are exchanged for slots, an emergency stop goes first."""
        cdef World* w = self.w
        cdef int* at = &w.inbox[w.inbox_seen]
        cdef int* end
        if self.io is not None:
            self._show(at)
        end = &w.inbox[w.inbox_to]
        while at < end:
            if at[0] == READ:
                at[3] = self.slots.take(at[3])
            elif at[0] == DESTINATION:
                at[1] = self.asked[at[3] & (ASKED - 1)]
            elif at[0] == ESTOP:
                self._serve_first(at)
            at += FIELDS
        w.inbox_seen = w.inbox_to

    cdef void _show(self, int* at) noexcept:
        """The program sees every input from here on; those that it takes for itself do not stay."""
        cdef int* end = &self.w.inbox[self.w.inbox_to]
        cdef int* kept = at
        cdef int a
        while at < end:
            a = self.io.saw(at[0], at[1], at[3])
            if a != DROPPED:
                memmove(kept, at, FIELDS * sizeof(int))
                kept[3] = a
                kept += FIELDS
            at += FIELDS
        self.w.inbox_to -= <int>(end - kept)
        if self.w.inbox_to == self.w.inbox_from:
            empty_inbox(self.w)

    cdef int _scan(self, int state) except -1:
        """The program's turn, and one of its requests if no input waits."""
        self.io.stand(self.now_us, self.position, state)
        self.scan_us = full_step(self.program.scan(self.now_us))
        if not self.w.inbox_to and self.io.next_request(self.now_us, self.w.inbox):
            self.w.inbox[2] = self.position
            self.w.inbox_to = self.w.inbox_seen = FIELDS
            self.program.requested(self.now_us, self.w.inbox[0], self.w.inbox[1], self.w.inbox[3])
        return 0

    cdef void _serve_first(self, int* at) noexcept:
        """An emergency stop is read at every step: it does not wait behind what happened before it."""
        cdef int record[FIELDS]
        cdef int* first = &self.w.inbox[self.w.inbox_from]
        while first < at and first[0] == ESTOP:
            first += FIELDS
        memcpy(record, at, sizeof(record))
        memmove(first + FIELDS, first, (at - first) * sizeof(int))
        memcpy(first, record, sizeof(record))

    cdef inline const int* _next_input(self) noexcept:
        """The input that this step takes, in the books; NULL if none waits."""
        cdef const int* at
        if not self.w.inbox_to:
            return NULL
        at = take_inputs(self.w, 1)
        self.ledger.taken(self.now_us, self.position, at)
        self.inputs += 1
        return at

    cdef void _obey(self, const int* record) noexcept:
        """Books and plant get every record; slots and the host's requests are dealt with here."""
        cdef int kind = record[0]
        if kind != DISPOSITION and kind <= DEST_REQUEST:
            self.event_us = 0
        self.ledger.given(self.now_us, self.position, record)
        self.plant.command(kind, record[1], record[2], record[3], record[4])
        if self.io is not None:
            self.io.said(kind, record[1], record[2], record[3])
        if kind == DEST_REQUEST:
            self._ask_host(record[1], record[2])
        elif kind == DISPOSITION and record[2] & 15 != RECIRCULATED:
            self.slots.release(record[3] - 1)

    cdef void _ask_host(self, int track, int slot) noexcept:
        if 0 <= slot < SLOTS and self.slots.code_of[slot] >= 0:
            self.asked[track & (ASKED - 1)] = slot
            self.plant.ask_host(track, self.slots.code_of[slot])

    cdef int _pause(self) except -1:
        self.countdown = PAUSE_STEPS
        self.event_us = 0
        self.is_over = self._is_stalled()
        PyErr_CheckSignals()
        self.on_pause()
        return 0

    cdef int _record(self, const int* taken) except -1:
        cdef int n = taken != NULL
        cdef i64 used = self.recorded_used, needed = used + INBOX_HEAD + n * FIELDS
        cdef int* grown
        if needed > self.recorded_room:
            self.recorded_room = 2 * needed + (1 << 16)
            grown = <int*>realloc(self.recorded, self.recorded_room * sizeof(int))
            if not grown:
                raise MemoryError
            self.recorded = grown
        self.recorded[used] = n
        self.recorded[used + 1] = self.position
        self.recorded[used + 2] = <int>(self.now_us & MASK)
        if n:
            memcpy(&self.recorded[used + INBOX_HEAD], taken, FIELDS * sizeof(int))
        self.recorded_used = needed
        return 0
