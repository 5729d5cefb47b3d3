"""A virtual board in a thread of its own, in real time, with its link led out to a TCP port or to a serial one."""

import os
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from board_bench import Bench, BenchOver
from sim_runs import example

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site
from sortyard.device.session import Message, records_of
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.outside_host import Lead, Outside, Overheard, Pace, WallPace
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate
from sortyard.vm.virtual_board import WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
DISPOSING = """
from array import array
from sorter_ecu import control
out = array("i", [8, 0, 1, 0, 0])
whole = control.Control.turn
def turn(self, ticks):
    whole(self, ticks)
    if not self.turns % {every} and self.turns <= {last}:
        out[1] = self.turns // {every}
        self.link.tell(out)
control.Control.turn = turn
"""
"""A board that disposes of a track every so many turns; put it in front of MAIN."""


class SerialLead:
    """The link as a serial port of this computer: a pseudo terminal. `port` is its name."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)

    def exchange(self, data: bytes) -> bytes:
        with suppress(BlockingIOError):
            os.write(self._master, data)
        with suppress(BlockingIOError):
            return os.read(self._master, 4096)
        return b""

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)


@dataclass
class LedBench(Bench):
    """A bench whose link is led out, in the wall's time or its host's, until it is told to end."""

    lead: Lead | None = None
    pace: Pace = field(default_factory=WallPace)
    end: Event = field(default_factory=Event)
    noise: bytes = b""
    """put into what the board says, once"""

    def advance(self, to_us: int) -> int:
        self.pace.keep(to_us)
        if self.end.is_set():
            raise BenchOver
        return super().advance(to_us)

    def link_bytes(self, data: bytes, now_us: int) -> bytes:
        assert self.lead is not None
        self.said += data
        if data and self.noise:
            data, self.noise = self.noise + data, b""
        return self.lead.exchange(data)

    def inputs(self) -> list[int]:
        """Kinds of the inputs of the gate logic that the board has told of."""
        kinds: list[int] = []

        def take(message: Message) -> bool:
            if message.kind == messages.RECORDS:
                kinds.extend(row[0] for _, row in records_of(message) if row[0] < messages.RECORD_OUT)
            return True

        Overheard().feed(bytes(self.said), 0, take)
        return kinds


@contextmanager
def board(
    lead: Lead,
    program: str = MAIN,
    image: bytes | None = None,
    begin: Callable[[Bench], None] = lambda bench: None,
    pace: Pace | None = None,
) -> Iterator[LedBench]:
    """The firmware with starter's configuration, or `image`, running while the block does; `begin` as of a bench.

    `pace`: the wall's, if it is not given.
    """
    bench = LedBench(program, begin, until_us=600_000_000, lead=lead, pace=pace or WallPace())
    content = ecu_image(example("starter"), "line") if image is None else image

    def run() -> None:
        with suppress(WatchdogBite):  # of a program that has failed
            bench.run(ecu__img=content)

    thread = Thread(target=run)
    thread.start()
    try:
        yield bench
    finally:
        bench.end.set()
        thread.join()


@contextmanager
def sorter(
    site: Site, parcels: int, *servers: Lead, seed: int = 1, pace: Pace | None = None
) -> Iterator[list[SimResult]]:
    """The whole line, plant and firmware, running while the block does; its result comes into the list.

    `servers`: where the board of each zone is; `pace`: the wall's, if it is not given.
    """
    results: list[SimResult] = []
    stop = Event()

    def on_progress(_parcels: int) -> None:
        if stop.is_set():
            raise KeyboardInterrupt

    settings = Settings(
        runtime="firmware", seed=seed, outside=Outside(servers, pace or WallPace()), on_progress=on_progress
    )
    source = GeneratedParcels(site, parcels, seed)
    thread = Thread(target=lambda: results.append(simulate(site, source, settings)))
    thread.start()
    try:
        yield results
    finally:
        stop.set()
        thread.join()
