"""What programs mean: numbers, strings and durations; test_item_NN_... is about item NN of items.py.

Expected values are by hand.
"""

import struct

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import fault_of, program, run, start, value

# ---- 1: integers wrap at their declared width and sign ----


@pytest.mark.parametrize(
    ("type_name", "first", "step", "expected"),
    [
        ("SINT", 127, 1, -128),
        ("SINT", -128, -1, 127),
        ("INT", 32767, 1, -32768),
        ("DINT", 2147483647, 1, -2147483648),
        ("LINT", 9223372036854775807, 1, -9223372036854775808),
        ("USINT", 255, 1, 0),
        ("UINT", 65535, 2, 1),
        ("UDINT", 4294967295, 1, 0),
        ("ULINT", 18446744073709551615, 1, 0),
    ],
)
def test_item_01_sums_wrap(type_name, first, step, expected):
    sign = "+" if step > 0 else "-"
    done = run(f"a : {type_name} := {first};", f"a := a {sign} {abs(step)};")
    assert done.get("main.a") == expected


@pytest.mark.parametrize(
    ("type_name", "expression", "expected"),
    [
        ("INT", "INT#300 * INT#300", 90000 - 65536),
        ("USINT", "USINT#0 - USINT#1", 255),
        ("SINT", "-x", -128),
        ("UINT", "-UINT#1", 65535),
        ("BYTE", "NOT BYTE#16#0F", 0xF0),
        ("BOOL", "NOT TRUE", 0),
        ("DINT", "INT#200 * DINT#200", 40000),
    ],
)
def test_item_01_results_wrap_at_their_own_type(type_name, expression, expected):
    assert value(expression, type_name, "x : SINT := -128;") == expected


# ---- 2: division, and everything that is a fault ----


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"),
    [(7, 2, 3, 1), (-7, 2, -3, -1), (7, -2, -3, 1), (-7, -2, 3, -1), (0, 5, 0, 0)],
)
def test_item_02_division_truncates_toward_zero(a, b, quotient, rest):
    done = run(f"a : INT := {a}; b : INT := {b}; q, r : INT;", "q := a / b; r := a MOD b;")
    assert (done.get("main.q"), done.get("main.r")) == (quotient, rest)


@pytest.mark.parametrize(
    ("variables", "body", "kind"),
    [
        ("a, b : INT;", "a := 1 / b;", FaultKind.DIVIDE_BY_ZERO),
        ("a, b : INT;", "a := 1 MOD b;", FaultKind.DIVIDE_BY_ZERO),
        ("a, b : REAL;", "a := 1.0 / b;", FaultKind.DIVIDE_BY_ZERO),
        ("a : SINT := -128; b : SINT := -1;", "a := a / b;", FaultKind.OVERFLOW),
        ("a : ARRAY[1..3] OF INT; i : INT := 4;", "a[i] := 1;", FaultKind.INDEX_OUT_OF_BOUNDS),
        (
            "a : ARRAY[1..3, 0..1] OF INT; i : INT := -1; b : INT;",
            "b := a[1, i];",
            FaultKind.INDEX_OUT_OF_BOUNDS,
        ),
        ("a : INT(0..10); b : INT := 11;", "a := b;", FaultKind.SUBRANGE),
        ("a : BOOL := TRUE; b : INT;", "WHILE a DO b := b + 1; END_WHILE;", FaultKind.BUDGET),
        ("r : REF_TO INT; b : INT;", "b := r^;", FaultKind.NULL_REFERENCE),
        ("a : REAL := -1.0;", "a := SQRT(a);", FaultKind.DOMAIN),
        ("a : REAL := 40000.0; b : INT;", "b := REAL_TO_INT(a);", FaultKind.OVERFLOW),
        ("a : STRING := 'x'; b : INT;", "b := STRING_TO_INT(a);", FaultKind.BAD_STRING),
        ("a : INT; s : INT;", "FOR a := 1 TO 3 BY s DO ; END_FOR;", FaultKind.DOMAIN),
    ],
)
def test_item_02_each_fault_has_its_kind_and_line(variables, body, kind):
    fault = fault_of(variables, body, budget=1000)
    assert fault.kind is kind
    assert fault.span is not None
    assert (fault.span.file, fault.span.line) == ("t.st", 6)


def test_item_02_lowest_value_modulo_minus_one_is_zero():
    assert run("a : SINT := -128; b : SINT := -1; c : SINT := 5;", "c := a MOD b;").get("main.c") == 0


def test_item_02_after_a_fault_outputs_are_off_and_the_runtime_lives():
    runtime = start(
        program(
            "n, d : INT;", "lamp := TRUE; n := 10 / d; n := 77;", "VAR_GLOBAL lamp AT %QX0.5 : BOOL; END_VAR"
        )
    )
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        runtime.scan()
    assert runtime.get("lamp") == 0
    with pytest.raises(Exception, match="DIVIDE_BY_ZERO"):
        runtime.scan()
    runtime.reset()
    runtime.set("main.d", 5)
    runtime.scan()
    assert (runtime.get("lamp"), runtime.get("main.n"), runtime.fault) == (1, 77, None)


# ---- 3: REAL is single, rounded after every operation ----


def test_item_03_real_is_rounded_to_single_after_every_operation():
    done = run("a : REAL := 16777216.0; b, c : REAL; d : LREAL;", "b := a + 1.0 - a; c := 0.1; d := 0.1;")
    assert done.get("main.b") == 0.0
    assert done.get("main.c") == struct.unpack("<f", struct.pack("<f", 0.1))[0]
    assert done.get("main.d") == 0.1


