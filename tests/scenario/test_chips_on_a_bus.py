"""starter with two MCP23017 on an I2C bus: sorted as ever, and stopped and told when one of them does not answer."""

from pathlib import Path

import pytest
from firmware_runs import dispositions, sorted_by
from sites import site

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.config.board_file import load_board
from sortyard.config.check import check_site
from sortyard.config.check_buses import WORST_FUEL, bus_us
from sortyard.config.site import Site, load_site
from sortyard.sim import firmware
from sortyard.sim.expander_chips import ExpanderChips

PARCELS = 5
SILENT = next(number for number, name in FAULTS.items() if name == "EXPANDER_SILENT")
EXPANDER = """[[expander]]
name = "io"
kind = "mcp23017"
count = 2
ecu = "line"
options = { freq = 1000000 }
pins = { sda = "GP16", scl = "GP17", reset = "GP12" }

[[motor]]"""


def wired(folder: Path) -> Site:
    """A valve on the first chip, the eyes of two chutes on the second one."""
    return load_site(
        site(
            folder,
            "starter",
            ("[[motor]]", EXPANDER),
            ('extend = "GP12"', 'extend = "io.3"'),
            ('signal = "GP16"', 'signal = "io.17"'),
            ('signal = "GP17"', 'signal = "io.24"'),
        )
    )


def test_a_line_with_chips_on_a_bus_is_sorted_by_its_board_as_by_the_gate_logic_alone(tmp_path: Path):
    line = wired(tmp_path)
    assert check_site(line).count("error") == 0
    plain, board = sorted_by("compiled", PARCELS, 3, line), sorted_by("firmware", PARCELS, 3, line)
    assert len(dispositions(plain)) == PARCELS
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())
    assert board.result.firmware is not None
    assert board.result.firmware.bytes_allocated == 0
    waits_us = bus_us(line.line, list(enumerate(line.line.expander)))
    assert board.result.firmware.fuel_worst <= WORST_FUEL + waits_us * load_board("pico").model.fuel_per_us


@pytest.mark.parametrize("address", [32, 33])
def test_a_chip_that_falls_silent_stops_the_line_and_is_told(address: int, tmp_path: Path, monkeypatch):
    add, told = ExpanderChips.add, []

    def add_for_a_while(chips, name, unit, first, count):
        add(chips, name, unit, first, count)
        board, chip = chips._board, chips._chips[name][address - first]

        def cut(_us):
            board.analog.remove_i2c(unit, address)
            chip.power_up()

        board.at(8_000_000, cut)
        board.at(10_000_000, lambda _us: board.analog.add_i2c(unit, address, chip))

    take = firmware.BoardWorld._take

    def listen(world, message):
        if message.kind == messages.FAULT:
            told.append(message.fields)
        return take(world, message)

    monkeypatch.setattr(ExpanderChips, "add", add_for_a_while)
    monkeypatch.setattr(firmware.BoardWorld, "_take", listen)
    result = sorted_by("firmware", PARCELS, 3, wired(tmp_path)).result
    assert [one[0] for one in told].count(SILENT) >= 1
    assert not any(result.never.values())
    assert result.parcels == PARCELS
