"""`gate.Open().Wait(T#1s)`, `line.Motor.Speed`: what lies behind the dot of a value that a call or a property yields.

The value is asked for once: the whole is one call of a function made for it, which has the value as an input.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.any_inputs import is_any, parts_of
from sortyard.plc.declare_objects import GET, SET, find_method
from sortyard.plc.diagnostics import nearest
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_enabled import CONTROLS, made_function, pass_on
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import UNKNOWN, VOID, ArrayType, BlockType, InterfaceType, RefType, StructType, Type

if TYPE_CHECKING:
    from sortyard.plc.lower_objects import ObjectLowerer

OBJECT = "OBJECT__"
"""What the made function calls the value."""


@dataclass(slots=True)
class Meaning:
    """What a chain of names, members, indices, ^ and calls is, as far as it can be said without telling anything."""

    type: Type | None = None
    is_value: bool = False
    """A call or a property yields it."""
    is_behind: bool = False
    """It lies behind such a value."""

    @property
    def target(self) -> Type | None:
        """A REFERENCE TO is its target."""
        type_ = self.type
        return type_.target if isinstance(type_, RefType) and type_.kind == "REFERENCE" else type_

    @property
    def unit(self) -> Pou | None:
        target = self.target
        return target.pou if isinstance(target, (BlockType, InterfaceType)) else None


def meaning_of(lowerer: "ObjectLowerer", node: t.Expr) -> Meaning:
    """What an expression is; `Meaning()` if it is none of these."""
    match node:
        case t.NameRef():
            return _name(lowerer, node)
        case t.Member():
            shared = lowerer.shared_variable(node)
            return Meaning(shared.type) if shared is not None else _member(lowerer, node)
        case t.Index():
            base = meaning_of(lowerer, node.base)
            array = base.target
            return Meaning(array.element, False, _is_in(base)) if isinstance(array, ArrayType) else Meaning()
        case t.Dereference():
            base = meaning_of(lowerer, node.base)
            is_this = isinstance(node.base, t.NameRef) and node.base.key in ("THIS", "SUPER")
            found = base.type.target if isinstance(base.type, RefType) else base.type if is_this else None
            return Meaning(found, False, _is_in(base))
        case t.Call():
            method = _called(lowerer, node.callee)
            return _result_of(lowerer, method) if method is not None else Meaning()
    return Meaning()


def _is_in(base: Meaning) -> bool:
    return base.is_value or base.is_behind


def _name(lowerer: "ObjectLowerer", node: t.NameRef) -> Meaning:
    own = lowerer.own_unit()
    if node.key in ("THIS", "SUPER"):
        unit = own.base if own is not None and node.key == "SUPER" else own
        return Meaning(unit.type if unit is not None else None)
    variable = lowerer.scope.variable(node.key)
    if variable is not None:
        return Meaning(variable.type)
    getter = find_method(own, GET + node.key) if own is not None else None
    return _result_of(lowerer, getter) if getter is not None else Meaning()


def _member(lowerer: "ObjectLowerer", node: t.Member) -> Meaning:
    base = meaning_of(lowerer, node.base)
    unit, target = base.unit, base.target
    getter = find_method(unit, GET + node.name.key) if unit is not None else None
    if getter is not None:
        return _result_of(lowerer, getter)
    if isinstance(target, StructType) and node.name.key in target.fields:
        return Meaning(target.fields[node.name.key].type, False, _is_in(base))
    if isinstance(target, BlockType) and node.name.key in target.pou.variables:
        return Meaning(target.pou.variables[node.name.key].type, False, _is_in(base))
    return Meaning()


def _called(lowerer: "ObjectLowerer", callee: t.Expr) -> Pou | None:
    """The function or method that a call runs."""
    if isinstance(callee, t.Member):
        unit = meaning_of(lowerer, callee.base).unit
        return find_method(unit, callee.name.key) if unit is not None else _function(lowerer, callee)
    own = lowerer.own_unit()
    method = find_method(own, callee.key) if own is not None and isinstance(callee, t.NameRef) else None
    return method or _function(lowerer, callee)


def _function(lowerer: "ObjectLowerer", callee: t.Expr) -> Pou | None:
    found = lowerer.unit_at(callee)
    return found if found is not None and found.kind == "FUNCTION" else None


def _result_of(lowerer: "ObjectLowerer", method: Pou) -> Meaning:
    lowerer.project.declare(method)
    return Meaning(method.result.type if method.result is not None else VOID, True)


def constant_of_unit(lowerer: "ObjectLowerer", node: t.Expr) -> ir.Expr | None:
    """`motor.LIMIT`, `Motor.LIMIT`: a constant of a unit, to vendors everybody's."""
    if not isinstance(node, t.Member) or lowerer.scope.is_strict:
        return None
    unit = meaning_of(lowerer, node.base).unit or lowerer.unit_at(node.base)
    variable = unit.variables.get(node.name.key) if unit is not None else None
    is_open = variable is not None and variable.access not in ("PRIVATE", "PROTECTED")
    return lowerer.constant_of(variable, node.span) if variable is not None and is_open else None


