"""Shift and rotate, and the order of bytes. The count may be anything: shifts by the width or more give 0, rotations
go round. A negative count counts as 0.

The image is little-endian, so the functions for that order change nothing, those for the other one swap bytes
(library/bytes.st).
"""

from collections.abc import Callable
from typing import Any

from sortyard.plc.types import Elementary, Type, plain

TABLE = """
    SHL(IN T:ANY_BIT, N ANY_INT) T
    SHR(IN T:ANY_BIT, N ANY_INT) T
    ROL(IN T:ANY_BIT, N ANY_INT) T
    ROR(IN T:ANY_BIT, N ANY_INT) T
    IS_VALID_BCD(IN ANY_BIT) BOOL
    TO_BIG_ENDIAN(IN T:ANY_BYTES) T
    FROM_BIG_ENDIAN(IN T:ANY_BYTES) T
    TO_LITTLE_ENDIAN(IN T:ANY_BYTES) T
    FROM_LITTLE_ENDIAN(IN T:ANY_BYTES) T
"""


def _bits(type_: Type) -> int:
    base = plain(type_)
    assert isinstance(base, Elementary)
    return base.bits


def _shl(type_: Type, value: int, n: int) -> int:
    bits = _bits(type_)
    value &= (1 << bits) - 1
    return (value << n) & ((1 << bits) - 1) if 0 <= n < bits else (value if n < 0 else 0)


def _shr(type_: Type, value: int, n: int) -> int:
    bits = _bits(type_)
    value &= (1 << bits) - 1
    return value >> n if 0 <= n < bits else (value if n < 0 else 0)


def _rol(type_: Type, value: int, n: int) -> int:
    bits = _bits(type_)
    turn = max(n, 0) % bits
    return ((value << turn) | (value >> (bits - turn))) & ((1 << bits) - 1)


def _ror(type_: Type, value: int, n: int) -> int:
    bits = _bits(type_)
    return _rol(type_, value, bits - max(n, 0) % bits)


def is_bcd(value: int) -> bool:
    """True if each group of four bits is a decimal digit."""
    return all(digit in "0123456789" for digit in f"{value:x}")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SHL": _shl,
    "SHR": _shr,
    "ROL": _rol,
    "ROR": _ror,
    "IS_VALID_BCD": lambda type_, value: int(is_bcd(value)),
}
