"""Structured Text that fuzzing starts from: the library, two units with a little of everything, one as vendors have it;
and the units of all."""

from pathlib import Path

import sortyard.plc
from sortyard.plc.diagnostics import Sink
from sortyard.plc.lexer import tokenize
from sortyard.plc.parser import parse
from sortyard.plc.source import Source

LIBRARY = Path(sortyard.plc.__file__).with_name("library")
VENDOR = Path(__file__).parents[2] / "data" / "plc" / "vendor.st"
MIXED = """
TYPE Color : (Red, Green := 5); S : STRUCT a : INT := 3; c : ARRAY[0..2] OF SINT := [1, 2(7)]; END_STRUCT; END_TYPE
VAR_GLOBAL CONSTANT N : INT := 4; END_VAR VAR_GLOBAL RETAIN g AT %QX0.3 : BOOL; END_VAR
FUNCTION total : DINT VAR_IN_OUT arr : ARRAY[*] OF INT; END_VAR VAR i : DINT; END_VAR
FOR i := LOWER_BOUND(arr, 1) TO UPPER_BOUND(arr, 1) DO total := total + arr[i]; END_FOR; END_FUNCTION
PROGRAM main VAR x : INT; c : Color; s : S; a : ARRAY[1..N] OF INT;
t : DINT; m : TON; r : REF_TO INT; w : STRING[9]; END_VAR
CASE c OF Red: x := 1; Green..Color#Green: x := x + 100; ELSE RETURN; END_CASE;
t := total(arr := a) / x; m(IN := NOT m.Q, PT := T#25ms, Q => g); r := REF(x); r^ := LEN(w) + a[x];
REPEAT w := CONCAT(w, 'xy', INT_TO_STRING(x)); UNTIL x > 3 END_REPEAT; s.c[1] := SINT#-5 * s.c[x MOD 3]; END_PROGRAM
CONFIGURATION k RESOURCE r ON p TASK t(INTERVAL := T#5ms); PROGRAM p1 WITH t : main; END_RESOURCE END_CONFIGURATION
"""
OBJECTS = """
INTERFACE I METHOD m : INT VAR_INPUT a : INT; END_VAR END_METHOD PROPERTY p : INT GET END_GET SET END_SET END_PROPERTY
END_INTERFACE
CLASS ABSTRACT A IMPLEMENTS I VAR x : INT; END_VAR VAR PUBLIC y : INT; END_VAR
METHOD PUBLIC m : INT VAR_INPUT a : INT; END_VAR m := x + a; END_METHOD METHOD PUBLIC ABSTRACT z : BOOL END_METHOD
PROPERTY PUBLIC p : INT GET p := x; END_GET SET x := p; END_SET END_PROPERTY END_CLASS
CLASS B EXTENDS A METHOD PUBLIC OVERRIDE z : BOOL z := THIS.m(3) > SUPER.m(a := 4); END_METHOD END_CLASS
FUNCTION_BLOCK F EXTENDS B VAR_INPUT e : BOOL R_EDGE; END_VAR SUPER(); IF e THEN y := y + 1; END_IF; END_FUNCTION_BLOCK
PROGRAM main VAR b : B; f : F; i : I; r : REF_TO B; n : INT; END_VAR
i := b; n := i.m(1); b.p := n; f(e := b.z()); r := REF(b); n := r^.m(2); r ?= i; END_PROGRAM
TEST 'a' VAR b : B; END_VAR ASSERT_EQUAL(b.m(1), 1); ADVANCE(T#1s); ASSERT(b.z()); END_TEST
"""
SOURCES = [MIXED, OBJECTS, *(path.read_text("utf-8") for path in [VENDOR, *sorted(LIBRARY.glob("*.st"))])]


def _units(text: str) -> list[str]:
    """The text cut before each unit."""
    starts = [unit.span.start for unit in parse(Source("s", text), Sink()).units]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


UNITS = [unit for text in SOURCES for unit in _units(text)]
WORDS = sorted({token.text for text in SOURCES for token in tokenize(Source("s", text), Sink()).tokens})
SIGNS = "';:=()[]#.%{}$^&\x00é\"/*"