def yields_place(lowerer: "ObjectLowerer", node: t.Expr) -> bool:
    """A property that is a REFERENCE TO and has no SET: what is assigned goes to where it leads."""
    found = meaning_of(lowerer, node)
    is_reference = isinstance(found.type, RefType) and found.type.kind == "REFERENCE"
    if not found.is_value or not is_reference or not isinstance(node, (t.Member, t.NameRef)):
        return False
    is_own = isinstance(node, t.NameRef)
    owner = lowerer.own_unit() if is_own else meaning_of(lowerer, node.base).unit
    key = node.key if is_own else node.name.key
    return owner is not None and find_method(owner, SET + key) is None


def root_of(lowerer: "ObjectLowerer", node: t.Expr) -> t.Expr | None:
    """The last value in a chain that lies behind one; None for every other expression."""
    if lowerer.scope.is_strict:
        return None
    at = node
    while isinstance(at, (t.Member, t.Index, t.Dereference)):
        at = at.base
        if isinstance(at, t.Call) or meaning_of(lowerer, at).is_value:
            return at
    return None


class _Made:
    """The function made for a chain, and the call of it."""

    def __init__(
        self, lowerer: "ObjectLowerer", root: t.Expr, value: ir.Expr, result: Type, span: Span
    ) -> None:
        self.lowerer, self.root = lowerer, root
        self.pou = made_function(lowerer, "CHAIN__", result, span)
        self.object = Variable(OBJECT, root.span, value.type, "VAR_INPUT", scope=self.pou.scope)
        self.value = value
        self.call = ir.Call(result, span, self.pou, None, [], [], [])
        self.call.inputs.append((self.object, value))

    def path(self, node: t.Expr) -> t.Expr:
        """The chain with the value's name in place of the value."""
        if node is self.root:
            return t.NameRef(node.span, 1, OBJECT)
        match node:
            case t.Member():
                return t.Member(node.span, node.depth, self.path(node.base), node.name)
            case t.Dereference():
                return t.Dereference(node.span, node.depth, self.path(node.base))
            case t.Index():
                rows = [t.Argument(index.span, None, index) for index in node.indices]
                passed = [pass_on(self.lowerer, self.pou, self.call, row).value for row in rows]
                return t.Index(node.span, node.depth, self.path(node.base), passed)
        raise AssertionError(node)

    def yields(self, inner: t.Expr) -> ir.Call:
        """The call of the function, whose result is `inner`."""
        span = self.call.span
        if self.call.type is VOID:
            return self.does(t.CallStatement(span, inner))
        is_reference = isinstance(self.call.type, RefType) and self.call.type.kind == "REFERENCE"
        op = "REFASSIGN" if is_reference else "ASSIGN"
        return self.does(t.Assign(span, op, t.NameRef(span, 1, self.pou.name), inner))

    def does(self, statement: t.Statement) -> ir.Call:
        """The call of the function, which does nothing else."""
        span, pou = self.call.span, self.pou
        pou.variables[OBJECT] = self.object
        if self.call.type is VOID:
            del pou.variables[pou.name]
            pou.result = None
        pou.decl.body.append(statement)
        lay_out(pou)
        self.lowerer.calls.setdefault(pou, span)
        return self.call


def _value_of(lowerer: "ObjectLowerer", root: t.Expr) -> ir.Expr:
    """The value at the root; that of a REFERENCE TO is where it leads."""
    return lowerer.expr(root, meaning_of(lowerer, root).type)


def chained_value(lowerer: "ObjectLowerer", node: t.Expr, root: t.Expr, wanted: Type | None) -> ir.Expr:
    """What lies behind the value at `root`."""
    value = _value_of(lowerer, root)
    if is_unknown(value):
        return value
    found = meaning_of(lowerer, node)
    if found.type is None:
        if _is_told(lowerer, node):
            return unknown(node.span)
        missing = _first_missing(lowerer, node)
        owner = meaning_of(lowerer, missing.base).target or value.type
        message = f"this is a value of {owner}, which has no {_last(missing)}"
        lowerer.sink.tell("SY1310", missing.span, message, _known(owner, _last(missing)))
        return unknown(node.span)
    result = found.type if isinstance(wanted, RefType) else found.target
    made = _Made(lowerer, root, value, result or VOID, node.span)
    return made.yields(made.path(node))


def followed(lowerer: "ObjectLowerer", node: t.Expr, value: ir.Expr, target: Type) -> ir.Expr:
    """The target of a REFERENCE TO that a call or a property has yielded."""
    made = _Made(lowerer, node, value, target, node.span)
    return made.yields(made.path(node))


