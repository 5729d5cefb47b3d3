"""What each operator does to values: the one definition, for the interpreter and for folding constants.

Values: int for BOOL (0, 1), bit strings, integers, enumerations, durations, dates and references; float for REAL
(always exactly a single) and LREAL; str for characters and strings (one character for a byte or 16-bit unit); bytes
of the image for arrays, structures and blocks.
"""

import math
import struct
from collections.abc import Callable
from typing import Any

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.types import Elementary, EnumType, StringType, Type, kind_of, plain

_SINGLE = struct.Struct("<f")
SINGLE_MAX = _SINGLE.unpack(b"\xff\xff\x7f\x7f")[0]
# half a step above the largest single: from here on rounding to nearest gives infinity
_SINGLE_OVERFLOW = SINGLE_MAX + 2.0**103


def single(value: float) -> float:
    """`value` rounded to IEEE single, ties to even; beyond its range infinity."""
    if -_SINGLE_OVERFLOW < value < _SINGLE_OVERFLOW:
        return _SINGLE.unpack(_SINGLE.pack(value))[0]
    return math.copysign(math.inf, value) if value == value else math.nan


def wrap(type_: Type, value: Any) -> Any:
    """`value` as the type keeps it: integers modulo their width, REAL rounded."""
    type_ = plain(type_)
    if isinstance(type_, EnumType):
        type_ = type_.base
    if not isinstance(type_, Elementary):
        return value
    if type_.kind == "real":
        return single(value) if type_.size == 4 else value
    if type_.kind in ("int_literal", "real_literal"):
        return value
    value &= (1 << type_.bits) - 1
    if type_.is_signed and value >> (type_.bits - 1):
        value -= 1 << type_.bits
    return value


def divide(type_: Type, a: Any, b: Any) -> Any:
    """Quotient; of integers truncated toward zero. Faults: divisor 0, lowest value / -1."""
    if b == 0:
        raise PlcFault(FaultKind.DIVIDE_BY_ZERO, f"{a} divided by zero")
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    quotient = abs(a) // abs(b)
    quotient = quotient if (a < 0) == (b < 0) else -quotient
    base = plain(type_)
    if isinstance(base, Elementary) and base.is_signed and quotient > base.highest:
        raise PlcFault(FaultKind.OVERFLOW, f"{a} / {b} does not fit {base}")
    return quotient


def modulo(type_: Type, a: int, b: int) -> int:
    """The remainder of `divide`: it has the dividend's sign. Divisor 0 is a fault."""
    if b == 0:
        raise PlcFault(FaultKind.DIVIDE_BY_ZERO, f"{a} MOD zero")
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def _product(a: Any, b: Any) -> Any:
    return a * b


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "PLUS": lambda a, b: a + b,
    "MINUS": lambda a, b: a - b,
    "STAR": _product,
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
}
_COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda a, b: a == b,
    "NE": lambda a, b: a != b,
    "LT": lambda a, b: a < b,
    "LE": lambda a, b: a <= b,
    "GT": lambda a, b: a > b,
    "GE": lambda a, b: a >= b,
}
COMPARISONS = frozenset(_COMPARISON)


def binary(op: str, type_: Type, a: Any, b: Any) -> Any:
    """`a op b` of two values of `type_`, with a result of that type; comparisons give 0 or 1."""
    if op in _COMPARISON:
        return int(_COMPARISON[op](a, b))
    if op == "SLASH":
        return wrap(type_, divide(type_, a, b))
    if op == "MOD":
        return wrap(type_, modulo(type_, a, b))
    return wrap(type_, _ARITHMETIC[op](a, b))


def negate(type_: Type, a: Any) -> Any:
    """`-a`, wrapped; -0.0 for 0.0."""
    return wrap(type_, -a)


def complement(type_: Type, a: int) -> int:
    """`NOT a` within the type's bits."""
    base = plain(type_)
    assert isinstance(base, Elementary)
    return wrap(base, ~a)


def fits(type_: Type, value: Any) -> bool:
    """True if an integer constant is a value of an integer, bit string or BOOL type."""
    base = plain(type_)
    return isinstance(base, Elementary) and base.lowest <= value <= base.highest


def clip(type_: StringType, value: str) -> str:
    """A string as a variable of that type keeps it: cut at its length."""
    return value[: type_.length]


def default_of(type_: Type) -> Any:
    """The initial value of a scalar type that says nothing else."""
    kind = kind_of(type_)
    if kind in ("string", "wstring"):
        return ""
    if kind in ("char", "wchar"):
        return "\0"
    if kind in ("real", "real_literal"):
        return 0.0
    if isinstance(type_, EnumType):
        return next(iter(type_.values.values()))
    low = getattr(type_, "lower", 0)
    return low if low > 0 or getattr(type_, "upper", 0) < 0 else 0
