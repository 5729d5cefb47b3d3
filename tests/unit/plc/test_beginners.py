"""What beginners write, and people who come from C, Python or BASIC: one message each, at the cause, none behind it."""

import pytest

from sortyard.plc.keywords import KEYWORDS
from unit.plc.st import check, program

VARIABLES = "a, b, n : INT; r : REAL; x, y : BOOL; t : TON; c : CTU; w : WORD; s : STRING; ti : TIME; "
VARIABLES += "row : ARRAY[1..9] OF INT;"
ADD = "FUNCTION add2 : INT VAR_INPUT first, second : INT; END_VAR add2 := first + second; END_FUNCTION"


def errors(text: str) -> list[str]:
    found = [d for d in check(text).diagnostics if d.severity == "error"]
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message} | {d.suggestion}" for d in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("IF a == 1 && x THEN b := 2; END_IF;", [
            "6:6 SY1006 == is not an operator of this language | write =",
            "6:11 SY1006 && is not an operator of this language | write AND"]),
        ("IF a != 1 || !x THEN b := 2; END_IF;", [
            "6:6 SY1006 != is not an operator of this language | write <>",
            "6:11 SY1006 || is not an operator of this language | write OR",
            "6:14 SY1006 ! is not an operator of this language | write NOT"]),
        ("a += 1;", ["6:3 SY1006 += is not an operator of this language | write a := a + ..."]),
        ("a := b % 2;", ["6:8 SY1006 % is not an operator of this language | write MOD, or an address such as %IX0.1"]),
        ("a++;", ["6:4 SY1100 ';' does not fit here | write a := a + 1"]),
        ("w := 0xFF; w := 0b101;", [
            "6:6 SY1005 0xFF is written 16#FF in this language | write 16#FF",
            "6:17 SY1005 0b101 is written 2#101 in this language | write 2#101"]),
        ("t(IN := x, PT := 5s);", ["6:18 SY1005 5s is written T#5s in this language | write T#5s"]),
        ("t(IN := x, PT := 500);",
         ["6:18 SY1308 INT does not become TIME by itself for PT | write T#500ms, or another unit"]),
        ("t(IN := x, PV := T#5s);", ["6:12 SY1408 TON has no parameter PV | parameters: IN, PT, Q, ET"]),
        ("ti := T#1,5s;", ["6:7 SY1005 a duration has a decimal point | write T#1.5s"]),
        ("# start\na := 1; # again\nb := 2;", ["6:1 SY1001 '#' begins no comment | write // or (* ... *)",
                                             "7:9 SY1001 '#' begins no comment | write // or (* ... *)"]),
        ("s := \u2018it\u2019;", ["6:6 SY1001 \u2018 \u2019 are no quotes | write ' for both"]),
        ("WHILE x DO BREAK; END_WHILE;", ["6:12 SY1505 a value alone does nothing | write EXIT"]),
        ("printf('x');", ["6:1 SY1401 there is no function printf "
                          "| nothing is printed: sortyard plc run --trace shows it"]),
        ("sleep(5);", ["6:1 SY1401 there is no function sleep "
                       "| nothing waits in a scan: call a TON in every one, look at its Q"]),
        ("r := 1,5;", ["6:7 SY1111 a number has a decimal point | write 1.5"]),
        ("r := r ^ 2;", ["6:8 SY1111 ^ follows a reference | a power is written **"]),
        ("r := POW(2.0, 3.0);", ["6:6 SY1401 there is no function POW | write a ** b"]),
        ("a := REAL_TO_INTEGER(r);", ["6:6 SY1401 there is no function REAL_TO_INTEGER | did you mean REAL_TO_INT?"]),
        ("a := INT(r);", ["6:6 SY1401 there is no function INT | write TO_INT(...)"]),
        ('s := "abc";', ["6:6 SY1308 WSTRING[3] does not become STRING[80] by itself for s "
                         "| write 'abc': these quotes are WSTRING's"]),
        ("s := 'it''s, isn''t it';", ["6:10 SY1111 a quote within a text is not doubled | write $' for a quote",
                                      "6:18 SY1111 a quote within a text is not doubled | write $' for a quote"]),
        ("s := 'n=' + s;", ["6:6 SY1313 + is not defined for STRING[2] and STRING[80] "
                            "| write CONCAT(...) of texts: CONCAT('n=', INT_TO_STRING(n))"]),
        ("if a > 1:\n b := 2;\nEND_IF;", ["6:9 SY1111 ':' does not fit here | write THEN"]),
        ("IF x; THEN b := 2; END_IF;", ["6:5 SY1111 ';' does not fit here | remove it"]),
        ("IF x THEN b := 2;\nENDIF;\na := 1;", ["7:1 SY1111 ENDIF is written END_IF | write END_IF"]),
        ("IF x THEN b := 2;\nEND IF;\na := 1;", ["7:1 SY1111 END_IF is one word | write END_IF"]),
        ("IF x THEN b := 2; ELSEIF y THEN b := 3; END_IF;", ["6:19 SY1111 ELSEIF is written ELSIF | write ELSIF"]),
        ("IF x THEN {\n b := 2;\n}", ["6:1 SY1102 IF of line 6 is never closed: END_IF is missing before 'END_PROGRAM' "
                                      "| write END_IF; braces hold pragmas, no statements"]),
        ("a := (b + 1));", ["6:13 SY1111 ')' does not fit here | remove it"]),
        ("row(1) := 5; a := row(2);", [
            "6:1 SY1208 this is a value, not a variable | an index stands in brackets: row[...]",
            "6:19 SY1402 this is not a function | an index stands in brackets: row[...]"]),
        ("x := w.3rd;", ["6:8 SY1005 3rd is neither a number nor a name | names begin with a letter"]),
        ("x := w[3];", ["6:6 SY1311 WORD is not an array | bits stand behind a point: w.3"]),
        ("FOR (a = 0; a < 10; a++) DO b := 1; END_FOR;", [
            "6:11 SY1100 ';' does not fit here | write FOR i := 0 TO 9 DO"]),
        ("FOR a = 1 TO 9 DO b := a; END_FOR;", ["6:7 SY1111 '=' does not fit here | write ':='"]),
        ("FOR a := 1..9 DO b := a; END_FOR;", ["6:11 SY1111 '..' does not fit here | write TO"]),
        ("REPEAT a := a + 1;\nWHILE a < 9;", [
            "7:12 SY1100 ';' does not fit here | REPEAT ends with UNTIL and END_REPEAT"]),
        ("CASE a OF 1; b := 2; 2; b := 3; END_CASE;", ["6:11 SY1107 a statement before the first label | write 1:"]),
        ("CASE a OF 1 b := 2; 2 b := 3; END_CASE;", ["6:11 SY1101 ':' is missing before 'b' | write 1:",
                                                     "6:21 SY1101 ':' is missing before 'b' | write 2:"]),
        ("CASE a OF CASE 1: b := 2; DEFAULT: b := 3; END_CASE;", [
            "6:11 SY1111 a label stands alone | write 1:",
            "6:27 SY1200 DEFAULT is not declared | write ELSE without a colon"]),
        ("CASE a OF 1: b := 2; ELSE: b := 3; END_CASE;", ["6:26 SY1111 ':' does not fit here | remove it"]),
        ("x := TON.Q;", ["6:6 SY1200 TON is not declared | TON is a type: declare x : TON; and write x"]),
        ("row := (first := 1);", ["6:15 SY1501 this form is for initial values only | assign the members one by one"]),
        ("IF x THNE b := 2; END_IF;", ["6:6 SY1111 THNE is no word of the language | did you mean THEN?"]),
        ("WHIL x DO x := FALSE; END_WHILE;", ["6:1 SY1111 WHIL is no word of the language | did you mean WHILE?"]),
        ("t(IN := x; PT := T#5s);", ["6:10 SY1111 ';' does not fit here | write ','"]),
        ("a, b := 1;", ["6:2 SY1100 ',' does not fit here | assign to one variable at a time"]),
        ("a := b := 1;", ["6:1 SY1109 ':=' assigns a value | assign to one variable at a time"]),
        ("a := add2(1);", ["6:6 SY1406 add2 also needs second | parameters: first, second"]),
        ("a := 1;\nVAR z : INT; END_VAR\nz := 2;", ["7:1 SY1106 VAR stands among the statements "
                                                    "| move it up, before the first statement"]),
        ("s := 'abc;\na := 1;", ["6:6 SY1003 this string never ends | close it with '"]),
        ("a := 1; (* open\nb := 2;", ["6:9 SY1002 this comment never ends | close it with *)"]),
        ("FOR a := 1 TO 3 DO\nIF x THEN b := 1;\nEND_FOR;\nEND_IF;", [
            "7:1 SY1102 IF of line 7 is never closed: END_IF is missing before 'END_FOR' | write END_IF",
            "9:1 SY1100 'END_IF' does not fit here | no IF is open here"]),
    ],
)  # fmt: skip
def test_statements(body, expected):
    assert errors(program(VARIABLES, body, ADD)) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ("a : INT = 5;", ["4:9 SY1111 '=' does not fit here | write ':='"]),
        ("a : INT,\nb : INT;", ["4:8 SY1111 ',' does not fit here | write ';'"]),
        ("INT a;\nBOOL b := TRUE;", ["4:5 SY1111 the name stands before its type | write a : INT",
                                     "5:6 SY1111 the name stands before its type | write b : BOOL"]),
        ("a : INT[10];", ["4:5 SY1104 INT takes no length here | write ARRAY[0..9] OF INT"]),
        ("a : ARRAY[10] OF INT;", ["4:11 SY1111 an array has a first and a last index | write 0..9"]),
        ("a : ARRAY[1.10] OF INT;", ["4:11 SY1111 an array has a first and a last index | write 1..10"]),
        ("a : INTEGER; b : FLOAT; d : double;", [
            "4:5 SY1203 there is no type INTEGER | did you mean INT?",
            "4:18 SY1203 there is no type FLOAT | did you mean REAL?",
            "4:29 SY1203 there is no type double | did you mean LREAL?"]),
        ("a AT I0.1 : BOOL;", ["4:6 SY1100 'I0' does not fit here | an address begins with %: %IX0.1"]),
        ("type : INT;", ["4:1 SY1108 type is a word of the language | choose another name"]),
        ("2nd : INT;", ["4:1 SY1005 2nd is neither a number nor a name | names begin with a letter"]),
    ],
)  # fmt: skip
def test_declarations(variables, expected):
    assert errors(program(variables, ";")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PROGRAM p\nVAR\na : INT;\na := 1;\nEND_PROGRAM",
         ["4:1 SY1101 END_VAR is missing before 'a' | write END_VAR"]),
        ("PROGAM p\nVAR_INPTU a : INT; END_VAR\na := 1;\nEND_PROGAM", [
            "1:1 SY1111 PROGAM is no word of the language | did you mean PROGRAM?",
            "2:1 SY1111 VAR_INPTU is no word of the language | did you mean VAR_INPUT?",
            "4:1 SY1111 END_PROGAM is no word of the language | did you mean END_PROGRAM?"]),
        ("PROGRAM p\nq();\nEND_PROGRAM\nPROGRAM q\n;\nEND_PROGRAM",
         ["2:1 SY1402 q is a program, which a task runs | make it a FUNCTION_BLOCK to call it"]),
        ("FUNCTION f INT\nVAR_INPUT a : INT; END_VAR\nf := a;\nEND_FUNCTION",
         ["1:12 SY1101 ':' is missing before 'INT' | write f : INT"]),
        ("FUNCTION f\nVAR_INPUT a : INT; END_VAR\nf := a;\nEND_FUNCTION",
         ["3:1 SY1200 f is not declared | f has no result: declare FUNCTION f : INT"]),
        ("FUNCTION f : INT\nVAR_INPUT a : INT; END_VAR\nRETURN a + 1;\nEND_FUNCTION",
         ["3:8 SY1111 RETURN takes no value | assign it to the function's name, then RETURN;"]),
        ("FUNCTION f : INT\nVAR_INPUT a : INT; END_VAR\nresult := a;\nEND_FUNCTION",
         ["3:1 SY1200 result is not declared | the result is f"]),
        ("x := 1;\ny := 2;", [
            "1:1 SY1100 'x' does not fit here | statements stand in a unit: PROGRAM Main ... END_PROGRAM"]),
        ("TYPE state : (idle, run); END_TYPE PROGRAM p VAR s : state; END_VAR\ns := runn; END_PROGRAM",
         ["2:6 SY1200 runn is not declared | did you mean run?"]),
        ("FUNCTION_BLOCK m METHOD go : BOOL go := TRUE; END_METHOD END_FUNCTION_BLOCK\n"
         "PROGRAM p VAR i : m; b : BOOL; END_VAR b := i.go; END_PROGRAM",
         ["2:47 SY1310 m has a method, and no input or output go | call it: go(...)"]),
        ("FUNCTION_BLOCK m\nPUBLIC METHOD go : BOOL go := TRUE; END_METHOD\nPUBLIC FINAL PROPERTY n : INT GET n := 1; "
         "END_GET END_PROPERTY\nEND_FUNCTION_BLOCK\nPROGRAM p VAR i : m; b : BOOL; n : INT; END_VAR b := i.go(); "
         "n := i.n; END_PROGRAM",
         ["2:1 SY1111 PUBLIC stands before METHOD | write METHOD PUBLIC go",
          "3:1 SY1111 PUBLIC FINAL stands before PROPERTY | write PROPERTY PUBLIC FINAL n"]),
        ("CLASS c\nprivate method go END_METHOD\nEND_CLASS\nPROGRAM p VAR o : c; END_VAR o.go(); END_PROGRAM",
         ["2:1 SY1111 private stands before method | write method private go", "4:30 SY1230 c.go is PRIVATE | "
          "write METHOD PUBLIC to call it from here"]),
        ("FUNCTION_BLOCK sum VAR_IN_OUT y : INT; END_VAR y := y + 1; END_FUNCTION_BLOCK\n"
         "PROGRAM p VAR i : sum; a, b : INT; END_VAR i(y := a); b := i.y; END_PROGRAM",
         ["2:62 SY1310 sum has within its calls only its VAR_IN_OUT y | use the variable that is given for it"]),
        ("FUNCTION_BLOCK m VAR_OUTPUT n : DINT; END_VAR n := 1; END_FUNCTION_BLOCK\n"
         "PROGRAM p VAR i : m; a : INT; END_VAR i(n => a); END_PROGRAM",
         ["2:41 SY1308 DINT does not become INT by itself for a: values or bits could be lost "
          "| give a variable of DINT"]),
    ],
)  # fmt: skip
def test_units(text, expected):
    assert errors(text) == expected


