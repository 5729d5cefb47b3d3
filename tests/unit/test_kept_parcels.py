"""How many parcels a board keeps for a host that is away: those of a minute and a half at the line's rate."""

from pathlib import Path

import pytest
from firmware_here import firmware_module
from sites import site

from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import load_site


@pytest.mark.parametrize(
    ("example", "rate_per_h", "parcels"),
    [("starter", 1100, 28), ("starter", 60, 16), ("hub16", 8000, 200), ("hub16", 12_000, 240)],
)
def test_a_board_keeps_the_parcels_of_a_minute_and_a_half_as_far_as_it_has_room(
    example, rate_per_h, parcels, tmp_path: Path
):
    changes = [("rate_per_h = ", f"rate_per_h = {rate_per_h} # ")]
    image = ecu_image(load_site(site(tmp_path, example, *changes)), "line")
    kept = firmware_module("sorter_ecu.image").read(image).parts["parcels"]
    assert kept == parcels
    assert 2 * kept + 32 <= firmware_module("sorter_ecu.link").KEPT
