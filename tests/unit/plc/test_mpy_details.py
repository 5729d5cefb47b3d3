"""What a fault on MicroPython says: all that is known without running, as the other back ends do, but for the value."""

import pytest

from sortyard.plc.backends import BACK_ENDS, machine_of
from sortyard.plc.faults import PlcFault
from unit.plc.st import start

TEXT = """
TYPE Few : INT (1..5); Far : LINT (-7..9); END_TYPE
FUNCTION Open : INT VAR_IN_OUT a : ARRAY[*] OF INT; END_VAR VAR_INPUT i : INT; END_VAR Open := a[i]; END_FUNCTION
PROGRAM Main
VAR a : ARRAY[1..3, 2..4] OF INT; b : ARRAY[-2..7] OF INT; f : Few := 1; g : Far; i : INT := 9; r : REAL := -1.0;
w : DINT := 2_000_000_000; l : LINT := 16#7_0000_0003; END_VAR
{}
END_PROGRAM
"""
DETAILS = {
    "a[i, 2] := 1;": ("index 9 is not within 1..3", "the index is not within 1..3"),
    "a[i - 7, i] := 1;": ("index 9 is not within 2..4", "the index is not within 2..4"),
    "b[w] := 1;": ("index 2000000000 is not within -2..7", "the index is not within -2..7"),
    "b[l] := 1;": (f"index {0x7_0000_0003} is not within -2..7", "the index is not within -2..7"),
    "i := MUX(i, 1, 2, 3);": ("MUX has inputs 0 to 2, K is 9", "MUX has inputs 0 to 2"),
    "f := i;": ("9 is not within 1..5", "the value is not within 1..5"),
    "g := l;": (f"{0x7_0000_0003} is not within -7..9", "the value is not within -7..9"),
    "i := Open(b, i);": ("index 9 is not within -2..7", "the index is not within the bounds"),
}


@pytest.mark.parametrize("backend", BACK_ENDS)
@pytest.mark.parametrize(("body", "said"), DETAILS.items())
def test_a_fault_says_its_bounds_on_every_back_end(body: str, said: tuple[str, str], backend: str) -> None:
    runtime = start(TEXT.format(body), machine=machine_of(backend))
    with pytest.raises(PlcFault) as stopped:
        runtime.scan()
    assert stopped.value.detail == said[backend == "micropython"]


def test_two_dimensions_of_one_access_are_told_apart() -> None:
    runtime = start(TEXT.format("i := i - 8; a[i, i] := 1;"), machine=machine_of("micropython"))
    with pytest.raises(PlcFault, match=r"the index is not within 2\.\.4"):
        runtime.scan()
    runtime.set("Main.i", 12)
    runtime.reset()
    with pytest.raises(PlcFault, match=r"the index is not within 1\.\.3"):
        runtime.scan()
