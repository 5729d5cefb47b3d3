"""Integers of 32 bits: a small integer where the range allows, else two halves of 16 bits."""

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import support
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import (
    arithmetic,
    as_num,
    bitwise,
    clean,
    divide,
    is_literal,
    modulo,
    not_within,
    unsigned_load,
)
from sortyard.plc.mpy.values import (
    Long,
    Num,
    Truth,
    Unsupported,
    Value,
    Whole,
    Wide,
    is_small,
    plus,
    whole,
)
from sortyard.plc.source import Span
from sortyard.plc.types import Type

_BITWISE = {"AND": "&", "OR": "|", "XOR": "^"}
_MOST_DIVISOR = 16_383
"""A rest of this and 16 bits more are still a small integer."""


def constant(value: int, limits: Whole) -> Num | Wide:
    """A constant of a type of up to 32 bits."""
    if is_small(value, value):
        return Num(str(value), value, value)
    high = value >> 16
    return Wide(str(high), str(value & 65535))


def settled(fn: Fn, value: Value, limits: Whole) -> Num | Wide:
    """The value itself: a number, or halves with a clean sign."""
    if isinstance(value, (Num, Truth)):
        number = as_num(fn, value)
        if limits.has(number.lo, number.hi):
            return number
        if is_literal(number):
            return constant(number.lo & 0xFFFFFFFF, limits)
        local = fn.name(number.text)
        return Wide(f"({local} >> 16 & 65535)", f"({local} & 65535)")
    assert isinstance(value, Wide)
    return value if value.is_clean else Wide(_clean_high(value.hi, limits.is_signed), value.lo)


def _clean_high(text: str, is_signed: bool) -> str:
    return f"(({text} + 32768 & 65535) - 32768)" if is_signed else f"({text} & 65535)"


def halves(fn: Fn, value: Value) -> tuple[str, str]:
    """High half, congruent modulo 2^16, and low half."""
    if isinstance(value, Wide):
        return value.hi, value.lo
    number = as_num(fn, value)
    if is_literal(number):
        return str(number.lo >> 16), str(number.lo & 65535)
    local = fn.name(number.text)
    return (f"({local} >> 16)" if number.lo < 0 or number.hi > 65535 else "0"), (
        f"({local} & 65535)" if number.lo < 0 or number.hi > 65535 else local
    )


def sum_of(*texts: str) -> str:
    """A sum without its zeros."""
    terms = [text for text in texts if text != "0"]
    return f"({' + '.join(terms)})" if len(terms) > 1 else (terms or ["0"])[0]


def add(fn: Fn, a: Value, b: Value) -> Wide:
    (ah, al), (bh, bl) = halves(fn, a), halves(fn, b)
    total = fn.name(sum_of(al, bl))
    return Wide(sum_of(ah, bh, f"({total} >> 16)"), f"({total} & 65535)", False)


def subtract(fn: Fn, a: Value, b: Value) -> Wide:
    (ah, al), (bh, bl) = halves(fn, a), halves(fn, b)
    total = fn.name(f"({al} - {bl})")
    return Wide(f"({ah} - {bh} + ({total} >> 16))", f"({total} & 65535)", False)


def complement(value: Wide, limits: Whole) -> Wide:
    if value.is_clean and not limits.is_signed:
        return Wide(f"({value.hi} ^ 65535)", f"({value.lo} ^ 65535)")
    return Wide(f"(~{value.hi})", f"({value.lo} ^ 65535)", value.is_clean)


def in_memory(fn: Fn, value: Value) -> int:
    """The index of two words of scratch memory with the value."""
    word = fn.scratch(4) // 2
    store(fn, str(word), str(word + 1), value)
    return word


def store(fn: Fn, low_at: str, high_at: str, value: Value) -> None:
    """Store both halves; the value is read before the first is written."""
    high, low = halves(fn, value)
    if "[" in high and "[" in low:
        low = fn.name(low)
        high = fn.name(_unsigned_high(value, high))
        fn.emit(f"H[{low_at}] = {low}; H[{high_at}] = {high}")
        return
    # one of them reads no memory, so neither store can change what the other one means
    order = [(high_at, _unsigned_high(value, high)), (low_at, low)]
    for index, text in order if "[" not in low else reversed(order):
        fn.emit(f"H[{index}] = {text}")


def _unsigned_high(value: Value, text: str) -> str:
    if text.lstrip("-").isdecimal():
        return str(int(text) & 65535)
    is_plain = isinstance(value, Wide) and value.is_clean and text.startswith("H[") and text.count("[") == 1
    return text if is_plain else unsigned_load(text, 16) or f"({text} & 65535)"


def load_word(fn: Fn, word: int, limits: Whole) -> Wide:
    """Halves that lie at a word of memory."""
    return Wide(fn.target.signed(str(word + 1)) if limits.is_signed else f"H[{word + 1}]", f"H[{word}]")


