"""Classes, methods, interfaces, properties: which code runs on which data, and what is refused."""

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import codes, fault_of, program, run, start, told

SHAPES = """
INTERFACE Shape
METHOD area : INT VAR_INPUT scale : INT; END_VAR VAR_OUTPUT twice : INT; END_VAR END_METHOD
PROPERTY name : STRING[9] GET END_GET END_PROPERTY
END_INTERFACE
CLASS Box IMPLEMENTS Shape
VAR w, h : INT := 2; END_VAR
METHOD PUBLIC area : INT VAR_INPUT scale : INT; END_VAR VAR_OUTPUT twice : INT; END_VAR
area := w * h * scale; twice := 2 * area; END_METHOD
METHOD PUBLIC resize VAR_INPUT w, h : INT; END_VAR THIS.w := w; THIS.h := h; END_METHOD
METHOD PUBLIC double_area : INT double_area := area(2); END_METHOD
PROPERTY PUBLIC name : STRING[9] GET name := 'box'; END_GET END_PROPERTY
PROPERTY PUBLIC width : INT GET width := w; END_GET SET w := width; END_SET END_PROPERTY
END_CLASS
CLASS Cube EXTENDS Box
VAR edges : INT := 12; END_VAR
METHOD PUBLIC OVERRIDE area : INT VAR_INPUT scale : INT; END_VAR VAR_OUTPUT twice : INT; END_VAR
area := SUPER.area(scale, twice => twice) * 6; twice := twice + 100; END_METHOD
END_CLASS
FUNCTION measure : INT VAR_IN_OUT box : Box; END_VAR measure := box.area(1); END_FUNCTION
FUNCTION ask : INT VAR_INPUT shape : Shape; END_VAR ask := shape.area(3); END_FUNCTION
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("n := b.area(3);", 12),
        ("b.resize(3, 4); n := b.area(1);", 12),
        ("n := c.area(1);", 24),
        ("n := b.double_area();", 8),
        ("n := c.double_area();", 48),
        ("n := measure(b);", 4),
        ("n := measure(c);", 24),
        ("s := c; n := s.area(scale := 2);", 48),
        ("s := b; n := s.area(2);", 8),
        ("n := ask(c);", 72),
        ("s := c; s.area(1, twice => n);", 108),
        ("s := b; n := LEN(s.name);", 3),
        ("b.width := 7; n := b.area(1) + b.width;", 21),
        ("r := REF(c); n := r^.area(1);", 24),
        ("s := c; t := s; n := t.area(1);", 24),
        ("many[2].resize(5, 5); n := many[2].area(1) + many[1].area(1);", 29),
        ("IF s = NULL THEN n := 1; END_IF; s := b; IF s <> NULL THEN n := n + 2; END_IF;", 3),
        ("s := c; p ?= s; IF p <> NULL THEN n := p^.area(1); END_IF;", 24),
        ("s := b; p ?= s; IF p = NULL THEN n := 5; END_IF;", 5),
    ],
)
def test_calls_reach_the_right_method_and_data(body, expected):
    variables = "b : Box; c : Cube; s, t : Shape; r : REF_TO Box; p : REF_TO Cube; n : INT; "
    variables += "many : ARRAY[1..2] OF Box;"
    assert run(variables, body, SHAPES).get("main.n") == expected


def test_objects_keep_their_variables_and_methods_do_not():
    before = """
CLASS Count VAR n : INT; END_VAR METHOD PUBLIC up : INT VAR k : INT := 5; END_VAR
n := n + 1; k := k + 1; up := n * 10 + k; END_METHOD END_CLASS
"""
    done = run("a, b : Count; x, y : INT;", "x := a.up(); x := a.up(); y := b.up();", before, scans=2)
    assert (done.get("main.x"), done.get("main.y"), done.get("main.a.n")) == (46, 26, 4)


def test_a_block_runs_its_own_body_and_supers_on_request():
    before = """
