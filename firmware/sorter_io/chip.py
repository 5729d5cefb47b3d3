"""What a chip itself has: its input port, read whole, and memory that outlives a reset, in flash a power cut, too.

bit = input_bit(7)                    # of pin 7 in what `read_inputs` gives
is_high = read_inputs() & bit

`sorter_io.chips` has a file for each port; all of them have the names below.
"""

import sys

if sys.platform == "esp32":
    from sorter_io.chips.esp32 import (
        LATCHES,
        input_bit,
        is_unsaved,
        keep,
        kept,
        note,
        notes,
        read_inputs,
        save,
        set_notes,
        was_brown_out,
    )
else:
    from sorter_io.chips.rp2 import (
        LATCHES,
        input_bit,
        is_unsaved,
        keep,
        kept,
        note,
        notes,
        read_inputs,
        save,
        set_notes,
        was_brown_out,
    )

from binascii import hexlify

from machine import unique_id


def name():
    """What MicroPython says of the chip: RP2040, ESP32S3."""
    return getattr(sys.implementation, "_machine", "").split(" with ")[-1]


def board():
    """What MicroPython says of the board that it was built for: Raspberry Pi Pico W."""
    return getattr(sys.implementation, "_machine", "").split(" with ")[0]


def number():
    """The chip's own number, in hexadecimal digits."""
    return hexlify(unique_id()).decode()


__all__ = (
    "LATCHES",
    "board",
    "input_bit",
    "is_unsaved",
    "keep",
    "kept",
    "name",
    "note",
    "notes",
    "number",
    "read_inputs",
    "save",
    "set_notes",
    "was_brown_out",
)
