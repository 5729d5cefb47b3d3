"""The stories that the gate logic's unit tests tell, as traces for every runtime."""

import json
import os
import subprocess
import sys
from array import array
from pathlib import Path

from parity.runtimes import recorded_case
from parity.traces import Case

TESTS = Path(__file__).resolve().parents[1]
MODULES = (
    "fire", "gates", "stop", "encoder", "merge", "confirm", "doubt", "tails", "company", "routes", "induct",
    "borders",
)  # fmt: skip


def story_traces(folder: Path) -> list[tuple[array, array]]:
    """(configuration, trace) of each life of a gate logic in the unit tests, which are run if that folder has none."""
    file = folder / "stories.json"
    if not file.exists():
        _run_unit_tests(file)
    return [(array("i", config), array("i", trace)) for config, trace in json.loads(file.read_text("ascii"))]


def _run_unit_tests(file: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "parity.story_recorder", "-p", "no:cacheprovider"]
    modules = [str(TESTS / "unit" / f"test_gate_{name}.py") for name in MODULES]
    environment = {**os.environ, "SORTYARD_STORIES": str(file), "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [*command, *modules], cwd=TESTS.parent, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the unit tests that tell the stories failed:\n{done.stdout[-2000:]}")


def story_cases(folder: Path) -> list[Case]:
    """The stories with what the pure runtime says to them."""
    return [
        recorded_case(f"story-{place}", config, trace)
        for place, (config, trace) in enumerate(story_traces(folder))
    ]
