"""Faults outlive resets: at each boot the board tells its host what went wrong in the boots before."""

from pathlib import Path
from typing import Any

import pytest
from belt_watch import BeltWatch
from board_bench import Bench
from board_sites import BOARDS, starter_on
from sim_runs import example

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.bundle.build import firmware_files
from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.board_chip import chip_of
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Settings, simulate
from sortyard.vm.flash import Flash
from sortyard.vm.virtual_board import BROWN_OUT, POWER_ON, WATCHDOG, WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
NUMBER = {name: code for code, name in FAULTS.items()}
COUNT = "/boots"
"""The file that every boot writes."""
JAMS = """
from sorter_ecu import control, fault_log
whole = control.Control.turn
def turn(self, ticks):
    whole(self, ticks)
    if self.turns in (50, 60, 70, 80):
        fault_log.record(1, self.turns // 10, 40000 + self.turns)
control.Control.turn = turn
"""
FAILS = JAMS.replace(
    "    if self.turns in", "    if self.turns == 1100: self.nothing_of_that_name\n    if self.turns in"
)


def boot(program: str, cause: int, kept: bytes, is_bitten: bool = False, **more: Any) -> Bench:
    site = more.pop("site", example("starter"))
    bench = Bench(program + MAIN, cause=cause, kept=kept, host=Session(), **{"until_us": 4_000_000, **more})
    image = ecu_image(site, "line")
    if is_bitten:
        with pytest.raises(WatchdogBite):
            bench.run(ecu__img=image)
    else:
        bench.run(ecu__img=image)
    return bench


def faults_in(flash: dict[str, bytes]) -> dict[str, bytes]:
    return {key: value for key, value in flash.items() if key != COUNT}


def old_faults(bench: Bench) -> list[tuple[int, ...]]:
    """Boots ago, code, index and detail of each, in the order in which they were told."""
    return [tuple(one.fields[:4]) for one in bench.told if one.kind == messages.OLD_FAULT]


def test_the_last_three_faults_of_an_rp2040_are_told_after_its_loop_has_failed_and_again_after_that():
    first = boot(FAILS, POWER_ON, b"", is_bitten=True)
    assert not old_faults(first)
    second = boot(JAMS, WATCHDOG, first.board.kept)
    most = 32767  # of a detail
    assert old_faults(second) == [(1, NUMBER["FAILED"], 0, 1), (1, 1, 8, most), (1, 1, 7, most)]
    third = boot("", WATCHDOG, second.board.kept)
    # that boot ended with a bite though its loop had not failed: it hung
    assert old_faults(third) == [(1, NUMBER["WATCHDOG"], 0, 0), (1, 1, 8, most), (1, 1, 7, most)]
    fourth = boot("", POWER_ON, third.board.kept)
    assert old_faults(fourth) == [(2, NUMBER["WATCHDOG"], 0, 0), (2, 1, 8, most), (2, 1, 7, most)]
    sixth = boot("", POWER_ON, boot("", POWER_ON, fourth.board.kept).board.kept)
    assert [one[0] for one in old_faults(sixth)] == [3, 3, 3]


def test_after_a_power_cut_with_nothing_in_the_flash_nothing_is_left_of_them():
    assert not old_faults(boot("", POWER_ON, b""))


def test_faults_are_kept_without_allocating():
    assert boot(JAMS, POWER_ON, b"").board.bytes_allocated == 0


def test_a_bite_in_a_simulation_is_told_to_the_host_after_it():
    site = example("starter")
    settings = Settings(runtime="firmware", seed=2, faults={"watchdog_bite": FaultSetting(0, (4,))})
    result = simulate(site, GeneratedParcels(site, 12, 2), settings)
    board = result.firmware
    assert board is not None
    assert board.bites == 1
    assert "1 boots ago: WATCHDOG, index 0, detail 0" in board.said
    assert board.bytes_allocated == 0


def on(board: str, folder: Path) -> dict[str, Any]:
    """What a bench needs to be this board."""
    return {"site": starter_on(folder, board), "chip": chip_of(load_board(board))}


def most_of(board: str) -> int:
    """How many faults it keeps."""
    return 3 if load_board(board).port == "rp2" else 8


@pytest.mark.parametrize("board", BOARDS)
def test_a_board_has_its_faults_in_flash_and_tells_them_after_a_power_cut(board: str, tmp_path: Path):
    flash: dict[str, bytes] = {}
    first = boot(JAMS, POWER_ON, b"", flash=flash, **on(board, tmp_path))
    assert first.board.bytes_allocated == 0
    assert len(flash) == 2
    assert len(faults_in(flash)) == 1
    second = boot("", POWER_ON, b"", flash=flash, **on(board, tmp_path))
    most = 32767
    told = [(1, 1, 8, most), (1, 1, 7, most), (1, 1, 6, most), (1, 1, 5, most)][: most_of(board)]
    assert old_faults(second) == told
    third = boot("", POWER_ON, b"", flash=flash, **on(board, tmp_path))
    assert [one[0] for one in old_faults(third)] == [2] * len(told)
    statistics = [one.fields for one in third.told if one.kind == messages.STATISTICS]
    assert statistics
    assert not any(one[1] for one in statistics)  # the time that the flash took is no overrun


@pytest.mark.parametrize("board", ["pico2", "esp32_devkit"])
def test_faults_that_a_reset_has_kept_from_the_flash_are_written_in_the_next_boot(board: str, tmp_path: Path):
    there = on(board, tmp_path)
    flash: dict[str, bytes] = {}
    first = boot(JAMS, POWER_ON, b"", flash=flash, until_us=500_000, **there)
    assert old_faults(first) == []
    second = boot("", WATCHDOG, first.board.kept, flash=flash, **there)
    told = old_faults(second)
    assert len(told) == min(5, most_of(board))  # four, and the bite
    third = boot("", POWER_ON, b"", flash=flash, **there)
    assert old_faults(third) == [(2, *one[1:]) for one in told]


