"""A machine that is several: the reference interpreter and other back ends, compared after every run of a task."""

from collections.abc import Callable

from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled


class Difference(AssertionError):
    """Two back ends that do not agree."""


class Pair:
    """Runs a program on all; raises Difference where images or faults differ. `memory` is the reference's."""

    def __init__(self, compiled: Compiled, *others: Callable[[Compiled], Machine]) -> None:
        self.size = compiled.image.size
        self.reference = Interpreter(compiled)
        self.others = [other(compiled) for other in others]
        self.memory = self.reference.memory

    def run(self, task: int, budget: int) -> None:
        """One run of a task on all, from the reference's image."""
        before = bytes(self.memory[: self.size])
        fault = _fault_of(self.reference, task, budget)
        for other in self.others:
            other.memory[: self.size] = before
            self._compare(fault, other, _fault_of(other, task, budget))
        if fault is not None:
            raise fault

    def _compare(self, fault: PlcFault | None, other: Machine, other_fault: PlcFault | None) -> None:
        name = type(other).__name__
        if _shown(fault) != _shown(other_fault):
            raise Difference(f"reference: {_shown(fault)}; {name}: {_shown(other_fault)}")
        mine, theirs = bytes(self.memory[: self.size]), bytes(other.memory[: self.size])
        if mine != theirs:
            at = next(i for i in range(self.size) if mine[i] != theirs[i])
            rows = f"{mine[at : at + 16].hex(' ')} and {theirs[at : at + 16].hex(' ')}"
            raise Difference(f"images of the reference and {name} differ from offset {at} on: {rows}")


def _fault_of(machine: Machine, task: int, budget: int) -> PlcFault | None:
    try:
        machine.run(task, budget)
    except PlcFault as fault:
        return fault
    return None


def _shown(fault: PlcFault | None) -> tuple | None:
    """What has to be equal of a fault."""
    if fault is None:
        return None
    assert fault.span is not None
    return fault.kind.name, fault.span.file, fault.span.line, fault.span.column
