"""What the chip itself has: its input port, read whole, and memory that outlives a reset but no power cut.

bit = input_bit(7)                    # of pin 7 in what `read_inputs` gives
is_high = read_inputs() & bit

`sorter_io.chips` has a file for each port; all of them have the names below.
"""

import sys

if sys.platform == "esp32":
    from sorter_io.chips.esp32 import LATCHES, input_bit, keep, kept, note, notes, read_inputs, set_notes
else:
    from sorter_io.chips.rp2 import LATCHES, input_bit, keep, kept, note, notes, read_inputs, set_notes

from binascii import hexlify

from machine import unique_id


def number():
    """The chip's own number, in hexadecimal digits."""
    return hexlify(unique_id()).decode()


__all__ = ("LATCHES", "input_bit", "keep", "kept", "note", "notes", "number", "read_inputs", "set_notes")
