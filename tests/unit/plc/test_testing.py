"""Testing PLC programs: TEST units, the harness, the pytest plugin, `sortyard plc test`."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sortyard.cli.main import main
from sortyard.plc.backends import machine_of
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.harness import Harness
from sortyard.plc.program import check_sources, compile_sources
from sortyard.plc.source import Source
from sortyard.plc.testing import run_tests
from unit.plc.st import MS, program, told

SOURCES = Path(inspect.getfile(Harness)).parent
"""What a test's author has not written."""
DOOR = """
TYPE Phase : (Shut, Moving, Wide); END_TYPE
FUNCTION_BLOCK Door
VAR_INPUT ask : BOOL; END_VAR
VAR_OUTPUT open : BOOL; calls : INT; END_VAR
VAR t : TON; END_VAR
t(IN := ask, PT := T#2s, Q => open); calls := calls + 1;
END_FUNCTION_BLOCK
PROGRAM main
VAR door : Door; ask : BOOL; phase : Phase; limit : TIME := T#1s; name : STRING; speed : REAL; d : INT := 1; n : INT;
rows : ARRAY[1..2, 0..1] OF INT; day : DATE; sign : CHAR; digit : INT(0..9); END_VAR
VAR RETAIN total : INT; END_VAR
door(ask := ask); phase := SEL(door.open, Phase#Shut, Phase#Wide); total := total + 1; n := 10 / d;
END_PROGRAM
"""
TESTS = """
TEST 'opens after two seconds'
VAR d : Door; END_VAR
d(ask := TRUE); ASSERT(NOT d.open);
ADVANCE(T#1999ms); d(); ASSERT(NOT d.open);
ADVANCE(T#1ms); d(); ASSERT(d.open); ASSERT_EQUAL(d.calls, 3);
END_TEST
TEST 'counts its calls'
VAR d : Door; END_VAR
d(); ASSERT_EQUAL(d.calls, 2);
END_TEST
TEST 'is near'
VAR x : REAL := 1.0; END_VAR
ASSERT_NEAR(x, 1.25, 0.25);
ASSERT_NEAR(x, 1.5, 0.25);
END_TEST
"""


def harness(text: str = DOOR, **options) -> Harness:
    return Harness(compile_sources([Source("door.st", text)]), **options)


LOCATED = """
PROGRAM press
VAR_INPUT ask AT %IX0.2 : BOOL; END_VAR
VAR up AT %IX0.1 : BOOL; speed AT %IW1 : INT; n : INT; END_VAR
VAR_OUTPUT lamp AT %QX0.3 : BOOL; END_VAR
IF up THEN n := n + speed; END_IF;
lamp := up AND ask;
END_PROGRAM
TEST 'bits are those of the program'
VAR p : press; lit : BOOL; END_VAR
p.up := TRUE; p.speed := 300; p(lamp => lit);
ASSERT_EQUAL(p.n, 300); ASSERT(NOT lit); ASSERT(NOT p.ask);
p.ask := TRUE; p(lamp => lit); ASSERT(lit); ASSERT(p.lamp);
p.up := FALSE; p(); ASSERT(NOT p.lamp); ASSERT(p.ask); ASSERT_EQUAL(p.n, 600);
END_TEST
"""


@pytest.mark.parametrize("back_end", ["ref", "c", "micropython"])
def test_a_test_reads_and_writes_a_programs_variables_at_bits(back_end):
    compiled = compile_sources([Source("test_press.st", LOCATED)], with_tests=True)
    (result,) = run_tests(compiled, machine_of(back_end))
    assert result.fault is None


def test_a_call_that_gives_a_value_to_an_input_at_a_bit_is_refused():
    text = LOCATED.replace("p(); ASSERT", "p(ask := TRUE); ASSERT")
    (said,) = [d for d in check_sources([Source("test_press.st", text)]).diagnostics if d.severity == "error"]
    assert (said.code, said.suggestion) == ("SY1409", "assign to it before: ask := ...")


def test_each_test_has_a_fresh_image_and_ends_at_its_first_failure():
    compiled = compile_sources([Source("door.st", DOOR + TESTS)], with_tests=True)
    rows = [(r.name, r.fault and (r.fault.kind, r.fault.detail)) for r in run_tests(compiled)]
    assert rows == [
        ("opens after two seconds", None),
        ("counts its calls", (FaultKind.ASSERTION, "d.calls is 1, not 2")),
        ("is near", (FaultKind.ASSERTION, "x is 1.0, not near 1.5")),
    ]


