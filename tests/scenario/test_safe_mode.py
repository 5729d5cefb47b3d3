"""A board that cannot run drives nothing, says why, and tries again when its host asks for a reset."""

from collections.abc import Callable
from pathlib import Path

import pytest
from board_bench import Bench
from board_sites import starter_on
from safe_mode_bench import MAIN, SAFE_MODE, altered, safe_mode
from sim_runs import example
from sites import site

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.config.board_file import load_board
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import load_site
from sortyard.device.session import Session
from sortyard.sim.board_chip import chip_of
from sortyard.vm.virtual_board import BROWN_OUT, POWER_ON, WATCHDOG, ResetByFirmware, WatchdogBite

FAILS = """
from sorter_ecu import control
whole = control.Control.turn
def turn(self, ticks):
    whole(self, ticks)
    if self.turns == 200:
        self.parts.nothing_of_that_name
control.Control.turn = turn
"""
RESET = 10
RESET_PIN = 27


@pytest.mark.parametrize(("made_for", "put_on"), [("pico2", "pico"), ("pico", "pico2"), ("pico", "esp32_c3")])
def test_a_configuration_for_another_chip_is_refused_and_both_are_named(
    made_for: str, put_on: str, tmp_path: Path
):
    path = site(tmp_path, "starter", ('board = "pico"', f'board = "{made_for}"'))
    chip = chip_of(load_board(put_on))._replace(console_baud=0)
    said = safe_mode(ecu_image(load_site(path), "line"), chip)
    its = load_board(made_for).model.mcu
    assert said == f"safe mode: configuration for {its}, this board is {chip.name}"


@pytest.mark.parametrize(
    ("made_for", "put_on", "text"),
    [
        ("pico", "pico_w", "configuration for Pico, this board is Pico W"),
        ("pico_w", "pico", "configuration for Pico W, this board is Pico"),
    ],
)
def test_a_configuration_for_another_board_with_the_same_chip_is_refused(
    made_for: str, put_on: str, text: str, tmp_path: Path
):
    path = site(tmp_path, "starter", ('board = "pico"', f'board = "{made_for}"'))
    image = ecu_image(load_site(path), "line")
    assert safe_mode(image, chip_of(load_board(put_on))) == f"safe mode: {text}"


def test_one_for_any_board_with_its_chip_runs_on_whichever_has_it(tmp_path: Path):
    image = ecu_image(starter_on(tmp_path, "esp32_s3"), "line")
    chip = chip_of(load_board("esp32_s3"))._replace(board="Somebody's board")
    bench = Bench(MAIN, until_us=100_000, chip=chip, host=Session()).run(ecu__img=image)
    assert bench.told[0].fields[2] != SAFE_MODE


def test_a_configuration_of_an_older_version_that_names_no_chip_is_refused():
    image = altered(ecu_image(example("starter"), "line"), lambda parts: parts.pop("chip"))
    assert safe_mode(image) == "safe mode: configuration of an older version, without a chip"


def test_a_part_that_is_wired_to_an_expander_which_is_not_there_is_told():
    image = altered(
        ecu_image(example("starter"), "line"), lambda parts: parts["eyes"][0][1].update(signal=[2, 0])
    )
    assert safe_mode(image) == "safe mode: a part is wired to expander 2 of 0"


def boot(
    cause: int, kept: bytes, until_us: int = 4_000_000, begin: Callable[[Bench], None] | None = None
) -> Bench:
    return Bench(
        FAILS + MAIN, begin or (lambda bench: None), until_us=until_us, cause=cause, kept=kept, host=Session()
    )


def failed_thrice(image: bytes) -> bytes:
    """What a board keeps that has failed at three starts, one after the other."""
    kept = b""
    for _ in range(3):
        failing = boot(POWER_ON if not kept else WATCHDOG, kept)
        with pytest.raises(WatchdogBite):
            failing.run(ecu__img=image)
        kept = failing.board.kept
    return kept


def press(*edges_us: int) -> Callable[[Bench], None]:
    """Press and release the reset button of `starter` by turns, at these times."""

    def begin(bench: Bench) -> None:
        for number, at_us in enumerate(edges_us):
            level = 1 - number % 2
            bench.after(at_us, lambda time_us, level=level: bench.board.set_pin(RESET_PIN, level, time_us))

    return begin


def test_a_board_that_failed_at_every_start_tries_again_when_its_host_resets_it():
    image = ecu_image(example("starter"), "line")
    kept = failed_thrice(image)

    def ask(bench: Bench) -> None:
        host = bench.host
        assert host is not None

        def send(_: int) -> None:
            host.send(messages.COMMAND, RESET, 0)

        bench.after(500_000, send)

    waiting = boot(WATCHDOG, kept, begin=ask)
    with pytest.raises(ResetByFirmware):
        waiting.run(ecu__img=image)
    assert waiting.logged == [
        "safe mode: started 3 times, failed each time; reset it",
        "reset by the host",
    ]
    assert waiting.levels == []
    again = boot(WATCHDOG, waiting.board.kept, until_us=110_000).run(ecu__img=image)
    assert again.told[0].fields[2] != SAFE_MODE
    assert again.levels  # it has outputs again, and they are in their safe states
    old = [FAULTS[one.fields[1]] for one in again.told if one.kind == messages.OLD_FAULT]
    assert old == ["FAILED"] * 3  # a reset that was asked for is no bite


def test_so_it_does_when_its_reset_button_is_pressed_but_not_by_one_that_is_welded():
    image = ecu_image(example("starter"), "line")
    kept = failed_thrice(image)
    welded = boot(WATCHDOG, kept, begin=press(0)).run(ecu__img=image)
    assert welded.logged == ["safe mode: started 3 times, failed each time; reset it"]
    waiting = boot(WATCHDOG, kept, begin=press(2_000_000, 2_150_000))
    with pytest.raises(ResetByFirmware):
        waiting.run(ecu__img=image)
    assert waiting.logged[1:] == ["reset by its button"]
    assert waiting.levels == []
    again = boot(WATCHDOG, waiting.board.kept, until_us=110_000).run(ecu__img=image)
    assert again.told[0].fields[2] != SAFE_MODE


@pytest.mark.parametrize(("board", "told"), [("pico2", BROWN_OUT), ("pico", POWER_ON)])
def test_a_supply_that_sagged_is_told_at_boot_where_the_chip_knows_it(board: str, told: int, tmp_path: Path):
    path = site(tmp_path, "starter", ('board = "pico"', f'board = "{board}"'))
    chip = chip_of(load_board(board))
    bench = Bench(MAIN, until_us=100_000, cause=BROWN_OUT, chip=chip, host=Session())
    bench.run(ecu__img=ecu_image(load_site(path), "line"))
    assert bench.told[0].fields[3] == told
