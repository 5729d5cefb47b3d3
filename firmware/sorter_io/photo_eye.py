"""Photo-eyes: an interrupt latches the encoder's count at every edge, debouncing is done in belt travel.
An eye on an expander, or on a chip whose interrupts come too late, has none: it is sampled once a turn of the loop.

    ring = EdgeRing(encoder, 64)
    eye = PhotoEye({"signal": 4}, {"blocked": 1, "debounce_counts": 8}, 0, ring)
    while eye_news(ring, eyes, position): feed(ring.kind, ring.index, ring.position)

A lens that gets dirty, or a reflector that shakes, flickers at parcels' edges: `watch` tells when that becomes much.

An edge is told at once; for the next `debounce_counts` of travel the eye is deaf, then its level is told if it
is another one. So no parcel is lost to a debounce time, whatever the belt's speed.
"""

from array import array

from machine import Pin, disable_irq, enable_irq
from micropython import const

DRIVER = "PhotoEye"
PINS = {"signal": "irq"}
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
_MOST_DEAF = const(128)
_SIFTED = const(6)  # edges in one call
_LOOKS = const(2)  # at deaf eyes in one call
_AGAIN = const(1 << 20)
_MINUTE = const(60000)  # turns of the loop, a millisecond each


class EdgeRing:
    """Edges that interrupts have latched: written by handlers, read by the control loop, never both at one end."""

    def __init__(self, encoder):
        self.encoder = encoder
        self.edges = array("i", [0] * (_SIZE * _FIELDS))
        self.written = 0
        self.read = 0
        self.lost = 0
        self.deaf = array("h", [0] * _MOST_DEAF)  # eyes to be looked at again when they are no longer deaf
        self.n_deaf = 0
        self.look_at = 0  # place behind the next one of them
        self.kind = 0
        self.index = 0
        self.position = 0

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


class PhotoEye:
    """One eye. Its handler stores what it saw, and nothing else."""

    def __init__(self, pins, options, index, ring):
        self.index = index
        self.is_told = 0
        self.is_blocked = 0
        self.is_waiting = 0
        self.deaf_until = 0
        self.has_seen = 0
        self.is_dirty = 0
        self.flickers = 0
        self._since = 0
        self._most_flickers = options["dirt_edges"]
        self._ring = ring
        self._blocked = options["blocked"]
        self.debounce = options["debounce_counts"]
        signal = pins["signal"]
        self._pin = None
        if isinstance(signal, int):
            self._pin = Pin(signal, Pin.IN, Pin.PULL_DOWN if self._blocked else Pin.PULL_UP)
            self._pin.irq(self._edge, Pin.IRQ_RISING | Pin.IRQ_FALLING, hard=True)
        else:
            signal.watch(index, self._blocked)

    def look(self):
        """Begin with the level as it is: an eye that is blocked at power-up tells it."""
        if self._pin is not None:
            state = disable_irq()
            self._edge(self._pin)
            enable_irq(state)

    def watch(self, turns):
        """Once a minute see whether it flickers more than a clean one: 1 if that is news. `turns` wraps at 28 bits."""
        if ((turns - self._since) & _MASK) < _MINUTE:
            return 0
        self._since = turns
        is_dirty = 1 if self._most_flickers and self.flickers > self._most_flickers else 0
        self.flickers = 0
        is_news = is_dirty ^ self.is_dirty
        self.is_dirty = is_dirty
        return is_news

    def _edge(self, pin):
        ring = self._ring
        ring.latch(self.index, 1 if pin.value() == self._blocked else 0, ring.encoder.count())


def eye_news(ring, eyes, position):
    """Take edges until one is worth telling, but not many: 1, and kind, index and position in the ring; else 0."""
    edges = ring.edges
    left = _SIFTED
    while left and ring.read != ring.written:
        left -= 1
        at = ring.read
        ring.read = at + 1
        at = (at & (_SIZE - 1)) * _FIELDS
        edge = edges[at]
        count = edges[at + 1]
        eye = eyes[edge >> 1]
        edge &= 1
        eye.is_blocked = edge
        if eye.has_seen and ((count - eye.deaf_until) & _MASK) >= _HALF:
            _wait(ring, eye)
        elif edge != eye.is_told:
            _tell(ring, eye, count)
            return 1
    if ring.written >= _AGAIN:
        _begin_again(ring)
    return _look_again(ring, eyes, position) if ring.n_deaf else 0


def _begin_again(ring):
    """Both ends of the ring back to the beginning, long before they need more than 30 bits."""
    state = disable_irq()
    if ring.read == ring.written:
        ring.written = ring.read = 0
    enable_irq(state)


def _wait(ring, eye):
    """The eye is deaf now: it is looked at again when it has its hearing back."""
    eye.flickers += 1
    if not eye.is_waiting and ring.n_deaf < _MOST_DEAF:
        eye.is_waiting = 1
        ring.deaf[ring.n_deaf] = eye.index
        ring.n_deaf += 1


def _look_again(ring, eyes, position):
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
        eye = eyes[deaf[i]]
        if ((position - eye.deaf_until) & _MASK) < _HALF:
            eye.is_waiting = 0
            ring.n_deaf -= 1
            deaf[i] = deaf[ring.n_deaf]
            if eye.is_blocked != eye.is_told:
                _tell(ring, eye, eye.deaf_until)
                return 1
    return 0


def _tell(ring, eye, count):
    eye.is_told = is_told = eye.is_blocked
    eye.deaf_until = (count + eye.debounce) & _MASK
    eye.has_seen = 1
    ring.kind = _BLOCKED if is_told else _CLEARED
    ring.index = eye.index
    ring.position = count
