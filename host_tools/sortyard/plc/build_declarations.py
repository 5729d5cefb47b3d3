"""Parser callbacks for declarations: types, variables, program organisation units, configurations."""

from typing import Any, TypeVar

from sortyard.plc import tree as t
from sortyard.plc.build_expressions import MAX_REPEATED, ExpressionBuilder
from sortyard.plc.enum_values import enum_values
from sortyard.plc.lexer import Token
from sortyard.plc.source import Span
from sortyard.plc.types import ELEMENTARY

N = TypeVar("N")
_WITH_ACTIONS = ("PROGRAM", "FUNCTION_BLOCK")


def of_kind(children: list[Any], kind: type[N]) -> list[N]:
    """The children of one class, in order."""
    return [c for c in children if isinstance(c, kind)]


def first_of(children: list[Any], kind: type[N]) -> N | None:
    return next((c for c in children if isinstance(c, kind)), None)


def _tokens(children: list[Any], *types: str) -> list[Token]:
    return [c for c in children if isinstance(c, Token) and c.type in types]


def _fields_as_arguments(node: t.StructInit) -> list[t.Argument]:
    return [t.Argument(name.span.to(value.span), name, value) for name, value in node.fields]


def _actions_in(children: list[Any]) -> list[t.PouDecl]:
    return [action for actions in of_kind(children, t.Actions) for action in actions.methods]


def _last_value(child: Any) -> t.Expr | None:
    """The last expression of an initial value."""
    if isinstance(child, t.Expr):
        return child
    values = [value for _, inner in child for value in inner] if isinstance(child, list) else []
    return values[-1] if values else None


