"""The language, sentence by sentence: literals, types, sections, addresses, units. What is left is by hand."""

import pytest

from unit.plc.st import codes, program, run, start, told

DAY = 86_400 * 10**9


def left(text: str, *names: str, scans: int = 1, dialect: str = "strict") -> list:
    """The values of variables after some scans."""
    runtime = start(text, dialect)
    runtime.scan(scans)
    return [runtime.get(name) for name in names]


@pytest.mark.parametrize(
    ("type_name", "literal", "expected"),
    [
        ("INT", "2#1010_1010", 170),
        ("BYTE", "8#377", 255),
        ("DINT", "-16#FF", -255),
        ("LINT", "LINT#16#7FFF_FFFF_FFFF_FFFF", 2**63 - 1),
        ("INT", "INT#-5", -5),
        ("INT", "INT#2#101", 5),
        ("UINT", "UINT#16#AB", 0xAB),
        ("INT", "+5", 5),
        ("BOOL", "BOOL#1", 1),
        ("BOOL", "BOOL#FALSE", 0),
        ("REAL", "-1_000.5", -1000.5),
        ("REAL", "1.5E-3 * 2.0e3", 3.0),
        ("LREAL", "LREAL#1.0E+10", 1e10),
        ("REAL", "REAL#5", 5.0),
        ("TIME", "t#-14ms", -14_000_000),
        ("TIME", "TIME#25h_15m", 90_900 * 10**9),
        ("LTIME", "LTIME#5m_30s_500ms_100.1us", 330_500_100_100),
        ("DATE", "D#1970-01-03", 2 * DAY),
        ("LDATE", "LDATE#1970-01-03", 2 * DAY),
        ("TOD", "TIME_OF_DAY#00:00:01.36", 1_360_000_000),
        ("LTOD", "LTOD#15:36:55.360_227_400", 56_215_360_227_400),
        ("DT", "DATE_AND_TIME#1970-01-02-00:00:01", DAY + 10**9),
        ("LDT", "LDATE_AND_TIME#1970-01-01-00:00:00.000_000_001", 1),
        ("STRING", "STRING#'O$'K'", "O'K"),
        ("STRING", "'$L$N$P$R$T$0A$$'", "\n\n\f\r\t\n$"),
        ("WSTRING", 'WSTRING#"a$0041"', "aA"),
        ("CHAR", "CHAR#'X'", "X"),
        ("CHAR", "'$41'", "A"),
        ("WCHAR", 'WCHAR#"X"', "X"),
    ],
)
def test_literals(type_name, literal, expected):
    assert run(f"a : {type_name};", f"a := {literal};").get("main.a") == expected


TYPES = """
TYPE
    Color : DINT (Red := 10, Green, Blue := 30) := Blue;
    Place : (Front, Back) INT := Back;
    Low : INT (-5..5) := 2;
    Ratio : REAL := 1.5;
    Row : ARRAY[1..3] OF INT := [3(7)];
    Parcel : STRUCT size : ARRAY[0..1] OF INT; kind : Color; END_STRUCT;
    Both : STRUCT OVERLAP number : INT; bits : WORD; END_STRUCT;
    Pointer : REF_TO INT;
END_TYPE
"""


