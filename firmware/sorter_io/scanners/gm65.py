"""GM65 and GM8xx scanner modules (Grow): codes end with a carriage return; commands and their answers are binary.

    scanner = Gm65({"tx": 0, "rx": 1}, options)

In command mode a parcel starts a read (7E 00 08 01 00 02 01 and a checksum that AB CD says not to look at), answered
by 02 00 00 01 00 33 31; heartbeats are asked for (7E 00 0A 01 00 00 00 30 1A) and answered by 03 00 00 01 00 33 31.
Such an answer comes between two codes, without a carriage return, and is taken out of the line.
Format: GM65 Bar Code Reader Module User Manual 1.3, sections 2 and 4.
"""

from micropython import const

from sorter_io.line_reader import WATCH_TURNS, LineReader

DRIVER = "Gm65"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 9600, 1200, 115200, "bit/s", "speed of the line, 8N1"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier (register 00 D0), which is cut off"),
    (
        "no_read",
        "",
        0,
        16,
        "text",
        "what the module says when it has read nothing; as delivered it says nothing",
    ),
    ("trigger", 0, 0, 1, "", "reads when it is told to (command mode), not all the time"),
    ("heartbeat_s", 10, 0, 600, "s", "how often it is asked whether it is there, 0: never"),
)
TRIGGER = (b"\x7e\x00\x08\x01\x00\x02\x01\xab\xcd", b"")

_CR = const(13)
_ASK = b"\x7e\x00\x0a\x01\x00\x00\x00\x30\x1a"
_ANSWER = const(2)
_BEAT = const(3)
_HEAD = b"\x00\x00\x01"  # behind the first byte of an answer: done, and one byte of data
_ANSWER_BYTES = const(7)


class Gm65(LineReader):
    """A module reads for as long as its own time-out says: there is nothing to tell it when the parcel has gone."""

    def __init__(self, pins, options):
        super().__init__(pins, options, -1, _CR)
        if options["trigger"]:
            self.triggered_by(*TRIGGER)
        self._beat_turns = options["heartbeat_s"] * 1000 // WATCH_TURNS
        self._ask_in = 0
        self._answered = 0  # bytes of an answer so far

    def watch(self):
        """Ask for a heartbeat when it is time."""
        super().watch()
        if self._beat_turns:
            if self._ask_in <= 0:
                self._ask_in = self._beat_turns
                self._uart.write(_ASK)
            self._ask_in -= 1

    def _sift(self, size):
        chunk = self._chunk
        seen = self._answered
        i = 0
        left = 0
        while i < size:
            byte = chunk[i]
            i += 1
            if seen:
                if seen > len(_HEAD) or byte == _HEAD[seen - 1]:
                    seen = seen + 1 if seen < _ANSWER_BYTES - 1 else 0
                    continue
                seen = 0
            if byte == _ANSWER or byte == _BEAT:
                seen = 1
                continue
            chunk[left] = byte
            left += 1
        self._answered = seen
        return left
