"""Back ends by name: what --backend takes."""

from collections.abc import Callable

from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled

BACK_ENDS = ("ref", "c")
"""ref: the reference interpreter. c: compiled by the host's C compiler and loaded into this process."""


def machine_of(name: str) -> Callable[[Compiled], Machine]:
    """What makes machines of that back end; each is imported only when it is wanted."""
    if name == "c":
        from sortyard.plc.c.machine import CMachine

        return CMachine
    from sortyard.plc.interpreter import Interpreter

    return Interpreter
