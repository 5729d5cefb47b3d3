"""Guest program: the gate logic behind shared memory. The host asks, this loop answers.

The host fills the inbox during ``call("turn")`` and looks at the outbox during the next one. Both
arrays stay where they are from beginning to end, so their addresses are told once. The answer of a
call is the word "turn" to go on (known to the interpreter, so it takes no memory) and "" to stop.
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

from array import array
from gc import mem_alloc

import micropython
from host import call
from uctypes import addressof

from sorter_core.exchange import exchange, replay
from sorter_core.gate_logic import GateLogic


class Nothing:
    """A gate logic that does nothing."""

    due_position = due_ticks = is_pending = out_count = state = 0

    def step(self, position, ticks):
        """Do nothing."""


def serve(ask, logics, inbox, outbox, span):
    """One step a turn, of the gate logic whose number is in span[0].

    With `Nothing` in it the host sees what the loop and an empty exchange cost by themselves.
    """
    while ask("turn", ""):
        exchange(logics[span[0]], inbox, outbox)


def serve_batches(ask, gl, trace, out, span):
    """Replay trace[span[0]:span[1]] per turn of this loop; span[0] moves on to what is left."""
    while ask("turn", ""):
        span[0] = replay(gl, trace, span[0], span[1], out)


def fill_holes():
    """Use up the free places between what is allocated: nothing is ever collected here, and a call whose
    frame fits none of them would look through the whole heap for one that does."""
    top = addressof(bytearray(65536))
    while id(object()) < top:
        pass


def main():
    is_batched, is_heap_locked, *sizes = [int(word) for word in call("setup", "").split()]
    inbox, outbox, span, *configs = arrays = [array("i", bytes(4 * size)) for size in sizes]
    call("addresses", " ".join([str(addressof(one)) for one in arrays]))
    logics = [GateLogic(config) for config in configs]
    fill_holes()
    serve(call, [Nothing()], inbox, outbox, span)
    before = mem_alloc()
    if is_heap_locked:
        micropython.heap_lock()
    if is_batched:
        serve_batches(call, logics[0], inbox, outbox, span)
    else:
        serve(call, logics, inbox, outbox, span)
    if is_heap_locked:
        micropython.heap_unlock()
    call("allocated", str(mem_alloc() - before))


main()
