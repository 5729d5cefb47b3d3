"""Programs at work: tasks, the clock, the image, names of variables, what the command line prints."""

import json

import pytest

from sortyard.cli.main import main
from sortyard.config.examples import line_file_of
from sortyard.plc.backends import machine_of
from sortyard.plc.layout import CLOCK_OFFSET
from unit.plc.st import MS, check, program, run, start

TWO_TASKS = """
PROGRAM count VAR_INPUT step : INT := 1; END_VAR VAR_OUTPUT n : INT; END_VAR VAR_EXTERNAL order : DINT; END_VAR
n := n + step; order := order * 10 + step; END_PROGRAM
CONFIGURATION c
VAR_GLOBAL order : DINT; sum AT %QW0 : INT; END_VAR
RESOURCE r ON cpu
TASK slow(INTERVAL := T#20ms, PRIORITY := 5); TASK fast(INTERVAL := T#10ms, PRIORITY := 1);
PROGRAM a WITH slow : count(step := 2, n => sum); PROGRAM b WITH fast : count(step := 1); PROGRAM z : count(step := 3);
END_RESOURCE END_CONFIGURATION
"""


def test_tasks_run_at_their_intervals_the_most_urgent_first():
    runtime = start(TWO_TASKS)
    runtime.scan()
    assert (runtime.tick_ns, runtime.get("order")) == (10 * MS, 123)
    runtime.scan()
    assert runtime.get("order") == 12313
    runtime.scan(8)
    assert [runtime.get(f"{name}.n") for name in "abz"] == [10, 10, 30]
    assert runtime.get("sum") == 10


def test_the_image_has_its_areas_in_order_and_natural_alignment():
    text = program(
        "a : BOOL; b : LREAL; c : BOOL; d : INT;", "a := TRUE; b := 1.0; c := TRUE; d := -2;",
        "VAR_GLOBAL i AT %IB3 : BYTE; q AT %QW0 : WORD; END_VAR VAR_GLOBAL RETAIN k : DINT := 7; END_VAR",
    )  # fmt: skip
    runtime = start(text)
    runtime.scan()
    slices = runtime.compiled.image.slices
    assert slices["inputs"] == (16, 20)
    assert slices["outputs"] == (24, 26)
    base = runtime.watch.find("main")[0]
    assert [runtime.watch.find(f"main.{name}")[0] - base for name in "abcd"] == [0, 8, 16, 18]
    assert (
        runtime.image()[base : base + 24]
        == b"\x01" + bytes(7) + b"\0\0\0\0\0\0\xf0\x3f" + b"\x01\0\xfe\xff\0\0\0\0"
    )
    start_, end = slices["retain"]
    assert runtime.image()[start_:end] == b"\x07\0\0\0"
    assert runtime.image()[:8] == bytes(8)


def test_the_clock_is_in_the_image():
    runtime = start(program("a : INT;", "a := 1;"))
    runtime.scan(4)
    assert int.from_bytes(runtime.image()[8:16], "little") == 30 * MS


def test_variables_are_found_by_name_in_any_case():
    runtime = run("m : ARRAY[1..2, 0..1] OF INT; t : TON;", "m[2, 1] := 9; t(IN := TRUE);")
    assert (runtime.get("MAIN.M[2,1]"), runtime.get("main.m[2][1]"), runtime.get("main.t.running")) == (
        9,
        9,
        1,
    )
    runtime.set("main.m[1,0]", -5)
    assert runtime.get("main.m[1,0]") == -5


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("mian.a", "did you mean MAIN"), ("main.b", "there is no b"), ("main.a[1]", "INT has no elements"),
        ("main.m[3]", "index 3 is not within 1..2"), ("main..a", "not a variable's name"), ("main.a.x", "no members"),
    ],
)  # fmt: skip
def test_unknown_names_are_told(path, said):
    with pytest.raises(KeyError, match=said.replace("[", r"\[")):
        run("a : INT; m : ARRAY[1..2] OF INT;", "a := m[1];").get(path)


def test_a_value_beyond_its_type_is_refused():
    runtime = start(program("a : SINT;", "a := 1;"))
    with pytest.raises(ValueError, match="300 is not a value of SINT"):
        runtime.set("main.a", 300)


def test_namespaces_are_searched_outwards_and_through_using():
    text = """
NAMESPACE a TYPE T : INT := 4; END_TYPE FUNCTION one : INT one := 1; END_FUNCTION
 NAMESPACE b FUNCTION two : INT two := one() + 1; END_FUNCTION END_NAMESPACE END_NAMESPACE
PROGRAM main USING a.b; VAR x, y : INT; z : a.T; END_VAR x := two(); y := a.one(); z := z; END_PROGRAM
"""
    runtime = start(text)
    runtime.scan()
    assert [runtime.get(f"main.{name}") for name in "xyz"] == [2, 1, 4]


