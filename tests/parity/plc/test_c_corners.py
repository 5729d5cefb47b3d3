"""What the C back end has to mind: names of C, large variables, two names for one place, order of effects."""

import pytest

from parity.plc.pairs import Pair
from sortyard.plc.c.machine import CMachine
from sortyard.plc.faults import PlcFault
from sortyard.plc.program import compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from unit.plc.st import program

BEFORE = """
VAR_GLOBAL shared : INT := 3; END_VAR
FUNCTION big : ARRAY[0..200000] OF LREAL VAR_INPUT x : LREAL; END_VAR
VAR a : ARRAY[0..200000] OF LREAL; i : DINT; END_VAR
FOR i := 0 TO 9 DO a[i] := x + TO_LREAL(i); END_FOR; big := a; END_FUNCTION
FUNCTION long : STRING[30000] VAR_INPUT s : STRING[30000]; END_VAR
long := CONCAT(s, CONCAT(s, s), CONCAT('NULL', s)); END_FUNCTION
FUNCTION bump : INT VAR_INPUT more : INT; END_VAR VAR_EXTERNAL shared : INT; END_VAR
shared := shared + more; bump := shared; END_FUNCTION
FUNCTION_BLOCK Twice VAR_IN_OUT io : INT; END_VAR VAR_OUTPUT o : INT := 1; END_VAR VAR i : INT; END_VAR
FOR i := 1 TO 3 DO io := io + 1; o := o * 2; END_FOR; END_FUNCTION_BLOCK
FUNCTION sum : DINT VAR_IN_OUT m : ARRAY[*, *] OF INT; END_VAR VAR i, j : DINT; END_VAR
FOR i := LOWER_BOUND(m, 1) TO UPPER_BOUND(m, 1) DO FOR j := LOWER_BOUND(m, 2) TO UPPER_BOUND(m, 2) DO
sum := sum * 3 + m[i, j]; m[i, j] := m[i, j] + 1; END_FOR; END_FOR; END_FUNCTION
"""


@pytest.mark.parametrize(
    ("variables", "body", "result", "expected"),
    [
        ("NULL_, int, M_PI, _x, errno, plc, self, SIZE_MAX : INT;", "int := int + 2; M_PI := int; self := plc + int;",
         "int", 6),
        ("m : ARRAY[0..200000] OF LREAL; x : LREAL;", "m := big(x); x := m[9] + m[3];", "x", None),
        ("s : STRING[30000]; n : INT;", "s := long(CONCAT(s, long('ab'))); n := LEN(s);", "n", None),
        ("t : Twice; n : INT;", "t(io := t.o); n := t.o;", "n", None),
        ("n : INT;", "n := shared + bump(1) * 10 + shared + bump(2) * 100;", "n", None),
        ("a : ARRAY[0..20] OF INT; n : INT;", "a[bump(1)] := shared; n := a[4] + shared;", "n", None),
        ("m : ARRAY[-1..1, 2..3] OF INT := [1, 2, 3, 4, 5, 6]; n : DINT;", "n := sum(m := m);", "n", None),
        ("u : ULINT; w, v : WORD := 7;", "u := u - 1; w := SHL(w, u); v := ROL(v, u) OR 16#100;", "v", None),
        ("i, n : INT;", "FOR i := 1 TO 9 DO IF i = 4 THEN RETURN; END_IF; n := n + i; END_FOR;", "n", 18),
        ("i, n : INT;", "FOR i := 1 TO 9 DO n := n + 100 / (i - 5); END_FOR;", "n", None),
        ("x, y : REAL; d : DWORD;", "x := 3.0E38 * 10.0; y := x - x; d := REAL_TO_DWORD(y);", "d", 0x7FC00000),
        ("b : BOOL; x : REAL; d : DWORD;", "x := REAL#0.0 - BOOL_TO_REAL(b); d := REAL_TO_DWORD(x);", "d", 0),
        ("n : INT; x : LREAL; d : LWORD;", "x := LREAL#0.0 - INT_TO_LREAL(n); d := LREAL_TO_LWORD(x);", "d", 0),
    ],
)  # fmt: skip
def test_c_does_what_the_reference_does(variables, body, result, expected):
    compiled = compile_sources([Source("t.st", program(variables, body, BEFORE))])
    runtime = Runtime(compiled, machine=lambda c: Pair(c, CMachine))
    for _ in range(3):
        try:
            runtime.scan()
        except PlcFault:
            runtime.reset()
    if expected is not None:
        assert runtime.get(f"main.{result}") == expected
