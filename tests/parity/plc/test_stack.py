"""The C stack that a program takes: reckoned for a board, measured in the virtual machine."""

from importlib import resources

import pytest

from sortyard.plc.mpy.module import Module
from sortyard.plc.mpy.stack import SUPPORT_CALLS, VM_CALL_BYTES, stack_bytes
from sortyard.plc.program import compile_sources
from sortyard.plc.source import Source
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

GUEST = b"""
import micropython
import plc_program as program
from plc_views import views

found = views(program)
program.bind(found)
K = found[5]
deepest = [0]
inner = program.mul32

def probe(H, d, a, b):
    deepest[0] = max(deepest[0], micropython.stack_use())
    inner(H, d, a, b)

def measure():
    base = micropython.stack_use()
    micropython.heap_lock()
    K[0], K[1], K[2] = 10000, (1 << 30) - 1, 0
    program.run(0)
    micropython.heap_unlock()
    print(deepest[0] - base, K[2])

program.mul32 = probe
measure()
"""


def chain(depth: int, variables: int) -> Module:
    """A program whose functions call each other so deep, each with so many variables; the last one multiplies."""
    names = [f"l{i}" for i in range(variables)]
    head = f"VAR_INPUT n : DINT; END_VAR VAR {' '.join(f'{name} : DINT;' for name in names)} END_VAR"
    work = " ".join(f"{name} := n * {i + 2} + n / (n + {i + 1});" for i, name in enumerate(names))
    units = [
        f"FUNCTION g{k} : DINT {head} {work} g{k} := {f'g{k + 1}(n)' if k < depth - 1 else 'n * n'}; END_FUNCTION"
        for k in range(depth)
    ]
    main = "PROGRAM p VAR n : DINT := 5; END_VAR n := g0(n); END_PROGRAM"
    return Module(compile_sources([Source("s.st", "\n".join([*units, main]))]))


def measured(module: Module) -> int:
    """Bytes between the call of `run` and the innermost support function."""
    views = resources.files("sortyard.plc.mpy") / "plc_views.py"
    own = {
        "/lib/plc_views.py": views.read_bytes(),
        "/lib/plc_program.py": module.text().encode(),
        "/g.py": GUEST,
    }
    with MicroPythonVM({**package_files("sorter_core"), **own}) as vm:
        used, fault = vm.run("/g.py").stdout.split()
    assert fault == "0"
    return int(used)


@pytest.mark.parametrize("variables", [0, 5, 20])
def test_what_is_reckoned_for_a_chain_of_calls_is_a_little_more_than_it_takes(variables):
    short, long = chain(2, variables), chain(12, variables)
    each, reckoned = ((how(long) - how(short)) / 10 for how in (measured, stack_bytes))
    assert each <= reckoned <= 1.2 * each
    # a support function may call another one, which none of these does
    assert measured(long) <= stack_bytes(long) - (SUPPORT_CALLS - 1) * VM_CALL_BYTES


def test_parts_of_a_function_count_as_the_calls_that_they_are():
    body = "n := n * n; l := l / m; m := m + l / n;"
    for level in range(12, 0, -1):
        body = f"IF n > {level} THEN {body} ELSE l := l / m + {level}; END_IF; n := n + 1;"
    variables = "n : DINT := 5; l : LINT := 1000; m : LINT := 3;"
    module = Module(
        compile_sources([Source("s.st", f"PROGRAM p VAR {variables} END_VAR {body} END_PROGRAM")])
    )
    (unit,) = module.units.values()
    assert unit.parts
    whole = stack_bytes(module)
    assert measured(module) <= whole
    unit.parts = []
    assert whole >= stack_bytes(module) + VM_CALL_BYTES