_WORDS = sorted(
    word for word in KEYWORDS if not word.startswith(("END_", "VAR")) and word not in ("NOT", "OVERLAP")
)
_NAMED = {
    "variable": program("{0} : INT; y : INT;", "{0} := 3;\ny := {0} + ABS({0});"),
    "one of several": program("a, {0}, c : INT;", "a := {0}; c := -{0}; {0} := a + c;"),
    "global": "VAR_GLOBAL {0} : INT; END_VAR\n"
    "PROGRAM main\nVAR_EXTERNAL {0} : INT; END_VAR\n{0} := {0} + 1;\nEND_PROGRAM",
    "program": "PROGRAM {0}\nVAR s : INT; END_VAR\ns := 3;\nEND_PROGRAM",
    "input": "FUNCTION_BLOCK fb\nVAR_INPUT {0} : BOOL; END_VAR\nVAR_OUTPUT q : BOOL; END_VAR\n"
    "IF q THEN q := {0}; ELSE q := TRUE; END_IF;\nEND_FUNCTION_BLOCK\n"
    + program("f : fb;", "f({0} := f.q);\nIF f.q THEN f({0} := f.q); END_IF;"),
    "member": "TYPE t : STRUCT {0} : INT; b : INT; END_STRUCT; END_TYPE\n"
    + program("s : t;", "s.{0} := 3; s.b := s.{0};"),
}