@pytest.mark.parametrize(
    ("variables", "body", "expected"),
    [
        ("c : Color;", "", {"c": 30}),
        ("c : Color;", "c := Color#Green;", {"c": 11}),
        ("c : Place;", "", {"c": 1}),
        ("c : (Near, Far); n : INT;", "c := Far; CASE c OF Far: n := 3; END_CASE;", {"c": 1, "n": 3}),
        ("l : Low; m : INT(1..3);", "m := l;", {"l": 2, "m": 2}),
        ("r : Ratio; w : Row;", "w[3] := w[1] + 1;", {"r": 1.5, "w[2]": 7, "w[3]": 8}),
        ("p : ARRAY[0..1] OF Parcel := [(size := [2, 3]), (kind := Color#Red)];", "",
         {"p[0].size[1]": 3, "p[0].kind": 30, "p[1].kind": 10}),
        ("m : ARRAY[1..2, 1..3] OF INT := [1, 2, 3(4), 6];", "", {"m[2,1]": 4, "m[2,3]": 6}),
        ("m : ARRAY[1..2] OF ARRAY[1..3] OF INT;", "m[1][2] := 5;", {"m[1][2]": 5, "m[2][2]": 0}),
        ("b : Both;", "b.number := -1;", {"b.bits": 0xFFFF}),
        ("s : STRUCT a : INT := 4; END_STRUCT;", "", {"s.a": 4}),
        ("r : Pointer; a : INT;", "r := REF(a); r^ := 5; IF r <> NULL THEN a := r^ + 1; END_IF;", {"a": 6}),
        ("r : REF_TO TON; t : TON;", "r := REF(t); r^(IN := TRUE, PT := T#0s);", {"t.Q": 1}),
    ],
)  # fmt: skip
def test_types(variables, body, expected):
    done = run(variables, body, TYPES)
    assert {name: done.get(f"main.{name}") for name in expected} == expected


def test_an_open_array_is_an_input_of_a_function():
    before = """
FUNCTION total : INT VAR_INPUT v : ARRAY[*] OF INT; END_VAR VAR i : DINT; END_VAR
FOR i := LOWER_BOUND(v, 1) TO UPPER_BOUND(v, 1) DO total := total + v[i]; END_FOR; END_FUNCTION
"""
    variables = "a : ARRAY[-1..1] OF INT := [1, 2, 3]; b : ARRAY[5..5] OF INT := [7]; s, t : INT;"
    done = run(variables, "s := total(a); t := total(v := b);", before)
    assert (done.get("main.s"), done.get("main.t")) == (6, 7)


SECTIONS = """
VAR_GLOBAL g : INT := 1; END_VAR
VAR_GLOBAL CONSTANT k : INT := 40; END_VAR
FUNCTION_BLOCK F
VAR_INPUT i : INT; END_VAR
VAR_INPUT RETAIN j : INT := 2; END_VAR
VAR_OUTPUT o : INT; END_VAR
VAR_OUTPUT NON_RETAIN p : INT; END_VAR
VAR_IN_OUT io : INT; END_VAR
VAR a : INT; END_VAR
VAR PRIVATE b : INT; END_VAR
VAR PROTECTED d : INT; END_VAR
VAR CONSTANT c : INT := 100; END_VAR
VAR RETAIN r : INT; END_VAR
VAR_TEMP t : INT := 3; END_VAR
VAR_EXTERNAL g : INT; END_VAR
VAR_EXTERNAL CONSTANT k : INT; END_VAR
t := t + 1; a := a + t; b := a; d := b; r := r + 1; g := g + i;
o := c + k + d + j; p := r; io := io + o;
END_FUNCTION_BLOCK
"""


def test_every_section_of_a_block():
    done = run("f : F; x : INT;", "f(i := 5, io := x);", SECTIONS, scans=2)
    names = ["f.o", "f.p", "x", "f.a", "f.r"]
    # a: 4, then 8; o: 100 + 40 + a + 2
    assert [done.get(f"main.{name}") for name in names] == [150, 2, 146 + 150, 8, 2]
    assert done.get("g") == 11


def test_addresses_stand_in_statements_without_a_declaration():
    body = "%QW0 := 16#1234; %MW2 := %QW0; a := %MW2; b := %QX0.2; %M0.1 := TRUE; c := %MB0; %ML8 := 16#FF; d := %MD16;"
    done = run("a, d2 : WORD; b : BOOL; c : BYTE; d : DWORD;", body)
    assert [done.get(f"main.{name}") for name in "abcd"] == [0x1234, 1, 2, 0xFF]


