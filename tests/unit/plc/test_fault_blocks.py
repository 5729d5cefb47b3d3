"""PLC_FAULT: a task sees that another one has failed, and asks for its reset."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sortyard.plc.fault_blocks import MOST_RESETS, REST_NS
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.runtime import Runtime
from unit.plc.st import MS, check, start, told
from unit.plc.watched import WATCHED


def watched() -> Runtime:
    """The three tasks after a first scan without a fault."""
    runtime = start(WATCHED)
    for name in "def":
        runtime.set(name, 1)
    runtime.scan()
    return runtime


def fails(runtime: Runtime, **values: int) -> PlcFault:
    """The fault of the next scan with these inputs."""
    for name, value in values.items():
        runtime.set(name, value)
    with pytest.raises(PlcFault) as found:
        runtime.scan()
    return found.value


def test_every_kind_of_fault_has_a_value_of_its_number():
    runtime = watched()
    kinds = runtime.watch.find("b.looks.kind")[1].values  # pyright: ignore[reportAttributeAccessIssue]
    assert kinds == {"FAULT_NONE": 0} | {f"FAULT_{kind.name}": int(kind) for kind in FaultKind}


def test_watching_tasks_go_on_see_the_fault_and_drive_no_output():
    runtime = watched()
    fault = fails(runtime, d=0)
    assert runtime.fault is fault
    runtime.scan(4)
    assert runtime.fault is fault
    assert (runtime.get("a.n"), runtime.get("b.n"), runtime.get("z.n")) == (2, 5, 3)
    assert (runtime.get("lamp"), runtime.get("speed")) == (0, 0)
    shown = {
        name: runtime.get(f"z.fault.{name}")
        for name in ("ACTIVE", "KIND", "FILE", "LINE", "COLUMN", "TASK_NAME")
    }
    assert shown == {"ACTIVE": 1, "KIND": 1, "FILE": "t.st", "LINE": 8, "COLUMN": 6, "TASK_NAME": "WORK"}
    assert (runtime.get("b.looks.kind"), runtime.get("z.fault.FAULTS")) == (FaultKind.DIVIDE_BY_ZERO, 1)


def test_a_reset_is_done_when_all_who_watch_have_seen_it():
    runtime = watched()
    fails(runtime, d=0)
    runtime.set("d", 4)
    runtime.set("button", 1)
    runtime.scan()  # at 20 ms, both that watch run
    assert (runtime.resets, runtime.get("b.looks.ack"), runtime.get("b.looks.seen.RESET")) == (1, 1, 0)
    runtime.scan()
    assert (runtime.get("b.looks.seen.ACTIVE"), runtime.get("z.fault.ACTIVE")) == (0, 0)
    seen = runtime.get("z.n")
    assert runtime.fault is not None
    runtime.scan()
    assert (runtime.get("z.n"), runtime.fault, runtime.get("a.n"), runtime.get("lamp")) == (
        seen + 1,
        None,
        2,
        0,
    )
    runtime.scan()
    assert (runtime.get("a.n"), runtime.get("a.q"), runtime.get("lamp")) == (3, 25, 1)
    # what was is still told, but it stands no more
    seen = [runtime.get(f"b.looks.seen.{name}") for name in ("ACTIVE", "KIND", "RESETS")]
    assert seen == [0, FaultKind.DIVIDE_BY_ZERO, 1]


def test_a_reset_that_is_asked_for_all_the_while_is_about_no_fault():
    runtime = watched()
    runtime.set("button", 1)
    runtime.scan()
    fails(runtime, d=0)
    runtime.scan(5)
    assert runtime.fault is not None
    runtime.set("d", 1)
    for button in (0, 1):
        runtime.set("button", button)
        runtime.scan(3)
    assert runtime.fault is None


def test_a_task_that_fails_while_it_watches_stops_too_and_the_first_fault_stays():
    runtime = watched()
    first = fails(runtime, d=0)
    second = fails(runtime, e=0)
    assert (second is not first, runtime.fault is first, runtime.faults) == (True, True, 2)
    before = runtime.get("b.n"), runtime.get("z.n")
    runtime.scan(2)
    assert (runtime.get("b.n"), runtime.get("z.n")) == (before[0], before[1] + 1)
    # nobody is left to look when the last one fails: then it is the host's turn, as without PLC_FAULT
    runtime.set("f", 0)
    with pytest.raises(PlcFault):
        runtime.scan(2)
    assert not runtime.is_watched
    scans = runtime.scans
    with pytest.raises(PlcFault) as again:
        runtime.scan()
    assert (again.value is first, runtime.scans) == (True, scans)
    for name in "def":
        runtime.set(name, 1)
    runtime.reset()
    runtime.scan(2)
    assert (runtime.fault, runtime.get("lamp")) == (None, 1)


FOREVER = """
VAR_GLOBAL d : INT; lamp AT %QX0.0 : BOOL; END_VAR
PROGRAM Work VAR n, q : INT; END_VAR n := n + 1; lamp := TRUE; q := 100 / d; END_PROGRAM
PROGRAM Guard VAR fault : PLC_FAULT; wait : TON; END_VAR
wait(IN := fault.ACTIVE, PT := T#30ms);
fault(RESET := wait.Q);
END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu TASK work(INTERVAL := T#10ms, PRIORITY := 1);
TASK guard(INTERVAL := T#10ms, PRIORITY := 2); PROGRAM a WITH work : Work;
PROGRAM b WITH guard : Guard; END_RESOURCE END_CONFIGURATION
"""


def scans_with_faults(runtime: Runtime, scans: int) -> int:
    """Run scans; how many had a fault."""
    faults = 0
    for _ in range(scans):
        try:
            runtime.scan()
        except PlcFault:
            faults += 1
        assert runtime.fault is None or runtime.get("lamp") == 0
    return faults


def test_a_program_that_resets_for_ever_is_refused_until_the_host_resets_it():
    runtime = start(FOREVER)
    assert scans_with_faults(runtime, 1000) == MOST_RESETS + 1
    assert (runtime.resets, runtime.faults, runtime.get("a.n")) == (
        MOST_RESETS,
        MOST_RESETS + 1,
        MOST_RESETS + 1,
    )
    assert [runtime.get(f"b.fault.{name}") for name in ("ACTIVE", "REFUSED", "RESETS")] == [1, 1, MOST_RESETS]
    runtime.reset()
    assert scans_with_faults(runtime, 1000) == MOST_RESETS + 1
    runtime.restart()
    assert (runtime.fault, runtime.resets, runtime.faults) == (None, 0, 0)


def test_faults_that_come_seldom_may_be_reset_for_ever():
    runtime = start(FOREVER.replace("T#10ms", "T#1s"))
    runtime.set("d", 1)
    for _ in range(3 * MOST_RESETS):
        runtime.scan(REST_NS // runtime.tick_ns)
        fails(runtime, d=0)
        runtime.set("d", 1)
        runtime.scan(3)
        assert runtime.fault is None
    assert runtime.resets == 3 * MOST_RESETS


EVENT = """
VAR_GLOBAL trouble : PLC_FAULT; d : INT := 1; END_VAR
PROGRAM Work VAR n, q : INT; END_VAR n := n + 1; q := 100 / d; END_PROGRAM
PROGRAM OnFault VAR_EXTERNAL trouble : PLC_FAULT; END_VAR VAR n : INT; line : UDINT; END_VAR
n := n + 1; line := trouble.LINE; trouble(RESET := NOT trouble.REFUSED);
END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu TASK work(INTERVAL := T#10ms); TASK handler(SINGLE := trouble.ACTIVE, PRIORITY := 0);
PROGRAM a WITH work : Work; PROGRAM b WITH handler : OnFault; END_RESOURCE END_CONFIGURATION
"""


def test_a_fault_may_be_the_event_of_a_task():
    runtime = start(EVENT)
    runtime.scan(3)
    assert runtime.get("b.n") == 0
    fails(runtime, d=0)
    runtime.set("d", 1)
    runtime.scan()
    assert (runtime.fault, runtime.get("b.n"), runtime.get("b.line")) == (None, 1, 3)
    runtime.scan(5)
    assert (runtime.get("b.n"), runtime.get("a.n")) == (1, 9)
    for again in range(2, MOST_RESETS + 1):
        fails(runtime, d=0)
        runtime.scan()
        assert (runtime.fault, runtime.resets) == (None, again)
    fails(runtime, d=0)
    runtime.scan(5)
    assert (runtime.fault is None, runtime.resets) == (False, MOST_RESETS)


def test_a_task_whose_event_is_a_fault_runs_without_calling_the_block():
    runtime = start(EVENT.replace("trouble(RESET := NOT trouble.REFUSED);", ""))
    runtime.scan(3)
    fails(runtime, d=0)
    runtime.scan(5)
    assert (runtime.get("b.n"), runtime.get("b.line"), runtime.get("a.n")) == (1, 3, 4)
    runtime.reset()
    runtime.set("d", 1)
    runtime.scan(5)
    assert (runtime.get("b.n"), runtime.get("a.n")) == (1, 9)
    fails(runtime, d=0)
    runtime.scan()
    assert runtime.get("b.n") == 2


def test_a_task_with_another_event_stands_still_with_the_others():
    text = EVENT.replace("trouble(RESET := NOT trouble.REFUSED);", "").replace("trouble.ACTIVE,", "go,")
    runtime = start(text.replace("d : INT := 1;", "d : INT := 1; go : BOOL;"))
    runtime.scan(3)
    runtime.set("d", 0)
    runtime.set("go", 1)
    with pytest.raises(PlcFault):
        runtime.scan(3)
    assert not runtime.is_watched


def test_the_example_of_the_readme_waits_five_seconds():
    text = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    example = text.partition("```iecst\n")[2].partition("```")[0]
    runtime = start(
        "PROGRAM Main VAR n, i : INT; a : ARRAY[0..3] OF INT; END_VAR n := n + 1; a[i] := n; END_PROGRAM\n"
        + example
    )
    runtime.scan()
    fails(runtime, **{"P1.i": 4})
    runtime.set("P1.i", 3)
    runtime.scan(500)
    assert (runtime.fault is None, runtime.get("P1.n"), runtime.get("P2.JAMS")) == (False, 2, 50)
    runtime.scan(30)
    assert (runtime.fault, runtime.resets) == (None, 1)
    assert runtime.get("P1.n") > 2


def test_blocks_wherever_they_lie_are_filled_in():
    text = """
    TYPE Pair : STRUCT one : PLC_FAULT; END_STRUCT END_TYPE
    VAR_GLOBAL many : ARRAY[1..2] OF PLC_FAULT; END_VAR
    FUNCTION_BLOCK Deep VAR RETAIN kept : PLC_FAULT; END_VAR VAR two : Pair; END_VAR
    kept(); two.one(); END_FUNCTION_BLOCK
    PROGRAM Work VAR q, d : INT; END_VAR q := 1 / d; END_PROGRAM
    PROGRAM Guard VAR deep : Deep; END_VAR deep(); many[2](); END_PROGRAM
    CONFIGURATION c RESOURCE r ON cpu TASK t(INTERVAL := T#10ms, PRIORITY := 1);
    TASK g(INTERVAL := T#10ms, PRIORITY := 0); PROGRAM a WITH t : Work; PROGRAM b WITH g : Guard;
    END_RESOURCE END_CONFIGURATION
    """
    runtime = start(text)
    fails(runtime)
    runtime.scan()
    for path in ("many[1]", "many[2]", "b.deep.kept", "b.deep.two.one"):
        assert (runtime.get(f"{path}.ACTIVE"), runtime.get(f"{path}.LINE")) == (1, 6), path


def test_a_block_of_the_users_own_of_that_name_is_only_that():
    text = "FUNCTION_BLOCK PLC_FAULT VAR_OUTPUT n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK\n"
    runtime = start(f"{text}PROGRAM main VAR f : PLC_FAULT; q, d : INT; END_VAR f(); q := 1 / d; END_PROGRAM")
    fails(runtime)
    assert (runtime.get("main.f.n"), runtime.is_watched) == (1, False)


def test_who_watches_in_the_only_task_is_told():
    text = """PROGRAM main VAR f : PLC_FAULT; q : INT; d : INT := 0; END_VAR
d := 0; f(RESET := f.ACTIVE); q := 1 / d; END_PROGRAM"""
    assert told(text) == [
        "2:9 SY2114 there is only one task: a fault stops it, and PLC_FAULT with it | "
        "call it in a program of another task"
    ]
    runtime = start(text)
    fault = fails(runtime)
    with pytest.raises(PlcFault) as again:
        runtime.scan()
    assert again.value is fault
    assert {item.code for item in check(WATCHED).diagnostics} == {"SY2116"}  # its programs share outputs


STEP = st.tuples(
    st.sampled_from((0, 1, 1, 1)), st.sampled_from((0, 1, 1, 1)), st.sampled_from((0, 1, 1)), st.booleans()
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=60))
def test_never_does_an_output_or_a_stopped_task_move_while_a_fault_stands(steps):
    runtime = start(WATCHED)
    row = 0
    for d, e, f, button in steps:
        for name, value in zip("def", (d, e, f), strict=True):
            runtime.set(name, value)
        runtime.set("button", int(button))
        stands, runs, resets = runtime.fault is not None, runtime.get("a.n"), runtime.resets
        with suppress(PlcFault):
            runtime.scan()
        if stands:
            assert runtime.get("a.n") == runs
        if stands or runtime.fault is not None:
            start_, end = runtime.compiled.image.slices["outputs"]
            assert not any(runtime.memory[start_:end])
        row += runtime.resets - resets
        assert row <= MOST_RESETS
        assert runtime.scans * 10 * MS < REST_NS
