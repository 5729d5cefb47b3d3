"""Guest program: a compiled Structured Text program behind shared memory. The host asks, this loop answers.

The answer of each call is three numbers: the task to run, its budget, the fuel of a slice (0: no limit). The next
call tells how it ended: 0 done, 1 the slice is over, 2 and more: fault number less 2.
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from array import array
from gc import mem_alloc

import micropython
import uctypes
from host import call

import plc_program as program

NO_LIMIT = (1 << 30) - 1


def views(size):
    """Memory, seen in every way that the program needs."""
    words = array("H", bytes(size))
    at = uctypes.addressof(words)
    whole = uctypes.bytearray_at(at, size)
    layout = {
        "b": (uctypes.ARRAY | 0, uctypes.INT8 | size),
        "h": (uctypes.ARRAY | 0, uctypes.INT16 | size // 2),
        "f": (uctypes.ARRAY | 0, uctypes.FLOAT32 | size // 4),
    }
    other = uctypes.struct(at, layout, uctypes.NATIVE)
    return whole, other.b, words, other.h, other.f, array("i", bytes(4 * program.WORDS)), memoryview(whole)


def serve(ask, run, K, is_locked):
    """Run what the host asks for; the inbox is the first words of K: task, budget, slice."""
    while ask("turn", ""):
        if is_locked:
            micropython.heap_lock()
        box = K[4]
        K[1] = K[6]
        if K[5] >= 0:
            K[0] = K[5]
        K[2] = 0
        K[7] = run(box)
        if is_locked:
            micropython.heap_unlock()


def fill_holes():
    """Use up the free places between what is allocated: nothing is ever collected here."""
    top = uctypes.addressof(bytearray(65536))
    while id(object()) < top:
        pass


def main():
    found = views(program.MEMORY)
    B, K = found[0], found[5]
    for at, content in program.FIRST:
        B[at : at + len(content)] = content
    program.bind(found)
    is_locked = call("addresses", "%d %d %d" % (uctypes.addressof(B), uctypes.addressof(K), program.WORDS)) == "lock"
    fill_holes()
    serve(call, program.run, K, is_locked)
    call("allocated", str(mem_alloc()))


main()
