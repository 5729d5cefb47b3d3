"""Every standard function, its edges included. Expected values are by hand or from the definition."""

import math

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import codes, fault_of, run, value

DAY = 86_400 * 10**9


@pytest.mark.parametrize(
    ("expression", "type_name", "expected"),
    [
        ("ABS(-5)", "INT", 5),
        ("ABS(SINT#-128)", "SINT", -128),
        ("ABS(-2.5)", "REAL", 2.5),
        ("SQRT(2.25)", "REAL", 1.5),
        ("LN(1.0)", "REAL", 0.0),
        ("LOG(1000.0)", "LREAL", 3.0),
        ("EXP(0.0)", "REAL", 1.0),
        ("SIN(0.0)", "REAL", 0.0),
        ("COS(0.0)", "REAL", 1.0),
        ("TAN(0.0)", "REAL", 0.0),
        ("ASIN(0.0)", "REAL", 0.0),
        ("ACOS(1.0)", "REAL", 0.0),
        ("ATAN(0.0)", "REAL", 0.0),
        ("ATAN2(0.0, 1.0)", "REAL", 0.0),
        ("EXPT(2.0, 10)", "REAL", 1024.0),
        ("2.0 ** -1", "REAL", 0.5),
        ("0.0 ** 0", "REAL", 1.0),
        ("-2 ** 2", "REAL", 4.0),
        ("MOVE(IN := 3)", "INT", 3),
        ("ADD(1, 2, 3)", "INT", 6),
        ("MUL(IN1 := 2, IN2 := 5)", "INT", 10),
        ("SUB(2, 5)", "INT", -3),
        ("DIV(7, 2)", "INT", 3),
        ("GT(3, 2, 1)", "BOOL", 1),
        ("GT(3, 2, 2)", "BOOL", 0),
        ("NE(3, 2)", "BOOL", 1),
        ("LE('abc', 'abd')", "BOOL", 1),
        ("EQ('a', 'A')", "BOOL", 0),
        ("SEL(TRUE, 1, 2)", "INT", 2),
        ("SEL(G := FALSE, IN0 := 'x', IN1 := 'yy')", "STRING", "x"),
        ("MUX(2, 10, 20, 30)", "INT", 30),
        ("MAX(1, 5, 3)", "INT", 5),
        ("MIN(2.5, 1)", "REAL", 1.0),
        ("MAX('abc', 'abd')", "STRING", "abd"),
        ("LIMIT(0, 15, 10)", "INT", 10),
        ("LIMIT(MN := 0, IN := -1, MX := 10)", "INT", 0),
        ("MAX(T#1s, T#2s)", "TIME", 2 * 10**9),
        ("IS_VALID(1.0)", "BOOL", 1),
    ],
)
def test_numbers_and_selection(expression, type_name, expected):
    assert value(expression, type_name) == expected


@pytest.mark.parametrize("name", ["SIN", "COS", "TAN", "EXP", "ATAN", "ASIN", "ACOS"])
def test_transcendental_functions_are_rounded_to_their_type(name):
    exact = {"SIN": math.sin, "COS": math.cos, "TAN": math.tan, "EXP": math.exp, "ATAN": math.atan}
    exact |= {"ASIN": math.asin, "ACOS": math.acos}
    wide = value(f"{name}(x)", "LREAL", "x : LREAL := 0.7;")
    assert abs(wide - exact[name](0.7)) <= math.ulp(wide)
    assert abs(value(f"{name}(x)", "REAL", "x : REAL := 0.7;") - wide) < 1e-7


@pytest.mark.parametrize(
    ("variables", "body", "kind"),
    [
        ("x : REAL;", "x := LN(x);", FaultKind.DOMAIN),
        ("x : REAL := 2.0;", "x := ASIN(x);", FaultKind.DOMAIN),
        ("x : REAL;", "x := x ** -1;", FaultKind.DOMAIN),
        ("x : REAL := -8.0;", "x := x ** 0.5;", FaultKind.DOMAIN),
        ("k : INT := 2;", "k := MUX(k, 1, 2);", FaultKind.INDEX_OUT_OF_BOUNDS),
        ("w : WORD := 16#1A; n : UINT;", "n := WORD_BCD_TO_UINT(w);", FaultKind.DOMAIN),
        ("n : UINT := 10000; w : WORD;", "w := UINT_TO_BCD_WORD(n);", FaultKind.OVERFLOW),
        ("m : INT := 13; d : DATE;", "d := CONCAT_DATE(2024, m, 1);", FaultKind.DOMAIN),
        ("s : STRING := '300'; n : USINT;", "n := STRING_TO_USINT(s);", FaultKind.OVERFLOW),
    ],
)
def test_what_is_outside_of_a_domain_is_a_fault(variables, body, kind):
    assert fault_of(variables, body).kind is kind


