"""The syntax tree: what was written, where, and nothing that was concluded from it.

Every node has `span`. Names keep the case they were written in; `key()` folds it. Compared by identity.
"""

from dataclasses import dataclass, field
from typing import Any

from sortyard.plc.source import Source, Span


def key(name: str) -> str:
    """The form in which names are compared: the language knows no case."""
    return name.upper()


@dataclass(slots=True, eq=False)
class Node:
    span: Span


@dataclass(slots=True, eq=False)
class Name(Node):
    """An identifier where it is declared or referred to by name alone."""

    text: str

    @property
    def key(self) -> str:
        return self.text.upper()


@dataclass(slots=True, eq=False)
class Path(Node):
    """`a.b.c` in a type, a base or a namespace."""

    names: list[Name]

    @property
    def text(self) -> str:
        return ".".join(name.text for name in self.names)

    @property
    def key(self) -> str:
        return self.text.upper()


# ---- expressions: `depth` is the height of the tree below, which the parser bounds ----


@dataclass(slots=True, eq=False)
class Expr(Node):
    depth: int


@dataclass(slots=True, eq=False)
class Literal(Expr):
    """A number, duration, date, string, TRUE, FALSE or NULL; `type_name` of `INT#5` and the like, else "".

    `value` is int, float or str as literals.py reads it; None for a literal that was told as wrong.
    `kind` is int, real, bool, time, date, string, wstring, null or name (`Color#Red`: value is the name).
    """

    kind: str
    value: Any
    type_name: str = ""


@dataclass(slots=True, eq=False)
class NameRef(Expr):
    """A name, THIS or SUPER in an expression."""

    text: str

    @property
    def key(self) -> str:
        return self.text.upper()


@dataclass(slots=True, eq=False)
class Address(Expr):
    """`%IX1.2` used as a variable."""

    text: str


@dataclass(slots=True, eq=False)
class Member(Expr):
    """`base.name`; a bit or part (`.3`, `.%X3`, `.%B1`) has a name that starts with a digit or %."""

    base: Expr
    name: Name


@dataclass(slots=True, eq=False)
class Index(Expr):
    base: Expr
    indices: list[Expr]


@dataclass(slots=True, eq=False)
class Dereference(Expr):
    base: Expr


@dataclass(slots=True, eq=False)
class Argument(Node):
    """One argument of a call: `value`, `name := value`, `name => value` or `NOT name => value`."""

    name: Name | None
    value: Expr
    is_output: bool = False
    is_negated: bool = False


@dataclass(slots=True, eq=False)
class Call(Expr):
    callee: Expr
    arguments: list[Argument]


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """`op` is MINUS, PLUS or NOT."""

    op: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """`op` is the operator's terminal (PLUS, MOD, AND_THEN, ...; `&` is AND)."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class ArrayInit(Expr):
    """`[1, 2, 3(4)]`: pairs of repetition and values; a repetition without values keeps the initial ones."""

    items: list[tuple[int, list[Expr]]]
    is_of_elements: bool = False
    """Nobody wrote it: each element has the value of its own type."""


@dataclass(slots=True, eq=False)
class StructInit(Expr):
    fields: list[tuple[Name, Expr]]


# ---- types ----


@dataclass(slots=True, eq=False)
class TypeSpec(Node):
    pass


@dataclass(slots=True, eq=False)
class NamedType(TypeSpec):
    """`given`: what stands in parentheses behind a block's name, for its FB_Init, once for all or for each element of
    an array of them; or the values of an enumeration."""

    path: Path
    given: list[list[Argument]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class StringSpec(TypeSpec):
    """STRING or WSTRING with a length."""

    is_wide: bool
    length: Expr


@dataclass(slots=True, eq=False)
class SubrangeSpec(TypeSpec):
    base: Path
    lower: Expr
    upper: Expr


@dataclass(slots=True, eq=False)
class ArraySpec(TypeSpec):
    """One pair of bounds for each dimension, None for `*`."""

    bounds: list[tuple[Expr, Expr] | None]
    element: TypeSpec


@dataclass(slots=True, eq=False)
class EnumSpec(TypeSpec):
    base: Path | None
    values: list[tuple[Name, Expr | None]]


@dataclass(slots=True, eq=False)
class RefSpec(TypeSpec):
    """`kind` is REF_TO, POINTER or REFERENCE."""

    kind: str
    target: TypeSpec


@dataclass(slots=True, eq=False)
class VarDecl(Node):
    """Names declared together. `addresses` has the AT address of each or None; `edge` is R_EDGE, F_EDGE or ""."""

    names: list[Name]
    addresses: list[str | None]
    type: TypeSpec
    init: Expr | None
    edge: str


@dataclass(slots=True, eq=False)
class StructSpec(TypeSpec):
    fields: list[VarDecl]
    is_union: bool


# ---- declarations ----


@dataclass(slots=True, eq=False)
class VarBlock(Node):
    """`section` is VAR, VAR_INPUT, ...; `qualifiers` are words such as CONSTANT and RETAIN."""

    section: str
    qualifiers: frozenset[str]
    declarations: list[VarDecl]


@dataclass(slots=True, eq=False)
class TypeDecl(Node):
    name: Name
    base: Path | None
    type: TypeSpec
    init: Expr | None


@dataclass(slots=True, eq=False)
class Unit(Node):
    """Something that stands at the top level or in a namespace."""


@dataclass(slots=True, eq=False)
class TypeBlock(Unit):
    declarations: list[TypeDecl]


@dataclass(slots=True, eq=False)
class Globals(Unit):
    block: VarBlock


@dataclass(slots=True, eq=False)
class Using(Unit):
    paths: list[Path]


@dataclass(slots=True, eq=False)
class Statement(Node):
    pass


@dataclass(slots=True, eq=False)
class PouDecl(Unit):
    """FUNCTION, FUNCTION_BLOCK, PROGRAM, CLASS, INTERFACE, METHOD or TEST, as `kind` says."""

    kind: str
    name: Name
    modifiers: frozenset[str]
    result: TypeSpec | None
    extends: list[Path]
    implements: list[Path]
    using: list[Path]
    blocks: list[VarBlock]
    methods: list["PouDecl"]
    properties: list["PropertyDecl"]
    body: list[Statement]
    is_action: bool = False


@dataclass(slots=True, eq=False)
class Actions(Unit):
    """Actions of the unit `owner`, or of the one before."""

    owner: Name | None
    methods: list[PouDecl]


@dataclass(slots=True, eq=False)
class PropertyDecl(Node):
    name: Name
    modifiers: frozenset[str]
    type: TypeSpec
    getter: "Accessor | None"
    setter: "Accessor | None"


@dataclass(slots=True, eq=False)
class Accessor(Node):
    """GET or SET of a property; its own modifiers stand for the property's."""

    modifiers: frozenset[str]
    blocks: list[VarBlock]
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Namespace(Unit):
    path: Path
    units: list[Unit]
    is_internal: bool = False


