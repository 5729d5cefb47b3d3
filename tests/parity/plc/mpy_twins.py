"""The reference with a MicroPython beside it: every run of every task on both, compared."""

import re
from collections.abc import Callable, Sequence

from parity.plc.pairs import Pair
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.machine import Machine
from sortyard.plc.mpy.machine import SLICE_FUEL, MicroPythonMachine
from sortyard.plc.program import Compiled

REFUSED = re.compile(r"comparing")
"""What the back end may say that it cannot compile; nothing else of the tests is left out."""


class ShortSlices(MicroPythonMachine):
    """Runs as on a board, in slices, and fails at one that takes too long."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__(compiled, SLICE_FUEL)

    def run(self, task: int, budget: int) -> None:
        """One run of a task; raises AssertionError for a long slice, whether the run ends in a fault or not."""
        try:
            super().run(task, budget)
        finally:
            assert self.longest_slice <= SLICE_FUEL, f"a slice took {self.longest_slice} units of fuel"


def twins(
    compiled: Compiled,
    other: Callable[[Compiled], Machine] = ShortSlices,
    beside: Sequence[Callable[[Compiled], Machine]] = (),
) -> Machine:
    """The reference, those `beside` it and a MicroPython as one; without the last for what boards cannot do."""
    try:
        return Pair(compiled, *beside, other)
    except PlcSourceError as refused:
        if not all(REFUSED.search(d.message) for d in refused.diagnostics):
            raise
        return Pair(compiled, *beside)
