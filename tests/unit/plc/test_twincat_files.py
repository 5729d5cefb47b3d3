"""TwinCAT keeps a unit's parts apart in XML: they are read as one text, and messages name the places in the file."""

import json

import pytest

from sortyard.cli.main import main
from sortyard.plc.files import read_sources
from sortyard.plc.program import check_sources, compile_sources
from sortyard.plc.runtime import Runtime

GATE = """<?xml version="1.0" encoding="utf-8"?>
<TcPlcObject Version="1.1.0.1">
  <POU Name="Gate" Id="{1}">
    <Declaration><![CDATA[{attribute 'hide'}
// not a PROGRAM
FUNCTION_BLOCK Gate IMPLEMENTS IGate
VAR
    strokes : INT;
END_VAR]]></Declaration>
    <Implementation>
      <ST><![CDATA[strokes := strokes + 1; // one more]]></ST>
    </Implementation>
    <Action Name="Clear" Id="{2}"><Implementation><ST><![CDATA[strokes := 0;]]></ST></Implementation></Action>
    <Folder Name="Inner" Id="{3}" />
    <Method Name="Push" Id="{4}" FolderPath="Inner\\">
      <Declaration><![CDATA[METHOD Push : INT
VAR_INPUT more : INT; END_VAR]]></Declaration>
      <Implementation><ST><![CDATA[strokes := strokes + more; Push := strokes;]]></ST></Implementation>
    </Method>
    <Property Name="Count" Id="{5}">
      <Declaration><![CDATA[PROPERTY Count : INT]]></Declaration>
      <Get Name="Get" Id="{6}"><Declaration><![CDATA[VAR
END_VAR]]></Declaration><Implementation><ST><![CDATA[Count := strokes;]]></ST></Implementation></Get>
      <Set Name="Set" Id="{7}"><Declaration><![CDATA[]]></Declaration>
        <Implementation><ST><![CDATA[strokes := Count;]]></ST></Implementation></Set>
    </Property>
    <LineIds Name="Gate"><LineId Id="3" Count="0" /></LineIds>
  </POU>
</TcPlcObject>
"""
INTERFACE = """<TcPlcObject><Itf Name="IGate"><Declaration><![CDATA[INTERFACE IGate]]></Declaration>
<Method Name="Push"><Declaration><![CDATA[METHOD Push : INT
VAR_INPUT more : INT; END_VAR]]></Declaration></Method>
<Property Name="Count"><Declaration><![CDATA[PROPERTY Count : INT]]></Declaration>
<Get Name="Get"><Declaration><![CDATA[]]></Declaration></Get></Property></Itf></TcPlcObject>
"""
LIMITS = """<TcPlcObject><GVL Name="Limits"><Declaration><![CDATA[{attribute 'qualified_only'}
VAR_GLOBAL CONSTANT
    MOST : INT := 4;
END_VAR]]></Declaration></GVL></TcPlcObject>
"""
SHARED = """<TcPlcObject><GVL Name="Shared"><Declaration><![CDATA[VAR_GLOBAL
    seen : INT;
END_VAR]]></Declaration></GVL></TcPlcObject>
"""
ROW = """<TcPlcObject><DUT Name="Row"><Declaration><![CDATA[TYPE Row :
STRUCT
    n : INT;
END_STRUCT
END_TYPE]]></Declaration></DUT></TcPlcObject>
"""
MAIN = """<TcPlcObject><POU Name="MAIN"><Declaration><![CDATA[PROGRAM MAIN
VAR gate : Gate; row : Row; END_VAR]]></Declaration>
<Implementation><ST><![CDATA[gate();
row.n := gate.Push(Limits.MOST);
IF gate.Count > 9 THEN gate.Clear(); gate.Count := gate.Count + 100; END_IF
seen := Shared.seen + 1;]]></ST></Implementation></POU></TcPlcObject>
"""
FILES = {
    "Gate.TcPOU": GATE, "IGate.TcIO": INTERFACE, "Limits.TcGVL": LIMITS, "Shared.TcGVL": SHARED, "Row.TcDUT": ROW,
    "MAIN.TcPOU": MAIN,
}  # fmt: skip
TASK = """<TcPlcObject><Task Name="Fast"><CycleTime>2000</CycleTime><Priority>5</Priority>
<PouCall><Name>MAIN</Name></PouCall></Task></TcPlcObject>
"""


def written(folder, files=FILES):
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in files]


def project(folder, names, namespace="Yard"):
    rows = "".join(f'<Compile Include="{name}"><SubType>Code</SubType></Compile>\n' for name in names)
    text = f"<Project><PropertyGroup><DefaultNamespace>{namespace}</DefaultNamespace></PropertyGroup>{rows}</Project>"
    path = folder / "yard.plcproj"
    path.write_text(text, "utf-8")
    return path


def test_the_parts_of_a_unit_become_one_text(tmp_path):
    runtime = Runtime(compile_sources(read_sources(written(tmp_path)), "twincat"))
    runtime.scan(3)
    assert runtime.get("MAIN.row.n") == 105  # 5, 10, then cleared and set to 100: 105
    assert runtime.get("MAIN.gate.strokes") == 100
    assert runtime.get("Shared.seen") == 3


