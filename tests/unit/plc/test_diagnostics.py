"""Messages: place, cause and suggestion of each, all of a source at once."""

import pytest

from sortyard.plc.diagnostics import Sink
from sortyard.plc.parser import parse
from sortyard.plc.source import Source
from unit.plc.st import check, codes, program, told


def test_a_message_shows_line_caret_and_suggestion():
    (item,) = check("PROGRAM p\nVAR motor : BOOL; END_VAR\n  moter := TRUE;\nEND_PROGRAM").diagnostics
    assert item.render().splitlines() == [
        "t.st:3:3: error SY1200: moter is not declared",
        "    3 |   moter := TRUE;",
        "      |   ^^^^^",
        "      = did you mean motor?",
    ]
    assert item.as_dict()["end_column"] == 8


def test_several_syntax_errors_are_told_in_one_pass():
    text = """FUNCTION_BLOCK fb
VAR a, b : INT END_VAR
IF a > 3 THEN b := 1; ELSE IF a = 2 THEN b := 3; END_IF;
FOR a := 1 TO 3 DO b := b + 1 END_FOR;
a := ;
WHILE a := 3 DO a := 4; END_WHILE;
END_FUNCTION_BLOCK
FUNCTION f : INT
f := (1 + 2;
END_FUNCTION
"""
    assert told(text) == [
        "2:14 SY1101 ';' is missing before 'END_VAR' | write ';' here",
        "3:23 SY1102 ELSE IF opens a second IF, and END_IF is missing for it (found 'END_FUNCTION_BLOCK') "
        "| did you mean ELSIF?",
        "4:29 SY1101 ';' is missing before 'END_FOR' | write ';' here",
        "5:6 SY1100 ';' does not fit here | check what stands before it",
        "6:9 SY1109 ':=' assigns a value | to compare write '='",
        "9:11 SY1101 ')' is missing before ';' | write ')' here",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("IF a > 1 a := 2; END_IF;", "6:8 SY1101 THEN is missing before 'a' | write THEN here"),
        ("WHILE a > 1 a := 2; END_WHILE;", "6:11 SY1101 DO is missing before 'a' | write DO here"),
        ("b[1 := 2;", "6:3 SY1101 ']' is missing before ':=' | write ']' here"),
        ("a := 2", "6:6 SY1101 ';' is missing before 'END_PROGRAM' | write ';' here"),
        ("FOR a := 1 TO 2 DO b[1] := 2;", "6:1 SY1102 FOR of line 6 is never closed: END_FOR is missing before "
         "'END_PROGRAM' | write END_FOR"),
        ("IF a = 1 THEN a := 2;\nELSE IF a = 2 THEN a := 3;\nEND_IF;\nIF a > 3 THEN a := 1; END_IF", "7:1 SY1102 "
         "ELSE IF opens a second IF, and END_IF is missing for it (found 'END_PROGRAM') | did you mean ELSIF?"),
        ("a := 1 + * 2;", "6:10 SY1100 '*' does not fit here | check what stands before it"),
        ("a = 3;", "6:1 SY1505 '=' compares, and the result is dropped | did you mean ':='?"),
        ("a := 'abc;", "6:6 SY1003 this string never ends | close it with '"),
        ("a := 5; (* open", "6:9 SY1002 this comment never ends | close it with *)"),
        ("a := 5 ? 3;", "6:8 SY1001 '?' is not part of the language | write SEL(condition, otherwise, then)"),
        ("a := 5 @ 3;", "6:8 SY1001 '@' is not part of the language | remove it; names consist of letters A to Z, "
         "digits and _"),
        ("a := 2#12;", "6:6 SY1005 2 is not a digit in base 2 | digits of base 2: 01"),
        ("t := T#5x;", "6:6 SY1005 '5x' is not a duration | write numbers with d, h, m, s, ms, us or ns: T#1m30s"),
        ("t := T#1s2m;", "6:6 SY1005 m stands behind a unit that is not larger | order: d h m s ms us ns"),
        ("while := 3;", "6:1 SY1108 while is a word of the language | choose another name"),
    ],
)  # fmt: skip
def test_syntax(body, expected):
    assert expected in told(program("a : INT; b : ARRAY[1..2] OF INT; t : TIME;", body))


