"""The rules of the process image that every back end keeps: frames, references, and what odd bytes read as."""

import pytest

from sortyard.plc.faults import FaultKind, PlcFault
from unit.plc.st import program, run, start


def frame_of(runtime, unit: str) -> bytes:
    """The frame of a unit as the last scan left it."""
    pou = next(p for p in runtime.compiled.pous if p.name == unit)
    return runtime.image()[pou.frame_offset : pou.frame_offset + pou.frame_size]


DOUBLE = """
FUNCTION double VAR_IN_OUT n : INT; END_VAR n := n * 2; END_FUNCTION
FUNCTION four_times : INT VAR_INPUT k : INT; END_VAR VAR own : INT := 7; quiet : INT; r : REF_TO INT; END_VAR
quiet := k; own := quiet; double(n := own); r := REF(k); r^ := own; double(n := own); four_times := own + k;
END_FUNCTION
"""


def test_a_local_whose_address_is_taken_lies_in_the_image():
    done = run("x : INT;", "x := four_times(5);", DOUBLE)
    assert done.get("main.x") == 20 + 10
    assert frame_of(done, "four_times") == b"\x0a\0\x14\0"
    assert frame_of(done, "double") == b""
    start_, end = done.compiled.image.slices["frames"]
    assert (start_ % 8, end - start_) == (0, 4)


def test_each_call_finds_its_frame_as_new():
    before = """
FUNCTION inc VAR_IN_OUT n : INT; END_VAR n := n + 1; END_FUNCTION
FUNCTION nine : INT VAR n : INT := 8; END_VAR inc(n := n); nine := n; END_FUNCTION
"""
    assert run("a, b : INT;", "a := nine(); b := nine();", before, scans=2).get("main.b") == 9


def test_a_block_in_a_function_starts_anew_at_each_call():
    before = """
FUNCTION_BLOCK Up VAR_OUTPUT n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK
FUNCTION once : INT VAR u : Up; END_VAR u(); u(); once := u.n; END_FUNCTION
"""
    assert run("a : INT;", "a := once() * 10 + once();", before).get("main.a") == 22


def test_a_reference_that_leaves_a_function_still_leads_into_the_image():
    before = "FUNCTION leak : REF_TO INT VAR n : INT := 5; END_VAR n := n + 1; leak := REF(n); END_FUNCTION"
    assert run("r : REF_TO INT; x : INT;", "r := leak(); x := r^;", before).get("main.x") == 6


@pytest.mark.parametrize(
    ("offset", "kind"),
    [
        ("0", FaultKind.NULL_REFERENCE),
        ("8", FaultKind.BAD_REFERENCE),
        ("15", FaultKind.BAD_REFERENCE),
        ("16#FFFFFFFF", FaultKind.BAD_REFERENCE),
        ("16#FFFFFFF0", FaultKind.BAD_REFERENCE),
    ],
)
def test_a_pointer_that_leads_out_of_the_image_is_a_fault(offset, kind):
    runtime = start(
        program("p : POINTER TO DINT; u : UDINT; x : DINT;", f"u := {offset}; p := u; x := p^;"), "codesys"
    )
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    assert caught.value.kind is kind


def test_an_array_behind_a_pointer_does_not_reach_beyond_the_image():
    body = "p := ADR(x); i := 100000; x := p^[i];"
    runtime = start(program("x : INT; i : DINT; p : POINTER TO ARRAY[0..1000000] OF INT;", body), "codesys")
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    assert caught.value.kind is FaultKind.BAD_REFERENCE


def test_the_index_of_an_array_is_checked_before_the_place_behind_the_pointer():
    body = "p := ADR(x); i := -1; x := p^[i];"
    runtime = start(program("x : INT; i : DINT; p : POINTER TO ARRAY[0..1000000] OF INT;", body), "codesys")
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    assert caught.value.kind is FaultKind.INDEX_OUT_OF_BOUNDS


def test_a_pointer_may_lead_to_the_last_byte_of_the_image():
    runtime = start(program("p : POINTER TO BYTE; u : UDINT; x : BYTE := 1;", "p := u; x := p^;"), "codesys")
    runtime.set("main.u", runtime.compiled.image.size - 1)
    runtime.scan()
    assert runtime.get("main.x") == 0


def test_results_and_outputs_are_read_before_any_is_stored():
    before = """
FUNCTION f : INT VAR_INPUT n : INT; END_VAR VAR_OUTPUT a, b : INT; END_VAR f := n; a := n + 1; b := n + 2; END_FUNCTION
"""
    body = "x := f(10, a => m[f(1)], b => m[f(2)]);"
    done = run("x : INT; m : ARRAY[1..2] OF INT;", body, before)
    assert [done.get(f"main.{name}") for name in ("x", "m[1]", "m[2]")] == [10, 11, 12]


def test_a_bool_that_is_neither_0_nor_1_reads_as_true():
    before = "VAR_GLOBAL whole AT %MB0 : BYTE; flag AT %MB0 : BOOL; END_VAR"
    done = run(
        "a, b : BOOL; n : INT;", "whole := 6; a := flag; b := flag AND TRUE; n := BOOL_TO_INT(flag);", before
    )
    assert [done.get(f"main.{name}") for name in "abn"] == [1, 1, 1]
    offset = done.watch.find("main.a")[0]
    assert done.image()[offset : offset + 2] == b"\1\1"


def test_a_string_without_an_end_stops_at_its_length():
    variables = "s : STRING[3] := 'abc'; n : INT; p : POINTER TO BYTE; u : UDINT;"
    body = "u := ADR(s); p := u + 3; p^ := 90; n := LEN(s); s := CONCAT(s, '!');"
    done = run(variables, body, dialect="codesys")
    assert (done.get("main.n"), done.get("main.s")) == (3, "abc")


def test_all_programs_of_a_task_share_its_budget():
    loop = "FOR i := 1 TO 40 DO n := n + 1; END_FOR;"
    text = f"PROGRAM a VAR i, n : INT; END_VAR {loop} END_PROGRAM PROGRAM b VAR i, n : INT; END_VAR {loop} END_PROGRAM"
    start(text, budget=82).scan()
    runtime = start(text, budget=81)
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    assert (caught.value.kind, runtime.get("a.n"), runtime.get("b.n")) == (FaultKind.BUDGET, 40, 0)
    apart = """
CONFIGURATION c RESOURCE r ON cpu TASK s(INTERVAL := T#10ms); TASK t(INTERVAL := T#10ms);
PROGRAM a WITH s : a; PROGRAM b WITH t : b; END_RESOURCE END_CONFIGURATION"""
    start(text + apart, budget=41).scan()
