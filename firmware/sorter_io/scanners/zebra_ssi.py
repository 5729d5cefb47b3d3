"""Zebra scanners in Simple Serial Interface (SSI): packets with length and checksum, each acknowledged.

    scanner = ZebraSsi({"tx": 0, "rx": 1}, options)
    if scanner.poll(): take(scanner.code, scanner.length)      # once a turn of the loop

A packet is length, opcode, source (0: scanner, 4: host), status, data, and a 16-bit checksum, high byte first: the
two's complement of the sum of what is before it. DECODE_DATA (F3) carries the kind of code, then the code. What is
sound is acknowledged (D0); the scanner sends again what was not, with bit 0 of its status set. That comes too late
to know which parcel it was read from: it is acknowledged and counted, and is no code. A command that is refused (D1)
or not answered is sent twice more.
Format: Zebra, Simple Serial Interface Programmer's Guide (72E-40451), chapters 1 and 2.

Noise: a packet begins wherever length, opcode, source and status could be those of one; if its checksum is wrong,
the search goes on behind its first byte. What stops in the middle for GAP_TURNS turns is forgotten.
"""

from machine import UART, Pin
from micropython import const

DRIVER = "ZebraSsi"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 9600, 1200, 115200, "bit/s", "speed of the line, 8N1"),
    ("no_read", "NR", 0, 16, "text", "what the scanner says when it has read nothing (Transmit No Read)"),
    ("trigger", 0, 0, 1, "", "reads when it is told to (START_SESSION, STOP_SESSION), not all the time"),
)
TRIGGER = (b"\x04\xe4\x04\x00\xff\x14", b"\x04\xe5\x04\x00\xff\x13")

MOST = const(48)
GAP_TURNS = const(20)

_CHUNK = const(12)
_BUFFER = const(320)  # the longest packet has 257 bytes; behind it there is room for some chunks more
_SEARCH = const(8)
_ANSWER_TURNS = const(100)
_RESENDS = const(2)

_DECODE_DATA = const(0xF3)
_EVENT = const(0xF6)
_ACK = const(0xD0)
_NAK = const(0xD1)
_CODE_AT = const(5)  # behind length, opcode, source, status, kind of code
_RETRANSMIT = const(1)
_CONTINUED = const(2)
_STATUS_BITS = const(0x0B)

_SEND_ACK = b"\x04\xd0\x04\x00\xff\x28"
_SEND_NAK = b"\x05\xd1\x04\x00\x01\xff\x25"  # cause 1: the checksum is wrong, send it again


