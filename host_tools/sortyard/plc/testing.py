"""TEST units at work: each on a machine of its own, with a fresh image and a clock that only ADVANCE moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sortyard.plc.budget import DEFAULT_BUDGET
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.image import Instance
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled


@dataclass(frozen=True, slots=True)
class TestResult:
    """`fault` is what ended the test early, None if all its assertions hold. `machine` has its last image."""

    __test__ = False

    name: str
    instance: Instance
    fault: PlcFault | None
    machine: Machine


def run_tests(
    compiled: Compiled, machine: Callable[[Compiled], Machine] = Interpreter, budget: int = DEFAULT_BUDGET
) -> Iterator[TestResult]:
    """Run the tests of a program that was compiled with them, in the order of the sources."""
    for index, task in enumerate(compiled.tasks):
        if task.is_test:
            yield run_test(compiled, index, machine, budget)


def run_test(
    compiled: Compiled,
    index: int,
    machine: Callable[[Compiled], Machine] = Interpreter,
    budget: int = DEFAULT_BUDGET,
) -> TestResult:
    """Run the test that is task number `index`."""
    own, fault = machine(compiled), None
    try:
        own.run(index, budget)
    except PlcFault as found:
        fault = found
    (instance,) = compiled.tasks[index].instances
    if fault is not None and fault.kind is FaultKind.ASSERTION and fault.span is not None:
        assertion = instance.pou.assertions[fault.span]
        why = assertion.failure(own.memory, instance.pou.frame_offset)
        fault = PlcFault(fault.kind, why, fault.span)
    return TestResult(instance.pou.name, instance, fault, own)
