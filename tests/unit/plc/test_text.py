"""Numbers, durations and dates as text and back. REAL is compared with Python's own correctly rounded conversions."""

import random
import struct
from fractions import Fraction

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import codes, fault_of, program, start, value

DAY = 86_400 * 10**9


def single(x: float) -> float:
    return struct.unpack("<f", struct.pack("<f", x))[0]


def shortest(x: float, type_name: str) -> str:
    """The shortest decimal that reads back as x, as repr writes it."""
    if type_name == "LREAL":
        return repr(x)
    return next(t for p in range(1, 10) if single(float(t := f"{x:.{p}g}")) == x)


def samples(type_name: str) -> list[float]:
    rng = random.Random(type_name)
    low, high = (-149, 127) if type_name == "REAL" else (-1074, 1023)
    edges = [
        2.0**low,
        2.0**high,
        2.0 ** (low + 23),
        1e16,
        1e15,
        0.1,
        5e-5,
        9.5367431640625e-07,
        1.0,
        123456.0,
    ]
    some = [rng.uniform(1, 2) * 2.0 ** rng.randint(low + 30, high - 1) for _ in range(5)]
    return [single(x) if type_name == "REAL" else x for x in [*edges, *some]]


@pytest.mark.parametrize("type_name", ["REAL", "LREAL"])
def test_real_is_written_shortest_and_read_back(type_name):
    body = f"s := {type_name}_TO_STRING(x); y := STRING_TO_{type_name}(s);"
    runtime = start(program(f"x, y : {type_name}; s : STRING;", body))
    for x in samples(type_name):
        runtime.set("main.x", -x)
        runtime.scan()
        text = runtime.get("main.s")
        digits = shortest(x, type_name).partition("e")[0].replace(".", "").strip("0")
        assert float(text) == float("-" + shortest(x, type_name))
        assert text.partition("E")[0].replace(".", "").strip("-0") == digits
        assert runtime.get("main.y") == -x


@pytest.mark.parametrize("type_name", ["REAL", "LREAL"])
def test_real_is_read_with_one_rounding(type_name):
    rng = random.Random(7)
    runtime = start(program(f"y : {type_name}; s : STRING;", f"y := STRING_TO_{type_name}(s);"))
    scale = 38 if type_name == "REAL" else 307
    texts = [f"{rng.randint(1, 10**25)}E{rng.randint(-scale - 20, scale - 26)}" for _ in range(5)]
    # halves between two values: to even; and just above
    texts += [
        "16777217",
        "16777219",
        "16777217.000001",
        "9007199254740993",
        "0.00000000000001E14",
        "1e-400",
        "0",
    ]
    for text in texts:
        runtime.set("main.s", text)
        runtime.scan()
        expected = float(text) if type_name == "LREAL" else nearest_single(text)
        assert runtime.get("main.y") == expected, text


def nearest_single(text: str) -> float:
    """The single nearest to a decimal, ties to even, from exact fractions."""
    exact = Fraction(text)
    if exact == 0 or exact < Fraction(1, 2**151):
        return 0.0
    k = max(exact.numerator.bit_length() - exact.denominator.bit_length() - 25, -149)
    while True:
        mantissa = round(exact / Fraction(2) ** k)
        if mantissa <= 2**24:
            return float(mantissa * Fraction(2) ** k)
        k += 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("REAL_TO_STRING(100000.0)", "100000.0"),
        ("REAL_TO_STRING(0.00001)", "0.00001"),
        ("REAL_TO_STRING(-1.5E-6)", "-1.5E-6"),
        ("REAL_TO_STRING(1.0E16)", "1.0E16"),
        ("REAL_TO_STRING(0.0)", "0.0"),
        ("REAL_TO_STRING(3.0E38 * x)", "INF"),
        ("REAL_TO_STRING(-3.0E38 * x)", "-INF"),
        ("REAL_TO_STRING(3.0E38 * x - 3.0E38 * x)", "NAN"),
        ("LREAL_TO_STRING(1.7976931348623157E308)", "1.7976931348623157E308"),
        ("LINT_TO_STRING(-9223372036854775807 - 1)", "-9223372036854775808"),
        ("ULINT_TO_STRING(18446744073709551615)", "18446744073709551615"),
        ("BYTE_TO_STRING(16#FF)", "255"),
        ("TIME_TO_STRING(T#0s)", "T#0s"),
        ("TIME_TO_STRING(T#-1d2ns)", "T#-1d2ns"),
        ("LTIME_TO_STRING(LT#1h1us)", "LT#1h1us"),
        ("TOD_TO_STRING(TOD#23:59:59.999)", "TOD#23:59:59.999"),
        ("DATE_TO_STRING(D#1969-12-31)", "D#1969-12-31"),
        ("DATE_TO_STRING(D#1900-03-01)", "D#1900-03-01"),
        ("DATE_TO_STRING(D#2000-02-29)", "D#2000-02-29"),
        ("DATE_TO_STRING(D#2261-12-31)", "D#2261-12-31"),
        ("LDT_TO_STRING(LDT#1678-01-01-00:00:00.000000001)", "LDT#1678-01-01-00:00:00.000000001"),
    ],
)
def test_written(expression, expected):
    assert value(expression, "STRING", "x : REAL := 10.0;") == expected


