"""Scanner that sends each code as a line of text: prefix, AIM identifier and suffix as the scanner is set up.

    scanner = SerialLine({"tx": 0, "rx": 1}, options)
    if scanner.poll(): take(scanner.code, scanner.length)      # once a turn of the loop

A turn takes CHUNK bytes at most, which at 115,200 bit/s is as fast as they come. A line that is too long, empty
or says that nothing was read is no code; whatever noise there is ends with the next suffix.
"""

from machine import UART, Pin
from micropython import const

DRIVER = "SerialLine"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 1200, 921600, "bit/s", "speed of the line, 8N1"),
    ("prefix", 0, 0, 255, "", "byte before each code, 0: none"),
    ("suffix", 13, 1, 255, "", "byte behind each code; a line feed behind a carriage return is skipped"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier, ]cm, which is cut off"),
    ("no_read", "NOREAD", 0, 16, "text", "what the scanner says when it has read nothing"),
)

MOST = const(48)
CHUNK = const(12)

_LF = const(10)
_BRACKET = const(93)


class SerialLine:
    """`code[:length]` is what `poll` has found, until the next call."""

    def __init__(self, pins, options):
        self.code = bytearray(MOST)
        self.length = 0
        self.overlong = 0
        self.no_reads = 0
        self._uart = UART(
            options["unit"], options["baud"], tx=Pin(pins["tx"]), rx=Pin(pins["rx"]), rxbuf=512, timeout=0
        )
        self._chunk = bytearray(CHUNK)
        self._at = 0
        self._end = 0
        self._used = 0
        self._is_overlong = 0
        self._prefix = options["prefix"]
        self._suffix = options["suffix"]
        self._skip = 3 if options["aim"] else 0
        self._no_read = options["no_read"].encode()

    def poll(self):
        """Take what has come in, CHUNK bytes at most; 1 when a code is whole. Called once a turn."""
        at = self._at
        if at == self._end:
            waiting = self._uart.any()
            if not waiting:
                return 0
            self._end = self._uart.readinto(self._chunk, waiting if waiting < CHUNK else CHUNK) or 0
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
                self.code[i] = self.code[i + 3]
                i += 1
        if used == len(self._no_read) and self._says_no_read(used):
            self.no_reads += 1
            return 0
        self.length = used
        return 1 if used else 0

    def _says_no_read(self, used):
        i = 0
        while i < used:
            if self.code[i] != self._no_read[i]:
                return 0
            i += 1
        return 1
