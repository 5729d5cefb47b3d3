"""The line as a program of it sees it, and what the program asks for, passed on as inputs of the gate logic.

    io = ProgramIo(n_gates, n_chutes, um_per_count, flushes)
    io.connect(reads, writes)          # (channel, image offset, bytes, bit or -1) of each variable
    loop.attach(program)               # the loop tells program.io every input and output, and takes its requests
    io.put(memory)                     # before a scan: channels into the image
    io.take(memory)                    # after it: the image into channels

A channel is one integer that the line shows (`SEEN_CHANNELS`) or that the program asks for (`ASKED_CHANNELS`); what
there is of each eye, gate, chute or light begins at the channel of that name and goes by its number.

A program asks, the gate logic decides. A request is an input like any other one: at most one at a scan, not more often
than every REQUEST_US, and only while no sensor's input waits. A stop goes before all else, and no start gets past it.
What people tell about gates and chutes holds beside what the program wants: each can take them out of service, both
have to agree to bring them back. The start button is the program's alone; all other inputs it only sees.
"""

from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

cdef enum:
    MASK = 0x0FFFFFFF
    HALF = 0x08000000
    REQUEST_US = 10000
    SPEED_US = 100000

cdef enum:                  # what is seen
    STATE = 0
    ESTOP = 1
    START_BUTTON = 2
    STOP_BUTTON = 3
    RESET_BUTTON = 4
    POSITION = 5
    SPEED = 6
    FAULT = 7
    FAULT_INDEX = 8
    FAULTS = 9
    INDUCTED = 10
    SORTED = 11
    RECIRCULATED = 12       # in the order of the outcomes
    REJECTED = 13
    LOST = 14
    STRAYS = 15
    BELT_RUNS = 16
    INFEED_RUNS = 17
    LANE_RUNS = 18
    EYE_BLOCKED = 32
    EYE_COUNT = 192
    SCANNER_READS = 352
    GATE_OUT = 368
    GATE_CYCLES = 448
    GATE_HEALTHY = 528
    CHUTE_STATE = 608
    CHUTE_SORTED = 704

cdef enum:                  # what is asked for
    ASK_START = 0
    ASK_STOP = 1
    ASK_RESET = 2
    ASK_FLUSH = 3
    ASK_HOLD = 4
    RUN_BELT = 5
    RUN_METER = 6
    RUN_LOOP = 7
    ENABLE_GATE = 16
    ENABLE_CHUTE = 96
    LAMPS = 192

cdef enum:                  # inputs, outputs, events of the gate logic: sorter_core.codes
    IN_BLOCKED = 1
    IN_CLEARED = 2
    IN_READ = 3
    IN_CHUTE = 5
    IN_HEALTH = 6
    IN_DRIVE = 8
    IN_ESTOP = 9
    IN_RESET = 10
    IN_START = 11
    IN_POLICY = 12
    IN_STOP = 13
    IN_HOLD = 14
    OUT_EXTEND = 1
    OUT_RETRACT = 2
    OUT_SAFE = 4
    OUT_INFEED = 6
    OUT_MERGE = 7
    OUT_DISPOSITION = 8
    OUT_EVENT = 10
    OUT_FAULT = 11
    E_INDUCTED = 1
    E_CHUTE_FULL = 14
    E_CHUTE_FREE = 15
    F_GATE_NO_END = 6
    F_GATE_FAILS = 7
    F_GATE_STUCK = 11
    IS_RUNNING = 1
    IS_STARTING = 2
    DISABLED = 2

SEEN_CHANNELS = {
    "state": STATE, "estop": ESTOP, "start_button": START_BUTTON, "stop_button": STOP_BUTTON,
    "reset_button": RESET_BUTTON, "position": POSITION, "speed": SPEED, "fault": FAULT, "fault_index": FAULT_INDEX,
    "faults": FAULTS, "inducted": INDUCTED, "sorted": SORTED, "rejected": REJECTED, "lost": LOST,
    "recirculated": RECIRCULATED, "strays": STRAYS, "belt_runs": BELT_RUNS, "infeed_runs": INFEED_RUNS,
    "lane_runs": LANE_RUNS, "eye_blocked": EYE_BLOCKED, "eye_count": EYE_COUNT, "scanner_reads": SCANNER_READS,
    "gate_out": GATE_OUT, "gate_cycles": GATE_CYCLES, "gate_healthy": GATE_HEALTHY, "chute_state": CHUTE_STATE,
    "chute_sorted": CHUTE_SORTED,
}
ASKED_CHANNELS = {
    "start": ASK_START, "stop": ASK_STOP, "reset": ASK_RESET, "flush": ASK_FLUSH, "hold": ASK_HOLD,
    "run_belt": RUN_BELT, "run_meter": RUN_METER, "run_loop": RUN_LOOP, "enable_gate": ENABLE_GATE,
    "enable_chute": ENABLE_CHUTE, "lamps": LAMPS,
}


