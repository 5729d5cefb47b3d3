"""A program on the simulated line: it asks, the gate logic decides, and what it does is told."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from line_programs import (
    AGAIN,
    ONE,
    PARCELS,
    REQUEST_US,
    SLOW,
    STARTER,
    cascade,
    events,
    phases,
    requests,
    run_it,
    with_program,
)
from sim_runs import INPUT_NUMBER, at_parcels, example, nothing_forbidden, run, struck_program

from sortyard.cli.main import main
from sortyard.cli.report_program import program_rows
from sortyard.sim.program import PROGRAM, ProgramEvent

# --- the first program: start-up cascade with jam recovery ---


def test_motors_start_from_downstream_after_the_horn_has_warned():
    story = run(example("cascade"), PARCELS, seed=1, program=cascade())
    assert phases(story) == ["STANDING", "WARNING", "LOOP_STARTS", "BELT_STARTS", "FEED_STARTS", "ON_DUTY"]
    pressed = next(t for t, value in events(story, "start") if value == "start")
    (belt,) = story.outputs("LINE")
    assert belt.r == 0
    assert belt.t_us / 1e6 - pressed > 3.5
    holds = [(record.t_us, record.r) for record in story.inputs("HOLD")]
    assert [a for _, a in holds] == [3, 1, 0]
    assert holds[1][0] < belt.t_us < holds[2][0]
    feeds = [record for record in story.outputs("INFEED") if record.p == 0]
    assert feeds[0].t_us >= holds[2][0]
    assert nothing_forbidden(story.result)
    assert story.result.sorted == PARCELS


def test_a_jam_is_run_clear_twice_then_people_clear_it_and_press_start():
    story = struck_program({"jam": at_parcels(ONE)}, PARCELS, example("cascade"), cascade(), "JAMMED")
    told = phases(story)
    jammed = told.index("JAMMED")
    assert told[jammed - 1] == "ON_DUTY"
    assert told[jammed + 1 : jammed + 3] == ["WARNING", "LOOP_STARTS"]
    tries = [value for _, value in events(story, "Only.TRIES")]
    assert max(tries) == 2
    resets = [r for r in requests(story) if r.q == INPUT_NUMBER["RESET"]]
    assert len(resets) == sum(value > 0 for value in tries)
    assert told[-1] == "ON_DUTY"
    assert nothing_forbidden(story.result)


def test_the_scenario_that_comes_with_it_shows_an_emergency_stop_and_a_jam(tmp_path):
    from sites import site

    path, events = site(tmp_path, "cascade"), tmp_path / "events.jsonl"
    scenario = str(tmp_path / "jam.scenario.toml")
    assert main(["sim", str(path), "--scenario", scenario, "--events", str(events)]) == 0
    told = [json.loads(line).get("program", {}) for line in events.read_text(encoding="utf-8").splitlines()]
    shown = {
        name: [row["value"] for row in told if row.get("variable") == f"Only.{name}"]
        for name in ("PHASE", "TRIES")
    }
    assert shown["PHASE"].index("ESTOPPED") < shown["PHASE"].index("JAMMED")
    assert max(shown["TRIES"]) == 2
    assert shown["PHASE"][-1] == "ON_DUTY"


def test_after_an_emergency_stop_the_cascade_begins_again_with_the_button():
    story = struck_program({"estop": at_parcels(ONE)}, PARCELS, example("cascade"), cascade(), "ESTOPPED")
    told = phases(story)
    stopped = told.index("ESTOPPED")
    assert told[stopped:] == [
        "ESTOPPED", "STANDING", "WARNING", "LOOP_STARTS", "BELT_STARTS", "FEED_STARTS", "ON_DUTY",
    ]  # fmt: skip
    runs = [record for record in story.outputs("LINE") if record.p]
    pressed = [t for t, _ in events(story, "start") if t * 1e6 > story.outputs("GATES_SAFE")[0].t_us]
    assert runs[1].t_us / 1e6 - pressed[0] > 3.5
    assert nothing_forbidden(story.result)


def test_after_a_power_cut_a_program_has_what_it_retained_when_the_line_last_stood():
    """Its flash is not written while the line moves: the start after the stop is counted, and lost with the power."""
    faults = {"belt_stop": at_parcels(10), "power_cut": at_parcels(50)}
    story = struck_program(faults, PARCELS, example("cascade"), cascade(), "ON_DUTY")
    assert story.result.tally.boots == 2
    assert [value for _, value in events(story, "Only.STARTS")] == [0, 1, 2, 1, 2]
    assert story.result.program is not None
    assert story.result.program.retain_writes == 2
    assert nothing_forbidden(story.result)


def test_an_interval_that_is_no_multiple_of_a_step_holds_on_average(tmp_path):
    task = "CONFIGURATION C TASK T (INTERVAL := T#2500us); PROGRAM Only WITH T : Main; END_CONFIGURATION\n"
    story = run_it(with_program(tmp_path, STARTER, more=task), 20)
    program = story.result.program
    assert program is not None
    # The last one may be due in the very millisecond in which the run ends.
    assert 0 <= story.result.simulated_us // 2500 + 1 - program.scans <= 1
    late = program.tasks[0]["late"]
    assert late["histogram"] == [[0.001, pytest.approx(program.scans / 2, abs=1)],
                                 [524.288, pytest.approx(program.scans / 2, abs=1)]]  # fmt: skip
    assert late["most_us"] == 500


def test_a_run_that_takes_too_long_on_the_board_stops_the_line(tmp_path):
    """1,500 turns of a loop are a hundred milliseconds or so on an RP2040."""
    body = f"{STARTER}IF N = 500 THEN FOR I := 1 TO 5000 DO Q := Q * 3 + 1; END_FOR; END_IF;\n"
    variables = "I : INT; Q : UDINT; END_VAR VAR RETAIN N : UDINT;"
    site = with_program(tmp_path, body, variables, watchdog_ms=20)
    story = run_it(site, 10, plc_backend="micropython")
    assert story.result.program is not None
    (fault,) = story.result.program.faults
    assert (fault.kind, fault.t_ms) == ("WATCHDOG", 4990)
    assert "its watchdog allows 20 ms" in fault.detail
    assert [record.p for record in story.outputs("LINE")] == [1, 0, 1]
    assert nothing_forbidden(story.result)


def test_a_program_that_the_board_has_no_time_for_misses_periods_and_begins_late(tmp_path):
    """600 turns of a loop take longer on an RP2040 than the interval of 10 ms: from scan 301 on it cannot be kept."""
    body = f"{STARTER}IF N > 300 THEN FOR I := 1 TO 600 DO Q := Q * 3 + 1; END_FOR; END_IF;\n"
    site = with_program(tmp_path, body, "I : INT; N, Q : UDINT;")
    story = run_it(site, 10, plc_backend="micropython")
    program = story.result.program
    assert program is not None
    (task,) = program.tasks
    assert 10_000 < task["took"]["most_us"] < 20_000
    periods = story.result.simulated_us // 10_000
    assert program.overruns is not None
    assert program.scans + program.overruns == pytest.approx(periods, abs=2)
    share = 1 - 10_000 / task["took"]["most_us"]
    assert program.overruns == pytest.approx((periods - 300) * share, rel=0.1)
    assert 1000 < task["late"]["most_us"] < 10_000  # begins when the board has time, not with the next period
    assert nothing_forbidden(story.result)


def test_a_program_that_the_board_has_time_for_misses_nothing(tmp_path):
    story = run_it(with_program(tmp_path, STARTER), 10, plc_backend="micropython")
    program = story.result.program
    assert program is not None
    assert (program.overruns, program.tasks[0]["late"]["most_us"]) == (0, 0)


@pytest.mark.parametrize(
    ("backend", "missed", "shown"),
    [
        ("c", None, "unknown: c has no board's clock"),
        ("ref", None, "unknown: ref has no board's clock"),
        ("micropython", 0, "0"),
    ],
)
def test_missed_periods_are_told_where_a_boards_clock_counts_them(tmp_path, backend, missed, shown):
    """On the others a scan takes none of the program's time: none could be missed, whatever a board would do."""
    program = run_it(with_program(tmp_path, STARTER), 3, plc_backend=backend).result.program
    assert program is not None
    assert program.as_dict()["overruns"] == missed
    rows = {name: value for name, value, _ in program_rows(program)}
    assert rows["Missed periods of its tasks"] == shown


