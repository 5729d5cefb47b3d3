"""The fault budget: endless loops are caught by counting, the same in every back end, never by a clock.

Charged, in the order in which the program does it:

    WHILE, REPEAT    1 at the start of every turn
    FOR              its whole number of turns at once, when its bounds are known; nothing in the turns
    a call           1 for each call of a FUNCTION, FUNCTION_BLOCK or PROGRAM that has a body in ST, the library's
                     blocks included, when its arguments are evaluated and before its first statement

Nothing else is charged: all other work between two charges is bounded by the length of the source. A charge that
takes the remaining budget below zero is a fault of kind BUDGET at the loop or call, however large the charge is (a FOR
may have 2^64 turns). A task starts each of its runs with the full budget, and all its programs share that.
"""

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.source import Span

DEFAULT_BUDGET = 1_000_000
"""Loop turns and calls of one run of a task."""
MAX_BUDGET = (1 << 30) - 1
"""Fits a small integer of MicroPython."""


class Budget:
    """What is left of one scan's turns and calls."""

    __slots__ = ("left",)

    def __init__(self, full: int = DEFAULT_BUDGET) -> None:
        self.left = full

    def charge(self, turns: int, span: Span) -> None:
        """Take `turns`; raises PlcFault if fewer are left."""
        if turns > self.left:
            raise PlcFault(FaultKind.BUDGET, "the scan's budget of loop turns and calls is used up", span)
        self.left -= turns


def trip_count(start: int, end: int, step: int) -> int:
    """Turns of `FOR i := start TO end BY step`, decided once when the loop starts. `step` is not 0."""
    span = end - start if step > 0 else start - end
    return span // abs(step) + 1 if span >= 0 else 0
