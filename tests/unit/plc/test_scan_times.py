"""How long scans take and how late they begin; intervals without drift; the watchdog; what is kept, and how often."""

import json
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sortyard.cli.main import main
from sortyard.config.board_file import Retain, board_names, load_board
from sortyard.plc.backends import machine_of
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.harness import Harness
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.keeper import BURST, YEAR_NS, Keeper, Wear, survival_of
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.scan_times import BINS, Histogram
from sortyard.plc.source import Source
from sortyard.shipped import shipped

MS = 1_000_000
HOUR_NS = 3600 * 1_000 * MS
TWO_TASKS = """
PROGRAM Quick VAR n : DINT; END_VAR n := n + 1; END_PROGRAM
PROGRAM Slow VAR n : DINT; END_VAR n := n + 1; END_PROGRAM
CONFIGURATION C
    TASK Often (INTERVAL := T#2ms, PRIORITY := 1);
    TASK Seldom (INTERVAL := T#10ms, PRIORITY := 2);
    PROGRAM A WITH Often : Quick;
    PROGRAM B WITH Seldom : Slow;
END_CONFIGURATION
"""


class OnBoard(Interpreter):
    """A machine that stands for a board on which every run of a task takes as long as its list says."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__(compiled)
        self.run_ns = 0
        self.runs = 0

    def run(self, task: int, budget: int) -> None:
        super().run(task, budget)
        self.runs += 1
        self.run_ns = (5 if self.runs == 4 else 1) * MS


def compiled(text: str = TWO_TASKS) -> Compiled:
    return compile_sources([Source("times.st", text)])


def test_each_task_has_its_own_histograms():
    runtime = Runtime(compiled(), machine=OnBoard)
    for scan in range(20):
        runtime.scan(late_ns=300_000 if scan % 5 == 0 else 0)
    often, seldom = (one.as_dict() for one in runtime.times)
    assert (often["task"], often["runs"], seldom["task"], seldom["runs"]) == ("OFTEN", 20, "SELDOM", 4)
    assert often["clock"] == "board"
    assert often["took"]["most_us"] == 5000
    assert often["took"]["mean_us"] == 1200
    assert often["late"]["histogram"] == [[0.001, 16], [524.288, 4]]
    assert seldom["late"]["most_us"] == 1300  # OFTEN has run before it


def test_the_interpreters_runs_are_timed_by_the_host():
    runtime = Runtime(compiled())
    runtime.scan(50)
    assert runtime.times[0].as_dict()["clock"] == "host"
    assert runtime.times[0].took.n == 50
    assert runtime.times[0].took.total_ns > 0


def test_a_run_that_is_too_long_for_the_watchdog_stops_the_program():
    runtime = Runtime(compiled(), machine=OnBoard, watchdog_ns=4 * MS)
    with pytest.raises(PlcFault) as bitten:
        runtime.scan(10)
    fault = bitten.value
    assert fault.kind is FaultKind.WATCHDOG
    assert fault.detail == "task OFTEN took 5.000 ms, its watchdog allows 4 ms"
    assert fault.span is not None
    assert fault.span.text() == "T#2ms"
    assert runtime.scans == 3
    runtime.reset()
    runtime.scan(10)
    assert runtime.scans == 13


def test_without_a_boards_clock_the_watchdog_does_not_bite():
    Runtime(compiled(), watchdog_ns=1).scan(5)


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_a_test_says_what_runs_take_on_every_back_end(backend):
    door = Harness(compiled(), machine=machine_of(backend), watchdog="T#4ms")
    door.takes("Often", "T#1500us")
    door.takes("SELDOM", "T#4ms")
    door.scan(6)
    often, seldom = door.times
    assert (often["clock"], often["took"]["most_us"], often["late"]["most_us"]) == ("given", 1500, 0)
    assert (seldom["clock"], seldom["took"]["most_us"], seldom["late"]["most_us"]) == ("given", 4000, 1500)
    door.takes("Often", "T#4001us")
    with pytest.raises(PlcFault, match=r"task OFTEN took 4\.001 ms, its watchdog allows 4 ms") as bitten:
        door.scan()
    assert bitten.value.kind is FaultKind.WATCHDOG
    door.takes("Often", 0)
    door.reset()
    door.scan(2)


def test_only_a_task_that_there_is_takes_its_time():
    door = Harness(compiled())
    with pytest.raises(KeyError, match="there is no task Rarely; known: OFTEN, SELDOM"):
        door.takes("Rarely", "T#1ms")
    with pytest.raises(ValueError, match="a run cannot take -1 ns"):
        door.takes("Often", -1)


def test_a_program_is_told_of_its_watchdog_by_the_block():
    text = TWO_TASKS.replace(
        "PROGRAM Slow VAR n : DINT; END_VAR n := n + 1;",
        "PROGRAM Slow VAR n : DINT; f : PLC_FAULT; END_VAR f();\n"
        "IF f.ACTIVE AND f.KIND = FAULT_WATCHDOG THEN n := -1; END_IF;",
    )
    door = Harness(compiled(text), watchdog="T#4ms")
    door.scan()
    door.takes("Often", "T#5ms")
    with pytest.raises(PlcFault):
        door.scan()
    door.scan(5)
    assert door["B.n"] == -1


LONG = "VAR n, x : DINT; END_VAR FOR n := 1 TO 300 DO x := x * 3 + n; END_FOR;"


def test_plc_run_tells_times_and_bites_on_the_boards_clock_alone(tmp_path, capsys):
    path = tmp_path / "times.st"
    path.write_text(TWO_TASKS.replace("VAR n : DINT; END_VAR n := n + 1;", LONG, 1), "utf-8")
    command = ["plc", "run", str(path), "--scans", "11", "--times"]
    assert main([*command, "--backend", "micropython"]) == 0
    often, seldom = (row for row in capsys.readouterr().out.splitlines() if row.startswith("task"))
    late = r"begun late by [1-9].*; missed periods: 31"  # a run takes over 8 ms, its interval is 2 ms
    assert re.fullmatch(rf"task OFTEN: 11 runs of [\d,]+ us on average, .*\(as on an RP2040\); {late}", often)
    assert re.search(r"begun late by [1-9][\d,]+ us on average", seldom)  # OFTEN has run before it
    assert main([*command, "--backend", "micropython", "--watchdog-ms", "1"]) == 1
    assert "WATCHDOG: task OFTEN took " in capsys.readouterr().err
    assert main([*command, "--backend", "micropython", "--watchdog-ms", "1000"]) == 0
    capsys.readouterr()
    assert main(command) == 0
    told = capsys.readouterr().out
    assert told.count("by this computer's clock: a board takes other times)") == 2
    assert "late" not in told
    assert main([*command, "--json"]) == 0
    assert [one["clock"] for one in json.loads(capsys.readouterr().out)["tasks"]] == ["host", "host"]


BUSY = "VAR n : DINT; i : INT; x : UDINT; END_VAR\nn := n + 1; FOR i := 1 TO 600 DO x := x * 3 + 1; END_FOR;"
"""A run takes a board 12 ms or so."""


def busy_file(folder, more=""):
    path = folder / "busy.st"
    path.write_text(f"PROGRAM Main\n{BUSY}\nEND_PROGRAM\n{more}", "utf-8")
    return path


def test_plc_run_counts_the_periods_that_a_board_has_no_time_for(tmp_path, capsys):
    command = ["plc", "run", str(busy_file(tmp_path)), "--scans", "100", "--backend", "micropython"]
    assert main([*command, "--times", "--trace", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (task,) = found["tasks"]
    took_ms = task["took"]["mean_us"] / 1000
    assert 10 < took_ms < 20
    assert (found["scans"], task["runs"], found["variables"]["Main.n"]) == (100, 100, 100)
    periods = found["trace"][-1]["time_ms"] / 10
    assert periods == task["overruns"] + 99
    assert periods == pytest.approx(99 * took_ms / 10, abs=1)
    assert found["overruns"] == task["overruns"]
    assert 0 < task["late"]["most_us"] < 10_000  # begins when the board has time, not with the next period
    assert main([*command, "--times"]) == 0
    assert f"; missed periods: {task['overruns']}" in capsys.readouterr().out
    assert main(command) == 0
    missed = (
        f"programs without a task: missed periods: {task['overruns']} (as on an RP2040; --times tells more)"
    )
    assert capsys.readouterr().err.strip() == missed


def test_plc_run_counts_missed_periods_of_each_task(tmp_path, capsys):
    more = (
        "PROGRAM Slow VAR i : INT; x : UDINT; END_VAR\nFOR i := 1 TO 1200 DO x := x * 3 + 1; END_FOR;\n"
        "END_PROGRAM\nCONFIGURATION C TASK A (INTERVAL := T#100ms, PRIORITY := 0);\n"
        "TASK B (INTERVAL := T#20ms, PRIORITY := 1);\n"
        "PROGRAM P WITH A : Slow; PROGRAM Only WITH B : Main; END_CONFIGURATION\n"
    )
    path = busy_file(tmp_path, more)
    command = ["plc", "run", str(path), "--scans", "40", "--backend", "micropython", "--times", "--json"]
    assert main(command) == 0
    urgent, other = json.loads(capsys.readouterr().out)["tasks"]
    assert 20_000 < urgent["took"]["most_us"] < 40_000
    assert urgent["overruns"] == 0
    assert other["overruns"] == pytest.approx(urgent["runs"], abs=1)


@pytest.mark.parametrize("backend", ["ref", "c"])
def test_plc_run_counts_nothing_where_no_boards_clock_tells(tmp_path, capsys, backend):
    command = ["plc", "run", str(busy_file(tmp_path)), "--scans", "9", "--backend", backend, "--times"]
    assert main(command) == 0
    told = capsys.readouterr()
    assert "missed" not in told.out + told.err
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["overruns"], found["tasks"][0]["overruns"]) == (None, None)


def test_a_program_that_the_board_has_time_for_misses_no_period(tmp_path, capsys):
    path = tmp_path / "times.st"
    path.write_text(TWO_TASKS, "utf-8")
    command = ["plc", "run", str(path), "--scans", "20", "--backend", "micropython"]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["overruns"] == 0
    assert main(command) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("backend", ["ref", "c"])
def test_plc_run_refuses_a_watchdog_without_a_boards_clock(tmp_path, capsys, backend):
    path = tmp_path / "times.st"
    path.write_text(TWO_TASKS, "utf-8")
    assert main(["plc", "run", str(path), "--watchdog-ms", "5", "--backend", backend]) == 2
    told = capsys.readouterr().err
    assert f"--watchdog-ms: {backend} is timed by the host's clock, which says nothing of a board" in told
    assert "add --backend micropython" in told


@given(st.lists(st.integers(0, 1 << 45), min_size=1, max_size=200))
def test_a_histogram_holds_every_value_in_its_bin(values):
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    assert histogram.n == len(values)
    assert (histogram.most_ns, histogram.total_ns) == (max(values), sum(values))
    for place, count in enumerate(histogram.counts[:-1]):
        low = 1 << (place - 1) if place else 0
        assert count == sum(low <= value < 1 << place for value in values)
    for share in (0.5, 0.99, 1.0):
        exact = sorted(values)[max(0, -(-int(share * 1000) * len(values) // 1000) - 1)]
        assert exact <= histogram.below_ns(share) <= max(values)
    assert len(histogram.counts) == BINS


# --- what is kept ---


def keeper(writes: int, years: int = 10) -> tuple[Keeper, list[bytes]]:
    kept: list[bytes] = []
    return Keeper(Wear(writes, years), kept.append), kept


def look(one: Keeper, now_ns: int, is_at_rest: bool, content: bytes) -> bool:
    return one.look(now_ns, is_at_rest, content, lambda: b"all of " + content)


def test_flash_is_written_at_rest_and_only_when_something_has_changed():
    one, kept = keeper(100_000)
    assert not look(one, 0, False, b"a")
    assert one.is_owing
    assert look(one, 10, True, b"a")
    assert not look(one, 20, True, b"a")
    assert not look(one, 30, False, b"b")
    assert look(one, 40, True, b"b")
    assert kept == [b"all of a", b"all of b"]
    assert not one.is_owing


def test_fram_is_written_at_every_change():
    one, kept = keeper(0)
    for n in range(100):
        assert look(one, n, False, bytes([n]))
    assert len(kept) == one.writes == 100


@settings(max_examples=60)
@given(st.integers(1_000, 1_000_000), st.lists(st.integers(0, 50), min_size=1, max_size=300))
def test_flash_lasts_for_as_long_as_it_has_to(writes, pauses):
    """Whatever changes and however often it stands: never more writes than its life allows, and a burst."""
    one, kept = keeper(writes)
    every, now = 10 * YEAR_NS // writes, 0
    for n, pause in enumerate(pauses):
        now += pause * every // 10
        look(one, now, True, n.to_bytes(4, "little"))
    assert len(kept) <= BURST + now // every


def test_what_finds_no_room_is_written_later():
    one, kept = keeper(87_600)
    for n in range(BURST + 5):
        look(one, n, True, bytes([n]))
    assert len(kept) == BURST
    assert one.is_owing
    assert not look(one, HOUR_NS - 1, True, b"last")
    assert look(one, HOUR_NS + 100, True, b"last")
    assert kept[-1] == b"all of last"


def test_every_board_says_what_it_keeps():
    for name in board_names():
        retain = load_board(name).retain
        assert (retain.memory == "flash") == (retain.writes > 0), name
        assert "retain" in tomllib.loads((shipped("boards") / name / "board.toml").read_text("utf-8"))


def test_what_a_board_keeps_is_told_in_words():
    pico = load_board("pico")
    assert survival_of(pico, 1234) == (
        "Raspberry Pi Pico keeps the 1,234 bytes that are RETAINed in flash, written only while the line stands "
        "and every 53 minutes on average (it bears 100,000 writes): what changes while the line moves is lost in a "
        "power cut"
    )
    other = pico.model_copy(update={"retain": Retain(memory="fram")})
    assert "FRAM, written after each scan" in survival_of(other, 4)
