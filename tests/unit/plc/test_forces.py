"""What a user writes behind --force: values as in a program, every mistake at once, and `plc run` with it."""

import json
from pathlib import Path

import pytest

from sortyard.cli.main import main
from sortyard.errors import InputError
from sortyard.plc.backends import BACK_ENDS, machine_of
from sortyard.plc.forces import read_forces
from unit.plc.st import start

TEXT = """
TYPE Colour : (RED, GREEN := 5); Pair : STRUCT x : INT; END_STRUCT; END_TYPE
PROGRAM Main
VAR
on : BOOL; i : INT; u : UINT; w : WORD; r : REAL; t : TIME; d : DATE; c : Colour; s : STRING[8]; v : WSTRING[4];
few : INT (1..5) := 1; many : ARRAY[1..3] OF Pair; p : REF_TO INT; lamp AT %QX0.1 : BOOL;
END_VAR
on := i > 0; i := i + 1; u := 1; w := 1; r := 1.0; t := T#1s; s := 'own'; c := RED; lamp := %IX0.0;
END_PROGRAM
"""
VALUES = {
    "Main.on=true": "TRUE", "Main.on=0": "FALSE", "main.I = -5": "-5", "Main.i=-16#1_0": "-16", "Main.w=2#11": "3",
    "Main.r=-1.5": "-1.5", "Main.r=2": "2.0", "Main.t=T#1m30s": "T#1m30s", "Main.t=5s": "T#5s",
    "Main.d=D#2024-02-29": "D#2024-02-29", "Main.c=green": "GREEN", "Main.c=Colour#GREEN": "GREEN",
    "Main.s=abc": "'abc'", "Main.s='a$'b'": "'a$'b'", "Main.s=it's": "'it$'s'", "Main.v=\"x\"": '"x"',
    "Main.many[3].x=7": "7", "Main.few=5": "5", "%QX0.1=TRUE": "TRUE", "%ib0=16#FF": "255",
}  # fmt: skip
MISTAKES = {
    "Main.on": "Main.on has no value",
    "Main.on=": "Main.on= has no value",
    "Main.off=1": "Main.off: there is no off; ",
    "Main.on=2": "Main.on is BOOL; '2' is not a value of it",
    "Main.i=40000": "Main.i: 40000 is not a value of INT (-32768 to 32767)",
    "Main.i=1.5": "Main.i: . is not a digit in base 10; ",
    "Main.u=-1": "Main.u: -1 is not a value of UINT (0 to 65535)",
    "Main.r=fast": "Main.r is REAL; fast is not a value of it",
    "Main.r=NaN": "Main.r is REAL; 'NaN' is not a value of it",
    "Main.t=soon": "Main.t: 'soon' is not a duration; ",
    "Main.c=BLUE": "Main.c: Colour has no value BLUE; RED, GREEN",
    "Main.s=123456789": "Main.s: '123456789' has 9 characters, STRING[8] up to 8",
    "Main.few=6": "Main.few: 6 is not a value of INT(1..5) (1 to 5)",
    "Main.many[4].x=1": "Main.many[4].x: index 4 is not within 1..3",
    "Main.many[1]=1": "Main.many[1] is Pair; give values to its members, one by one",
    "Main.p=0": "Main.p is REF_TO INT: where it leads to cannot be forced",
    "%MX0.0=1": "%MX0.0 is not a place of this program, which uses no %M",
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_a_value_is_written_as_in_a_program_and_holds(text: str, value: str) -> None:
    runtime = start(TEXT)
    (force,) = read_forces([text], runtime.compiled)
    assert force.text == value
    runtime.force(force.path, force.value)
    runtime.scan(3)
    assert runtime.get(force.path) == force.value


def test_every_mistake_is_told_at_once_with_what_to_write() -> None:
    with pytest.raises(InputError) as told:
        read_forces([*MISTAKES, "Main.i=1"], start(TEXT).compiled)
    findings = told.value.findings
    assert len(findings) == len(MISTAKES)
    for finding, reason in zip(findings, MISTAKES.values(), strict=True):
        assert finding.reason.startswith(reason), finding.reason
        assert (finding.key, finding.remedy[:28]) == ("--force", "write a variable or address ")


def test_one_place_has_one_value() -> None:
    with pytest.raises(InputError, match=r"%QX0.1=0 and Main.lamp=1 are about the same place"):
        read_forces(["Main.lamp=1", "%QX0.1=0"], start(TEXT).compiled)


@pytest.mark.parametrize("backend", BACK_ENDS)
def test_every_back_end_obeys(backend: str) -> None:
    runtime = start(TEXT, machine=machine_of(backend))
    for force in read_forces(["%IX0.0=TRUE", "Main.i=-3", "Main.c=GREEN"], runtime.compiled):
        runtime.force(force.path, force.value)
    runtime.scan(2)
    assert [runtime.get(f"Main.{name}") for name in ("lamp", "i", "on", "c")] == [1, -3, 0, 5]


def test_plc_run_forces_and_shows_that_it_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "main.st"
    path.write_text(TEXT, "utf-8")
    command = ["plc", "run", str(path), "--scans", "2", "--force", "Main.i=-3", "--force", "%IX0.0=1"]
    assert main(command) == 0
    shown = capsys.readouterr().out.splitlines()
    assert {"Main.i = -3 (forced)", "Main.on = FALSE", "Main.lamp = TRUE"} <= set(shown)
    assert main([*command, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["forced"] == {"Main.i": "-3", "%IX0.0": "TRUE"}
    assert answer["variables"]["Main.i"] == -3


def test_plc_run_refuses_what_cannot_be_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "main.st"
    path.write_text(TEXT, "utf-8")
    assert main(["plc", "run", str(path), "--force", "Main.off=1", "--force", "Main.u=-1"]) == 2
    told = capsys.readouterr().err
    assert "command line: --force: Main.off: there is no off" in told
    assert "-1 is not a value of UINT" in told
