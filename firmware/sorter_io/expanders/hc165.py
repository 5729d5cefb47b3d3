"""Chain of 74HC165 shift registers on SPI: 8 inputs a chip, all of them read at once, once a turn of the loop.

Input n of the chain is input n % 8 (A = 0) of chip n // 8, chip 0 being the one whose output goes to the board.
Photo-eyes on it are sampled: an edge is told with the position in the middle between the turn that has seen it and the
one before, which is half a turn off at most, however long it waits to be told. End switches of diverters say that they
have moved.

    if chain.poll(position, inputs): ...  # once a turn
    chain.tell(ring)                      # when there is time for it: the edges go into the ring
"""

from machine import SPI, Pin, disable_irq, enable_irq
from micropython import const

from sorter_io.end_switches import SWITCH
from sorter_io.samples import KEPT, Samples

DRIVER = "Hc165"
PINS = {"clock": "spi_sck", "latch": "out", "data": "spi_rx"}
PLACES = (8, "in")
OPTIONS = (
    ("unit", 0, 0, 1, "", "SPI bus"),
    ("baud", 4000000, 100000, 10000000, "bit/s", "clock of the chain"),
    ("count", 1, 1, 16, "chips", "in the chain"),
)

_NOBODY = const(255)
_EDGES = const(2)  # that are told in one turn


def _lowest_bits():
    """Number of the lowest bit that is set in a byte."""
    table = bytearray(256)
    for byte in range(1, 256):
        while not byte >> table[byte] & 1:
            table[byte] += 1
    return table


_LOWEST = _lowest_bits()


class Hc165(Samples):
    """Eyes have to be put on their places before the first `poll`."""

    is_dirty = 0

    def __init__(self, pins, options):
        super().__init__()
        self._latch = Pin(pins["latch"], Pin.OUT, value=1).value
        bus = SPI(options["unit"], options["baud"], sck=Pin(pins["clock"]), mosi=None, miso=Pin(pins["data"]))
        self._read = bus.readinto
        self._size = options["count"]
        self._now = bytearray(self._size)
        self._last = bytearray(self._size)  # as it was told
        self._newest = self._last  # as it was seen
        self._seen = [bytearray(self._size) for _ in range(KEPT)]
        self._eyes = bytearray([_NOBODY] * (8 * self._size))
        self._inverted = bytearray(self._size)
        self.owners = {}  # end switches by their places

    def place(self, number):
        """What a part takes in the place of a pin."""
        return Place(self, number)

    def watch(self, number, index, blocked):
        """Eye `index` is wired to input `number`; it is blocked at this level."""
        self._eyes[number] = index
        if not blocked:
            self._inverted[number >> 3] |= 1 << (number & 7)
            self._last[number >> 3] |= 1 << (number & 7)

    def watch_end(self, number, switches, level):
        """Input `number` is one of these switches, which has this level while a diverter is there. It is read now."""
        self.owners[number] = switches
        self.watch(number, SWITCH, level)
        self._latch(0)
        self._latch(1)
        self._read(self._now)
        bit = 1 << (number & 7)
        self._last[number >> 3] = self._last[number >> 3] & ~bit | self._now[number >> 3] & bit

    def is_on(self, number):
        """Whether input `number` has its level, as it was told last."""
        return (self._last[number >> 3] ^ self._inverted[number >> 3]) >> (number & 7) & 1

    def poll(self, position, inputs):
        """Latch and read all inputs; 0 if there is nothing to tell. `inputs`, the chip's own, are of no use here."""
        latch = self._latch
        latch(0)
        latch(1)
        now = self._now
        self._read(now)
        if now != self._newest:
            place = self._keep(position)
            if place >= 0:
                self._now = self._seen[place]
                self._seen[place] = self._newest = now
        self._at = position
        return self._waiting

    def tell(self, ring):
        """What has changed first, as of when it was seen; where that is much, some of it in each of the next turns."""
        if not self._waiting:
            return  # another chain's edges are told
        now = self._seen[self._oldest]
        last = self._last
        left = _EDGES
        i = 0
        while i < self._size:
            level = now[i]
            changed = level ^ last[i]
            if changed:
                level ^= self._inverted[i]
                while changed and left:
                    left -= 1
                    bit = _LOWEST[changed]
                    changed &= changed - 1
                    eye = self._eyes[i * 8 + bit]
                    if eye == SWITCH:
                        self.owners[i * 8 + bit].has_moved = ring.has_moved = 1
                    elif eye != _NOBODY:
                        state = disable_irq()
                        ring.latch(eye, level >> bit & 1, self._seen_at[self._oldest])
                        enable_irq(state)
                last[i] = now[i] ^ changed
                if changed:
                    return
            i += 1
        self._have_told()


class Place:
    """One input of the chain."""

    def __init__(self, chain, number):
        self._chain = chain
        self._number = number

    def watch(self, index, blocked):
        self._chain.watch(self._number, index, blocked)

    def watch_end(self, switches, level):
        self._chain.watch_end(self._number, switches, level)

    def is_on(self):
        return self._chain.is_on(self._number)
