"""SIN to EXPT in REAL and LREAL: at most 1 unit in the last place from the truth, and what they do at their edges.

The truth comes from series in decimal arithmetic of 420 digits, enough for angles up to the largest LREAL.
"""

import math
import random
import struct
from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest

from sortyard.plc.faults import FaultKind
from unit.plc.st import fault_of, program, run, start, value

COUNT = 60
DIGITS = 420


def arctangent(x: Decimal) -> Decimal:
    """By halving the angle until the series is short."""
    halvings = 0
    while abs(x) > Decimal("0.01"):
        x /= 1 + (1 + x * x).sqrt()
        halvings += 1
    total, power, k = x, x, 1
    while power and abs(power) > abs(total).scaleb(-60):
        power *= -x * x
        k += 2
        total += power / k
    return total * 2**halvings


def pi() -> Decimal:
    """Machin's sum, to the context's precision."""
    total = Decimal(0)
    for factor, n in ((16, 5), (-4, 239)):
        term, k = Decimal(factor) / n, 1
        while term.adjusted() > -DIGITS - 5:
            total += term / k * (1 if k % 4 == 1 else -1)
            term /= n * n
            k += 2
    return total


with localcontext() as _context:
    _context.prec = DIGITS
    PI = pi()


def sine(x: Decimal, quarters: int = 0) -> Decimal:
    """SIN(x + quarters * pi / 2)"""
    n = (x / (PI / 2)).to_integral_value()
    r, turn = x - n * PI / 2, int(n + quarters) % 4
    with localcontext() as context:
        context.prec = 60
        term, k = (Decimal(1), 1) if turn % 2 else (r, 2)
        total = term
        while term and term.adjusted() > total.adjusted() - 55:
            term *= -r * r / (k * (k + 1))
            k += 2
            total += term
    return -total if turn > 1 else total


def angle(y: Decimal, x: Decimal) -> Decimal:
    """ATAN2"""
    a = PI / 2 if x == 0 else arctangent(abs(y / x))
    a = PI - a if x < 0 else a
    return -a if y < 0 else a


def arcsine(x: Decimal) -> Decimal:
    return angle(x, ((1 - x) * (1 + x)).sqrt())


TRUTH: dict[str, Callable[..., Decimal]] = {
    "EXP": lambda x, y: x.exp(),
    "LN": lambda x, y: x.ln(),
    "LOG": lambda x, y: x.log10(),
    "SIN": lambda x, y: sine(x),
    "COS": lambda x, y: sine(x, 1),
    "TAN": lambda x, y: sine(x) / sine(x, 1),
    "ATAN": lambda x, y: angle(x, Decimal(1)),
    "ASIN": lambda x, y: arcsine(x),
    "ACOS": lambda x, y: PI / 2 - arcsine(x),
    "ATAN2": lambda x, y: angle(x, y),
    "EXPT": lambda x, y: x**y,
}
WIDE_RANGE = {"SIN", "COS", "TAN"}


def points(name: str, digits: int, largest: int) -> list[tuple[float, float]]:
    """Arguments: near 0 and 1, ordinary, and where the function is at its worst."""
    rng = random.Random(f"{name} {digits}")
    rows = []
    for i in range(COUNT):
        sign = rng.choice((-1, 1))
        tiny, near, any_ = 2.0 ** rng.uniform(-20, 0), rng.uniform(0.5, 2), rng.uniform(-10, 10)
        huge = 2.0 ** rng.uniform(8, largest)
        x = {
            "EXP": (any_ * largest / 15, sign * tiny),
            "LN": (near, huge),
            "LOG": (near, huge),
            "ASIN": (any_ / 10, sign * (1 - tiny)),
            "ACOS": (any_ / 10, sign * (1 - tiny)),
            "EXPT": (near, abs(any_)),
        }.get(name, (any_, sign * (huge if name in WIDE_RANGE and i % 4 == 1 else 10 * tiny)))[i % 2]
        y = any_ * largest / 18 if name == "EXPT" and i % 2 == 0 else any_
        rows.append((x, y))
    return rows


