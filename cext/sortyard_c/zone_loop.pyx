# cython: boundscheck=True, wraparound=True
"""The loop that couples the plant with the controllers of a line's zones, all on one grid of 1 ms.

    loop = ZoneLoop(plant, ledger, n_codes, on_pause, zones, relays_us)    # zones: sortyard.config.zones.zones_of
    while loop.next_round():
        for zone, logic in enumerate(logics):
            if loop.wants(zone):
                loop.fill(zone, inbox)
                exchange(logic, inbox, outbox)
                loop.finish(zone, outbox)

It comes back when `is_over` is set, or with a new `boot` number: then new controllers have to go on. Zones are served
from the infeed on. What zone z tells another one is there `relays_us[z][other]` later. The books have the numbers of the whole line.
"""

from array import array
from collections import deque

from cpython.exc cimport PyErr_CheckSignals

from sortyard_c.code_slots cimport SLOTS, Slots
from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant
from sortyard_c.plant_ride cimport STEP_US, full_step
from sortyard_c.plant_world cimport NEVER, i64
from sortyard_c.sim_loop cimport ASKED

cdef enum:
    MASK = 0x0FFFFFFF
    HALF = 0x08000000
    INBOX_HEAD = 3
    OUTBOX_HEAD = 5
    FIELDS = 5
    PAUSE_ROUNDS = 4096
    IDLE_US = 10000000

cdef enum:                  # inputs
    EYE_CLEARED = 2
    READ = 3
    DESTINATION = 4
    CHUTE = 5
    GATE_HEALTH = 6
    GATE_END = 7
    DRIVE = 8
    ESTOP = 9
    HANDED = 15
    BOUND = 16
    PEER = 17
    ALIVE = 1               # what of another zone

cdef enum:                  # outputs
    GATE_HOLD = 3
    GATES_SAFE = 4
    LINE = 5
    MERGE = 7
    DISPOSITION = 8
    DEST_REQUEST = 9
    EVENT = 10
    FAULT = 11
    HANDED_OUT = 12
    BOUND_OUT = 13

RECIRCULATED = 2
LOST_BY_REBOOT = 4 + 16 * 15
DIVERT_FAILED, STRAY_SEEN, GATE_SLOW = 7, 8, 16
GATE_FAULTS = (6, 7, 11, 12)
EYE_FAULTS = (1, 8)
cdef i64 STALLED_US = 4 * 3600 * <i64>1000000


cdef class ZoneNumbers:
    """Which zone has which part of the line, and under which number. `zones`: of sortyard.config.zones."""

    cdef readonly list eyes, gates
    cdef readonly dict zone_of_eye, zone_of_gate

    def __init__(self, zones):
        self.eyes = [zone.eyes for zone in zones]
        self.gates = [zone.gates for zone in zones]
        self.zone_of_eye = {
            eye: (z, place) for z, eyes in enumerate(self.eyes) for place, eye in enumerate(eyes) if eye >= 0
        }
        self.zone_of_gate = {gate: (z, place) for z, gates in enumerate(self.gates) for place, gate in enumerate(gates)}

    def inward(self, int kind, int index):
        """(zone, index there) of an input that is for one zone alone; (-1, index) of one that all of them get."""
        if kind <= EYE_CLEARED:
            return self.zone_of_eye[index]
        if kind == READ or kind == DESTINATION:
            return 0, index
        if kind == GATE_HEALTH or kind == GATE_END:
            return self.zone_of_gate[index]
        return -1, index

    def index_outward(self, int zone, int kind, int index):
        """The index of an input of a zone, in the numbers of the whole line."""
        if kind <= EYE_CLEARED:
            return self.eyes[zone][index]
        if kind == GATE_HEALTH or kind == GATE_END:
            return self.gates[zone][index]
        return index

    def outward(self, int zone, int kind, int a, int b, int c):
        """(a, b, c) of an output of a zone, in the numbers of the whole line."""
        gates = self.gates[zone]
        if kind <= GATE_HOLD:
            return gates[a], b, c
        if kind == GATES_SAFE:
            return gates[0], gates[len(gates) - 1] + 1, c
        if kind == EVENT:
            if a == DIVERT_FAILED:
                c = gates[c]
            elif a == STRAY_SEEN:
                c = self.eyes[zone][c]
            elif a == GATE_SLOW:
                c = gates[c & 127] + (c & ~127)
        elif kind == FAULT:
            if a in GATE_FAULTS:
                b = gates[b]
            elif a in EYE_FAULTS:
                b = self.eyes[zone][b]
        return a, b, c


