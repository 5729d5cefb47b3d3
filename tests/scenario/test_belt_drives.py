"""starter with its belt on other drives: a contactor with its auxiliary contact, and rollers on a 0-10 V input."""

from pathlib import Path

import pytest
from sites import site

from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.run import Runtime, Settings, simulate

DISPOSITION = 8 + OUTPUT
INVERTER = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
)
DRIVES = {
    "contactor": 'driver = "contactor"\necu = "line"\npins = { run = "GP8", closed = "GP9" }',
    "mdr": 'driver = "mdr"\necu = "line"\npins = { speed = "GP8" }',
}


def outcomes(path: Path, runtime: Runtime) -> dict[int, int]:
    """Track -> outcome, reason and chute of four parcels."""
    loaded, records = load_site(path), []
    settings = Settings(runtime=runtime, seed=3, on_records=records.extend)
    result = simulate(loaded, GeneratedParcels(loaded, 4, 3), settings)
    assert not any(result.never.values())
    return {one.p: one.q for one in records if one.kind == DISPOSITION}


@pytest.mark.parametrize("drive", DRIVES)
def test_parcels_are_sorted_whatever_drives_the_belt(tmp_path: Path, drive: str):
    path = site(tmp_path, "starter", (INVERTER, DRIVES[drive]))
    plain = outcomes(path, "compiled")
    assert len(plain) == 4
    assert outcomes(path, "firmware") == plain
