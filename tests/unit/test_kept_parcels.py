"""How many parcels a board keeps for a host that is away: those of five minutes at the line's rate."""

from math import ceil
from pathlib import Path

import pytest
from firmware_here import firmware_module
from sites import site

from sortyard.config.ecu_image import AWAY_S, MOST_PARCELS_KEPT, ecu_image
from sortyard.config.site import load_site


@pytest.mark.parametrize(("example", "rate_per_h"), [("starter", 1100), ("starter", 60), ("hub16", 12_000)])
def test_a_board_keeps_the_parcels_of_five_minutes_as_far_as_it_has_room(example, rate_per_h, tmp_path: Path):
    changes = [("rate_per_h = ", f"rate_per_h = {rate_per_h} # ")]
    image = ecu_image(load_site(site(tmp_path, example, *changes)), "line")
    kept = firmware_module("sorter_ecu.image").read(image).parts["parcels"]
    assert kept == min(ceil(rate_per_h * AWAY_S / 3600), MOST_PARCELS_KEPT)
    assert 2 * kept + 32 <= firmware_module("sorter_ecu.link").KEPT
