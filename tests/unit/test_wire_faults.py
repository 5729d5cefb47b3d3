"""Faults of wires and link: when they strike, what they do to bytes, and that a run can be repeated."""

import pytest

from sortyard.errors import InputError
from sortyard.sim.faults import WIRE_FAULTS, FaultSetting
from sortyard.sim.request import Request, prepare
from sortyard.sim.wire_faults import WireFaults

TRANSIT_US = 10_000_000
FRAME = bytes(range(1, 41))


def struck(settings: dict[str, FaultSetting], seed=3, parcels=400, every_us=500_000):
    """The faults after so many parcels, and every strike with its time."""
    faults = WireFaults(settings, seed, lambda: 2, TRANSIT_US)
    strikes = [
        (now_us, strike)
        for now_us in range(0, parcels * every_us, 10_000)
        for strike in faults.look(now_us, 1 + now_us // every_us)
    ]
    return faults, strikes


def test_a_fault_strikes_as_often_as_it_is_told_and_ends_in_its_time():
    faults, strikes = struck({"cut_wire": FaultSetting(100_000)}, parcels=1000)
    begun = [us for us, one in strikes if one.is_on]
    ended = [us for us, one in strikes if not one.is_on]
    assert (
        30 <= len(begun) == faults.injected["cut_wire"] <= 120
    )  # the same fault does not overlap with itself
    fault = WIRE_FAULTS["cut_wire"]
    for begin, end in zip(begun, ended, strict=False):
        assert 1000 * fault.low <= end - begin <= 1000 * fault.high + 10_000
    assert faults.touched["cut_wire"] >= 2 * len(begun)


def test_a_parcel_that_is_named_meets_its_fault_once_on_its_way():
    faults, strikes = struck({"ecu_reset": FaultSetting(0, (7,))})
    ((begin, _),) = [(us, one) for us, one in strikes if one.is_on]
    assert 3_000_000 <= begin <= 3_000_000 + TRANSIT_US + 10_000
    assert faults.figures() == {"ecu_reset": {"injected": 1, "parcels_touched": 2}}
    assert not faults.is_on("ecu_reset")


def test_the_same_seed_has_the_same_faults_and_another_one_has_others():
    every = dict.fromkeys(WIRE_FAULTS, FaultSetting(20_000))
    first, again, other = (struck(every, seed)[1] for seed in (3, 3, 4))
    assert {one.name for _, one in first} == set(WIRE_FAULTS)
    assert first == again
    assert first != other
    assert struck({"cut_wire": FaultSetting(20_000)})[1] == [
        one for one in first if one[1].name == "cut_wire"
    ]


def on(name):
    faults, _ = struck({name: FaultSetting(1_000_000)}, parcels=1)
    list(faults.look(TRANSIT_US, 1))
    assert faults.is_on(name)
    return faults


def test_what_noise_and_the_link_do_to_bytes():
    silent, _ = struck({})
    assert silent.carried(FRAME) == silent.spoilt(FRAME) == FRAME
    assert on("link_cut").carried(FRAME) == b""
    lost = [on_lost.carried(FRAME) for on_lost in [on("frames_lost")] for _ in range(300)]
    assert set(lost) == {b"", FRAME}
    assert 50 <= lost.count(b"") <= 150
    damaged = on("frames_corrupted")
    pieces = [damaged.carried(FRAME) for _ in range(300)]
    wrong = [sum(a != b for a, b in zip(one, FRAME, strict=True)) for one in pieces]
    assert set(wrong) == {0, 1}
    assert 50 <= wrong.count(1) <= 150
    noisy = on("uart_noise")
    assert noisy.carried(FRAME) == FRAME
    assert 50 <= sum(noisy.spoilt(FRAME) != FRAME for _ in range(100)) <= 100
    assert 1 <= len(noisy.junk()) <= 12


def test_without_a_board_they_are_refused(tmp_path):
    from sortyard.config.examples import copy_example

    line = next(path for path in copy_example("starter", tmp_path, False) if path.name.endswith(".line.toml"))
    with pytest.raises(InputError) as refused:
        prepare(Request(line, faults=("link_cut", "link_cat")))
    told = [(one.reason, one.remedy) for one in refused.value.findings]
    assert told[0] == ("link_cut is a fault of a board's wires, and no board runs", "add --firmware")
    assert told[1][0] == 'there is no fault "link_cat"'
    assert "link_cut" in told[1][1]
    job = prepare(Request(line, faults=("all",), is_firmware=True))
    assert set(WIRE_FAULTS) < set(job.settings.faults)
    scenario = tmp_path / "cut.scenario.toml"
    scenario.write_text('format = 1\n[[fault]]\nname = "link_cut"\n')
    assert prepare(Request(line, scenario=scenario, is_firmware=True)).settings.faults["link_cut"].per_million
    with pytest.raises(InputError, match="no board runs"):
        prepare(Request(line, scenario=scenario))
