"""What was probably meant by a value of the wrong type: the suggestion of a message."""

from sortyard.plc import ir
from sortyard.plc.conversion_names import is_legal
from sortyard.plc.source import Span
from sortyard.plc.types import NULL, Elementary, EnumType, RefType, StringType, Type, kind_of, plain


def for_value(expr: ir.Expr, target: Type) -> str:
    """Of a value that does not become `target` by itself."""
    if isinstance(expr, ir.CalleeValue):
        return f"give a variable of {expr.type}"
    return (
        for_hidden_value(expr.span, target)
        or _as_literal(expr, target)
        or _as_reference(expr.type, target)
        or for_conversion(expr.type, target)
    )


def for_hidden_value(written: Span, target: Type) -> str:
    """A variable's name that a value of the enumeration has, too; "" of anything else."""
    name = written.text()
    if isinstance(target, EnumType) and name.upper() in target.values:
        return f"{name} is a variable here: write {target}#{target.spelling[name.upper()]}"
    return ""


def for_conversion(source: Type, target: Type) -> str:
    """`write INT_TO_SINT(...)` where there is such a function."""
    named = (Elementary, StringType)
    if isinstance(plain(source), named) and isinstance(plain(target), named) and source is not NULL:
        if is_legal(source, target):
            return f"write {_short_name(source)}_TO_{_short_name(target)}(...)"
        return "there is no conversion: give a value of the other type"
    if isinstance(source, EnumType) and is_legal(source, target):
        return f"write TO_{_short_name(target)}(...)"
    if isinstance(source, EnumType) or isinstance(target, EnumType):
        return "use a value of that enumeration"
    return f"give a value of {target}"


def _as_literal(expr: ir.Expr, target: Type) -> str:
    """How a number or text of the wrong type is written, or ""."""
    if not isinstance(expr, ir.Const):
        return ""
    source, goal = kind_of(expr.type), kind_of(target)
    if source in ("int", "uint") and goal == "time":
        return f"write T#{expr.value}ms, or another unit"
    written = expr.span.text()
    if (source, goal) == ("wstring", "string") and written[:1] == '"':
        return f"write '{written[1:-1]}': these quotes are WSTRING's"
    return ""


def _as_reference(source: Type, target: Type) -> str:
    """A variable in place of a reference to it, or the other way round; else ""."""
    if isinstance(target, RefType) and plain(target.target) == plain(source):
        return f"write {'REF' if target.kind == 'REF_TO' else 'ADR'}(...) of a variable"
    if isinstance(source, RefType) and plain(source.target) == plain(target):
        return "write ^ behind the reference"
    return ""


def _short_name(type_: Type) -> str:
    """The type's name in a conversion function: without the length of a string."""
    base = plain(type_)
    if isinstance(base, StringType):
        return "WSTRING" if base.is_wide else "STRING"
    return str(base)
