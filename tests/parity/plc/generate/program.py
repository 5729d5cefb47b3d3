"""Whole random programs: functions and blocks that call each other, and a PROGRAM that drives them."""

from parity.plc.generate.choices import Choices
from parity.plc.generate.declare import ARRAYS, BLOCKS, INTS, SCALARS, STRUCTS, TYPES, Scope, Unit, user_unit
from parity.plc.generate.statements import Statements

_FREE = ("i : INT;", "j : DINT;", "k : SINT;", "n : UINT;", "turns : DINT;")
GLOBALS = """
VAR_GLOBAL
    in_bool : BOOL; in_int : INT; in_dint : DINT; in_ulint : ULINT; in_real : REAL; in_time : TIME;
    in_text : STRING[20];
    lamp AT %QX0.3 : BOOL; level AT %QW2 : WORD; sensor AT %IX1.0 : BOOL;
    shared : DINT := 5; table : ARRAY[1..8] OF INT; flags : DWORD;
END_VAR
VAR_GLOBAL RETAIN kept : DINT := 77; END_VAR
"""
INPUTS = ("in_bool", "in_int", "in_dint", "in_ulint", "in_real", "in_time", "in_text", "sensor")
"""Global variables that the outside sets before each scan."""
_GLOBAL_TYPES = {
    "in_bool": "BOOL", "in_int": "INT", "in_dint": "DINT", "in_ulint": "ULINT", "in_real": "REAL", "in_time": "TIME",
    "in_text": "STRING[20]", "lamp": "BOOL", "sensor": "BOOL", "shared": "DINT", "table": "ARRAY[1..8] OF INT",
    "flags": "DWORD", "kept": "DINT", "level": "WORD",
}  # fmt: skip
_ALL = (*SCALARS, "Color", "Small", *ARRAYS, *STRUCTS)


