"""Names and types of everything that is declared: fills a `Project` from syntax trees.

Types are resolved when they are first needed, so their order in the sources does not matter (declare_types.py).
"""

from sortyard.plc import tree as t
from sortyard.plc.any_inputs import is_any, parts_of
from sortyard.plc.declare_objects import ACCESS, check_objects, enter_members, link
from sortyard.plc.declare_types import TypeResolver, given_of
from sortyard.plc.diagnostics import nearest
from sortyard.plc.layout import lay_out
from sortyard.plc.merge_init import on_top
from sortyard.plc.resources import repeated_globals, separate
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Project, Scope, TypeEntry, Variable
from sortyard.plc.types import (
    BOOL,
    ELEMENTARY,
    INT,
    UNKNOWN,
    ArrayType,
    BlockType,
    InterfaceType,
    RefType,
    StructType,
    Type,
    kind_of,
    plain,
)

_TYPES = frozenset({"FUNCTION_BLOCK", "CLASS", "INTERFACE"})
"""Units whose names stand where a type can."""
_MOST_COMPARED = 10


class Declarer(TypeResolver):
    """Enters trees into a project and resolves what they declare."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._pending: list[tuple[t.VarDecl, list[Variable], Scope]] = []
        project.declare = self.declare

    # ---- collecting ----

    def enter(self, units: list[t.Unit], is_library: bool = False, scope: Scope | None = None) -> None:
        """Enter the names of all units of a file or namespace; what is in them waits."""
        scope = scope or Scope(self.project)
        used = [path for unit in units if isinstance(unit, t.Using) for path in unit.paths]
        self._use(scope, used, is_library)
        for unit in units:
            match unit:
                case t.PouDecl():
                    self._enter_pou(unit, scope, is_library)
                case t.TypeBlock():
                    for decl in unit.declarations:
                        self._enter_type(decl, scope)
                case t.Namespace():
                    inner = self._enter_namespace(unit, scope)
                    self.enter(unit.units, is_library, Scope(self.project, inner, list(scope.using)))
                case t.Globals():
                    self.globals(unit.block, scope)
                case t.Configuration():
                    self._enter_configuration(unit, scope)

    def _use(self, scope: Scope, paths: list[t.Path], is_library: bool) -> None:
        scope.using = scope.using + [path.key for path in paths]
        if not is_library:
            self.project.usings += paths

    def _enter_namespace(self, unit: t.Namespace, scope: Scope) -> str:
        """Its full name. All that lies around it is declared with it."""
        inner = f"{scope.namespace}.{unit.path.key}" if scope.namespace else unit.path.key
        names = inner.split(".")
        for size in range(1, len(names)):
            self.project.namespaces.setdefault(".".join(names[:size]), "")
        outer = inner.rpartition(".")[0] if unit.is_internal else ""
        self.project.namespaces[inner] = outer or self.project.namespaces.get(inner, "")
        return inner

    def check_used(self) -> None:
        """Tell of each USING that names no namespace of these sources."""
        known = {*self.project.namespaces, *self.project.opened}
        unknown = [path for path in self.project.usings if path.key not in known]
        for place, path in enumerate(unknown):
            # To compare each with all would take a source of nothing else minutes.
            similar = nearest(path.text, sorted(known)) if place < _MOST_COMPARED else ""
            hint = similar or "give the source that declares it, or take it out"
            self.project.sink.tell("SY2118", path.span, f"there is no namespace {path.text}", hint)

    def _full(self, name: t.Name, scope: Scope) -> str:
        return f"{scope.namespace}.{name.key}" if scope.namespace else name.key

    def _enter_pou(self, decl: t.PouDecl, scope: Scope, is_library: bool) -> None:
        full = self._full(decl.name, scope)
        full = f"TEST {full}" if decl.kind == "TEST" else full
        old = self.project.pous.get(full)
        if old is not None and not old.is_library:
            self._tell_twice(decl.name, old.decl.name.span)
            return
        own = Scope(self.project, scope.namespace, scope.using)
        self._use(own, decl.using, is_library)
        pou = Pou(decl.name.text, decl.kind, decl, own, is_library)
        pou.scope = own.inside(pou)
        if decl.kind in _TYPES and decl.name.key in ELEMENTARY:
            self._tell_elementary(decl.name)
        pou.type = None if decl.kind in ("FUNCTION", "INTERFACE") else BlockType(pou)
        pou.interface = InterfaceType(pou) if decl.kind == "INTERFACE" else None
        enter_members(pou)
        self.project.pous[full] = pou
        if pou.kind == "PROGRAM" and not self.project.is_strict:
            assert pou.type is not None
            itself = Variable(pou.name, decl.name.span, pou.type, "VAR_GLOBAL", scope=own, storage="image")
            self.project.programs[full] = itself
        if is_library:
            self.project.library[full] = pou

    def _enter_type(self, decl: t.TypeDecl, scope: Scope) -> None:
        full = self._full(decl.name, scope)
        if full in self.project.types:
            self._tell_twice(decl.name, self.project.types[full].decl.name.span)
            return
        if decl.name.key in ELEMENTARY:
            self._tell_elementary(decl.name)
        self.project.types[full] = TypeEntry(
            decl.name.text, decl, Scope(self.project, scope.namespace, scope.using)
        )

    def _enter_configuration(self, unit: t.Configuration, scope: Scope) -> None:
        self.project.configurations.append(unit)
        earlier: set[str] = set()
        for resource in [unit.own, *unit.resources]:
            own = scope
            if resource is not unit.own and repeated_globals(resource, earlier):
                own = Scope(self.project, resource.name.key, scope.using)
                self.project.separated.append(resource.name.key)
            for block in resource.blocks:
                self.globals(block, own)

    def _tell_elementary(self, name: t.Name) -> None:
        self.sink.tell("SY1202", name.span, f"{name.text} is a type of the language", "choose another name")

    def _tell_twice(self, name: t.Name, first: Span) -> None:
        place = f"{first.file}:{first.line}"
        self.sink.tell(
            "SY1202", name.span, f"{name.text} is declared twice, first at {place}", "rename one of them"
        )

    # ---- variables ----

    def globals(self, block: t.VarBlock, scope: Scope) -> None:
        """Enter a VAR_GLOBAL block; `resolve_all` gives the variables their types."""
        for decl in block.declarations:
            variables = []
            for name, address in zip(decl.names, decl.addresses, strict=True):
                full = self._full(name, scope)
                if full in self.project.globals:
                    self._tell_twice(name, self.project.globals[full].span)
                    continue
                variable = self._variable(name, address, decl, block, scope)
                variable.storage = "image"
                if address is not None:
                    self.project.located.append(variable)
                self.project.globals[full] = variable
                variables.append(variable)
            self._pending.append((decl, variables, scope))

    def _variable(
        self, name: t.Name, address: str | None, decl: t.VarDecl, block: t.VarBlock, scope: Scope
    ) -> Variable:
        return Variable(
            name.text,
            name.span,
            INT,
            block.section,
            decl.init,
            scope,
            is_constant="CONSTANT" in block.qualifiers,
            is_retained=bool({"RETAIN", "PERSISTENT"} & block.qualifiers),
            address=address,
            given=given_of(decl.type),
            edge=decl.edge,
            access=next((word for word in ACCESS if word in block.qualifiers), ""),
        )

    def resolve_all(self) -> None:
        """Resolve every type, global variable and unit of the user's; of the library what they need."""
        separate(self.project, lambda decl, scope: self._enter_pou(decl, scope, False))
        link(self.project)
        # constants first: the bounds of types are made of them
        self._pending.sort(key=lambda row: not any(v.is_constant for v in row[1]))
        constants = sum(any(v.is_constant for v in row[1]) for row in self._pending)
        self._resolve_globals(0, constants)
        for entry in list(self.project.types.values()):
            self.resolve_entry(entry)
        self._resolve_globals(constants, len(self._pending))
        for pou in list(self.project.pous.values()):
            if not pou.is_library:
                self.declare(pou)
                for method in pou.methods.values():
                    self.declare(method)
        check_objects(self.project)

    def _resolve_globals(self, first: int, last: int) -> None:
        for decl, variables, scope in self._pending[first:last]:
            type_, init = self.resolve(decl.type, scope)
            for variable in variables:
                self._complete(variable, type_, on_top(decl.init, init))

    def _complete(self, variable: Variable, type_: Type, init: t.Expr | None) -> None:
        variable.type, variable.init = type_, init
        if isinstance(type_, ArrayType) and type_.is_open and not variable.by_reference:
            hint = "write the bounds, or use VAR_IN_OUT"
            self.sink.tell(
                "SY1301", variable.span, "ARRAY[*] is for VAR_IN_OUT, and for inputs of functions", hint
            )
            variable.type = UNKNOWN
        is_set_by_caller = variable.section in ("VAR_INPUT", "VAR_OUTPUT", "VAR_IN_OUT")
        if (
            variable.is_constant
            and not is_set_by_caller
            and not isinstance(plain(type_), (ArrayType, StructType, BlockType))
        ):
            variable.storage = "none"

    def declare(self, pou: Pou) -> None:
        """Resolve the variables of a unit and lay them out, once."""
        if pou.declared:
            return
        pou.declared = True
        if pou.base is not None:
            self._inherit(pou, pou.base)
        if pou.decl.result is not None:
            type_, init = self.resolve(pou.decl.result, pou.scope)
            if isinstance(type_, ArrayType) and type_.is_open:
                self.sink.tell("SY1301", pou.decl.result.span, "a result has its own bounds", "write them")
                type_ = UNKNOWN
            pou.result = Variable(pou.decl.name.text, pou.decl.name.span, type_, "RESULT", init, pou.scope)
            pou.variables[pou.decl.name.key] = pou.result
        # constants first, wherever they stand: the bounds of others are made of them
        for block in sorted(
            pou.decl.blocks, key=lambda b: b.section != "VAR" or "CONSTANT" not in b.qualifiers
        ):
            for decl in block.declarations:
                self._declare(pou, block, decl)
        for method in pou.methods.values():
            self._keep_in_object(pou, method)
        lay_out(pou)

    def _keep_in_object(self, pou: Pou, method: Pou) -> None:
        """VAR_INST of a method: variables of the object that only the method sees."""
        for block in method.decl.blocks:
            for decl in block.declarations if block.section == "VAR_INST" else ():
                type_, init = self.resolve(decl.type, pou.scope)
                for name in decl.names:
                    variable = self._variable(name, None, decl, block, pou.scope)
                    self._complete(variable, type_, on_top(decl.init, init))
                    method.variables[name.key] = variable
                    pou.variables[f"{method.key}__{name.key}"] = variable

    def _inherit(self, pou: Pou, base: Pou) -> None:
        """The base's variables come first, at the same offsets."""
        self.declare(base)
        if not base.is_laid_out:
            self.sink.tell(
                "SY1303",
                pou.decl.name.span,
                f"{base.name} contains {pou.name}, which extends it",
                "refer to it",
            )
            pou.base = None
            return
        pou.variables.update({key: v for key, v in base.variables.items() if v.section != "VAR_TEMP"})

    def _declare(self, pou: Pou, block: t.VarBlock, decl: t.VarDecl) -> None:
        self.may_be_any = block.section == "VAR_INPUT" and isinstance(decl.type, t.NamedType)
        type_, init = self.resolve(decl.type, pou.scope)
        self.may_be_any = False
        for name, address in zip(decl.names, decl.addresses, strict=True):
            if block.section == "VAR_INST" and pou.owner is not None:
                continue
            if name.key in pou.variables:
                self._tell_twice(name, pou.variables[name.key].span)
                continue
            if block.section == "VAR_EXTERNAL" and self._external(pou, name, type_):
                continue
            variable = self._variable(name, address, decl, block, pou.scope)
            is_open_input = isinstance(type_, ArrayType) and type_.is_open and block.section == "VAR_INPUT"
            is_called = pou.kind in ("FUNCTION", "METHOD")
            variable.by_reference = block.section == "VAR_IN_OUT" or (is_open_input and is_called)
            self._complete(variable, type_, on_top(decl.init, init))
            if block.section == "VAR_STAT" and variable.storage != "none":
                variable.storage = "image"
                self.project.statics.append(variable)
            if address is not None and address.endswith("*") and pou.kind == "FUNCTION_BLOCK":
                # each instance has a place of its own
                variable.type, variable.place_init, variable.init = (
                    RefType(type_, "REFERENCE"),
                    variable.init,
                    None,
                )
            elif address is not None:
                variable.storage = "image"
                self.project.located.append(variable)
            if block.section == "VAR_GLOBAL":
                self.sink.tell(
                    "SY1204", name.span, "VAR_GLOBAL stands outside of units", "use VAR or move the block out"
                )
                variable.section = "VAR"
            pou.variables[name.key] = variable
            if block.section == "VAR_EXTERNAL":
                variable.is_read = variable.is_written = True
            if is_any(type_):
                variable.storage, variable.parts = "parts", parts_of(variable)
                pou.variables.update({part.name.upper(): part for part in variable.parts.values()})
            if variable.edge:
                self._edge(pou, variable)
        self._check_section(pou, block)

    def _edge(self, pou: Pou, variable: Variable) -> None:
        """Two hidden variables of a block find the edges of its input."""
        if pou.type is None or variable.type is not BOOL or variable.section != "VAR_INPUT":
            hint = "call R_TRIG or F_TRIG"
            self.sink.tell("SY1207", variable.span, f"{variable.edge} is for a BOOL input of a block", hint)
            return
        hidden = [
            Variable(f"{variable.name}__{x}", variable.span, BOOL, "VAR", scope=pou.scope)
            for x in ("EDGE", "WAS")
        ]
        for own in hidden:
            own.is_read = own.is_written = own.is_hidden = True
            pou.variables[own.name.upper()] = own
        variable.edge_found, variable.edge_was = hidden

    def _check_section(self, pou: Pou, block: t.VarBlock) -> None:
        span = block.span._replace(end=block.span.start + len(block.section))
        if block.section in ("VAR_STAT", "VAR_INST") and pou.scope.is_strict:
            hint = "use VAR of a function block, or --dialect codesys"
            self.sink.tell("SY1307", span, f"{block.section} is not in the standard", hint)
        if block.section == "VAR_INST" and pou.owner is None:
            self.sink.tell("SY1204", span, "VAR_INST stands in methods", "use VAR")
        if pou.kind == "FUNCTION" and {"RETAIN", "PERSISTENT"} & block.qualifiers:
            self.sink.tell(
                "SY1205", span, "a function keeps nothing between calls", "use a function block to RETAIN"
            )

    def _external(self, pou: Pou, name: t.Name, type_: Type) -> bool:
        """Name a global variable in a unit; False, and told, if there is none."""
        shared = pou.scope.find(self.project.globals, name.key)
        if shared is None:
            hint = (
                nearest(name.text, [v.name for v in self.project.globals.values()])
                or "declare it in VAR_GLOBAL"
            )
            self.sink.tell("SY1201", name.span, f"there is no global variable {name.text}", hint)
            return False
        if shared.type != type_ and not (kind_of(type_) == kind_of(shared.type) == "array"):
            self.sink.tell(
                "SY1302",
                name.span,
                f"{name.text} is {shared.type} in VAR_GLOBAL, {type_} here",
                "use the same type",
            )
        pou.variables[name.key] = shared
        return True
