"""Conversions between strings and everything else: calls of the library's functions in text*.st."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.lower_convert import Converter
from sortyard.plc.standard import STANDARD
from sortyard.plc.text_values import SHORT
from sortyard.plc.types import (
    BOOL,
    ELEMENTARY,
    LINT,
    ULINT,
    Elementary,
    EnumType,
    StringType,
    Type,
    kind_of,
    plain,
)

Unit = Callable[[str, list[ir.Expr]], ir.Expr]
"""Calls the library's function of that name."""
_DATES = {"time", "date", "tod", "dt"}
_STRINGS = {"string", "wstring"}
_CHARACTERS = _STRINGS | {"char", "wchar"}
MAX_TEXT = 256
"""Characters that the reading functions take; they refuse a text that is as long as that."""


def is_text(source: Type, target: Type) -> bool:
    """True if one side is a string and the other one neither a string nor a character."""
    origin, goal = kind_of(source), kind_of(target)
    return (origin in _STRINGS and goal not in _CHARACTERS) or (
        goal in _STRINGS and origin not in _CHARACTERS
    )


def _long(type_: Type) -> Elementary:
    """The long form of a duration or date."""
    name = str(plain(type_))
    return ELEMENTARY[name if name.startswith("L") else f"L{name}"]


def to_string(value: ir.Expr, target: Type, convert: Converter, unit: Unit) -> ir.Expr:
    """The text of a value as a value of a string type."""
    if isinstance(value.type, EnumType):
        value = ir.Convert(value.type.base, value.span, value)
    kind = kind_of(value.type)
    if kind in _DATES:
        number = convert.explicit(convert.explicit(value, _long(value.type)), LINT)
        digits = unit(f"TO_STRING__{str(_long(value.type))[1:]}", [number])
        name = str(plain(value.type))
        text = f"{SHORT[name]}#"
        prefix = ir.Const(StringType(False, len(text)), value.span, text)
        result = StringType(False, len(text) + getattr(digits.type, "length", 0))
        function = STANDARD["CONCAT"].function
        assert function is not None
        found: ir.Expr = ir.Intrinsic(result, value.span, "CONCAT", function, [prefix, digits])
    elif kind in ("bool", "real"):
        found = unit(f"TO_STRING__{plain(value.type)}", [value])
    else:
        wide = LINT if kind == "int" else ULINT
        found = unit(f"TO_STRING__{wide}", [convert.explicit(value, wide)])
    return convert.explicit(found, target)


def from_string(value: ir.Expr, target: Type, convert: Converter, unit: Unit) -> ir.Expr:
    """What a string says as a value of `target`; to vendors a text without a number says 0 or FALSE."""
    text = convert.explicit(value, StringType(False, MAX_TEXT))
    base = target.base if isinstance(target, EnumType) else plain(target)
    assert isinstance(base, Elementary)
    if not convert.is_strict and base.kind in ("int", "uint", "bits", "real"):
        is_real = ir.Const(BOOL, value.span, int(base.kind == "real"))
        text = convert.explicit(unit("NUMBER_PREFIX__TEXT", [text, is_real]), text.type)
    if base.kind in _DATES:
        number = unit(f"FROM_STRING__{str(_long(base))[1:]}", [text])
        return convert.explicit(convert.explicit(number, _long(base)), base)
    if base.kind == "bool" and not convert.is_strict:
        return unit("IS_TRUE__TEXT", [text])
    if base.kind in ("bool", "real"):
        return unit(f"FROM_STRING__{base}", [text])
    wide = LINT if base.kind == "int" else ULINT
    highest = ir.Const(wide, value.span, base.highest)
    return convert.explicit(unit(f"FROM_STRING__{wide}", [text, highest]), base)
