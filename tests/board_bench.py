"""A bench for firmware: a virtual board with a program of its own and wires that a test holds."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sorter_core import messages
from sortyard.bundle.build import firmware_files
from sortyard.device.session import Message, Session
from sortyard.vm.chip import RP2040, Chip
from sortyard.vm.step_cost import StepCostMeter
from sortyard.vm.virtual_board import POWER_ON, VirtualBoard


class BenchOver(Exception):
    """The time of the bench is up."""


@dataclass
class Bench:
    """Implements `World`: runs `program` as main.py until `until_us`; `begin` is called once, at its first sleep,
    `wire` before power-up."""

    program: str
    begin: Callable[["Bench"], None] = lambda bench: None
    wire: Callable[[VirtualBoard], None] = lambda board: None
    until_us: int = 1_000_000
    cause: int = POWER_ON
    chip: Chip = RP2040
    firmware: Mapping[str, bytes] = field(default_factory=firmware_files)
    """what lies on the board besides program and configuration"""
    kept: bytes = b""
    """what the boot before has kept"""
    flash: dict[str, bytes] = field(default_factory=dict)
    """what outlives a power cut"""
    levels: list[tuple[int, int]] = field(default_factory=list)
    """(time, levels) of the output pins"""
    sent: list[tuple[int, int, int]] = field(default_factory=list)
    """(time, unit, byte) of every UART"""
    said: bytearray = field(default_factory=bytearray)
    to_link: bytearray = field(default_factory=bytearray)
    on_byte: Callable[[int, int, int], None] | None = None
    host: Session | None = None
    """who is at the other end of the link, where it is the firmware that speaks there"""
    told: list[Message] = field(default_factory=list)
    """what it has heard"""
    zero_us: int = -1

    def run(self, **files: bytes) -> "Bench":
        """Power up, and run until the time is over."""
        named = {f"/{name.replace('__', '.')}": content for name, content in files.items()}
        guest = {**self.firmware, "/boot.py": b"", "/main.py": self.program.encode(), **named}
        self.meter = StepCostMeter()
        self.board = VirtualBoard(
            guest,
            self,
            self.meter,
            chip=self.chip,
            reset_cause=self.cause,
            kept=self.kept,
            flash=self.flash,
        )
        self.wire(self.board)
        with suppress(BenchOver):
            self.board.run()
        return self

    def advance(self, to_us: int) -> int:
        if self.zero_us < 0:
            self.zero_us = to_us
            self.begin(self)
        if to_us - self.zero_us > self.until_us:
            raise BenchOver
        return to_us

    def after(self, us: int, happen: Callable[[int], None]) -> None:
        """Call `happen` so long after the first sleep."""
        self.board.at(self.zero_us + us, happen)

    def outputs(self, now_us: int, levels: int) -> None:
        self.levels.append((now_us - self.zero_us, levels))

    def uart_byte(self, unit: int, byte: int, now_us: int) -> None:
        self.sent.append((now_us - self.zero_us, unit, byte))
        if self.on_byte is not None:
            self.on_byte(unit, byte, now_us)

    def link_bytes(self, data: bytes, now_us: int) -> bytes:
        self.said += data
        if self.host is not None:
            self.host.feed(data, now_us, self._hear)
            return self.host.outgoing(now_us)
        taken = bytes(self.to_link)
        self.to_link.clear()
        return taken

    def _hear(self, message: Message) -> bool:
        self.told.append(message)
        return True

    @property
    def logged(self) -> list[str]:
        """Texts that the board has sent to its host's log."""
        return [one.tail.decode() for one in self.told if one.kind == messages.LOG]

    @property
    def lines(self) -> list[str]:
        """What the program has printed."""
        return self.said.decode().split("\n")[:-1]
