"""Both ends of the link, the board's own code and the host's, with a wire between them that a test holds."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from firmware_here import firmware_module

from sorter_core import messages
from sorter_core.frames import FROM_HOST, HEAD, FrameWriter, crc16
from sorter_core.slots import Slots
from sortyard.device.session import LOST_US, Message, Session, records_of

DISPOSITION, DEST_REQUEST, EVENT = 8, 9, 10
RUNNING = 3
KEPT = 512


class Wire:
    """What a board's link reads and writes."""

    address, is_polled, room = 0, 0, 6

    def __init__(self) -> None:
        self.to_board, self.to_host = bytearray(), bytearray()

    def is_free(self) -> bool:
        return True

    def read(self, buffer: bytearray) -> int:
        size = min(len(buffer), len(self.to_board))
        buffer[:size] = self.to_board[:size]
        del self.to_board[:size]
        return size

    def write(self, buffer: bytearray, size: int) -> None:
        self.to_host += buffer[:size]


def no_loss(data: bytes) -> bytes:
    return data


@dataclass
class Pair:
    """A board and its host; `up` and `down` are what becomes of bytes on their way."""

    host: Session = field(default_factory=Session)
    up: Callable[[bytes], bytes] = no_loss
    down: Callable[[bytes], bytes] = no_loss
    takes: Callable[[Message], bool] = lambda message: True
    heard: list[Message] = field(default_factory=list)
    commands: list[tuple[int, ...]] = field(default_factory=list)
    ms: int = 0

    def __post_init__(self) -> None:
        self.reboot()

    def reboot(self) -> None:
        self.wire = Wire()
        self.board = firmware_module("sorter_ecu.link").Link(
            self.wire, Slots(), lambda: 1000 * self.board.turn
        )
        self.board.introduce(0, 1, 5, "hub line 0.1.0 c0ffee 42")

    def run(self, ms: int) -> "Pair":
        """Milliseconds of both ends, the board's in turns."""
        for _ in range(ms):
            self.ms += 1
            board = self.board
            board.turn += 1
            board.serve(RUNNING, 1000 * board.turn & 0x0FFFFFFF, 0)
            if board.receive() and board.kind != messages.POLL:
                self.commands.append((board.kind, *board.values[:3]))
            data = self.up(bytes(self.wire.to_host))
            self.wire.to_host.clear()
            self.host.feed(data, 1000 * self.ms, self._hear)
            self.wire.to_board += self.down(self.host.outgoing(1000 * self.ms))
        return self

    def _hear(self, message: Message) -> bool:
        if not self.takes(message):
            return False
        self.heard.append(message)
        return True

    def dispose(self, track: int) -> None:
        self.board.tell([DISPOSITION, track, 1, 0, 0])

    @property
    def disposed(self) -> list[int]:
        return [one.fields[0] for one in self.heard if one.kind == messages.DISPOSITION]


def losing(share: float, rng: Random) -> Callable[[bytes], bytes]:
    """A wire that drops and changes bytes."""

    def pass_on(data: bytes) -> bytes:
        kept = bytearray(byte for byte in data if rng.random() >= share)
        for place in range(len(kept)):
            if rng.random() < share:
                kept[place] ^= 1 << rng.randrange(8)
        return bytes(kept)

    return pass_on


def nothing(_data: bytes) -> bytes:
    return b""


def test_a_host_is_greeted_and_told_who_is_there():
    pair = Pair().run(200)
    hello = pair.host.hello
    assert hello is not None
    assert (hello.line, hello.ecu, hello.firmware, hello.config_hash, hello.number) == (
        "hub",
        "line",
        "0.1.0",
        "c0ffee",
        "42",
    )
    assert (hello.protocol, hello.state, hello.boot) == (messages.PROTOCOL, RUNNING, 5)
    assert pair.host.is_attached
    assert pair.board.is_attached


