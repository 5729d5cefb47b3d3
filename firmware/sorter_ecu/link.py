"""The board's end of the link: tells the host what happens, takes its commands, never holds up the loop.

A host begins a conversation with ATTACH and is answered HELLO; before that, and when it has not been heard for
LOST_TURNS, it is told nothing but who is there, and asked nothing: the board's own plan decides. Tracks from their
first to their last, chutes that are full or free, faults and requests are kept until the host has acknowledged them;
what merely happens (edges, commands) may drop when the host is slow, and is counted. Such records wait a moment for
each other and go in one frame.
A frame is made in slices, some bytes a call.
Time is counted in turns of the loop: milliseconds, as long as it keeps its pace.
"""

from array import array

from micropython import const

from sorter_core import messages
from sorter_core.frames import FROM_HOST, HEAD, MAX_PAYLOAD, RELIABLE, FrameReader, FrameWriter
from sorter_core.outbox import Outbox
from sorter_core.slots import BLOCK_BYTES
from sorter_ecu.link_records import FRAME_RECORDS, MANY, Records

SLICE = const(18)
HEARTBEAT_TURNS = const(250)
LOST_TURNS = const(1000)

_MOST_BYTES = const(8)  # of the wire that are looked at in one call
KEPT = const(512)
_MASK = const(0x0FFFFFFF)
_RECORD_OUT = const(128)
_LOW_TURN = const(0x3FFF)
_TAIL = const(16)
_NOTHING = b""
_BEHIND = const(8)  # kept messages from which on the link is given more turns
_DISPOSITION = const(8)
_DEST_REQUEST = const(9)
_EVENT = const(10)
_FAULT = const(11)
_HANDED = const(12)
_BOUND = const(13)
_KEPT_EVENTS = const(0xC102)  # bits of INDUCTED, STRAY_SEEN, CHUTE_FULL and CHUTE_FREE
_CHOOSING = const(0)
_BEGINNING = const(1)
_WRITING = const(2)
_FILLING = const(3)
_TIMING = const(4)
_READY = const(5)
_REPEAT_TURNS = const(200)
_SELDOM_TURNS = const(1000)
_HELD_AT = const(10)  # place of the last field of TIME_TELL
_LONGEST_US = const(65535)


