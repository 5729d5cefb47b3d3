"""Building for boards: what is written, what is told, what is refused."""

import json
import re
from pathlib import Path

import pytest

from sortyard.cli.main import main
from sortyard.config.board_file import board_names, load_board
from sortyard.plc.mpy.module import Module
from sortyard.plc.mpy.stack import stack_bytes
from sortyard.plc.program import compile_files

SORTER = Path(__file__).parents[2] / "data" / "plc" / "sorter.st"


def built(tmp_path, capsys, *options: str, source: Path = SORTER) -> dict:
    out = str(tmp_path / "out")
    assert main(["plc", "build", str(source), "--backend", "micropython", "-o", out, "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


def codes(answer: dict) -> dict[str, str]:
    return {row["unit"]: row["code"] for row in answer["functions"]}


def test_the_sorter_is_written_as_source_and_bytecode(tmp_path, capsys):
    answer = built(tmp_path, capsys)
    source, code = (Path(name) for name in answer["files"])
    assert source.read_text("utf-8").startswith("# generated from Structured Text")
    assert code.read_bytes()[:1] == b"M"
    assert (source.stat().st_size, code.stat().st_size) == (answer["source_bytes"], answer["code_bytes"])
    assert set(codes(answer).values()) == {"bytecode"}


@pytest.mark.parametrize("architecture", ["armv6m", "armv7emsp", "xtensawin", "rv32imc"])
def test_functions_of_whole_numbers_are_machine_code_for_every_board(tmp_path, capsys, architecture):
    kinds = codes(built(tmp_path, capsys, "--arch", architecture))
    viper = {"TON", "TP", "CTU", "R_TRIG", "chute_of", "Diverter"}
    assert kinds == {**dict.fromkeys(viper, "viper"), "sorter": "bytecode", "start of sorter": "bytecode"}


LIBRARY = """
FUNCTION_BLOCK spare VAR_OUTPUT b : BOOL; END_VAR VAR t : TP; END_VAR
t(PT := T#1s, Q => b);
END_FUNCTION_BLOCK
FUNCTION idle : REAL VAR_INPUT x : REAL; END_VAR idle := SIN(x); END_FUNCTION
FUNCTION twice : INT VAR_INPUT n : INT; END_VAR twice := once(n) + once(n); END_FUNCTION
FUNCTION once : INT VAR_INPUT n : INT; END_VAR once := n; END_FUNCTION
"""
ONE_PROGRAM = "PROGRAM p VAR n : INT; END_VAR n := twice(n + 1); END_PROGRAM\n"


def test_a_board_carries_of_a_library_what_its_program_needs(tmp_path, capsys):
    source = tmp_path / "with_library.st"
    source.write_text(LIBRARY + ONE_PROGRAM, "utf-8")
    assert list(codes(built(tmp_path, capsys, source=source))) == ["once", "twice", "p", "start of p"]


def test_a_library_alone_is_built_whole(tmp_path, capsys):
    source = tmp_path / "library.st"
    source.write_text(LIBRARY, "utf-8")
    for options in ((), ("--arch", "armv6m")):
        kinds = codes(built(tmp_path, capsys, *options, source=source))
        assert kinds["spare"] == kinds["twice"] == ("viper" if options else "bytecode")
        assert kinds["idle"] == "bytecode"


def test_what_is_wrong_in_a_unit_that_nobody_needs_is_told_all_the_same(tmp_path, capsys):
    source = tmp_path / "with_library.st"
    source.write_text(LIBRARY.replace("idle := SIN(x)", "idle := SIN(y)") + ONE_PROGRAM, "utf-8")
    assert main(["plc", "build", str(source), "--backend", "micropython", "-o", str(tmp_path)]) == 2
    assert "SY1200: y is not declared" in capsys.readouterr().err


def test_a_program_that_is_too_long_for_any_board_is_refused_where_it_is_longest(
    tmp_path, capsys, monkeypatch
):
    source = tmp_path / "with_library.st"
    source.write_text(LIBRARY + ONE_PROGRAM, "utf-8")
    monkeypatch.setattr("sortyard.plc.mpy.build.MOST_TEXT", 1500)
    assert main(["plc", "build", str(source), "--backend", "micropython", "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "SY1702" in said
    assert "at most 1,500 fit a board" in said
    assert not (tmp_path / "plc_program.py").exists()


def test_a_statement_that_jumps_too_far_and_cannot_be_taken_apart_is_refused(tmp_path, capsys):
    """Each of its statements may leave the program."""
    source = tmp_path / "wide.st"
    body = "".join(f"    IF n = {i} THEN RETURN; END_IF;\n" for i in range(1500))
    source.write_text(
        f"PROGRAM p\nVAR n : INT; END_VAR\nIF n > 5 THEN\n{body}END_IF;\nEND_PROGRAM\n", "utf-8"
    )
    assert main(["plc", "build", "--backend", "micropython", "-o", str(tmp_path), str(source)]) == 2
    assert "wide.st:1:9: error SY1702: " in capsys.readouterr().err


def test_what_takes_heap_is_told_function_by_function(tmp_path, capsys):
    answer = built(tmp_path, capsys)
    heap = {row["unit"]: row["heap_bytes"] for row in answer["functions"]}
    assert {unit for unit, taken in heap.items() if taken} == {"sorter"}
    assert main(["plc", "build", str(SORTER), "--backend", "micropython", "-o", str(tmp_path / "b")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert any(line.split()[:3] == ["sorter", "bytecode", str(heap["sorter"])] for line in shown)
    assert f"image of {answer['image_bytes']:,} bytes" in shown[-1]


def test_item_03_lreal_is_refused_for_boards_where_it_stands_and_runs_with_double_floats(tmp_path, capsys):
    source = tmp_path / "long.st"
    source.write_text("PROGRAM p\nVAR a, b : LREAL; END_VAR\n\na := b * 2.0;\nEND_PROGRAM\n", "utf-8")
    out = str(tmp_path / "out")
    assert main(["plc", "build", str(source), "--backend", "micropython", "-o", out]) == 2
    said = capsys.readouterr().err
    assert f"{source}:4:" in said
    assert "LREAL needs double floats" in said
    assert main(["plc", "run", str(source), "--backend", "micropython"]) == 0
    assert main(["plc", "run", str(source)]) == 0


def test_an_unknown_architecture_is_refused(tmp_path, capsys):
    command = ["plc", "build", str(SORTER), "--backend", "micropython", "-o", str(tmp_path), "--arch", "z80"]
    assert main(command) == 2
    assert "choose one of armv6m" in capsys.readouterr().err


@pytest.mark.parametrize("board", board_names())
def test_the_sorter_fits_every_board(tmp_path, capsys, board):
    room, answer = load_board(board).plc, built(tmp_path, capsys, "--board", board)
    assert 0 < answer["code_bytes"] <= room.code
    assert 0 < answer["memory_bytes"] <= room.memory
    assert stack_bytes(Module(compile_files([SORTER])), room.call) <= room.stack


def test_a_build_for_a_board_tells_what_survives_a_power_cut(tmp_path, capsys):
    source = tmp_path / "kept.st"
    text = "PROGRAM p\nVAR {} n : DINT; END_VAR\nn := n + 1;\nEND_PROGRAM\n"
    source.write_text(text.format("RETAIN"), "utf-8")
    said = built(tmp_path, capsys, "--board", "pico", source=source)["retain"]
    assert said.startswith(
        "Raspberry Pi Pico keeps the 4 bytes that are RETAINed in flash, written only while"
    )
    command = ["plc", "build", str(source), "--backend", "micropython", "-o", str(tmp_path / "b")]
    assert main([*command, "--board", "pico"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert "retain" not in built(tmp_path, capsys, source=source)
    source.write_text(text.format(""), "utf-8")
    assert "retain" not in built(tmp_path, capsys, "--board", "pico", source=source)


def test_what_does_not_fit_a_board_is_told_with_both_numbers(tmp_path, capsys):
    rows = "".join(f"IF n = {i} THEN n := n * 3; END_IF;\n" for i in range(300))
    blocks = "".join(
        f"FUNCTION f{k} : INT\nVAR_INPUT n : INT; END_VAR\n{rows}END_FUNCTION\n" for k in range(8)
    )
    blocks += "".join(
        f"FUNCTION g{k} : INT\nVAR_INPUT n : INT; END_VAR\ng{k} := {f'g{k + 1}(n)' if k < 13 else 'n'};\nEND_FUNCTION\n"
        for k in range(14)
    )
    calls = " + ".join([*(f"f{k}(n)" for k in range(8)), "g0(n)"])
    source = tmp_path / "large.st"
    source.write_text(
        f"{blocks}PROGRAM p\nVAR RETAIN kept : ARRAY[1..5000] OF BYTE; END_VAR\n"
        f"VAR a : ARRAY[1..30000] OF BYTE; n : INT; END_VAR\na[1] := kept[1]; n := {calls};\nEND_PROGRAM\n",
        "utf-8",
    )
    command = [
        "plc",
        "build",
        str(source),
        "--backend",
        "micropython",
        "-o",
        str(tmp_path),
        "--board",
        "pico",
    ]
    assert main(command) == 2
    said, room = capsys.readouterr().err, load_board("pico").plc
    for key in ("code", "memory", "retain", "stack"):
        assert f"plc.{key}" in said
        assert f"has room for {getattr(room, key):,}" in said
    assert re.search(r"its calls take 6,\d{3} bytes of the stack", said)
    assert main([*command, "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert {row["key"] for row in answer["findings"]} == {"plc.code", "plc.memory", "plc.retain", "plc.stack"}
    assert answer["code_bytes"] > room.code


def test_an_unknown_board_is_refused(tmp_path, capsys):
    command = ["plc", "build", str(SORTER), "--backend", "micropython", "-o", str(tmp_path), "--board", "uno"]
    assert main(command) == 2
    assert "choose one of esp32_c3" in capsys.readouterr().err
