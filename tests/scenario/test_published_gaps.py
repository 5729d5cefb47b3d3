"""The smallest gaps that `check` publishes, tried: such a pair is sorted, one clearly closer is not attempted."""

from pathlib import Path

import pytest
from two_parcels import GAP_TOO_SMALL, GATE_EXTEND, SORTED, Row, bare_site, ends, pairs, sort, without_meter

from sortyard.config.check import check_site
from sortyard.config.check_figures import pair_gaps_mm
from sortyard.config.site import Site
from sortyard.errors import Finding
from sortyard.sim.faults import FaultSetting
from sortyard.sim.random_line import PLAN_NAME, random_line

REJECTED = 3
PUBLISHED_WITH = 15
"""mm that the published gap allows for what happens not to happen here: slip, the coarsest count, rounding up."""


def lengths(found: Site) -> list[tuple[int, int]]:
    parcels = found.line.parcels
    each = (parcels.min_length_mm, 280, parcels.max_length_mm)
    return [(ahead, behind) for ahead in each for behind in each]


def published(found: Site) -> dict[tuple[str, str], int]:
    names = [chute.name for chute in found.line.chute]
    rows = pair_gaps_mm(found.line)
    return {(a, b): rows[i][j] for i, a in enumerate(names) for j, b in enumerate(names)}


@pytest.mark.parametrize("example", ["starter", "hub16"])
def test_every_pair_with_the_published_gap_is_sorted(example: str, tmp_path: Path) -> None:
    found = bare_site(tmp_path, example)
    for (first, second), gap in published(found).items():
        result, records = sort(found, pairs(found, first, second, gap, lengths(found)))
        assert set(ends(records)) == {(SORTED, 0)}, (first, second, gap, result.by_reason)
        assert not any(result.never.values())


CLOSE = {
    "wheels, another chute behind": ("hub16", "C01", "C02", None),
    "wheels, another chute ahead": ("hub16", "C02", "C01", None),
    "a pusher's way home": ("starter", "NORTH", "REJECT", None),
    "the room ahead of a pusher": ("starter", "REJECT", "NORTH", (80, 80)),
    "an arm behind one that runs past": ("starter", "REJECT", "EAST", None),
    "an arm, and a pusher whose parcel is still there when the arm decides": (
        "starter",
        "EAST",
        "SOUTH",
        None,
    ),
}


@pytest.mark.parametrize("name", CLOSE)
def test_a_pair_that_is_clearly_closer_is_not_attempted(name: str, tmp_path: Path) -> None:
    """One gives way, and no gate moves for it; so does the one behind, if the other now runs past its gate."""
    example, first, second, only = CLOSE[name]
    found = bare_site(tmp_path, example)
    parcels = found.line.parcels
    # The closest call: a pusher's goes by the middle, so the shortest one; else what is on the belt longest.
    worst = only or ((80, 80) if first == "NORTH" else (parcels.max_length_mm, parcels.min_length_mm))
    gap = published(found)[first, second] - PUBLISHED_WITH
    result, records = sort(found, pairs(found, first, second, gap, [worst]))
    told = ends(records)
    assert (REJECTED, GAP_TOO_SMALL) in told
    assert set(told) <= {(SORTED, 0), (REJECTED, GAP_TOO_SMALL)}
    strokes = [record for record in records if record.kind == GATE_EXTEND]
    assert len(strokes) == told.count((SORTED, 0)) - ("REJECT" in (first, second))
    assert not any(result.never.values())


@pytest.mark.parametrize("example", ["starter", "hub16"])
def test_two_for_one_pusher_wait_for_its_way_home_and_two_for_one_barrier_do_not(
    example: str, tmp_path: Path
) -> None:
    """By hand: the pusher is home after 285 ms = 228 mm, 80 mm of which are the two half parcels; and the one behind
    it, whoever that is, needs 207 to 316 mm. The barrier stays out.
    """
    found = bare_site(tmp_path, example)
    chute = "NORTH" if example == "starter" else "C01"
    gap = 316 - PUBLISHED_WITH if example == "starter" else 20
    _, records = sort(found, pairs(found, chute, chute, gap, [(80, 80)]))
    is_refused = (REJECTED, GAP_TOO_SMALL) in ends(records)
    assert is_refused == (example == "starter")


