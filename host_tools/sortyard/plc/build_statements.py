"""Parser callbacks for statements; with them the builder of the whole tree."""

from typing import Any

from sortyard.plc import tree as t
from sortyard.plc.build_declarations import DeclarationBuilder, of_kind
from sortyard.plc.diagnostics import Sink
from sortyard.plc.lexer import Token
from sortyard.plc.source import Source

_BLOCKS = (t.If, t.Case, t.For, t.While, t.Repeat)


class TreeBuilder(DeclarationBuilder):
    """All callbacks of grammar.lark. `begin` before each parse; a builder serves one parse at a time."""

    def begin(self, source: Source, sink: Sink) -> None:
        """Give the next parse its source and where to tell what is wrong."""
        self.source, self.sink, self.addresses = source, sink, []

    def body(self, children: list[Any]) -> list[t.Statement]:
        """The statements; an empty one ends a block (`END_IF;`) or stands alone."""
        statements: list[t.Statement] = []
        for i, child in enumerate(children):
            if isinstance(child, t.Statement):
                statements.append(child)
                if isinstance(child, _BLOCKS):
                    self._expect_semicolon(child, children, i)
        return statements

    def _expect_semicolon(self, block: t.Statement, children: list[Any], i: int) -> None:
        after = children[i + 1] if i + 1 < len(children) else None
        if not (isinstance(after, Token) and after.type in ("SEMI", "ERROR")):
            end = block.span._replace(start=block.span.end - 1)
            self.sink.tell(
                "SY3102", end, "a block ends with ; in the standard", "write ; behind its END_ word"
            )

    def empty(self, children: list[Any]) -> Token:
        return children[0]

    bad = empty

    def jump(self, children: list[Any]) -> t.Statement:
        return t.Jump(self.at(children), children[0].type)

    def jump_if(self, children: list[Any]) -> t.Statement:
        """`RETURN(done);`"""
        span = self.at(children)
        hint = "write IF ... THEN RETURN; END_IF;"
        self.sink.tell("SY3104", span, "RETURN has no condition in the standard", hint)
        return t.If(span, [(children[2], [t.Jump(span, "RETURN")])], None)

    def assign(self, children: list[Any]) -> t.Statement:
        *targets, value = children[:-1:2]
        op = children[1].type
        return t.Assign(
            self.at(children), op, targets[-1], value, targets[-2::-1] if len(targets) > 1 else []
        )

    def call_statement(self, children: list[Any]) -> t.Statement:
        return t.CallStatement(self.at(children), children[0])

    def elsif(self, children: list[Any]) -> tuple[str, t.Expr, list[t.Statement]]:
        return "ELSIF", children[1], children[3]

    def else_(self, children: list[Any]) -> tuple[str, list[t.Statement]]:
        return "ELSE", children[1]

    def if_(self, children: list[Any]) -> t.Statement:
        branches, otherwise = [(children[1], children[3])], None
        for part in children[4:-1]:
            if part[0] == "ELSIF":
                branches.append(part[1:])
            else:
                otherwise = part[1]
        return t.If(self.at(children), branches, otherwise)

    def label(self, children: list[Any]) -> tuple[t.Expr, t.Expr | None]:
        return children[0], children[2] if len(children) > 1 else None

    def labels(self, children: list[Any]) -> t.CaseBranch:
        pairs = [c for c in children if not isinstance(c, Token)]
        return t.CaseBranch(pairs[0][0].span, pairs, [])

    def case_(self, children: list[Any]) -> t.Statement:
        """Labels and statements arrive in one row; each label starts a branch."""
        branches: list[t.CaseBranch] = []
        otherwise, rows, is_told = None, [], False
        for child in children[3:-1]:
            if isinstance(child, tuple) and not isinstance(child, Token):
                otherwise = child[1]
            elif isinstance(child, t.CaseBranch):
                branches.append(child)
                rows.append([])
            elif rows:
                rows[-1].append(child)
            elif isinstance(child, t.Statement) and not is_told:
                is_told = True
                number = child.span.text().rstrip("; ")
                hint = f"write {number}:" if number.isdigit() else "write a label: `1: ...;`"
                self.sink.tell("SY1107", child.span, "a statement before the first label", hint)
        for branch, row in zip(branches, rows, strict=True):
            branch.body = self.body(row)
        return t.Case(self.at(children), children[1], branches, otherwise)

    def for_(self, children: list[Any]) -> t.Statement:
        expressions = of_kind(children, t.Expr)
        variable, start, end, *step = expressions
        return t.For(self.at(children), variable, start, end, step[0] if step else None, children[-2])

    def while_(self, children: list[Any]) -> t.Statement:
        return t.While(self.at(children), children[1], children[3])

    def repeat_(self, children: list[Any]) -> t.Statement:
        return t.Repeat(self.at(children), children[1], children[3])