def test_without_a_host_the_board_says_who_it_is_and_asks_and_tells_nothing():
    pair = Pair(down=nothing)
    pair.dispose(1)
    pair.board.tell([DEST_REQUEST, 1, 0, 0, 0])
    pair.run(1100)
    assert pair.host.hello is not None
    assert pair.host.hello.line == "hub"
    assert pair.heard == []
    assert pair.host.reader.frames == 4
    pair.down = no_loss
    pair.run(600)
    assert pair.disposed == [1]
    assert not [one for one in pair.heard if one.kind == messages.DEST_REQUEST]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_wire_loses_every_disposition_comes_once_and_in_order(seed):
    rng = Random(seed)
    noise = losing(rng.choice((0.001, 0.01, 0.02)), rng)
    pair = Pair(up=noise, down=noise)
    told = 0
    for _ in range(40):
        for _ in range(rng.randrange(6)):
            told += 1
            pair.dispose(told)
        cut = rng.random() < 0.15
        pair.up = pair.down = nothing if cut else noise
        pair.run(rng.randrange(50, 1500))
    pair.up = pair.down = no_loss
    pair.run(4000)
    assert told > 60
    assert pair.board._outbox.lost == 0
    assert pair.disposed == list(range(1, told + 1))
    assert pair.board._outbox.count == 0


def test_after_a_cut_nothing_comes_twice_though_its_acknowledgement_was_lost():
    pair = Pair().run(300)
    pair.down = nothing
    for track in range(1, 11):
        pair.dispose(track)
    pair.run(1500)
    assert pair.disposed == list(range(1, 11))
    assert not pair.board.is_attached
    pair.down = no_loss
    pair.dispose(11)
    pair.run(1000)
    assert pair.disposed == list(range(1, 12))
    assert pair.host.restarts == 0
    assert pair.board.losses == 1


def test_a_board_that_has_restarted_is_heard_from_its_first_message_on():
    pair = Pair().run(300)
    for track in range(1, 6):
        pair.dispose(track)
    pair.run(300)
    pair.reboot()
    for track in range(101, 131):
        pair.dispose(track)
    pair.run(1500)
    assert pair.disposed == [*range(1, 6), *range(101, 131)]
    assert pair.host.restarts == 1
    assert pair.board._outbox.count == 0


def test_another_host_begins_with_what_the_first_one_has_not_acknowledged():
    pair = Pair().run(300)
    for track in range(1, 50):
        pair.dispose(track)
    pair.run(1500)
    pair.host, first = Session(), pair.host
    pair.run(1500)
    for track in range(50, 60):
        pair.dispose(track)
    pair.run(500)
    assert pair.disposed == list(range(1, 60))
    pair.host = first
    first.cut()  # its wire had gone
    pair.run(1500)
    pair.dispose(60)
    pair.run(500)
    assert pair.disposed == list(range(1, 61))
    assert first.restarts == 1


def test_what_a_slow_host_does_not_take_stays_with_the_board():
    pair = Pair(takes=lambda message: message.kind != messages.DISPOSITION)
    pair.run(300)
    for track in range(1, KEPT + 11):
        pair.dispose(track)
    pair.run(3000)
    assert pair.disposed == []
    assert pair.host.is_attached
    assert pair.board._outbox.count == KEPT
    assert pair.board._outbox.lost == 10  # counted, and told with the statistics
    pair.takes = lambda message: True
    pair.run(9000)
    assert pair.disposed == list(range(1, KEPT + 1))


def test_a_command_is_done_once_and_the_host_knows_when():
    rng = Random(3)
    pair = Pair(up=losing(0.02, rng), down=losing(0.02, rng))
    while not pair.host.is_attached:
        pair.run(10)
    tickets = [pair.host.send(messages.COMMAND, 11, number) for number in range(20)]
    assert tickets == list(range(1, 21))
    assert not pair.host.is_done(1)
    pair.up = pair.down = losing(0.005, rng)
    pair.run(6000)
    assert pair.host.is_done(20)
    assert pair.commands == [(messages.COMMAND, 11, number, 0) for number in range(20)]