def test_a_keyword_as_a_name_is_told_once():
    said = told("PROGRAM p VAR by : INT; END_VAR by := 1; END_PROGRAM")
    assert [row.split(" ")[1] for row in said] == ["SY1108"]
    assert "by is a word of the language | choose another name" in said[0]


def test_a_lost_end_does_not_lose_the_next_unit():
    said = told("FUNCTION f : INT\nIF f = 0 THEN f := 1;\nFUNCTION g : INT\ng := h;\nEND_FUNCTION\n")
    assert [row.split(" ", 2)[:2] for row in said] == [
        ["1:1", "SY1102"],
        ["2:1", "SY1102"],
        ["4:6", "SY1200"],
    ]


NAMES = """
TYPE Pair : STRUCT left_side, right_side : INT; END_STRUCT; Color : (Red, Green); END_TYPE
FUNCTION area : DINT VAR_INPUT width, height : INT; END_VAR area := width * height; END_FUNCTION
"""
VARIABLES = (
    "p : Pair; c : Color; a : ARRAY[1..3] OF INT; n : INT; s : SINT; d : DINT; r : REAL; w : WORD; t : TON; "
)
VARIABLES += "x : BOOL;"


@pytest.mark.parametrize(
    ("body", "code", "message", "suggestion"),
    [
        ("n := nn;", "SY1200", "nn is not declared", "did you mean n?"),
        ("n := p.left_sid;", "SY1310", "Pair has no member left_sid", "did you mean left_side?"),
        ("c := Color#Gren;", "SY1211", "Color has no value Gren", "did you mean Green?"),
        ("d := aera(1, 2);", "SY1401", "there is no function aera", "did you mean area?"),
        ("d := area(widht := 1);", "SY1408", "area has no parameter widht", "did you mean width?"),
        ("d := area(1, 2, 3);", "SY1406", "area takes 2 arguments", "remove the rest"),
        ("d := area(width := 1, width := 2);", "SY1404", "width is given twice", "remove one"),
        ("t(Q := x);", "SY1407", "Q is an output of TON", "write =>"),
        ("t(IN => x);", "SY1407", "IN is an input of TON", "write :="),
        ("n := t();", "SY1403", "a block has no value of its own", "call it, then read its outputs"),
        ("x := t.RUNNING;", "SY1310", "TON keeps to itself its variable RUNNING", "members: IN, PT, Q, ET"),
        ("n := area;", "SY1213", "area is called with parentheses", "write area(...)"),
        ("s := d;", "SY1308", "DINT does not become SINT by itself for s: values or bits could be lost",
         "write DINT_TO_SINT(...)"),
        ("d := r;", "SY1308", "REAL does not become DINT by itself for d: values or bits could be lost",
         "write REAL_TO_DINT(...)"),
        ("r := d;", "SY1308", "DINT does not become REAL by itself for r: values or bits could be lost",
         "write DINT_TO_REAL(...)"),
        ("w := n;", "SY1308", "INT does not become WORD by itself for w: values or bits could be lost",
         "write INT_TO_WORD(...)"),
        ("s := 300;", "SY1607", "300 is not a value of SINT (-128 to 127)", "use another type"),
        ("x := 2;", "SY1607", "2 is not a value of BOOL (0 to 1)", "write TRUE or FALSE"),
        ("IF n THEN ; END_IF;", "SY1316", "a condition is BOOL; this is INT", "compare it: x <> 0"),
        ("n := n AND 3;", "SY1313", "AND is not defined for INT and INT", "convert to a bit string: INT_TO_WORD(...)"),
        ("n := n + x;", "SY1313", "+ is not defined for INT and BOOL", "convert one side"),
        ("x := 1 < 'abc';", "SY1313", "< is not defined for INT and STRING[3]", "convert one side"),
        ("x := LT('a', 1.5);", "SY1313", "< is not defined for STRING[1] and REAL", "convert one side"),
        ("n := p.left_side + w;", "SY1313", "+ is not defined for INT and WORD", "convert one side"),
        ("a[4] := 1;", "SY1605", "index 4 is not within 1..3", "use one within the bounds"),
        ("a[1, 2] := 1;", "SY1311", "1 index is enough, 2 given", "remove the others"),
        ("n := a[r];", "SY1312", "an index is a whole number; this is REAL", "use an integer"),
        ("n[1] := 1;", "SY1311", "INT is not an array", "remove the index"),
        ("n := N.Kind#LOW;", "SY1203", "N.Kind is not an enumeration", "write Type#VALUE"),
        ("t(PT := T#-9223372036854775809ns);", "SY1005", "the duration is beyond 64 bits of nanoseconds",
         "the longest is about 292 years"),
        ("n := 1 / 0;", "SY1606", "1 divided by zero", "correct the values"),
        ("n^ := 1;", "SY1309", "^ follows a reference; this is INT", "remove ^"),
        ("EXIT;", "SY1502", "EXIT stands outside of a loop", "remove it"),
        ("CASE n OF 5: ;\n 1..5: ; END_CASE;", "SY1506", "line 9 already has this label", "remove it here or there"),
        ("CASE n OF 9: ;\n 1..3: ;\n 5: ;\n 2, 4: ; END_CASE;", "SY1506", "line 10 already has this label",
         "remove it here or there"),
        ("CASE n OF 1..9: ;\n 20: ;\n 4..5: ; END_CASE;", "SY1506", "line 9 already has this label",
         "remove it here or there"),
        ("CASE n OF 1..5: ; 5: ; END_CASE;", "SY1506", "line 9 already has this label", "remove it here or there"),
        ("CASE r OF 1: ; END_CASE;", "SY1317", "CASE needs whole numbers or names; this is REAL", "use IF"),
        ("CASE n OF d: ; END_CASE;", "SY1308", "DINT does not become INT by itself for the label: values or bits "
         "could be lost", "write DINT_TO_INT(...)"),
        ("FOR r := 1 TO 2 DO ; END_FOR;", "SY1507", "FOR counts with an integer; this is REAL",
         "use an integer, or WHILE"),
        ("FOR n := 1 TO 2 BY 0 DO ; END_FOR;", "SY1508", "a step of 0 never ends", "use another step"),
        ("5;", "SY1505", "a value alone does nothing", "assign it with :="),
        ("TON(IN := x);", "SY1402", "TON is a type of blocks", "declare one: x : TON; then x(...)"),
        ("n := LEFT('a');", "SY1406", "LEFT also needs L", "parameters: IN, L"),
        ("r := SIN(x);", "SY1315", "IN of SIN is ANY_REAL; this is BOOL", "convert it"),
        ("n := LEN(n);", "SY1315", "IN of LEN is ANY_STRING; this is INT", "convert it"),
    ],
)  # fmt: skip
def test_meaning(body, code, message, suggestion):
    rows = check(program(VARIABLES, body, NAMES)).diagnostics
    errors = [(d.code, d.message, d.suggestion) for d in rows if d.severity == "error"]
    assert errors == [(code, message, suggestion)]


