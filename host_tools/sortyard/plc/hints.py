"""What was probably meant by a name that does not exist: the suggestion of a message."""

from collections.abc import Iterable

from sortyard.plc.conversion_names import conversion_types
from sortyard.plc.diagnostics import nearest
from sortyard.plc.standard import STANDARD
from sortyard.plc.symbols import Scope
from sortyard.plc.types import ALIASES, ELEMENTARY

_TYPES = {
    "BIT": "BOOL", "BOOLEAN": "BOOL", "CHARACTER": "CHAR", "COUNTER": "CTU", "DOUBLE": "LREAL", "FLOAT": "REAL",
    "INT16": "INT", "INT32": "DINT", "INT64": "LINT", "INT8": "SINT", "INTEGER": "INT", "LONG": "LINT", "SHORT": "INT",
    "STR": "STRING", "TEXT": "STRING", "TIMER": "TON", "UINT16": "UINT", "UINT32": "UDINT", "UINT64": "ULINT",
    "UINT8": "USINT", "UNSIGNED": "UINT",
}  # fmt: skip
"""Types as other languages name them."""

OF_A_LINE = frozenset({
    "SORT_LINE", "MOTOR", "DIVERTER", "CHUTE", "SCANNER", "PHOTO_EYE", "STACK_LIGHT", "LINE_STATE", "LINE_FAULT",
    "CHUTE_STATE", "LAMP",
})  # fmt: skip
"""Types of line/blocks.st, which are there with a line only."""

_FUNCTIONS = {
    "CEIL": "-TRUNC(-x) for x > 0", "FLOOR": "TRUNC(x) for x >= 0", "LENGTH": "LEN(...)", "MODULO": "a MOD b",
    "PARSEINT": "STRING_TO_INT(...)", "POW": "a ** b", "POWER": "a ** b", "ROUND": "REAL_TO_DINT(...), which rounds",
    "SQR": "x * x, or SQRT(...)", "STRCAT": "CONCAT(...)", "STRLEN": "LEN(...)",
    "SUBSTR": "MID(text, length, position)", "SUBSTRING": "MID(text, length, position)",
}  # fmt: skip
"""Functions of other languages, and what is written here."""

_WAITS = "nothing waits in a scan: call a TON in every one, look at its Q"
_PRINTS = "nothing is printed: sortyard plc run --trace shows it"
_ELSEWHERE = {
    "DELAY": _WAITS, "ECHO": _PRINTS, "PRINT": _PRINTS, "PRINTF": _PRINTS, "PRINTLN": _PRINTS, "SLEEP": _WAITS,
    "WAIT": _WAITS,
}  # fmt: skip
"""What there is none of here."""


def for_variable(name: str, scope: Scope) -> str:
    """Of a name that is no variable: a type, a word of another language, or a similar one."""
    key = name.upper()
    unit = scope.find(scope.project.pous, key)
    if unit is not None and unit.kind in ("FUNCTION_BLOCK", "CLASS"):
        return f"{unit.name} is a type: declare x : {unit.name}; and write x"
    if unit is not None and unit.kind == "FUNCTION" and unit.result is None:
        return f"{unit.name} has no result: declare FUNCTION {unit.name} : INT"
    if key == "DEFAULT":
        return "write ELSE without a colon"
    of_function = scope.pou
    if key in ("RESULT", "RETVAL") and of_function is not None and of_function.result is not None:
        return f"the result is {of_function.name}"
    values = [
        v for entry in scope.project.types.values() for v in getattr(entry.type, "spelling", {}).values()
    ]
    return nearest(name, [*scope.visible_names(), *values]) or "declare it in a VAR block"


def for_type(name: str, known: Iterable[str]) -> str:
    """Of a name that is no type."""
    meant = _TYPES.get(name.upper())
    if meant is not None:
        return f"did you mean {meant}?"
    if name.upper() in OF_A_LINE:
        return "name the line file whose part it is, with --line (in pytest line=), or declare it"
    return nearest(name, known) or "declare it with TYPE or FUNCTION_BLOCK"


def for_function(name: str, known: Iterable[str]) -> str:
    """Of a name that is no function."""
    key = name.upper()
    if key in _FUNCTIONS:
        return f"write {_FUNCTIONS[key]}"
    if key in _ELSEWHERE:
        return _ELSEWHERE[key]
    if key in ELEMENTARY:
        return f"write TO_{key}(...)"
    source, to, target = key.partition("_TO_")
    if to:
        return _conversion(_elementary(source), _elementary(target), key)
    return nearest(name, known)


def _conversion(source: str, target: str, written: str) -> str:
    """Of a name that is no conversion: that between the nearest types, if there is one."""
    likely = f"{source}_TO_{target}"
    if likely != written and conversion_types(likely) is not None:
        return f"did you mean {likely}?"
    if source.endswith("_ENDIAN"):
        return f"write {source}_TO(...)"
    if target not in ELEMENTARY and target not in ALIASES:
        return nearest(written, STANDARD)
    if source in ELEMENTARY or source in ALIASES:
        return "there is no conversion: give a value of the other type"
    return f"write TO_{target}(...)"


def _elementary(name: str) -> str:
    """The elementary type, or STRING, that is nearest to a name."""
    known = [*ELEMENTARY, *ALIASES, "STRING", "WSTRING"]
    meant = _TYPES.get(name, name)
    return (
        meant
        if meant in known
        else nearest(meant, known).removeprefix("did you mean ").removesuffix("?") or name
    )


def for_parameter(name: str, names: list[str]) -> str:
    """Of a name that is no parameter: a similar one, or all of them."""
    return nearest(name, names) or (f"parameters: {', '.join(names[:8])}" if names else "give none")


def for_member(name: str, names: list[str]) -> str:
    """Of a name that is no member: a similar one, or all of them."""
    return nearest(name, names) or (f"members: {', '.join(names[:8])}" if names else "")


def too_many(name: str, count: int) -> str:
    """Of a call with more than the `count` arguments that `name` takes: what is wrong, not what is meant."""
    return f"{name} takes {count} argument{'' if count == 1 else 's'}"
