"""The gate logic: where every parcel is, when each gate extends, holds and retracts.

Integers only, nothing allocated after construction, no clock and no pin: positions are 28-bit wrapping
encoder counts, ticks 28-bit wrapping microseconds, both come in as arguments. It knows only what
sensors tell it. Everything is decided in `step`; a step without input and with nothing due changes
nothing. The same files run on the board, in the virtual machine and, compiled, on the host.

    gl = GateLogic(config)                       # flat integers, see `sortyard.config.compile`
    gl.feed(EYE_BLOCKED, 0, position, 0, 0)      # queue an input; 0 = no room, counted
    gl.step(position, ticks)                     # act
    n = gl.drain(buffer, 0)                      # n records of 5 integers: kind, a, b, c, position
    gl.due_position, gl.due_ticks, gl.is_pending # when the next step can change anything

The numbers of inputs, outputs, reasons, events and faults are in `codes`. A step does one piece of
work, so that the worst one is bounded; gates come before inputs, and what waits keeps its position.
One parcel's way: `eyes` (inducted, measured, seen) -> `routing` (read, routed) -> `commitments`
(committed) -> `gates` (extended, retracted) -> `eyes` (confirmed) -> `endings` (claimed). Of a line with several
boards each has the gate logic of its own stretch, its zone: `borders`.
"""

# First what all the others need: on a board imports must not nest deeply.
from .line_state import LineState

# isort: split
from .borders import on_border
from .confirms import heap_up
from .eyes import on_blocked, on_cleared, run_track
from .gate_health import on_gate_end
from .gates import run_gate, run_timer
from .line import (
    continue_start,
    enter_estop,
    halt,
    hold_infeed,
    on_command,
    run_merge,
    sample_speed,
    stop_fault,
)
from .routing import on_destination, on_read

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NONE = const(-1)
_IN_RING = const(256)
_OUT_RING = const(256)
_OUT_RESERVE = const(48)
_MOST_PASSED = const(6)  # steps that an input waits for what is to be done at once for tracks
_PATIENCE = const(6)  # inputs that may wait while one thing after the other is due
_SAMPLE_US = const(131072)
_EYE_BLOCKED = const(1)
_EYE_CLEARED = const(2)
_READ = const(3)
_DESTINATION = const(4)
_CHUTE = const(5)
_GATE_HEALTH = const(6)
_GATE_END = const(7)
_ESTOP = const(9)
_HANDED = const(15)
_F_INPUTS_LOST = const(9)
_STARTING = const(2)
_HOLD_METER = const(1)
_BEGIN = const(1)
_BEFORE_TRACKS = const(1)  # an input goes before what is due, but for gates
_BEFORE_ALL = const(2)
_NEAR_ZERO = const(255)  # counts between a board's power-up and its first turn, at most
_STOP_NOW = const(2)
_HALT = const(4)


class GateLogic(LineState):
    """One line. The state is in the attributes of LineState, to look at; it changes only here."""

    def feed(self, kind, index, position, a, b):
        """Queue one input; any signed 32-bit values. 1 = taken, 0 = the ring is full (counted, reported).

        `position`: where the belt was. An edge further on than the belt of the step that takes it counts as there.
        """
        self.is_pending = 1
        if kind == _ESTOP:
            # A level, not a message: served at the head of the next step, whatever waits in the ring.
            self.estop_level = 1 if a else 0
            if a:
                self.urgent |= _STOP_NOW
            return 1
        count = self.in_count
        if count >= _IN_RING:
            self.inputs_lost += 1
            return 0
        self.in_count = count + 1
        at = ((self.in_first + count) & (_IN_RING - 1)) * 5
        ring = self.in_ring
        ring[at] = kind & 0xFF
        ring[at + 1] = index & 0xFFFF
        ring[at + 2] = position & _MASK
        ring[at + 3] = a & _MASK
        ring[at + 4] = b & 0xFFFF
        return 1

    def step(self, position, ticks):
        """Act on what was fed or is due at this belt position (counts) and time (microseconds)."""
        position &= _MASK
        ticks &= _MASK
        self.position = position
        self.ticks = ticks
        if self.urgent:
            _serve(self)
        elif not (position - self.due_position) & _HALF and self.out_count < _OUT_RING - _OUT_RESERVE:
            if not (position - self.gate_agenda.next_due) & _HALF and self.is_input_next != _BEFORE_ALL:
                # However much is due, a gate waits for no other than a gate.
                g = self.gate_agenda.take(position)
                if g >= 0:
                    run_gate(self, g)
                elif not (ticks - self.due_ticks) & _HALF:
                    # A belt that seems to run faster than the agenda can be searched is never without a due step.
                    _run_ticks(self)
                if self.in_count > _PATIENCE:
                    # What is due is judged by what the inputs say.
                    self.is_input_next = _BEFORE_ALL
            elif not (ticks - self.due_ticks) & _HALF:
                # Nor does a gate that is to go home wait for tracks.
                _run_ticks(self)
            elif self.is_input_next:
                _take_input(self)
            else:
                entity = self.next_track
                if entity < 0:
                    entity = self.agenda.take(position)
                else:
                    self.next_track = _NONE
                    if self.in_count:
                        # Nor does an input wait for one track after the other.
                        self.passed_over += 1
                        if self.passed_over > _MOST_PASSED:
                            self.is_input_next = _BEFORE_TRACKS
                if entity >= self.chute_entity:
                    _run_place(self, entity)
                elif entity >= 0 and not run_track(self, entity):
                    # It waits for an input that may tell more, in the next step or, if it is not fed yet, later.
                    self.is_input_next = self.is_pending
                if self.in_count > _PATIENCE:
                    self.is_input_next = _BEFORE_TRACKS
        elif not (ticks - self.due_ticks) & _HALF:
            _run_ticks(self)
        elif self.out_count >= _OUT_RING - _OUT_RESERVE:
            # All but full: the rest waits until somebody takes the outputs away.
            return
        elif self.is_pending:
            _take_input(self)
        else:
            return
        due = position
        if self.next_track < 0:
            due = self.agenda.next_due
            gates_due = self.gate_agenda.next_due
            if (gates_due - due) & _HALF:
                due = gates_due
        self.due_position = due

    def drain(self, buffer, offset):
        """Move records (kind, a, b, c, position) to buffer[offset] on, as many as fit; returns how many."""
        n = count = self.out_count
        room = len(buffer) - offset
        if offset < 0 or room < 5:
            return 0
        if n * 5 > room:
            n = room // 5
        ring = self.out_ring
        first = self.out_first
        left = n
        while left > 0:
            at = first * 5
            buffer[offset] = ring[at]
            buffer[offset + 1] = ring[at + 1]
            buffer[offset + 2] = ring[at + 2]
            buffer[offset + 3] = ring[at + 3]
            buffer[offset + 4] = ring[at + 4]
            offset += 5
            first = (first + 1) & (_OUT_RING - 1)
            left -= 1
        self.out_first = first
        self.out_count = count - n
        return n


