"""Quadrature encoder counted by an ESP32's pulse counter (PCNT): no count is missed, no interrupt needed.

    encoder = QuadraturePcnt({"a": 18, "b": 19}, {"unit": 0, "filter_ticks": 400})
    position = encoder.count()

A count is an edge of channel A, up or down by channel B: two counts a pitch. The counter has 16 bits and begins
again at 0 when it reaches its limit; the limit is a power of two, so that it always equals the position in its
lowest bits. `count` must be asked once in `_TURN` / 2 counts at least, which a control loop does without trying.
"""

from esp32 import PCNT
from machine import Pin
from micropython import const

PORT = "esp32"
TAKES = "pcnt"
DRIVER = "QuadraturePcnt"
PINS = {"a": "count", "b": "count"}
OPTIONS = (
    ("unit", 0, 0, 7, "", "pulse counter"),
    ("filter_ticks", 400, 0, 1023, "of 12.5 ns", "pulses that are shorter are noise"),
)

_TURN = const(16384)
_HALF_TURN = const(8192)
_MASK = const(0x0FFFFFFF)


class QuadraturePcnt:
    """Counts up while A leads B."""

    def __init__(self, pins, options):
        self._total = 0
        a = Pin(pins["a"], Pin.IN, Pin.PULL_DOWN)
        b = Pin(pins["b"], Pin.IN, Pin.PULL_DOWN)
        self._counter = PCNT(options["unit"], min=-_TURN, max=_TURN)
        self._counter.init(
            pin=a,
            rising=PCNT.INCREMENT,
            falling=PCNT.DECREMENT,
            mode_pin=b,
            mode_high=PCNT.REVERSE,
            filter=options["filter_ticks"],
        )
        self._counter.start()

    def count(self):
        """The 28-bit wrapping position. A handler may ask in the middle of another call: one field is all there is."""
        value = self._counter.value()
        total = self._total
        ahead = ((value - total + _HALF_TURN) & (_TURN - 1)) - _HALF_TURN
        total = self._total = (total + ahead) & _MASK
        return total
