"""`gate.Open().Wait(T#1s)`: a method of the object behind the interface that another call yields.

The object is asked for once: the call is one of a function made for it, which has the interface as an input.
"""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import find_method
from sortyard.plc.diagnostics import nearest
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_enabled import made_function, pass_on
from sortyard.plc.symbols import Variable
from sortyard.plc.types import VOID, InterfaceType

if TYPE_CHECKING:
    from sortyard.plc.lower_objects import ObjectLowerer


def chained_call(lowerer: "ObjectLowerer", node: t.Call, callee: t.Member) -> ir.Expr:
    """The call of a method of what the call before its dot yields."""
    found = lowerer.expr(callee.base)
    if is_unknown(found):
        return found
    if not isinstance(found.type, InterfaceType):
        hint = "store it in a variable first"
        lowerer.sink.tell("SY1208", callee.base.span, f"this is a value of {found.type}, no object", hint)
        return unknown(node.span)
    method = find_method(found.type.pou, callee.name.key)
    if method is None:
        names = [m.decl.name.text for m in found.type.pou.methods.values()]
        message = f"{found.type} has no method {callee.name.text}"
        lowerer.sink.tell("SY1401", callee.name.span, message, nearest(callee.name.text, names))
        return unknown(node.span)
    lowerer.project.declare(method)
    result = method.result.type if method.result is not None else VOID
    pou = made_function(lowerer, f"{method.name.replace('.', '__')}__OF".upper(), result, node)
    call = ir.Call(result, node.span, pou, None, [], [], [])
    name = t.NameRef(callee.base.span, 1, "OBJECT__")
    pou.variables[name.key] = Variable(name.text, name.span, found.type, "VAR_INPUT", scope=pou.scope)
    call.inputs.append((pou.variables[name.key], found))
    passed = [pass_on(lowerer, pou, call, argument) for argument in node.arguments]
    inner = t.Call(node.span, node.depth, t.Member(callee.span, 2, name, callee.name), passed)
    if method.result is None:
        del pou.variables[pou.name]
        pou.result = None
        pou.decl.body.append(t.CallStatement(node.span, inner))
    else:
        pou.decl.body.append(t.Assign(node.span, "ASSIGN", t.NameRef(node.span, 1, pou.name), inner))
    lay_out(pou)
    lowerer.calls.setdefault(pou, node.span)
    return call
