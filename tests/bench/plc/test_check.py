"""How long 30,000 lines of Structured Text take to be checked: below 10 s of processor time."""

import time

import pytest

from sortyard.plc.c.program import Generator
from sortyard.plc.program import Compiled, check_sources, compile_sources
from sortyard.plc.source import Source

LINES = 30_000
HEAD = """VAR_INPUT speed, limit : REAL; fault : BOOL; END_VAR
VAR count, state : INT; done : BOOL; x : ARRAY[0..9] OF REAL; t1 : TON; END_VAR
t1(IN := fault, PT := T#5s, Q => done);
"""
BODY = """    IF speed > limit AND NOT fault THEN
        count := count + 1;
        x[count MOD 10] := speed * 2.5 + REAL#1.0;
    ELSIF state = 3 THEN
        state := LIMIT(0, state + count, 100);
        x[state MOD 10] := ABS(x[0]) + SQRT(speed);
    ELSE
        count := 0;
    END_IF;
    CASE state OF 1, 2..5: state := 6; ELSE state := state - 1; END_CASE;
"""


def large_source() -> Source:
    """150 function blocks of 200 lines."""
    block = HEAD + BODY * ((LINES // 150 - 5) // BODY.count("\n") + 1)
    return Source(
        "large.st", "".join(f"FUNCTION_BLOCK fb{i}\n{block}END_FUNCTION_BLOCK\n" for i in range(150))
    )


@pytest.mark.benchmark(timer=time.process_time)
def test_check_of_30000_lines(benchmark):
    source = large_source()
    assert source.text.count("\n") >= LINES
    compiled: Compiled = benchmark.pedantic(
        check_sources, args=([source],), rounds=3, iterations=1, warmup_rounds=1
    )
    assert [d for d in compiled.diagnostics if d.severity == "error"] == []
    assert benchmark.stats.stats.min < 10


@pytest.mark.benchmark(timer=time.process_time)
def test_image_and_c_of_30000_lines(benchmark):
    """From text to image and C, the C compiler's own time apart: processor time. The goal is below 20 s."""
    calls = "".join(f"b{i}(speed := 1.0);\n" for i in range(150))
    blocks = "".join(f"b{i} : fb{i};\n" for i in range(150))
    source = large_source()
    source = Source("large.st", f"{source.text}PROGRAM main VAR\n{blocks}END_VAR\n{calls}END_PROGRAM\n")

    def build() -> int:
        return len(Generator(compile_sources([source]), 10_000_000).generate().code)

    assert benchmark.pedantic(build, rounds=2, iterations=1) > 30_000
    assert benchmark.stats.stats.min < 20
