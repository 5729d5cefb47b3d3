"""The network of a virtual board: it joins some time after it is told to, and one host at a time is connected to it.

network.is_listening(now_us)      # the board is in its network, and waits at its port
network.connect()                 # a host; they are numbered from 1 on
network.put(data); data = network.take()
network.hang_up()
"""

from __future__ import annotations

from sortyard.vm.board_shim import image_layout as at

JOIN_US = 1_200_000
"""From the board's `connect` to its place in the network."""
_MASK = 0xFFF_FFFF


class Network:
    """`state` and the buffers are those that host and guest share."""

    def __init__(self, state: memoryview, incoming: memoryview, outgoing: memoryview) -> None:
        self._state = state
        self._in, self._out = incoming, outgoing
        self._up_us: int | None = None
        self.connections = 0
        self._waiting = bytearray()

    def is_listening(self, now_us: int) -> bool:
        """Whether a host can connect."""
        state = self._state
        if self._up_us is None and state[at.NET_JOINS]:
            self._up_us = now_us + JOIN_US
        state[at.NET_IS_UP] = self._up_us is not None and now_us >= self._up_us
        return bool(state[at.NET_IS_UP] and state[at.NET_PORT])

    @property
    def naps(self) -> bool:
        """Whether the radio sleeps between two beacons, as it does unless it is told not to: what the host says then
        reaches the board a beacon's interval later, which no deadline of `config.link_times` allows for."""
        return not self._state[at.NET_IS_AWAKE]

    @property
    def is_connected(self) -> bool:
        """Whether the last host is there still: neither end has hung up."""
        state = self._state
        return self.connections > max(state[at.NET_GONE], state[at.NET_LEFT])

    @property
    def turned_away(self) -> int:
        """The last host on which the board has hung up, by its number."""
        return self._state[at.NET_LEFT]

    def connect(self) -> None:
        """Another host, once the one before has hung up."""
        self.hang_up()
        self.knock()

    def knock(self) -> None:
        """Another host, while the one before may be there still, or has died without a word."""
        self.connections += 1
        self._state[at.NET_PEER] = self.connections

    def hang_up(self) -> None:
        """The host ends the connection; what was on its way is lost."""
        state = self._state
        state[at.NET_GONE] = self.connections
        self._waiting.clear()
        state[at.NET_ROW + 1] = state[at.NET_ROW]
        state[at.NET_TAKEN] = state[at.NET_ROW + 2]

    def put(self, data: bytes) -> None:
        """Bytes for the board; what does not fit waits, as TCP does."""
        state = self._state
        if not self.is_connected:
            return
        self._waiting += data
        written = state[at.NET_ROW]
        room = at.NET_ROOM - (written - state[at.NET_ROW + 1] & _MASK)
        for byte in self._waiting[:room]:
            self._in[written & (at.UART_BYTES - 1)] = byte
            written = written + 1 & _MASK
        del self._waiting[:room]
        state[at.NET_ROW] = written

    def take(self) -> bytes:
        """What the board has said."""
        state = self._state
        taken, sent = state[at.NET_TAKEN], state[at.NET_ROW + 2]
        count = sent - taken & _MASK
        state[at.NET_TAKEN] = sent
        return bytes(self._out[taken + n & (at.UART_BYTES - 1)] for n in range(count))
