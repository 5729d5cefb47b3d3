"""Scanner that sends each code as a line of text: prefix, AIM identifier and suffix as the scanner is set up.

    scanner = SerialLine({"tx": 0, "rx": 1}, options)
    if scanner.poll(): take(scanner.code, scanner.length)      # once a turn of the loop

For makes without a driver of their own: Datalogic, Honeywell and others. Where a trigger wire is given it is high
while a parcel is before the scanner.
"""

from machine import Pin

from sorter_io.line_reader import LineReader

DRIVER = "SerialLine"
PINS = {"tx": "uart_tx", "rx": "uart_rx", "trigger": "out"}
OPTIONAL_PINS = ("trigger",)
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 1200, 921600, "bit/s", "speed of the line"),
    ("bits", 8, 7, 8, "bits", "of a byte"),
    ("parity", "none", 3, 4, "text", "none, even or odd", ("none", "even", "odd")),
    ("stop", 1, 1, 2, "bits", "that end a byte"),
    ("prefix", 0, 0, 255, "", "byte before each code, 0: none"),
    ("suffix", 13, 1, 255, "", "byte behind each code; a line feed behind a carriage return is skipped"),
    ("aim", 0, 0, 1, "", "codes begin with an AIM identifier, ]cm, which is cut off"),
    ("no_read", "NOREAD", 0, 16, "text", "what the scanner says when it has read nothing"),
    ("heartbeat", "", 0, 16, "text", "what it sends from time to time to show that it is there"),
    ("heartbeat_s", 0, 0, 600, "s", "how often, 0: never"),
)


class SerialLine(LineReader):
    """A line with nothing but codes, no-read texts and heartbeats."""

    def __init__(self, pins, options):
        super().__init__(pins, options, options["prefix"], options["suffix"])
        self._heartbeat = options["heartbeat"].encode()
        self._wire = Pin(pins["trigger"], Pin.OUT, value=0) if "trigger" in pins else None

    def trigger(self, is_on):
        """The wire's level, where there is one."""
        if self._wire is not None:
            self._wire.value(is_on)

    def _is_talk(self, used):
        beat = self._heartbeat
        return 1 if beat and used == len(beat) and self.begins_with(beat, used) else 0
