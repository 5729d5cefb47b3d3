"""Bugs put into the C back end on purpose: the random programs must find each of them.

python -m parity.plc.mutants      (in tests/) tells how many programs each one took
"""

import sys
from collections.abc import Callable
from unittest.mock import patch

from parity.plc.generate.campaign import try_seed
from parity.plc.generate.report import Report
from sortyard.plc import ir
from sortyard.plc.c import arithmetic, places
from sortyard.plc.c.calls import Calls
from sortyard.plc.c.code import Value
from sortyard.plc.c.loops import Loops
from sortyard.plc.c.machine import CMachine
from sortyard.plc.c.program import CSource
from sortyard.plc.c.statements import Statements
from sortyard.plc.program import Compiled
from sortyard.plc.types import Type, kind_of

MOST = 5_000
"""Programs that a bug may take."""


def _in_text(*pairs: tuple[str, str]) -> Callable:
    """Replace words of the generated C. A bug that finds no word to replace leaves the program alone."""

    def change(self: CMachine, compiled: Compiled) -> CSource:
        source = _GENERATE(self, compiled)
        for old, new in pairs:
            source.code = source.code.replace(old, new)
        return source

    return patch.object(CMachine, "generate", change)


_GENERATE = CMachine.generate
_CALCULATE = arithmetic.calculate
_DIVIDED = arithmetic.divided
_REAL = arithmetic.real
_COMPARE = arithmetic.compare
_OUTSIDE = places.outside


def _no_wrap(value: Value, type_: Type) -> Value:
    """Sums and conversions keep bits that their type does not have."""
    return value if kind_of(type_) in ("int", "uint") and type_.size < 4 else _WRAPPED(value, type_)


_WRAPPED = arithmetic.wrapped


def _floored(op: str, type_: Type, a: Value, b: Value) -> Value:
    """MOD with the divisor's sign."""
    found = _DIVIDED(op, type_, a, b)
    if op == "MOD":
        found.text = f"(({found.text} + {b.text}) % {b.text})"
    return found


def _no_carry(op: str, type_: Type, a: Value, b: Value) -> Value:
    """Durations added in two halves without the carry between them."""
    found = _CALCULATE(op, type_, a, b)
    if op == "PLUS" and kind_of(type_) == "time":
        low, high = (
            f"(uint32_t)((uint32_t){a.text} + (uint32_t){b.text})",
            f"({a.text} >> 32) + ({b.text} >> 32)",
        )
        found.text = f"((int64_t)((uint64_t)({high}) << 32 | {low}))"
    return found


def _double(op: str, a: Value, b: Value) -> Value:
    """REAL computed as double, rounded only when it is stored."""
    found = _REAL(op, a, b)
    if found.ctype == "float":
        found.text = f"((double){a.text} {found.text.split(a.text, 1)[1].removesuffix(')')})"
    return found


def _signed(op: str, a: Value, b: Value) -> Value:
    """UDINT compared as DINT."""
    found = _COMPARE(op, a, b)
    if "uint32_t" in (a.ctype, b.ctype):
        sign = found.text.removeprefix(f"({a.text} ").partition(" ")[0]
        found.text = f"((int32_t){a.text} {sign} (int32_t){b.text})"
    return found


def _one_more(value: Value, lower: int, upper: int) -> str:
    """An index one beyond the end is let through."""
    return _OUTSIDE(value, lower, upper + 1)


def _case_without_end(self: Statements, statement: ir.Case) -> None:
    """A range of labels without its upper end."""
    cut = [([(a, b - (b > a)) for a, b in ranges], body) for ranges, body in statement.branches]
    _CASE(self, ir.Case(statement.span, statement.selector, cut, statement.otherwise))


_CASE = Statements._case


def _eno_true(self: Calls, expr: ir.Call, enabled: str) -> None:
    """ENO is TRUE, whether there was a call or not."""
    _TELL_ENABLED(self, expr, "1")


_TELL_ENABLED = Calls._tell_enabled


def _longer_array(self: Calls, place: ir.Place) -> str:
    """The last dimension of an array that is given for ARRAY[*] ends one later."""
    name = _BOUNDS(self, place)
    declared = self.out[-1]
    assert isinstance(declared, str)
    self.out[-1] = declared.replace("};", " + 1};")
    return name


