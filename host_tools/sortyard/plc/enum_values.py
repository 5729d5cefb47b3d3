"""Names in parentheses as values of an enumeration: `(RED, GREEN := 3)`, with or without a type before them."""

from sortyard.plc import tree as t
from sortyard.plc.diagnostics import Sink


def enum_values(sink: Sink, arguments: list[t.Argument]) -> list[tuple[t.Name, t.Expr | None]]:
    """Names, and the numbers that are given with them; what is no name is told."""
    values: list[tuple[t.Name, t.Expr | None]] = []
    for argument in arguments:
        if argument.name is not None:
            values.append((argument.name, argument.value))
        elif isinstance(argument.value, t.NameRef):
            values.append((t.Name(argument.value.span, argument.value.text), None))
        else:
            hint = "write (RED, GREEN) or (RED := 1, GREEN)"
            sink.tell("SY1105", argument.span, "an enumeration lists names", hint)
    return values
