"""Forcing on a line: what a program sees and asks for is held; gate logic and emergency stop decide all the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from line_programs import PARCELS, STARTER, cascade, run_it, with_program
from sim_runs import Run, at_parcels, example, nothing_forbidden, run
from sites import site

from sortyard.cli.main import main
from sortyard.plc.forces import read_forces
from sortyard.plc.line.load import load_program

MAPPED = 'program.file = "own.st"\nprogram.map = { "%QX0.1" = "C01.ENABLE" }'
FOLLOWS = "LINE.START := LINE.START_BUTTON;\n"


def forced_run(folder: Path, body: str, *forces: str, **settings: Any) -> Run:
    """The site cascade with a program of its own, and these forces."""
    own = with_program(folder, body)
    bound = load_program(own)
    assert bound is not None
    return run_it(own, forces=read_forces(forces, bound.compiled), **settings)


def test_what_is_forced_goes_to_the_gate_logic_whatever_the_program_writes(tmp_path):
    story = forced_run(tmp_path, f"{STARTER}C01.ENABLE := TRUE;\n", "C01.ENABLE=FALSE")
    assert story.result.by_chute["C01"] == 0
    assert story.result.by_reason["RECIRCULATED/CHUTE_DISABLED"] > 0
    assert nothing_forbidden(story.result)


def test_a_place_is_forced_by_its_address(tmp_path):
    own = with_program(
        tmp_path,
        f"{STARTER}use := TRUE;\n",
        "N : UDINT; use AT %QX0.1 : BOOL;",
        map={"%QX0.1": "C01.ENABLE"},
    )
    bound = load_program(own)
    assert bound is not None
    story = run_it(own, forces=read_forces(["%QX0.1=FALSE"], bound.compiled))
    assert story.result.by_chute["C01"] == 0
    assert nothing_forbidden(story.result)


def test_a_request_that_an_address_gives_is_forced_there(tmp_path, capsys):
    path = site(tmp_path, "cascade")
    text = path.read_text("utf-8")
    path.write_text(text.replace('program.file = "cascade.st"', MAPPED), "utf-8")
    body = "LINE.START := LINE.START_BUTTON;\nuse := TRUE;\n"
    (tmp_path / "own.st").write_text(f"PROGRAM Main\nVAR use AT %QX0.1 : BOOL; END_VAR\n{body}END_PROGRAM\n")
    assert main(["sim", str(path), "--parcels", "2", "--force", "c01.ENABLE=FALSE"]) == 2
    told = capsys.readouterr().err
    assert "c01.ENABLE is not heard: [program.map] has %QX0.1 in its place" in told
    assert "force %QX0.1" in told
    assert main(["sim", str(path), "--parcels", "2", "--force", "%QX0.1=FALSE"]) == 0


def test_a_forced_input_is_what_the_program_sees_and_nothing_else(tmp_path):
    """Nobody presses the button for the program; the stop that people press is the gate logic's all the same."""
    pressed = forced_run(tmp_path, FOLLOWS, "LINE.START_BUTTON=FALSE", parcels=5)
    assert pressed.outputs("LINE") == []
    assert pressed.result.program is not None
    assert {"button": "start"} in [event for _, event in pressed.result.program.events]


@pytest.mark.parametrize("seed", [1, 3])
def test_forced_requests_and_a_forced_estop_move_nothing_in_an_emergency_stop(tmp_path, seed):
    """The program is made to believe that all is well, asks for starts all the while, and wants everything to run."""
    forces = (
        "LINE.ESTOP=FALSE",
        "LINE.STOP=FALSE",
        "LINE.HOLD=FALSE",
        "M_BELT.RUN=TRUE",
        "M_LOOP.RUN=TRUE",
        "D01.ENABLE=TRUE",
    )
    body = "LINE.START := NOT LINE.START;\nLINE.RESET := NOT LINE.RESET;\n"
    faults = {"estop": at_parcels(*range(5, PARCELS))}
    story = forced_run(tmp_path, body, *forces, faults=faults, seed=seed)
    stops = story.inputs("ESTOP")
    pressed, released = ([r.t_us for r in stops if bool(r.r) is is_in] for is_in in (True, False))
    assert pressed
    for begin, end in zip(pressed, released, strict=True):
        during = [r for r in story.records if r.is_output and begin <= r.t_us < end]
        assert [r for r in during if r.kind in (33, 35)] == []
        assert [r for r in during if r in story.outputs("LINE") and r.p] == []
    assert story.result.never["estop_violations"] == 0
    assert nothing_forbidden(story.result)


