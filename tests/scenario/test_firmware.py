"""The whole firmware on a virtual board, wired to the plant: it sorts as the gate logic alone does."""

import pytest
from board_bench import Bench
from sim_runs import Run, example

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Settings, simulate
from sortyard.vm.virtual_board import WatchdogBite

MAIN = "from sorter_ecu.start import run\nrun()\n"
GATES = 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15
"""The valves of starter's gates: D-NORTH, D-SOUTH, and both of D-EAST."""
EXTEND, RETRACT, DISPOSITION = 1 + OUTPUT, 2 + OUTPUT, 8 + OUTPUT
MASK, HALF = 0x0FFFFFFF, 0x08000000


def sorted_by(runtime, parcels, seed, line="starter", **faults):
    site = example(line)
    records = []
    named = {name: FaultSetting(per_million) for name, per_million in faults.items()}
    settings = Settings(runtime=runtime, seed=seed, faults=named, on_records=records.extend)
    return Run(simulate(site, GeneratedParcels(site, parcels, seed), settings), records)


def dispositions(run):
    """Track -> outcome, reason and chute."""
    return {one.p: one.q for one in run.records if one.kind == DISPOSITION}


def commands(run):
    """(track or gate, command) -> belt travel since the parcel was inducted, in counts."""
    origin = {one.q: one.s for one in run.events("INDUCTED")}
    travels, owner = {}, {}
    for one in run.records:
        if one.kind == EXTEND:
            owner[one.p] = one.q
        if one.kind in (EXTEND, RETRACT):
            track = owner[one.p]
            travels[track, one.kind] = ((one.s - origin[track] + HALF) & MASK) - HALF
    return travels


def differences(plain, board, site):
    """For each gate command how many periods of the control loop too many it differs from the plain simulation's.

    One may be, and a count each for the eye's latch and the position of the turn.
    """
    expected, got = commands(plain), commands(board)
    assert got.keys() == expected.keys()
    period = site.line.belt.speed_mm_s / site.line.encoder.um_per_count
    return [max(0, abs(got[key] - expected[key]) - 2 - period) / period for key in expected]


def test_starter_is_sorted_parcel_by_parcel_as_by_the_gate_logic_alone():
    plain, board = sorted_by("compiled", 24, 3), sorted_by("firmware", 24, 3)
    assert len(dispositions(plain)) == 24
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())
    found = differences(plain, board, example("starter"))
    assert len(found) == 48
    assert not any(found)


def test_hub16_with_its_shift_registers_host_and_meter_is_sorted_the_same():
    plain, board = sorted_by("compiled", 60, 2, "hub16"), sorted_by("firmware", 60, 2, "hub16")
    assert len(dispositions(plain)) == 60
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())
    assert len(board.inputs("DESTINATION")) >= 60
    assert not board.events("LATE_ANSWER")
    found = differences(plain, board, example("hub16"))
    assert len(found) == 120
    # the metering belt is not switched at the very same count, and then other work falls due with a gate's
    assert sum(map(bool, found)) <= 2
    assert max(found) <= 2


def test_after_a_power_cut_a_new_boot_goes_on_and_claims_nothing_of_what_lay_on_the_belt():
    board = sorted_by("firmware", 60, 1, power_cut=40_000).result
    assert board.tally.boots == 3
    assert board.by_reason["LOST/REBOOT"] == 6
    assert board.sorted >= 50
    assert not any(board.never.values())


def test_the_same_run_gives_the_same_bytes():
    first, second = sorted_by("firmware", 5, 1), sorted_by("firmware", 5, 1)
    assert first.records == second.records
    assert first.result.firmware == second.result.firmware


def test_a_board_without_a_usable_configuration_says_why_and_drives_nothing():
    image = ecu_image(example("starter"), "line")
    for content, reason in {
        None: "no file /ecu.img",
        b"": "no configuration",
        image[:-40]: "damaged or cut off",
        image[:100] + bytes([image[100] ^ 1]) + image[101:]: "damaged or cut off",
        image[:4] + b"\x09" + image[5:]: "version 9, this firmware has 1",
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
