"""What programs mean, item by item of the list that implementations disagree on. Expected values are by hand."""

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
def test_sums_wrap(type_name, first, step, expected):
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
def test_results_wrap_at_their_own_type(type_name, expression, expected):
    assert value(expression, type_name, "x : SINT := -128;") == expected


# ---- 2: division, and everything that is a fault ----


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"),
    [(7, 2, 3, 1), (-7, 2, -3, -1), (7, -2, -3, 1), (-7, -2, 3, -1), (0, 5, 0, 0)],
)
def test_division_truncates_toward_zero(a, b, quotient, rest):
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
def test_each_fault_has_its_kind_and_line(variables, body, kind):
    fault = fault_of(variables, body, budget=1000)
    assert fault.kind is kind
    assert fault.span is not None
    assert (fault.span.file, fault.span.line) == ("t.st", 6)


def test_lowest_value_modulo_minus_one_is_zero():
    assert run("a : SINT := -128; b : SINT := -1; c : SINT := 5;", "c := a MOD b;").get("main.c") == 0


def test_after_a_fault_outputs_are_off_and_the_runtime_lives():
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


def test_real_is_rounded_to_single_after_every_operation():
    done = run("a : REAL := 16777216.0; b, c : REAL; d : LREAL;", "b := a + 1.0 - a; c := 0.1; d := 0.1;")
    assert done.get("main.b") == 0.0
    assert done.get("main.c") == struct.unpack("<f", struct.pack("<f", 0.1))[0]
    assert done.get("main.d") == 0.1


@pytest.mark.parametrize(
    ("real", "expected"),
    [("2.5", 2), ("3.5", 4), ("-2.5", -2), ("-3.5", -4), ("2.4999", 2), ("32767.4", 32767)],
)
def test_real_to_int_rounds_half_to_even(real, expected):
    assert value("REAL_TO_INT(x)", "INT", f"x : REAL := {real};") == expected


def test_a_large_integer_is_rounded_to_single_once():
    # 2^53 + 2^29 + 1: rounding through a double would lose the 1 that decides the tie
    number = 2**53 + 2**29 + 1
    assert value(f"LINT_TO_REAL(LINT#{number})", "REAL") == float(2**53 + 2**30)


def test_real_overflow_is_infinite_and_nan_has_one_form():
    done = run("a : REAL := 3.0E38; b : REAL;", "a := a * 10.0; b := a - a;")
    assert done.get("main.a") == float("inf")
    assert struct.pack("<f", done.get("main.b")) == b"\x00\x00\xc0\x7f"


# ---- 4: FOR ----


@pytest.mark.parametrize(
    ("head", "type_name", "turns", "left"),
    [
        ("FOR i := 1 TO 3 DO", "INT", 3, 4),
        ("FOR i := 3 TO 1 BY -1 DO", "INT", 3, 0),
        ("FOR i := 3 TO 1 DO", "INT", 0, 3),
        ("FOR i := 1 TO 10 BY 4 DO", "INT", 3, 13),
        ("FOR i := 250 TO 255 DO", "USINT", 6, 0),
        ("FOR i := 5 TO 0 BY -1 DO", "USINT", 6, 255),
        ("FOR i := -128 TO 127 DO", "SINT", 256, -128),
    ],
)
def test_for_turns_and_what_it_leaves(head, type_name, turns, left):
    done = run(f"i : {type_name}; n : INT;", f"{head} n := n + 1; END_FOR;")
    assert (done.get("main.n"), done.get("main.i")) == (turns, left)


def test_for_evaluates_end_and_step_once():
    done = run(
        "i, n, last : INT := 3; step : INT := 1;",
        "n := 0; FOR i := 1 TO last BY step DO last := 9; step := 5; n := n + 1; END_FOR;",
    )
    assert done.get("main.n") == 3


def test_a_loop_variable_set_to_its_end_ends_the_loop():
    assert (
        run("i, n : INT;", "FOR i := 1 TO 9 DO n := n + 1; IF n = 2 THEN i := 9; END_IF; END_FOR;").get(
            "main.n"
        )
        == 2
    )


def test_a_loop_variable_set_back_does_not_loop_for_ever():
    assert run("i, n : INT;", "FOR i := 1 TO 5 DO n := n + 1; i := 1; END_FOR;").get("main.n") == 5


def test_exit_and_continue():
    body = "FOR i := 1 TO 9 DO IF i MOD 2 = 0 THEN CONTINUE; END_IF; IF i > 6 THEN EXIT; END_IF; n := n + i; END_FOR;"
    done = run("i, n : INT;", body)
    assert (done.get("main.n"), done.get("main.i")) == (1 + 3 + 5, 7)


