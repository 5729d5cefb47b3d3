"""The whole firmware on every board, a virtual one: it sorts as the gate logic alone does, and allocates nothing."""

import pytest
from board_sites import BOARDS, starter_on
from firmware_runs import differences, dispositions, sorted_by

PARCELS = 6


@pytest.mark.parametrize("board", BOARDS)
def test_starter_is_sorted_parcel_by_parcel_on_every_board(board, tmp_path):
    site = starter_on(tmp_path, board)
    plain, there = sorted_by("compiled", PARCELS, 3, site), sorted_by("firmware", PARCELS, 3, site)
    assert len(dispositions(plain)) == PARCELS
    assert dispositions(there) == dispositions(plain)
    assert there.result.sorted == PARCELS
    assert not any(there.result.never.values())
    found = differences(plain, there, site)
    assert len(found) == 2 * PARCELS
    assert not any(found)
    figures = there.result.firmware
    assert figures is not None
    assert figures.bytes_allocated == 0
    assert figures.overruns == 0
    assert figures.lost == figures.link_losses == figures.bites == 0