def test_only_what_is_used_of_the_library_is_compiled():
    compiled = check(program("t : CTU; b : BOOL;", "t(CU := b); b := t.Q;"))
    assert [pou.name for pou in compiled.pous] == ["R_TRIG", "CTU", "main"]


def test_the_library_does_not_see_units_of_the_users():
    text = """
FUNCTION MID : STRING VAR_INPUT s : STRING; n, at_ : INT; END_VAR MID := 'mine'; END_FUNCTION
FUNCTION_BLOCK R_TRIG VAR_INPUT CLK : BOOL; END_VAR VAR_OUTPUT Q : BOOL; END_VAR Q := FALSE; END_FUNCTION_BLOCK
FUNCTION SCALE__REAL : REAL SCALE__REAL := 7.0; END_FUNCTION
"""
    body = "s := INT_TO_STRING(-12); own := MID('abc', 1, 1); c(CU := TRUE, CV => n); x := EXP(1.0);"
    runtime = start(program("s, own : STRING; c : CTU; n : INT; x : REAL;", body, text))
    runtime.scan()
    assert [runtime.get(f"main.{name}") for name in ("s", "own", "n")] == ["-12", "mine", 1]
    assert abs(runtime.get("main.x") - 2.7182817) < 1e-6


# ---- the command line ----


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "door.st"
    path.write_text(
        "PROGRAM door\nVAR n : INT; t : TIME; END_VAR\nn := n + 1; t := T#1s;\nEND_PROGRAM\n", "utf-8"
    )
    return path


def test_check_says_what_a_program_takes(source, capsys):
    assert main(["plc", "check", str(source)]) == 0
    assert capsys.readouterr().out == "no errors: 1 unit, image of 32 bytes\n"