def test_a_message_names_the_place_in_the_file(tmp_path):
    files = {**FILES, "Gate.TcPOU": GATE.replace("strokes := strokes + more;", "strokes := stroke + more;")}
    compiled = check_sources(read_sources(written(tmp_path, files)), "twincat")
    (found,) = [d for d in compiled.diagnostics if d.severity == "error"]
    line = next(n for n, row in enumerate(files["Gate.TcPOU"].splitlines(), 1) if "stroke + more" in row)
    column = files["Gate.TcPOU"].splitlines()[line - 1].index("stroke + more") + 1
    assert (found.code, found.span.line, found.span.column) == ("SY1200", line, column)
    shown, mark = found.excerpt().splitlines()
    assert mark.index("^") == shown.index("stroke + more")


def test_a_body_that_is_drawn_is_refused_where_it_stands(tmp_path):
    drawn = MAIN.replace("<ST><![CDATA[gate();", "<SFC><![CDATA[gate();").replace("]]></ST>", "]]></SFC>")
    compiled = check_sources(read_sources(written(tmp_path, {**FILES, "MAIN.TcPOU": drawn})), "twincat")
    (found,) = [d for d in compiled.diagnostics if d.severity == "error"]
    assert (found.code, found.span.line) == ("SY1701", 3)
    assert found.message == "the body of MAIN is written in SFC"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("<TcPlcObject>\n<POU Name='X'>", 2, "<POU> is never closed"),
        ("<TcPlcObject>\n</POU></TcPlcObject>", 2, "</POU> closes nothing that is open here"),
        ("PROGRAM main END_PROGRAM", 1, "the file holds no XML"),
        ("\n<html/>", 2, "<html> holds no unit of TwinCAT"),
        ("<a>" * 200, 1, "elements are nested too deep"),
        ("<TcPlcObject>\n<POU <", 2, "this is no XML"),
        ("", 1, "the file holds no XML"),
    ],
)
def test_damaged_xml_is_told(tmp_path, text, line, message):
    compiled = check_sources(read_sources(written(tmp_path, {"x.TcPOU": text})), "twincat")
    assert [(d.code, d.span.line, d.message) for d in compiled.diagnostics] == [("SY1110", line, message)]


def test_a_project_names_its_files_tasks_and_namespace(tmp_path):
    inner = tmp_path / "POUs"
    inner.mkdir()
    written(inner, {**FILES, "Fast.TcTTO": TASK})
    names = [f"pous\\{name}" for name in (*FILES, "Fast.TcTTO")]
    other = tmp_path / "other.st"
    other.write_text(
        "FUNCTION_BLOCK Pair VAR g : Yard.Gate; n : INT := Yard.Limits.MOST; END_VAR END_FUNCTION_BLOCK"
    )
    compiled = compile_sources(read_sources([project(tmp_path, names), other]), "twincat")
    assert [(task.name, task.interval_ns, task.priority) for task in compiled.tasks] == [
        ("FAST", 2_000_000, 5)
    ]
    runtime = Runtime(compiled)
    runtime.scan(1)
    assert runtime.get("MAIN.gate.strokes") == 5


def test_of_several_projects_the_first_ones_tasks_run(tmp_path):
    for folder, program in (("app", "MAIN"), ("lib", "LIB")):
        (tmp_path / folder).mkdir()
        text = f"<TcPlcObject><POU><Declaration>PROGRAM {program}\nVAR n : INT; END_VAR</Declaration>"
        body = "<Implementation><ST>IF n &lt; 9 THEN n := n + 1; END_IF</ST></Implementation></POU></TcPlcObject>"
        files = {"P.TcPOU": text + body, "T.TcTTO": TASK.replace("MAIN", program)}
        written(tmp_path / folder, files)
        project(tmp_path / folder, files, folder)
    sources = read_sources([tmp_path / "app" / "yard.plcproj", tmp_path / "lib" / "yard.plcproj"])
    runtime = Runtime(compile_sources(sources, "twincat"))
    runtime.scan(3)
    assert (runtime.get("MAIN.n"), runtime.get("LIB.n")) == (3, 0)


def test_a_file_that_a_project_names_is_missed(tmp_path):
    compiled = check_sources(read_sources([project(tmp_path, ["Away.TcPOU", "logo.bmp"])]), "twincat")
    (found,) = compiled.diagnostics
    assert (found.code, found.message) == ("SY1110", "there is no Away.TcPOU, which the project names")


def test_the_command_checks_them_and_lays_out_none(tmp_path, capsys):
    paths = [str(path) for path in written(tmp_path)]
    assert main(["plc", "check", "--dialect", "twincat", "--json", *paths]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["error"] == 0
    assert main(["plc", "fmt", paths[0]]) == 2
    assert "let the editor do it" in capsys.readouterr().err
    assert (tmp_path / "Gate.TcPOU").read_text("utf-8") == GATE
