"""What the runtime promises, sentence by sentence: tasks, clock, faults, safe state, reset, forcing, starts."""

import pytest

from sortyard.plc.faults import FaultKind, PlcFault
from unit.plc.st import MS, start

TASKS = """
VAR_GLOBAL order : ARRAY[0..9] OF INT; n : INT; END_VAR
PROGRAM Count
VAR_INPUT me : INT; END_VAR VAR_OUTPUT runs : DINT; END_VAR VAR t : TON; END_VAR
runs := runs + 1; t(IN := TRUE, PT := T#1h);
IF n <= 9 THEN order[n] := me; n := n + 1; END_IF;
END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu
TASK slow(INTERVAL := T#7ms, PRIORITY := 5); TASK fast(INTERVAL := T#3ms, PRIORITY := 1);
TASK also(INTERVAL := T#7ms, PRIORITY := 5);
PROGRAM a WITH slow : Count(me := 1); PROGRAM b WITH fast : Count(me := 2); PROGRAM d WITH also : Count(me := 3);
PROGRAM e : Count(me := 4);
END_RESOURCE END_CONFIGURATION
"""


def test_intervals_hold_over_a_long_run_to_the_run():
    runtime = start(TASKS)
    assert runtime.tick_ns == MS
    runtime.scan(2_100)
    assert [runtime.get(f"{name}.runs") for name in "abde"] == [300, 700, 300, 2_100]
    assert runtime.schedule.overruns == [0, 0, 0, 0]


def test_the_most_urgent_runs_first_then_as_they_are_written_then_those_without_a_task():
    runtime = start(TASKS)
    runtime.scan()
    assert [runtime.get(f"order[{i}]") for i in range(4)] == [2, 1, 3, 4]


def test_all_tasks_of_a_scan_see_one_time():
    runtime = start(TASKS)
    runtime.scan(22)
    # at 21 ms all three are due again, 21 ms after their first run
    assert {runtime.get(f"{name}.t.ET") for name in "abde"} == {21 * MS}


FAULTS = """
VAR_GLOBAL lamp AT %QX0.0 : BOOL; speed AT %QW1 : INT; kept : INT; END_VAR
PROGRAM First VAR_INPUT d : INT := 1; END_VAR VAR x : INT; END_VAR
lamp := TRUE;
x := 100 / d;
kept := kept + 1;
END_PROGRAM
PROGRAM Second speed := speed + 5; END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu
TASK one(INTERVAL := T#10ms, PRIORITY := 1); TASK two(INTERVAL := T#10ms, PRIORITY := 2);
PROGRAM p WITH one : First; PROGRAM q WITH two : Second;
END_RESOURCE END_CONFIGURATION
"""


def test_a_fault_has_kind_and_place_sets_outputs_safe_and_is_reset_by_the_host():
    runtime = start(FAULTS)
    runtime.scan(2)
    assert (runtime.get("lamp"), runtime.get("speed"), runtime.get("kept")) == (1, 10, 2)
    runtime.set("p.d", 0)
    with pytest.raises(PlcFault) as told:
        runtime.scan()
    fault = told.value
    assert fault.span is not None
    assert (fault.kind, fault.span.file, fault.span.line, fault.span.text()) == (
        FaultKind.DIVIDE_BY_ZERO, "t.st", 5, "100 / d",
    )  # fmt: skip
    # all outputs are off, those of the other task too, which did not run any more
    assert (runtime.get("lamp"), runtime.get("speed"), runtime.get("kept")) == (0, 0, 2)
    with pytest.raises(PlcFault):
        runtime.scan()
    assert runtime.fault is fault
    runtime.set("p.d", 4)
    runtime.reset()
    runtime.scan()
    assert (runtime.fault, runtime.get("p.x"), runtime.get("speed"), runtime.get("kept")) == (None, 25, 5, 3)


def test_a_forced_output_is_off_after_a_fault_and_forced_again_after_the_reset():
    runtime = start(FAULTS)
    runtime.force("speed", 77)
    runtime.scan()
    assert runtime.get("speed") == 77
    runtime.set("p.d", 0)
    with pytest.raises(PlcFault):
        runtime.scan()
    assert runtime.get("speed") == 0
    runtime.set("p.d", 1)
    runtime.reset()
    runtime.scan()
    assert (runtime.get("speed"), runtime.forced) == (77, {"speed": 77})


STARTS = """
VAR_GLOBAL RETAIN hours : DINT := 5; END_VAR
VAR_GLOBAL PERSISTENT total : DINT; END_VAR
PROGRAM main VAR n : INT; t : TON; END_VAR VAR RETAIN own : INT; END_VAR
hours := hours + 1; total := total + 1; own := own + 1; n := n + 1; t(IN := TRUE, PT := T#1h);
END_PROGRAM
"""
NAMES = ("hours", "total", "main.own", "main.n", "main.t.ET")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cold", [6, 1, 1, 1, 0]),  # everything as it is declared
        ("warm", [9, 4, 4, 1, 0]),  # RETAIN and PERSISTENT go on
        ("hot", [9, 4, 4, 4, 30 * MS]),  # all goes on, the clock too
    ],
)
def test_cold_warm_and_hot_starts(kind, expected):
    before = start(STARTS, dialect="codesys")
    before.scan(3)
    runtime = start(STARTS, dialect="codesys")
    if kind == "warm":
        runtime.restart(before.retained())
    elif kind == "hot":
        runtime.resume(before.image(), before.scans, before.layout)
    runtime.scan()
    assert [runtime.get(name) for name in NAMES] == expected


def test_a_run_that_is_late_is_counted_and_the_next_ones_are_not():
    runtime = start(TASKS)
    runtime.scan(30)
    runtime.schedule.due(100 * MS)  # the host was away from 30 to 100 ms
    assert runtime.schedule.overruns[0] == 23
    missed = list(runtime.schedule.overruns)
    runtime.schedule.due(102 * MS)
    assert runtime.schedule.overruns == missed