@pytest.mark.parametrize(
    ("variables", "body", "code", "message"),
    [
        ("a : INT;", ";", "SY2110", "a is not used"),
        ("a, b : INT;", "b := a;", "SY2111", "a is read but never written"),
        ("a : TON; b : BOOL;", "b := a.Q;", "SY2112", "a is never called"),
        ("a : TON; b : BOOL;", "IF b THEN a(IN := b); b := a.Q; END_IF;", "SY2113",
         "the timer a is called in one branch only: elsewhere it stands still"),
        ("a : REAL; b : BOOL;", "a := 1.5; b := a = 1.5;", "SY2103", "REAL values are rarely exactly equal"),
        ("a : INT;", "a := 1; RETURN; a := 2;", "SY2104", "this is never reached"),
        ("a : INT;", "FOR a := 1 TO 3 DO a := 2; END_FOR;", "SY2106", "a counts the loop around"),
        ("a : INT;", "IF TRUE THEN a := 1; END_IF;", "SY2107", "this is always true"),
        ("a : STRING[2];", "a := 'abc';", "SY2102", "3 characters are cut to 2"),
    ],
)  # fmt: skip
def test_warnings(variables, body, code, message):
    rows = check(program(variables, body)).diagnostics
    assert [
        (d.severity, d.code, d.message) for d in rows if d.code not in ("SY2111",) or code == "SY2111"
    ] == [("warning", code, message)]


