"""`check` against numbers worked out by hand."""

import json
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import site

from sorter_core.line_state import LineState
from sortyard.cli.main import main
from sortyard.config.check import CheckResult, check_site
from sortyard.config.check_figures import mean_of, pair_gaps_mm, read_gap_mm, share_above
from sortyard.config.compile import gate_config
from sortyard.config.line import QUANTILE_PERCENT
from sortyard.config.site import load_site
from sortyard.config.timing import gate_timings, pair_gap_mm


def checked(folder: Path, example: str, *changes: tuple[str, str]) -> CheckResult:
    """The check of an example with some of its line file exchanged."""
    return check_site(load_site(site(folder, example, *changes)))


def test_a_barrier_of_hub16_computed_by_hand(tmp_path: Path):
    """2 mm a millisecond. In place after 10 + 40 + 3 = 53 ms = 106 mm, and home again after the same."""
    figures = checked(tmp_path, "hub16").figures
    first = figures.gates[0]
    assert (first.name, first.chute, first.lead_ms, first.home_ms) == ("D01", "C01", 53, 53)
    # Margin: 25 mm of its own, 1 step = 2 mm, 1 count = 1 mm, 1 count in 131.072 ms over 53 ms = 0.404 mm
    assert first.margin_mm == pytest.approx(25 + 2 + 1 + 53 / 131.072)
    # The gap: the zone, both margins, the motion, and two counts and 4 mm that may get lost
    assert first.need_ahead_mm == pytest.approx(250 + 2 * 28.404 + 106 + 6, abs=0.01)
    # The zone starts at 4,500 mm; before it margin and motion, and 12 ms for work that waits
    assert first.decide_mm == pytest.approx(4500 - 28.404 - 106 - 24, abs=0.01)
    assert first.after_scanner_ms == pytest.approx((4341.6 - 1000) / 2, abs=0.1)
    assert first.after_infeed_ms == pytest.approx(4341.6 / 2, abs=0.1)
    # The eye is at 3,450 mm and clears 4 mm (debounce) after the trailing edge
    assert (first.length_eye, round(first.length_checked_mm)) == ("PE-V01", round(4341.6 - 3450 - 4))


def test_a_pusher_of_starter_computed_by_hand(tmp_path: Path):
    """0.8 mm a millisecond: 15 ms delay either way, 120 ms out, 120 ms back, each way 10 ms off at most."""
    north = checked(tmp_path, "starter").figures.gates[0]
    home = (15 + 120 + 10) + 1 + (15 + 120 + 10)
    assert (north.lead_ms, north.home_ms) == (15 + 60, home)
    margin = 30 + 0.8 + 0.5 + 0.5 * home / 131.072
    assert north.margin_mm == pytest.approx(margin)
    # Half the zone and half of the shortest parcel (80 mm) are between the middle and the one behind
    assert north.need_behind_mm == pytest.approx(150 + margin - 40 + (home - 75) * 0.8 + 5)
    # Two for the same pusher: the second stroke waits for the first, which needs less than this
    assert north.need_same_mm == pytest.approx(north.need_behind_mm)


def test_gaps_of_pairs_in_hub16(tmp_path: Path):
    figures = checked(tmp_path, "hub16").figures
    chutes, gaps = figures.chutes, figures.pair_gap_mm
    assert (len(chutes), chutes[-1]) == (18, "REJECT")
    assert gaps[0][1] == gaps[1][0] == gaps[0][17] == gaps[17][16] == 419
    # Two for one chute: the gate stays out; the first may come 300 mm later to the confirm eye than the second, which
    # must clear for 4 mm at either edge, and 6 mm may get lost
    assert gaps[4][4] == 300 + 2 * 4 + 6
    # Two that run past everything must not share the window of 80 mm to either side at the end eye
    assert gaps[17][17] == 2 * 80 - 80


def test_gaps_of_pairs_in_starter(tmp_path: Path):
    """NORTH and SOUTH are pushers at 2,000 and 3,500 mm, EAST an arm at 5,000 mm; 0.8 mm a millisecond."""
    figures = checked(tmp_path, "starter").figures
    north, _, east = figures.gates
    gap = {
        (a, b): figures.pair_gap_mm[i][j]
        for i, a in enumerate(figures.chutes)
        for j, b in enumerate(figures.chutes)
    }
    # Behind a pusher whose parcel goes: its way home. Ahead of it: half a zone, its own margin, 60 mm of lead, less
    # half of 80 mm, and 5 mm that may get lost
    assert gap["NORTH", "EAST"] == gap["SOUTH", "REJECT"] == ceil(north.need_behind_mm)
    assert gap["REJECT", "NORTH"] == ceil(150 + north.margin_mm + 75 * 0.8 - 40 + 5) == 208
    # Two for one pusher: the confirm eye's 350 mm, 2 x 4 mm and 5 mm are more than its way home
    assert gap["NORTH", "NORTH"] == 350 + 8 + 5
    # An arm: zone, both margins, 285 ms, and 5 mm
    assert gap["REJECT", "EAST"] == ceil(550 + 2 * east.margin_mm + 285 * 0.8 + 5) == 848
    # EAST decides at 4,730 mm. A parcel for NORTH behind one of 650 mm is past 4,730 - 650 - 848 = 3,232 mm by then:
    # gone, its confirm window ended at 2,700 mm. One for SOUTH is not: its window ends at 4,200 mm
    assert gap["EAST", "NORTH"] == 208
    assert gap["EAST", "SOUTH"] == 848


