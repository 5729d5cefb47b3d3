"""The link's bytes over the board's USB port (or its console): the host opens it like a serial port.

wire = Usb({}, {"console_baud": 0})
n = wire.read(buffer)                 # what has come in; never waits
if wire.is_free(): wire.write(buffer, size)
"""

import select
import sys
from time import ticks_add, ticks_diff, ticks_us

import micropython

DRIVER = "Usb"
PINS = {}
OPTIONS = (
    (
        "console_baud",
        0,
        0,
        921600,
        "bit/s",
        "of a console behind a USB bridge: the board's file says it; 0: the chip's own USB",
    ),
)


class Usb:
    """Ctrl-C is a byte like any other here, so the port cannot be interrupted by a frame."""

    address = 0  # nobody else is on this wire
    is_polled = 0
    room = 4  # bytes that are read at once: each costs two calls

    def __init__(self, pins, options):
        micropython.kbd_intr(-1)
        self._readinto = sys.stdin.buffer.readinto
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        self._poll = poll.ipoll
        baud = options["console_baud"]
        self._byte_us = (10000000 + baud - 1) // baud if baud else 0
        self._free_at = ticks_us()
        self.read(self._byte)  # its first call allocates what the later ones use again

    def is_free(self):
        """Whether a frame may be written without waiting. A UART's FIFO holds one, not two."""
        return not self._byte_us or ticks_diff(ticks_us(), self._free_at) >= 0

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        poll = self._poll
        n = is_waiting = 0
        for _ in poll(0):
            is_waiting = 1
        if not is_waiting:
            return 0
        readinto = self._readinto
        byte = self._byte
        most = len(buffer)
        while is_waiting and readinto(byte):
            buffer[n] = byte[0]
            n += 1
            is_waiting = 0
            if n < most:
                for _ in poll(0):
                    is_waiting = 1
        return n

    def write(self, buffer, size):
        """Send buffer[:size]."""
        self._out.write(buffer, size)
        if self._byte_us:
            self._free_at = ticks_add(ticks_us(), size * self._byte_us)
