"""Members of structures that say where they lie: within the structure (`length AT %B2`), or at an input or output of
each variable (`ready AT %I*`).

`%X2.3` is bit 3 of byte 2, `%B5` byte 5; `%W2`, `%D2`, `%L2` count in units of 2, 4 and 8 bytes. The letter says where
a member begins, its type how large it is. Members that say nothing follow the others.
"""

import re

from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink
from sortyard.plc.source import Span
from sortyard.plc.symbols import Scope
from sortyard.plc.types import (
    BOOL,
    MAX_SIZE,
    ArrayType,
    BlockType,
    Field,
    InterfaceType,
    RefType,
    StructType,
    Type,
)

_WITHIN = re.compile(r"%([XBWDL]?)([0-9]+)(?:\.([0-9]+))?$")
_UNIT = {"": 0, "X": 0, "B": 1, "W": 2, "D": 4, "L": 8}


def add_member(
    struct: StructType, name: t.Name, address: str | None, type_: Type, init: t.Expr | None, scope: Scope
) -> None:
    """Append a member to a structure, where its address says; what is wrong with that is told."""
    sink = scope.project.sink
    if address is None:
        struct.add(name.text, type_, init, scope)
    elif address[1] in "IQM":
        if not address.endswith("*"):
            hint = f"write AT %{address[1]}*, or AT %B0 for a place within the structure"
            sink.tell("SY1318", name.span, f"{address} would be one place for all such structures", hint)
        member = struct.add(name.text, RefType(type_, "REFERENCE"), None, scope)
        member.address, member.place_init = address, init
    else:
        struct.is_relative = True
        struct.add(name.text, type_, init, scope, _place(sink, name.span, address, type_))


def _place(sink: Sink, span: Span, address: str, type_: Type) -> tuple[int, int] | None:
    found = _WITHIN.match(address)
    unit = _UNIT[found[1]] if found is not None else 0
    if found is None or (unit and found[3] is not None) or (not unit and type_ is not BOOL):
        hint = "%X2.3 is a bit for a BOOL; %B2, %W2, %D2, %L2 begin at a byte"
        sink.tell("SY1318", span, f"{address} is no place for {type_} in a structure", hint)
        return None
    number = int(found[2])
    if unit:
        byte, bit = number * unit, -1
    else:
        byte, bit = (number, int(found[3])) if found[3] is not None else divmod(number, 8)
    if bit > 7 or byte + type_.size > MAX_SIZE:
        sink.tell("SY1318", span, f"{address} is out of range", f"bits 0 to 7, bytes below {MAX_SIZE}")
        return None
    if byte % type_.align and not is_data(type_):
        message = f"{type_} does not lie at {address}: it begins at a multiple of {type_.align} bytes"
        sink.tell("SY1318", span, message, "choose another place")
        return None
    return byte, bit


def is_data(type_: Type) -> bool:
    """True for what can be read byte by byte: nothing refers to it or into it."""
    match type_:
        case ArrayType(element=element):
            return is_data(element)
        case StructType(fields=fields):
            return all(is_data(field.type) for field in fields.values())
    return not isinstance(type_, (BlockType, InterfaceType, RefType))


def check_members(struct: StructType, spec: t.StructSpec, sink: Sink) -> None:
    """Tell members that lie on each other in a structure that is not OVERLAP, and first contents in one that is."""
    if not struct.is_relative:
        return
    rows = {name.key: (name, decl) for decl in spec.fields for name in decl.names}
    if not struct.is_union:
        before, end = None, 0
        for field in sorted(struct.fields.values(), key=_bits):
            start, last = _bits(field)
            if before is not None and start < end:
                span = rows[field.name.upper()][0].span
                hint = "move one of them, or write STRUCT OVERLAP"
                sink.tell("SY1321", span, f"{field.name} and {before.name} lie on each other", hint)
            if last > end:
                before, end = field, last
        return
    for name, decl in rows.values():
        if decl.init is not None:
            hint = "assign it when the program starts"
            sink.tell("SY1321", name.span, f"{name.text} overlaps others and has no initial value", hint)


def _bits(field: Field) -> tuple[int, int]:
    """The first bit of a member, and the one behind its last."""
    if field.bit >= 0:
        return 8 * field.offset + field.bit, 8 * field.offset + field.bit + 1
    return 8 * field.offset, 8 * (field.offset + field.type.size)
