"""Structures whose members have places of their own: aligned or not, bits, overlapping, at inputs and outputs."""

import pytest

from unit.plc.st import MS, program, run, start, told

FRAME = """TYPE
    Kind : USINT (EMPTY, PARCEL, TOTE) := PARCEL;
    Pair : STRUCT a : INT; b : DINT; END_STRUCT;
    Frame : STRUCT
        start AT %B0 : BYTE := 16#7E; ready AT %X1.0 : BOOL := TRUE; jam AT %X1.7 : BOOL; kind AT %B2 : Kind;
        weight AT %B3 : REAL := 1.5; track AT %B7 : UDINT := 16#01020304; moment AT %B11 : TIME := T#5ms;
        far AT %B19 : LREAL := -2.5; small AT %B27 : INT := -2; row AT %B29 : ARRAY[1..3] OF INT := [1, 2, 3];
        code AT %B35 : STRING[5] := 'ab'; pair AT %B41 : Pair := (b := 70000); wide AT %B53 : WSTRING[3] := "xy";
        level AT %B61 : INT(0..100) := 7; big AT %B63 : LINT := -3; last : BYTE := 9;
    END_STRUCT;
END_TYPE
"""


def errors(text: str) -> list[str]:
    return [row for row in told(text) if " SY1" in row]


def bytes_of(runtime, name: str) -> bytes:
    offset, type_, _ = runtime.watch.find(name)
    return runtime.image()[offset : offset + type_.size]


def test_members_lie_where_they_say():
    content = bytes_of(run("f : Frame;", "", FRAME), "main.f")
    assert content[:11].hex() == "7e01" + "01" + "0000c03f" + "04030201"
    assert content[11:27].hex() == "404b4c0000000000" + "00000000000004c0"
    assert content[27:35].hex() == "feff" + "010002000300"
    assert content[35:41] == b"ab\0\0\0\0"
    assert content[41:49].hex() == "0000" + "0000" + "70110100"  # a, a gap, b
    assert content[49:61].hex() == "00000000" + "7800790000000000"
    assert content[61:72].hex() == "0700" + "fdffffffffffffff" + "09"


def test_every_kind_of_member_is_read_and_written():
    body = """
g := f; g.ready := NOT g.ready; g.jam := TRUE; g.kind := TOTE; g.weight := g.weight * 2.0; g.track := g.track + 1;
g.moment := g.moment + T#1s; g.far := g.far - 0.5; g.small := g.small - 1; g.big := g.big * 1000000000000;
FOR i := 1 TO 3 DO g.row[i] := g.row[i] * 10; sum := sum + g.row[i]; END_FOR;
g.code := CONCAT(g.code, 'cdefg'); g.pair.b := g.pair.b + 1; g.pair.a := -5; g.wide := CONCAT(g.wide, "z!");
g.level := g.level + 1; g.last := 5; copy := g.pair; n := LEN(g.code);
IF g.track > 5 AND g.jam AND NOT g.ready THEN hits := hits + 1; END_IF;
CASE g.small OF -3: hits := hits + 10; END_CASE;
FOR g.small := 1 TO 4 DO hits := hits + 100; END_FOR;
"""
    done = run("f, g : Frame; i, sum, n, hits : INT; copy : Pair;", body, FRAME)
    expected = {
        "ready": 0, "jam": 1, "kind": 2, "weight": 3.0, "track": 0x01020305, "moment": 1005 * MS, "far": -3.0,
        "big": -3 * 10**12, "row[3]": 30, "code": "abcde", "pair.b": 70001, "pair.a": -5,
        "wide": "xyz", "level": 8, "last": 5,
    }  # fmt: skip
    assert {name: done.get(f"main.g.{name}") for name in expected} == expected
    assert [done.get(f"main.{n}") for n in ("sum", "copy.a", "copy.b", "n", "hits")] == [
        60,
        -5,
        70001,
        5,
        411,
    ]
    assert (done.get("main.f.ready"), done.get("main.f.jam"), done.get("main.f.code")) == (1, 0, "ab")


