# cython: boundscheck=True, wraparound=True
"""The loop that couples the plant with the controllers of a line's zones, all on one grid of 1 ms.

    loop = ZoneLoop(plant, ledger, n_codes, on_pause, zones, relays_us)    # zones: sortyard.config.zones.zones_of
    loop.run_compiled(configs)         # until the run is over or the controllers have restarted

or, for controllers that live elsewhere, turn by turn with the arrays of sorter_core.exchange:

    while loop.next_round():
        for zone, logic in enumerate(logics):
            if loop.wants(zone):
                loop.fill(zone, inbox)
                exchange(logic, inbox, outbox)
                loop.finish(zone, outbox)

Both come back when `is_over` is set, or with a new `boot` number: then new controllers have to go on. Zones are served
from the infeed on. What zone z tells another one is there `relays_us[z][other]` later. The books have the numbers of the
whole line.

A program of the line (`attach`) runs after the steps of the millisecond in which it is due. It sees the whole line, and
what it asks for goes to the zones as what people do to it.
"""

from array import array

from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memmove, memset

from sortyard_c.code_slots cimport SLOTS, Slots
from sortyard_c.gate_logic cimport GateLogic
from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant
from sortyard_c.plant_belt cimport take_inputs
from sortyard_c.plant_ride cimport STEP_US, full_step
from sortyard_c.plant_world cimport NEVER, i64
from sortyard_c.program_io cimport DROPPED
from sortyard_c.sim_loop cimport ASKED, PATIENCE_US, STALLED_US, next_output
from sortyard_c.zone_numbers cimport Place, ZoneNumbers

cdef enum:
    MASK = 0x0FFFFFFF
    HALF = 0x08000000
    INBOX_HEAD = 3
    OUTBOX_HEAD = 5
    FIELDS = 5
    PAUSE_ROUNDS = 4096
    IDLE_US = 10000000

cdef enum:                  # inputs
    READ = 3
    DESTINATION = 4
    CHUTE = 5
    ESTOP = 9
    HANDED = 15
    BOUND = 16
    PEER = 17
    LAP = 18
    ALIVE = 1               # what of another zone

cdef enum:                  # outputs
    LINE = 5
    MERGE = 7
    DISPOSITION = 8
    DEST_REQUEST = 9
    EVENT = 10
    HANDED_OUT = 12
    BOUND_OUT = 13

cdef enum:                  # codes of events
    CHUTE_FULL = 14
    CHUTE_FREE = 15

cdef enum:
    RECIRCULATED = 2
    LOST_BY_REBOOT = 4 + 16 * 15


cdef int _put(Queue* q, int place, i64 when, const int* record) except -1:
    """Put a letter so many places behind the first one."""
    cdef Letter* grown
    cdef Letter* at
    if q.end == q.room and q.first:
        memmove(q.at, &q.at[q.first], (q.end - q.first) * sizeof(Letter))
        q.end -= q.first
        q.first = 0
    if q.end == q.room:
        grown = <Letter*>realloc(q.at, (2 * q.room + 16) * sizeof(Letter))
        if not grown:
            raise MemoryError
        q.at = grown
        q.room = 2 * q.room + 16
    at = &q.at[q.first + place]
    memmove(at + 1, at, (q.end - q.first - place) * sizeof(Letter))
    at.when = when
    memcpy(at.record, record, FIELDS * sizeof(int))
    q.end += 1
    return 0


cdef inline const int* _pop(Queue* q) noexcept:
    """The first letter's record; it stays where it is until the next one is put."""
    cdef const int* record = q.at[q.first].record
    q.first += 1
    if q.first == q.end:
        q.first = q.end = 0
    return record


cdef int _stops(const Queue* q) noexcept:
    """How many letters at the head are emergency stops."""
    cdef int n = 0
    while q.first + n < q.end and q.at[q.first + n].record[0] == ESTOP:
        n += 1
    return n


