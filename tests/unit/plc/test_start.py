"""What is there before the first scan: FB_Init of the vendors' blocks, and initial values that are computed."""

import pytest

from unit.plc import st
from unit.plc.st import check, program, told

GATE = """
FUNCTION_BLOCK Gate
VAR_INPUT lead : INT; END_VAR
VAR id : INT; seen_lead : INT; width : INT := 4; area : INT; calls : INT; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; nId : INT; nLength : INT := 2; END_VAR
id := nId; area := width * nLength; seen_lead := lead; calls := calls + 1;
END_METHOD
END_FUNCTION_BLOCK
"""


def first(variables: str, body: str = "", before: str = "", dialect: str = "codesys", scans: int = 0):
    """The program before its first scan, or after some."""
    runtime = st.start(program(variables, body, before), dialect)
    runtime.scan(scans)
    return runtime


def values(runtime, *paths: str) -> list:
    return [runtime.get(f"main.{path}") for path in paths]


@pytest.mark.parametrize("given", ["(7, 5)", "(nId := 7, nLength := 5)", "(7, nLength := 5)"])
@pytest.mark.parametrize("dialect", ["codesys", "twincat"])
def test_a_gate_is_given_its_number_where_it_is_declared(given, dialect):
    runtime = first(f"a : Gate{given};", before=GATE, dialect=dialect)
    assert values(runtime, "a.id", "a.area", "a.calls") == [7, 20, 1]


def test_a_parameter_with_a_value_of_its_own_need_not_be_given():
    assert values(first("a : Gate(7);", before=GATE), "a.id", "a.area") == [7, 8]


def test_inputs_get_the_declared_values_behind_fb_init():
    runtime = first("a : Gate(7) := (lead := 30);", before=GATE)
    assert values(runtime, "a.lead", "a.seen_lead") == [30, 0]


def test_the_gates_of_an_array_have_arguments_each_or_the_same():
    runtime = first(
        "a : ARRAY[1..2] OF Gate[(nId := 4), (nId := 9)]; b : ARRAY[0..1] OF Gate(3);", before=GATE
    )
    assert values(runtime, "a[1].id", "a[2].id", "b[0].id", "b[1].id") == [4, 9, 3, 3]


def test_the_flags_say_a_first_start():
    block = """
FUNCTION_BLOCK Flags
VAR retains, copied : INT := 5; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; END_VAR
retains := SEL(bInitRetains, 0, 1); copied := SEL(bInCopyCode, 0, 1);
END_METHOD
END_FUNCTION_BLOCK
"""
    assert values(first("a : Flags;", before=block), "a.retains", "a.copied") == [1, 0]


HEIRS = """
FUNCTION_BLOCK Base
VAR way : DINT; sum : INT; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; n : INT; END_VAR
way := way * 10 + 1; sum := sum + n;
END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Between EXTENDS Base
END_FUNCTION_BLOCK
FUNCTION_BLOCK Heir EXTENDS Between
VAR mine : INT := 40; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; n : INT; m : INT; END_VAR
way := way * 10 + 2; sum := sum + m + mine;
END_METHOD
END_FUNCTION_BLOCK
"""


def test_fb_init_of_the_base_runs_first_and_each_takes_its_own():
    runtime = first("a : Heir(5, 200); b : Between(6);", before=HEIRS)
    assert values(runtime, "a.way", "a.sum", "b.way", "b.sum") == [12, 245, 1, 6]


def test_blocks_within_blocks_and_structures_start_before_what_holds_them():
    nested = """
VAR_GLOBAL order : DINT; END_VAR
FUNCTION_BLOCK Inner
VAR n : INT; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; k : INT := 1; END_VAR
n := k; order := order * 10 + k;
END_METHOD
END_FUNCTION_BLOCK
TYPE Pair : STRUCT left, right : Inner; END_STRUCT; END_TYPE
FUNCTION_BLOCK Outer
VAR own : INT := 2; a : Inner(own + 1); pair : Pair; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; END_VAR
order := order * 10 + 9; own := a.n + pair.left.n;
END_METHOD
END_FUNCTION_BLOCK
"""
    runtime = first("x : Outer;", before=nested)
    assert values(runtime, "x.a.n", "x.pair.left.n", "x.pair.right.n", "x.own") == [3, 1, 1, 4]
    assert runtime.get("order") == 3119


