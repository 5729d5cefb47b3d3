"""What scanners that send lines of bytes have in common: framing, no-read texts, triggers, heartbeats.

A driver says how its make frames a line and what it has to say besides codes; `serial_line` is the plainest one.

    if scanner.poll(): take(scanner.code, scanner.length)      # once a turn of the loop
    scanner.trigger(1)                                         # a parcel is before it
    scanner.watch()                                            # every WATCH_TURNS turns: is it still there?

A turn takes CHUNK bytes at most, which at 115,200 bit/s is as fast as they come. A line that is too long, empty
or says that nothing was read is no code; whatever noise there is ends with the next suffix.
"""

from machine import UART, Pin
from micropython import const

from sorter_io.wires import PARITIES

MOST = const(48)
CHUNK = const(12)
WATCH_TURNS = const(64)
MISSED_BEATS = const(3)

_LF = const(10)
_BRACKET = const(93)
_AIM_BYTES = const(3)


class LineReader:
    """`code[:length]` is what `poll` has found, until the next call. `is_failed` follows the heartbeat, where
    `heartbeat_s` is not 0: it is missed when for three of them nothing has come at all."""

    def __init__(self, pins, options, prefix, suffix):
        self.code = bytearray(MOST)
        self.length = 0
        self.overlong = 0
        self.no_reads = 0
        self.is_failed = 0
        self._uart = UART(
            options["unit"],
            options["baud"],
            bits=options.get("bits", 8),
            parity=PARITIES[options.get("parity", "none")],
            stop=options.get("stop", 1),
            tx=Pin(pins["tx"]),
            rx=Pin(pins["rx"]),
            rxbuf=512,
            timeout=0,
        )
        self._any = self._uart.any
        self._readinto = self._uart.readinto
        self._chunk = bytearray(CHUNK)
        self._at = 0
        self._end = 0
        self._used = 0
        self._is_overlong = 0
        self._prefix = prefix
        self._suffix = suffix
        self._skip = _AIM_BYTES if options.get("aim") else 0
        self._no_read = options["no_read"].encode()
        self._on = b""
        self._off = b""
        self._quiet = 0
        self._patience = MISSED_BEATS * options.get("heartbeat_s", 0) * 1000 // WATCH_TURNS

    def triggered_by(self, on, off):
        """Send these bytes when a parcel comes and when it has gone."""
        self._on = on
        self._off = off

    def trigger(self, is_on):
        """A parcel is before the scanner, or has left; a scanner that reads all the time is not told."""
        command = self._on if is_on else self._off
        if command:
            self._uart.write(command)

    def figures(self, values):
        """What it has counted, as the link tells it."""
        values[0] = self.no_reads
        values[1] = self.overlong

    def watch(self):
        """Called every WATCH_TURNS turns of the loop."""
        if self._patience:
            if self._quiet > self._patience:
                self.is_failed = 1
            else:
                self._quiet += 1

    def poll(self):
        """Take what has come in, CHUNK bytes at most; 1 when a code is whole. Called once a turn."""
        at = self._at
        if at == self._end:
            waiting = self._any()
            if not waiting:
                return 0
            self._quiet = 0
            self.is_failed = 0
            self._end = self._sift(self._readinto(self._chunk, waiting if waiting < CHUNK else CHUNK) or 0)
            at = 0
        chunk = self._chunk
        end = self._end
        code = self.code
        used = self._used
        suffix = self._suffix
        prefix = self._prefix
        while at < end:
            byte = chunk[at]
            at += 1
            if byte == suffix:
                self._at = at
                self._used = 0
                if self._finish(used):
                    return 1
                used = 0
            elif byte == prefix:
                used = 0
                self._is_overlong = 0
            elif used == MOST:
                self._is_overlong = 1
            elif used or byte != _LF:
                code[used] = byte
                used += 1
        self._at = at
        self._used = used
        return 0

    def _sift(self, size):
        """Take out of the chunk what is no part of a line; how many bytes are left."""
        return size

    def _finish(self, used):
        """The line is at its end: is it a code?"""
        if self._is_overlong:
            self._is_overlong = 0
            self.overlong += 1
            return 0
        if self._skip and used >= self._skip and self.code[0] == _BRACKET:
            used -= self._skip
            i = 0
            while i < used:
                self.code[i] = self.code[i + _AIM_BYTES]
                i += 1
        if used == len(self._no_read) and self.begins_with(self._no_read, used):
            self.no_reads += 1
            return 0
        if self._is_talk(used):
            return 0
        self.length = used
        return 1 if used else 0

    def _is_talk(self, used) -> int:
        """Whether the line is something that the make says besides codes: answers to commands, heartbeats."""
        return 0

    def begins_with(self, text, used):
        """Whether the line, `used` bytes so far, begins with these bytes."""
        if used < len(text):
            return 0
        i = 0
        for byte in text:
            if self.code[i] != byte:
                return 0
            i += 1
        return 1
