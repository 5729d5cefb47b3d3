"""Configurations: blocks with tasks of their own, resources that use the same names, several instances of a program."""

import pytest

from unit.plc.st import MS, start, told

BLINK = """FUNCTION_BLOCK Blink VAR_INPUT up : INT := 1; END_VAR VAR_OUTPUT n, runs : INT; END_VAR
n := n + up; runs := runs + 1; END_FUNCTION_BLOCK
"""
MAIN = """PROGRAM Main VAR_INPUT x : INT; END_VAR VAR_OUTPUT y : INT; END_VAR
VAR lamp : Blink; scans, seen : INT; END_VAR
scans := scans + 1; lamp(up := 10 * scans, n => seen); y := lamp.runs + x; END_PROGRAM
"""


def configured(text: str) -> str:
    return f"CONFIGURATION cell\nVAR_GLOBAL shown, given : INT := 7; END_VAR\n{text}\nEND_CONFIGURATION\n"


def test_a_block_with_a_task_of_its_own_is_run_by_it_alone():
    text = configured("""RESOURCE r ON cpu
TASK fast(INTERVAL := T#10ms, PRIORITY := 1); TASK slow(INTERVAL := T#30ms, PRIORITY := 2);
PROGRAM p WITH fast : Main(lamp WITH slow, x := given, y => shown);
END_RESOURCE""")
    runtime = start(BLINK + MAIN + text)
    rows = []
    for _ in range(7):
        runtime.scan()
        rows.append(tuple(runtime.get(f"p.{n}") for n in ("scans", "lamp.runs", "lamp.n", "seen", "y")))
    # the slow task runs behind the fast one at 0, 30 and 60 ms, with what the call has handed over by then
    assert rows == [
        (1, 1, 10, 0, 7), (2, 1, 10, 10, 8), (3, 1, 10, 10, 8), (4, 2, 50, 10, 8),
        (5, 2, 50, 50, 9), (6, 2, 50, 50, 9), (7, 3, 120, 50, 9),
    ]  # fmt: skip
    assert runtime.get("shown") == 9
    tasks = {task.name: [one.name for one in task.instances] for task in runtime.compiled.tasks}
    assert tasks == {"FAST": ["p"], "SLOW": ["p.lamp"]}


