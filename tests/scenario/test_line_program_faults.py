"""A program that fails stops the line, says where, and starts nothing by itself once it is reset."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from line_programs import AGAIN, STARTER, requests, run_it, with_program
from random_line_programs import random_programs
from sim_runs import INPUT_NUMBER, Run, at_parcels, example, nothing_forbidden

from sortyard.cli.main import main
from sortyard.config.line import Program
from sortyard.plc.line.parts import parts_of


def test_a_fault_of_the_program_stops_the_line_and_is_told_with_its_place(tmp_path):
    body = f"{STARTER}{AGAIN}LAMP(GREEN := LAMP#LIT);\nQ := 1000 / (1500 - N);\n"
    story = run_it(with_program(tmp_path, body, "Q : UDINT; END_VAR VAR RETAIN N : UDINT;"))
    program = story.result.program
    assert program is not None
    (fault,) = program.faults
    assert (fault.kind, fault.line, fault.t_ms) == ("DIVIDE_BY_ZERO", 9, 14_990)
    assert fault.file.endswith("own.st")
    assert "Q := 1000 / (1500 - N);" in fault.excerpt
    stop = next(record for record in story.outputs("LINE") if not record.p)
    assert 14_990_000 <= stop.t_us <= 14_995_000
    dark = next(event for t, event in program.events if t == 14_990 and "light" in event)
    assert not any(dark[name] for name in ("red", "amber", "green", "horn"))
    buttons = [t for t, event in program.events if event.get("button") == "reset" and t > 14_990]
    restart = next(t for t, event in program.events if event == {"started": "after a fault"})
    assert restart == buttons[0]
    runs = [record for record in story.outputs("LINE") if record.p and record.t_us > stop.t_us]
    assert runs[0].t_us > restart * 1000
    assert nothing_forbidden(story.result)
    assert story.result.sorted + sum(story.result.by_reason.values()) == len(story.outputs("DISPOSITION"))


def test_a_button_that_is_pressed_while_a_fault_stands_starts_nothing_after_the_reset(tmp_path):
    """A start that was asked for before the reset is no wish to start; and each press is told once."""
    body = "LINE.START := LINE.START_BUTTON;\nQ := 1000 / (1500 - N);\n"
    site = with_program(tmp_path, body, "Q : UDINT; END_VAR VAR RETAIN N : UDINT;")
    story = run_it(site, faults={"belt_stop": at_parcels(5, 8)})
    program = story.result.program
    assert program is not None
    pressed = [t for t, event in program.events if event.get("button") == "start"]
    (failed,) = [fault.t_ms for fault in program.faults]
    restart = next(t for t, event in program.events if event == {"started": "after a fault"})
    asked = [r.t_us / 1000 for r in requests(story) if r.q == INPUT_NUMBER["START"]]
    assert [t for t in pressed if failed < t < restart]
    assert all(later - earlier > 1000 for earlier, later in pairwise(pressed))
    assert min(t for t in asked if t > failed) >= min(t for t in pressed if t > restart)
    assert nothing_forbidden(story.result)


WATCHING = """
PROGRAM Watch
VAR FAULT : PLC_FAULT; WAIT : TON; END_VAR
WAIT(IN := FAULT.ACTIVE, PT := T#2s);
FAULT(RESET := WAIT.Q);
LAMP(RED := LAMP#LIT);
LINE.START := LINE.START OR FAULT.ACTIVE;
END_PROGRAM
CONFIGURATION C RESOURCE R ON CPU
TASK WORK(INTERVAL := T#10ms, PRIORITY := 1); TASK GUARD(INTERVAL := T#10ms, PRIORITY := 2);
PROGRAM Only WITH WORK : Main; PROGRAM Guard WITH GUARD : Watch;
END_RESOURCE END_CONFIGURATION
"""
"""Looks at the fault of Main, and wrongly lights a lamp and asks for the start meanwhile."""


def own_reset(folder: Path, start: str) -> tuple[Run, float]:
    """A line whose program fails at 14.99 s and is reset by its watching task, and when that was, in ms."""
    body = f"{start}{AGAIN}Q := 1000 / (1500 - N);\n"
    story = run_it(with_program(folder, body, "Q, N : UDINT;", WATCHING))
    assert story.result.program is not None
    (fault,) = story.result.program.faults
    assert (fault.kind, fault.t_ms) == ("DIVIDE_BY_ZERO", 14_990)
    (reset_ms,) = [t for t, event in story.result.program.events if event == {"started": "by its own reset"}]
    assert 16_990 <= reset_ms <= 17_050
    assert nothing_forbidden(story.result)
    return story, reset_ms


def test_a_program_that_resets_its_own_fault_starts_the_line_by_asking_anew(tmp_path):
    story, reset_ms = own_reset(tmp_path, STARTER)
    lines = [(record.t_us / 1000, record.p) for record in story.outputs("LINE") if record.t_us > 14_900_000]
    assert lines[0][1] == 0
    assert 14_990 <= lines[0][0] <= 14_995
    # neither a request nor a lamp of the watching task gets out while the fault stands
    assert not [
        r for r in requests(story) if 15_000_000 < r.t_us < reset_ms * 1000 and INPUT_NUMBER["START"] == r.q
    ]
    assert story.result.program is not None
    assert not [e for t, e in story.result.program.events if 14_991 < t < reset_ms and "light" in e]
    assert lines[1][1] == 1
    assert lines[1][0] > reset_ms


def test_a_start_that_is_asked_for_all_the_while_starts_nothing_after_the_reset(tmp_path):
    story, reset_ms = own_reset(tmp_path, "LINE.START := N > 20 AND (N < 4000 OR N > 4010);\n")
    lines = [(record.t_us / 1000, record.p) for record in story.outputs("LINE")]
    assert [is_on for _, is_on in lines[:3]] == [1, 0, 1]
    # scan 4,011 of Main, which stood still for the two seconds of the fault
    assert 40_100 + reset_ms - 14_990 <= lines[2][0] <= 40_200 + reset_ms - 14_990


@pytest.mark.parametrize("seed", [102, 103])
def test_programs_that_fail_at_random_and_reset_themselves_do_nothing_that_never_must_happen(tmp_path, seed):
    site = example("cascade")
    text = random_programs(site, [seed])
    text = text.replace("IF NOT TIRED.Q THEN\n", "IF NOT TIRED.Q THEN\n    N := N + 1 / (Q MOD 40);\n")
    requests = [f"{part.identifier}.{name}" for part in parts_of(site.line) for name in part.writes]
    wild = "".join(f"{request} := NOT {request};\n" for request in requests)
    guard = f"PROGRAM Watch VAR F : PLC_FAULT; END_VAR\nIF F.ACTIVE THEN\n{wild}END_IF;\n"
    guard += "F(RESET := F.ACTIVE);\nEND_PROGRAM\n"
    watching = (
        "    TASK G (INTERVAL := T#10ms, PRIORITY := 2);\n    PROGRAM W WITH G : Watch;\nEND_CONFIGURATION"
    )
    path = tmp_path / "own.st"
    path.write_text(guard + text.replace("END_CONFIGURATION", watching), encoding="utf-8")
    line = site.line.model_copy(update={"program": Program(file=str(path))})
    site = replace(site, located=replace(site.located, model=line))
    story = run_it(site, 16, seed)
    assert story.result.program is not None
    assert len(story.result.program.faults) > 5
    assert any(event == {"started": "by its own reset"} for _, event in story.result.program.events)
    assert nothing_forbidden(story.result)


def test_the_fault_is_on_the_terminal_in_the_json_and_in_the_report(tmp_path, capsys):
    from sites import site

    path = site(tmp_path, "cascade")
    text = (tmp_path / "cascade.st").read_text(encoding="utf-8")
    text = text.replace(
        "LINE();\n", "LINE();\nSTARTS := STARTS / (800 - TO_UDINT(TIME_TO_DINT(LINE.RAN) / 10));\n"
    )
    (tmp_path / "cascade.st").write_text(text, encoding="utf-8")
    report, event_file = tmp_path / "report.html", tmp_path / "events.jsonl"
    arguments = ["sim", str(path), "--parcels", "30", "--report", str(report), "--events", str(event_file)]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert shown.count("the program stopped at") == 1
    assert "cascade.st:" in shown
    assert "DIVIDE_BY_ZERO" in shown
    page = report.read_text(encoding="utf-8")
    assert "Faults of the program" in page
    assert "What the program did" in page
    told = [json.loads(row) for row in event_file.read_text(encoding="utf-8").splitlines()]
    programs = [row["program"] for row in told if "program" in row]
    assert {"button": "start"} in programs
    assert {"variable": "Only.PHASE", "value": "ON_DUTY"} in programs
    assert any(one.get("light") == "LAMP" and one["horn"] for one in programs)
    fault = next(one for one in programs if "fault" in one)
    line = text[: text.index("STARTS := STARTS /")].count("\n") + 1
    assert fault == {"fault": "DIVIDE_BY_ZERO", "file": str(tmp_path / "cascade.st"), "line": line}
    assert any(one.get("request") == "START" for one in programs)
    assert [row["t_ms"] for row in told] == sorted(row["t_ms"] for row in told)
    assert main([*arguments[:4], "--json"]) == 0
    program = json.loads(capsys.readouterr().out)["program"]
    assert program["faults"][0]["kind"] == "DIVIDE_BY_ZERO"
    assert program["requests"]["START"] >= 1
