"""A board whose link is a UART or an RS-485 line, in the time that its bytes take, sorts as one on USB does."""

from pathlib import Path

import pytest
from sites import site

from sortyard.config.check_link import BOARD_TURN_MS, MEAN_TURN_MS
from sortyard.config.site import load_site
from sortyard.device.session import HOST_TURN_US
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.run import Settings, simulate

DISPOSITION = 8 + OUTPUT
BELT = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
    'driver = "contactor"\necu = "line"\npins = { run = "GP11", closed = "GP28" }',
)
"""The inverter gives its UART away."""
LINKS = {
    "usb": "",
    "uart": 'link = { driver = "uart", pins = { tx = "GP8", rx = "GP9" } }\n',
    "slow uart": 'link = { driver = "uart", pins = { tx = "GP8", rx = "GP9" }, options = { baud = 19200 } }\n',
    "rs485": 'link = { driver = "rs485", pins = { tx = "GP8", rx = "GP9", de = "GP10" }, options = { station = 5 } }\n',
}
PINS = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }\n'


def path_of(tmp_path: Path, link: str) -> Path:
    return site(tmp_path, "starter", BELT, (PINS, PINS + link))


def test_a_board_answers_within_the_turn_that_check_counts_with(tmp_path: Path, monkeypatch):
    """And holds the line no longer, while parcels are on the belt."""
    asked, turns, held, last = [], [], [], [0, 0]
    ask, hear, drive = (
        getattr(firmware.BoardWorld, name) for name in ("_send_on_line", "uart_byte", "outputs")
    )
    byte_us = 10_000_000 / 115_200

    def send_on_line(world, data, now_us):
        ask(world, data, now_us)
        if data:
            asked.append(now_us + len(data) * byte_us)

    def uart_byte(world, unit, byte, now_us):
        hear(world, unit, byte, now_us)
        if unit == world._link_unit:
            if asked:
                turns.append(now_us - byte_us - asked.pop())
            last[0] = now_us

    def outputs(world, now_us, levels):
        was_driven = last[1] >> world._link_de & 1
        drive(world, now_us, levels)
        if was_driven and not levels >> world._link_de & 1:
            held.append(now_us - last[0])
        last[1] = levels

    for name, patched in (("_send_on_line", send_on_line), ("uart_byte", uart_byte), ("outputs", outputs)):
        monkeypatch.setattr(firmware.BoardWorld, name, patched)
    loaded = load_site(path_of(tmp_path, LINKS["rs485"]))
    simulate(loaded, GeneratedParcels(loaded, 4, 3), Settings(runtime="firmware", seed=3))
    assert len(turns) > 400
    assert min(turns) > 0
    assert sum(turns) / len(turns) <= 1000 * MEAN_TURN_MS
    assert max(turns) <= 1000 * BOARD_TURN_MS
    assert max(held) <= HOST_TURN_US


@pytest.mark.parametrize("link", LINKS)
def test_parcels_are_sorted_whatever_carries_the_link(tmp_path: Path, link: str):
    loaded, found = load_site(path_of(tmp_path, LINKS[link])), {}
    for runtime in ("compiled", "firmware"):
        records = []
        settings = Settings(runtime=runtime, seed=3, on_records=records.extend)
        result = simulate(loaded, GeneratedParcels(loaded, 4, 3), settings)
        assert not any(result.never.values())
        found[runtime] = {one.p: one.q for one in records if one.kind == DISPOSITION}
    assert len(found["compiled"]) == 4
    assert found["firmware"] == found["compiled"]
    board = result.firmware
    assert board is not None
    assert board.bytes_allocated == 0
    assert (board.lost, board.dropped, board.link_losses) == (0, 0, 0)
    assert board.fuel_worst <= 170_000
