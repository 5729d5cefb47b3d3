"""What the runtimes are compared on takes every branch of the gate logic, and of the sort plan and its barcodes."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from parity.runtimes import difference, replay_compiled, replay_micropython
from parity.stories import TESTS, story_cases

STEPS = 100_000
MODULES = (
    "agenda", "barcode", "borders", "codes", "commitments", "confirms", "endings", "exchange", "eyes", "gaps",
    "gate_health", "gate_logic", "gates", "line", "line_state", "routing", "sort_plan", "tracks",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the stories of the unit tests are, once they have been told."""
    return tmp_path_factory.mktemp("branches")


@pytest.fixture(scope="module")
def unreached(folder: Path) -> Counter:
    """Branches of each module that no trace and no sort plan takes."""
    data = folder / "coverage"
    run = [sys.executable, "-m", "coverage"]
    measured = [*run, "run", "--branch", f"--data-file={data}", "--include=*/sorter_core/*.py"]
    subprocess.run([*measured, "-m", "parity.branches", str(STEPS), str(folder)], cwd=TESTS, check=True)
    report = folder / "report.json"
    subprocess.run([*run, "json", f"--data-file={data}", "-q", "-o", str(report)], cwd=TESTS, check=True)
    files = json.loads(report.read_text("utf-8"))["files"]
    return Counter({Path(name).stem: len(file["missing_branches"]) for name, file in files.items()})


@pytest.mark.parametrize("module", MODULES)
def test_every_branch_is_taken(unreached: Counter, module: str) -> None:
    assert module in unreached
    assert not unreached[module]


def test_the_stories_of_the_unit_tests_are_the_same_in_every_runtime(folder: Path) -> None:
    cases = story_cases(folder)
    assert len(cases) > 300
    for case in cases:
        assert not difference(case, replay_compiled(case.config, case.trace))
    for case in cases[::10]:
        assert not difference(case, replay_micropython(case.config, case.trace))
