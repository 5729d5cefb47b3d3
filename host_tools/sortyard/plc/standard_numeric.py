"""Numeric functions, selection and bounds. What is not in FUNCTIONS is in library/math.st.

Outside of a function's domain is a fault.

MAX and MIN: the first value, then each later one that is greater (less); so they are the first one if it is NaN.
"""

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


def _sqrt(type_: Type, value: float) -> float:
    if value < 0:
        raise PlcFault(FaultKind.DOMAIN, f"SQRT({value!r}) is not defined")
    return wrap(type_, math.sqrt(value))


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
    "SQRT": _sqrt,
}
