"""Quadrature encoder counted by interrupts, for chips that have nothing better: up to some 1,000 counts a second.

    encoder = QuadratureIrq({"a": 4, "b": 5}, {})
    position = encoder.count()

A count is an edge of channel A, up or down by channel B: two counts a pitch. Each handler finds A at another level
than the one before it did; where it does not, an edge has come and gone unseen, and `missed` tells of it.
"""

from machine import Pin
from micropython import const

DRIVER = "QuadratureIrq"
PINS = {"a": "irq", "b": "in"}
OPTIONS = ()

_MASK = const(0x0FFFFFFF)


class QuadratureIrq:
    """Counts up while A leads B."""

    def __init__(self, pins, options):
        self.missed = 0
        self._count = 0
        self._a = Pin(pins["a"], Pin.IN, Pin.PULL_DOWN)
        self._b = Pin(pins["b"], Pin.IN, Pin.PULL_DOWN)
        self._last = self._a.value()
        self._a.irq(self._edge, Pin.IRQ_RISING | Pin.IRQ_FALLING)

    def _edge(self, pin):
        a = pin.value()
        if a == self._last:
            self.missed = (self.missed + 1) & _MASK
            return
        self._last = a
        self._count = (self._count + (1 if a != self._b.value() else -1)) & _MASK

    def count(self):
        """The 28-bit wrapping position."""
        return self._count
