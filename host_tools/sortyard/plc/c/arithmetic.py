"""Operators on whole and real values as C: wrapping only where a result can leave its type."""

from sortyard.plc.c.code import Value
from sortyard.plc.c.names import SMALL, limits, scalar
from sortyard.plc.types import Elementary, Type, kind_of, plain

_C_OPERATOR = {
    "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "MOD": "%", "AND": "&", "OR": "|", "XOR": "^",
    "EQ": "==", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=",
}  # fmt: skip
INT32 = (-(1 << 31), (1 << 31) - 1)


def cast(ctype: str, value: Value, low: int, high: int) -> Value:
    """The value as a C type; `low` and `high` are the new bounds."""
    return Value(f"(({ctype}){value.text})", ctype, low, high, value.is_stable)


def as_type(value: Value, type_: Type) -> Value:
    """A whole value within the range of `type_`, in a C type that goes with it."""
    ctype = scalar(type_)
    assert ctype is not None
    if value.ctype == ctype or value.ctype in SMALL:
        return value
    return cast(ctype, value, value.low, value.high)


def wrapped(value: Value, type_: Type) -> Value:
    """A whole value of any C type, modulo the width of `type_`."""
    low, high = range_of(type_)
    if low <= value.low and value.high <= high:
        return as_type(value, type_)
    if kind_of(type_) == "bool":
        return Value(f"({value.text} & 1)", "int32_t", 0, 1, value.is_stable)
    ctype = scalar(type_)
    assert ctype is not None
    if value.ctype == ctype:
        return Value(value.text, ctype, low, high, value.is_stable)
    return cast(ctype, value, low, high)


def range_of(type_: Type) -> tuple[int, int]:
    """Lowest and highest value of a whole type as arithmetic leaves it."""
    return (0, 1) if kind_of(type_) == "bool" else limits(plain(type_))


def calculate(op: str, type_: Type, a: Value, b: Value) -> Value:
    """`a + b`, `a - b`, `a * b` or a bit operation of two whole values of `type_`."""
    low, high = _bounds(op, a, b, type_)
    sign = _C_OPERATOR[op]
    is_stable = a.is_stable and b.is_stable
    ctype = scalar(type_)
    assert ctype is not None
    if ctype in ("int64_t", "uint64_t"):
        if not (a.ctype in SMALL and b.ctype in SMALL and INT32[0] <= low and high <= INT32[1]):
            left = a.text if ctype in (a.ctype, b.ctype) else f"({ctype}){a.text}"
            return wrapped(Value(f"({left} {sign} {b.text})", ctype, low, high, is_stable), type_)
        return Value(f"({a.text} {sign} {b.text})", "int32_t", low, high, is_stable)
    text = f"({a.text} {sign} {b.text})"
    if "uint32_t" in (a.ctype, b.ctype):
        return wrapped(Value(text, "uint32_t", low, high, is_stable), type_)
    if high > INT32[1] or low < INT32[0]:
        # computed as int, which wraps: right once it is cut to the type
        return cast(ctype, Value(text, "int32_t", is_stable=is_stable), *range_of(type_))
    return wrapped(Value(text, "int32_t", low, high, is_stable), type_)


def _bounds(op: str, a: Value, b: Value, type_: Type) -> tuple[int, int]:
    """What the exact result lies between."""
    if op == "PLUS":
        return a.low + b.low, a.high + b.high
    if op == "MINUS":
        return a.low - b.high, a.high - b.low
    if op == "STAR":
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return min(corners), max(corners)
    if a.low < 0 or b.low < 0:
        return limits(plain(type_))
    if op == "AND":
        return 0, min(a.high, b.high)
    return 0, (1 << max(a.high.bit_length(), b.high.bit_length())) - 1


def compare(op: str, a: Value, b: Value) -> Value:
    """0 or 1."""
    return Value(f"({a.text} {_C_OPERATOR[op]} {b.text})", "int32_t", 0, 1, a.is_stable and b.is_stable)


def quotient_bounds(a: Value, b: Value) -> tuple[int, int]:
    """What `a / b` lies between, b not being 0; 0 where it is never anything else: that is a fault at run time."""
    divisors = [d for d in (b.low, b.high, -1, 1) if b.low <= d <= b.high and d]
    corners = [_divided(x, d) for x in (a.low, a.high) for d in divisors]
    if a.low <= 0 <= a.high or not divisors:
        corners.append(0)
    return min(corners), max(corners)


def _divided(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def rest_bounds(a: Value, b: Value) -> tuple[int, int]:
    """What `a MOD b` lies between, b not being 0."""
    most = max(abs(b.low), abs(b.high), 1) - 1
    return max(a.low, -most) if a.low < 0 else 0, min(a.high, most) if a.high > 0 else 0


def divided(op: str, type_: Type, a: Value, b: Value) -> Value:
    """`a / b` or `a MOD b` of whole values, the divisor being neither 0 nor (where that overflows) -1."""
    low, high = quotient_bounds(a, b) if op == "SLASH" else rest_bounds(a, b)
    ctype = scalar(type_)
    assert ctype is not None
    left, result = a.text, "int32_t"
    if ctype in ("int64_t", "uint64_t") and not (a.ctype in SMALL and b.ctype in SMALL):
        result = ctype
        left = a.text if a.ctype == ctype else f"({ctype}){a.text}"
    elif "uint32_t" in (a.ctype, b.ctype):
        result = "uint32_t"
    sign = _C_OPERATOR[op]
    return Value(f"({left} {sign} {b.text})", result, low, high, a.is_stable and b.is_stable)


_ZEROS = {"0.0f": "plc_from_zerof", "0.0": "plc_from_zero"}
"""Zeros as constants, and what subtracts from them."""


def real(op: str, a: Value, b: Value) -> Value:
    """An operation of two reals of one C type: rounded by C itself."""
    if op == "MINUS" and a.text in _ZEROS:
        return Value(f"{_ZEROS[a.text]}({b.text})", a.ctype, is_stable=b.is_stable)
    return Value(f"({a.text} {_C_OPERATOR[op]} {b.text})", a.ctype, is_stable=a.is_stable and b.is_stable)


def can_be(value: Value, number: int) -> bool:
    """True if a whole value may be that number."""
    return value.low <= number <= value.high


def is_signed(type_: Type) -> bool:
    """True for types with negative values."""
    base = plain(type_)
    return isinstance(base, Elementary) and base.is_signed
