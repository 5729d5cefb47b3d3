"""What stands at the ends of a virtual board's wires besides plant and scanners: the belt's inverter, the link's host.

Each is another implementation of the real thing's interface: bytes with their time on the line, registers, frames.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sorter_core import messages
from sorter_core.frames import HEAD, RELIABLE, FrameReader, FrameWriter, crc16

BITS_A_BYTE = 10
SILENCE_BYTES = 3.5
"""Modbus RTU: a frame ends with so much silence."""


class Inverter:
    """A Delta inverter: run and stop by register 2000H, its state in 2101H. Silent to what is not for it or damaged."""

    COMMAND = 0x2000
    STATUS = 0x2101

    def __init__(self, address: int, baud: int, on_run: Callable[[bool], None]) -> None:
        self.is_running = False
        self.byte_us = BITS_A_BYTE * 1e6 / baud
        self._address = address
        self._on_run = on_run
        self._heard = bytearray()
        self._last_us = 0

    def hear(self, byte: int, now_us: int) -> int:
        """A byte of the bus; when to ask for an answer, if none comes behind it."""
        if now_us - self._last_us > SILENCE_BYTES * self.byte_us + self.byte_us:
            self._heard.clear()
        self._heard.append(byte)
        self._last_us = now_us
        return now_us + round(SILENCE_BYTES * self.byte_us)

    def answer(self, now_us: int) -> bytes:
        """What it says to a frame that has ended before `now_us`; nothing to one that goes on or is not its own."""
        request = bytes(self._heard)
        if now_us - self._last_us < SILENCE_BYTES * self.byte_us - 1 or not request:
            return b""
        self._heard.clear()
        if len(request) != 8 or request[0] != self._address or crc16(request, 0, 8):
            return b""
        function = request[1]
        register, value = int.from_bytes(request[2:4], "big"), int.from_bytes(request[4:6], "big")
        if function == 6 and register == self.COMMAND:
            self._on_run(value & 3 == 2)
            return request
        if function == 3 and register == self.STATUS and value == 1:
            return _sealed(bytes([self._address, 3, 2, 0, 3 if self.is_running else 0]))
        return _sealed(bytes([self._address, function | 0x80, 2]))


def _sealed(body: bytes) -> bytes:
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")


@dataclass
class LinkHost:
    """The host's end of the link: acknowledges, and hands out what it was told."""

    reader: FrameReader = field(default_factory=FrameReader)
    writer: FrameWriter = field(default_factory=FrameWriter)
    _values: array[int] = field(default_factory=lambda: array("i", bytes(4 * messages.MOST_FIELDS)))
    _expected: int = 0
    _sequence: int = 0
    _is_owing: bool = False

    def messages(self, data: bytes) -> Iterator[tuple[int, array[int], bytes]]:
        """Kind, fields and tail of every message that is news; the array of fields is used again."""
        reader, at = self.reader, 0
        while at < len(data):
            at = reader.feed(data, at, len(data))
            if not reader.is_ready:
                continue
            if reader.flags & RELIABLE:
                self._is_owing = True
                if reader.sequence != self._expected:
                    continue
                self._expected = (self._expected + 1) & 255
            used = messages.unpack(reader.body, reader.kind, reader.length, self._values)
            if used >= 0:
                yield reader.kind, self._values, bytes(reader.body[HEAD + used : HEAD + reader.length])

    def frame(self, kind: int, *fields: int) -> bytes:
        """A message to the board, with the acknowledgement of what has come from it."""
        used = messages.pack(self.writer.body, kind, array("i", fields)) if fields else 0
        self._sequence = (self._sequence + 1) & 255
        self._is_owing = False
        return bytes(self.writer.out[: self.writer.write(kind, 0, self._sequence, self._expected, used)])

    def acknowledgement(self) -> bytes:
        """A frame that only acknowledges, where one is owed."""
        return self.frame(messages.POLL) if self._is_owing else b""
