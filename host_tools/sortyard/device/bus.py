"""One RS-485 line with several boards: the host asks one after the other, and each answers with one frame.

bus = Bus([1, 2, 3])
bus.feed(data, now_us, accept)             # accept(station, message) -> bool, as of `Session.feed`
data = bus.outgoing(now_us)                # the next question, when the line is free
bus.sessions[2].send(messages.COMMAND, STOP, 0)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sorter_core.frames import FROM_HOST, FrameReader
from sortyard.device.session import ANSWER_US, HOST_TURN_US, Message, Session, random_token

REST_US = 500_000
"""Between two questions to a board that is not there."""


class Bus:
    """The conversations with all boards of the line, each by its station."""

    def __init__(
        self,
        stations: Sequence[int],
        answer_us: int = ANSWER_US,
        draw_token: Callable[[], int] = random_token,
    ) -> None:
        self.sessions = {station: Session(draw_token, station, answer_us) for station in stations}
        self.reader = FrameReader()
        self.unanswered = 0
        """questions that no board has answered"""
        self.left_out: set[int] = set()
        """stations that are not asked: what they say is of no use"""
        self._order = list(self.sessions.values())
        self._rests_until_us: dict[int, int] = {}
        self._next = 0
        self._asked: Session | None = None
        self._free_us = 0

    def feed(self, data: bytes, now_us: int, accept: Callable[[int, Message], bool]) -> None:
        """Take bytes of the line, and offer what is news."""
        reader, at = self.reader, 0
        while at < len(data):
            at = reader.feed(data, at, len(data))
            session = self.sessions.get(reader.address)
            if not reader.is_ready or reader.flags & FROM_HOST or session is None:
                continue
            station = reader.address
            session.take(reader, now_us, lambda message, station=station: accept(station, message))
            self._rests_until_us.pop(station, None)
            if session is self._asked:
                self._asked, self._free_us = None, now_us + HOST_TURN_US

    def outgoing(self, now_us: int) -> bytes:
        """The next question, if the line is free: the one before is answered, or will not be any more."""
        if self._asked is not None:
            if not self._asked.may_ask(now_us):
                return b""
            self.unanswered += 1
            if self._asked.is_silent(now_us):
                self._asked.cut()
            if not self._asked.is_attached:
                self._rests_until_us[self._asked.station] = now_us + REST_US
            self._asked = None
        if now_us < self._free_us:
            return b""
        self._asked = self._choose(now_us)
        return self._asked.question(now_us) if self._asked is not None else b""

    def _choose(self, now_us: int) -> Session | None:
        """By turns; one that is not there has its turn seldom, so that it costs the others little."""
        for _ in self._order:
            session = self._order[self._next]
            self._next = (self._next + 1) % len(self._order)
            rests_until_us = self._rests_until_us.get(session.station, now_us)
            if session.station not in self.left_out and rests_until_us <= now_us:
                return session
        return None
