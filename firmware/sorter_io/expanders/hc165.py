"""Chain of 74HC165 shift registers on SPI: 8 inputs a chip, all of them read at once, once a turn of the loop.

Input n of the chain is input n % 8 (A = 0) of chip n // 8, chip 0 being the one whose output goes to the board.
Photo-eyes on it are sampled: an edge is told with the position of the turn that has seen it.
"""

from machine import SPI, Pin
from micropython import const

DRIVER = "Hc165"
PINS = {"clock": "spi_sck", "latch": "out", "data": "spi_rx"}
PLACES = (8, "in")
OPTIONS = (
    ("unit", 0, 0, 1, "", "SPI bus"),
    ("baud", 4000000, 100000, 10000000, "bit/s", "clock of the chain"),
    ("count", 1, 1, 16, "chips", "in the chain"),
)

_NOBODY = const(255)


class Hc165:
    """`poll` reads the chain; eyes have to be put on their places first."""

    is_dirty = 0

    def __init__(self, pins, options):
        self._latch = Pin(pins["latch"], Pin.OUT, value=1)
        self._spi = SPI(
            options["unit"], options["baud"], sck=Pin(pins["clock"]), mosi=None, miso=Pin(pins["data"])
        )
        self._size = options["count"]
        self._now = bytearray(self._size)
        self._last = bytearray(self._size)
        self._eyes = bytearray([_NOBODY] * (8 * self._size))
        self._inverted = bytearray(self._size)

    def place(self, number):
        """What a part takes in the place of a pin."""
        return Place(self, number)

    def watch(self, number, index, blocked):
        """Eye `index` is wired to input `number`; it is blocked at this level."""
        self._eyes[number] = index
        if not blocked:
            self._inverted[number >> 3] |= 1 << (number & 7)
            self._last[number >> 3] |= 1 << (number & 7)

    def poll(self, ring, position):
        """Latch and read all inputs; edges of eyes go into the ring."""
        self._latch.value(0)
        self._latch.value(1)
        now = self._now
        last = self._last
        self._spi.readinto(now)
        if now == last:
            return
        i = 0
        while i < self._size:
            if now[i] != last[i]:
                self._tell(ring, i, position)
            i += 1

    def _tell(self, ring, i, position):
        changed = self._now[i] ^ self._last[i]
        levels = self._now[i] ^ self._inverted[i]
        self._last[i] = self._now[i]
        bit = 0
        while changed:
            if changed & 1 and self._eyes[8 * i + bit] != _NOBODY:
                ring.latch(self._eyes[8 * i + bit], levels >> bit & 1, position)
            changed >>= 1
            bit += 1


class Place:
    """One input of the chain."""

    def __init__(self, chain, number):
        self._chain = chain
        self._number = number

    def watch(self, index, blocked):
        self._chain.watch(self._number, index, blocked)