FUNCTION_BLOCK Base VAR_INPUT step : INT := 1; END_VAR VAR_OUTPUT n : INT; END_VAR VAR RETAIN kept : INT; END_VAR
METHOD PUBLIC reset n := 0; END_METHOD
n := n + step; kept := kept + 1; END_FUNCTION_BLOCK
FUNCTION_BLOCK More EXTENDS Base VAR RETAIN own : INT; END_VAR VAR_OUTPUT m : INT; END_VAR
SUPER(); own := own + 2; m := n * 100 + kept * 10 + own; END_FUNCTION_BLOCK
"""
    runtime = start(program("x : More;", "x(step := 3);", before))
    runtime.scan(2)
    assert runtime.get("main.x.m") == 624
    kept = runtime.retained()
    runtime.restart(kept)
    runtime.scan()
    assert runtime.get("main.x.m") == 300 + 30 + 6


def test_an_object_begins_with_the_number_of_its_type_and_plain_blocks_do_not():
    runtime = run("b : Box; c : Cube; t : TON; s : Shape;", "s := c; t(IN := TRUE);", SHAPES)
    offset, types = {}, {}
    for name in "bcst":
        offset[name], types[name], _ = runtime.watch.find(f"main.{name}")
    numbers = {name: types[name].pou.type_id for name in "bc"}

    def word(at: int) -> int:
        return int.from_bytes(runtime.image()[at : at + 4], "little")

    assert [word(offset[n]) for n in "bc"] == [numbers["b"], numbers["c"]]
    assert len({0, *numbers.values()}) == 3
    assert (word(offset["s"]), word(offset["s"] + 4)) == (offset["c"], numbers["c"])
    assert runtime.watch.find("main.t.IN")[0] == offset["t"]


def test_a_call_through_null_is_a_fault():
    fault = fault_of("s : Shape; n : INT;", "n := s.area(1);", SHAPES)
    assert fault.kind is FaultKind.NULL_REFERENCE


def test_a_broken_interface_value_is_a_fault():
    runtime = start(
        program("b : Box; s : Shape; n : INT;", "IF s = NULL THEN s := b; END_IF; n := s.area(1);", SHAPES)
    )
    runtime.scan()
    offset = runtime.watch.find("main.s")[0]
    runtime.memory[offset + 4] = 200
    with pytest.raises(Exception, match="BAD_REFERENCE"):
        runtime.scan()


BASES = """
INTERFACE Door METHOD open : BOOL END_METHOD END_INTERFACE
CLASS ABSTRACT Lock METHOD PUBLIC ABSTRACT turn : INT END_METHOD METHOD PUBLIC FINAL key : INT key := 1; END_METHOD
METHOD PRIVATE hidden : INT hidden := 1; END_METHOD METHOD PROTECTED inner : INT inner := 2; END_METHOD END_CLASS
CLASS Bolt EXTENDS Lock METHOD PUBLIC OVERRIDE turn : INT turn := inner(); END_METHOD END_CLASS
CLASS FINAL Last END_CLASS
"""


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("CLASS a EXTENDS Last END_CLASS", "SY1222", "Last is FINAL"),
        ("CLASS a EXTENDS Lokc END_CLASS", "SY1203", "there is no class or function block Lokc"),
        ("CLASS a IMPLEMENTS Dor END_CLASS", "SY1203", "there is no interface Dor"),
        ("CLASS a IMPLEMENTS Door END_CLASS", "SY1225", "a lacks open of Door"),
        ("CLASS a EXTENDS Lock END_CLASS", "SY1225", "a lacks turn: Lock.turn is ABSTRACT"),
        ("CLASS a EXTENDS a END_CLASS", "SY1303", "a extends itself"),
        ("CLASS a EXTENDS b END_CLASS CLASS b EXTENDS a END_CLASS", "SY1303", "extends itself"),
        ("CLASS a EXTENDS Bolt METHOD PUBLIC turn : INT turn := 1; END_METHOD END_CLASS", "SY1223", "is overridden"),
        ("CLASS a METHOD PUBLIC OVERRIDE x : INT x := 1; END_METHOD END_CLASS", "SY1223", "no base of a has"),
        ("CLASS a EXTENDS Bolt METHOD PUBLIC OVERRIDE key : INT key := 1; END_METHOD END_CLASS", "SY1222",
         "key is FINAL"),
        ("CLASS a EXTENDS Bolt METHOD PUBLIC OVERRIDE turn : DINT turn := 1; END_METHOD END_CLASS", "SY1224",
         "does not have the parameters and result of Bolt.turn"),
        ("CLASS a IMPLEMENTS Door METHOD PUBLIC open : INT open := 1; END_METHOD END_CLASS", "SY1224", "Door.open"),
        ("CLASS a METHOD x END_METHOD METHOD x END_METHOD END_CLASS", "SY1202", "a has x twice"),
        ("PROGRAM p VAR x : Lock; END_VAR x.key(); END_PROGRAM", "SY1226", "Lock is ABSTRACT"),
        ("PROGRAM p VAR x : Bolt; n : INT; END_VAR n := x.hidden(); END_PROGRAM", "SY1230", "Lock.hidden is PRIVATE"),
        ("PROGRAM p VAR x : Bolt; n : INT; END_VAR n := x.inner(); END_PROGRAM", "SY1230", "Lock.inner is PROTECTED"),
        ("PROGRAM p VAR x : Bolt; n : INT; END_VAR n := x.trun(); END_PROGRAM", "SY1401", "Bolt has no method trun"),
        ("PROGRAM p VAR x : Bolt; d : Door; END_VAR d := x; END_PROGRAM", "SY1227", "Bolt does not implement Door"),
        ("PROGRAM p VAR n : INT; END_VAR n := THIS.n; SUPER.x(); END_PROGRAM", "SY1229", "SUPER needs a base"),
        ("FUNCTION f : INT f := SUPER.x(); END_FUNCTION", "SY1229", "SUPER"),
    ],
)  # fmt: skip
def test_refused(text, code, message):
    found = [row for row in told(BASES + text) if f" {code} " in row]
    assert any(message in row for row in found), told(BASES + text)


def test_item_12_recursion_through_an_interface_is_refused():
    before = """
