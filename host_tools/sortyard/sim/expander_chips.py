"""Port expanders on a virtual board's I2C buses: each chip by its registers, and what hangs on their pins.

chips = ExpanderChips(board, on_change)
chips.add("io", unit=0, first=32, count=2)
chips.set_input("io", 17, 1)                   # what the plant drives an input to
chips.output_bit("io", 3)                      # its place among the levels that the board drives
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sortyard.vm.virtual_board import VirtualBoard

PINS = 16
IODIR, GPPU, GPIO, OLAT = 0x00, 0x0C, 0x12, 0x14
_REGISTERS = 0x16
_FIRST_BIT = 512
"""Behind pins and chains among the levels that a board drives."""


class Mcp23017:
    """One chip (Microchip DS20001952, section 3.5, IOCON.BANK = 0). `on_change(now_us)`: the board has written.

    `outside` is what the world drives its inputs to.
    """

    def __init__(self, on_change: Callable[[int], None] = lambda now_us: None) -> None:
        self.registers = bytearray(_REGISTERS)
        self.outside = 0
        self._on_change = on_change
        self.power_up()

    def power_up(self) -> None:
        """Every pin is an input again; so it is after a reset by its wire."""
        self.registers[:] = bytes(_REGISTERS)
        self.registers[IODIR : IODIR + 2] = b"\xff\xff"

    def word(self, register: int) -> int:
        """Both ports of a register, port A in the low byte."""
        return int.from_bytes(self.registers[register : register + 2], "little")

    @property
    def outputs(self) -> int:
        """Pins that the chip drives."""
        return ~self.word(IODIR) & 0xFFFF

    @property
    def levels(self) -> int:
        """Those of them that are high. A pin that nobody drives is pulled to its safe side, low."""
        return self.word(OLAT) & self.outputs

    def write(self, register: int, data: bytes, now_us: int) -> None:
        """See `I2cDevice`."""
        self.registers[register : register + len(data)] = data
        self._on_change(now_us)

    def read(self, register: int, size: int, now_us: int) -> bytes:
        """See `I2cDevice`."""
        self.registers[GPIO : GPIO + 2] = (self.levels | self.outside & ~self.outputs).to_bytes(2, "little")
        return bytes(self.registers[register : register + size])


class ExpanderChips:
    """All of one board. `on_change(now_us)` is called when outputs are others."""

    def __init__(self, board: VirtualBoard, on_change: Callable[[int], None]) -> None:
        self.levels = 0
        """among those that the board drives, at `output_bit`"""
        self._board = board
        self._on_change = on_change
        self._chips: dict[str, list[Mcp23017]] = {}
        self._first: dict[str, int] = {}
        self._bits = _FIRST_BIT

    def add(self, name: str, unit: int, first: int, count: int) -> None:
        """So many chips on an I2C bus, with addresses from `first` on."""
        self._first[name] = self._bits
        self._chips[name] = []
        for number in range(count):
            chip = Mcp23017(partial(self._changed, name, number))
            self._chips[name].append(chip)
            self._board.analog.add_i2c(unit, first + number, chip)
        self._bits += PINS * count

    def set_input(self, name: str, place: int, level: int) -> None:
        """What an input is driven to from now on."""
        chip, bit = self._chips[name][place // PINS], 1 << place % PINS
        chip.outside = chip.outside | bit if level else chip.outside & ~bit

    def output_bit(self, name: str, place: int) -> int:
        """Where an output stands in `levels`."""
        return self._first[name] + place

    def __contains__(self, name: str) -> bool:
        return name in self._chips

    def _changed(self, name: str, number: int, now_us: int) -> None:
        """The board has written to a chip, in the middle of its turn: the plant hears of it when that is over."""
        shift = self._first[name] + PINS * number
        levels = self.levels & ~((1 << PINS) - 1 << shift) | self._chips[name][number].levels << shift
        if levels != self.levels:
            self.levels = levels
            self._board.at(now_us, self._on_change)
