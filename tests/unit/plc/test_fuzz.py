"""Random and mutated sources: no crash, every message has a place and text, and a program without errors runs."""

from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import sortyard.plc
from sortyard.plc.diagnostics import Sink
from sortyard.plc.faults import PlcFault
from sortyard.plc.lexer import tokenize
from sortyard.plc.program import check_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

LIBRARY = Path(sortyard.plc.__file__).with_name("library")
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
SOURCES = [MIXED, OBJECTS, *(path.read_text("utf-8") for path in sorted(LIBRARY.glob("*.st")))]
WORDS = sorted({token.text for text in SOURCES for token in tokenize(Source("s", text), Sink()).tokens})


def survives(text: str, dialect: str) -> None:
    """Compile, look at each message, and run what has no errors."""
    compiled = check_sources([Source("f.st", text)], dialect)
    for item in compiled.diagnostics:
        assert 1 <= item.span.line <= text.count("\n") + 1
        assert item.span.column >= 1
        assert item.message
        assert "^" in item.render()
    if not compiled.has_errors:
        runtime = Runtime(compiled, budget=500)
        with suppress(PlcFault):
            runtime.scan(2)
        assert runtime.fault is None or runtime.fault.span is not None


SIGNS = "';:=()[]#.%{}$^&\x00é\"/*"
EDIT = st.tuples(st.integers(0, 4), st.integers(0, 4000), st.integers(1, 30), st.sampled_from(WORDS))


def edited(text: str, edits: list[tuple[int, int, int, str]]) -> str:
    """The text with pieces removed, repeated, and words or characters put in."""
    for kind, at, length, word in edits:
        at %= len(text) + 1
        end = min(len(text), at + length)
        middle = ["", f" {word} ", text[at:end] * 3, SIGNS[length % len(SIGNS)], text[at:end] + word]
        text = text[:at] + middle[kind] + (text[at:] if kind in (1, 3) else text[end:])
    return text


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(SOURCES), st.lists(EDIT, min_size=1, max_size=6), st.sampled_from(["strict", "codesys"])
)
def test_mutated_sources(text, edits, dialect):
    survives(edited(text, edits), dialect)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_words_in_any_order(words):
    survives(" ".join(words), "strict")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text):
    survives(text, "strict")
