"""Inputs of any type, and MEMCPY and its like, as TwinCAT and CODESYS have them."""

import pytest

from sortyard.plc.faults import FaultKind, PlcFault
from unit.plc import st
from unit.plc.st import codes, program, told

ANY = """
FUNCTION is_equal : BOOL
VAR_INPUT a, b : ANY; END_VAR
IF a.TypeClass = b.TypeClass AND a.diSize = b.diSize THEN
    is_equal := MEMCMP(a.pValue, b.pValue, DINT_TO_UDINT(a.diSize)) = 0;
END_IF;
END_FUNCTION
FUNCTION differ : BOOL
VAR_INPUT x, y : ANY; END_VAR
differ := NOT is_equal(x, b := y);
END_FUNCTION
FUNCTION plus_one : DINT
VAR_INPUT x : ANY_INT; END_VAR
VAR p : POINTER TO INT; q : POINTER TO DINT; END_VAR
CASE x.TypeClass OF
    __SYSTEM.TYPE_CLASS.TYPE_INT: p := x.pValue; p^ := p^ + 1; plus_one := p^;
    __SYSTEM.TYPE_CLASS.TYPE_DINT: q := x.pValue; q^ := q^ + 1; plus_one := q^;
END_CASE;
END_FUNCTION
FUNCTION class_of : INT VAR_INPUT x : ANY; END_VAR class_of := x.TypeClass; END_FUNCTION
FUNCTION_BLOCK Meter
VAR_INPUT x : ANY; END_VAR VAR_OUTPUT size : DINT; END_VAR
METHOD first : BYTE first := x.pValue^; END_METHOD
size := x.diSize;
END_FUNCTION_BLOCK
TYPE Pair : STRUCT a, b : INT; END_STRUCT; Light : (OFF, LIT); END_TYPE
"""


def values(variables: str, body: str, *names: str, before: str = ANY) -> list:
    runtime = st.run(variables, body, before, dialect="codesys")
    return [runtime.get(f"main.{name}") for name in names]


def test_a_function_compares_variables_of_any_type():
    variables = (
        "i, j : INT := 7; k : DINT := 7; s : Pair := (a := 1); t : Pair := (a := 1); b : ARRAY[0..4] OF BOOL;"
    )
    body = """b[0] := is_equal(i, j); b[1] := is_equal(i, k); b[2] := is_equal(a := s, b := t);
b[3] := differ(s, t); b[4] := differ(i, k);"""
    assert values(variables, body, *[f"b[{i}]" for i in range(5)]) == [1, 0, 1, 0, 1]


def test_a_function_writes_through_the_place_it_was_given():
    body = "r := plus_one(i); q := plus_one(d);"
    found = values("i : INT := 32767; d : DINT := 5; r, q : DINT;", body, "i", "d", "r", "q")
    assert found == [-32768, 6, -32768, 6]


def test_a_block_knows_what_it_was_given_last():
    variables = "m : Meter; s : STRING[9] := 'gate'; w : WORD := 16#1234; b : BYTE; n : DINT;"
    assert values(variables, "m(x := w); m(x := s); n := m.size; b := m.first();", "n", "b") == [10, ord("g")]


@pytest.mark.parametrize(
    ("declared", "number"),
    [("BOOL", 0), ("BYTE", 2), ("LWORD", 5), ("SINT", 6), ("INT", 7), ("DINT", 8), ("USINT", 10), ("ULINT", 13),
     ("REAL", 14), ("STRING", 16), ("WSTRING[3]", 17), ("TIME", 18), ("DATE", 19), ("DT", 20), ("TOD", 21),
     ("POINTER TO INT", 22), ("Light", 25), ("ARRAY[0..1] OF INT", 26), ("Pair", 28), ("LTIME", 37), ("LDATE", 46)],
)  # fmt: skip
def test_type_classes_have_the_vendors_numbers(declared, number):
    assert values(f"x : {declared}; n : INT;", "n := class_of(x);", "n") == [number]


BYTES = """a : ARRAY[0..7] OF BYTE := [1, 2, 3, 4, 5, 6, 7, 8]; b : ARRAY[0..7] OF BYTE;
n : UDINT; c : DINT; p : POINTER TO BYTE;"""


def row(runtime, name: str) -> list[int]:
    return [runtime.get(f"main.{name}[{i}]") for i in range(8)]


