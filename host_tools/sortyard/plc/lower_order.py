"""`a := TO_BIG_ENDIAN(b);` of whole arrays and structures: a copy, then the bytes of each number in it swapped."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.lower_bytes import BIG, BITS_OF_SIZE, LITTLE
from sortyard.plc.lower_convert import is_unknown
from sortyard.plc.lower_places import member_of, path_of, refer
from sortyard.plc.source import Span
from sortyard.plc.symbols import Variable
from sortyard.plc.types import (
    BOOL,
    DINT,
    ELEMENTARY,
    ArrayType,
    Elementary,
    EnumType,
    StringType,
    StructType,
    SubrangeType,
    kind_of,
)

if TYPE_CHECKING:
    from sortyard.plc.lower_stmt import StatementLowerer


def is_whole_in_order(target: ir.Place, value: t.Expr) -> bool:
    """True for a call of such a function whose value goes to an array or structure."""
    is_group = kind_of(target.type) in ("array", "struct")
    return is_group and isinstance(value, t.Call) and (path_of(value.callee) or "") in BIG | LITTLE


def whole_in_order(lowerer: "StatementLowerer", target: ir.Place, call: t.Call, span: Span) -> ir.Stmt | None:
    """The assignment of such a call; None where something was told."""
    name = path_of(call.callee) or ""
    arguments = lowerer.arguments(call, ["IN"], name)
    if not arguments:
        if arguments is not None:
            lowerer.sink.tell("SY1406", call.span, f"{name} needs a value", f"{name}(x)")
        return None
    value = lowerer.expr(arguments[0])
    copy = None if is_unknown(value) else lowerer.store(target, value, span)
    if copy is None:
        return None
    refer(target)
    swaps = list(_swaps(lowerer, target, span)) if name in BIG else []
    return ir.If(span, [(ir.Const(BOOL, span, 1), [copy, *swaps])], [])


def _swaps(lowerer: "StatementLowerer", place: ir.Place, span: Span) -> Iterator[ir.Stmt]:
    type_ = place.type
    match type_:
        case ArrayType():
            yield from _of_elements(lowerer, place, type_, span)
        case StructType():
            for field in type_.fields.values():
                member = member_of(place, field, span)
                if isinstance(member, ir.Place):  # else a bit
                    yield from _swaps(lowerer, member, span)
        case Elementary() | EnumType() | SubrangeType() if type_.size > 1:
            bits = ELEMENTARY[BITS_OF_SIZE[type_.size]]
            own = replace(place, type=bits, indexings=list(place.indexings))
            swapped = lowerer.unit_of_library(f"SWAP__{bits}", [ir.Load(bits, span, own)], span)
            yield ir.Store(span, replace(own, indexings=list(own.indexings)), swapped)
        case _ if type_.size > 1 and not (isinstance(type_, StringType) and not type_.is_wide):
            hint = "take one member after the other"
            lowerer.sink.tell("SY1315", span, f"a {type_} within has no order of bytes", hint)


def _of_elements(
    lowerer: "StatementLowerer", place: ir.Place, array: ArrayType, span: Span
) -> Iterator[ir.Stmt]:
    counters = [_counter(lowerer, span) for _ in array.bounds]
    element = place.member(0, array.element, span)
    element.indexings.append(ir.Indexing(array, [ir.Load(DINT, span, one) for one in counters], span))
    body: list[ir.Stmt] = list(_swaps(lowerer, element, span))
    for counter, pair in reversed(list(zip(counters, array.bounds, strict=True))):
        if not body or pair is None:
            return
        first, last, step = (ir.Const(DINT, span, value) for value in (*pair, 1))
        body = [ir.For(span, counter, first, last, step, body)]
    yield from body


def _counter(lowerer: "StatementLowerer", span: Span) -> ir.Place:
    """A variable of this call that nobody sees."""
    pou = lowerer.scope.pou
    assert pou is not None
    name = f"__ORDER{len(pou.work)}"
    variable = Variable(name, span, DINT, "VAR_TEMP", scope=pou.scope, storage="work")
    variable.is_read = variable.is_written = True
    pou.variables[name] = variable
    pou.work.append(variable)
    return ir.Place("local", 0, DINT, span, variable=variable)
