"""The board's end of the link: tells the host what happens, takes its commands, never holds up the loop.

A host begins a conversation with ATTACH and is answered HELLO; before that, and when it has not been heard for
LOST_TURNS, it is told nothing but who is there, and asked nothing: the board's own plan decides. Tracks from their
first to their last, faults and requests are kept until the host has acknowledged them; what merely happens (edges,
commands) may drop when the host is slow, and is counted. Such records wait a moment for each other and go in one frame.
A frame is made in slices, some bytes a call.
Time is counted in turns of the loop: milliseconds, as long as it keeps its pace.
"""

from array import array

from micropython import const

from sorter_core import messages
from sorter_core.frames import FROM_HOST, HEAD, MAX_PAYLOAD, RELIABLE, FrameReader, FrameWriter
from sorter_core.outbox import Outbox
from sorter_core.slots import CODE_BYTES

SLICE = const(20)
HEARTBEAT_TURNS = const(250)
LOST_TURNS = const(1000)

_CHUNK = const(6)
_RING = const(128)
_ROW = const(6)
_KEPT = const(512)
_MASK = const(0x0FFFFFFF)
_RECORD_OUT = const(128)
_FRAME_RECORDS = const(102)  # bytes of turn and records after which a frame is full
_TAIL = const(16)
_NOTHING = b""
_WAIT_TURNS = const(16)
_BEHIND = const(8)  # kept messages from which on the link is given more turns
_DISPOSITION = const(8)
_DEST_REQUEST = const(9)
_EVENT = const(10)
_FAULT = const(11)
_INDUCTED = const(1)
_STRAY_SEEN = const(8)
_CHOOSING = const(0)
_BEGINNING = const(1)
_WRITING = const(2)
_FILLING = const(3)
_TIMING = const(4)
_HELD_AT = const(10)  # place of the last field of TIME_TELL
_LONGEST_US = const(65535)


