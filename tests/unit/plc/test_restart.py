"""What survives: warm starts of the same and of a changed program, hot starts, damaged data; forcing; event tasks."""

import pytest

from sortyard.plc import retain
from sortyard.plc.backends import machine_of
from sortyard.plc.schedule import Schedule
from sortyard.plc.tasks import Task
from unit.plc.st import MS, program, start, told

FIRST = """
TYPE Mode : (Slow, Fast); END_TYPE
FUNCTION_BLOCK Hours VAR RETAIN run : DINT; END_VAR VAR lost : INT; END_VAR run := run + 1; lost := lost + 1;
END_FUNCTION_BLOCK
VAR_GLOBAL RETAIN total : INT; name : STRING[8] := 'new'; rows : ARRAY[1..3] OF INT; mode : Mode; gone : REAL; END_VAR
PROGRAM main VAR h : ARRAY[1..2] OF Hours; END_VAR
h[1](); h[2](); h[2](); total := total + 5; rows[2] := 7; name := 'old'; mode := Mode#Fast; gone := 1.5;
END_PROGRAM
"""
SECOND = """
TYPE Mode : (Slow, Fast); END_TYPE
FUNCTION_BLOCK Hours VAR RETAIN extra : REAL := 2.0; run : DINT; END_VAR run := run + 1; END_FUNCTION_BLOCK
VAR_GLOBAL RETAIN added : DINT := 9; rows : ARRAY[0..4] OF INT; name : STRING[8]; total : DINT; mode : Mode; END_VAR
PROGRAM main VAR other : INT; h : ARRAY[1..3] OF Hours; END_VAR h[1](); END_PROGRAM
"""


def test_item_13_a_changed_program_finds_its_retained_variables_by_name_and_type():
    first = start(FIRST)
    first.scan(3)
    second = start(SECOND)
    report = second.restart(first.retained())
    names = ["rows[2]", "rows[0]", "name", "mode", "main.h[1].run", "main.h[2].run", "main.h[3].run"]
    assert [second.get(name) for name in names] == [7, 0, "old", 1, 3, 6, 0]
    assert (second.get("total"), second.get("added"), second.get("main.h[1].extra")) == (0, 9, 2.0)
    assert {"ROWS[2]", "NAME", "MODE", "MAIN.H[2].RUN"} <= set(report.kept)
    assert set(report.dropped) == {"TOTAL", "GONE"}
    assert not report.is_same
    assert {"ADDED", "TOTAL", "ROWS[0]", "MAIN.H[3].RUN", "MAIN.H[1].EXTRA"} <= set(report.new)


def test_item_13_the_same_program_keeps_everything():
    first = start(FIRST)
    first.scan(2)
    report = first.restart(first.retained())
    assert (first.get("total"), first.get("main.h[2].run"), first.get("main.h[2].lost")) == (10, 4, 0)
    assert (report.dropped, report.new, report.is_same) == ([], [], True)
    first.restart()
    assert first.get("total") == 0