FAILING = """
FUNCTION_BLOCK Odd VAR_OUTPUT n : INT := -1; END_VAR
METHOD PUBLIC next : INT n := n + 2; next := n; END_METHOD END_FUNCTION_BLOCK
TEST 'n is 1, not 2' VAR n : INT := 1; END_VAR ASSERT_EQUAL(n, 2); END_TEST
TEST 'o.next() is 1, not 2' VAR o : Odd; END_VAR ASSERT_EQUAL(o.next(), 2); END_TEST
TEST 'o.next() is 3, not n, which is 1: odd' VAR o : Odd; n : INT; END_VAR
n := o.next(); ASSERT_EQUAL(o.next(), n, 'odd'); END_TEST
TEST 'p is Wide, not Phase#Shut' VAR p : Phase := Wide; END_VAR ASSERT_EQUAL(p, Phase#Shut); END_TEST
TEST 's is $'{a}$', not $'{b}$'' VAR s : STRING := '{a}'; END_VAR ASSERT_EQUAL(s, '{b}'); END_TEST
TEST 't > T#2s does not hold, t is T#1s500ms' VAR t : TIME := T#1500ms; END_VAR ASSERT(t > T#2s); END_TEST
TEST 'a < b does not hold, a is 2, b is 2: no' VAR a, b : UINT := 2; END_VAR ASSERT(a < b, 'no'); END_TEST
TEST 'a OR b does not hold' VAR a, b : BOOL; END_VAR ASSERT(a OR b); END_TEST
TEST 't is T#1s, not near T#2s' VAR t : LTIME := LT#1s; END_VAR ASSERT_NEAR(LTIME_TO_TIME(t), T#2s, T#1ms); END_TEST
"""


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_what_fails_tells_the_values_that_were_compared_once(backend):
    sources = [Source("door.st", DOOR), Source("test.st", FAILING)]
    results = list(run_tests(compile_sources(sources, with_tests=True), machine_of(backend)))
    said = [r.fault and r.fault.detail.replace("LTIME_TO_TIME(t)", "t") for r in results]
    assert said == [r.name.replace("$'", "'") for r in results]
    assert len(said) == FAILING.count("END_TEST")
    assert {r.fault and r.fault.kind for r in results} == {FaultKind.ASSERTION}


def test_arrays_are_lists_and_a_slip_is_told_without_our_own_frames():
    door = harness()
    door.main.rows[2, 1] = 7
    with pytest.raises(AttributeError, match="there is no reqest"):
        door.main.reqest = True
    with pytest.raises(AttributeError, match="there is no nothing"):
        assert door.main.nothing
    with pytest.raises(TypeError, match=r"main is .*, no array"):
        len(door.main)
    assert (len(door.main.rows), [list(row) for row in door.main.rows]) == (2, [[0, 0], [0, 7]])
    assert repr(door.main.rows) == "<main.rows : ARRAY[1..2, 0..1] OF INT>"
    # a failing test shows the arguments of functions: those that refer to each other must be short
    assert len(repr(door.runtime.watch.find("main"))) < 200


def test_a_test_sees_all_of_a_block_and_an_assertion_may_say_why():
    text = """TEST 'a' VAR d : Door; END_VAR d(ask := TRUE); ASSERT(d.t.IN); ADVANCE(T#1s); d();
ASSERT_EQUAL(d.t.ET, T#1s, 'as long as asked'); ASSERT(d.open, 'not yet'); END_TEST"""
    (found,) = run_tests(compile_sources([Source("door.st", DOOR + text)], with_tests=True))
    assert found.fault is not None
    assert found.fault.detail == "d.open does not hold: not yet"
    assert any("SY1609" in row for row in told("TEST 'b' VAR s : STRING; END_VAR ASSERT(TRUE, s); END_TEST"))


def test_tests_are_checked_always_and_run_only_when_asked_for():
    text = DOOR + "TEST 'wrong' VAR x : INT; END_VAR ASSERT(x); ASSERT_EQUAL(x); END_TEST"
    assert [row.split(" ", 2)[1] for row in told(text)][:2] == ["SY1308", "SY1406"]
    assert [task.name for task in compile_sources([Source("d.st", DOOR + TESTS)]).tasks] == [""]


def test_test_is_a_name_elsewhere():
    body = "test := 1; assert := test; test := assert;"
    assert told(program("test, assert : INT;", body)) == []


