"""How people write for TwinCAT and CODESYS: names of inputs, references, pointers, strings, whole blocks, libraries."""

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc import st
from unit.plc.st import codes, fault_of, told


def values(variables: str, body: str, *names: str, before: str = "", scans: int = 1) -> list:
    runtime = st.run(variables, body, before, scans, dialect="twincat")
    return [runtime.get(f"main.{name}") for name in names]


@pytest.mark.parametrize(
    ("block", "call", "output", "expected"),
    [
        ("SR", "x(SET1 := TRUE, RESET := TRUE);", "Q1", 1),
        ("RS", "x(SET := TRUE, RESET1 := TRUE);", "Q1", 0),
        ("CTU", "x(CU := NOT x.CU, RESET := FALSE, PV := 9);", "CV", 2),
        ("CTU_DINT", "x(CU := NOT x.CU, PV := 9); x.RESET := TRUE;", "CV", 0),
        ("CTD", "x(CD := NOT x.CD, PV := 9); x.LOAD := TRUE;", "CV", 9),
        ("CTUD", "x(CU := NOT x.CU, RESET := FALSE, LOAD := FALSE, PV := 5);", "CV", 2),
        ("Standard.TON", "x(IN := TRUE, PT := T#20ms);", "Q", 1),
    ],
)
def test_standard_blocks_have_the_vendors_names_too(block, call, output, expected):
    assert values(f"x : {block};", call, f"x.{output}", scans=3) == [expected]


def test_the_standard_knows_its_own_names_only():
    assert codes("x : CTU;", "x(RESET := TRUE);") == ["SY1408"]
    assert codes("x : Standard.TON;", "x();")[0] == "SY1203"


REFERENCES = """
TYPE Row : STRUCT n : INT; END_STRUCT; END_TYPE
FUNCTION add_to : INT VAR_INPUT r : REFERENCE TO INT; n : INT; END_VAR
IF __ISVALIDREF(r) THEN r := r + n; add_to := r; ELSE add_to := -1; END_IF;
END_FUNCTION
FUNCTION pass_on : INT VAR_INPUT r : REFERENCE TO INT; END_VAR pass_on := add_to(r, 10); END_FUNCTION
FUNCTION shorten : BOOL VAR_INPUT s : REFERENCE TO STRING[4]; END_VAR s := CONCAT(s, 'wxyz'); END_FUNCTION
FUNCTION_BLOCK Keeper VAR_INPUT row : REFERENCE TO Row; END_VAR row.n := row.n + 1; END_FUNCTION_BLOCK
"""


@pytest.mark.parametrize(
    ("variables", "body", "expected"),
    [
        ("n : INT := 5; k : INT;", "k := add_to(n, 2) * 100 + n;", (707, "k")),
        ("n : INT := 5; k : INT;", "k := pass_on(r := n);", (15, "k")),
        ("a : ARRAY[0..2] OF INT; k : INT;", "add_to(a[2], 3); k := a[2];", (3, "k")),
        ("r : REFERENCE TO INT; k : INT;", "k := pass_on(r);", (-1, "k")),
        ("n : INT; r : REFERENCE TO INT; k : INT;", "r REF= n; k := pass_on(r) + n;", (20, "k")),
        ("s : STRING[9] := 'ab'; k : BOOL;", "k := shorten(s);", ("abwx", "s")),
        ("x : Row; f : Keeper; k : INT;", "f(row := x); f(); k := x.n;", (2, "k")),
    ],
)
def test_a_variable_is_given_where_a_reference_is_wanted(variables, body, expected):
    assert values(variables, body, expected[1], before=REFERENCES) == [expected[0]]


