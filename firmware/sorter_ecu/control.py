"""The control loop's turn: read the inputs once, let the gate logic decide, write the outputs once.

    control = Control(parts, image, wire)
    while True: control.turn(ticks_us())          # once a period; allocates nothing

Nothing is decided here: sensors become inputs of the gate logic, its outputs become commands of the drivers
and messages to the host. A turn has a millisecond, so it does one thing besides reading the inputs: a step of the
gate logic if one is due, else an edge and the step for it, else a slice of what can wait (`Chores`). What is
latched waits with its position; what the gate logic commands is on the outputs in the turn of the step or the next,
or in the one after that if another gate is due.
"""

from time import ticks_us

from micropython import const
from sorter_io.chip import read_inputs
from sorter_io.photo_eye import eye_news

from sorter_core.gate_logic import GateLogic
from sorter_core.slots import SLOTS as MOST_CODES
from sorter_core.slots import Slots
from sorter_ecu.chores import SLOTS, Chores
from sorter_ecu.link import KEPT, Link

_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_RING_MASK = const(255)
_RECORD = const(5)
_BLOCKED = const(1)
_GATE_END = const(7)
_GATE_EXTEND = const(1)
_GATE_RETRACT = const(2)
_GATES_SAFE = const(4)
_LINE = const(5)
_RESET = const(10)  # of inputs
_INFEED = const(6)
_MERGE = const(7)
_EDGES_A_TURN = const(2)
_SIFTED = const(2)  # edges that may turn out to be a contact's bouncing, where there is time for that
_MOST_DUE = const(7)  # busy turns on end, of which the last is for something else; a power of 2 less 1
_MOST_PENDING = const(3)
_LATE_US = const(520)  # of a millisecond: no more gates
_TOO_LATE_US = const(700)  # nor motors, which cost less
_FAULTS = const(32)  # and parts that fail, beside the parcels that a host which is away is to be told
_FULL = const(128)  # outputs that nobody has taken away


