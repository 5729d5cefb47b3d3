"""TO_BIG_ENDIAN and its like: calls of the library's functions in bytes.st."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.lower_convert import Converter
from sortyard.plc.types import ELEMENTARY, plain

NAMES = frozenset({"TO_BIG_ENDIAN", "FROM_BIG_ENDIAN", "TO_LITTLE_ENDIAN", "FROM_LITTLE_ENDIAN"})
_BITS_OF_SIZE = {2: "WORD", 4: "DWORD", 8: "LWORD"}


def in_order(
    name: str, value: ir.Expr, convert: Converter, unit: Callable[[str, list[ir.Expr]], ir.Expr]
) -> ir.Expr:
    """The value as it is, the image being little-endian, or with its bytes swapped; `unit` calls the library."""
    type_ = plain(value.type)
    if "LITTLE" in name or type_.size == 1:
        return value
    bits = _BITS_OF_SIZE[type_.size]
    swapped = unit(f"SWAP__{bits}", [convert.explicit(value, ELEMENTARY[bits])])
    return convert.explicit(swapped, type_)
