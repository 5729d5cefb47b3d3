"""Scanners' drivers against noise: no input stops one, none makes it allocate, and one frame at most is lost."""

import pytest
from scanner_noise import campaign

from sortyard.config.driver_tables import drivers_of

INPUTS = 1500


@pytest.mark.parametrize("name", drivers_of("scanner"))
def test_noise_costs_one_frame_at_most(name: str):
    outcome = campaign(drivers_of("scanner")[name], INPUTS)
    assert outcome.codes >= INPUTS
    assert outcome.overlong > INPUTS // 50
    assert outcome.no_reads > INPUTS // 50
