"""Chain of 74HC595 shift registers on SPI: 8 outputs a chip, all of them written at once.

Output n of the chain is output n % 8 (QA = 0) of chip n // 8, chip 0 being the one that the board's data goes to.
Output enable (low = on) has a pull-up outside: nothing is driven before the chain holds zeros.
"""

from machine import SPI, Pin

DRIVER = "Hc595"
PINS = {"clock": "spi_sck", "latch": "out", "data": "spi_tx", "enable": "hold"}
PLACES = (8, "out")
OPTIONS = (
    ("unit", 0, 0, 1, "", "SPI bus"),
    ("baud", 4000000, 100000, 10000000, "bit/s", "clock of the chain"),
    ("count", 1, 1, 16, "chips", "in the chain"),
)


class Hc595:
    """`flush` writes what has been changed since the last time."""

    def __init__(self, pins, options):
        self.is_dirty = 0
        self._enable = Pin(pins["enable"], Pin.OUT, value=1)
        self._latch = Pin(pins["latch"], Pin.OUT, value=0)
        self._spi = SPI(
            options["unit"], options["baud"], sck=Pin(pins["clock"]), mosi=Pin(pins["data"]), miso=None
        )
        self._size = options["count"]
        self._out = bytearray(self._size)
        self.flush()
        self._enable.value(0)

    def place(self, number):
        """What a part takes in the place of an output pin."""
        return Place(self, number)

    def set(self, number, level):
        """Output `number` from the next `flush` on."""
        at = self._size - 1 - (number >> 3)  # what is sent first ends in the chip that is farthest away
        bit = 1 << (number & 7)
        if level:
            self._out[at] |= bit
        else:
            self._out[at] &= ~bit
        self.is_dirty = 1

    def flush(self):
        """Write the whole chain."""
        self._spi.write(self._out)
        self._latch.value(1)
        self._latch.value(0)
        self.is_dirty = 0


class Place:
    """One output of the chain, used like a pin."""

    def __init__(self, chain, number):
        self._chain = chain
        self._number = number

    def value(self, level):
        self._chain.set(self._number, level)
