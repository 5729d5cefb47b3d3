"""People and power: lifting, throwing, jams, stops, emergency stops, power cuts; and the catalogue of faults."""

from array import array

import pytest

from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.plant_config import fault_table, line_table, pair_gap_um
from sortyard_c.plant import Plant
from unit.plant_lab import (
    BLOCKED,
    DRIVE,
    ESTOP,
    EXTEND,
    FAULT,
    HEALTH,
    INFEED,
    INFEED_EYE,
    LINE,
    MS,
    POLICY,
    READ,
    RESET,
    START,
    STOP,
    VERIFY_EYE,
    Lab,
    S,
    always,
    at,
    short_line,
)

OPERATOR = (STOP, ESTOP, RESET, START, POLICY)


def after_first(lab: Lab, *kinds: int) -> list[tuple[int, int]]:
    """(kind, a) of the operator's doings after the first start."""
    return [(one[1], one[4]) for one in lab.kinds(*kinds) if one[0] > 1 * S]


def test_somebody_presses_start_when_the_line_is_switched_on():
    lab = Lab()
    lab.until(1 * S)
    assert [(one[0], one[1]) for one in lab.kinds(*OPERATOR)] == [(100 * MS, START)]


def test_after_an_emergency_stop_come_release_policy_reset_and_start():
    """Both restart policies occur; nothing but START follows RESET."""
    policies = set()
    for seed in range(1, 12):
        lab = Lab(seed=seed, faults=at("estop", 0))
        lab.add(3 * S)
        lab.until(80 * S)
        done = after_first(lab, *OPERATOR)
        assert [kind for kind, _ in done][:5] == [ESTOP, ESTOP, POLICY, RESET, START]
        assert [a for kind, a in done if kind == ESTOP] == [1, 0]
        policies |= {a for kind, a in done if kind == POLICY}
        assert lab.fault("estop") == (1, 1)
    assert policies == {0, 1}


def test_the_relay_stops_belt_and_gates_by_itself():
    lab = Lab()
    for seed in range(1, 20):  # until it is pressed before the parcel comes to the gate
        lab = Lab(seed=seed, faults=at("estop", 0))
        lab.add(3 * S)
        lab.until(3 * S)
        lab.command(EXTEND, 0, 1)
        if lab.until_true(lambda lab=lab: bool(lab.kinds(ESTOP)), 10 * S):
            break
    assert lab.plant.gates() == [1_000_000]
    lab.until(lab.plant.now_us + 3 * S)
    assert lab.plant.gates() == [0]
    assert lab.kinds(DRIVE)[-1][4] == 0
    here = lab.plant.position()
    lab.until(lab.plant.now_us + 1 * S)
    assert lab.plant.position() == here


def test_the_operator_stops_the_line_and_starts_it_again():
    lab = Lab(faults=at("belt_stop", 0))
    lab.add(3 * S)
    lab.until(60 * S)
    assert after_first(lab, *OPERATOR)[:2] == [(STOP, 0), (START, 0)]
    stop, start = (one[0] for one in lab.kinds(STOP, START) if one[0] > 1 * S)
    assert 5 * S <= start - stop <= 30 * S


def test_a_line_that_the_controller_has_stopped_is_cleared_reset_and_started():
    lab = Lab()
    lab.until(5 * S)
    lab.command(LINE, 0)
    lab.until(60 * S)
    assert [kind for kind, _ in after_first(lab, *OPERATOR)][:3] == [POLICY, RESET, START]


@pytest.mark.parametrize("fault", [6, 7])
def test_somebody_looks_at_a_gate_that_the_controller_has_set_aside(fault):
    """It is not broken: within a minute it is reported healthy, once."""
    lab = Lab()
    lab.until(5 * S)
    lab.command(FAULT, fault, 0)
    lab.command(FAULT, fault, 0)
    lab.until(5 * S + 19 * S)
    assert lab.kinds(HEALTH) == []
    lab.until(5 * S + 61 * S)
    assert [(index, is_healthy) for _, _, index, _, is_healthy, _ in lab.kinds(HEALTH)] == [(0, 1)]


def test_people_take_a_jammed_parcel_away():
    lab = Lab(faults=at("jam", 0))
    lab.add(3 * S)
    lab.add(6 * S, width_mm=400)
    lab.until(15 * S)
    jammed = lab.plant.parcels()[0]
    assert jammed["is_stuck"]
    assert lab.plant.parcels()[1]["nose_um"] == jammed["nose_um"] - jammed["length_um"]
    lab.until(60 * S)
    assert lab.plant.parcels() == []
    assert lab.results()["in_chute"] == [0, 1]
    assert lab.fault("jam") == (1, 1)


def test_a_lifted_parcel_is_gone_and_the_eyes_clear():
    lab = Lab(faults=at("parcel_lifted", 0))
    lab.add(3 * S)
    lab.until(20 * S)
    assert lab.results()["in_chute"] == [0, 0]
    assert lab.results()["lifted"] == 1
    for eye in range(3):
        assert len(lab.edges(eye)) % 2 == 0


def test_a_thrown_parcel_lies_in_a_gap_and_rides_on():
    lab = Lab(faults=at("parcel_thrown", 0))
    lab.add(3 * S)
    lab.until(20 * S)
    assert lab.results()["thrown"] == 1
    assert lab.results()["in_chute"] == [0, 2]
    assert len([one for one in lab.told if one[1:3] == (BLOCKED, 2)]) == 2