def test_a_board_takes_a_confirmation_a_little_early_or_late(tmp_path: Path):
    """travel_mm = [500, 800], and two eyes that are sampled every millisecond, 2 x 2 mm, and 6 mm of slip."""
    found = load_site(site(tmp_path, "hub16"))
    chutes = LineState(gate_config(found.line, [(0,)])).chutes
    assert (chutes.least[0], chutes.most[0]) == (490, 810)


def test_reads_ask_for_a_gap_of_their_own(tmp_path: Path):
    """5 ms of deviation are 10 mm, for the read and for the guard, on either side, and 4 mm: 48 mm, and 6 mm slip."""
    assert read_gap_mm(load_site(site(tmp_path, "hub16")).line) == 2 * (2 * 10 + 4) + 6
    narrow = load_site(site(tmp_path, "hub16", ("window_mm = 150", "window_mm = 10"))).line
    assert read_gap_mm(narrow) == 10 + 10 + 6


@pytest.mark.parametrize("example", ["starter", "hub16", "express64"])
def test_published_gaps_are_never_smaller_than_what_the_gates_need(example: str, tmp_path: Path):
    found = load_site(site(tmp_path, example))
    timings = {one.gate.name: one for one in gate_timings(found.line)}
    at = [timings.get(chute.diverter or "") for chute in found.line.chute]
    gaps = pair_gaps_mm(found.line)
    for first, row in zip(at, gaps, strict=True):
        for second, gap in zip(at, row, strict=True):
            assert gap >= pair_gap_mm(first, second, found.line)


def test_throughput_of_hub16_by_hand(tmp_path: Path):
    """Mean length: (105+160)/2 x 5 % + 170 x 20 % + 215 x 25 % + 315 x 25 % + 515 x 20 % + 850 x 5 %."""
    flow = checked(tmp_path, "hub16").figures.throughput
    mean = 132.5 * 0.05 + 170 * 0.2 + 215 * 0.25 + 315 * 0.25 + 515 * 0.2 + 850 * 0.05
    assert flow.mean_length_mm == pytest.approx(mean)
    assert flow.worst_per_h == pytest.approx(7_200_000 / (mean + 419))
    assert flow.best_per_h == pytest.approx(7_200_000 / (mean + 314))
    assert flow.mixed_per_h == pytest.approx(7_200_000 / (mean + (419 * 15 + 314) / 16))
    assert flow.metered_per_h == pytest.approx(7_200_000 / (mean + 460))
    assert flow.load_percent == pytest.approx(8000 / 72_000 * (mean + 460))


def test_laps_of_hub16_by_hand(tmp_path: Path):
    """1,360 mm from the meter eye, 1,200 mm of parcel, 133 mm of belt while it brakes (v^2 / a); then 650 mm from the
    merge and a parcel of 319 mm.
    """
    flow = checked(tmp_path, "hub16").figures.throughput
    lap_s = (1360 + 1200 + 2000**2 / 30_000 + 650 + 318.6) / 2000
    assert flow.laps_per_h == pytest.approx(3600 * (1 - flow.load_percent / 100) / lap_s, rel=1e-3)
    assert checked(tmp_path, "starter").figures.throughput.laps_per_h is None


def test_the_json_publishes_the_gap_of_each_pair_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = site(tmp_path, "hub16")
    assert main(["check", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pair_gap_mm"]["C01"]["C02"] == 419
    assert set(told["pair_gap_mm"]["REJECT"]) == set(
        told["chutes"] if "chutes" in told else told["pair_gap_mm"]
    )
    assert (told["errors"], told["warnings"], told["notes"]) == (0, 0, len(told["findings"]))


quantiles = st.lists(st.integers(1, 2000), min_size=7, max_size=7).map(sorted)


@given(quantiles)
def test_the_mean_lies_within_its_quantiles(values: list[int]):
    assert values[0] <= mean_of(values) <= values[-1] + 1e-9


@given(quantiles, st.floats(0, 2100), st.floats(0, 2100))
def test_a_greater_limit_leaves_a_smaller_share_above(values: list[int], one: float, other: float):
    low, high = sorted((one, other))
    assert 0 <= share_above(values, high) <= share_above(values, low) <= 1 + 1e-9


def test_the_share_above_a_quantile_is_what_it_says():
    values = [100, 200, 300, 400, 500, 600, 700]
    shares = [share_above(values, value) for value in values]
    assert shares == pytest.approx([1 - percent / 100 for percent in QUANTILE_PERCENT])
