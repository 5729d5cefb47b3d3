"""starter with a scanner of each make, whose own bytes a virtual board reads: every parcel ends as in the plain run."""

from collections import Counter
from pathlib import Path

import pytest
from firmware_runs import dispositions, sorted_by
from sites import site
from turn_budget import WORST_FUEL, figures

from sortyard.config.check import check_site
from sortyard.config.driver_tables import drivers_of
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Runtime, Settings, simulate

DISPOSITION = 8 + OUTPUT
SCANNER = 'name = "SCAN"\nposition_mm = 500'
EYE = '[[eye]]\nname = "PE-V1"'
AT_SCANNER = """[[eye]]
name = "PE-SCAN"
role = "verify"
position_mm = 490
ecu = "line"
pins = { signal = "GP11" }

"""
INVERTER = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
)
LATENCY = ("latency_ms = 30", "latency_ms = 60")
"""A slow line of 9,600 bit/s takes half of it."""


def outcomes(path: Path, runtime: Runtime, **faults: int) -> dict[int, int]:
    """Track -> outcome, reason and chute of six parcels."""
    loaded, records = load_site(path), []
    named = {name: FaultSetting(per_million) for name, per_million in faults.items()}
    settings = Settings(runtime=runtime, seed=3, faults=named, on_records=records.extend)
    result = simulate(loaded, GeneratedParcels(loaded, 6, 3), settings)
    assert not any(result.never.values())
    return {one.p: one.q for one in records if one.kind == DISPOSITION}


@pytest.mark.parametrize("name", sorted(drivers_of("scanner")))
def test_parcels_are_sorted_by_what_each_make_says(tmp_path: Path, name: str):
    path = site(tmp_path, "starter", (SCANNER, f'{SCANNER}\ndriver = "{name}"'), LATENCY)
    plain = outcomes(path, "compiled")
    assert len(plain) == 6
    assert outcomes(path, "firmware") == plain


def test_a_busy_board_has_time_for_packets_with_a_checksum(tmp_path: Path):
    usual = 'driver = "serial_line", position_mm = 1000, window_mm = 150, latency_ms = 20'
    slow = 'driver = "zebra_ssi", position_mm = 1000, window_mm = 150, latency_ms = 40'
    line = load_site(site(tmp_path, "hub16", (usual, slow)))
    plain, board = (sorted_by(runtime, 30, 1, line) for runtime in ("compiled", "firmware"))
    assert dispositions(board) == dispositions(plain)
    assert figures(board.result).overruns == 0
    assert figures(board.result).fuel_worst <= WORST_FUEL


@pytest.mark.parametrize(
    "name", sorted(name for name, one in drivers_of("scanner").items() if one.trigger[0])
)
def test_parcels_are_sorted_by_scanners_that_an_eye_tells_to_read(tmp_path: Path, name: str):
    told = f'{SCANNER}\ndriver = "{name}"\ntrigger = "PE-SCAN"'
    path = site(tmp_path, "starter", (SCANNER, told), (EYE, AT_SCANNER + EYE), LATENCY)
    plain = outcomes(path, "compiled")
    assert len(plain) == 6
    assert outcomes(path, "firmware") == plain


def test_an_eye_tells_two_scanners_to_read(tmp_path: Path):
    """From both sides, as neither sees every label."""
    uart = 'pins = { tx = "GP0", rx = "GP1" }'
    told = f'{SCANNER}\ndriver = "keyence_sr"\ntrigger = "PE-SCAN"'
    second = told.replace('"SCAN"\nposition_mm = 500', '"SCAN-2"\nposition_mm = 520')
    second += '\nlatency_ms = 60\nwindow_mm = 100\necu = "line"\npins = { tx = "GP8", rx = "GP9" }\n'
    path = site(
        tmp_path,
        "starter",
        (INVERTER, 'driver = "contactor"\ndrives = "belt"\necu = "line"\npins = { run = "GP10" }'),
        (SCANNER, told),
        (uart, f"{uart}\n\n[[scanner]]\n{second}"),
        (EYE, AT_SCANNER + EYE),
        LATENCY,
    )
    line = load_site(path)
    plain, board = (sorted_by(runtime, 6, 3, line) for runtime in ("compiled", "firmware"))
    assert dispositions(board) == dispositions(plain)
    assert Counter(one.p for one in board.inputs("READ")) == {0: 6, 1: 6}


def test_a_trigger_wire_does_the_same_for_a_scanner_that_takes_no_commands(tmp_path: Path):
    told = f'{SCANNER}\ntrigger = "PE-SCAN"'
    wires = ('pins = { tx = "GP0", rx = "GP1" }', 'pins = { tx = "GP0", rx = "GP1", trigger = "GP28" }')
    path = site(tmp_path, "starter", (SCANNER, told), (EYE, AT_SCANNER + EYE), LATENCY, wires)
    assert outcomes(path, "firmware") == outcomes(path, "compiled")


def test_the_last_code_of_a_parcel_is_read_though_its_eye_is_free_by_then(tmp_path: Path):
    """40 ms are 80 mm of belt at 2 m/s: most parcels of hub16 have left the eye when their code is told."""
    usual = 'driver = "serial_line", position_mm = 1000, window_mm = 150, latency_ms = 20'
    told = (
        'driver = "cognex_dataman", trigger = "PE-SCAN", position_mm = 1000, window_mm = 150, latency_ms = 40'
    )
    infeed = '{ name = "PE-INFEED", role = "infeed",'
    eye = (
        '{ name = "PE-SCAN", role = "verify", position_mm = 990, ecu = "line", pins = { signal = "GP27" } },'
    )
    line = load_site(site(tmp_path, "hub16", (usual, told), (infeed, f"{eye}\n  {infeed}")))
    plain, board = (sorted_by(runtime, 20, 1, line) for runtime in ("compiled", "firmware"))
    assert dispositions(board) == dispositions(plain)
    assert figures(board.result).overruns == 0
    assert figures(board.result).fuel_worst <= WORST_FUEL


@pytest.mark.parametrize("eye_mm", [490, 500, 520])
def test_which_codes_a_trigger_leaves_unread_is_told(eye_mm: int, tmp_path: Path):
    told = f'{SCANNER}\ndriver = "keyence_sr"\ntrigger = "PE-SCAN"'
    eye = AT_SCANNER.replace("490", str(eye_mm))
    path = site(tmp_path, "starter", (SCANNER, told), (EYE, eye + EYE), LATENCY)
    found = [one for one in check_site(load_site(path)).findings if one.key == "scanner[0].trigger"]
    assert [one.severity for one in found] == ["warning"] * (eye_mm > 500)
    assert all(one.reason.endswith("codes in the first 20 mm of a parcel are lost") for one in found)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('trigger = "PE-V1"', "eye PE-V1 is not within 100 mm of scanner SCAN"),
        ('trigger = "PE-V9"', 'there is no eye "PE-V9"'),
        ('trigger = "PE-INFEED"', "scanners.serial_line cannot be told to read"),
    ],
)
def test_a_trigger_that_cannot_work_is_told(tmp_path: Path, told: str, said: str):
    path = site(tmp_path, "starter", (SCANNER, f"{SCANNER}\n{told}"))
    found = [one for one in check_site(load_site(path)).findings if one.key == "scanner[0].trigger"]
    assert any(said in one.reason for one in found)
    assert {one.severity for one in found} == {"error"}  # one that cannot work is not said to lose codes, too
