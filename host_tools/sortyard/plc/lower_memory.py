"""MEMCPY and its like of TwinCAT (Tc2_System) and CODESYS (SysMem), on bytes of the image.

What they copy may overlap. As those of TwinCAT say, an address or a number of bytes that is 0 does nothing and yields 0
(a comparison yields 16#FF); bytes that do not lie within the image are a fault at the call.
"""

from typing import TYPE_CHECKING, NamedTuple

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.lower_convert import is_unknown, settle, unknown
from sortyard.plc.types import BYTE, UDINT, RefType, kind_of

if TYPE_CHECKING:
    from sortyard.plc.lower_standard import StandardLowerer


class Memory(NamedTuple):
    """A function of a vendor: its parameters, and the unit of library/memory.st."""

    parameters: tuple[str, str, str]
    unit: str


MEMORY = {
    "MEMCPY": Memory(("DESTADDR", "SRCADDR", "N"), "MEMORY__MOVE"),
    "MEMMOVE": Memory(("DESTADDR", "SRCADDR", "N"), "MEMORY__MOVE"),
    "MEMSET": Memory(("DESTADDR", "FILLBYTE", "N"), "MEMORY__SET"),
    "MEMCMP": Memory(("PBUF1", "PBUF2", "N"), "MEMORY__COMPARE"),
    "SYSMEMCPY": Memory(("PDEST", "PSRC", "UDICOUNT"), "MEMORY__MOVE"),
    "SYSMEMMOVE": Memory(("PDEST", "PSRC", "UDICOUNT"), "MEMORY__MOVE"),
    "SYSMEMSET": Memory(("PDEST", "UDIVALUE", "UDICOUNT"), "MEMORY__SET"),
    "SYSMEMCMP": Memory(("PBUFFER1", "PBUFFER2", "UDICOUNT"), "MEMORY__COMPARE"),
}


def memory_call(lowerer: "StandardLowerer", node: t.Call, name: str) -> ir.Expr:
    """The call of one of them."""
    memory = MEMORY[name]
    arguments = lowerer.arguments(node, list(memory.parameters), name)
    if arguments is None:
        return unknown(node.span)
    if len(arguments) < 3:
        hint = f"parameters: {', '.join(memory.parameters)}"
        lowerer.sink.tell("SY1406", node.span, f"{name} takes three arguments", hint)
        return unknown(node.span)
    values = [_whole(lowerer, value, name) for value in arguments]
    if is_unknown(*values):
        return unknown(node.span)
    if memory.unit == "MEMORY__SET":
        values[1] = lowerer.convert.explicit(values[1], BYTE)
    return lowerer.call_of_library(memory.unit, values, node.span)


def _whole(lowerer: "StandardLowerer", node: t.Expr, name: str) -> ir.Expr:
    """An address or number as an UDINT."""
    value = settle(lowerer.expr(node))
    if is_unknown(value):
        return value
    kind = kind_of(value.type)
    if kind == "ref":
        return ir.Convert(UDINT, value.span, value)
    if kind in ("int", "uint", "bits"):
        return lowerer.convert.explicit(value, UDINT)
    hint = "write ADR(variable), SIZEOF(variable) or a number"
    lowerer.sink.tell(
        "SY1315", node.span, f"{name} takes addresses and whole numbers; this is {value.type}", hint
    )
    return unknown(node.span)


def reference_to(value: ir.Expr) -> ir.Expr:
    """`__REF(offset)` of the library."""
    return ir.Convert(RefType(BYTE), value.span, value)
