"""Encoder faults, jams while the belt coasts, and counters that leap: behaviours 12 and 13."""

import pytest

from unit.gate_driver import DRIVE, STOP, Yard
from unit.gate_line import TO_B

RESUME, FLUSH = 0, 1


def test_counts_that_stop_with_the_drive_on():
    yard = Yard().start()
    yard.speed = 0.0
    yard.run(2000)
    assert yard.faults() == ["ENCODER_STALLED"]
    assert yard.tell("LINE")[-1].a == 0


def test_counts_with_the_drive_off():
    yard = Yard().start()
    yard.feed(DRIVE, 0, 0)
    yard.run(4000)
    assert yard.faults() == ["ENCODER_DRIFT"]


@pytest.mark.parametrize(("speed", "fault"), [(1.5, "OVERSPEED"), (-0.9, "REVERSED"), (9000.0, "OVERSPEED")])
def test_speeds_that_cannot_be(speed, fault):
    yard = Yard().start()
    yard.every_ms = True
    yard.speed = speed
    yard.run(300)
    assert yard.faults()[0] == fault
    assert yard.tell("LINE")[-1].a == 0


@pytest.mark.parametrize("speed", [0.2003, 0.3015, 0.9987])
def test_the_speed_of_an_even_belt_is_known_to_less_than_a_count_of_a_window(speed: float):
    """A window of 131 ms holds a count more or less by where it begins: of 26 counts that is 4 % of a gate's lead."""
    yard = Yard()
    yard.full_speed = speed
    yard.start()
    yard.run(3000)
    for _ in range(40):
        yard.run(131)
        assert yard.gl.speed / 4 == pytest.approx(speed * 131.072, abs=0.5)


def test_a_belt_that_slows_down_is_not_taken_for_one_that_counts_unevenly():
    yard = Yard().start()
    yard.run(2000)
    yard.speed = 0.5
    yard.run(300)
    assert yard.gl.speed / 4 == pytest.approx(0.5 * 131.072, abs=1)


def test_a_parcel_that_runs_back_out_of_the_infeed_eye_does_not_keep_the_line_from_starting_again():
    """It is seen off as too short while the belt is further back than where it was seen first."""
    yard = Yard().start()
    parcel = yard.put(300, slot=-1)
    yard.until(parcel, 10)
    yard.every_ms = True
    yard.speed = -0.9
    yard.run(300)
    assert yard.faults() == ["REVERSED"]
    yard.run(20)
    assert not yard.gl.is_pending  # it rests, as the belt does
    yard.recover(FLUSH)
    assert [said.a for said in yard.tell("LINE")] == [1, 0, 1]
    assert len(yard.events("FLUSH")) == 1


def test_after_an_encoder_fault_positions_are_not_believed():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 2000)
    yard.speed = 0.0
    yard.run(2000)
    yard.recover(RESUME)
    assert len(yard.events("FLUSH")) == 1
    yard.finish()
    assert yard.how(parcel) == "REJECTED/FLUSHED"


def test_a_jam_that_is_found_while_the_belt_coasts_changes_no_state():
    """The line is stopped already: it is told, and the next start needs no reset."""
    yard = Yard().start()
    parcel = yard.put(300, slot=-1)
    yard.until(parcel, 10)
    parcel.is_stuck = True
    yard.feed(STOP)
    yard.run(2)
    yard.speed = 0.5
    yard.run(2000)
    yard.speed = 0.0
    yard.run(300)
    assert yard.faults() == ["JAM"]
    assert [said.a for said in yard.tell("LINE")] == [1, 0]
    yard.start()
    assert [said.a for said in yard.tell("LINE")] == [1, 0, 1]


def test_an_eye_that_stays_dark_after_its_parcel_has_come_to_the_next_means_flush():
    """Something lies down before V1 while a parcel passes; V2 sees that one, and then nobody is known to be at V1."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 1510)
    yard.put(40, slot=-1, nose=1520).is_stuck = True
    while parcel.nose < 3600:
        yard.run(1500)
        yard.recover(RESUME)
    assert set(yard.faults()) == {"JAM"}
    assert yard.ended == []
    assert yard.events("FLUSH") == []
    yard.feed(STOP)
    yard.run(50)
    yard.recover(RESUME)
    assert len(yard.events("FLUSH")) == 1
    assert yard.false_claims() == []


def test_a_counter_that_leaps_with_a_parcel_at_the_infeed_stops_the_line_once():
    """117 million counts in a step: nobody has come so far, and nothing is awaited there any more."""
    yard = Yard().start()
    parcel = yard.put(300, slot=-1)
    yard.until(parcel, 10)
    yard.position += 0x07000000
    yard.run(300)
    assert yard.faults() == ["JAM"]
    assert [said.a for said in yard.tell("LINE")] == [1, 0]
    yard.recover(RESUME)
    assert len(yard.events("FLUSH")) == 1
    yard.finish()
    assert yard.false_claims() == []
