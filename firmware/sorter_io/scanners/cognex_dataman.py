"""Cognex DataMan readers: codes end with CR LF, DMCC commands (||>TRIGGER ON) begin and end a read.

    scanner = CognexDataman({"tx": 0, "rx": 1}, options)

What the reader answers to a command begins with || and is no code. As delivered it says nothing when it has read
nothing; a text for that is set up in the reader, and given here as `no_read`.
Format: DataMan Control Commands (DMCC) reference, sections "Command syntax" and "TRIGGER".
"""

from micropython import const

from sorter_io.line_reader import LineReader

DRIVER = "CognexDataman"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 1200, 115200, "bit/s", "speed of the line, 8N1"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier, which is cut off"),
    ("no_read", "", 0, 16, "text", "what the reader says when it has read nothing"),
    ("trigger", 0, 0, 1, "", "reads when it is told to (TRIGGER ON, OFF), not all the time"),
)
TRIGGER = (b"||>TRIGGER ON\r\n", b"||>TRIGGER OFF\r\n")

_CR = const(13)
_ANSWER = b"||"


class CognexDataman(LineReader):
    """The line feed behind each carriage return is skipped."""

    def __init__(self, pins, options):
        super().__init__(pins, options, -1, _CR)
        if options["trigger"]:
            self.triggered_by(*TRIGGER)

    def _is_talk(self, used):
        return self.begins_with(_ANSWER, used)