INTERFACE Node METHOD visit : INT END_METHOD END_INTERFACE
CLASS Leaf IMPLEMENTS Node METHOD PUBLIC visit : INT visit := 1; END_METHOD END_CLASS
CLASS Pair IMPLEMENTS Node VAR PUBLIC left : Node; END_VAR
METHOD PUBLIC visit : INT visit := left.visit(); END_METHOD END_CLASS
"""
    assert "SY1412" in codes("p : Pair; l : Leaf; n : INT;", "p.left := l; n := p.visit();", before)


def test_structures_extend_structures():
    before = (
        "TYPE A : STRUCT x : INT := 3; END_STRUCT; B EXTENDS A : STRUCT y : INT := 4; END_STRUCT; END_TYPE"
    )
    assert run("b : B; n : INT;", "n := b.x * 10 + b.y;", before).get("main.n") == 34


def test_internal_methods_are_for_their_namespace():
    text = """
NAMESPACE inside CLASS A METHOD INTERNAL m : INT m := 3; END_METHOD END_CLASS
FUNCTION near : INT VAR a : A; END_VAR near := a.m(); END_FUNCTION END_NAMESPACE
"""
    runtime = start(text + program("n : INT;", "n := inside.near();"))
    runtime.scan()
    assert runtime.get("main.n") == 3
    assert "SY1230" in codes("a : inside.A; n : INT;", "n := a.m();", text)


INTERNAL = """NAMESPACE Own
FUNCTION INTERNAL f : INT f := 4; END_FUNCTION
FUNCTION_BLOCK INTERNAL B VAR_OUTPUT n : INT; END_VAR n := f(); END_FUNCTION_BLOCK
FUNCTION near : INT VAR b : B; END_VAR b(); near := b.n + M.deep(); END_FUNCTION
NAMESPACE M FUNCTION deep : INT deep := f(); END_FUNCTION END_NAMESPACE END_NAMESPACE
NAMESPACE Nearly FUNCTION other : INT other := Own.f(); END_FUNCTION END_NAMESPACE
"""


def test_internal_functions_and_blocks_are_for_their_namespace():
    errors = [
        row for row in told(INTERNAL + program("n : INT; b : Own.B;", "n := Own.f(); b();")) if " SY1" in row
    ]
    assert [row.split(" | ")[0] for row in errors] == [
        "6:48 SY1230 f is INTERNAL",
        "10:14 SY1230 B is INTERNAL",
        "12:6 SY1230 f is INTERNAL",
    ]
    within = INTERNAL.replace("other := Own.f()", "other := Own.near()")
    runtime = start(within + program("n, m : INT;", "n := Own.near(); m := Nearly.other();"))
    runtime.scan()
    assert (runtime.get("main.n"), runtime.get("main.m")) == (8, 8)


HIDDEN = """
NAMESPACE Plant
NAMESPACE INTERNAL Parts
TYPE Kind : (A := 4, B); END_TYPE
FUNCTION four : INT VAR k : Kind := Kind#A; END_VAR four := TO_INT(k); END_FUNCTION
FUNCTION_BLOCK Cell VAR_OUTPUT n : INT; END_VAR n := Deep.five() + four(); END_FUNCTION_BLOCK
NAMESPACE Deep FUNCTION five : INT five := 5; END_FUNCTION END_NAMESPACE
END_NAMESPACE
FUNCTION nine : INT VAR c : Parts.Cell; k : Parts.Kind; END_VAR c(); nine := c.n; END_FUNCTION
END_NAMESPACE
"""


def test_what_is_in_an_internal_namespace_is_for_the_one_around_it():
    uses = "n := Plant.Parts.four() + Plant.Parts.Deep.five(); c();"
    errors = told(HIDDEN + program("n : INT; c : Plant.Parts.Cell; k : Plant.Parts.Kind;", uses))
    assert [row.partition(" | ")[0].partition(" ")[2] for row in errors if " SY1" in row] == [
        "SY1230 Cell is INTERNAL",
        "SY1230 Kind is INTERNAL",
        "SY1230 four is INTERNAL",
        "SY1230 five is INTERNAL",
    ]
    runtime = start(HIDDEN + program("n : INT;", "n := Plant.nine();"))
    runtime.scan()
    assert runtime.get("main.n") == 9


def test_codesys_writes_this_and_super_with_a_caret():
    before = """
