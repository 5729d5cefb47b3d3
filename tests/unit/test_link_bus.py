"""Several boards on one RS-485 line: the boards' own code, the host's, and a line that only one may drive at a time."""

from dataclasses import dataclass, field
from math import ceil
from random import Random

from firmware_here import firmware_module

from sorter_core import messages
from sorter_core.frames import FrameReader, FrameWriter
from sorter_core.slots import Slots
from sortyard.device.bus import Bus
from sortyard.device.session import Message

DISPOSITION = 8
BYTE_MS = 10 / 115.2


class BoardWire:
    """One board's end of the line; implements what the drivers in sorter_io/links do."""

    is_polled, room = 1, 64

    def __init__(self, line: "SharedLine", address: int) -> None:
        self.line, self.address = line, address
        self.heard = bytearray()
        self.busy_until = 0

    def is_free(self) -> bool:
        return self.line.ms >= self.busy_until and not self.heard

    def read(self, buffer: bytearray) -> int:
        size = min(len(buffer), len(self.heard))
        buffer[:size] = self.heard[:size]
        del self.heard[:size]
        return size

    def write(self, buffer: bytearray, size: int) -> None:
        self.busy_until = self.line.say(bytes(buffer[:size]), self)


@dataclass
class SharedLine:
    """What one says all others hear, after the time that it takes."""

    stations: tuple[int, ...]
    dead: set[int] = field(default_factory=set)
    heard: list[tuple[int, Message]] = field(default_factory=list)
    ms: int = 0
    busy_until: int = 0
    collisions: int = 0
    said: list[tuple[int, bytes, BoardWire | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host = Bus(self.stations)
        self.wires = {station: BoardWire(self, station) for station in self.stations}
        link = firmware_module("sorter_ecu.link").Link
        self.boards = {
            station: link(wire, Slots(), lambda: 1000 * self.ms) for station, wire in self.wires.items()
        }

    def say(self, data: bytes, who: BoardWire | None) -> int:
        """When the line is free again."""
        self.collisions += self.ms < self.busy_until
        self.busy_until = self.ms + ceil(len(data) * BYTE_MS)
        self.said.append((self.busy_until, data, who))
        return self.busy_until

    def run(self, ms: int) -> "SharedLine":
        for _ in range(ms):
            self.ms += 1
            for due, data, who in [one for one in self.said if one[0] <= self.ms]:
                self.said.remove((due, data, who))
                for wire in self.wires.values():
                    if wire is not who:
                        wire.heard += data
                if who is not None:
                    self.host.feed(data, 1000 * self.ms, self._hear)
            for station, board in self.boards.items():
                if station not in self.dead:
                    board.turn += 1
                    board.serve(1, 0, 0)
                    board.receive()
            question = self.host.outgoing(1000 * self.ms)
            if question:
                self.say(question, None)
        return self

    def _hear(self, station: int, message: Message) -> bool:
        self.heard.append((station, message))
        return True

    def dispose(self, station: int, track: int) -> None:
        self.boards[station].tell([DISPOSITION, track, 1, 0, 0])

    def disposed(self, station: int) -> list[int]:
        return [
            one.fields[0] for who, one in self.heard if who == station and one.kind == messages.DISPOSITION
        ]


def test_every_board_has_its_turn_and_nobody_speaks_into_another_one():
    line, rng, told = SharedLine((1, 2, 7)), Random(1), {1: 0, 2: 0, 7: 0}
    for _ in range(120):
        station = rng.choice((1, 2, 7))
        told[station] += 1
        line.dispose(station, told[station])
        line.run(rng.randrange(80))
    line.run(4000)
    for station, last in told.items():
        assert line.disposed(station) == list(range(1, last + 1))
        assert line.boards[station].is_attached
        assert line.boards[station].losses == 0
        assert line.boards[station].reader.bad == 0
    assert line.collisions == 0
    assert line.host.unanswered == 0


def test_a_board_that_is_dead_costs_the_others_time_and_nothing_else():
    line = SharedLine((1, 2, 3)).run(1000)
    line.dead.add(2)
    for track in range(1, 31):
        line.dispose(1, track)
        line.dispose(3, track)
        line.run(100)
    assert line.host.unanswered > 10
    line.run(3000)
    assert line.disposed(1) == line.disposed(3) == list(range(1, 31))
    line.dead.clear()
    line.dispose(2, 1)
    line.run(2000)
    assert line.disposed(2) == [1]
    assert line.boards[2].is_attached
    assert line.collisions == 0


def test_a_board_that_is_not_there_is_asked_seldom():
    line = SharedLine((1, 2), {2}).run(200)
    before = line.host.unanswered
    line.run(10_000)
    assert 10 <= line.host.unanswered - before <= 20
    assert line.boards[1].is_attached
    assert line.boards[1].losses == 0


def test_a_command_is_for_the_board_that_it_names():
    line = SharedLine((1, 2)).run(1000)
    ticket = line.host.sessions[2].send(messages.COMMAND, 13, 0)
    assert ticket
    line.run(500)
    assert line.host.sessions[2].is_done(ticket)
    assert line.boards[2]._expected == 1
    assert line.boards[1]._expected == 0


def test_without_questions_no_board_says_a_word_and_it_misses_its_host():
    line = SharedLine((1,)).run(1000)
    assert line.boards[1].is_attached
    line.host.outgoing = lambda now_us: b""
    before = line.host.reader.frames
    line.run(3000)
    assert line.host.reader.frames <= before + 1
    assert not line.boards[1].is_attached
    assert line.boards[1].losses == 1


def test_what_is_for_others_is_passed_over_whatever_it_holds_and_in_any_pieces():
    rng, reader, expected, found = Random(6), FrameReader(only=4), [], []
    for number in range(400):
        address = rng.choice((0, 3, 4, 5, 255))
        writer = FrameWriter(address)
        length = rng.randrange(60)
        for place in range(length):
            writer.body[5 + place] = rng.choice((0, rng.randrange(256)))
        data = bytes(writer.out[: writer.write(14, 0, number & 255, 0, length)])
        if address == 4:
            expected.append(number & 255)
        at = 0
        while at < len(data):
            end = min(len(data), at + rng.randrange(1, 30))
            while at < end:
                at = reader.feed(data, at, end)
                if reader.is_ready:
                    found.append(reader.sequence)
    assert found == expected
    assert reader.bad == 0
    assert reader.frames == len(expected)
