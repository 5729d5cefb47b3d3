"""MCP23017: 16 inputs or outputs a chip on I2C, up to eight chips on a bus.

    chain = Mcp23017({"sda": 4, "scl": 5, "reset": 6}, options)
    chain.place(3).value(1)               # an output; an eye takes an input by `watch`
    chain.flush()                         # once a turn: outputs that have changed
    if chain.poll(position, inputs): ...  # once a turn: inputs of eyes and end switches
    chain.tell(ring)                      # when there is time for it: eyes' edges go into the ring
    chain.look()                          # now and then: are all chips there, and as they were set?

Place n is GPA0 to GPA7, then GPB0 to GPB7, of chip n // 16. Every pin is an input from the chip's power-up on: what an
output drives needs a pull resistor to its safe side until then. A pin becomes an output when a part first sets it,
with the latch written before the direction. A chip that does not answer, or has lost its power for a moment, is
counted, and its outputs are set anew.

A chip knows nothing of a reset of the board and would drive its outputs on: a reset wire, with a pull resistor to
ground, lets them go at once, and keeps them so until the board begins here. Without it they are let go here.
Registers: Microchip DS20001952, section 3.5, IOCON.BANK = 0.
"""

from machine import I2C, Pin, disable_irq, enable_irq
from micropython import const

from sorter_io.end_switches import SWITCH
from sorter_io.samples import KEPT, Samples

DRIVER = "Mcp23017"
PINS = {"sda": "i2c_sda", "scl": "i2c_scl", "reset": "hold"}
OPTIONAL_PINS = ("reset",)
SHARED = ("sda", "scl")
PLACES = (16, "either")
OPTIONS = (
    ("unit", 0, 0, 1, "", "I2C bus"),
    ("freq", 400000, 50000, 1000000, "Hz", "clock of the bus; above 400000 chips need 4.5 V or more"),
    ("first", 32, 32, 39, "", "address of the first chip, 32 to 39 by its pins A0 to A2; the others follow"),
    ("count", 1, 1, 8, "chips", "on the bus"),
)

_DIRECTIONS = const(0x00)  # IODIRA, IODIRB: 1 is an input
_PULL_UPS = const(0x0C)
_PORTS = const(0x12)
_LATCHES = const(0x14)
_NOBODY = const(255)
_EDGES = const(2)  # that are told in one turn
_SILENT = b"\x01"
_LEVELS = const(1)  # of what is set already
_ALL = const(2)  # and which pins are outputs


