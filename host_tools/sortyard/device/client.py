"""A board's host in asyncio, with a wire of its own or one that several boards share.

async with BoardClient(parse_address("/dev/ttyACM0"), answer=answer_by(site.host_plan)) as board:
    await board.attached(5.0)              # see `sortyard.device.board`
async with BusClient(parse_address("/dev/ttyUSB0"), [Station(1), Station(2)]) as bus:
    await bus.boards[2].command(START)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sorter_core.frames import MAX_FRAME
from sortyard.device.address import Address
from sortyard.device.board import QUEUE, Answer, Board
from sortyard.device.bus import Bus
from sortyard.device.carrier import Carrier
from sortyard.device.session import ANSWER_US, Message, Session

TICK_S = 0.002
"""A shared line is looked at so often: its cycle is made of the pauses between two frames."""
_BITS = 10
"""Of a byte on a serial line."""


class BoardClient(Board):
    """One board at the end of a wire. See `Board` for `answer` and `expected_hash`."""

    def __init__(
        self, address: Address, *, answer: Answer | None = None, expected_hash: str = "", queue: int = QUEUE
    ) -> None:
        super().__init__(address.text, Session(), answer=answer, expected_hash=expected_hash, queue=queue)
        self._carrier = Carrier(
            address,
            [self],
            lambda data, now: self.session.feed(data, now, self.accept),
            lambda now: self.session.outgoing(now),
        )

    async def __aenter__(self) -> BoardClient:
        self._carrier.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._carrier.stop()


@dataclass(frozen=True)
class Station:
    """A board on a shared line, by its number there, 1 to 247; the rest as of `Board`."""

    number: int
    answer: Answer | None = None
    expected_hash: str = ""


class BusClient:
    """Boards on one RS-485 line, asked one after the other; one that is dead is asked seldom."""

    def __init__(self, address: Address, stations: Sequence[Station], queue: int = QUEUE) -> None:
        frame_us = MAX_FRAME * _BITS * 1_000_000 // address.baud
        self.bus = Bus([one.number for one in stations], ANSWER_US + frame_us)
        self.boards = {
            one.number: Board(
                f"{address.text}, station {one.number}",
                self.bus.sessions[one.number],
                answer=one.answer,
                expected_hash=one.expected_hash,
                queue=queue,
            )
            for one in stations
        }
        self._carrier = Carrier(address, list(self.boards.values()), self._feed, self._outgoing, TICK_S)

    async def __aenter__(self) -> BusClient:
        self._carrier.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._carrier.stop()

    def _feed(self, data: bytes, now_us: int) -> None:
        self.bus.feed(data, now_us, self._accept)

    def _accept(self, station: int, message: Message) -> bool:
        return self.boards[station].accept(message)

    def _outgoing(self, now_us: int) -> bytes:
        self.bus.left_out = {number for number, board in self.boards.items() if board.fatal is not None}
        return self.bus.outgoing(now_us)
