"""The C back end as a user meets it: --backend c, plc build, no compiler."""

import ctypes
import json
import os
import shutil
import subprocess

import pytest

from sortyard.cli.main import main
from sortyard.plc.c import library
from sortyard.plc.c.library import load, shared_library
from sortyard.plc.c.program import CSource, Generator
from sortyard.plc.program import compile_sources
from sortyard.plc.runtime import Runtime, tick_of
from sortyard.plc.source import Source

SOURCE = """
PROGRAM door
VAR n : INT; t : TON; m : ARRAY[1..4] OF INT; name : STRING[7] := 'door'; END_VAR
VAR_OUTPUT lamp AT %QX0.3 : BOOL; END_VAR
n := n + 1;
m[n] := n * 10;
lamp := TRUE;
t(IN := TRUE, PT := T#20ms);
name := CONCAT(name, INT_TO_STRING(n));
END_PROGRAM
"""
MAIN = """
#include <stdio.h>
#include <stdlib.h>
#include "program.h"
int main(void)
{
    void *program = aligned_alloc(16, (plc_size() + 15) / 16 * 16);
    struct plc_image *image = program;
    plc_init(program);
    int kind = 0, scans = 0;
    while (!(kind = plc_scan(program))) {
        scans++;
        if (scans == 3) printf("%d %d %d %s %d; ", image->door.n, image->door.m[2], image->door.t.Q,
                               (char *)image->door.name, image->outputs[0]);
    }
    struct plc_fault fault = plc_fault_of(program);
    printf("%d %d %s:%d %d; ", scans, kind, fault.file, fault.line, image->outputs[0]);
    image->door.n = 0;
    printf("%d ", plc_scan(program));
    plc_reset(program);
    kind = plc_scan(program);
    printf("%d %d\\n", kind, image->door.n);
}
"""


@pytest.fixture
def door(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "door.st").write_text(SOURCE, "utf-8")
    return tmp_path


def outcome(capsys, *arguments: str) -> dict:
    """What `plc run --json` prints."""
    main(["plc", "run", "door.st", "--json", *arguments])
    return json.loads(capsys.readouterr().out)


def test_both_back_ends_tell_the_same(door, capsys):
    for scans in ("3", "5"):
        reference = outcome(capsys, "--scans", scans)
        assert outcome(capsys, "--scans", scans, "--backend", "c") == reference
    assert reference["fault"]["kind"] == "INDEX_OUT_OF_BOUNDS"


def test_an_unknown_back_end_is_refused(door, capsys):
    assert main(["plc", "run", "door.st", "--backend", "jit"]) == 2
    said = capsys.readouterr().err
    assert 'there is no back end "jit"' in said
    assert "choose one of ref, c" in said


def test_without_a_c_compiler_the_remedy_is_told(door, capsys, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert main(["plc", "run", "door.st", "--backend", "c"]) == 1
    assert "there is no C compiler: no-such-compiler was not found" in capsys.readouterr().err


def test_what_build_writes_is_a_program_for_any_c_host(door, capsys):
    assert main(["plc", "build", "door.st", "--backend", "c", "-o", "out"]) == 0
    assert "image of" in capsys.readouterr().out
    (door / "out" / "main.c").write_text(MAIN, "utf-8")
    cc = shutil.which("cc")
    assert cc is not None
    flags = [
        "-std=gnu11",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-O1",
        "-ffp-contract=off",
        "-fwrapv",
        "-fno-strict-aliasing",
    ]
    subprocess.run([cc, *flags, "main.c", "program.c", "-o", "a.out", "-lm"], cwd=door / "out", check=True)
    said = subprocess.run([door / "out" / "a.out"], capture_output=True, text=True, check=True).stdout
    assert said == "3 30 1 door123 8; 4 3 door.st:6 0; 3 0 1\n"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("door.st", "door.st: --out: this is a file, not a folder"),
        ("/proc/out", "--out: it cannot be written: "),
    ],
)
def test_build_refuses_a_folder_that_it_cannot_write_to(door, capsys, folder, reason):
    assert main(["plc", "build", "door.st", "-o", folder]) == 2
    assert reason in capsys.readouterr().err


