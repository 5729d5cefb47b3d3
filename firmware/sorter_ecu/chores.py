"""What a turn of the control loop does when no step of the gate logic is due: one slice of one task.

Scanners, the belt's drive, motors, the host's messages and what the host is to be told take their turns by a fixed
pattern, so that each is served every few milliseconds; codes are looked up in slices, because a list is long.
"""

from array import array

from micropython import const

from sorter_core import messages
from sorter_core.sort_plan import SortPlan
from sorter_ecu.belt_speed import BeltSpeed
from sorter_ecu.fault_log import record
from sorter_ecu.host_watch import HOST_LOST, HostWatch
from sorter_ecu.wire_watch import EXPANDER_SILENT, WireWatch

_READ = const(3)
_DESTINATION = const(4)
_CHUTE = const(5)
_GATE_HEALTH = const(6)
_DRIVE = const(8)
_HANDED = const(15)
_BOUND = const(16)
_PEER = const(17)
_LAP = const(18)
_LINK_ALIVE = const(1 + 4 * 15)
_LINK_DEAD = const(2 + 4 * 15)
_HANDED_OUT = const(12)
_RESET = const(10)
_STOP = const(13)
_RUNNING = const(1)
_STARTING = const(2)
_HOLD = const(14)
_DISPOSITION = const(8)
_RECIRCULATED = const(2)
_FAULT = const(11)

SLOTS = const(7)  # the last of those that tasks take in turn

_MOTOR_ROUNDS = const(7)  # motors are looked at in every eighth round, scanners in another one
_SCANNER_ROUND = const(4)
_LIGHT_ROUND = const(6)
_EYE_ROUND = const(2)
_SPEED_ROUND = const(1)
_NOTE_ROUND = const(5)
_HOST_ROUND = const(3)
_WIRE_ROUND = const(7)

_IDLE = const(0)
_NAME = const(1)
_FIND = const(2)
_ENTER = const(3)
_BEGIN = const(4)
_DECIDE = const(5)