def test_repeat_runs_once_at_least_and_while_not_at_all():
    done = run("a, b : INT;", "REPEAT a := a + 1; UNTIL TRUE END_REPEAT; WHILE FALSE DO b := 1; END_WHILE;")
    assert (done.get("main.a"), done.get("main.b")) == (1, 0)


# ---- 5: strings ----


def test_strings_are_cut_at_their_length_and_clear_behind_their_end():
    runtime = run(
        "a : STRING[5]; b : STRING(3) := 'xyz';", "a := 'abcdefgh'; a := 'hi'; b := CONCAT(a, 'mno');"
    )
    assert (runtime.get("main.a"), runtime.get("main.b")) == ("hi", "him")
    offset, type_, _ = runtime.watch.find("main.a")
    assert runtime.image()[offset : offset + type_.size] == b"hi\0\0\0\0"


def test_wide_strings_have_two_bytes_a_character():
    runtime = run('a : WSTRING[3] := "a→b";', ";")
    offset, type_, _ = runtime.watch.find("main.a")
    assert runtime.image()[offset : offset + type_.size] == "a→b\0".encode("utf-16-le")


# ---- 6: order of evaluation ----

COUNTING = """
VAR_GLOBAL calls : DINT; END_VAR
FUNCTION note : BOOL
VAR_INPUT digit : DINT; answer : BOOL; END_VAR
calls := calls * 10 + digit;
note := answer;
END_FUNCTION
"""


@pytest.mark.parametrize(
    ("expression", "result", "calls"),
    [
        ("note(1, FALSE) AND note(2, TRUE)", 0, 12),
        ("note(1, TRUE) OR note(2, FALSE)", 1, 12),
        ("note(1, FALSE) AND_THEN note(2, TRUE)", 0, 1),
        ("note(1, TRUE) OR_ELSE note(2, TRUE)", 1, 1),
        ("note(1, TRUE) AND_THEN note(2, TRUE) OR_ELSE note(3, TRUE)", 1, 12),
        ("note(1, FALSE) = note(2, FALSE)", 1, 12),
    ],
)
def test_operands_go_from_left_to_right(expression, result, calls):
    done = run("r : BOOL;", f"r := {expression};", COUNTING)
    assert (done.get("main.r"), done.get("calls")) == (result, calls)


def test_arguments_are_all_evaluated_before_any_is_passed():
    twice = "FUNCTION sub2 : INT VAR_INPUT a, b : INT; END_VAR sub2 := a - b; END_FUNCTION"
    assert value("sub2(sub2(9, 1), sub2(5, 2))", "INT", before=twice) == 5


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("20 / 2 / 5", 2),
        ("10 - 3 - 2", 5),
        ("-2 + 5", 3),
        ("7 MOD 4 * 2", 6),
    ],
)
def test_precedence(expression, expected):
    assert value(expression, "INT") == expected


def test_logic_binds_and_before_xor_before_or():
    assert value("TRUE OR FALSE AND FALSE", "BOOL") == 1
    assert value("TRUE XOR TRUE AND FALSE", "BOOL") == 1
    assert value("NOT FALSE AND FALSE", "BOOL") == 0
    assert value("1 < 2 = TRUE", "BOOL") == 1


# ---- 7: CASE ----


@pytest.mark.parametrize(
    ("number", "expected"), [(1, 10), (2, 20), (3, 20), (5, 30), (7, 30), (8, 99), (-4, 40), (-6, 99)]
)
def test_case_with_values_lists_and_ranges(number, expected):
    body = "CASE x OF 1: r := 10; 2, 3: r := 20; 5..7: r := 30; -5..-3: r := 40; ELSE r := 99; END_CASE;"
    assert run(f"x : INT := {number}; r : INT;", body).get("main.r") == expected


def test_case_with_names_in_any_spelling():
    before = "TYPE Light : (RED, Yellow := 7, green); END_TYPE"
    body = "CASE X OF red: r := 1; Light#YELLOW: r := 2; GREEN: r := 3; END_CASE;"
    assert run("x : light := Light#Green; r : INT;", body, before).get("MAIN.R") == 3


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
def test_duration_literals(literal, ns):
    assert value(literal, "TIME") == ns


def test_durations_add_compare_and_scale():
    assert value("T#1s + T#500ms - T#2s", "TIME") == -500_000_000
    assert value("T#1s * 3 / 2", "TIME") == 1_500_000_000
    assert value("T#1s * 0.25", "TIME") == 250_000_000
    assert value("T#1s > T#999ms", "BOOL") == 1
    assert value("T#1s + LT#1ns", "LTIME") == 1_000_000_001