def test_blocks_of_the_library_and_retained_ones_have_tasks_too():
    text = """PROGRAM Main VAR t : TON; q : BOOL; END_VAR VAR RETAIN c : CTU; END_VAR
t(IN := TRUE, PT := T#30ms); q := t.Q; c(CU := NOT c.CU, PV := 2); END_PROGRAM
""" + configured("""RESOURCE r ON cpu
TASK fast(INTERVAL := T#10ms, PRIORITY := 1); TASK slow(INTERVAL := T#20ms, PRIORITY := 2);
PROGRAM p WITH fast : Main(t WITH slow, c WITH slow);
END_RESOURCE""")
    runtime = start(text)
    seen = []
    for _ in range(6):
        runtime.scan()
        seen.append((runtime.get("p.t.ET") // MS, runtime.get("p.q"), runtime.get("p.c.CV")))
    # t runs at 0, 20 and 40 ms; so does c, which sees TRUE each time: one edge
    assert seen == [(0, 0, 1), (0, 0, 1), (20, 0, 1), (20, 0, 1), (30, 0, 1), (30, 1, 1)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("lump WITH slow", "SY1310 Main has no block lump | did you mean lamp?"),
        ("scans WITH slow", "SY1310 Main has no block scans"),
        ("lamp WITH slaw", "SY1201 there is no task slaw | did you mean slow?"),
        ("lamp WITH slow, lamp WITH fast", "SY1202 lamp has two tasks | remove one"),
    ],
)
def test_what_no_task_can_run_is_told(given, message):
    text = configured(f"""RESOURCE r ON cpu
TASK fast(INTERVAL := T#10ms); TASK slow(INTERVAL := T#30ms); PROGRAM p WITH fast : Main({given}); END_RESOURCE""")
    (found,) = [row for row in told(BLINK + MAIN + text) if " SY1" in row]
    assert found.split(" ", 1)[1].startswith(message)


def test_a_block_has_a_task_in_all_programs_of_a_kind_or_in_none():
    text = configured("""RESOURCE r ON cpu TASK fast(INTERVAL := T#10ms);
PROGRAM p WITH fast : Main(lamp WITH fast); PROGRAM q WITH fast : Main; END_RESOURCE""")
    (found,) = [row for row in told(BLINK + MAIN + text) if " SY1" in row]
    assert "SY1701 lamp has a task of its own in another Main, and none here" in found
    in_out = BLINK.replace("VAR_OUTPUT", "VAR_IN_OUT io : INT; END_VAR VAR_OUTPUT").replace(
        "n + up", "n + up + io"
    )
    (found,) = [
        row
        for row in told(in_out + MAIN.replace("n => seen", "n => seen, io := scans") + text)
        if "SY1701" in row
    ]
    assert "Blink has VAR_IN_OUT, which only a call gives" in found


TWO = """FUNCTION step_of : INT VAR_EXTERNAL step : INT; END_VAR step_of := step; step := step + 1; END_FUNCTION
NAMESPACE Parts TYPE Size : INT; END_TYPE
FUNCTION_BLOCK Adds VAR_OUTPUT sum : Size; END_VAR sum := sum + step_of(); END_FUNCTION_BLOCK END_NAMESPACE
PROGRAM Main VAR adds : Parts.Adds; n : INT; END_VAR VAR_OUTPUT y : INT; END_VAR VAR_EXTERNAL both : INT; END_VAR
n := n + 1; adds(); y := adds.sum; both := both + 1; END_PROGRAM
CONFIGURATION cell
VAR_GLOBAL both : INT; END_VAR
RESOURCE west ON cpu VAR_GLOBAL step : INT := 10; out : INT; go : BOOL; END_VAR
TASK work(INTERVAL := T#10ms, PRIORITY := 2); TASK event(SINGLE := go); PROGRAM p WITH work : Main(y => out);
PROGRAM e WITH event : Main; END_RESOURCE
RESOURCE east ON cpu VAR_GLOBAL step : INT := 500; out : INT; go : BOOL; END_VAR
TASK work(INTERVAL := T#20ms, PRIORITY := 1); TASK event(SINGLE := go); PROGRAM p WITH work : Main(y => out);
PROGRAM e WITH event : Main; END_RESOURCE
END_CONFIGURATION
"""


def test_resources_have_tasks_programs_and_globals_of_their_own():
    runtime = start(TWO)
    runtime.scan(4)
    names = ["west.p.y", "west.p.n", "east.p.y", "east.p.n", "out", "east.out", "step", "east.step", "both"]
    assert [runtime.get(name) for name in names] == [10 + 11 + 12 + 13, 4, 500 + 501, 2, 46, 1001, 14, 502, 6]
    runtime.set("east.go", 1)
    runtime.scan()
    assert [runtime.get(f"{name}.e.n") for name in ("west", "east")] == [0, 1]
    assert [task.name for task in runtime.compiled.tasks] == [
        "EAST.WORK",
        "WEST.WORK",
        "WEST.EVENT",
        "EAST.EVENT",
    ]


def test_retained_globals_of_resources_are_told_apart():
    text = TWO.replace("VAR_GLOBAL step", "VAR_GLOBAL RETAIN step")
    first = start(text)
    first.scan(4)
    second = start(
        text.replace("y := adds.sum;", "y := adds.sum + 1;").replace("both : INT;", "both, more : INT;")
    )
    report = second.restart(first.retained())
    assert report.kept == ["STEP", "OUT", "GO", "EAST.STEP", "EAST.OUT", "EAST.GO"]
    assert (second.get("step"), second.get("east.step")) == (14, 502)


def test_two_of_one_name_in_one_resource_are_told():
    text = TWO.replace("PROGRAM e WITH event", "PROGRAM p WITH event").replace("TASK event", "TASK work")
    text = text.replace("WITH event", "WITH work")
    found = [row.split(" ", 1)[1] for row in told(text) if " SY1" in row]
    assert found == [f"SY1202 {name} is declared twice | rename one" for name in ("work", "p", "work", "p")]


PLACED = """FUNCTION_BLOCK Blink VAR_INPUT up : INT := 1; END_VAR VAR_OUTPUT n : INT; END_VAR
VAR most : INT := 3; row : ARRAY[1..2] OF INT; END_VAR n := n + up + most + row[1]; END_FUNCTION_BLOCK
TYPE Pair : STRUCT a, b : INT; END_STRUCT; END_TYPE
PROGRAM Main VAR lamp : Blink; on AT %Q* : BOOL; word AT %Q* : INT; k : INT := 1; pair : Pair; END_VAR
lamp(); on := TRUE; word := k + lamp.n + pair.b; END_PROGRAM
CONFIGURATION cell RESOURCE r ON cpu TASK t(INTERVAL := T#10ms);
PROGRAM p1 WITH t : Main; PROGRAM p2 WITH t : Main; PROGRAM p3 WITH t : Main; END_RESOURCE
VAR_CONFIG r.p1.on AT %QX0.3 : BOOL; r.p2.on AT %QX1.4 : BOOL; p3.on AT %QX1.5 : BOOL;
r.p1.word AT %QW2 : INT; r.p2.word AT %QW3 : INT;
r.p1.k : INT := 10; r.p2.k : INT := 20; r.p1.lamp.most : INT := 100; p2.lamp.up : INT := 50; r.p3.pair.b : INT := 7;
END_VAR END_CONFIGURATION
"""


def test_each_instance_of_a_program_has_places_and_first_values_of_its_own():
    runtime = start(PLACED)
    runtime.scan()
    assert [runtime.get(f"p{i}.word") for i in (1, 2, 3)] == [10 + 101, 20 + 53, 1 + 4 + 7]
    begin, end = runtime.compiled.image.slices["outputs"]
    outputs = runtime.image()[begin:end]
    assert outputs[:8] == bytes([8, 0x30, 0, 0, 111, 0, 73, 0])
    assert outputs[8:10] == b"\x0c\0"  # p3's word: the next free place


def test_what_var_config_cannot_set_is_told():
    found = [row.split(" ", 1)[1] for row in told(PLACED.replace("lamp.most : INT", "lamp.mist : INT"))]
    assert found == ["SY1310 p1.LAMP.MIST: there is no MIST; did you mean MOST? | correct the name"]
    found = [
        row.split(" ", 1)[1] for row in told(PLACED.replace("lamp.most : INT", "lamp.most AT %QW9 : INT"))
    ]
    assert found == [
        "SY1318 P1.LAMP.MOST waits for no address | declare it AT %I*, %Q* or %M* in a function block"
    ]
    found = [row.split(" ", 1)[1] for row in told(PLACED.replace("r.p2.on", "r.p4.on"))]
    assert found[0].startswith("SY1201 there is no program R.P4")
    found = [
        row.split(" ", 1)[1]
        for row in told(PLACED.replace("p2.word AT %QW3 : INT", "p2.word AT %QD3 : DINT"))
    ]
    assert found == ["SY1302 word is INT in Main, DINT here | use the same type"]


def test_what_only_the_connections_of_a_program_use_is_used():
    text = configured("""RESOURCE r ON cpu TASK fast(INTERVAL := T#10ms);
PROGRAM p WITH fast : Main(x := given, y => shown); END_RESOURCE""")
    assert told(BLINK + MAIN + text) == []


def test_an_address_in_a_connection_has_the_type_of_what_it_is_for():
    text = """PROGRAM Main VAR_INPUT a : INT; b : BOOL; c : REAL; END_VAR
VAR_OUTPUT x : INT; y : REAL; z : TIME; END_VAR
x := a - 1; y := c * 2.0; z := T#5ms; IF b THEN x := 100; END_IF; END_PROGRAM
CONFIGURATION cell VAR_GLOBAL AT %MW0 : INT := -7; AT %MD2 : REAL := 1.25; END_VAR
TASK t(INTERVAL := LT#10ms, PRIORITY := UINT#1);
PROGRAM p WITH t : Main(a := %MW0, b := %MX4.1, c := %MD2, x => %MW10, y => %MD6, z => %QL0);
END_CONFIGURATION"""
    runtime = start(text)
    runtime.scan()
    begin = runtime.compiled.image.slices["memory"][0]
    memory = runtime.image()[begin:]
    assert memory[20:22] == b"\xf8\xff"  # -8
    assert memory[24:28].hex() == "00002040"  # 2.5
    begin = runtime.compiled.image.slices["outputs"][0]
    assert runtime.image()[begin : begin + 8] == (5 * MS).to_bytes(8, "little")


DEEP = """FUNCTION_BLOCK Valve VAR level AT %I* : INT; power AT %Q* : REAL := 1.5; on AT %Q* : BOOL; END_VAR
on := level > 3; power := power + 1.0; END_FUNCTION_BLOCK
FUNCTION_BLOCK Pair VAR left, right : Valve; END_VAR left(); right(); END_FUNCTION_BLOCK
PROGRAM Main VAR pair : Pair; END_VAR pair(); END_PROGRAM
CONFIGURATION cell RESOURCE r ON cpu TASK t(INTERVAL := T#10ms);
PROGRAM p WITH t : Main; PROGRAM q WITH t : Main; END_RESOURCE
VAR_CONFIG r.p.pair.left.level AT %IW3 : INT; r.q.pair.left.level AT %IW4 : INT; r.p.pair.right.power AT %QD2 : REAL;
END_VAR END_CONFIGURATION
"""


def test_variables_within_blocks_have_the_places_that_var_config_gives_them():
    runtime = start(DEEP)
    names = [f"{p}.pair.{side}" for p in "pq" for side in ("left", "right")]
    inputs, outputs = (runtime.compiled.image.slices[area][0] for area in ("inputs", "outputs"))
    places = [runtime.watch.find(f"{name}.level")[0] - inputs for name in names]
    assert (places[0], places[2]) == (6, 8)
    assert len(set(places)) == 4
    assert runtime.watch.find("p.pair.right.power")[0] - outputs == 8
    runtime.set("p.pair.left.level", 5)
    runtime.scan()
    assert [runtime.get(f"{name}.on") for name in names] == [1, 0, 0, 0]
    assert runtime.image()[outputs + 8 : outputs + 12].hex() == "00002040"  # 2.5


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("r.p.pair.left.level AT %QW3 : INT", "SY1318 %QW3 is not in %I* | use the same area"),
        ("r.p.pair.left.level AT %ID3 : INT", "SY1318 %ID3 does not have the size of INT"),
        ("r.p.pair.left.on AT %QX3.1 : BOOL", "SY1318 a BOOL of a block has no bit of its own"),
        ("r.p.pair.lift.level AT %IW3 : INT", "SY1318 P.PAIR.LIFT.LEVEL waits for no address"),
    ],
)
def test_places_that_a_block_cannot_have_are_told(setting, message):
    (found,) = told(DEEP.replace("r.p.pair.left.level AT %IW3 : INT", setting))
    assert found.split(" ", 1)[1].startswith(message)