@pytest.mark.parametrize("kind", _NAMED)
def test_a_word_of_the_language_as_a_name_is_one_message(kind):
    found = {word: errors(_NAMED[kind].format(word.lower())) for word in _WORDS}
    for word, rows in found.items():
        if rows and (kind, word) != ("input", "TRUE"):
            assert len(rows) == 1, (kind, word, rows)
            assert rows[0].endswith(f"SY1108 {word.lower()} is a word of the language | choose another name")
    assert found["CASE"]
    assert found["NULL"]


def test_a_value_is_a_name_to_the_end_of_its_unit_only():
    text = program("null : INT; a : INT;", "a := null;") + program("b : INT;", "b := null;").replace(
        "main", "q"
    )
    assert [row.split(" ")[:2] for row in errors(text)] == [["4:1", "SY1108"], ["13:6", "SY1308"]]


@pytest.mark.parametrize("kind", ["FUNCTION_BLOCK", "CLASS", "INTERFACE"])
def test_a_unit_named_as_a_type_of_the_language_is_told(kind):
    text = f"{kind} time\nEND_{kind}\nFUNCTION date : INT\ndate := 1;\nEND_FUNCTION\n"
    assert errors(text) == [f"1:{len(kind) + 2} SY1202 time is a type of the language | choose another name"]