WHOLE = """
FUNCTION_BLOCK Hours VAR RETAIN run : DINT; END_VAR VAR calls : DINT; END_VAR
run := run + 1; calls := calls + 1; END_FUNCTION_BLOCK
INTERFACE Lamp METHOD tell : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Red IMPLEMENTS Lamp METHOD PUBLIC tell : INT tell := 4; END_METHOD END_FUNCTION_BLOCK
PROGRAM main
VAR first, second : INT; red : Red; END_VAR
VAR RETAIN whole : Hours; leads, none : REF_TO INT; lamp : Lamp; END_VAR
VAR_OUTPUT seen, shone : INT; END_VAR
whole(); second := 7; first := 3;
IF leads = NULL THEN leads := REF(second); lamp := red; END_IF;
seen := leads^; shone := lamp.tell();
END_PROGRAM
"""


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_item_13_what_is_retained_finds_its_place_when_other_variables_have_moved(backend):
    """Addresses in the retained data would lead to where things lay: the counter's own part, a target, an object."""
    changed = WHOLE.replace("VAR first,", "VAR pad : ARRAY[0..20] OF DINT; first,").replace(
        "PROGRAM main", "FUNCTION_BLOCK Blue IMPLEMENTS Lamp METHOD PUBLIC tell : INT tell := 5; END_METHOD "
        "END_FUNCTION_BLOCK\nPROGRAM main"
    )  # fmt: skip
    first = start(WHOLE, machine=machine_of(backend))
    first.scan(3)
    second = start(changed, machine=machine_of(backend))
    report = second.restart(first.retained())
    assert (report.dropped, report.new, report.is_same) == ([], [], True)
    assert (second.get("main.whole.run"), second.get("main.whole.calls")) == (3, 3)
    assert second.watch.referred("main.none") == "NULL"
    second.scan()
    assert [second.get(f"main.{name}") for name in ("whole.run", "whole.calls", "seen", "shone")] == [
        4,
        4,
        7,
        4,
    ]
    assert [second.get(f"main.pad[{i}]") for i in range(21)] == [0] * 21


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ("second : INT", "second : DINT", "its target has another type"),
        ("second : INT", "other : INT", "its target is gone"),
    ],
)
def test_item_13_a_reference_whose_target_is_no_more_is_dropped(was, now, reason):
    text = program("first : INT; second : INT; END_VAR VAR RETAIN leads : REF_TO INT;", "{}")
    first = start(text.format("IF leads = NULL THEN leads := REF(second); END_IF;"))
    first.scan()
    second = start(text.replace(was, now).format(""))
    report = second.restart(first.retained())
    assert (report.dropped, report.kept) == (["MAIN.LEADS"], []), reason
    assert second.watch.referred("main.leads") == "NULL"


def test_item_13_values_of_an_enumeration_are_found_by_their_names():
    text = "TYPE Mode : ({}); END_TYPE VAR_GLOBAL RETAIN a, b, c : Mode; END_VAR\n" + program(
        "n : INT;", "{}"
    )
    first = start(text.format("Idle, Run, Jam", "a := Mode#Run; b := Mode#Jam; c := Mode#Idle;"))
    first.scan()
    second = start(text.format("Off, Idle, Run", ""))
    report = second.restart(first.retained())
    assert [second.get(name) for name in "abc"] == [2, 0, 1]
    assert (report.kept, report.dropped, report.new) == (["A", "C"], ["B"], ["B"])


def test_item_13_a_value_outside_of_its_subrange_is_dropped():
    text = "TYPE Level : INT(0..{}); END_TYPE VAR_GLOBAL RETAIN a, b : Level; END_VAR\n" + program(
        "n : INT;", "{}"
    )
    first = start(text.format(10, "a := 3; b := 8;"))
    first.scan()
    second = start(text.format(5, ""))
    report = second.restart(first.retained())
    assert (second.get("a"), second.get("b")) == (3, 0)
    assert (report.kept, report.dropped) == (["A"], ["B"])
    third = start(text.format(20, ""))
    third.restart(first.retained())
    assert (third.get("a"), third.get("b")) == (3, 8)


STRINGS = "VAR_GLOBAL RETAIN s : STRING[{}]; w : WSTRING[{}]; END_VAR\n"


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
@pytest.mark.parametrize(
    ("length", "text", "cut"),
    [(20, "received", []), (8, "received", []), (3, "rec", ["S", "W"]), (1, "r", ["S", "W"])],
)
def test_item_13_a_string_whose_length_has_changed_keeps_what_fits(backend, length, text, cut):
    machine = machine_of(backend)
    first = start(
        STRINGS.format(12, 12) + program("n : INT;", "s := 'received'; w := \"received\";"), machine=machine
    )
    first.scan()
    second = start(
        STRINGS.format(length, length) + program("n : INT;", "n := LEN(s) + LEN(w);"), machine=machine
    )
    report = second.restart(first.retained())
    assert (second.get("s"), second.get("w")) == (text, text)
    assert (report.kept, report.dropped, report.new, report.cut) == (["S", "W"], [], [], cut)
    second.scan()
    assert second.get("main.n") == 2 * len(text)


