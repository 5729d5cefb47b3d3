"""The gate logic: where every parcel is, when each gate extends, holds and retracts.

Integers only, nothing allocated after construction, no clock and no pin: positions are 28-bit wrapping
encoder counts, ticks 28-bit wrapping microseconds, both come in as arguments. It knows only what
sensors tell it. Everything is decided in `step`; a step without input and with nothing due changes
nothing. The same file runs on the board, in the virtual machine and, compiled, on the host.

    gl = GateLogic(config)                       # flat integers, see `sortyard.config.compile`
    gl.feed(EYE_BLOCKED, 0, position, 0, 0)      # queue an input; 0 = no room, counted
    gl.step(position, ticks)                     # act
    n = gl.drain(buffer, 0)                      # n records of 5 integers: kind, a, b, c, position
    gl.due_position, gl.due_ticks, gl.is_pending # when the next step can change anything

The numbers of inputs, outputs, reasons, events and faults are in `codes`.
One parcel's way: `_induct` -> `_measure` -> `_on_read` -> `_close_reads` -> `_route` -> `_at_station` (at every
eye) -> `_decide` -> `_extend` -> `_retract` -> `_on_confirm` -> `_dispose`.
"""

from array import array

from .agenda import Agenda
from .tracks import Tracks

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NONE = const(-1)
_NEVER = const(0x07000000)

_IN_RING = const(256)
_OUT_RING = const(256)
_OUT_RESERVE = const(48)
_INPUTS_PER_STEP = const(2)
_DUES_PER_STEP = const(2)
_TIMERS_PER_STEP = const(1)
_WALK = const(4)
_SAMPLE_US = const(131072)
_SLOTS = const(512)

# Inputs
_EYE_BLOCKED = const(1)
_EYE_CLEARED = const(2)
_READ = const(3)
_DESTINATION = const(4)
_CHUTE = const(5)
_GATE_HEALTH = const(6)
_GATE_END = const(7)
_DRIVE = const(8)
_ESTOP = const(9)
_RESET = const(10)
_START = const(11)
_RESTART_POLICY = const(12)
_STOP = const(13)

# Outputs
_GATE_EXTEND = const(1)
_GATE_RETRACT = const(2)
_GATE_HOLD = const(3)
_GATES_SAFE = const(4)
_LINE = const(5)
_INFEED = const(6)
_MERGE = const(7)
_DISPOSITION = const(8)
_DEST_REQUEST = const(9)
_EVENT = const(10)
_FAULT = const(11)

_SORTED = const(1)
_RECIRCULATED = const(2)
_REJECTED = const(3)
_LOST = const(4)
_STRAY = const(5)

_R_NO_READ = const(1)
_R_MULTI_READ = const(2)
_R_NO_DATA = const(3)
_R_LATE_DATA = const(4)
_R_CHUTE_FULL = const(5)
_R_CHUTE_DISABLED = const(6)
_R_GATE_FAULT = const(7)
_R_GAP_TOO_SMALL = const(8)
_R_LENGTH = const(9)
_R_UNCERTAIN = const(10)
_R_FLUSHED = const(11)
_R_LAP_LIMIT = const(12)
_R_NOT_SEEN = const(13)
_R_MERGED = const(14)
_R_UNPROVEN = const(16)
_R_CARRIED = const(17)
_R_VANISHED = const(18)

_E_INDUCTED = const(1)
_E_MEASURED = const(2)
_E_ASSIGNED = const(3)
_E_ROUTED = const(4)
_E_CONDEMNED = const(5)
_E_DOUBTED = const(6)
_E_DIVERT_FAILED = const(7)
_E_STRAY_SEEN = const(8)
_E_UNEXPECTED_CONFIRM = const(9)
_E_READ_UNASSIGNED = const(10)
_E_LATE_ANSWER = const(11)
_E_FLUSH = const(12)
_E_RESUMED = const(13)
_E_CHUTE_FULL = const(14)
_E_CHUTE_FREE = const(15)
_E_GATE_SLOW = const(16)
_E_LOOP_LOAD = const(17)
_E_BELT_UNSTEADY = const(18)

_D_LENGTH = const(1)
_D_AMBIGUOUS = const(2)
_D_DIVERT_FAILED = const(3)
_D_BELT = const(4)

_F_JAM = const(1)
_F_STALLED = const(2)
_F_DRIFT = const(3)
_F_OVERSPEED = const(4)
_F_REVERSED = const(5)
_F_NO_END = const(6)
_F_GATE_FAILS = const(7)
_F_TRACKS_FULL = const(8)
_F_INPUTS_LOST = const(9)
_F_OUTPUTS_LOST = const(10)
_F_GATE_STUCK = const(11)
_F_GATE_WORN = const(12)

# Eye roles
_INFEED_EYE = const(0)
_VERIFY_EYE = const(1)
_END_EYE = const(2)
_CONFIRM_EYE = const(3)
_METER_EYE = const(4)
_MERGE_EYE = const(5)

# Line states
_STOPPED = const(0)
_RUNNING = const(1)
_STARTING = const(2)
_ESTOPPED = const(3)
_FAULTED = const(4)

# Track flags
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)  # may not be diverted any more
_IS_NAMELESS = const(4)  # which parcel it is is in doubt: nothing may be claimed
_AMBIG_FRONT = const(8)  # an edge fitted this track and the one behind
_AMBIG_BACK = const(16)
_IS_FIRED = const(32)  # its gate was extended for it
_IS_CONFIRMED = const(64)  # seen in the chute, trailing edge still awaited
_IS_PROVISIONAL = const(128)  # a confirm edge fitted this track and the next
_IS_OFF_BELT = const(256)  # not seen after its gate, as it should be
_IS_MULTI = const(512)
_IS_BLOCK = const(1024)  # another track is inside this one

# Data stages
_READING = const(0)
_WAITING = const(1)
_DECIDED = const(2)

# Gate stages of a track
_NO_GATE = const(0)
_ROUTED = const(1)
_COMMITTED = const(2)

# Gate states
_HOME = const(0)
_ARMED = const(1)
_OUT = const(2)

# Merge states
_IDLE = const(0)
_CLEARING = const(1)
_RELEASING = const(2)
_PASSING = const(3)

# Reasons of an infeed stop
_HOLD_METER = const(1)
_HOLD_MERGE = const(2)
_HOLD_LINE = const(4)

_VERSION = const(1)
_HEAD = const(40)
_EYE_ROW = const(4)
_SCANNER_ROW = const(4)
_GATE_ROW = const(13)
_CHUTE_ROW = const(5)

_SAFE_HOLD = const(1)
_HOST_ONLY = const(255)
_DIVERT_FAILS = const(3)
_UNEXPECTED = const(3)