def binary(fn: Fn, expr: ir.Binary, left: Value, right: Value) -> Value:
    """An operator on two values of a 32-bit type."""
    limits, op = whole(expr.left.type), expr.op
    if op in ("PLUS", "MINUS", "STAR"):
        if isinstance(left, Num) and isinstance(right, Num):
            small = arithmetic(op, left, right)
            if small is not None:
                return small
        if op == "STAR":
            return _multiply(fn, left, right, limits)
        return add(fn, left, right) if op == "PLUS" else subtract(fn, left, right)
    if op in _BITWISE:
        return _bitwise(fn, op, settled(fn, left, limits), settled(fn, right, limits))
    if op not in ("SLASH", "MOD"):
        raise Unsupported(f"{op} of {expr.left.type} cannot be compiled for MicroPython")
    a, b = settled(fn, left, limits), settled(fn, right, limits)
    if isinstance(a, Num) and isinstance(b, Num):
        return divide(fn, a, b, limits, expr) if op == "SLASH" else modulo(fn, a, b, expr)
    return _divided(fn, expr, a, b, limits)


def _bitwise(fn: Fn, op: str, a: Num | Wide, b: Num | Wide) -> Value:
    if isinstance(a, Num) and isinstance(b, Num):
        return bitwise(op, a, b)
    for one, other in ((a, b), (b, a)):
        if (
            op == "AND"
            and isinstance(one, Num)
            and isinstance(other, Wide)
            and one.lo >= 0
            and one.hi <= 65535
        ):
            return Num(f"({other.lo} & {one.text})", 0, one.hi)
    (ah, al), (bh, bl) = halves(fn, a), halves(fn, b)
    sign = _BITWISE[op]
    return Wide(f"({ah} {sign} {bh})", f"({al} {sign} {bl})")


def _multiply(fn: Fn, a: Value, b: Value, limits: Whole) -> Wide:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Num) and is_literal(one) and 0 <= one.lo < 8192:
            high, low = halves(fn, settled(fn, other, limits))
            product = fn.name(f"({low} * {one.lo})")
            return Wide(f"({high} * {one.lo} + ({product} >> 16))", f"({product} & 65535)", False)
    x, y = in_memory(fn, a), in_memory(fn, b)
    into = fn.scratch(4) // 2
    support.do(fn, "mul32", into, x, y)
    fn.rest()
    return load_word(fn, into, limits)


def _divided(fn: Fn, expr: ir.Binary, a: Value, b: Value, limits: Whole) -> Num | Wide:
    if isinstance(a, Wide) and isinstance(b, Num) and is_literal(b) and 0 < b.lo <= _MOST_DIVISOR:
        return _by_constant(fn, expr, a, b.lo, limits)
    x, y = in_memory(fn, a), in_memory(fn, b)
    into = fn.scratch(8) // 2
    fn.rest()
    failed = support.ask(fn, "div32", into, x, y, int(limits.is_signed))
    fn.check(f"{failed} == 1", FaultKind.DIVIDE_BY_ZERO, expr.span)
    if expr.op == "SLASH" and limits.is_signed:
        fn.check(f"{failed} == 2", FaultKind.OVERFLOW, expr.span)
    fn.rest()
    return load_word(fn, into + (2 if expr.op == "MOD" else 0), limits)


def _by_constant(fn: Fn, expr: ir.Binary, a: Wide, divisor: int, limits: Whole) -> Num | Wide:
    """The high half first, then what it leaves with the low half; `//` and `%` round down, ST toward zero."""
    high, low = fn.name(a.hi), fn.name(a.lo)
    left = f"({high} % {divisor} << 16 | {low})"
    if expr.op == "MOD":
        if not limits.is_signed:
            return Num(f"({left} % {divisor})", 0, divisor - 1)
        rest = fn.temp()
        fn.emit(f"{rest} = {left} % {divisor}")
        fn.emit(f"if {high} < 0 and {rest} > 0: {rest} -= {divisor}")
        return Num(rest, 1 - divisor, divisor - 1)
    if not limits.is_signed:
        return Wide(f"({high} // {divisor})", f"({left} // {divisor})")
    quotient = fn.name(f"({left} + ({divisor - 1} if {high} < 0 else 0)) // {divisor}")
    return Wide(f"({high} // {divisor} + ({quotient} >> 16))", f"({quotient} & 65535)")


