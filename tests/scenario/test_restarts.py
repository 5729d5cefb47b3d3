"""What a board does about its own failures: a loop that is too slow, boots that all fail, a reset in mid-parcel."""

import pytest
from board_bench import Bench
from sim_runs import example

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim import firmware, standstill
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Settings, simulate
from sortyard.sim.standstill import StandstillError
from sortyard.vm.virtual_board import WATCHDOG, WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
GATES = 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15
"""The valves of starter's gates: D-NORTH, D-SOUTH, and both of D-EAST."""
HOME = 1 << 15
"""The pushers' valves off, the arm's other valve brings it home."""
PATCHED = """
from sorter_ecu import control
whole = control.Control.turn
def turn(self, ticks):
    whole(self, ticks)
    if self.turns == 1:
        self.parts.gates[0].extend()
        self.parts.gates[2].extend()
    {}
control.Control.turn = turn
"""
SLOW = PATCHED.format("for _ in range(600): pass")
FAILS = PATCHED.format("if self.turns == 200: self.parts.nothing_of_that_name")
SAFE_MODE = 255


def bitten(program: str, kept: bytes = b"") -> Bench:
    """A boot of starter's board that ends with a bite of its watchdog."""
    bench = Bench(program + MAIN, until_us=4_000_000, kept=kept, host=Session())
    with pytest.raises(WatchdogBite):
        bench.run(ecu__img=ecu_image(example("starter"), "line"))
    return bench


def test_a_loop_of_three_milliseconds_is_counted_told_and_ended_with_every_output_safe():
    bench = bitten(SLOW)
    assert any(levels & GATES == 1 << 12 | 1 << 14 for _, levels in bench.levels)  # two gates were out
    assert bench.levels[-1][1] & GATES == HOME
    (figures,) = [one.fields for one in bench.told if one.kind == messages.STATISTICS]
    turns, overruns, worst_us = figures[:3]
    assert turns - 3 <= overruns <= turns
    assert 64 <= turns < 80
    assert 2500 < worst_us < 4500
    assert bench.logged == ["the control loop does not keep up"]


def test_a_board_that_fails_at_every_start_stays_in_safe_mode_and_says_so():
    kept = b""
    for _ in range(3):
        bench = bitten(FAILS, kept)
        kept = bench.board.kept
    last = Bench(FAILS + MAIN, until_us=2_000_000, cause=WATCHDOG, kept=kept, host=Session())
    last.run(ecu__img=ecu_image(example("starter"), "line"))
    said = last.told
    assert said[0].kind == messages.HELLO
    assert said[0].fields[2:4] == (SAFE_MODE, WATCHDOG)
    assert last.logged[0].startswith("safe mode: started 3 times")
    assert [one.kind for one in said].count(messages.HEARTBEAT) >= 6
    assert last.levels == []


def test_after_a_power_cut_a_board_that_failed_may_try_again():
    fresh = bitten(FAILS)
    assert fresh.told[0].fields[2] != SAFE_MODE
    assert fresh.logged[0].startswith("AttributeError")


def failing_in(turn: int, boots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many boots from now on end in that turn."""
    files, begun = firmware.firmware_files, []

    def broken_files():
        found = files()
        begun.append(1)
        if len(begun) <= boots:
            source = found["/sorter_ecu/control.py"].decode()
            line = "        link.turn = (link.turn + 1) & _MASK\n"
            broken = source.replace(
                line, f"{line}        if self.turns == {turn}:\n            self.absent\n", 1
            )
            assert broken != source
            found["/sorter_ecu/control.py"] = broken.encode()
        return found

    monkeypatch.setattr(firmware, "firmware_files", broken_files)


def test_a_reset_in_mid_parcel_is_recovered_and_told(monkeypatch):
    failing_in(12_000, 1, monkeypatch)
    site = example("starter")
    result = simulate(site, GeneratedParcels(site, 30, 2), Settings(runtime="firmware", seed=2))
    board = result.firmware
    assert board is not None
    assert (board.bites, result.tally.boots) == (1, 2)
    assert board.said == [
        "AttributeError: 'Control' object has no attribute 'absent'",
        "1 boots ago: FAILED, index 0, detail 12",
    ]
    assert result.by_reason["LOST/REBOOT"] >= 1
    assert result.sorted >= 20
    assert not any(result.never.values())


def test_bites_that_follow_each_other_end_in_safe_mode_and_the_reset_button_ends_that():
    """Parcel after parcel meets a program that hangs; each time somebody resets and starts it, and it sorts on."""
    site, parcels = example("starter"), 12
    faults = {"watchdog_bite": FaultSetting(0, tuple(range(1, parcels)))}
    settings = Settings(runtime="firmware", seed=1, faults=faults)
    result = simulate(site, GeneratedParcels(site, parcels, 1), settings)
    board = result.firmware
    assert board is not None
    assert board.bites > 5
    assert board.said.count("safe mode: started 3 times, failed each time; reset it") >= 1
    assert board.said.count("reset by its button") >= 1
    assert result.parcels == parcels
    assert board.lost == 0
    assert not any(result.never.values())


def test_a_line_whose_board_fails_at_every_start_ends_the_run_and_says_why(monkeypatch):
    failing_in(500, 1000, monkeypatch)
    monkeypatch.setattr(standstill, "STANDSTILL_US", 120_000_000)
    site = example("starter")
    with pytest.raises(
        StandstillError, match=r"the line has stood since 3 s, for 2 minutes.*board has said is: "
    ) as end:
        simulate(site, GeneratedParcels(site, 5, 1), Settings(runtime="firmware", seed=1))
    assert "safe mode" in end.value.remedy