class Mcp23017(Samples):
    """`is_failed` while one of the chips does not answer; `misses` counts how often one has not, or was set anew."""

    def __init__(self, pins, options):
        super().__init__()
        self.is_failed = 0
        self.is_dirty = 0
        self.misses = 0
        self._bus = I2C(options["unit"], scl=Pin(pins["scl"]), sda=Pin(pins["sda"]), freq=options["freq"])
        self._first = options["first"]
        self._count = options["count"]
        places = 16 * self._count
        self._out = [bytearray(2) for _ in range(self._count)]
        self._inputs = [bytearray(b"\xff\xff") for _ in range(self._count)]
        self._found = bytearray(2)
        self._next = 0
        self._is_silent = bytearray(self._count)
        self._changed = bytearray(self._count)
        self._is_watched = bytearray(self._count)
        self._now = [bytearray(2) for _ in range(self._count)]
        self._last = bytearray(2 * self._count)  # as it was told
        self._seen = [bytearray(2 * self._count) for _ in range(KEPT)]
        self._newest = [bytearray(2) for _ in range(self._count)]  # as it was seen
        self._eyes = bytearray([_NOBODY] * places)
        self._inverted = bytearray(2 * self._count)
        self.owners = {}  # end switches by their places
        self._let_go(pins)

    def _let_go(self, pins):
        """Outputs that the board before its reset has left behind."""
        if "reset" in pins:
            Pin(pins["reset"], Pin.OUT, value=0).value(1)  # a microsecond is enough for the chip
        for chip in range(self._count):
            self._write(chip, _DIRECTIONS, self._inputs[chip])

    def place(self, number):
        """What a part takes in the place of a pin."""
        return Place(self, number)

    def set(self, number, level):
        """Output `number` from the next `flush` on."""
        chip = number >> 4
        port = number >> 3 & 1
        bit = 1 << (number & 7)
        if level:
            self._out[chip][port] |= bit
        else:
            self._out[chip][port] &= ~bit
        if self._inputs[chip][port] & bit:
            self._inputs[chip][port] &= ~bit
            self._changed[chip] = _ALL
        elif not self._changed[chip]:
            self._changed[chip] = _LEVELS
        self.is_dirty = 1

    def watch(self, number, index, blocked):
        """Eye `index` is wired to input `number`; it is blocked at this level."""
        chip = number >> 4
        self._eyes[number] = index
        self._is_watched[chip] = 1
        if not blocked:
            self._inverted[number >> 3] |= 1 << (number & 7)
            self._newest[chip][number >> 3 & 1] |= 1 << (number & 7)
            self._last[number >> 3] |= 1 << (number & 7)
        self._write(chip, _PULL_UPS, self._inverted_of(chip))

    def _inverted_of(self, chip):
        return bytes((self._inverted[2 * chip], self._inverted[2 * chip + 1]))

    def flush(self):
        """Write what has changed, latches first."""
        self.is_dirty = 0
        chip = 0
        while chip < self._count:
            changed = self._changed[chip]
            if changed:
                done = self._write(chip, _LATCHES, self._out[chip])
                if done and changed == _ALL:
                    done = self._write(chip, _DIRECTIONS, self._inputs[chip])
                if done:
                    self._changed[chip] = 0
                else:
                    self.is_dirty = 1
            chip += 1

    def watch_end(self, number, switches, level):
        """Input `number` is one of these switches, which has this level while a diverter is there. It is read now."""
        self.owners[number] = switches
        self.watch(number, SWITCH, level)
        chip = number >> 4
        if self._read(chip, _PORTS, self._now[chip]):
            bit = 1 << (number & 7)
            port = number >> 3
            self._last[port] = self._last[port] & ~bit | self._now[chip][port & 1] & bit
            self._newest[chip][port & 1] = self._last[port]

    def is_on(self, number):
        """Whether input `number` has its level, as it was told last."""
        return (self._last[number >> 3] ^ self._inverted[number >> 3]) >> (number & 7) & 1

    def poll(self, position, inputs):
        """Read the inputs that are watched; 0 if there is nothing to tell. `inputs`, the chip's own, are of no use."""
        chip = 0
        is_changed = 0
        while chip < self._count:
            if (
                self._is_watched[chip]
                and self._read(chip, _PORTS, self._now[chip])
                and self._now[chip] != self._newest[chip]
            ):
                is_changed = 1
            chip += 1
        if is_changed:
            place = self._keep(position)
            if place >= 0:
                self._copy(self._seen[place])
        self._at = position
        return self._waiting

    def _copy(self, seen):
        """What was read now is what was seen."""
        chip = 0
        while chip < self._count:
            if self._is_watched[chip]:
                now = self._now[chip]
                newest = self._newest[chip]
                newest[0] = seen[2 * chip] = now[0]
                newest[1] = seen[2 * chip + 1] = now[1]
            chip += 1

    def tell(self, ring):
        """What has changed first, as of when it was seen; where that is much, some of it in each of the next turns."""
        if not self._waiting:
            return  # another chain's edges are told
        left = _EDGES
        port = 0
        while port < 2 * self._count and left:
            left = self._tell_port(ring, port, left)
            port += 1
        if left:
            self._have_told()

    def _tell_port(self, ring, port, left):
        """Tell at most `left` edges of eight inputs; how many more may be told."""
        last = self._last
        changed = self._seen[self._oldest][port] ^ last[port]
        place = 8 * port
        bit = 1
        while changed and left:
            if changed & bit:
                changed ^= bit
                last[port] ^= bit
                if self._eyes[place] == SWITCH:
                    self.owners[place].has_moved = ring.has_moved = 1
                elif self._eyes[place] != _NOBODY:
                    left -= 1
                    is_blocked = 1 if (last[port] ^ self._inverted[port]) & bit else 0
                    state = disable_irq()
                    ring.latch(self._eyes[place], is_blocked, self._seen_at[self._oldest])
                    enable_irq(state)
            place += 1
            bit <<= 1
        return left

    def look(self):
        """One chip a time: is it there, and does it drive what it was set to?"""
        chip = self._next
        self._next = chip + 1 if chip + 1 < self._count else 0
        if self._read(chip, _DIRECTIONS, self._found) and self._found != self._inputs[chip]:
            self.misses += 1
            self._set_anew(chip)

    def _write(self, chip, register, data):
        try:
            self._bus.writeto_mem(self._first + chip, register, data)
        except OSError:
            return self._miss(chip)
        return self._hear(chip)

    def _read(self, chip, register, data):
        try:
            self._bus.readfrom_mem_into(self._first + chip, register, data)
        except OSError:
            return self._miss(chip)
        return self._hear(chip)

    def _hear(self, chip):
        if self._is_silent[chip]:
            self._is_silent[chip] = 0
            self.is_failed = 1 if self._is_silent.find(_SILENT) >= 0 else 0
        return 1

    def _miss(self, chip):
        """It may have lost its power: its outputs are told again when it is back."""
        self._is_silent[chip] = 1
        self.is_failed = 1
        self.misses += 1
        self._set_anew(chip)
        return 0

    def _set_anew(self, chip):
        if self._inputs[chip][0] & self._inputs[chip][1] != 255:
            self._changed[chip] = _ALL
            self.is_dirty = 1


class Place:
    """One pin of the chips: an output once it is set, an input once it is watched."""

    def __init__(self, chain, number):
        self._chain = chain
        self._number = number

    def value(self, level):
        self._chain.set(self._number, level)

    def watch(self, index, blocked):
        self._chain.watch(self._number, index, blocked)

    def watch_end(self, switches, level):
        self._chain.watch_end(self._number, switches, level)

    def is_on(self):
        return self._chain.is_on(self._number)
