"""EN and ENO of standard functions: the call becomes that of a function made for it, which EN may leave out."""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_convert import is_unknown, settle
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Scope, Variable
from sortyard.plc.types import INT_LITERAL, REAL_LITERAL, Type

if TYPE_CHECKING:
    from sortyard.plc.lower_call import CallLowerer

CONTROLS = ("EN", "ENO")


def is_controlled(node: t.Call) -> bool:
    """True if EN or ENO is given."""
    return any(a.name is not None and a.name.key in CONTROLS for a in node.arguments)


def enabled_call(lowerer: "CallLowerer", node: t.Call, path: str) -> ir.Expr:
    """The standard function `path` with EN and ENO, as those of functions in ST: without EN it yields the type's first
    value and its arguments are not looked at."""
    given = [a for a in node.arguments if a.name is None or a.name.key not in CONTROLS]
    plain = lowerer.standard_call(t.Call(node.span, node.depth, node.callee, given), path)
    if is_unknown(plain):
        return plain
    pou = made_function(lowerer, f"{path}__EN", settle(plain).type, node.span)
    call = ir.Call(settle(plain).type, node.span, pou, None, [], [], [])
    passed = [pass_on(lowerer, pou, call, argument) for argument in given]
    inner = t.Call(node.span, node.depth, node.callee, passed)
    result = t.NameRef(node.span, 1, pou.name)
    pou.decl.body.append(t.Assign(node.span, "ASSIGN", result, inner))
    lay_out(pou)
    lowerer.calls.setdefault(pou, node.span)
    for argument in node.arguments:
        if argument not in given:
            lowerer.control(call, argument)
    return call


def made_function(lowerer: "CallLowerer", stem: str, result: Type, span: Span) -> Pou:
    """An empty function with that result, made for one call; its name begins with `stem`."""
    lowerer.project.made += 1
    name = f"{stem}{lowerer.project.made}"
    own = t.Name(span, name)
    decl = t.PouDecl(span, "FUNCTION", own, frozenset(), None, [], [], [], [], [], [], [])
    scope = Scope(lowerer.project, lowerer.scope.namespace, lowerer.scope.using)
    pou = Pou(name, "FUNCTION", decl, scope)
    pou.scope = scope.inside(pou)
    pou.result = Variable(name, span, result, "RESULT", scope=pou.scope)
    pou.variables[name] = pou.result
    pou.declared = True
    return pou


def pass_on(
    lowerer: "CallLowerer", pou: Pou, call: ir.Call, argument: t.Argument, wanted: Type | None = None
) -> t.Argument:
    """Hand an argument on to a made function: as a parameter, or as it is if it is a number, which fits any type."""
    value = lowerer.expr(argument.value, wanted)
    if isinstance(value, ir.Const) and value.type in (INT_LITERAL, REAL_LITERAL):
        kind = "int" if value.type is INT_LITERAL else "real"
        return t.Argument(argument.span, argument.name, t.Literal(argument.span, 1, kind, value.value))
    value = settle(value)
    name = f"IN{len(call.inputs) + 1}__"
    variable = Variable(name, argument.span, value.type, "VAR_INPUT", scope=pou.scope)
    pou.variables[name] = variable
    call.inputs.append((variable, value))
    return t.Argument(argument.span, argument.name, t.NameRef(argument.span, 1, name))
