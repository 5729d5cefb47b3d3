"""Values as text for people: as X_TO_STRING of the library writes them, with the type's short name."""

from datetime import date
from typing import Any

from sortyard.plc import literals
from sortyard.plc.operators import single
from sortyard.plc.types import Elementary, EnumType, Type, kind_of, plain

DAY_NS = literals.DAY_NS
SHORT = {long: short for short, long in literals.SHORT_NAMES.items()}
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
    prefix = SHORT[base.name] + "#"
    if kind == "time":
        return prefix + _duration(value)
    if kind == "tod":
        return prefix + _clock(value)
    day, clock = divmod(value, DAY_NS)
    text = prefix + date.fromordinal(_EPOCH + day).isoformat()
    return f"{text}-{_clock(clock)}" if kind == "dt" else text


def written(type_: Type, value: Any) -> str:
    """A scalar as a program writes it: enumerations by their names, strings in quotes."""
    if isinstance(type_, EnumType):
        names = (type_.spelling[key] for key, number in type_.values.items() if number == value)
        return next(names, str(value))
    if isinstance(value, str):
        quote = '"' if kind_of(type_) in ("wchar", "wstring") else "'"
        return quote + "".join(_character(one, quote) for one in value) + quote
    return to_text(type_, value) if isinstance(plain(type_), Elementary) else str(value)


def _character(one: str, quote: str) -> str:
    if one in ("$", quote):
        return "$" + one
    return one if one.isprintable() else f"${ord(one):02X}" if quote == "'" else f"${ord(one):04X}"


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
