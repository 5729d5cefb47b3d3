"""Photo-eyes: an interrupt latches the encoder's count at every edge, debouncing is done in belt travel.
An eye on an expander, or on a chip whose interrupts come too late, has none: it is sampled once a turn of the loop.

    ring = EdgeRing(encoder, 1)
    eye = PhotoEye({"signal": 4}, {"blocked": 1, "debounce_counts": 8, "dirt_edges": 30}, 0, ring)
    while eye_news(ring, position): feed(ring.kind, ring.index, ring.position)

A lens that gets dirty, or a reflector that shakes, flickers at parcels' edges: `ring.watch` tells when that is much.

An edge is told at once; for the next `debounce_counts` of travel the eye is deaf, then its level is told if it
is another one. So no parcel is lost to a debounce time, whatever the belt's speed. Where counts run back behind that
edge the eye hears again: the next edge may be another parcel's, and a whole lap of the counter away.
"""

from array import array

from machine import Pin, disable_irq, enable_irq
from micropython import const

DRIVER = "PhotoEye"
PINS = {"signal": "edge"}
ON_EXPANDER = ("signal",)
OPTIONS = (
    ("blocked", 1, 0, 1, "", "level of the signal while the beam is interrupted"),
    ("debounce_counts", 8, 0, 100000, "counts", "belt travel"),
    (
        "dirt_edges",
        30,
        0,
        10000,
        "edges",
        "that the debouncing has swallowed in a minute: more, and it is dirty; 0: never",
    ),
)

_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_BLOCKED = const(1)
_CLEARED = const(2)
_SIZE = const(64)
_FIELDS = const(2)
_SIFTED = const(2)  # edges in one call
_LOOKS = const(2)  # at deaf eyes in one call
_AGAIN = const(1 << 20)
_MINUTE = const(60000)  # turns of the loop, a millisecond each


class EdgeRing:
    """Edges that interrupts have latched: written by handlers, read by the control loop, never both at one end.

    And what is known of each of `n` eyes (at most 256), in columns: a board has no room for an object each.
    """

    def __init__(self, encoder, n):
        self.encoder = encoder
        self.n = n
        self.edges = array("i", [0] * (_SIZE * _FIELDS))
        self.written = 0
        self.read = 0
        self.lost = 0
        self.is_told = bytearray(n)
        self.is_blocked = bytearray(n)
        self.is_waiting = bytearray(n)
        self.is_dirty = bytearray(n)
        self.debounce = array("i", [0] * n)
        self.deaf_until = array("i", [0] * n)
        self.flickers = array("i", [0] * n)
        self._most_flickers = array("h", [0] * n)
        self._since = array("i", [0] * n)
        self.has_moved = 1  # a diverter, as an end switch on an expander says; at first nobody knows
        self.deaf = bytearray(n)  # eyes to be looked at again when they are no longer deaf
        self.n_deaf = 0
        self.look_at = 0  # place behind the next one of them
        self.kind = 0
        self.index = 0
        self.position = 0

    def set_up(self, index, options):
        """What there is to know of an eye."""
        self.debounce[index] = options["debounce_counts"]
        self._most_flickers[index] = options["dirt_edges"]

    def latch(self, index, is_blocked, count):
        """Keep an edge; when the ring is full it is lost and counted. Only with interrupts off, or in a handler."""
        at = self.written
        if at - self.read >= _SIZE:
            self.lost += 1
            return
        place = (at & (_SIZE - 1)) * _FIELDS
        edges = self.edges
        edges[place] = index * 2 + is_blocked
        edges[place + 1] = count
        self.written = at + 1

    def watch(self, index, turns):
        """Once a minute: 1 if an eye flickers more than a clean one, or no more, and that is news. `turns`: 28 bits."""
        if ((turns - self._since[index]) & _MASK) < _MINUTE:
            return 0
        self._since[index] = turns
        most = self._most_flickers[index]
        is_dirty = 1 if most and self.flickers[index] > most else 0
        self.flickers[index] = 0
        is_news = is_dirty ^ self.is_dirty[index]
        self.is_dirty[index] = is_dirty
        return is_news


