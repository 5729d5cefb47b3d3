"""A console behind a USB bridge: UART 0, whose bytes take their time, with a FIFO that the board fills.

MicroPython 1.27, ports/esp32/uart.c: what does not fit into the FIFO waits for it in steps of the RTOS's tick; what
comes in and is not read goes to a ring of 260 bytes, and is lost when that is full. 8N1.
"""

from collections import deque

FIFO_BYTES = 128
TICK_US = 10_000
RING_BYTES = 259
BOOT_TEXT = b"\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nentry 0x400805b8\r\n"
"""What the chip's ROM says at each start, of that length and kind."""


class Console:
    """Times are microseconds since power-up."""

    def __init__(self, baud: int) -> None:
        self.lost = 0
        """bytes of the host for which there was no room"""
        self._byte_us = 10_000_000 / baud
        self._out: deque[tuple[float, int]] = deque()
        self._in: deque[tuple[float, int]] = deque()
        self._queue(self._out, BOOT_TEXT, 0)

    def _queue(self, line: deque[tuple[float, int]], data: bytes, now_us: int) -> None:
        """Put bytes on a line, each behind the one before."""
        free_us = line[-1][0] if line else 0.0
        due = max(float(now_us), free_us)
        for byte in data:
            due += self._byte_us
            line.append((due, byte))

    def write(self, data: bytes, now_us: int) -> int:
        """The guest writes; how long it waits for that, until the rest is in the FIFO."""
        self._queue(self._out, data, now_us)
        if len(self._out) <= FIFO_BYTES or self._out[-FIFO_BYTES - 1][0] <= now_us:
            return 0
        return int(-(-self._out[-FIFO_BYTES - 1][0] // TICK_US)) * TICK_US - now_us

    def sent(self, now_us: int) -> bytes:
        """What has left the board by now, and not been taken before."""
        return self._gone(self._out, now_us)

    def receive(self, data: bytes, now_us: int) -> None:
        """The host begins to send."""
        self._queue(self._in, data, now_us)

    def arrived(self, waiting: int, now_us: int) -> bytes:
        """What has come in by now, as far as there is room beside `waiting` bytes that nobody has read."""
        data = self._gone(self._in, now_us)
        taken = data[: max(0, RING_BYTES - waiting)]
        self.lost += len(data) - len(taken)
        return taken

    @staticmethod
    def _gone(line: deque[tuple[float, int]], now_us: int) -> bytes:
        data = bytearray()
        while line and line[0][0] <= now_us:
            data.append(line.popleft()[1])
        return bytes(data)
