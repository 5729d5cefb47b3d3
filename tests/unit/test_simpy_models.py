"""The SimPy models that the simulation's speed is compared with do what they say."""

import pytest
from simpy_faults import FaultyLine, Rate
from simpy_line import Layout, Parcel, SimpyLine

LAYOUT = Layout(
    speed_mm_s=2000,
    meter_mm=1500,
    gap_mm=400,
    scanner_mm=800,
    host_s=0.02,
    deadline_s=0.5,
    eye_mm=(4000, 6000, 8000),
    zone_mm=(4800, 6800, 8800),
    zone_length_mm=500,
    lead_s=0.2,
    extend_s=0.15,
    retract_s=0.15,
    confirm_mm=650,
    end_mm=10_000,
)
PARCELS = [Parcel(1 + 2 * k, 300, k % 4 if k % 4 < 3 else -1) for k in range(40)]


def run(rates: dict[str, Rate], parcels: list[Parcel] = PARCELS) -> FaultyLine:
    line = FaultyLine(LAYOUT, rates, seed=3)
    line.run(parcels)
    return line


def test_without_faults_both_models_are_the_same() -> None:
    plain = SimpyLine(LAYOUT)
    plain.run(PARCELS)
    line = run({})
    assert {name: n for name, n in line.ended.items() if n} == {n: k for n, k in plain.ended.items() if k}
    assert (line.sorted, line.cycles, line.gaps, line.read) == (
        plain.sorted,
        plain.cycles,
        plain.gaps,
        plain.read,
    )
    assert plain.ended["sorted"] == 30
    assert plain.ended["rejected"] == 10


def test_a_line_that_stands_goes_on_where_it_stood() -> None:
    line, free = run({"belt_stop": Rate(0.2, 5, 30)}), run({})
    assert line.befallen["belt_stop"] > 3
    assert line.stood_s > 15
    assert line.env.now == pytest.approx(free.env.now + line.stood_s, abs=1)
    assert line.ended == free.ended


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("estop", (10, 40), "gap"),
        ("power_cut", (3, 10), "lost"),
        ("jam", (0, 0), "lost"),
        ("parcel_lifted", (0, 0), "lost"),
        ("eye_blind", (0, 0), "lost"),
        ("parcel_thrown", (0, 0), "stray"),
        ("eye_dirt", (50, 60), "doubted"),
        ("gate_stuck_home", (30, 120), "failed"),
        ("gate_stuck_out", (30, 120), "failed"),
        ("chute_fills", (0, 0), "full"),
        ("scan_miss", (0, 0), "rejected"),
    ],
)
def test_each_fault_ends_parcels_its_own_way(name: str, size: tuple[float, float], reason: str) -> None:
    line, free = run({name: Rate(0.9, *size)}), run({})
    assert line.befallen[name] > 3
    assert line.ended[reason] > free.ended[reason]
    assert sum(line.ended.values()) == len(PARCELS) + line.ended["stray"]


@pytest.mark.parametrize(
    ("name", "size"), [("host_outage", (10, 60)), ("host_slow", (0.2, 2)), ("host_loss", (0, 0))]
)
def test_a_host_that_does_not_answer_costs_time(name: str, size: tuple[float, float]) -> None:
    line = run({name: Rate(0.3, *size)})
    assert sum(line.latency_ms[200:]) > 3
    assert line.ended == run({}).ended


def test_a_slow_gate_is_out_too_late_for_some() -> None:
    line = run({"gate_slow": Rate(0.5, 20, 60)})
    assert sum(line.sorted) < sum(run({}).sorted)
    assert line.ended["gap"] > 3


def test_codes_are_read_wrong_twice_and_late() -> None:
    assert run({"scan_wrong": Rate(1, 0, 0)}).sorted != run({}).sorted
    assert run({"scan_duplicate": Rate(1, 0, 0)}).read > len(PARCELS)
    late = run({"scan_late": Rate(1, 0.05, 0.4)})
    assert late.read == len(PARCELS)
    assert late.ended == run({}).ended
