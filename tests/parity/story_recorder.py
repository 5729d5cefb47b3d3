"""A pytest plugin: keeps what the stories of the gate logic's unit tests feed it, a trace for each life of it.

python -m pytest -p parity.story_recorder tests/unit/test_gate_fire.py      # writes to the file $SORTYARD_STORIES
"""

import json
import os
from array import array
from pathlib import Path

import unit.gate_driver
from sorter_core.gate_logic import GateLogic

lives: list[tuple[list[int], array]] = []


class RecordedLogic(GateLogic):
    """Writes every step with its inputs to a trace, as `exchange.replay` reads it."""

    def __init__(self, config):
        super().__init__(config)
        self._fed = array("i")
        self._trace = array("i")
        lives.append((list(config), self._trace))

    def feed(self, kind, index, position, a, b):
        self._fed.extend((kind, index, position, a, b))
        return super().feed(kind, index, position, a, b)

    def step(self, position, ticks):
        self._trace.extend((len(self._fed) // 5, position, ticks, *self._fed))
        del self._fed[:]
        super().step(position, ticks)


def pytest_configure() -> None:
    unit.gate_driver.GateLogic = RecordedLogic


def pytest_sessionfinish() -> None:
    told = [[config, trace.tolist()] for config, trace in lives]
    Path(os.environ["SORTYARD_STORIES"]).write_text(json.dumps(told), "ascii")