def chained_store(lowerer: "ObjectLowerer", node: t.Assign, root: t.Expr) -> ir.Stmt:
    """`line.Motor.Speed := 5`: of the object or variable that the value at `root` leads to."""
    value, found = _value_of(lowerer, root), meaning_of(lowerer, node.target)
    if is_unknown(value):
        return ir.Evaluate(node.span, value)
    if not isinstance(value.type, (InterfaceType, RefType)):
        hint = "store it in a variable first, and give that back"
        lowerer.sink.tell("SY1208", root.span, f"this is a value of {value.type}, no variable", hint)
        return ir.Evaluate(node.span, unknown(node.span))
    made = _Made(lowerer, root, value, VOID, node.span)
    target = made.path(node.target)
    given = pass_on(lowerer, made.pou, made.call, t.Argument(node.value.span, None, node.value), found.type)
    return ir.Evaluate(node.span, made.does(t.Assign(node.span, node.op, target, given.value)))


def chained_call(lowerer: "ObjectLowerer", node: t.Call, root: t.Expr) -> ir.Expr:
    """The call of a method of what lies at or behind the value at `root`."""
    assert isinstance(node.callee, t.Member)
    name, unit = node.callee.name, meaning_of(lowerer, node.callee.base).unit
    value = _value_of(lowerer, root)
    if is_unknown(value):
        return value
    method = find_method(unit, name.key) if unit is not None else None
    if unit is None:
        hint = "store it in a variable first"
        lowerer.sink.tell("SY1208", root.span, f"this is a value of {value.type}, no object", hint)
        return unknown(node.span)
    if method is None:
        names = [m.decl.name.text for m in unit.methods.values()]
        lowerer.sink.tell(
            "SY1401", name.span, f"{unit.name} has no method {name.text}", nearest(name.text, names)
        )
        return unknown(node.span)
    lowerer.project.declare(method)
    made = _Made(lowerer, root, value, method.result.type if method.result is not None else VOID, node.span)
    callee = made.path(node.callee)
    passed = [p for i, one in enumerate(node.arguments) if (p := _hand_on(made, method, i, one)) is not None]
    named = [t.Argument(a.span, p.name, a.value, a.is_output, a.is_negated) for a, p in passed]
    given = lowerer.unit_call(t.Call(node.span, node.depth, callee, named), made.pou, None)
    made.call.inputs += given.inputs
    made.call.references += given.references
    made.call.outputs += given.outputs
    made.call.enable, made.call.enable_out = given.enable, given.enable_out
    return made.yields(
        t.Call(node.span, node.depth, callee, [p for a, p in passed if not _controls(method, a)])
    )


def _controls(method: Pou, argument: t.Argument) -> bool:
    """EN and ENO of the call, which the method knows nothing of."""
    key = argument.name.key if argument.name is not None else ""
    return key in CONTROLS and key not in method.variables


def _hand_on(
    made: _Made, method: Pou, position: int, argument: t.Argument
) -> tuple[t.Argument, t.Argument] | None:
    """Give the made function the parameter that an argument is for, and the method that parameter."""
    if _controls(method, argument):
        return argument, argument
    order = method.parameters("VAR_INPUT", "VAR_IN_OUT") + method.parameters("VAR_OUTPUT")
    pou = made.pou
    wanted = made.lowerer.parameter(method, argument, position, order)
    if wanted is None:
        return None
    if wanted.name.upper() not in pou.variables:
        own = Variable(wanted.name, wanted.span, wanted.type, wanted.section, scope=pou.scope)
        own.by_reference, own.is_constant = wanted.by_reference, wanted.is_constant
        pou.variables[own.name.upper()] = own
        if is_any(own.type):
            own.storage, own.parts = "parts", parts_of(own)
            pou.variables.update({part.name.upper(): part for part in own.parts.values()})
    is_output = wanted.section == "VAR_OUTPUT"
    name = t.Name(argument.span, wanted.name)
    return argument, t.Argument(argument.span, name, t.NameRef(argument.span, 1, name.text), is_output)


def _is_told(lowerer: "ObjectLowerer", node: t.Expr) -> bool:
    """True if something in a chain has no known type: its declaration has been told."""
    while isinstance(node, (t.Member, t.Index, t.Dereference)):
        node = node.base
        if meaning_of(lowerer, node).type is UNKNOWN:
            return True
    return False


def _first_missing(lowerer: "ObjectLowerer", node: t.Expr) -> "t.Member | t.Index | t.Dereference":
    """The link of a chain at which its meaning is lost."""
    assert isinstance(node, (t.Member, t.Index, t.Dereference))
    while (
        isinstance(node.base, (t.Member, t.Index, t.Dereference))
        and meaning_of(lowerer, node.base).type is None
    ):
        node = node.base
    return node


def _last(node: t.Expr) -> str:
    return node.name.text if isinstance(node, t.Member) else "such part"


def _known(type_: Type, name: str) -> str:
    """The nearest name that there is."""
    if isinstance(type_, StructType):
        return nearest(name, [field.name for field in type_.fields.values()])
    if isinstance(type_, (BlockType, InterfaceType)):
        return nearest(name, [method.decl.name.text for method in type_.pou.methods.values()])
    return "store it in a variable first"
