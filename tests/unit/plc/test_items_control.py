"""What programs mean: statements, order of evaluation, the budget; test_item_NN_... is about item NN of items.py.

Expected values are by hand.
"""

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import codes, fault_of, program, run, start, value

# ---- 4: FOR ----


@pytest.mark.parametrize(
    ("head", "type_name", "turns", "left"),
    [
        ("FOR i := 1 TO 3 DO", "INT", 3, 4),
        ("FOR i := 3 TO 1 BY -1 DO", "INT", 3, 0),
        ("FOR i := 3 TO 1 DO", "INT", 0, 3),
        ("FOR i := 1 TO 10 BY 4 DO", "INT", 3, 13),
        ("FOR i := 250 TO 255 DO", "USINT", 6, 0),
        ("FOR i := 5 TO 0 BY -1 DO", "USINT", 6, 255),
        ("FOR i := -128 TO 127 DO", "SINT", 256, -128),
    ],
)
def test_item_04_for_turns_and_what_it_leaves(head, type_name, turns, left):
    done = run(f"i : {type_name}; n : INT;", f"{head} n := n + 1; END_FOR;")
    assert (done.get("main.n"), done.get("main.i")) == (turns, left)


def test_item_04_for_evaluates_end_and_step_once():
    done = run(
        "i, n, last : INT := 3; step : INT := 1;",
        "n := 0; FOR i := 1 TO last BY step DO last := 9; step := 5; n := n + 1; END_FOR;",
    )
    assert done.get("main.n") == 3


def test_item_04_a_loop_variable_set_to_its_end_ends_the_loop():
    assert (
        run("i, n : INT;", "FOR i := 1 TO 9 DO n := n + 1; IF n = 2 THEN i := 9; END_IF; END_FOR;").get(
            "main.n"
        )
        == 2
    )


def test_item_04_a_loop_variable_set_back_does_not_loop_for_ever():
    assert run("i, n : INT;", "FOR i := 1 TO 5 DO n := n + 1; i := 1; END_FOR;").get("main.n") == 5


def test_item_04_a_loop_variable_that_the_body_sets_is_told():
    assert "SY2106" in codes("i : INT;", "FOR i := 1 TO 3 DO i := i + 1; END_FOR;")


def test_item_04_exit_and_continue():
    body = "FOR i := 1 TO 9 DO IF i MOD 2 = 0 THEN CONTINUE; END_IF; IF i > 6 THEN EXIT; END_IF; n := n + i; END_FOR;"
    done = run("i, n : INT;", body)
    assert (done.get("main.n"), done.get("main.i")) == (1 + 3 + 5, 7)


def test_item_04_repeat_runs_once_at_least_and_while_not_at_all():
    done = run("a, b : INT;", "REPEAT a := a + 1; UNTIL TRUE END_REPEAT; WHILE FALSE DO b := 1; END_WHILE;")
    assert (done.get("main.a"), done.get("main.b")) == (1, 0)


# ---- 6: order of evaluation ----


COUNTING = """
VAR_GLOBAL calls : DINT; END_VAR
FUNCTION note : BOOL
VAR_INPUT digit : DINT; answer : BOOL; END_VAR
calls := calls * 10 + digit;
note := answer;
END_FUNCTION
"""


@pytest.mark.parametrize(
    ("expression", "result", "calls"),
    [
        ("note(1, FALSE) AND note(2, TRUE)", 0, 12),
        ("note(1, TRUE) OR note(2, FALSE)", 1, 12),
        ("note(1, FALSE) AND_THEN note(2, TRUE)", 0, 1),
        ("note(1, TRUE) OR_ELSE note(2, TRUE)", 1, 1),
        ("note(1, TRUE) AND_THEN note(2, TRUE) OR_ELSE note(3, TRUE)", 1, 12),
        ("note(1, FALSE) = note(2, FALSE)", 1, 12),
    ],
)
def test_item_06_operands_go_from_left_to_right(expression, result, calls):
    done = run("r : BOOL;", f"r := {expression};", COUNTING)
    assert (done.get("main.r"), done.get("calls")) == (result, calls)


def test_item_06_arguments_are_all_evaluated_before_any_is_passed():
    twice = "FUNCTION sub2 : INT VAR_INPUT a, b : INT; END_VAR sub2 := a - b; END_FUNCTION"
    assert value("sub2(sub2(9, 1), sub2(5, 2))", "INT", before=twice) == 5


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("20 / 2 / 5", 2),
        ("10 - 3 - 2", 5),
        ("-2 + 5", 3),
        ("7 MOD 4 * 2", 6),
    ],
)
def test_item_06_precedence(expression, expected):
    assert value(expression, "INT") == expected


def test_item_06_logic_binds_and_before_xor_before_or():
    assert value("TRUE OR FALSE AND FALSE", "BOOL") == 1
    assert value("TRUE XOR TRUE AND FALSE", "BOOL") == 1
    assert value("NOT FALSE AND FALSE", "BOOL") == 0
    assert value("1 < 2 = TRUE", "BOOL") == 1


# ---- 7: CASE ----


@pytest.mark.parametrize(
    ("number", "expected"), [(1, 10), (2, 20), (3, 20), (5, 30), (7, 30), (8, 99), (-4, 40), (-6, 99)]
)
def test_item_07_case_with_values_lists_and_ranges(number, expected):
    body = "CASE x OF 1: r := 10; 2, 3: r := 20; 5..7: r := 30; -5..-3: r := 40; ELSE r := 99; END_CASE;"
    assert run(f"x : INT := {number}; r : INT;", body).get("main.r") == expected


def test_item_07_case_with_names_in_any_spelling():
    before = "TYPE Light : (RED, Yellow := 7, green); END_TYPE"
    body = "CASE X OF red: r := 1; Light#YELLOW: r := 2; GREEN: r := 3; END_CASE;"
    assert run("x : light := Light#Green; r : INT;", body, before).get("MAIN.R") == 3


# ---- 12: the budget ----


def test_item_12_recursion_is_refused():
    before = """FUNCTION a : INT a := b(); END_FUNCTION
FUNCTION b : INT b := a(); END_FUNCTION
"""
    assert "SY1412" in codes("n : INT;", "n := a();", before)


def test_item_12_calls_may_go_deep_without_recursion():
    before = "FUNCTION f0 : INT f0 := 1; END_FUNCTION\n" + "".join(
        f"FUNCTION f{i} : INT f{i} := f{i - 1}() + 1; END_FUNCTION\n" for i in range(1, 20)
    )
    assert value("f19()", "INT", before=before) == 20


def test_item_12_for_is_charged_once_with_all_its_turns():
    enough = start(program("i, n : DINT;", "FOR i := 1 TO 99 DO n := n + 1; END_FOR;"), budget=100)
    enough.scan()
    assert enough.get("main.n") == 99
    fault = fault_of("i, n : DINT;", "FOR i := 1 TO 100 DO n := n + 1; END_FOR;", budget=100)
    assert fault.kind is FaultKind.BUDGET


def test_item_12_calls_and_loop_turns_are_charged_one_each():
    body = "WHILE n < 3 DO t(); n := n + 1; END_WHILE; n := 0;"
    # the program 1, three turns 3, three calls of t 3
    start(program("t : SR; n : INT;", body), budget=7).scan()
    assert fault_of("t : SR; n : INT;", body, budget=6).kind is FaultKind.BUDGET
