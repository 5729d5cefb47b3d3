"""`motor.Start(speed := 5, at_speed => x)`: CODESYS gives inputs with the call of an action, and takes outputs."""

from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import find_method
from sortyard.plc.types import BlockType

if TYPE_CHECKING:
    from sortyard.plc.lower_stmt import StatementLowerer


def spread(lowerer: "StatementLowerer", node: t.Statement) -> list[t.Statement]:
    """The assignments before and behind an action's call, and the call; any other statement as it is."""
    call = node.expr if isinstance(node, t.CallStatement) else None
    if lowerer.scope.is_strict or not isinstance(call, t.Call) or not call.arguments:
        return [node]
    if not all(one.name and not one.is_negated for one in call.arguments) or not _is_action(
        lowerer, call.callee
    ):
        return [node]
    before = [_assign(call, one, False) for one in call.arguments if not one.is_output]
    behind = [_assign(call, one, True) for one in call.arguments if one.is_output]
    return [*before, t.CallStatement(node.span, t.Call(call.span, call.depth, call.callee, [])), *behind]


def _is_action(lowerer: "StatementLowerer", callee: t.Expr) -> bool:
    """True for an action of a block, or of the unit that calls it."""
    if isinstance(callee, t.NameRef):
        own = lowerer.scope.pou
        method = find_method(own.owner or own, callee.key) if own is not None else None
        return method is not None and method.decl.is_action
    if not isinstance(callee, t.Member) or not isinstance(callee.base, (t.NameRef, t.Member, t.Index)):
        return False
    if isinstance(callee.base, t.NameRef) and lowerer.scope.variable(callee.base.key) is None:
        return False
    place = lowerer.place(callee.base)
    if not isinstance(place, ir.Place) or not isinstance(place.type, BlockType):
        return False
    method = find_method(place.type.pou, callee.name.key)
    return method is not None and method.decl.is_action


def _assign(call: t.Call, argument: t.Argument, is_output: bool) -> t.Statement:
    assert argument.name is not None
    own: t.Expr = t.NameRef(argument.name.span, 1, argument.name.text)
    if isinstance(call.callee, t.Member):
        base = call.callee.base
        own = t.Member(argument.name.span, base.depth + 1, base, argument.name)
    target, value = (argument.value, own) if is_output else (own, argument.value)
    return t.Assign(argument.span, "ASSIGN", target, value, [])
