"""The link's bytes over the board's USB port (or its console): the host opens it like a serial port."""

import select
import sys

import micropython


class UsbLink:
    """Ctrl-C is a byte like any other here, so the port cannot be interrupted by a frame."""

    def __init__(self):
        micropython.kbd_intr(-1)
        self._readinto = sys.stdin.buffer.readinto
        self._out = sys.stdout.buffer
        self._byte = bytearray(1)
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        self._poll = poll.ipoll
        self.read(self._byte)  # its first call allocates what the later ones use again

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
