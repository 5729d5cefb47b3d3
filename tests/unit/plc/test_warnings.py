"""Every warning and hint as it is shown: place, line, caret, suggestion."""

import pytest

from sortyard.plc.message_docs import CODES
from unit.plc.st import check, told

BLOCK = "FUNCTION_BLOCK F VAR_INPUT i : INT; END_VAR VAR_OUTPUT o : INT; END_VAR o := i; END_FUNCTION_BLOCK\n"
SHOWN: dict[str, list[tuple[str, str, str]]] = {
    "SY2101": [
        ("codesys", "PROGRAM p VAR a : INT; d : DINT; END_VAR\na := d; d := a;\nEND_PROGRAM", """\
t.st:2:6: warning SY2101: DINT becomes INT for a
    2 | a := d; d := a;
      |      ^
      = write DINT_TO_INT(...)"""),
        ("codesys", "PROGRAM p VAR a : SINT; END_VAR\na := 200; a := a;\nEND_PROGRAM", """\
t.st:2:6: warning SY2101: 200 is not a value of SINT (-128 to 127)
    2 | a := 200; a := a;
      |      ^^^
      = it wraps"""),
    ],
    "SY2102": [
        ("strict", "PROGRAM p VAR s : STRING[2]; END_VAR\ns := 'abc';\nEND_PROGRAM", """\
t.st:2:6: warning SY2102: 3 characters are cut to 2
    2 | s := 'abc';
      |      ^^^^^
      = use a longer string"""),
    ],
    "SY2115": [
        ("strict", "PROGRAM p VAR s : STRING; END_VAR\ns := 'M\ufffdrz';\nEND_PROGRAM", """\
t.st:2:6: warning SY2115: characters of this text were lost when the file was converted: ? stands for each
    2 | s := 'M\ufffdrz';
      |      ^^^^^^
      = take the original file, or write what was meant"""),
    ],
    "SY2117": [
        ("strict", "PROGRAM p VAR a : INT; END_VAR\na := 1; {{\nif (x) { A = 2; } }}\na := a; {b}\nEND_PROGRAM", """\
t.st:2:9: warning SY2117: what is in {{ }} is C, which is left out here
    2 | a := 1; {{
      |         ^^
      = write it in Structured Text"""),
    ],
    "SY2118": [
        ("strict", "NAMESPACE Tools END_NAMESPACE\nUSING Tool, Tools;\nPROGRAM p\nEND_PROGRAM", """\
t.st:2:7: warning SY2118: there is no namespace Tool
    2 | USING Tool, Tools;
      |       ^^^^
      = did you mean TOOLS?"""),
    ],
    "SY2116": [
        ("strict", "PROGRAM p\n%QX0.1 := TRUE;\nEND_PROGRAM\nPROGRAM q\n%QW0 := 1;\nEND_PROGRAM", """\
t.st:5:1: warning SY2116: q writes %QW0, and so does p (%QX0.1, t.st:2): the last one in a scan wins
    5 | %QW0 := 1;
      | ^^^^
      = let one of them write it, and hand it the other's wish in a variable"""),
    ],
    "SY2103": [
        ("strict", "PROGRAM p VAR a : REAL; b : BOOL; END_VAR\na := 1.0; b := a = 1.5;\nEND_PROGRAM", """\
t.st:2:16: warning SY2103: REAL values are rarely exactly equal
    2 | a := 1.0; b := a = 1.5;
      |                ^^^^^^^
      = compare the difference"""),
    ],
    "SY2104": [
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nRETURN; a := 1;\nEND_PROGRAM", """\
t.st:2:9: warning SY2104: this is never reached
    2 | RETURN; a := 1;
      |         ^^^^^^^
      = remove it, or the jump before it"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nIF a=1 THEN RETURN; ELSE RETURN; END_IF; a := 2;\nEND_PROGRAM", """\
t.st:2:42: warning SY2104: this is never reached
    2 | IF a=1 THEN RETURN; ELSE RETURN; END_IF; a := 2;
      |                                          ^^^^^^^
      = remove it; nothing before it goes on to here"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nWHILE TRUE DO a := 1; END_WHILE; a := 2;\nEND_PROGRAM", """\
t.st:2:34: warning SY2104: this is never reached
    2 | WHILE TRUE DO a := 1; END_WHILE; a := 2;
      |                                  ^^^^^^^
      = remove it; nothing before it goes on to here"""),
    ],
    "SY2105": [
        ("strict", BLOCK.replace("o := i;", "\ni := 1; o := i;") + "PROGRAM p VAR f : F; END_VAR f(); END_PROGRAM", """\
t.st:2:1: warning SY2105: i is an input of this unit
    2 | i := 1; o := i; END_FUNCTION_BLOCK
      | ^
      = copy it to a VAR first"""),
        ("strict", "PROGRAM p VAR t : TON; END_VAR\nt.Q := TRUE; t(IN := TRUE, PT := T#1s);\nEND_PROGRAM", """\
t.st:2:1: warning SY2105: Q is an output of TON: what is written here does not last
    2 | t.Q := TRUE; t(IN := TRUE, PT := T#1s);
      | ^^^
      = write its inputs, or a variable of your own"""),
    ],
    "SY2106": [
        ("strict", "PROGRAM p VAR i : INT; END_VAR\nFOR i := 1 TO 3 DO i := 2; END_FOR;\nEND_PROGRAM", """\
t.st:2:20: warning SY2106: i counts the loop around
    2 | FOR i := 1 TO 3 DO i := 2; END_FOR;
      |                    ^
      = leave it to FOR"""),
    ],
    "SY2107": [
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nIF 1 > 2 THEN a := 1; END_IF;\nEND_PROGRAM", """\
t.st:2:4: warning SY2107: this is never true
    2 | IF 1 > 2 THEN a := 1; END_IF;
      |    ^^^^^
      = remove the branch or the condition"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nWHILE FALSE DO a := 1; END_WHILE;\nEND_PROGRAM", """\
t.st:2:7: warning SY2107: this is never true
    2 | WHILE FALSE DO a := 1; END_WHILE;
      |       ^^^^^
      = remove the loop or the condition"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nFOR a := 5 TO 1 DO ; END_FOR;\nEND_PROGRAM", """\
t.st:2:10: warning SY2107: this loop has no turn: 5 is above 1
    2 | FOR a := 5 TO 1 DO ; END_FOR;
      |          ^^^^^^
      = exchange them, or count the other way with BY"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nFOR a := 1 TO 5 BY -1 DO ; END_FOR;\nEND_PROGRAM", """\
t.st:2:10: warning SY2107: this loop has no turn: 1 is below 5
    2 | FOR a := 1 TO 5 BY -1 DO ; END_FOR;
      |          ^^^^^^
      = exchange them, or count the other way with BY"""),
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nCASE 3 OF 3: a := 1; END_CASE;\nEND_PROGRAM", """\
t.st:2:6: warning SY2107: this is always the same
    2 | CASE 3 OF 3: a := 1; END_CASE;
      |      ^
      = write what it chooses, without CASE"""),
    ],
    "SY2110": [
        ("strict", "PROGRAM p\nVAR spare : INT; END_VAR\nEND_PROGRAM", """\
t.st:2:5: warning SY2110: spare is not used
    2 | VAR spare : INT; END_VAR
      |     ^^^^^
      = remove it"""),
        ("strict", "VAR_GLOBAL\nspare : INT; END_VAR\nPROGRAM p END_PROGRAM", """\
t.st:2:1: warning SY2110: spare is not used
    2 | spare : INT; END_VAR
      | ^^^^^
      = remove it"""),
    ],
    "SY2111": [
        ("strict", "PROGRAM p\nVAR a, b : INT; END_VAR b := a; END_PROGRAM", """\
t.st:2:5: warning SY2111: a is read but never written
    2 | VAR a, b : INT; END_VAR b := a; END_PROGRAM
      |     ^
      = assign it, or make it CONSTANT"""),
        ("strict", BLOCK.replace("o := i;", "") + "PROGRAM p VAR f : F; END_VAR f(i := 1); END_PROGRAM", """\
t.st:1:56: warning SY2111: the output o never gets a value
    1 | FUNCTION_BLOCK F VAR_INPUT i : INT; END_VAR VAR_OUTPUT o : INT; END_VAR  END_FUNCTION_BLOCK
      |                                                        ^
      = write o := ...;"""),
        ("strict", "FUNCTION area : INT END_FUNCTION\nPROGRAM p VAR a : INT; END_VAR a := area(); END_PROGRAM", """\
t.st:1:10: warning SY2111: the result area never gets a value
    1 | FUNCTION area : INT END_FUNCTION
      |          ^^^^
      = write area := ...;"""),
    ],
    "SY2112": [
        ("strict", BLOCK + "PROGRAM p\nVAR f : F; a : INT; END_VAR a := f.o; END_PROGRAM", """\
t.st:3:5: warning SY2112: f is never called
    3 | VAR f : F; a : INT; END_VAR a := f.o; END_PROGRAM
      |     ^
      = write f(...)"""),
    ],
    "SY2113": [
        ("strict", "PROGRAM p VAR t : TON; b : BOOL; END_VAR\nIF b THEN t(IN := b); END_IF; b := t.Q; END_PROGRAM", """\
t.st:2:11: warning SY2113: the timer t is called in one branch only: elsewhere it stands still
    2 | IF b THEN t(IN := b); END_IF; b := t.Q; END_PROGRAM
      |           ^^^^^^^^^^
      = call it before the branch, use its Q inside"""),
    ],
    "SY2114": [
        ("strict", "PROGRAM p VAR f : PLC_FAULT; END_VAR\nf(RESET := f.ACTIVE); END_PROGRAM", """\
t.st:2:1: warning SY2114: there is only one task: a fault stops it, and PLC_FAULT with it
    2 | f(RESET := f.ACTIVE); END_PROGRAM
      | ^^^^^^^^^^^^^^^^^^^^
      = call it in a program of another task"""),
    ],
    "SY3101": [
        ("codesys", "PROGRAM p VAR\na : ARRAY[0..1] OF INT := 1, 2; END_VAR a[0] := a[1]; END_PROGRAM", """\
t.st:2:27: hint SY3101: an array's initial value stands in brackets
    2 | a : ARRAY[0..1] OF INT := 1, 2; END_VAR a[0] := a[1]; END_PROGRAM
      |                           ^^^^
      = write [1, 2, 3]"""),
    ],
    "SY3102": [
        ("strict", "PROGRAM p VAR a : BOOL; END_VAR\nIF a THEN a := FALSE; END_IF\nEND_PROGRAM", """\
t.st:2:28: hint SY3102: a block ends with ; in the standard
    2 | IF a THEN a := FALSE; END_IF
      |                            ^
      = write ; behind its END_ word"""),
    ],
    "SY3103": [
        ("strict", "PROGRAM p VAR a : INT; END_VAR\nVAR_ACCESS x : a : INT; END_VAR a := 1; END_PROGRAM", """\
t.st:2:1: hint SY3103: access paths are not used
    2 | VAR_ACCESS x : a : INT; END_VAR a := 1; END_PROGRAM
      | ^^^^^^^^^^
      = tools find variables by their names"""),
    ],
    "SY3104": [
        ("strict", "PROGRAM p VAR a : BOOL; END_VAR\nRETURN (a);\na := TRUE; END_PROGRAM", """\
t.st:2:1: hint SY3104: RETURN has no condition in the standard
    2 | RETURN (a);
      | ^^^^^^^^^^
      = write IF ... THEN RETURN; END_IF;"""),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "dialect", "text", "shown"), [(code, *row) for code, rows in SHOWN.items() for row in rows]
)
def test_a_warning_shows_its_place(code, dialect, text, shown):
    rendered = [d.render() for d in check(text, dialect).diagnostics if d.code == code]
    assert rendered == [shown]


def test_a_variable_that_its_object_names_with_this_is_used():
    method = "METHOD PUBLIC go VAR_INPUT v : INT; END_VAR THIS.v := v; END_METHOD"
    block = f"FUNCTION_BLOCK fb VAR v : INT; END_VAR {method} END_FUNCTION_BLOCK"
    assert check(f"{block} PROGRAM p VAR f : fb; END_VAR f.go(1); END_PROGRAM").diagnostics == []


def test_every_warning_and_hint_is_shown_here():
    # SY22xx are about a line: tests/unit/test_line_program.py
    assert {code for code in CODES if code[:3] != "SY1" and code[:4] != "SY22"} == SHOWN.keys()


def test_of_many_unknown_namespaces_only_the_first_are_compared_with_those_that_there_are():
    names = "".join(f"NAMESPACE space{n} END_NAMESPACE USING spake{n};\n" for n in range(15))
    found = check(f"{names}PROGRAM p\nEND_PROGRAM").diagnostics
    assert [one.message for one in found] == [f"there is no namespace spake{n}" for n in range(15)]
    assert ["did you mean" in one.suggestion for one in found] == [True] * 10 + [False] * 5


def test_pragmas_without_c_are_silent():
    text = """{{}} PROGRAM p {{ }} {VERSION 2.0} VAR {attribute 'hide'} a : INT; END_VAR
a := 1; {x := 256, y := 384} END_PROGRAM"""
    assert [message for message in told(text) if "SY2117" in message] == []


LENDS = """FUNCTION_BLOCK Own VAR n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK
FUNCTION_BLOCK Calls VAR_IN_OUT o : Own; t : TON; END_VAR o(); t(IN := TRUE, PT := T#1s); END_FUNCTION_BLOCK
FUNCTION_BLOCK Lends VAR_IN_OUT o : Own; t : TON; END_VAR VAR c : Calls; END_VAR c(o := o, t := t); END_FUNCTION_BLOCK
FUNCTION_BLOCK Looks VAR_IN_OUT t : TON; END_VAR VAR b : BOOL; END_VAR b := t.Q OR b; END_FUNCTION_BLOCK
VAR_GLOBAL g : Own; END_VAR
PROGRAM Main VAR c, d : {}; o : Own; t, u : TON; END_VAR {} END_PROGRAM
"""


@pytest.mark.parametrize("unit", ["Calls", "Lends"])
def test_a_block_that_is_lent_to_one_that_calls_it_is_called(unit: str) -> None:
    body = "c(o := o, t := t); d(o := g, t := u);"
    assert [message for message in told(LENDS.format(unit, body)) if "SY2112" in message] == []


def test_a_block_that_is_lent_and_never_called_is_told() -> None:
    body = "c(t := t); d(t := u); o(); g();"
    names = [message.split()[2] for message in told(LENDS.format("Looks", body)) if "SY2112" in message]
    assert names == ["t", "u"]
