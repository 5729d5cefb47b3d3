"""Compile time grows with the source's length and no faster: counted in calls of Python's functions, the same each run,
and in processor time, where a loop inside of a C function would show."""

import sys
import time
from collections.abc import Callable

import pytest

from sortyard.plc.c.program import Generator
from sortyard.plc.mpy.module import Module
from sortyard.plc.program import check_sources
from sortyard.plc.source import Source

SIZE, TIMES = 60, 8
MOST_CALLS, MOST_SECONDS = 1.15 * TIMES, 2 * TIMES
"""Eight times the source: so much more work at most; a square would be 64 times as much."""
SMALL_SECONDS = 0.02
"""A run that takes less says nothing about processor time."""


def program(variables: str, body: str, before: str = "") -> str:
    return f"{before}\nPROGRAM main\nVAR n : DINT; b : BOOL; {variables} END_VAR\n{body}\nEND_PROGRAM\n"


def rows(text: str) -> Callable[[int], str]:
    """So many rows, each with its number in place of #."""
    return lambda count: "".join(text.replace("#", str(i)) + "\n" for i in range(count))


SHAPES: dict[str, Callable[[int], str]] = {
    "statements": lambda n: program("", rows("n := n * 3 + #; IF n > # THEN b := NOT b; END_IF;")(n)),
    "variables": lambda n: program(rows("v# : DINT := #;")(n), rows("v# := v# + n;")(n)),
    "globals": lambda n: f"VAR_GLOBAL\n{rows('g# : INT := #;')(n)}END_VAR\n" + program("", rows("n := n + g#;")(n)),
    "functions": lambda n: rows("FUNCTION f# : INT\nVAR_INPUT a : INT; END_VAR\nf# := a + #;\nEND_FUNCTION")(n)
    + program("x : INT;", rows("x := f#(x);")(n)),
    "units": lambda n: rows("FUNCTION f# : INT\nVAR_INPUT a : INT; END_VAR\nf# := a + #;\nEND_FUNCTION")(n)
    + program("x : INT;", "x := f0(x);"),
    "blocks": lambda n: program("pt : TIME; " + rows("t# : TON;")(n), rows("t#(IN := b, PT := pt);")(n)),
    "types": lambda n: f"TYPE\n{rows('T# : STRUCT a : INT; b : REAL; END_STRUCT;')(n)}END_TYPE\n"
    + program(rows("s# : T#;")(n), rows("s#.a := 3;")(n)),
    "case": lambda n: program("", f"CASE n OF\n{rows('#: n := n + 1;')(n)}END_CASE;"),
    "elsif": lambda n: program("", f"IF b THEN n := 0;\n{rows('ELSIF n = # THEN n := n + 1;')(n)}END_IF;"),
    "initials": lambda n: program(f"a : ARRAY[0..{n}] OF INT := [0{rows(', #')(n)}];", "n := a[1];"),
    "strings": lambda n: program("s : STRING;", rows("s := CONCAT('text #', s);")(n)),
    "comments": lambda n: program("", rows("(* a (* nested *) comment # *) // and one\nn := 1;")(n)),
    "errors": lambda n: program("", rows("unknown# := n + ;")(n)),
    "broken": lambda n: program("", rows("IF n > # THEN")(n)),
    "names": lambda n: program("", rows("n := unknown_name_#;")(n)),
}  # fmt: skip


def check(text: str) -> object:
    return check_sources([Source("t.st", text)])


def to_c(text: str) -> object:
    return Generator(check_sources([Source("t.st", text)]), 10_000_000).generate()


def calls_of(work: Callable[[str], object], text: str) -> int:
    """How many functions Python enters."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return count


def seconds_of(work: Callable[[str], object], text: str) -> float:
    """Processor time, the least of three."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        taken.append(time.process_time() - start)
    return min(taken)


def judge(work: Callable[[str], object], shape: str) -> None:
    small, large = (SHAPES[shape](count) for count in (SIZE, SIZE * TIMES))
    # what is done for every source, however short
    fixed = calls_of(work, SHAPES[shape](1))
    # the small one first: it would find what the large one has left in caches
    few = calls_of(work, small) - fixed
    ratio = (calls_of(work, large) - fixed) / few
    assert ratio < MOST_CALLS, f"{ratio:.1f} times the calls for {TIMES} times the source"
    least = max(seconds_of(work, small), SMALL_SECONDS)
    ratio = seconds_of(work, large) / least
    assert ratio < MOST_SECONDS, f"{ratio:.1f} times the processor time for {TIMES} times the source"


@pytest.mark.parametrize(("work", "shape", "size"), [("check", "case", 2_000), ("to_c", "variables", 1_000)])
def test_thousands_of_rows_take_no_longer_each(work, shape, size):
    do = {"check": check, "to_c": to_c}[work]
    ratio = seconds_of(do, SHAPES[shape](size * TIMES)) / seconds_of(do, SHAPES[shape](size))
    assert ratio < MOST_SECONDS, f"{ratio:.1f} times the processor time for {TIMES} times the source"


@pytest.mark.parametrize("shape", SHAPES)
def test_checking_is_linear(shape):
    judge(check, shape)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape not in ("errors", "broken", "names")])
def test_making_c_is_linear(shape):
    judge(to_c, shape)


def to_python(text: str) -> object:
    return Module(check_sources([Source("t.st", text)]), has_doubles=True).text()


@pytest.mark.parametrize("shape", ["units", "types", "initials"])
def test_making_python_is_linear(shape):
    judge(to_python, shape)


def test_work_that_grows_with_the_square_is_noticed():
    def by_calls(text: str) -> None:
        lines = text.split("\n")
        for _ in lines:
            for line in lines:
                (lambda one: one)(line)

    with pytest.raises(AssertionError, match="times the calls"):
        judge(by_calls, "names")
