"""TO_BIG_ENDIAN and its like, and shifts of signed numbers: calls of the library's functions in bytes.st, shift.st."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.conversion_names import bit_pattern
from sortyard.plc.lower_convert import Converter
from sortyard.plc.lower_places import path_of, refer
from sortyard.plc.source import Span
from sortyard.plc.standard import STANDARD
from sortyard.plc.types import DINT, ELEMENTARY, LONG_OF, Elementary, Type, kind_of, plain

if TYPE_CHECKING:
    from sortyard.plc.lower_standard import StandardLowerer

NAMES = frozenset({"TO_BIG_ENDIAN", "FROM_BIG_ENDIAN", "TO_LITTLE_ENDIAN", "FROM_LITTLE_ENDIAN"})
BIG = frozenset({"TO_BIG_ENDIAN", "FROM_BIG_ENDIAN", "BIG_ENDIAN_TO"})
LITTLE = frozenset({"TO_LITTLE_ENDIAN", "FROM_LITTLE_ENDIAN", "LITTLE_ENDIAN_TO"})
SHIFTS = frozenset({"SHL", "SHR", "ROL", "ROR"})
BITS_OF_SIZE = {1: "BYTE", 2: "WORD", 4: "DWORD", 8: "LWORD"}


def in_order(
    name: str, value: ir.Expr, convert: Converter, unit: Callable[[str, list[ir.Expr]], ir.Expr]
) -> ir.Expr:
    """The value as it is, the image being little-endian, or with its bytes swapped; `unit` calls the library."""
    type_ = plain(value.type)
    if "LITTLE" in name or type_.size == 1:
        return value
    bits = ELEMENTARY[BITS_OF_SIZE[type_.size]]
    if kind_of(type_) == "real":
        swapped = unit(f"SWAP__{bits}", [_bits_of_real(value, bits)])
        return _pattern(swapped, type_)
    # short times and dates as numbers count milliseconds or seconds
    long = ELEMENTARY[LONG_OF.get(str(type_), str(type_))]
    swapped = unit(f"SWAP__{bits}", [convert.explicit(convert.explicit(value, long), bits)])
    return convert.explicit(convert.explicit(swapped, long), type_)


def _pattern(value: ir.Expr, target: Type) -> ir.Expr:
    """REAL as its bits, and the other way round."""
    found = bit_pattern(value.type, target)
    assert found is not None
    assert found.function is not None
    if isinstance(value, ir.Const):
        return ir.Const(target, value.span, found.function(target, value.value))
    return ir.Intrinsic(target, value.span, found.name, found.function, [value])


def _bits_of_real(value: ir.Expr, bits: Elementary) -> ir.Expr:
    """The bytes of a variable as they lie there: swapped ones may be no number, and a store makes all of those one."""
    if not isinstance(value, ir.Load):
        return _pattern(value, bits)
    refer(value.place)
    return ir.Load(bits, value.span, replace(value.place, type=bits))


def store_swapped(place: ir.Place, value: ir.Expr, node: t.Expr, span: Span) -> ir.Stmt | None:
    """`r := TO_BIG_ENDIAN(x)` of REAL: its bytes as they are, whatever number they would be; None for all else."""
    if kind_of(place.type) != "real" or place.type != value.type or not isinstance(node, t.Call):
        return None
    if (path_of(node.callee) or "") not in BIG or not isinstance(value, (ir.Intrinsic, ir.Const)):
        return None
    bits = ELEMENTARY[BITS_OF_SIZE[place.type.size]]
    refer(place)
    swapped = value.operands[0] if isinstance(value, ir.Intrinsic) else _pattern(value, bits)
    return ir.Store(span, replace(place, type=bits), swapped)


def shifted(lowerer: "StandardLowerer", name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
    """A signed number shifted as CODESYS and TwinCAT do it: its bits, but SHR keeps the sign."""
    value, n = values
    type_, explicit = plain(value.type), lowerer.convert.explicit
    if name == "SHR":
        return lowerer.unit_of_library(f"SHR__{type_}", [value, explicit(n, DINT)], span)
    bits = ELEMENTARY[BITS_OF_SIZE[type_.size]]
    function = STANDARD[name].function
    assert function is not None
    found = lowerer.fold(ir.Intrinsic(bits, span, name, function, [explicit(value, bits), n]))
    return explicit(found, type_)
