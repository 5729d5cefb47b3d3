"""Objects: THIS and SUPER, methods, properties, interfaces, and which unit a call runs where several may."""

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import (
    GET,
    SET,
    descendants,
    find_method,
    implementers,
    is_abstract,
)
from sortyard.plc.diagnostics import nearest
from sortyard.plc.lower_call import CallLowerer
from sortyard.plc.lower_chain import (
    chained_call,
    chained_store,
    chained_value,
    constant_of_unit,
    followed,
    meaning_of,
    root_of,
    yields_place,
)
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_places import Part, path_of, refer
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import (
    UDINT,
    BlockType,
    InterfaceType,
    RefType,
    Type,
    has_interface,
    lineage,
)


class ObjectLowerer(CallLowerer):
    """Calls of methods and properties; objects where interfaces are wanted."""

    # ---- values ----

    def expr(self, node: t.Expr, wanted: Type | None = None) -> ir.Expr:
        root = root_of(self, node)
        if root is not None:
            return chained_value(self, node, root, wanted)
        found = self._plain_expr(node, wanted)
        is_call = isinstance(found, (ir.Call, ir.Dispatch))
        if is_call and isinstance(found.type, RefType) and not isinstance(wanted, RefType):
            return followed(self, node, found, found.type.target) if found.type.kind == "REFERENCE" else found
        return found

    def _plain_expr(self, node: t.Expr, wanted: Type | None) -> ir.Expr:
        """An expression that lies behind no call and no property."""
        constant = constant_of_unit(self, node)
        if constant is not None:
            return constant
        if isinstance(wanted, InterfaceType) and not isinstance(node, t.Call):
            found = self._as_interface(node, wanted)
            if found is not None:
                return found
        own = self.own_unit()
        if (
            isinstance(node, t.NameRef)
            and node.key == "THIS"
            and own is not None
            and not self.scope.is_strict
        ):
            assert own.type is not None
            place = self._this(own, node.span)
            return ir.AddressOf(RefType(own.type, "POINTER"), node.span, place)
        getter = self._property(node, GET)
        if getter is not None:
            return self._method_call(t.Call(node.span, node.depth + 1, node, []), *getter)
        return super().expr(node, wanted)

    def _as_interface(self, node: t.Expr, wanted: InterfaceType) -> ir.Expr | None:
        """An object as a value of an interface that it has; None if the expression is no object."""
        if isinstance(node, t.Literal) or (
            isinstance(node, t.NameRef) and node.key != "THIS" and not self._is_object(node)
        ):
            return None
        if isinstance(node, t.Member) and self._property(node, GET) is not None:
            return None
        place = self.place(node)
        if not isinstance(place, ir.Place) or not isinstance(place.type, BlockType):
            return None if place is None or isinstance(place, Part) else self.load(place, node.span)
        if not has_interface(place.type.pou, wanted.pou):
            self.sink.tell(
                "SY1227", node.span, f"{place.type} does not implement {wanted}", f"write IMPLEMENTS {wanted}"
            )
            return unknown(node.span)
        refer(place)
        if place.variable is not None:
            place.variable.is_called = True
        return ir.InterfaceOf(wanted, node.span, place, self.type_id(place, node.span))

    def _is_object(self, node: t.NameRef) -> bool:
        variable = self.scope.variable(node.key)
        return variable is not None and isinstance(variable.type, (BlockType, InterfaceType))

    # ---- what a name or member means ----

    def _property(self, node: t.Expr, kind: str) -> tuple[ir.Place, Pou, bool] | None:
        """Object, method and whether it is SUPER's, if the expression names a property."""
        own = self.own_unit()
        if isinstance(node, t.NameRef):
            if own is None or self.scope.variable(node.key) is not None or not self._has(own, node.key):
                return None
            return self._checked(self._this(own, node.span), own, kind + node.key, node, False)
        if not isinstance(node, t.Member) or path_of(node) in self.project.globals:
            return None
        base = self._object(node.base)
        if base is None or not self._has(_unit_of(base[0]), node.name.key):
            return None
        place, is_super = base
        unit = self._super(node.span) if is_super else _unit_of(place)
        return None if unit is None else self._checked(place, unit, kind + node.name.key, node, is_super)

    @staticmethod
    def _has(unit: Pou, key: str) -> bool:
        return find_method(unit, GET + key) is not None or find_method(unit, SET + key) is not None

    def _checked(
        self, place: ir.Place, unit: Pou, key: str, node: t.Expr, is_super: bool
    ) -> tuple[ir.Place, Pou, bool] | None:
        method = find_method(unit, key)
        if method is None:
            what = "read" if key.startswith(GET) else "written"
            self.sink.tell(
                "SY1228",
                node.span,
                f"{node.span.text()} cannot be {what}",
                f"write {key[:3]} in its PROPERTY",
            )
            return None
        return place, method, is_super

    def _object(self, node: t.Expr) -> tuple[ir.Place, bool] | None:
        """The object that an expression names without calling anything, and whether it is SUPER; None for the rest."""
        own = self.own_unit()
        inner = node.base if isinstance(node, t.Dereference) else node
        if isinstance(inner, t.NameRef) and inner.key in ("THIS", "SUPER"):
            return (self._this(own, node.span), inner.key == "SUPER") if own is not None else None
        found = meaning_of(self, node)
        if found.unit is None or found.is_value or found.is_behind:
            return None
        place = self.place(node)
        return (place, False) if isinstance(place, ir.Place) else None

    def own_unit(self) -> Pou | None:
        """The unit whose objects the code works on."""
        pou = self.scope.pou
        return None if pou is None else pou.owner or (pou if pou.type is not None else None)

    def is_yielded(self, node: t.Expr) -> bool:
        return isinstance(node, t.Call) or meaning_of(self, node).is_value

    def shared_variable(self, node: t.Member) -> Variable | None:
        """A variable whose name has dots: a global one in a namespace, a part of an input of any type."""
        return self._qualified_global(node) or self._part_of_any(node)

    def unit_at(self, node: t.Expr) -> Pou | None:
        """The unit that an expression names."""
        return self._unit(path_of(node))

    def _super(self, span: Span) -> Pou | None:
        own = self.own_unit()
        if own is not None and own.base is not None:
            return own.base
        self.sink.tell("SY1229", span, "SUPER needs a base", "write EXTENDS, or THIS")
        return None

    # ---- calls ----

    def call(self, node: t.Call) -> ir.Expr:
        return self._object_call(node) or super().call(node)

    def call_statement(self, node: t.Call) -> ir.Expr | None:
        found = self._object_call(node)
        if found is not None:
            return None if is_unknown(found) else found
        return super().call_statement(node)

    def _object_call(self, node: t.Call) -> ir.Expr | None:
        """A method's call, or SUPER(); None if it is neither."""
        callee, own = node.callee, self.own_unit()
        root = callee.base if isinstance(callee, t.Member) else callee
        root = root.base if isinstance(root, t.Dereference) else root
        word = root.key if isinstance(root, t.NameRef) else ""
        is_self = word in ("THIS", "SUPER")
        if is_self and own is None:
            self.sink.tell(
                "SY1229", node.span, "THIS and SUPER belong to objects", "use them in blocks and classes"
            )
            return unknown(node.span)
        if is_self and not isinstance(callee, t.Member):
            return self._body_call(node, word == "SUPER")
        if isinstance(callee, t.NameRef) and own is not None and self.scope.variable(callee.key) is None:
            method = find_method(own, callee.key)
            return (
                None if method is None else self._method_call(node, self._this(own, node.span), method, False)
            )
        if not isinstance(callee, t.Member):
            return None
        behind = root_of(self, callee)
        if behind is not None:
            return chained_call(self, node, behind)
        base = self._object(callee.base)
        if base is None:
            return None
        place, is_super = base
        unit = self._super(node.span) if is_super else _unit_of(place)
        if unit is None:
            return unknown(node.span)
        method = find_method(unit, callee.name.key)
        if method is None:
            if isinstance(place.type, BlockType) and callee.name.key in place.type.pou.variables:
                return None
            names = [m.decl.name.text for step in lineage(unit) for m in step.methods.values()]
            hint = nearest(callee.name.text, names)
            self.sink.tell("SY1401", callee.name.span, f"{unit.name} has no method {callee.name.text}", hint)
            return unknown(node.span)
        return self._method_call(node, place, method, is_super)

    def block_call(self, node: t.Call, place: ir.Place) -> ir.Expr:
        """The body of the block at a place: behind a reference, of whatever extends its type and lies there."""
        unit = _unit_of(place)
        own = place.variable
        if own is not None and own in self.project.passed and own.type is place.type:
            return self.unit_call(node, self.project.passed[own], place)
        call = self.unit_call(node, unit, place)
        if not _may_vary(place):
            return call
        targets = {one.type_id: one for one in descendants(unit) if not is_abstract(one)}
        for target in targets.values():
            self.project.declare(target)
            if len(target.parameters("VAR_IN_OUT")) > len(unit.parameters("VAR_IN_OUT")):
                return call  # nobody gives it what it needs
        for target in targets.values():
            self.calls.setdefault(target, node.span)
        return ir.Dispatch(call.type, node.span, call, self.type_id(place, node.span), targets)

    def _body_call(self, node: t.Call, is_super: bool) -> ir.Expr:
        own = self.own_unit()
        base = self._super(node.span) if is_super else own
        if own is None or base is None:
            return unknown(node.span)
        return self.unit_call(node, base, self._this(own, node.span))

    def _method_call(self, node: t.Call, place: ir.Place, method: Pou, is_super: bool) -> ir.Expr:
        """Run a method on an object: the one known here, or the one that the object's own type has."""
        self.project.declare(method)
        self._check_access(method, node.span)
        if isinstance(place.type, InterfaceType):
            return self._interface_call(node, place, method)
        if place.variable is not None:
            place.variable.is_called = True
        refer(place)
        unit = _unit_of(place)
        if is_super and is_abstract(method):
            self.sink.tell(
                "SY1226", node.span, f"{method.name} is ABSTRACT: it does nothing", "remove the call"
            )
        call = self.unit_call(node, method, place)
        if is_super or not _may_vary(place):
            return call
        return self._dispatch(call, method, descendants(unit), self.type_id(place, node.span))

    def _interface_call(self, node: t.Call, place: ir.Place, method: Pou) -> ir.Expr:
        """Behind an interface: the object that it holds."""
        assert isinstance(place.type, InterfaceType)
        units = implementers(self.project, place.type.pou)
        if not units:
            hint = f"write IMPLEMENTS {place.type}"
            self.sink.tell("SY1227", node.span, f"nothing implements {place.type}", hint)
            return unknown(node.span)
        offset = ir.ReadPart(UDINT, node.span, place, 0, 32)
        target = ir.Place("pointer", 0, _smallest(units), node.span, offset)
        call = self.unit_call(node, method, target)
        return self._dispatch(call, method, units, ir.ReadPart(UDINT, node.span, place, 32, 32))

    def _dispatch(self, call: ir.Call, method: Pou, units: list[Pou], type_id: ir.Expr) -> ir.Expr:
        """A call of whichever of the units' methods the object has; a plain one if there is only one."""
        targets = {unit.type_id: find_method(unit, method.key) for unit in units if not is_abstract(unit)}
        found = {number: target for number, target in targets.items() if target is not None}
        for target in found.values():
            self.project.declare(target)
            self.calls.setdefault(target, call.span)
        if len(set(found.values())) == 1 and method.owner is not None and method.owner.kind != "INTERFACE":
            call.pou = next(iter(found.values()))
            return call
        return ir.Dispatch(call.type, call.span, call, type_id, found)

    def _check_access(self, method: Pou, span: Span) -> None:
        """PUBLIC, and PROTECTED, PRIVATE, INTERNAL from where they allow it."""
        owner, own = method.owner, self.own_unit()
        assert owner is not None
        words = method.decl.modifiers
        default = "PUBLIC" if owner.kind == "INTERFACE" or not self.scope.is_strict else "PROTECTED"
        access = next((w for w in ("PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL") if w in words), default)
        is_heir = own is not None and any(step is owner for step in lineage(own))
        allowed = {
            "PUBLIC": True,
            "PRIVATE": own is owner,
            "PROTECTED": is_heir,
            "INTERNAL": is_heir or self.scope.namespace == owner.scope.namespace,
        }[access]
        if not allowed:
            self.sink.tell(
                "SY1230", span, f"{method.name} is {access}", "write METHOD PUBLIC to call it from here"
            )

    # ---- objects ----

    def _this(self, own: Pou, span: Span) -> ir.Place:
        assert own.type is not None
        return ir.Place("self", 0, own.type, span)

    def type_id(self, place: ir.Place, span: Span) -> ir.Expr:
        """The number of the object's own type."""
        assert isinstance(place.type, BlockType)
        if not _may_vary(place):
            return ir.Const(UDINT, span, place.type.pou.type_id)
        return ir.Load(UDINT, span, place.member(0, UDINT, span))

    # ---- assignments ----

    def set_property(self, node: t.Assign) -> ir.Stmt | None:
        """`object.name := value` of a property; None if it is not one."""
        if yields_place(self, node.target):
            return chained_store(self, node, node.target)
        setter = self._property(node.target, SET)
        if setter is None:
            root = root_of(self, node.target)
            return None if root is None else chained_store(self, node, root)
        argument = t.Argument(node.value.span, None, node.value)
        call = t.Call(node.span, 1, node.target, [argument])
        return ir.Evaluate(node.span, self._method_call(call, *setter))

    def set_value(self, place: ir.Place, setter: Pou, value: t.Expr) -> ir.Stmt:
        """The value of a property of the object at a place."""
        name = t.NameRef(value.span, 1, setter.decl.name.text)
        call = t.Call(value.span, 2, name, [t.Argument(value.span, None, value)])
        return ir.Evaluate(value.span, self._method_call(call, place, setter, False))


def _unit_of(place: ir.Place) -> Pou:
    assert isinstance(place.type, (BlockType, InterfaceType))
    return place.type.pou


def _may_vary(place: ir.Place) -> bool:
    """True if an object of a type that extends the place's may lie there."""
    assert isinstance(place.type, BlockType)
    return (
        place.base in ("pointer", "self")
        and not place.indexings
        and place.offset == 0
        and bool(place.type.pou.heirs)
    )


def _smallest(units: list[Pou]) -> BlockType:
    types = [unit.type for unit in units if unit.type is not None]
    return min(types, key=lambda type_: type_.size)
