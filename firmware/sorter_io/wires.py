"""Outputs of drivers: a pin of the board by its number, or a place on an expander that behaves like one."""

from machine import Pin


def output(wire):
    """Something with `value(level)`, off from now on."""
    if isinstance(wire, int):
        return Pin(wire, Pin.OUT, value=0)
    wire.value(0)
    return wire
