"""Scanners' drivers against noise: no input stops one, none makes it allocate, and one frame at most is lost."""

from typing import Any

import pytest
from scanner_noise import DRAW, campaign

from sortyard.config.driver_tables import drivers_of

INPUTS = 1500


@pytest.mark.parametrize("name", drivers_of("scanner"))
def test_noise_costs_one_frame_at_most(name: str):
    outcome = campaign(drivers_of("scanner")[name], INPUTS)
    assert outcome.codes >= INPUTS
    assert outcome.overlong > INPUTS // 50
    assert outcome.no_reads > INPUTS // 50


def test_random_numbers_of_a_campaign_do_not_come_again():
    board: dict[str, Any] = {}
    exec(DRAW.format(seeds=(1, 1)), board)
    draw = board["draw"]
    first = [draw(256) for _ in range(50)]
    for _ in range((1 << 22) - 50):
        draw(256)
    assert [draw(256) for _ in range(50)] != first
