"""The board's end of the link: tells the host what happens, takes its commands, never holds up the loop.

Dispositions, faults and requests are kept until the host has acknowledged them; what merely happens (edges,
commands) may drop when the host is slow, and is counted. Such records wait a moment for each other and go in one
frame. A frame is made in slices, some bytes a call.
A host that is not heard for LOST_TURNS is lost: it is asked nothing, so that what it has to know has the room, and the
board's own plan decides.
Time is counted in turns of the loop: milliseconds, as long as it keeps its pace.
"""

from array import array

from micropython import const

from sorter_core import messages
from sorter_core.frames import HEAD, RELIABLE, FrameReader, FrameWriter
from sorter_core.outbox import Outbox
from sorter_core.slots import CODE_BYTES

SLICE = const(20)
HEARTBEAT_TURNS = const(250)
LOST_TURNS = const(1000)

_CHUNK = const(4)
_RING = const(128)
_ROW = const(5)
_KEPT = const(384)
_MASK = const(0x0FFFFFFF)
_RECORD_OUT = const(128)
_FRAME_RECORDS = const(104)  # bytes of records after which a frame is full
_WAIT_TURNS = const(16)
_DISPOSITION = const(8)
_DEST_REQUEST = const(9)
_FAULT = const(11)
_CHOOSING = const(0)
_BEGINNING = const(1)
_WRITING = const(2)
_FILLING = const(3)