def test_build_refuses_a_program_with_errors(door, capsys):
    (door / "door.st").write_text("PROGRAM door VAR n : INT; END_VAR n := m; END_PROGRAM", "utf-8")
    assert main(["plc", "build", "door.st", "-o", "out"]) == 2
    assert "m is not declared" in capsys.readouterr().err
    assert not (door / "out").exists()


@pytest.mark.parametrize(
    ("options", "reason", "remedy"),
    [
        (["--board", "pico"], "--board: c has no use for it", "add --backend micropython, or leave it out"),
        (["--arch", "armv6m"], "--arch: c has no use for it", "add --backend micropython, or leave it out"),
        (["--backend", "ref"], "--backend: ref has nothing to build", "run it with: sortyard plc run"),
        (
            ["--backend", "micropython", "--interval-ms", "5"],
            "--interval-ms: a board's program says it in a TASK",
            "leave it out, and write INTERVAL := T#10ms",
        ),
    ],
)
def test_build_refuses_options_that_change_nothing(door, capsys, options, reason, remedy):
    assert main(["plc", "build", "door.st", "-o", "out", *options]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert remedy in said
    assert not (door / "out").exists()


TASKS = """
PROGRAM count VAR_INPUT step : INT := 1; END_VAR VAR_OUTPUT n : INT; END_VAR n := n + step; END_PROGRAM
CONFIGURATION c VAR_GLOBAL go : BOOL; END_VAR RESOURCE r ON cpu
TASK slow(INTERVAL := T#30ms); TASK fast(INTERVAL := T#10ms, PRIORITY := 1); TASK event(SINGLE := go);
PROGRAM a WITH slow : count; PROGRAM b WITH fast : count(step := 2); PROGRAM e WITH event : count;
END_RESOURCE END_CONFIGURATION
TEST 'never by itself' VAR n : INT; END_VAR n := 1 / n; END_TEST
"""


def test_scans_of_the_c_program_run_the_tasks_that_the_runtime_runs():
    compiled = compile_sources([Source("t.st", TASKS)])
    runtime = Runtime(compiled)
    library = load(shared_library(Generator(compiled, tick_of(compiled)).generate()))
    buffer = ctypes.create_string_buffer(library.plc_size() + 16)
    program = (ctypes.addressof(buffer) + 15) // 16 * 16
    library.plc_init(program)
    offset = runtime.watch.find("go")[0]
    for scan in range(12):
        level = int(scan in (3, 4, 5, 8))
        runtime.set("go", level)
        ctypes.memset(program + offset, level, 1)
        runtime.scan()
        assert library.plc_scan(program) == 0
        assert ctypes.string_at(program, compiled.image.size) == runtime.image()
    assert [runtime.get(f"{name}.n") for name in "abe"] == [4, 24, 2]


def test_the_cache_keeps_what_was_used_last_and_is_looked_through_once_a_minute(tmp_path, monkeypatch):
    monkeypatch.setenv("SORTYARD_CACHE", str(tmp_path))
    moments = iter([60, 119, 120])
    monkeypatch.setattr(library.time, "monotonic", lambda: next(moments))
    folder = tmp_path / "plc"
    folder.mkdir()

    def left_of_old_ones() -> list[str]:
        """Two more than are kept, the first ones the oldest, while one more library is made."""
        for number in range(library.KEPT + 2):
            path = folder / f"{number:03}.so"
            path.touch()
            os.utime(path, (number, number))
        shared_library(CSource("", f"int n = {len(list(folder.iterdir()))};", []), "-O0")
        return sorted(path.name for path in folder.iterdir() if len(path.name) == len("000.so"))

    every = [f"{number:03}.so" for number in range(library.KEPT + 2)]
    assert [left_of_old_ones() for _ in range(3)] == [every[2:], every, every[2:]]
    assert len(list(folder.iterdir())) == library.KEPT + 3