def test_a_command_does_not_outlive_its_conversation():
    pair = Pair().run(300)
    pair.down = nothing
    assert pair.host.send(messages.COMMAND, 11, 0)
    pair.run(1500)
    assert pair.host.send(messages.COMMAND, 11, 0) == 0
    pair.down = no_loss
    pair.run(2000)
    assert pair.host.is_attached
    assert pair.commands == []


def test_a_host_of_another_protocol_is_told_which_one_is_spoken_and_nothing_else():
    pair = Pair(down=nothing)
    writer = FrameWriter()
    used = messages.pack(writer.body, messages.ATTACH, (messages.PROTOCOL + 1, 99))
    pair.wire.to_board += writer.out[: writer.write(messages.ATTACH, FROM_HOST, 0, 0, used)]
    pair.dispose(1)
    pair.run(200)
    assert not pair.board.is_attached
    assert pair.host.hello is not None
    assert pair.host.hello.protocol == messages.PROTOCOL
    assert pair.heard == []


def test_a_board_of_another_protocol_is_recognised_whatever_its_hello_looks_like():
    writer, host = FrameWriter(), Session()
    writer.body[HEAD] = 9
    host.feed(bytes(writer.out[: writer.write(messages.HELLO, 0, 0, 0, 1)]), 0, lambda message: True)
    assert host.hello is not None
    assert host.hello.protocol == 9
    assert not host.is_attached


def test_its_own_echo_says_nothing_to_a_board():
    pair = Pair().run(300)
    body = bytes([0x10, 0, messages.COMMAND, 1, 1, 11, 0])
    body += crc16(body, 0, len(body)).to_bytes(2, "little")
    stuffed = b"\0" + b"".join(bytes([len(run) + 1]) + run for run in body.split(b"\0")) + b"\0"
    pair.wire.to_board += stuffed
    pair.run(300)
    assert pair.commands == []
    pair.host.post(messages.COMMAND, 11, 0)
    pair.run(300)
    assert pair.commands == [(messages.COMMAND, 11, 0, 0)]


def test_a_chute_that_is_full_is_kept_for_a_host_and_what_merely_happens_is_not():
    pair = Pair().run(300)
    full, free, routed = 14, 15, 4
    for event in (full, routed, free):
        pair.board.tell(array("i", [EVENT, event, 0, 4, 500]))
    pair.wire.to_host.clear()
    pair.up = lambda data: b""
    pair.run(2000)
    pair.up = no_loss
    pair.run(2000)
    told = [one.fields[:3] for one in pair.heard if one.kind == messages.TRACK]
    assert told == [(full, 0, 4), (free, 0, 4)]


def test_records_say_in_which_turn_they_happened():
    pair = Pair().run(300)
    turns = []
    for number in range(40):
        turns.append(pair.board.turn)
        pair.board.note(2, number, 0, 0, 0)
        pair.run(3)
    pair.run(300)
    found = [one for message in pair.heard if message.kind == messages.RECORDS for one in records_of(message)]
    assert [(turn, row[1]) for turn, row in found] == list(zip(turns, range(40), strict=True))


def test_a_link_with_many_records_is_behind_until_they_are_told():
    """The control loop gives it more turns then: one in four was too few for a burst, and commands dropped."""
    pair = Pair().run(300)
    for number in range(40):
        pair.board.note(2, number, 0, 0, 0)
    assert not pair.board.is_behind
    pair.run(30)
    assert pair.board.is_behind
    pair.run(1000)
    assert not pair.board.is_behind


def test_a_silent_board_is_lost_after_a_second():
    pair = Pair().run(300)
    pair.up = nothing
    pair.run(LOST_US // 1000 - 300)
    assert not pair.host.is_silent(1000 * pair.ms)
    pair.run(400)
    assert pair.host.is_silent(1000 * pair.ms)