def test_nobody_throws_a_parcel_where_there_is_no_room():
    lab = Lab(faults=at("parcel_thrown", 0))
    lab.add(3 * S)
    lab.add(3 * S + 350 * MS, width_mm=400)
    lab.until(20 * S)
    assert lab.results()["thrown"] == 0
    assert lab.fault("parcel_thrown") == (0, 0)


def test_after_a_power_cut_the_controller_boots_into_the_levels_of_its_inputs():
    lab = Lab(faults=at("power_cut", 0))
    lab.add(3 * S)
    assert lab.until_true(lambda: lab.plant.is_down)
    silent_since = len(lab.told)
    lab.command(LINE, 1)
    assert lab.until_true(lambda: not lab.plant.is_down)
    new = lab.told[silent_since:]
    assert lab.plant.boots == 1
    assert new[0][1] == DRIVE
    assert new[0][4] == 0
    assert len({one[0] for one in new}) == 1
    lab.until(lab.plant.now_us + 10 * S)
    assert [kind for kind, _ in after_first(lab, *OPERATOR)][-2:] == [RESET, START]


@pytest.mark.parametrize("is_metered", [True, False])
def test_after_a_power_cut_a_metered_feeder_stands_until_it_is_told_to_run(is_metered):
    """A drive of its own is switched on by the controller, as the belt is; without one it goes with the belt."""
    line = short_line()
    if is_metered:
        meter = line.eye[1].model_copy(update={"name": "PE-M", "role": "meter", "position_mm": -600})
        line = line.model_copy(update={"eye": [*line.eye, meter]})
    lab = Lab(line, faults=at("power_cut", 0))
    lab.add(3 * S)
    lab.add(20 * S)  # and by as much later as the line stands
    lab.until_true(lambda: lab.plant.is_down)
    lab.until_true(lambda: not lab.plant.is_down)
    lab.command(LINE, 1)
    lab.until(31 * S)
    assert len(lab.edges(INFEED_EYE)) == (2 if is_metered else 4)
    lab.command(INFEED, 0)
    lab.until(36 * S)
    assert len(lab.edges(INFEED_EYE)) == 4


def test_an_eye_that_is_blocked_at_the_boot_is_told():
    """Somewhere among the seeds the parcel coasts to a stand in front of an eye."""
    for seed in range(1, 80):
        lab = Lab(seed=seed, faults=at("power_cut", 0))
        lab.add(3 * S, length_mm=900)
        lab.until(30 * S)
        boot = next(n for n, one in enumerate(lab.told) if one[1] == DRIVE and n > 2)
        if lab.told[boot + 1][1] == BLOCKED:
            assert lab.told[boot + 1][2] in (INFEED_EYE, VERIFY_EYE, 2)
            return
    raise AssertionError("no seed stops a parcel before an eye")


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_strikes_and_touches(name):
    """Ten parcels with the fault at all of them: injected and touched are above zero."""
    lab = Lab(faults=always(name))
    answered = 0
    for n in range(10):
        lab.add((3 + 3 * n) * S, code=0)
    for tick in range(1, 60):
        lab.until(tick * S)
        lab.command(LINE, 1)
        lab.command(EXTEND, 0, 0)
        lab.command(2, 0, 0)
        for track, one in enumerate(lab.kinds(READ)[answered:], answered + 1):
            if lab.edges(INFEED_EYE):
                lab.induct(track)
            lab.plant.ask_host(track, one[4])
            answered += 1
    injected, touched = lab.fault(name)
    assert injected > 0
    assert touched > 0


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "belt_ripple"])
def test_no_fault_strikes_when_it_is_off(name):
    lab = Lab(faults={name: FaultSetting(0)})
    for n in range(10):
        lab.add((3 + n) * S)
    lab.until(30 * S)
    assert lab.results()["faults"] == [(0, 0)] * len(FAULTS)


def test_a_fault_that_is_not_in_the_catalogue_is_refused():
    with pytest.raises(KeyError, match="no such fault: gremlins"):
        fault_table({"gremlins": FaultSetting(1)})


def test_tables_that_do_not_fit_are_refused():
    line = Lab().line
    table, faults, none = line_table(line, [[0], [1]]), fault_table({}), array("q")
    for broken in (table[:-1], table[:10], table + array("q", [0])):
        with pytest.raises(ValueError, match="line table"):
            Plant(broken, faults, none, 1)
    for um_per_count in (0, 1, 1 << 14):
        with pytest.raises(ValueError, match=f"encoder pitch of {um_per_count} um"):
            Plant(table[:4] + array("q", [um_per_count]) + table[5:], faults, none, 1)
    with pytest.raises(ValueError, match="fault table"):
        Plant(table, faults[:-1], none, 1)
    with pytest.raises(ValueError, match="there is no fault 99"):
        Plant(table, faults + array("q", [99, 0]), none, 1)
    with pytest.raises(ValueError, match="gap table"):
        Plant(table, faults, array("q", [0, 0, 0]), 1)
    assert len(pair_gap_um(line)) == 4


@pytest.mark.parametrize(
    "row", [[0, 0, 0, 1, 1, 1, -1, -1], [0, 0, 1, 1, 1, 1, 9, -1], [0, 0, 1, 1, 1, 1, -1, 2]]
)
def test_broken_parcel_rows_are_refused(row):
    with pytest.raises(ValueError, match="parcel row 0"):
        Lab().plant.add_parcels(array("q", row))


def test_memory_is_bounded_rows_beyond_the_room_are_left_to_the_caller():
    lab = Lab()
    rows = array("q", [0, 10 * S, 300_000, 200_000, 100_000, 500, -1, -1] * 20_000)
    assert lab.plant.add_parcels(rows) == 4_096
    assert lab.plant.needs_parcels() == 0
