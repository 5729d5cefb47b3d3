"""The compiled gate logic against the pure one, on the recorded inputs of 2,000 hub16 parcels.

Each is driven by the exchange of its own runtime, from the same trace, in the same run.
"""

import time
from array import array
from itertools import count

import pytest

import sortyard_c.exchange as compiled_exchange
from bench.in_turns import InTurns
from sorter_core import exchange as pure_exchange
from sorter_core.gate_logic import GateLogic as PureGateLogic
from sortyard.config.compile import gate_config
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate
from sortyard_c.gate_logic import GateLogic as CompiledGateLogic

PARCELS = 2_000
LEAST_RATIO = 25
OUT_INTS = 1 << 16
ROUNDS = 7


def replay_all(runtime, gate_logic, trace: array, out: array) -> None:
    """Run the whole trace; what the gate logic says is taken away whenever `out` is full."""
    at = 0
    while at < len(trace):
        out[0] = 1
        at = runtime.replay(gate_logic, trace, at, len(trace), out)


@pytest.mark.benchmark(timer=time.process_time)
def test_compiled_replay_beats_pure(benchmark) -> None:
    site = load_site(line_file_of("hub16"))
    recorded = simulate(site, GeneratedParcels(site, PARCELS, 3), Settings(seed=3, is_recording=True))
    trace = recorded.inboxes
    config = gate_config(site.line, site.board_plan.groups)
    out, pure_out = array("i", bytes(4 * OUT_INTS)), array("i", bytes(4 * OUT_INTS))

    turns = InTurns(
        benchmark, replay_all, lambda: replay_all(pure_exchange, PureGateLogic(config), trace, pure_out)
    )
    turns.run(((compiled_exchange, CompiledGateLogic(config), trace, out) for _ in count()), ROUNDS)

    ratio = turns.ratio()
    benchmark.extra_info.update(steps=recorded.tally.steps, ratio=round(ratio, 1))
    print(f"\n{recorded.tally.steps:,} steps: compiled {ratio:.1f} times as fast as pure")
    assert out[: out[0]] == pure_out[: pure_out[0]]
    assert ratio >= LEAST_RATIO
