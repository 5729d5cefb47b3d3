"""Keyence SR code readers: codes end with a carriage return, LON and LOFF begin and end a read, ERROR is a no-read.

    scanner = KeyenceSr({"tx": 0, "rx": 1}, options)

A reader may be set up to answer commands: OK,LON or ER,LON,00. Such a line is no code.
Format: Keyence SR-1000 series user's manual, chapter "Controlling by commands".
"""

from micropython import const

from sorter_io.line_reader import LineReader

DRIVER = "KeyenceSr"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 1200, 115200, "bit/s", "speed of the line, 8N1"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier, which is cut off"),
    ("no_read", "ERROR", 0, 16, "text", "what the reader says when it has read nothing"),
    ("trigger", 0, 0, 1, "", "reads when it is told to (LON, LOFF), not all the time"),
)
TRIGGER = (b"LON\r", b"LOFF\r")

_CR = const(13)
_TALK = (b"OK,LO", b"ER,LO")


class KeyenceSr(LineReader):
    """A reader without a heartbeat of its own."""

    def __init__(self, pins, options):
        super().__init__(pins, options, -1, _CR)
        if options["trigger"]:
            self.triggered_by(*TRIGGER)

    def _is_talk(self, used):
        return self.begins_with(_TALK[0], used) or self.begins_with(_TALK[1], used)
