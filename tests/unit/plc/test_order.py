"""TO_BIG_ENDIAN and its like of whole arrays and structures."""

from unit.plc.st import run, told

TYPES = """TYPE
    Kind : (EMPTY, PARCEL := 258);
    Pair : STRUCT x : INT; r : REAL; END_STRUCT;
    Data : STRUCT
        a : WORD; b : DINT; c : ARRAY[0..1, 1..3] OF INT; d : ARRAY[1..2] OF Pair; kind : Kind; text : STRING[3];
        g : BYTE; h : TIME; i : BOOL;
    END_STRUCT;
    Frame : STRUCT a AT %B1 : WORD; k AT %X0.3 : BOOL; r AT %B3 : REAL; END_STRUCT;
END_TYPE
"""
VARIABLES = """s, t, u : Data := (a := 16#1234, b := 1, c := [1, 2, 3, 4, 5, 6], d := [(x := 7, r := 1.5), (x := -2)],
    kind := PARCEL, text := 'abc', g := 9, h := T#1ns, i := TRUE);
v, w : ARRAY[1..2] OF WORD := [16#1234, 16#ABCD]; l, m : Frame := (a := 16#0102, k := TRUE, r := 1.0);"""


def test_the_bytes_of_every_number_within_are_swapped():
    body = "t := TO_BIG_ENDIAN(s); u := FROM_BIG_ENDIAN(t); w := TO_BIG_ENDIAN(IN := v); v := TO_LITTLE_ENDIAN(w);"
    done = run(VARIABLES, body + "m := BIG_ENDIAN_TO(l);", TYPES)
    swapped = {
        "t.a": 0x3412, "t.b": 1 << 24, "t.c[0,1]": 256, "t.c[1,3]": 6 * 256, "t.d[1].x": 7 * 256, "t.kind": 0x0201,
        "t.text": "abc", "t.g": 9, "t.h": 1 << 56, "t.i": 1, "w[1]": 0x3412, "w[2]": 0xCDAB, "v[1]": 0x3412,
        "m.a": 0x0201, "m.k": 1, "m.r": 0x803F * 2.0**-149,
    }  # fmt: skip
    assert {name: done.get(f"main.{name}") for name in swapped} == swapped
    back = {"a": 0x1234, "b": 1, "c[1,3]": 6, "d[1].r": 1.5, "d[2].x": -2, "kind": 258, "h": 1}
    assert {name: done.get(f"main.u.{name}") for name in back} == back


def test_in_blocks_and_functions_too():
    before = f"""{TYPES}
FUNCTION turned : INT VAR_INPUT p : Pair; END_VAR VAR q : Pair; END_VAR
q := TO_BIG_ENDIAN(p); turned := q.x; END_FUNCTION
FUNCTION_BLOCK Sends VAR_INPUT v : ARRAY[1..2] OF Pair; END_VAR VAR_OUTPUT w : ARRAY[1..2] OF Pair; END_VAR
w := TO_BIG_ENDIAN(v); END_FUNCTION_BLOCK
"""
    variables = "p : Pair := (x := 3); n : INT; f : Sends; v : ARRAY[1..2] OF Pair := [(x := 1), (x := 2)];"
    done = run(variables, "n := turned(p); f(v := v); f(v := f.w); f(v := v);", before, scans=2)
    assert [done.get(f"main.{name}") for name in ("n", "f.w[1].x", "f.w[2].x")] == [768, 256, 512]


def test_what_has_no_order_is_told():
    text = """TYPE S : STRUCT w : WSTRING[3]; END_STRUCT; END_TYPE
PROGRAM p VAR a, b : S; c : ARRAY[1..2] OF INT; n : INT; END_VAR
a := TO_BIG_ENDIAN(b);
c := TO_BIG_ENDIAN(b);
n := TO_BIG_ENDIAN(c);
c := TO_BIG_ENDIAN();
END_PROGRAM"""
    found = [" ".join(row.split()[:2]) for row in told(text)]
    assert found == ["3:1 SY1315", "4:20 SY1308", "5:20 SY1315", "6:6 SY1406"]
