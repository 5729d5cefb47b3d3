"""Values of a program's variables as Python has them: BOOL as bool, enumerations by their names, durations and dates in
nanoseconds, strings as str. Durations and dates may be given as literals too: "T#5s", "D#2024-02-29".
"""

from typing import Any

from sortyard.plc import literals
from sortyard.plc.types import ArrayType, BlockType, Elementary, EnumType, StructType, Type, kind_of

_DATES = ("date", "tod", "dt")
_TEXTS = ("string", "wstring", "char", "wchar")


def nanoseconds(time: str | int) -> int:
    """`T#1m30s` or a number of nanoseconds. Raises ValueError for anything else."""
    __tracebackhide__ = True
    if isinstance(time, int) and not isinstance(time, bool):
        return time
    if not isinstance(time, str):
        raise ValueError(f"{time!r} is no duration; give a literal as 'T#1m30s', or nanoseconds as int")
    try:
        return literals.duration(time if "#" in time else f"T#{time}")[1]
    except literals.BadLiteral as bad:
        raise ValueError(f"{time}: {bad.args[0]}; {bad.args[1]}") from None


def shown(type_: Type, value: Any) -> Any:
    """A value of the image as Python has it."""
    if isinstance(type_, EnumType):
        return next((type_.spelling[k] for k, number in type_.values.items() if number == value), value)
    return bool(value) if kind_of(type_) == "bool" else value


def stored(path: str, type_: Type, value: Any) -> int | float | str:
    """What is written for a value that Python gives to the variable at `path`. Raises ValueError if that is none."""
    __tracebackhide__ = True
    if isinstance(type_, (ArrayType, StructType, BlockType)):
        parts = "elements" if isinstance(type_, ArrayType) else "members"
        raise ValueError(f"{path} is {type_}; give values to its {parts}, one by one")
    kind = kind_of(type_)
    if isinstance(type_, EnumType) and isinstance(value, str):
        if value.upper() not in type_.values:
            raise ValueError(f"{path}: {type_} has no value {value}; {', '.join(type_.spelling.values())}")
        return type_.values[value.upper()]
    if kind == "time" and isinstance(value, str):
        return nanoseconds(value)
    if kind in _DATES and isinstance(value, str):
        return _date(path, type_, value)
    wanted = str if kind in _TEXTS else (int, float) if kind == "real" else int
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "bool"):
        raise ValueError(f"{path} is {type_}; {value!r} is not a value of it")
    return float(value) if kind == "real" else int(value) if kind == "bool" else value


def _date(path: str, type_: Type, text: str) -> int:
    __tracebackhide__ = True
    try:
        name, value = literals.calendar(text)
    except literals.BadLiteral as bad:
        raise ValueError(f"{path}: {bad.args[0]}; {bad.args[1]}") from None
    if not isinstance(type_, Elementary) or name.removeprefix("L") != type_.name.removeprefix("L"):
        raise ValueError(f"{path} is {type_}; {text!r} is not a value of it")
    return value
