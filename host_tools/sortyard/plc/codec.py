"""Values to image bytes and back: little-endian, NaN in one form only, zero behind the end of strings."""

import math
import struct
from typing import Any

from sortyard.plc.types import (
    BOOL,
    Elementary,
    EnumType,
    InterfaceType,
    RefType,
    StringType,
    SubrangeType,
    Type,
    kind_of,
)

_UNSIGNED = {size: struct.Struct(code) for size, code in ((1, "<B"), (2, "<H"), (4, "<I"), (8, "<Q"))}
_SIGNED = {size: struct.Struct(code) for size, code in ((1, "<b"), (2, "<h"), (4, "<i"), (8, "<q"))}
_REAL = {4: struct.Struct("<f"), 8: struct.Struct("<d")}


def _number(type_: Type) -> struct.Struct | None:
    match type_:
        case Elementary(kind="real", size=size):
            return _REAL[size]
        case Elementary(kind=kind, size=size) if kind not in ("char", "wchar"):
            return (_SIGNED if type_.is_signed else _UNSIGNED)[size]
        case SubrangeType(base=base) | EnumType(base=base):
            return _number(base)
        case RefType():
            return _UNSIGNED[4]
        case InterfaceType():
            return _UNSIGNED[8]
    return None


def read(memory: bytearray | memoryview, address: int, type_: Type) -> Any:
    """The value of `type_` at `address`; arrays, structures and blocks as bytes."""
    number = _number(type_)
    if number is not None:
        value = number.unpack_from(memory, address)[0]
        return int(value != 0) if type_ is BOOL else value
    data = bytes(memory[address : address + type_.size])
    kind = kind_of(type_)
    if kind in ("char", "string"):
        text = data.decode("latin-1")
    elif kind in ("wchar", "wstring"):
        text = "".join(chr(data[i] | data[i + 1] << 8) for i in range(0, len(data), 2))
    else:
        return data
    return text[: type_.length].partition("\0")[0] if isinstance(type_, StringType) else text


def unfit(type_: Type, value: Any) -> str:
    """Why a value cannot be written as that type, or ""."""
    match type_:
        case StringType() | Elementary(kind="char" | "wchar"):
            return _unfit_text(type_, value)
        case Elementary(kind="real", size=4) if isinstance(value, (int, float)):
            return "" if _is_single(value) else f"{value} is beyond {type_}"
        case EnumType(values=values) if isinstance(value, int):
            names = ", ".join(type_.spelling.values())
            return "" if value in values.values() else f"{value} is not a value of {type_} ({names})"
        case SubrangeType(lower=low, upper=high) | Elementary(lowest=low, highest=high) if isinstance(
            value, int
        ):
            return "" if low <= value <= high else f"{value} is not a value of {type_} ({low} to {high})"
    if isinstance(value, bytes) and len(value) != type_.size:
        return f"{type_} has {type_.size} bytes, not {len(value)}"
    return ""


def _is_single(value: float) -> bool:
    try:
        _REAL[4].pack(value)
    except OverflowError:
        return False
    return True


def _unfit_text(type_: Type, value: Any) -> str:
    if not isinstance(value, str):
        return ""
    most = type_.length if isinstance(type_, StringType) else 1
    if len(value) > most or (len(value) < most and not isinstance(type_, StringType)):
        return f"{value!r} has {len(value)} characters, {type_} {'up to ' if most > 1 else ''}{most}"
    first, last = (
        int(isinstance(type_, StringType)),
        0xFFFF if kind_of(type_) in ("wchar", "wstring") else 0xFF,
    )
    wrong = next((one for one in value if not first <= ord(one) <= last), "")
    return f"{type_} cannot hold the character {wrong!r}" if wrong else ""


def encode(type_: Type, value: Any) -> bytes:
    """The bytes of a value, exactly as long as the type."""
    number = _number(type_)
    if number is not None:
        return number.pack(math.nan if value != value else value)
    if isinstance(value, bytes):
        return value
    width = 2 if kind_of(type_) in ("wchar", "wstring") else 1
    data = b"".join(ord(c).to_bytes(width, "little") for c in value)
    return data.ljust(type_.size, b"\0")


def write(memory: bytearray | memoryview, address: int, type_: Type, value: Any) -> None:
    """Replace the value at `address`."""
    memory[address : address + type_.size] = encode(type_, value)
