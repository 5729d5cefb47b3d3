"""The board's end of the link: tells the host what happens, takes its commands, never holds up the loop.

Dispositions, faults and requests are kept until the host has acknowledged them; what merely happens (edges,
commands) may drop when the host is slow, and is counted. A frame is made in slices, some bytes a turn of the loop.
Time is counted in turns: milliseconds, as long as the loop keeps its pace.
"""

from array import array

from micropython import const

from sorter_core import messages
from sorter_core.frames import HEAD, RELIABLE, FrameReader, FrameWriter
from sorter_core.outbox import Outbox
from sorter_core.slots import CODE_BYTES

SLICE = const(12)
READ_EVERY = const(4)
HEARTBEAT_TURNS = const(250)

_RING = const(128)
_FIELDS = const(6)
_KEPT = const(256)
_MASK = const(0x0FFFFFFF)
_DISPOSITION = const(8)
_DEST_REQUEST = const(9)
_FAULT = const(11)
_BEGINNING = const(1)
_WRITING = const(2)


class Link:
    """`wire` reads and writes bytes; `slots` knows the codes that messages carry."""

    def __init__(self, wire, slots):
        self.dropped = 0
        self.kind = 0
        self.values = array("i", [0] * messages.MOST_FIELDS)
        self.reader = FrameReader()
        self._wire = wire
        self._slots = slots
        self._text = b""
        self._writer = FrameWriter()
        self._outbox = Outbox(_KEPT)
        self._fields = array("i", [0] * messages.MOST_FIELDS)
        self._bytes = bytearray(8)
        self._used = 0
        self._at = 0
        self._ring = array("i", [0] * (_RING * _FIELDS))
        self._first = 0
        self._count = 0
        self._sequence = 0
        self._expected = 0  # the next reliable message of the host
        self._stage = 0
        self._kind = 0
        self._flags = 0
        self._slot = 0
        self._length = 0
        self._beat = HEARTBEAT_TURNS

    def note(self, message, a, b, c, d, e):
        """Queue a message that may drop: an INPUT or OUTPUT with its fields in order."""
        if self._count == _RING:
            self.dropped = (self.dropped + 1) & _MASK
            return
        at = ((self._first + self._count) & (_RING - 1)) * _FIELDS
        ring = self._ring
        ring[at] = message
        ring[at + 1] = a
        ring[at + 2] = b
        ring[at + 3] = c
        ring[at + 4] = d
        ring[at + 5] = e
        self._count += 1

    def tell(self, out, at):
        """One output of the gate logic: kind, a, b, c, position from out[at] on."""
        kind = out[at]
        if kind == _DISPOSITION:
            self._outbox.put(messages.DISPOSITION, out[at + 1], out[at + 2], out[at + 3], out[at + 4], 0)
        elif kind == _FAULT:
            self._outbox.put(messages.FAULT, out[at + 1], out[at + 2], out[at + 3], out[at + 4], 0)
        elif kind == _DEST_REQUEST:
            self._outbox.put(messages.DEST_REQUEST, out[at + 1], out[at + 2], 0, 0, 0)
        else:
            self.note(messages.OUTPUT, kind, out[at + 1], out[at + 2], out[at + 3], out[at + 4])

    def say(self, level, text):
        """A text for the host's log, kept until the next one. Only at rest: it allocates."""
        self._text = text.encode()[:60]
        self._outbox.put(messages.LOG, level, 0, 0, 0, 0)

    def hello(self, role, state, cause, boot):
        """Say who is there, again until the host has heard it."""
        self._outbox.put(messages.HELLO, messages.PROTOCOL, role, state, cause, boot)

    def serve(self, turn, state, ticks, position):
        """A turn's share of the work: a piece of a frame out, bytes in; 1 when `kind` and `values` hold a message."""
        self._beat -= 1
        if self._stage == _WRITING:
            if self._writer.go_on(SLICE):
                self._stage = 0
                self._wire.write(self._writer.out, self._writer.size)
        elif self._stage == _BEGINNING:
            self._begin()
        elif self._count or self._outbox.count:
            self._send_next(turn)
        elif self._beat < 0:
            self._beat = HEARTBEAT_TURNS
            values = self._fields
            values[0] = state
            values[1] = 0
            values[2] = ticks
            values[3] = position
            self._choose(messages.HEARTBEAT, 0, -1)
        return 0 if turn & (READ_EVERY - 1) else self.receive()

    def receive(self):
        """Take some bytes from the wire, up to the end of a message; 1 if there is one for the loop."""
        reader = self.reader
        if self._at == self._used:
            self._at = 0
            self._used = self._wire.read(self._bytes)
            if not self._used:
                return 0
        self._at = reader.feed(self._bytes, self._at, self._used)
        if not reader.is_ready:
            return 0
        self._outbox.acknowledge(reader.ack)
        if self._is_news() and messages.unpack(reader.body, reader.kind, reader.length, self.values) >= 0:
            self.kind = reader.kind
            return 1
        return 0

    def _is_news(self):
        """Reliable messages are taken once and in order; others as they come."""
        reader = self.reader
        if not reader.flags & RELIABLE:
            return 1
        if reader.sequence != self._expected:
            return 0
        self._expected = (self._expected + 1) & 255
        return 1

    def _send_next(self, turn):
        """Take what has waited longest, reliable messages first."""
        values = self._fields
        if self._outbox.next(values, turn):
            kind = self._outbox.kind
            slot = -1
            if kind == messages.DISPOSITION:
                slot = values[2] - 1
            elif kind == messages.DEST_REQUEST:
                slot = values[1]
            self._choose(kind, RELIABLE, slot)
        elif self._count:
            at = self._first * _FIELDS
            ring = self._ring
            i = 0
            while i < 5:
                values[i] = ring[at + 1 + i]
                i += 1
            self._first = (self._first + 1) & (_RING - 1)
            self._count -= 1
            self._choose(ring[at], 0, -1)

    def _choose(self, kind, flags, slot):
        """The next frame is of the fields in `_fields`, with a slot's code or the log's text as its tail."""
        self._length = messages.pack(self._writer.body, kind, self._fields)
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
        codes = self._slots.codes
        length = self._slots.lengths[slot]
        body = self._writer.body
        start = slot * CODE_BYTES
        end = start + length
        while start < end:
            body[at] = codes[start]
            at += 1
            start += 1
        return length
