"""What is declared: variables, program organisation units, and the tables in which names are looked up.

Names are kept in upper case; a name in a namespace is `A.B.NAME`. Look-up goes from the innermost namespace outwards,
then through USING.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink
from sortyard.plc.source import Span
from sortyard.plc.types import BlockType, EnumType, InterfaceType, StructType, Type

if TYPE_CHECKING:
    from sortyard.plc.lower_tests import Assertion

DIALECTS = ("strict", "codesys", "twincat")
"""strict: the standard. codesys and twincat: those vendors' pointers, types and conversions are read as well."""


@dataclass(slots=True, eq=False, repr=False)
class Variable:
    """One declared name.

    `section` is VAR, VAR_INPUT, VAR_OUTPUT, VAR_IN_OUT, VAR_TEMP, VAR_STAT (one for all calls and instances), VAR_INST
    (a method's, kept in its object), VAR_GLOBAL, or RESULT for a function's own name.
    `storage` says what `offset` counts from: instance (the block's data), retain (the block's retained data), image
    (the process image), work (lives for one call, outside of the image), frame (lives for one call, in the image,
    because something takes its address; counts from the unit's frame), none (a constant without a place), parts (an
    input of any type: `parts` lie where it would).
    `by_reference`: the place holds a 32-bit image offset (and the bounds of an open array), the value lies there.
    `bit` is the bit of the byte at `offset`, -1 for whole variables.
    """

    name: str
    span: Span
    type: Type
    section: str
    init: t.Expr | None = None
    scope: "Scope | None" = None
    is_constant: bool = False
    is_retained: bool = False
    address: str | None = None
    place_init: t.Expr | None = None
    """`x AT %I*` in a block: the first content of the place that each instance's reference leads to."""
    given: list[list[t.Argument]] = field(default_factory=list)
    """Arguments of FB_Init, once for all or for each element of an array of blocks."""
    parts: "dict[str, Variable]" = field(default_factory=dict)
    """What the unit sees of an input of any type (any_inputs.py)."""
    is_part: bool = False
    edge: str = ""
    edge_found: "Variable | None" = None
    """What the unit's own code reads in place of an input with R_EDGE or F_EDGE."""
    edge_was: "Variable | None" = None
    """That input at the call before."""
    is_hidden: bool = False
    """The compiler's own: it lies in the image, and people are not told of it."""
    storage: str = "instance"
    offset: int = 0
    bit: int = -1
    by_reference: bool = False
    is_read: bool = False
    is_written: bool = False
    is_called: bool = False
    access: str = ""
    """PUBLIC, PRIVATE, PROTECTED or INTERNAL, where it is written."""
    is_addressed: bool = False
    """Something refers to it, so that it needs a place in the image even if it lives for one call only."""
    value: "ir.Const | None" = None
    is_folding: bool = False

    def __repr__(self) -> str:
        """Short: what it refers to refers back to it."""
        return f"<{self.section} {self.name}>"


