"""What the firmware takes of each board's memory once its parts are made, loaded from bytecode as on a board."""

import re

import pytest
from board_bench import Bench
from board_sites import BOARDS, starter_on
from sim_runs import example

from sortyard.bundle.build import MODULE, firmware_files, firmware_of
from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site
from sortyard.config.units import units_of
from sortyard.sim.board_chip import chip_of

MOST_BYTES = 140_000
"""Heap and native code; of native code there is none. An ESP32 has some 160,000 for Python."""
SHIFTS = 0, 16, 112
"""Bytes that the heap is moved on by. Tables hold numbers that look like addresses, which are low in this virtual
machine, and its collector keeps whatever seems to be there: up to 3,700 bytes of rubbish that no board has."""
MEASURED = """
pad = bytearray({shift})
import sys
del sys.modules["gc"]  # this one collects nothing, the one below it does
import gc
gc.collect()
before = gc.mem_alloc()
import {module} as firmware
made = firmware.{set_up}()
loaded = gc.mem_alloc() - before
firmware.{forget}()
# a collection is safe up here only, where everything hangs on a name of a module
gc.collect()
print("heap", gc.mem_alloc() - before, "bytes", loaded)
rubbish = [bytearray(b"\\xA5" * 16 * size) for size in range(1, 200) for _ in range(40)]
firmware.{keep_on}(*made)
"""


def heap_of(site: Site, place: int = 0) -> int:
    """Of one of the line's boards: bytes in use before the first turn, wherever its heap lies."""
    told: list[int] = []
    for shift in SHIFTS:
        told.append(_heap_of(site, place, shift))
        if told[-1] <= MOST_BYTES:
            break
    return min(told)


def _heap_of(site: Site, place: int, shift: int) -> int:
    """Bytes in use before the first turn; then what is free is written over, and the loop runs on for a second, which
    it would not if anything had been collected that is in use.
    """
    ecu = site.line.ecu[place]
    board = load_board(ecu.board)
    units = units_of(site.line, ecu.name, board)

    def wire(virtual):
        for one in site.line.expander:
            if one.ecu != ecu.name:
                continue
            unit = units[one.pins["clock"]]
            enable = board.pins[one.pins["enable"]].number if "enable" in one.pins else -1
            virtual.chains.add(unit, one.count, board.pins[one.pins["latch"]].number, enable)

    chip = chip_of(board)._replace(console_baud=0)
    image = ecu_image(site, ecu.name)
    built = firmware_of(firmware_files(), image, board.port)
    calls = {
        one: built.names.globals[f"sorter_ecu.{one}"]
        for one in ("start.set_up", "spent.forget", "start.keep_on")
    }
    program = MEASURED.format(
        shift=shift, module=MODULE, **{one.partition(".")[2]: short for one, short in calls.items()}
    )
    bench = Bench(program, wire=wire, firmware=built.files, chip=chip, until_us=1_100_000)
    bench.run(ecu__img=image)
    assert bench.board.turns > 1000
    (told,) = re.findall(rb"heap (\d+) bytes", bytes(bench.said))
    print(f"{site.line.name}, {ecu.name} on {ecu.board}: {int(told):,} bytes")
    return int(told)


@pytest.mark.parametrize("board", BOARDS)
def test_the_firmware_fits_into_every_board(board, tmp_path):
    assert 80_000 < heap_of(starter_on(tmp_path, board)) <= MOST_BYTES


def test_sixteen_gates_fit_into_a_pico():
    assert heap_of(example("starter")) < heap_of(example("hub16")) <= MOST_BYTES


@pytest.mark.parametrize("place", [0, 1, 3], ids=["with the infeed", "in the middle", "with the end"])
def test_each_stretch_of_sixteen_gates_fits_into_its_board(place):
    assert 80_000 < heap_of(example("express64"), place) <= MOST_BYTES
