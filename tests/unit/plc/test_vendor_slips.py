"""What vendors' editors let pass, what their programs see without naming it, and bodies in other languages."""

import pytest

from sortyard.plc.files import read_sources
from sortyard.plc.program import check_sources
from sortyard.plc.source import Source
from unit.plc import st
from unit.plc.st import told

UNITS = """
FUNCTION_BLOCK Base
VAR n : INT; r : REFERENCE TO INT; END_VAR
METHOD go : INT VAR_INPUT a : INT; b : INT := 7; END_VAR VAR_OUTPUT o : INT; END_VAR
n := a + b; o := n; go := n; END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Heir EXTENDS Base
VAR m : INT;; END_VAR
METHOD up SUPER^.n := SUPER^.n + 1; m := SUPER^.n * 10; END_METHOD
METHOD bind VAR_INPUT on : BOOL; END_VAR IF on THEN r REF= n; ELSE THIS^.r REF= 0; END_IF; END_METHOD
METHOD bound : BOOL bound := __ISVALIDREF(r); END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Own VAR_INPUT x : INT; END_VAR
METHOD FB_Init : BOOL VAR_INPUT bInitRetains, bInCopyCode : BOOL; k : INT; END_VAR x := k; END_METHOD END_FUNCTION_BLOCK
"""


def values(variables, body, *names):
    runtime = st.run(f"h : Heir; {variables}", body, UNITS, dialect="twincat")
    return [runtime.get(f"main.{name}") for name in names]


@pytest.mark.parametrize(
    ("variables", "body", "name", "expected"),
    [
        ("k : INT;", "k := h.go(a := 1, b := , o => );", "k", 8),
        ("k : INT;", "k := h.go(1, 2,);", "k", 3),
        ("k : INT;", "k := 1; RETURN(k = 1); k := 2;", "k", 1),
        ("k : INT;", "k := 1; RETURN(k = 2); k := 2;", "k", 2),
        ("o : Own(k := 4,);", "", "o.x", 4),
        ("", "h.up(); h.up();", "h.m", 20),
        ("k, l : BOOL;", "h.bind(TRUE); k := h.bound(); h.bind(FALSE); l := h.bound();", "k", 1),
        ("k, l : BOOL;", "h.bind(TRUE); k := h.bound(); h.bind(FALSE); l := h.bound();", "l", 0),
        ("q : REFERENCE TO Base; p : POINTER TO Heir; ", "p := ADR(h); q REF= p^; q.go(5);", "h.n", 12),
        ('w : WSTRING := "gate";', 'w := WCONCAT(WLEFT(w, 2), "x");', "w", "gax"),
        ("x : LREAL := PI;", "", "x", 3.141592653589793),
        ("s : T_MaxString; v : ST_LibVersion := (iMajor := 3);", "", "v.iMajor", 3),
        ("PI : INT := 5; k : INT;", "k := PI;", "k", 5),
        ("k : INT;", "k := IBaseLibrary.TYPE_BIT;", "k", 1),
    ],
)
def test_what_vendors_let_pass(variables, body, name, expected):
    assert values(variables, body, name) == [expected]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("f(1, 2,);", "SY3104 nothing follows this comma"),
        ("f(1, b := );", "SY3104 b is given nothing"),
        ("RETURN(TRUE);", "SY3104 RETURN has no condition in the standard"),
    ],
)
def test_each_of_them_is_told(text, hint):
    before = "FUNCTION f : INT VAR_INPUT a : INT; b : INT; END_VAR f := a; END_FUNCTION"
    rows = told(st.program("", text, before))
    assert any(hint in row for row in rows), rows


def test_the_standard_has_no_names_of_vendors():
    assert any("SY1200 PI is not declared" in row for row in told(st.program("x : LREAL;", "x := PI;")))


def test_an_address_with_a_size_and_levels_leads_through_modules():
    runtime = st.run("AT %IW6.2 : WORD; b AT %IX6.2 : BOOL;", "%IW6.2 := 16#FFFF;")
    assert (runtime.get("main.%IW6.2"), runtime.get("main.b")) == (0xFFFF, 0)


LIST = """FUNCTION f : INT
VAR_INPUT a, b : INT; END_VAR
LD a
ADD (
  b
)
JMPC last
ST f
last:
RET
END_FUNCTION
PROGRAM main
VAR n : INT; END_VAR
n := f(1, 2);
END_PROGRAM
"""
CHART = """PROGRAM main
VAR n : INT; END_VAR
INITIAL_STEP Start: Act(N); END_STEP
STEP Run: END_STEP
TRANSITION FROM Start TO Run := n > 3; END_TRANSITION
ACTION Act: n := n + 1; END_ACTION
END_PROGRAM
FUNCTION g : INT g := 1; END_FUNCTION
"""


def test_a_body_in_another_language_is_one_message():
    assert told(LIST)[0].startswith("3:1 SY1701 LD is of an instruction list")
    assert told(CHART)[0].startswith("3:1 SY1701 INITIAL_STEP is of a sequential function chart")
    assert [len([row for row in told(text) if " SY1" in row]) for text in (LIST, CHART)] == [1, 1]


def test_a_name_like_an_operator_of_lists_is_a_name():
    rows = told("PROGRAM main VAR ld, st : INT; END_VAR\nld := st;\nst := ld + 1;\nst\n:= 3;\nEND_PROGRAM")
    assert not [row for row in rows if " SY1" in row]


def test_names_of_tests_are_no_suggestions():
    rows = told(
        "TEST 'Motor stops' ASSERT_TRUE(TRUE); END_TEST PROGRAM main VAR m : Motor_stop; END_VAR END_PROGRAM"
    )
    assert "Motor stops" not in rows[0]


def test_a_method_on_its_own_is_told():
    assert told("METHOD m : INT m := 1; END_METHOD")[0].startswith(
        "1:1 SY1106 a METHOD stands outside of a block"
    )


@pytest.mark.parametrize(
    ("declared", "hint"),
    [
        ("Tc2_Far.FB_X", "Tc2_Far is a library that is not here"),
        (
            "FB_Qqq",
            "declare it with TYPE or FUNCTION_BLOCK, or name the sources of the library that has it: one of Tc2_Far",
        ),
    ],
)
def test_a_name_that_nobody_declares_may_be_a_librarys(tmp_path, declared, hint):
    project = tmp_path / "p.plcproj"
    project.write_text('<Project><PlaceholderReference Include="Tc2_Far"/></Project>')
    program = Source("t.st", f"PROGRAM main VAR x : {declared}; END_VAR END_PROGRAM")
    (found, *_) = check_sources([*read_sources([project]), program], "twincat").diagnostics
    assert (found.code, hint in found.suggestion) == ("SY1203", True), found


def test_an_operator_of_instruction_lists_at_the_end_of_the_file_is_a_name():
    """It has no operand: the compiler ended with a Python error."""
    rows = told("PROGRAM p VAR ld : INT; END_VAR\nld := ld")
    assert rows[0].startswith("1:1 SY1102 PROGRAM of line 1 is never closed")
