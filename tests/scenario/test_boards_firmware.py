"""The whole firmware on every board, a virtual one: it sorts as the gate logic alone does, and allocates nothing."""

import pytest
from board_sites import BOARDS, hub16_on_s3, starter_on
from firmware_runs import differences, dispositions, sorted_by

PARCELS = 6


def nothing_went_wrong(run):
    """Nothing forbidden, nothing allocated, nothing late or lost."""
    figures = run.result.firmware
    wrong = (
        figures.bytes_allocated,
        figures.overruns,
        figures.lost,
        figures.dropped,
        figures.link_losses,
        figures.bites,
    )
    return not any(run.result.never.values()) and not any(wrong)


@pytest.mark.parametrize("board", BOARDS)
def test_starter_is_sorted_parcel_by_parcel_on_every_board(board, tmp_path):
    site = starter_on(tmp_path, board)
    plain, there = sorted_by("compiled", PARCELS, 3, site), sorted_by("firmware", PARCELS, 3, site)
    assert len(dispositions(plain)) == PARCELS
    assert dispositions(there) == dispositions(plain)
    assert there.result.sorted == PARCELS
    assert nothing_went_wrong(there)
    found = differences(plain, there, site)
    assert len(found) == 2 * PARCELS
    assert not any(found)


def test_hub16_with_its_shift_registers_is_sorted_by_an_esp32_s3(tmp_path):
    site = hub16_on_s3(tmp_path)
    plain, there = sorted_by("compiled", 16, 2, site), sorted_by("firmware", 16, 2, site)
    assert len(dispositions(plain)) == 16
    assert dispositions(there) == dispositions(plain)
    assert nothing_went_wrong(there)
    found = differences(plain, there, site)
    assert len(found) == 32
    assert max(found) <= 2  # other work falls due with a gate's now and then


def test_an_esp32_that_is_reset_or_bitten_goes_on_and_claims_nothing_of_what_lay_on_the_belt(tmp_path):
    site = starter_on(tmp_path, "esp32_devkit")
    result = sorted_by("firmware", 4, 4, site, ecu_reset=200_000, watchdog_bite=200_000).result
    assert result.tally.boots >= 3
    assert result.firmware is not None
    assert result.firmware.bites
    assert result.by_reason["LOST/REBOOT"]
    assert result.sorted
    assert not any(result.never.values())
