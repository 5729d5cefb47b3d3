"""__QUERYINTERFACE and __QUERYPOINTER of CODESYS: `target ?= source`, which also says whether it led anywhere.

Each call is one of a function made for its two types.
"""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_enabled import made_function
from sortyard.plc.lower_places import refer
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import BOOL, InterfaceType, RefType, Type

if TYPE_CHECKING:
    from sortyard.plc.lower_call import CallLowerer

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
