"""The other end of a virtual board's link: on USB, in a network, or on a UART, with its host here or outside."""

from __future__ import annotations

from collections import deque
from itertools import count

from sorter_core import messages
from sorter_core.frames import MAX_FRAME
from sortyard.config.line import Ecu, LinkPort
from sortyard.config.link_times import options_of
from sortyard.device.session import ANSWER_US, Session
from sortyard.sim.board_books import BoardBooks
from sortyard.sim.board_host import BoardHost, Order
from sortyard.sim.outside_host import Outside, OutsideHost
from sortyard.sim.outside_line import OutsideLine
from sortyard.sim.station_line import StationVoice

STEP_US = 1000
ASK_US = 2_000_000
"""How often the board is asked for its time."""
NETWORK_US = 3000
"""What a frame of the host takes through a network of a few devices."""


class BoardLink(BoardBooks):
    """The link of one board."""

    _host: BoardHost
    _orders: deque[Order]
    _ask_us: int
    _driven: int
    """outputs as the board drives them"""
    _zero_us: int | None
    """the board's time when the plant's was 0; None while it starts"""

    def _host_of(self, ecu: Ecu, outside: Outside | None) -> Session | StationVoice | OutsideHost:
        """The host at the other end of the board's link."""
        options = options_of(ecu)
        station = int(options.get("station", 0))
        if outside is None:
            answer_us = ANSWER_US + MAX_FRAME * 10_000_000 // int(options.get("baud", 115_200))
            return Session(count(1).__next__, station, answer_us)
        if station:
            return OutsideLine(outside.servers[0]).join(station, self._hear_line)
        return OutsideHost(outside.servers[0])

    def _hear_line(self, data: bytes) -> None:
        """Somebody else speaks on the line that this board shares. One that is starting hears nothing."""
        if self._zero_us is not None:
            self._send_on_line(self._faults.carried(data), self._world_us() + self._zero_us)

    def _world_us(self) -> int:
        """Where the plant's time stands."""
        return self._loop.now_us

    def _full_step_us(self) -> int:
        zero = self._zero_us
        assert zero is not None, "nothing is switched before the loop begins"
        return zero - -self._world_us() // STEP_US * STEP_US

    def _wire_link(self, port: LinkPort) -> None:
        """Where the link's bytes are: on USB, in the network, or on a UART, with a pin for its direction or without."""
        self._is_networked = port.driver == "tcp"
        self._is_reachable = True
        self._from_board = bytearray()
        self._link_unit = self._units[port.pins["tx"]] if "tx" in port.pins else -1
        self._link_de = self._number(port.pins["de"]) if "de" in port.pins else -1

    def link_bytes(self, data: bytes, now_us: int) -> bytes:
        """The host's end of the link: books what it is told, and answers."""
        if self._is_networked:
            return self._link_over_network(now_us)
        if self._link_unit >= 0:
            data = bytes(self._from_board)
            self._from_board.clear()
            self._send_on_line(self._converse(data, now_us), now_us)
            return b""
        return self._converse(data, now_us)

    def _link_over_network(self, now_us: int) -> bytes:
        """The host connects as soon as the board is there, and again when they have lost each other."""
        network = self.board.network
        if self._is_reachable and network.is_listening(now_us) and not network.is_connected:
            network.connect()
        said = self._converse(network.take(), now_us)
        if said:
            self.board.at(now_us + NETWORK_US, lambda _time: network.put(said))
        return b""

    def _send_on_line(self, data: bytes, now_us: int) -> None:
        """Bytes of the host on a UART; a board that speaks itself does not hear them."""
        if data and (self._link_de < 0 or not self._driven >> self._link_de & 1):
            self.board.receive(self._link_unit, data, now_us)

    def _converse(self, data: bytes, now_us: int) -> bytes:
        if now_us >= self._ask_us and self._is_hosted_here:
            self._ask_us = now_us + ASK_US
            self._host.say(messages.TIME_ASK, 0)
        while self._orders and self._loop.now_us >= self._orders[0].at_us:
            order = self._orders.popleft()
            self._host.say(order.kind, *order.fields)
        return self._host.exchange(data, now_us, self._take)