@pytest.mark.parametrize(
    ("text", "type_name", "expected"),
    [
        ("-128", "SINT", -128),
        ("+127", "SINT", 127),
        ("2#1010", "BYTE", 10),
        ("16#ffff_ffff", "DWORD", 0xFFFFFFFF),
        ("-9223372036854775808", "LINT", -(2**63)),
        ("18446744073709551615", "ULINT", 2**64 - 1),
        (" true$T", "BOOL", 1),
        ("0", "BOOL", 0),
        ("T#1d2h3m4s5ms6us7ns", "TIME", 93_784_005_006_007),
        ("ltime#-1.5h", "LTIME", -5400 * 10**9),
        ("t#0.000000001s", "TIME", 1),
        ("D#2024-02-29", "DATE", 19_782 * DAY),
        ("DATE#1969-12-31", "DATE", -DAY),
        ("TOD#1:02", "TOD", 3720 * 10**9),
        ("DT#1970-01-02-00:00:01.25", "DT", DAY + 1_250_000_000),
    ],
)
def test_read(text, type_name, expected):
    assert value(f"TO_{type_name}(s)", type_name, f"s : STRING := '{text}';") == expected


@pytest.mark.parametrize(
    ("text", "type_name", "kind"),
    [
        ("", "INT", FaultKind.BAD_STRING),
        ("1__0", "INT", FaultKind.BAD_STRING),
        ("_1", "INT", FaultKind.BAD_STRING),
        ("12x", "INT", FaultKind.BAD_STRING),
        ("3#1", "INT", FaultKind.BAD_STRING),
        ("128", "SINT", FaultKind.OVERFLOW),
        ("-129", "SINT", FaultKind.OVERFLOW),
        ("-1", "UINT", FaultKind.OVERFLOW),
        ("18446744073709551616", "ULINT", FaultKind.OVERFLOW),
        ("yes", "BOOL", FaultKind.BAD_STRING),
        ("1.2.3", "REAL", FaultKind.BAD_STRING),
        (".5", "REAL", FaultKind.BAD_STRING),
        ("1e", "REAL", FaultKind.BAD_STRING),
        ("1e39", "REAL", FaultKind.OVERFLOW),
        ("1e999", "LREAL", FaultKind.OVERFLOW),
        ("1m", "TIME", FaultKind.BAD_STRING),
        ("T#1s2m", "TIME", FaultKind.BAD_STRING),
        ("T#1.5h3m", "TIME", FaultKind.BAD_STRING),
        ("T#200000d", "TIME", FaultKind.OVERFLOW),
        ("D#2023-02-29", "DATE", FaultKind.BAD_STRING),
        ("D#2300-01-01", "DATE", FaultKind.BAD_STRING),
        ("TOD#24:00:00", "TOD", FaultKind.BAD_STRING),
    ],
)
def test_what_cannot_be_read_is_a_fault(text, type_name, kind):
    assert fault_of(f"s : STRING := '{text}'; x : {type_name};", f"x := TO_{type_name}(s);").kind is kind


def test_a_text_longer_than_any_number_is_refused():
    fault = fault_of("s : STRING[300]; x : INT;", "s := '1'; WHILE LEN(s) < 256 DO s := CONCAT(' ', s); END_WHILE; "
                     "x := STRING_TO_INT(s);")  # fmt: skip
    assert fault.kind is FaultKind.BAD_STRING


TEXTS = "s : STRING[8] := 'abc'; t : STRING[8]; w : WSTRING[4] := \"xyz\"; c : CHAR; wc : WCHAR; n : INT; e : BOOL;"


def test_characters_of_a_string_count_from_1_on():
    p = start(
        program(
            TEXTS + " a : ARRAY[1..2] OF STRING[5];",
            "c := s[2]; s[1] := 'X'; e := s[3] = 'c'; wc := w[3]; w[1] := wc; a[2] := 'hey'; a[2][3] := c; t := a[2];",
        )
    )
    p.scan()
    assert [p.get(f"main.{name}") for name in ("s", "c", "e", "w", "t")] == ["Xbc", "b", 1, "zyz", "heb"]


@pytest.mark.parametrize("dialect", ["strict", "codesys"])
@pytest.mark.parametrize(
    "body", ["n := 6; s[n] := {x};", "s[5] := {y}; s[2] := {x};", "s := 'abcdefgh'; s[3] := {y};"]
)
def test_what_is_left_behind_the_end_of_a_string_is_never_copied(body, dialect):
    letters = {"x": "16#42", "y": "0"} if dialect == "codesys" else {"x": "'B'", "y": "CHAR#'$01'"}
    made = (
        body.format(**letters) + " t := s; t := CONCAT(t, s); s := INSERT(s, t, 1); n := LEN(s); e := s = t;"
    )
    p = start(program(TEXTS, made), dialect)
    for _ in range(3):
        p.scan()
        text = p.image()[p.watch.find("main.t")[0] :][:9]
        assert text.rstrip(b"\0").count(b"\0") == 0


def test_a_character_that_a_string_cannot_have_is_refused():
    assert fault_of(TEXTS, "n := 9;\nc := s[n];").kind is FaultKind.INDEX_OUT_OF_BOUNDS
    assert fault_of(TEXTS, "s[n] := 'a';").kind is FaultKind.INDEX_OUT_OF_BOUNDS
    body = "s[0] := 'a'; s[9] := 'b'; wc := s[1]; s[1] := 'ab'; n := s[1];"
    assert codes(TEXTS, body) == ["SY1605", "SY1605", "SY1308", "SY1308", "SY1308"]
