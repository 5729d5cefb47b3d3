"""The link of a simulated board, led out to a TCP port: a host outside talks to the unmodified firmware.

    with LinkServer("127.0.0.1", 5333) as server:
        simulate(site, parcels, Settings(runtime="firmware", outside=Outside([server])))

Like the board's USB port it has room for one host; another one is turned away while the first is there. What nobody
reads is lost, as it is on a wire.
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from sorter_core import messages
from sorter_core.frames import FROM_HOST, FrameWriter
from sortyard.config.line import Line
from sortyard.config.zones import zones_of
from sortyard.device.session import Message, Session
from sortyard.errors import SortyardError

MOST_WAITING = 1 << 16
"""Bytes for a host that does not read; more are lost."""
MOST_LATE_S = 0.1
QUIET_US = 50_000
"""A frame of the host that does not go on for so long has no end."""


class Lead(Protocol):
    """Where a board's link is led to."""

    def exchange(self, data: bytes) -> bytes:
        """Send what the board says; what the host has sent meanwhile."""
        ...


class LinkServer:
    """A listening port and its one connection; nothing here waits."""

    def __init__(self, host: str, port: int) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((host, port))
        except OSError as error:
            self._listener.close()
            raise SortyardError(
                f"port {port} cannot be used: {error.strerror}", "give another port, or 0 for any free one"
            ) from None
        self._listener.listen(4)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.refused = 0
        self._peer: socket.socket | None = None
        self._to_send = bytearray()
        self._is_to_be_cut = False

    def exchange(self, data: bytes) -> bytes:
        """Send what the board says, as far as there is room; what the host has sent meanwhile."""
        if self._is_to_be_cut:
            self._is_to_be_cut = False
            self._drop()
        self._welcome()
        if self._peer is None:
            return b""
        if len(self._to_send) < MOST_WAITING:
            self._to_send += data
        try:
            if self._to_send:
                del self._to_send[: self._peer.send(self._to_send)]
        except BlockingIOError:
            pass
        except OSError:
            self._drop()
            return b""
        try:
            heard = self._peer.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            heard = b""
        if not heard:
            self._drop()
        return heard

    def _welcome(self) -> None:
        try:
            peer, _ = self._listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EWOULDBLOCK):
                raise
            return
        if self._peer is not None:
            self.refused += 1
            peer.close()
            return
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer = peer
        self.connections += 1

    def cut(self) -> None:
        """Pull the cable, with the next exchange; from any thread."""
        self._is_to_be_cut = True

    def _drop(self) -> None:
        self._to_send.clear()
        if self._peer is not None:
            with suppress(OSError):
                self._peer.close()
            self._peer = None

    def __enter__(self) -> LinkServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._drop()
        self._listener.close()


class Overheard(Session):
    """Overhears the conversation of others with the board of this station, 0 on a wire of its own."""

    def __init__(self, station: int = 0) -> None:
        super().__init__(station=station)
        self.is_attached = True
        self.board_has_host = False

    def meet(self, used: int) -> None:
        self.board_has_host = used > 0 and self._values[6] != 0


@contextmanager
def led_out(line: Line, first_port: int) -> Iterator[list[LinkServer]]:
    """A server for the board of each zone, from this port on; boards that share a line have that of their first one."""
    servers: list[LinkServer] = []
    shared: LinkServer | None = None
    with ExitStack() as stack:
        port = count(first_port)
        for zone in zones_of(line):
            is_shared = zone.ecu.link.driver == "rs485"
            if not is_shared or shared is None:
                server = stack.enter_context(LinkServer("127.0.0.1", next(port)))
                shared = server if is_shared else shared
            else:
                server = shared
            servers.append(server)
        yield servers


class OutsideHost:
    """Stands where a `Session` stands: hears what the board says, and lets the world put in what no wire carries."""

    def __init__(self, server: Lead, station: int = 0) -> None:
        self._server = server
        self._ear = Overheard(station)
        self._writer = FrameWriter(station)
        self._said = bytearray()
        self._to_put: list[bytes] = []
        self._is_in_frame = False
        self._heard_us = 0

    @property
    def is_attached(self) -> bool:
        """Whether the board has a host."""
        return self._ear.board_has_host

    def is_done(self, ticket: int) -> bool:
        """Whether all has been said."""
        return not self._to_put

    def feed(self, data: bytes, now_us: int, accept: Callable[[Message], bool]) -> None:
        """What the board says: for the simulation's books, and for the host outside."""
        self._ear.feed(data, now_us, accept)
        self._said += data

    def outgoing(self, now_us: int) -> bytes:
        """What the host outside says, and between its frames what the world has to say."""
        heard = self._server.exchange(bytes(self._said))
        self._said.clear()
        if heard:
            self._is_in_frame = heard[-1] != 0
            self._heard_us = now_us
        is_between = not self._is_in_frame or now_us - self._heard_us > QUIET_US
        return heard + self.take_words() if is_between else heard

    def take_words(self) -> bytes:
        """What the world has to say, once the board has a host."""
        if not self._ear.board_has_host:
            return b""
        words = b"".join(self._to_put)
        self._to_put.clear()
        return words

    def send(self, kind: int, *fields: int) -> int:
        """What a chute's sensor or an operator would make the host say; said once there is a host."""
        used = messages.pack(self._writer.body, kind, fields)
        size = self._writer.write(kind, FROM_HOST, 0, 0, used)
        self._to_put.append(bytes(self._writer.out[:size]))
        return 1


class WallPace:
    """Keeps simulated time from running ahead of the clock on the wall."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._zero_s: float | None = None

    def keep(self, now_us: int) -> None:
        """Wait until the wall's clock has come to this time of the simulation."""
        begun_s = now_us / 1e6 / self._speed
        if self._zero_s is None:
            self._zero_s = time.monotonic() - begun_s
        ahead_s = self._zero_s + begun_s - time.monotonic()
        if ahead_s > 0.002:
            time.sleep(ahead_s)
        elif ahead_s < -MOST_LATE_S:  # what this computer could not do in time is not made good in a hurry
            self._zero_s -= ahead_s


class Pace(Protocol):
    """What keeps simulated time from running ahead of a host outside."""

    def keep(self, now_us: int) -> None:
        """Come back when the simulation may go on from this time of its own."""
        ...


@dataclass(frozen=True)
class Outside:
    """Where hosts outside may be, for the board of each zone, and the pace that is kept for them.

    Boards that share an RS-485 line have the same server.
    """

    servers: Sequence[Lead]
    pace: Pace = field(default_factory=WallPace)
