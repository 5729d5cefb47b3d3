"""What CODESYS and TwinCAT do around a call or a store: checks of subranges, actions with inputs, qualified values."""

import pytest

from unit.plc import st
from unit.plc.st import codes, told

CLAMP = """
FUNCTION CheckRangeSigned : DINT VAR_INPUT value, lower, upper : DINT; END_VAR
CheckRangeSigned := LIMIT(lower, value, upper); END_FUNCTION
FUNCTION CheckRangeUnsigned : UDINT VAR_INPUT value, lower, upper : UDINT; END_VAR
CheckRangeUnsigned := LIMIT(lower, value, upper); END_FUNCTION
FUNCTION CheckLRangeSigned : LINT VAR_INPUT value, lower, upper : LINT; END_VAR
CheckLRangeSigned := lower; END_FUNCTION
"""
MOTOR = """
FUNCTION_BLOCK motor
VAR_INPUT speed, load : INT; END_VAR VAR_OUTPUT effort : INT; END_VAR
ACTION go: effort := speed * load; END_ACTION
END_FUNCTION_BLOCK
"""
LIBRARY = "NAMESPACE Lib TYPE Mode : (AUTO, MANUAL); END_TYPE END_NAMESPACE"


def values(variables: str, body: str, *names: str, before: str = "", scans: int = 1) -> list:
    runtime = st.run(variables, body, before, scans, dialect="codesys")
    return [runtime.get(f"main.{name}") for name in names]


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("INT(-5..5)", "INT#77", 5),
        ("INT(-5..5)", "INT#-77", -5),
        ("UINT(2..9)", "UINT#1", 2),
        ("LINT(3..9)", "LINT#7", 3),
    ],
)
def test_the_programs_own_check_decides_what_goes_to_a_subrange(type_, given, expected):
    found = values(f"k : {type_.partition('(')[0]} := {given}; r : {type_};", "r := k;", "r", before=CLAMP)
    assert found == [expected]


def test_without_a_check_a_value_outside_is_a_fault_and_a_constant_is_only_warned_about():
    assert values("r : UINT(1..9) := 0;", ";", "r") == [0]
    assert told(st.program("r : UINT(1..9) := 0; k : UINT;", "k := r;"), "codesys")[0] == (
        "4:19 SY2101 0 is not within 1..9 | it is stored as it is"
    )
    assert st.fault_of("r : UINT(1..9) := 1; k : UINT;", "r := k;").kind.name == "SUBRANGE"
    assert "SY1607" in codes("r : UINT(1..9) := 0;", "r := 1;")


def test_a_check_with_other_inputs_is_told():
    check = "FUNCTION CheckRangeSigned : DINT VAR_INPUT value : DINT; END_VAR CheckRangeSigned := value; END_FUNCTION"
    assert codes("k : INT; r : INT(1..9);", "r := k;", check, "codesys")[0] == "SY1224"


def test_an_action_is_given_inputs_of_its_block_and_yields_outputs():
    body = "m.go(speed := 6, load := 7, effort => k); m.go(load := 2); l := m.effort;"
    assert values("m : motor; k, l : INT;", body, "k", "l", before=MOTOR) == [42, 12]
    assert "SY1408" in codes("m : motor;", "m.go(speed := 6);", MOTOR)


def test_an_action_is_given_inputs_by_its_own_block_too():
    block = MOTOR.replace("END_FUNCTION_BLOCK", "END_FUNCTION_BLOCK").replace(
        "ACTION", "go(speed := 3); ACTION", 1
    )
    assert values("m : motor;", "m(load := 5);", "m.effort", before=block) == [15]


def test_a_wrong_input_of_an_action_is_told_once():
    said = [
        row for row in told(st.program("m : motor;", "m.go(sped := 1);", MOTOR), "codesys") if "SY1" in row
    ]
    assert len(said) == 1
    assert said[0].endswith("SY1310 motor has no input or output sped | did you mean speed?")


@pytest.mark.parametrize("dialect", ["strict", "codesys"])
def test_a_value_of_an_enumeration_is_named_with_its_namespace(dialect):
    runtime = st.run(
        "m : Lib.Mode; k : BOOL;", "m := Lib.MANUAL; k := m = Lib.MANUAL;", LIBRARY, dialect=dialect
    )
    assert (runtime.get("main.m"), runtime.get("main.k")) == (1, 1)


def test_a_library_read_from_sources_is_a_namespace_to_vendors_only():
    before, body = "TYPE Mode : (AUTO, MANUAL); END_TYPE", "m := Own_Library.MANUAL;"
    assert values("m : Mode;", body, "m", before=before) == [1]
    assert codes("m : Mode;", body, before) == ["SY1200"]


def test_any_has_a_second_name():
    size = "FUNCTION size : DINT VAR_INPUT x : __SYSTEM.AnyType; END_VAR size := x.diSize; END_FUNCTION"
    assert values("r : LREAL; n : DINT;", "n := size(r);", "n", before=size) == [8]


def test_what_is_written_at_an_input_is_warned_about():
    said = told(st.program("b AT %IX0.0 : BOOL;", "b := TRUE;"))
    assert said[0].partition(" | ")[0] == (
        "6:1 SY2105 b lies at %IX0.0, where each scan begins with what is read anew"
    )
