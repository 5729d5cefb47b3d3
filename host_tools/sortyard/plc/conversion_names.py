"""Conversion functions are found by their names: INT_TO_REAL, TO_REAL, REAL_TRUNC_INT, TRUNC_INT, WORD_BCD_TO_UINT."""

import re
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sortyard.plc.conversions import truncated
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.operators import wrap
from sortyard.plc.standard import Standard
from sortyard.plc.standard_bits import is_bcd
from sortyard.plc.types import (
    ALIASES,
    DEFAULT_STRING_LENGTH,
    DWORD,
    ELEMENTARY,
    LREAL,
    LWORD,
    REAL,
    StringType,
    Type,
    kind_of,
)

_TYPE = "|".join(sorted([*ELEMENTARY, *ALIASES, "STRING", "WSTRING"], key=len, reverse=True))
_TO = re.compile(rf"(?:({_TYPE}|ANY)_)?TO_({_TYPE})")
_TRUNC = re.compile(rf"(?:(REAL|LREAL)_)?TRUNC(?:_({_TYPE}))?")
_BCD = re.compile(r"(?:(BYTE|WORD|DWORD|LWORD)_)?BCD_TO_(U?[SDL]?INT)|(?:(U?[SDL]?INT)_)?TO_BCD(?:_(\w+))?")
_BITS_OF = {"SINT": "BYTE", "INT": "WORD", "DINT": "DWORD", "LINT": "LWORD"}
"""INT_TO_BCD of the second edition yields as many bits as it takes."""
_LETTERS = {"char", "wchar"}
_BINARY = {
    (DWORD.name, REAL.name),
    (LWORD.name, LREAL.name),
    (REAL.name, DWORD.name),
    (LREAL.name, LWORD.name),
}


def type_named(name: str) -> Type:
    """The elementary type or default string of that name."""
    if name in ("STRING", "WSTRING"):
        return StringType(name == "WSTRING", DEFAULT_STRING_LENGTH)
    return ELEMENTARY[ALIASES.get(name, name)]


@lru_cache(maxsize=2000)
def conversion_types(name: str) -> tuple[Type | None, Type] | None:
    """(source or None for any, target) of X_TO_Y, TO_Y and the vendors' ANY_TO_Y, whose meaning is
    `conversions.convert`; else None."""
    found = _TO.fullmatch(name)
    if found is None:
        return None
    source = None if found[1] in (None, "ANY") else type_named(found[1])
    target = type_named(found[2])
    if source is not None and (source == target or not is_legal(source, target)):
        return None
    return source, target


@lru_cache(maxsize=2000)
def find_conversion(name: str) -> Standard | None:
    """TRUNC and BCD functions of that name (upper case), or None."""
    if found := _TRUNC.fullmatch(name):
        return _trunc(name, found[1], found[2] or "DINT")
    if found := _BCD.fullmatch(name):
        return _bcd(name, found)
    return None


def bit_pattern(source: Type, target: Type) -> Standard | None:
    """DWORD_TO_REAL and the like move bits, not the number; None for all other pairs."""
    pair = (str(source), str(target))
    if pair not in _BINARY:
        return None
    return Standard("_TO_".join(pair), (("IN", pair[0]),), pair[1], _bit_pattern(source))


def is_legal(source: Type, target: Type) -> bool:
    """Dates and durations do not become each other, except a date and time its parts. A character is a number or text,
    nothing else."""
    times = {"time", "date", "tod", "dt"}
    a, b = kind_of(source), kind_of(target)
    if a in times and b in times:
        return a == b or (a == "dt" and b in ("date", "tod"))
    others = times | {"real"}
    return not (a in _LETTERS and b in others) and not (b in _LETTERS and a in others)


def _trunc(name: str, source: str | None, target: str) -> Standard | None:
    if kind_of(type_named(target)) not in ("int", "uint"):
        return None

    def function(type_: Type, value: float) -> int:
        return truncated(type_, value)

    return Standard(name, (("IN", source or "ANY_REAL"),), target, function)


def _bit_pattern(source: Type) -> Callable[[Type, Any], Any]:
    whole, real = ("<I", "<f") if source.size == 4 else ("<Q", "<d")
    before, after = (real, whole) if kind_of(source) == "real" else (whole, real)

    def function(type_: Type, value: Any) -> Any:
        return struct.unpack(after, struct.pack(before, value))[0]

    return function


def _bcd(name: str, found: re.Match[str]) -> Standard | None:
    if found[2]:

        def decode(type_: Type, value: int) -> int:
            if not is_bcd(value):
                raise PlcFault(FaultKind.DOMAIN, f"16#{value:X} has digits above 9")
            return wrap(type_, int(f"{value:x}"))

        return Standard(name, (("IN", found[1] or "ANY_BIT"),), found[2], decode)
    target = found[4] or _BITS_OF.get((found[3] or "").removeprefix("U"))
    if target is None or target not in _BITS_OF.values():
        return None

    def encode(type_: Type, value: int) -> int:
        coded = int(str(value), 16)
        if coded != wrap(type_, coded):
            raise PlcFault(FaultKind.OVERFLOW, f"{value} has more digits than {type_}")
        return coded

    return Standard(name, (("IN", found[3] or "ANY_INT"),), target, encode)
