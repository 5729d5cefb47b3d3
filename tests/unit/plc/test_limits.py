"""Sources made to hurt: each gets an error with a place, soon, and never a crash."""

import pytest

from unit.plc.st import check, program, told


def first_error(text: str) -> tuple[str, int]:
    """Code and line of the first error."""
    item = next(d for d in check(text).diagnostics if d.severity == "error")
    return item.code, item.span.line


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("x := " + "(" * 5_000 + "1" + ")" * 5_000 + ";", "SY1603"),
        ("x := " + "(" * 600 + "1" + ")" * 600 + ";", "SY1601"),
        ("x := " + " + ".join("x" * 3_000) + ";", "SY1601"),
        ("x := " + "NOT " * 3_000 + "x;", "SY1603"),
        ("x := x" + ".x" * 3_000 + ";", "SY1601"),
        ("x := " + "x[" * 3_000 + "1" + "]" * 3_000 + ";", "SY1603"),
        ("IF TRUE THEN " * 2_000 + "END_IF; " * 2_000, "SY1603"),
        ("x := " + "9" * 900 + ";", "SY1005"),
        ("x := " + "9" * 5_000 + ";", "SY1004"),
        ("x := 1.0e999;", "SY1005"),
        ("x := 9223372036854775807 * 9223372036854775807;", "SY1606"),
        ("a" * 5_000 + " := 1;", "SY1004"),
    ],
)
def test_deep_and_long_statements(body, code):
    assert first_error(program("x : INT;", body)) == (code, 6)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TYPE A : ARRAY[0..2000000000] OF LREAL; END_TYPE", "SY1604"),
        ("TYPE A : ARRAY[-2147483648..2147483647, 0..2147483647] OF LREAL; END_TYPE", "SY1604"),
        ("TYPE A : " + "ARRAY[0..1] OF " * 2_000 + "INT; END_TYPE", "SY1603"),
        ("TYPE A : STRING[99999999]; END_TYPE", "SY1607"),
        ("TYPE A : " + "STRUCT a : " * 2_000 + "INT;" + "END_STRUCT;" * 2_000 + " END_TYPE", "SY1603"),
        ("VAR_GLOBAL a : ARRAY[1..3] OF INT := [9999999999(1)]; END_VAR", "SY1610"),
        ("VAR_GLOBAL a AT %IB99999999 : BYTE; END_VAR", "SY1318"),
    ],
)
def test_huge_and_deep_types(text, code):
    assert first_error(text) == (code, 1)


def test_repetitions_of_repetitions_are_bounded():
    said = told("VAR_GLOBAL a : ARRAY[0..3] OF INT := [99999999(99999999(1))]; END_VAR")
    assert "1:39 SY1610 repetitions in repetitions give too many values | write the outer one alone" in said


def test_types_that_double_each_time_are_refused_by_their_size():
    rows = [f"T{i} : STRUCT a, b : T{i - 1}; END_STRUCT;" for i in range(1, 60)]
    assert first_error("TYPE T0 : INT;\n" + "\n".join(rows) + "\nEND_TYPE")[0] == "SY1604"


def test_an_image_that_is_too_large_is_refused():
    rows = [f"a{i} : ARRAY[1..2000000] OF LREAL;" for i in range(3)]
    assert first_error(program("\n".join(rows), ";"))[0] == "SY1604"


def test_errors_stop_at_a_bound():
    rows = check(program("x : INT;", "y := 1;\n" * 5_000)).diagnostics
    assert len([d for d in rows if d.severity == "error"]) == 200


def test_a_deep_but_allowed_expression_runs():
    from unit.plc.st import value

    assert value(" + ".join("1" * 390), "INT") == 390
    assert value("x" + " + x" * 390, "INT", "x : INT := 2;") == 782