def test_the_clock_stands_still_in_a_scan():
    body = "a(IN := TRUE, PT := T#1h); FOR i := 1 TO 1000 DO ; END_FOR; b(IN := TRUE, PT := T#1h);"
    done = run("a, b : TON; i : INT;", body, scans=7)
    assert done.get("main.a.ET") == done.get("main.b.ET") == 60_000_000


# ---- 10: instances, initial values, EN/ENO, sections ----


def test_initial_values_of_every_kind():
    before = """
TYPE Point : STRUCT x : INT := 3; y : ARRAY[0..2] OF SINT := [1, 2(7)]; END_STRUCT;
     Step : (IDLE := 4, BUSY); Low : INT(5..9); Short : STRING[4] := 'ab'; END_TYPE
FUNCTION_BLOCK Box VAR_INPUT a : INT := 8; b : INT; END_VAR ; END_FUNCTION_BLOCK
"""
    variables = """p : Point; q : ARRAY[1..2] OF Point := [(x := 9), (y := [3(1)])]; s : Step; t : Step := Step#BUSY;
 l : Low; n : Short; m : ARRAY[0..1, 0..2] OF INT := [1, 2, 3, 4]; box : Box := (b := 6); boxes : ARRAY[1..3] OF Box;"""
    runtime = run(variables, ";", before)
    expected = {
        "p.x": 3, "p.y[1]": 7, "q[1].x": 9, "q[1].y[0]": 1, "q[2].x": 3, "q[2].y[2]": 1, "s": 4, "t": 5, "l": 5,
        "n": "ab", "m[0,2]": 3, "m[1,0]": 4, "m[1,2]": 0, "box.a": 8, "box.b": 6, "boxes[3].a": 8,
    }  # fmt: skip
    assert {name: runtime.get(f"main.{name}") for name in expected} == expected


def test_a_block_keeps_its_variables_and_a_function_does_not():
    before = """
FUNCTION_BLOCK Counter VAR_OUTPUT n : INT; END_VAR
VAR_TEMP t : INT := 5; END_VAR t := t + 1; n := n + t; END_FUNCTION_BLOCK
FUNCTION fresh : INT VAR n : INT := 1; END_VAR n := n + 1; fresh := fresh + n; END_FUNCTION
"""
    done = run("c : Counter; f : INT;", "c(); f := fresh();", before, scans=3)
    assert (done.get("main.c.n"), done.get("main.f")) == (18, 2)


def test_in_out_is_the_variable_itself():
    before = """
FUNCTION_BLOCK Swap VAR_IN_OUT a, b : INT; END_VAR VAR c : INT; END_VAR c := a; a := b; b := c; END_FUNCTION_BLOCK
FUNCTION sum : DINT VAR_IN_OUT m : ARRAY[*, *] OF INT; END_VAR VAR i, j : DINT; END_VAR
FOR i := LOWER_BOUND(m, 1) TO UPPER_BOUND(m, 1) DO FOR j := LOWER_BOUND(m, 2) TO UPPER_BOUND(m, 2) DO
sum := sum * 10 + m[i, j]; END_FOR; END_FOR; END_FUNCTION
"""
    variables = "s : Swap; t : DINT; x : ARRAY[1..3] OF INT := [1, 2, 3];"
    variables += "m : ARRAY[5..6, -1..1] OF INT := [1, 2, 3, 4, 5, 6];"
    done = run(variables, "s(a := x[1], b := x[3]); t := sum(m);", before)
    assert [done.get(f"main.x[{i}]") for i in (1, 2, 3)] == [3, 2, 1]
    assert done.get("main.t") == 123456


@pytest.mark.parametrize(("enable", "result", "flag"), [("TRUE", 7, 1), ("FALSE", 0, 0)])
def test_en_decides_whether_a_function_runs_and_eno_says_so(enable, result, flag):
    before = (
        "FUNCTION seven : INT calls := calls + 1; seven := 7; END_FUNCTION VAR_GLOBAL calls : INT; END_VAR"
    )
    done = run("r : INT := 3; ok : BOOL;", f"r := seven(EN := {enable}, ENO => ok);", before)
    assert (done.get("main.r"), done.get("main.ok"), done.get("calls")) == (result, flag, flag)


def test_inputs_with_edges_are_true_for_one_call():
    before = """FUNCTION_BLOCK Edges VAR_INPUT up : BOOL R_EDGE; down : BOOL F_EDGE; END_VAR VAR_OUTPUT n : INT; END_VAR
    IF up THEN n := n + 1; END_IF; IF down THEN n := n + 10; END_IF; END_FUNCTION_BLOCK"""
    runtime = start(program("e : Edges; x : BOOL;", "e(up := x, down := x); e();", before))
    rows = []
    for x in (0, 1, 1, 0, 0, 1):
        runtime.set("main.x", x)
        runtime.scan()
        rows.append(runtime.get("main.e.n"))
    assert rows == [0, 1, 1, 11, 11, 12]


