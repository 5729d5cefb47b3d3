"""One RS-485 line with Modbus RTU on it, and this board as its master; several drivers take turns on it.

    bus = bus_of(pins, options)               # the same one for all that are wired to its UART
    if bus.is_free(self, now_us): bus.ask(self, frame, 8)
    if bus.owner is self: result = bus.poll(now_us)     # BUSY, ANSWERED (bus.answer, bus.size) or SILENT

Nothing here waits. An answer counts when it is whole, its checksum is right and it is that of the device that was
asked; an exception (function with bit 7, its code, checksum) is told as REFUSED. Format: Modbus over Serial Line 1.02.
"""

from machine import UART, Pin
from micropython import const

from sorter_core.frames import crc16
from sorter_io.wires import PARITIES

BUSY = const(0)
ANSWERED = const(1)
SILENT = const(2)
REFUSED = const(3)

_ANSWER_US = const(50000)
_EXCEPTION_BYTES = const(5)
_ROOM = const(64)
_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_BYTES_A_POLL = const(8)
_LEAST_GAP_US = const(1750)

_buses = {}


def bus_of(pins, options):
    """The bus on this UART, made when the first one asks for it."""
    unit = options["unit"]
    if unit not in _buses:
        _buses[unit] = ModbusBus(pins, options)
    return _buses[unit]


def request(address, function, register, value):
    """A whole request; the frames of a conversation are few, and made once."""
    frame = bytearray(8)
    frame[0] = address
    frame[1] = function
    frame[2] = register >> 8
    frame[3] = register & 255
    say(frame, value)
    return frame


def say(frame, value):
    """Put another value into a request that writes one, in its place: nothing is allocated."""
    frame[4] = value >> 8
    frame[5] = value & 255
    crc = crc16(frame, 0, 6)
    frame[6] = crc & 255
    frame[7] = crc >> 8


class ModbusBus:
    """`owner` is who has asked and has not got its answer yet."""

    def __init__(self, pins, options):
        self.owner = None
        self.answer = bytearray(_ROOM)
        self.size = 0
        self.damaged = 0
        self._de = Pin(pins["de"], Pin.OUT, value=0) if "de" in pins else None
        self._uart = UART(
            options["unit"],
            options["baud"],
            parity=PARITIES[options["parity"]],
            stop=options["stop"],
            tx=Pin(pins["tx"]),
            rx=Pin(pins["rx"]),
            rxbuf=_ROOM,
            timeout=0,
        )
        self._gap_us = 38500000 // options["baud"]  # three and a half characters of 11 bits
        if self._gap_us < _LEAST_GAP_US:
            self._gap_us = _LEAST_GAP_US
        self._chunk = bytearray(_BYTES_A_POLL)
        self._frame = self._chunk
        self._expected = 0
        self._is_sending = 0
        self._due = 0
        self._free_at = -1
        self._next = None

    def is_free(self, who, now_us):
        """Whether `who` may begin a request: nobody has asked, and the line has been silent for long enough.

        Who asks for that while the line is another's is the next one, so that everybody gets a turn.
        """
        if self._next is None:
            self._next = who
        if self.owner is not None or self._next is not who:
            return 0
        if self._free_at < 0:
            self._free_at = (now_us + self._gap_us) & _MASK
        return 1 if ((now_us - self._free_at) & _MASK) < _HALF else 0

    def ask(self, owner, frame, expected):
        """Send a request; its answer has `expected` bytes (at most 32), or is an exception."""
        if self._uart.any():  # what came unasked is nobody's answer
            self._uart.readinto(self.answer)
        self.owner = owner
        self._next = None
        self.size = 0
        self._frame = frame
        self._expected = expected
        self._is_sending = 1
        if self._de is not None:
            self._de.value(1)
        self._uart.write(frame)

    def poll(self, now_us):
        """Go on with the conversation of its owner; `now_us` wraps at 28 bits."""
        if self._is_sending:
            if self._uart.txdone():
                if self._de is not None:
                    self._de.value(0)
                self._is_sending = 0
                self._due = (now_us + _ANSWER_US) & _MASK
            return BUSY
        size = self.size
        if size >= self._expected:  # not with its last bytes: it takes long
            return self._end(now_us, self._judge())
        waiting = self._uart.any()
        if waiting:
            self._take(size, waiting)
        elif ((now_us - self._due) & _MASK) < _HALF:
            return self._end(now_us, SILENT)
        return BUSY

    def _take(self, size, waiting):
        """Bytes of the answer behind the `size` first ones: as many as wait, belong to it, and a turn has time for."""
        most = self._expected - size
        if waiting > most:
            waiting = most
        answer = self.answer
        if size:
            chunk = self._chunk
            if waiting > _BYTES_A_POLL:
                waiting = _BYTES_A_POLL
            waiting = self._uart.readinto(chunk, waiting) or 0
            i = 0
            while i < waiting:
                answer[size] = chunk[i]
                size += 1
                i += 1
        else:
            size = self._uart.readinto(answer, waiting) or 0
        self.size = size
        if size > 1 and answer[1] == self._frame[1] | 0x80:
            self._expected = _EXCEPTION_BYTES

    def _judge(self):
        answer = self.answer
        frame = self._frame
        if crc16(answer, 0, self._expected) or answer[0] != frame[0] or answer[1] & 0x7F != frame[1]:
            self.damaged += 1
            return SILENT
        return REFUSED if answer[1] & 0x80 else ANSWERED

    def _end(self, now_us, result):
        self.owner = None
        self._free_at = (now_us + self._gap_us) & _MASK
        return result
