"""Photo-eyes at pins of a chip whose interrupts come too late to latch a count: sampled once a turn of the loop.

An edge is told with the position in the middle between the turn that has seen it and the one before, which is half a
turn off at most, however long it waits to be told.

    eyes = PortEyes()
    eye = PhotoEye({"signal": eyes.place(34)}, options, 0, ring)
    if eyes.poll(position, inputs): ...   # once a turn, with the levels that `sorter_io.chip.read_inputs` has given
    eyes.tell(ring)                       # when there is time for it: the edges go into the ring
"""

from machine import Pin
from micropython import const

from sorter_io.chip import input_bit
from sorter_io.samples import KEPT, Samples

_EDGES = const(2)  # that are told in one turn


class PortEyes(Samples):
    """Eyes have to be put on their places before the first `poll`."""

    def __init__(self):
        super().__init__()
        self._bits = []
        self._eyes = []
        self._watched = 0
        self._inverted = 0  # eyes that are blocked while their pin is low
        self._last = 0  # as it was told
        self._newest = 0  # as it was seen
        self._seen = [0] * KEPT

    def place(self, pin):
        """What an eye takes in the place of a pin."""
        return _Place(self, pin)

    def watch(self, pin, index, blocked):
        """Eye `index` is wired to this pin; it is blocked at this level."""
        Pin(pin, Pin.IN, Pin.PULL_DOWN if blocked else Pin.PULL_UP)
        bit = input_bit(pin)
        self._bits.append(bit)
        self._eyes.append(index)
        self._watched |= bit
        if not blocked:
            self._inverted |= bit

    def poll(self, position, inputs):
        """Look at the inputs of this turn; 0 if there is nothing to tell."""
        now = (inputs ^ self._inverted) & self._watched
        if now != self._newest:
            place = self._keep(position)
            if place >= 0:
                self._seen[place] = self._newest = now
        self._at = position
        return self._waiting

    def tell(self, ring):
        """What has changed first, as of when it was seen; where that is much, some of it in each of the next turns."""
        if not self._waiting:
            return  # another chain's edges are told
        now = self._seen[self._oldest]
        changed = now ^ self._last
        left = _EDGES
        i = 0
        for bit in self._bits:
            if changed & bit:
                if not left:
                    return
                left -= 1
                ring.latch(self._eyes[i], 1 if now & bit else 0, self._seen_at[self._oldest])
                self._last ^= bit
            i += 1
        self._have_told()


class _Place:
    """One pin of the port."""

    def __init__(self, eyes, pin):
        self._eyes = eyes
        self._pin = pin

    def watch(self, index, blocked):
        self._eyes.watch(self._pin, index, blocked)
