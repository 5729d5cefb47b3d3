"""The belt: ramps, coasting, ripple; the encoder: quantised, wrapping, missing and adding counts."""

import pytest

from unit.plant_lab import DRIVE, LINE, MS, NEVER_US, Lab, S, always, at, short_line

COUNTS = 1 << 28


def test_a_ramp_takes_its_time_and_its_way():
    """1 m/s at 1 m/s2: 1 s and 500 mm, in steps of 10 ms that are each early by half a step."""
    lab = Lab()
    lab.until(1 * S)
    assert lab.plant.position() == pytest.approx(500, abs=6)
    lab.until(2 * S)
    assert lab.plant.position() == pytest.approx(1500, abs=6)


def test_a_drive_that_is_set_again_and_again_ramps_no_faster():
    """As one on pulses does, whose rate is another one every few milliseconds."""
    once, often = Lab(), Lab()
    often.plant.set_speed(200_000)
    for ms in range(1, 1001):
        often.until(ms * MS)
        often.plant.set_speed(200_000 + 800 * ms)
    once.until(1 * S)
    assert once.plant.position() >= often.plant.position() > 450


def test_the_belt_coasts_after_the_drive_is_off_and_counts_go_on():
    lab = Lab()
    lab.until(2 * S)
    before = lab.plant.position()
    lab.command(LINE, 0)
    lab.until(2 * S + 500 * MS)
    halfway = lab.plant.position()
    lab.until(4 * S)
    assert [one[4] for one in lab.kinds(DRIVE)] == [1, 0]
    assert lab.kinds(DRIVE)[1][0] == 2 * S + 20 * MS
    assert halfway - before == pytest.approx(375, abs=6)
    assert lab.plant.position() - before == pytest.approx(500, abs=6)
    assert lab.plant.time_of_count(lab.plant.position() + 1) == NEVER_US


def test_time_of_count_is_the_first_microsecond_that_shows_it():
    lab = Lab(short_line(belt={"speed_mm_s": 777, "length_mm": 4000, "width_mm": 600}))
    lab.until(3 * S)
    for ahead in (1, 2, 17, 500):
        count = lab.plant.position() + ahead
        t = lab.plant.time_of_count(count)
        lab.until(t - 1)
        assert lab.plant.position() == count - 1
        lab.until(t)
        assert lab.plant.position() == count


def test_a_count_that_is_already_there_is_due_now():
    lab = Lab()
    lab.until(3 * S)
    assert lab.plant.time_of_count(lab.plant.position()) == 3 * S
    assert lab.plant.time_of_count(lab.plant.position() - 900) == 3 * S


def test_the_encoder_wraps_in_mid_run():
    lab = Lab(first_count=COUNTS - 2000)
    lab.until(2 * S)
    low = lab.plant.position()
    assert COUNTS - 600 < low < COUNTS
    t = lab.plant.time_of_count(100)
    lab.until(t)
    assert lab.plant.position() == 100
    assert t - 2 * S == (100 + COUNTS - low) * MS - lab_offset(lab, low)


def lab_offset(lab: Lab, low: int) -> int:
    """Less than a count: how far the belt had gone into it at 2 s."""
    return (100 + COUNTS - low) * MS - (lab.plant.now_us - 2 * S)


def test_without_ripple_the_running_speed_is_constant():
    lab = Lab()
    lab.until(2 * S)
    start = lab.plant.position()
    lab.until(102 * S)
    assert lab.plant.position() - start == 100_000


def test_ripple_stays_within_its_bound_and_touches_every_parcel():
    lab = Lab(faults=always("belt_ripple"))
    lab.add(3 * S)
    lab.until(2 * S)
    travels = []
    for n in range(1, 400):
        start = lab.plant.position()
        lab.until(2 * S + n * 50 * MS)
        travels.append(lab.plant.position() - start)
    assert min(travels) >= 48
    assert max(travels) <= 52
    assert len(set(travels)) > 1
    assert lab.fault("belt_ripple") == (pytest.approx(418, abs=5), 1)


@pytest.mark.parametrize(("name", "sign"), [("encoder_missed", -1), ("encoder_extra", 1)])
def test_the_encoder_tells_counts_too_few_or_too_many(name, sign):
    """The same parcel, seen by the same eyes: the counts between infeed and end eye differ by one or two."""
    plain, wrong = Lab(), Lab(faults=at(name, 0))
    for lab in (plain, wrong):
        lab.add(2 * S)
        lab.until(9 * S)
    first, last = plain.edges(0)[0], plain.edges(2)[0]
    assert plain.edges(0)[0] == wrong.edges(0)[0]
    assert wrong.edges(2)[0] - wrong.edges(0)[0] - (last - first) in (sign, 2 * sign)
    assert wrong.fault(name) == (1, 1)


def test_the_same_seed_gives_the_same_inputs_and_another_does_not():
    def run(seed: int) -> list[tuple[int, ...]]:
        lab = Lab(seed=seed, faults=always("parcel_slip") | always("belt_ripple"))
        for n in range(20):
            lab.add((2 + n) * S)
        lab.until(40 * S)
        return lab.told

    assert run(3) == run(3)
    assert run(3) != run(4)
