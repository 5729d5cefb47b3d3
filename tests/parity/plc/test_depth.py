"""Deep and long programs: the stacks of all back ends have room for what is allowed, what is deeper is an error."""

from functools import cache

import pytest

from parity.plc.mpy_twins import ShortSlices
from parity.plc.pairs import Pair
from sortyard.plc.c.machine import CMachine
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.lower import MAX_CALLS
from sortyard.plc.mpy import unit
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import Compiled, check_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

DEPTH = 190
BACK_ENDS = {
    "c": lambda compiled: CMachine(compiled, "-O0"),
    "sliced": ShortSlices,
    "whole": MicroPythonMachine,
}


def compiled(variables: str, body: str, before: str = "") -> Compiled:
    text = f"{before}\nPROGRAM main\nVAR {variables} END_VAR\n{body}\nEND_PROGRAM"
    return check_sources([Source("t.st", text)])


def nested(head: str, inner: str, count: int = DEPTH) -> str:
    return head * count + inner + ")" * count


def chain(length: int, head: str = "", tail: str = "") -> str:
    """Functions that call each other, the first one g0."""
    rows = []
    for i in range(length):
        inner = f"g{i + 1}(a + 1)" if i < length - 1 else "a"
        rows.append(
            f"FUNCTION g{i} : DINT\nVAR_INPUT a : DINT; END_VAR\ng{i} := {head}{inner}{tail};\nEND_FUNCTION"
        )
    return "\n".join(rows)


ELSIFS = "".join(f"ELSIF y = {k} THEN x := {k};\n" for k in range(1, 400))
STRUCTS = "".join(f"T{k} : STRUCT s : T{k - 1}; END_STRUCT;\n" for k in range(1, 60))
PROGRAMS = {
    "dint": ("x, y : DINT := 3;", f"x := {nested('y - (', '1')};", ""),
    "row": ("x, y : DINT := 3;", "x := y" + " - y" * DEPTH + ";", ""),
    "real": ("x, y : REAL := 3.0;", f"x := {nested('y - (', '1.0')};", ""),
    "lint": ("x, y : LINT := 3;", f"x := {nested('y - (', '1')};", ""),
    "not": ("x, y : BOOL;", f"x := {nested('NOT (', 'y')};", ""),
    "max": ("x, y : DINT := 3;", f"x := {nested('MAX(y, ', '1', 95)};", ""),
    "calls": ("x : DINT;", f"x := {nested('g0(', '1', 95)};", chain(1)),
    "text": ("x, y : STRING := 'a';", f"x := {nested('CONCAT(y, ', 'y', 30)};", ""),
    "index": ("a : ARRAY[0..3] OF DINT; x : DINT;", f"x := {'a[' * 60}1{']' * 60};", ""),
    "if": ("x, y : DINT;", "IF y = 0 THEN\n" * 20 + "x := 1;" + "END_IF;\n" * 20, ""),
    "deep if": ("x, y : DINT;", "IF y = 0 THEN " * 150 + "x := 1; " + "END_IF; " * 150, ""),
    "or else": ("x, y : BOOL;", f"x := {nested('y OR_ELSE (', 'y', 95)};", ""),
    "elsif": ("x, y : DINT := 350;", f"IF y = 0 THEN x := 0;\n{ELSIFS}END_IF;", ""),
    "case": ("x, y : DINT := 120;", "CASE y OF " + "".join(f"{k}: x := {k};\n" for k in range(150)) + "END_CASE;", ""),
    "structs": ("t : T59; x : DINT;", f"t{'.s' * 59}.v := 4; x := t{'.s' * 59}.v;",
                f"TYPE T0 : STRUCT v : DINT; END_STRUCT;\n{STRUCTS}END_TYPE"),
    "chain": ("x : DINT;", "x := g0(1);", chain(MAX_CALLS - 1)),
    "deep chain": ("x : DINT;", "x := g0(1);", chain(MAX_CALLS - 1, "1 + (" * 12, ")" * 12)),
}  # fmt: skip

FOUND = {"deep if": 1, "elsif": 350, "case": 120, "chain": MAX_CALLS - 1, "structs": 4}
"""What x is then."""


@cache
def program_of(name: str) -> Compiled:
    """Compiled once for all back ends."""
    return compiled(*PROGRAMS[name])


@pytest.mark.parametrize("back_end", BACK_ENDS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_allowed_runs_in_all_back_ends(name, back_end):
    program = program_of(name)
    assert not program.has_errors
    runtime = Runtime(program, machine=lambda one: Pair(one, BACK_ENDS[back_end]))
    runtime.scan(2)
    if name in FOUND:
        assert runtime.get("main.x") == FOUND[name]


def test_the_deepest_chain_of_the_deepest_expressions_runs_in_c():
    program = compiled("x : DINT;", "x := g0(1);", chain(MAX_CALLS - 1, "1 + (" * 190, ")" * 190))
    runtime = Runtime(program, machine=lambda one: Pair(one, BACK_ENDS["c"]))
    runtime.scan()
    assert runtime.get("main.x") == (MAX_CALLS - 1) * 191


def first_error(program: Compiled) -> tuple[str, int]:
    item = next(d for d in program.diagnostics if d.severity == "error")
    return item.code, item.span.line


def test_a_chain_of_a_thousand_functions_is_an_error_at_a_call():
    # told where the chain is one call too long, counted from its end: each function takes four lines
    program = compiled("x : DINT;", "x := g0(1);", chain(1000))
    assert first_error(program) == ("SY1413", 4 * (1000 - MAX_CALLS) - 1)


def test_one_call_too_many_is_an_error_and_one_fewer_is_none():
    assert first_error(compiled("x : DINT;", "x := g0(1);", chain(MAX_CALLS)))[0] == "SY1413"
    assert not compiled("x : DINT;", "x := g0(1);", chain(MAX_CALLS - 1)).has_errors


def test_what_does_not_fit_a_board_is_refused_with_a_place():
    """No part of it can be a function of its own: each of its statements may leave the program."""
    leaving = " ".join(f"IF n = {i} THEN RETURN; END_IF;" for i in range(1_500))
    with pytest.raises(PlcSourceError) as refused:
        MicroPythonMachine(compiled("n : INT;", f"IF n > 5 THEN {leaving} END_IF;"))
    (found,) = refused.value.diagnostics
    assert (found.code, found.span.line) == ("SY1702", 2)
    assert "words of Python" in found.message


def test_what_takes_too_long_from_one_pause_to_the_next_is_refused_with_a_place(monkeypatch):
    """No program is known that does: a smaller slice stands for one."""
    monkeypatch.setattr(unit, "MOST_SLICE_FUEL", 2_000)
    with pytest.raises(PlcSourceError) as refused:
        MicroPythonMachine(compiled("x, y : LINT := 3;", "x := x / y + x MOD y;"))
    told = {(d.code, d.span.line, d.message.partition(" takes ")[0]) for d in refused.value.diagnostics}
    assert ("SY1702", 2, "main") in told
    assert all("units of fuel" in d.message for d in refused.value.diagnostics)