cdef class ZoneLoop:
    """One run. `on_pause()` is called every 4,096 rounds or so; an exception that it raises ends the run."""

    cdef readonly Plant plant
    cdef readonly Ledger ledger
    cdef readonly ZoneNumbers numbers
    cdef Slots slots
    cdef object on_pause
    cdef list queues            # of inputs that wait, for each zone
    cdef list messages          # (when, zone, input) on their way between zones, in order
    cdef list relays_us
    cdef bint is_every_ms
    cdef int n, countdown, position
    cdef int asked[ASKED]
    cdef int due_position[16]
    cdef int due_ticks[16]
    cdef int is_pending[16]
    cdef readonly int boot
    cdef readonly bint is_over
    cdef readonly i64 now_us, steps, inputs
    cdef object inbox

    def __init__(self, Plant plant, Ledger ledger, int n_codes, on_pause, zones, list relays_us, is_every_ms=False):
        self.plant = plant
        self.ledger = ledger
        self.numbers = ZoneNumbers(zones)
        self.on_pause = on_pause
        self.n = len(zones)
        self.relays_us = relays_us
        self.is_every_ms = is_every_ms
        self.inbox = array("i", bytes(4 * FIELDS * 256))
        self._begin(n_codes)

    cdef void _begin(self, int n_codes):
        cdef int z
        self.boot = self.plant.w.boots
        self.slots = Slots(n_codes)
        self.queues = [
            deque((PEER, 0, 0, 4 * other + ALIVE, 0) for other in range(self.n) if other != z) for z in range(self.n)
        ]
        self.messages = []
        for z in range(self.n):
            self.is_pending[z] = 1

    def next_round(self):
        """Go on to the next millisecond at which a zone has something to do; False when there is none."""
        while True:
            self.countdown -= 1
            if self.countdown < 0:
                self.countdown = PAUSE_ROUNDS
                PyErr_CheckSignals()
                self.on_pause()
                if self.now_us - self.plant.w.last_movement > STALLED_US and not (
                    self.plant.w.row_n and self.plant.w.is_running
                ):
                    self.is_over = True
            self.now_us = max(self.now_us + STEP_US, full_step(self.plant.run(self._wish())))
            self.plant.advance(self.now_us)
            if self.plant.boots != self.boot:
                self._restart()
                return False
            if self.plant.w.n_present == 0 and self.plant.is_done():
                self.is_over = True
            if self.is_over:
                return False
            if self.plant.is_down:
                continue
            self.position = self.plant.position()
            self._take_inputs()
            for z in range(self.n):
                if self.wants(z):
                    return True

    cdef i64 _wish(self):
        """When the zones have something to do if nothing happens before, at least a millisecond from now."""
        cdef i64 least = self.now_us + STEP_US, until = self.now_us + IDLE_US
        cdef int z
        if self.is_every_ms and not self.plant.is_down:
            return least
        if self.messages:
            until = min(until, <i64>self.messages[0][0])
        for z in range(self.n):
            if self.is_pending[z] or self.queues[z]:
                return least
            until = min(until, self.plant.time_of_count(self.due_position[z]))
            until = min(until, self.now_us + ((self.due_ticks[z] - <int>(self.now_us & MASK) + HALF) & MASK) - HALF)
        return max(least, until)

    cpdef bint wants(self, int zone):
        """Whether a step of the zone can change anything now."""
        return (
            self.is_every_ms or self.is_pending[zone] or len(self.queues[zone]) > 0
            or not (self.position - self.due_position[zone]) & HALF
            or not (<int>(self.now_us & MASK) - self.due_ticks[zone]) & HALF
        )

    def fill(self, int zone, int[::1] inbox):
        """The inbox of the zone's step; it takes one input at most."""
        queue = self.queues[zone]
        inbox[0] = 1 if queue else 0
        inbox[1] = self.position
        inbox[2] = <int>(self.now_us & MASK)
        self.steps += 1
        if queue:
            for i, value in enumerate(queue.popleft()):
                inbox[INBOX_HEAD + i] = value
            self.inputs += 1

    def finish(self, int zone, const int[::1] outbox):
        """Take what the zone's step has said."""
        cdef int i, at
        self.due_position[zone] = outbox[1]
        self.due_ticks[zone] = outbox[2]
        self.is_pending[zone] = outbox[3]
        for i in range(outbox[0]):
            at = OUTBOX_HEAD + FIELDS * i
            self._obey(zone, outbox[at], outbox[at + 1], outbox[at + 2], outbox[at + 3], outbox[at + 4])
        if outbox[0]:
            self.ledger.flush()

    @property
    def parcels(self):
        """Physical parcels that have come to the line."""
        return self.plant.w.parcels

    @property
    def cases(self):
        """Cases that the plant has kept for a story."""
        return self.plant.w.n_stories

    def trace(self):
        """Inboxes are recorded in no run of this kind."""
        return array("i")

    cdef void _restart(self):
        """The controllers have lost power: the host closes their tracks, the next ones know nothing."""
        for handle in self.ledger.reboot():
            self._say(DISPOSITION, handle, LOST_BY_REBOOT, 0, self.plant.position())
        self.ledger.flush()
        self._begin(self.slots.n_codes)

    cdef void _take_inputs(self):
        """Inputs from the plant and messages that have arrived to the zones' queues; codes become slots."""
        cdef int[::1] inbox = self.inbox
        cdef int i, n = self.plant.take(inbox, 0)
        for i in range(0, FIELDS * n, FIELDS):
            self._take(inbox[i], inbox[i + 1], inbox[i + 2], inbox[i + 3], inbox[i + 4])
        while self.messages and self.messages[0][0] <= self.now_us:
            _, zone, record = self.messages.pop(0)
            self.queues[zone].append(record)

    cdef void _take(self, int kind, int index, int position, int a, int b):
        """One input of the plant. An emergency stop is read at every step: it does not wait behind what came before."""
        if kind == READ:
            a = self.slots.take(a)
        elif kind == DESTINATION:
            index = self.asked[a & (ASKED - 1)]
        cdef int[5] record = [kind, index, position, a, b]
        self.ledger.taken(self.now_us, self.position, record)
        zone, place = self.numbers.inward(kind, index)
        for queue in self.queues if zone < 0 else [self.queues[zone]]:
            stops = sum(record[0] == ESTOP for record in queue) if kind == ESTOP else len(queue)
            queue.insert(stops, (kind, place, position, a, b))

    cdef void _obey(self, int zone, int kind, int a, int b, int c, int position):
        """What a zone says: to its neighbours, or to books and plant. The belt hangs on the zone of the infeed."""
        if kind == HANDED_OUT:
            self._tell(zone, zone + 1, (HANDED, c, position, a, b))
        elif kind == BOUND_OUT:
            self._tell(zone, zone + 1, (BOUND, c, position, a, b))
        elif kind == LINE and not a:
            for other in range(self.n):
                if other != zone:
                    self._tell(zone, other, (PEER, 0, position, 4 * zone, 0))
        if zone and LINE <= kind <= MERGE:
            return
        a, b, c = self.numbers.outward(zone, kind, a, b, c)
        self._say(kind, a, b, c, position)
        if kind == DEST_REQUEST and 0 <= b < SLOTS and self.slots.code_of[b] >= 0:
            self.asked[a & (ASKED - 1)] = b
            self.plant.ask_host(a, self.slots.code_of[b])
        elif kind == DISPOSITION and b & 15 != RECIRCULATED:
            self.slots.release(c - 1)

    cdef void _tell(self, int zone, int other, record):
        cdef i64 when = self.now_us + self.relays_us[zone][other]
        cdef int at = len(self.messages)
        while at and self.messages[at - 1][0] > when:
            at -= 1
        self.messages.insert(at, (when, other, record))

    cdef void _say(self, int kind, int a, int b, int c, int position):
        cdef int[5] record = [kind, a, b, c, position]
        self.ledger.given(self.now_us, self.position, record)
        self.plant.command(kind, a, b, c, position)