def _serve(gl):
    """Before all else: an emergency stop, the stop after a fault, the very first step."""
    urgent = gl.urgent
    gl.urgent = 0
    if urgent & _BEGIN:
        _begin(gl)
    if urgent & _STOP_NOW:
        enter_estop(gl)
    elif urgent & _HALT:
        halt(gl)


def _begin(gl):
    gl.agenda.start(gl.position)
    gl.gate_agenda.start(gl.position)
    gl.due_position = gl.position
    gl.encoder.position = gl.position
    gl.encoder.ticks = gl.ticks
    gl.due_ticks = (gl.ticks + _SAMPLE_US) & _MASK
    if gl.position > _NEAR_ZERO:
        # A board's own count begins at 0, and so does this table.
        for g in range(gl.gates.n):
            gl.gates.home_at[g] = gl.position


def _run_place(gl, entity):
    """A chute, the meter or the merge."""
    if entity < gl.meter_entity:
        heap_up(gl, entity - gl.chute_entity)
    elif entity == gl.meter_entity:
        hold_infeed(gl, _HOLD_METER, 0)
    else:
        run_merge(gl)


def _take_input(gl):
    """Act on one input; without one a start goes on."""
    gl.is_input_next = 0
    gl.passed_over = 0
    count = gl.in_count
    if gl.inputs_lost:
        # What was lost may have been an edge: the next start flushes.
        stop_fault(gl, _F_INPUTS_LOST, 0, gl.inputs_lost & _MASK)
        gl.is_touched = 1
        gl.inputs_lost = 0
    elif count:
        first = gl.in_first
        if _dispatch(gl, gl.in_ring, first * 5):
            count -= 1
            gl.in_count = count
            gl.in_first = (first + 1) & (_IN_RING - 1)
    elif gl.state == _STARTING:
        continue_start(gl)
    if not count and gl.state != _STARTING and not gl.urgent:
        gl.is_pending = 0


def _dispatch(gl, ring, at):
    """Act on one input; 0 if it is to stay for the next step."""
    kind = ring[at]
    index = ring[at + 1]
    if kind == _EYE_BLOCKED or kind == _EYE_CLEARED:
        if index < gl.eyes.n:
            position = ring[at + 2]
            if (gl.position - position) & _HALF:
                # The belt has slipped back since: nobody is further on than it is.
                position = gl.position
            return (
                on_blocked(gl, index, position) if kind == _EYE_BLOCKED else on_cleared(gl, index, position)
            )
    elif kind == _READ:
        if index < gl.scanners.n:
            on_read(gl, index, ring[at + 2], ring[at + 3], ring[at + 4])
    elif kind == _DESTINATION:
        on_destination(gl, index, ring[at + 3], ring[at + 4] & 0xFF)
    elif kind == _GATE_END:
        if index < gl.gates.n:
            on_gate_end(gl, index, ring[at + 3])
    elif kind == _CHUTE:
        if index < gl.chutes.n:
            a = ring[at + 3]
            gl.chutes.state[index] = a if a < 3 else 2
    elif kind == _GATE_HEALTH:
        if index < gl.gates.n:
            a = ring[at + 3]
            gl.gates.sick[index] = 0 if a else 1
            if a:
                # Repaired: what it was set aside for is over, too.
                gl.gates.bad[index] = 0
                gl.gates.fails[index] = 0
    elif kind < _HANDED:
        on_command(gl, kind, ring[at + 3])
    else:
        on_border(gl, kind, index, ring[at + 2], ring[at + 3], ring[at + 4])
    return 1


def _run_ticks(gl):
    """Sample the speed, or serve one gate timer that has run out."""
    en = gl.encoder
    ticks = gl.ticks
    due = (en.ticks + _SAMPLE_US) & _MASK
    if not (ticks - due) & _HALF:
        sample_speed(gl)
        # The timers are the next step's work.
        gl.due_ticks = ticks if gl.health.n_timers else (ticks + _SAMPLE_US) & _MASK
        return
    hl = gl.health
    timers = hl.timers
    over = _NONE
    i = hl.n_timers
    while i > 0:
        i -= 1
        g = timers[i]
        at = hl.timer[g]
        if (ticks - at) & _HALF or over >= 0:
            if (at - due) & _HALF:
                due = at
        else:
            over = g
            hl.n_timers -= 1
            timers[i] = timers[hl.n_timers]
            hl.is_timed[g] = 0
    gl.due_ticks = due
    if over >= 0:
        run_timer(gl, over)