SEEDS = 60


def test_every_pair_with_the_published_gap_is_sorted_on_random_lines(tmp_path: Path) -> None:
    """Lines of all kinds of diverters, speeds, zones and distances that `check` has no objection to."""
    tried = 0
    for seed in range(SEEDS):
        path = tmp_path / "random.line.toml"
        path.write_text(random_line(seed).text)
        found = without_meter(path, tmp_path / PLAN_NAME)
        told = check_site(found).findings
        if any(is_about_single_parcels(one) for one in told):
            continue
        near = [(pair, gap) for pair, gap in published(found).items() if is_near(found, *pair)]
        rows = [
            row
            for pair, gap in near[:: max(1, len(near) // 12)]
            for row in pairs(found, *pair, gap, lengths(found))
        ]
        result, records = sort(found, rows)
        assert set(ends(records)) == {(SORTED, 0)}, (seed, result.by_reason)
        assert not any(result.never.values()), seed
        tried += 1
    assert tried >= SEEDS // 4


def is_near(found: Site, first: str, second: str) -> bool:
    """At the same diverter, or at neighbours; or one of them runs past all."""
    names = [chute.name for chute in found.line.chute]
    return abs(names.index(first) - names.index(second)) <= 2 or found.line.chute[-1].name in (first, second)


def is_about_single_parcels(finding: Finding) -> bool:
    """Not all parcels get through even alone: too near to the infeed, too long for the eyes, no chance at all."""
    is_rate = "parcels an hour" in finding.reason
    is_told = finding.reason.endswith(("(GAP_TOO_SMALL)", "(LOST/UNPROVEN)", "(LATE_DATA)"))
    return not is_rate and (finding.severity == "error" or (is_told and finding.key != "parcels.min_gap_mm"))


@pytest.mark.parametrize(("example", "chute"), [("starter", "EAST"), ("hub16", "C01"), ("hub16", "C16")])
def test_a_row_of_any_length_with_the_published_gaps_is_sorted(
    example: str, chute: str, tmp_path: Path
) -> None:
    """Three hundred for one barrier, more than the belt holds, of all lengths, and one that runs past behind them."""
    found = bare_site(tmp_path, example)
    gaps = published(found)
    ahead = [length for length, _ in lengths(found)] * 34
    row = [Row(chute, length, gaps[chute, chute]) for length in ahead]
    result, records = sort(found, [*row, Row("REJECT", 280, gaps[chute, "REJECT"])])
    assert len(ends(records)) == len(row) + 1 > 300
    assert set(ends(records)) == {(SORTED, 0)}, result.by_reason
    assert not any(result.never.values())
    strokes = [record for record in records if record.kind == GATE_EXTEND]
    assert len(strokes) == 1


@pytest.mark.parametrize(("example", "chute"), [("starter", "EAST"), ("hub16", "C01"), ("hub16", "C16")])
def test_a_row_with_the_published_gaps_is_sorted_though_its_host_is_silent(
    example: str, chute: str, tmp_path: Path
) -> None:
    """When one decides, the one behind it still waits for its answer: the board's plan tells where that one goes."""
    found = bare_site(tmp_path, example, has_host=True)
    gaps = published(found)
    row = [Row(chute, length, gaps[chute, chute]) for length, _ in lengths(found)] * 10
    lost = {"host_loss": FaultSetting(1_000_000)}
    result, records = sort(found, [*row, Row("REJECT", 280, gaps[chute, "REJECT"])], **lost)
    assert result.faults["host_loss"]["injected"] == len(row) + 1
    assert set(ends(records)) == {(SORTED, 0)}, result.by_reason
    assert not any(result.never.values())


def test_a_row_of_short_ones_is_sorted_though_not_all_of_it_can_be_looked_at(tmp_path: Path) -> None:
    """More for the last chute, all read and on the belt, than are looked at in the time that there is."""
    found = bare_site(tmp_path, "hub16")
    gaps = published(found)
    shortest = found.line.parcels.min_length_mm
    row = [Row("C16", shortest, gaps["C16", "C16"])] * 90
    _, records = sort(found, [*row, Row("REJECT", 280, gaps["C16", "REJECT"])])
    assert set(ends(records)) == {(SORTED, 0)}