def test_each_instance_of_a_block_has_places_of_its_own():
    before = """FUNCTION_BLOCK F VAR x AT %I* : INT := 7; y AT %QX* : BOOL; END_VAR VAR_OUTPUT o : INT; END_VAR
o := x; y := x > 7; x := x + 1; END_FUNCTION_BLOCK"""
    done = run("a, b : F; c : ARRAY[1..2] OF F;", "a(); b(); a(); c[2]();", before)
    names = ["a.o", "b.o", "a.x", "b.x", "a.y", "b.y", "c[1].x", "c[2].x"]
    assert [done.get(f"main.{name}") for name in names] == [8, 7, 9, 8, 1, 0, 7, 8]
    inputs = {done.watch.find(f"main.{name}.x")[0] for name in ("a", "b", "c[1]", "c[2]")}
    start_, end = done.compiled.image.slices["inputs"]
    assert len(inputs) == 4
    assert all(start_ <= offset < end for offset in inputs)


PLACED = """
FUNCTION_BLOCK F VAR x AT %I* : INT := 7; END_VAR VAR_OUTPUT o : INT; END_VAR o := x; END_FUNCTION_BLOCK
FUNCTION_BLOCK H EXTENDS F VAR y AT %I* : INT := 3; END_VAR SUPER(); o := o + y; END_FUNCTION_BLOCK
FUNCTION_BLOCK Box VAR RETAIN f : F; END_VAR VAR_OUTPUT o : INT; END_VAR f(); o := f.o; END_FUNCTION_BLOCK
PROGRAM main VAR RETAIN f : F; END_VAR VAR boxes : ARRAY[1..2] OF Box; h : H; END_VAR
f(); boxes[2](); h(); END_PROGRAM
"""


def test_places_of_instances_that_are_retained_or_inherited():
    assert left(PLACED, "main.f.o", "main.boxes[2].o", "main.h.o", "main.boxes[1].f.x") == [7, 7, 10, 7]
    text = PLACED + "FUNCTION g : INT VAR f : F; END_VAR f(); g := f.o; END_FUNCTION"
    assert any("SY1206 F has places at addresses, f does not live long" in row for row in told(text))


CONFIGURED = """
PROGRAM Count VAR a AT %Q* : INT; END_VAR VAR_OUTPUT n : INT; END_VAR VAR_INPUT step : INT := 1; END_VAR
a := a + step; n := a; END_PROGRAM
CONFIGURATION cell
VAR_GLOBAL shown : INT; END_VAR
RESOURCE r ON cpu
VAR_GLOBAL amount : INT := 3; END_VAR
TASK slow(INTERVAL := T#20ms, PRIORITY := 2); TASK fast(INTERVAL := T#10ms, PRIORITY := 1);
PROGRAM p WITH slow : Count(step := amount, n => shown);
END_RESOURCE
VAR_ACCESS look : r.p.n : INT READ_ONLY; END_VAR
VAR_CONFIG r.p.a AT %QW3 : INT := 5; END_VAR
END_CONFIGURATION
"""


def test_a_configuration_connects_programs_and_gives_places():
    runtime = start(CONFIGURED)
    runtime.scan(3)
    assert (runtime.get("p.n"), runtime.get("shown")) == (14, 14)
    begin = runtime.compiled.image.slices["outputs"][0]
    assert runtime.image()[begin + 6 : begin + 8] == b"\x0e\0"


