"""RP2040 and RP2350: one register shows all pins, interrupts are hard, and the watchdog has registers of its own."""

import sys

from machine import mem32
from micropython import const

PORT = "rp2"
LATCHES = const(1)  # a handler runs at the edge, so that it can latch a count

_GPIO_IN = const(0xD0000004)  # SIO, the same on both; bits 0 to 29 are GP0 to GP29
# the watchdog's first scratch register; MicroPython and the boot ROM use the last four of eight
_IS_RP2350 = "RP2350" in getattr(sys.implementation, "_machine", "")
_SCRATCH = 0x400D800C if _IS_RP2350 else 0x4005800C
_CHIP_RESET = 0x4010002C  # of the RP2350 (POWMAN)
_HAD_BROWN_OUT = const(1 << 17)
_NOTES = (_SCRATCH + 4, _SCRATCH + 8, _SCRATCH + 12)
_MARK = const(0x5A00)
_WORD = const(0x3FFFFFFF)


def read_inputs():
    """Levels of all pins, pin n in bit n. A small integer on these chips: nothing is allocated."""
    return mem32[_GPIO_IN]


def input_bit(pin):
    """The bit of a pin in what `read_inputs` gives."""
    return 1 << pin


def kept():
    """The number that was kept, 0 to 255; 0 after a power cut."""
    value = mem32[_SCRATCH]
    return value & 255 if value & ~255 == _MARK else 0


def keep(number):
    """Keep a number, 0 to 255, over every reset but a power cut."""
    mem32[_SCRATCH] = _MARK | number & 255


def notes():
    """The notes that outlive a reset, numbers of 30 bits, newest first; 0 where there is none. Only at rest."""
    return [mem32[at] & _WORD for at in _NOTES]


def note(word, first=_NOTES[0], second=_NOTES[1], third=_NOTES[2]):
    """Keep one more number of 30 bits over every reset but a power cut; of three that are kept the oldest goes."""
    mem32[third] = mem32[second]
    mem32[second] = mem32[first]
    mem32[first] = word


def set_notes(words):
    """Keep these in their place, as many as `notes` has given."""
    for i in range(len(_NOTES)):
        mem32[_NOTES[i]] = words[i]


def is_unsaved():
    """There is no other place for notes: a power cut takes them."""
    return 0


def save():
    """Nothing to do."""


def was_brown_out():
    """Whether the supply had sagged before the last power-on, as far as the chip tells: the RP2040 does not."""
    return bool(_IS_RP2350 and mem32[_CHIP_RESET] & _HAD_BROWN_OUT)
