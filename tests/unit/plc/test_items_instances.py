"""What programs mean: instances, sections, references, what is retained; test_item_NN_... is about item NN of items.py.

Expected values are by hand.
"""

import pytest

from unit.plc.st import program, run, start, value

# ---- 10: instances, initial values, EN/ENO, sections ----


def test_item_10_initial_values_of_every_kind():
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


def test_item_10_a_block_keeps_its_variables_and_a_function_does_not():
    before = """
FUNCTION_BLOCK Counter VAR_OUTPUT n : INT; END_VAR
VAR_TEMP t : INT := 5; END_VAR t := t + 1; n := n + t; END_FUNCTION_BLOCK
FUNCTION fresh : INT VAR n : INT := 1; END_VAR n := n + 1; fresh := fresh + n; END_FUNCTION
"""
    done = run("c : Counter; f : INT;", "c(); f := fresh();", before, scans=3)
    assert (done.get("main.c.n"), done.get("main.f")) == (18, 2)


def test_item_10_external_variables_are_the_global_ones():
    before = """VAR_GLOBAL shared : INT := 3; END_VAR
FUNCTION_BLOCK Add VAR_EXTERNAL shared : INT; END_VAR shared := shared + 1; END_FUNCTION_BLOCK"""
    assert run("a, b : Add;", "a(); b();", before, scans=2).get("shared") == 7


def test_item_10_temporary_variables_begin_anew():
    before = """FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR VAR_TEMP t : ARRAY[0..2] OF INT := [4, 5]; END_VAR
n := t[0] + t[1] + t[2]; t[0] := 99; t[2] := 99; END_FUNCTION_BLOCK"""
    assert run("f : F;", "f();", before, scans=3).get("main.f.n") == 9


def test_item_10_in_out_is_the_variable_itself():
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
def test_item_10_en_decides_whether_a_function_runs_and_eno_says_so(enable, result, flag):
    before = (
        "FUNCTION seven : INT calls := calls + 1; seven := 7; END_FUNCTION VAR_GLOBAL calls : INT; END_VAR"
    )
    done = run("r : INT := 3; ok : BOOL;", f"r := seven(EN := {enable}, ENO => ok);", before)
    assert (done.get("main.r"), done.get("main.ok"), done.get("calls")) == (result, flag, flag)


@pytest.mark.parametrize(
    ("call", "type_name", "results"),
    [
        ("ADD(EN := on, IN1 := s, IN2 := 1, ENO => ok)", "SINT", (6, 0)),
        ("DIV(EN := on, IN1 := 10, IN2 := s, ENO => ok)", "SINT", (2, 0)),
        ("REAL_TO_DINT(EN := on, IN := r, ENO => ok)", "DINT", (2, 0)),
        ("LEFT(EN := on, IN := t, L := 2, ENO => ok)", "STRING", ("ab", "")),
        ("SEL(EN := on, G := on, IN0 := s, IN1 := 9, ENO => ok)", "SINT", (9, 0)),
        ("CONCAT_DATE(1970, 1, 2, EN := on, ENO => ok)", "DATE", (86_400 * 10**9, 0)),
    ],
)
def test_item_10_en_and_eno_of_standard_functions(call, type_name, results):
    variables = (
        f"a : {type_name}; on : BOOL := TRUE; ok : BOOL; s : SINT := 5; r : REAL := 2.5; t : STRING := 'abc';"
    )
    runtime = start(program(variables, f"a := {call};"))
    for on in (1, 0):
        runtime.set("main.on", on)
        runtime.scan()
        assert (runtime.get("main.a"), runtime.get("main.ok")) == (results[1 - on], on)


def test_item_10_en_keeps_a_function_from_its_fault():
    done = run("a, z : INT; ok : BOOL := TRUE;", "a := DIV(EN := z <> 0, IN1 := 10, IN2 := z, ENO => ok);")
    assert (done.get("main.a"), done.get("main.ok")) == (0, 0)


def test_item_10_inputs_with_edges_are_true_for_one_call():
    before = """FUNCTION_BLOCK Edges VAR_INPUT up : BOOL R_EDGE; down : BOOL F_EDGE; END_VAR VAR_OUTPUT n : INT; END_VAR
    IF up THEN n := n + 1; END_IF; IF down THEN n := n + 10; END_IF; END_FUNCTION_BLOCK"""
    runtime = start(program("e : Edges; x : BOOL;", "e(up := x, down := x); e();", before))
    rows = []
    for x in (0, 1, 1, 0, 0, 1):
        runtime.set("main.x", x)
        runtime.scan()
        rows.append(runtime.get("main.e.n"))
    assert rows == [0, 1, 1, 11, 11, 12]


def test_item_10_en_false_leaves_a_block_and_its_outputs_alone():
    before = """FUNCTION_BLOCK Up VAR_INPUT add : INT; END_VAR VAR_OUTPUT n : INT; END_VAR
    n := n + add; END_FUNCTION_BLOCK"""
    done = run(
        "u : Up; n : INT := 9; on : BOOL;", "u(EN := on, add := 2, n => n); on := TRUE;", before, scans=3
    )
    assert (done.get("main.u.n"), done.get("main.n")) == (4, 4)


def test_item_10_located_variables_share_their_bytes():
    before = "VAR_GLOBAL whole AT %MW1 : WORD; low AT %MB2 : BYTE; top AT %MX3.7 : BOOL; free AT %M* : BYTE; END_VAR"
    done = run("a : BYTE; b : BOOL;", "whole := 16#8001; a := low; b := top; low := 16#FF;", before)
    assert (done.get("main.a"), done.get("main.b"), done.get("whole"), done.get("free")) == (1, 1, 0x80FF, 0)


def test_item_10_parts_of_bit_strings():
    done = run(
        "w : WORD := 16#1234; b : BYTE; x : BOOL;", "b := w.%B1; x := w.2; w.%X15 := TRUE; w.%B0 := 16#FF;"
    )
    assert (done.get("main.b"), done.get("main.x"), done.get("main.w")) == (0x12, 1, 0x92FF)


def test_item_10_structures_and_arrays_are_copied_whole():
    before = "TYPE P : STRUCT a : INT; b : ARRAY[0..1] OF REAL; END_STRUCT; END_TYPE"
    done = run(
        "p, q : P; r : ARRAY[1..2] OF P;", "p.a := 4; p.b[1] := 2.5; q := p; r[2] := q; p.a := 5;", before
    )
    assert (done.get("main.q.a"), done.get("main.r[2].b[1]"), done.get("main.p.a")) == (4, 2.5, 5)


def test_item_10_references_lead_to_variables():
    before = "TYPE P : STRUCT a : INT; END_STRUCT; END_TYPE"
    done = run(
        "p : ARRAY[1..2] OF P; r : REF_TO P; ok : BOOL;",
        "r := REF(p[2]); r^.a := 8; ok := r <> NULL;",
        before,
    )
    assert (done.get("main.p[2].a"), done.get("main.ok")) == (8, 1)


# ---- 13: RETAIN ----


def test_item_13_retained_values_survive_a_warm_start_and_nothing_else():
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


def test_item_13_a_variable_may_have_the_name_of_a_function():
    before = (
        "FUNCTION half : INT VAR_INPUT limit : INT; END_VAR half := LIMIT(0, limit / 2, 10); END_FUNCTION"
    )
    assert value("half(limit := 8) + half", "INT", "half : INT := 100;", before) == 104
