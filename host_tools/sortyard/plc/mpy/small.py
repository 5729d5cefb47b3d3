"""Integers of up to 16 bits in small integers of MicroPython, wrapped only where a range says that it matters."""

import re

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.values import Num, Truth, Unsupported, Value, Whole, is_small, whole


def as_num(fn: Fn, value: Value) -> Num:
    """A number; 0 or 1 of a BOOL."""
    if isinstance(value, Truth):
        return Num(value.text if value.is_bit else f"(1 if {value.text} else 0)", 0, 1)
    assert isinstance(value, Num)
    return value


def is_literal(value: Num) -> bool:
    return value.lo == value.hi and value.text == str(value.lo)


def clean(value: Num, limits: Whole) -> Num:
    """The value itself, no longer only congruent to it."""
    if limits.has(value.lo, value.hi):
        return value
    if is_literal(value):
        return _literal(value.lo, limits)
    mask = (1 << limits.bits) - 1
    if not limits.is_signed:
        return Num(f"({value.text} & {mask})", 0, mask)
    half = 1 << (limits.bits - 1)
    return Num(f"(({value.text} + {half} & {mask}) - {half})", limits.lowest, limits.highest)


def _literal(value: int, limits: Whole) -> Num:
    value &= (1 << limits.bits) - 1
    if value > limits.highest:
        value -= 1 << limits.bits
    return Num(str(value), value, value)


def masked(value: Num, bits: int) -> str:
    """Text of the low bits, without a sign: what is stored."""
    mask = (1 << bits) - 1
    if value.lo >= 0 and value.hi <= mask:
        return value.text
    plain = unsigned_load(value.text, bits)
    if plain is not None:
        return plain
    return str(value.lo & mask) if is_literal(value) else f"({value.text} & {mask})"


_SIGNED_LOADS = {
    16: re.compile(r"h(?P<a>\[[^\[\]]*\])|\(\(H(?P<b>\[[^\[\]]*\]) \^ 32768\) - 32768\)"),
    8: re.compile(r"b(?P<a>\[[^\[\]]*\])|\(\(B(?P<b>\[[^\[\]]*\]) \^ 128\) - 128\)"),
}


def unsigned_load(text: str, bits: int) -> str | None:
    """The same load without its sign, if the text is nothing but a signed load of that many bits."""
    found = _SIGNED_LOADS[bits].fullmatch(text)
    return ("H" if bits == 16 else "B") + (found["a"] or found["b"]) if found else None


def range_of(op: str, a: Num, b: Num) -> tuple[int, int]:
    """Least and greatest result of + - * on whole ranges."""
    if op == "PLUS":
        return a.lo + b.lo, a.hi + b.hi
    if op == "MINUS":
        return a.lo - b.hi, a.hi - b.lo
    ends = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    return min(ends), max(ends)


_SIGN = {"PLUS": "+", "MINUS": "-", "STAR": "*"}
_BITWISE = {"AND": "&", "OR": "|", "XOR": "^"}


def arithmetic(op: str, a: Num, b: Num) -> Num | None:
    """+ - * if no result is beyond the small integers."""
    lo, hi = range_of(op, a, b)
    if not is_small(lo, hi):
        return None
    if is_literal(a) and is_literal(b):
        return Num(str(lo), lo, hi)
    if is_literal(b) and b.lo < 0 and op != "STAR":
        return Num(f"({a.text} {'-' if op == 'PLUS' else '+'} {-b.lo})", lo, hi)
    return Num(f"({a.text} {_SIGN[op]} {b.text})", lo, hi)


def bitwise(op: str, a: Num, b: Num) -> Num:
    """AND OR XOR; results of values below 0 keep their sign."""
    if a.lo >= 0 and b.lo >= 0:
        lo = 0
        hi = min(a.hi, b.hi) if op == "AND" else (1 << max(a.hi, b.hi).bit_length()) - 1
    elif op == "AND" and max(a.lo, b.lo) >= 0:
        lo, hi = 0, a.hi if a.lo >= 0 else b.hi
    else:
        bits = max(abs(x).bit_length() for x in (a.lo, a.hi, b.lo, b.hi))
        lo, hi = -(1 << bits), (1 << bits) - 1
    return Num(f"({a.text} {_BITWISE[op]} {b.text})", lo, hi)


