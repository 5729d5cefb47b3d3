"""Guest program: a compiled Structured Text program behind shared memory. The host asks, this loop answers.

The answer of each call is three numbers: the task to run, its budget, the fuel of a slice (0: no limit). The next
call tells how it ended: 0 done, 1 the slice is over, 2 and more: fault number less 2.
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from array import array
from gc import mem_alloc

import micropython
import plc_program as program
import uctypes
from host import call

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
    small = array("i", bytes(4 * program.WORDS))
    unlock, lock = micropython.heap_unlock, micropython.heap_lock
    return whole, other.b, words, other.h, other.f, small, memoryview(whole), unlock, lock


def serve(ask, run, K):
    """Run what the host asks for; the inbox is the first words of K: task, budget, slice."""
    while ask("turn", ""):
        micropython.heap_lock()
        K[1] = K[6]
        if K[5] >= 0:
            K[0] = K[5]
        K[2] = 0
        K[7] = run(K[4])
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
    call("addresses", " ".join([str(uctypes.addressof(B)), str(uctypes.addressof(K)), str(program.WORDS)]))
    fill_holes()
    before = mem_alloc()
    serve(call, program.run, K)
    call("allocated", str(mem_alloc() - before))


main()