class Link:
    """`wire` reads and writes bytes; `slots` knows the codes that messages carry."""

    def __init__(self, wire, slots):
        self.dropped = 0
        self.kind = 0
        self.values = array("i", [0] * messages.MOST_FIELDS)
        self.reader = FrameReader()
        self.slots = slots
        self._wire = wire
        self._text = b""
        self._writer = FrameWriter()
        self._outbox = Outbox(_KEPT)
        self._fields = array("i", [0] * messages.MOST_FIELDS)
        self._bytes = bytearray(_CHUNK)
        self._used = 0
        self._at = 0
        self._ring = array("i", [0] * (_RING * _ROW))
        self._first = 0
        self._count = 0
        self._since = 0  # when the first record found the ring empty
        self._statistics = array("i", [0] * messages.MOST_FIELDS)
        self._has_statistics = 0
        self._sequence = 0
        self._expected = 0  # the next reliable message of the host
        self._stage = _CHOOSING
        self._kind = 0
        self._flags = 0
        self._slot = 0
        self._length = 0
        self._beat_at = 0
        self.is_lost = 0
        self.losses = 0
        self._heard_at = 0

    def note(self, tag, a, b, c, d):
        """Queue a record that may drop: an input of the gate logic, or an output plus RECORD_OUT."""
        count = self._count
        if count == _RING:
            self.dropped = (self.dropped + 1) & _MASK
            return
        self._count = count + 1
        at = ((self._first + count) & (_RING - 1)) * _ROW
        ring = self._ring
        ring[at] = tag
        ring[at + 1] = a
        ring[at + 2] = b
        ring[at + 3] = c
        ring[at + 4] = d

    def tell(self, out):
        """One output of the gate logic: kind, a, b, c, position in `out`."""
        kind = out[0]
        if kind == _DISPOSITION:
            self._outbox.put(messages.DISPOSITION, out[1], out[2], out[3], out[4], 0)
        elif kind == _FAULT:
            self._outbox.put(messages.FAULT, out[1], out[2], out[3], out[4], 0)
        elif kind == _DEST_REQUEST:
            if not self.is_lost:
                self._outbox.put(messages.DEST_REQUEST, out[1], out[2], 0, 0, 0)
        else:
            self.note(kind + _RECORD_OUT, out[1], out[2], out[3], out[4])

    def report(self, message, index, is_failed):
        """A part has failed, or works again: MOTOR or SCANNER."""
        self._outbox.put(message, index, is_failed, 0, 0, 0)

    def statistics(self, turns, overruns, worst_us):
        """Figures of the loop; the last ones that were given are told when there is time."""
        values = self._statistics
        values[0] = turns
        values[1] = overruns
        values[2] = worst_us
        values[3] = self.dropped
        values[4] = self.reader.bad
        values[5] = self._outbox.lost
        values[6] = self.losses
        self._has_statistics = 1

    def say(self, level, text):
        """A text for the host's log, kept until the next one. Only at rest: it allocates."""
        self._text = text.encode()[:60]
        self._outbox.put(messages.LOG, level, 0, 0, 0, 0)

    def hello(self, role, state, cause, boot):
        """Say who is there, again until the host has heard it."""
        self._outbox.put(messages.HELLO, messages.PROTOCOL, role, state, cause, boot)

    def serve(self, turn, state, ticks, position):
        """A slice of what is to be sent."""
        stage = self._stage
        if stage == _WRITING:
            if self._writer.go_on(SLICE):
                self._stage = _CHOOSING
                self._wire.write(self._writer.out, self._writer.size)
        elif stage == _BEGINNING:
            self._begin()
        elif stage == _FILLING:
            self._fill()
        elif (turn - self._beat_at) & _MASK >= HEARTBEAT_TURNS:
            self._beat_at = turn
            self._beat(turn, state, ticks, position)
        elif self._outbox.count and self._outbox.next(self._fields, turn):
            self._choose_reliable()
        elif self._count:
            self._gather(turn)
        elif self._has_statistics:
            self._has_statistics = 0
            self._choose(messages.STATISTICS, 0, -1, self._statistics)

    def receive(self, turn):
        """Take some bytes from the wire, or the message that they have come to; 1 if there is one for the loop."""
        reader = self.reader
        if reader.is_ready:
            reader.is_ready = 0
            self._heard_at = turn
            self.is_lost = 0
            self._outbox.acknowledge(reader.ack)
            self.kind = reader.kind
            return (
                self._is_news() and messages.unpack(reader.body, reader.kind, reader.length, self.values) >= 0
            )
        if self._at == self._used:
            self._at = 0
            self._used = self._wire.read(self._bytes)
            if not self._used:
                return 0
        self._at = reader.feed(self._bytes, self._at, self._used)
        return 0

    def _beat(self, turn, state, ticks, position):
        """The heartbeat; and see whether the host's has been missed for too long."""
        if (turn - self._heard_at) & _MASK >= LOST_TURNS and not self.is_lost:
            self.is_lost = 1
            self.losses = (self.losses + 1) & _MASK
        values = self._fields
        values[0] = state
        values[1] = self.is_lost
        values[2] = ticks
        values[3] = position
        self._choose(messages.HEARTBEAT, 0, -1, values)

    def _is_news(self):
        """Reliable messages are taken once and in order; others as they come."""
        reader = self.reader
        if not reader.flags & RELIABLE:
            return 1
        if reader.sequence != self._expected:
            return 0
        self._expected = (self._expected + 1) & 255
        return 1

    def _choose_reliable(self):
        kind = self._outbox.kind
        slot = -1
        if kind == messages.DISPOSITION:
            slot = self._fields[2] - 1
        elif kind == messages.DEST_REQUEST:
            slot = self._fields[1]
        self._choose(kind, RELIABLE, slot, self._fields)

    def _gather(self, turn):
        """Records wait for each other, but not for long."""
        if not self._since:
            self._since = turn | 1
        if self._count >= 16 or (turn - self._since) & _MASK >= _WAIT_TURNS:
            self._since = 0
            self._kind = messages.RECORDS
            self._flags = 0
            self._slot = -1
            self._length = 0
            self._stage = _FILLING

    def _fill(self):
        """One more record into the frame."""
        first = self._first
        end = messages.pack_record(self._writer.body, HEAD + self._length, self._ring, first * _ROW)
        self._length = end - HEAD
        self._first = (first + 1) & (_RING - 1)
        self._count -= 1
        if not self._count or self._length > _FRAME_RECORDS:
            self._stage = _BEGINNING

    def _choose(self, kind, flags, slot, values):
        """The next frame is of these values, with a slot's code or the log's text as its tail."""
        self._length = messages.pack(self._writer.body, kind, values)
        self._kind = kind
        self._flags = flags
        self._slot = slot
        self._stage = _BEGINNING

    def _begin(self):
        """The frame's tail and head; its bytes are made in the next turns."""
        writer = self._writer
        used = self._length
        if self._slot >= 0:
            used += self._put_code(HEAD + used, self._slot)
        elif self._kind == messages.LOG:
            for byte in self._text:
                writer.body[HEAD + used] = byte
                used += 1
        sequence = self._outbox.sequence
        if not self._flags:
            sequence = self._sequence = (self._sequence + 1) & 255
        writer.begin(self._kind, self._flags, sequence, self._expected, used)
        self._stage = _WRITING

    def _put_code(self, at, slot):
        """The code of a slot into the frame from `at` on; its length."""
        codes = self.slots.codes
        length = self.slots.lengths[slot]
        body = self._writer.body
        start = slot * CODE_BYTES
        end = start + length
        while start < end:
            body[at] = codes[start]
            at += 1
            start += 1
        return length