def test_blocks_that_register_themselves_can_be_called_from_the_list():
    registered = """
INTERFACE Work METHOD go : INT VAR_INPUT n : INT; END_VAR END_METHOD END_INTERFACE
VAR_GLOBAL list : ARRAY[1..4] OF Work; count : INT; END_VAR
FUNCTION_BLOCK Worker IMPLEMENTS Work
VAR factor : INT; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; f : INT; END_VAR
count := count + 1; list[count] := THIS^; factor := f;
END_METHOD
METHOD go : INT VAR_INPUT n : INT; END_VAR go := factor * n; END_METHOD
END_FUNCTION_BLOCK
"""
    body = "sum := 0; FOR i := 1 TO count DO sum := sum * 100 + list[i].go(i); END_FOR;"
    runtime = first("a : Worker(3); b : Worker(10); i, sum : INT;", body, registered, scans=1)
    assert runtime.get("main.sum") == 320


def test_a_block_of_one_call_starts_at_each_call():
    local = """
FUNCTION area_of : INT
VAR_INPUT n : INT; END_VAR
VAR g : Gate(n, 10); doubled : INT := n * 2; END_VAR
area_of := g.area + g.id + doubled; g.width := 100;
END_FUNCTION
"""
    runtime = first("a, b : INT;", "a := area_of(1); b := area_of(2);", GATE + local, scans=2)
    assert values(runtime, "a", "b") == [43, 46]


@pytest.mark.parametrize(
    ("declared", "path", "expected"),
    [
        ("x : INT := 12; y : INT := x + 1; z : INT := y * 2;", "z", 26),
        ("x : INT := 12; p : POINTER TO INT := ADR(x); y : INT := p^ + 1;", "y", 13),
        ("a : ARRAY[0..3] OF INT := [1, 2, 3, 4]; p : POINTER TO INT := ADR(a) + 4; y : INT := p^;", "y", 3),
        ("x : INT := 8; r : REFERENCE TO INT := x; y : INT := r;", "y", 8),
        ("x : INT := 9; r : REFERENCE TO INT REF= x; y : INT := r;", "y", 9),
        ("y : INT := twice(21);", "y", 42),
        (
            "x : INT := 3; a : ARRAY[1..4] OF INT := [x, 5, 2(x + 1)]; y : INT := a[1] * 100 + a[2] * 10 + a[4];",
            "y",
            354,
        ),
        ("x : INT := 3; s : Two := (b := x + 4); y : INT := s.a * 10 + s.b;", "y", 17),
        ("s : STRING := CONCAT('ab', TO_STRING(y)); y : INT := 5;", "s", "ab5"),
        ("s : Table; y : INT := s.rows[2];", "y", 20),
        ("s : Linked; y : INT := s.first^ + 1;", "y", 71),
        ("n : UDINT := SIZEOF(a); a : ARRAY[1..5] OF INT;", "n", 10),
        ("i : Sees := t; t : Seen; y : INT := i.see();", "y", 77),
    ],
)
def test_initial_values_may_be_computed(declared, path, expected):
    before = """
VAR_GLOBAL shared : INT := 70; END_VAR
TYPE Two : STRUCT a : INT := 1; b : INT; END_STRUCT; Table : STRUCT rows : ARRAY[1..2] OF INT := [10, 20]; END_STRUCT;
Linked : STRUCT first : POINTER TO INT := ADR(shared); END_STRUCT; END_TYPE
FUNCTION twice : INT VAR_INPUT n : INT; END_VAR twice := n * 2; END_FUNCTION
INTERFACE Sees METHOD see : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Seen IMPLEMENTS Sees METHOD see : INT see := 77; END_METHOD END_FUNCTION_BLOCK
"""
    assert values(first(declared, before=before), path) == [expected]


def test_in_the_standard_a_reference_may_lead_to_the_block_s_own_variable():
    block = "FUNCTION_BLOCK Own VAR n : INT := 6; r : REF_TO INT := REF(n); END_VAR r^ := r^ + 1; END_FUNCTION_BLOCK"
    runtime = first("a, b : Own; y : INT;", "a(); a(); b();", block, dialect="strict", scans=1)
    assert values(runtime, "a.n", "b.n") == [8, 7]


