"""One value of one type as a value of another: what every implicit and explicit conversion does.

- whole numbers and bit strings: the low bits, read with the target's sign
- REAL, LREAL to whole numbers: to nearest, halves to even; out of range is a fault
- anything to BOOL: not zero (of a bit string the strict dialect takes the last bit alone). BOOL to numbers: 0 or 1
- TIME, TIME_OF_DAY count milliseconds as numbers, DATE and DATE_AND_TIME seconds, the long forms nanoseconds,
  truncated toward zero
- DATE_AND_TIME to DATE and TIME_OF_DAY: its parts; the first of all days is cut by 64 bits, its midnight wraps
- characters and strings: as many as fit; a character that STRING does not have becomes ?. Numbers as text are the
  library's (lower_text.py)
"""

from typing import Any

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.operators import single, wrap
from sortyard.plc.types import Elementary, EnumType, StringType, Type, kind_of, plain

DAY_NS = 86_400 * 10**9
_TIMES = {"time", "date", "tod", "dt"}
_CHARACTERS = {"char", "wchar", "string", "wstring"}
_WHOLE = {"bool", "bits", "int", "uint"}


def unit_ns(type_: Type) -> int:
    """Nanoseconds in one unit of a duration or date as a number."""
    base = plain(type_)
    assert isinstance(base, Elementary)
    if base.name.startswith("L"):
        return 1
    return 10**6 if base.kind in ("time", "tod") else 10**9


def convert(source: Type, target: Type, value: Any) -> Any:
    """`value` of `source` as a value of `target`. Raises PlcFault where there is none."""
    source, target = (t.base if isinstance(t, EnumType) else plain(t) for t in (source, target))
    origin, goal = kind_of(source), kind_of(target)
    if origin in _CHARACTERS or goal in _CHARACTERS:
        return _characters(source, target, value, origin, goal)
    if goal == "bool":
        return int(value != 0)
    if origin in _TIMES:
        return _from_time(source, target, value, origin, goal)
    if goal in _TIMES:
        scaled = value * unit_ns(target)
        return wrap(target, nearest_int(target, scaled) if isinstance(scaled, float) else scaled)
    if goal == "real":
        return _to_real(target, value)
    if origin == "real":
        return nearest_int(target, value)
    return wrap(target, value)


def nearest_int(target: Type, value: float) -> int:
    """The whole number nearest to `value`, halves to even; a fault if the type has no such value."""
    base = plain(target)
    assert isinstance(base, Elementary)
    rounded = round(value) if abs(value) < 2.0**64 else None
    if rounded is None or not base.lowest <= rounded <= base.highest:
        raise PlcFault(FaultKind.OVERFLOW, f"{value!r} does not fit {base}")
    return rounded


def truncated(target: Type, value: float) -> int:
    """`value` without its fraction; a fault if the type has no such value."""
    if abs(value) >= 2.0**64 or value != value:
        raise PlcFault(FaultKind.OVERFLOW, f"{value!r} does not fit {target}")
    return nearest_int(target, float(int(value)))


def _to_real(target: Type, value: Any) -> float:
    if isinstance(value, float):
        return single(value) if target.size == 4 else value
    return float(_to_bits(value, 24)) if target.size == 4 else float(value)


def _to_bits(value: int, bits: int) -> int:
    """`value` rounded to `bits` significant bits, ties to even: rounding twice through a double can differ."""
    shift = value.bit_length() - bits
    if shift <= 0:
        return value
    sign, size = (-1, -value) if value < 0 else (1, value)
    low, high = size & ((1 << shift) - 1), size >> shift
    half = 1 << (shift - 1)
    return sign * ((high + (low > half or (low == half and high & 1))) << shift)


def _from_time(source: Type, target: Type, value: int, origin: str, goal: str) -> Any:
    if goal in _TIMES:
        if origin == "dt" and goal == "date":
            return wrap(target, value - value % DAY_NS)
        return value % DAY_NS if origin == "dt" and goal == "tod" else value
    unit = unit_ns(source)
    whole = abs(value) // unit
    whole = -whole if value < 0 else whole
    return _to_real(target, whole) if goal == "real" else wrap(target, whole)


def _characters(source: Type, target: Type, value: Any, origin: str, goal: str) -> Any:
    if origin in _CHARACTERS and goal in _CHARACTERS:
        text = value if goal in ("wchar", "wstring") else "".join(c if ord(c) < 256 else "?" for c in value)
        if goal in ("char", "wchar"):
            return text[:1] or "\0"
        assert isinstance(target, StringType)
        return text.rstrip("\0")[: target.length] if origin in ("char", "wchar") else text[: target.length]
    if origin in ("char", "wchar"):
        return int(value != "\0") if goal == "bool" else wrap(target, ord(value))
    return chr(value & (0xFF if goal == "char" else 0xFFFF))
