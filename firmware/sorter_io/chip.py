"""The chip's input port, read whole: one access for all pins instead of one call a pin."""

from machine import mem32
from micropython import const

_RP2_GPIO_IN = const(0xD0000004)  # SIO, the same on RP2040 and RP2350; bits 0 to 29 are GP0 to GP29


def read_inputs():
    """Levels of all pins, pin n in bit n. A small integer on these chips: nothing is allocated."""
    return mem32[_RP2_GPIO_IN]