def test_they_lie_in_arrays_blocks_globals_functions_and_in_outs():
    before = (
        FRAME
        + """
VAR_GLOBAL shared : Frame; END_VAR
FUNCTION grow : INT VAR_INPUT x : Frame; END_VAR VAR_IN_OUT f : Frame; END_VAR VAR t : Frame; END_VAR
t := x; t.small := t.small + 10; f.weight := 8.0; f.jam := TRUE; grow := t.small; END_FUNCTION
FUNCTION_BLOCK Keeps VAR_INPUT x : Frame; END_VAR VAR_OUTPUT y : Frame; END_VAR VAR RETAIN r : Frame; END_VAR
r.track := r.track + x.track; y := r; END_FUNCTION_BLOCK
"""
    )
    body = """
v[k].track := 5; v[k].ready := FALSE; n := grow(v[k], v[k + 1]); b(x := v[k]); shared.big := v[k].track;
REF(shared)^.small := 4; m := v[2].row[k + 1];
"""
    done = run("v : ARRAY[1..2] OF Frame; k : INT := 1; n, m : INT; b : Keeps;", body, before)
    assert [done.get(f"main.{x}") for x in ("n", "m", "v[2].weight", "v[2].jam", "v[1].jam", "v[1].ready")] == [
        8, 2, 8.0, 1, 0, 0,
    ]  # fmt: skip
    assert (done.get("main.b.y.track"), done.get("main.b.r.track")) == (0x01020309, 0x01020309)
    assert (done.get("shared.big"), done.get("shared.small")) == (5, 4)


def test_an_index_beyond_a_member_that_lies_loose_is_a_fault():
    from unit.plc.st import fault_of

    fault = fault_of("f : Frame; k : INT := 4;", "f.row[k] := 1;", FRAME)
    assert fault.kind.name == "INDEX_OUT_OF_BOUNDS"


def test_overlapping_members_share_their_bytes():
    before = """TYPE Both : STRUCT OVERLAP whole AT %D0 : DWORD; half AT %W1 : WORD; b AT %B1 : ARRAY[0..1] OF BYTE;
bit AT %X3.7 : BOOL; r AT %B1 : REAL; first : BYTE; END_STRUCT; END_TYPE"""
    body = """s.whole := 16#8899AABB; h := s.half; x := s.b[1]; y := s.bit; s.bit := FALSE; z := s.whole;
s.r := 1.0; w := s.whole; q := s.first;"""
    done = run("s : Both; h : WORD; x, q : BYTE; y : BOOL; z, w : DWORD;", body, before)
    assert [done.get(f"main.{n}") for n in "hxyzwq"] == [0x8899, 0x99, 1, 0x0899AABB, 0x800000BB, 0xBB]


