"""Random lines, wired by the line check, sort with the firmware as with the gate logic alone, parcel by parcel.

SORTYARD_RANDOM_LINES=20 takes so many lines more.
"""

import os
from pathlib import Path

import pytest
from firmware_runs import differences, dispositions, sorted_by
from sites import wired
from turn_budget import WORST_FUEL, figures

from sortyard.config.check import check_site
from sortyard.config.site import Site

CLAIMS_AT_ONCE = (3, 2041)
"""One edge settles several claims there; the second line's inputs are behind shift registers, too."""
SEEDS = (18, 28, 57, 26)
"""Wheels with end switches; swing arms with them; pushers; 33 gates behind shift registers with a loop and a meter."""
MORE = int(os.environ.get("SORTYARD_RANDOM_LINES", "0"))
PARCELS = 8


def sorts_the_same(site: Site, seed: int) -> None:
    """Compare a run of the firmware with a plain one."""
    plain, board = sorted_by("compiled", PARCELS, seed, site), sorted_by("firmware", PARCELS, seed, site)
    assert len(dispositions(plain)) >= PARCELS
    assert dispositions(board) == dispositions(plain)
    found = differences(plain, board, site)
    assert len(found) >= 2
    assert not any(found)
    assert not any(board.result.never.values())
    assert figures(board.result).bytes_allocated == 0
    assert figures(board.result).fuel_worst <= WORST_FUEL


@pytest.mark.parametrize("first", [*SEEDS, *range(1000, 1000 * (MORE + 1), 1000)])
def test_a_random_line_is_sorted_by_its_board_as_by_the_gate_logic_alone(first: int, tmp_path: Path):
    """The first line from this seed on that `check` has nothing against and whose parts fit on a board."""
    lines = ((seed, wired(seed, tmp_path)) for seed in range(first, first + 1000))
    seed, site = next((seed, site) for seed, site in lines if site is not None)
    assert check_site(site).count("error") == 0
    sorts_the_same(site, seed)


@pytest.mark.parametrize("seed", CLAIMS_AT_ONCE)
def test_claims_that_one_edge_settles_are_made_in_turns_of_their_own(seed: int, tmp_path: Path):
    site = wired(seed, tmp_path)
    assert site is not None
    sorts_the_same(site, seed)
