"""Durations and dates: operators between them, typed functions (ADD_TIME). CONCAT_DATE and the like: library/dates.st.

A duration times or divided by a number stays a duration: whole numbers exactly (division truncates toward zero), REAL
to the nearest nanosecond. Sums wrap at 64 bits; products with REAL that do not fit are a fault.
"""

from collections.abc import Callable
from typing import Any

from sortyard.plc.conversions import DAY_NS, nearest_int
from sortyard.plc.operators import divide, wrap
from sortyard.plc.types import LTIME, TIME, Elementary, Type, kind_of, plain

TABLE = """
    ADD_TIME(IN1 TIME, IN2 TIME) TIME
    ADD_TOD_TIME(IN1 TIME_OF_DAY, IN2 TIME) TIME_OF_DAY
    ADD_DT_TIME(IN1 DATE_AND_TIME, IN2 TIME) DATE_AND_TIME
    SUB_TIME(IN1 TIME, IN2 TIME) TIME
    SUB_DATE_DATE(IN1 DATE, IN2 DATE) TIME
    SUB_TOD_TIME(IN1 TIME_OF_DAY, IN2 TIME) TIME_OF_DAY
    SUB_TOD_TOD(IN1 TIME_OF_DAY, IN2 TIME_OF_DAY) TIME
    SUB_DT_TIME(IN1 DATE_AND_TIME, IN2 TIME) DATE_AND_TIME
    SUB_DT_DT(IN1 DATE_AND_TIME, IN2 DATE_AND_TIME) TIME
    MUL_TIME(IN1 TIME, IN2 ANY_NUM) TIME
    DIV_TIME(IN1 TIME, IN2 ANY_NUM) TIME
    ADD_LTIME(IN1 LTIME, IN2 LTIME) LTIME
    ADD_LTOD_LTIME(IN1 LTIME_OF_DAY, IN2 LTIME) LTIME_OF_DAY
    ADD_LDT_LTIME(IN1 LDATE_AND_TIME, IN2 LTIME) LDATE_AND_TIME
    SUB_LTIME(IN1 LTIME, IN2 LTIME) LTIME
    SUB_LDATE_LDATE(IN1 LDATE, IN2 LDATE) LTIME
    SUB_LTOD_LTIME(IN1 LTIME_OF_DAY, IN2 LTIME) LTIME_OF_DAY
    SUB_LTOD_LTOD(IN1 LTIME_OF_DAY, IN2 LTIME_OF_DAY) LTIME
    SUB_LDT_LTIME(IN1 LDATE_AND_TIME, IN2 LTIME) LDATE_AND_TIME
    SUB_LDT_LDT(IN1 LDATE_AND_TIME, IN2 LDATE_AND_TIME) LTIME
    MUL_LTIME(IN1 LTIME, IN2 ANY_NUM) LTIME
    DIV_LTIME(IN1 LTIME, IN2 ANY_NUM) LTIME
"""


def _multiply(type_: Type, a: int, b: Any) -> int:
    return nearest_int(type_, a * b) if isinstance(b, float) else wrap(type_, a * b)


def _divide(type_: Type, a: int, b: Any) -> int:
    quotient = divide(type_, a, b)
    return nearest_int(type_, quotient) if isinstance(quotient, float) else wrap(type_, quotient)


def _add(type_: Type, a: int, b: int) -> int:
    return _in_day(type_, wrap(type_, a + b))


def _subtract(type_: Type, a: int, b: int) -> int:
    return _in_day(type_, wrap(type_, a - b))


def _in_day(type_: Type, value: int) -> int:
    """A time of day goes on at midnight."""
    return value % DAY_NS if kind_of(type_) == "tod" else value


FUNCTIONS: dict[str, Callable[..., Any]] = {}
for _name in [row.split("(")[0].strip() for row in TABLE.strip().splitlines()]:
    for _start, _function in (("ADD_", _add), ("SUB_", _subtract), ("MUL_", _multiply), ("DIV_", _divide)):
        if _name.startswith(_start):
            FUNCTIONS[_name] = _function

_NUMBERS = {"int", "uint", "real"}


class TimeOperators:
    """Operators where at least one side is a duration or date."""

    def find(self, op: str, left: Type, right: Type) -> tuple[str, Callable[..., Any], Type] | None:
        """Name, body and result type of `left op right`; None if no row of the table fits."""
        a, b = kind_of(left), kind_of(right)
        if a == "time" and b in _NUMBERS and op in ("STAR", "SLASH"):
            return (
                ("MUL_TIME", _multiply, plain(left)) if op == "STAR" else ("DIV_TIME", _divide, plain(left))
            )
        if a in _NUMBERS and b == "time" and op == "STAR":
            return "MUL_TIME", lambda type_, x, y: _multiply(type_, y, x), plain(right)
        if a in ("tod", "dt") and b == "time" and op in ("PLUS", "MINUS"):
            if self._is_long(right) and not self._is_long(left):
                return None
            return ("ADD_TIME", _add, plain(left)) if op == "PLUS" else ("SUB_TIME", _subtract, plain(left))
        if a == b and a in ("date", "tod", "dt") and op == "MINUS":
            long = self._is_long(left) or self._is_long(right)
            return "SUB_TIME", lambda type_, x, y: wrap(type_, x - y), LTIME if long else TIME
        return None

    @staticmethod
    def _is_long(type_: Type) -> bool:
        base = plain(type_)
        return isinstance(base, Elementary) and base.name.startswith("L")


TIME_OPERATORS = TimeOperators()
