"""Conversions between types, as conversions.py defines them."""

from sortyard.plc import ir
from sortyard.plc.conversions import unit_ns
from sortyard.plc.mpy import long, reals, support, texts, wide
from sortyard.plc.mpy.facts import may_pause
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.small import as_num, clean
from sortyard.plc.mpy.values import (
    Long,
    Num,
    Real,
    Truth,
    Unsupported,
    Value,
    Whole,
    Wide,
    plus,
    shape_of,
    whole,
)
from sortyard.plc.types import LINT, EnumType, Type, kind_of, plain

_TIMES = {"time", "date", "tod", "dt"}
_CHARACTERS = {"char", "wchar", "string", "wstring"}


def convert(fn: Fn, expr: ir.Convert, into: str | None) -> Value:
    """The operand as a value of the expression's type."""
    from sortyard.plc.mpy.expressions import value

    source, target = (t.base if isinstance(t, EnumType) else plain(t) for t in (expr.operand.type, expr.type))
    origin, goal = kind_of(source), kind_of(target)
    operand = value(fn, expr.operand, into if origin in _TIMES and goal in _TIMES else None)
    if may_pause(expr):
        operand = fn.steady(operand)
    if origin in _CHARACTERS or goal in _CHARACTERS:
        return texts.convert(fn, expr, source, target, operand)
    if goal == "bool":
        return to_bool(fn, source, operand)
    if origin in _TIMES and goal in _TIMES:
        return _between_times(fn, expr, origin, goal, operand)
    if origin in _TIMES or goal in _TIMES:
        return _scaled(fn, expr, source, target, operand, into)
    if goal == "real":
        return _to_real(fn, source, operand, target.size)
    if origin == "real":
        return rounded(fn, expr, target, operand, 0, source.size == 8)
    return resized(fn, source, target, operand, into)


def to_bool(fn: Fn, source: Type, operand: Value) -> Truth:
    match operand:
        case Truth():
            return operand
        case Num() if shape_of(source) == "num":
            return Truth(f"({clean(operand, whole(source)).text} != 0)")
        case Num():
            return Truth(f"({operand.text} != 0)")
        case Wide():
            return Truth(f"({operand.lo} or {operand.hi} & 65535)")
        case Long(at=at):
            return Truth(f"(H[{at}] or H[{plus(at, 1)}] or H[{plus(at, 2)}] or H[{plus(at, 3)}])")
        case Real():
            return Truth(fn.name(f"({reals.single(fn, operand)} != 0)"))
    raise Unsupported(f"{source} to BOOL cannot be compiled for MicroPython")


def resized(fn: Fn, source: Type, target: Type, operand: Value, into: str | None) -> Value:
    """A whole number with the low bits of another one, read with the target's sign."""
    here, there = whole(source), whole(target)
    if isinstance(operand, Long):
        if there.bits == 64:
            return operand
        if there.bits == 32:
            return long.low_half(fn, operand, there)
        return Num(f"H[{operand.at}]", 0, 65535)
    if there.bits == 64:
        at = long.target_of(fn, into)
        long.extend(fn, operand, here, at)
        return Long(at)
    if there.bits < 32:
        if isinstance(operand, Wide):
            return Num(operand.lo, 0, 65535)
        number = as_num(fn, operand)
        return clean(number, here) if there.bits > here.bits else number
    if isinstance(operand, Wide):
        return operand if here.is_signed == there.is_signed else Wide(operand.hi, operand.lo, False)
    number = as_num(fn, operand)
    return clean(number, here) if here.bits < 32 else number


def _to_real(fn: Fn, source: Type, operand: Value, size: int) -> Real:
    if isinstance(operand, Real):
        return operand if size >= source.size else Real(operand.text, False)
    limits = whole(source)
    if size == 8:
        return _to_lreal(fn, limits, operand)
    if isinstance(operand, (Num, Truth)) and limits.bits < 32:
        number = clean(as_num(fn, operand), limits)
        return Real(f"({number.text} + 0.0)", True)
    if isinstance(operand, Long):
        return reals.from_long(fn, operand, limits.is_signed)
    found = wide.settled(fn, operand, limits)
    if isinstance(found, Num):
        return Real(f"({found.text} + 0.0)", abs(found.lo) < 1 << 24 and abs(found.hi) < 1 << 24)
    # the high half times 65536 is exact, so there is one rounding
    return Real(f"({found.hi} * 65536.0 + {found.lo})", False)


def _to_lreal(fn: Fn, limits: Whole, operand: Value) -> Real:
    if isinstance(operand, Long):
        return reals.lreal_of(fn, operand, limits.is_signed)
    if limits.bits < 32:
        return Real(f"({clean(as_num(fn, operand), limits).text} + 0.0)", True)
    found = wide.settled(fn, operand, limits)
    if isinstance(found, Num):
        return Real(f"({found.text} + 0.0)", True)
    return Real(f"({found.hi} * 65536.0 + {found.lo})", True)


def rounded(fn: Fn, expr: ir.Expr, target: Type, operand: Value, is_cut: int, is_double: bool) -> Value:
    """A REAL, or LREAL, as a whole number: to nearest with halves to even, or cut (`is_cut` 1)."""
    from sortyard.plc.faults import FaultKind

    limits = whole(target)
    assert isinstance(operand, Real)
    into = fn.scratch(14) // 2
    view, size = ("D", 8) if is_double else ("f", 4)
    at = fn.scratch(size)
    fn.emit(f"{view}[{at // size}] = {operand.text}")
    fn.rest()
    rest = (into, at // 2, limits.bits, int(limits.is_signed), is_cut)
    if is_double:
        support.do(fn, "whole_begin", into)
        support.in_steps(fn, "whole_step", *rest)
        failed = f"H[{into + 4}]"
    else:
        failed = support.ask(fn, "real_to_whole", *rest)
    fn.check(failed, FaultKind.OVERFLOW, expr.span)
    fn.rest()
    if limits.bits == 64:
        return Long(str(into))
    if limits.bits == 32:
        return wide.load_word(fn, into, limits)
    return clean(Num(f"H[{into}]", 0, 65535), limits)


def _between_times(fn: Fn, expr: ir.Convert, origin: str, goal: str, operand: Value) -> Value:
    if origin == goal:
        return operand
    from sortyard.plc.mpy.times import part_of_day

    assert isinstance(operand, Long)
    return part_of_day(fn, operand, goal)


def _scaled(fn: Fn, expr: ir.Convert, source: Type, target: Type, operand: Value, into: str | None) -> Value:
    """Durations and dates from and to numbers, in the units of their types."""
    from sortyard.plc.mpy.times import divided_by, multiplied_by, number_at, span_by_real

    if kind_of(target) in _TIMES:
        if isinstance(operand, Real):
            if source.size == 8:
                scaled = Real(f"({operand.text} * {unit_ns(target)}.0)", True)
                return rounded(fn, expr, target, scaled, 0, True)
            unit = number_at(fn, unit_ns(target))
            return span_by_real(fn, expr, unit, operand, 0)
        as_long = resized(fn, source, target, operand, into)
        assert isinstance(as_long, Long)
        return multiplied_by(fn, as_long, unit_ns(target))
    assert isinstance(operand, Long)
    count = divided_by(fn, operand, unit_ns(source))
    if kind_of(target) == "real":
        return _to_real(fn, LINT, count, target.size)
    return resized(fn, source, target, count, into)
