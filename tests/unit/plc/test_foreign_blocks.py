"""Words of the language as names, jumps, __TRY, blocks in braces and instruction lists: one message at the cause."""

import pytest

from unit.plc.st import check, told


def errors(text: str, dialect: str = "strict") -> list[str]:
    found = [d for d in check(text, dialect).diagnostics if d.severity == "error"]
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message} | {d.suggestion}" for d in found]


@pytest.mark.parametrize(
    ("variables", "body", "words"),
    [
        ("by : INT; x", "by := 1; x := by + 2; x := x * by;", {10: "by"}),
        ("to, from", "to := from; IF to > 3 THEN to := 0; END_IF;", {10: "to"}),
        ("task : INT; at : BOOL; x", "task := task + 1; at := TRUE; IF at THEN x := task; END_IF;",
         {10: "task", 22: "at"}),
        ("type : INT; var", "type := var; var := type + 1;", {10: "type", 22: "var"}),
        ("exit : BOOL; x", "exit := TRUE; IF exit THEN x := 1; END_IF; REPEAT EXIT; UNTIL exit END_REPEAT;",
         {10: "exit"}),
        ("mod : INT; x", "mod := 3; x := mod; x := x MOD mod;", {10: "mod"}),
        ("function : INT; program", "function := program;", {10: "function", 26: "program"}),
        ("case, while", "case := while; CASE case OF 1: ; END_CASE; WHILE while > 1 DO ; END_WHILE;",
         {10: "case", 16: "while"}),
        ("x : ARRAY[1..3] OF INT; for", "for := 1; x[for] := 2; FOR for := 1 TO 3 DO x[for] := 0; END_FOR;",
         {34: "for"}),
    ],
)  # fmt: skip
def test_a_word_of_the_language_as_a_name_is_told_once(variables, body, words):
    found = errors(f"PROGRAM p\nVAR\n  {' ' * 6}{variables} : INT;\nEND_VAR\n{body}\nEND_PROGRAM")
    assert found == [
        f"3:{column - 1} SY1108 {word} is a word of the language | choose another name"
        for column, word in words.items()
    ]


def test_members_parameters_values_and_units_with_such_names():
    text = (
        "TYPE S : STRUCT for : INT; END_STRUCT; END_TYPE PROGRAM p VAR s : S; END_VAR s.for := 1; END_PROGRAM"
    )
    assert errors(text) == ["1:17 SY1108 for is a word of the language | choose another name"]
    text = "TYPE E : (IF, THEN); END_TYPE PROGRAM p VAR e : E; END_VAR e := E#IF; END_PROGRAM"
    assert [row.split()[1:3] for row in errors(text)] == [["SY1108", "IF"], ["SY1108", "THEN"]]
    text = "FUNCTION exit : INT exit := 1; END_FUNCTION PROGRAM p VAR x : INT; END_VAR x := 1; END_PROGRAM"
    assert errors(text) == ["1:10 SY1108 exit is a word of the language | choose another name"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("start: a := a + 1; IF a < 9 THEN JMP start; END_IF; a := 2;",
         ["2:34 SY1701 JMP is not compiled: there are no labels | use IF, a loop, EXIT, CONTINUE or RETURN"]),
        ("IF a > 1 THEN GOTO done; END_IF; a := 2;\ndone:\na := 3;",
         ["2:15 SY1701 GOTO is not compiled: there are no labels | use IF, a loop, EXIT, CONTINUE or RETURN"]),
        ("done: a := 1; a := 2;", ["2:1 SY1701 there are no labels | remove it; use a loop or IF"]),
        ("CASE a OF b: a := 1; END_CASE; a : b;", ["2:11 SY1609 a label is constant | use IF for other comparisons",
                                                   "2:34 SY1111 ':' does not fit here | write ':='"]),
        ("__TRY a := 1 / b; __CATCH a := 0; __FINALLY b := 1; __ENDTRY",
         ["2:1 SY1701 __TRY is not compiled: a fault stops the program, and its outputs go to their safe state "
          "| check before the operation; PLC_FAULT tells another task of a fault"]),
        ("for (a = 0; a < 10; a++) {\n b = b + a;\n}\na := 2;",
         ["2:1 SY1111 FOR (...) { } is of another language | write FOR i := 0 TO 9 DO ... END_FOR;"]),
        ("for (int a = 0; a < 10; a++)\n b := b + a;",
         ["2:1 SY1111 FOR (...) { } is of another language | write FOR i := 0 TO 9 DO ... END_FOR;"]),
        ("if (a == 0) {\n b = 1;\n} else {\n b = 2;\n}\na := 2;",
         ["2:1 SY1111 IF (...) { } is of another language | write IF a THEN ... ELSE ... END_IF;"]),
        ("while (a < 10) {\n a = a + 1;\n}",
         ["2:1 SY1111 WHILE (...) { } is of another language | write WHILE a DO ... END_WHILE;"]),
        ("do {\n a = a + 1;\n} while (a != 3);\nb := 1;",
         ["2:1 SY1111 DO (...) { } is of another language | write REPEAT ... UNTIL a END_REPEAT;"]),
        ("switch (a) {\n case 1: b = 1; break;\n default: b = 2;\n}\n a := 3;",
         ["2:1 SY1111 SWITCH (...) { } is of another language | write CASE a OF 1: ...; ELSE ... END_CASE;"]),
        ("for a in range(10):\n b := b + a;",
         ["2:1 SY1111 FOR i IN is of another language | write FOR i := 0 TO 9 DO ... END_FOR;"]),
        ("LD a\nADD 5\nST b", ["2:1 SY1701 LD is of an instruction list, which is not compiled "
                               "| write it in Structured Text"]),
        ("start: LD a\nJMPC start\nST b", ["2:8 SY1701 LD is of an instruction list, which is not compiled "
                                           "| write it in Structured Text"]),
    ],
)  # fmt: skip
def test_one_message_and_what_is_around_is_read(body, expected):
    head = "PROGRAM p VAR a, b : INT; END_VAR\n"
    assert errors(f"{head}{body}\nEND_PROGRAM") == expected
    wrong = f"{head}{body}\nEND_PROGRAM\nPROGRAM q VAR x : INT; END_VAR x := 'text'; END_PROGRAM"
    assert errors(wrong)[:-1] == expected
    assert "SY1308" in errors(wrong)[-1]


def test_what_only_looks_like_that_is_left_alone():
    text = """PROGRAM p VAR jmp, skip, goto, switch : INT; x : BOOL; END_VAR
jmp := 1; skip := jmp; goto := skip; switch := 2;
IF (jmp > 1) {note} THEN {note; more} skip := 2; ELSE {warning 'x'} skip := 3; END_IF;
WHILE (x) {note} DO x := FALSE; END_WHILE; FOR jmp := (1) TO 3 DO {a} skip := jmp; END_FOR;
END_PROGRAM"""
    assert told(text) == []


def test_an_exception_is_told_once_in_dialects_too():
    text = """PROGRAM p VAR x, y : INT; e : __SYSTEM.ExceptionCode; END_VAR
__TRY
    x := 1 / y;
__CATCH(e)
    x := 0;
__FINALLY
    y := 1;
__ENDTRY;
x := x + y;
END_PROGRAM"""
    assert [row.split()[:3] for row in errors(text, "codesys")] == [["2:1", "SY1701", "__TRY"]]
