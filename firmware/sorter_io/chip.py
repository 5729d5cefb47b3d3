"""What the chip itself has: its input port, read whole, and a number that outlives a reset but no power cut."""

import sys
from binascii import hexlify

from machine import mem32, unique_id
from micropython import const

_RP2_GPIO_IN = const(0xD0000004)  # SIO, the same on RP2040 and RP2350; bits 0 to 29 are GP0 to GP29
# the watchdog's first scratch register; MicroPython and the boot ROM use the last four
_SCRATCH = 0x400D800C if "RP2350" in getattr(sys.implementation, "_machine", "") else 0x4005800C
_MARK = const(0x5A00)


def read_inputs():
    """Levels of all pins, pin n in bit n. A small integer on these chips: nothing is allocated."""
    return mem32[_RP2_GPIO_IN]


def number():
    """The chip's own number, in hexadecimal digits."""
    return hexlify(unique_id()).decode()


def kept():
    """The number that was kept, 0 to 255; 0 after a power cut."""
    value = mem32[_SCRATCH]
    return value & 255 if value & ~255 == _MARK else 0


def keep(number):
    """Keep a number, 0 to 255, over every reset but a power cut."""
    mem32[_SCRATCH] = _MARK | number & 255