class Link:
    """`wire` reads and writes bytes; `slots` knows the codes that messages carry; `clock()` are microseconds."""

    def __init__(self, wire, slots, clock):
        self.turn = 0
        self.is_attached = 0
        self.losses = 0
        self.dropped = 0
        self.kind = 0
        self.values = array("i", [0] * messages.MOST_FIELDS)
        self.reader = FrameReader()
        self.slots = slots
        self._wire = wire
        self._clock = clock
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
        self._statistics = array("i", [0] * messages.MOST_FIELDS)
        self._has_statistics = 0
        self._sequence = 0
        self._expected = 0  # the next reliable message of the host
        self._stage = _CHOOSING
        self._kind = 0
        self._flags = 0
        self._length = 0
        self._tail = _NOTHING  # what a frame ends in: so much of this
        self._tail_at = 0
        self._tail_end = 0
        self._beat_at = 0
        self._heard_at = 0
        self.is_hearing = 0  # more may have come than `receive` has taken
        self.is_behind = 0  # the host is there, and much is kept for it
        self._who = array("i", [messages.PROTOCOL] + [0] * 7)
        self._name = _NOTHING
        self._is_greeting = 0
        self._token = 0
        self._asked = -1  # for the time, by a question of this number
        self._asked_at = 0

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
        ring[at + 1] = self.turn
        ring[at + 2] = a
        ring[at + 3] = b
        ring[at + 4] = c
        ring[at + 5] = d

    def tell(self, out):
        """One output of the gate logic: kind, a, b, c, position in `out`."""
        kind = out[0]
        if kind == _DISPOSITION:
            self._outbox.put(messages.DISPOSITION, out[1], out[2], out[3], out[4], self.turn)
        elif kind == _FAULT:
            self._outbox.put(messages.FAULT, out[1], out[2], out[3], out[4], self.turn)
        elif kind == _DEST_REQUEST:
            if self.is_attached:
                self._outbox.put(messages.DEST_REQUEST, out[1], out[2], self.turn, 0, 0)
        elif kind == _EVENT and (out[1] == _INDUCTED or out[1] == _STRAY_SEEN):
            self._outbox.put(messages.TRACK, out[1], out[2], out[3], out[4], self.turn)
        else:
            self.note(kind + _RECORD_OUT, out[1], out[2], out[3], out[4])

    def report(self, message, index, is_failed):
        """A part has failed, or works again: MOTOR or SCANNER."""
        self._outbox.put(message, index, is_failed, self.turn, 0, 0)

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

    def introduce(self, role, cause, boot, name):
        """Who is there, for every HELLO from now on: `name` are the words of its tail. Only at rest."""
        who = self._who
        who[1] = role
        who[3] = cause
        who[4] = boot
        self._name = name.encode()[: MAX_PAYLOAD - 14]

    def serve(self, state, ticks, position):
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
        elif stage == _TIMING:
            self._end_time()
        elif self._is_greeting:
            self._greet(state)
        elif self._asked >= 0:
            self._begin_time()
        elif (self.turn - self._beat_at) & _MASK >= HEARTBEAT_TURNS:
            self._beat_at = self.turn
            self._beat(state, ticks, position)
            self.is_behind = self.is_attached and self._outbox.count >= _BEHIND
        elif not self.is_attached:
            return
        elif self._outbox.count and self._outbox.next(self._fields, self.turn):
            self._choose_reliable()
        elif self._count:
            self._gather()
        elif self._has_statistics:
            self._has_statistics = 0
            self._choose(messages.STATISTICS, 0, self._statistics)

    def receive(self):
        """Take some bytes from the wire, or the message that they have come to; 1 if there is one for the loop."""
        reader = self.reader
        if reader.is_ready:
            reader.is_ready = 0
            return self._take()
        if self._at == self._used:
            self._at = 0
            self._used = self._wire.read(self._bytes)
            self.is_hearing = self._used == _CHUNK
            if not self._used:
                return 0
        self._at = reader.feed(self._bytes, self._at, self._used)
        if reader.is_ready and reader.kind == messages.TIME_ASK:
            self._asked_at = self._clock() & _MASK
        return 0

    def _take(self):
        """The frame that has been read; 1 if it is a message for the loop."""
        reader = self.reader
        if not reader.flags & FROM_HOST:
            return 0
        kind = self.kind = reader.kind
        values = self.values
        if kind == messages.ATTACH:
            if messages.unpack(reader.body, kind, reader.length, values) > 0:
                self._attach(values[0], values[1])
            return 0
        if not self.is_attached:
            return 0
        self._heard_at = self.turn
        self._outbox.acknowledge(reader.ack)
        if not self._is_news() or messages.unpack(reader.body, kind, reader.length, values) < 0:
            return 0
        if kind == messages.TIME_ASK:
            self._asked = values[0]
            return 0
        return 1

    def _attach(self, protocol, token):
        """A host begins a conversation, or has not heard the answer; of another protocol it is told ours."""
        self._is_greeting = 1
        if protocol != messages.PROTOCOL or not token:
            return
        self._heard_at = self.turn
        who = self._who
        if token != self._token:
            who[5] = self._token
            self._token = token
        elif self.is_attached:
            return
        self.is_attached = 1
        self._expected = 0
        self._outbox.rewind()

    def _greet(self, state):
        self._is_greeting = 0
        who = self._who
        who[2] = state
        who[6] = self._token if self.is_attached else 0
        who[7] = self._outbox.base
        self._set_tail(self._name, 0, len(self._name))
        self._choose(messages.HELLO, 0, who)

    def _begin_time(self):
        """All of the answer but its last field, which is made and sent in one go, so that it is young."""
        values = self._fields
        values[0] = self._asked
        values[1] = self._asked_at
        self._asked = -1
        writer = self._writer
        length = messages.pack(writer.body, messages.TIME_TELL, values)
        self._sequence = (self._sequence + 1) & 255
        writer.begin(messages.TIME_TELL, 0, self._sequence, self._expected, length)
        writer.go_on(_HELD_AT)
        self._stage = _TIMING

    def _end_time(self):
        held_us = (self._clock() - self._asked_at) & _MASK
        if held_us > _LONGEST_US:
            held_us = _LONGEST_US
        writer = self._writer
        writer.body[_HELD_AT] = held_us & 255
        writer.body[_HELD_AT + 1] = held_us >> 8
        writer.go_on(SLICE)
        self._wire.write(writer.out, writer.size)
        self._stage = _CHOOSING

    def _beat(self, state, ticks, position):
        """The heartbeat; and see whether the host's has been missed for too long."""
        if self.is_attached and (self.turn - self._heard_at) & _MASK >= LOST_TURNS:
            self.is_attached = 0
            self.losses = (self.losses + 1) & _MASK
        if not self.is_attached:
            self._greet(state)
            return
        values = self._fields
        values[0] = state
        values[1] = 0
        values[2] = ticks
        values[3] = position
        values[4] = self._outbox.count
        values[5] = self.turn
        self._choose(messages.HEARTBEAT, 0, values)

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
        fields = self._fields
        if kind == messages.DISPOSITION:
            self._set_code(fields[2] - 1)
        elif kind == messages.DEST_REQUEST:
            self._set_code(fields[1])
        elif kind == messages.LOG:
            self._set_tail(self._text, 0, len(self._text))
        self._choose(kind, RELIABLE, fields)

    def _gather(self):
        """Records wait for each other, but not for long."""
        turn = self._ring[self._first * _ROW + 1]
        if self._count >= 16 or (self.turn - turn) & _MASK >= _WAIT_TURNS:
            self._fields[0] = turn
            self._choose(messages.RECORDS, 0, self._fields)
            self._stage = _FILLING

    def _fill(self):
        """One more record into the frame."""
        ring = self._ring
        at = self._first * _ROW
        ring[at + 1] = (ring[at + 1] - self._fields[0]) & _MASK
        end = messages.pack_record(self._writer.body, HEAD + self._length, ring, at)
        self._length = end - HEAD
        self._first = (self._first + 1) & (_RING - 1)
        self._count -= 1
        if not self._count or self._length > _FRAME_RECORDS:
            self._stage = _BEGINNING

    def _choose(self, kind, flags, values):
        """The next frame is of these values, with what `_set_tail` has set as its tail."""
        self._length = messages.pack(self._writer.body, kind, values)
        self._kind = kind
        self._flags = flags
        self._stage = _BEGINNING

    def _set_code(self, slot):
        """The frame ends in the code of a slot; of none where it is -1."""
        if slot >= 0:
            start = slot * CODE_BYTES
            self._set_tail(self.slots.codes, start, start + self.slots.lengths[slot])

    def _set_tail(self, tail, start, end):
        self._tail = tail
        self._tail_at = start
        self._tail_end = end

    def _begin(self):
        """Some bytes of the frame's tail a turn, then its head; its bytes are made in the next turns."""
        writer = self._writer
        at = self._tail_at
        end = self._tail_end
        if at < end:
            if end - at > _TAIL:
                end = at + _TAIL
            to = HEAD + self._length
            self._length += end - at
            self._tail_at = end
            tail = self._tail
            body = writer.body
            while at < end:
                body[to] = tail[at]
                to += 1
                at += 1
            if end < self._tail_end:
                return
        sequence = self._outbox.sequence
        if not self._flags:
            sequence = self._sequence = (self._sequence + 1) & 255
        writer.begin(self._kind, self._flags, sequence, self._expected, self._length)
        self._stage = _WRITING
