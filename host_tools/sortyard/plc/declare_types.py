"""Types as they are written, resolved: what a declaration in TYPE or of a variable means.

A type is resolved when it is first needed; one that contains itself is told.
"""

from sortyard.plc import hints
from sortyard.plc import tree as t
from sortyard.plc.any_inputs import ANY_RECORD, ANY_TYPES, is_any
from sortyard.plc.declare_members import add_member, check_members
from sortyard.plc.declare_objects import is_abstract
from sortyard.plc.enum_values import enum_values
from sortyard.plc.lower_constants import constant_int
from sortyard.plc.lower_vendor import without_library
from sortyard.plc.merge_init import on_top
from sortyard.plc.symbols import Pou, Project, Scope, TypeEntry
from sortyard.plc.types import (
    ALIASES,
    DEFAULT_STRING_LENGTH,
    ELEMENTARY,
    INT,
    MAX_SIZE,
    MAX_STRING_LENGTH,
    UNKNOWN,
    VENDOR_TYPES,
    ArrayType,
    Elementary,
    EnumType,
    RefType,
    StringType,
    StructType,
    SubrangeType,
    Type,
    plain,
)


def given_of(spec: t.TypeSpec) -> list[list[t.Argument]]:
    """What a declaration gives to the FB_Init of its blocks."""
    if isinstance(spec, t.ArraySpec):
        return given_of(spec.element)
    return spec.given if isinstance(spec, t.NamedType) else []


