"""The messages of the link: their numbers, their fields, and how fields stand in a frame's payload.

A field is 1, 2 or 4 bytes wide (`widths`), low byte first. One of 4 bytes holds 0 to 2^30 - 1, so that a board reads it
without allocating. Some messages end in a tail of bytes (a code, a text): whatever is longer than the fields. The
numbers are the protocol: append, never renumber.

    n = pack(writer.body, FAULT, values)                      # payload length, tail not included
    if unpack(reader.body, reader.kind, reader.length, values): ...

RECORDS carries what the gate logic was given and has put out, many records a frame. A record is a tag, the kind of
the input, or of the output plus RECORD_OUT, and its values, seven bits a byte, low ones first, bit 7 on all but the
last byte: turns since that of the frame, index, position and, unless it is an eye's, a and b; of an output turns, a, b,
c, position.

    at = pack_record(writer.body, at, row, 0)                 # row: tag and five values
    at = unpack_record(reader.body, at, end, row)             # -1 if it is no record

`turn` is the turn of the control loop in which something happened, in periods of the loop (milliseconds) since the
board began, modulo 2^28. A conversation begins with the host's ATTACH, which names it by a number that it has drawn;
the board answers HELLO with that number as `token`, with that of the conversation before as `previous` (0: none since
it began) and in `first` the sequence number of the oldest message that it keeps. Without a conversation it says HELLO
with token 0 instead of a heartbeat, takes nothing, and lets no acknowledgement count. Every HELLO begins with the
number of the protocol, whichever that is. Its tail: names of line and ECU, version of the firmware, hash of the
configuration, the board's own number; a blank between them, - for what is not known.

OLD_FAULT tells, at every boot, the faults that the board has kept over its resets, `boots_ago` (3: or more).

HAND_OVER hands a track over to the next zone (`sorter_core.borders`), from its board to the host, the code as its tail,
and from there to the other board, with `origin` in that one's counts. `bound` and `facts`: BOUND's, and 65536 times the
low 14 bits of the turn, and the slot + 1; to the other board BOUND's alone. It may come twice in a row.

STATISTICS are the loop's and the link's, once a second; `lost_edges` are those of eyes. FIGURES follow them, one for
each of so many `parts` that count something themselves: a SCANNER its no-reads, overlong lines, damaged ones and reads
that came too late; a MOTOR its current in mA, the commands that it has refused and damaged answers on its bus.

TRACK_END tells the board that reads codes, on a line with a loop, how a track has ended that it has handed over, whose
code it has kept in `slot` - 1 so far: a parcel that goes round again is read there once more. It may come twice in a
row.

SPEED asks for another speed of the belt, in mm/s; SPEED_SET answers with the one that the belt goes to, with what was
asked, why that is not taken (`sorter_ecu.belt_speed`; 0: it is) and the limits. A heartbeat's `speed` is what the drive
is told now, 0 where this board does not set it.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


HELLO = const(1)
TIME_ASK = const(2)
TIME_TELL = const(3)
RECORDS = const(4)
OLD_FAULT = const(5)
DISPOSITION = const(6)
FAULT = const(7)
DEST_REQUEST = const(8)
DEST_ANSWER = const(9)
CHUTE = const(10)
COMMAND = const(11)
SPEED = const(12)
STATISTICS = const(13)
LOG = const(14)
HEARTBEAT = const(15)
POLL = const(16)
GATE = const(17)
MOTOR = const(18)
SCANNER = const(19)
CONTACTS = const(20)
EYE = const(21)
ATTACH = const(22)
TRACK = const(23)
HAND_OVER = const(24)
SPEED_SET = const(25)
FIGURES = const(26)
TRACK_END = const(27)

PROTOCOL = const(7)
MOST_FIELDS = const(9)
RECORD_OUT = const(128)
RECORD_BYTES = const(26)  # of the longest record

# Field names in order, for the host and for people; "..." marks a tail.
FIELDS = {
    HELLO: (
        "HELLO",
        "protocol",
        "role",
        "state",
        "reset_cause",
        "boot",
        "previous",
        "token",
        "first",
        "...",
    ),
    TIME_ASK: ("TIME_ASK", "token"),
    TIME_TELL: ("TIME_TELL", "token", "heard", "held_us"),
    RECORDS: ("RECORDS", "turn", "..."),
    OLD_FAULT: ("OLD_FAULT", "boots_ago", "code", "index", "detail"),
    DISPOSITION: ("DISPOSITION", "track", "result", "slot", "position", "turn", "..."),
    FAULT: ("FAULT", "code", "index", "detail", "position", "turn"),
    DEST_REQUEST: ("DEST_REQUEST", "track", "slot", "turn", "..."),
    DEST_ANSWER: ("DEST_ANSWER", "track", "group", "slot"),
    CHUTE: ("CHUTE", "chute", "state"),
    COMMAND: ("COMMAND", "command", "value"),
    SPEED: ("SPEED", "mm_s"),
    STATISTICS: (
        "STATISTICS",
        "loops",
        "overruns",
        "worst_us",
        "dropped",
        "bad_frames",
        "lost",
        "link_losses",
        "lost_edges",
        "parts",
    ),
    LOG: ("LOG", "level", "..."),
    HEARTBEAT: ("HEARTBEAT", "state", "speed", "ticks", "position", "waiting", "turn"),
    POLL: ("POLL",),
    GATE: ("GATE", "gate", "state"),
    MOTOR: ("MOTOR", "motor", "is_failed", "turn"),
    SCANNER: ("SCANNER", "scanner", "is_failed", "turn"),
    CONTACTS: ("CONTACTS", "ecu", "is_discrepant", "turn"),
    EYE: ("EYE", "eye", "is_dirty", "turn"),
    ATTACH: ("ATTACH", "protocol", "token"),
    TRACK: ("TRACK", "event", "track", "detail", "position", "turn"),
    HAND_OVER: ("HAND_OVER", "track", "origin", "length", "bound", "facts", "..."),
    SPEED_SET: ("SPEED_SET", "mm_s", "asked", "why", "least", "most"),
    FIGURES: ("FIGURES", "first", "second", "third", "fourth", "part", "index"),
    TRACK_END: ("TRACK_END", "track", "slot", "outcome"),
}

_ROW = const(10)
_WIDTHS = (
    b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x01\x01\x02\x02\x02\x01\x00\x00"
    b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x04\x02\x00\x00\x00\x00\x00\x00\x00"
    b"\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x01\x02\x00\x00\x00\x00\x00\x00"
    b"\x04\x04\x02\x04\x04\x00\x00\x00\x00\x00"
    b"\x01\x02\x04\x04\x04\x00\x00\x00\x00\x00"
    b"\x04\x02\x04\x00\x00\x00\x00\x00\x00\x00"
    b"\x04\x01\x02\x00\x00\x00\x00\x00\x00\x00"
    b"\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x04\x04\x04\x04\x04\x02\x02\x02\x01\x00"
    b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x02\x04\x04\x02\x04\x00\x00\x00\x00"
    b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x04\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x04\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x04\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x01\x04\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x02\x00\x00\x00\x00\x00\x00\x00\x00"
    b"\x01\x04\x02\x04\x04\x00\x00\x00\x00\x00"
    b"\x04\x04\x04\x04\x04\x00\x00\x00\x00\x00"
    b"\x02\x02\x01\x02\x02\x00\x00\x00\x00\x00"
    b"\x04\x04\x04\x04\x01\x01\x00\x00\x00\x00"
    b"\x04\x02\x01\x00\x00\x00\x00\x00\x00\x00"
)
"""Of each kind's fields in bytes, a row for each kind, 0 behind the last one: one object, where memory is little."""
KINDS = const(28)

