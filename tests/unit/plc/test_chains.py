"""What lies behind the dot of a value that a call or a property yields, and of a program or unit that is named."""

import pytest

from unit.plc import st
from unit.plc.st import told

UNITS = """
INTERFACE ILog
METHOD Put : ILog VAR_INPUT v : INT; END_VAR END_METHOD
METHOD Size : ILog VAR_INPUT v : ANY; END_VAR END_METHOD
METHOD Swap : BOOL VAR_IN_OUT a, b : INT; END_VAR VAR_OUTPUT o : INT; END_VAR END_METHOD
PROPERTY Sum : INT GET END_GET END_PROPERTY
END_INTERFACE
TYPE Rec : STRUCT a : INT; b : ARRAY[0..3] OF INT; END_STRUCT END_TYPE
FUNCTION_BLOCK Cell
VAR v : INT; rec : Rec; END_VAR
VAR CONSTANT MOST : INT := 12; END_VAR
PROPERTY Level : INT GET Level := v; END_GET SET v := Level; END_SET END_PROPERTY
END_FUNCTION_BLOCK
FUNCTION_BLOCK Log IMPLEMENTS ILog
VAR total : INT; calls : INT; bytes : DINT; cell : Cell; END_VAR
METHOD Put : ILog VAR_INPUT v : INT; END_VAR calls := calls + 1; total := total + v; Put := THIS^; END_METHOD
METHOD Size : ILog VAR_INPUT v : ANY; END_VAR bytes := bytes + v.diSize; Size := THIS^; END_METHOD
METHOD Swap : BOOL VAR_IN_OUT a, b : INT; END_VAR VAR_OUTPUT o : INT; END_VAR VAR t : INT; END_VAR
t := a; a := b; b := t; o := t; Swap := TRUE; END_METHOD
PROPERTY Sum : INT GET Sum := total; END_GET END_PROPERTY
PROPERTY Part : Rec GET Part.a := total; Part.b[2] := 7; END_GET END_PROPERTY
PROPERTY Spot : REFERENCE TO Cell GET calls := calls + 1; Spot REF= cell; END_GET END_PROPERTY
PROPERTY Num : REFERENCE TO INT GET Num REF= total; END_GET END_PROPERTY
END_FUNCTION_BLOCK
FUNCTION_BLOCK Yard
VAR own : Log; END_VAR
PROPERTY Logger : ILog GET Logger := own; END_GET END_PROPERTY
PROPERTY Whole : REFERENCE TO Log GET Whole REF= own; END_GET END_PROPERTY
METHOD Run : INT Logger.Put(3).Put(4); Run := Logger.Sum + THIS^.Logger.Sum; END_METHOD
END_FUNCTION_BLOCK
FUNCTION second : REFERENCE TO Cell VAR_IN_OUT y : Yard; END_VAR second REF= y.own.cell; END_FUNCTION
"""


def ran(variables, body):
    return st.run(f"y : Yard; i : INT := 2; {variables}", body, UNITS, dialect="twincat")


@pytest.mark.parametrize(
    ("variables", "body", "name", "expected"),
    [
        ("r : INT;", "r := y.Run();", "main.r", 14),
        ("r : INT;", "r := y.Logger.Put(v := 1).Sum;", "main.r", 1),
        ("a : INT := 1; b : INT := 2;", "y.Logger.Swap(a, b);", "main.a", 2),
        ("a : INT := 1; b : INT := 2; o : INT;", "y.Logger.Swap(a, b := b, o => o);", "main.o", 1),
        ("r : INT;", "y.Logger.Put(5); r := y.Whole.Part.a;", "main.r", 5),
        ("r : INT;", "r := y.Whole.Part.b[i];", "main.r", 7),
        ("a : INT; d : DINT;", "y.Logger.Size(a).Size(d);", "main.y.own.bytes", 6),
        ("", "y.Whole.Spot.Level := 9;", "main.y.own.cell.v", 9),
        ("r : INT;", "y.Whole.Spot.Level := 9; r := y.Whole.Spot.Level;", "main.r", 9),
        ("", "y.Whole.Spot.rec.b[i] := 4;", "main.y.own.cell.rec.b[2]", 4),
        ("r : INT;", "y.own.total := 8; r := y.own.Num + 1;", "main.r", 9),
        ("r : INT;", "IF y.Logger <> 0 AND y.Logger.Sum = 0 THEN r := 3; END_IF;", "main.r", 3),
        ("r : INT;", "second(y).Level := 6; r := second(y).v + Cell.MOST + y.own.cell.MOST;", "main.r", 30),
    ],
)
def test_what_lies_behind_a_value(variables, body, name, expected):
    assert ran(variables, body).get(name) == expected


