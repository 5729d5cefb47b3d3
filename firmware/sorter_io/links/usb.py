"""The link's bytes over the board's USB port (or its console): the host opens it like a serial port.

wire = Usb({}, {})
n = wire.read(buffer)                 # what has come in; never waits
if wire.is_free(): wire.write(buffer, size)
"""

import select
import sys

import micropython

DRIVER = "Usb"
PINS = {}
OPTIONS = ()


class Usb:
    """Ctrl-C is a byte like any other here, so the port cannot be interrupted by a frame."""

    address = 0  # nobody else is on this wire
    is_polled = 0
    room = 6  # bytes that are read at once: each costs two calls

    def __init__(self, pins, options):
        micropython.kbd_intr(-1)
        self._readinto = sys.stdin.buffer.readinto
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        self._poll = poll.ipoll
        self.read(self._byte)  # its first call allocates what the later ones use again

    def is_free(self):
        """Whether a frame may be written without waiting."""
        return 1

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        poll = self._poll
        byte = self._byte
        most = len(buffer)
        n = 0
        while n < most:
            is_waiting = 0
            for _ in poll(0):
                is_waiting = 1
            if not is_waiting or not self._readinto(byte):
                break
            buffer[n] = byte[0]
            n += 1
        return n

    def write(self, buffer, size):
        """Send buffer[:size]."""
        self._out.write(buffer, size)
