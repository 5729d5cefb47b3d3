"""A host of a whole line whose story ends with what the line tells it, and a line in a process of its own."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket

from host_clock import HostClock

from sortyard.config.ecu_image import config_hash
from sortyard.config.site import Site
from sortyard.device.address import parse_address
from sortyard.device.board import Answer, Board
from sortyard.device.events import Disposition, Event
from sortyard.device.line import LineClient
from sortyard.device.targets import Target

PATIENCE_S = 300.0
"""Of the simulation's time."""


def target(site: Site, name: str, port: str, station: int = 0) -> Target:
    """The board of that name at this port of the computer."""
    return Target(name, parse_address(port), station, name, config_hash(site, name))


def two_free_ports() -> int:
    """The first of them."""
    while True:
        with socket() as first, socket() as second, suppress(OSError):
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            second.bind(("127.0.0.1", port + 1))
            return port


class Story:
    """What the boards of a line tell, from the first to the last disposition that is awaited."""

    def __init__(self, host: LineClient) -> None:
        self.host = host
        self.events: list[Event] = []
        self._tasks = [asyncio.create_task(self._follow(board)) for board in host.boards]

    async def _follow(self, board: Board) -> None:
        async for event in board.events():
            self.events.append(event)

    async def until(self, is_it: Callable[[], bool]) -> None:
        while not is_it():
            await asyncio.sleep(0.05)

    def of(self, kind: type) -> list:
        return [one for one in self.events if isinstance(one, kind)]

    def ends(self) -> dict[int, tuple[int, int, int]]:
        """Track -> outcome, reason, chute."""
        told = self.of(Disposition)
        ended = {one.track: (one.outcome, one.reason, one.chute) for one in told}
        assert len(ended) == len(told)
        return ended


def tell(
    site: Site,
    clock: HostClock,
    targets: list[Target],
    story: Callable[[Story], Awaitable[None]],
    answer: Answer | None = None,
) -> Story:
    """What is told until the story is over, or for so long a time of the simulation that it never will be."""

    async def all_of_it() -> Story:
        async with LineClient(site.line, targets, answer=answer) as host:
            told = Story(host)
            await asyncio.wait_for(story(told), PATIENCE_S)
            return told

    return clock.run(all_of_it())


@contextmanager
def simulated(line: str, parcels: int) -> Iterator[int]:
    """`sortyard sim --firmware --link-port` in real time, while the block runs: the first of two ports."""
    port = two_free_ports()
    options = ["--firmware", "--link-port", str(port), "--parcels", str(parcels)]
    command = [str(Path(sys.executable).with_name("sortyard")), "sim", line, *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.kill()
