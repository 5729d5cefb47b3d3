"""One recorded trace in each runtime, and where two of them part."""

from array import array
from collections.abc import Iterator
from types import ModuleType

import sorter_core.exchange
import sorter_core.gate_logic
import sortyard_c.exchange
import sortyard_c.gate_logic
from parity.traces import Case
from sortyard.vm.gate_runtime import replay_in_vm
from sortyard.vm.trace import turns

_OUT_INTS = 1 << 18


def replay_pure(config: array, trace: array) -> array:
    """Every outbox of the pure runtime."""
    return _replay(sorter_core.gate_logic, sorter_core.exchange, config, trace)


def replay_compiled(config: array, trace: array) -> array:
    """Every outbox of the compiled runtime."""
    return _replay(sortyard_c.gate_logic, sortyard_c.exchange, config, trace)


def replay_micropython(config: array, trace: array) -> array:
    """Every outbox of MicroPython in the virtual machine."""
    return replay_in_vm(config, trace).outboxes


def _replay(gate_logic: ModuleType, exchange: ModuleType, config: array, trace: array) -> array:
    logic = gate_logic.GateLogic(config)
    out = array("i", bytes(4 * _OUT_INTS))
    outboxes = array("i")
    at = 0
    while at < len(trace):
        out[0] = 1
        at = exchange.replay(logic, trace, at, len(trace), out)
        outboxes.extend(out[1 : out[0]])
    return outboxes


def recorded_case(name: str, config: array, trace: array) -> Case:
    """A trace recorded elsewhere, a simulated run for example, with the answers of the pure runtime."""
    return Case(name, config, trace, replay_pure(config, trace), sum(1 for _ in turns(trace)))


def difference(case: Case, outboxes: array) -> str:
    """The first step in which `outboxes` are not those of the case, both told; "" if they are the same."""
    if outboxes == case.outboxes:
        return ""
    mine, theirs = _split(case.outboxes), _split(outboxes)
    for step, (start, end) in enumerate(turns(case.trace)):
        left, right = next(mine, None), next(theirs, None)
        if left != right:
            inbox = case.trace[start:end].tolist()
            return f"{case.name}, step {step}: inbox {inbox}\n  pure  {left}\n  other {right}"
    return f"{case.name}: {len(outboxes)} integers of outboxes instead of {len(case.outboxes)}"


def _split(outboxes: array) -> Iterator[list[int]]:
    at = 0
    while at < len(outboxes):
        end = at + 5 + 5 * outboxes[at]
        yield outboxes[at:end].tolist()
        at = end