def test_every_restart_begins_with_what_fb_init_left_and_retained_values_come_over_it():
    block = """
FUNCTION_BLOCK Counter
VAR RETAIN total : INT := 1; END_VAR
VAR from : INT; END_VAR
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; n : INT; END_VAR
total := total + n; from := total;
END_METHOD
total := total + 1;
END_FUNCTION_BLOCK
"""
    runtime = first("c : Counter(10);", "c();", block)
    assert values(runtime, "c.total", "c.from") == [11, 11]
    runtime.scan(3)
    kept = runtime.retained()
    runtime.restart()
    assert values(runtime, "c.total", "c.from") == [11, 11]
    runtime.restart(kept)
    assert values(runtime, "c.total", "c.from") == [14, 11]
    runtime.scan()
    assert values(runtime, "c.total") == [15]


def test_no_board_carries_what_only_runs_before_the_first_scan():
    block = "FUNCTION_BLOCK Own VAR n : INT; p : POINTER TO INT := ADR(n); END_VAR END_FUNCTION_BLOCK"
    variables = "a : Own; x : REAL := SIN(y); y : REAL := 1.0; g : Gate(3);"
    compiled = check(program(variables, "", GATE + block), "codesys")
    assert not compiled.has_errors
    assert [pou.name for pou in compiled.pous] == ["main"]
    again = check(program(variables, "g.FB_Init(TRUE, FALSE, 4);", GATE + block), "codesys")
    assert [pou.name for pou in again.pous] == ["Gate.FB_Init", "main"]


@pytest.mark.parametrize(
    ("declared", "dialect", "message"),
    [
        ("a : Gate;", "codesys", "SY1405 Gate.FB_Init needs nId"),
        ("a : Gate(1, 2, 3);", "codesys", "SY1406 FB_Init of Gate takes 2 arguments"),
        ("a : Gate(nID := 1, nLngth := 2);", "codesys", "SY1408 Gate.FB_Init has no parameter nLngth"),
        ("a : Gate(nID := 'one');", "codesys", "SY1308 STRING[3] does not become INT"),
        ("a : Gate(nID := 1) := (led := 3);", "codesys", "SY1310 Gate has no member led"),
        ("a : Plain(1);", "codesys", "SY1406 Plain takes no arguments: it has no FB_Init"),
        ("a : Gate(1);", "strict", "SY1307 arguments of a declaration are not in the standard"),
        (
            "a : STRUCT g : Gate(1); END_STRUCT;",
            "codesys",
            "SY1701 a member of a structure gives no arguments",
        ),
        ("x : INT := 1; y : INT := x;", "strict", "SY1609 an initial value is known before the program runs"),
        (
            "x : INT; y AT %QW4 : INT := x;",
            "codesys",
            "SY1609 an initial value is known before the program runs",
        ),
        ("x : INT; y : INT := 10 / x;", "codesys", "SY1611 before the first scan: 10 divided by zero"),
        ("x : INT REF= y; y : INT;", "codesys", "SY1314 REF= stands behind REFERENCE TO"),
        ("a : Nobody(n := 1);", "codesys", "SY1203 there is no type Nobody"),
        ("a : Ends;", "codesys", "SY1611 before the first scan: the scan's budget"),
    ],
)
def test_what_is_wrong_before_the_first_scan_is_told(declared, dialect, message):
    more = """
FUNCTION_BLOCK Plain VAR_INPUT n : INT; END_VAR END_FUNCTION_BLOCK
FUNCTION_BLOCK Ends
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; END_VAR
WHILE TRUE DO ; END_WHILE;
END_METHOD
END_FUNCTION_BLOCK
"""
    rows = [row for row in told(program(declared, "", GATE + more), dialect) if message in row]
    assert len(rows) == 1, told(program(declared, "", GATE + more), dialect)


def test_a_fault_in_fb_init_is_told_at_its_line():
    block = """FUNCTION_BLOCK Divider
METHOD FB_Init : BOOL
VAR_INPUT bInitRetains : BOOL; bInCopyCode : BOOL; n : INT; END_VAR
VAR q : INT; END_VAR
q := 100 / n;
END_METHOD
END_FUNCTION_BLOCK"""
    rows = [row for row in told(program("a : Divider(0);", "", block), "codesys") if "SY1611" in row]
    assert [row.split()[0] for row in rows] == ["5:6"]