class Chores:
    """`control` is the loop that has time for them now and then: for the next one of `tasks`, or for `tell`."""

    def __init__(self, control, image):
        self._control = control
        self._parts = control.parts
        self._belt = control.parts.belt
        self._link = control.link
        self._speed = BeltSpeed(control.parts.motors, image.parts["belt_speed"])
        self._link.speed = self._speed.now
        self._host = HostWatch(control.link, image.parts["host_lost_s"])
        self._wires = WireWatch(control.parts.expanders, control.parts.encoder)
        self._scanners = control.parts.scanners
        self._plan = SortPlan()
        self._plan.load(image.plan_table, image.plan_bytes)
        self._out = array("i", [0] * 5)
        self._failed = bytearray(len(control.parts.motors))
        self._silent = bytearray(len(control.parts.scanners))
        self._was_running = 0
        self._was_discrepant = 0
        self._was_attached = 0
        logic = control.logic
        self._has_neighbours = logic.takes_over or logic.border_eye >= 0
        # The codes of tracks that were handed over are kept until the host tells of their end: laps are counted here.
        self._counts_laps = not logic.takes_over and logic.border_eye >= 0 and logic.chutes.recirculation >= 0
        # The place of the track that was handed over last, or the track whose end was told last.
        self._told = -1
        self._next_eye = 0
        self._fault = 0  # its code, while one is to be kept
        self._fault_index = 0
        self._fault_detail = 0
        self._rounds = 0
        self._counting = [
            (kind, i, those[i])
            for kind, those in (
                (messages.SCANNER, control.parts.scanners),
                (messages.MOTOR, control.parts.motors),
            )
            for i in range(len(those))
            if hasattr(those[i], "figures")
        ]
        self._uncounted = 0
        self._polls = [scanner.poll for scanner in control.parts.scanners]
        self._next_scanner = self._last_scanner = len(self._polls) - 1
        self._stage = _IDLE
        self._reading = 0
        self._read_position = 0
        self._code = 0
        # a slice each, called with the levels of the inputs, the time and the belt's position
        scan, serve, hurry = self._scan, self._serve, self._hurry
        self.tasks = (scan, serve, hurry, self._drive, self._scan_or_catch_up, serve, hurry, self._hear)

    def _scan(self, inputs, ticks, position):
        """A code that is whole is taken into work; the next one waits in its scanner until that is done."""
        if self._stage:
            self._go_on_reading()
            return
        i = self._next_scanner
        if i < 0:
            return
        self._next_scanner = i - 1 if i else self._last_scanner
        if self._polls[i]():
            self._stage = _NAME
            self._reading = i
            self._read_position = position

    def _scan_or_catch_up(self, inputs, ticks, position):
        """While the link is behind, scanners are looked at half as often: every 8 turns their buffers hold."""
        if self._stage or not self._link.is_behind:
            self._scan(inputs, ticks, position)
        else:
            self._link.serve(self._control.logic.state, ticks, position)

    def _serve(self, inputs, ticks, position):
        self._link.serve(self._control.logic.state, ticks, position)

    def _hear(self, inputs, ticks, position):
        if self._link.receive():
            self._command(position)

    def _hurry(self, inputs, ticks, position):
        """A code that is being looked up has twice the time; without one, the link has."""
        link = self._link
        if self._stage:
            self._go_on_reading()
        elif link.is_hearing:
            if link.receive():
                self._command(position)
        elif link.is_behind:
            link.serve(self._control.logic.state, ticks, position)

    def _drive(self, inputs, ticks, position):
        self._rounds = rounds = (self._rounds + 1) & _MOTOR_ROUNDS
        if not rounds:
            self._look_at_motors(inputs)
        elif rounds == _SCANNER_ROUND:
            self._watch_scanners(position)
        elif rounds == _LIGHT_ROUND:
            self._show(position)
            return  # it takes long enough without motors
        elif rounds == _EYE_ROUND:
            self._watch_eye()
        elif rounds == _SPEED_ROUND:
            self._speed.go_on()
            self._link.speed = self._speed.now
        elif rounds == _NOTE_ROUND:
            if self._fault:
                self._note_fault()
            elif self._uncounted and not self._link.has_figures:
                self._count()
            return  # so do these
        elif rounds == _HOST_ROUND:
            self._watch_host(position)
        elif rounds == _WIRE_ROUND:
            self._watch_wires(position)
        for motor in self._parts.seeing:
            motor.see(inputs)
        for motor in self._parts.polled:
            motor.poll(ticks)
        if self._belt is not None:
            self._look_at_belt(ticks, position)

    def report(self, overruns, worst_us):
        """The loop's figures to the host; those of parts follow, one in each round of the chores."""
        self._uncounted = len(self._counting)
        self._link.has_figures = 0
        self._link.statistics(overruns, worst_us, self._parts.ring.lost, self._uncounted)

    def _count(self):
        """What a part has counted goes to the link."""
        self._uncounted -= 1
        kind, index, part = self._counting[self._uncounted]
        figures = self._link.figures
        figures[0] = figures[1] = figures[2] = figures[3] = 0
        figures[4] = kind
        figures[5] = index
        part.figures(figures)
        self._link.has_figures = 1

    def tell(self):
        """An output that has been obeyed goes to the link."""
        out = self._out
        self._control.obeyed -= self._control.logic.drain(out, 0)
        self._link.tell(out)
        if out[0] == _DISPOSITION:
            if out[2] & 15 != _RECIRCULATED:
                self._link.slots.release(out[3] - 1)
        elif out[0] == _HANDED_OUT:
            if not self._counts_laps:
                self._link.slots.release(out[3] - 1)
        elif out[0] == _FAULT:
            self._note_fault()  # one that waits still
            self._fault = out[1]
            self._fault_index = out[2]
            self._fault_detail = out[3]

    def _note_fault(self):
        """A fault that was told is kept over resets, too."""
        if self._fault:
            record(self._fault, self._fault_index, self._fault_detail)
            self._fault = 0

    def _go_on_reading(self):
        """A code's slot, then the plan's answer, step by step in turns of their own: both take long on a board."""
        scanner = self._scanners[self._reading]
        stage = self._stage
        self._stage = stage + 1
        if stage == _DECIDE:
            answer = self._plan.go_on(scanner.code)
            self._stage = _DECIDE
            if answer >= 0:
                self._stage = _IDLE
                self._control.feed(_READ, self._reading, self._read_position, self._code, answer)
        elif stage == _NAME:
            self._link.slots.begin(scanner.code, scanner.length)
        elif stage == _FIND:
            self._code = self._link.slots.find(scanner.code, scanner.length)
            if self._code >= 0:
                self._stage = _BEGIN
        elif stage == _ENTER:
            self._code = self._link.slots.enter(scanner.code, scanner.length)
        else:
            self._plan.begin(scanner.code, scanner.length)

    def _look_at_belt(self, ticks, position):
        belt = self._belt
        belt.poll(ticks)
        if belt.is_running != self._was_running:
            self._was_running = belt.is_running
            self._control.feed(_DRIVE, 0, position, belt.is_running, 0)

    def _look_at_motors(self, inputs):
        """Motors that fail or work again are told to the host."""
        i = 0
        for motor in self._parts.motors:
            motor.look(inputs)
            if motor.is_failed != self._failed[i]:
                self._failed[i] = motor.is_failed
                self._link.report(messages.MOTOR, i, motor.is_failed)
            i += 1

    def _watch_scanners(self, position):
        """Scanners that have fallen silent or speak again are told to the host; one may be told to stop reading."""
        if self._parts.triggers is not None:
            self._parts.triggers.close(position)
        i = 0
        for scanner in self._scanners:
            scanner.watch()
            if scanner.is_failed != self._silent[i]:
                self._silent[i] = scanner.is_failed
                self._link.report(messages.SCANNER, i, scanner.is_failed)
            i += 1

    def _watch_eye(self):
        """One eye a time: is it dirty, or clean again?"""
        eyes = self._parts.ring
        i = self._next_eye
        self._next_eye = i + 1 if i + 1 < eyes.n else 0
        if eyes.watch(i, self._link.turn):
            self._link.report(messages.EYE, i, eyes.is_dirty[i])

    def _show(self, position):
        """The state of the line to the stack light, channels of the emergency stop that differ to the host."""
        parts = self._parts
        parts.light.show(self._control.logic.state, self._link.turn)
        parts.flush()
        if parts.contacts.is_discrepant != self._was_discrepant:
            self._was_discrepant = parts.contacts.is_discrepant
            self._link.report(messages.CONTACTS, 0, self._was_discrepant)
        if self._has_neighbours and self._link.is_attached != self._was_attached:
            # The other zones are heard through the host alone.
            self._was_attached = self._link.is_attached
            self._control.feed(_PEER, 0, position, _LINK_ALIVE if self._was_attached else _LINK_DEAD, 0)

    def _watch_host(self, position):
        """The line stops where it may not run without its host any longer, whoever starts it."""
        gone_s = self._host.gone_s()
        state = self._control.logic.state
        if gone_s >= 0 and (state == _RUNNING or state == _STARTING):
            self._control.feed(_STOP, 0, position, 0, 0)
            self._link.fault(HOST_LOST, 0, gone_s, position)
            record(HOST_LOST, 0, gone_s)

    def _watch_wires(self, position):
        """The line stops where an expander does not answer: eyes at it see nothing, and gates stay where they are."""
        wires = self._wires
        fault = wires.look(self._link.turn)
        state = self._control.logic.state
        if wires.is_silent and (state == _RUNNING or state == _STARTING):
            self._control.feed(_STOP, 0, position, 0, 0)
            fault = EXPANDER_SILENT
        if fault:
            self._link.fault(fault, wires.index, wires.detail, position)
            record(fault, wires.index, wires.detail)

    def _obeys(self, kind):
        """Sensors speak for themselves; of several boards the one with the belt's motor speaks for it to the others."""
        if _RESET <= kind <= _HOLD:
            return 1
        return self._has_neighbours and (kind == _PEER or (kind == _DRIVE and self._belt is None))

    def _command(self, position):
        """A message of the host."""
        kind = self._link.kind
        values = self._link.values
        control = self._control
        if kind == messages.COMMAND:
            if self._obeys(values[0]):
                control.feed(values[0], 0, position, values[1], 0)
        elif kind == messages.DEST_ANSWER:
            control.feed(_DESTINATION, values[2], position, values[0], values[1])
        elif kind == messages.CHUTE:
            control.feed(_CHUTE, values[0], position, values[1], 0)
        elif kind == messages.GATE:
            control.feed(_GATE_HEALTH, values[0], position, values[1], 0)
        elif kind == messages.SPEED:
            speed = self._speed
            why = speed.ask(values[0])
            self._link.answer_speed(speed.aim, values[0], why, speed.least, speed.most)
        elif kind == messages.HAND_OVER and values[1] != self._told:
            # Where it was cut off the host says it again. Its code stays there: it has no slot here.
            self._told = values[1]
            control.feed(_HANDED, 0, values[1], values[0], values[2])
            control.feed(_BOUND, values[4], position, values[0], values[3])
        elif kind == messages.TRACK_END and values[0] != self._told:
            self._told = values[0]
            if values[2] == _RECIRCULATED:
                control.feed(_LAP, values[1], position, values[0], 0)
            else:
                self._link.slots.release(values[1] - 1)