@dataclass(slots=True, eq=False, repr=False)
class Pou:
    """A FUNCTION, FUNCTION_BLOCK, PROGRAM, CLASS, INTERFACE, METHOD or TEST, as `kind` says.

    `declared` is set once `variables` are known; those of a base come first. A METHOD has the unit whose objects it
    belongs to as `owner`: its variables live for one call, those of the object are found behind them.
    `base` is what a class or block extends, `heirs` those that extend it; `interfaces` what it implements, or what an
    interface extends. `methods` are its own, by key: upper case; GET and SET and a blank before a property's name.

    `work` are the variables that live for one call (a function's all, a block's VAR_TEMP). Those whose address is taken
    lie in the unit's frame, `frame_size` bytes of the image from `frame_offset` on; the others in `work_size` bytes
    from `work_offset` on, in memory of the back end's own. No unit calls itself, so one place for each is enough.
    `body` is None until lowered. `calls` names every unit that the body calls, with the first place.
    """

    name: str
    kind: str
    decl: t.PouDecl
    scope: "Scope"
    is_library: bool = False
    key: str = ""
    owner: "Pou | None" = None
    base: "Pou | None" = None
    heirs: "list[Pou]" = field(default_factory=list)
    interfaces: "list[Pou]" = field(default_factory=list)
    methods: "dict[str, Pou]" = field(default_factory=dict)
    type_id: int = 0
    """From 1 on; what the image knows a type of objects by."""
    declared: bool = False
    is_laid_out: bool = False
    variables: dict[str, Variable] = field(default_factory=dict)
    result: Variable | None = None
    type: BlockType | None = None
    interface: InterfaceType | None = None
    work: list[Variable] = field(default_factory=list)
    work_size: int = 0
    work_offset: int = 0
    frame_size: int = 0
    frame_offset: int = 0
    body: "list[ir.Stmt] | None" = None
    calls: "dict[Pou, Span]" = field(default_factory=dict)
    start: "Pou | None" = None
    """What gives its variables their first contents where constants do not (lower_start.py)."""
    needs_start: bool | None = None
    indexes_texts: bool = False
    """It reaches into strings, so that something may be left behind their ends."""
    assertions: "dict[Span, Assertion]" = field(default_factory=dict)
    """A TEST's, by the place of the call."""

    def __repr__(self) -> str:
        """Short: what it refers to refers back to it."""
        return f"<{self.kind} {self.name}>"

    @property
    def block(self) -> BlockType | None:
        """The type of the objects that the unit's code works on."""
        return self.owner.type if self.owner is not None else self.type

    def parameters(self, *sections: str) -> list[Variable]:
        """Variables of these sections in the order of declaration."""
        return [v for v in self.variables.values() if v.section in sections and not v.is_part]


@dataclass(slots=True, eq=False, repr=False)
class TypeEntry:
    """A declared type; `type` is None until resolved."""

    name: str
    decl: t.TypeDecl
    scope: "Scope"
    type: Type | None = None
    init: t.Expr | None = None
    is_resolving: bool = False
    struct: StructType | None = None
    """A structure whose members may not be known yet: a reference needs no more."""


@dataclass(slots=True, eq=False, repr=False)
class Project:
    """Everything declared in a set of sources. `enum_values` finds the types that have a value of that name."""

    sink: Sink
    dialect: str = "strict"
    types: dict[str, TypeEntry] = field(default_factory=dict)
    pous: dict[str, Pou] = field(default_factory=dict)
    globals: dict[str, Variable] = field(default_factory=dict)
    programs: dict[str, Variable] = field(default_factory=dict)
    """Programs by their names, as vendors know them: a program is its one instance, and others may name it."""
    enum_values: dict[str, list[EnumType]] = field(default_factory=dict)
    configurations: list[t.Configuration] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    """Namespaces that everybody uses."""
    namespaces: dict[str, str] = field(default_factory=dict)
    """Every namespace that is declared (upper case), and which it is INTERNAL to, "" where all may use it."""
    usings: list[t.Path] = field(default_factory=list)
    """The namespaces that the user's sources use."""
    located: list[Variable] = field(default_factory=list)
    given: frozenset[str] = frozenset()
    """Names of the global variables that are not the user's own."""
    settings: list[tuple[str, t.ConfigPath]] = field(default_factory=list)
    """Initial values that VAR_CONFIG gives to variables within blocks and structures, with their paths."""
    placed: dict[str, t.ConfigPath] = field(default_factory=dict)
    """Addresses that VAR_CONFIG gives to variables within blocks, by their paths in upper case."""
    separated: list[str] = field(default_factory=list)
    """Resources whose programs see global variables of their own (resources.py)."""
    passed: "dict[Variable, Pou]" = field(default_factory=dict)
    """Blocks of programs that tasks of their own run, with what their calls do instead (block_tasks.py)."""
    lent: "list[tuple[Variable, Variable]]" = field(default_factory=list)
    """Blocks that calls lend, with the VAR_IN_OUTs that stand for them."""
    made: int = 0
    """Functions that the compiler has made (lower_enabled.py)."""
    statics: list[Variable] = field(default_factory=list)
    """VAR_STAT of all units."""
    start: "Pou | None" = None
    """Starts all variables and programs that need it (lower_start.py)."""
    library: dict[str, Pou] = field(default_factory=dict)
    """The library's own units, also those whose names the user has taken."""
    library_sink: Sink = field(default_factory=Sink)
    declare: "Callable[[Pou], None]" = field(default=lambda pou: None)
    """Resolves a unit's variables and lays them out; set by declare.py."""

    @property
    def is_strict(self) -> bool:
        return self.dialect == "strict"