@pytest.mark.parametrize(
    ("variables", "body", "expected"),
    [
        ("a : ARRAY[0..3] OF INT := [5, 6, 7, 8]; p : POINTER TO INT; k, i : INT;",
         "p := ADR(a); i := 2; k := p[i] * 10 + p[0];", 75),
        ("a : ARRAY[0..3] OF INT; p : POINTER TO INT; k : INT;",
         "p := ADR(a[1]); p[1] := 4; p[0] := 3; k := a[2] * 10 + a[1];", 43),
        ("t : ARRAY[0..1] OF Row; p : POINTER TO Row; k : INT;", "p := ADR(t); p[1].n := 9; k := t[1].n;", 9),
        ("m : ARRAY[0..1] OF ARRAY[0..2] OF INT; p : POINTER TO ARRAY[0..2] OF INT; k : INT;",
         "p := ADR(m); p[1, 2] := 8; k := m[1][2];", 8),
        ("s : STRING[5] := 'belt'; k : INT;", "s[0] := 16#42; k := s[3];", 116),
        ("s : WSTRING[5] := \"belt\"; k : INT;",
         "s[1] := 16#20AC; k := LEN(s); k := k * 1000 + s[4] + s[0];", 4098),
        ("p : POINTER TO INT; n, k : INT;", "p := ADR(n); p := 0; IF p = 0 THEN k := 1; END_IF;", 1),
        ("i : Sees; x : Seen; k : INT;",
         "i := x; IF i <> 0 THEN k := 1; END_IF; i := 0; IF i = 0 THEN k := k + 2; END_IF;", 3),
    ],
)  # fmt: skip
def test_pointers_and_strings_have_indices_and_0_is_nothing(variables, body, expected):
    before = """
TYPE Row : STRUCT n, m : INT; END_STRUCT; END_TYPE
INTERFACE Sees METHOD see : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Seen IMPLEMENTS Sees METHOD see : INT see := 1; END_METHOD END_FUNCTION_BLOCK
"""
    assert values(variables, body, "k", before=before) == [expected]


@pytest.mark.parametrize(
    ("variables", "body", "kind"),
    [
        ("s : STRING[5]; k : INT := 6;", "s[k] := 0;", FaultKind.INDEX_OUT_OF_BOUNDS),
        ("p : POINTER TO INT; k : INT;", "k := p[k + 100];", FaultKind.NULL_REFERENCE),
        ("p : POINTER TO INT; k : INT;", "p := ADR(k); k := p[30000];", FaultKind.BAD_REFERENCE),
        ("p : POINTER TO INT; k : INT;", "p := ADR(k); k := -1; k := p[k];", FaultKind.INDEX_OUT_OF_BOUNDS),
    ],
)
def test_an_index_too_far_is_a_fault(variables, body, kind):
    assert fault_of(variables, body, dialect="twincat").kind == kind


BLOCKS = """
FUNCTION_BLOCK Part
VAR_INPUT x : INT; END_VAR VAR_OUTPUT y : INT; END_VAR VAR t : TON; name : STRING[5]; END_VAR
METHOD set : BOOL VAR_INPUT s : STRING[5]; END_VAR name := s; END_METHOD
METHOD get : INT get := LEN(name) * 100 + y; END_METHOD
t(IN := TRUE, PT := T#1s); y := y + x;
END_FUNCTION_BLOCK
FUNCTION_BLOCK Store
VAR parts : ARRAY[1..3] OF Part; END_VAR
METHOD take : Part VAR_INPUT i : INT; END_VAR take := parts[i]; END_METHOD
METHOD put : BOOL VAR_INPUT i : INT; p : Part; END_VAR parts[i] := p; END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Kept VAR RETAIN n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK
"""


def test_blocks_are_copied_as_a_whole():
    body = """a(x := 7); a.set('abc'); b := a; b(x := 1);
store.put(2, b); c := store.take(2); n := c.get(); m := a.get();"""
    assert values("a, b, c : Part; store : Store; n, m : INT;", body, "n", "m", before=BLOCKS) == [308, 307]