def test_a_force_of_some_seconds_holds_then_only(tmp_path):
    """C01 is out of service from 20 s to 40 s: nothing goes there meanwhile, and again after it."""
    story = forced_run(tmp_path, STARTER, "C01.ENABLE=FALSE@20s..T#40s")
    program = story.result.program
    assert program is not None
    assert program.forced == {"C01.ENABLE": "FALSE from T#20s to T#40s"}
    assert program.forcings == [
        {"t_ms": 20_000, "forced": "C01.ENABLE", "value": "FALSE"},
        {"t_ms": 40_000, "released": "C01.ENABLE"},
    ]
    asked = [(r.t_us, r.r) for r in story.inputs("CHUTE")]
    assert [t // 1_000_000 for t, _ in asked] == [20, 40]
    assert story.result.by_reason["RECIRCULATED/CHUTE_DISABLED"] > 0
    assert story.result.by_chute["C01"] > 0
    assert nothing_forbidden(story.result)


@pytest.mark.parametrize("seed", [1, 2])
def test_forces_that_come_and_go_in_emergency_stops_move_nothing(tmp_path, seed):
    forces = [
        f"{name}@{begin}s..{begin + 3}s"
        for begin in range(0, 120, 4)
        for name in ("LINE.ESTOP=FALSE", "LINE.START=TRUE", "LINE.RESET=TRUE", "M_BELT.RUN=TRUE")
    ]
    body = f"{STARTER}M_BELT.RUN := N MOD 700 > 20;\n"
    story = forced_run(
        tmp_path, body, *forces, faults={"estop": at_parcels(*range(5, PARCELS, 3))}, seed=seed
    )
    assert story.inputs("ESTOP")
    assert story.result.program is not None
    assert len(story.result.program.forcings) > 40
    assert story.result.never["estop_violations"] == 0
    assert nothing_forbidden(story.result)


def test_a_forced_start_is_one_request_and_does_not_start_the_line_again_by_itself(tmp_path):
    """A start is a rising edge, and one that is held gives none: after the emergency stop the line stands."""
    story = forced_run(
        tmp_path,
        "LINE.RESET := NOT LINE.RESET;\n",
        "LINE.START=TRUE",
        faults={"estop": at_parcels(*range(5, 30))},
    )
    (first, *later) = [record for record in story.outputs("LINE") if record.p]
    assert first.t_us < story.inputs("ESTOP")[0].t_us
    assert later == []
    told = {name for name, n in story.result.never.items() if n}
    assert told == {"undisposed"}  # what stands on the line for half an hour, until the run gives up


def test_a_fault_of_the_program_turns_forced_outputs_off(tmp_path):
    body = f"{STARTER}LINE.FLUSH := 1000 / (1500 - N) > 1000;\n"
    forces = ("LAMP.GREEN_ON=TRUE", "LINE.STOP=FALSE", "LINE.HOLD=FALSE")
    story = forced_run(tmp_path, body, *forces)
    program = story.result.program
    assert program is not None
    fault = program.faults[0]
    dark = next(event for t, event in program.events if t == fault.t_ms and "light" in event)
    assert not dark["green"]
    stop = next(record for record in story.outputs("LINE") if not record.p)
    assert fault.t_ms <= stop.t_us / 1000 <= fault.t_ms + 5
    assert nothing_forbidden(story.result)


@pytest.mark.parametrize(
    "settings", [{"plc_backend": "ref"}, {"plc_backend": "micropython"}, {"runtime": "pure"}]
)
def test_a_forced_run_is_the_same_whatever_runs_it(settings):
    forces = read_forces(["D01.ENABLE=FALSE", "Only.TRIES=1"], cascade().compiled)
    runs = [
        run(example("cascade"), 15, seed=4, program=cascade(), forces=forces, **one) for one in ({}, settings)
    ]
    assert len({story.result.trace_sha256 for story in runs}) == 1
    free = run(example("cascade"), 15, seed=4, program=cascade())
    assert free.result.trace_sha256 != runs[0].result.trace_sha256


def test_a_forced_run_is_seen_as_one_everywhere(tmp_path, capsys):
    path, report, events = site(tmp_path, "cascade"), tmp_path / "report.html", tmp_path / "events.jsonl"
    command = [
        "sim",
        str(path),
        "--parcels",
        "10",
        "--force",
        "C01.ENABLE=false",
        "--force",
        "Only.PHASE=on_duty",
    ]
    assert main([*command, "--report", str(report), "--events", str(events)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("forced: C01.ENABLE = FALSE, Only.PHASE = ON_DUTY\n")
    page = report.read_text("utf-8")
    assert "forced in the program" in page
    assert page.count("C01.ENABLE = FALSE, Only.PHASE = ON_DUTY") >= 2
    told = [json.loads(line).get("program", {}) for line in events.read_text("utf-8").splitlines()]
    assert [one for one in told if "forced" in one] == [
        {"forced": "C01.ENABLE", "value": "FALSE"},
        {"forced": "Only.PHASE", "value": "ON_DUTY"},
    ]
    assert main([*command, "--json"]) == 0
    program = json.loads(capsys.readouterr().out)["program"]
    assert program["forced"] == {"C01.ENABLE": "FALSE", "Only.PHASE": "ON_DUTY"}


def test_a_force_of_some_seconds_is_told_everywhere_with_its_times(tmp_path, capsys):
    path, report, events = site(tmp_path, "cascade"), tmp_path / "report.html", tmp_path / "events.jsonl"
    command = ["sim", str(path), "--parcels", "10", "--force", "LINE.HOLD=TRUE@5s..T#8s"]
    command += ["--force", "C01.ENABLE=FALSE@T#5h.."]
    assert main([*command, "--report", str(report), "--events", str(events)]) == 0
    shown = capsys.readouterr()
    words = "LINE.HOLD = TRUE from T#5s to T#8s, C01.ENABLE = FALSE from T#5h"
    assert shown.out.startswith(f"forced: {words}\n")
    assert "note: command line: --force: C01.ENABLE = FALSE from T#5h: it was never forced" in shown.err
    page = report.read_text("utf-8")
    assert page.count(words) >= 2
    assert 'released</td><td class="text">LINE.HOLD</td>' in page
    lines = [json.loads(line) for line in events.read_text("utf-8").splitlines()]
    told = [(one["t_ms"], one["program"]) for one in lines if "LINE.HOLD" in one.get("program", {}).values()]
    assert told == [
        (5000, {"forced": "LINE.HOLD", "value": "TRUE"}),
        (8000, {"released": "LINE.HOLD"}),
    ]
    assert main([*command, "--json"]) == 0
    program = json.loads(capsys.readouterr().out)["program"]
    assert [one["t_ms"] for one in program["forcings"]] == [5000, 8000]
    assert program["never_forced"] == ["C01.ENABLE = FALSE from T#5h"]


def test_a_run_without_forces_says_nothing_of_them(tmp_path, capsys):
    path, report = site(tmp_path, "cascade"), tmp_path / "report.html"
    assert main(["sim", str(path), "--parcels", "5", "--report", str(report)]) == 0
    assert "orced" not in capsys.readouterr().out
    assert "forced in the program" not in report.read_text("utf-8")


def test_what_cannot_be_forced_is_refused_before_the_run(tmp_path, capsys):
    path = str(site(tmp_path, "cascade"))
    assert main(["sim", path, "--force", "C99.ENABLE=FALSE", "--force", "LINE.HOLD=maybe"]) == 2
    told = capsys.readouterr().err
    assert "--force: C99.ENABLE: there is no C99" in told
    assert "'maybe' is not a value of it" in told
    plain = str(site(tmp_path / "plain", "hub16"))
    assert main(["sim", plain, "--force", "LINE.HOLD=TRUE"]) == 2
    assert "this line has no program to force anything in" in capsys.readouterr().err
