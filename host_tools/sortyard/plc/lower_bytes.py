"""TO_BIG_ENDIAN and its like, and shifts of signed numbers: calls of the library's functions in bytes.st, shift.st."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc.lower_convert import Converter
from sortyard.plc.source import Span
from sortyard.plc.standard import STANDARD
from sortyard.plc.types import DINT, ELEMENTARY, LTIME, TIME, Type, kind_of, plain

if TYPE_CHECKING:
    from sortyard.plc.lower_standard import StandardLowerer

NAMES = frozenset({"TO_BIG_ENDIAN", "FROM_BIG_ENDIAN", "TO_LITTLE_ENDIAN", "FROM_LITTLE_ENDIAN"})
SHIFTS = frozenset({"SHL", "SHR", "ROL", "ROR"})
_BITS_OF_SIZE = {1: "BYTE", 2: "WORD", 4: "DWORD", 8: "LWORD"}


def in_order(
    name: str, value: ir.Expr, convert: Converter, unit: Callable[[str, list[ir.Expr]], ir.Expr]
) -> ir.Expr:
    """The value as it is, the image being little-endian, or with its bytes swapped; `unit` calls the library."""
    type_ = plain(value.type)
    if "LITTLE" in name or type_.size == 1:
        return value
    bits = _BITS_OF_SIZE[type_.size]
    if type_ is TIME:
        value = convert.explicit(value, LTIME)  # TIME as a number counts milliseconds
    swapped = unit(f"SWAP__{bits}", [convert.explicit(value, ELEMENTARY[bits])])
    return convert.explicit(convert.explicit(swapped, plain(value.type)), type_)


def why_not(type_: Type) -> str:
    """What to write for a value whose bytes these functions do not take: some would not be a value of its type."""
    if kind_of(type_) == "real":
        return f"take its bits: {plain(type_)}_TO_{_BITS_OF_SIZE[type_.size]}(...)"
    return "convert it to a number or bits, or take one member after the other"


def shifted(lowerer: "StandardLowerer", name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
    """A signed number shifted as CODESYS and TwinCAT do it: its bits, but SHR keeps the sign."""
    value, n = values
    type_, explicit = plain(value.type), lowerer.convert.explicit
    if name == "SHR":
        return lowerer.unit_of_library(f"SHR__{type_}", [value, explicit(n, DINT)], span)
    bits = ELEMENTARY[_BITS_OF_SIZE[type_.size]]
    function = STANDARD[name].function
    assert function is not None
    found = lowerer.fold(ir.Intrinsic(bits, span, name, function, [explicit(value, bits), n]))
    return explicit(found, type_)