class Generator:
    """One program from one list of choices."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.units: list[Unit] = []

    def program(self) -> str:
        """The source text."""
        parts = [TYPES, GLOBALS]
        for number in range(self.choices.below(4)):
            parts.append(self._function(number))
        for number in range(self.choices.below(4)):
            parts.append(self._block(number))
        parts.append(self._main())
        return "\n".join(parts)

    def _types(self, count: int, options: tuple[str, ...] = _ALL) -> list[str]:
        return [self.choices.pick(options) for _ in range(count)]

    def _scope(self) -> Scope:
        scope = Scope(self.choices, list(self.units))
        for name, type_ in _GLOBAL_TYPES.items():
            scope.add(name, type_, is_writable=name not in ("in_int", "sensor"))
        for row in _FREE:
            name, type_ = row.rstrip(";").split(" : ")
            scope.add(name, type_, is_writable=False)
        return scope

    @staticmethod
    def _section(keyword: str, variables: dict[str, str]) -> str:
        rows = " ".join(f"{name} : {type_};" for name, type_ in variables.items())
        return f"{keyword} {rows} END_VAR\n" if rows else ""

    def _locals(self, scope: Scope, prefix: str, count: int) -> dict[str, str]:
        found = {f"{prefix}{i}": type_ for i, type_ in enumerate(self._types(count))}
        for name, type_ in found.items():
            scope.add(name, type_)
        return found

    def _parameters(self, scope: Scope, prefix: str, count: int, is_writable: bool) -> dict[str, str]:
        found = {f"{prefix}{i}": type_ for i, type_ in enumerate(self._types(count, SCALARS))}
        for name, type_ in found.items():
            scope.add(name, type_, is_writable)
        return found

    def _shared(self, scope: Scope, count: int) -> dict[str, str]:
        found = {}
        for i in range(count):
            type_ = self.choices.pick(
                ("INT", "DINT", "Point", "STRING[20]", "ARRAY[1..8] OF INT", "ARRAY[*] OF INT", "REAL")
            )
            found[f"io{i}"] = type_
            if "*" not in type_:
                scope.add(f"io{i}", type_)
        return found

    def _open_sum(self, shared: dict[str, str]) -> list[str]:
        """Open arrays are walked from end to end."""
        rows = []
        for name, type_ in shared.items():
            if "*" in type_:
                self.choices.note("LOWER_BOUND, UPPER_BOUND")
                rows.append(
                    f"FOR j := LOWER_BOUND({name}, 1) TO UPPER_BOUND({name}, 1) DO {name}[j] := {name}[j] + 1; END_FOR;"
                )
        return rows

    def _function(self, number: int) -> str:
        self.choices.note("FUNCTION")
        scope = self._scope()
        result = self.choices.pick((*SCALARS, "Color"))
        unit = Unit(f"f{number}", result, self._parameters(scope, "a", self.choices.below(4), True), {}, {})
        unit.outputs = self._parameters(scope, "b", self.choices.below(3), True)
        unit.shared = self._shared(scope, self.choices.below(2))
        scope.add(unit.name, result)
        own = self._locals(scope, "v", self.choices.below(4))
        writer = Statements(scope)
        scope.budget = 12
        lines = [*self._open_sum(unit.shared), f"{unit.name} := {writer.value(result)};"]
        lines += writer.body(1 + self.choices.below(5))
        lines = self._counting(unit, own, lines)
        self.units.append(unit)
        head = f"FUNCTION {unit.name} : {result}\n"
        head += self._section("VAR_INPUT", unit.inputs) + self._section("VAR_OUTPUT", unit.outputs)
        head += self._section("VAR_IN_OUT", unit.shared) + self._section("VAR", own)
        return f"{head}VAR {' '.join(_FREE)} END_VAR\n" + "\n".join(lines) + "\nEND_FUNCTION\n"

    def _counting(self, unit: Unit, own: dict[str, str], lines: list[str]) -> list[str]:
        """Some functions count in a variable of their own: it starts anew in each call, and the result tells."""
        counters = [name for name, type_ in own.items() if type_ in INTS]
        if not counters or unit.result not in INTS or not self.choices.chance(50):
            return lines
        self.choices.note("variable of a function read before it is written")
        name = counters[0]
        count = f"{name} := {name} + {own[name]}#1;"
        return [count, *lines, count, f"{unit.name} := {unit.name} + TO_{unit.result}({name});"]

    def _block(self, number: int) -> str:
        self.choices.note("FUNCTION_BLOCK")
        scope = self._scope()
        unit = Unit(f"B{number}", None, self._parameters(scope, "a", self.choices.below(4), True), {}, {})
        unit.outputs = self._parameters(scope, "b", self.choices.below(3), True)
        unit.shared = self._shared(scope, self.choices.below(3))
        own = self._locals(scope, "v", 1 + self.choices.below(4))
        kept = self._locals(scope, "r", self.choices.below(2))
        temporary = self._locals(scope, "t", self.choices.below(2))
        blocks = self._blocks(scope, self.choices.below(3))
        writer = Statements(scope)
        scope.budget = 14
        lines = [*self._open_sum(unit.shared), *writer.body(2 + self.choices.below(5))]
        head = f"FUNCTION_BLOCK {unit.name}\n"
        head += self._section("VAR_INPUT", unit.inputs) + self._section("VAR_OUTPUT", unit.outputs)
        head += self._section("VAR_IN_OUT", unit.shared) + self._section("VAR", own | blocks)
        if kept:
            self.choices.note("VAR RETAIN")
            head += self._section("VAR RETAIN", kept)
        if temporary:
            self.choices.note("VAR_TEMP")
            head += self._section("VAR_TEMP", temporary)
        self.units.append(unit)
        return f"{head}VAR {' '.join(_FREE)} END_VAR\n" + "\n".join(lines) + "\nEND_FUNCTION_BLOCK\n"

    def _blocks(self, scope: Scope, count: int) -> dict[str, str]:
        """Instances of standard blocks and of the program's own; some in an array."""
        found = {}
        own = [u for u in self.units if u.result is None]
        for i in range(count):
            unit = (
                self.choices.pick(own)
                if own and self.choices.chance(60)
                else user_unit(self.choices.pick(tuple(BLOCKS)))
            )
            name, type_ = f"fb{i}", unit.name
            if self.choices.chance(20):
                self.choices.note("array of blocks")
                type_ = f"ARRAY[0..2] OF {unit.name}"
                scope.blocks += [(f"{name}[{n}]", unit) for n in range(3)] + [
                    (f"{name}[TO_DINT(turns) MOD 3]", unit)
                ]
            else:
                scope.blocks.append((name, unit))
                for output, kind in unit.outputs.items():
                    scope.add(f"{name}.{output}", kind, is_writable=False)
            found[name] = type_
        return found

    def _main(self) -> str:
        scope = self._scope()
        own = self._locals(scope, "v", 2 + self.choices.below(9))
        blocks = self._blocks(scope, self.choices.below(5))
        refs = {f"ref{i}": "REF_TO INT" for i in range(self.choices.below(2))}
        for name, type_ in refs.items():
            scope.wholes.setdefault(type_, []).append(name)
        lines = Statements(scope).body(3 + self.choices.below(9))
        head = "PROGRAM main\n" + self._section("VAR", own | blocks | refs)
        return f"{head}VAR {' '.join(_FREE)} END_VAR\nturns := 0;\n" + "\n".join(lines) + "\nEND_PROGRAM\n"


def generate(choices: Choices) -> str:
    """A program from choices; the same choices give the same program."""
    return Generator(choices).program()