def test_check_tells_everything_and_leaves_with_2(source, capsys):
    source.write_text("PROGRAM door\nx := 1;\ny := 2;\nEND_PROGRAM\n", "utf-8")
    assert main(["plc", "check", str(source)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("error SY1200") == 2
    assert f"{source}:3:1: error SY1200: y is not declared" in said.err
    assert said.err.endswith("2 errors, 0 warnings, 0 hints\n")


def test_check_with_json_is_one_object(source, capsys):
    source.write_text("PROGRAM door\nx := 1;\nEND_PROGRAM\n", "utf-8")
    assert main(["plc", "check", str(source), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"] == {"error": 1, "warning": 0, "hint": 0}
    (finding,) = answer["findings"]
    assert (finding["code"], finding["line"], finding["column"], finding["end_column"]) == ("SY1200", 2, 1, 2)


def test_run_traces_changes_and_prints_the_end(source, capsys):
    assert main(["plc", "run", str(source), "--scans", "2", "--trace"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "scan 1 at 0 ms: door.n = 1",
        "scan 1 at 0 ms: door.t = T#1s",
        "scan 2 at 10 ms: door.n = 2",
        "door.n = 2",
        "door.t = T#1s",
    ]


def test_a_trace_is_in_json_too(source, capsys):
    source.write_text(
        "PROGRAM p VAR n : INT; r, s : REAL := 1.0E38; END_VAR n := n + 1; r := s * 10.0; END_PROGRAM"
    )
    assert main(["plc", "run", str(source), "--scans", "2", "--trace", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert answer["trace"] == [
        {"scan": 1, "time_ms": 0, "changed": {"p.n": 1, "p.r": "INF"}},
        {"scan": 2, "time_ms": 10, "changed": {"p.n": 2}},
    ]
    assert answer["variables"]["p.r"] == "INF"


def test_a_reference_is_shown_by_what_it_refers_to(source, capsys):
    source.write_text(
        "TYPE pair : STRUCT x, y : INT; END_STRUCT; END_TYPE\n"
        "INTERFACE goes METHOD go END_METHOD END_INTERFACE\n"
        "FUNCTION_BLOCK car IMPLEMENTS goes METHOD PUBLIC go END_METHOD END_FUNCTION_BLOCK\n"
        "PROGRAM door\nVAR pairs : ARRAY[1..3] OF pair; first : car; cars : ARRAY[0..1] OF car; g, none : goes;\n"
        "p : REF_TO pair; y : REF_TO INT; c : REF_TO car; empty : REF_TO INT; END_VAR\n"
        "g := cars[1]; p := REF(pairs[2]); y := REF(pairs[3].y); c := REF(first);\nEND_PROGRAM\n"
    )
    assert main(["plc", "run", str(source)]) == 0
    shown = dict(row.split(" = ") for row in capsys.readouterr().out.splitlines())
    assert [shown[f"door.{name}"] for name in ("g", "none", "p", "y", "c", "empty")] == [
        "REF(door.cars[1])", "NULL", "REF(door.pairs[2])", "REF(door.pairs[3].y)", "REF(door.first)", "NULL",
    ]  # fmt: skip


def test_what_the_compiler_adds_for_an_edge_is_kept_and_not_shown(source, capsys):
    source.write_text(
        "FUNCTION_BLOCK counter\nVAR_INPUT RETAIN clk : BOOL R_EDGE; END_VAR\nVAR_OUTPUT n : INT; END_VAR\n"
        "IF clk THEN n := n + 1; END_IF;\nEND_FUNCTION_BLOCK\n"
        "PROGRAM door\nVAR f : counter; b : BOOL; END_VAR\nb := NOT b;\nf(clk := b);\nEND_PROGRAM\n",
        "utf-8",
    )
    assert main(["plc", "run", str(source), "--scans", "3"]) == 0
    shown = [row.split(" = ")[0] for row in capsys.readouterr().out.splitlines()]
    assert shown == ["door.f.clk", "door.f.n", "door.b"]
    assert main(["plc", "run", str(source), "--scans", "3", "--trace", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer["variables"]) == shown
    assert all(set(one["changed"]) <= set(shown) for one in answer["trace"])
    all_of_them = [path for path, *_ in start(source.read_text("utf-8")).watch.scalars()]
    assert set(all_of_them) == {*shown, "door.f.clk__EDGE", "door.f.clk__WAS"}


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_places_without_a_variable_are_shown_and_traced_by_their_addresses(source, capsys, backend):
    source.write_text(
        "PROGRAM door\nVAR lamp AT %QX0.1 : BOOL; n : INT; END_VAR\nn := n + 1;\n"
        "%QX0.3 := NOT %IX1.0; %QX0.1 := TRUE; %MW2 := INT_TO_WORD(n);\nEND_PROGRAM\n", "utf-8"
    )  # fmt: skip
    command = ["plc", "run", str(source), "--scans", "2", "--backend", backend]
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "door.lamp = TRUE", "door.n = 2", "%QX0.3 = TRUE", "%IX1.0 = FALSE", "%MW2 = 2",
    ]  # fmt: skip
    assert main([*command, "--trace", "--json", "--force", "%IX1.0=TRUE"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [answer["variables"][place] for place in ("%QX0.3", "%IX1.0", "%MW2")] == [0, 1, 2]
    assert [one["changed"].get("%MW2") for one in answer["trace"]] == [1, 2]
    assert main([*command, "--force", "%ix1.0=TRUE"]) == 0
    assert "%IX1.0 = TRUE (forced)" in capsys.readouterr().out


def test_places_of_variables_are_shown_by_the_variables_alone(source, capsys):
    source.write_text(
        "PROGRAM door\nVAR lamp AT %QX0.1 : BOOL; END_VAR\n%QX0.1 := TRUE;\nEND_PROGRAM\n", "utf-8"
    )
    assert main(["plc", "run", str(source)]) == 0
    assert capsys.readouterr().out == "door.lamp = TRUE\n"


@pytest.mark.parametrize(
    "text", ["", " \n\n", "(* later *)\n", "// PROGRAM p\n", "{pragma}\n", "\ufeff", ";"]
)
def test_a_source_without_anything_but_comments_is_told_with_its_place(source, capsys, text):
    source.write_text(text, "utf-8")
    for command in ("check", "run", "test"):
        assert main(["plc", command, str(source)]) == 2
        told = capsys.readouterr().err
        assert f"{source}:1:1: error SY1112: nothing is declared here" in told
        assert "write PROGRAM ... END_PROGRAM, or name another file" in told


@pytest.mark.parametrize(
    "text", ["TYPE c : (RED); END_TYPE", "VAR_GLOBAL a : INT; END_VAR", "NAMESPACE n END_NAMESPACE"]
)
def test_a_source_with_types_or_variables_alone_is_no_empty_one(source, text):
    source.write_text(text, "utf-8")
    assert main(["plc", "check", str(source)]) == 0


def test_an_empty_file_beside_others_is_nobodys_mistake(source, tmp_path, capsys):
    empty = tmp_path / "empty.st"
    empty.write_text("(* nothing yet *)\n", "utf-8")
    assert main(["plc", "check", str(source), str(empty)]) == 0
    other = tmp_path / "other.st"
    other.write_text("", "utf-8")
    capsys.readouterr()
    assert main(["plc", "check", str(empty), str(other)]) == 2
    assert f"{empty}:1:1: error SY1112: nothing is declared in any of the files" in capsys.readouterr().err


def test_a_test_is_checked_with_what_it_is_about(tmp_path, capsys):
    (tmp_path / "gate.st").write_text("PROGRAM Gate VAR n : INT; END_VAR n := n + 1; END_PROGRAM\n", "utf-8")
    test = tmp_path / "test_gate.st"
    test.write_text("TEST 't' VAR g : Gate; END_VAR g(); ASSERT(g.n = 1); END_TEST\n", "utf-8")
    assert main(["plc", "check", str(test)]) == 0
    assert "no errors: 2 units" in capsys.readouterr().out
    with_parts_of_its_line = line_file_of("cascade").with_name("test_cascade.st")
    assert main(["plc", "check", str(with_parts_of_its_line)]) == 0
    assert capsys.readouterr().err == ""  # what is shipped has no warnings
    (tmp_path / "gate.st").unlink()
    assert main(["plc", "check", str(test)]) == 2
    assert "there is no type Gate" in capsys.readouterr().err


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_a_clock_that_runs_out_goes_on_from_its_lowest_value(backend):
    """After 292 years, as every LTIME does."""
    text = (
        "PROGRAM Main VAR n : DINT; t : TON; END_VAR\nn := n + 1; t(IN := TRUE, PT := T#1s);\nEND_PROGRAM\n"
        "CONFIGURATION C TASK T(INTERVAL := LTIME#106000d); PROGRAM P WITH T : Main; END_CONFIGURATION\n"
    )
    runtime = start(text, machine=machine_of(backend))
    runtime.scan(3)
    clock = int.from_bytes(runtime.memory[CLOCK_OFFSET : CLOCK_OFFSET + 8], "little", signed=True)
    assert clock == 2 * 106_000 * 86_400 * 10**9 - (1 << 64)
    assert (runtime.get("P.n"), runtime.get("P.t.Q")) == (3, 1)


def test_a_time_between_scans_of_more_than_a_day_is_refused(source, capsys):
    assert main(["plc", "run", str(source), "--interval-ms", "86400001"]) == 2
    assert "86400000" in capsys.readouterr().err


def test_a_trace_shows_what_the_scan_with_the_fault_has_done(source, capsys):
    source.write_text(
        "PROGRAM door\nVAR n, x : INT := 1; END_VAR\nn := n - 1;\nx := 7 / n;\nEND_PROGRAM\n", "utf-8"
    )
    assert main(["plc", "run", str(source), "--scans", "3", "--trace"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "scan 1 at 0 ms: door.n = 0"
    assert main(["plc", "run", str(source), "--scans", "3", "--trace", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["trace"] == [{"scan": 1, "time_ms": 0, "changed": {"door.n": 0}}]
    assert (answer["fault"]["line"], answer["fault"]["column"]) == (4, 6)


def test_run_tells_a_fault_and_leaves_with_1(source, capsys):
    source.write_text("PROGRAM door\nVAR n : INT; END_VAR\nn := 1 / n;\nEND_PROGRAM\n", "utf-8")
    assert main(["plc", "run", str(source), "--scans", "5"]) == 1
    assert "3:6: fault DIVIDE_BY_ZERO: 1 divided by zero (scan 1; outputs are off)" in capsys.readouterr().err
    assert main(["plc", "run", str(source), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["fault"]["kind"], answer["fault"]["line"], answer["variables"]) == (
        "DIVIDE_BY_ZERO",
        3,
        {"door.n": 0},
    )


WATCHED = """
PROGRAM Work VAR n, q : INT := 2; END_VAR n := n - 1; q := 100 / n; END_PROGRAM
PROGRAM Guard VAR fault : PLC_FAULT; END_VAR fault(RESET := fault.ACTIVE); END_PROGRAM
CONFIGURATION c RESOURCE r ON cpu TASK work(INTERVAL := T#10ms, PRIORITY := 1); TASK guard(INTERVAL := T#10ms);
PROGRAM a WITH work : Work; PROGRAM b WITH guard : Guard; END_RESOURCE END_CONFIGURATION
"""


def test_run_goes_on_with_what_watches_for_faults(source, capsys):
    source.write_text(WATCHED, "utf-8")
    told = f"{source}:2:60: fault DIVIDE_BY_ZERO: 100 divided by zero (scan 2; outputs are off)\n"
    for scans, code, last in (("3", 1, "a.n = 0"), ("8", 0, "a.n = -4")):
        assert main(["plc", "run", str(source), "--scans", scans]) == code
        said = capsys.readouterr()
        assert said.err == told
        assert last in said.out.splitlines()
    assert main(["plc", "run", str(source), "--scans", "3", "--json"]) == 1
    said = capsys.readouterr()
    assert (json.loads(said.out)["fault"]["line"], said.err) == (2, "")


def test_a_missing_file_and_an_unknown_dialect_are_told(source, capsys):
    assert main(["plc", "check", "nothing.st"]) == 2
    assert main(["plc", "check", str(source), "--dialect", "fancy"]) == 2
    said = capsys.readouterr().err
    assert "nothing.st" in said
    assert "choose one of strict, codesys, twincat" in said
