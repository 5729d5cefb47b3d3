"""The whole firmware on a virtual board, wired to the plant: it sorts as the gate logic alone does."""

from collections import Counter
from typing import cast

import pytest
from board_bench import Bench
from firmware_runs import commands, differences, dispositions, sorted_by
from sim_runs import example

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim.firmware import BoardWorld
from sortyard.vm.virtual_board import VirtualBoard, WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
GATES = 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15
"""The valves of starter's gates: D-NORTH, D-SOUTH, and both of D-EAST."""


def test_starter_is_sorted_parcel_by_parcel_as_by_the_gate_logic_alone():
    plain, board = (
        sorted_by("compiled", 24, 3, example("starter")),
        sorted_by("firmware", 24, 3, example("starter")),
    )
    assert len(dispositions(plain)) == 24
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())
    found = differences(plain, board, example("starter"))
    assert len(found) == 48
    assert not any(found)


@pytest.mark.parametrize("seed", [1, 24, 28, 32, 33, 63])
def test_hub16_with_its_shift_registers_host_and_meter_is_sorted_the_same(seed: int):
    """Among them runs in which several gates, tracks and edges are to be served in one millisecond."""
    plain, board = (
        sorted_by("compiled", 60, seed, example("hub16")),
        sorted_by("firmware", 60, seed, example("hub16")),
    )
    assert len(dispositions(plain)) == 60
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())
    assert len(board.inputs("DESTINATION")) >= 60
    assert not board.events("LATE_ANSWER")
    held = len(plain.outputs("GATE_HOLD"))
    assert held == len(board.outputs("GATE_HOLD"))
    assert (held > 0) == (seed != 32)  # in that one no barrier gets two that are close enough
    found = differences(plain, board, example("hub16"))
    assert len(found) == 2 * (60 - held)
    assert not any(found)
    assert board.result.firmware is not None
    assert board.result.firmware.dropped == 0
    expected, got = commands(plain, example("hub16")), commands(board, example("hub16"))
    assert sum(got[key] == expected[key] for key in expected) > 0.9 * len(expected)  # to the count


def test_after_a_power_cut_a_new_boot_goes_on_and_claims_nothing_of_what_lay_on_the_belt():
    plain_run, run = (
        sorted_by(runtime, 60, 1, example("starter"), power_cut=40_000)
        for runtime in ("compiled", "firmware")
    )
    assert dispositions(run) == dispositions(plain_run)
    assert len(dispositions(run)) == len(run.outputs("DISPOSITION"))  # no two boots give one number
    plain, board = plain_run.result, run.result
    assert board.tally.boots == plain.tally.boots == 3
    assert board.by_reason["LOST/REBOOT"] == board.faults["power_cut"]["parcels_touched"] == 4
    assert (board.by_reason, board.sorted) == (plain.by_reason, plain.sorted)
    assert board.sorted >= 50
    assert not any(board.never.values())


def test_the_same_run_gives_the_same_bytes():
    first, second = (
        sorted_by("firmware", 5, 1, example("starter")),
        sorted_by("firmware", 5, 1, example("starter")),
    )
    assert first.records == second.records
    assert first.result.firmware == second.result.firmware


def test_turns_begin_with_the_plant_s_milliseconds_as_steps_of_a_plain_simulation_do(monkeypatch):
    begun_us: Counter[int] = Counter()
    take_turn = VirtualBoard.take_turn

    def note(board: VirtualBoard) -> None:
        take_turn(board)
        zero_us = cast(BoardWorld, board._world)._zero_us
        if not board.is_handling and zero_us is not None and board.ending is None:
            begun_us[(board.now_us - zero_us) % 1000] += 1

    monkeypatch.setattr(VirtualBoard, "take_turn", note)
    sorted_by("firmware", 2, 1, example("starter"))
    assert begun_us.total() > 5000
    late = [us for us in begun_us.elements() if us > 20]  # a report to the host is more than a turn's rest
    assert len(late) <= 5
    assert max(begun_us) < 200


def test_a_board_without_a_usable_configuration_says_why_and_drives_nothing():
    image = ecu_image(example("starter"), "line")
    for content, reason in {
        None: "no file /ecu.img",
        b"": "no configuration",
        image[:-40]: "damaged or cut off",
        image[:100] + bytes([image[100] ^ 1]) + image[101:]: "damaged or cut off",
        image[:4] + b"\x09" + image[5:]: "version 9, this firmware has 3",
    }.items():
        files = {} if content is None else {"ecu__img": content}
        bench = Bench(MAIN, until_us=100_000, host=Session()).run(**files)
        assert [one.kind for one in bench.told[:2]] == [messages.HELLO, messages.LOG]
        (text,) = bench.logged
        assert text.startswith("safe mode: ")
        assert reason in text
        assert bench.levels == []


BROKEN = """
from sorter_ecu import control
whole = control.Control.turn
def turn(self, ticks):
    whole(self, ticks)
    if self.turns == 1:
        self.parts.gates[0].extend()
        self.parts.gates[2].extend()
    if self.turns == 50:
        self.parts.nothing_of_that_name
control.Control.turn = turn
"""


def test_an_exception_puts_every_output_into_its_safe_state_and_the_watchdog_restarts():
    bench = Bench(BROKEN + MAIN, until_us=3_000_000, host=Session())
    with pytest.raises(WatchdogBite):
        bench.run(ecu__img=ecu_image(example("starter"), "line"))
    extended = [(time_us // 1000, levels & GATES) for time_us, levels in bench.levels]
    assert 1 << 12 | 1 << 14 in [levels for ms, levels in extended if ms < 50]  # two gates were out
    late = {levels for ms, levels in extended if ms > 52}
    assert late == {1 << 15}  # the pushers' valves off, the arm's other valve brings it home
    assert bench.logged[0].startswith("AttributeError")
