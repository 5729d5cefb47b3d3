"""The standard functions as a table: signature and body of each. Blocks with state are ST, in library/*.st.

A parameter is (name, group). Groups: a type's name, an ANY_* group, or `T:ANY_*`: all parameters of a function with T
get one common type. Results: a type's name, T (the common type), or T+ (a string as long as all strings together).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

OPERATOR_FUNCTIONS = {
    "ADD": "PLUS", "SUB": "MINUS", "MUL": "STAR", "DIV": "SLASH", "EXPT": "POWER", "GT": "GT", "GE": "GE",
    "EQ": "EQ", "LE": "LE", "LT": "LT", "NE": "NE", "AND": "AND", "OR": "OR", "XOR": "XOR", "MOD": "MOD",
}  # fmt: skip
"""Functions that are an operator by another name."""


@dataclass(frozen=True, slots=True)
class Standard:
    """`function(result type, *values)`; None: the library has it in ST, as NAME__TYPE for the type of its first value.

    A variadic one repeats its last parameter.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    result: str
    function: Callable[..., Any] | None
    is_variadic: bool = False

    def group(self, position: int) -> str:
        """The group of the argument at `position`."""
        return self.parameters[min(position, len(self.parameters) - 1)][1]

    def names(self, count: int) -> list[str]:
        """Parameter names when `count` arguments are given: IN1, IN2, ... of a variadic one go on."""
        names = [name for name, _ in self.parameters]
        if self.is_variadic and count > len(names):
            stem = names[-1].rstrip("0123456789")
            first = int(names[-1].removeprefix(stem) or 0)
            names += [f"{stem}{first + i}" for i in range(1, count - len(names) + 1)]
        return names


def table(text: str, functions: dict[str, Callable[..., Any]]) -> Iterable[Standard]:
    """Rows `NAME(PARAM group, ...) result`; `...` behind the last parameter repeats it."""
    for row in text.strip().splitlines():
        head, _, result = row.strip().rpartition(" ")
        name, _, parameters = head.partition("(")
        parameters = parameters.rstrip(")")
        is_variadic = parameters.endswith("...")
        pairs = [tuple(p.split()) for p in parameters.removesuffix("...").split(",") if p.strip()]
        yield Standard(name, tuple((p[0], p[1]) for p in pairs), result, functions.get(name), is_variadic)


def _all() -> dict[str, Standard]:
    from sortyard.plc import standard_bits, standard_numeric, standard_string, standard_time

    modules = (standard_numeric, standard_bits, standard_string, standard_time)
    return {s.name: s for module in modules for s in table(module.TABLE, module.FUNCTIONS)}


STANDARD = _all()
STANDARD |= {
    "MULTIME": STANDARD["MUL_TIME"], "DIVTIME": STANDARD["DIV_TIME"],
    "BIG_ENDIAN_TO": STANDARD["FROM_BIG_ENDIAN"], "LITTLE_ENDIAN_TO": STANDARD["FROM_LITTLE_ENDIAN"],
}  # fmt: skip
"""By name: those of the second edition, and what some controllers call the third's, are the same functions."""
