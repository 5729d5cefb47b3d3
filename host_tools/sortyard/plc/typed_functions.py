"""The overloaded functions of the standard by their typed names: ADD_INT, MAX_REAL, SHL_WORD, LEN_STRING."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc.standard import OPERATOR_FUNCTIONS, STANDARD, Standard
from sortyard.plc.types import ALIASES, ELEMENTARY, StringType, Type, in_group

if TYPE_CHECKING:
    from sortyard.plc.lower_standard import StandardLowerer

_NUMBERS = dict.fromkeys(("ADD", "SUB", "MUL", "DIV"), "ANY_NUM")
_BITS = dict.fromkeys(("AND", "OR", "XOR"), "ANY_BIT")
_OPERANDS = {**_NUMBERS, **_BITS, "MOD": "ANY_INT", "EXPT": "ANY_REAL"}
"""What operators by another name take; comparisons take everything."""
_TEXTS = {"STRING": StringType(False, 1), "WSTRING": StringType(True, 1)}


@lru_cache(maxsize=2000)
def typed_function(path: str) -> tuple[str, Type] | None:
    """Function and type of a typed name (upper case), or None if there is no such pair."""
    name, _, key = path.rpartition("_")
    type_ = _TEXTS.get(key) or ELEMENTARY.get(ALIASES.get(key, key))
    if type_ is None:
        return None
    if name in OPERATOR_FUNCTIONS:
        return (name, type_) if in_group(type_, _OPERANDS.get(name, "ANY_ELEMENTARY")) else None
    standard = STANDARD.get(name)
    group = _generic(standard) if standard is not None else ""
    return (name, type_) if group and in_group(type_, group) else None


def _generic(standard: Standard) -> str:
    """The group of the parameters that the type of its name is for, or ""."""
    groups = [group for _, group in standard.parameters]
    common = next((group[2:] for group in groups if group.startswith("T:")), "")
    return common or (groups[0] if groups[0].startswith("ANY") else "")


def specialised(name: str, type_: Type) -> Standard:
    """The standard function with that type in place of the generic one; texts stay as long as they are."""
    standard = STANDARD[name]
    if isinstance(type_, StringType):
        return standard
    is_common = any(group.startswith("T:") for _, group in standard.parameters)
    rows = [
        (parameter, str(type_) if (group.startswith("T:") if is_common else i == 0) else group)
        for i, (parameter, group) in enumerate(standard.parameters)
    ]
    result = str(type_) if standard.result == "T" else standard.result
    return replace(standard, parameters=tuple(rows), result=result)


def fitted(lowerer: "StandardLowerer", name: str, type_: Type, value: ir.Expr, position: int) -> ir.Expr:
    """An operand as one of that type: a text as one of its kind; what EXPT raises to may be any number."""
    if name == "EXPT" and position:
        return value
    if isinstance(type_, StringType):
        length = value.type.length if isinstance(value.type, StringType) else 1
        type_ = StringType(type_.is_wide, length)
    return lowerer.convert.to(value, type_, name)