def test_a_block_that_retains_values_is_not_copied():
    assert "SY1504" in codes("a, b : Kept;", "a(); b(); b := a;", BLOCKS, "twincat")
    assert "SY1504" in codes("a, b : TON;", "a(); b(); b := a;")


QUERIED = """
INTERFACE Base EXTENDS __SYSTEM.IQueryInterface METHOD one : INT END_METHOD END_INTERFACE
INTERFACE More METHOD two : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Both IMPLEMENTS Base, More
METHOD one : INT one := 1; END_METHOD METHOD two : INT two := 2; END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Single IMPLEMENTS Base METHOD one : INT one := 5; END_METHOD END_FUNCTION_BLOCK
"""


def test_an_object_is_asked_for_another_interface():
    body = """
list[0] := x; list[1] := y;
FOR i := 0 TO 1 DO
    IF __QUERYINTERFACE(list[i], more) THEN n := n * 10 + more.two(); ELSE n := n * 10; END_IF;
    IF more = 0 THEN n := n + 9; END_IF;
    ok := __QUERYPOINTER(list[i], p); n := n * 10 + SEL(ok, 0, 1);
END_FOR;
"""
    variables = """list : ARRAY[0..1] OF Base; more : More; x : Both; y : Single;
i, n : INT; ok : BOOL; p : POINTER TO Single;"""
    assert values(variables, body, "n", before=QUERIED) == [2091]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("SHR(m, 1)", -3), ("SHR(m, 3)", -1), ("SHR(m, 100)", -1), ("SHR(k, 2)", 1), ("SHR(k, 100)", 0),
        ("SHR(m, z)", -6),
        ("SHL(k, 13)", -24576), ("SHL(m, 2)", -24), ("SHL(k, 16)", 0), ("ROL(k, 14)", 16385), ("ROR(k, 1)", -32766),
        ("SHR(-2, 1)", -1), ("SHL(1, 15)", -32768), ("SHR(-8, 2) + SHL(3, 1)", 4), ("SHR(m, m)", -6),
    ],
)  # fmt: skip
def test_a_signed_number_keeps_its_sign_when_it_is_shifted_to_the_right(expression, expected):
    assert values("k : INT := 5; m : INT := -6; z : UDINT; n : INT;", f"n := {expression};", "n") == [
        expected
    ]


@pytest.mark.parametrize(
    ("type_name", "value", "expected"),
    [
        ("SINT", -128, -64),
        ("DINT", -2147483648, -1073741824),
        ("LINT", -9223372036854775808, -4611686018427387904),
    ],
)
def test_so_does_one_of_every_width(type_name, value, expected):
    assert values(f"n : {type_name} := {value};", "n := SHR(n, 1);", "n") == [expected]


def test_a_number_becomes_a_value_of_an_enumeration_where_vendors_are_read():
    before = "TYPE Light : (OFF, AMBER, RED); END_TYPE"
    body = "x := n; IF x = Light.RED THEN k := 1; END_IF;"
    assert values("x : Light; n : INT := 2; k : INT;", body, "k", before=before) == [1]
    assert "SY1308" in codes("x : Light; n : INT := 2;", "x := n;", before)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x := x + 1; k := x;", 2),
        ("k := -x;", -1),
        ("k := (x + Level.HIGH) * 10 MOD 7;", 2),
        ("k := ADD(x, 1) + Speed.FAST / x;", 202),
        ("y := NOT y; k := y;", 55),
        ("k := y AND 16#0F;", 8),
        ("k := ROL(y, 1) + SHL(x, 3);", 153),
        ("k := ROL(Speed.FAST, 1);", 145),
        ("k := MAX(x, LIMIT(0, Level.HIGH, 1)) + ABS(x);", 2),
        ("FOR x := Level.LOW TO Level.HIGH DO k := k + 1 + x; END_FOR;", 6),
        ("FOR y := Speed.SLOW TO Speed.FAST BY 100 DO k := k + 1; END_FOR;", 2),
    ],
)
def test_a_value_of_an_enumeration_counts_where_vendors_are_read(body, expected):
    before = "TYPE Level : (LOW, MIDDLE, HIGH); Speed : BYTE (SLOW := 16#60, FAST := 200); END_TYPE"
    variables = "x : Level := Level.MIDDLE; y : Speed := Speed.FAST; k : INT;"
    assert values(variables, body, "k", before=before) == [expected]
    assert {*codes(variables, body, before)} & {"SY1313", "SY1315", "SY1507", "SY1308", "SY1200"}