def test_a_task_begins_late_by_what_more_urgent_ones_take_on_the_board(tmp_path):
    """The urgent one takes over 40 ms: the other one misses the period of 20 ms that lies within them."""
    more = (
        "PROGRAM Slow VAR I : INT; Q : UDINT; END_VAR\nFOR I := 1 TO 2000 DO Q := Q * 3 + 1; END_FOR;\n"
        "END_PROGRAM\nCONFIGURATION C TASK A (INTERVAL := T#100ms, PRIORITY := 0);\n"
        "TASK B (INTERVAL := T#20ms, PRIORITY := 1);\n"
        "PROGRAM P WITH A : Slow; PROGRAM Only WITH B : Main; END_CONFIGURATION\n"
    )
    story = run_it(with_program(tmp_path, STARTER, more=more), 10, plc_backend="micropython")
    program = story.result.program
    assert program is not None
    urgent, other = program.tasks
    assert 40_000 < urgent["took"]["most_us"] < 60_000
    assert urgent["late"]["most_us"] == 0
    assert other["late"]["most_us"] == pytest.approx(urgent["took"]["most_us"], rel=0.01)
    assert program.overruns is not None
    assert other["runs"] + program.overruns == pytest.approx(story.result.simulated_us // 20_000, abs=2)
    assert program.overruns == pytest.approx(urgent["runs"], abs=1)


# --- a program asks, the gate logic decides ---


def test_without_the_program_the_start_button_starts_nothing(tmp_path):
    story = run_it(with_program(tmp_path, "LINE();\n", more=SLOW), 5)
    assert story.outputs("LINE") == []
    assert story.inputs("START") == []
    assert next(value for _, value in events(story, "start")) == "start"
    assert story.result.simulated_us >= 1800 * 1e6


def test_no_start_gets_past_a_stop(tmp_path):
    story = run_it(with_program(tmp_path, f"{STARTER}{AGAIN}LINE.STOP := N > 100;\n", more=SLOW), 30)
    stopped_us = 100 * 200_000
    assert [record.p for record in story.outputs("LINE") if record.t_us > stopped_us + 10_000] == []
    assert [record.p for record in story.outputs("LINE")][-1] == 0


@pytest.mark.parametrize(
    ("request_", "reason"), [("C01.ENABLE", "CHUTE_DISABLED"), ("D01.ENABLE", "GATE_FAULT")]
)
def test_a_chute_or_gate_out_of_service_gets_no_parcels(tmp_path, request_, reason):
    story = run_it(with_program(tmp_path, f"{STARTER}{request_} := FALSE;\n"))
    result = story.result
    assert result.by_chute["C01"] == 0
    assert result.by_reason[f"RECIRCULATED/{reason}"] > 0
    assert nothing_forbidden(result)


def test_people_and_program_have_to_agree_to_bring_a_gate_back(tmp_path):
    """The program keeps taking D01 in and out of service while people report it and repair it."""
    body = f"{STARTER}{AGAIN}D01.ENABLE := N MOD 200 < 100;\n"
    story = run_it(
        with_program(tmp_path, body), faults={"gate_stuck_home": at_parcels(*range(1, PARCELS))}, seed=2
    )
    asked = {r.t_us + 1000: r.r for r in requests(story) if r.q == INPUT_NUMBER["GATE_HEALTH"]}
    is_told_well, told_bad, brought_back = True, 0, 0
    for record in story.inputs("GATE_HEALTH"):
        if record.t_us not in asked and record.p == 0:
            is_told_well, told_bad = bool(record.r), told_bad + (not record.r)
        elif record.t_us in asked:
            assert record.p == 0, "the program asks about D01 only"
            assert is_told_well or not record.r, "the program brings back what people took out"
            brought_back += record.r
    assert told_bad > 0
    assert brought_back > 0
    assert nothing_forbidden(story.result)


def test_nothing_is_fed_while_the_program_holds_the_infeed(tmp_path):
    story = run_it(with_program(tmp_path, f"{STARTER}LINE.HOLD := LINE.INDUCTED >= 20 AND N < 6000;\n"))
    held = [record for record in story.inputs("HOLD") if record.r]
    released = [record for record in story.inputs("HOLD") if not record.r]
    inducted = [record.t_us for record in story.events("INDUCTED")]
    assert len(held) == len(released) == 1
    assert not [t for t in inducted if held[0].t_us + 2_000_000 < t < released[0].t_us]
    assert len(inducted) == PARCELS
    assert nothing_forbidden(story.result)


def test_requests_come_one_by_one_and_make_way_for_sensors(tmp_path):
    parts = ("C01", "C02", "C03", "C04", "D01", "D02", "D03", "D04", "D05")
    body = "".join(f"{part}.ENABLE := NOT {part}.ENABLE;\n" for part in parts)
    fast = "CONFIGURATION C TASK T (INTERVAL := T#4ms); PROGRAM Only WITH T : Main; END_CONFIGURATION\n"
    story = run_it(with_program(tmp_path, f"{STARTER}{body}LINE.FLUSH := NOT LINE.FLUSH;\n", more=fast), 6)
    asked = [
        record.t_us for record in story.records if record.kind == PROGRAM and record.p == ProgramEvent.REQUEST
    ]
    assert len(asked) > 1000
    assert min(after - before for before, after in pairwise(asked)) >= REQUEST_US
    assert nothing_forbidden(story.result)


def test_in_an_emergency_stop_no_request_moves_anything(tmp_path):
    body = f"{STARTER}{AGAIN}LINE.HOLD := N MOD 7 = 0;\nM_LOOP.RUN := N MOD 5 = 0;\nM_BELT.RUN := N MOD 300 > 3;\n"
    story = run_it(with_program(tmp_path, body), faults={"estop": at_parcels(*range(5, PARCELS))}, seed=3)
    pressed = [record.t_us for record in story.inputs("ESTOP") if record.r]
    released = [record.t_us for record in story.inputs("ESTOP") if not record.r]
    assert pressed
    for begin, end in zip(pressed, released, strict=True):
        moved = [r for r in story.records if r.is_output and begin <= r.t_us < end and r.kind in (33, 35)]
        started = [r for r in story.outputs("LINE") if begin <= r.t_us < end and r.p]
        assert moved == started == []
    assert nothing_forbidden(story.result)


def test_a_program_that_never_asks_for_a_start_is_told_when_nothing_ran(tmp_path, capsys):
    from sites import site

    path = site(tmp_path, "cascade")
    (tmp_path / "cascade.st").write_text(
        "PROGRAM Main VAR_EXTERNAL LINE : SORT_LINE; END_VAR VAR n : UDINT; END_VAR\n"
        "IF LINE.START_BUTTON THEN n := n + 1; END_IF;\nEND_PROGRAM\n"
    )
    assert main(["sim", str(path), "--parcels", "5"]) == 0
    assert "it has never asked for a start (LINE.START := TRUE)" in capsys.readouterr().out


# --- the same everywhere, and nothing changed without a program ---


def test_the_trace_is_the_same_whatever_runs_program_and_gate_logic():
    runs = [
        run(example("cascade"), 20, seed=4, program=cascade(), faults={"estop": at_parcels(9)}, **settings)
        for settings in (
            {},
            {"plc_backend": "ref"},
            {"plc_backend": "micropython"},
            {"runtime": "pure"},
            {"runtime": "micropython"},
            {"is_every_ms": True},
        )
    ]
    assert len({story.result.trace_sha256 for story in runs}) == 1
    told = [[(r.t_us, r.p, r.q, r.r) for r in story.records if r.kind == PROGRAM] for story in runs]
    assert all(one == told[0] for one in told)
    assert len(told[0]) > 20


def test_without_its_program_a_line_runs_as_a_line_that_has_none():
    site = example("cascade")
    bare = site.line.model_copy(update={"program": None, "light": []})
    without = replace(site, located=replace(site.located, model=bare))
    both = [run(one, PARCELS, seed=6) for one in (site, without)]
    assert both[0].result.trace_sha256 == both[1].result.trace_sha256
    assert both[0].records == both[1].records
    assert both[0].result.program is None


def test_a_program_with_addresses_does_what_one_with_names_does(tmp_path):
    named = with_program(
        tmp_path,
        "LINE.START := LINE.START_BUTTON; C01.ENABLE := LINE.SORTED < 10; LINE.HOLD := PE_END.BLOCKED;\n",
    )
    story = run_it(named)
    variables = (
        "N : UDINT; button AT %IX0.0 : BOOL; seen AT %IX0.1 : BOOL; sorted AT %ID1 : UDINT; start AT %QX0.0 : BOOL; "
        "use AT %QX0.1 : BOOL := TRUE; hold AT %QX0.2 : BOOL;"
    )
    table = {
        "%IX0.0": "LINE.START_BUTTON", "%IX0.1": "PE-END.BLOCKED", "%ID1": "LINE.SORTED", "%QX0.0": "LINE.START",
        "%QX0.1": "C01.ENABLE", "%QX0.2": "LINE.HOLD",
    }  # fmt: skip
    body = "start := button; use := sorted < 10; hold := seen;\n"
    other = run_it(with_program(tmp_path, body, variables, map=table))
    assert other.result.trace_sha256 == story.result.trace_sha256
    assert story.result.by_reason["RECIRCULATED/CHUTE_DISABLED"] > 0


def test_the_firmware_does_not_run_programs_and_says_so(capsys):
    from sortyard.config.examples import line_file_of

    assert main(["sim", str(line_file_of("cascade")), "--firmware", "--parcels", "2"]) == 2
    assert "the firmware does not run programs yet" in capsys.readouterr().err
