"""The one test that reads imports: code at the bottom never knows what stands above it."""

from pathlib import Path

import pytest

from contract.import_rules import compiled_violations, firmware_violations, host_violations

ROOT = Path(__file__).resolve().parents[2]
SHARED = {path.stem for path in (ROOT / "firmware" / "sorter_core").glob("*.py")} - {"__init__"}


def test_firmware_imports_downwards_only():
    assert firmware_violations(ROOT / "firmware") == []


def test_host_imports_downwards_only():
    assert host_violations(ROOT / "host_tools") == []


def test_plant_and_gate_logic_never_name_each_other():
    assert compiled_violations(ROOT / "cext", SHARED) == []


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("sorter_core/a.py", "import time", "sorter_core imports time"),
        ("sorter_core/a.py", "def f():\n    from machine import Pin", "sorter_core imports machine.Pin"),
        ("sorter_core/a.py", "from micropython import const", "without a guard"),
        (
            "sorter_core/a.py",
            "try:\n    from micropython import schedule\nexcept ImportError:\n    pass",
            "only const",
        ),
        ("sorter_io/a.py", "from sorter_ecu.loop import run", "which is above it"),
        ("sorter_ecu/a.py", "import machine", "only sorter_io does"),
        ("main.py", "import machine", "only sorter_io does"),
    ],
)
def test_a_wrong_import_in_the_firmware_is_told(tmp_path, file, text, said):
    write(tmp_path / file, text)
    (line,) = firmware_violations(tmp_path)
    assert said in line


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("sortyard/config/a.py", "from sortyard.sim import loop", "config imports sortyard.sim.loop"),
        ("sortyard/config/a.py", "from ..cli import main", "config imports sortyard.cli.main"),
        ("sortyard/config/a.py", "def f():\n    import sortyard_c.plant", "only sim and cli"),
        ("sortyard/vm/a.py", "from sortyard_c.plant import Plant", "only sim and cli"),
        ("sortyard/vm/a.py", "from sortyard.sim.loop import run", "vm imports sortyard.sim.loop.run"),
        ("sortyard/report/a.py", "import sortyard.cli.main", "report imports sortyard.cli.main"),
        ("sortyard/errors.py", "from .config.line import Line", "sortyard imports sortyard.config.line.Line"),
        ("sortyard/sim/a.py", "from sorter_io.photo_eye import PhotoEye", "needs a board"),
    ],
)
def test_a_wrong_import_on_the_host_is_told(tmp_path, file, text, said):
    write(tmp_path / file, text)
    (line,) = host_violations(tmp_path)
    assert said in line


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("plant.pyx", "from sortyard_c.gate_logic cimport GateLogic", "the plant imports"),
        ("plant_belt.pxd", "from .gate_logic cimport GateLogic", "the plant imports"),
        ("plant.pyx", "cimport sortyard_c.gate_logic as gl", "the plant imports"),
        ("plant.pyx", "def f():\n    import sorter_core.gate_logic", "the plant imports"),
        ("gate_logic.pxd", "from sortyard_c.plant cimport Plant", "the gate logic imports"),
        ("gate_logic.pxd", "from . cimport plant", "the gate logic imports"),
    ],
)
def test_plant_and_gate_logic_that_meet_are_told(tmp_path, file, text, said):
    write(tmp_path / "sortyard_c" / file, text)
    (line,) = compiled_violations(tmp_path, {"gate_logic"})
    assert said in line


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")
