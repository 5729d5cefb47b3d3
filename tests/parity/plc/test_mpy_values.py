"""Strings and REAL with variables at the odd ends of what they may hold: MicroPython as the reference."""

import random
import struct

import pytest

from parity.plc.pairs import Pair
from sortyard.plc.faults import PlcFault
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

TEXTS = [
    ("INT", "LEN(s)"),
    ("{S}[10]", "LEFT(s, n)"),
    ("{S}[10]", "RIGHT(s, n)"),
    ("{S}[10]", "MID(s, n, p)"),
    ("{S}[25]", "CONCAT(s, t, s)"),
    ("{S}[4]", "CONCAT(s, t)"),
    ("{S}[25]", "INSERT(s, t, p)"),
    ("{S}[10]", "DELETE(s, n, p)"),
    ("{S}[25]", "REPLACE(s, t, n, p)"),
    ("INT", "FIND(s, t)"),
    ("INT", "FIND(t, LEFT(s, 1))"),
    ("BOOL", "s = t"),
    ("BOOL", "s < t"),
    ("BOOL", "s >= t"),
    ("{S}[10]", "MAX(s, t)"),
    ("{S}[10]", "SEL(s < t, s, t)"),
    ("{S}[10]", "MUX(k, s, t, s)"),
    ("{S}[3]", "s"),
    ("{S}[25]", "MID(CONCAT(s, t), n, p)"),
    ("{C}", "TO_{C}(s)"),
    ("{O}[7]", "TO_{O}(s)"),
    ("{S}[2]", "TO_{S}(TO_{C}(t))"),
]


def start(rows: list[tuple[str, str]], variables: str) -> Runtime:
    results = "".join(f"r{i} : {type_}; " for i, (type_, _) in enumerate(rows))
    body = "".join(f"r{i} := {expr};\n" for i, (_, expr) in enumerate(rows))
    text = f"PROGRAM main VAR {variables} {results} END_VAR {body} END_PROGRAM"
    compiled = compile_sources([Source("t.st", text)])
    return Runtime(compiled, machine=lambda program: Pair(program, MicroPythonMachine))


@pytest.mark.parametrize(
    ("string", "other", "char"), [("STRING", "WSTRING", "CHAR"), ("WSTRING", "STRING", "WCHAR")]
)
def test_functions_of_strings(string, other, char):
    rows = [tuple(part.format(S=string, O=other, C=char) for part in row) for row in TEXTS]
    runtime = start(rows, f"s, t : {string}[10]; n, p : INT; k : USINT;")  # pyright: ignore[reportArgumentType]
    draw = random.Random(7)
    letters = "ab\xe9" if string == "STRING" else "ab\u20ac\xe9"
    for _ in range(300):
        for name in "st":
            size = draw.choice((0, 1, 2, 3, 9, 10, 10))
            runtime.set(f"main.{name}", "".join(draw.choice(letters) for _ in range(size)))
        for name in "np":
            runtime.set(f"main.{name}", draw.choice((-32768, -1, 0, 1, 2, 3, 9, 10, 11, 32767)))
        runtime.set("main.k", draw.randrange(3))
        runtime.scan()