OBJECTS = """
INTERFACE Shape METHOD area : INT VAR_INPUT x : INT; END_VAR END_METHOD END_INTERFACE
CLASS ABSTRACT Base IMPLEMENTS Shape VAR PROTECTED n : INT; END_VAR
METHOD PUBLIC ABSTRACT area : INT VAR_INPUT x : INT; END_VAR END_METHOD END_CLASS
CLASS FINAL Box EXTENDS Base METHOD PUBLIC OVERRIDE area : INT VAR_INPUT x : INT; END_VAR
area := x + 1; THIS.n := area; END_METHOD END_CLASS
FUNCTION_BLOCK Root VAR_OUTPUT k : INT; END_VAR k := k + 1; END_FUNCTION_BLOCK
FUNCTION_BLOCK Round EXTENDS Root IMPLEMENTS Shape METHOD PUBLIC area : INT VAR_INPUT x : INT; END_VAR
area := x + 2; END_METHOD SUPER(); k := k + 10; END_FUNCTION_BLOCK
NAMESPACE lib.math
TYPE Number : INT; END_TYPE
FUNCTION twice : Number VAR_INPUT x : Number; END_VAR twice := 2 * x; END_FUNCTION
END_NAMESPACE
USING lib.math;
PROGRAM main VAR box : Box; round : Round; s : Shape; a, b, c, d : INT; m : lib.math.Number := 4; END_VAR
s := box; a := s.area(1); s := round; b := s.area(x := 1); round();
c := twice(m); d := lib.math.twice(5);
END_PROGRAM
"""


def test_classes_interfaces_namespaces():
    assert left(OBJECTS, *(f"main.{name}" for name in ("a", "b", "c", "d", "round.k"))) == [2, 3, 8, 10, 11]


@pytest.mark.parametrize(
    "text",
    [
        "PROGRAM main VAR a : INT; END_VAR act(); a := a + 1; ACTION act : a := a * 3 + 1; END_ACTION END_PROGRAM",
        "PROGRAM main VAR a : INT; END_VAR act(); a := a + 1; END_PROGRAM ACTION act : a := a * 3 + 1; END_ACTION",
        "PROGRAM main VAR a : INT; END_VAR act(); a := a + 1; END_PROGRAM "
        "ACTIONS main ACTION act a := a * 3 + 1; END_ACTION END_ACTIONS",
    ],
)
def test_actions_work_on_the_variables_of_their_unit(text):
    assert left(text, "main.a", scans=2) == [8]


def test_an_action_of_a_block_is_called_from_outside():
    text = """FUNCTION_BLOCK F VAR_OUTPUT a : INT; END_VAR a := 5; ACTION clear a := 1; END_ACTION END_FUNCTION_BLOCK
PROGRAM main VAR f, g : F; END_VAR f(); g(); f.clear(); END_PROGRAM"""
    assert left(text, "main.f.a", "main.g.a") == [1, 5]


def test_a_pragma_in_double_braces_may_have_single_ones_within():
    text = """PROGRAM main {{}} VAR a, b : INT; END_VAR
a := 1; {{
if (x) { log(a); }
}} b := 2; {{ a := 7; }
END_PROGRAM"""
    assert left(text, "main.a", "main.b") == [1, 2]


def test_the_word_of_early_exports_is_a_name_where_no_unit_begins():
    text = """FUNCTIONBLOCK F VAR_OUTPUT FunctionBlock : INT := 5; END_VAR END_FUNCTIONBLOCK
PROGRAM main VAR f : F; functionblock : INT; END_VAR f(); functionblock := f.FunctionBlock + 1; END_PROGRAM"""
    assert left(text, "main.functionblock") == [6]


def test_pragmas_stand_anywhere():
    text = """{attribute 'qualified_only'}
PROGRAM main {x} VAR {y} a : INT; {attribute 'hide'} b : INT; END_VAR {z} a := 1; {IF defined (X)} b := 2; {END_IF}
END_PROGRAM"""
    assert left(text, "main.a", "main.b") == [1, 2]


