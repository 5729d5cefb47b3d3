"""One cause, one message: what only follows from a mistake is not told as another one. And what is suggested where a
value of another type was meant."""

import pytest

from unit.plc.st import program, told

CLASS = """CLASS C VAR p : INT; END_VAR
PROPERTY PUBLIC READS : INT GET READS := p; END_GET END_PROPERTY
PROPERTY PUBLIC WRITES : INT SET p := WRITES; END_SET END_PROPERTY
METHOD PUBLIC m {} END_METHOD END_CLASS"""
CASES = {
    "a property without SET": ("c : C;", "c.READS := 3;", CLASS.format(""), ["SY1228"]),
    "a property without GET": ("c : C; n : INT;", "n := c.WRITES;", CLASS.format(""), ["SY1228"]),
    "own properties": ("c : C;", "c.m();", CLASS.format("READS := 3; p := WRITES;"), ["SY1228", "SY1228"]),
    "a sum with a reference": ("r : REF_TO INT; n : INT;", "r := r + 1; n := 1;", "", ["SY1313"]),
    "a global that there is none of": (
        "n : INT; END_VAR VAR_EXTERNAL g : INT;",
        "n := g; g := n;",
        "",
        ["SY1201"],
    ),
    "an array without bounds": ("a : ARRAY[*] OF INT;", "a[3] := 1;", "", ["SY1301"]),
    "a result without bounds": (
        "n : INT;",
        "n := 1;",
        "FUNCTION g : ARRAY[*] OF INT g[1] := 0; END_FUNCTION",
        ["SY1301"],
    ),
    "an unclosed comment": ("n : INT;", "n := 1; (* n := 2;", "", ["SY1002"]),
    "a conditional of C": ("n : INT;", "n := n > 3 ? 1 : 2;", "", ["SY1001"]),
    "a strange address": ("n AT %KX1 : BOOL;", "n := TRUE;", "", ["SY1006"]),
    "strange signs on their own": ("n : INT;", "n := 3 @; n := ) 4;", "", ["SY1001", "SY1111"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_once(name: str) -> None:
    variables, body, before, expected = CASES[name]
    errors = [row.split()[1] for row in told(program(variables, body, before)) if " SY1" in row]
    assert errors == expected


TYPES = """TYPE Drive : (RUNNING, STOPPED); S : STRUCT x : INT; END_STRUCT; END_TYPE"""
VARIABLES = """running : BOOL; v : Drive; r : REF_TO INT; q : REF_TO DINT; n : INT; s : S; rs : REF_TO S; t : S;
w : DWORD; a : ARRAY[0..3] OF INT; b : ARRAY[0..4] OF INT;"""
MEANT = [
    ("v := RUNNING;", "SY1308", "RUNNING is a variable here: write Drive#RUNNING"),
    ("running := v = Running;", "SY1313", "Running is a variable here: write Drive#RUNNING"),
    ("CASE v OF running: n := 1; END_CASE;", "SY1308", "running is a variable here: write Drive#RUNNING"),
    ("v := s.x;", "SY1308", "use a value of that enumeration"),
    ("r := n;", "SY1308", "write REF(...) of a variable"),
    ("n := r;", "SY1308", "write ^ behind the reference"),
    ("r := q;", "SY1308", "give a value of REF_TO INT"),
    ("n := NULL;", "SY1308", "give a value of INT"),
    ("a := b;", "SY1308", "give a value of ARRAY[0..3] OF INT"),
    ("rs.x := 1;", "SY1310", "write rs^.x"),
    ("r.x := 1;", "SY1310", "correct the name"),
    ("n := w.%W1.3;", "SY1310", "name bits and parts of the whole variable, or copy this to a variable"),
]


@pytest.mark.parametrize(("body", "code", "suggestion"), MEANT)
def test_what_was_meant(body: str, code: str, suggestion: str) -> None:
    errors = [row for row in told(program(VARIABLES, body, TYPES)) if " SY1" in row]
    assert [(row.split()[1], row.rpartition(" | ")[2]) for row in errors] == [(code, suggestion)]