class DeclarationBuilder(ExpressionBuilder):
    """Callbacks named as the rules of grammar.lark."""

    # ---- type specifications ----

    def type_args(self, children: list[Any]) -> list[Any]:
        return [c for c in children if not isinstance(c, Token)]

    def type_arg(self, children: list[Any]) -> t.Argument | tuple[t.Expr, t.Expr]:
        """An argument, or both ends of a range."""
        if len(children) == 1:
            return t.Argument(children[0].span, None, children[0])
        if children[1].type == "RANGE":
            return children[0], children[2]
        return t.Argument(self.at(children), self.name_of(children[0]), children[2])

    def named_type(self, children: list[Any]) -> t.TypeSpec:
        path, span = children[0], self.at(children)
        if len(children) == 1:
            return t.NamedType(span, path)
        if len(children) == 3:
            return t.NamedType(span, path, [[]])
        arguments = children[2]
        if path.key in ("STRING", "WSTRING"):
            return self._string(children, [a.value for a in of_kind(arguments, t.Argument)])
        if not isinstance(arguments[0], t.Argument):
            return t.SubrangeSpec(span, path, *arguments[0])
        given = of_kind(arguments, t.Argument)
        if path.key in ELEMENTARY:
            return t.EnumSpec(span, path, enum_values(self.sink, given))
        return t.NamedType(span, path, [given])

    def bracketed_type(self, children: list[Any]) -> t.TypeSpec:
        """`STRING[80]`, or a block with the arguments of each element of an array: `FB[(a := 1), (a := 2)]`."""
        path, items = children[0], [c if isinstance(c, tuple) else (1, [c]) for c in children[2:-1:2]]
        values = [value for count, inner in items for value in inner * min(count, MAX_REPEATED)]
        if path.key in ("STRING", "WSTRING") or not all(isinstance(v, t.StructInit) for v in values):
            return self._string(children, values)
        rows = [_fields_as_arguments(value) for value in of_kind(values, t.StructInit)]
        return t.NamedType(self.at(children), path, rows)

    def _string(self, children: list[Any], lengths: list[t.Expr]) -> t.TypeSpec:
        path, span = children[0], self.at(children)
        if path.key not in ("STRING", "WSTRING") or len(lengths) != 1:
            return self._array_of_c(path, span, lengths)
        return t.StringSpec(span, path.key == "WSTRING", lengths[0])

    def _array_of_c(self, path: t.Path, span: Span, lengths: list[t.Expr]) -> t.TypeSpec:
        """`INT[10]` as in C, or a length that the type does not take."""
        number = lengths[0].value if len(lengths) == 1 and isinstance(lengths[0], t.Literal) else None
        message = f"{path.text} takes no length here"
        if path.key not in ELEMENTARY or not isinstance(number, int) or number < 1:
            self.sink.tell("SY1104", span, message, "write STRING[80] or WSTRING[80]")
            return t.NamedType(span, path)
        self.sink.tell("SY1104", span, message, f"write ARRAY[0..{number - 1}] OF {path.text}")
        bounds = (t.Literal(span, 1, "int", 0), t.Literal(span, 1, "int", number - 1))
        return t.ArraySpec(span, [bounds], t.NamedType(span, path))

    def enum_type(self, children: list[Any]) -> t.TypeSpec:
        values = enum_values(self.sink, of_kind(children[1], t.Argument))
        return t.EnumSpec(self.at(children), first_of(children, t.Path), values)

    def dim(self, children: list[Any]) -> tuple[t.Expr, t.Expr] | None:
        return None if len(children) == 1 else (children[0], children[2])

    def array_type(self, children: list[Any]) -> t.TypeSpec:
        bounds = [c for c in children[2:-1] if not isinstance(c, Token)]
        return t.ArraySpec(self.at(children), bounds, children[-1])

    def ref_type(self, children: list[Any]) -> t.TypeSpec:
        return t.RefSpec(self.at(children), children[0].type, children[-1])

    def struct_type(self, children: list[Any]) -> t.TypeSpec:
        opener, closer = children[0], children[-1]
        if f"END_{opener.type}" != closer.type:
            span = self.token_span(closer)
            self.sink.tell("SY1103", span, f"{closer.type} closes {opener.type}", f"write END_{opener.type}")
        overlaps = bool(_tokens(children, "UNION", "OVERLAP"))
        return t.StructSpec(self.at(children), of_kind(children, t.VarDecl), overlaps)

    # ---- variables and types ----

    def declared(self, children: list[Any]) -> tuple[t.Name, str | None]:
        name = self.name_of(
            children[0 if children[0].type == "NAME" else 1]
        )  # an address alone is its own name
        return name, children[-1].text.upper() if len(children) > 1 else None

    def declared_within(self, children: list[Any]) -> tuple[t.Name, str | None]:
        """`length AT %B2`: a place within a structure."""
        address = self.token_span(children[2]).to(self.token_span(children[-1])).text().upper()
        return self.name_of(children[0]), address

    def var_decl(self, children: list[Any]) -> t.VarDecl:
        declared = [c for c in children if isinstance(c, tuple) and not isinstance(c, Token)]
        spec = first_of(children, t.TypeSpec)
        assert spec is not None
        edges = _tokens(children, "R_EDGE", "F_EDGE")
        names, addresses = [name for name, _ in declared], [address for _, address in declared]
        self._check_binding(children, spec)
        end = _last_value(children[-1]) or (edges[0] if edges else spec)
        end_offset = end.end if isinstance(end, Token) else end.span.end
        span = names[0].span._replace(end=end_offset)
        return t.VarDecl(span, names, addresses, spec, self._init(children), edges[0].type if edges else "")

    def _check_binding(self, children: list[Any], spec: t.TypeSpec) -> None:
        """`REF=` gives a REFERENCE TO its target."""
        if _tokens(children, "REFASSIGN") and not (isinstance(spec, t.RefSpec) and spec.kind == "REFERENCE"):
            span = self.token_span(_tokens(children, "REFASSIGN")[0])
            self.sink.tell("SY1314", span, "REF= stands behind REFERENCE TO", "write :=")

    def _init(self, children: list[Any]) -> t.Expr | None:
        """The initial value; `1, 2, 3` without brackets is an array's, as older editors wrote it."""
        if _tokens(children, "REFASSIGN"):
            return children[-1]
        items = first_of(children, list)
        values = [value for _, inner in items or [] for value in inner]
        if not items or not values:
            return None
        if len(items) == 1 and items[0][0] == 1:
            return values[0]
        span = values[0].span.to(values[-1].span)
        self.sink.tell("SY3101", span, "an array's initial value stands in brackets", "write [1, 2, 3]")
        return t.ArrayInit(span, self.over(*values), items)

    def _check_areas(self, declarations: list[t.VarDecl]) -> None:
        """`%B2` alone is a place within a structure."""
        for decl in declarations:
            for i, address in enumerate(decl.addresses):
                if address is None or address[1] in "IQM":
                    continue
                hint = f"write %I{address[1:]}, %Q{address[1:]} or %M{address[1:]}"
                self.sink.tell("SY1318", decl.names[i].span, f"AT {address} is in no area", hint)
                decl.addresses[i] = None

    def var_block(self, children: list[Any]) -> t.VarBlock:
        words = frozenset(c.type for c in children[1:-1] if isinstance(c, Token))
        declarations = of_kind(children, t.VarDecl)
        self._check_areas(declarations)
        return t.VarBlock(self.at(children), children[0].type, words - {"SEMI", "ERROR"}, declarations)

    def type_decl(self, children: list[Any]) -> t.TypeDecl:
        spec = first_of(children, t.TypeSpec)
        assert spec is not None
        last = _last_value(children[-1]) or spec
        name = next(child for child in children if isinstance(child, Token) and child.type == "NAME")
        span = self.token_span(children[0]).to(last.span)
        return t.TypeDecl(span, self.name_of(name), first_of(children, t.Path), spec, self._init(children))

    def type_block(self, children: list[Any]) -> t.TypeBlock:
        return t.TypeBlock(self.at(children), of_kind(children, t.TypeDecl))

    # ---- program organisation units ----

    def extends(self, children: list[Any]) -> tuple[str, list[t.Path]]:
        return "EXTENDS", children[1]

    def implements(self, children: list[Any]) -> tuple[str, list[t.Path]]:
        return "IMPLEMENTS", children[1]

    def pou(self, children: list[Any]) -> t.PouDecl:
        """Any unit with a name and parts; its first token says which kind it is."""
        bases = {"EXTENDS": [], "IMPLEMENTS": []}
        for child in children:
            if isinstance(child, tuple) and not isinstance(child, Token) and child[0] in bases:
                bases[child[0]] += child[1]
        name = _tokens(children, "NAME")[0]
        words = frozenset(c.type for c in children[1 : children.index(name)])
        body = first_of(children, list)
        return t.PouDecl(
            span=self.at(children),
            kind=children[0].type,
            name=self.name_of(name),
            modifiers=words,
            result=first_of(children, t.TypeSpec),
            extends=bases["EXTENDS"],
            implements=bases["IMPLEMENTS"],
            using=[path for using in of_kind(children, t.Using) for path in using.paths],
            blocks=of_kind(children, t.VarBlock),
            methods=[*of_kind(children, t.PouDecl), *_actions_in(children)],
            properties=of_kind(children, t.PropertyDecl),
            body=body or [],
        )

    function = function_block = program = class_ = interface = method = pou

    def action(self, children: list[Any]) -> t.PouDecl:
        """A method without parameters."""
        body = first_of(children, list) or []
        name = self.name_of(children[1])
        return t.PouDecl(
            self.at(children),
            "METHOD",
            name,
            frozenset({"PUBLIC"}),
            None,
            [],
            [],
            [],
            [],
            [],
            [],
            body,
            is_action=True,
        )

    def actions(self, children: list[Any]) -> t.Actions:
        names = _tokens(children, "NAME")
        owner = self.name_of(names[0]) if names else None
        return t.Actions(self.at(children), owner, of_kind(children, t.PouDecl))

    def test(self, children: list[Any]) -> t.PouDecl:
        """A test: a unit that is named by a text."""
        word = children[1]
        name = t.Name(self.token_span(word), word.text[1:-1])
        blocks, body = of_kind(children, t.VarBlock), first_of(children, list) or []
        using = [path for found in of_kind(children, t.Using) for path in found.paths]
        return t.PouDecl(
            self.at(children), "TEST", name, frozenset(), None, [], [], using, blocks, [], [], body
        )  # fmt: skip

    def getter(self, children: list[Any]) -> tuple[str, t.Accessor]:
        words = frozenset(c.type for c in children[1:-1] if isinstance(c, Token))
        blocks, body = of_kind(children, t.VarBlock), first_of(children, list) or []
        return children[0].type, t.Accessor(self.at(children), words, blocks, body)

    setter = getter

    def property(self, children: list[Any]) -> t.PropertyDecl:
        name = _tokens(children, "NAME")[0]
        spec = first_of(children, t.TypeSpec)
        assert spec is not None
        access = {c[0]: c[1] for c in children if isinstance(c, tuple) and c[0] in ("GET", "SET")}
        words = frozenset(c.type for c in children[1 : children.index(name)])
        return t.PropertyDecl(
            self.at(children), self.name_of(name), words, spec, access.get("GET"), access.get("SET")
        )

    def using(self, children: list[Any]) -> t.Using:
        return t.Using(self.at(children), children[1])

    def namespace(self, children: list[Any]) -> t.Namespace:
        path = first_of(children, t.Path)
        assert path is not None
        is_internal = bool(_tokens(children, "INTERNAL"))
        return t.Namespace(self.at(children), path, self._with_actions(children), is_internal)

    # ---- configurations ----

    def access_path(self, children: list[Any]) -> t.Name:
        return self.name_of(children[0])

    def var_access(self, children: list[Any]) -> None:
        """Every variable can be read and written by its own name, so an access path adds nothing."""
        self.sink.tell(
            "SY3103",
            self.token_span(children[0]),
            "access paths are not used",
            "tools find variables by their names",
        )

    def config_path(self, children: list[Any]) -> t.ConfigPath:
        path, address = first_of(children, t.Path), _tokens(children, "ADDRESS")
        assert path is not None
        spec = first_of(children, t.TypeSpec)
        assert spec is not None
        init = next((c for c in children[children.index(spec) :] if isinstance(c, t.Expr)), None)
        text = address[0].text.upper() if address else None
        return t.ConfigPath(self.at(children), path, text, spec, init)

    def var_config(self, children: list[Any]) -> list[t.ConfigPath]:
        return of_kind(children, t.ConfigPath)

    def task(self, children: list[Any]) -> t.TaskDecl:
        fields = [c for c in children if isinstance(c, tuple) and not isinstance(c, Token)]
        return t.TaskDecl(self.at(children), self.name_of(children[1]), fields)

    def program_instance(self, children: list[Any]) -> t.ProgramInstance:
        name, *task = _tokens(children, "NAME")
        path = first_of(children, t.Path)
        assert path is not None
        return t.ProgramInstance(
            self.at(children),
            self.name_of(name),
            self.name_of(task[0]) if task else None,
            path,
            of_kind(children, t.Argument),
            bool(_tokens(children, "RETAIN")),
            of_kind(children, t.BlockTask),
        )

    def block_task(self, children: list[Any]) -> t.BlockTask:
        return t.BlockTask(self.at(children), children[0], self.name_of(children[-1]))

    def resource(self, children: list[Any]) -> t.Resource:
        return t.Resource(
            self.at(children),
            self.name_of(children[1]),
            of_kind(children, t.VarBlock),
            of_kind(children, t.TaskDecl),
            of_kind(children, t.ProgramInstance),
        )

    def configuration(self, children: list[Any]) -> t.Configuration:
        name = self.name_of(children[1])
        return t.Configuration(
            self.at(children),
            name,
            self.resource(children),
            of_kind(children, t.Resource),
            [path for paths in of_kind(children, list) for path in paths],
        )

    def unit(self, children: list[Any]) -> t.Unit | None:
        """A unit of the file; a variable block at the top level declares global variables."""
        (child,) = children
        if isinstance(child, t.VarBlock):
            if child.section != "VAR_GLOBAL":
                self.sink.tell(
                    "SY1106", child.span._replace(end=child.span.start + len(child.section)),
                    f"{child.section} stands outside of a program, function or function block",
                    "only VAR_GLOBAL stands alone",
                )  # fmt: skip
                return None
            return t.Globals(child.span, child)
        return child if isinstance(child, t.Unit) else None

    def start(self, children: list[Any]) -> list[t.Unit]:
        return self._with_actions(children)

    def _with_actions(self, children: list[Any]) -> list[t.Unit]:
        """The units; actions that stand behind a unit are its methods."""
        units: list[t.Unit] = []
        for unit in of_kind(children, t.Unit):
            if not isinstance(unit, t.Actions):
                units.append(unit)
                continue
            owners = [one for one in units if isinstance(one, t.PouDecl) and one.kind in _WITH_ACTIONS]
            if unit.owner is not None:
                owners = [one for one in owners if one.name.key == unit.owner.key]
            if owners:
                owners[-1].methods += unit.methods
            else:
                hint = "write it behind its program or function block"
                self.sink.tell(
                    "SY1106", unit.span._replace(end=unit.span.start + 6), "whose action is this?", hint
                )
        return units
