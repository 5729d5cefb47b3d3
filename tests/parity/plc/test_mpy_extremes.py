"""Every operator and conversion on the ends of every type's range: MicroPython as the reference, byte by byte."""

import pytest

from parity.plc.native_machine import HAS_NATIVE, NativeMachine
from parity.plc.pairs import Pair
from sortyard.plc.faults import PlcFault
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from sortyard.plc.types import ELEMENTARY, Elementary

INTEGERS = ["SINT", "INT", "DINT", "LINT", "USINT", "UINT", "UDINT", "ULINT"]
BITS = ["BYTE", "WORD", "DWORD", "LWORD"]
TARGETS = [*INTEGERS, *BITS, "BOOL"]


def extremes(type_: Elementary) -> list[int]:
    """Both ends of the range and of the halves inside, and what lies beside them."""
    edges = {0, 1, 2, 7, 10, 100, type_.lowest, type_.highest}
    edges |= {1 << bits for bits in (7, 8, 15, 16, 30, 31, 32, 47, 62)}
    near = {edge + step for edge in edges for step in (-1, 0, 1)} | {-edge for edge in edges}
    return sorted(value for value in near if type_.lowest <= value <= type_.highest)


def operations(name: str, is_bits: bool) -> list[tuple[str, str]]:
    """(type, expression) on a and b of that type, none of which faults."""
    rows = [("BOOL", f"a {sign} b") for sign in ("=", "<>", "<", "<=", ">", ">=")]
    rows += [
        (name, expr)
        for expr in ("MAX(a, b)", "MIN(b, a)", "LIMIT(a, b, c)", "SEL(a < b, a, b)", "MUX(k, a, b, c)")
    ]
    if is_bits:
        rows += [(name, expr) for expr in ("a AND b", "a OR b", "a XOR b", "NOT a", "NOT (a AND NOT b)")]
        rows += [(name, f"{f}(a, n)") for f in ("SHL", "SHR", "ROL", "ROR")]
        rows += [(name, f"{f}(a, {n})") for f in ("SHL", "ROR") for n in (1, 9, 16, 31)]
    else:
        rows += [
            (name, expr)
            for expr in (
                "a + b",
                "a - b",
                "a * b",
                "-a",
                "ABS(a)",
                "a + b * c - a",
                "(a - b) * 3",
                "a + 1",
                "a - 7",
            )
        ]
        rows += [(name, "a / 7"), (name, "a MOD 10"), (name, "a / 100 * 3")]
    rows += [(goal, f"TO_{goal}(a)") for goal in TARGETS if goal != name]
    if not is_bits:
        wider = [
            ("LINT", "-a"),
            ("LINT", "a + b"),
            ("ULINT", "a - b"),
            ("INT", "a * b"),
            ("UDINT", "a + 1"),
            ("BOOL", "a - b"),
        ]
        rows += [(goal, f"TO_{goal}({expr})") for goal, expr in wider if goal != name]
    return rows


def program(rows: list[tuple[str, str]], name: str) -> str:
    results = "".join(f"r{i} : {type_}; " for i, (type_, _) in enumerate(rows))
    body = "".join(f"r{i} := {expr};\n" for i, (_, expr) in enumerate(rows))
    return f"PROGRAM main VAR a, b, c : {name}; n : INT; k : USINT; {results} END_VAR {body} END_PROGRAM"


@pytest.fixture(params=["vm", "native"] if HAS_NATIVE else ["vm"])
def twin(request, tmp_path):
    """Starts a program on the reference and on MicroPython, whose heap is locked: whatever allocates fails."""
    machines = []

    def start(text: str) -> Runtime:
        compiled = compile_sources([Source("t.st", text)])

        def other(program):
            is_native = request.param == "native"
            machines.append(NativeMachine(program, tmp_path) if is_native else MicroPythonMachine(program))
            return machines[-1]

        return Runtime(compiled, machine=lambda program: Pair(program, other))

    yield start
    for machine in machines:
        machine.close()


@pytest.mark.parametrize("name", [*INTEGERS, *BITS])
def test_operators_and_conversions(name, twin):
    type_ = ELEMENTARY[name]
    runtime = twin(program(operations(name, name in BITS), name))
    values = extremes(type_)
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            runtime.set("main.a", a)
            runtime.set("main.b", b)
            runtime.set("main.c", values[(i + j) % len(values)])
            runtime.set("main.n", (-1, 0, 1, 5, 8, 15, 16, 17, 31, 32, 33, 63, 64, 100)[(3 * i + j) % 14])
            runtime.set("main.k", (i + j) % 3)
            runtime.scan()


@pytest.mark.parametrize("op", ["/", "MOD"])
@pytest.mark.parametrize("name", INTEGERS)
def test_division_and_its_faults(name, op, twin):
    runtime = twin(program([(name, f"a {op} b"), (name, f"(a + b) {op} (b - a)")], name))
    values = extremes(ELEMENTARY[name])
    faults = set()
    for a in values:
        for b in values:
            runtime.set("main.a", a)
            runtime.set("main.b", b)
            try:
                runtime.scan()
            except PlcFault as fault:
                faults.add(fault.kind.name)
                runtime.reset()
    is_signed = ELEMENTARY[name].is_signed
    assert faults == ({"DIVIDE_BY_ZERO", "OVERFLOW"} if is_signed and op == "/" else {"DIVIDE_BY_ZERO"})


@pytest.mark.parametrize("name", INTEGERS)
def test_durations_times_and_by_whole_numbers(name, twin):
    body = "p := d * n; q := d / n;"
    runtime = twin(f"PROGRAM main VAR d, p, q : TIME; n : {name}; END_VAR {body} END_PROGRAM")
    faults = 0
    for duration in extremes(ELEMENTARY["LINT"]):
        for number in extremes(ELEMENTARY[name]):
            runtime.set("main.d", duration)
            runtime.set("main.n", number)
            if number == 0 or (number == -1 and duration == -(1 << 63)):
                faults += 1
                with pytest.raises(PlcFault):
                    runtime.scan()
                runtime.reset()
                continue
            runtime.scan()
            exact = abs(duration) // abs(number)
            assert runtime.get("main.q") == (exact if (duration < 0) == (number < 0) else -exact)
    assert faults