_HEAD = const(5)
_LAST_EYE_KIND = const(2)
_EYE_VALUES = const(3)
_VALUES = const(5)
_MOST_SHIFT = const(28)
_FOUR_BYTES = const(0x3FFFFFFF)


def widths(kind):
    """Of the fields of a kind, in bytes, in their order."""
    return _WIDTHS[kind * _ROW : (kind + 1) * _ROW].rstrip(b"\0")


def pack(body, kind, values):
    """Put the fields of a message into a frame's body; returns their length in bytes.

    Each value is cut to its field: the low bits, of 4 bytes the low 30. Kinds that do not exist have no fields.
    """
    at = _HEAD
    if 0 < kind < KINDS:
        row = kind * _ROW
        i = 0
        width = _WIDTHS[row]
        while width:
            value = values[i]
            if width == 4:
                value &= _FOUR_BYTES
                body[at + 3] = value >> 24
                body[at + 2] = (value >> 16) & 255
            if width > 1:
                body[at + 1] = (value >> 8) & 255
            body[at] = value & 255
            at += width
            i += 1
            width = _WIDTHS[row + i]
    return at - _HEAD


def unpack(body, kind, length, values):
    """Take a message's fields out of a frame's body; returns their length in bytes, -1 if it is no message.

    The tail is what is left of `length`. No message: an unknown kind, or a payload too short for its fields.
    """
    if not 0 < kind < KINDS:
        return -1
    row = kind * _ROW
    at = _HEAD
    end = _HEAD + length
    i = 0
    width = _WIDTHS[row]
    while width:
        if at + width > end:
            return -1
        value = body[at]
        if width > 1:
            value |= body[at + 1] << 8
        if width == 4:
            value |= body[at + 2] << 16 | (body[at + 3] & 0x3F) << 24
        values[i] = value
        at += width
        i += 1
        width = _WIDTHS[row + i]
    return at - _HEAD


def pack_record(body, at, row, first):
    """Put the record row[first:first + 6] into a frame's body from `at` on; returns where it ends."""
    tag = body[at] = row[first] & 255
    at += 1
    last = first + (_VALUES if tag > _LAST_EYE_KIND else _EYE_VALUES)
    while first < last:
        first += 1
        value = row[first] & _FOUR_BYTES
        while value > 127:
            body[at] = value & 127 | 128
            at += 1
            value >>= 7
        body[at] = value
        at += 1
    return at


def unpack_record(body, at, end, row):
    """Take a record out of body[at:end] into row[0:6]; returns where it ends, -1 if it is cut off or no record."""
    if at >= end:
        return -1
    tag = row[0] = body[at]
    at += 1
    row[4] = row[5] = 0
    last = _VALUES if tag > _LAST_EYE_KIND else _EYE_VALUES
    i = 0
    while i < last:
        i += 1
        value = 0
        shift = 0
        while True:
            if at >= end or shift > _MOST_SHIFT:
                return -1
            byte = body[at]
            at += 1
            value |= (byte & (127 if shift < _MOST_SHIFT else 3)) << shift
            if byte < 128:
                break
            shift += 7
        row[i] = value
    return at
