"""`target ?= source`, and __QUERYINTERFACE and __QUERYPOINTER of CODESYS, which also say whether it led anywhere: each
call of them is one of a function made for its two types.
"""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import all_interfaces, descendants, implementers, is_abstract, lineage
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_enabled import made_function
from sortyard.plc.lower_places import refer
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import BOOL, UDINT, BlockType, InterfaceType, RefType, Type

if TYPE_CHECKING:
    from sortyard.plc.lower_call import CallLowerer
    from sortyard.plc.lower_objects import ObjectLowerer

QUERIES = ("__QUERYINTERFACE", "__QUERYPOINTER")


def query_call(lowerer: "CallLowerer", node: t.Call, name: str) -> ir.Expr:
    """`__QUERYINTERFACE(source, target)`: TRUE, and `target` set, if the object behind `source` has its type; else
    `target` is NULL."""
    if len(node.arguments) != 2:
        lowerer.sink.tell("SY1406", node.span, f"{name} takes two arguments", f"{name}(source, target)")
        return unknown(node.span)
    value = lowerer.expr(node.arguments[0].value)
    target = lowerer.target(node.arguments[1].value)
    if is_unknown(value) or not isinstance(target, ir.Place):
        return unknown(node.span)
    wanted = InterfaceType if name == "__QUERYINTERFACE" else RefType
    if not isinstance(value.type, InterfaceType) or not isinstance(target.type, wanted):
        what = "an interface" if wanted is InterfaceType else "a pointer to a block"
        hint = "declare the variables with these types"
        lowerer.sink.tell("SY1315", node.span, f"{name} takes an interface and {what}", hint)
        return unknown(node.span)
    refer(target)
    pou = _function(lowerer, node, value.type, target.type)
    lowerer.calls.setdefault(pou, node.span)
    given, found = pou.variables["SOURCE"], pou.variables["TARGET"]
    return ir.Call(BOOL, node.span, pou, None, [(given, value)], [(found, target)], [])


def _function(lowerer: "CallLowerer", node: t.Call, source: Type, target: Type) -> Pou:
    """`target ?= source; result := target <> NULL;`"""
    span = node.span
    pou = made_function(lowerer, "__QUERY", BOOL, node.span)
    pou.variables["SOURCE"] = Variable("SOURCE", span, source, "VAR_INPUT", scope=pou.scope)
    pou.variables["TARGET"] = Variable(
        "TARGET", span, target, "VAR_IN_OUT", scope=pou.scope, by_reference=True
    )
    lay_out(pou)
    names = {name: t.NameRef(span, 1, name) for name in ("SOURCE", "TARGET", pou.name)}
    is_found = t.Binary(span, 2, "NE", names["TARGET"], t.Literal(span, 1, "null", 0))
    pou.decl.body += [
        t.Assign(span, "ATTEMPT", names["TARGET"], names["SOURCE"]),
        t.Assign(span, "ASSIGN", names[pou.name], is_found),
    ]
    return pou


def attempt(lowerer: "ObjectLowerer", node: t.Assign) -> ir.Stmt | None:
    """`target ?= source`: NULL if the object behind `source` is not what `target` may hold."""
    target, source = lowerer.target(node.target), lowerer.place(node.value)
    if not isinstance(target, ir.Place) or not isinstance(source, ir.Place):
        return None
    if isinstance(target.type, (InterfaceType, RefType)):
        match source.type:
            case InterfaceType(pou=interface):
                return _by_interface(lowerer, node.span, target, source, interface)
            case RefType(target=BlockType(has_type_id=True) as block):
                return _by_reference(lowerer, node.span, target, source, block)
    what = "?= gives an interface or a reference to an object to another one"
    lowerer.sink.tell("SY1701", node.span, what, "use := for everything else")
    return None


def _by_interface(
    lowerer: "ObjectLowerer", span: Span, target: ir.Place, source: ir.Place, interface: Pou
) -> ir.Stmt:
    """By the kind of object that an interface leads to."""
    value: ir.Expr = ir.Load(target.type, span, source)
    if isinstance(target.type, RefType):
        value = ir.Convert(target.type, span, ir.ReadPart(UDINT, span, source, 0, 32))
    number = ir.ReadPart(UDINT, span, source, 32, 32)
    return _by_kind(span, target, value, number, implementers(lowerer.project, interface))


def _by_reference(
    lowerer: "ObjectLowerer", span: Span, target: ir.Place, source: ir.Place, block: BlockType
) -> ir.Stmt:
    """By the kind of object that lies behind a reference."""
    reference = lowerer.load(source, span)
    found = ir.Place("pointer", 0, block, span, reference)
    number = lowerer.type_id(found, span)
    value: ir.Expr = ir.Convert(target.type, span, reference)
    if isinstance(target.type, InterfaceType):
        value = ir.InterfaceOf(target.type, span, found, number)
    units = [unit for unit in descendants(block.pou) if not is_abstract(unit)]
    is_null = ir.Binary(BOOL, span, "EQ", reference, ir.Const(reference.type, span, 0))
    nothing = ir.Store(span, target, ir.Const(target.type, span, 0))
    return ir.If(span, [(is_null, [nothing])], [_by_kind(span, target, value, number, units)])


def _by_kind(span: Span, target: ir.Place, value: ir.Expr, number: ir.Expr, units: list[Pou]) -> ir.Stmt:
    """The value where `number` is that of a unit that `target` may hold, else NULL."""
    if isinstance(target.type, InterfaceType):
        fitting = [unit for unit in units if target.type.pou in all_interfaces(unit)]
    else:
        kind = target.type.target if isinstance(target.type, RefType) else None
        fitting = [unit for unit in units if isinstance(kind, BlockType) and kind.pou in list(lineage(unit))]
    nothing = ir.Store(span, target, ir.Const(target.type, span, 0))
    ranges = [(unit.type_id, unit.type_id) for unit in fitting]
    if not ranges:
        return nothing
    return ir.Case(span, number, [(ranges, [ir.Store(span, target, value)])], [nothing])
