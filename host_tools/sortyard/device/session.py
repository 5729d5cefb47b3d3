"""One host's conversation with one board, without any wire: bytes in, messages and bytes out.

    session = Session()
    session.feed(data, now_us, accept)         # accept(message) -> bool: False leaves it with the board for later
    ticket = session.send(messages.COMMAND, START, 0)
    data = session.outgoing(now_us)            # whatever is due: attach, acknowledge, heartbeat, messages again
    session.is_done(ticket)                    # the board has it

A board keeps what it has to tell until it is acknowledged, so a message that is refused comes again, and so does all
that was on its way when the link was cut: the next conversation begins where this one ended. What the host sends does
not outlive its conversation: a start that comes a minute late is worse than none.
"""

from __future__ import annotations

import secrets
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sorter_core import messages
from sorter_core.frames import FROM_HOST, HEAD, RELIABLE, FrameReader, FrameWriter
from sorter_core.outbox import WINDOW, Outbox

ACKNOWLEDGE_US = 20_000
"""What the host waits before it sends a frame for nothing but an acknowledgement."""
HEARTBEAT_US = 250_000
ANSWER_US = 60_000
"""How long a board on a shared wire may take to answer, at 115,200 bit/s: its loop's turns, and the longest frame."""
HOST_TURN_US = 10_000
"""From an answer to the next question: until the board has let go of the line, which is when its loop looks again."""
LOST_US = 1_000_000
"""A board that is not heard for so long is lost; it thinks the same of its host."""
MOST_WAITING = 64
"""Messages of the host that wait to be acknowledged."""
REPEAT_MS = 200


