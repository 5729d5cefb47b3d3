"""What Cython is to see of a shared source: line for line the same, without what costs compiled code time.

On a board a constant is a literal already and a local name for a table saves time. Compiled, a constant would be a
variable of the module, read from memory at each use, and a local name would count the users of its object up and down
in each call. So the constants come back as literals, by `include "constants/NAME.pxi"` in the .pxd, and a local name
for a table is written out.
"""

import re

TABLES = (
    "agenda",
    "chutes",
    "encoder",
    "eyes",
    "gate_agenda",
    "gates",
    "health",
    "merge",
    "rules",
    "scanners",
    "tracks",
)
"""The objects of a LineState: it gets them when it is made and never others."""

_CONSTANT = re.compile(r"^(\w+) = const\((.+)\).*$", re.MULTILINE)
_FUNCTION = re.compile(r"^(?= *def )", re.MULTILINE)
_ALIAS = re.compile(rf"^ +(\w+) = ((?:st|gl|self)\.(?:{'|'.join(TABLES)}))$", re.MULTILINE)


def constants(source: str) -> dict[str, int]:
    """The constants of a shared source; one may be made of those before it."""
    values: dict[str, int] = {}
    for name, text in _CONSTANT.findall(source):
        values[name] = eval(text, {}, values)
    return values


def declared(values: dict[str, int]) -> str:
    """A .pxi that declares constants: names of C for their values."""
    lines = [f'    int {name} "({value})"' for name, value in values.items()]
    return "\n".join(["cdef extern from *:", *lines, ""]) if lines else ""


def bare(source: str) -> str:
    """A shared source without its constants and without local names for tables."""
    return "".join(map(_without_aliases, _FUNCTION.split(_CONSTANT.sub("", source))))


def _without_aliases(function: str) -> str:
    for name, table in _ALIAS.findall(function):
        if len(re.findall(rf"(?<![\w.]){name} =(?!=)", function)) == 1:
            function = re.sub(rf"^( +){name} = .*$", r"\1pass", function, flags=re.MULTILINE)
            function = re.sub(rf"(?<![\w.]){name}\b", table, function)
    return function