def compare(fn: Fn, sign: str, limits: Whole, left: Value, right: Value) -> Truth:
    """`left sign right` of two values of a 32-bit type."""
    a, b = settled(fn, left, limits), settled(fn, right, limits)
    if isinstance(a, Num) and isinstance(b, Num):
        return Truth(f"({a.text} {sign} {b.text})")
    (ah, al), (bh, bl) = halves(fn, a), halves(fn, b)
    if sign in ("==", "!="):
        word, equal = ("and", "==") if sign == "==" else ("or", "!=")
        return Truth(f"({al} {equal} {bl} {word} {ah} {equal} {bh})")
    if isinstance(b, Num) and is_literal(b) and b.lo == 0 and limits.is_signed and sign in ("<", ">="):
        return Truth(f"({ah} {sign} 0)")
    ah, bh = fn.name(ah), fn.name(bh)
    return Truth(f"({ah} {sign[0]} {bh} or {ah} == {bh} and {al} {sign} {bl})")


def narrowed(fn: Fn, value: object, type_: Type, kind: FaultKind, span: Span, detail: str) -> Num:
    """A whole number of any width as a small integer; a fault if it is far beyond every bound."""
    limits = whole(type_)
    if isinstance(value, Long):
        value = _from_long(fn, value, limits, kind, span, detail)
    assert isinstance(value, (Num, Wide, Truth))
    if limits.bits < 32:
        from sortyard.plc.mpy.small import clean

        return clean(as_num(fn, value), limits)
    found = settled(fn, value, limits if limits.bits == 32 else Whole(32, True))
    if isinstance(found, Num):
        return found
    high, low = fn.name(found.hi), fn.name(found.lo)
    test = f"{high} > 8191 or {high} < -8192" if limits.is_signed else f"{high} > 8191"
    fn.check(test, kind, span, detail=detail)
    return Num(f"({high} << 16 | {low})", -(1 << 29) if limits.is_signed else 0, (1 << 29) - 1)


def _from_long(fn: Fn, value: Long, limits: Whole, kind: FaultKind, span: Span, detail: str) -> Wide:
    """The low half of 64 bits, which must be all of it."""
    top = fn.target.signed(plus(value.at, 3)) if limits.is_signed else f"H[{plus(value.at, 3)}]"
    second = fn.target.signed(plus(value.at, 2)) if limits.is_signed else f"H[{plus(value.at, 2)}]"
    high = fn.target.signed(plus(value.at, 1)) if limits.is_signed else f"H[{plus(value.at, 1)}]"
    sign = fn.name(f"(-1 if {high} < 0 else 0)" if limits.is_signed else "0")
    fn.check(f"{top} != {sign} or {second} != {sign}", kind, span, detail=detail)
    return Wide(high, f"H[{value.at}]")


def restrict(fn: Fn, expr: ir.Restrict, value: Value) -> Value:
    """A 32-bit value that must lie within a subrange."""
    limits = whole(expr.operand.type)
    found = settled(fn, value, limits)
    lower, upper = constant(expr.lower, limits), constant(expr.upper, limits)
    if isinstance(found, Num):
        from sortyard.plc.mpy.small import restrict_num

        return restrict_num(fn, expr, found)
    held = fn.hold(found)
    for sign, end in (("<", lower), (">", upper)):
        test = compare(fn, sign, limits, held, end).text
        fn.check(test, FaultKind.SUBRANGE, expr.span, detail=not_within(expr))
    if isinstance(lower, Num) and isinstance(upper, Num):
        assert isinstance(held, Wide)
        return Num(f"({held.hi} << 16 | {held.lo})", expr.lower, expr.upper)
    return held


def saturated(fn: Fn, value: Value, type_: Type) -> str:
    """A whole number of any width as a local, or the nearest small one: 2**29 - 1 or its negative if it is far away."""
    limits = whole(type_)
    far = (1 << 29) - 1
    if limits.bits < 32 and not isinstance(value, Wide):
        return fn.name(clean(as_num(fn, value), limits).text)
    if isinstance(value, Long):
        top = fn.target.signed(plus(value.at, 3)) if limits.is_signed else f"H[{plus(value.at, 3)}]"
        second, high = f"H[{plus(value.at, 2)}]", f"H[{plus(value.at, 1)}]"
        low = f"H[{value.at}]"
        near = f"({top} or {second}) == 0 and {high} < 8192"
        below = f"({top} & {fn.target.signed(plus(value.at, 2))}) == -1 and {high} >= 57344"
        negative = f"(({high} - 65536) << 16 | {low} if {below} else {-far})"
        beyond = f"({negative} if {top} < 0 else {far})" if limits.is_signed else str(far)
        return fn.name(f"({high} << 16 | {low} if {near} else {beyond})")
    found = settled(fn, value, limits)
    if isinstance(found, Num):
        return fn.name(found.text)
    high, low = fn.name(found.hi), fn.name(found.lo)
    beyond = f"({far} if {high} > 0 else {-far})" if limits.is_signed else str(far)
    near = f"{high} >= -8192 and {high} < 8192" if limits.is_signed else f"{high} < 8192"
    return fn.name(f"({high} << 16 | {low} if {near} else {beyond})")
