"""What is done before the first scan: initial values that are not constant, and FB_Init of the vendors' blocks.

A unit whose variables need it has a method `__START`, made here, and so has the whole program (start.py runs that one).
It goes through the variables in the order of their declarations, those of the base first. For a variable that holds a
block come the block's own `__START`, then FB_Init of its bases from the oldest on, its own FB_Init with the arguments
of the declaration, and at last the values that the declaration gives to the block's inputs.
Variables that live for one call get the same at the start of the unit's body.
"""

from collections.abc import Iterator

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import FB_INIT, SET, find_method
from sortyard.plc.diagnostics import nearest
from sortyard.plc.hints import too_many
from sortyard.plc.image import Instance
from sortyard.plc.layout import lay_out
from sortyard.plc.lower_places import Part, block_variable, member_of, refer
from sortyard.plc.lower_stmt import StatementLowerer
from sortyard.plc.source import Span
from sortyard.plc.start_needs import has_init, is_dynamic, needs_start, sets_property, starts_itself
from sortyard.plc.symbols import Pou, Project, Scope, Variable
from sortyard.plc.types import VOID, ArrayType, BlockType, RefType, StructType, lineage

MAX_VALUES = 10_000
"""Initial values of one variable that are not constant."""
_FLAGS = {"BINITRETAINS": 1, "BINCOPYCODE": 0}
"""What FB_Init is told of a first start: retained variables have their initial values, nothing was moved."""


def start_of(pou: Pou) -> Pou | None:
    """The method `__START` of a unit with data; None if its variables need none."""
    assert pou.type is not None
    if pou.start is None and starts_itself(pou):
        pou.start = _empty(f"{pou.name}.__START", "METHOD", pou.decl.name.span, pou.scope)
        pou.start.owner = pou
        own = _Starter(pou.start)
        pou.start.body = [*own.base(pou), *own.variables(list(pou.variables.values()), pou.scope)]
    return pou.start


def start_of_project(project: Project, instances: list[Instance]) -> Pou | None:
    """The function that starts global variables and programs, in the order of the sources; None if none needs it."""
    shared = [v for v in project.globals.values() if v.storage == "image"]
    if not any(needs_start(v) for v in [*shared, *project.statics]) and not any(
        starts_itself(instance.pou) for instance in instances
    ):
        return None
    span = next(iter([*shared, *instances])).span
    start = _empty("__START", "FUNCTION", span, Scope(project))
    starter = _Starter(start)
    start.body = [*starter.variables(shared, None), *starter.variables(project.statics, None)]
    for instance in instances:
        assert instance.pou.type is not None
        place = ir.Place("image", instance.offset, instance.pou.type, instance.span)
        start.body += starter.block(starter.lowerer, place, instance.span, [])
    return start


def start_locals(pou: Pou, lowerer: StatementLowerer) -> list[ir.Stmt]:
    """Statements before a body's own: what the variables of one call need."""
    own = [v for v in pou.work if not v.by_reference]
    return list(_Starter(pou, lowerer).variables(own, pou.scope)) if any(map(needs_start, own)) else []


def _empty(name: str, kind: str, span: Span, scope: Scope) -> Pou:
    """A unit without variables whose body is made here."""
    decl = t.PouDecl(span, kind, t.Name(span, name), frozenset(), None, [], [], [], [], [], [], [])
    pou = Pou(name, kind, decl, scope, scope.is_library)
    pou.scope = scope.inside(pou)
    pou.declared = True
    lay_out(pou)
    return pou