def _link(wire, parcels, tracks):
    """The link of a board that keeps so many parcels for its host: each is told twice, and its code last. Those on
    the line have their codes, too; of eight codes one may be a long one."""
    codes = min((parcels + tracks) * 9 // 8, MOST_CODES)
    return Link(wire, Slots(codes), ticks_us, min(2 * parcels + _FAULTS, KEPT))


class Control:
    """One line on one board."""

    def __init__(self, parts, image, wire):
        self.parts = parts
        self.logic = GateLogic(image.gates)
        self.link = _link(wire, image.parts["parcels"], self.logic.tracks.capacity)
        chores = Chores(self, image)
        self._tell = chores.tell
        self.report = chores.report
        self._tasks = chores.tasks
        self._slot = 0
        self._count = parts.encoder.count
        self._ring = parts.ring
        self._chains = parts.inputs
        self._polls = [chain.poll for chain in parts.inputs]
        self._contacts = parts.contacts
        self._ends = bytearray([1] * len(parts.gates))
        self._switches = [gate.switches for gate in parts.gates]
        self._end_bits = 0
        for switches in self._switches:
            self._end_bits |= switches.bits
        self._watched = self._end_bits | parts.contacts.watched
        self._levels = -1  # of what is watched, -1 as long as contacts have not kept still for long enough
        self._end_levels = -1
        self.obeyed = 0  # outputs that have been obeyed, and wait to be told
        self._busy = 0
        self._has_waited = 0  # commands have, for one step: that of another gate

    @property
    def turns(self):
        """How many there were since the boot, modulo 2^28."""
        return self.link.turn

    def turn(self, ticks):
        """One period; `ticks` are microseconds, modulo 2^28. What is idle in most turns is asked for first.

        Steps come first, those at a place or a time before those that may wait; but chores have their turn.
        """
        link = self.link
        link.turn = (link.turn + 1) & _MASK
        inputs = read_inputs()
        position = self._count()
        if (
            inputs & self._watched != self._levels
            and self._look_at_inputs(inputs, position)
            and self._may_end()
        ):
            for poll in self._polls:
                poll(position, inputs)
            return
        has_edges = 0
        for poll in self._polls:
            if poll(position, inputs):
                has_edges = 1
        logic = self.logic
        ring = self._ring
        outputs = logic.out_count
        waits = outputs and outputs != self.obeyed
        if logic.urgent and logic.is_pending:
            self._has_waited = 1
        elif waits and (self._has_waited or (position - logic.gate_agenda.next_due) & _HALF):
            self._busy += 1
            self._obey(logic, ticks)
            return
        elif (
            (not (position - logic.due_position) & _HALF or not (ticks - logic.due_ticks) & _HALF)
            and (self._busy & _MOST_DUE != _MOST_DUE or not (position - logic.gate_agenda.next_due) & _HALF)
            and outputs < _FULL
        ):
            if waits:
                self._has_waited = 1
            logic.edges_wait = has_edges or ring.read != ring.written
        elif has_edges or ring.has_moved:
            self._take_edges(inputs, position)
            return
        elif not logic.is_pending or self._busy & _MOST_PENDING == _MOST_PENDING or outputs >= _FULL:
            self._do_other(inputs, ticks, position)
            return
        self._busy += 1
        logic.step(position, ticks)
        if logic.out_count != self.obeyed and (ticks_us() - ticks) & _MASK < _TOO_LATE_US:
            # A meter that is held a turn late is held for too short, as it is freed in time.
            self._obey(logic, ticks)

    def _do_other(self, inputs, ticks, position):
        """An edge or two where some wait, else what is to be told, else a chore."""
        ring = self._ring
        if ring.n_deaf:
            if self.link.turn & 1:
                # To look at those again is work for a turn; the next one is for chores.
                self._hear(position, 1, _SIFTED)
                return
        elif ring.read != ring.written:
            self._busy += 1
            self._hear(position, _EDGES_A_TURN, _SIFTED)
            return
        self._busy = 0
        if self.logic.out_count:
            self._tell()
            return
        slot = self._slot
        self._slot = (slot + 1) & SLOTS
        self._tasks[slot](inputs, ticks, position)

    def safe(self):
        """Every output to its safe state, whatever the gate logic thinks."""
        self.parts.safe()

    def feed(self, kind, index, position, a, b):
        """An input of the gate logic; the host is told, too."""
        if kind == _RESET:
            self.parts.reset()
        self.logic.feed(kind, index, position, a, b)
        self.link.note(kind, index, position, a, b)

    def _take_edges(self, inputs, position):
        """Those of chains into the ring, and one of them to the gate logic: that is work for a turn.

        Where interrupts have latched some already, they are heard first: it may take a turn to sift them.
        """
        self._busy += 1
        ring = self._ring
        if ring.has_moved:
            ring.has_moved = self._read_gate(inputs, 0, position)
            return
        if ring.read != ring.written:
            self._hear(position, 1, _SIFTED)
            return
        for chain in self._chains:
            chain.tell(ring)
        self._hear(position, 1, 1)

    def _hear(self, position, most, sifted):
        """Feed up to `most` edges to the gate logic, for the steps of the next turns; only one where the contact of an
        eye bounces: that alone is work. The first is looked for among so many as are to be `sifted`."""
        ring = self._ring
        triggers = self.parts.triggers
        before = ring.read
        n = 0
        while n < most and eye_news(ring, position, sifted):
            self.feed(ring.kind, ring.index, ring.position, 0, 0)
            if triggers is not None:
                triggers.edge(ring.index, ring.kind == _BLOCKED, ring.position)
            n += 1
            if ring.read - before != n:
                return
            sifted = 1

    def _look_at_inputs(self, inputs, position):
        """Contacts and end switches have changed, or contacts may settle; 1 if that was work."""
        contacts = self._contacts
        has_told = contacts.poll(inputs)
        if has_told:
            self.feed(contacts.kind, 0, position, contacts.level, 0)
        self._levels = inputs & self._watched if contacts.is_quiet else -1
        changed = (inputs ^ self._end_levels) & self._end_bits
        if changed:
            self._levels = -1
            if not has_told:
                has_told = self._read_gate(inputs, changed, position)
        return has_told

    def _may_end(self):
        """Inputs were work for a turn, unless something is to be done at once, or the last turn was busy, too."""
        logic = self.logic
        if self._busy & 1 or logic.urgent or logic.out_count != self.obeyed:
            return 0
        self._busy += 1
        return 1

    def _read_gate(self, inputs, changed, position):
        """The end of a gate whose switches have changed, those bits of the inputs or what expanders have said: that is
        work for a turn. 0 if there is none."""
        i = 0
        for switches in self._switches:
            if switches.bits & changed or switches.has_moved:
                switches.has_moved = 0
                self._end_levels ^= switches.bits & changed
                end = switches.end(inputs)
                if end >= 0 and end != self._ends[i]:
                    self._ends[i] = end
                    self.feed(_GATE_END, i, position, end, 0)
                return 1
            i += 1
        return 0

    def _obey(self, logic, ticks):
        """Outputs of the gate logic to the drivers, in a turn that was due at `ticks`; the host is told in time.

        What is no command needs nothing but that: it makes no command wait, and takes no turn.
        """
        ring = logic.out_ring
        n = self.obeyed
        at = logic.out_first + n
        while n < logic.out_count:
            row = (at & _RING_MASK) * _RECORD
            kind = ring[row]
            if kind <= _MERGE:
                if (ticks_us() - ticks) & _MASK >= (_LATE_US if kind < _LINE else _TOO_LATE_US):
                    break
                if self._do(kind, ring[row + 1]):
                    continue
            at += 1
            n += 1
        self.obeyed = n
        if n == logic.out_count:
            self._has_waited = 0
        for chain in self.parts.outputs:
            if chain.is_dirty:
                chain.flush()

    def _do(self, kind, a):
        """A command; 1 if there may be more of it to do."""
        parts = self.parts
        if kind == _GATE_EXTEND:
            parts.extend(a)
        elif kind == _GATE_RETRACT:
            parts.retract(a)
        elif kind == _GATES_SAFE:
            return parts.safe_gate()
        elif kind == _LINE and parts.belt is not None:
            parts.belt.run(a)
        elif kind == _INFEED and parts.meter is not None:
            parts.meter.run(0 if a else 1)
        elif kind == _MERGE and parts.loop is not None:
            parts.loop.run(a)
        return 0