def evaluate(name: str, type_name: str, rows: list[tuple[float, float]]) -> list[tuple[float, float, float]]:
    """(x, y, result), the arguments as the type keeps them."""
    size = len(rows)
    call = f"{name}(x[i], y[i])" if name in ("ATAN2", "EXPT") else f"{name}(x[i])"
    body = f"FOR i := 1 TO {size} DO r[i] := {call}; END_FOR;"
    runtime = start(program(f"x, y, r : ARRAY[1..{size}] OF {type_name}; i : INT;", body))
    for i, (x, y) in enumerate(rows, 1):
        runtime.set(f"main.x[{i}]", x)
        runtime.set(f"main.y[{i}]", y)
    runtime.scan()
    return [
        (runtime.get(f"main.x[{i}]"), runtime.get(f"main.y[{i}]"), runtime.get(f"main.r[{i}]"))
        for i in range(1, size + 1)
    ]


@pytest.mark.parametrize(("type_name", "digits", "largest"), [("REAL", 24, 127), ("LREAL", 53, 1023)])
@pytest.mark.parametrize("name", TRUTH)
def test_each_function_is_within_one_unit_in_the_last_place(name, type_name, digits, largest):
    lowest = 2 - largest - digits
    for x, y, result in evaluate(name, type_name, points(name, digits, largest)):
        with localcontext() as context:
            context.prec = DIGITS if name in WIDE_RANGE else 50
            truth = TRUTH[name](Decimal(x), Decimal(y))
            unit = Decimal(2) ** max(math.frexp(float(truth))[1] - digits, lowest)
            assert abs(Decimal(result) - truth) < unit, (x, y)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("EXPT(x, 2)", 100.0),
        ("EXPT(x, 5)", 100000.0),
        ("EXPT(x - 7.0, 7)", 2187.0),
        ("EXPT(-x, 3)", -1000.0),
        ("EXPT(x - 8.0, -3)", 0.125),
        ("EXPT(x + 6.0, 0.5)", 4.0),
        ("EXPT(x, 0)", 1.0),
        ("EXPT(x - x, 0)", 1.0),
        ("EXPT(x - x, 2)", 0.0),
        ("LOG(x * x * x)", 3.0),
        ("EXP(x * 100.0)", math.inf),
        ("EXP(-x * 100.0)", 0.0),
        ("EXPT(-x, 401)", -math.inf),
        ("EXPT(x, -400)", 0.0),
        ("ATAN(x * EXP(x * 100.0))", struct.unpack("<f", struct.pack("<f", math.pi / 2))[0]),
        ("ATAN2(0.0, x)", 0.0),
        ("ATAN2(x, 0.0)", struct.unpack("<f", struct.pack("<f", math.pi / 2))[0]),
        ("ATAN2(0.0, -x)", struct.unpack("<f", struct.pack("<f", math.pi))[0]),
        ("ATAN2(x - x, x - x)", 0.0),
    ],
)
def test_exact_results_and_edges(expression, expected):
    assert value(expression, "REAL", "x : REAL := 10.0;") == expected


def test_not_a_number_stays_one():
    body = "n := x * 1.0E30 * 1.0E30 * 1.0E30; n := n - n; a := SIN(n); b := EXP(n); c := LN(n); d := EXPT(n, 2.0);"
    done = run("x : REAL := 1.0; n, a, b, c, d : REAL;", body)
    assert all(math.isnan(done.get(f"main.{name}")) for name in "nabcd")


@pytest.mark.parametrize("expression", ["LN(-x)", "LOG(x - x)", "ASIN(x + x)", "ACOS(-x - x)", "EXPT(-x, 0.5)",
                                        "EXPT(x - x, -1)", "SIN(x * 3.0E38 * 10.0)"])  # fmt: skip
def test_a_fault_in_the_library_has_its_place_in_the_program(expression):
    fault = fault_of("x : REAL := 1.0; y : REAL;", f"y := 1.0;\ny := {expression};")
    assert fault.kind is FaultKind.DOMAIN
    assert fault.span is not None
    assert (fault.span.file, fault.span.line) == ("t.st", 7)