CHAIN = """
INTERFACE Steps
METHOD add : Steps VAR_INPUT n : INT; END_VAR END_METHOD METHOD total : INT END_METHOD METHOD note END_METHOD
END_INTERFACE
FUNCTION_BLOCK Sum IMPLEMENTS Steps
VAR s, calls, notes : INT; END_VAR
PROPERTY first : INT GET first := s; END_GET SET s := first * 2; END_SET END_PROPERTY
METHOD add : Steps VAR_INPUT n : INT; END_VAR s := s + n; calls := calls + 1; add := THIS^; END_METHOD
METHOD total : INT total := s; END_METHOD
METHOD note notes := notes + 1; END_METHOD
END_FUNCTION_BLOCK
"""


def test_methods_are_called_one_behind_the_other():
    body = "n := x.add(3).add(n := 4).total(); x.add(1).note(); k := x.calls * 10 + x.notes;"
    assert values("x : Sum; n, k : INT;", body, "n", "k", before=CHAIN) == [7, 31]
    found = told(st.program("x : Sum; n : INT;", "n := x.add(3).totl(); x.total().add(1);", CHAIN), "twincat")
    rows = [row.partition(" ")[2] for row in found if "SY2" not in row]
    assert rows == [
        "SY1401 Steps has no method totl | did you mean total?",
        "SY1208 this is a value of INT, no object | store it in a variable first",
    ]


def test_a_property_has_an_initial_value_too():
    variables = """n : INT := 5; k : INT;
x : Sum := (first := 10); y : ARRAY[1..2] OF Sum := [(first := 1), (first := n + 2)];"""
    body = "k := x.first * 1000 + y[1].first * 100 + y[2].first;"
    assert values(variables, body, "k", before=CHAIN) == [20214]


LISTED = """
VAR_GLOBAL list : ARRAY[1..2] OF POINTER TO Part; n : INT; END_VAR
FUNCTION_BLOCK Part
VAR_INPUT x : INT; END_VAR VAR_OUTPUT y : INT; END_VAR
METHOD FB_Init : BOOL VAR_INPUT bInitRetains, bInCopyCode : BOOL; END_VAR n := n + 1; list[n] := THIS; END_METHOD
METHOD me : POINTER TO Part me := THIS; END_METHOD
y := y + 1;
END_FUNCTION_BLOCK
"""


def test_this_is_a_pointer():
    body = "a(); b(); b(); list[2]^(x := 1); k := list[1]^.y * 100 + b.me()^.y * 10 + a.me()^.x;"
    assert values("a, b : Part; k : INT;", body, "k", before=LISTED) == [130]


def test_outputs_of_functions_may_be_given_by_position():
    before = """FUNCTION split : INT VAR_INPUT n : INT; END_VAR VAR_OUTPUT tens, ones : INT; END_VAR
tens := n / 10; ones := n MOD 10; split := n; END_FUNCTION"""
    assert values("a, b, c : INT;", "c := split(47, a, b);", "a", "b", "c", before=before) == [4, 7, 47]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Tc2_Standard.CONCAT('a', 'b')", "ab"),
        ("Standard.LEFT('gate', 2)", "ga"),
        ("Tc2_Standard.MID('gate', 1, 4)", "e"),
    ],
)
def test_libraries_of_the_vendors_may_be_named(expression, expected):
    assert values("s : STRING;", f"s := {expression};", "s") == [expected]


