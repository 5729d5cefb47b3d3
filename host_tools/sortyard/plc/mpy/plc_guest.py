"""The guest's side: a compiled Structured Text program behind shared memory. The host asks, this loop answers.

main()

K says what to do, and what came of it: words 4 to 7, see session.py. Nothing is allocated here per turn.
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from gc import mem_free

import micropython
import plc_program as program
import uctypes
from host import call
from plc_views import views


def serve(ask, run, K):
    """Run what the host asks for; it does not let this loop go on any more when it is done with it."""
    while True:
        order = ask("turn", "")
        if order == "heap":
            ask("free", str(mem_free()))
            continue
        micropython.heap_lock()
        K[1] = K[6]
        if K[5] >= 0:
            K[0] = K[5]
        K[2] = 0
        K[7] = run(K[4])
        micropython.heap_unlock()


def fill_holes():
    """Use up the free places between what is allocated, and some more: nothing is ever collected here, and a slice
    should not be the one in which the allocator has to pass by all of it. So much in one piece lies behind it all."""
    top = uctypes.addressof(bytearray(mem_free() // 4))
    while id(object()) < top:
        pass
    for _ in range(2000):
        object()


def bound():
    """The views of the program's memory, which the host has been told of."""
    found = views(program)
    B, K = found[0], found[5]
    program.bind(found)
    call("addresses", " ".join([str(uctypes.addressof(B)), str(uctypes.addressof(K)), str(program.WORDS)]))
    return found


def main():
    found = bound()
    fill_holes()
    serve(call, program.run, found[5])
