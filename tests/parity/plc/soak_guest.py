"""Guest of a soak: an order "many ..." runs scans in a row, inputs from a table that the host fills; others as ever."""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

import micropython
import plc_program as program
import uctypes
from host import call
from plc_guest import bound, fill_holes, serve

TABLE_BYTES = 512
NO_LIMIT = (1 << 30) - 1


def many(views, table, count, row, inputs_at, clock_at, tick, budget):
    """So many scans of the first task; the words of K tell of a fault, which ends them."""
    B, H, K = views[0], views[2], views[5]
    run = program.run
    clock = clock_at // 2
    for _ in range(count):
        carry = tick
        for i in range(4):
            carry += H[clock + i]
            H[clock + i] = carry & 65535
            carry >>= 16
        B[inputs_at] = table[row]
        B[inputs_at + 1] = table[row + 1]
        row = (row + 2) % TABLE_BYTES
        K[0] = budget
        K[1] = NO_LIMIT
        K[2] = 0
        micropython.heap_lock()
        K[7] = run(0)
        micropython.heap_unlock()
        if K[7]:
            break


def main():
    views = bound()
    table = bytearray(TABLE_BYTES)
    call("table", str(uctypes.addressof(table)))
    fill_holes()

    def ask(name, text):
        order = call(name, text)
        while order.startswith("many"):
            many(views, table, *[int(word) for word in order.split()[1:]])
            order = call(name, text)
        return order

    serve(ask, program.run, views[5])


main()
