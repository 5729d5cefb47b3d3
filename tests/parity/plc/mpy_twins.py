"""The reference with a MicroPython beside it: every run of every task on both, compared."""

import re
from collections.abc import Callable

from parity.plc.pairs import Pair
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.machine import Machine
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import Compiled

REFUSED = re.compile(r"comparing")
"""What the back end may say that it cannot compile; nothing else of the tests is left out."""


def twins(compiled: Compiled, other: Callable[[Compiled], Machine] = MicroPythonMachine) -> Machine:
    """Both machines as one; the reference alone for what boards cannot do."""
    try:
        return Pair(compiled, other)
    except PlcSourceError as refused:
        if not all(REFUSED.search(d.message) for d in refused.diagnostics):
            raise
        return Interpreter(compiled)
