"""A machine that is two: the reference interpreter and another back end, compared after every run of a task."""

from collections.abc import Callable

from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled


class Difference(AssertionError):
    """Two back ends that do not agree."""


class Pair:
    """Runs a program on both; raises Difference where images or faults differ. `memory` is the reference's."""

    def __init__(self, compiled: Compiled, other: Callable[[Compiled], Machine]) -> None:
        self.size = compiled.image.size
        self.reference = Interpreter(compiled)
        self.other = other(compiled)
        self.memory = self.reference.memory

    def run(self, task: int, budget: int) -> None:
        """One run of a task on both, from the reference's image."""
        self.other.memory[: self.size] = self.memory[: self.size]
        faults = [_fault_of(machine, task, budget) for machine in (self.reference, self.other)]
        if _shown(faults[0]) != _shown(faults[1]):
            raise Difference(f"reference: {_shown(faults[0])}; other: {_shown(faults[1])}")
        mine, theirs = bytes(self.memory[: self.size]), bytes(self.other.memory[: self.size])
        if mine != theirs:
            at = next(i for i in range(self.size) if mine[i] != theirs[i])
            rows = f"{mine[at : at + 16].hex(' ')} and {theirs[at : at + 16].hex(' ')}"
            raise Difference(f"images differ from offset {at} on: {rows}")
        if faults[0] is not None:
            raise faults[0]


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