@pytest.mark.parametrize(
    ("body", "n", "a", "b"),
    [
        ("n := MEMCPY(ADR(b), ADR(a), 5);", 5, "12345678", "12345000"),
        ("n := MEMCPY(destAddr := ADR(b[1]), srcAddr := ADR(a[6]), n := 2);", 2, "12345678", "07800000"),
        ("n := MEMMOVE(ADR(a[2]), ADR(a), 6);", 6, "12123456", "00000000"),
        ("n := MEMMOVE(ADR(a), ADR(a[2]), 6);", 6, "34567878", "00000000"),
        ("n := MEMSET(ADR(b), 9, 3);", 3, "12345678", "99900000"),
        ("n := MEMCPY(0, ADR(a), 4);", 0, "12345678", "00000000"),
        ("n := MEMCPY(ADR(b), p, 4);", 0, "12345678", "00000000"),
        ("n := MEMCPY(ADR(b), ADR(a), 0);", 0, "12345678", "00000000"),
        ("n := MEMSET(ADR(b), 9, 0);", 0, "12345678", "00000000"),
        (
            "SysMemCpy(pDest := ADR(b), pSrc := ADR(a), udiCount := 8); SysMemSet(ADR(a), 0, SIZEOF(a));",
            0,
            "00000000",
            "12345678",
        ),
    ],
)
def test_bytes_are_moved_and_set(body, n, a, b):
    runtime = st.run(BYTES, body, dialect="twincat")
    assert runtime.get("main.n") == n
    assert (row(runtime, "a"), row(runtime, "b")) == ([int(x) for x in a], [int(x) for x in b])


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("MEMCMP(ADR(a), ADR(a), 8)", 0),
        ("MEMCMP(ADR(a), ADR(b), 8)", 1),
        ("MEMCMP(ADR(b), ADR(a), 8)", -1),
        ("MEMCMP(pBuf1 := ADR(a), pBuf2 := ADR(b), n := 0)", 255),
        ("MEMCMP(p, ADR(b), 8)", 255),
        ("SysMemCmp(ADR(a), ADR(a), 8)", 0),
    ],
)
def test_bytes_are_compared(call, expected):
    assert values(BYTES, f"c := {call};", "c", before="") == [expected]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("MEMSET(ADR(a), 9, 100000);", "99999999"),
        ("MEMCPY(ADR(a), 16#FFFF_FFF0, 100);", "12345678"),
        ("MEMCPY(ADR(b), ADR(a), 16#FFFF_FFFF);", None),
        ("MEMSET(4, 0, 1);", "12345678"),
        ("c := MEMCMP(ADR(a), 16#00FF_FFFF, 4);", "12345678"),
    ],
)
def test_what_lies_outside_of_the_image_is_a_fault_at_the_call(body, kept):
    runtime = st.start(program(BYTES, body), "codesys")
    with pytest.raises(PlcFault) as caught:
        runtime.scan()
    kind = FaultKind.BUDGET if kept is None else FaultKind.BAD_REFERENCE
    assert caught.value.kind == kind
    assert caught.value.span is not None
    assert caught.value.span.line == 7
    if kept is not None:
        assert row(runtime, "a") == [int(x) for x in kept]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("plus_one(r);", "SY1315 x is ANY_INT; this is REAL"),
        ("class_of(5);", "SY1208 this is a value, not a variable"),
        ("class_of(i.3);", "SY1409 a bit has no place of its own"),
        ("i := any_value(i);", "SY1208 x may be of any type: it has no value here"),
        ("MEMCPY(ADR(i), ADR(i));", "SY1406 MEMCPY takes three arguments"),
        ("MEMCPY(ADR(i), r, 2);", "SY1315 MEMCPY takes addresses and whole numbers; this is REAL"),
        ("MEMSET(ADR(i), size := 2);", "SY1408 MEMSET has no parameter size"),
        ("p := __NEW(POINTER TO INT, 4);", "SY1701 POINTER TO INT is a type, no value"),
    ],
)
def test_what_is_wrong_with_it_is_told(body, message):
    before = ANY + "FUNCTION any_value : INT VAR_INPUT x : ANY; END_VAR any_value := x; END_FUNCTION"
    found = told(program("i : INT; r : REAL; p : POINTER TO POINTER TO INT;", body, before), "codesys")
    assert any(message in text for text in found), found


def test_any_is_the_type_of_inputs_only():
    assert "SY1301" in codes("x : ANY;", "", dialect="codesys")
    assert "SY1301" in codes("x : ARRAY[0..1] OF ANY_INT;", "", dialect="codesys")


@pytest.mark.parametrize(
    ("variables", "code"), [("x : ANY;", "SY1203"), ("x : UDINT := MEMCPY(0, 0, 0);", "SY1401")]
)
def test_the_standard_has_none_of_it(variables, code):
    assert code in codes(variables, "")


def test_a_function_of_the_user_s_comes_before_the_vendor_s():
    before = "FUNCTION MEMCPY : UDINT VAR_INPUT a : UDINT; END_VAR MEMCPY := a + 1; END_FUNCTION"
    assert values("n : UDINT;", "n := MEMCPY(6);", "n", before=before) == [7]
