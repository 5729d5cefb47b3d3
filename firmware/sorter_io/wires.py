"""Wires of drivers: a pin of the board by its number, or a place on an expander that behaves like one."""

from machine import Pin
from micropython import const

PARITIES = {"none": None, "even": 0, "odd": 1}
"""As machine.UART takes them."""

_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)


def output(wire):
    """Something with `value(level)`, off from now on."""
    if isinstance(wire, int):
        return Pin(wire, Pin.OUT, value=0)
    wire.value(0)
    return wire


def halfway(before, now):
    """The count in the middle between two positions of the belt: where an edge was that came between two samples."""
    return (now - ((((now - before + _HALF) & _MASK) - _HALF) >> 1)) & _MASK