def test_item_13_a_string_does_not_become_a_wide_one():
    first = start("VAR_GLOBAL RETAIN s : STRING[12]; END_VAR\n" + program("n : INT;", "s := 'old';"))
    first.scan()
    second = start("VAR_GLOBAL RETAIN s : WSTRING[12]; END_VAR\n" + program("n : INT;", ""))
    report = second.restart(first.retained())
    assert (second.get("s"), report.dropped, report.new) == ("", ["S"], ["S"])


@pytest.mark.parametrize("damage", [b"", b"SYR1", b"1234567890123456", None])
def test_item_13_damaged_data_is_refused_and_the_start_is_cold(damage):
    runtime = start(FIRST)
    runtime.scan()
    data = bytearray(runtime.retained())
    data[-1] ^= 1
    with pytest.raises(retain.RetainError, match="damaged"):
        runtime.restart(bytes(data) if damage is None else damage)
    assert (runtime.get("total"), runtime.scans, runtime.fault) == (0, 0, None)


def test_item_13_a_cut_while_writing_leaves_the_old_data(tmp_path, monkeypatch):
    path = tmp_path / "retain.bin"
    retain.save(path, b"old")

    def cut(*_):
        raise OSError("power")

    monkeypatch.setattr(retain.os, "replace", cut)
    with pytest.raises(OSError, match="power"):
        retain.save(path, b"new and longer")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    retain.save(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_hot_start_goes_on_as_if_nothing_had_happened():
    text = program("t : TON; n : INT;", "t(IN := TRUE, PT := T#50ms); n := n + 1;")
    whole, cut = start(text), start(text)
    whole.scan(9)
    cut.scan(4)
    other = start(text)
    other.resume(cut.image(), cut.scans, cut.layout)
    other.scan(5)
    assert other.image() == whole.image()
    with pytest.raises(ValueError, match="the image has 3 bytes"):
        other.resume(b"abc", 1, other.layout)


@pytest.mark.parametrize("now", ["m : INT; n : INT;", "n : UINT; m : INT;", "m : DINT;", "n, o : INT;"])
def test_a_hot_start_with_an_image_of_another_layout_is_refused(now):
    """The image has as many bytes: its variables would be taken for others."""
    was = start(program("n : INT; m : INT;", "n := n + 1;"))
    was.scan(3)
    other = start(program(now, ""))
    assert other.compiled.image.size == was.compiled.image.size
    with pytest.raises(ValueError, match="of a program with other variables or types"):
        other.resume(was.image(), was.scans, was.layout)
    assert other.scans == 0


def test_the_layout_is_the_same_whatever_the_program_does():
    was = start(program("n : INT; m : INT;", "n := n + 1;"))
    was.scan(3)
    other = start(program("n : INT; m : INT;", "n := n + 2;"))
    other.resume(was.image(), was.scans, was.layout)
    other.scan()
    assert other.get("main.n") == 5


def test_a_forced_variable_stays_whatever_the_program_writes():
    runtime = start(
        program(
            "a, b : INT;", "b := a; a := a + 1; lamp := FALSE;", "VAR_GLOBAL lamp AT %QX0.1 : BOOL; END_VAR"
        )
    )
    runtime.force("main.a", 7)
    runtime.force("lamp", 1)
    runtime.scan(2)
    assert [runtime.get(n) for n in ("main.a", "main.b", "lamp")] == [7, 7, 1]
    assert runtime.forced == {"main.a": 7, "lamp": 1}
    runtime.release("main.a")
    runtime.release("lamp")
    runtime.scan()
    assert [runtime.get(n) for n in ("main.a", "main.b", "lamp")] == [8, 7, 0]
    with pytest.raises(ValueError, match="40000 is not a value"):
        runtime.force("main.a", 40_000)


def test_a_variable_is_forced_once_by_whatever_name():
    lamp = "VAR_GLOBAL lamp AT %QX0.1 : BOOL; END_VAR"
    runtime = start(program("a : ARRAY[1..2] OF INT;", "a[2] := 1; lamp := FALSE;", lamp))
    runtime.force("main.a[2]", 7)
    runtime.force("MAIN.A[ 2 ]", 8)
    runtime.force("lamp", 1)
    runtime.force("%qx0.1", 1)
    runtime.scan()
    assert (runtime.get("main.a[2]"), runtime.get("lamp")) == (8, 1)
    assert runtime.forced == {"MAIN.A[ 2 ]": 8, "%qx0.1": 1}
    runtime.release("Main.A[2]")
    runtime.release("Lamp")
    runtime.scan()
    assert (runtime.get("main.a[2]"), runtime.get("lamp"), runtime.forced) == (1, 0, {})
    with pytest.raises(KeyError, match="lamp is not forced; forced: nothing"):
        runtime.release("lamp")


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_places_that_no_variable_is_declared_at_are_read_and_forced_by_their_addresses(backend):
    body = "%QX0.1 := %IX0.0 AND NOT %MX4.1; %QW1 := %IW1;"
    runtime = start(program("n : INT;", body), machine=machine_of(backend))
    runtime.force("%IX0.0", 1)
    runtime.set("%IW1", 0x1234)
    runtime.scan()
    assert [runtime.get(place) for place in ("%QX0.1", "%QB0", "%QW1", "%QB2")] == [1, 2, 0x1234, 0x34]
    runtime.force("%MX4.1", 1)
    runtime.scan()
    assert runtime.get("%QX0.1") == 0


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("%IX0.8", "no address; write %IX0.0"),
        ("%IX9.0", "not a place of this program, which has 1 bytes at %I"),
        ("%MW0", "not a place of this program, which uses no %M"),
        ("%I*", "no address"),
        ("%Z0", "no address"),
    ],
)
def test_an_address_that_the_program_does_not_have_is_told(place, reason):
    runtime = start(program("n : INT;", "%QX0.1 := %IX0.0;"))
    with pytest.raises(KeyError, match=reason):
        runtime.get(place)


