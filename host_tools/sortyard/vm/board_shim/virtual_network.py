"""The modules `network` and `socket` of a virtual board: one network, one listening port, hosts that come and go."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false, reportIncompatibleMethodOverride=false

import image_layout as at
from virtual_board import net_in, net_out, state
from virtual_machine import UART

STA_IF = 0
SOL_SOCKET = 1
SO_REUSEADDR = 2
IPPROTO_TCP = 6
TCP_NODELAY = 1
EAGAIN = 11
ECONNRESET = 104


class WLAN:
    """The board's radio: in its network some time after `connect`."""

    PM_NONE = 0

    def __init__(self, interface):
        pass

    def config(self, pm):
        state[at.NET_IS_AWAKE] = 1 if pm == self.PM_NONE else 0

    def active(self, is_on):
        pass

    def connect(self, ssid, key):
        state[at.NET_JOINS] += 1

    def isconnected(self):
        return state[at.NET_IS_UP] == 1


class socket:  # noqa: N801
    """The one that listens."""

    def __init__(self):
        self._taken = 0
        self._port = 0

    def setsockopt(self, level, option, value):
        pass

    def bind(self, address):
        self._port = address[1]

    def listen(self, backlog):
        state[at.NET_PORT] = self._port

    def is_waiting(self):
        return state[at.NET_PEER] != self._taken

    def accept(self):
        if not self.is_waiting():
            raise OSError(EAGAIN)
        self._taken += 1
        return _Peer(self._taken), ("10.0.0.2", 40000)


class _Peer(UART):
    """A connection, by its number; one has the buffers at a time."""

    def __init__(self, number):
        self._row = at.NET_ROW
        self._received = net_in
        self._sent = net_out
        self._number = number

    def setblocking(self, is_on):
        pass

    def setsockopt(self, level, option, value):
        pass

    def close(self):
        state[at.NET_LEFT] = self._number

    def readinto(self, buffer):
        n = UART.readinto(self, buffer)
        if n is None and state[at.NET_GONE] >= self._number:
            return 0
        return n

    def write(self, buffer, start, size):
        if state[at.NET_GONE] >= self._number:
            raise OSError(ECONNRESET)
        room = at.NET_ROOM - ((state[at.NET_ROW + 2] - state[at.NET_TAKEN]) & 0xFFFFFFF)
        if size > room:
            size = room
        if not size:
            return None
        return UART.write(self, buffer, size, start)
