"""Runs in a MicroPython on the PATH: a compiled program, a line of standard input for each run, a line back.

task budget slice image        in hex; then
fault place image              0 for none
"""

# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

import sys

import micropython
import plc_program as program
from plc_views import views


def main():
    found = views(program)
    B, K = found[0], found[5]
    program.bind(found)
    for line in sys.stdin:
        task, budget, slice_fuel, image = line.split()
        B[: program.IMAGE] = bytes.fromhex(image)
        K[0] = int(budget)
        K[2] = K[8] = 0
        while True:
            K[1] = int(slice_fuel)
            micropython.heap_lock()
            ended = program.run(int(task))
            micropython.heap_unlock()
            if ended == 0 or K[2]:
                break
        print(K[2], K[8], bytes(B[: program.IMAGE]).hex())
        if K[2]:
            K[3] = 0
            for i in range(program.FIRST_WORD, program.WORDS):
                K[i] = 0


main()