def binary_num(fn: Fn, expr: ir.Binary, left: Value, right: Value) -> Num:
    """An operator on two values of an integer type of 8 or 16 bits."""
    limits, op = whole(expr.left.type), expr.op
    a, b = as_num(fn, left), as_num(fn, right)
    if op in _BITWISE:
        return bitwise(op, a, b)
    if op in _SIGN:
        return (
            arithmetic(op, a, b)
            or arithmetic(op, clean(a, limits), clean(b, limits))
            or _product(fn, a, b, limits)
        )
    a, b = clean(a, limits), clean(b, limits)
    if op == "SLASH":
        return divide(fn, a, b, limits, expr)
    if op == "MOD":
        return modulo(fn, a, b, expr)
    raise Unsupported(f"{op} of {expr.left.type} cannot be compiled for MicroPython")


def _product(fn: Fn, a: Num, b: Num, limits: Whole) -> Num:
    """The low 16 bits of a product of two numbers of 16 bits, in two steps of 8."""
    a, b = clean(a, limits), clean(b, limits)
    x, y = fn.name(a.text), fn.name(b.text)
    return Num(f"({x} * ({y} & 255) + (({x} * ({y} >> 8) & 255) << 8))", -(1 << 24), 1 << 25)


def divide(fn: Fn, a: Num, b: Num, limits: Whole, expr: ir.Expr) -> Num:
    """The quotient, truncated toward zero."""
    x, y = fn.name(a.text), fn.name(b.text)
    if b.lo <= 0 <= b.hi:
        fn.check(f"{y} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span)
    if a.lo >= 0 and b.lo >= 0:
        return Num(f"({x} // {y})", 0, a.hi // max(b.lo, 1))
    quotient = fn.temp()
    fn.emit(f"{quotient} = {x} // {y}")
    fn.emit(f"if {quotient} < 0 and {quotient} * {y} != {x}: {quotient} += 1")
    most = max(abs(a.lo), abs(a.hi))
    if most > limits.highest and b.lo <= -1 <= b.hi:
        fn.check(f"{quotient} > {limits.highest}", FaultKind.OVERFLOW, expr.span)
        return Num(quotient, limits.lowest, limits.highest)
    return Num(quotient, -most, most)


def modulo(fn: Fn, a: Num, b: Num, expr: ir.Expr) -> Num:
    """The remainder, with the sign of the dividend."""
    x, y = fn.name(a.text), fn.name(b.text)
    if b.lo <= 0 <= b.hi:
        fn.check(f"{y} == 0", FaultKind.DIVIDE_BY_ZERO, expr.span)
    most = max(abs(b.lo), abs(b.hi)) - 1
    if a.lo >= 0 and b.lo >= 0:
        return Num(f"({x} % {y})", 0, min(most, a.hi))
    rest = fn.temp()
    fn.emit(f"{rest} = ({x} if {x} >= 0 else -{x}) % ({y} if {y} >= 0 else -{y})")
    fn.emit(f"if {x} < 0: {rest} = -{rest}")
    return Num(rest, -most if a.lo < 0 else 0, most if a.hi > 0 else 0)


def negate_num(a: Num) -> Num:
    if is_literal(a):
        return Num(str(-a.lo), -a.lo, -a.lo)
    return Num(f"(-{a.text})", -a.hi, -a.lo)


def complement_num(a: Num) -> Num:
    return Num(f"(~{a.text})", ~a.hi, ~a.lo)


def not_within(expr: ir.Restrict) -> str:
    """What a fault says of a subrange."""
    return f"the value is not within {expr.lower}..{expr.upper}"


def restrict_num(fn: Fn, expr: ir.Restrict, a: Num) -> Num:
    """A value that must lie within a subrange."""
    tests = []
    local = fn.name(a.text)
    if a.lo < expr.lower:
        tests.append(f"{local} < {expr.lower}")
    if a.hi > expr.upper:
        tests.append(f"{local} > {expr.upper}")
    if tests:
        fn.check(" or ".join(tests), FaultKind.SUBRANGE, expr.span, detail=not_within(expr))
    return Num(local, max(a.lo, expr.lower), min(a.hi, expr.upper))