class Link:
    """`wire` reads and writes bytes; `slots` knows the codes that messages carry; `clock()` are microseconds."""

    def __init__(self, wire, slots, clock, kept=KEPT):
        self.turn = 0
        self.is_attached = 0
        self.speed = 0  # of the belt, as this board sets it, in mm/s
        self.losses = 0
        self.kind = 0
        self.values = array("i", [0] * messages.MOST_FIELDS)
        self._is_polled = wire.is_polled
        self._may_send = 0  # on a wire that the host gives to its boards by turns
        self.reader = FrameReader(wire.address if wire.is_polled else -1)
        self.slots = slots
        self._wire = wire
        self._read = wire.read
        self.care = wire.care if hasattr(wire, "care") else None  # now and then; it takes memory
        self._clock = clock
        self._text = b""
        self._writer = FrameWriter(wire.address)
        self._passing = FrameWriter(wire.address) if wire.is_polled else self._writer
        self._outbox = Outbox(kept, _SELDOM_TURNS if wire.is_polled else _REPEAT_TURNS)
        self._fields = array("i", [0] * messages.MOST_FIELDS)
        self._bytes = bytearray(wire.room)
        self._used = 0
        self._at = 0
        self._records = Records()
        self._statistics = array("i", [0] * messages.MOST_FIELDS)
        self._has_statistics = 0
        self.figures = array("i", [0] * messages.MOST_FIELDS)  # of the next part that counts something
        self.has_figures = 0
        self._sequence = 0
        self._expected = 0  # the next reliable message of the host
        self._stage = _CHOOSING
        self._stages = (
            self._choose_next,
            self._begin,
            self._write_on,
            self._fill,
            self._end_time,
            self._send,
        )
        self._kind = 0
        self._flags = 0
        self._length = 0
        self._tail = _NOTHING  # what a frame ends in: so much of this
        self._tail_at = 0
        self._tail_end = 0
        self._rest = 0  # so many bytes more, which stand elsewhere in it
        self._rest_at = 0
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
        self._handed = array(
            "i", [0] * 3
        )  # length, slot and origin of a track, until it is told what it is bound for

    def note(self, tag, a, b, c, d):
        """Queue a record that may drop: an input of the gate logic, or an output plus RECORD_OUT."""
        self._records.note(tag, self.turn, a, b, c, d)

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
        elif kind == _EVENT and _KEPT_EVENTS >> out[1] & 1:
            self._outbox.put(messages.TRACK, out[1], out[2], out[3], out[4], self.turn)
        elif kind == _HANDED:
            self._handed[0] = out[2]
            self._handed[1] = out[3]
            self._handed[2] = out[4]
        elif kind == _BOUND:
            # Both are one message: who comes, and what is known of it.
            length, slot, origin = self._handed
            bound = out[2] | (self.turn & _LOW_TURN) << 16
            self._outbox.put(messages.HAND_OVER, out[1], origin, length, bound, out[3] | slot << 16)
        else:
            self.note(kind + _RECORD_OUT, out[1], out[2], out[3], out[4])

    def report(self, message, index, is_failed):
        """A part has failed, or works again: MOTOR or SCANNER."""
        self._outbox.put(message, index, is_failed, self.turn, 0, 0)

    def fault(self, code, index, detail, position):
        """A fault that the board itself has found."""
        self._outbox.put(messages.FAULT, code, index, detail, position, self.turn)

    def recall(self, boots_ago, code, index, detail):
        """A fault of a boot before this one."""
        self._outbox.put(messages.OLD_FAULT, boots_ago, code, index, detail, 0)

    def answer_speed(self, aim, asked, why, least, most):
        """What becomes of a speed that the host has asked for: see `belt_speed`."""
        self._outbox.put(messages.SPEED_SET, aim, asked, why, least, most)

    def statistics(self, overruns, worst_us, lost_edges, parts):
        """Figures of the loop, and how many parts will tell theirs; the last ones that were given are told when there
        is time, with the link's own."""
        values = self._statistics
        values[0] = self.turn
        values[1] = overruns
        values[2] = worst_us
        values[7] = lost_edges
        values[8] = parts
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
        if self._is_polled and self._is_to_pass(stage):
            self._pass()
        elif stage:
            self._stages[stage]()
        elif self._is_greeting:
            self._greet(state)
        elif self._asked >= 0:
            self._begin_time()
        elif (self.turn - self._beat_at) & _MASK >= HEARTBEAT_TURNS:
            self._beat_at = self.turn
            self._beat(state, ticks, position)
            if not self._is_polled:
                self.is_behind = self.is_attached and (
                    self._outbox.count >= _BEHIND or self._records.count >= MANY
                )
        elif self.is_attached:
            self._choose_next()

    def _write_on(self):
        if self._writer.go_on(SLICE):
            self._stage = _READY
            self._send()

    def receive(self):
        """Take some bytes from the wire, or the message that they have come to; 1 if there is one for the loop."""
        reader = self.reader
        if reader.is_ready:
            reader.is_ready = 0
            return self._take()
        if self._at == self._used:
            self._at = 0
            self._used = used = self._read(self._bytes)
            if not used:
                self.is_hearing = self._is_polled
                return 0
            self.is_hearing = self._is_polled or used == len(self._bytes)
            self._may_send = 0  # what was asked before is answered by others, or not any more
        end = self._at + _MOST_BYTES
        if end > self._used or reader.is_passing_over:
            end = self._used
        self._at = reader.feed(self._bytes, self._at, end)
        if reader.is_ready and reader.kind == messages.TIME_ASK:
            self._asked_at = self._clock() & _MASK
        if reader.is_ready and self._is_polled and reader.kind == messages.POLL:
            reader.is_ready = 0
            self._take()
        return 0

    def _take(self):
        """The frame that has been read; 1 if it is a message for the loop."""
        reader = self.reader
        if not reader.flags & FROM_HOST:
            return 0
        self._may_send = self._at == self._used  # a question that is not the last word is not open any more
        if self._is_polled and self._may_send:
            self.is_hearing = 0
            self.is_behind = 1
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
        if not self._is_clear():
            return
        held_us = (self._clock() - self._asked_at) & _MASK
        if held_us > _LONGEST_US:
            held_us = _LONGEST_US
        writer = self._writer
        writer.body[_HELD_AT] = held_us & 255
        writer.body[_HELD_AT + 1] = held_us >> 8
        writer.go_on(SLICE)
        self._send()

    def _beat(self, state, ticks, position):
        """The heartbeat; and see whether the host's has been missed for too long."""
        self._look_for_host()
        if not self.is_attached:
            self._greet(state)
            return
        values = self._fields
        values[0] = state
        values[1] = self.speed
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

    def _look_for_host(self):
        if self.is_attached and (self.turn - self._heard_at) & _MASK >= LOST_TURNS:
            self.is_attached = 0
            self.losses = (self.losses + 1) & _MASK

    def _is_clear(self):
        """Whether a frame may go: the wire is free, and it is this board's turn."""
        return self._wire.is_free() and (self._may_send or not self._is_polled)

    def _send(self):
        """The frame that is whole, as soon as it may go; it may wait long, where the host does not ask."""
        if self._is_clear():
            self._stage = _CHOOSING
            self._write(self._writer)
        else:
            self._look_for_host()

    def _write(self, writer):
        self._may_send = 0
        if self._is_polled:
            self.is_hearing = 1
            self.is_behind = 0
        self._wire.write(writer.out, writer.size)

    def _is_to_pass(self, stage):
        """Whether there is a question that cannot wait for the frame that is in the making."""
        if not self._may_send or stage == _READY or stage == _TIMING:
            return 0
        return self._wire.is_free() and not (stage == _CHOOSING and self._asked >= 0)

    def _pass(self):
        """Answer a question with nothing: what is in the making goes with the next one."""
        self._look_for_host()
        self._sequence = (self._sequence + 1) & 255
        self._passing.write(messages.POLL, 0, self._sequence, self._expected, 0)
        self._write(self._passing)

    def _choose_next(self):
        """What is to be told to a host that is there."""
        turn = self.turn
        outbox = self._outbox
        if outbox.count and outbox.next(self._fields, turn):
            self._choose_reliable()
            return
        records = self._records
        if records.count and records.is_due(turn):
            if records.count >= MANY and not self._is_polled:
                self.is_behind = 1
            self._fields[0] = records.turn()
            self._choose(messages.RECORDS, 0, self._fields)
            self._stage = _FILLING
        elif self._has_statistics:
            self._has_statistics = 0
            values = self._statistics
            values[3] = records.dropped
            values[4] = self.reader.bad
            values[5] = outbox.lost
            values[6] = self.losses
            self._choose(messages.STATISTICS, 0, values)
        elif self.has_figures:
            self.has_figures = 0
            self._choose(messages.FIGURES, 0, self.figures)

    def _choose_reliable(self):
        kind = self._outbox.kind
        fields = self._fields
        if kind == messages.DISPOSITION:
            self._set_code(fields[2] - 1)
        elif kind == messages.DEST_REQUEST:
            self._set_code(fields[1])
        elif kind == messages.HAND_OVER:
            self._set_code((fields[4] >> 16) - 1)
        elif kind == messages.LOG:
            self._set_tail(self._text, 0, len(self._text))
        self._choose(kind, RELIABLE, fields)

    def _fill(self):
        """One more record into the frame."""
        records = self._records
        self._length = records.pack(self._writer.body, self._length, self._fields[0])
        if not records.count or self._length > FRAME_RECORDS:
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
            slots = self.slots
            start = slot * BLOCK_BYTES
            length = slots.lengths[slot]
            if length > BLOCK_BYTES:
                self._rest = length - BLOCK_BYTES
                self._rest_at = slots.more[slot] * BLOCK_BYTES
                length = BLOCK_BYTES
            self._set_tail(slots.codes, start, start + length)

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
            if self._rest:
                self._tail_at = self._rest_at
                self._tail_end = self._rest_at + self._rest
                self._rest = 0
                return
        sequence = self._outbox.sequence
        if not self._flags:
            sequence = self._sequence = (self._sequence + 1) & 255
        writer.begin(self._kind, self._flags, sequence, self._expected, self._length)
        self._stage = _WRITING
