"""A board counts its boots in its flash: every boot has a number of its own, and so have the tracks of each."""

from pathlib import Path

import pytest
from board_bench import Bench
from board_sites import starter_on
from sim_runs import example

from sorter_core import messages
from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim.board_chip import chip_of

MAIN = "from sorter_ecu.start import run\nrun()\n"
COUNT = "/boots"


def boot(site, board: str, flash: dict[str, bytes], image: bytes | None = None) -> int:
    """Power up, with what the flash has; the number of the boot, as the host is told."""
    bench = Bench(MAIN, until_us=100_000, flash=flash, host=Session(), chip=chip_of(load_board(board)))
    bench.run(ecu__img=ecu_image(site, "line") if image is None else image)
    hello = next(one for one in bench.told if one.kind == messages.HELLO)
    return dict(zip(messages.FIELDS[messages.HELLO][1:], hello.fields, strict=False))["boot"]


@pytest.mark.parametrize("board", ["pico", "esp32_devkit"])
def test_boots_are_counted_over_power_cuts_and_in_safe_mode(board: str, tmp_path: Path):
    site, flash = example("starter") if board == "pico" else starter_on(tmp_path, board), {}
    assert [boot(site, board, flash) for _ in range(2)] == [1, 2]
    assert boot(site, board, flash, b"no configuration") == 3
    assert boot(site, board, flash) == 4
    assert boot(site, board, {}) == 1  # another board, or its flash was erased


@pytest.mark.parametrize(
    ("before", "number"), [(b"", 1), (b"\x07", 8), (b"\xff\xff", 1), (b"\xfe\xff", 65535)]
)
def test_whatever_the_file_holds_a_number_follows(before: bytes, number: int):
    assert boot(example("starter"), "pico", {COUNT: before}) == number


WRITES = """
from time import sleep_us
file = open("/one", "w+b")
for text in (b"first", b"other"):
    file.seek(0)
    file.write(text)
    file.flush()
file.write(b", never flushed")
kept = bytearray(9)
print(open("/one", "r+b").readinto(kept), kept)
for path, mode in (("/two", "r+b"), ("/three", "w"), ("/main.py", "wb")):
    try:
        open(path, mode)
    except OSError:
        print(path, "refused")
while True:
    sleep_us(1000)
"""


def test_a_virtual_board_keeps_what_was_flushed_and_takes_nothing_in_the_place_of_its_program():
    bench = Bench(WRITES, until_us=5000).run()
    read = "5 bytearray(b'other\\x00\\x00\\x00\\x00')"
    assert bench.lines == [read, "/two refused", "/three refused", "/main.py refused"]
    assert bench.flash["/one"] == b"other"
