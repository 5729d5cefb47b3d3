"""Every fault in the C back end: same kind, place and image as the reference, and the process lives."""

import pytest

from parity.plc.pairs import Pair
from sortyard.plc.c.machine import CMachine
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.program import compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from unit.plc.st import program

BEFORE = """
FUNCTION quotient : DINT VAR_INPUT a, b : DINT; END_VAR quotient := a / b; END_FUNCTION
FUNCTION_BLOCK Spin VAR_INPUT n : DINT; END_VAR VAR k : DINT; END_VAR
WHILE k < n DO k := k + 1; END_WHILE; END_FUNCTION_BLOCK
"""


def pair(variables: str, body: str, dialect: str = "strict", budget: int = 1000) -> Runtime:
    """The program on both back ends, not yet scanned."""
    compiled = compile_sources([Source("t.st", program(variables, body, BEFORE))], dialect)
    return Runtime(compiled, budget=budget, machine=lambda c: Pair(c, CMachine))


@pytest.mark.parametrize(
    ("variables", "body", "kind"),
    [
        ("a, b : INT;", "a := 7; a := a / b;", FaultKind.DIVIDE_BY_ZERO),
        ("a : LINT; b : LINT;", "a := a MOD b;", FaultKind.DIVIDE_BY_ZERO),
        ("a, b : ULINT;", "a := a / b;", FaultKind.DIVIDE_BY_ZERO),
        ("a : LINT := -9223372036854775808; b : LINT := -1;", "a := a / b;", FaultKind.OVERFLOW),
        ("a : DINT := -2147483648; b : DINT := -1;", "a := a / b;", FaultKind.OVERFLOW),
        ("a : DINT := -2147483648; b : DINT;", "a := quotient(a, b - 1);", FaultKind.OVERFLOW),
        ("a : LREAL := 1.0E300; b : LINT;", "b := LREAL_TO_LINT(a);", FaultKind.OVERFLOW),
        ("a : ARRAY[-3..3, 1..2] OF INT; i : LINT := 4;", "a[i, 1] := 2;", FaultKind.INDEX_OUT_OF_BOUNDS),
        ("a : ARRAY[0..3] OF INT; i : ULINT;", "i := i - 1; a[i] := 2;", FaultKind.INDEX_OUT_OF_BOUNDS),
        ("a : ARRAY[-3..-1] OF INT; i : UDINT;", "i := i - 2; a[i] := 2;", FaultKind.INDEX_OUT_OF_BOUNDS),
        ("s : SINT(-5..5); a : SINT := -6;", "s := a;", FaultKind.SUBRANGE),
        ("a : DINT;", "WHILE TRUE DO a := a + 1; END_WHILE;", FaultKind.BUDGET),
        ("a : DINT;", "REPEAT a := a + 1; UNTIL FALSE END_REPEAT;", FaultKind.BUDGET),
        ("a : LINT; i : LINT;", "FOR i := -9000000000000000000 TO 9000000000000000000 DO a := i; END_FOR;",
         FaultKind.BUDGET),
        ("s : Spin; i : INT;", "FOR i := 1 TO 30 DO s(n := i * 100); END_FOR;", FaultKind.BUDGET),
        ("r : REF_TO DINT; a : DINT;", "a := 3; r^ := a;", FaultKind.NULL_REFERENCE),
        ("a : REAL := -4.0;", "a := SQRT(a);", FaultKind.DOMAIN),
        ("i, k, s : INT;", "FOR i := 1 TO 3 BY s DO k := i; END_FOR;", FaultKind.DOMAIN),
        ("s : STRING := '12x'; a : INT;", "a := STRING_TO_INT(s);", FaultKind.BAD_STRING),
        ("k : INT := 3; a : INT;", "a := MUX(k, 1, a, 2);", FaultKind.INDEX_OUT_OF_BOUNDS),
    ],
)  # fmt: skip
def test_a_fault_is_the_same_and_can_be_reset(variables, body, kind):
    runtime = pair(f"before, after : INT; {variables}", f"before := before + 1; {body} after := after + 1;")
    for number in (1, 2):
        with pytest.raises(PlcFault) as caught:
            runtime.scan()
        assert caught.value.kind is kind
        assert (runtime.get("main.before"), runtime.get("main.after")) == (number, 0)
        runtime.reset()


@pytest.mark.parametrize("target", [0, 8, 15, 16, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF])
def test_pointers_that_lead_anywhere_harm_nobody(target):
    body = "p := u; p^ := 77; q := p; q^[i] := 12345678;"
    pointers = "p : POINTER TO LREAL; q : POINTER TO ARRAY[0..99999] OF DINT;"
    variables = f"{pointers} u : UDINT := {target}; i : DINT := 9999;"
    runtime = pair(variables, body, "codesys")
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    assert caught.value.kind in (FaultKind.NULL_REFERENCE, FaultKind.BAD_REFERENCE)


def test_every_offset_of_the_image_may_be_written_through_a_pointer():
    body = "p := u; p^ := 16#AB; u := u + 1; n := s.n; s(n := 1);"
    runtime = pair("p : POINTER TO BYTE; s : Spin; n : DINT; u : UDINT;", body, "codesys", budget=50)
    own = runtime.watch.find("main.u")[0]
    for offset in range(16, runtime.compiled.image.size):
        if not own <= offset < own + 4:
            runtime.set("main.u", offset)
            try:
                runtime.scan()
            except PlcFault:
                runtime.reset()
    assert runtime.scans == runtime.compiled.image.size - 20
