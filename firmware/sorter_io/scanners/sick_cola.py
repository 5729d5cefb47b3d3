"""SICK CLV and Lector readers: codes between STX and ETX, gate commands in CoLa A, NoRead, and a heartbeat.

    scanner = SickCola({"tx": 0, "rx": 1}, options)

sMN mTCgateon opens the reading gate and sMN mTCgateoff closes it; the reader answers sAN mTCgateon 1, or sFA and a
number when it cannot. Text and interval of the heartbeat are set up in the reader.
Format: SICK, Telegram listing, section "ASCII telegram (CoLa A)"; CLV6xx technical description, "Reading gate".
"""

from micropython import const

from sorter_io.line_reader import LineReader

DRIVER = "SickCola"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 57600, 1200, 115200, "bit/s", "speed of the line, 8N1"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier, which is cut off"),
    ("no_read", "NoRead", 0, 16, "text", "what the reader says when it has read nothing"),
    ("trigger", 0, 0, 1, "", "reads while its gate is open (mTCgateon, mTCgateoff), not all the time"),
    ("heartbeat", "Heartbeat", 1, 16, "text", "what it sends from time to time to show that it is there"),
    ("heartbeat_s", 0, 0, 600, "s", "how often, 0: never"),
)
TRIGGER = (b"\x02sMN mTCgateon\x03", b"\x02sMN mTCgateoff\x03")

_STX = const(2)
_ETX = const(3)
_TALK = (b"sAN ", b"sFA")


class SickCola(LineReader):
    """A code begins at the last STX: what a broken line leaves behind is forgotten there."""

    def __init__(self, pins, options):
        super().__init__(pins, options, _STX, _ETX)
        self._heartbeat = options["heartbeat"].encode()
        if options["trigger"]:
            self.triggered_by(*TRIGGER)

    def _is_talk(self, used):
        if self.begins_with(_TALK[0], used) or self.begins_with(_TALK[1], used):
            return 1
        beat = self._heartbeat
        return 1 if used == len(beat) and self.begins_with(beat, used) else 0
