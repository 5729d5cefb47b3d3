"""Two runtimes of one program side by side: after every scan and every fault they have the same image."""

import re

from sortyard.plc import codec
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.faults import PlcFault
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import Compiled
from sortyard.plc.runtime import Runtime
from sortyard.plc.watch import Watch

REFUSED = re.compile(r"LREAL|strings?|STRING|CONCAT|LEN|CONCAT_DATE|BCD")
"""What the back end may say that it cannot compile; nothing else of the tests is left out."""


def difference(compiled: Compiled, ours: bytes, theirs: bytes) -> str:
    """The first variable that differs, by its name where it has one."""
    at = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
    for path, offset, type_, _ in Watch(compiled.image, bytearray(ours)).scalars():
        if offset <= at < offset + type_.size:
            shown = [codec.read(bytearray(data), offset, type_) for data in (theirs, ours)]
            return f"{path} is {shown[0]!r} instead of {shown[1]!r}"
    return f"byte {at} is {theirs[at]} instead of {ours[at]}"


class TwinRuntime(Runtime):
    """The reference interpreter, with a MicroPython beside it that must agree."""

    def __init__(self, compiled: Compiled, *args, **options) -> None:
        self.twin: Runtime | None = None
        super().__init__(compiled, *args, **options)
        try:
            self.twin = Runtime(compiled, *args, machine=self.new_machine, **options)
        except PlcSourceError as refused:
            assert all(REFUSED.search(d.message) for d in refused.diagnostics), str(refused)

    @staticmethod
    def new_machine(compiled: Compiled) -> MicroPythonMachine:
        return MicroPythonMachine(compiled)

    def restart(self, retained: bytes | None = None) -> None:
        super().restart(retained)
        if self.twin is not None:
            self.twin.restart(retained)

    def reset(self) -> None:
        super().reset()
        if self.twin is not None:
            self.twin.reset()

    def scan(self, count: int = 1) -> None:
        for _ in range(count):
            self._scan_both()

    def _scan_both(self) -> None:
        twin = self.twin
        if twin is None:
            super().scan()
            return
        size = self.compiled.image.size
        twin.memory[:size] = bytes(self.memory[:size])
        ours = theirs = None
        try:
            super().scan()
        except PlcFault as fault:
            ours = fault
        try:
            twin.scan()
        except PlcFault as fault:
            theirs = fault
        assert told(theirs) == told(ours)
        assert self.image() == twin.image(), difference(self.compiled, self.image(), twin.image())
        if ours is not None:
            raise ours


class SlicedTwin(TwinRuntime):
    """The same with the shortest slices that there are: every pause ends one."""

    @staticmethod
    def new_machine(compiled: Compiled) -> MicroPythonMachine:
        return MicroPythonMachine(compiled, slice_fuel=1)


def told(fault: PlcFault | None) -> tuple | None:
    return None if fault is None else (fault.kind, fault.span and (fault.span.file, fault.span.line))