_BOUNDS = Calls._bounds_of


def _one_less(name: str, ctype: str, start: Value, end: Value, step: Value, turns: str) -> str:
    """A FOR that leaves its end out."""
    head = _HEAD(name, ctype, start, end, step, turns)
    return head.replace("<=", "<").replace(">=", ">")


_HEAD = Loops._head


def _rounded_down(op: str, type_: Type, a: Value, b: Value) -> Value:
    """Quotients of negative numbers to the next lower one."""
    found = _DIVIDED(op, type_, a, b)
    if op == "SLASH" and kind_of(type_) == "int":
        found.text = f"({found.text} - ({a.text} % {b.text} != 0 && ({a.text} < 0) != ({b.text} < 0)))"
    return found


_INTEGERS = [f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)]

BUGS: dict[str, Callable] = {
    "missing wrap": lambda: patch.object(arithmetic, "wrapped", _no_wrap),
    "floored MOD": lambda: patch.object(arithmetic, "divided", _floored),
    "late TP": lambda: _in_text(
        ("struct TP *restrict self)\n{", "struct TP *restrict self)\n{ self->START -= self->Q;")
    ),
    "wrong TIME carry": lambda: patch.object(arithmetic, "calculate", _no_carry),
    "REAL not rounded": lambda: patch.object(arithmetic, "real", _double),
    "halves away from zero": lambda: _in_text(("__builtin_llrint", "__builtin_llround")),
    "shift modulo the width": lambda: _in_text(("n < bits ? x >> n : 0", "x >> n % bits")),
    "rotation of a byte as of 32 bits": lambda: _in_text(("n % bits", "n % 32")),
    "index one too far": lambda: patch.object(places, "outside", _one_more),
    "tail of a string kept": lambda: _in_text(
        ("memset(to + n, 0, (size_t)(size - n) * sizeof(T));", "if (n < size) to[n] = 0;")
    ),
    "UDINT compared as signed": lambda: patch.object(arithmetic, "compare", _signed),
    "CASE range without its end": lambda: patch.object(Statements, "_case", _case_without_end),
    "budget watched too late": lambda: _in_text(
        ("left < 1)", "left < -5000)"), ("left_2 < 1)", "left_2 < -5000)")
    ),
    "FOR counted one too few": lambda: _in_text(("left -= ", "left -= -1 + ")),
    "FOR without its end": lambda: patch.object(Loops, "_head", staticmethod(_one_less)),
    "quotient rounded down": lambda: patch.object(arithmetic, "divided", _rounded_down),
    "string cut one too early": lambda: _in_text(("return a < b ? a : b; }", "return a < b ? a : b - 1; }")),
    "string cut one too late": lambda: _in_text(
        ("return a < b ? a : b; }", "return a < b ? a : b + (a > b); }")
    ),
    "EN not heeded": lambda: _in_text(("if (enabled", "if (1 || enabled")),
    "ENO always TRUE": lambda: patch.object(Calls, "_tell_enabled", _eno_true),
    "retained part four bytes off": lambda: _in_text(("= self->plc_retained;", "= self->plc_retained + 4;")),
    "ARRAY[*] one longer": lambda: patch.object(Calls, "_bounds_of", _longer_array),
    "NaN in two forms": lambda: _in_text(('? __builtin_nanf("") : x', '? -__builtin_nanf("") : x')),
    "function's variables kept": lambda: _in_text(
        *((f"    {ctype} v0 = 0;", f"    static {ctype} v0 = 0;") for ctype in _INTEGERS)
    ),
}


def programs_until_found(bug: str, most: int = MOST, first_seed: int = 0) -> int | None:
    """How many random programs it takes to see a bug; None if none of them shows it."""
    report = Report()
    with BUGS[bug]():
        for seed in range(first_seed, first_seed + most):
            try_seed(seed, lambda program: CMachine(program, "-O0"), report)
            if report.failures:
                return seed - first_seed + 1
    return None


def main() -> int:
    """Exit code 1 if a bug is not found."""
    missed = 0
    for bug in BUGS:
        found = programs_until_found(bug)
        missed += found is None
        print(f"{bug}: {'not found' if found is None else f'after {found} programs'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
