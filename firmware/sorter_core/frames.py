"""Binary frames of the link between an ECU and its host: the same code at both ends of the wire.

A frame on the wire is 0, the body in COBS (consistent overhead byte stuffing: no 0 inside), 0. With a 0 at
both ends a frame is understood whatever stands before it, and a damaged one costs only itself. The body:

    byte 0    version * 16 + flags (bit 0: reliable, the sender repeats it until it is acknowledged; bit 1: from the
              host, so that nobody on a shared wire takes its own echo for it)
    byte 1    address of the ECU, 0 where there is only one
    byte 2    kind of message, see `messages`
    byte 3    sequence: running number of the sender's reliable or of its other messages
    byte 4    acknowledgement: the next reliable message that the sender waits for
    payload   0 to MAX_PAYLOAD bytes
    CRC-16    of all that stands before it, low byte first

Nothing here allocates after construction, and no input raises: what is no frame is counted and skipped.

    n = writer.write(kind, flags, sequence, ack, length)      # payload in writer.body[HEAD:HEAD + length]
    at = reader.feed(buffer, at, end)                         # up to the end of a frame, or of the buffer
    if reader.is_ready: reader.kind, reader.length, reader.body[HEAD:HEAD + reader.length]
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


VERSION = const(1)
HEAD = const(5)
MAX_PAYLOAD = const(128)
MAX_BODY = const(HEAD + MAX_PAYLOAD + 2)  # below 254, so COBS never needs a block without its zero
MAX_FRAME = const(MAX_BODY + 3)
RELIABLE = const(1)
FROM_HOST = const(2)

_HEAD = const(5)
_MAX_PAYLOAD = const(128)
_MAX_BODY = const(135)
_SHORTEST = const(7)
_VERSION = const(1)
_ZERO = b"\0"
_COUNT_MASK = const(0x0FFFFFFF)


def _crc_table():
    table = array("H", bytes(2 * 256))
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        table[byte] = crc
    return table


CRC_TABLE = _crc_table()


def crc16(buffer, start, end):
    """CRC-16 of buffer[start:end] as Modbus RTU has it: polynomial 8005 reflected, start FFFF.

    Over a message and its CRC, low byte first, it is 0.
    """
    table = CRC_TABLE
    crc = 0xFFFF
    while start < end:
        crc = table[(crc ^ buffer[start]) & 255] ^ (crc >> 8)
        start += 1
    return crc


class FrameWriter:
    """Makes frames in `out`; the payload is put into `body` from HEAD on first.

    `write` makes a whole frame. A control loop that has no time for that calls `begin`, and then `go_on` with as
    many bytes a turn as it can spare, until the frame is whole; `body` must stay as it is meanwhile.
    """

    def __init__(self, address=0):
        self.address = address & 255
        self.body = bytearray(MAX_BODY)
        self.out = bytearray(MAX_FRAME)
        self.size = 0
        self._at = 0
        self._end = 0
        self._is_sealed = 0
        self._crc = 0xFFFF
        self._code_at = 1

    def write(self, kind, flags, sequence, ack, length):
        """The frame of `length` payload bytes (0 to MAX_PAYLOAD, more are cut off); its bytes in `out`."""
        self.begin(kind, flags, sequence, ack, length)
        self.go_on(MAX_BODY)
        return self.size

    def begin(self, kind, flags, sequence, ack, length):
        """Begin a frame; see `write`."""
        if length < 0:
            length = 0
        elif length > _MAX_PAYLOAD:
            length = _MAX_PAYLOAD
        body = self.body
        body[0] = _VERSION << 4 | flags & 15
        body[1] = self.address
        body[2] = kind & 255
        body[3] = sequence & 255
        body[4] = ack & 255
        self.out[0] = 0
        self.size = 2
        self._at = 0
        self._end = _HEAD + length
        self._is_sealed = 0
        self._crc = 0xFFFF
        self._code_at = 1

    def go_on(self, most):
        """Make up to `most` bytes of the frame, CRC and COBS in one go; 1 when it is whole, `size` bytes of `out`."""
        body = self.body
        out = self.out
        table = CRC_TABLE
        crc = self._crc
        code_at = self._code_at
        to = self.size
        at = self._at
        stop = at + most
        while True:
            end = self._end
            if end > stop:
                end = stop
            while at < end:
                byte = body[at]
                crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
                if byte:
                    out[to] = byte
                else:
                    out[code_at] = to - code_at
                    code_at = to
                to += 1
                at += 1
            if at < self._end or self._is_sealed:
                break
            body[at] = crc & 255
            body[at + 1] = crc >> 8
            self._end += 2
            self._is_sealed = 1
        self._crc = crc
        self._code_at = code_at
        self._at = at
        self.size = to
        if at < self._end:
            return 0
        out[code_at] = to - code_at
        out[to] = 0
        self.size = to + 1
        return 1


class FrameReader:
    """Finds frames in a stream of bytes that comes in any pieces.

    After `feed` has set `is_ready`, `version_flags`, `address`, `kind`, `sequence`, `ack` and `length` tell
    the frame, its payload is body[HEAD:HEAD + length], until the next call. `frames` and `bad` count whole
    and damaged ones (wrong CRC or version, too short or long), modulo 2^28; `foreign` is the version of the last frame
    that was whole but of another version, -1 if there was none. With `only`, frames of other addresses are passed
    over: `is_passing_over` from their head to their end, which costs next to nothing.
    """

    def __init__(self, only=-1):
        self.body = bytearray(MAX_BODY)
        self.is_ready = 0
        self.flags = 0
        self.address = 0
        self.kind = 0
        self.sequence = 0
        self.ack = 0
        self.length = 0
        self.frames = 0
        self.bad = 0
        self.foreign = -1
        self._used = 0
        self._left = 0  # bytes until the next code of COBS
        self._is_zero_owed = 0
        self._is_spoilt = 0
        self.is_passing_over = 0
        self._only = only
        self._address_at = 1 if only >= 0 else -1
        self._crc = 0xFFFF

    def feed(self, buffer, start, end):
        """Take buffer[start:end] up to the end of the first whole frame; returns where to go on."""
        self.is_ready = 0
        body = self.body
        table = CRC_TABLE
        used = self._used
        left = self._left
        crc = self._crc
        address_at = self._address_at
        if self.is_passing_over:
            start = buffer.find(_ZERO, start, end)
            if start < 0:
                return end
        while start < end:
            byte = buffer[start]
            start += 1
            if byte == 0:
                is_whole = left == 0 and crc == 0 and not self._is_spoilt
                self._used = used
                self._finish(is_whole)
                used = 0
                left = 0
                crc = 0xFFFF
                if self.is_ready:
                    break
            elif self._is_spoilt:
                continue
            else:
                if left:
                    left -= 1
                else:
                    left = byte - 1
                    if not self._is_zero_owed:
                        self._is_zero_owed = 1
                        continue
                    byte = 0
                if used == _MAX_BODY:
                    self._is_spoilt = 1
                    continue
                body[used] = byte
                if used == address_at and byte != self._only:
                    self.is_passing_over = self._is_spoilt = 1
                    start = buffer.find(_ZERO, start, end)
                    if start < 0:
                        start = end
                    continue
                used += 1
                crc = table[(crc ^ byte) & 255] ^ (crc >> 8)
        self._used = used
        self._left = left
        self._crc = crc
        return start

    def _finish(self, is_whole):
        """The bytes since the last zero are a frame, or nothing at all, or one that is damaged."""
        body = self.body
        if is_whole and self._used >= _SHORTEST and body[0] >> 4 == _VERSION:
            self.flags = body[0] & 15
            self.address = body[1]
            self.kind = body[2]
            self.sequence = body[3]
            self.ack = body[4]
            self.length = self._used - _SHORTEST
            self.frames = (self.frames + 1) & _COUNT_MASK
            self.is_ready = 1
        elif self._is_zero_owed and not self.is_passing_over:
            self.bad = (self.bad + 1) & _COUNT_MASK
            if is_whole and self._used >= _SHORTEST:
                self.foreign = body[0] >> 4
        self._is_zero_owed = 0
        self._is_spoilt = 0
        self.is_passing_over = 0