@pytest.mark.parametrize(
    ("expression", "type_name", "expected"),
    [
        ("LEN('')", "INT", 0),
        ("LEN('abc')", "INT", 3),
        ("LEFT('abcd', 2)", "STRING", "ab"),
        ("LEFT('abcd', 9)", "STRING", "abcd"),
        ("LEFT('abcd', -1)", "STRING", ""),
        ("RIGHT(IN := 'abcd', L := 3)", "STRING", "bcd"),
        ("RIGHT('abcd', 0)", "STRING", ""),
        ("MID('abcdef', 2, 3)", "STRING", "cd"),
        ("MID('abc', 5, 3)", "STRING", "c"),
        ("MID('abc', 1, 0)", "STRING", ""),
        ("CONCAT('a', 'bc', 'd')", "STRING", "abcd"),
        ("INSERT('abcd', 'XY', 2)", "STRING", "abXYcd"),
        ("INSERT('abcd', 'XY', 0)", "STRING", "XYabcd"),
        ("DELETE('abcdef', 2, 3)", "STRING", "abef"),
        ("DELETE('abc', 2, 0)", "STRING", "abc"),
        ("REPLACE('abcdef', 'X', 3, 2)", "STRING", "aXef"),
        ("FIND('abcbc', 'bc')", "INT", 2),
        ("FIND('abc', 'x')", "INT", 0),
        ("FIND('abc', '')", "INT", 0),
        ('LEN("wide")', "INT", 4),
        ("'$$ $' $4A $n'", "STRING", "$ ' J \n"),
    ],
)
def test_strings(expression, type_name, expected):
    assert value(expression, type_name) == expected


@pytest.mark.parametrize(
    ("expression", "type_name", "expected"),
    [
        ("DINT_TO_INT(70000)", "INT", 4464),
        ("INT_TO_UINT(-1)", "UINT", 65535),
        ("INT_TO_BOOL(2)", "BOOL", 1),
        ("BYTE_TO_BOOL(BYTE#2)", "BOOL", 0),
        ("BYTE_TO_BOOL(BYTE#16#FF)", "BOOL", 1),
        ("LWORD_TO_BOOL(LWORD#16#8000_0000_0000_0000)", "BOOL", 0),
        ("TO_BOOL(WORD#16#0101)", "BOOL", 1),
        ("BOOL_TO_INT(TRUE)", "INT", 1),
        ("TO_DINT(2.5)", "DINT", 2),
        ("REAL_TRUNC_INT(-2.7)", "INT", -2),
        ("TRUNC(2.9)", "DINT", 2),
        ("TRUNC_INT(2.9)", "INT", 2),
        ("WORD_BCD_TO_UINT(16#1234)", "UINT", 1234),
        ("UINT_TO_BCD_WORD(1234)", "WORD", 0x1234),
        ("IS_VALID_BCD(WORD#16#12A4)", "BOOL", 0),
        ("DWORD_TO_REAL(16#3FC00000)", "REAL", 1.5),
        ("REAL_TO_DWORD(1.5)", "DWORD", 0x3FC00000),
        ("BYTE_TO_SINT(16#FF)", "SINT", -1),
        ("INT_TO_STRING(-12)", "STRING", "-12"),
        ("REAL_TO_STRING(0.1)", "STRING", "0.1"),
        ("REAL_TO_STRING(1.0E20)", "STRING", "1.0E20"),
        ("REAL_TO_STRING(3.0)", "STRING", "3.0"),
        ("LREAL_TO_STRING(1.0E-7)", "STRING", "1.0E-7"),
        ("BOOL_TO_STRING(TRUE)", "STRING", "TRUE"),
        ("TIME_TO_STRING(T#61s500ms)", "STRING", "T#1m1s500ms"),
        ("DATE_TO_STRING(D#2024-02-29)", "STRING", "D#2024-02-29"),
        ("DT_TO_STRING(DT#2024-02-29-01:02:03.5)", "STRING", "DT#2024-02-29-01:02:03.5"),
        ("STRING_TO_INT(' 42 ')", "INT", 42),
        ("STRING_TO_REAL('1.5e2')", "REAL", 150.0),
        ("STRING_TO_TIME('T#2s')", "TIME", 2 * 10**9),
        ("STRING_TO_BYTE('16#ff')", "BYTE", 255),
        ('WSTRING_TO_STRING("a→")', "STRING", "a?"),
        ("CHAR_TO_STRING('x')", "STRING", "x"),
        ("STRING_TO_CHAR('xy')", "CHAR", "x"),
        ("CHAR_TO_BYTE('A')", "BYTE", 65),
        ("TIME_TO_DINT(T#-1500us)", "DINT", -1),
        ("DINT_TO_TIME(1500)", "TIME", 1_500_000_000),
        ("LTIME_TO_LINT(LT#1us)", "LINT", 1000),
        ("TIME_TO_REAL(T#1s)", "REAL", 1000.0),
        ("DT_TO_DATE(DT#1970-01-02-03:00:00)", "DATE", DAY),
        ("DT_TO_DATE(DT#1970-01-01-00:00:00 - T#1ns)", "DATE", -DAY),
        ("DT_TO_TOD(DT#1970-01-02-03:00:00)", "TOD", 3 * 3600 * 10**9),
        ("DATE_TO_UDINT(D#1970-01-02)", "UDINT", 86_400),
    ],
)
def test_conversions(expression, type_name, expected):
    assert value(expression, type_name) == expected