@pytest.mark.parametrize("board", ["pico2", "esp32_devkit"])
def test_a_power_cut_in_the_middle_of_a_write_leaves_what_the_flash_had(board: str, tmp_path: Path):
    there = on(board, tmp_path)
    flash: dict[str, bytes] = {}
    boot(JAMS, POWER_ON, b"", flash=flash, **there)
    before, written = faults_in(flash), dict(flash)
    others = JAMS.replace("record(1,", "record(2,")
    boot(others, POWER_ON, b"", flash=written, until_us=600_000, **there)
    assert faults_in(written) != before
    cut = boot(others, POWER_ON, b"", flash=flash, until_us=540_000, **there)
    assert cut.board.bytes_allocated == 0
    assert faults_in(flash) == before
    assert len(old_faults(boot("", POWER_ON, b"", flash=flash, **there))) == min(4, most_of(board))


@pytest.mark.parametrize("content", [b"", b"\x5a" + bytes(5), b"\xff" * 13, bytes(13), b"\x5a" + bytes(40)])
def test_a_file_that_is_not_whole_or_another_versions_is_none(content: bytes, tmp_path: Path):
    flash = {"/faults.bin": content}
    first = boot(JAMS, POWER_ON, b"", flash=flash, **on("pico2", tmp_path))
    assert old_faults(first) == []
    assert len(old_faults(boot("", POWER_ON, b"", flash=flash, **on("pico2", tmp_path)))) == 3


class Full(dict[str, bytes]):
    """A flash that takes nothing more."""

    tries = 0

    def __setitem__(self, key: str, value: bytes) -> None:
        self.tries += key != COUNT
        raise OSError(28, "no space")


@pytest.mark.parametrize("board", ["pico2", "esp32_devkit"])
def test_a_board_whose_flash_takes_nothing_runs_on_and_tries_again_a_minute_later(board: str, tmp_path: Path):
    flash = Full({"/faults.bin": b""})
    bench = boot(JAMS, POWER_ON, b"", flash=flash, until_us=70_000_000, **on(board, tmp_path))
    assert (flash.tries, bench.board.bytes_allocated) == (2, 0)
    assert not bench.logged


def test_a_pico_without_room_for_its_faults_runs_without(tmp_path: Path):
    flash = Full()
    bench = boot(JAMS, POWER_ON, b"", flash=flash, **on("pico2", tmp_path))
    assert (flash.tries, bench.board.bytes_allocated, bench.logged) == (1, 0, [])


class Wearing(dict[str, bytes]):
    """A flash that counts its writes but those at boot."""

    writes = 0

    def __setitem__(self, key: str, value: bytes) -> None:
        self.writes += key != COUNT
        super().__setitem__(key, value)


WRITE_US = 200_000
"""A write takes some of that."""
ALWAYS = JAMS.replace("if self.turns in (50, 60, 70, 80)", "if not self.turns % 500")


@pytest.mark.parametrize("board", ["pico2", "esp32_devkit"])
def test_a_fault_again_and_again_is_written_once_a_minute(board: str, tmp_path: Path):
    flash = Wearing({"/faults.bin": b""})
    boot(ALWAYS, POWER_ON, b"", flash=flash, until_us=130_000_000, **on(board, tmp_path))
    assert 2 <= flash.writes <= 3


A_FEED = "        left -= 1\n"
"""A line of the loop that is run every 16 turns."""


@pytest.mark.parametrize("board", ["pico2", "esp32_devkit"])
def test_flash_is_written_while_the_belt_stands_and_never_while_it_moves(
    board: str, tmp_path: Path, monkeypatch
):
    """There is always something to write; an emergency stop gives the time for it."""
    files = firmware_files()
    (start,) = [name for name in files if name.endswith("sorter_ecu/start.py")]
    text = files[start].decode()
    assert text.count(A_FEED) == 1
    text = text.replace(A_FEED, A_FEED + "        record(FAILED, 1, left)\n")
    monkeypatch.setattr(firmware, "firmware_files", lambda: {**files, start: text.encode()})
    site = starter_on(tmp_path, board)
    moved: list[int] = []
    belt, answer = BeltWatch(monkeypatch), Flash.answer

    def answered(flash: Flash, name: str, key: str) -> str:
        travel = belt.travel(WRITE_US)
        # not a file that is made before the first turn
        if name == "flash_put" and travel is not None and key != COUNT:
            moved.append(travel)
        return answer(flash, name, key)

    monkeypatch.setattr(Flash, "answer", answered)
    faults = {"estop": FaultSetting(0, (3, 9))}
    settings = Settings(runtime="firmware", seed=2, faults=faults)
    result = simulate(site, GeneratedParcels(site, 10, 2), settings)
    assert result.firmware is not None
    assert (result.firmware.bytes_allocated, result.firmware.overruns) == (0, 0)
    assert moved
    assert not any(moved)


@pytest.mark.parametrize("board", ["esp32_devkit", "esp32_s3", "esp32_c3", "esp32_c6"])
def test_a_supply_that_sagged_is_told_by_an_esp32(board: str, tmp_path: Path):
    for cause in (POWER_ON, BROWN_OUT):
        bench = boot("", cause, b"", until_us=100_000, **on(board, tmp_path))
        assert bench.told[0].fields[3] == cause
