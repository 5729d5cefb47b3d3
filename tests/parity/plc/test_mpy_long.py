"""Units with more text than MicroPython's jumps reach over, in parts that do the same; and programs too long for it."""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial

import pytest

from sortyard.plc.backends import machine_of
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.machine import Machine
from sortyard.plc.mpy.machine import MOST_TEXT, SLICE_FUEL, MicroPythonMachine
from sortyard.plc.mpy.module import Module
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from unit.plc.st import program

VARIABLES = "n, m, i, z : INT; x : REAL := -1.0; on : BOOL := TRUE; t : TON;"


def rows(count: int) -> str:
    return "".join(f"    n := m * 3 + {i}; m := n - {i};\n" for i in range(count))


def with_fault(place: int, statement: str = "n := n / z;") -> str:
    return program(VARIABLES, f"IF on THEN\n{rows(place)}{statement}\n{rows(330 - place)}END_IF;")


def nested(start: str, levels: int, type_: str, value: str) -> str:
    """One expression: `start` so many times in itself."""
    return program(f"x, y : {type_} := {value};", f"x := {start * levels}y{')' * levels};")


BLOCK = f"FUNCTION_BLOCK big VAR {VARIABLES} END_VAR IF on THEN\n{rows(330)}END_IF; END_FUNCTION_BLOCK\n"
NESTED = f"IF on THEN\n{rows(20)}IF n <> -1 THEN\n{rows(330)}END_IF;\n{rows(220)}END_IF;"
LONG = {
    "one branch": program(VARIABLES, f"IF on THEN\n{rows(330)}END_IF;"),
    "branches in each other": program(VARIABLES, NESTED),
    "a return in its middle": program(
        VARIABLES, f"IF on THEN\n{rows(170)}IF n = 12345 THEN RETURN; END_IF;\n{rows(170)}END_IF;"
    ),
    "a loop": program(VARIABLES, f"FOR i := 1 TO 3 DO\n{rows(330)}END_FOR;"),
    "a timer": program(
        VARIABLES, f"IF on THEN\n{rows(300)}t(IN := on, PT := T#15ms);\n{rows(30)}END_IF; on := NOT t.Q;"
    ),
    "a block of two instances": program("a, b : big;", "a(); b(); a();", BLOCK),
    "many labels": program(
        VARIABLES,
        "n := n + 1;\nCASE n OF\n"
        + "".join(f"{i}: m := n * {i}; z := m + n;\n" for i in range(450))
        + "END_CASE;",
    ),
    "no branch": program(VARIABLES, rows(600)),
    "one expression": nested("y / (", 95, "LINT", "3"),
    "one expression of strings": nested("CONCAT(y, ", 60, "STRING", "'ab'"),
}
FAULTY = {
    "first": (with_fault(0), FaultKind.DIVIDE_BY_ZERO),
    "in the middle": (with_fault(170), FaultKind.DIVIDE_BY_ZERO),
    "last": (with_fault(330), FaultKind.DIVIDE_BY_ZERO),
    "of an expression": (nested("y / (", 95, "LINT", "0"), FaultKind.DIVIDE_BY_ZERO),
    "of a standard function": (with_fault(280, "x := SQRT(x);"), FaultKind.DOMAIN),
}
Outcome = tuple[FaultKind | None, str, bytes]
MACHINES: dict[str, Callable[[Compiled], Machine]] = {
    "c": machine_of("c"),
    "micropython": machine_of("micropython"),
    "slices": partial(MicroPythonMachine, slice_fuel=SLICE_FUEL),
}


@lru_cache(maxsize=2)
def compiled(text: str) -> Compiled:
    """Compiled once for all machines, which follow each other."""
    return compile_sources([Source("t.st", text)])


def outcome(machine: Callable[[Compiled], Machine], text: str) -> Outcome:
    """The fault of three scans, its file, line and column, and the image that they leave."""
    runtime = Runtime(compiled(text), machine=machine)
    kind, at = None, ""
    try:
        runtime.scan(3)
    except PlcFault as fault:
        kind, at = fault.kind, str(fault).partition(" fault ")[0]
    return kind, at, bytes(runtime.memory[: runtime.compiled.image.size])


@cache
def expected(text: str) -> Outcome:
    return outcome(machine_of("ref"), text)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", LONG)
def test_a_long_unit_does_the_same_in_parts(name, machine):
    assert expected(LONG[name])[0] is None
    assert outcome(MACHINES[machine], LONG[name]) == expected(LONG[name])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_in_a_part_has_its_place(name, machine):
    text, kind = FAULTY[name]
    assert expected(text)[0] == kind
    assert outcome(MACHINES[machine], text) == expected(text)


def module(text: str) -> Module:
    return Module(compiled(text), has_doubles=True)


def test_who_calls_a_part_has_it_so_that_the_stack_of_a_run_is_known():
    whole = module(program(VARIABLES, NESTED))
    parts = [one for unit in whole.units.values() for one in unit.all() if one not in whole.units.values()]
    assert any(one.parts for one in parts)
    names = {one.name for one in parts}
    assert len(names) == len(parts)
    for one in whole.functions():
        text = "\n".join(one.lines[1:])
        assert {name for name in names if re.search(rf"\b{name}\(", text)} == {
            part.name for part in one.parts
        }


def times(count: int) -> str:
    body = "".join(f"    u := u + T#{i + 1}ms; v := u - T#{i}ms;\n" for i in range(count))
    return program("u, v : TIME; on : BOOL := TRUE;", f"IF on THEN\n{body}END_IF;")


def test_a_program_that_is_too_long_for_the_virtual_machine_is_refused_where_it_is_longest():
    with pytest.raises(PlcSourceError) as refused:
        MicroPythonMachine(compiled(times(1_100)))
    (found,) = refused.value.diagnostics
    assert (found.code, found.span.line) == ("SY1702", 2)
    assert f"at most {MOST_TEXT:,} fit the virtual machine" in found.message
    assert "back end c" in found.suggestion


def test_one_that_is_not_too_long_runs():
    text = times(950)
    assert 0.9 * MOST_TEXT < len(module(text).text()) <= MOST_TEXT
    assert outcome(MACHINES["micropython"], text) == expected(text)