def test_the_midnight_before_the_first_of_all_moments_wraps():
    first = "t : TIME := T#-106751d23h47m16s854ms775us807ns;"
    # 1677-09-21-00:12:43.145224192
    assert (
        value("DT_TO_DATE(DT#1970-01-01-00:00:00 + t - T#1ns)", "DATE", first) == (1 << 63) - 763_145_224_192
    )


@pytest.mark.parametrize(
    "name", ["TIME_TO_DATE", "DATE_TO_TOD", "FOO_TO_INT", "INT_TO_INT", "UINT_TO_BCD_INT"]
)
def test_conversions_that_mean_nothing_do_not_exist(name):
    assert "SY1401" in codes("a : INT;", f"a := {name}(a);")


@pytest.mark.parametrize(
    ("expression", "type_name", "expected"),
    [
        ("D#2024-03-01 - D#2024-02-28", "TIME", 2 * DAY),
        ("TOD#23:30:00 + T#1h", "TOD", 30 * 60 * 10**9),
        ("DT#2024-12-31-23:59:59 + T#1s - DT#2025-01-01-00:00:00", "TIME", 0),
        ("ADD_TIME(T#1s, T#2s)", "TIME", 3 * 10**9),
        ("SUB_DATE_DATE(D#1970-01-03, D#1970-01-01)", "TIME", 2 * DAY),
        ("MULTIME", "TIME", 10**9),
        ("DIV_TIME(T#3s, 2)", "TIME", 1_500_000_000),
        ("CONCAT_DATE_TOD(D#1970-01-02, TOD#00:00:01)", "DT", DAY + 10**9),
        ("CONCAT_DATE(1970, 1, 2)", "DATE", DAY),
        ("CONCAT_TOD(1, 0, 0, 5)", "TOD", 3600 * 10**9 + 5_000_000),
        ("CONCAT_DATE(2261, 12, 31)", "DATE", 106_650 * DAY),
        ("CONCAT_DATE(1678, 1, 1)", "DATE", -106_650 * DAY),
        ("CONCAT_LTOD(23, 59, 59, 999)", "LTOD", DAY - 1_000_000),
        ("CONCAT_DT(1970, 1, 2, 0, 0, 0, 1)", "DT", DAY + 1_000_000),
        ("CONCAT_LDT(1969, 12, 31, 23, 59, 59, 0)", "LDT", -(10**9)),
        ("CONCAT_DATE_LTOD(LD#1970-01-02, LTOD#00:00:01)", "LDT", DAY + 10**9),
        ("DAY_OF_WEEK(D#2024-02-29)", "USINT", 4),
        ("DAY_OF_WEEK(D#1969-12-31)", "USINT", 3),
    ],
)
def test_dates_and_durations(expression, type_name, expected):
    assert value(expression.replace("MULTIME", "MUL_TIME(T#500ms, 2)"), type_name) == expected