class _Starter:
    """Makes the statements of one unit."""

    def __init__(self, unit: Pou, lowerer: StatementLowerer | None = None) -> None:
        self.unit = unit
        self.lowerer = lowerer or StatementLowerer(unit.scope)
        self.project = unit.scope.project
        self.left = MAX_VALUES

    def base(self, pou: Pou) -> Iterator[ir.Stmt]:
        """The base's own variables, in the same object."""
        start = start_of(pou.base) if pou.base is not None else None
        if start is not None:
            assert pou.type is not None
            yield self._run(start, ir.Place("self", 0, pou.type, pou.decl.name.span), pou.decl.name.span)

    def variables(self, variables: list[Variable], scope: Scope | None) -> Iterator[ir.Stmt]:
        """Those that are declared in `scope`; None: all, each in its own."""
        for variable in variables:
            is_own = variable.scope is scope or scope is None
            if is_own and not variable.by_reference and needs_start(variable):
                yield from self._variable(variable)

    def _variable(self, variable: Variable) -> Iterator[ir.Stmt]:
        assert variable.scope is not None
        lowerer = self._in(variable.scope)
        place = lowerer.variable_place(variable, variable.span)
        yield from self._parts(lowerer, place, iter(variable.given), variable)
        self.left = MAX_VALUES
        if variable.init is not None:
            yield from self._values(lowerer, place, variable.init, False)

    def _in(self, scope: Scope) -> StatementLowerer:
        """A lowerer for what is written there; calls count as this unit's."""
        if scope is self.lowerer.scope or (self.unit.owner is not None and scope.pou is self.unit.owner):
            return self.lowerer
        lowerer = StatementLowerer(scope)
        lowerer.calls = self.lowerer.calls
        return lowerer

    # ---- blocks ----

    def _parts(
        self,
        lowerer: StatementLowerer,
        place: ir.Place,
        given: Iterator[list[t.Argument]],
        variable: Variable,
    ) -> Iterator[ir.Stmt]:
        """Every block within a variable; members of structures that have initial values of their own."""
        type_ = place.type
        if isinstance(type_, ArrayType) and (needs_start(type_.element) or variable.given):
            for i in range(type_.count):
                part = place.member(i * type_.element.size, type_.element, place.span)
                yield from self._parts(lowerer, part, given, variable)
        elif isinstance(type_, StructType):
            for field in type_.fields.values():
                part = member_of(place, field, place.span)
                if isinstance(part, ir.Place) and needs_start(field.type):
                    yield from self._parts(lowerer, part, iter([]), variable)
                if field.init is not None:
                    yield from self._values(self._in(field.scope), part, field.init, False)
        elif isinstance(type_, BlockType):
            arguments = next(given, variable.given[0] if len(variable.given) == 1 else [])
            yield from self.block(lowerer, place, variable.span, arguments)
            variable.is_called = variable.is_called or has_init(type_)

    def block(
        self, lowerer: StatementLowerer, place: ir.Place, span: Span, arguments: list[t.Argument]
    ) -> Iterator[ir.Stmt]:
        """The block at a place: its own variables, then FB_Init of its bases and its own."""
        assert isinstance(place.type, BlockType)
        pou = place.type.pou
        refer(place)
        start = start_of(pou)
        if start is not None:
            yield self._run(start, place, span)
        inits = _inits(pou)
        named = self._named(pou, inits, arguments)
        for init in inits:
            rows = [a for a in named if a.name is None or a.name.key in init.variables or init is inits[-1]]
            flags = [_flag(span, name, value) for name, value in _FLAGS.items() if name in init.variables]
            node = t.Call(span, 1, t.NameRef(span, 1, init.name), [*flags, *rows])
            yield ir.Evaluate(span, lowerer.unit_call(node, init, place))
        if inits:
            self._check_given(inits[-1], named, span)

    def _run(self, start: Pou, place: ir.Place, span: Span) -> ir.Stmt:
        self.lowerer.calls.setdefault(start, span)
        return ir.Evaluate(span, ir.Call(VOID, span, start, place, [], [], []))

    def _named(self, pou: Pou, inits: list[Pou], arguments: list[t.Argument]) -> list[t.Argument]:
        """Arguments with the names of parameters, those that were given by position too."""
        sink, own = self.unit.scope.sink, _own_parameters(inits[-1]) if inits else []
        if not arguments:
            return []
        span = arguments[0].span.to(arguments[-1].span)
        if self.project.is_strict:
            hint = "write := (input := value), or use --dialect codesys"
            sink.tell("SY1307", span, "arguments of a declaration are not in the standard", hint)
            return []
        if not inits:
            hint = f"write x : {pou.name} := (input := value), or a METHOD FB_Init"
            sink.tell("SY1406", span, f"{pou.name} takes no arguments: it has no FB_Init", hint)
            return []
        if len(arguments) > len(own):
            message = too_many(f"FB_Init of {pou.name}", len(own))
            sink.tell("SY1406", span, message, "remove the rest")
            return []
        return [
            argument
            if argument.name is not None
            else t.Argument(argument.span, _name(own[i]), argument.value)
            for i, argument in enumerate(arguments)
        ]

    def _check_given(self, init: Pou, named: list[t.Argument], span: Span) -> None:
        given = {a.name.key for a in named if a.name is not None}
        for variable in _own_parameters(init):
            if variable.name.upper() not in given and variable.init is None and not self.project.is_strict:
                hint = f"write ({variable.name} := ...) behind the type"
                self.unit.scope.sink.tell("SY1405", span, f"{init.name} needs {variable.name}", hint)

    # ---- values ----

    def _values(
        self, lowerer: StatementLowerer, place: ir.Place | Part, node: t.Expr, with_constants: bool
    ) -> Iterator[ir.Stmt]:
        """Stores of the values within an initial value that are not constant, or of all."""
        type_ = place.type
        with_constants = with_constants or has_init(type_)  # they come after FB_Init
        has_property = sets_property(type_, node)
        if not with_constants and not has_property and not is_dynamic(node, lowerer.scope):
            return
        if isinstance(place, Part):
            yield from self._stored(lowerer, place, node)
        elif isinstance(node, t.ArrayInit) and isinstance(type_, ArrayType):
            for i, value in self._elements(node, type_.count):
                part = place.member(i * type_.element.size, type_.element, place.span)
                yield from self._values(lowerer, part, value, with_constants)
        elif isinstance(node, t.StructInit) and isinstance(type_, (StructType, BlockType)):
            for name, value in node.fields:
                if has_property and isinstance(type_, BlockType):
                    setter = find_method(type_.pou, SET + name.key)
                    if setter is not None:
                        yield lowerer.set_value(place, setter, value)
                        continue
                part = self._member(lowerer, place, name)
                if part is not None:
                    yield from self._values(lowerer, part, value, with_constants)
        else:
            yield from self._stored(lowerer, place, node)

    def _stored(self, lowerer: StatementLowerer, place: ir.Place | Part, node: t.Expr) -> Iterator[ir.Stmt]:
        stored = self._value(lowerer, place, node)
        if stored is not None:
            yield stored

    def _elements(self, node: t.ArrayInit, count: int) -> Iterator[tuple[int, t.Expr]]:
        """Index, counted from 0, and value of what stands in brackets, as far as it is not much too much."""
        at = 0
        for repetition, values in node.items:
            for turn in range(min(repetition, MAX_VALUES + 1) if values else 0):
                for i, value in enumerate(values):
                    if at + turn * len(values) + i < count:
                        yield at + turn * len(values) + i, value
            at += repetition * max(1, len(values))

    def _member(self, lowerer: StatementLowerer, place: ir.Place, name: t.Name) -> ir.Place | Part | None:
        if isinstance(place.type, BlockType):
            variable = place.type.pou.variables.get(name.key)
            if variable is not None and variable.storage in ("instance", "retain"):
                return block_variable(place, variable, name.span)
            known = [v.name for v in place.type.pou.variables.values()]
        else:
            assert isinstance(place.type, StructType)
            field = place.type.fields.get(name.key)
            if field is not None:
                return member_of(place, field, name.span)
            known = [f.name for f in place.type.fields.values()]
        hint = nearest(name.text, known)
        lowerer.sink.tell("SY1310", name.span, f"{place.type} has no member {name.text}", hint)
        return None

    def _value(self, lowerer: StatementLowerer, place: ir.Place | Part, node: t.Expr) -> ir.Stmt | None:
        self.left -= 1
        if self.left == 0:
            hint = "assign them in a loop"
            lowerer.sink.tell("SY1610", node.span, f"more than {MAX_VALUES} values are not constant", hint)
        if self.left <= 0:
            return None
        if isinstance(place, ir.Place) and isinstance(place.type, RefType) and place.type.kind == "REFERENCE":
            return lowerer.bind(place, node, node.span)
        value = lowerer.expr(node, place.type)
        is_address = isinstance(value, (ir.AddressOf, ir.InterfaceOf, ir.Const))
        if lowerer.scope.is_strict and not is_address:
            hint = "use constants, REF of a variable, or --dialect codesys"
            lowerer.sink.tell("SY1609", node.span, "an initial value is known before the program runs", hint)
            return None
        return lowerer.store(place, value, node.span)


def _inits(pou: Pou) -> list[Pou]:
    """FB_Init of the unit and its bases, the oldest first; in the standard it is a method like any other."""
    if pou.scope.is_strict:
        return []
    found = [step.methods[FB_INIT] for step in reversed(list(lineage(pou))) if FB_INIT in step.methods]
    for init in found:
        pou.scope.project.declare(init)
    return found


def _own_parameters(init: Pou) -> list[Variable]:
    found = init.parameters("VAR_INPUT", "VAR_IN_OUT")
    return [v for v in found if v.name.upper() not in _FLAGS]


def _name(variable: Variable) -> t.Name:
    return t.Name(variable.span, variable.name)


def _flag(span: Span, name: str, value: int) -> t.Argument:
    return t.Argument(span, t.Name(span, name), t.Literal(span, 1, "bool", value))
