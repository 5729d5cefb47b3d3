"""The syntax tree: everything of the language is read, and every node knows where it stood."""

import dataclasses
from itertools import pairwise

import pytest

from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink
from sortyard.plc.parser import parse
from sortyard.plc.source import Source, Span
from unit.plc.st import check, told

WHOLE = """{attribute 'x'}
USING lib.tools;
NAMESPACE plant.north
 TYPE
  Level : INT(0..100) := 5;
  Mode : WORD (OFF := 16#0, ON := 1) := Mode#ON;
  Grid : ARRAY[0..1, 1..3] OF ARRAY[-1..1] OF LREAL;
  Rec : STRUCT a, b : INT := 3; c : STRING(20) := 'a$'b'; d : WSTRING[4]; e : REF_TO Level; END_STRUCT;
 END_TYPE
 INTERFACE Moves EXTENDS Base
  METHOD go : BOOL VAR_INPUT speed : REAL; END_VAR END_METHOD
 END_INTERFACE
 CLASS ABSTRACT Axis EXTENDS Part IMPLEMENTS Moves, Stops
  VAR PRIVATE x : INT; END_VAR
  METHOD PUBLIC go : BOOL VAR_INPUT speed : REAL; END_VAR go := THIS.x > 0; SUPER.go(speed); END_METHOD
  PROPERTY PUBLIC pos : INT GET pos := x; END_GET SET x := pos; END_SET END_PROPERTY
 END_CLASS
END_NAMESPACE
FUNCTION f : INT // one line
VAR_INPUT a : INT; END_VAR VAR_IN_OUT m : ARRAY[*, *] OF INT; END_VAR VAR_OUTPUT o : BOOL; END_VAR
(* a (* nested *) one *)
f := a ** 2 + m[1, 2] * -a MOD 3;
END_FUNCTION
PROGRAM p
VAR_EXTERNAL CONSTANT g : INT; END_VAR VAR_TEMP i : INT; END_VAR
VAR RETAIN x AT %MW4, y : WORD; get, set, on, final : BOOL; END_VAR
IF x.%X3 AND_THEN NOT y.2 THEN RETURN; ELSIF on OR_ELSE get THEN ; ELSE set := TRUE; END_IF;
CASE i OF 1, 2: i := 3; 4..6, Mode#ON: EXIT; ELSE CONTINUE; END_CASE;
FOR i := 1 TO 10 BY 2 DO WHILE on DO ; END_WHILE; REPEAT ; UNTIL set END_REPEAT; END_FOR;
t(IN := TRUE, PT := T#1s, Q => on, NOT ET => set, EN := get); r ?= s; a.b[1].c^.d := REF(q);
END_PROGRAM
CONFIGURATION c
 VAR_GLOBAL n AT %QX1.2 : BOOL; END_VAR
 RESOURCE r ON cpu
  TASK fast(INTERVAL := T#10ms, PRIORITY := 1);
  PROGRAM RETAIN p1 WITH fast : p(t WITH fast, a := 1, b => n);
 END_RESOURCE
 VAR_CONFIG r.p1.x AT %MW6 : WORD := 2; END_VAR
END_CONFIGURATION
"""


def nodes(node: object):
    """Every node below, the node itself included."""
    if isinstance(node, (list, tuple)) and not isinstance(node, Span):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, t.Node):
        yield node
        for field in dataclasses.fields(node):
            yield from nodes(getattr(node, field.name))


def parsed(text: str) -> t.File:
    sink = Sink()
    file = parse(Source("t.st", text), sink)
    assert [item.render() for item in sink.items] == []
    return file


def test_the_whole_language_is_read():
    file = parsed(WHOLE)
    kinds = {type(node) for node in nodes(file)}
    never = {
        t.Node,
        t.Expr,
        t.TypeSpec,
        t.Unit,
        t.Statement,
        t.ArrayInit,
        t.StructInit,
        t.Address,
        t.Globals,
        t.Actions,
    }
    assert {
        cls for cls in vars(t).values() if isinstance(cls, type) and issubclass(cls, t.Node)
    } - kinds == never
    assert [span.text() for span in file.pragmas] == ["{attribute 'x'}"]
    assert [span.line for span in file.comments] == [19, 21]


def test_every_node_stands_within_its_source_and_around_its_parts():
    for node in nodes(parsed(WHOLE)):
        assert 0 <= node.span.start < node.span.end <= len(WHOLE)
        assert (node.span.end_line, node.span.end_column) > (node.span.line, node.span.column)
        for field in dataclasses.fields(node):
            part = getattr(node, field.name)
            if isinstance(part, t.Expr):
                assert node.span.start <= part.span.start
                assert part.span.end <= node.span.end


def test_statements_stand_one_after_another():
    program = parsed(WHOLE).units[-2]
    assert isinstance(program, t.PouDecl)
    assert [type(s) for s in program.body] == [t.If, t.Case, t.For, t.CallStatement, t.Assign, t.Assign]
    assert all(a.span.end <= b.span.start for a, b in pairwise(program.body))
    assert program.body[0].span.text().startswith("IF x.%X3")


def test_places_are_lines_and_columns():
    (unit,) = parsed("\n\n  PROGRAM abc\n END_PROGRAM").units
    assert isinstance(unit, t.PouDecl)
    place = (unit.span.line, unit.span.column, unit.span.end_line, unit.span.end_column)
    assert (place, unit.name.span.column) == ((3, 3, 4, 13), 11)


def test_words_of_the_language_are_whole_words():
    assert told(
        "PROGRAM p VAR IFa, ENDFOR, do_it, R_EDGE, TASKS : INT; END_VAR IFa := ENDFOR; END_PROGRAM"
    ) == [
        "1:20 SY2111 ENDFOR is read but never written | assign it, or make it CONSTANT",
        "1:28 SY2110 do_it is not used | remove it",
        "1:35 SY2110 R_EDGE is not used | remove it",
        "1:43 SY2110 TASKS is not used | remove it",
    ]


def test_a_missing_semicolon_behind_a_block_is_only_a_hint_and_a_habit_of_vendors():
    text = "FUNCTION f : INT\nIF f = 0 THEN f := 1; END_IF\nf := 2;\nEND_FUNCTION"
    assert [(d.severity, d.code, d.span.line) for d in check(text).diagnostics] == [("hint", "SY3102", 2)]
    assert check(text, "codesys").diagnostics == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1_000", 1000), ("16#Ff", 255), ("2#1010_1010", 170), ("8#17", 15), ("1.5E-3", 0.0015), ("INT#-5", -5),
        ("UINT#16#FF", 255), ("BOOL#1", 1), ("TRUE", 1), ("LREAL#2.5", 2.5), ("LT#1ns", 1), ("T#-1m", -60 * 10**9),
        ("TOD#00:00:01.5", 1_500_000_000), ("LTOD#12:00", 43_200 * 10**9), ("D#1970-01-02", 86_400 * 10**9),
        ("LDATE#1969-12-31", -86_400 * 10**9), ("DT#1970-01-01-00:00:01", 10**9),
        ("LDT#1970-01-02-00:00:00", 86_400 * 10**9),
        ("'$41$n$$'", "A\n$"), ('"$0041€"', "A€"), ("NULL", 0), ("STRING#'a'", "a"), ("Color#Red", "Red"),
    ],
)  # fmt: skip
def test_literals(text, value):
    (unit,) = parsed(f"FUNCTION f : INT x := {text}; END_FUNCTION").units
    found = [node for node in nodes(unit) if isinstance(node, t.Literal)]
    assert [(node.value, node.span.text()) for node in found] == [(value, text)]
