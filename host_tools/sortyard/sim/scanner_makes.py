"""The scanners of a virtual board's line: each make's own bytes, and what it does with the bytes that it is sent.

A make without a class here is a line of text as its driver's options say, which is told to read by the commands in its
driver's table; that is what most makes are set up to.
"""

from __future__ import annotations

from typing import Any

from sortyard.config.driver_tables import drivers_of

CR, LF, STX, ETX = b"\r", b"\n", b"\x02", b"\x03"


class Scanner:
    """A scanner that sends lines of text. It reads while its gate is open: always, or when it has been told to."""

    suffix = CR

    def __init__(
        self,
        unit: int,
        options: dict[str, Any],
        is_triggered: bool,
        commands: tuple[bytes, bytes] = (b"", b""),
    ) -> None:
        self.unit = unit
        self.on, self.off = commands
        bits = 1 + options.get("bits", 8) + (options.get("parity", "none") != "none") + options.get("stop", 1)
        self.byte_us = bits * 1e6 / options["baud"]
        self.options = options
        self.is_triggered = is_triggered
        self.is_open = not is_triggered
        self._heard = bytearray()
        self._has_read = False

    def message(self, code: bytes) -> bytes:
        """The bytes of a read."""
        return self.prefix + code + self.suffix

    @property
    def prefix(self) -> bytes:
        """What stands before a code."""
        return bytes([self.options["prefix"]]) if self.options.get("prefix") else b""

    def read(self, code: bytes) -> bytes:
        """What is sent when the label has been seen; nothing while the gate is closed."""
        if not self.is_open:
            return b""
        self._has_read = True
        return self.message(code)

    def gate(self, is_open: bool) -> bytes:
        """Open or close the gate by wire or command; what is said when it closes and nothing was read."""
        said = b""
        if self.is_open and not is_open and not self._has_read and self.options["no_read"]:
            said = self.message(self.options["no_read"].encode())
        self.is_open = is_open
        self._has_read = False
        return said

    def hear(self, byte: int) -> bytes:
        """A byte from the board; what the scanner answers to it."""
        self._heard.append(byte)
        for command, is_open in ((self.on, True), (self.off, False)):
            if command and self._heard.endswith(command):
                self._heard.clear()
                return self.answer(is_open) + self.gate(is_open)
        del self._heard[:-64]
        return b""

    def answer(self, is_open: bool) -> bytes:
        """What it says to a command of the gate."""
        return b""

    def heartbeat(self) -> tuple[bytes, int]:
        """What it sends to show that it is there, and every how many microseconds; 0: it does not."""
        text, seconds = self.options.get("heartbeat", ""), self.options.get("heartbeat_s", 0)
        return self.message(text.encode()), 1_000_000 * seconds if text else 0


class SerialLine(Scanner):
    """As the driver's options say."""

    @property
    def suffix(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]
        return bytes([self.options.get("suffix", 13)])


class Gm65(Scanner):
    """Answers each command in binary; its gate closes by itself when it has read."""

    ask = bytes.fromhex("7e000a01000000301a")

    def hear(self, byte: int) -> bytes:
        said = super().hear(byte)
        if self._heard.endswith(self.ask):
            self._heard.clear()
            return bytes.fromhex("03000001003331")
        return said

    def answer(self, is_open: bool) -> bytes:
        return bytes.fromhex("02000001003331")

    def read(self, code: bytes) -> bytes:
        said = super().read(code)
        if self.is_triggered:
            self.is_open = False
        return said


class KeyenceSr(Scanner):
    """Says that it has heard a command."""

    def answer(self, is_open: bool) -> bytes:
        return (b"OK,LON" if is_open else b"OK,LOFF") + CR


class CognexDataman(Scanner):
    """A line feed behind each line."""

    suffix = CR + LF


class SickCola(Scanner):
    """CoLa A between STX and ETX."""

    suffix = ETX

    @property
    def prefix(self) -> bytes:
        return STX

    def answer(self, is_open: bool) -> bytes:
        return STX + b"sAN mTCgate" + (b"on" if is_open else b"off") + b" 1" + ETX


class ZebraSsi(Scanner):
    """Packets; what the board has not acknowledged is kept, and sent again when the board asks for it."""

    CODE_128 = 3

    _kept = b""

    def message(self, code: bytes) -> bytes:
        self._kept = bytes([self.CODE_128]) + code
        return self._data(0)

    def hear(self, byte: int) -> bytes:
        self._heard.append(byte)
        size = self._heard[0]
        if len(self._heard) < size + 2:
            return b""
        command = bytes(self._heard)
        self._heard.clear()
        if sealed(command[:-2]) != command:
            return b""
        opcode = command[1]
        if opcode == 0xD0:
            self._kept = b""
        elif opcode == 0xD1 and self._kept:
            return self._data(1)
        elif opcode in (0xE4, 0xE5):
            return sealed(bytes([4, 0xD0, 0, 0])) + self.gate(opcode == 0xE4)
        return b""

    def _data(self, status: int) -> bytes:
        return sealed(bytes([4 + len(self._kept), 0xF3, 0, status]) + self._kept)


def sealed(packet: bytes) -> bytes:
    """An SSI packet with its checksum: the two's complement of the sum, high byte first."""
    return packet + (-sum(packet) & 0xFFFF).to_bytes(2, "big")


MAKES: dict[str, type[Scanner]] = {
    "gm65": Gm65,
    "keyence_sr": KeyenceSr,
    "cognex_dataman": CognexDataman,
    "sick_cola": SickCola,
    "zebra_ssi": ZebraSsi,
}


def scanner_of(driver: str, unit: int, options: dict[str, Any], is_triggered: bool) -> Scanner:
    """The scanner that speaks as this driver expects it to."""
    commands = drivers_of("scanner")[driver].trigger
    return MAKES.get(driver, SerialLine)(unit, options, is_triggered, commands)


def frame_us(scanner: Scanner, longest: int) -> int:
    """Time on the line of a read with a code of `longest` bytes, rounded up to a millisecond."""
    return -int(-len(scanner.message(bytes(longest))) * scanner.byte_us // 1000) * 1000
