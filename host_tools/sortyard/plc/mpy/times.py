"""Durations and dates: their units, the parts of a day, and products with numbers."""

from sortyard.plc import ir
from sortyard.plc.conversions import DAY_NS
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import long, reals, support
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import If
from sortyard.plc.mpy.values import Long, Value, plus

_SMALL = 1 << 14
_EIGHT = (1 << 64) - 1


def number_at(fn: Fn, value: int) -> str:
    """The word where a constant of 64 bits lies."""
    return str(fn.module.pool((value & _EIGHT).to_bytes(8, "little")) // 2)


def _by_small(fn: Fn, name: str, value: Long, number: int) -> Long:
    """Multiplied or divided by each of some small factors of a constant."""
    at, into = value.at, long.target_of(fn, None)
    while number > 1:
        factor = max(f for f in range(1, _SMALL) if number % f == 0)
        support.do(fn, name, into, at, factor)
        fn.rest()
        at = into
        number //= factor
    return Long(at)


def multiplied_by(fn: Fn, value: Long, factor: int) -> Long:
    """64 bits times the nanoseconds of a unit, wrapped."""
    return _by_small(fn, "mul64_by_small", value, factor)


def divided_by(fn: Fn, value: Long, divisor: int) -> Long:
    """64 bits by the nanoseconds of a unit, truncated toward zero."""
    return _by_small(fn, "div64_by_small", value, divisor)


def span_by_real(fn: Fn, expr: ir.Expr, a: str, factor: Value, is_division: int) -> Long:
    """64 bits at word `a` times or by REAL; a fault where the result does not fit."""
    at = reals.bits_of(fn, factor).const // 2
    into = fn.scratch(40) // 2
    support.do(fn, "span_begin", into)
    support.in_steps(fn, "span_step", into, a, at, is_division)
    fn.check(f"H[{into + 6}]", FaultKind.OVERFLOW, expr.span)
    return Long(str(into))


def time_of_day(fn: Fn, value: Long) -> Long:
    """Nanoseconds since midnight, never below 0."""
    value = fn.steady_long(value)
    fn.rest()
    days = multiplied_by(fn, divided_by(fn, value, DAY_NS), DAY_NS)
    rest = Long(long.target_of(fn, None))
    support.do(fn, "sub64", rest.at, value.at, days.at)
    fn.rest()
    sign = fn.target.signed(plus(rest.at, 3))
    with fn.into([]) as below:
        support.do(fn, "add64", rest.at, rest.at, number_at(fn, DAY_NS))
    fn.put(If(f"{sign} < 0", below))
    fn.rest()
    return rest


def part_of_day(fn: Fn, value: Long, goal: str) -> Long:
    """The date or the time of day of a date and time."""
    value = fn.steady_long(value)
    clock = time_of_day(fn, value)
    if goal == "tod":
        return clock
    into = long.target_of(fn, None)
    support.do(fn, "sub64", into, value.at, clock.at)
    return Long(into)