@pytest.mark.parametrize(
    ("variables", "body", "expected"),
    [
        ("on, off, sure : BOOL := TRUE;", "off R= sure; off S= NOT sure; on R= FALSE;", {"off": 0, "on": 1}),
        ("a : ARRAY[0..1] OF BOOL; s : INT := 1; b : BOOL;", "a[1] S= s=1; b := s=1; IF s=1 THEN a[0] S= b; END_IF;",
         {"a[0]": 1, "a[1]": 1, "b": 1}),
        ("w : WORD;", "w.3 S= TRUE;", {"w": 8}),
        ("a, b, c : INT;", "a := b := c := 5;", {"a": 5, "b": 5, "c": 5}),
        ("i : INT; v : ARRAY[0..3] OF BYTE := 1, 2, 3;", "i := v[2];", {"i": 3, "v[3]": 0}),
        ("v : ARRAY[0..3] OF BYTE := 2(2), 2(3);", "", {"v[1]": 2, "v[3]": 3}),
        ("r : REFERENCE TO INT; a : INT; b, c : BOOL;",
         "b := __ISVALIDREF(r); r REF= a; r := 5; c := __ISVALIDREF(r);", {"a": 5, "b": 0, "c": 1}),
        ("u : UNION a : INT; b : WORD; END_UNION;", "u.a := -1;", {"u.b": 0xFFFF}),
        ("w : INT := 5; b : BOOL;", "b := w.2; w.0 := FALSE;", {"b": 1, "w": 4}),
    ],
)  # fmt: skip
def test_what_vendors_have_besides(variables, body, expected):
    done = run(variables, body, dialect="codesys")
    assert {name: done.get(f"main.{name}") for name in expected} == expected


SHARED = """
FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR METHOD PUBLIC m : INT n := n + 1; m := n; END_METHOD END_FUNCTION_BLOCK
NAMESPACE G VAR_GLOBAL f : F; a : ARRAY[1..2] OF F; p : REF_TO F; END_VAR END_NAMESPACE
PROGRAM main VAR x, y, z : INT; END_VAR
x := G.f.m(); G.f(); G.f.m(); y := G.a[2].m(); G.p := REF(G.f); z := G.p^.m();
END_PROGRAM
"""


def test_blocks_of_a_namespace_are_called_by_their_whole_names():
    assert left(SHARED, "main.x", "main.y", "main.z") == [1, 1, 3]


def test_an_address_may_be_all_the_name_there_is():
    text = """PROGRAM main VAR AT %QW6 : INT := 5; AT %MX0.1 : BOOL; x : INT; y : BYTE; END_VAR
VAR_ACCESS seen : x : INT READ_WRITE; END_VAR
x := %QW6 + 1; %MX0.1 := TRUE; y := %MB0; END_PROGRAM"""
    assert left(text, "main.x", "main.y") == [6, 2]


VENDORS = """
FUNCTION_BLOCK F VAR kept : INT := 4; END_VAR VAR PRIVATE hidden : INT; END_VAR
PROPERTY half : INT GET PRIVATE VAR k : INT := 2; END_VAR half := kept / k; END_GET SET PUBLIC kept := 2 * half; END_SET
END_PROPERTY
METHOD me : REFERENCE TO INT me REF= kept; END_METHOD
END_FUNCTION_BLOCK
PROGRAM main VAR f : F := (); r : REFERENCE TO INT; a, b : INT; s : STRING := 'parcel'; END_VAR
a := f.kept; f.half := 5; r REF= f.me(); r := r + 1; b := f.kept;
s := MID(STR := s, LEN := 3, POS := 2); s := CONCAT(STR1 := s, STR2 := 'x');
END_PROGRAM
"""


def test_vendors_see_into_blocks_and_return_references():
    assert left(VENDORS, *(f"main.{n}" for n in ("a", "b", "s")), dialect="codesys") == [4, 11, "arcx"]
    assert any("SY1230" in row for row in told(VENDORS.replace("f.half := 5;", "a := f.half;"), "codesys"))
    assert any("SY1310" in row for row in told(VENDORS.replace("a := f.kept", "a := f.hidden"), "codesys"))
    assert any("SY1310" in row for row in told(VENDORS))