@pytest.mark.parametrize(
    ("type_name", "size"),
    [
        ("BOOL", 1),
        ("LINT", 8),
        ("WSTRING[3]", 8),
        ("STRING", 81),
        ("ARRAY[1..3, 0..1] OF INT", 12),
        ("TIME", 8),
    ],
)
def test_sizes(type_name, size):
    assert run(f"x : {type_name}; n : UDINT;", "n := SIZEOF(x);").get("main.n") == size


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("y : SINT;", "SPLIT_DATE(D#2012-02-29, YEAR => y);"),
        ("ms : USINT;", "SPLIT_TOD(TOD#1:1:1, MILLISECOND => ms);"),
        ("m : WORD;", "SPLIT_DATE(D#2012-02-29, MONTH => m);"),
        ("m : WORD; on : DATE;", "on := CONCAT_DATE(2012, m, 1);"),
        ("on : DATE;", "on := CONCAT_DATE(2012.0, 1, 1);"),
    ],
)
def test_parts_of_dates_are_integers_that_have_room_for_all_of_them(declared, body):
    assert "SY1308" in codes(declared, body)


def test_an_hour_beyond_all_signed_integers_is_no_hour():
    fault = fault_of("u : ULINT := 18446744073709551615; t : TOD;", "t := CONCAT_TOD(u, 1, 1, 1);")
    assert fault.kind is FaultKind.DOMAIN


def test_dates_are_taken_apart():
    variables = "y, m, d, h, n, s, f : INT;"
    body = "SPLIT_DT(DT#2024-02-29-13:14:15.678, YEAR => y, MONTH => m, DAY => d, HOUR => h, MINUTE => n, "
    body += "SECOND => s, MILLISECOND => f);"
    done = run(variables, body)
    assert [done.get(f"main.{name}") for name in "ymdhnsf"] == [2024, 2, 29, 13, 14, 15, 678]
    done = run("y, m, d : DINT;", "SPLIT_DATE(D#1969-12-31, YEAR => y, MONTH => m, DAY => d);")
    assert [done.get(f"main.{name}") for name in "ymd"] == [1969, 12, 31]
    done = run(
        "h, n, s, f : INT;",
        "SPLIT_TOD(TOD#00:59:01.5, HOUR => h, MINUTE => n, SECOND => s, MILLISECOND => f);",
    )
    assert [done.get(f"main.{name}") for name in "hnsf"] == [0, 59, 1, 500]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("x : REAL := SIN(0.0) * 2.0 + EXPT(2.0, 10);", 1024.0),
        ("x : STRING := INT_TO_STRING(-5);", "-5"),
        ("x : DATE := CONCAT_DATE(1970, 1, 3);", 2 * DAY),
        ("x : INT := STRING_TO_INT('12') + 1;", 13),
        ("x : LREAL := LN(EXP(LREAL#1.0));", 1.0),
    ],
)
def test_functions_of_constants_are_constant(declared, expected):
    assert run(declared, ";").get("main.x") == expected


def test_a_constant_outside_of_a_domain_is_told_by_the_compiler():
    assert "SY1606" in codes("x : REAL := LN(0.0);", ";")
    assert "SY1606" in codes("x : INT;", "x := STRING_TO_INT('twelve');")
    assert codes("x : INT; y : REAL;", "x := STRING_TO_INT(nothing); y := SIN(nothing);") == [
        "SY1200",
        "SY1200",
    ]


def test_a_function_of_a_constant_may_be_the_bound_of_an_array():
    before = "VAR_GLOBAL CONSTANT size : DINT := TO_DINT(EXPT(2.0, 3)); END_VAR"
    assert run("a : ARRAY[1..size] OF INT; n : DINT;", "n := UPPER_BOUND(a, 1);", before).get("main.n") == 8
