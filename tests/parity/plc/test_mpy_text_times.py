"""What a board takes to write REAL and LREAL as texts and to read them, in slices of its control loop."""

import pytest

from sortyard.plc.mpy.machine import SLICE_FUEL, MicroPythonMachine
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

MS = 1_000_000


def board_ns(variables: str, body: str, **values: float | str) -> int:
    """Nanoseconds of a Pico for one run."""
    boards: list[MicroPythonMachine] = []

    def board(program: Compiled) -> MicroPythonMachine:
        boards.append(MicroPythonMachine(program, SLICE_FUEL))
        return boards[-1]

    text = f"PROGRAM main VAR {variables} END_VAR {body} END_PROGRAM"
    runtime = Runtime(compile_sources([Source("t.st", text)]), machine=board)
    for name, value in values.items():
        runtime.set(f"main.{name}", value)
    runtime.scan()
    boards[0].close()
    return boards[0].run_ns


@pytest.mark.parametrize(("kind", "value", "most_ms"), [
    ("REAL", 0.1, 35), ("REAL", 123456.789, 80), ("LREAL", 123456.789, 105), ("LREAL", 1e300, 450),
])  # fmt: skip
def test_a_number_becomes_text_in_time(kind, value, most_ms):
    taken = board_ns(f"x : {kind}; s : STRING;", f"s := {kind}_TO_STRING(x);", x=value)
    assert taken <= most_ms * MS


@pytest.mark.parametrize(("kind", "text", "most_ms"), [
    ("REAL", "0.1", 40), ("REAL", "123456.789", 75), ("LREAL", "123456.789", 80), ("LREAL", "1E300", 490),
])  # fmt: skip
def test_a_text_becomes_a_number_in_time(kind, text, most_ms):
    taken = board_ns(f"x : {kind}; s : STRING;", f"x := STRING_TO_{kind}(s);", s=text)
    assert taken <= most_ms * MS
