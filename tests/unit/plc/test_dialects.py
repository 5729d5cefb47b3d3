"""What the vendors' dialects read besides, and what the standard says about it."""

import pytest

from unit.plc.st import check, codes, program, run, value


@pytest.mark.parametrize("dialect", ["codesys", "twincat"])
@pytest.mark.parametrize(
    ("variables", "body", "expected"),
    [
        ("n : INT; d : DINT := 70000;", "n := d;", 4464),
        ("n : INT; p : POINTER TO INT; k : INT := 3;", "p := ADR(k); n := p^ + 1;", 4),
        (
            "n : INT; a : ARRAY[0..2] OF INT := [1, 2, 3]; p : POINTER TO INT;",
            "p := ADR(a); p := p + 4; n := p^;",
            3,
        ),
        ("n : INT; r : REFERENCE TO INT; k : INT := 5;", "r REF= k; r := r + 1; n := k;", 6),
        ("n : INT; b : BIT := TRUE;", "IF b THEN n := 2; END_IF;", 2),
        ("n : UXINT; s : T_MaxString;", "n := SIZEOF(s);", 256),
        ("n : INT; w : WORD := 16#00F0;", "n := w + 1;", 241),
        ("n : DINT; x : INT := 6;", "n := x AND 3;", 2),
        ("n : INT; s : STRING := '12 parcels';", "n := STRING_TO_INT(s);", 12),
        ("n : INT; s : STRING;", "n := STRING_TO_INT(s);", 0),
        ("n : WORD; s : STRING := ' 16#f_F lanes';", "n := STRING_TO_WORD(s);", 255),
        ("n : INT; s : STRING := '2#1012';", "n := STRING_TO_INT(s);", 5),
        ("n : INT; s : STRING := '16#F__F';", "n := STRING_TO_INT(s);", 15),
        ("n : INT; s : STRING := '9#7';", "n := STRING_TO_INT(s);", 9),
        ("n : INT; s : STRING := '-8#17';", "n := STRING_TO_INT(s);", -8),
        ("n : REAL; s : STRING := '-2.5e1x';", "n := STRING_TO_REAL(s);", -25.0),
        ("n : REAL; s : STRING := '1.5.2';", "n := STRING_TO_REAL(s);", 1.5),
        ("n : REAL; s : STRING := '3e';", "n := STRING_TO_REAL(s);", 3.0),
        ("n : BOOL; s : STRING := ' true ';", "n := STRING_TO_BOOL(s);", 1),
        ("n : BOOL; s : STRING := 'yes';", "n := STRING_TO_BOOL(s);", 0),
        ("n : BOOL; w : WORD := 2;", "n := WORD_TO_BOOL(w);", 1),
        ("n : DINT; x : LREAL := -2.5;", "n := ANY_TO_DINT(x);", -2),
        ("n : DINT; b : BOOL := TRUE; s : STRING := '40';", "n := ANY_TO_DINT(b) + ANY_TO_DINT(s);", 41),
        ("n : STRING; x : INT := 7;", "n := ANY_TO_STRING(x);", "7"),
    ],
)
def test_vendors_read_more(variables, body, expected, dialect):
    assert run(variables, body, dialect=dialect).get("main.n") == expected


@pytest.mark.parametrize(
    ("variables", "body", "code"),
    [
        ("n : INT; d : DINT;", "n := d;", "SY1308"),
        ("n : INT; p : POINTER TO INT;", "n := p^;", "SY1307"),
        ("n : INT; p : REF_TO INT;", "p := ADR(n);", "SY1307"),
        ("n : BIT;", "n := TRUE;", "SY1203"),
        ("n : INT; w : WORD;", "n := w + 1;", "SY1313"),
        ("n : DINT; x : INT;", "n := x AND 3;", "SY1313"),
        ("n : DINT; x : INT;", "n := ANY_TO_DINT(x);", "SY1307"),
    ],
)
def test_the_standard_refuses_it(variables, body, code):
    assert code in codes(variables, body)


def test_vendors_bit_patterns_are_numbers_and_the_standards_are_patterns():
    assert value("DWORD_TO_REAL(16#3FC00000)", "REAL") == 1.5
    assert run("x : REAL;", "x := DWORD_TO_REAL(16#10);", dialect="codesys").get("main.x") == 16.0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("p := __NEW(INT);", "__NEW is not compiled: memory is not taken while a program runs"),
        ("JMP;", "JMP is not compiled: there are no labels"),
        ("b := __DELETE(p);", "__DELETE is not compiled: memory is not taken while a program runs"),
    ],
)
def test_what_is_not_compiled_of_the_vendors_says_why(body, message):
    rows = check(program("p : POINTER TO INT; b : BOOL;", body), "codesys").diagnostics
    assert [(d.code, d.message) for d in rows if d.severity == "error"] == [("SY1701", message)]


def test_unknown_labels_are_told_once_each():
    assert codes("n : INT;", "CASE n OF Kind.A: ; Kind.B: ; END_CASE;", dialect="codesys") == [
        "SY1200",
        "SY1200",
    ]