FUNCTION_BLOCK Base VAR n : INT := 4; END_VAR METHOD get : INT get := THIS^.n; END_METHOD END_FUNCTION_BLOCK
FUNCTION_BLOCK Next EXTENDS Base METHOD get : INT get := SUPER^.get() * 2; END_METHOD END_FUNCTION_BLOCK
"""
    assert run("x : Next; n : INT;", "n := x.get();", before, dialect="codesys").get("main.n") == 8


BODIES = """
FUNCTION_BLOCK Base VAR_INPUT x : INT; END_VAR VAR_OUTPUT y : INT; END_VAR y := x; END_FUNCTION_BLOCK
FUNCTION_BLOCK Twice EXTENDS Base VAR n : INT; END_VAR n := n + 1; y := x * 2 + n * 100; END_FUNCTION_BLOCK
FUNCTION_BLOCK Heir EXTENDS Twice SUPER(); y := y + 1; END_FUNCTION_BLOCK
FUNCTION_BLOCK Caller
VAR_IN_OUT b : Base; END_VAR VAR_OUTPUT got : INT; END_VAR
b(x := 7, y => got);
END_FUNCTION_BLOCK
"""


def test_behind_a_reference_the_body_of_the_block_that_lies_there_runs():
    variables = """a : Base; t : Twice; h : Heir; c : Caller; list : ARRAY[0..2] OF REF_TO Base; i : INT;
sum, other : DINT;"""
    body = """list[0] := REF(a); list[1] := REF(t); list[2] := REF(h);
FOR i := 0 TO 2 DO list[i]^(x := 5); sum := sum * 1000 + list[i]^.y; END_FOR;
c(b := h); other := INT_TO_DINT(c.got) * 1000; c(b := a); other := other + c.got;"""
    runtime = run(variables, body, BODIES)
    assert (runtime.get("main.sum"), runtime.get("main.other")) == (5110111, 215007)


KINDS = """
INTERFACE Shown METHOD kind : INT END_METHOD END_INTERFACE
CLASS A METHOD PUBLIC kind : INT kind := 1; END_METHOD END_CLASS
CLASS B EXTENDS A IMPLEMENTS Shown VAR PUBLIC w : INT; END_VAR METHOD PUBLIC OVERRIDE kind : INT kind := 2; END_METHOD
END_CLASS
CLASS C EXTENDS B METHOD PUBLIC OVERRIDE kind : INT kind := 3; END_METHOD END_CLASS
"""


def test_an_attempt_finds_out_what_lies_behind_a_reference():
    p = start(
        program(
            "n, k : INT; a : A; b : B; c : C; ra : REF_TO A; rb : REF_TO B; rc : REF_TO C; i : Shown; found : WORD;",
            """CASE n OF 0: ra := NULL; 1: ra := REF(a); 2: ra := REF(b); ELSE ra := REF(c); END_CASE;
rb ?= ra; rc ?= ra; i ?= ra; k := 0;
found.%X0 := rb <> NULL; found.%X1 := rc <> NULL; found.%X2 := i <> NULL;
IF rb <> NULL THEN rb^.w := rb^.w + 1; END_IF;
IF i <> NULL THEN k := i.kind(); END_IF;
ra ?= rb; found.%X3 := ra <> NULL; n := n + 1;""",
            KINDS,
        )
    )
    seen = []
    for _ in range(4):
        p.scan()
        seen.append((p.get("main.found"), p.get("main.k"), p.get("main.b.w"), p.get("main.c.w")))
    assert seen == [(0, 0, 0, 0), (0, 0, 0, 0), (0b1101, 2, 1, 0), (0b1111, 3, 1, 1)]


def test_an_attempt_takes_references_to_objects_only():
    body = "i ?= n; r ?= a; r ?= q;"
    assert codes("n : INT; i : Shown; a : A; r : REF_TO A; q : REF_TO INT;", body, KINDS) == ["SY1701"] * 3
