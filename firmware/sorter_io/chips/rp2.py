"""RP2040 and RP2350: one register shows all pins, interrupts are hard, and the watchdog has registers of its own.

What is kept is in three of those registers, and from time to time a copy of it in a file.
"""

import sys

from machine import mem32
from micropython import const

from sorter_io.kept_file import KeptFile

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
_FILE = "/faults.bin"
_MARKED = const(0x5A)  # its first byte; then the notes, four bytes each
_SIZE = const(13)


def read_inputs():
    """Levels of all pins, pin n in bit n. A small integer on these chips: nothing is allocated."""
    return mem32[_GPIO_IN]


def input_bit(pin):
    """The bit of a pin in what `read_inputs` gives."""
    return 1 << pin


_flash = KeptFile(_FILE, _SIZE)
_copy = _flash.content
_is_unsaved = bytearray(1)


def _restore():
    """After a power cut the notes that the flash has are put where they were; after a reset they are still there."""
    is_whole = _flash.is_whole and _copy[0] == _MARKED
    was_cut = mem32[_SCRATCH] & ~255 != _MARK
    if was_cut:
        mem32[_SCRATCH] = _MARK
    for i in range(len(_NOTES)):
        at = 1 + 4 * i
        word = int.from_bytes(_copy[at : at + 4], "little") if is_whole else 0
        if was_cut:
            mem32[_NOTES[i]] = word
        elif mem32[_NOTES[i]] != word:
            _is_unsaved[0] = 1


_restore()


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
    _is_unsaved[0] = 1


def set_notes(words):
    """Keep these in their place, as many as `notes` has given."""
    for i in range(len(_NOTES)):
        mem32[_NOTES[i]] = words[i]
    _is_unsaved[0] = 1


def is_unsaved():
    """Whether there are notes that would not outlive a power cut."""
    return _is_unsaved[0] if _flash.is_there else 0


def save():
    """Write the notes to the flash: 100 ms at worst, in which nothing else is done. It allocates nothing.

    OSError when the flash does not take them: they stay unsaved.
    """
    _copy[0] = _MARKED
    at = 1
    for register in _NOTES:
        word = mem32[register]
        end = at + 4
        while at < end:
            _copy[at] = word & 255
            word >>= 8
            at += 1
    _flash.save()
    _is_unsaved[0] = 0


def was_brown_out():
    """Whether the supply had sagged before the last power-on, as far as the chip tells: the RP2040 does not."""
    return bool(_IS_RP2350 and mem32[_CHIP_RESET] & _HAD_BROWN_OUT)
