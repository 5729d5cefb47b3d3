"""The link's bytes over the board's USB port (or its console): the host opens it like a serial port."""

import select
import sys

import micropython


class UsbLink:
    """Ctrl-C is a byte like any other here, so the port cannot be interrupted by a frame."""

    def __init__(self):
        micropython.kbd_intr(-1)
        self._in = sys.stdin.buffer
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._is_waiting()  # its first call allocates what the later ones use again

    def _is_waiting(self):
        for _ in self._poll.ipoll(0):
            return 1
        return 0

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        n = 0
        while n < len(buffer) and self._is_waiting():
            if not self._in.readinto(self._byte):
                break
            buffer[n] = self._byte[0]
            n += 1
        return n

    def write(self, buffer, size):
        """Send buffer[:size]."""
        self._out.write(buffer, size)
