"""The C back end as a Machine: generates, compiles and loads a program."""

import ctypes

from sortyard.plc.c.library import Fault, load, shared_library
from sortyard.plc.c.program import CSource, Generator
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.program import Compiled

_ALIGNMENT = 16


class CMachine:
    """A Machine (see machine.py one level up) that runs a program compiled by the host's C compiler.

    Raises SortyardError if there is no C compiler.
    """

    def __init__(self, compiled: Compiled, optimise: str = "-O2") -> None:
        source = self.generate(compiled)
        self._sites = source.sites
        self._library = load(shared_library(source, optimise))
        size = self._library.plc_size()
        self._buffer = ctypes.create_string_buffer(size + _ALIGNMENT)
        start = -ctypes.addressof(self._buffer) % _ALIGNMENT
        self.memory = memoryview(self._buffer).cast("B")[start : start + size]
        self._program = ctypes.addressof(self._buffer) + start
        self._library.plc_init(self._program)

    def generate(self, compiled: Compiled) -> CSource:
        """The C texts of the program."""
        return Generator(compiled, 0).generate()

    def run(self, task: int, budget: int) -> None:
        """One run of a task; see Machine."""
        number = self._library.plc_run(self._program, task, budget)
        if number >= 0:
            site = self._sites[number]
            fault: Fault = self._library.plc_fault_of(self._program)
            detail = site.detail.format(value=fault.value, low=fault.low, high=fault.high)
            if site.is_library:
                site = self._sites[self._library.plc_caller(self._program)]
            raise PlcFault(FaultKind(fault.kind), detail, site.span)
