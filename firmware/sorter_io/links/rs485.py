"""The link's bytes on an RS-485 line that several boards share: each speaks only when the host has asked it.

    wire = Rs485({"tx": 0, "rx": 1, "de": 2}, options)
    n = wire.read(buffer)                 # what has come in; never waits
    if wire.is_free(): wire.write(buffer, size)

The direction pin is high from a frame's first bit to its last one, and until the loop looks again: TURN_MS at most, in
which nobody else may speak.
"""

from machine import Pin

from sorter_io.links.uart import Uart

DRIVER = "Rs485"
PINS = {"tx": "uart_tx", "rx": "uart_rx", "de": "gate"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 9600, 921600, "bit/s", "speed of the line"),
    ("station", 1, 1, 247, "", "number of this board on the line, which no other one has"),
)


class Rs485(Uart):
    """Listening from its construction on."""

    is_polled = 1

    def __init__(self, pins, options):
        self._de = Pin(pins["de"], Pin.OUT, value=0)
        self._is_sending = 0
        self.address = options["station"]
        Uart.__init__(self, pins, options)

    def is_free(self):
        """Whether a frame may be written: nobody has spoken since the last look, and its own last frame has left."""
        return self._is_listening() and not self._uart.any()

    def _is_listening(self):
        if self._is_sending and self._uart.txdone():
            self._is_sending = 0
            self._de.value(0)
        return not self._is_sending

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        if not self._is_listening():
            return 0
        return Uart.read(self, buffer)

    def write(self, buffer, size):
        """Send buffer[:size]."""
        self._de.value(1)
        self._is_sending = 1
        Uart.write(self, buffer, size)
