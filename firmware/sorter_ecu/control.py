"""The control loop's turn: read the inputs once, let the gate logic decide, write the outputs once.

    control = Control(parts, image, wire)
    while True: control.turn(ticks_us())          # once a period; allocates nothing

Nothing is decided here: sensors become inputs of the gate logic, its outputs become commands of the drivers
and messages to the host.
"""

from array import array

from micropython import const
from sorter_io.chip import read_inputs
from sorter_io.photo_eye import eye_news

from sorter_core import messages
from sorter_core.gate_logic import GateLogic
from sorter_core.slots import Slots
from sorter_core.sort_plan import SortPlan
from sorter_ecu.link import Link

_MASK = const(0x0FFFFFFF)
_OUT_RECORDS = const(8)
_BLOCKED = const(1)
_READ = const(3)
_DESTINATION = const(4)
_CHUTE = const(5)
_GATE_HEALTH = const(6)
_GATE_END = const(7)
_DRIVE = const(8)
_GATE_EXTEND = const(1)
_GATE_RETRACT = const(2)
_GATES_SAFE = const(4)
_LINE = const(5)
_INFEED = const(6)
_MERGE = const(7)
_DISPOSITION = const(8)
_RECIRCULATED = const(2)
_TAKE = const(1)
_MOTOR_TURNS = const(63)
_WATCH_TURN = const(33)
_BELT_TURNS = const(3)  # drives' buses and ramps are looked after every fourth turn
_BEGIN = const(2)
_DECIDE = const(3)


