"""What TwinCAT and CODESYS have beside the standard: read, or refused with the reason."""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.source import Span
from sortyard.plc.types import BOOL, RefType, SubrangeType

if TYPE_CHECKING:
    from sortyard.plc.lower_standard import StandardLowerer
    from sortyard.plc.symbols import Pou, Scope

_REFUSED = {
    "__NEW": ("memory is not taken while a program runs", "declare a variable or an array of them"),
    "__DELETE": ("memory is not taken while a program runs", "remove it"),
    "JMP": ("there are no labels", "use IF, EXIT, CONTINUE or RETURN"),
    "__POUNAME": ("names are not kept on a board", "write the name as a STRING"),
    "__POSITION": ("places are not kept on a board", "write a STRING"),
    "__VARINFO": ("names are not kept on a board", "write what you need"),
}


def is_refused(sink: Sink, span: Span, name: str) -> bool:
    """True, and told, for a word of a vendor that this compiler has no use for."""
    found = _REFUSED.get(name)
    if found is not None:
        sink.tell("SY1701", span, f"{name} is not compiled: {found[0]}", found[1])
    return found is not None


def note_any_to(sink: Sink, span: Span, name: str) -> None:
    """Tell ANY_TO_INT where only the standard is read: there it is TO_INT."""
    if name.startswith("ANY_TO_"):
        hint = f"write {name.removeprefix('ANY_')}, or use --dialect codesys"
        sink.tell("SY1307", span, f"{name} is not in the standard", hint)


def is_valid_reference(lowerer: "StandardLowerer", node: t.Call) -> ir.Expr:
    """`__ISVALIDREF(r)`: whether a REFERENCE TO or a VAR_IN_OUT leads anywhere."""
    value = _reference(lowerer, node.arguments[0].value) if len(node.arguments) == 1 else None
    if value is None:
        lowerer.sink.tell("SY1315", node.span, "__ISVALIDREF takes a REFERENCE TO", "compare with NULL")
        return unknown(node.span)
    if is_unknown(value):
        return value
    return ir.Binary(BOOL, node.span, "NE", value, ir.Const(value.type, node.span, 0))


def _reference(lowerer: "StandardLowerer", node: t.Expr) -> ir.Expr | None:
    """Where a reference leads; None if it is none."""
    if lowerer.is_yielded(node):
        value = lowerer.expr(node, RefType(BOOL, "REFERENCE"))
        return value if is_unknown(value) or isinstance(value.type, RefType) else None
    place = lowerer.unfollowed(node)
    if not isinstance(place, ir.Place):
        return unknown(node.span)
    if isinstance(place.type, RefType):
        return lowerer.load(place, node.span)
    is_whole = place.variable is not None and place.variable.type is place.type
    return place.pointer if is_whole and place.variable is not None and place.variable.by_reference else None


_PARAMETERS = {
    "LEN": {"STR": "IN"},
    "LEFT": {"STR": "IN", "SIZE": "L"},
    "RIGHT": {"STR": "IN", "SIZE": "L"},
    "MID": {"STR": "IN", "LEN": "L", "POS": "P"},
    "CONCAT": {"STR1": "IN1", "STR2": "IN2"},
    "INSERT": {"STR1": "IN1", "STR2": "IN2", "POS": "P"},
    "DELETE": {"STR": "IN", "LEN": "L", "POS": "P"},
    "REPLACE": {"STR1": "IN1", "STR2": "IN2"},
    "FIND": {"STR1": "IN1", "STR2": "IN2"},
}
"""What vendors call the parameters of string functions."""
_WIDE = frozenset(f"W{name}" for name in _PARAMETERS)
"""What vendors call the functions of WSTRING."""

_LONG_NAMES = {
    "SR": {"SET1": "S1", "RESET": "R"},
    "RS": {"SET": "S", "RESET1": "R1"},
}
"""What the standard calls inputs of its blocks besides."""
_INPUTS = {
    **_LONG_NAMES,
    "CTU": {"RESET": "R"},
    "CTD": {"LOAD": "LD"},
    "CTUD": {"RESET": "R", "LOAD": "LD"},
}
"""What vendors call inputs of standard blocks."""
_CHECKED = ("value", "lower", "upper")
"""Inputs of the functions that check subranges."""
_LIBRARIES = ("STANDARD", "STANDARD64", "SYSMEM", "TC2_STANDARD", "TC2_SYSTEM", "TC2_UTILITIES")
"""Libraries of the vendors that have what is part of the language here."""


def input_name(pou: "Pou", key: str, scope: "Scope") -> str:
    """The name here (upper case) of a block's input, whatever the standard or vendors call it besides."""
    if not pou.is_library:
        return key
    known = _LONG_NAMES if scope.is_strict else _INPUTS
    return known.get(pou.name.partition("_")[0], {}).get(key, key)


def checked_range(lowerer: "StandardLowerer", value: ir.Expr, target: SubrangeType) -> ir.Expr | None:
    """`CheckRangeSigned` and its like, where the program has them: what they yield goes to a subrange."""
    scope = lowerer.scope
    kind = "SIGNED" if target.base.kind == "int" else "UNSIGNED"
    name = f"CHECK{'L' if target.base.size == 8 else ''}RANGE{kind}"
    pou = None if scope.is_strict or scope.is_library else scope.find(lowerer.project.pous, name)
    if pou is None or pou is scope.pou:
        return None
    lowerer.project.declare(pou)
    inputs = pou.parameters("VAR_INPUT")
    if pou.result is None or len(inputs) != len(_CHECKED):
        lowerer.sink.tell(
            "SY1224", pou.decl.name.span, f"{pou.name} checks subranges", f"inputs: {', '.join(_CHECKED)}"
        )
        return None
    lowerer.calls.setdefault(pou, value.span)
    limits = [ir.Const(target.base, value.span, limit) for limit in (target.lower, target.upper)]
    given = [lowerer.convert.explicit(one, v.type) for one, v in zip([value, *limits], inputs, strict=True)]
    call = ir.Call(pou.result.type, value.span, pou, None, list(zip(inputs, given, strict=True)), [], [])
    return lowerer.convert.explicit(call, target.base)


def without_library(path: str, scope: "Scope") -> str:
    """`Tc2_Standard.CONCAT`, `Standard.TON` without the name of a vendor's library that is part of the language; the
    functions of WSTRING by their names in the standard, which are those of STRING."""
    library, _, name = path.partition(".")
    if scope.is_strict:
        return path
    short = name if name and library in _LIBRARIES else path
    return short[1:] if short in _WIDE else short


def rename(function: str, node: t.Call) -> None:
    """Give the arguments of a string function the standard's names."""
    names = _PARAMETERS.get(function, {})
    for argument in node.arguments:
        if argument.name is not None and argument.name.key in names:
            argument.name = t.Name(argument.name.span, names[argument.name.key])