def test_a_timer_called_in_every_branch_is_fine():
    body = "IF b THEN a(IN := TRUE); ELSE a(IN := FALSE); END_IF; b := a.Q;"
    assert codes("a : TON; b : BOOL;", body) == []


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("TYPE A : STRUCT b : B; END_STRUCT; B : ARRAY[0..1] OF A; END_TYPE", "SY1303", "A contains itself"),
        ("FUNCTION_BLOCK X VAR x1 : X; END_VAR END_FUNCTION_BLOCK", "SY1303", "X contains itself"),
        ("FUNCTION f : INT f := g(); END_FUNCTION FUNCTION g : INT g := f(); END_FUNCTION", "SY1412",
         "g calls itself: g -> f -> g"),
        ("FUNCTION f : INT f := f(); END_FUNCTION", "SY1412", "f calls itself: f -> f"),
        ("TYPE A : INT(5..300000); END_TYPE", "SY1304", "5..300000 is not within INT"),
        ("TYPE A : ARRAY[3..1] OF INT; END_TYPE", "SY1304", "the lower bound 3 is above the upper one 1"),
        ("VAR_GLOBAL CONSTANT a : INT := b; b : INT := a; END_VAR", "SY1608", "the constant a is defined by itself"),
        ("VAR_GLOBAL CONSTANT c : STRING[1]; d : STRING := c; END_VAR", "SY1608", "the constant c has no value"),
        ("VAR_GLOBAL a : ARRAY[0..1] OF INT := [1, 2, 3]; END_VAR", "SY1610",
         "the array has 2 elements, here are more"),
        ("VAR_GLOBAL a, A : INT; END_VAR", "SY1202", "A is declared twice, first at t.st:1"),
        ("VAR_GLOBAL a AT %IW0 : DINT; END_VAR", "SY1318", "%IW0 does not have the size of DINT"),
        ("VAR_GLOBAL a AT %IX0.9 : BOOL; END_VAR", "SY1318", "%IX0.9 is out of range"),
        ("FUNCTION f : INT VAR RETAIN a : INT; END_VAR f := a; END_FUNCTION", "SY1205",
         "a function keeps nothing between calls"),
        ("PROGRAM p VAR_EXTERNAL h : INT; END_VAR h := 1; END_PROGRAM", "SY1201", "there is no global variable h"),
        ("VAR_INPUT a : INT; END_VAR", "SY1106", "VAR_INPUT stands outside of a program, function or function block"),
        ("VAR_GLOBAL a : POINTER TO INT; END_VAR", "SY1307", "POINTER TO is not in the standard"),
        ("CONFIGURATION c PROGRAM p1 : nothing; END_CONFIGURATION", "SY1203", "there is no program nothing"),
    ],
)  # fmt: skip
def test_declarations(text, code, message):
    assert (code, message) in [(d.code, d.message) for d in check(text).diagnostics]