@dataclass(frozen=True, slots=True)
class Message:
    """What a board has said. `fields` in the order of `messages.FIELDS`."""

    kind: int
    fields: tuple[int, ...]
    tail: bytes
    is_kept: bool
    """the board keeps it until it is acknowledged"""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who is at the other end. Words are "-" where the board does not know them."""

    protocol: int
    state: int
    reset_cause: int
    boot: int
    line: str
    ecu: str
    firmware: str
    config_hash: str
    number: str


def hello_of(fields: tuple[int, ...], tail: bytes) -> Hello:
    """The words of a HELLO; those that are missing are "-"."""
    words = [*tail.decode("utf-8", "replace").split(), *"-----"][:5]
    return Hello(fields[0], fields[2], fields[3], fields[4], *words)


def records_of(message: Message) -> Iterator[tuple[int, list[int]]]:
    """(turn, [tag and four values]) of every record in a message RECORDS, up to the first that is none."""
    at, row = 0, [0] * 6
    while at < len(message.tail):
        at = messages.unpack_record(message.tail, at, len(message.tail), row)
        if at < 0:
            return
        yield (message.fields[0] + row[1]) & 0x0FFF_FFFF, [row[0], *row[2:]]


def random_token() -> int:
    """The number of a conversation that no other host will draw."""
    return 1 + secrets.randbelow(0xFFFF)


class Session:
    """The conversation goes on over any number of wires, one after the other: `cut` says that one has gone.

    `station` is the board's number on a wire that several share, 0 on one of its own. On a shared wire each of the
    host's frames is a question, which the board answers with one frame; the host waits for it, `answer_us` at most.
    """

    def __init__(
        self, draw_token: Callable[[], int] = random_token, station: int = 0, answer_us: int = ANSWER_US
    ) -> None:
        self.reader = FrameReader()
        self.hello: Hello | None = None
        """of the board that was heard last"""
        self.is_attached = False
        self.conversations = 0
        """that have begun"""
        self.restarts = 0
        """conversations that could not go on from the one before: another boot, or another host in between"""
        self.heard_us = 0
        """when the last whole frame came"""
        self._draw_token = draw_token
        self._token = draw_token()
        self._before = 0
        """number of the last conversation in which something was heard"""
        self.station = station
        self._answer_us = answer_us
        self._asked_us: int | None = None
        self._answered_us = 0
        self._writer = FrameWriter(station)
        self._values = array("i", bytes(4 * messages.MOST_FIELDS))
        self._fields = array("i", bytes(4 * messages.MOST_FIELDS))
        self._expected = 0
        self._sequence = 0
        self._owing_since_us: int | None = None
        self._sent_us = -HEARTBEAT_US
        self._urgent: deque[bytes] = deque()
        self._begin()

    def _begin(self) -> None:
        """A new conversation: what was to be sent in the old one is forgotten, never sent late."""
        self.is_attached = False
        self._outbox = Outbox(MOST_WAITING, REPEAT_MS)
        self._put = 0
        self._urgent.clear()
        self._sent_us = -HEARTBEAT_US

    # --- from the board ---

    def feed(self, data: bytes, now_us: int, accept: Callable[[Message], bool]) -> None:
        """Take bytes of the wire, and offer every message that is news; see the module's text."""
        reader, at = self.reader, 0
        while at < len(data):
            at = reader.feed(data, at, len(data))
            if reader.is_ready and not reader.flags & FROM_HOST and reader.address == self.station:
                self.take(reader, now_us, accept)

    def take(self, reader: FrameReader, now_us: int, accept: Callable[[Message], bool]) -> None:
        """A frame of this board, which `reader` has found."""
        self.reader = reader
        self.heard_us = self._answered_us = now_us
        self._asked_us = None
        used = messages.unpack(reader.body, reader.kind, reader.length, self._values)
        if reader.kind == messages.HELLO and reader.length:
            self.meet(used)
        if not self.is_attached or used < 0:
            return
        self._outbox.acknowledge(reader.ack)
        is_kept = bool(reader.flags & RELIABLE)
        if is_kept:
            if self._owing_since_us is None:
                self._owing_since_us = now_us
            if reader.sequence != self._expected:
                return
        width = len(messages.widths(reader.kind))
        tail = bytes(reader.body[HEAD + used : HEAD + reader.length])
        if accept(Message(reader.kind, tuple(self._values[:width]), tail, is_kept)) and is_kept:
            self._expected = (self._expected + 1) & 255

    def meet(self, used: int) -> None:
        """A HELLO: of this conversation, of a board that has none, or of one that speaks something else."""
        reader, fields = self.reader, self._values
        if used < 0:  # of another protocol; its first byte says which
            fields[0] = reader.body[HEAD]
        tail = bytes(reader.body[HEAD + used : HEAD + reader.length]) if used > 0 else b""
        self.hello = hello_of(tuple(fields), tail)
        if used < 0 or fields[0] != messages.PROTOCOL:
            return
        if fields[6] == self._token:
            if not self.is_attached:
                self._attach(previous=fields[5], first=fields[7])
        elif self.is_attached:
            self.cut()

    def _attach(self, previous: int, first: int) -> None:
        """The board goes on where this host was, or begins with the oldest that it keeps."""
        is_going_on = previous == self._before and (self._expected - first) & 255 <= WINDOW
        if not previous or not is_going_on:
            self.restarts += self._before != 0
            self._expected = first
        self._before = self._token
        self._owing_since_us = None
        self.is_attached = True
        self.conversations += 1

    def cut(self) -> None:
        """The wire has gone, or the board has forgotten the conversation: the next `outgoing` begins another one."""
        if self.is_attached:
            self._token = self._draw_token()
        self._begin()

    def is_silent(self, now_us: int) -> bool:
        """Whether the board has not been heard for too long."""
        return now_us - self.heard_us >= LOST_US

    # --- to the board ---

    def send(self, kind: int, *fields: int) -> int:
        """Queue a message that the board is to have; its ticket for `is_done`, 0 where nothing more can wait."""
        row = [*fields, 0, 0, 0, 0, 0][:5]
        if not self.is_attached or not self._outbox.put(kind, *row):
            return 0
        self._put += 1
        return self._put

    def is_done(self, ticket: int) -> bool:
        """Whether the board has acknowledged what has this ticket, in this conversation."""
        return ticket <= self._put - self._outbox.count

    def post(self, kind: int, *fields: int) -> None:
        """Send a message with the next bytes; it may get lost."""
        if self.is_attached:
            self._urgent.append(self._frame(kind, 0, fields))

    def outgoing(self, now_us: int) -> bytes:
        """What is due now: on a shared wire one frame or none."""
        if self.station:
            return self.question(now_us) if self.may_ask(now_us) else b""
        if not self.is_attached:
            if now_us - self._sent_us < HEARTBEAT_US:
                return b""
            self._sent_us = now_us
            return self._frame(messages.ATTACH, 0, (messages.PROTOCOL, self._token))
        is_owing = self._owing_since_us is not None and now_us - self._owing_since_us >= ACKNOWLEDGE_US
        is_due = is_owing or now_us - self._sent_us >= HEARTBEAT_US
        if not (is_due or self._urgent or self._outbox.count):
            return b""
        data = b"".join(self._urgent)
        self._urgent.clear()
        while self._outbox.next(self._fields, now_us // 1000):
            data += self._frame(self._outbox.kind, RELIABLE, self._fields)
        if not data and is_due:
            data = self._frame(messages.POLL, 0, ())
        if data:
            self._sent_us, self._owing_since_us = now_us, None
        return data

    def may_ask(self, now_us: int) -> bool:
        """Whether the wire is free again: the board has answered, or will not any more."""
        if self._asked_us is not None:
            return now_us - self._asked_us >= self._answer_us
        return now_us - self._answered_us >= HOST_TURN_US

    def question(self, now_us: int) -> bytes:
        """One frame, which is the board's turn to speak: whatever is due, or nothing but the turn."""
        self._asked_us = now_us
        self._owing_since_us = None
        if not self.is_attached:
            return self._frame(messages.ATTACH, 0, (messages.PROTOCOL, self._token))
        if self._urgent:
            return self._urgent.popleft()
        if self._outbox.next(self._fields, now_us // 1000):
            return self._frame(self._outbox.kind, RELIABLE, self._fields)
        return self._frame(messages.POLL, 0, ())

    def _frame(self, kind: int, flags: int, fields: tuple[int, ...] | array[int]) -> bytes:
        used = messages.pack(self._writer.body, kind, fields)
        if flags:
            sequence = self._outbox.sequence
        else:
            sequence = self._sequence = (self._sequence + 1) & 255
        size = self._writer.write(kind, flags | FROM_HOST, sequence, self._expected, used)
        return bytes(self._writer.out[:size])
