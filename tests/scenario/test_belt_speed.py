"""The host sets the speed of the belt: the drive goes there, the plant follows, every parcel goes where it should."""

from pathlib import Path

import pytest
from sites import site

from sorter_core import messages
from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.board_host import Order
from sortyard.sim.events import OUTPUT, Record
from sortyard.sim.result import SimResult
from sortyard.sim.run import Runtime, Settings, simulate

DISPOSITION = 8 + OUTPUT
EYES = (1, 2)
S = 1_000_000
LINES = {
    "starter": (
        30,
        800,
        400,
        (
            ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 400\n"),
            ('drives = "belt"\n', 'drives = "belt"\noptions = { speed_permille = 1000 }\n'),
        ),
    ),
    "starter on rollers": (
        30,
        800,
        400,
        (
            ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 400\n"),
            (
                'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
                'pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
                'driver = "mdr"\ndrives = "belt"\necu = "line"\npins = { speed = "GP8" }',
            ),
        ),
    ),
    "hub16": (
        120,
        2000,
        1000,
        (
            ("belt.speed_mm_s = 2000\n", "belt.speed_mm_s = 2000\nbelt.slowest_mm_s = 1000\n"),
            ('drives = "belt", ', 'drives = "belt", options = { speed_permille = 1000 }, '),
            (
                '{ run = "GP14", fault = "GP19" }',
                '{ speed = "GP14", fault = "GP19" }, options = { ramp_ms = 60 }',
            ),
            (
                '{ run = "GP15", fault = "GP26" }',
                '{ speed = "GP15", fault = "GP26" }, options = { ramp_ms = 60 }',
            ),
        ),
    ),
}


def speed(at_s: int, mm_s: int) -> Order:
    return Order(at_s * S, messages.SPEED, (mm_s,))


def run(line: Site, parcels: int, runtime: Runtime, *orders: Order) -> tuple[SimResult, list[Record]]:
    records: list[Record] = []
    settings = Settings(runtime=runtime, seed=1, orders=orders, on_records=records.extend)
    return simulate(line, GeneratedParcels(line, parcels, 1), settings), records


def outcomes(records: list[Record]) -> dict[int, int]:
    """Track -> outcome, reason and chute."""
    return {one.p: one.q for one in records if one.kind == DISPOSITION}


def mean_mm_s(line: Site, records: list[Record], from_s: float, to_s: float) -> float:
    """Of the belt between the first and the last edge in that time."""
    seen = sorted(
        (one.t_us, one.belt_counts)
        for one in records
        if one.kind in EYES and from_s * S <= one.t_us <= to_s * S
    )
    (t0, first), (t1, last) = seen[0], seen[-1]
    return (last - first) * line.line.encoder.um_per_count / 1000 / ((t1 - t0) / S)


@pytest.mark.parametrize("name", LINES)
def test_a_line_sorts_on_while_its_host_slows_it_down_and_speeds_it_up(tmp_path: Path, name: str):
    parcels, rated, slowest, changes = LINES[name]
    line = load_site(site(tmp_path, name.partition(" ")[0], *changes))
    assert check_site(line).count("error") == 0
    plain, expected = run(line, parcels, "compiled")
    orders = speed(5, slowest), speed(40, rated), speed(41, rated + 1)
    result, records = run(line, parcels, "firmware", *orders)
    assert mean_mm_s(line, records, 0, 5) == pytest.approx(rated, rel=0.03)
    assert mean_mm_s(line, records, 33, 40) == pytest.approx(slowest, rel=0.03)
    assert mean_mm_s(line, records, 64, 10_000) == pytest.approx(rated, rel=0.03)
    assert outcomes(records) == outcomes(expected)
    assert result.to_json()["sorted"] == plain.to_json()["sorted"] == parcels
    assert not any(result.never.values())
    assert result.firmware is not None
    assert result.firmware.bytes_allocated == 0
