"""The link's bytes over a UART: one host at the other end of a serial line (RS-232 or TTL, by what is between).

wire = Uart({"tx": 0, "rx": 1}, options)
n = wire.read(buffer)                 # what has come in; never waits
if wire.is_free(): wire.write(buffer, size)
"""

from machine import UART, Pin

DRIVER = "Uart"
PINS = {"tx": "uart_tx", "rx": "uart_rx"}
OPTIONS = (
    ("unit", 0, 0, 3, "", "UART"),
    ("baud", 115200, 9600, 921600, "bit/s", "speed of the line"),
)


class Uart:
    """A frame is on its way at a time, so that nothing waits for room."""

    address = 0  # nobody else is on this wire
    is_polled = 0
    room = 64  # bytes that are read at once

    def __init__(self, pins, options):
        self._uart = UART(
            options["unit"],
            options["baud"],
            tx=Pin(pins["tx"]),
            rx=Pin(pins["rx"]),
            rxbuf=1024,
            txbuf=256,
            timeout=0,
        )

    def is_free(self):
        """Whether a frame may be written: the one before has left."""
        return self._uart.txdone()

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        uart = self._uart
        if not uart.any():
            return 0
        return uart.readinto(buffer) or 0

    def write(self, buffer, size):
        """Send buffer[:size]."""
        # every stream's write takes a length, though the stubs' does not say so: a slice would allocate
        self._uart.write(buffer, size)  # pyright: ignore[reportCallIssue]
