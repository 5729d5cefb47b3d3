"""What a user writes behind --force: values as in a program, every mistake at once, and `plc run` with it."""

import json
from pathlib import Path

import pytest

from sortyard.cli.main import main
from sortyard.errors import InputError
from sortyard.plc.backends import BACK_ENDS, machine_of
from sortyard.plc.force_plan import ForcePlan
from sortyard.plc.forces import read_forces, told
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
    "Main.i=1@soon..5s": "Main.i=1@soon..5s: 'soon' is not a duration; ",
    "Main.i=1@5s..5s": "Main.i=1@5s..5s: from 5s to 5s is no time",
    "Main.i=1@T#-1s..": "Main.i=1@T#-1s..: from T#-1s to the end is no time",
    "Main.i=1@..-1s": "Main.i=1@..-1s: from the start to -1s is no time",
    "Main.i=1@5s": "Main.i: @ is not a digit in base 10; ",
}
SPANS = {
    "Main.i=1@5s..T#1m30s": ("1 from T#5s to T#1m30s", 5_000_000_000, 90_000_000_000),
    "Main.i=1@1.5ms..": ("1 from T#1ms500us", 1_500_000, None),
    "Main.i = 1 @ .. T#2s": ("1 to T#2s", 0, 2_000_000_000),
    "Main.i=1@..": ("1", 0, None),
    "Main.s=me@home": ("'me@home'", 0, None),
    "Main.s='a@1..2'@..1s": ("'a@1..2' to T#1s", 0, 1_000_000_000),
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


@pytest.mark.parametrize(("text", "meant"), SPANS.items())
def test_a_force_holds_for_a_time(text: str, meant: tuple[str, int, int | None]) -> None:
    (force,) = read_forces([text], start(TEXT).compiled)
    assert (str(force), force.from_ns, force.to_ns) == meant


def test_a_place_may_have_other_values_at_other_times() -> None:
    compiled = start(TEXT).compiled
    forces = read_forces(["Main.i=4@2s..3s", "Main.i=3@..2s", "main.I=5@3s..", "Main.u=1"], compiled)
    assert told(forces) == {
        "Main.i": "3 to T#2s, 4 from T#2s to T#3s",
        "Main.u": "1",
        "main.I": "5 from T#3s",
    }
    for text in ("Main.i=1@1s..T#2s1ns", "Main.i=1@4s..", "Main.i=1"):
        with pytest.raises(InputError, match="are about the same place at the same time"):
            read_forces([text, "Main.i=4@2s..3s", "Main.i=5@3s.."], compiled)


@pytest.mark.parametrize("backend", BACK_ENDS)
def test_a_plan_forces_and_releases_before_the_scan_that_is_due(backend: str) -> None:
    """i counts on from its forced value; nobody writes %IX0.0, so it is what it was."""
    runtime = start(TEXT, machine=machine_of(backend))
    forces = read_forces(["Main.i=-3@20ms..T#40ms", "%IX0.0=TRUE@15ms..35ms"], runtime.compiled)
    plan, rows = ForcePlan(runtime, forces), []
    for scan in range(6):
        changes = [plan.words(one) for one in plan.apply(10_000_000 * scan)]
        runtime.scan()
        rows.append((runtime.get("Main.i"), runtime.get("Main.lamp"), changes))
    assert rows == [
        (1, 0, []),
        (2, 0, []),
        (-3, 1, [{"forced": "%IX0.0", "value": "TRUE"}, {"forced": "Main.i", "value": "-3"}]),
        (-3, 1, []),
        (-2, 0, [{"released": "%IX0.0"}, {"released": "Main.i"}]),
        (-1, 0, []),
    ]
    assert plan.never_begun == []


GATED = """
FUNCTION_BLOCK Gate VAR_INPUT open : BOOL; hold : TIME := T#7s; END_VAR VAR_OUTPUT steps : INT; END_VAR
steps := steps + 1; END_FUNCTION_BLOCK
PROGRAM Main VAR_INPUT ask : BOOL; n : INT; END_VAR VAR g : Gate; phase : INT; wait : TON; END_VAR
g(open := n > 2); n := n + 1; wait(IN := g.open, PT := T#1s);
END_PROGRAM
"""


def test_a_released_input_has_what_it_would_have_without_the_force() -> None:
    """An input that nobody writes is as before; what is written meanwhile lies underneath; other variables stay."""
    runtime = start(GATED)
    held = {"Main.ask": 1, "Main.n": 9, "Main.g.hold": 5, "Main.g.open": 0, "Main.phase": 4, "Main.wait.Q": 1}
    for path, value in held.items():
        runtime.force(path, value)
        runtime.force(path, value)  # once more is no other value underneath
    runtime.scan(3)
    assert {path: runtime.get(path) for path in held} == held
    for path in held:
        runtime.release(path)
    after = {"ask": 0, "n": 10, "g.hold": 7_000_000_000, "g.open": 1, "phase": 4, "wait.Q": 0}
    assert {path: runtime.get(f"Main.{path}") for path in after} == after


def test_a_restart_changes_what_lies_under_a_forced_input() -> None:
    runtime = start(GATED)
    runtime.set("Main.ask", 1)
    runtime.force("Main.ask", 0)
    runtime.restart()
    runtime.release("Main.ask")
    assert runtime.get("Main.ask") == 0


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


def test_plc_run_tells_when_it_forces_and_releases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "main.st"
    path.write_text(TEXT, "utf-8")
    command = ["plc", "run", str(path), "--scans", "4", "--force", "Main.i=-3@10ms..20ms"]
    command += ["--force", "%IX0.0=TRUE@20ms..", "--force", "Main.u=7@T#1h.."]
    assert main(command) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[:3] == [
        "scan 2 at 10 ms: Main.i forced to -3",
        "scan 3 at 20 ms: Main.i released",
        "scan 3 at 20 ms: %IX0.0 forced to TRUE",
    ]
    assert {"Main.i = -1", "%IX0.0 = TRUE (forced)"} <= set(shown.out.splitlines())
    assert shown.err == "Main.u = 7 from T#1h was never forced: the last scan was before\n"
    assert main([*command, "--trace", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["forced"] == {
        "Main.i": "-3 from T#10ms to T#20ms",
        "%IX0.0": "TRUE from T#20ms",
        "Main.u": "7 from T#1h",
    }
    assert answer["forcings"] == [
        {"scan": 2, "time_ms": 10, "forced": "Main.i", "value": "-3"},
        {"scan": 3, "time_ms": 20, "released": "Main.i"},
        {"scan": 3, "time_ms": 20, "forced": "%IX0.0", "value": "TRUE"},
    ]
    assert answer["never_forced"] == ["Main.u = 7 from T#1h"]
    assert [one["changed"].get("Main.i") for one in answer["trace"]] == [1, -3, -2, -1]


def test_plc_run_refuses_what_cannot_be_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "main.st"
    path.write_text(TEXT, "utf-8")
    assert main(["plc", "run", str(path), "--force", "Main.off=1", "--force", "Main.u=-1"]) == 2
    told = capsys.readouterr().err
    assert "command line: --force: Main.off: there is no off" in told
    assert "-1 is not a value of UINT" in told
