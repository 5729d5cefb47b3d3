"""Back ends by name: what --backend takes."""

from collections.abc import Callable

from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled

BACK_ENDS = ("ref", "c", "micropython")
"""ref: the reference interpreter. c: compiled by the host's C compiler and loaded into this process. micropython:
as on a board, in the virtual machine."""


def machine_of(name: str) -> Callable[[Compiled], Machine]:
    """What makes machines of that back end; each is imported only when it is wanted."""
    if name == "c":
        from sortyard.plc.c.machine import CMachine

        return CMachine
    if name == "micropython":
        from sortyard.plc.mpy.machine import MicroPythonMachine

        return MicroPythonMachine
    from sortyard.plc.interpreter import Interpreter

    return Interpreter