class GateLogic:
    """`config`: flat integers as `sortyard.config.compile` lays them out. ValueError if they are not that."""

    def __init__(self, config):
        c = array("i", config)
        self._check(c)
        self.config = c
        n_tracks = c[2]
        self.n_eyes = c[4]
        self.n_scanners = c[5]
        self.n_gates = c[6]
        self.n_chutes = c[7]
        self.n_groups = c[8]
        self.n_stations = c[10]
        self.has_end_eye = c[11]
        self.min_length = c[13]
        self.max_length = c[14]
        self.jam_length = c[15]
        self.length_tolerance = c[16]
        self.steady_tolerance = c[19]
        self.has_host = c[23]
        self.is_flushing = c[24]
        self.recirculate_reasons = c[25]
        self.recirculation_chute = c[26]
        self.lap_limit = c[27]
        self.loop_warning = c[28]
        self.end_chute = c[29]
        self.meter_gap = c[30]
        self.read_end = c[34]
        self.deadline_guard = c[35]
        self.edge_late = c[36]
        self._build_tables(c)

        self.tracks = Tracks(n_tracks, self.n_stations)
        self.gate_entity = n_tracks
        self.chute_entity = n_tracks + self.n_gates
        self.meter_entity = self.chute_entity + self.n_chutes
        self.merge_entity = self.meter_entity + 1
        self.agenda = Agenda(self.merge_entity + 1, c[3])

        self.in_ring = array("i", [0] * (5 * _IN_RING))
        self.in_first = 0
        self.in_count = 0
        self.inputs_lost = 0
        self.out_ring = array("i", [0] * (5 * _OUT_RING))
        self.out_first = 0
        self.out_count = 0
        self.outputs_lost = 0

        self.position = 0
        self.ticks = 0
        self.is_started = 0
        self.due_position = 0
        self.due_ticks = 0
        self.is_pending = 1
        self._start_state(c)

    def _check(self, c):
        if len(c) < _HEAD or c[0] != _VERSION:
            raise ValueError("gate configuration: wrong version or too short")
        size = _HEAD + _EYE_ROW * c[4] + _SCANNER_ROW * c[5] + _GATE_ROW * c[6] + _CHUTE_ROW * c[7]
        if len(c) != size + c[8] + 1 + c[9]:
            raise ValueError("gate configuration: length does not fit its counts")
        capacity = c[2]
        if capacity < 8 or capacity > 1024 or capacity & (capacity - 1):
            raise ValueError("gate configuration: track capacity is not a power of two from 8 to 1024")
        for i in range(len(c)):
            if c[i] < -(1 << 29) or c[i] >= 1 << 29:
                raise ValueError("gate configuration: a value leaves the range of a small integer")

    def _build_tables(self, c):
        at = _HEAD
        n = self.n_eyes
        self.eye_role = self._column(c, at, n, _EYE_ROW, 0)
        self.eye_x = self._column(c, at, n, _EYE_ROW, 1)
        self.eye_window = self._column(c, at, n, _EYE_ROW, 2)
        self.eye_chute = self._column(c, at, n, _EYE_ROW, 3)
        self.eye_blocked = array("i", [0] * n)
        # Stations are the eyes 1 to n_stations; without an end eye the last one is the end of the belt itself.
        self.station_x = array("i", [0] * (self.n_stations + 2))
        self.station_window = array("i", [0] * (self.n_stations + 2))
        self.slip = array("i", [0] * (self.n_stations + 2))
        self.in_eye = array("i", [_NONE] * (self.n_stations + 2))
        for s in range(1, self.n_stations + 1):
            if s == self.n_stations and not self.has_end_eye:
                self.station_x[s] = c[12]
            else:
                self.station_x[s] = self.eye_x[s]
                self.station_window[s] = self.eye_window[s]
        at += _EYE_ROW * n
        n = self.n_scanners
        self.scan_x = self._column(c, at, n, _SCANNER_ROW, 0)
        self.scan_window = self._column(c, at, n, _SCANNER_ROW, 1)
        self.scan_latency = self._column(c, at, n, _SCANNER_ROW, 2)
        self.scan_guard = self._column(c, at, n, _SCANNER_ROW, 3)
        at += _SCANNER_ROW * n
        self._build_gates(c, at)
        at += _GATE_ROW * self.n_gates
        self._build_chutes(c, at)
        at += _CHUTE_ROW * self.n_chutes
        self.group_first = self._column(c, at, self.n_groups + 1, 1, 0)
        self.group_chute = self._column(c, at + self.n_groups + 1, c[9], 1, 0)

    def _build_gates(self, c, at):
        n = self.n_gates
        self.gate_impulse = self._column(c, at, n, _GATE_ROW, 0)
        self.zone_start = self._column(c, at, n, _GATE_ROW, 1)
        self.zone_end = self._column(c, at, n, _GATE_ROW, 2)
        self.gate_margin = self._column(c, at, n, _GATE_ROW, 3)
        self.gate_lead = self._column(c, at, n, _GATE_ROW, 4)
        self.gate_return = self._column(c, at, n, _GATE_ROW, 5)
        self.gate_decide = self._column(c, at, n, _GATE_ROW, 6)
        self.gate_section = self._column(c, at, n, _GATE_ROW, 7)
        self.gate_safe = self._column(c, at, n, _GATE_ROW, 8)
        self.gate_feedback = self._column(c, at, n, _GATE_ROW, 9)
        self.gate_out_us = self._column(c, at, n, _GATE_ROW, 10)
        self.gate_home_us = self._column(c, at, n, _GATE_ROW, 11)
        self.gate_rated = self._column(c, at, n, _GATE_ROW, 12)
        self.gate_state = array("i", [_HOME] * n)
        self.gate_track = array("i", [_NONE] * n)
        self.gate_number = array("i", [0] * n)
        self.gate_next = array("i", [_NONE] * n)
        self.gate_next_due = array("i", [0] * n)
        self.gate_home_at = array("i", [0] * n)
        self.gate_is_moving = array("i", [0] * n)
        self.gate_epoch = array("i", [0] * n)
        self.gate_bad = array("i", [0] * n)
        self.gate_sick = array("i", [0] * n)
        self.gate_end_seen = array("i", [0] * n)
        self.gate_moved_at = array("i", [0] * n)
        self.gate_cycles = array("i", [0] * n)
        self.gate_fails = array("i", [0] * n)
        self.gate_timer = array("i", [0] * n)
        self.gate_timed = array("i", [0] * n)
        self.timers = array("i", [0] * (n + 1))
        self.n_timers = 0
        # One bit per gate, 16 to a word: what the ports show, and which gates stay put in an emergency stop.
        self.gates_out = array("i", [0] * ((n >> 4) + 1))
        self.gates_hold = array("i", [0] * ((n >> 4) + 1))
        for g in range(n):
            if self.gate_safe[g] == _SAFE_HOLD:
                self.gates_hold[g >> 4] |= 1 << (g & 15)

    def _build_chutes(self, c, at):
        n = self.n_chutes
        self.chute_kind = self._column(c, at, n, _CHUTE_ROW, 0)
        self.chute_gate = self._column(c, at, n, _CHUTE_ROW, 1)
        self.travel_least = self._column(c, at, n, _CHUTE_ROW, 2)
        self.travel_most = self._column(c, at, n, _CHUTE_ROW, 3)
        self.has_confirm = self._column(c, at, n, _CHUTE_ROW, 4)
        self.chute_state = array("i", [0] * n)
        self.chute_heaped = array("i", [0] * n)
        self.chute_first = array("i", [_NONE] * n)
        self.chute_unexpected = array("i", [0] * n)
        self.slot_laps = array("i", [0] * _SLOTS)

    def _column(self, c, at, n, row, column):
        return array("i", [c[at + row * i + column] for i in range(n)])

    def _start_state(self, c):
        self.state = _STOPPED
        self.epoch = 0
        self.stop_epoch = 0
        self.reset_epoch = 1
        self.estop_level = 0
        self.estop_latch = 0
        self.must_recover = 0
        self.is_touched = 0
        self.is_agreeing = 1
        self.check_next = 0
        self.drive_on = 0
        self.drive_samples = 0
        self.speed = 0
        self.is_steady = 0
        self.is_standing = 1
        self.sample_position = 0
        self.sample_ticks = 0
        self.infeed_hold = _HOLD_LINE
        self.inducting = _NONE
        self.read_head = _NONE
        self.meter_clear = 0
        self.has_metered = 0
        self.merge_state = _IDLE
        self.merge_eye_blocked = 0
        self.loop_load = 0

    # The public face --------------------------------------------------------------------------------

    def feed(self, kind, index, position, a, b):
        """Queue one input; any signed 32-bit values. 1 = taken, 0 = the ring is full (counted, reported)."""
        if kind == _ESTOP:
            # A level, not a message: served at the head of the next step, whatever waits in the ring.
            self.estop_level = 1 if a else 0
            if a:
                self.estop_latch = 1
            self.is_pending = 1
            return 1
        if self.in_count >= _IN_RING:
            self.inputs_lost += 1
            return 0
        at = ((self.in_first + self.in_count) & (_IN_RING - 1)) * 5
        ring = self.in_ring
        ring[at] = kind & 0xFF
        ring[at + 1] = index & 0xFFFF
        ring[at + 2] = position & _MASK
        ring[at + 3] = a & _MASK
        ring[at + 4] = b & 0xFFFF
        self.in_count += 1
        self.is_pending = 1
        return 1

    def step(self, position, ticks):
        """Act on what was fed and what is due at this belt position (counts) and time (microseconds)."""
        position &= _MASK
        ticks &= _MASK
        self.position = position
        self.ticks = ticks
        if not self.is_started:
            self._begin()
        if self.is_pending:
            self._work()
        if ((position - self.agenda.next_due + _HALF) & _MASK) >= _HALF:
            self._run_dues()
        if ((ticks - self.due_ticks + _HALF) & _MASK) >= _HALF:
            self._run_ticks()
        self.due_position = self.agenda.next_due

    def drain(self, buffer, offset):
        """Move records (kind, a, b, c, position) to buffer[offset] on, as many as fit; returns how many."""
        ring = self.out_ring
        n = 0
        while self.out_count and offset >= 0 and offset + 5 <= len(buffer):
            at = self.out_first * 5
            buffer[offset] = ring[at]
            buffer[offset + 1] = ring[at + 1]
            buffer[offset + 2] = ring[at + 2]
            buffer[offset + 3] = ring[at + 3]
            buffer[offset + 4] = ring[at + 4]
            offset += 5
            n += 1
            self.out_first = (self.out_first + 1) & (_OUT_RING - 1)
            self.out_count -= 1
        return n

    # One step ---------------------------------------------------------------------------------------

    def _begin(self):
        self.is_started = 1
        self.agenda.start(self.position)
        self.sample_position = self.position
        self.sample_ticks = self.ticks
        self.due_ticks = (self.ticks + _SAMPLE_US) & _MASK
        for g in range(self.n_gates):
            self.gate_home_at[g] = self.position

    def _work(self):
        if self.estop_latch or self.estop_level:
            self._enter_estop()
        if self.inputs_lost and self.out_count < _OUT_RING - _OUT_RESERVE:
            self._emit(_FAULT, _F_INPUTS_LOST, 0, self.inputs_lost & _MASK, self.position)
            self.inputs_lost = 0
        budget = _INPUTS_PER_STEP
        while budget and self.in_count and self.out_count < _OUT_RING - _OUT_RESERVE:
            self._take_input()
            budget -= 1
        if self.state == _STARTING:
            self._continue_start()
        self.is_pending = 1 if self.in_count or self.state == _STARTING else 0

    def _take_input(self):
        ring = self.in_ring
        at = self.in_first * 5
        self.in_first = (self.in_first + 1) & (_IN_RING - 1)
        self.in_count -= 1
        kind = ring[at]
        index = ring[at + 1]
        position = ring[at + 2]
        a = ring[at + 3]
        if kind == _EYE_BLOCKED:
            if index < self.n_eyes:
                self._on_blocked(index, position)
        elif kind == _EYE_CLEARED:
            if index < self.n_eyes:
                self._on_cleared(index, position)
        elif kind == _READ:
            if index < self.n_scanners:
                self._on_read(index, position, a, ring[at + 4])
        elif kind == _DESTINATION:
            self._on_destination(index, a, ring[at + 4] & 0xFF)
        elif kind == _GATE_END:
            if index < self.n_gates:
                self._on_gate_end(index, a)
        elif kind == _CHUTE:
            if index < self.n_chutes:
                self.chute_state[index] = a if a < 3 else 2
        elif kind == _GATE_HEALTH:
            if index < self.n_gates:
                self.gate_sick[index] = 0 if a else 1
        else:
            self._on_command(kind, a)

    def _run_dues(self):
        budget = _DUES_PER_STEP
        while budget and self.out_count < _OUT_RING - _OUT_RESERVE:
            entity = self.agenda.take(self.position)
            if entity < 0:
                return
            if entity < self.gate_entity:
                self._run_track(entity)
            elif entity < self.chute_entity:
                self._run_gate(entity - self.gate_entity)
            elif entity < self.meter_entity:
                self._heap(entity - self.chute_entity)
            elif entity == self.meter_entity:
                self._hold_infeed(_HOLD_METER, 0)
            else:
                self._run_merge()
            budget -= 1

    def _run_ticks(self):
        if ((self.ticks - self.sample_ticks - _SAMPLE_US + _HALF) & _MASK) >= _HALF:
            self._sample_speed()
        budget = _TIMERS_PER_STEP
        i = 0
        due = (self.sample_ticks + _SAMPLE_US) & _MASK
        while i < self.n_timers:
            g = self.timers[i]
            at = self.gate_timer[g]
            if budget and ((self.ticks - at + _HALF) & _MASK) >= _HALF:
                budget -= 1
                self.n_timers -= 1
                self.timers[i] = self.timers[self.n_timers]
                self.gate_timed[g] = 0
                self._timer_over(g)
                continue
            if ((at - due + _HALF) & _MASK) < _HALF:
                due = at
            i += 1
        self.due_ticks = due

    def _emit(self, kind, a, b, c, position):
        if self.out_count >= _OUT_RING:
            self.outputs_lost += 1
            return
        if self.outputs_lost and self.out_count < _OUT_RING - _OUT_RESERVE:
            lost = self.outputs_lost & _MASK
            self.outputs_lost = 0
            self._emit(_FAULT, _F_OUTPUTS_LOST, 0, lost, position)
        ring = self.out_ring
        at = ((self.out_first + self.out_count) & (_OUT_RING - 1)) * 5
        ring[at] = kind
        ring[at + 1] = a
        ring[at + 2] = b
        ring[at + 3] = c
        ring[at + 4] = position
        self.out_count += 1

    def _event(self, code, t, detail):
        self._emit(_EVENT, code, self.tracks.number[t] if t >= 0 else 0, detail, self.position)

    def _schedule(self, t):
        tr = self.tracks
        due = tr.eye_due[t]
        if tr.data_due[t] < due:
            due = tr.data_due[t]
        if tr.trail_due[t] < due:
            due = tr.trail_due[t]
        if tr.gate_due[t] < due:
            due = tr.gate_due[t]
        if due >= _NEVER:
            self.agenda.remove(t)
        else:
            self.agenda.put(t, (tr.origin[t] + due) & _MASK)

    def _run_track(self, t):
        tr = self.tracks
        travelled = ((self.position - tr.origin[t] + _HALF) & _MASK) - _HALF
        if tr.data_due[t] <= travelled:
            tr.data_due[t] = _NEVER
            if tr.data_stage[t] == _READING:
                self._close_reads(t)
            else:
                self._answer_late(t)
        elif tr.gate_due[t] <= travelled:
            tr.gate_due[t] = _NEVER
            if tr.gate_stage[t] == _ROUTED:
                self._decide(t)
            else:
                self._confirm_missing(t)
        elif tr.trail_due[t] <= travelled:
            self._overlong(t)
        elif tr.eye_due[t] <= travelled:
            if self.in_count and self.out_count < _OUT_RING - _OUT_RESERVE:
                # An edge that waits its turn may be this track's: ask again at the next step.
                self.agenda.put(t, (self.position + 1) & _MASK)
                return
            self._not_seen(t)
        if tr.used[t]:
            self._schedule(t)

    # Eyes -------------------------------------------------------------------------------------------

    def _on_blocked(self, eye, position):
        if self.eye_blocked[eye]:
            return
        self.eye_blocked[eye] = 1
        role = self.eye_role[eye]
        if role <= _END_EYE and self.is_standing:
            self.is_touched = 1
        if role == _VERIFY_EYE or role == _END_EYE:
            self._at_station(eye, position)
        elif role == _INFEED_EYE:
            self._induct(position)
        elif role == _CONFIRM_EYE:
            chute = self.eye_chute[eye]
            self.agenda.put(self.chute_entity + chute, (position + self.config[37]) & _MASK)
            self._on_confirm(chute, position)
        elif role == _METER_EYE:
            self._meter_blocked(position)
        else:
            self._merge_blocked(position)

    def _on_cleared(self, eye, position):
        if not self.eye_blocked[eye]:
            return
        self.eye_blocked[eye] = 0
        role = self.eye_role[eye]
        if role <= _END_EYE and self.is_standing:
            self.is_touched = 1
        if role == _VERIFY_EYE or role == _END_EYE:
            self._station_cleared(eye, position)
        elif role == _INFEED_EYE:
            self._measure(position)
        elif role == _CONFIRM_EYE:
            chute = self.eye_chute[eye]
            self.agenda.remove(self.chute_entity + chute)
            if self.chute_heaped[chute]:
                self.chute_heaped[chute] = 0
                self._emit(_EVENT, _E_CHUTE_FREE, 0, chute, position)
        elif role == _METER_EYE:
            self.meter_clear = position
            self.has_metered = 1
        else:
            self._merge_cleared(position)

    def _induct(self, position):
        tr = self.tracks
        t = tr.new(position, 1, self.epoch)
        if t < 0:
            self._stop_fault(_F_TRACKS_FULL, 0, 0)
            return
        tr.append(t)
        self.inducting = t
        if self.read_head < 0:
            self.read_head = t
        tr.trail_due[t] = self.jam_length
        self._expect(t)
        self._emit(_EVENT, _E_INDUCTED, tr.number[t], 0, position)
        self._schedule(t)

    def _measure(self, position):
        t = self.inducting
        if self.merge_state == _PASSING:
            self._merge_done()
        if t < 0:
            return
        self.inducting = _NONE
        tr = self.tracks
        length = ((position - tr.origin[t] + _HALF) & _MASK) - _HALF
        if length < 1:
            length = 1
        elif length > _NEVER >> 2:
            length = _NEVER >> 2
        tr.length[t] = length
        tr.trail_due[t] = _NEVER
        tr.data_due[t] = self.read_end + length
        self._event(_E_MEASURED, t, length)
        if length < self.min_length or length > self.max_length:
            self._condemn(t, _R_LENGTH)
        self._schedule(t)

    def _expect(self, t):
        """Set when `t` must have been seen at the next station."""
        tr = self.tracks
        s = tr.section[t]
        tr.eye_due[t] = self.station_x[s] + self.slip[s] + self.station_window[s] + self.edge_late

    def _error(self, t, s, position):
        """Counts by which an edge at station `s` is behind the place where `t` should make it."""
        expected = self.tracks.origin[t] + self.station_x[s] + self.slip[s]
        return ((position - expected + _HALF) & _MASK) - _HALF

    def _at_station(self, s, position):
        tr = self.tracks
        window = self.station_window[s]
        t = tr.head[s]
        error = 0
        for _ in range(_WALK):
            if t < 0:
                break
            error = self._error(t, s, position)
            if error <= window:
                break
            # Its window was over before this edge: it is missing, whatever the agenda has got to.
            self._not_seen(t)
            t = tr.head[s]
        if t < 0 or error < -window or error > window:
            self._stray(s, position)
            return
        behind = tr.behind[t]
        if behind >= 0 and tr.section[behind] == s:
            second = self._error(behind, s, position)
            if -window <= second <= window:
                if tr.gate_stage[t] == _COMMITTED and tr.flags[t] & _IS_FIRED:
                    # The first should be in its chute: most likely the second, but nobody knows.
                    self._not_seen(t)
                    t = behind
                    error = second
                    self._doubt(t, _D_AMBIGUOUS)
                else:
                    tr.flags[t] |= _AMBIG_FRONT
                    tr.flags[behind] |= _AMBIG_BACK
        self._seen(t, s, position, error)

    def _seen(self, t, s, position, error):
        tr = self.tracks
        if not tr.flags[t] & (_IS_STRAY | _AMBIG_FRONT | _AMBIG_BACK | _IS_UNCERTAIN):
            self._learn_slip(s, error)
        tr.origin[t] = (position - self.station_x[s]) & _MASK
        if s < self.n_stations:
            tr.advance(t)
            self._expect(t)
        else:
            tr.eye_due[t] = _NEVER
        self.in_eye[s] = t
        if tr.length[t]:
            tr.trail_due[t] = self.station_x[s] + tr.length[t] + self.length_tolerance
        else:
            tr.trail_due[t] = self.station_x[s] + self.jam_length
        if tr.gate_stage[t] == _COMMITTED and tr.flags[t] & _IS_FIRED:
            self._divert_failed(t)
        self._schedule(t)

    def _learn_slip(self, s, error):
        """An eighth of the deviation, never more than half the window in all."""
        slip = self.slip[s] + (error >> 3)
        limit = self.station_window[s] >> 1
        if slip > limit:
            slip = limit
        elif slip < -limit:
            slip = -limit
        self.slip[s] = slip

    def _station_cleared(self, s, position):
        t = self.in_eye[s]
        if t < 0:
            return
        self.in_eye[s] = _NONE
        tr = self.tracks
        tr.trail_due[t] = _NEVER
        length = ((position - tr.origin[t] - self.station_x[s] + _HALF) & _MASK) - _HALF
        if length < 1:
            length = 1
        elif length > _NEVER >> 2:
            length = _NEVER >> 2
        known = tr.length[t]
        tr.length[t] = length
        if known and not -self.length_tolerance <= length - known <= self.length_tolerance:
            self._doubt(t, _D_LENGTH)
        elif known:
            # The first length was measured on a fresh parcel; keep it, so that tolerances do not add up.
            tr.length[t] = known
            self._resolve(t)
        if s == self.n_stations:
            self._finish(t)
        elif tr.flags[t] & _IS_CONFIRMED:
            self._claim(t)
        else:
            self._schedule(t)

    def _resolve(self, t):
        """Order and length agree: an edge that fitted two tracks is settled when the second agrees too."""
        tr = self.tracks
        if tr.flags[t] & _AMBIG_BACK:
            tr.flags[t] &= ~_AMBIG_BACK
            front = tr.ahead[t]
            if front >= 0 and not tr.flags[front] & _AMBIG_BACK:
                tr.flags[front] &= ~_AMBIG_FRONT

    def _overlong(self, t):
        """No trailing edge where it should be: two have closed up, later it is a jam."""
        tr = self.tracks
        s = tr.section[t]
        x = 0
        if t != self.inducting:
            if s == self.n_stations and self.in_eye[s] == t:
                x = self.station_x[s]
            else:
                s -= 1
                x = self.station_x[s]
            if tr.trail_due[t] < x + self.jam_length:
                tr.trail_due[t] = x + self.jam_length
                self._doubt(t, _D_LENGTH)
                return
        else:
            s = 0
        tr.trail_due[t] = _NEVER
        self._stop_fault(_F_JAM, s, tr.number[t])

    def _stray(self, s, position):
        tr = self.tracks
        t = tr.new((position - self.station_x[s]) & _MASK, s + 1, self.epoch)
        if t < 0:
            self._stop_fault(_F_TRACKS_FULL, s, 0)
            return
        tr.flags[t] = _IS_STRAY
        tr.data_stage[t] = _DECIDED
        if s < self.n_stations:
            tr.insert(t)
            self._expect(t)
        else:
            tr.section[t] = s
            tr.append(t)
        self.in_eye[s] = t
        tr.trail_due[t] = self.station_x[s] + self.jam_length
        self._event(_E_STRAY_SEEN, t, s)
        self._schedule(t)

    def _not_seen(self, t):
        """The window of the next station is over for `t`."""
        tr = self.tracks
        s = tr.section[t]
        tr.eye_due[t] = _NEVER
        flags = tr.flags[t]
        if s == self.n_stations and not self.has_end_eye:
            if tr.gate_stage[t] == _COMMITTED and flags & _IS_FIRED and not self.has_confirm[tr.chute[t]]:
                self._claim(t)
            else:
                self._finish(t)
        elif tr.gate_stage[t] == _COMMITTED and flags & _IS_FIRED:
            if self.has_confirm[tr.chute[t]]:
                self._leave_belt(t)
            else:
                self._claim(t)
        elif flags & _IS_STRAY:
            self._dispose(t, _STRAY, _R_VANISHED, _NONE, 0)
        elif self.in_eye[s] >= 0 and s < self.n_stations + 1:
            block = self.in_eye[s]
            tr.flags[block] |= _IS_BLOCK
            self._dispose(t, _LOST, _R_MERGED, _NONE, 0)
        else:
            self._dispose(t, _LOST, _R_NOT_SEEN, _NONE, 0)

    def _leave_belt(self, t):
        """Diverted and, as it should be, not seen further down: only its confirm eye can tell now."""
        tr = self.tracks
        tr.flags[t] |= _IS_OFF_BELT
        self._forget_place(t)
        self._schedule(t)

    def _forget_place(self, t):
        tr = self.tracks
        if self.read_head == t:
            self.read_head = tr.behind[t]
        flags = tr.flags[t]
        if flags & _AMBIG_BACK:
            front = tr.ahead[t]
            if front >= 0 and tr.flags[front] & _AMBIG_FRONT:
                tr.flags[front] &= ~_AMBIG_FRONT
                self._doubt(front, _D_AMBIGUOUS)
                self._schedule(front)
        tr.unlink(t)

    # Reads and destinations -------------------------------------------------------------------------

    def _on_read(self, scanner, position, a, b):
        slot = a & (_SLOTS - 1)
        if a & 1024:
            self.slot_laps[slot] = 0
        tr = self.tracks
        code_at = position - ((self.scan_latency[scanner] * self.speed) >> 10) - self.scan_x[scanner]
        window = self.scan_window[scanner]
        t = self.read_head
        for _ in range(_WALK):
            if t < 0:
                break
            along = ((code_at - tr.origin[t] + _HALF) & _MASK) - _HALF
            if along < -window:
                break
            length = tr.length[t]
            if not length or along <= length + window:
                t = self._nearest(t, along, length, window, scanner)
                if t >= 0:
                    self._assign(t, slot, b)
                    return
                break
            behind = tr.behind[t]
            if self.read_head == t and tr.data_stage[t] != _READING:
                # Condemned before its reads were closed; now it is past the scanner.
                self.read_head = behind
            t = behind
        self._emit(_EVENT, _E_READ_UNASSIGNED, 0, slot, position)

    def _nearest(self, t, along, length, window, scanner):
        """`t`, the track behind it, or -1 where the code may belong to either."""
        tr = self.tracks
        behind = tr.behind[t]
        if behind < 0 or not length:
            return t
        gap = ((tr.origin[behind] - tr.origin[t] + _HALF) & _MASK) - _HALF - length
        if along < length + gap - window:
            return t
        middle = length + (gap >> 1)
        guard = self.scan_guard[scanner]
        if along <= middle - guard:
            return t
        if along < middle + guard:
            return _NONE
        return behind

    def _assign(self, t, slot, plan):
        tr = self.tracks
        if tr.data_stage[t] != _READING or tr.flags[t] & _IS_STRAY:
            self._event(_E_READ_UNASSIGNED, t, slot)
            return
        known = tr.slot[t]
        if known == slot:
            return
        if known >= 0:
            if plan >> 8 < tr.plan[t] >> 8:
                return
            if plan >> 8 == tr.plan[t] >> 8:
                tr.flags[t] |= _IS_MULTI
                return
            tr.flags[t] &= ~_IS_MULTI
        tr.slot[t] = slot
        tr.plan[t] = plan
        tr.answer[t] = _NONE
        self._event(_E_ASSIGNED, t, slot)
        if self.has_host:
            self._emit(_DEST_REQUEST, tr.number[t], slot, 0, self.position)

    def _close_reads(self, t):
        tr = self.tracks
        if self.read_head == t:
            self.read_head = tr.behind[t]
        if tr.flags[t] & _IS_MULTI:
            self._condemn(t, _R_MULTI_READ)
        elif tr.slot[t] < 0:
            self._condemn(t, _R_NO_READ)
        elif not self.has_host:
            self._route_plan(t)
        elif tr.answer[t] >= 0:
            self._route_answer(t)
        else:
            tr.data_stage[t] = _WAITING
            tr.data_due[t] = self._deadline(tr.plan[t] & 0xFF)

    def _deadline(self, plan):
        """Offset by which a destination must be known: the plan's own gate, else the last one."""
        g = self.n_gates - 1
        if 0 < plan <= self.n_groups:
            chute = self.group_chute[self.group_first[plan - 1]]
            if self.chute_gate[chute] >= 0:
                g = self.chute_gate[chute]
        return self.gate_decide[g] - self.deadline_guard

    def _answer_late(self, t):
        """The host was silent up to the deadline: the board's own plan decides."""
        if (self.tracks.plan[t] & 0xFF) == _HOST_ONLY:
            self.tracks.data_stage[t] = _DECIDED
            self._fall_back(t, _R_LATE_DATA)
        else:
            self._route_plan(t)

    def _on_destination(self, slot, handle, group):
        tr = self.tracks
        t = tr.find(handle)
        if t < 0 or tr.data_stage[t] == _DECIDED or tr.slot[t] != slot:
            self._emit(_EVENT, _E_LATE_ANSWER, handle, group, self.position)
            return
        tr.answer[t] = group
        if tr.data_stage[t] == _WAITING:
            tr.data_due[t] = _NEVER
            self._route_answer(t)
            self._schedule(t)

    def _route_answer(self, t):
        self._route_group(t, self.tracks.answer[t])

    def _route_plan(self, t):
        plan = self.tracks.plan[t] & 0xFF
        if plan == _HOST_ONLY:
            self.tracks.data_stage[t] = _DECIDED
            self._fall_back(t, _R_LATE_DATA)
        else:
            self._route_group(t, plan)

    def _route_group(self, t, group):
        self.tracks.data_stage[t] = _DECIDED
        if group < 1 or group > self.n_groups:
            self._condemn(t, _R_NO_DATA)
        else:
            self._route(t, group, _NONE)

    def _route(self, t, group, passed_over):
        """Send `t` to the first chute of its group that can be had; `passed_over` has just failed it."""
        tr = self.tracks
        if tr.reason[t] or tr.flags[t] & (_IS_UNCERTAIN | _IS_STRAY):
            self._condemn(t, _R_UNCERTAIN)
            return
        tr.answer[t] = group
        travelled = ((self.position - tr.origin[t] + _HALF) & _MASK) - _HALF
        reason = 0
        i = self.group_first[group - 1]
        end = self.group_first[group]
        while i < end:
            chute = self.group_chute[i]
            i += 1
            why = self._refusal(chute)
            if not why and chute != passed_over:
                if self.chute_gate[chute] < 0:
                    self._send(t, chute)
                    return
                if self._decide_at(t, chute) > travelled:
                    self._send(t, chute)
                    return
                why = _R_LATE_DATA
            if not reason:
                reason = why
        self._fall_back(t, reason if reason else _R_LATE_DATA)

    def _send(self, t, chute):
        tr = self.tracks
        tr.chute[t] = chute
        if self.chute_gate[chute] >= 0:
            tr.gate_stage[t] = _ROUTED
            tr.gate_due[t] = self._decide_at(t, chute)
        self._event(_E_ROUTED, t, chute)

    def _decide_at(self, t, chute):
        """Offset of the last chance to choose this chute."""
        g = self.chute_gate[chute]
        if self.gate_impulse[g]:
            return self.gate_decide[g] + (self.tracks.length[t] >> 1)
        return self.gate_decide[g]

    def _refusal(self, chute):
        """Reason why a chute can't be had now, 0 if it can."""
        g = self.chute_gate[chute]
        if g >= 0 and (self.gate_sick[g] or self.gate_bad[g] == self.reset_epoch):
            return _R_GATE_FAULT
        if self.chute_state[chute] == 2:
            return _R_CHUTE_DISABLED
        if self.chute_state[chute] == 1 or self.chute_heaped[chute]:
            return _R_CHUTE_FULL
        return 0

    def _fall_back(self, t, reason):
        """Another lap if the policy, the lap count and the recirculation gate allow it, else reject."""
        tr = self.tracks
        chute = self.recirculation_chute
        slot = tr.slot[t]
        if chute < 0 or slot < 0 or not (self.recirculate_reasons >> reason) & 1 or tr.chute[t] == chute:
            self._condemn(t, reason)
        elif self.slot_laps[slot] >= self.lap_limit:
            self._condemn(t, _R_LAP_LIMIT)
        else:
            travelled = ((self.position - tr.origin[t] + _HALF) & _MASK) - _HALF
            if self._refusal(chute) or self._decide_at(t, chute) <= travelled:
                self._condemn(t, reason)
            else:
                tr.reason[t] = reason
                self._send(t, chute)

    def _condemn(self, t, reason):
        """`t` runs to the end of the belt. The first reason stands."""
        tr = self.tracks
        if not tr.reason[t]:
            tr.reason[t] = reason
        tr.data_stage[t] = _DECIDED
        tr.data_due[t] = _NEVER
        if tr.gate_stage[t] != _NO_GATE:
            tr.gate_stage[t] = _NO_GATE
            tr.gate_due[t] = _NEVER
        tr.chute[t] = _NONE
        self._event(_E_CONDEMNED, t, tr.reason[t])

    def _doubt(self, t, cause):
        """`t` is UNCERTAIN from now on: not diverted any more; without a name if its identity is in doubt."""
        tr = self.tracks
        flags = tr.flags[t]
        if cause == _D_LENGTH or cause == _D_AMBIGUOUS:
            tr.flags[t] = flags | _IS_UNCERTAIN | _IS_NAMELESS
        else:
            tr.flags[t] = flags | _IS_UNCERTAIN
        if flags & _IS_STRAY:
            return
        self._event(_E_DOUBTED, t, cause)
        if tr.gate_stage[t] == _COMMITTED:
            if flags & _IS_FIRED:
                return
            self._cancel(t)
        self._condemn(t, _R_UNCERTAIN)

    # Gates ------------------------------------------------------------------------------------------

    def _sync(self, g):
        """After an emergency stop every gate is in its safe state: take that over on first use."""
        if self.gate_epoch[g] == self.stop_epoch:
            return
        self.gate_epoch[g] = self.stop_epoch
        self.agenda.remove(self.gate_entity + g)
        self.gate_next[g] = _NONE
        self.gate_track[g] = _NONE
        if self.gate_state[g] != _OUT or self.gate_safe[g] != _SAFE_HOLD:
            self.gate_state[g] = _HOME
            self.gate_home_at[g] = self.position

    def _decide(self, t):
        """The last chance: commit the gate to `t`, or send it elsewhere."""
        tr = self.tracks
        chute = tr.chute[t]
        reason = 0
        if tr.epoch[t] != self.epoch:
            reason = _R_FLUSHED
        elif tr.flags[t] & (_IS_UNCERTAIN | _AMBIG_FRONT | _AMBIG_BACK):
            reason = _R_UNCERTAIN
        if reason:
            self._condemn(t, reason)
            return
        if self.state != _RUNNING or not self.is_steady:
            self._event(_E_BELT_UNSTEADY, t, self.chute_gate[chute])
            self._doubt(t, _D_BELT)
            return
        reason = self._refusal(chute)
        if not reason:
            reason = self._commit(t, self.chute_gate[chute])
            if not reason:
                return
        self._reroute(t, chute, reason)

    def _reroute(self, t, chute, reason):
        tr = self.tracks
        tr.gate_stage[t] = _NO_GATE
        tr.gate_due[t] = _NEVER
        if chute == self.recirculation_chute:
            self._condemn(t, tr.reason[t])
        elif reason == _R_GAP_TOO_SMALL:
            self._fall_back(t, reason)
        else:
            self._route(t, tr.answer[t], chute)

    def _commit(self, t, g):
        """Reserve gate `g` for `t`; 0, or the reason why not."""
        self._sync(g)
        tr = self.tracks
        origin = tr.origin[t]
        lead = (self.gate_lead[g] * self.speed) >> 10
        back = (self.gate_return[g] * self.speed) >> 10
        margin = self.gate_margin[g]
        if self.gate_impulse[g]:
            middle = (self.zone_start[g] + self.zone_end[g]) >> 1
            extend = origin + (tr.length[t] >> 1) + middle - lead
            home = extend + back
        else:
            extend = origin + self.zone_start[g] - margin - lead
            home = origin + tr.length[t] + self.zone_end[g] + margin + back
        if not self._is_clear(t, g, extend, margin):
            return _R_GAP_TOO_SMALL
        behind = tr.behind[t]
        if behind < 0:
            free = self.position
        else:
            free = tr.origin[behind]
            if not self.gate_impulse[g] and self._is_for(behind, g):
                free = home
        if ((free + self.zone_start[g] - margin - home + _HALF) & _MASK) < _HALF and free != home:
            return _R_GAP_TOO_SMALL
        return self._reserve(t, g, extend & _MASK, home & _MASK)

    def _is_for(self, t, g):
        """`t` is, or will be, diverted by gate `g`."""
        tr = self.tracks
        if tr.gate_stage[t] == _NO_GATE or tr.flags[t] & _IS_UNCERTAIN or tr.epoch[t] != self.epoch:
            return 0
        return 1 if self.chute_gate[tr.chute[t]] == g else 0

    def _is_clear(self, t, g, extend, margin):
        """The track ahead has left the sweep zone when the gate starts to move, or is its own."""
        tr = self.tracks
        ahead = tr.ahead[t]
        if ahead < 0:
            return 1
        if not self.gate_impulse[g] and tr.gate_stage[ahead] == _COMMITTED and self._is_for(ahead, g):
            return 1
        length = tr.length[ahead]
        if not length:
            return 0
        tail = tr.origin[ahead] + length + self.zone_end[g] + margin
        return 1 if ((extend - tail + _HALF) & _MASK) >= _HALF else 0

    def _reserve(self, t, g, extend, home):
        state = self.gate_state[g]
        if state == _ARMED:
            return _R_GAP_TOO_SMALL
        if state == _OUT:
            if self.gate_impulse[g]:
                return _R_GAP_TOO_SMALL
            back = (self.gate_return[g] * self.speed) >> 10
            due = self.agenda.due[self.gate_entity + g]
            if self.gate_track[g] >= 0 and ((extend - due - back + _HALF) & _MASK) < _HALF:
                self._hold(t, g)
                return 0
            if self.gate_next[g] >= 0:
                return _R_GAP_TOO_SMALL
            self.gate_next[g] = t
            self.gate_next_due[g] = extend
        else:
            if ((extend - self.gate_home_at[g] + _HALF) & _MASK) < _HALF:
                return _R_GAP_TOO_SMALL
            self._arm(g, t, extend)
        self._await_confirm(t, g)
        return 0

    def _arm(self, g, t, extend):
        self.gate_state[g] = _ARMED
        self.gate_track[g] = t
        self.agenda.put(self.gate_entity + g, extend)

    def _await_confirm(self, t, g):
        tr = self.tracks
        chute = tr.chute[t]
        tr.gate_stage[t] = _COMMITTED
        if self.has_confirm[chute]:
            tr.gate_due[t] = self.zone_start[g] + self.travel_most[chute] + self.edge_late
        else:
            tr.gate_due[t] = _NEVER
        last = self.chute_first[chute]
        if last < 0:
            self.chute_first[chute] = t
            return
        while tr.next_waiting[last] >= 0:
            last = tr.next_waiting[last]
        tr.next_waiting[last] = t

    def _hold(self, t, g):
        """The gate stays extended for the next parcel of the same chute."""
        tr = self.tracks
        self.gate_track[g] = t
        self.gate_number[g] = tr.number[t]
        tr.flags[t] |= _IS_FIRED
        self._await_confirm(t, g)
        self._plan_retract(g, t)
        self._emit(_GATE_HOLD, g, tr.number[t], 0, self.position)

    def _plan_retract(self, g, t):
        tr = self.tracks
        after = tr.length[t] + self.zone_end[g] + self.gate_margin[g]
        self.agenda.put(self.gate_entity + g, (tr.origin[t] + after) & _MASK)

    def _run_gate(self, g):
        self._sync(g)
        if self.state == _ESTOPPED:
            return
        if self.gate_state[g] == _ARMED:
            self._extend(g)
        elif self.gate_state[g] == _OUT:
            self._retract(g)

    def _extend(self, g):
        tr = self.tracks
        t = self.gate_track[g]
        if self.state != _RUNNING or not self.is_steady:
            self._event(_E_BELT_UNSTEADY, t, g)
            self._doubt(t, _D_BELT)
            self._schedule(t)
            return
        if not self._is_clear(t, g, self.position, self.gate_margin[g] >> 1):
            self._cancel(t)
            self._condemn(t, _R_GAP_TOO_SMALL)
            self._schedule(t)
            return
        tr.flags[t] |= _IS_FIRED
        self.gate_number[g] = tr.number[t]
        self.gate_state[g] = _OUT
        self.gates_out[g >> 4] |= 1 << (g & 15)
        self.gate_cycles[g] += 1
        if self.gate_cycles[g] == self.gate_rated[g]:
            self._emit(_FAULT, _F_GATE_WORN, g, self.gate_cycles[g] & _MASK, self.position)
        self._emit(_GATE_EXTEND, g, tr.number[t], 0, self.position)
        self.gate_end_seen[g] = 0
        self.gate_is_moving[g] = 1
        self.gate_moved_at[g] = self.ticks
        if self.gate_impulse[g]:
            self.gate_home_at[g] = (self.position + ((self.gate_return[g] * self.speed) >> 10)) & _MASK
            self._start_timer(g, self.gate_out_us[g])
        else:
            self._plan_retract(g, t)
            if self.gate_feedback[g]:
                self._start_timer(g, self.gate_out_us[g])

    def _retract(self, g):
        """A barrier's parcel has passed: hold for the next one of its chute, or for one too close to spare."""
        tr = self.tracks
        back = (self.gate_return[g] * self.speed) >> 10
        b = self._next_at(g)
        if b >= 0:
            enters = tr.origin[b] + self.zone_start[g] - (self.gate_margin[g] >> 1)
            if ((enters - self.position - back + _HALF) & _MASK) < _HALF:
                if self.gate_next[g] < 0 and tr.gate_stage[b] == _ROUTED and self._is_for(b, g):
                    self.gate_track[g] = b
                    self._decide(b)
                    if tr.used[b]:
                        self._schedule(b)
                    if self.gate_track[g] == b and tr.gate_stage[b] == _COMMITTED:
                        return
                self.gate_track[g] = _NONE
                if tr.length[b]:
                    self._plan_retract(g, b)
                else:
                    self.agenda.put(self.gate_entity + g, (self.position + 8) & _MASK)
                return
        self._send_home(g)

    def _next_at(self, g):
        """The most downstream track that has not left the sweep zone of `g` and was not sent there; -1 if far."""
        tr = self.tracks
        section = self.gate_section[g]
        t = tr.head[section]
        if t < 0 and section > 1:
            t = tr.head[section - 1]
        for _ in range(_WALK):
            if t < 0:
                return _NONE
            length = tr.length[t]
            gone = ((self.position - tr.origin[t] + _HALF) & _MASK) - _HALF - length
            own = tr.flags[t] & _IS_FIRED and tr.gate_stage[t] == _COMMITTED
            if not own and (not length or gone < self.zone_end[g]):
                return t
            t = tr.behind[t]
        return t

    def _send_home(self, g):
        self.gate_state[g] = _HOME
        self.gates_out[g >> 4] &= ~(1 << (g & 15))
        self.gate_track[g] = _NONE
        self._emit(_GATE_RETRACT, g, self.gate_number[g], 0, self.position)
        self.gate_end_seen[g] = 0
        self.gate_is_moving[g] = 1
        self.gate_moved_at[g] = self.ticks
        if not self.gate_impulse[g]:
            self.gate_home_at[g] = (self.position + ((self.gate_return[g] * self.speed) >> 10)) & _MASK
        if self.gate_feedback[g]:
            self._start_timer(g, self.gate_home_us[g])
        t = self.gate_next[g]
        if t >= 0:
            self.gate_next[g] = _NONE
            self._arm(g, t, self.gate_next_due[g])

    def _cancel(self, t):
        """Take back a commitment whose gate has not moved yet."""
        tr = self.tracks
        g = self.chute_gate[tr.chute[t]]
        if self.gate_next[g] == t:
            self.gate_next[g] = _NONE
        elif self.gate_track[g] == t and self.gate_state[g] == _ARMED:
            self.gate_state[g] = _HOME
            self.gate_track[g] = _NONE
            self.agenda.remove(self.gate_entity + g)
        self._unwait(t)

    def _start_timer(self, g, us):
        at = (self.ticks + us) & _MASK
        self.gate_timer[g] = at
        if not self.gate_timed[g]:
            self.gate_timed[g] = 1
            self.timers[self.n_timers] = g
            self.n_timers += 1
        if ((at - self.due_ticks + _HALF) & _MASK) < _HALF:
            self.due_ticks = at

    def _timer_over(self, g):
        """A stroke is over, or an end position is overdue."""
        if self.gate_epoch[g] != self.stop_epoch:
            self._sync(g)
            return
        if self.gate_feedback[g] and not self.gate_end_seen[g] and self.gate_is_moving[g]:
            self.gate_is_moving[g] = 0
            self.gate_bad[g] = self.reset_epoch
            self._emit(_FAULT, _F_NO_END, g, self.gate_state[g], self.position)
        if self.gate_impulse[g] and self.gate_state[g] == _OUT and self.state != _ESTOPPED:
            self._send_home(g)

    def _on_gate_end(self, g, end):
        wanted = 2 if self.gate_state[g] == _OUT else 1
        if end != wanted or not self.gate_is_moving[g]:
            return
        self.gate_is_moving[g] = 0
        self.gate_end_seen[g] = 1
        took = ((self.ticks - self.gate_moved_at[g]) & _MASK) >> 10
        limit = self.gate_out_us[g] if wanted == 2 else self.gate_home_us[g]
        # Two thirds of what is still allowed: worn or short of air, worth a look before it fails.
        if took * 3 > (limit >> 10) * 2:
            self._emit(_EVENT, _E_GATE_SLOW, 0, g + 128 * (took & 0xFFFF), self.position)

    # Chutes -----------------------------------------------------------------------------------------

    def _on_confirm(self, chute, position):
        tr = self.tracks
        g = self.chute_gate[chute]
        t = self.chute_first[chute]
        for _ in range(_WALK):
            if t < 0:
                break
            travel = ((position - tr.origin[t] + _HALF) & _MASK) - _HALF - self.zone_start[g]
            if travel < self.travel_least[chute]:
                t = _NONE
            elif travel > self.travel_most[chute] or not tr.flags[t] & _IS_FIRED:
                t = tr.next_waiting[t]
            elif tr.flags[t] & (_IS_PROVISIONAL | _IS_CONFIRMED):
                t = tr.next_waiting[t]
            else:
                self._confirmed(t, chute, position)
                return
        self._emit(_EVENT, _E_UNEXPECTED_CONFIRM, 0, chute, position)
        self.chute_unexpected[chute] += 1
        if self.chute_unexpected[chute] == _UNEXPECTED:
            self.gate_bad[g] = self.reset_epoch
            self._stop_fault(_F_GATE_STUCK, g, 0)

    def _confirmed(self, t, chute, position):
        tr = self.tracks
        g = self.chute_gate[chute]
        self.chute_unexpected[chute] = 0
        n = tr.next_waiting[t]
        if n >= 0 and tr.flags[n] & _IS_FIRED:
            travel = ((position - tr.origin[n] + _HALF) & _MASK) - _HALF - self.zone_start[g]
            if travel >= self.travel_least[chute]:
                # It may be either: both claims wait for the second edge.
                tr.flags[t] |= _IS_PROVISIONAL
                tr.gate_due[t] = _NEVER
                self._schedule(t)
                return
        self.gate_fails[g] = 0
        self._settle_provisional(chute, t)
        self._claim(t)

    def _settle_provisional(self, chute, until):
        """Claim the provisional tracks ahead of `until` in the chute's queue: every edge is accounted for."""
        tr = self.tracks
        for _ in range(_WALK):
            t = self.chute_first[chute]
            if t < 0 or t == until or not tr.flags[t] & _IS_PROVISIONAL:
                return
            self._claim(t)

    def _claim(self, t):
        """`t` is where it was sent, as far as anybody can tell; wait for its trailing edge if it is still due."""
        tr = self.tracks
        chute = tr.chute[t]
        confirmed = self.has_confirm[chute]
        if tr.trail_due[t] < _NEVER and not tr.flags[t] & _IS_OFF_BELT:
            tr.flags[t] |= _IS_CONFIRMED
            tr.flags[t] &= ~_IS_PROVISIONAL
            tr.gate_due[t] = _NEVER
            self._schedule(t)
            return
        if tr.flags[t] & (_IS_UNCERTAIN | _AMBIG_FRONT | _AMBIG_BACK):
            self._dispose(t, _LOST, _R_UNPROVEN, _NONE, 0)
        elif self.chute_kind[chute] == 2:
            self._recirculated(t, chute, confirmed)
        else:
            self._dispose(t, _SORTED, 0, chute, confirmed)

    def _recirculated(self, t, chute, confirmed):
        slot = self.tracks.slot[t]
        if self.slot_laps[slot] < 255:
            self.slot_laps[slot] += 1
        self.loop_load += 1
        if self.loop_load == self.loop_warning:
            self._emit(_EVENT, _E_LOOP_LOAD, 0, self.loop_load, self.position)
        self._dispose(t, _RECIRCULATED, self.tracks.reason[t], chute, confirmed)

    def _confirm_missing(self, t):
        """The confirm window is over and nothing came."""
        tr = self.tracks
        self._divert_failed(t)
        if tr.flags[t] & _IS_OFF_BELT:
            self._dispose(t, _LOST, _R_NOT_SEEN, _NONE, 0)

    def _divert_failed(self, t):
        tr = self.tracks
        chute = tr.chute[t]
        g = self.chute_gate[chute]
        self._event(_E_DIVERT_FAILED, t, g)
        if not tr.flags[t] & (_IS_PROVISIONAL | _IS_CONFIRMED):
            self._drop_provisional(chute, t)
        self._unwait(t)
        if tr.flags[t] & _IS_FIRED:
            self.gate_fails[g] += 1
            if self.gate_fails[g] == _DIVERT_FAILS:
                self.gate_bad[g] = self.reset_epoch
                self._emit(_FAULT, _F_GATE_FAILS, g, 0, self.position)
        tr.flags[t] &= ~(_IS_FIRED | _IS_PROVISIONAL | _IS_CONFIRMED)
        tr.gate_stage[t] = _NO_GATE
        tr.gate_due[t] = _NEVER
        self._doubt(t, _D_DIVERT_FAILED)

    def _drop_provisional(self, chute, until):
        """One edge for two parcels, and the second did not come: neither is claimed."""
        tr = self.tracks
        for _ in range(_WALK):
            t = self.chute_first[chute]
            if t < 0 or t == until or not tr.flags[t] & _IS_PROVISIONAL:
                return
            tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
            self._claim(t)

    def _unwait(self, t):
        """Take `t` out of its chute's queue."""
        tr = self.tracks
        chute = tr.chute[t]
        if chute < 0:
            return
        i = self.chute_first[chute]
        if i == t:
            self.chute_first[chute] = tr.next_waiting[t]
        else:
            while i >= 0:
                n = tr.next_waiting[i]
                if n == t:
                    tr.next_waiting[i] = tr.next_waiting[t]
                    break
                i = n
        tr.next_waiting[t] = _NONE

    def _heap(self, chute):
        """The confirm eye has been blocked for too long: the chute is full."""
        if not self.chute_heaped[chute]:
            self.chute_heaped[chute] = 1
            self._emit(_EVENT, _E_CHUTE_FULL, 0, chute, self.position)

    # Endings ----------------------------------------------------------------------------------------

    def _finish(self, t):
        """`t` has run off the end of the belt."""
        tr = self.tracks
        flags = tr.flags[t]
        reason = tr.reason[t]
        if flags & _IS_STRAY:
            self._dispose(t, _STRAY, _R_CARRIED, _NONE, 0)
        elif flags & _IS_NAMELESS and not flags & _IS_BLOCK:
            self._dispose(t, _LOST, _R_UNPROVEN, _NONE, 0)
        elif tr.epoch[t] != self.epoch:
            self._dispose(t, _REJECTED, _R_FLUSHED, self.end_chute, self.has_end_eye)
        elif flags & (_IS_UNCERTAIN | _AMBIG_FRONT | _AMBIG_BACK):
            self._dispose(t, _REJECTED, _R_UNCERTAIN, self.end_chute, self.has_end_eye)
        elif reason:
            self._dispose(t, _REJECTED, reason, self.end_chute, self.has_end_eye)
        elif tr.chute[t] == self.end_chute:
            self._dispose(t, _SORTED, 0, self.end_chute, self.has_end_eye)
        elif tr.data_stage[t] == _READING:
            self._dispose(t, _REJECTED, _R_NO_READ, self.end_chute, self.has_end_eye)
        else:
            self._dispose(t, _REJECTED, _R_LATE_DATA, self.end_chute, self.has_end_eye)

    def _dispose(self, t, outcome, reason, chute, confirmed):
        """The one and only disposition of `t`; after it there is no such track."""
        tr = self.tracks
        code = outcome + 16 * reason + 512 * (chute + 1) + 131072 * confirmed
        self._emit(_DISPOSITION, tr.number[t], code, tr.slot[t] + 1, self.position)
        if tr.gate_stage[t] == _COMMITTED:
            g = self.chute_gate[tr.chute[t]]
            if not tr.flags[t] & _IS_FIRED:
                self._cancel(t)
            else:
                self._unwait(t)
            if self.gate_track[g] == t:
                self.gate_track[g] = _NONE
        s = tr.section[t]
        if self.in_eye[s] == t:
            self.in_eye[s] = _NONE
        if s > 0 and self.in_eye[s - 1] == t:
            self.in_eye[s - 1] = _NONE
        if self.inducting == t:
            self.inducting = _NONE
        if not tr.flags[t] & _IS_OFF_BELT:
            self._forget_place(t)
        self.agenda.remove(t)
        tr.free(t)

    # The line ---------------------------------------------------------------------------------------

    def _on_command(self, kind, a):
        if kind == _DRIVE:
            self.drive_on = 1 if a else 0
            self.drive_samples = 0
            self.is_steady = 0
        elif kind == _START:
            if self.state == _STOPPED and not self.estop_level:
                self.state = _STARTING
                self.check_next = 0
                self.is_agreeing = 0 if self.is_touched else 1
        elif kind == _RESET:
            if self.state == _FAULTED or (self.state == _ESTOPPED and not self.estop_level):
                self.state = _STOPPED
                self.reset_epoch += 1
        elif kind == _STOP:
            if self.state == _RUNNING or self.state == _STARTING:
                self.state = _STOPPED
                self._halt()
        elif kind == _RESTART_POLICY:
            self.is_flushing = 1 if a else 0

    def _halt(self):
        self.is_steady = 0
        self._emit(_LINE, 0, 0, 0, self.position)
        self._hold_infeed(_HOLD_LINE, 1)

    def _enter_estop(self):
        self.estop_latch = 0
        if self.state == _ESTOPPED:
            return
        self.state = _ESTOPPED
        self.must_recover = 1
        self.stop_epoch = (self.stop_epoch + 1) & _MASK
        for w in range(len(self.gates_out)):
            self.gates_out[w] &= self.gates_hold[w]
        self._emit(_GATES_SAFE, 0, 0, 0, self.position)
        self._halt()
        self._emit(_MERGE, 0, 0, 0, self.position)
        if self.merge_state == _RELEASING:
            self.merge_state = _CLEARING

    def _stop_fault(self, code, index, detail):
        self._emit(_FAULT, code, index, detail, self.position)
        if self.state == _RUNNING or self.state == _STARTING:
            self.state = _FAULTED
            self.must_recover = 1
            self._halt()

    def _continue_start(self):
        """One eye and one gate a step: does every eye agree with the picture, is every gate where it should be."""
        i = self.check_next
        self.check_next = i + 1
        if i < self.n_gates:
            self._sync(i)
            if self.gate_state[i] == _OUT and self.gate_track[i] < 0 and not self.gate_impulse[i]:
                self.agenda.put(self.gate_entity + i, self.position)
        if i < self.n_stations and (i < self.n_stations - 1 or self.has_end_eye):
            s = i + 1
            if (1 if self.in_eye[s] >= 0 else 0) != self.eye_blocked[s]:
                self.is_agreeing = 0
        if i < self.n_gates or i < self.n_stations:
            return
        self._start_running()

    def _start_running(self):
        self.state = _RUNNING
        self.is_touched = 0
        if not self.is_agreeing or (self.must_recover and self.is_flushing):
            self.epoch = (self.epoch + 1) & _MASK
            self._emit(_EVENT, _E_FLUSH, 0, self.tracks.count, self.position)
        elif self.must_recover:
            self._emit(_EVENT, _E_RESUMED, 0, self.tracks.count, self.position)
        self.must_recover = 0
        self._emit(_LINE, 1, 0, 0, self.position)
        self._hold_infeed(_HOLD_LINE, 0)

    def _hold_infeed(self, cause, on):
        before = self.infeed_hold
        if on:
            after = before | cause
        else:
            after = before & ~cause
        self.infeed_hold = after
        if (before != 0) != (after != 0):
            self._emit(_INFEED, 1 if after else 0, 0, 0, self.position)

    def _sample_speed(self):
        elapsed = (self.ticks - self.sample_ticks) & _MASK
        counts = ((self.position - self.sample_position + _HALF) & _MASK) - _HALF
        self.sample_ticks = self.ticks
        self.sample_position = self.position
        self.is_standing = 1 if counts == 0 else 0
        if self.drive_samples < 1000:
            self.drive_samples += 1
        c = self.config
        before = self.speed
        speed = 0
        if 0 < counts < 1 << 19:
            speed = counts * 1024 // ((elapsed >> 7) + 1)
        self.speed = speed if speed < c[18] else c[18]
        change = speed - before
        steady = -self.steady_tolerance <= change <= self.steady_tolerance and speed > 0
        self.is_steady = 1 if steady and self.drive_on and self.drive_samples > 1 else 0
        if counts < -c[20]:
            self._encoder_fault(_F_REVERSED, counts)
        elif speed > c[18]:
            self._encoder_fault(_F_OVERSPEED, speed)
        elif self.drive_on:
            if counts == 0 and self.drive_samples > c[21]:
                self._encoder_fault(_F_STALLED, 0)
        elif counts > c[20] and self.drive_samples > c[22]:
            self._encoder_fault(_F_DRIFT, counts)

    def _encoder_fault(self, code, detail):
        """Positions can't be trusted: whatever the policy, the next start flushes."""
        self.is_touched = 1
        if self.state == _RUNNING:
            self._stop_fault(code, 0, detail & _MASK)

    # Infeed meter and merge -------------------------------------------------------------------------

    def _meter_blocked(self, position):
        if not self.has_metered or not self.meter_gap:
            return
        since = ((position - self.meter_clear + _HALF) & _MASK) - _HALF
        if 0 <= since < self.meter_gap:
            self._hold_infeed(_HOLD_METER, 1)
            self.agenda.put(self.meter_entity, (self.meter_clear + self.meter_gap) & _MASK)

    def _merge_blocked(self, position):
        self.merge_eye_blocked = 1
        if self.merge_state == _IDLE:
            self._merge_begin()

    def _merge_begin(self):
        self.merge_state = _CLEARING
        self._hold_infeed(_HOLD_MERGE, 1)
        self.agenda.put(self.merge_entity, (self.position + self.config[31]) & _MASK)

    def _merge_cleared(self, position):
        self.merge_eye_blocked = 0
        if self.merge_state == _RELEASING:
            self.merge_state = _PASSING
            if self.loop_load:
                self.loop_load -= 1
            self._emit(_MERGE, 0, 0, 0, position)
            self.agenda.put(self.merge_entity, (position + self.config[32]) & _MASK)

    def _run_merge(self):
        if self.merge_state == _CLEARING:
            if self.state != _RUNNING:
                self.agenda.put(self.merge_entity, (self.position + self.config[31]) & _MASK)
                return
            self.merge_state = _RELEASING
            self._emit(_MERGE, 1, 0, 0, self.position)
            self.agenda.put(self.merge_entity, (self.position + self.config[33]) & _MASK)
        elif self.merge_state == _RELEASING:
            self._emit(_MERGE, 0, 0, 0, self.position)
            self._merge_done()
        elif self.merge_state == _PASSING:
            self._merge_done()

    def _merge_done(self):
        self.merge_state = _IDLE
        self.agenda.remove(self.merge_entity)
        if self.merge_eye_blocked:
            self._merge_begin()
        else:
            self._hold_infeed(_HOLD_MERGE, 0)