@dataclass(slots=True, eq=False, repr=False)
class Scope:
    """Where a name is looked up: a unit's own variables, then namespaces outwards, then USING."""

    project: Project
    namespace: str = ""
    using: list[str] = field(default_factory=list)
    pou: Pou | None = None

    def inside(self, pou: Pou) -> "Scope":
        return Scope(self.project, self.namespace, self.using, pou)

    @property
    def is_library(self) -> bool:
        return self.pou is not None and self.pou.is_library

    @property
    def block(self) -> BlockType | None:
        """The type of the objects that the code here works on."""
        return self.pou.block if self.pou is not None else None

    @property
    def is_strict(self) -> bool:
        """The library is the same in every dialect."""
        return self.is_library or self.project.is_strict

    @property
    def sink(self) -> Sink:
        """Users see no messages about the library."""
        return self.project.library_sink if self.is_library else self.project.sink

    def candidates(self, path: str) -> Iterator[str]:
        """Full names that `path` (upper case) may stand for, best first."""
        prefix = self.namespace
        while prefix:
            yield f"{prefix}.{path}"
            prefix = prefix.rpartition(".")[0]
        yield path
        for used in (*self.using, *self.project.opened):
            yield f"{used}.{path}"

    def check_internal(self, one: "Pou | TypeEntry", span: Span) -> None:
        """Tell a function or type that is INTERNAL to a namespace that this scope is not in, or lies in one that is."""
        home = one.scope.namespace
        outer = home if isinstance(one, Pou) and "INTERNAL" in one.decl.modifiers else ""
        while home:
            if outer and not f"{self.namespace}.".startswith(f"{outer}."):
                hint = f"remove INTERNAL, or use it in NAMESPACE {outer} only"
                self.sink.tell("SY1230", span, f"{one.name} is INTERNAL", hint)
                return
            outer = self.project.namespaces.get(home, "")
            home = home.rpartition(".")[0]

    def find(self, table: dict[str, Any], path: str) -> Any:
        """The entry of a project table that `path` names here, or None. The library sees its own units only."""
        table = self.project.library if self.is_library and table is self.project.pous else table
        return next((table[name] for name in self.candidates(path) if name in table), None)

    def variable(self, name: str) -> Variable | None:
        """The variable `name` (upper case): the unit's own, else a global one."""
        for unit in (self.pou, self.pou.owner) if self.pou is not None else ():
            found = unit.variables.get(name) if unit is not None else None
            if found is not None and (unit is self.pou or found.section not in ("VAR_TEMP", "RESULT")):
                return found
        return self.shared(name)

    def shared(self, path: str) -> Variable | None:
        """The global variable that `path` (upper case) names, or to vendors the program."""
        found = self.find(self.project.globals, path) or self.find(self.project.programs, path)
        if found is not None and isinstance(found.type, BlockType):
            self.project.declare(found.type.pou)
        return found

    def visible_names(self) -> list[str]:
        """Names of variables and units that could be meant, for suggestions."""
        units = [u for u in (self.pou, self.pou.owner if self.pou else None) if u is not None]
        own = [v.name for u in units for v in u.variables.values()]
        pous = [pou for pou in self.project.pous.values() if pou.kind != "TEST"]
        shared = [*self.project.globals.values(), *pous]
        return own + [entry.name for entry in shared if "__" not in entry.name]