@pytest.mark.parametrize(
    ("variables", "body", "message"),
    [
        ("n : DINT;", "add_to(n, 1);", "SY1314 r refers to INT, given is DINT"),
        ("n : DINT;", "add_to(5, 1);", "SY1208 this is a value, not a variable"),
        ("p : POINTER TO INT;", "p := 5;", "SY1308 INT does not become POINTER TO INT"),
        (
            "b : BOOL; n : INT;",
            "b := __QUERYINTERFACE(n, n);",
            "SY1315 __QUERYINTERFACE takes an interface and an interface",
        ),
        ("n : INT;", "n := split(1, n, n, n);", "SY1401"),
    ],
)
def test_what_is_wrong_is_told(variables, body, message):
    found = told(st.program(variables, body, REFERENCES), "twincat")
    assert any(message in row for row in found), found


KEEPS_ANY = """FUNCTION_BLOCK Log VAR_INPUT x : __SYSTEM.AnyType; END_VAR VAR_OUTPUT n : DINT; v : INT; END_VAR
VAR kept : __SYSTEM.AnyType; p : POINTER TO INT; END_VAR
kept := x; n := kept.diSize; IF kept.TypeClass = __SYSTEM.TYPE_CLASS.TYPE_INT THEN p := kept.pValue; v := p^; END_IF;
END_FUNCTION_BLOCK"""


def test_what_an_input_of_any_type_is_may_be_kept():
    done = st.run(
        "a : INT := 7; r : LREAL; f, g : Log;", "f(x := a); g(x := r);", KEEPS_ANY, dialect="codesys"
    )
    assert [done.get(f"main.{name}") for name in ("f.n", "f.v", "g.n", "g.v")] == [2, 7, 8, 0]


@pytest.mark.parametrize(
    ("type_name", "expression", "expected"),
    [
        ("DT", "TIME_TO_DT(T#1d2h3.5s)", (86_400 + 2 * 3600 + 3) * 10**9),
        ("TOD", "TIME_TO_TOD(T#1d2h3.5s)", 7_203_500_000_000),
        ("TOD", "TIME_TO_TOD(T#-1s)", 86_399 * 10**9),
        ("DATE", "TIME_TO_DATE(T#1d2h3.5s)", 86_400 * 10**9),
        ("TIME", "TOD_TO_TIME(TOD#02:00:03.5)", 7_203_500_000_000),
        ("TIME", "DT_TO_TIME(DT#1970-01-02-00:00:01)", 86_401 * 10**9),
        ("TIME", "DATE_TO_TIME(D#1970-01-02)", 86_400 * 10**9),
        ("DT", "DATE_TO_DT(D#1970-01-02)", 86_400 * 10**9),
        ("DT", "TOD_TO_DT(TOD#00:00:02.5)", 2 * 10**9),
    ],
)
def test_times_and_dates_become_each_other(type_name, expression, expected):
    done = st.run(f"a : {type_name};", f"a := {expression};", dialect="twincat")
    assert done.get("main.a") == expected
    assert "SY1401" in codes(f"a : {type_name};", f"a := {expression};")


def test_a_reference_is_followed_with_a_sign_too():
    done = st.run(
        "r : REFERENCE TO INT; n : INT; m : INT;", "r REF= n; r^ := 5; m := r^ + r;", dialect="codesys"
    )
    assert (done.get("main.n"), done.get("main.m")) == (5, 10)


def test_a_comma_behind_a_base_is_a_hint():
    before = "FUNCTION_BLOCK A END_FUNCTION_BLOCK FUNCTION_BLOCK B EXTENDS A, VAR x : INT; END_VAR "
    before += "x := 1; END_FUNCTION_BLOCK"
    assert codes("b : B;", "b();", before, dialect="twincat") == ["SY3104"]
    assert codes("b : B;", "b();", before) == ["SY1111"]
