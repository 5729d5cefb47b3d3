"""Values of 64 bits, durations above all: they stay in memory, four words of 16 bits, and functions work on them."""

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import support
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import as_num, is_literal, not_within
from sortyard.plc.mpy.values import Long, Num, Truth, Unsupported, Value, Whole, Wide, plus, whole
from sortyard.plc.mpy.wide import halves

_OPERATORS = {
    "PLUS": "add64",
    "MINUS": "sub64",
    "STAR": "mul64",
    "AND": "and64",
    "OR": "or64",
    "XOR": "xor64",
}


def target_of(fn: Fn, into: str | None) -> str:
    return into if into is not None else str(fn.scratch(8) // 2)


def in_memory(fn: Fn, value: Value, limits: Whole) -> str:
    """The word where a whole number of any width lies as 64 bits; `limits` are its own type's."""
    if isinstance(value, Long):
        return value.at
    word = fn.scratch(8) // 2
    extend(fn, value, limits, str(word))
    return str(word)


def extend(fn: Fn, value: Value, limits: Whole, into: str) -> None:
    """Store a narrower number as 64 bits."""
    from sortyard.plc.mpy.small import clean
    from sortyard.plc.mpy.wide import settled

    if isinstance(value, (Num, Truth)):
        number = as_num(fn, value)
        value = clean(number, limits) if limits.bits < 32 else settled(fn, number, limits)
    else:
        value = settled(fn, value, limits)
    high, low = halves(fn, value)
    if isinstance(value, Num) and is_literal(value):
        for i in range(4):
            fn.emit(f"H[{plus(into, i)}] = {value.lo >> 16 * i & 65535}")
        return
    is_positive = value.lo >= 0 if isinstance(value, Num) else not limits.is_signed
    high, low = fn.name(high), fn.name(low)
    fn.emit(f"H[{into}] = {low}; H[{plus(into, 1)}] = {high} & 65535")
    sign = "0" if is_positive else fn.name(f"(65535 if {high} < 0 else 0)")
    fn.emit(f"H[{plus(into, 2)}] = {sign}; H[{plus(into, 3)}] = {sign}")


def copy(fn: Fn, into: str, at: str) -> None:
    for i in range(4):
        fn.emit(f"H[{plus(into, i)}] = H[{plus(at, i)}]" if i else f"H[{into}] = H[{at}]")


def binary(fn: Fn, expr: ir.Binary, left: Value, right: Value, into: str | None) -> Value:
    """An operator on two values of a 64-bit type."""
    limits = whole(expr.left.type)
    a, b = in_memory(fn, left, limits), in_memory(fn, right, limits)
    if expr.op in ("SLASH", "MOD"):
        return divide(fn, expr, a, b, limits)
    name = _OPERATORS.get(expr.op)
    if name is None:
        raise Unsupported(f"{expr.op} of {expr.left.type} cannot be compiled for MicroPython")
    target = target_of(fn, into)
    support.do(fn, name, target, a, b)
    if name == "mul64":
        fn.rest()
    return Long(target)


def divide(fn: Fn, expr: ir.Expr, a: str, b: str, limits: Whole, by_unsigned: bool = False) -> Long:
    """Quotient or remainder; faults as of every division. `by_unsigned`: only the dividend has a sign."""
    target = fn.scratch(48) // 2
    a, b = (fn.steady_long(Long(at)).at for at in (a, b))
    fn.rest()
    failed = support.ask(fn, "div64_begin", target, a, b, 2 if by_unsigned else int(limits.is_signed))
    fn.check(failed, FaultKind.DIVIDE_BY_ZERO, expr.span)
    fn.rest()
    support.in_steps(fn, "div64_step", target)
    is_rest = isinstance(expr, ir.Binary) and expr.op == "MOD"
    if limits.is_signed and not is_rest:
        fn.check(f"H[{target + 23}]", FaultKind.OVERFLOW, expr.span)
    return Long(str(target + 4 if is_rest else target))


def negate(fn: Fn, value: Long, into: str | None) -> Long:
    target = target_of(fn, into)
    support.do(fn, "neg64", target, value.at)
    return Long(target)


def complement(fn: Fn, value: Long, into: str | None) -> Long:
    target = target_of(fn, into)
    support.do(fn, "not64", target, value.at)
    return Long(target)


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def compare(fn: Fn, sign: str, limits: Whole, left: Value, right: Value) -> Truth:
    """`left sign right` of two values of a 64-bit type."""
    a, b = in_memory(fn, left, limits), in_memory(fn, right, limits)
    zero = str(fn.module.pool(bytes(8)) // 2) if limits.is_signed else None
    if b == zero:
        return _with_zero(fn, sign, a)
    if a == zero:
        return _with_zero(fn, _MIRRORED[sign], b)
    order = support.ask(fn, "cmp64" if limits.is_signed else "ucmp64", a, b)
    return Truth(f"({order} {sign} 0)")


def _with_zero(fn: Fn, sign: str, at: str) -> Truth:
    """A signed value compared with 0."""
    top = fn.target.signed(plus(at, 3))
    some = f"H[{at}] or H[{plus(at, 1)}] or H[{plus(at, 2)}] or H[{plus(at, 3)}]"
    tests = {
        "<": f"{top} < 0",
        ">=": f"{top} >= 0",
        "==": f"not ({some})",
        "!=": some,
        ">": f"{top} >= 0 and ({some})",
        "<=": f"{top} < 0 or not ({some})",
    }
    return Truth(f"({tests[sign]})")


def restrict(fn: Fn, expr: ir.Restrict, value: Long) -> Long:
    """A 64-bit value that must lie within a subrange."""
    from sortyard.plc.mpy.expressions import constant

    limits = whole(expr.operand.type)
    for sign, end in (("<", expr.lower), (">", expr.upper)):
        bound = constant(fn, expr.operand.type, end)
        test = compare(fn, sign, limits, value, bound).text
        fn.check(test, FaultKind.SUBRANGE, expr.span, detail=not_within(expr))
    return value


def low_half(fn: Fn, value: Long, limits: Whole) -> Wide:
    """The low 32 bits with the target type's sign."""
    high = f"{value.at} + 1"
    return Wide(fn.target.signed(high) if limits.is_signed else f"H[{high}]", f"H[{value.at}]")
