"""One RS-485 line of virtual boards, led out to a TCP port as by a converter: the host outside asks its stations.

    line = OutsideLine(server)
    voice = line.join(station, hear)           # in the place of the board's own `OutsideHost`
    line.leave(station)                        # the board is down

What the host says is put on the line frame by frame, as a converter does that waits until a frame is whole.
"""

from __future__ import annotations

from collections.abc import Callable

from sorter_core.frames import MAX_FRAME, FrameReader
from sortyard.device.session import Message
from sortyard.sim.outside_host import Lead, OutsideHost
from sortyard.sim.station_line import Hearers

_FRAME_END = b"\0"


class OutsideLine(Hearers):
    """All boards at it hear everything, and so does the host at the server's port."""

    def __init__(self, server: Lead) -> None:
        super().__init__()
        self._server = server
        self._voices: dict[int, OutsideVoice] = {}
        self._reader = FrameReader()
        self._said = bytearray()
        self._frame = bytearray()
        """of the host, as far as it has come"""

    def join(self, station: int, hear: Callable[[bytes], None]) -> OutsideVoice:
        """A board begins to listen: `hear` gets what others put on the line."""
        self.listen_to(station, hear)
        voice = self._voices[station] = OutsideVoice(self, self._server, station)
        return voice

    def say(self, data: bytes, station: int) -> None:
        """A board speaks."""
        self.put(data, station)
        self._said += data

    def ask(self) -> None:
        """What the host outside has said meanwhile."""
        heard = self._server.exchange(bytes(self._said))
        self._said.clear()
        *ended, rest = heard.split(_FRAME_END)
        for part in ended:
            self._put_frame(part + _FRAME_END)
        self._frame += rest
        if len(self._frame) > MAX_FRAME:  # of no frame
            self._put_frame(b"")

    def _put_frame(self, end: bytes) -> None:
        """The frame that ends so, and before it what the world has to say to the same board."""
        frame = bytes(self._frame) + end
        self._frame.clear()
        self._reader.feed(frame, 0, len(frame))
        if self._reader.is_ready and self._reader.address in self._voices:
            words = self._voices[self._reader.address].take_words()
            self.put_to(self._reader.address, words)
        self.put(frame)


class OutsideVoice(OutsideHost):
    """The host's end of one board's conversation."""

    def __init__(self, line: OutsideLine, server: Lead, station: int) -> None:
        super().__init__(server, station)
        self._line = line
        self._station = station

    def leave(self) -> None:
        """The board does not listen any more."""
        self._line.leave(self._station)

    def feed(self, data: bytes, now_us: int, accept: Callable[[Message], bool]) -> None:
        """What the board says: for the simulation's books, for the other boards, and for the host outside."""
        self._ear.feed(data, now_us, accept)
        self._line.say(data, self._station)

    def outgoing(self, now_us: int) -> bytes:
        """What the host outside has said is put on the line, whoever it is for."""
        self._line.ask()
        return b""