def test_each_variable_has_places_of_its_own_for_members_at_inputs_and_outputs():
    before = """TYPE Gate : STRUCT seen AT %I* : BOOL; out AT %Q* : WORD := 200; n : INT; END_STRUCT;
Row : STRUCT left, right : Gate; END_STRUCT; END_TYPE
VAR_GLOBAL g : Gate; END_VAR
FUNCTION push : INT VAR_IN_OUT x : Gate; END_VAR x.out := 4; push := WORD_TO_INT(x.out); END_FUNCTION"""
    variables = "a, b : Gate; v : ARRAY[1..2] OF Row; s : WORD; k : INT;"
    runtime = start(
        program(variables, "a.out := 7; v[2].right.out := 9; s := b.out; g.out := 3; k := push(b);", before)
    )
    runtime.set("main.b.seen", 1)
    runtime.scan()
    names = ["a.out", "b.out", "v[2].right.out", "v[2].left.out", "s", "k", "b.seen", "a.seen"]
    assert [runtime.get(f"main.{name}") for name in names] == [7, 4, 9, 200, 200, 4, 1, 0]
    low, high = runtime.compiled.image.slices["outputs"]
    places = {runtime.watch.find(f"main.{x}.out")[0] for x in ("a", "b", "v[1].left", "v[1].right")}
    assert len(places) == 4
    assert all(low <= place < high for place in places)
    assert low <= runtime.watch.find("g.out")[0] < high


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("a AT %B0 : INT; b AT %B1 : BYTE;", "SY1321 b and a lie on each other"),
        ("a AT %X0.1 : BOOL; b AT %B0 : BYTE;", "SY1321 a and b lie on each other"),
        ("a AT %X0.1 : BOOL; b AT %X0.1 : BOOL;", "SY1321 b and a lie on each other"),
        ("a AT %X0.8 : BOOL;", "SY1318 %X0.8 is out of range"),
        ("a AT %X0.1 : BYTE;", "SY1318 %X0.1 is no place for BYTE in a structure"),
        ("a AT %B0.1 : BOOL;", "SY1318 %B0.1 is no place for BOOL in a structure"),
        ("a AT %B99999999 : BYTE;", "SY1318 %B99999999 is out of range"),
        (
            "a AT %B1 : REF_TO INT;",
            "SY1318 REF_TO INT does not lie at %B1: it begins at a multiple of 4 bytes",
        ),
        ("a AT %IW3 : INT;", "SY1318 %IW3 would be one place for all such structures"),
    ],
)
def test_places_that_cannot_be(members, message):
    (found,) = errors(program("s : S;", "", f"TYPE S : STRUCT\n{members}\nEND_STRUCT; END_TYPE"))
    assert found.split(" ", 1)[1].startswith(message)


def test_what_is_told_of_members():
    before = "TYPE S : STRUCT OVERLAP a AT %B0 : INT := 5; b AT %B1 : INT; END_STRUCT; END_TYPE\n"
    assert "SY1321 a overlaps others and has no initial value" in told(program("s : S;", "", before))[0]
    before = FRAME + "FUNCTION f : INT VAR_IN_OUT x : INT; END_VAR f := 1; END_FUNCTION\n"
    (found,) = errors(program("g : Frame; n : INT;", "n := f(g.small);", before))
    assert "SY1409 g.small does not begin at a multiple of 2 bytes, so nothing refers to it" in found
    (found,) = errors(
        program("g : Frame; n : INT;", "n := f(g.ready);", before.replace("x : INT", "x : BOOL"))
    )
    assert "SY1409" in found
    before = "TYPE G : STRUCT x AT %I* : INT; END_STRUCT; END_TYPE\n"
    (found,) = errors(program("a, b : G;", "a := b;", before))
    assert "SY1504 G has places at addresses and is no value" in found
    (found,) = errors(program("a : G := (x := 5); b : BOOL;", "b := a.x > 0;", before))
    assert "SY1609 x lies at %I*: its first value is that of its type" in found
    (found,) = errors(program("a AT %B3 : BYTE;", ""))
    assert "SY1318 AT %B3 is in no area | write %IB3, %QB3 or %MB3" in found


def test_bits_of_retained_structures_are_kept_by_their_names():
    before = "TYPE S : STRUCT a AT %X0.1 : BOOL; b AT %X0.2 : BOOL; n AT %B1 : INT; END_STRUCT; END_TYPE\n"
    text = f"{before}PROGRAM main VAR RETAIN s : S; END_VAR s.b := TRUE; s.n := 5; END_PROGRAM"
    first = start(text)
    first.scan()
    kept = first.retained()
    later = text.replace(
        "a AT %X0.1 : BOOL; b AT %X0.2 : BOOL;", "b AT %X0.5 : BOOL; a AT %X0.6 : BOOL; c AT %X0.2 : BOOL;"
    )
    second = start(later.replace("s.b := TRUE; s.n := 5;", ""))
    report = second.restart(kept)
    assert [second.get(f"main.s.{n}") for n in "abcn"] == [0, 1, 0, 5]
    assert report.new == ["MAIN.S.C"]