def test_variables_have_the_types_of_python():
    p = harness()
    p.main.ask = True
    p.scan()
    assert (p.main.ask, p.main.door.open, p.main.phase, p.main.limit, p.main.n) == (
        True,
        False,
        "Shut",
        1000 * MS,
        10,
    )
    p.main.limit = "T#1m"
    p.main.phase = "wide"
    p.main.name = "left"
    p.main.speed = 2
    p.main.rows[2, 1] = 7
    p["main.day"] = "D#1970-01-02"
    assert (p["main.limit"], p.main.phase, p.main.name, p.main.speed) == (60_000 * MS, "Wide", "left", 2.0)
    assert (p["main.rows[2,1]"], p.main.rows[2, 1], p.main.day) == (7, 7, 86_400 * 10**9)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("main.phase", "Open", "Phase has no value Open; Shut, Moving, Wide"),
        ("main.n", 40_000, "40000 is not a value of INT"),
        ("main.n", "four", "main.n is INT; 'four' is not a value of it"),
        ("main.limit", "soon", "soon: 'soon' is not a duration"),
        ("main.name", 3, "3 is not a value of it"),
        ("main.name", "x" * 81, r"'x+' has 81 characters, STRING\[80\] up to 80"),
        ("main.name", "5 €", "cannot hold the character '€'"),
        ("main.sign", "", "'' has 0 characters, CHAR 1"),
        ("main.sign", "ab", "'ab' has 2 characters, CHAR 1"),
        ("main.phase", 7, r"7 is not a value of Phase \(Shut, Moving, Wide\)"),
        ("main.digit", 10, r"10 is not a value of INT\(0..9\) \(0 to 9\)"),
        ("main.speed", "fast", "main.speed is REAL; 'fast' is not a value of it"),
        ("main.speed", True, "main.speed is REAL; True is not a value of it"),
        ("main.speed", 1e39, r"main.speed: 1e\+39 is beyond REAL"),
        ("main.limit", 1.5, "main.limit is TIME; 1.5 is not a value of it"),
        ("main.day", "D#2023-02-29", "main.day: there is no day 2023-02-29"),
        ("main.day", "TOD#12:00:00", "main.day is DATE; 'TOD#12:00:00' is not a value of it"),
        ("main.rows", [1, 2], "give values to its elements, one by one"),
        ("main.door", 1, "give values to its members, one by one"),
    ],
)
@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_wrong_values_are_told_and_change_nothing(backend, path, value, said):
    door = harness(machine=machine_of(backend))
    before = bytes(door.runtime.memory)
    with pytest.raises(ValueError, match=said):
        door[path] = value
    assert bytes(door.runtime.memory) == before


def test_the_clock_goes_forward_and_only_what_is_forced_is_released():
    door = harness()
    with pytest.raises(ValueError, match="the clock cannot go back"):
        door.advance("T#-1s")
    with pytest.raises(ValueError, match="-1 scans cannot be run"):
        door.scan(-1)
    door.force("main.d", 2)
    with pytest.raises(KeyError, match=r"main\.n is not forced; forced: main\.d"):
        door.release("main.n")


def test_an_editor_can_complete_names():
    door = harness()
    assert {"main", "scan"} <= set(dir(door))
    assert {"door", "phase", "total"} <= set(dir(door.main))


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="did you mean DOOR"):
        _ = harness().main.dor
    with pytest.raises(AttributeError, match="did you mean MAIN"):
        _ = harness().mian


def test_advance_scans_until_the_time_has_passed():
    p = harness(interval="T#100ms")
    p.main.ask = True
    p.advance("T#2s")
    assert (p.runtime.scans, p.main.door.open) == (20, False)
    p.advance("1ms")
    assert (p.runtime.scans, p.main.door.open) == (21, True)


def test_faults_are_exceptions_and_can_be_reset():
    p = harness()
    p.main.d = 0
    with pytest.raises(PlcFault, match="DIVIDE_BY_ZERO"):
        p.scan()
    assert p.fault.span.line == 13
    p.main.d = 5
    p.reset()
    p.scan()
    assert (p.fault, p.main.n) == (None, 2)


def test_a_warm_start_keeps_what_is_retained():
    p = harness()
    p.scan(3)
    p.restart(warm=True)
    assert (p.main.total, p.main.door.calls) == (3, 0)
    p.restart()
    assert p.main.total == 0


def test_a_trace_shows_timing():
    p = harness(interval="T#1s")
    trace = p.trace("main.ask", "main.door.open", "main.total")
    for ask in (False, True, True, True, False):
        p.main.ask = ask
        p.scan()
    assert trace.values("main.door.open") == [False, False, False, True, False]
    assert trace.edges("main.ask") == [(0, False), (1000 * MS, True), (4000 * MS, False)]
    assert trace.diagram().splitlines() == [
        "main.ask       ▁▔▔▔▁",
        "main.door.open ▁▁▁▔▁",
        "main.total     |||||5",
        "time           |0s  ",
    ]


