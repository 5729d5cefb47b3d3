"""ESP32, S3, C3 and C6: pins in one register or two, handlers that are late, and memory that outlives a reset.

What is kept is in RTC memory, and from time to time a copy of it in the flash: as one value of the port's NVS, which
spreads its writes over a partition and has either the old value or the new one after a power cut (ESP-IDF programming
guide, "Non-volatile storage library").

A register has 32 bits, and from 2^30 on a number is allocated; lines to the flash are among its upper bits. So it is
read in fields: uctypes takes the whole word, as the chip asks for, and makes a number of the field alone.

The port calls handlers of pins between two instructions of the program or in the first part of a sleep
(MicroPython, ports/esp32/machine_pin.c, mphalport.c): too late for an edge's count, so eyes are sampled.

Addresses: technical reference manuals of the chips, GPIO_IN_REG and GPIO_IN1_REG; RTC_CNTL_RESET_STATE_REG, of the C6
LP_CLKRST_RESET_CAUSE_REG.
"""

import sys

from esp32 import NVS
from machine import RTC
from micropython import const
from uctypes import BF_LEN, BF_POS, BFUINT32, struct

PORT = "esp32"
LATCHES = const(0)

_IN = const(0x3C)
_IN1 = const(0x40)
# base of the GPIO registers, and for each field of inputs its register, its first pin and how many pins it has: 30 in
# all. Pins that are in none of them are flash, console or read at power-up.
_CHIPS = {
    "ESP32": (0x3FF44000, (_IN, 12, 16), (_IN1, 32, 8), (_IN, 4, 1)),
    "ESP32S3": (0x60004000, (_IN, 0, 22), (_IN1, 38, 5), (_IN1, 47, 2)),
    "ESP32C3": (0x60004000, (_IN, 0, 22)),
    "ESP32C6": (0x60091000, (_IN, 0, 24)),
}
_NAMES = ("low", "middle", "high")
_RESET_CAUSE = {"ESP32": 0x3FF48034, "ESP32S3": 0x60008038, "ESP32C3": 0x60008038, "ESP32C6": 0x600B0410}
_POWER_ON = const(1)  # in that register
_MARK = const(0x5A)
_HEAD = const(4)
_NOTES = const(8)
_KEPT = const(4 + 4 * 8)


def _chip():
    """What stands above for this chip; MicroPython says "... with ESP32S3"."""
    name = getattr(sys.implementation, "_machine", "").split(" with ")[-1]
    if name not in _CHIPS:
        raise ValueError("no inputs are known of the chip " + name)
    return _CHIPS[name]


_base, *_fields = _chip()


def _inputs():
    """The registers of inputs, with a name for each field."""
    places = {}
    for name, (register, first, size) in zip(_NAMES, _fields):  # noqa: B905  MicroPython's has no `strict`
        places[name] = register | BFUINT32 | first % 32 << BF_POS | size << BF_LEN
    return struct(_base, places)


def _reader(port):
    """What gives the levels of the pins of all fields, one field behind the other. It allocates nothing."""
    if len(_fields) == 1:
        return lambda: port.low
    middle_at = _fields[0][2]
    high_at = middle_at + _fields[1][2]
    return lambda: port.low | port.middle << middle_at | port.high << high_at


read_inputs = _reader(_inputs())


def input_bit(pin):
    """The bit of a pin in what `read_inputs` gives. ValueError for a pin that is no input."""
    at = 0
    for _, first, size in _fields:
        if first <= pin < first + size:
            return 1 << (at + pin - first)
        at += size
    raise ValueError("pin %d is no input of this chip" % pin)


_memory = RTC().memory
_flash = NVS("sortyard")
_IN_FLASH = "faults"
_UNSAVED = const(3)


def _restored():
    """What was kept: mark, number, place of the newest note, whether the flash has no copy of it yet, notes of four
    bytes each. After a power cut the notes that the flash has."""
    before = _memory()
    if len(before) == _KEPT and before[0] == _MARK:
        return bytearray(before)
    saved = bytearray(_KEPT)
    try:
        is_whole = _flash.get_blob(_IN_FLASH, saved) == _KEPT and saved[0] == _MARK
    except OSError:
        is_whole = 0  # nothing was saved yet, or another version's, which is longer
    fresh = saved if is_whole else bytearray(_KEPT)
    fresh[0] = _MARK
    fresh[1] = fresh[_UNSAVED] = 0
    return fresh


_kept = _restored()


def kept():
    """The number that was kept, 0 to 255; 0 after a power cut."""
    return _kept[1]


def keep(number):
    """Keep a number, 0 to 255, over every reset but a power cut."""
    _kept[1] = number & 255
    _memory(_kept)


def notes():
    """The notes that outlive a reset, numbers of 30 bits, newest first; 0 where there is none. Only at rest."""
    found = []
    for i in range(_NOTES):
        at = _HEAD + 4 * ((_kept[2] - i) & (_NOTES - 1))
        found.append(int.from_bytes(_kept[at : at + 4], "little"))
    return found


def note(word):
    """Keep one more number of 30 bits over every reset but a power cut; of eight that are kept the oldest goes."""
    newest = _kept[2] = (_kept[2] + 1) & (_NOTES - 1)
    at = _HEAD + 4 * newest
    end = at + 4
    while at < end:
        _kept[at] = word & 255
        word >>= 8
        at += 1
    _kept[_UNSAVED] = 1
    _memory(_kept)


def set_notes(words):
    """Keep these in their place, as many as `notes` has given."""
    for i in range(_NOTES):
        note(words[_NOTES - 1 - i])


def is_unsaved():
    """Whether there are notes that would not outlive a power cut."""
    return _kept[_UNSAVED]


def save():
    """Write the notes to the flash: 50 ms at worst, in which nothing else is done. It allocates nothing.

    OSError when the flash does not take them: they stay unsaved.
    """
    _flash.set_blob(_IN_FLASH, _kept)
    _flash.commit()
    _kept[_UNSAVED] = 0
    _memory(_kept)


def was_brown_out():
    """Whether the supply had sagged before the last power-on. The port takes it for one, the chip does not.

    MicroPython, ports/esp32/modmachine.c: power-on and brown-out have one number. The brown-out's handler of ESP-IDF
    resets the chip by software, or its detector does (components/esp_system/port/brownout.c).
    """
    name = getattr(sys.implementation, "_machine", "").split(" with ")[-1]
    return struct(_RESET_CAUSE[name], {"cause": BFUINT32 | 5 << BF_LEN}).cause != _POWER_ON