@pytest.mark.parametrize("dialect", ["strict", "codesys"])
def test_what_contains_itself_is_told_once_also_where_a_program_would_have_it(dialect):
    block = "FUNCTION_BLOCK b VAR x : b; END_VAR ; END_FUNCTION_BLOCK PROGRAM p VAR y : b; END_VAR y(); END_PROGRAM"
    for text in (block, "PROGRAM b VAR x : b; END_VAR ; END_PROGRAM"):
        said = [(d.code, d.message) for d in check(text, dialect).diagnostics if d.code.startswith("SY1")]
        assert said == [("SY1303", "b contains itself")]


def test_bindings_of_in_out_are_checked():
    before = "FUNCTION_BLOCK f VAR_IN_OUT v : INT; END_VAR v := 1; END_FUNCTION_BLOCK"
    said = codes("i : f; s : SINT; k : INT;", "i(v := s); i(); i(v := 3); i(v := k); i(v => k);", before)
    assert said == ["SY1314", "SY1405", "SY1208", "SY1405", "SY1407"]


def test_the_codesys_dialect_reads_what_the_standard_does_not():
    variables = "p : POINTER TO INT; i : INT; w : WORD; r : REAL; b : BYTE;"
    body = "p := ADR(i); p^ := 3; w := i AND 16#F; r := i; b := w;"
    assert {c[:3] for c in codes(variables, body, dialect="codesys")} <= {"SY2"}
    assert "SY1307" in codes(variables, body)


def test_an_unclosed_source_keeps_its_readable_units():
    sink = Sink()
    file = parse(Source("t.st", "FUNCTION a : INT a := 1; END_FUNCTION\nPROGRAM p x := 1; IF"), sink)
    assert "".join(unit.span.text()[:10] for unit in file.units).startswith("FUNCTION a")
    assert sink.has_errors


def test_a_type_that_is_not_there_is_told_where_it_is_written_and_not_where_it_is_used():
    text = """TYPE own EXTENDS missing : STRUCT a : nowhere; END_STRUCT; row : ARRAY[1..3] OF away; END_TYPE
FUNCTION f : gone VAR_INPUT x : lost; END_VAR f := x; END_FUNCTION
PROGRAM p
VAR a : lost; b : row; c : own; d : REF_TO away; n : INT; END_VAR
a(x := 1, y => n); a.q := 5; b[1] := 'x'; b[2].z := n; d^.k := 3; c.a.b[2] := n; n := f(x := 3) + a[n].m;
CASE a OF 1: n := 2; END_CASE;
IF a THEN n := LEN(b[1]); END_IF;
END_PROGRAM
"""
    assert {item.code for item in check(text).diagnostics if item.severity == "error"} == {"SY1203"}


@pytest.mark.parametrize(
    ("types", "code"),
    [
        ("big : ARRAY[1..100000000] OF ARRAY[1..9] OF inner; inner : STRUCT m : LINT; END_STRUCT;", "SY1604"),
        ("big : STRUCT m : big; END_STRUCT;", "SY1303"),
    ],
)
def test_a_type_that_cannot_be_is_told_where_it_is_written_and_not_where_it_is_used(types, code):
    text = f"TYPE {types} END_TYPE PROGRAM p VAR a : big; n : LINT; END_VAR a.m.m.m := n; n := a.m.k[3].m; END_PROGRAM"
    assert {item.code for item in check(text).diagnostics if item.severity == "error"} == {code}


def test_a_name_with_letters_of_another_alphabet_is_told_once():
    text = "PROGRAM p VAR gr\u00f6\u00dfe, b : INT; END_VAR gr\u00f6\u00dfe := 3; b := gr\u00f6\u00dfe + 1; END_PROGRAM"
    assert told(text) == [
        "1:15 SY1001 gr\u00f6\u00dfe has letters that are not of the language "
        "| names consist of letters A to Z, digits and _"
    ]