@dataclass(slots=True, eq=False)
class TaskDecl(Node):
    name: Name
    fields: list[tuple[Name, Expr]]


@dataclass(slots=True, eq=False)
class BlockTask(Node):
    """`block WITH task` among the arguments of a program: the task runs the block, not the program."""

    path: Path
    task: Name


@dataclass(slots=True, eq=False)
class ProgramInstance(Node):
    name: Name
    task: Name | None
    program: Path
    arguments: list[Argument]
    is_retained: bool
    blocks: list[BlockTask]


@dataclass(slots=True, eq=False)
class Resource(Node):
    """A RESOURCE, or what stands in a CONFIGURATION outside of any."""

    name: Name
    blocks: list[VarBlock]
    tasks: list[TaskDecl]
    programs: list[ProgramInstance]


@dataclass(slots=True, eq=False)
class ConfigPath(Node):
    """A row of VAR_CONFIG: a variable's place, or its initial value, in one instance."""

    path: Path
    address: str | None
    type: TypeSpec
    init: Expr | None


@dataclass(slots=True, eq=False)
class Configuration(Unit):
    name: Name
    own: Resource
    resources: list[Resource]
    settings: list[ConfigPath]


# ---- statements ----


@dataclass(slots=True, eq=False)
class Assign(Statement):
    """`op` is ASSIGN, ATTEMPT (?=), REFASSIGN (REF=), SETASSIGN (S=) or RESETASSIGN (R=)."""

    op: str
    target: Expr
    value: Expr
    also: list[Expr] = field(default_factory=list)
    """`a := b := 1`: the further targets, from the right to the left."""


@dataclass(slots=True, eq=False)
class CallStatement(Statement):
    """An expression that stands alone; only a call makes sense."""

    expr: Expr


@dataclass(slots=True, eq=False)
class If(Statement):
    """Pairs of condition and body (IF, then each ELSIF); `otherwise` is None without ELSE."""

    branches: list[tuple[Expr, list[Statement]]]
    otherwise: list[Statement] | None


@dataclass(slots=True, eq=False)
class CaseBranch(Node):
    """Labels are pairs of lower and upper end; the upper one is None for a single value."""

    labels: list[tuple[Expr, Expr | None]]
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Case(Statement):
    selector: Expr
    branches: list[CaseBranch]
    otherwise: list[Statement] | None


@dataclass(slots=True, eq=False)
class For(Statement):
    variable: Expr
    start: Expr
    end: Expr
    step: Expr | None
    body: list[Statement]


@dataclass(slots=True, eq=False)
class While(Statement):
    condition: Expr
    body: list[Statement]


@dataclass(slots=True, eq=False)
class Repeat(Statement):
    body: list[Statement]
    until: Expr


@dataclass(slots=True, eq=False)
class Jump(Statement):
    """`kind` is RETURN, EXIT or CONTINUE."""

    kind: str


@dataclass(slots=True, eq=False)
class File(Node):
    """One parsed source. `is_partial` if declarations could not be read and are missing, `has_gaps` if statements."""

    source: Source
    units: list[Unit]
    pragmas: list[Span] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)
    is_partial: bool = False
    has_gaps: bool = False
    addresses: list[Address] = field(default_factory=list)
    """Those that expressions name."""