def test_a_long_trace_is_drawn_in_few_columns_with_times():
    p = harness(interval="T#10ms")
    trace = p.trace("main.ask", "main.total")
    for scan in range(90):
        p.main.ask = scan >= 31
        p.scan()
    assert trace.diagram(30).splitlines() == [
        "main.ask                ▁▁▁▁▁▁▁▁▁▁X▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔",
        "main.total              " + "|" * 29 + "|90",
        "time (3 scans a column) |0s                 |600ms    ",
    ]


# ---- the command line ----


def test_plc_test_tells_what_failed(tmp_path, capsys):
    path = tmp_path / "door.st"
    path.write_text(DOOR + TESTS, "utf-8")
    assert main(["plc", "test", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "passed  opens after two seconds",
        "failed  counts its calls",
        "failed  is near",
        "1 of 3 tests passed",
    ]
    assert f"counts its calls: {path}:24:6: fault ASSERTION: d.calls is 1, not 2" in said.err
    assert main(["plc", "test", str(path), "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)["tests"]
    assert [row["passed"] for row in rows] == [True, False, False]
    path.write_text(DOOR, "utf-8")
    assert main(["plc", "test", str(path)]) == 2
    beside = tmp_path / "test_door.st"
    beside.write_text(TESTS.partition("TEST 'is near'")[0].partition("TEST 'counts")[0], "utf-8")
    assert main(["plc", "test", str(beside)]) == 0
    assert "1 of 1 tests passed" in capsys.readouterr().out


# ---- the plugin, in a pytest of its own ----


def run_pytest(folder, *options: str) -> str:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, *options, str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_the_plugin_gives_programs_and_collects_tests(tmp_path, backend):
    (tmp_path / "door.st").write_text(DOOR, "utf-8")
    (tmp_path / "test_door.st").write_text(TESTS, "utf-8")
    (tmp_path / "test_it.py").write_text(
        "def test_door(plc):\n    p = plc('door.st')\n    p.main.ask = True\n    p.advance('T#3s')\n"
        "    assert p.main.door.open\n",
        "utf-8",
    )
    said = run_pytest(tmp_path, f"--plc-backend={backend}")
    assert "2 failed, 2 passed" in said
    assert "fault ASSERTION: d.calls is 1, not 2" in said
    assert "fault ASSERTION: x is 1.0, not near 1.5" in said


WRONG_CALLS = (
    ("p.main.ask = 'x'", "main.ask is BOOL; 'x' is not a value of it"),
    ("p.advance('5 parsecs')", "'5 parsecs' is not a duration"),
    ("p.takes('RARE', 5)", "there is no task RARE"),
    ("plc('none.st')", "none.st"),
    ("plc('door.st', line='none.line.toml')", "none.line.toml"),
    ("plc('binary.st')", "binary.st:1: error: this is no text"),
)


def test_what_a_test_does_wrong_is_told_at_its_own_line(tmp_path):
    (tmp_path / "door.st").write_text(DOOR, "utf-8")
    (tmp_path / "binary.st").write_bytes(b"\x7f\0\1")
    tests = (
        f"def test_{number}(plc):\n    p = plc('door.st')\n    {call}\n"
        for number, (call, _) in enumerate(WRONG_CALLS)
    )
    (tmp_path / "test_it.py").write_text("\n".join(tests), "utf-8")
    said = run_pytest(tmp_path).partition("short test summary")[0]
    assert str(SOURCES) not in said
    for number, (call, reason) in enumerate(WRONG_CALLS):
        own = said.partition(f" test_{number} _")[2].partition("\n____")[0]
        assert f">       {call}\n" in own
        assert reason in own


UNUSABLE = {
    "binary": (b"\x7f\0\1", "test_binary.st:1: error: this is no text: a byte of it is 0"),
    "empty": (b"", "test_empty.st:1:1: error SY1112: nothing is declared here"),
    "wrong": (b"TEST 't' x := 1; END_TEST", "error SY1200: x is not declared"),
}


def test_files_of_tests_that_cannot_be_used_are_told_without_a_traceback(tmp_path):
    for name, (data, _) in UNUSABLE.items():
        (tmp_path / f"test_{name}.st").write_bytes(data)
    said = run_pytest(tmp_path)
    for _, reason in UNUSABLE.values():
        assert reason in said
    assert str(SOURCES) not in said
    assert f"{len(UNUSABLE)} errors in " in said