cdef class ProgramIo:
    """`flushes`: whether the line's restart policy is to flush, until the program says otherwise."""

    def __cinit__(self, int n_gates, int n_chutes, int um_per_count, bint flushes):
        self.seen = <int*>calloc(SEEN, sizeof(int))
        self.asked = <int*>calloc(ASKED, sizeof(int))
        self.was_asked = <int*>calloc(ASKED, sizeof(int))
        self.reads = <Copy*>calloc(MAX_COPIES, sizeof(Copy))
        self.writes = <Copy*>calloc(MAX_COPIES, sizeof(Copy))
        if not (self.seen and self.asked and self.was_asked and self.reads and self.writes):
            raise MemoryError
        self.n_gates = n_gates
        self.n_chutes = n_chutes
        self.um_per_count = um_per_count
        self.flush_at_boot = flushes
        self.boot()

    def __dealloc__(self):
        free(self.seen)
        free(self.asked)
        free(self.was_asked)
        free(self.reads)
        free(self.writes)

    def connect(self, reads, writes):
        """Variables that the line writes before a scan, and variables that are read after it: (channel, offset in the
        image, bytes: 1, 2 or 4, bit of the byte or -1). ValueError for more than there is room for.
        """
        if len(reads) > MAX_COPIES or len(writes) > MAX_COPIES:
            raise ValueError("more variables than a line has")
        self.n_reads = _fill(self.reads, reads)
        self.n_writes = _fill(self.writes, writes)

    def boot(self):
        """The controller has started, and the program with it: nobody has asked for anything yet."""
        cdef int n
        memset(self.seen, 0, SEEN * sizeof(int))
        memset(self.was_asked, 0, ASKED * sizeof(int))
        self.hold_sent = 0
        for n in range(128):
            self.gate_told[n] = self.gate_sent[n] = 1
            self.gate_bad[n] = self.chute_told[n] = self.chute_sent[n] = self.chute_heaped[n] = 0
        for n in range(self.n_gates):
            self.seen[GATE_HEALTHY + n] = 1
        for n in range(ENABLE_GATE, LAMPS):
            self.asked[n] = 1
        self.was_asked[ASK_FLUSH] = self.flush_at_boot
        self.safe()

    def safe(self):
        """The program has failed, or has not run yet: the line stops and nothing is fed; gates and chutes stay as they
        are in service or not.
        """
        cdef int n
        for n in range(LAMPS, ASKED):
            self.asked[n] = 0
        for n in range(ENABLE_GATE):
            self.asked[n] = 0
        self.asked[ASK_STOP] = self.asked[ASK_HOLD] = 1
        self.was_asked[ASK_START] = self.was_asked[ASK_RESET] = 0
        self.wants_start = self.wants_reset = self.wants_policy = False

    def go_on(self):
        """The program goes on after a fault that it has reset itself. A start or reset that it asks for all the while is
        no new request: it has to take it back first.
        """
        self.was_asked[ASK_START] = self.was_asked[ASK_RESET] = 1

    def put(self, unsigned char[::1] memory):
        """What the line shows, into the image; a button has been pressed for one scan."""
        cdef int n, value
        cdef Copy* copy
        for n in range(self.n_reads):
            copy = &self.reads[n]
            value = self.seen[copy.channel]
            if copy.bit >= 0:
                memory[copy.offset] = memory[copy.offset] & ~(1 << copy.bit) | (value != 0) << copy.bit
            else:
                memory[copy.offset] = value & 255
                if copy.width > 1:
                    memory[copy.offset + 1] = value >> 8 & 255
                if copy.width > 2:
                    memory[copy.offset + 2] = value >> 16 & 255
                    memory[copy.offset + 3] = value >> 24 & 255
        self.seen[START_BUTTON] = self.seen[STOP_BUTTON] = self.seen[RESET_BUTTON] = 0

    def take(self, const unsigned char[::1] memory):
        """What the program asks for, out of the image. True if a lamp has changed."""
        cdef int n, value
        cdef bint is_lit = False
        cdef const Copy* copy
        # a motor that the line does not have keeps nobody waiting
        self.asked[RUN_BELT] = self.asked[RUN_METER] = self.asked[RUN_LOOP] = 1
        for n in range(self.n_writes):
            copy = &self.writes[n]
            value = memory[copy.offset]
            if copy.bit >= 0:
                value = value >> copy.bit & 1
            value = value != 0
            if copy.channel >= LAMPS and value != self.asked[copy.channel]:
                is_lit = True
            self.asked[copy.channel] = value
        self._note_edges()
        return is_lit

    def _note_edges(self):
        """Starts and resets are asked for by a rising edge, a restart policy by any; a stop takes a start back."""
        if self.asked[ASK_START] and not self.was_asked[ASK_START]:
            self.wants_start = True
        if self.asked[ASK_RESET] and not self.was_asked[ASK_RESET]:
            self.wants_reset = True
        if self.asked[ASK_FLUSH] != self.was_asked[ASK_FLUSH]:
            self.wants_policy = True
        if self._wants_stop():
            self.wants_start = False
        self.was_asked[ASK_FLUSH] = self.asked[ASK_FLUSH]
        self.was_asked[ASK_START] = self.asked[ASK_START]
        self.was_asked[ASK_RESET] = self.asked[ASK_RESET]

    def channel(self, int number):
        """What the line shows at a channel."""
        return self.seen[number] if 0 <= number < SEEN else 0

    def request(self, int number):
        """What is asked for at a channel."""
        return self.asked[number] if 0 <= number < ASKED else 0

    cdef bint _wants_stop(self) noexcept:
        return self.asked[ASK_STOP] or not self.asked[RUN_BELT]

    # ---- what the loop tells ----

    cdef int saw(self, int kind, int index, int a) noexcept:
        """An input on its way to the gate logic: what its `a` is to be, DROPPED if it is the program's alone."""
        if kind == IN_BLOCKED and 0 <= index < 160:
            self.seen[EYE_BLOCKED + index] = 1
            self.seen[EYE_COUNT + index] += 1
        elif kind == IN_CLEARED and 0 <= index < 160:
            self.seen[EYE_BLOCKED + index] = 0
        elif kind == IN_READ and 0 <= index < 4:
            self.seen[SCANNER_READS + index] += 1
        elif kind == IN_CHUTE and 0 <= index < self.n_chutes:
            self.chute_told[index] = a
            return self._chute_state(index)
        elif kind == IN_HEALTH and 0 <= index < self.n_gates:
            self.gate_told[index] = a != 0
            if a:
                self.gate_bad[index] = 0
            return self._gate_state(index)
        elif kind == IN_DRIVE:
            self.seen[BELT_RUNS] = a != 0
        elif kind == IN_ESTOP:
            self.seen[ESTOP] = a != 0
        elif kind == IN_START:
            self.seen[START_BUTTON] = 1
            return DROPPED
        elif kind == IN_STOP:
            self.seen[STOP_BUTTON] = 1
        elif kind == IN_RESET:
            self.seen[RESET_BUTTON] = 1
            self._reset()
        return a

    cdef int _gate_state(self, int g) noexcept:
        cdef int is_used = self.gate_told[g] and self.asked[ENABLE_GATE + g]
        self.gate_sent[g] = is_used
        self._show_gate(g)
        return is_used

    cdef void _show_gate(self, int g) noexcept:
        self.seen[GATE_HEALTHY + g] = self.gate_told[g] and not self.gate_bad[g]

    cdef int _chute_state(self, int c) noexcept:
        cdef int state = self.chute_told[c] if self.asked[ENABLE_CHUTE + c] else DISABLED
        self.chute_sent[c] = state
        self._show_chute(c)
        return state

    cdef void _show_chute(self, int c) noexcept:
        self.seen[CHUTE_STATE + c] = max(self.chute_told[c], self.chute_heaped[c])

    cdef void _reset(self) noexcept:
        """Gates that the gate logic has set aside are tried again."""
        cdef int g
        for g in range(self.n_gates):
            if self.gate_bad[g]:
                self.gate_bad[g] = 0
                self._show_gate(g)

    cdef void said(self, int kind, int a, int b, int c) noexcept:
        """An output of the gate logic."""
        if kind == OUT_EXTEND and 0 <= a < self.n_gates:
            self.seen[GATE_OUT + a] = 1
            self.seen[GATE_CYCLES + a] += 1
        elif kind == OUT_RETRACT and 0 <= a < self.n_gates:
            self.seen[GATE_OUT + a] = 0
        elif kind == OUT_SAFE and 0 <= a <= self.n_gates:
            self._safe(a, b if 0 < b < self.n_gates else self.n_gates)
        elif kind == OUT_INFEED:
            self.seen[INFEED_RUNS] = a == 0
        elif kind == OUT_MERGE:
            self.seen[LANE_RUNS] = a != 0
        elif kind == OUT_DISPOSITION:
            self._ended(b)
        elif kind == OUT_EVENT:
            self._event(a, c)
        elif kind == OUT_FAULT:
            self._fault(a, b)

    cdef void _safe(self, int first, int end) noexcept:
        """These gates go home."""
        if first < end:
            memset(&self.seen[GATE_OUT + first], 0, (end - first) * sizeof(int))

    cdef void _ended(self, int b) noexcept:
        cdef int outcome = b & 15, chute = (b >> 9 & 255) - 1
        if 1 <= outcome <= 5:
            self.seen[INDUCTED + outcome] += 1
        if outcome == 1 and 0 <= chute < self.n_chutes:
            self.seen[CHUTE_SORTED + chute] += 1

    cdef void _event(self, int code, int detail) noexcept:
        if code == E_INDUCTED:
            self.seen[INDUCTED] += 1
        elif (code == E_CHUTE_FULL or code == E_CHUTE_FREE) and 0 <= detail < self.n_chutes:
            self.chute_heaped[detail] = code == E_CHUTE_FULL
            self._show_chute(detail)

    cdef void _fault(self, int code, int index) noexcept:
        """The last fault stays until the line runs again."""
        self.seen[FAULT] = code
        self.seen[FAULT_INDEX] = index
        self.seen[FAULTS] += 1
        if code in (F_GATE_NO_END, F_GATE_FAILS, F_GATE_STUCK) and 0 <= index < self.n_gates:
            self.gate_bad[index] = 1
            self._show_gate(index)

    cdef void stand(self, int64_t now_us, int position, int state) noexcept:
        """Before a scan: time, encoder and state of the gate logic."""
        cdef int64_t elapsed = now_us - self.speed_at_us
        cdef int travel = ((position - self.speed_at + HALF) & MASK) - HALF
        if elapsed >= SPEED_US:
            self.seen[SPEED] = <int>max(0, <int64_t>travel * self.um_per_count * 1000 // elapsed)
            self.speed_at_us = now_us
            self.speed_at = position
        self.seen[POSITION] = position
        if state == IS_RUNNING and self.seen[STATE] != IS_RUNNING:
            self.seen[FAULT] = self.seen[FAULT_INDEX] = 0
        self.seen[STATE] = state

    # ---- what the program asks for, one thing after the other ----

    cdef bint next_request(self, int64_t now_us, int* record) noexcept:
        """The next input for the gate logic: its kind, index, -, a, b."""
        record[1] = record[3] = record[4] = 0
        if self._wants_stop() and IS_RUNNING <= self.seen[STATE] <= IS_STARTING:
            record[0] = IN_STOP
        elif now_us - self.sent_at_us < REQUEST_US:
            return False
        elif not (self._next_command(record) or self._next_gate(record) or self._next_chute(record)):
            return False
        self.sent_at_us = now_us
        self.requests += 1
        return True

    cdef bint _next_command(self, int* record) noexcept:
        cdef int hold = (self.asked[ASK_HOLD] or not self.asked[RUN_METER]) | (not self.asked[RUN_LOOP]) << 1
        if hold != self.hold_sent:
            record[0] = IN_HOLD
            record[3] = self.hold_sent = hold
        elif self.wants_policy:
            self.wants_policy = False
            record[0] = IN_POLICY
            record[3] = self.asked[ASK_FLUSH]
        elif self.wants_reset:
            self.wants_reset = False
            self._reset()
            record[0] = IN_RESET
        elif self.wants_start:
            self.wants_start = False
            record[0] = IN_START
        else:
            return False
        return True

    cdef bint _next_gate(self, int* record) noexcept:
        """Round and round, so that each has its turn."""
        cdef int n, g
        for n in range(self.n_gates):
            g = (self.next_gate + n) % self.n_gates
            if self.gate_sent[g] != (self.gate_told[g] and self.asked[ENABLE_GATE + g]):
                self.next_gate = g + 1
                record[0] = IN_HEALTH
                record[1] = g
                record[3] = self._gate_state(g)
                return True
        return False

    cdef bint _next_chute(self, int* record) noexcept:
        cdef int n, c
        for n in range(self.n_chutes):
            c = (self.next_chute + n) % self.n_chutes
            if self.chute_sent[c] != (self.chute_told[c] if self.asked[ENABLE_CHUTE + c] else DISABLED):
                self.next_chute = c + 1
                record[0] = IN_CHUTE
                record[1] = c
                record[3] = self._chute_state(c)
                return True
        return False


cdef int _fill(Copy* copies, rows) except -1:
    cdef int n = 0
    for channel, offset, width, bit in rows:
        copies[n] = Copy(channel, offset, width, bit)
        n += 1
    return n