class Control:
    """One line on one board."""

    def __init__(self, parts, image, wire):
        self.parts = parts
        self.slots = Slots()
        self.link = Link(wire, self.slots)
        self.plan = SortPlan()
        self.plan.load(image.plan_table, image.plan_bytes)
        self.logic = GateLogic(image.gates)
        self._out = array("i", [0] * (5 * _OUT_RECORDS))
        self._ends = bytearray([1] * len(parts.gates))
        self._end_bits = 0
        for gate in parts.gates:
            self._end_bits |= gate.end_bits
        self._last_ends = -1
        self._was_running = 0
        self._failed = bytearray(len(parts.motors))
        self._silent = bytearray(len(parts.scanners))
        self._turns = 0
        self._read_stage = 0
        self._reading = 0
        self._read_position = 0
        self._slot = 0

    def turn(self, ticks):
        """One period; `ticks` are microseconds that wrap at 28 bits."""
        ticks &= _MASK
        parts = self.parts
        inputs = read_inputs()
        position = parts.encoder.count()
        self._read_contacts(inputs, position)
        ring = parts.ring
        for chain in parts.inputs:
            chain.poll(ring, position)
        if ring.read != ring.written or ring.deaf:
            while eye_news(ring, parts.eyes, position):
                self._feed(ring.kind, ring.index, ring.position, 0, 0)
                if parts.triggers[ring.index]:
                    parts.scanners[parts.triggers[ring.index] - 1].trigger(1 if ring.kind == _BLOCKED else 0)
        self._read_scanners(position)
        if not self._turns & _MOTOR_TURNS:
            self._read_motors(inputs)
        elif self._turns & _MOTOR_TURNS == _WATCH_TURN:
            self._watch_scanners()
        inputs &= self._end_bits
        if inputs != self._last_ends:
            self._last_ends = inputs
            self._read_gates(inputs, position)
        turns = self._turns = (self._turns + 1) & _MASK
        if not turns & _BELT_TURNS:
            for motor in parts.polled:
                motor.poll(ticks)
            if parts.belt is not None:
                self._read_belt(ticks, position)
        if self._read_stage:
            self._go_on_reading()
        logic = self.logic
        logic.step(position, ticks)
        if logic.out_count:
            self._obey()
        elif self.link.serve(turns, logic.state, ticks, position):
            self._command(position)

    def safe(self):
        """Every output to its safe state, whatever the gate logic thinks."""
        self.parts.safe()

    def _feed(self, kind, index, position, a, b):
        self.logic.feed(kind, index, position, a, b)
        self.link.note(messages.INPUT, kind, index, position, a, b)

    def _read_contacts(self, inputs, position):
        contacts = self.parts.contacts
        while contacts.poll(inputs):
            self._feed(contacts.kind, 0, position, contacts.level, 0)

    def _read_scanners(self, position):
        """A code that is whole is taken into work; the next one waits in its scanner until that is done."""
        i = 0
        for scanner in self.parts.scanners:
            if not self._read_stage and scanner.poll():
                self._read_stage = _TAKE
                self._reading = i
                self._read_position = position
                return
            i += 1

    def _go_on_reading(self):
        """A code's slot, then the plan's answer, step by step in turns of their own: both take long on a board."""
        scanner = self.parts.scanners[self._reading]
        if self._read_stage == _TAKE:
            self._slot = self.slots.take(scanner.code, scanner.length)
            self._read_stage = _BEGIN
        elif self._read_stage == _BEGIN:
            self.plan.begin(scanner.code, scanner.length)
            self._read_stage = _DECIDE
        else:
            answer = self.plan.go_on(scanner.code)
            if answer >= 0:
                self._read_stage = 0
                self._feed(_READ, self._reading, self._read_position, self._slot, answer)

    def _read_gates(self, inputs, position):
        i = 0
        for gate in self.parts.gates:
            end = gate.end(inputs)
            if end >= 0 and end != self._ends[i]:
                self._ends[i] = end
                self._feed(_GATE_END, i, position, end, 0)
            i += 1

    def _read_belt(self, ticks, position):
        belt = self.parts.belt
        belt.poll(ticks)
        if belt.is_running != self._was_running:
            self._was_running = belt.is_running
            self._feed(_DRIVE, 0, position, belt.is_running, 0)

    def _read_motors(self, inputs):
        """Motors that fail or work again are told to the host."""
        i = 0
        for motor in self.parts.motors:
            motor.look(inputs)
            if motor.is_failed != self._failed[i]:
                self._failed[i] = motor.is_failed
                self.link.note(messages.MOTOR, i, motor.is_failed, 0, 0, 0)
            i += 1

    def _watch_scanners(self):
        """Scanners that have fallen silent or speak again are told to the host."""
        i = 0
        for scanner in self.parts.scanners:
            scanner.watch()
            if scanner.is_failed != self._silent[i]:
                self._silent[i] = scanner.is_failed
                self.link.note(messages.SCANNER, i, scanner.is_failed, 0, 0, 0)
            i += 1

    def _obey(self):
        """Outputs of the gate logic: to the drivers at once, to the host when there is time."""
        out = self._out
        n = self.logic.drain(out, 0)
        at = 0
        while n:
            kind = out[at]
            if kind <= _MERGE:
                self._do(kind, out[at + 1])
            self.link.tell(out, at)
            if kind == _DISPOSITION and out[at + 2] & 15 != _RECIRCULATED:
                self.slots.release(out[at + 3] - 1)
            at += 5
            n -= 1
        self.parts.flush()

    def _do(self, kind, a):
        parts = self.parts
        if kind == _GATE_EXTEND:
            parts.gates[a].extend()
        elif kind == _GATE_RETRACT:
            parts.gates[a].retract()
        elif kind == _GATES_SAFE:
            parts.safe()
        elif kind == _LINE and parts.belt is not None:
            parts.belt.run(a)
        elif kind == _INFEED and parts.meter is not None:
            parts.meter.run(0 if a else 1)
        elif kind == _MERGE and parts.loop is not None:
            parts.loop.run(a)

    def _command(self, position):
        """A message of the host."""
        kind = self.link.kind
        values = self.link.values
        if kind == messages.COMMAND:
            self._feed(values[0], 0, position, values[1], 0)
        elif kind == messages.DEST_ANSWER:
            self._feed(_DESTINATION, values[2], position, values[0], values[1])
        elif kind == messages.CHUTE:
            self._feed(_CHUTE, values[0], position, values[1], 0)
        elif kind == messages.GATE:
            self._feed(_GATE_HEALTH, values[0], position, values[1], 0)