EVENTS = """
VAR_GLOBAL go : BOOL; key AT %IX0.3 : BOOL; END_VAR
PROGRAM count VAR_OUTPUT n : INT; END_VAR n := n + 1; END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu
TASK cycle(INTERVAL := T#10ms, PRIORITY := 5); TASK event(SINGLE := go, PRIORITY := 1); TASK press(SINGLE := key);
PROGRAM a WITH cycle : count; PROGRAM b WITH event : count; PROGRAM k WITH press : count;
END_RESOURCE END_CONFIGURATION
"""


def test_an_event_task_runs_once_at_each_rising_edge():
    runtime = start(EVENTS)
    rows = []
    for go in (0, 1, 1, 0, 1):
        runtime.set("go", go)
        runtime.set("key", 1 - go)
        runtime.scan()
        rows.append(tuple(runtime.get(f"{name}.n") for name in "abk"))
    assert rows == [(1, 0, 1), (2, 1, 1), (3, 1, 1), (4, 1, 2), (5, 2, 2)]


def test_an_event_needs_a_global_bool():
    said = told(EVENTS.replace("SINGLE := go", "SINGLE := 5").replace("SINGLE := key", "SINGLE := a.n"))
    assert sum("SY1" in row for row in said) == 2


def test_intervals_do_not_drift_and_missed_periods_are_counted():
    schedule = Schedule([Task("a", 10 * MS), Task("b", 25 * MS), Task("c")], lambda task: False)
    # the host comes late, a little each time
    times = [0, 11, 23, 30, 41, 75, 80]
    due = [schedule.due(time * MS) for time in times]
    assert due == [[0, 1, 2], [0, 2], [0, 2], [0, 1, 2], [0, 2], [0, 1, 2], [0, 2]]
    assert schedule.overruns == [2, 1, 0]
