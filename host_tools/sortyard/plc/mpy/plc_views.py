"""Memory for a compiled program on any MicroPython with uctypes, seen in every way that the program needs."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from array import array

import micropython
import uctypes


def views(program):
    """Memory with the program's first content, and what goes with it: the argument of `program.bind`."""
    size = program.MEMORY
    words = array("H", bytes(size))
    at = uctypes.addressof(words)
    whole = uctypes.bytearray_at(at, size)
    layout = {
        "b": (uctypes.ARRAY | 0, uctypes.INT8 | size),
        "h": (uctypes.ARRAY | 0, uctypes.INT16 | size // 2),
        "f": (uctypes.ARRAY | 0, uctypes.FLOAT32 | size // 4),
        "D": (uctypes.ARRAY | 0, uctypes.FLOAT64 | size // 8),
    }
    other = uctypes.struct(at, layout, uctypes.NATIVE)
    small = array("i", bytes(4 * program.WORDS))
    for start, content in program.FIRST:
        whole[start : start + len(content)] = content
    unlock, lock = micropython.heap_unlock, micropython.heap_lock
    return whole, other.b, words, other.h, other.f, small, memoryview(whole), unlock, lock, other.D