REALS = [
    ("BOOL", "BOOL_TO_REAL(n > 3) >= INT_TO_REAL(n)"),
    ("REAL", "a + b"),
    ("REAL", "a - b"),
    ("REAL", "a * b"),
    ("REAL", "a * b + c"),
    ("REAL", "(a - b) * (a + c)"),
    ("REAL", "-a"),
    ("REAL", "ABS(a)"),
    ("REAL", "MAX(a, b)"),
    ("REAL", "MIN(a, b, c)"),
    ("REAL", "LIMIT(a, b, c)"),
    ("BOOL", "a < b"),
    ("BOOL", "a >= b"),
    ("REAL", "SEL(a < b, a, b)"),
    ("REAL", "INT_TO_REAL(n)"),
    ("REAL", "TO_REAL(d)"),
    ("REAL", "TO_REAL(u)"),
    ("REAL", "TO_REAL(l)"),
    ("DWORD", "REAL_TO_DWORD(a)"),
    ("REAL", "DWORD_TO_REAL(w)"),
    ("BOOL", "IS_VALID(a)"),
    ("BOOL", "a <> b"),
    ("REAL", "a + INT_TO_REAL(n)"),
    ("REAL", "a + 0.1"),
]
CHECKED = [
    ("REAL", "a / b"),
    ("REAL", "SQRT(a)"),
    ("SINT", "REAL_TO_SINT(a)"),
    ("UINT", "REAL_TO_UINT(a)"),
    ("DINT", "REAL_TO_DINT(a)"),
    ("UDINT", "REAL_TO_UDINT(a)"),
    ("LINT", "REAL_TO_LINT(a)"),
    ("ULINT", "REAL_TO_ULINT(a)"),
    ("INT", "REAL_TRUNC_INT(a)"),
    ("DINT", "TRUNC(a)"),
]
REAL_VARIABLES = "a, b, c : REAL; n : INT; d : DINT; u : UDINT; l : LINT; w : DWORD;"


def real_of(draw: random.Random) -> float:
    """Any single; the usual suspects often."""
    bits = draw.choice(
        (0, 1 << 31, 1, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0x00800000, 0x007FFFFF)
    )
    if draw.random() < 0.7:
        bits = (
            draw.getrandbits(1) << 31
            | draw.randrange(100, 200) << 23
            | draw.choice((0, 1 << 22, draw.getrandbits(23)))
        )
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def draw_inputs(runtime: Runtime, draw: random.Random) -> None:
    for name in "abc":
        runtime.set(f"main.{name}", real_of(draw))
    for name, bits, signed in (("n", 16, 1), ("d", 32, 1), ("u", 32, 0), ("l", 64, 1), ("w", 32, 0)):
        value = draw.getrandbits(draw.randrange(1, bits + 1))
        runtime.set(f"main.{name}", value - (1 << bits) if signed and value >> (bits - 1) else value)


def test_arithmetic_of_reals():
    runtime, draw = start(REALS, REAL_VARIABLES), random.Random(3)
    for _ in range(400):
        draw_inputs(runtime, draw)
        runtime.scan()


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row[1])
def test_what_may_fault(row):
    runtime, draw = start([row], REAL_VARIABLES), random.Random(5)
    faults = 0
    for _ in range(400):
        draw_inputs(runtime, draw)
        try:
            runtime.scan()
        except PlcFault:
            faults += 1
            runtime.reset()
    assert 0 < faults < 400


DIVISORS = (1, 2, 3, 10, 1000, 16_383, 16_384, 65_535, 65_536, 100_000)
DIVIDENDS = (0, 1, 9, 10, 16_383, 16_384, 65_535, 65_536, 65_537, 999_999, 2**31 - 1, 2**30, 2**31, 2**32 - 1)


@pytest.mark.parametrize("type_", ["DINT", "UDINT"])
def test_quotient_and_rest_by_constants(type_):
    rows = [(type_, f"x {op} {divisor}") for divisor in DIVISORS for op in ("/", "MOD")]
    if type_ == "DINT":
        rows += [(type_, f"x {op} -{divisor}") for divisor in DIVISORS[1:] for op in ("/", "MOD")]
    runtime = start(rows, f"x : {type_};")
    draw = random.Random(11)
    values = [*DIVIDENDS, *(draw.randrange(2**32) for _ in range(100))]
    if type_ == "DINT":
        values = [sign * value for value in values for sign in (1, -1)]
        values = [value for value in values if -(2**31) <= value < 2**31]
    for value in values:
        runtime.set("main.x", value)
        runtime.scan()
        for i, (_, expr) in enumerate(rows):
            divisor = int(expr.split()[-1])
            quotient = abs(value) // abs(divisor) * (1 if value * divisor >= 0 else -1)
            wanted = quotient if "/" in expr else value - quotient * divisor
            assert runtime.get(f"main.r{i}") == wanted, (expr, value)