@pytest.mark.parametrize(
    ("real", "expected"),
    [("2.5", 2), ("3.5", 4), ("-2.5", -2), ("-3.5", -4), ("2.4999", 2), ("32767.4", 32767)],
)
def test_item_03_real_to_int_rounds_half_to_even(real, expected):
    assert value("REAL_TO_INT(x)", "INT", f"x : REAL := {real};") == expected


def test_item_03_a_large_integer_is_rounded_to_single_once():
    # 2^53 + 2^29 + 1: rounding through a double would lose the 1 that decides the tie
    number = 2**53 + 2**29 + 1
    assert value(f"LINT_TO_REAL(LINT#{number})", "REAL") == float(2**53 + 2**30)


def test_item_03_real_overflow_is_infinite_and_nan_has_one_form():
    done = run("a : REAL := 3.0E38; b : REAL;", "a := a * 10.0; b := a - a;")
    assert done.get("main.a") == float("inf")
    assert struct.pack("<f", done.get("main.b")) == b"\x00\x00\xc0\x7f"


# ---- 5: strings ----


def test_item_05_strings_are_cut_at_their_length_and_clear_behind_their_end():
    runtime = run(
        "a : STRING[5]; b : STRING(3) := 'xyz';", "a := 'abcdefgh'; a := 'hi'; b := CONCAT(a, 'mno');"
    )
    assert (runtime.get("main.a"), runtime.get("main.b")) == ("hi", "him")
    offset, type_, _ = runtime.watch.find("main.a")
    assert runtime.image()[offset : offset + type_.size] == b"hi\0\0\0\0"


def test_item_05_wide_strings_have_two_bytes_a_character():
    runtime = run('a : WSTRING[3] := "a→b";', ";")
    offset, type_, _ = runtime.watch.find("main.a")
    assert runtime.image()[offset : offset + type_.size] == "a→b\0".encode("utf-16-le")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("LEFT(s, 1)", "a"),
        ("MID(s, 1, 1)", "a"),
        ("INSERT(s, 'X', 1)", "aXbc"),
        ("REPLACE(s, 'X', 1, 1)", "Xbc"),
        ("DELETE(s, 1, 3)", "ab"),
    ],
)
def test_item_05_positions_count_from_1(expression, expected):
    assert value(expression, "STRING[9]", "s : STRING(3) := 'abc';") == expected
    assert value("FIND(s, 'a')", "INT", "s : STRING(3) := 'abc';") == 1


# ---- 8: durations ----


@pytest.mark.parametrize(
    ("literal", "ns"),
    [
        ("T#1d2h3m4s5ms6us7ns", 93_784_005_006_007),
        ("TIME#-1.5s", -1_500_000_000),
        ("T#25h", 90_000_000_000_000),
        ("t#1_000ms", 1_000_000_000),
        ("T#0.5us", 500),
        ("T#5d_14h_12m_18s_3.5ms", 483_138_003_500_000),
    ],
)
def test_item_08_duration_literals(literal, ns):
    assert value(literal, "TIME") == ns


@pytest.mark.parametrize(
    ("literal", "ns"),
    [
        ("LT#1ns", 1),
        ("LTIME#-1d_1h_1m_1s_1ms_1us_1ns", -90_061_001_001_001),
        ("LT#0.000001ms", 1),
        ("LTIME#+5us", 5000),
        ("LT#106751d_23h_47m_16s_854ms_775us_807ns", 2**63 - 1),
    ],
)
def test_item_08_long_duration_literals(literal, ns):
    assert value(literal, "LTIME") == ns


def test_item_08_durations_add_compare_and_scale():
    assert value("T#1s + T#500ms - T#2s", "TIME") == -500_000_000
    assert value("T#1s * 3 / 2", "TIME") == 1_500_000_000
    assert value("T#1s * 0.25", "TIME") == 250_000_000
    assert value("T#1s > T#999ms", "BOOL") == 1
    assert value("T#1s + LT#1ns", "LTIME") == 1_000_000_001


def test_item_08_the_clock_stands_still_in_a_scan():
    body = "a(IN := TRUE, PT := T#1h); FOR i := 1 TO 1000 DO ; END_FOR; b(IN := TRUE, PT := T#1h);"
    done = run("a, b : TON; i : INT;", body, scans=7)
    assert done.get("main.a.ET") == done.get("main.b.ET") == 60_000_000


# ---- 11: shifts by the width and more ----


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SHL(BYTE#16#81, 1)", 0x02),
        ("SHL(BYTE#16#81, 8)", 0),
        ("SHR(BYTE#16#81, 7)", 1),
        ("SHR(BYTE#16#81, 1000)", 0),
        ("ROL(BYTE#16#81, 1)", 0x03),
        ("ROL(BYTE#16#81, 9)", 0x03),
        ("ROR(BYTE#16#81, 1)", 0xC0),
        ("ROR(BYTE#16#81, 16)", 0x81),
        ("SHL(BYTE#16#81, -1)", 0x81),
    ],
)
def test_item_11_shifts(expression, expected):
    assert value(expression, "BYTE") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SHL", (2, 0, 0, 0)),
        ("SHR", (0x4000, 0, 0, 0)),
        ("ROL", (3, 0x8001, 3, 3)),
        ("ROR", (0xC000, 0x8001, 0xC000, 0xC000)),
    ],
)
def test_item_11_counts_that_change_at_run_time(name, expected):
    counts = (1, 16, 17, 32753)  # the last one is 1 more than a multiple of 16
    body = f"FOR i := 0 TO 3 DO r[i] := {name}(w, n[i]); END_FOR;"
    declared = (
        f"w : WORD := 16#8001; i : INT; n : ARRAY[0..3] OF INT := {list(counts)}; r : ARRAY[0..3] OF WORD;"
    )
    done = run(declared, body)
    assert tuple(done.get(f"main.r[{i}]") for i in range(4)) == expected
