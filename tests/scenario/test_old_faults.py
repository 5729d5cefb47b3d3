"""Faults outlive resets: at each boot the board tells its host what went wrong in the boots before."""

import pytest
from board_bench import Bench
from sim_runs import example

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Settings, simulate
from sortyard.vm.virtual_board import POWER_ON, WATCHDOG, WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
NUMBER = {name: code for code, name in FAULTS.items()}
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


def boot(program: str, cause: int, kept: bytes, is_bitten: bool = False) -> Bench:
    bench = Bench(program + MAIN, until_us=4_000_000, cause=cause, kept=kept, host=Session())
    image = ecu_image(example("starter"), "line")
    if is_bitten:
        with pytest.raises(WatchdogBite):
            bench.run(ecu__img=image)
    else:
        bench.run(ecu__img=image)
    return bench


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


def test_after_a_power_cut_nothing_is_left_of_them():
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