def test_a_lost_statement_hides_no_other_mistake():
    """The rest of the program is whole, so that what is told of its names and types is news."""
    found = errors(program("a : INT; b : BOOL;", "a := ;\nb := a;\nc := 1;"))
    assert [row.split(" ")[:2] for row in found] == [["6:6", "SY1100"], ["7:6", "SY1308"], ["8:1", "SY1200"]]


def test_words_that_only_other_languages_have_are_names():
    found = check(
        program("endif, elif, elseif : INT;", "endif := 1; elif := endif; elseif := elif;")
    ).diagnostics
    assert [d for d in found if d.severity == "error"] == []


def test_modifiers_without_a_method_or_its_name_end_the_search():
    for text in ("PUBLIC METHOD", "PUBLIC " * 50 + "METHOD " * 50, "FUNCTION_BLOCK m PUBLIC METHOD"):
        assert errors(text)
    assert errors(program("public, n : INT;", "public := 1; n := public;")) == []


def test_a_number_may_touch_the_next_word():
    assert errors(program("a, b : INT;", "FOR a := 1TO 9DO b := a MOD 5; END_FOR;")) == []


@pytest.mark.parametrize("what", ["EXTENDS Base,", "EXTENDS Base IMPLEMENTS Shown,"])
@pytest.mark.parametrize("behind", ["", "VAR k : INT; END_VAR k := 1;", "METHOD PUBLIC more END_METHOD"])
def test_a_comma_behind_the_last_name_is_one_message(what, behind):
    text = f"INTERFACE Shown END_INTERFACE\nFUNCTION_BLOCK Base END_FUNCTION_BLOCK\nFUNCTION_BLOCK F {what}\n{behind}\n"
    (said,) = errors(text + "END_FUNCTION_BLOCK\n")
    assert said == f"3:{len('FUNCTION_BLOCK F ' + what)} SY1111 nothing follows the comma | remove it"


def test_an_address_without_its_area_is_told_with_those_that_there_are():
    (said,) = errors("PROGRAM main VAR x AT %B4 : BYTE; END_VAR x := 1; END_PROGRAM")
    assert said.endswith("| write %IB4, %QB4 or %MB4")


def test_advice_names_only_conversions_that_there_are():
    text = program(
        "d : DT; t : TIME; i : INT; e : (On, Off);", "d := t; d := TIME_TO_DT(t); i := e; i := e_TO_INT(e);"
    )
    hints = [d.suggestion for d in check(text).diagnostics if d.severity == "error"]
    none = "there is no conversion: give a value of the other type"
    assert hints == [none, none, "write TO_INT(...)", "write TO_INT(...)"]
