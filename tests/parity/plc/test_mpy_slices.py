"""Slices of any size leave the image of a whole run, and none takes longer than it may."""

import random
from pathlib import Path

import pytest

from parity.plc.mpy_twins import ShortSlices
from parity.plc.pairs import Pair
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.mpy.machine import SLICE_FUEL, MicroPythonMachine
from sortyard.plc.program import Compiled, compile_files, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.slices import SlicedInterpreter, SlicedMachine
from sortyard.plc.source import Source

SORTER = Path(__file__).parents[2] / "data" / "plc" / "sorter.st"
BUDGET = 100_000


@pytest.fixture(scope="module")
def sorter() -> Compiled:
    return compile_files([SORTER])


def disturb(machine: SlicedMachine, draw: random.Random) -> None:
    """Write inputs while a run is under way: the next one sees them, this one does not."""
    machine.memory[16:20] = draw.getrandbits(32).to_bytes(4, "little")


def test_random_slices_of_all_machines_leave_the_same_images(sorter):
    draw = random.Random(11)
    reference, size = Interpreter(sorter), sorter.image.size
    sliced, board = SlicedInterpreter(sorter), MicroPythonMachine(sorter)
    machines: list[tuple[SlicedMachine, int]] = [(sliced, 40), (board, 150_000)]
    for scan in range(60):
        inputs = draw.getrandbits(32) & 0xFFF0FFF7 | (scan == 1)
        for machine in (reference, sliced, board):
            machine.memory[8:16] = (scan * 10_000_000).to_bytes(8, "little")
            machine.memory[16:20] = inputs.to_bytes(4, "little")
        reference.run(0, BUDGET)
        for machine, most in machines:
            machine.begin(0, BUDGET)
            while not machine.go_on(draw.randrange(1, most)):
                disturb(machine, draw)
            assert machine.memory == reference.memory[:size], f"scan {scan}"
    board.close()