def test_the_value_is_asked_for_once():
    runtime = ran("r : INT;", "r := y.Whole.Spot.rec.b[1]; y.Whole.Spot.Level := 1;")
    assert runtime.get("main.y.own.calls") == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("y.Whole.Part.a := 3;", "SY1208 this is a value of Rec, no variable"),
        ("i := y.Whole.Part.c;", "SY1310 this is a value of Rec, which has no c"),
        ("i := y.Whole.Spot.c.d.e;", "SY1310 this is a value of Cell, which has no c"),
        ("i := y.Whole.c.d[1];", "SY1310 this is a value of Log, which has no c"),
        ("y.Logger.Pt(3);", "SY1401 ILog has no method Pt"),
        ("y.Logger.Put(w := 3);", "SY1408 ILog.Put has no parameter w"),
        ("y.Logger.Sum.Put(3);", "SY1208 this is a value of INT, no object"),
    ],
)
def test_what_is_not_there_is_told(body, message):
    rows = told(f"{UNITS}\nPROGRAM main VAR y : Yard; i : INT; END_VAR\n{body}\nEND_PROGRAM\n", "twincat")
    assert any(message in row for row in rows), rows


REFERENCES = """
TYPE Empty : STRUCT END_STRUCT; END_TYPE
TYPE Base EXTENDS Empty : STRUCT a : INT; END_STRUCT; END_TYPE
TYPE Heir EXTENDS Base : STRUCT b : INT; END_STRUCT; END_TYPE
FUNCTION_BLOCK Own
VAR_IN_OUT io : INT; END_VAR
VAR k : INT; e : Empty; d : Heir; no, ok, bound : BOOL; END_VAR
METHOD fill VAR_INPUT r : REFERENCE TO Base; END_VAR r.a := r.a + 4; END_METHOD
METHOD idle no := __ISVALIDREF(io); bound := __ISVALIDREF(Far); END_METHOD
METHOD step IF __ISVALIDREF(io) THEN THIS^.io := THIS^.io + 1; ok := __ISVALIDREF(THIS^.io); END_IF; END_METHOD
PROPERTY Far : REFERENCE TO INT GET IF k > 0 THEN Far REF= k; END_IF; END_GET END_PROPERTY
PROPERTY Row : REFERENCE TO Base GET Row REF= d; END_GET END_PROPERTY
k := k + 1; Far := Far + 1; THIS^.Row.a := 3; fill(d); step();
END_FUNCTION_BLOCK
"""


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ("o(io := n); o.Far := o.Far + 10;", "o.k", 12),
        ("o(io := n); o.Row.a := o.Row.a + 1;", "o.d.a", 8),
        ("o(io := n);", "n", 1),
        ("o(io := n);", "o.ok", 1),
        ("o.no := TRUE; o.idle(); o(io := n);", "o.no", 0),
        ("o.idle(); o(io := n);", "o.bound", 0),
        ("o(io := n); o.idle(); b := __ISVALIDREF(o.Far);", "b", 1),
        ("o(io := n); o.e := f; g[2] := o.e;", "o.k", 2),
    ],
)
def test_references_that_properties_and_in_outs_are(body, name, expected):
    variables = "o : Own; n : INT; b : BOOL; f : Empty; g : ARRAY[1..3] OF Empty;"
    assert st.run(variables, body, REFERENCES, dialect="twincat").get(f"main.{name}") == expected


def test_a_part_of_something_unknown_is_told_once():
    getter = "PROPERTY P : REFERENCE TO F GET P REF= THIS^; END_GET END_PROPERTY"
    text = f"FUNCTION_BLOCK F VAR x : Away; END_VAR {getter} x.y := P.x.y.z; END_FUNCTION_BLOCK"
    rows = told(text, "twincat")
    assert [row.split()[1] for row in rows if " SY1" in row] == ["SY1203"]


PROGRAMS = """
PROGRAM main
VAR n : INT; s : STRING(Other.MOST); END_VAR
Other(inc := 3);
Other.Twice();
n := Other.total;
Other.extra := n;
END_PROGRAM
PROGRAM Other
VAR_INPUT inc : INT; END_VAR
VAR total, extra : INT; END_VAR
VAR CONSTANT MOST : INT := 5; END_VAR
total := total + inc;
ACTION Twice: total := total * 2; END_ACTION
END_PROGRAM
"""


def test_a_program_is_called_and_named_by_others():
    runtime = st.start(PROGRAMS, "codesys")
    runtime.scan(3)
    assert [runtime.get(f"{name}") for name in ("main.n", "Other.total", "Other.extra")] == [42, 42, 42]


def test_a_program_runs_where_a_configuration_says_it_and_when_it_is_called():
    tail = (
        "CONFIGURATION c TASK f(INTERVAL := T#1ms, PRIORITY := 1); PROGRAM p WITH f : main; END_CONFIGURATION"
    )
    runtime = st.start(PROGRAMS + tail, "codesys")
    runtime.scan(3)
    assert runtime.get("p.n") == runtime.get("Other.total") == 42


def test_programs_are_no_variables_in_the_standard():
    assert any("SY1200 Other is not declared" in row for row in told(PROGRAMS))
