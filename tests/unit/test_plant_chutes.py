"""Chutes and their confirm eyes, full and emptied; the loop; feedback, health and safe states of gates."""

import pytest

from unit.plant_lab import (
    BLOCKED,
    CHUTE,
    CLEARED,
    CONFIRM_EYE,
    END,
    EXTEND,
    GATE,
    HEALTH,
    INFEED,
    MERGE,
    MS,
    REJECT_CHUTE,
    RETRACT,
    SAFE,
    SORT_CHUTE,
    Lab,
    S,
    at,
    short_line,
)

ARRIVES = 3 * S
AT_GATE = ARRIVES + 2300 * MS
PIN = {"ecu": "line"}


def divert(lab: Lab, begin: int = AT_GATE, length_mm: int = 300) -> None:
    lab.until(begin - 250 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(begin + (500 + length_mm) * MS)
    lab.command(RETRACT, 0, 1)
    lab.until(begin + 1500 * MS)


@pytest.mark.parametrize("length_mm", [120, 300, 900])
def test_the_confirm_eye_sees_the_parcel_within_its_travel(length_mm):
    """600 to 700 mm after the nose came to the sweep zone, for as long as the parcel is."""
    lab = Lab()
    lab.add(ARRIVES, length_mm=length_mm)
    divert(lab, length_mm=length_mm)
    lab.until(AT_GATE + 5 * S)
    nose, tail = lab.edges(CONFIRM_EYE)
    travel = nose - lab.edges(0)[0] - GATE // 1000
    assert 600 <= travel <= 700
    assert tail - nose == length_mm
    assert lab.results()["in_chute"] == [1, 0]


def chute(**changes) -> list[dict]:
    return [{"name": "C1", "diverter": "D1", **changes}, {"name": "REJECT", "kind": "reject", "end": True}]


def test_a_full_chute_keeps_its_confirm_eye_blocked_until_it_is_emptied():
    lab = Lab(short_line(chute=chute(capacity=1, empty_s=30)), faults=at("chute_fills", 7))
    lab.add(ARRIVES)
    divert(lab)
    lab.until(AT_GATE + 60 * S)
    blocked, cleared = (one for one in lab.told if one[1] in (BLOCKED, CLEARED) and one[2] == CONFIRM_EYE)
    assert blocked[1] == BLOCKED
    assert 30 * S <= cleared[0] - AT_GATE <= 31 * S
    assert lab.fault("chute_fills")[0] == 1


def test_the_parcel_that_fills_a_chute_comes_to_its_eye_like_any_other():
    """Its tail leaves the belt 700 mm behind the nose's arrival at the zone, the eye is 900 to 1,000 mm behind it."""
    line = short_line(chute=chute(capacity=1, empty_s=30))
    eye = line.eye[3].model_copy(update={"travel_mm": (900, 1000)})
    lab = Lab(line.model_copy(update={"eye": [*line.eye[:3], eye]}), faults=at("chute_fills", 7))
    lab.add(ARRIVES)
    divert(lab)
    lab.until(AT_GATE + 60 * S)
    blocked, cleared = (one for one in lab.told if one[1] in (BLOCKED, CLEARED) and one[2] == CONFIRM_EYE)
    assert 900 * MS <= blocked[0] - AT_GATE <= 1000 * MS
    assert cleared[0] - blocked[0] == 30 * S


def test_a_full_chute_without_a_confirm_eye_is_told():
    line = short_line(chute=chute(capacity=1, empty_s=30))
    line = line.model_copy(update={"eye": [eye for eye in line.eye if eye.role != "confirm"]})
    lab = Lab(line, faults=at("chute_fills", 7))
    lab.add(ARRIVES)
    divert(lab)
    lab.until(AT_GATE + 60 * S)
    assert [one[2:] for one in lab.kinds(CHUTE)] == [
        (0, lab.kinds(CHUTE)[0][3], 1, 0),
        (0, lab.kinds(CHUTE)[1][3], 0, 0),
    ]
    assert lab.kinds(CHUTE)[1][0] - lab.kinds(CHUTE)[0][0] == 30 * S


def test_without_the_fault_chutes_are_emptied_in_time():
    lab = Lab(short_line(chute=chute(capacity=1, empty_s=30)))
    lab.add(ARRIVES)
    divert(lab)
    lab.until(AT_GATE + 10 * S)
    assert len(lab.edges(CONFIRM_EYE)) == 2


def loop_line():
    """The gate leads onto a loop of 3 m that joins the belt at -400 mm."""
    eyes = [
        {"name": "PE-IN", "role": "infeed", "position_mm": 0, **PIN},
        {"name": "PE-V", "role": "verify", "position_mm": 800, **PIN},
        {"name": "PE-END", "role": "end", "position_mm": 3900, **PIN},
        {"name": "PE-C", "role": "confirm", "chute": "C1", "travel_mm": [600, 700], **PIN},
        {"name": "PE-M", "role": "merge", **PIN},
    ]
    return short_line(
        eye=eyes,
        chute=chute(kind="recirculate"),
        recirculation={"loop_mm": 3000, "merge_position_mm": -200},
    )


MERGE_EYE = 4


def test_a_lap_on_the_loop_waits_at_the_merge_until_it_is_released():
    lab = Lab(loop_line())
    lab.add(ARRIVES)
    divert(lab)
    lab.until(AT_GATE + 10 * S)
    (arrived,) = lab.edges(MERGE_EYE)
    assert arrived - lab.edges(0)[0] == 1500 + 3000
    assert lab.plant.parcels() == []
    lab.command(INFEED, 1)
    lab.command(MERGE, 1)
    lab.until(AT_GATE + 20 * S)
    released = lab.edges(MERGE_EYE)[1]
    first, _, again, tail = lab.edges(0)
    assert again - released == pytest.approx(200 - 300, abs=1)  # its tail leaves the lane 300 mm later
    assert tail - again == 300
    results = lab.results()
    assert (results["recirculated"], results["in_chute"]) == (1, [1, 1])
    assert first < again


def test_the_next_one_on_the_lane_follows_300_mm_behind():
    lab = Lab(loop_line())
    lab.add(ARRIVES)
    lab.add(ARRIVES + 2 * S)
    divert(lab)
    divert(lab, AT_GATE + 2 * S)
    lab.until(AT_GATE + 20 * S)
    lab.command(MERGE, 1)
    lab.until(AT_GATE + 30 * S)
    _, first_gone, second_there, _ = lab.edges(MERGE_EYE)
    assert second_there - first_gone == 300


def test_end_positions_are_told_where_switches_are_fitted():
    lab = Lab(short_line(gate={"feedback": True}))
    lab.until(3 * S)
    lab.command(EXTEND, 0, 1)
    lab.until(4 * S)
    lab.command(RETRACT, 0, 1)
    lab.until(5 * S)
    told = [(one[0] - 3 * S, one[4]) for one in lab.kinds(END)]
    assert told == [(20 * MS, 0), (140 * MS, 2), (1020 * MS, 0), (1140 * MS, 1)]


def test_spread_moves_a_movement_to_either_side():
    lab = Lab(short_line(gate={"feedback": True, "spread_ms": 5}))
    starts = []
    for n in range(60):
        lab.until((3 + 2 * n) * S)
        lab.command(EXTEND, 0, 1)
        lab.until((4 + 2 * n) * S)
        lab.command(RETRACT, 0, 1)
    for t, *_, state, _ in lab.kinds(END):
        if state == 2:
            starts.append(t % S - 140 * MS)
    assert min(starts) < -3 * MS
    assert max(starts) > 3 * MS
    assert all(-5 * MS <= start <= 5 * MS for start in starts)


@pytest.mark.parametrize(("safe_state", "left"), [("retract", 0), ("hold", 1_000_000), ("off", 1_000_000)])
def test_each_gate_goes_to_its_own_safe_state(safe_state, left):
    lab = Lab(short_line(gate={"safe_state": safe_state}))
    lab.until(3 * S)
    lab.command(EXTEND, 0, 1)
    lab.until(4 * S)
    lab.command(SAFE)
    lab.until(5 * S)
    assert lab.plant.gates() == [left]


def test_without_power_a_moving_gate_stops_where_it_is():
    lab = Lab(short_line(gate={"safe_state": "off"}))
    lab.until(3 * S)
    lab.command(EXTEND, 0, 1)
    lab.until(3 * S + 80 * MS)
    lab.command(SAFE)
    lab.until(5 * S)
    assert lab.plant.gates() == [500_000]


def run_out_and_home(lab: Lab, begin: int) -> tuple[int, int]:
    """Extension after an extend and after a retract command."""
    lab.until(begin)
    lab.command(EXTEND, 0, 1)
    lab.until(begin + 1 * S)
    out = lab.plant.gates()[0]
    lab.command(RETRACT, 0, 1)
    lab.until(begin + 2 * S)
    return out, lab.plant.gates()[0]


@pytest.mark.parametrize(
    ("name", "moves"), [("gate_stuck_home", (0, 0)), ("gate_stuck_out", (1_000_000, 1_000_000))]
)
def test_a_stuck_gate_is_told_as_faulty_and_repaired(name, moves):
    lab = Lab(faults=at(name, 0))
    lab.add(ARRIVES)
    lab.until(ARRIVES + 6 * S)
    assert [one[4] for one in lab.kinds(HEALTH)] == [0]
    assert run_out_and_home(lab, ARRIVES + 6 * S) == moves
    lab.until(ARRIVES + 140 * S)
    assert [one[4] for one in lab.kinds(HEALTH)] == [0, 1]
    assert run_out_and_home(lab, ARRIVES + 140 * S) == (1_000_000, 0)


def test_a_slow_gate_needs_twice_its_time():
    lab = Lab(faults=at("gate_slow", 0))
    lab.add(ARRIVES)
    lab.until(ARRIVES + 6 * S)
    lab.command(EXTEND, 0, 1)
    lab.until(ARRIVES + 6 * S + 20 * MS + 120 * MS)
    assert lab.plant.gates() == [500_000]


def test_the_line_is_empty_when_everything_has_left():
    lab = Lab()
    lab.add(ARRIVES)
    lab.plant.end_of_parcels()
    lab.until(ARRIVES + 5 * S)
    assert not lab.plant.is_done()
    lab.until(ARRIVES + 6 * S)
    assert lab.plant.is_done()
    assert lab.results()["in_chute"][REJECT_CHUTE] + lab.results()["in_chute"][SORT_CHUTE] == 1