def test_a_slice_takes_no_longer_than_it_may(sorter):
    machine = MicroPythonMachine(sorter, SLICE_FUEL)
    worst = 0
    for scan in range(120):
        machine.memory[8:16] = (scan * 10_000_000).to_bytes(8, "little")
        machine.memory[16:20] = bytes(
            [(scan == 1) | (scan // 3 % 2) << 2, scan & 15, scan * 77 & 255, scan & 15]
        )
        machine.run(0, BUDGET)
        worst = max(worst, machine.longest_slice)
    machine.close()
    assert 20_000 < worst <= SLICE_FUEL


LONG_WORK = [
    ("x, y : REAL := 1.0E30;", "x := COS(y);"),
    ("x, y : REAL := 0.7;", "x := LOG(y) + EXPT(y, 2.5) + ATAN2(y, 3.0);"),
    ("a, b : LINT := 9223372036854775807; c : ULINT := 18446744073709551615;", "a := a / 7 MOD b; c := c / 3 MOD c;"),
    ("a : LINT; n : DINT;", "FOR a := 9000000000 TO 9000000100 BY 7 DO n := n + LINT_TO_DINT(a / 3); END_FOR;"),
    ("w : LWORD := 16#1234567890123456; n : ULINT;", "n := LWORD_BCD_TO_ULINT(w); w := ULINT_TO_BCD_LWORD(n / 2);"),
    ("d : DATE_AND_TIME := DT#2024-02-29-12:34:56; t : TIME_OF_DAY; n : DINT;",
     "t := DT_TO_TOD(d); n := TIME_TO_DINT(T#3d4h) + TOD_TO_DINT(t); d := d + T#1d;"),
    ("i, n : DINT := 3; a : ARRAY[1..40] OF DINT;",
     "FOR i := 1 TO 40 DO a[i] := n * n / (i + 70000); n := n + a[i] * 70001; END_FOR;"),
    ("y : INT := 2024; n : INT := 2; d : LDT;", "n := n MOD 12 + 1; d := CONCAT_LDT(y, n, n, n, n, n, n);"),
    ("a : LINT := 90; n, m : DINT;",
     "a := a + 1; m := LINT_TO_DINT(a / 7); CASE a OF "
     + " ".join(f"{9 * i}, {9 * i + 2}..{9 * i + 4}: n := n + {i};" for i in range(12)) + " ELSE n := m; END_CASE;"),
    ("i : INT; a, b : ARRAY[0..15] OF BYTE; x : DINT;",
     "FOR i := 1 TO 5 DO a := b; END_FOR; b := a; x := x / 77777; x := x * x / 3;"),
    ("i, n : INT; a, b : ARRAY[0..15] OF BYTE; x : DINT;",
     "FOR i := 1 TO 50 DO a := b; IF i = n THEN EXIT; END_IF; END_FOR; n := (n + 1) MOD 50; b := a; x := x / 77777;"),
    ("a : ARRAY[0..2] OF INT := [1, 2, 3]; n, m : DINT := 2; s : STRING[20] := 'abc'; t : STRING[12];",
     "t := CONCAT(s, SEL(a[LIMIT(0, MAX(n - m, 0) + LIMIT(0, n, 1), 2)] > 1, s, DINT_TO_STRING(n * m / 7)));"),
    ("a, b, c, d, e : DINT := 70001;", "a := a + 1; c := LIMIT(-a + a / 7, ABS(b) + d / MAX(e, 2), e);"),
    ("a, b, c, d, e, f : DINT := 70001;",
     "a := a + 1; c := MAX(-a + b, a - d, b + e, d - a, f - b, a - f, a + a, b + b, f / MAX(a, 2) + e);"),
    ("a, b, c, d, e, f : DINT := 70001;",
     "a := a + 1; c := (a + b) * (a - d + (b + e) * (d - a + (f + a) * (b - f + (e - b) / MAX(a, 2))));"),
    ("x, y : REAL := 0.7; n : INT := 2;", "x := SQRT(MIN(ABS(x), y) * y + SQRT(MAX(x, y, 1.5)) / INT_TO_REAL(n));"),
]  # fmt: skip


LONGEST_TEXT = 32_766
_TEXTS = (
    "LEFT(a, n)", "RIGHT(a, n)", "MID(a, n, 2)", "CONCAT(a, b)", "INSERT(a, b, n)", "DELETE(a, 3, n)",
    "REPLACE(a, b, 5, n)", "SEL(n > 3, a, b)", "MAX(a, b)",
)  # fmt: skip
LONG_TEXTS = [
    (f"a, b, c : {kind}[{length}] := 'ab'; n : DINT := {length // 2}; p : BOOL; start : BOOL := TRUE;".replace(
        "'", '"' if kind == "WSTRING" else "'"),
     f"IF start THEN start := FALSE; b := CONCAT(a, a, a, a, a, a, a, a); FOR n := 1 TO 13 DO b := CONCAT(b, b); "
     f"END_FOR; a := b; END_IF; n := {length // 2}; c := {function}; p := c = b; n := FIND(b, c) + LEN(c);")
    for kind, length in (("STRING", 254), ("WSTRING", 254), ("STRING", LONGEST_TEXT), ("WSTRING", LONGEST_TEXT))
    for function in _TEXTS
]  # fmt: skip
LONG_BLOCKS = [
    ("a, b : ARRAY[1..20000] OF DINT; i : DINT;", "i := i + 1; a[i] := i; b := a;"),
    ("t : TIME := T#100d; r : REAL := 0.33; d : LTIME;", "t := t * r; t := t / r; d := TIME_TO_LTIME(t) * r;"),
    ("r : REAL := 1.5E9; d : DT; l : LREAL := 1.4E17; n : LINT;", "d := REAL_TO_DT(r); n := LREAL_TO_LINT(l);"),
]  # fmt: skip


def deep_work(levels: int, leave: str) -> str:
    """Divisions of 64 bits in every branch of so many blocks in each other, `leave` in each block."""
    text = "q := q / d; d := d + n / 3 MOD d;"
    for level in range(levels, 0, -1):
        if level == levels // 2:
            text = f"FOR i := 1 TO 3 DO {text} IF q = 77777 THEN EXIT; END_IF; END_FOR;"
        text = (
            f"IF n MOD {level + 1} = 0 THEN a[{level} MOD 8] := a[{level} MOD 8] + q; {text} "
            f"IF q = {level} THEN {leave}; END_IF; ELSIF q > {level} THEN q := q / d + q; "
            f"ELSE d := (d + q) / d + {level}; END_IF; n := n + 1;"
        )
    return text


@pytest.mark.parametrize("levels", [3, 8, 20])
@pytest.mark.parametrize("leave", ["RETURN", "n := 0"])
def test_deep_nesting_is_cut_into_short_slices_too(levels, leave):
    body = deep_work(levels, leave)
    text = f"""FUNCTION_BLOCK F
VAR n, i : DINT; q : LINT := 1000000000; d : LINT := 7; a : ARRAY[0..7] OF LINT; END_VAR {body} END_FUNCTION_BLOCK
PROGRAM main VAR f : ARRAY[1..2] OF F; i : INT; END_VAR
FOR i := 1 TO 2 DO f[i](); END_FOR; f[1](); END_PROGRAM"""
    boards: list[MicroPythonMachine] = []

    def board(program: Compiled) -> MicroPythonMachine:
        boards.append(MicroPythonMachine(program, SLICE_FUEL))
        return boards[-1]

    runtime = Runtime(compile_sources([Source("t.st", text)]), machine=lambda program: Pair(program, board))
    (parts,) = [unit.parts for unit in boards[0].module.units.values() if unit.shown == "F"]
    assert bool(parts) == (levels > 3)
    worst = 0
    for scan in range(60):
        runtime.scan()
        worst = max(worst, boards[0].longest_slice)
        boards[0].slice_limit = SLICE_FUEL - 700 * scan
    assert 30_000 < worst <= SLICE_FUEL
    boards[0].close()


@pytest.mark.parametrize(("variables", "body"), [*LONG_WORK, *LONG_TEXTS, *LONG_BLOCKS])
def test_slices_of_long_work_are_short_and_leave_the_image_of_a_whole_run(variables, body):
    compiled = compile_sources([Source("t.st", f"PROGRAM main VAR {variables} END_VAR {body} END_PROGRAM")])
    boards: list[MicroPythonMachine] = []

    def board(program: Compiled) -> MicroPythonMachine:
        boards.append(MicroPythonMachine(program, SLICE_FUEL))
        return boards[-1]

    runtime = Runtime(compiled, machine=lambda program: Pair(program, board))
    for _ in range(2):
        runtime.scan()
        assert boards[0].slices > 1
        assert boards[0].longest_slice <= SLICE_FUEL
    boards[0].close()


def test_a_slice_that_takes_too_long_is_noticed():
    variables, body = LONG_WORK[0]
    machine = ShortSlices(
        compile_sources([Source("t.st", f"PROGRAM main VAR {variables} END_VAR {body} END_PROGRAM")])
    )
    machine.run(0, BUDGET)
    machine.slice_limit = 0
    with pytest.raises(AssertionError, match="units of fuel"):
        machine.run(0, BUDGET)
    machine.close()
