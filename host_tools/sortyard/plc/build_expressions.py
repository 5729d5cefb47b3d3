"""Parser callbacks for expressions. Each gets the children of its rule, tokens included, and returns a node."""

from typing import Any

from sortyard.plc import literals
from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import OPERATORS
from sortyard.plc.lexer import Token
from sortyard.plc.source import Source, Span

MAX_REPEATED = 10_000
"""Most values that a repetition within a repetition may stand for."""
MAX_DEPTH = 400
"""Deepest expression: `((...))`, `a.b.c`, `a + b + c` each count one for each level."""

PRECEDENCE = {
    "OR": 1, "OR_ELSE": 1, "XOR": 2, "AND": 3, "AND_THEN": 3, "EQ": 4, "NE": 4, "LT": 5, "GT": 5, "LE": 5, "GE": 5,
    "PLUS": 6, "MINUS": 6, "STAR": 7, "SLASH": 7, "MOD": 7, "POWER": 8,
}  # fmt: skip
"""Binding strength; operators of equal strength group from the left."""

TEXT_OF_OPERATOR = {name: text for text, name in OPERATORS.items()}


class ExpressionBuilder:
    """Callbacks named as the rules of grammar.lark. `source` and `sink` belong to the file being parsed."""

    source: Source
    sink: Sink
    addresses: list[t.Address]
    """Addresses that stand in expressions so far."""

    def at(self, children: list[Any]) -> Span:
        """From the first child to the last, tokens and nodes alike."""
        first, last = children[0], children[-1]
        start = first.start if isinstance(first, Token) else first.span.start
        end = last.end if isinstance(last, Token) else last.span.end
        return Span(self.source, start, end)

    def token_span(self, token: Token) -> Span:
        return Span(self.source, token.start, token.end)

    def name_of(self, token: Token) -> t.Name:
        return t.Name(Span(self.source, token.start, token.end), token.text)

    def over(self, *parts: t.Expr) -> int:
        """The depth of a node over `parts`; told once it is too deep."""
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth == MAX_DEPTH:
            self.sink.tell(
                "SY1601",
                parts[0].span,
                f"this expression is nested {MAX_DEPTH} deep",
                "split it with variables for parts of it",
            )
        return depth

    def path(self, children: list[Any]) -> t.Path:
        return t.Path(self.at(children), [self.name_of(c) for c in children if c.type == "NAME"])

    def paths(self, children: list[Any]) -> list[t.Path]:
        return [c for c in children if isinstance(c, t.Path)]

    # ---- operands ----

    def name(self, children: list[Any]) -> t.Expr:
        (token,) = children
        if token.type == "ADDRESS":
            address = t.Address(self.token_span(token), 1, token.text)
            self.addresses.append(address)
            return address
        return t.NameRef(Span(self.source, token.start, token.end), 1, token.text)

    def member(self, children: list[Any]) -> t.Expr:
        base, _, token = children
        return t.Member(self.at(children), self.over(base), base, self.name_of(token))

    def spaced_value(self, children: list[Any]) -> t.Expr:
        """`Plant.Cell.Mode#RUN`: a value of an enumeration in a namespace."""
        base, _, prefix, value = children
        type_name = f"{''.join(base.span.text().split())}.{prefix.text[:-1]}"
        return t.Literal(self.at(children), 1, "name", value.text, type_name)

    def index(self, children: list[Any]) -> t.Expr:
        indices = [c for c in children[2:] if isinstance(c, t.Expr)]
        return t.Index(self.at(children), self.over(children[0], *indices), children[0], indices)

    def dereference(self, children: list[Any]) -> t.Expr:
        return t.Dereference(self.at(children), self.over(children[0]), children[0])

    def call(self, children: list[Any]) -> t.Expr:
        callee = self.name(children[:1]) if isinstance(children[0], Token) else children[0]
        arguments = children[2] if isinstance(children[2], list) else []
        depth = self.over(callee, *(a.value for a in arguments))
        return t.Call(self.at(children), depth, callee, arguments)

    def args(self, children: list[Any]) -> list[t.Argument]:
        if isinstance(children[-1], Token) and children[-1].type == "COMMA":
            self.sink.tell("SY3104", self.token_span(children[-1]), "nothing follows this comma", "remove it")
        return [c for c in children if isinstance(c, t.Argument)]

    def argument(self, children: list[Any]) -> t.Argument:
        if len(children) == 1:
            return t.Argument(children[0].span, None, children[0])
        is_negated = children[0].type == "NOT"
        name, sign, value = children[1:] if is_negated else children
        return t.Argument(self.at(children), self.name_of(name), value, sign.type == "OUT", is_negated)

    def left_out(self, children: list[Any]) -> Token:
        """`done =>`: as if the parameter were not there."""
        message = f"{children[0].text} is given nothing"
        self.sink.tell("SY3104", self.at(children), message, "remove it, or give it a value")
        return children[0]

    def type_argument(self, children: list[Any]) -> t.Argument:
        """`__NEW(POINTER TO INT)`"""
        span = children[0].span
        hint = "name it with TYPE where a function takes a type"
        self.sink.tell("SY1701", span, f"{span.text()} is a type, no value", hint)
        return t.Argument(span, None, t.Literal(span, 1, "int", None))

    def parenthesis(self, children: list[Any]) -> t.Expr:
        inner = children[1]
        inner.depth = self.over(inner)
        return inner

    # ---- operators ----

    def unary(self, children: list[Any]) -> t.Expr:
        token, operand = children
        span = self.at(children)
        is_number = isinstance(operand, t.Literal) and operand.kind in ("int", "real")
        if token.type == "MINUS" and is_number and not operand.type_name and operand.value is not None:
            return t.Literal(span, 1, operand.kind, -operand.value)
        return t.Unary(span, self.over(operand), token.type, operand)

    def named_not(self, children: list[Any]) -> t.Expr:
        """NOT(IN := a)"""
        name, operand = children[2], children[4]
        if name.text.upper() != "IN":
            self.sink.tell("SY1408", self.token_span(name), f"NOT has no parameter {name.text}", "write IN")
        return t.Unary(self.at(children), self.over(operand), "NOT", operand)

    def chain(self, children: list[Any]) -> t.Expr:
        """`a + b * c ...` to a tree, by precedence climbing with a stack."""
        operands, operators = [children[0]], []
        for i in range(1, len(children), 2):
            op = "AND" if children[i].type == "AMPERSAND" else children[i].type
            while operators and PRECEDENCE[operators[-1]] >= PRECEDENCE[op]:
                self._join(operands, operators.pop())
            operators.append(op)
            operands.append(children[i + 1])
        while operators:
            self._join(operands, operators.pop())
        return operands[0]

    def _join(self, operands: list[t.Expr], op: str) -> None:
        right, left = operands.pop(), operands.pop()
        operands.append(t.Binary(left.span.to(right.span), self.over(left, right), op, left, right))

    # ---- literals ----

    def literal(self, children: list[Any]) -> t.Expr:
        span = self.at(children)
        tokens = [c for c in children if isinstance(c, Token)]
        if tokens[-1].type == "STRING" and literals.LOST in tokens[-1].text:
            message = "characters of this text were lost when the file was converted: ? stands for each"
            self.sink.tell("SY2115", span, message, "take the original file, or write what was meant")
        try:
            kind, value, type_name = _literal(tokens)
        except literals.BadLiteral as bad:
            self.sink.tell("SY1005", span, *bad.args)
            kind, value, type_name = "int", None, ""
        return t.Literal(span, 1, kind, value, type_name)

    def array_init(self, children: list[Any]) -> t.Expr:
        items = [c if isinstance(c, tuple) else (1, [c]) for c in children[1:-1] if not isinstance(c, Token)]
        inner = [value for _, values in items for value in values]
        return t.ArrayInit(self.at(children), self.over(*inner) if inner else 1, items)

    def repeat(self, children: list[Any]) -> tuple[int, list[t.Expr]]:
        items = children[2] if isinstance(children[2], list) else []
        count = int(children[0].text.replace("_", ""))
        if sum(inner_count * len(inner) for inner_count, inner in items) > MAX_REPEATED:
            hint = "write the outer one alone"
            self.sink.tell(
                "SY1610", self.at(children), "repetitions in repetitions give too many values", hint
            )
            return count, []
        return count, [value for inner_count, inner in items for value in inner * inner_count]

    def struct_init(self, children: list[Any]) -> t.Expr:
        fields = [c for c in children if isinstance(c, tuple) and not isinstance(c, Token)]
        return t.StructInit(self.at(children), self.over(*(value for _, value in fields)), fields)

    def field_init(self, children: list[Any]) -> tuple[t.Name, t.Expr]:
        return self.name_of(children[0]), children[2]

    def init_list(self, children: list[Any]) -> list[tuple[int, list[t.Expr]]]:
        """Items as `ArrayInit` has them."""
        return [c if isinstance(c, tuple) else (1, [c]) for c in children if not isinstance(c, Token)]


def _literal(tokens: list[Token]) -> tuple[str, Any, str]:
    """Kind, value and type name of a literal's tokens."""
    type_name = ""
    if tokens[0].type == "PREFIX":
        type_name, tokens = tokens[0].text[:-1], tokens[1:]
    sign = -1 if tokens[0].type == "MINUS" else 1
    token = tokens[-1]
    text = token.text
    match token.type:
        case "INT" | "BASED":
            return "int", sign * literals.integer(text), type_name
        case "REAL":
            return "real", sign * literals.real(text), type_name
        case "TRUE" | "FALSE":
            return "bool", int(token.type == "TRUE"), type_name
        case "STRING" | "WSTRING":
            is_wide = token.type == "WSTRING"
            return token.type.lower(), literals.string(text, is_wide), type_name
        case "TIME":
            name, value = literals.duration(text)
            return "time", value, name
        case "DATE":
            name, value = literals.calendar(text)
            return "date", value, name
        case "NULL":
            return "null", 0, ""
        case _:
            return "name", text, type_name