class PhotoEye:
    """One eye. Its handler stores what it saw, and nothing else."""

    def __init__(self, pins, options, index, ring):
        ring.set_up(index, options)
        self._index = index
        self._ring = ring
        self._blocked = options["blocked"]
        signal = pins["signal"]
        self.pin = None
        if isinstance(signal, int):
            self.pin = Pin(signal, Pin.IN, Pin.PULL_DOWN if self._blocked else Pin.PULL_UP)
            self.pin.irq(self._edge, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
        else:
            signal.watch(index, self._blocked)

    def look(self):
        """Begin with the level as it is: an eye that is blocked at power-up tells it. Of a pin, not of an expander."""
        if self.pin is not None:
            state = disable_irq()
            self._edge(self.pin)
            enable_irq(state)

    def _edge(self, pin):
        ring = self._ring
        ring.latch(self._index, 1 if pin.value() == self._blocked else 0, ring.encoder.count())


def eye_news(ring, position, most=_SIFTED):
    """Take up to `most` edges until one is worth telling: 1, and kind, index and position in the ring; else 0.

    Where there is none, deaf eyes are looked at again; with `most` 1 there is no time for that.
    """
    edges = ring.edges
    left = most
    while left and ring.read != ring.written:
        left -= 1
        at = ring.read
        ring.read = at + 1
        at = (at & (_SIZE - 1)) * _FIELDS
        edge = edges[at]
        count = edges[at + 1]
        eye = edge >> 1
        edge &= 1
        ring.is_blocked[eye] = edge
        if ((ring.deaf_until[eye] - count - 1) & _MASK) < ring.debounce[eye]:
            _wait(ring, eye)
        elif edge != ring.is_told[eye]:
            _tell(ring, eye, count)
            return 1
    if ring.written >= _AGAIN:
        _begin_again(ring)
    return _look_again(ring, position) if ring.n_deaf and most > 1 else 0


def _begin_again(ring):
    """Both ends of the ring back to the beginning, long before they need more than 30 bits."""
    state = disable_irq()
    if ring.read == ring.written:
        ring.written = ring.read = 0
    enable_irq(state)


def _wait(ring, eye):
    """The eye is deaf now: it is looked at again when it has its hearing back."""
    ring.flickers[eye] += 1
    if not ring.is_waiting[eye]:
        ring.is_waiting[eye] = 1
        ring.deaf[ring.n_deaf] = eye
        ring.n_deaf += 1


def _look_again(ring, position):
    """Eyes whose deaf travel is over: is the level still the one that was told? Some of them in one call."""
    deaf = ring.deaf
    left = ring.n_deaf
    if left > _LOOKS:
        left = _LOOKS
    i = ring.look_at
    while left and ring.n_deaf:
        left -= 1
        if i <= 0 or i > ring.n_deaf:
            i = ring.n_deaf
        i -= 1
        ring.look_at = i
        eye = deaf[i]
        until = ring.deaf_until[eye]
        if ((until - position - 1) & _MASK) >= ring.debounce[eye]:
            ring.is_waiting[eye] = 0
            ring.n_deaf -= 1
            deaf[i] = deaf[ring.n_deaf]
            if ring.is_blocked[eye] != ring.is_told[eye]:
                _tell(ring, eye, until if ((position - until) & _MASK) < _HALF else position)
                return 1
    return 0


def _tell(ring, eye, count):
    ring.is_told[eye] = is_told = ring.is_blocked[eye]
    ring.deaf_until[eye] = (count + ring.debounce[eye]) & _MASK
    ring.kind = _BLOCKED if is_told else _CLEARED
    ring.index = eye
    ring.position = count