class ZebraSsi:
    """`code[:length]` is what `poll` has found, until the next call."""

    def __init__(self, pins, options):
        self.code = bytearray(MOST)
        self.length = 0
        self.overlong = 0
        self.no_reads = 0
        self.damaged = 0
        self.late = 0
        self.is_failed = 0
        self._uart = UART(
            options["unit"], options["baud"], tx=Pin(pins["tx"]), rx=Pin(pins["rx"]), rxbuf=512, timeout=0
        )
        self._no_read = options["no_read"].encode()
        self._is_triggered = options["trigger"]
        self._chunk = bytearray(_CHUNK)
        self._buffer = bytearray(_BUFFER)
        self._first = 0
        self._end = 0
        self._quiet = 0
        # bytes of a sound packet with a code, which the next call takes: to check it is work for one
        self._whole = 0
        self._is_continued = 0
        self._command = b""
        self._left = 0
        self._answer_in = 0

    def trigger(self, is_on):
        """A parcel is before the scanner, or has left."""
        if self._is_triggered:
            self._command = TRIGGER[0 if is_on else 1]
            self._left = _RESENDS
            self._send_command()

    def figures(self, values):
        """What it has counted, as the link tells it."""
        values[0] = self.no_reads
        values[1] = self.overlong
        values[2] = self.damaged
        values[3] = self.late

    def watch(self):
        """The protocol has no heartbeat; a command that nobody has answered is the sign of a dead scanner."""

    def poll(self):
        """Take what has come in, some bytes a turn; 1 when a code is whole. Called once a turn."""
        if self._command:
            self._wait_for_answer()
        if self._whole:
            at = self._first
            self._first += self._whole
            self._whole = 0
            return self._take(at)
        waiting = self._uart.any()
        if waiting and self._end <= _BUFFER - _CHUNK:
            self._fill(self._uart.readinto(self._chunk, waiting if waiting < _CHUNK else _CHUNK) or 0)
        elif self._first == self._end:
            return 0
        elif self._quiet < GAP_TURNS:
            self._quiet += 1
        else:
            self._first = self._end
            self.damaged += 1
        left = _SEARCH
        while left and self._first != self._end:
            left -= 1
            size = self._packet()
            if size < 0:
                return 0  # it may become one
            if not size:
                self._first += 1
                continue
            if self._buffer[self._first + 1] == _DECODE_DATA:
                self._whole = size
                return 0
            at = self._first
            self._first += size
            self._take(at)
        return 0

    def _fill(self, size):
        """Behind what is in the buffer, which is moved to its beginning when there is no room."""
        buffer = self._buffer
        if self._first and (self._first == self._end or self._end > _BUFFER - 2 * _CHUNK):
            at = 0
            while self._first < self._end:
                buffer[at] = buffer[self._first]
                at += 1
                self._first += 1
            self._first = 0
            self._end = at
        i = 0
        end = self._end
        while i < size:
            buffer[end] = self._chunk[i]
            end += 1
            i += 1
        self._end = end
        self._quiet = 0

    def _packet(self):
        """Size of the packet at the beginning of the buffer; 0 if there is none, -1 if it is not whole yet."""
        buffer = self._buffer
        first = self._first
        have = self._end - first
        size = buffer[first]
        if size < 4:
            return 0
        if have > 1:
            opcode = buffer[first + 1]
            if opcode != _DECODE_DATA and opcode != _EVENT and opcode != _ACK and opcode != _NAK:
                return 0
            if opcode == _DECODE_DATA:
                if size <= _CODE_AT:
                    return 0
            elif size > 8:
                return 0
        if have > 2 and buffer[first + 2]:
            return 0
        if have > 3 and buffer[first + 3] & ~_STATUS_BITS:
            return 0
        if have < size + 2:
            return -1
        total = buffer[first + size] << 8 | buffer[first + size + 1]
        end = first + size
        while first < end:
            total += buffer[first]
            first += 1
        if not total & 0xFFFF:
            return size + 2
        self.damaged += 1
        self._uart.write(_SEND_NAK)
        return 0

    def _take(self, at):
        """A sound packet: 1 if it holds a code that is news."""
        buffer = self._buffer
        opcode = buffer[at + 1]
        if opcode == _ACK:
            self._command = b""
            self.is_failed = 0
            return 0
        if opcode == _NAK:
            self._answer_in = 0
            return 0
        self._uart.write(_SEND_ACK)
        if opcode != _DECODE_DATA:
            return 0
        status = buffer[at + 3]
        if status & _RETRANSMIT:
            self.late += 1
            return 0
        was_continued = self._is_continued
        self._is_continued = status & _CONTINUED
        length = buffer[at] - _CODE_AT
        if was_continued or self._is_continued or length > MOST:
            if not self._is_continued:
                self.overlong += 1
            return 0
        return self._read(at + _CODE_AT, length)

    def _read(self, at, length):
        code = self.code
        i = 0
        while i < length:
            code[i] = self._buffer[at + i]
            i += 1
        if length == len(self._no_read):
            i = 0
            while i < length and code[i] == self._no_read[i]:
                i += 1
            if i == length:
                self.no_reads += 1
                return 0
        self.length = length
        return 1

    def _wait_for_answer(self):
        if self._answer_in:
            self._answer_in -= 1
        elif self._left:
            self._left -= 1
            self._send_command()
        else:
            self._command = b""
            self.is_failed = 1

    def _send_command(self):
        self._uart.write(self._command)
        self._answer_in = _ANSWER_TURNS
