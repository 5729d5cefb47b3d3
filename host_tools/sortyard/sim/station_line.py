"""One RS-485 line with several virtual boards: the host asks one station after the other, and all hear everything.

    line = StationLine(ecus, now_us)
    voice = line.join(station, hear)           # in the place of the board's own Session
    line.leave(station)                        # the board is down

What a board says is on the line when it has left its UART; what it hears takes the line's time at its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from sorter_core.frames import MAX_FRAME
from sortyard.config.line import Ecu
from sortyard.config.link_times import BITS, options_of
from sortyard.device.bus import Bus
from sortyard.device.session import ANSWER_US, Message


class Hearers:
    """Who listens on a line, by station."""

    def __init__(self) -> None:
        self._hearers: dict[int, Callable[[bytes], None]] = {}

    def listen_to(self, station: int, hear: Callable[[bytes], None]) -> None:
        """A board begins to listen: `hear` gets what others put on the line."""
        self._hearers[station] = hear

    def leave(self, station: int) -> None:
        """A board does not listen any more."""
        self._hearers.pop(station, None)

    def put(self, data: bytes, sender: int = 0) -> None:
        """Somebody speaks: a station, or the host."""
        if data:
            for station, hear in self._hearers.items():
                if station != sender:
                    hear(data)

    def put_to(self, station: int, data: bytes) -> None:
        """What one board alone gets to hear."""
        if data and station in self._hearers:
            self._hearers[station](data)


class StationLine(Hearers):
    """Of these boards; `now_us` is a clock that all of them share."""

    def __init__(self, ecus: Sequence[Ecu], now_us: Callable[[], int]) -> None:
        super().__init__()
        options = [options_of(ecu) for ecu in ecus]
        answer_us = ANSWER_US + MAX_FRAME * BITS * 1_000_000 // int(options[0]["baud"])
        self.bus = Bus([int(one["station"]) for one in options], answer_us, count(1).__next__)
        self.now_us = now_us

    def join(self, station: int, hear: Callable[[bytes], None]) -> StationVoice:
        """A board begins to listen: `hear` gets what others put on the line."""
        self.listen_to(station, hear)
        return StationVoice(self, station)


class StationVoice:
    """The host's end of one board's conversation; stands where a `Session` stands."""

    def __init__(self, line: StationLine, station: int) -> None:
        self._line = line
        self._station = station
        self._session = line.bus.sessions[station]

    @property
    def is_attached(self) -> bool:
        """Whether there is a conversation."""
        return self._session.is_attached

    @property
    def conversations(self) -> int:
        """How many have begun."""
        return self._session.conversations

    def send(self, kind: int, *fields: int) -> int:
        """See `Session`."""
        return self._session.send(kind, *fields)

    def is_done(self, ticket: int) -> bool:
        """See `Session`."""
        return self._session.is_done(ticket)

    def leave(self) -> None:
        """The board does not listen any more."""
        self._line.leave(self._station)

    def feed(self, data: bytes, now_us: int, accept: Callable[[Message], bool]) -> None:
        """What this board says: the host and the other boards hear it."""
        self._line.put(data, self._station)
        self._line.bus.feed(data, self._line.now_us(), lambda _station, message: accept(message))

    def outgoing(self, now_us: int) -> bytes:
        """The host's next question is put on the line, whoever it is for."""
        self._line.put(self._line.bus.outgoing(self._line.now_us()))
        return b""