def test_en_false_leaves_a_block_and_its_outputs_alone():
    before = """FUNCTION_BLOCK Up VAR_INPUT add : INT; END_VAR VAR_OUTPUT n : INT; END_VAR
    n := n + add; END_FUNCTION_BLOCK"""
    done = run(
        "u : Up; n : INT := 9; on : BOOL;", "u(EN := on, add := 2, n => n); on := TRUE;", before, scans=3
    )
    assert (done.get("main.u.n"), done.get("main.n")) == (4, 4)


def test_located_variables_share_their_bytes():
    before = "VAR_GLOBAL whole AT %MW1 : WORD; low AT %MB2 : BYTE; top AT %MX3.7 : BOOL; free AT %M* : BYTE; END_VAR"
    done = run("a : BYTE; b : BOOL;", "whole := 16#8001; a := low; b := top; low := 16#FF;", before)
    assert (done.get("main.a"), done.get("main.b"), done.get("whole"), done.get("free")) == (1, 1, 0x80FF, 0)


def test_parts_of_bit_strings():
    done = run(
        "w : WORD := 16#1234; b : BYTE; x : BOOL;", "b := w.%B1; x := w.2; w.%X15 := TRUE; w.%B0 := 16#FF;"
    )
    assert (done.get("main.b"), done.get("main.x"), done.get("main.w")) == (0x12, 1, 0x92FF)


def test_structures_and_arrays_are_copied_whole():
    before = "TYPE P : STRUCT a : INT; b : ARRAY[0..1] OF REAL; END_STRUCT; END_TYPE"
    done = run(
        "p, q : P; r : ARRAY[1..2] OF P;", "p.a := 4; p.b[1] := 2.5; q := p; r[2] := q; p.a := 5;", before
    )
    assert (done.get("main.q.a"), done.get("main.r[2].b[1]"), done.get("main.p.a")) == (4, 2.5, 5)


def test_references_lead_to_variables():
    before = "TYPE P : STRUCT a : INT; END_STRUCT; END_TYPE"
    done = run(
        "p : ARRAY[1..2] OF P; r : REF_TO P; ok : BOOL;",
        "r := REF(p[2]); r^.a := 8; ok := r <> NULL;",
        before,
    )
    assert (done.get("main.p[2].a"), done.get("main.ok")) == (8, 1)


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
def test_shifts(expression, expected):
    assert value(expression, "BYTE") == expected


# ---- 12: the budget ----


def test_for_is_charged_once_with_all_its_turns():
    enough = start(program("i, n : DINT;", "FOR i := 1 TO 99 DO n := n + 1; END_FOR;"), budget=100)
    enough.scan()
    assert enough.get("main.n") == 99
    fault = fault_of("i, n : DINT;", "FOR i := 1 TO 100 DO n := n + 1; END_FOR;", budget=100)
    assert fault.kind is FaultKind.BUDGET


def test_calls_and_loop_turns_are_charged_one_each():
    body = "WHILE n < 3 DO t(); n := n + 1; END_WHILE; n := 0;"
    # the program 1, three turns 3, three calls of t 3
    start(program("t : SR; n : INT;", body), budget=7).scan()
    assert fault_of("t : SR; n : INT;", body, budget=6).kind is FaultKind.BUDGET


# ---- 13: RETAIN ----


def test_retained_values_survive_a_warm_start_and_nothing_else():
    text = """
VAR_GLOBAL RETAIN total : INT; END_VAR
FUNCTION_BLOCK Hours VAR RETAIN kept : INT; END_VAR
VAR lost : INT; END_VAR kept := kept + 1; lost := lost + 1; END_FUNCTION_BLOCK
PROGRAM main VAR h : ARRAY[1..2] OF Hours; END_VAR VAR RETAIN t : Hours; END_VAR
h[1](); h[2](); h[2](); t(); total := total + 10; END_PROGRAM
"""
    runtime = start(text)
    runtime.scan(2)
    kept = runtime.retained()
    runtime.restart(kept)
    runtime.scan()
    names = ["h[1].kept", "h[2].kept", "h[1].lost", "h[2].lost", "t.kept", "t.lost"]
    assert [runtime.get(f"main.{name}") for name in names] == [3, 6, 1, 2, 3, 3]
    assert runtime.get("total") == 30
    runtime.restart()
    assert runtime.get("total") == 0


def test_a_variable_may_have_the_name_of_a_function():
    before = (
        "FUNCTION half : INT VAR_INPUT limit : INT; END_VAR half := LIMIT(0, limit / 2, 10); END_FUNCTION"
    )
    assert value("half(limit := 8) + half", "INT", "half : INT := 100;", before) == 104
