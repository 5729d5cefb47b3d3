"""Durations and dates: their units, the parts of a day, and products with numbers."""

from sortyard.plc.conversions import DAY_NS
from sortyard.plc.mpy import long
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.values import Long

_EIGHT = (1 << 64) - 1


def number_at(fn: Fn, value: int) -> str:
    """The word where a constant of 64 bits lies."""
    return str(fn.module.pool((value & _EIGHT).to_bytes(8, "little")) // 2)


def multiplied_by(fn: Fn, value: Long, factor: int) -> Long:
    """64 bits times a constant, wrapped."""
    if factor == 1:
        return value
    into = long.target_of(fn, None)
    fn.emit(long.run(fn, "mul64", into, value.at, number_at(fn, factor)), long.FUEL["mul64"])
    return Long(into)


def divided_by(fn: Fn, value: Long, divisor: int, rest: bool = False) -> Long:
    """64 bits by a constant above 0, truncated toward zero; or the rest, with the value's sign."""
    if divisor == 1:
        return value
    into = fn.scratch(32) // 2
    fn.emit(long.run(fn, "div64", into, value.at, number_at(fn, divisor), 1), long.FUEL["div64"])
    return Long(str(into + 4 if rest else into))


def time_of_day(fn: Fn, value: Long) -> Long:
    """Nanoseconds since midnight, never below 0."""
    rest = divided_by(fn, value, DAY_NS, rest=True)
    sign = fn.module.target.signed(f"{rest.at} + 3")
    from sortyard.plc.mpy.nodes import If, Line

    add = long.run(fn, "add64", rest.at, rest.at, number_at(fn, DAY_NS))
    fn.put(If(f"{sign} < 0", [Line(add, long.FUEL["add64"])]))
    return rest


def part_of_day(fn: Fn, value: Long, goal: str) -> Long:
    """The date or the time of day of a date and time."""
    clock = time_of_day(fn, value)
    if goal == "tod":
        return clock
    into = long.target_of(fn, None)
    fn.emit(long.run(fn, "sub64", into, value.at, clock.at), long.FUEL["sub64"])
    return Long(into)
