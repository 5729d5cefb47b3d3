"""Boards by where they are, each on a wire of its own or on the one that it shares with others.

async with connected(targets, answer) as boards:
    await boards[0].attached(5.0)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from sortyard.device.address import Address
from sortyard.device.board import QUEUE, Answer, Board
from sortyard.device.client import BoardClient, BusClient, Station


@dataclass(frozen=True)
class Target:
    """One board: its name for people ("" where there is but one), where it is, and its number on a shared line.

    `ecu` and `expected_hash`: its name in the line file, and of the configuration that it must have; "" where there is
    no line file.
    """

    name: str
    address: Address
    station: int = 0
    ecu: str = ""
    expected_hash: str = ""


@asynccontextmanager
async def connected(
    targets: Sequence[Target], answer: Answer | None, queue: int = QUEUE
) -> AsyncIterator[list[Board]]:
    """The boards in the order of their targets; see `Board` for `answer` and `queue`."""
    shared: dict[Address, list[Target]] = {}
    for one in targets:
        if one.station:
            shared.setdefault(one.address, []).append(one)
    async with AsyncExitStack() as stack:
        buses = {
            address: await stack.enter_async_context(
                BusClient(address, [Station(one.station, answer, one.expected_hash) for one in ones], queue)
            )
            for address, ones in shared.items()
        }
        boards: list[Board] = []
        for one in targets:
            if one.station:
                boards.append(buses[one.address].boards[one.station])
            else:
                client = BoardClient(one.address, answer=answer, expected_hash=one.expected_hash, queue=queue)
                boards.append(await stack.enter_async_context(client))
        yield boards