KEPT = """
FUNCTION next : INT VAR_STAT n : INT := 10; END_VAR n := n + 1; next := n; END_FUNCTION
FUNCTION_BLOCK F VAR_STAT all : INT; END_VAR VAR_OUTPUT seen : INT; END_VAR
METHOD PUBLIC count : INT VAR_INST n : INT := 5; END_VAR n := n + 1; count := n; END_METHOD
all := all + 1; seen := all; END_FUNCTION_BLOCK
"""


def test_static_variables_are_one_for_all_and_those_of_a_method_one_for_each_object():
    body = "a := next(); f(); g(); b := f.count(); b := f.count(); c := g.count();"
    text = KEPT + program("f, g : F; a, b, c : INT;", body)
    names = [f"main.{name}" for name in ("a", "f.seen", "g.seen", "b", "c")]
    assert left(text, *names, scans=2, dialect="codesys") == [12, 3, 4, 9, 7]


LINKED = """
TYPE
    Tour : STRUCT first : REF_TO Stop; pair : Pair; END_STRUCT;
    Stop : STRUCT chute : INT; next : REF_TO Stop; both : REF_TO Pair; END_STRUCT;
    Pair : STRUCT left, right : Stop; all : REF_TO ARRAY[0..2] OF Stop; END_STRUCT;
END_TYPE
"""


def test_structures_refer_to_their_own_kind():
    variables = "stops : ARRAY[0..2] OF Stop; tour : Tour; here : REF_TO Stop; i, sum, left : INT;"
    body = """
FOR i := 0 TO 2 DO stops[i].chute := i + 4; END_FOR;
stops[0].next := REF(stops[2]); stops[2].next := REF(stops[1]);
tour.first := REF(stops[0]); tour.pair.left := stops[2]; stops[1].both := REF(tour.pair); tour.pair.all := REF(stops);
here := tour.first;
WHILE here <> NULL DO sum := sum * 10 + here^.chute; here := here^.next; END_WHILE;
left := stops[1].both^.left.next^.both^.all^[2].chute;
"""
    runtime = run(variables, body, LINKED)
    assert (runtime.get("main.sum"), runtime.get("main.left")) == (465, 6)


def test_a_structure_that_contains_itself_through_another_is_told():
    before = "TYPE A : STRUCT r : REF_TO B; b : B; END_STRUCT; B : STRUCT a : A; END_STRUCT; END_TYPE"
    assert codes("x : A;", "x.r := REF(x.b);", before) == ["SY1303"]


def test_an_address_of_several_levels_has_a_place_of_its_own():
    variables = """a AT %IW2.5.7.1 : INT; b AT %IW2.5.7.1 : WORD; c AT %QX1.2.3 : BOOL; d AT %MD4.1.0 : REAL;
e AT %IW2 : INT;"""
    runtime = run(variables, "a := -2; c := TRUE; d := 1.5; e := 7;")
    assert [runtime.get(f"main.{name}") for name in "abcde"] == [-2, 65534, 1, 1.5, 7]
    found = told(program("a AT %IW2.5.7.1 : DINT;", ""))
    assert [row.partition(" |")[0] for row in found] == [
        "4:1 SY1318 %IW2.5.7.1 does not have the size of DINT"
    ]


def test_what_is_not_compiled_of_the_standard_says_so():
    chart = told("PROGRAM p INITIAL_STEP Start: END_STEP END_PROGRAM")
    assert chart[0].startswith("1:11 SY1701 INITIAL_STEP is of a sequential function chart")


def test_variables_of_a_namespace_are_found_by_their_whole_names():
    before = "NAMESPACE Plant.North VAR_GLOBAL speed : INT; rows : ARRAY[1..2] OF INT; END_VAR END_NAMESPACE"
    runtime = start(program("n : INT;", "n := Plant.North.speed; Plant.North.rows[2] := 7;", before))
    runtime.set("plant.north.speed", 5)
    runtime.scan()
    assert (runtime.get("main.n"), runtime.get("Plant.North.rows[2]")) == (5, 7)
    with pytest.raises(KeyError, match="there is no plant"):
        runtime.get("plant.south.speed")