cdef class ZoneLoop:
    """One run. `on_pause()` is called every 4,096 rounds or so; an exception that it raises ends the run."""

    def __init__(self, Plant plant, Ledger ledger, int n_codes, on_pause, zones, list relays_us, is_every_ms=False):
        cdef int z, other
        self.plant = plant
        self.w = plant.w
        self.ledger = ledger
        self.numbers = ZoneNumbers(zones)
        self.on_pause = on_pause
        self.n = self.numbers.zones
        for z in range(self.n):
            for other in range(self.n):
                self.relay_us[z][other] = relays_us[z][other]
        self.is_every_ms = is_every_ms
        self.scan_us = NEVER
        self.patience_us = STALLED_US
        self._begin(n_codes)

    def __dealloc__(self):
        for z in range(self.n):
            free(self.waiting[z].at)
            free(self.coming[z].at)

    def attach(self, program):
        """Let a program run (sim.program_run.ProgramRun) with the controllers."""
        self.io = program.io
        self.program = program
        self.scan_us = 0
        self.patience_us = PATIENCE_US

    cdef int _begin(self, int n_codes) except -1:
        cdef int z, other
        cdef int[5] record = [PEER, 0, 0, 0, 0]
        self.boot = self.w.boots
        self.slots = Slots(n_codes)
        memset(self.is_filled, 0, sizeof(self.is_filled))
        for z in range(self.n):
            self.waiting[z].first = self.waiting[z].end = 0
            self.coming[z].first = self.coming[z].end = 0
            for other in range(self.n):
                if other != z:
                    record[3] = 4 * other + ALIVE
                    _put(&self.waiting[z], self.waiting[z].end, 0, record)
            self.is_pending[z] = 1
        return 0

    def run_compiled(self, configs):
        """Run with the compiled gate logic until the run is over or the controllers have restarted."""
        cdef list logics = [GateLogic(config) for config in configs]
        cdef GateLogic gl
        cdef const int* at
        cdef int zone
        while self.next_round():
            for zone in range(self.n):
                if not self.wants(zone):
                    continue
                gl = <GateLogic>logics[zone]
                at = self._next_input(zone)
                if at != NULL:
                    gl.feed(at[0], at[1], at[2], at[3], at[4])
                gl.step(self.position, <int>(self.now_us & MASK))
                self.due_position[zone] = gl.due_position
                self.due_ticks[zone] = gl.due_ticks
                self.is_pending[zone] = gl.is_pending
                if zone == 0:
                    self.state = gl.state
                if gl.out_count:
                    while gl.out_count:
                        self._obey(zone, next_output(gl))
                    self.ledger.flush()

    cpdef bint next_round(self) except -1:
        """Go on to the next millisecond at which a zone has something to do; False when there is none."""
        cdef Plant plant = self.plant
        while True:
            self.countdown -= 1
            if self.countdown < 0:
                self._pause()
            if self.now_us >= self.scan_us and not self.w.is_down:
                self._scan()
            self.now_us = max(self.now_us + STEP_US, full_step(plant.run(self._wish())))
            plant.advance(self.now_us)
            if self.w.boots != self.boot:
                self._restart()
                return False
            if self.w.n_present == 0 and plant.is_done():
                self.is_over = True
            if self.is_over:
                return False
            if self.w.is_down:
                continue
            self.position = plant.position()
            self._take_inputs()
            if self._wants_any():
                return True

    cdef int _pause(self) except -1:
        self.countdown = PAUSE_ROUNDS
        PyErr_CheckSignals()
        self.on_pause()
        if self.now_us - self.w.last_movement > self.patience_us and not (self.w.row_n and self.w.is_running):
            self.is_over = True
        return 0

    cdef i64 _wish(self) noexcept:
        """When the zones have something to do if nothing happens before, at least a millisecond from now."""
        cdef i64 least = self.now_us + STEP_US, until = self.now_us + IDLE_US
        cdef int z
        if self.w.is_down:
            return until
        if self.is_every_ms:
            return least
        until = min(until, self.scan_us)
        for z in range(self.n):
            if self.is_pending[z] or self.waiting[z].end:
                return least
            if self.coming[z].end:
                until = min(until, self.coming[z].at[self.coming[z].first].when)
            until = min(until, self.plant.time_of_count(self.due_position[z]))
            until = min(until, self.now_us + ((self.due_ticks[z] - <int>(self.now_us & MASK) + HALF) & MASK) - HALF)
        return max(least, until)

    cdef bint _wants_any(self) noexcept:
        cdef int z
        for z in range(self.n):
            if self.wants(z):
                return True
        return False

    cpdef bint wants(self, int zone) noexcept:
        """Whether a step of the zone can change anything now."""
        return (
            self.is_every_ms or self.is_pending[zone] or self.waiting[zone].end > 0
            or not (self.position - self.due_position[zone]) & HALF
            or not (<int>(self.now_us & MASK) - self.due_ticks[zone]) & HALF
        )

    cdef const int* _next_input(self, int zone) noexcept:
        """The one input that the zone's next step takes; NULL if none waits."""
        self.steps += 1
        if not self.waiting[zone].end:
            return NULL
        self.inputs += 1
        return _pop(&self.waiting[zone])

    def fill(self, int zone, int[::1] inbox):
        """The inbox of the zone's step."""
        cdef const int* at = self._next_input(zone)
        cdef int i
        inbox[0] = at != NULL
        inbox[1] = self.position
        inbox[2] = <int>(self.now_us & MASK)
        if at != NULL:
            for i in range(FIELDS):
                inbox[INBOX_HEAD + i] = at[i]

    def finish(self, int zone, const int[::1] outbox):
        """Take what the zone's step has said."""
        cdef int i
        self.due_position[zone] = outbox[1]
        self.due_ticks[zone] = outbox[2]
        self.is_pending[zone] = outbox[3]
        if zone == 0:
            self.state = outbox[4]
        for i in range(outbox[0]):
            self._obey(zone, &outbox[OUTBOX_HEAD + FIELDS * i])
        if outbox[0]:
            self.ledger.flush()

    @property
    def parcels(self):
        """Physical parcels that have come to the line."""
        return self.w.parcels

    def trace(self):
        """Inboxes are recorded in no run of this kind."""
        return array("i")

    cdef void _restart(self):
        """The controllers have lost power: the host closes their tracks, the next ones know nothing."""
        cdef int[5] record
        for handle in self.ledger.reboot():
            record = [DISPOSITION, handle, LOST_BY_REBOOT, 0, self.plant.position()]
            self._say(record)
        self.ledger.flush()
        self._begin(self.slots.n_codes)
        if self.io is not None:
            self.program.boot(self.now_us)
            self.scan_us = self.now_us

    cdef int _scan(self) except -1:
        """The program's turn, and one of its requests if no input waits."""
        cdef int record[5]
        self.io.stand(self.now_us, self.position, self.state)
        self.scan_us = full_step(self.program.scan(self.now_us))
        if not self._is_any_waiting() and self.io.next_request(self.now_us, record):
            record[2] = self.position
            self.program.requested(self.now_us, record[0], record[1], record[3])
            self._deliver(record)
        return 0

    cdef bint _is_any_waiting(self) noexcept:
        cdef int z
        for z in range(self.n):
            if self.waiting[z].end:
                return True
        return False

    cdef int _take_inputs(self) except -1:
        """Inputs from the plant and letters that have arrived, to those that wait; codes become slots."""
        cdef int n = (self.w.inbox_to - self.w.inbox_from) // FIELDS, z
        cdef int* at = <int*>take_inputs(self.w, n) if n else NULL
        cdef Queue* coming
        while n:
            self._take(at)
            at += FIELDS
            n -= 1
        for z in range(self.n):
            coming = &self.coming[z]
            while coming.end and coming.at[coming.first].when <= self.now_us:
                self._hear(z, &coming.at[coming.first].record[0])
                _put(&self.waiting[z], self.waiting[z].end - self.waiting[z].first, 0, _pop(coming))
        return 0

    cdef void _hear(self, int zone, int* record) noexcept:
        """A letter has arrived: of a chute the host says what is worse, its own word or what the zone downstream sees."""
        if record[0] == CHUTE:
            self.is_filled[zone][record[1]] = record[3]
            record[3] = max(self.said_of[record[1]], record[3])

    cdef int _take(self, int* record) except -1:
        """One input of the plant; the program sees it, too, and may keep it for itself."""
        cdef int kind = record[0], a
        if self.io is not None:
            a = self.io.saw(kind, record[1], record[3])
            if a == DROPPED:
                return 0
            record[3] = a
        if kind == READ:
            record[3] = self.slots.take(record[3])
        elif kind == DESTINATION:
            record[1] = self.asked[record[3] & (ASKED - 1)]
        return self._deliver(record)

    cdef int _deliver(self, int* record) except -1:
        """To whom it concerns. An emergency stop is read at every step: it does not wait behind what came before."""
        cdef int kind = record[0], z, ahead, said
        cdef Place place
        cdef Queue* waiting
        self.ledger.taken(self.now_us, self.position, record)
        place = self.numbers.place_of(kind, record[1])
        record[1] = place.index
        said = record[3]
        if kind == CHUTE:
            self.said_of[record[1]] = said
        for z in range(self.n):
            if place.zone >= 0 and place.zone != z:
                continue
            waiting = &self.waiting[z]
            ahead = waiting.end - waiting.first
            if kind == ESTOP:
                ahead = _stops(waiting)
            elif kind == CHUTE:
                record[3] = max(said, self.is_filled[z][record[1]])
            _put(waiting, ahead, 0, record)
        return 0

    cdef int _obey(self, int zone, const int* said) except -1:
        """What a zone says: to its neighbours, or to books and plant. The belt hangs on the zone of the infeed."""
        cdef int kind = said[0], slot
        cdef int record[5]
        self._tell_neighbours(zone, said)
        if zone and LINE <= kind <= MERGE:
            return 0
        memcpy(record, said, sizeof(record))
        self.numbers.to_line(zone, record)
        self._say(record)
        slot = record[2]
        if kind == DEST_REQUEST and 0 <= slot < SLOTS and self.slots.code_of[slot] >= 0:
            self.asked[record[1] & (ASKED - 1)] = slot
            self.plant.ask_host(record[1], self.slots.code_of[slot])
        elif kind == DISPOSITION and record[2] & 15 != RECIRCULATED:
            self.slots.release(record[3] - 1)
        return 0

    cdef int _tell_neighbours(self, int zone, const int* said) except -1:
        """A track that is handed over, and where it is bound for; one that goes round again; a chute that is full or free
        by its confirm eye, to those upstream; and that the line stops."""
        cdef int kind = said[0], other
        if kind == HANDED_OUT or kind == BOUND_OUT:
            self._tell(
                zone, zone + 1, HANDED if kind == HANDED_OUT else BOUND, said[3], said[4], said[1], said[2]
            )
        elif kind == DISPOSITION and zone and said[2] & 15 == RECIRCULATED:
            self._tell(zone, 0, LAP, said[3], said[4], said[1], 0)
        elif kind == EVENT and (said[1] == CHUTE_FULL or said[1] == CHUTE_FREE):
            for other in range(zone):
                self._tell(zone, other, CHUTE, said[3], said[4], said[1] == CHUTE_FULL, 0)
        elif kind == LINE and not said[1]:
            for other in range(self.n):
                if other != zone:
                    self._tell(zone, other, PEER, 0, said[4], 4 * zone, 0)
        return 0

    cdef int _tell(self, int zone, int other, int kind, int index, int position, int a, int b) except -1:
        cdef int[5] record = [kind, index, position, a, b]
        cdef i64 when = self.now_us + self.relay_us[zone][other]
        cdef Queue* coming = &self.coming[other]
        cdef int place = coming.end - coming.first
        while place and coming.at[coming.first + place - 1].when > when:
            place -= 1
        return _put(coming, place, when, record)

    cdef void _say(self, const int* record) noexcept:
        self.ledger.given(self.now_us, self.position, record)
        self.plant.command(record[0], record[1], record[2], record[3], record[4])
        if self.io is not None:
            self.io.said(record[0], record[1], record[2], record[3])
