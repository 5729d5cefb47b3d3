"""Boards that share an RS-485 line, led out to a TCP port: their own code of the link, in this Python and real time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from firmware_here import firmware_module

from sorter_core.slots import Slots
from sortyard.sim.outside_host import LinkServer

BYTE_S = 10 / 115_200
DISPOSITION = 8


class Wire:
    """One board's end of the line; implements what the drivers in sorter_io/links do."""

    is_polled, room = 1, 64

    def __init__(self, address: int) -> None:
        self.address = address
        self.heard, self.said = bytearray(), bytearray()
        self.free_s = 0.0

    def is_free(self) -> bool:
        return time.monotonic() >= self.free_s and not self.heard

    def read(self, buffer: bytearray) -> int:
        size = min(len(buffer), len(self.heard))
        buffer[:size] = self.heard[:size]
        del self.heard[:size]
        return size

    def write(self, buffer: bytearray, size: int) -> None:
        self.free_s = time.monotonic() + size * BYTE_S
        self.said += buffer[:size]


@dataclass
class SharedLine:
    """`boards` by station; those in `dead` are without power. The port is that of a converter on the line."""

    stations: tuple[int, ...]
    dead: set[int] = field(default_factory=set)
    end: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        link = firmware_module("sorter_ecu.link").Link
        self.server = LinkServer("127.0.0.1", 0)
        self.wires = {station: Wire(station) for station in self.stations}
        self.boards = {one: link(wire, Slots(), lambda: 0) for one, wire in self.wires.items()}
        for station, board in self.boards.items():
            board.introduce(0, 1, station, f"hub board{station} 0.1.0 - {station}")

    def dispose(self, station: int, track: int) -> None:
        self.boards[station].tell([DISPOSITION, track, 1, 0, 0])

    def run(self) -> None:
        """Every board's loop, turn by turn, as fast as the clock on the wall."""
        begun, done = time.monotonic(), 0
        while not self.end.is_set():
            time.sleep(0.001)
            said = b"".join(bytes(wire.said) for wire in self.wires.values())
            heard = self.server.exchange(said)
            for wire in self.wires.values():
                wire.said.clear()
                wire.heard += heard
            due = int(1000 * (time.monotonic() - begun))
            for _ in range(min(due - done, 50)):
                self._turn()
            done = due

    def _turn(self) -> None:
        for station, board in self.boards.items():
            if station in self.dead:
                self.wires[station].heard.clear()
                continue
            board.turn += 1
            board.serve(1, 0, 0)
            if board.receive() and board.kind:
                board.note(board.kind & 31, 0, 0, 0, 0)


@contextmanager
def shared_line(*stations: int) -> Iterator[SharedLine]:
    """The line, running while the block does."""
    line = SharedLine(stations)
    thread = Thread(target=line.run)
    thread.start()
    try:
        with line.server:
            yield line
            line.end.set()
            thread.join()
    finally:
        line.end.set()
        thread.join()
