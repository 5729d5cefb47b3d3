"""Numeric functions, selection and bounds. REAL results are rounded to single; outside of a domain is a fault."""

import math
from collections.abc import Callable
from typing import Any

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.operators import wrap
from sortyard.plc.types import Type

TABLE = """
    ABS(IN T:ANY_NUM) T
    SQRT(IN T:ANY_REAL) T
    LN(IN T:ANY_REAL) T
    LOG(IN T:ANY_REAL) T
    EXP(IN T:ANY_REAL) T
    SIN(IN T:ANY_REAL) T
    COS(IN T:ANY_REAL) T
    TAN(IN T:ANY_REAL) T
    ASIN(IN T:ANY_REAL) T
    ACOS(IN T:ANY_REAL) T
    ATAN(IN T:ANY_REAL) T
    ATAN2(Y T:ANY_REAL, X T:ANY_REAL) T
    MOVE(IN T:ANY) T
    SEL(G BOOL, IN0 T:ANY, IN1 T:ANY) T
    MUX(K ANY_INT, IN0 T:ANY, IN1 T:ANY...) T
    MAX(IN1 T:ANY_ELEMENTARY, IN2 T:ANY_ELEMENTARY...) T
    MIN(IN1 T:ANY_ELEMENTARY, IN2 T:ANY_ELEMENTARY...) T
    LIMIT(MN T:ANY_ELEMENTARY, IN T:ANY_ELEMENTARY, MX T:ANY_ELEMENTARY) T
    IS_VALID(IN ANY_REAL) BOOL
"""


def _real(name: str, function: Callable[..., float]) -> Callable[..., float]:
    """A function of reals, rounded to the result's type."""

    def apply(type_: Type, *values: float) -> float:
        try:
            return wrap(type_, function(*values))
        except (ValueError, ZeroDivisionError):
            shown = ", ".join(repr(v) for v in values)
            raise PlcFault(FaultKind.DOMAIN, f"{name}({shown}) is not defined") from None
        except OverflowError:
            return math.inf

    return apply


def expt(type_: Type, base: float, exponent: Any) -> float:
    """`base ** exponent`. Faults: 0 to a negative power, a negative number to a broken one. 0 ** 0 is 1."""
    try:
        result = math.pow(base, exponent)
    except ValueError:
        raise PlcFault(FaultKind.DOMAIN, f"{base!r} ** {exponent!r} is not defined") from None
    except OverflowError:
        result = math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
    return wrap(type_, result)


def _mux(type_: Type, k: int, *values: Any) -> Any:
    if not 0 <= k < len(values):
        raise PlcFault(FaultKind.INDEX_OUT_OF_BOUNDS, f"MUX has inputs 0 to {len(values) - 1}, K is {k}")
    return values[k]


def _limit(type_: Type, low: Any, value: Any, high: Any) -> Any:
    """MIN(MAX(low, value), high): the upper limit wins where they cross."""
    return min(max(low, value), high)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ABS": lambda type_, a: wrap(type_, abs(a)),
    "MOVE": lambda type_, a: a,
    "SEL": lambda type_, g, a, b: b if g else a,
    "MUX": _mux,
    "MAX": lambda type_, *values: max(values),
    "MIN": lambda type_, *values: min(values),
    "LIMIT": _limit,
    "IS_VALID": lambda type_, a: int(math.isfinite(a)),
} | {
    name: _real(name, function)
    for name, function in {
        "SQRT": math.sqrt, "LN": math.log, "LOG": math.log10, "EXP": math.exp, "SIN": math.sin, "COS": math.cos,
        "TAN": math.tan, "ASIN": math.asin, "ACOS": math.acos, "ATAN": math.atan, "ATAN2": math.atan2,
    }.items()
}  # fmt: skip
