"""Values as text and back: what X_TO_STRING writes and STRING_TO_X reads.

BOOL: TRUE, FALSE. Whole numbers: decimal. Bit strings: decimal; `16#FF` is read too. REAL, LREAL: the shortest text
that reads back as the same value. Durations and dates: as literals, without the type's long name: T#1m30s,
D#2024-02-29. Spaces around are ignored when reading; anything else that is no value is a fault.
"""

from datetime import date
from typing import Any

from sortyard.plc import literals
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.operators import single
from sortyard.plc.types import Elementary, Type, kind_of, plain

DAY_NS = literals.DAY_NS
_SHORT = {long: short for short, long in literals.SHORT_NAMES.items()}
_EPOCH = date(1970, 1, 1).toordinal()


def to_text(type_: Type, value: Any) -> str:
    """The text of a value that is not a string."""
    kind = kind_of(type_)
    base = plain(type_)
    if kind == "bool":
        return "TRUE" if value else "FALSE"
    if kind == "real":
        return real_text(value, type_.size == 4)
    if kind in ("int", "uint", "bits"):
        return str(value)
    assert isinstance(base, Elementary)
    prefix = _SHORT[base.name] + "#"
    if kind == "time":
        return prefix + _duration(value)
    if kind == "tod":
        return prefix + _clock(value)
    day, clock = divmod(value, DAY_NS)
    text = prefix + date.fromordinal(_EPOCH + day).isoformat()
    return f"{text}-{_clock(clock)}" if kind == "dt" else text


def real_text(value: float, is_single: bool) -> str:
    """Shortest decimal that reads back as the same value."""
    if value != value:
        return "NAN"
    if value in (float("inf"), float("-inf")):
        return "INF" if value > 0 else "-INF"
    text = repr(value)
    if is_single:
        text = next(t for p in range(1, 10) if single(float(t := f"{value:.{p}g}")) == value)
    mantissa, _, exponent = text.lower().partition("e")
    if exponent:
        power = int(exponent)
        if -5 <= power < 16:
            fixed = f"{float(text):.{max(1, len(mantissa.replace('-', '').replace('.', '')) - 1 - power)}f}"
            return fixed
        mantissa = mantissa if "." in mantissa else mantissa + ".0"
        return f"{mantissa}E{power}"
    return mantissa if "." in mantissa else mantissa + ".0"


def _duration(value: int) -> str:
    sign, left, parts = ("-" if value < 0 else ""), abs(value), []
    for unit, size in literals.NS.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return sign + ("".join(parts) or "0s")


def _clock(value: int) -> str:
    seconds, fraction = divmod(value % DAY_NS, 10**9)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{f'{fraction:09}'.rstrip('0')}" if fraction else text


def from_text(type_: Type, text: str) -> Any:
    """The value that a text stands for; a fault of kind BAD_STRING if it stands for none."""
    kind = kind_of(type_)
    word = text.strip()
    try:
        if kind == "bool":
            return {"TRUE": 1, "FALSE": 0, "1": 1, "0": 0}[word.upper()]
        if kind == "real":
            return single(literals.real(word)) if type_.size == 4 else literals.real(word)
        if kind == "time":
            return literals.duration(word)[1]
        if kind in ("date", "tod", "dt"):
            return literals.calendar(word)[1]
        sign, digits = (-1, word[1:]) if word.startswith("-") else (1, word.removeprefix("+"))
        value = sign * literals.integer(digits)
    except (KeyError, ValueError, literals.BadLiteral):
        raise PlcFault(FaultKind.BAD_STRING, f"{text[:40]!r} is not a {type_}") from None
    base = plain(type_)
    assert isinstance(base, Elementary)
    if not base.lowest <= value <= base.highest:
        raise PlcFault(FaultKind.OVERFLOW, f"{word} does not fit {base}")
    return value