class TypeResolver:
    """Resolves types of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.sink = project.sink
        self._behind_reference = 0
        self.may_be_any = False
        """The type that is resolved next is that of an input, which may be ANY."""

    def resolve_entry(self, entry: TypeEntry) -> Type:
        """The type of a declaration in TYPE; UNKNOWN in place of one that contains itself."""
        if entry.type is not None:
            return entry.type
        if entry.is_resolving:
            self.sink.tell(
                "SY1303", entry.decl.name.span, f"{entry.name} contains itself", "refer to it with REF_TO"
            )
            return UNKNOWN
        entry.is_resolving = True
        behind, self._behind_reference = self._behind_reference, 0
        found, init = self.resolve(entry.decl.type, entry.scope, entry.name, entry)
        self._behind_reference = behind
        if entry.decl.base is not None:
            self._extend(found, entry.decl.base, entry.scope)
        entry.init = on_top(entry.decl.init, init)
        entry.type = found
        return found

    def resolve(
        self, spec: t.TypeSpec, scope: Scope, name: str = "", entry: TypeEntry | None = None
    ) -> tuple[Type, t.Expr | None]:
        """The type that is written, and the initial value that comes with it. `name` is what TYPE calls it."""
        may_be_any, self.may_be_any = self.may_be_any, False
        if may_be_any and isinstance(spec, t.NamedType) and spec.path.key == ANY_RECORD:
            return ANY_TYPES["ANY"], None
        if isinstance(spec, t.StructSpec):
            type_, init = self._struct(spec, scope, self._empty_struct(spec, name, entry)), None
        else:
            type_, init = self._resolve(spec, scope, name)
        if is_any(type_) and not may_be_any:
            hint = "use it for VAR_INPUT"
            self.sink.tell("SY1301", spec.span, f"{type_} is the type of inputs only", hint)
            return UNKNOWN, None
        if type_.size > MAX_SIZE:
            self.sink.tell(
                "SY1604", spec.span, f"this type takes {type_.size} bytes", f"at most {MAX_SIZE} are possible"
            )
            return UNKNOWN, None
        return type_, init

    def _resolve(self, spec: t.TypeSpec, scope: Scope, name: str) -> tuple[Type, t.Expr | None]:
        match spec:
            case t.NamedType():
                return self._named_or_enum(spec, scope, name)
            case t.StringSpec():
                length = constant_int(spec.length, scope, 1, MAX_STRING_LENGTH)
                return StringType(spec.is_wide, DEFAULT_STRING_LENGTH if length is None else length), None
            case t.ArraySpec():
                return self._array(spec, scope)
            case t.EnumSpec():
                return self._enum(spec, scope, name), None
            case t.SubrangeSpec():
                return self._subrange(spec, scope, name), None
            case t.RefSpec():
                return self._reference(spec, scope), None
        raise AssertionError(spec)

    def _named_or_enum(self, spec: t.NamedType, scope: Scope, name: str) -> tuple[Type, t.Expr | None]:
        """`INT (RED, GREEN)` is an enumeration; behind a block stand the arguments of its FB_Init."""
        pou: Pou | None = scope.find(self.project.pous, spec.path.key)
        if not spec.given or (pou is not None and pou.type is not None):
            return self._named(spec.path, scope)
        if self._named(spec.path, scope)[0] is UNKNOWN:
            return UNKNOWN, None
        values = enum_values(self.sink, spec.given[0])
        return self._enum(t.EnumSpec(spec.span, spec.path, values), scope, name), None

    def _named(self, path: t.Path, scope: Scope) -> tuple[Type, t.Expr | None]:
        key = without_library(path.key, scope)
        if key in ("STRING", "WSTRING"):
            return StringType(key == "WSTRING", DEFAULT_STRING_LENGTH), None
        elementary = ELEMENTARY.get(ALIASES.get(key, key))
        if elementary is not None:
            return elementary, None
        entry: TypeEntry | None = scope.find(self.project.types, key)
        if entry is not None:
            scope.check_internal(entry, path.span)
            spec = entry.decl.type
            if self._behind_reference and entry.type is None and isinstance(spec, t.StructSpec):
                return self._empty_struct(spec, entry.name, entry), None
            return self.resolve_entry(entry), entry.init
        pou: Pou | None = scope.find(self.project.pous, key)
        if pou is not None:
            scope.check_internal(pou, path.span)
        if pou is not None and pou.interface is not None:
            return pou.interface, None
        if pou is not None and pou.type is not None:
            return (pou.type if self._has_block(pou, path) else UNKNOWN), None
        if not self.project.is_strict and (key in VENDOR_TYPES or key in ANY_TYPES):
            return VENDOR_TYPES.get(key) or ANY_TYPES[key], None
        known = [*ELEMENTARY, "STRING", "WSTRING", *(e.name for e in self.project.types.values())]
        units = [pou for pou in self.project.pous.values() if pou.kind != "TEST"]
        known += [unit.name for unit in units if unit.type is not None or unit.interface is not None]
        hint = hints.for_type(path.text, known)
        self.sink.tell("SY1203", path.span, f"there is no type {path.text}", hint)
        return UNKNOWN, None

    def _has_block(self, pou: Pou, path: t.Path) -> bool:
        """Lay a block out before somebody contains it; False if that is itself."""
        self.project.declare(pou)
        if not pou.is_laid_out and not self._behind_reference:
            self.sink.tell("SY1303", path.span, f"{pou.name} contains itself", "refer to it with REF_TO")
            return False
        if is_abstract(pou) and not self._behind_reference:
            hint = "use a unit that extends it, or an interface"
            self.sink.tell("SY1226", path.span, f"{pou.name} is ABSTRACT: there are no objects of it", hint)
        return True

    def _array(self, spec: t.ArraySpec, scope: Scope) -> tuple[Type, t.Expr | None]:
        bounds = [self._bounds(pair, scope) if pair else None for pair in spec.bounds]
        element, init = self.resolve(spec.element, scope)
        if isinstance(element, ArrayType) and element.is_open:
            self.sink.tell("SY1301", spec.element.span, "the element's bounds are open", "write them")
            element = INT
        if init is not None:
            count = max(1, ArrayType(element, tuple(bounds)).count)
            init = t.ArrayInit(init.span, init.depth + 1, [(count, [init])], is_of_elements=True)
        return ArrayType(element, tuple(bounds)), init

    def _bounds(self, pair: tuple[t.Expr, t.Expr], scope: Scope) -> tuple[int, int]:
        lower = constant_int(pair[0], scope, -(1 << 31), (1 << 31) - 1)
        upper = constant_int(pair[1], scope, -(1 << 31), (1 << 31) - 1)
        if lower is None or upper is None:
            return 0, 0
        if lower > upper:
            span = pair[0].span.to(pair[1].span)
            self.sink.tell(
                "SY1304", span, f"the lower bound {lower} is above the upper one {upper}", "swap them"
            )
            return upper, lower
        return lower, upper

    @staticmethod
    def _empty_struct(spec: t.StructSpec, name: str, entry: TypeEntry | None) -> StructType:
        """The structure of that declaration before it has members, always the same."""
        if entry is None:
            return StructType(name or "STRUCT", is_union=spec.is_union)
        entry.struct = entry.struct or StructType(entry.name, is_union=spec.is_union)
        return entry.struct

    def _struct(self, spec: t.StructSpec, scope: Scope, struct: StructType) -> StructType:
        for decl in spec.fields:
            type_, init = self.resolve(decl.type, scope)
            self._refuse_given(decl.type, type_)
            for field_name, address in zip(decl.names, decl.addresses, strict=True):
                if field_name.key in struct.fields:
                    self.sink.tell(
                        "SY1202",
                        field_name.span,
                        f"{field_name.text} is declared twice",
                        "rename one of them",
                    )
                    continue
                add_member(struct, field_name, address, type_, on_top(decl.init, init), scope)
        check_members(struct, spec, self.sink)
        if not struct.fields and self.project.is_strict:
            self.sink.tell("SY1305", spec.span, "a structure has at least one member", "add one")
        return struct

    def _refuse_given(self, spec: t.TypeSpec, type_: Type) -> None:
        """Only a variable gives arguments to FB_Init."""
        given = given_of(spec)
        if (
            given
            and given[0]
            and "BlockType" in (type(type_).__name__, type(getattr(type_, "element", None)).__name__)
        ):
            self.sink.tell(
                "SY1701",
                given[0][0].span,
                "a member of a structure gives no arguments to FB_Init",
                "declare the block in a program, block or VAR_GLOBAL",
            )

    def _extend(self, struct: Type, path: t.Path, scope: Scope) -> None:
        """Members of the base come first."""
        base = self._named(path, scope)[0]
        if base is UNKNOWN:
            return
        if not isinstance(struct, StructType) or not isinstance(base, StructType):
            self.sink.tell(
                "SY1203", path.span, f"{path.text} is not a structure", "a STRUCT extends a STRUCT"
            )
            return
        if struct.is_relative or base.is_relative:
            hint = "write all members into one structure"
            self.sink.tell("SY1321", path.span, "members with places of their own are not extended", hint)
            return
        own = list(struct.fields.values())
        struct.fields, struct.size, struct.align, struct.base = {}, 1, 1, base
        for field in [*base.fields.values(), *own]:
            if field.name.upper() in struct.fields:
                self.sink.tell("SY1202", path.span, f"{base} has {field.name} too", "rename one of them")
                continue
            struct.add(field.name, field.type, field.init, field.scope)

    def _integer_base(self, path: t.Path, scope: Scope) -> Elementary:
        base = plain(self._named(path, scope)[0])
        if isinstance(base, Elementary) and base.kind in ("int", "uint", "bits"):
            return base
        if base is UNKNOWN:
            return INT
        self.sink.tell(
            "SY1306",
            path.span,
            f"{path.text} is not an integer type",
            "use INT, UINT, ...; a block takes no arguments here",
        )
        return INT

    def _enum(self, spec: t.EnumSpec, scope: Scope, name: str) -> EnumType:
        base = self._integer_base(spec.base, scope) if spec.base else INT
        enum = EnumType(name or "enumeration", base)
        following = 0
        for value_name, expr in spec.values:
            if value_name.key in enum.values:
                self.sink.tell(
                    "SY1202", value_name.span, f"{value_name.text} stands here twice", "rename one of them"
                )
                continue
            if expr is not None:
                written = constant_int(expr, scope, base.lowest, base.highest, enum)
                following = following if written is None else written
            enum.values[value_name.key] = following
            enum.spelling[value_name.key] = value_name.text
            self.project.enum_values.setdefault(value_name.key, []).append(enum)
            following += 1
        if not enum.values:
            enum.values["?"] = 0
        return enum

    def _subrange(self, spec: t.SubrangeSpec, scope: Scope, name: str) -> Type:
        base = self._integer_base(spec.base, scope)
        lower, upper = self._bounds((spec.lower, spec.upper), scope)
        if lower < base.lowest or upper > base.highest:
            self.sink.tell(
                "SY1304", spec.span, f"{lower}..{upper} is not within {base}", "use a larger base type"
            )
            return base
        return SubrangeType(name or f"{base}({lower}..{upper})", base, lower, upper)

    def _reference(self, spec: t.RefSpec, scope: Scope) -> Type:
        if spec.kind != "REF_TO" and self.project.is_strict:
            self.sink.tell(
                "SY1307",
                spec.span,
                f"{spec.kind} TO is not in the standard",
                "write REF_TO, or use --dialect codesys",
            )
        self._behind_reference += 1
        target, _ = self.resolve(spec.target, scope)
        self._behind_reference -= 1
        return RefType(target, spec.kind)
