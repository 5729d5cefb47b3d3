"""Long parcels: into the chute while the tail is still in the eye before the gate, or over the end of the belt."""

import pytest

from sortyard.config.line import Line
from unit.gate_driver import BLOCKED, CLEARED, Parcel, Yard
from unit.gate_line import (
    ARM,
    END,
    LOOP,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    TO_LOOP,
    V2,
    V3,
    A,
    B,
    late_confirms,
    small_line,
)

LONG, LONGEST = {"max_length_mm": 2300}, {"max_length_mm": 3000}


@pytest.mark.parametrize("has_confirm", [True, False])
def test_one_longer_than_the_way_from_eye_to_eye_is_claimed_when_its_tail_has_come(has_confirm):
    """It slides into the chute, its tail still at the eye before the gate, when the next eye no longer expects it."""
    yard, parcel, tail = with_its_tail_in_the_eye(small_line(has_confirm=has_confirm, parcels=LONG), 2200)
    yard.run(1280)
    assert yard.ended == []
    yard.run(20)
    yard.lift(tail)
    yard.run(10)
    assert (yard.how(parcel), parcel.place) == ("SORTED", B)


@pytest.mark.parametrize("has_confirm", [True, False])
def test_one_whose_tail_does_not_come_is_not_claimed(has_confirm):
    """Something has got stuck under the last eye before the gate: what went into the chute may be more than one."""
    yard, parcel, stuck = with_its_tail_in_the_eye(small_line(has_confirm=has_confirm, parcels=LONG), 1200)
    yard.run(1400)
    assert parcel.place == B
    assert yard.ended == []
    yard.run(1500)
    assert yard.faults()[0] == "JAM"
    yard.lift(stuck)
    yard.run(100)
    assert yard.how(parcel) == "LOST/UNPROVEN"


def test_one_that_slides_slowly_is_claimed_when_both_its_confirmation_and_its_tail_have_come():
    """The next eye no longer expects it, its confirm eye still does."""
    yard, parcel, tail = slides_slowly(confirmed_at=5650)
    yard.run(1050)
    assert yard.ended == []
    yard.lift(tail)
    yard.run(100)
    assert (yard.how(parcel), parcel.place) == ("SORTED", B)


def test_one_that_does_not_arrive_is_lost_though_its_tail_is_still_to_come():
    yard, parcel, tail = slides_slowly(confirmed_at=None)
    yard.run(1400)
    assert (yard.how(parcel), yard.blocked[V2]) == ("LOST/NOT_SEEN", True)
    yard.lift(tail)
    assert yard.finish().faults() == []


@pytest.mark.parametrize("length", [800, 1900])
def test_one_of_which_the_middle_comes_to_a_pusher_behind_the_end_of_the_belt_is_rejected_there(length):
    """The pusher meets what lies at 7,750 mm: the nose would be 150 mm, or 700 mm, beyond the belt by then."""
    line = small_line(has_end_eye=False, parcels=LONG)
    gates = [
        gate.model_copy(update={"kind": "pusher", "position_mm": 7600}) if gate.name == "WHEEL" else gate
        for gate in line.diverter
    ]
    yard = Yard(line.model_copy(update={"diverter": gates})).start()
    parcel = yard.send(length, answer=TO_LOOP)
    yard.finish()
    assert (yard.how(parcel), parcel.place) == ("REJECTED/LATE_DATA", REJECT)
    assert yard.tell("GATE_EXTEND") == []
    assert yard.gl.tracks.count == 0


@pytest.mark.parametrize("past", [0, 30, 55])
def test_the_tail_of_one_that_lay_past_an_eye_at_boot_keeps_its_room(past: int):
    """The eye that found it has measured only what lay before it; where the next one sees its nose, its tail has not
    moved. The pusher needs 170 mm, and there are 150."""
    yard = Yard(small_line(parcels=LONG))
    found = yard.put(1495 + past, slot=-1, nose=1500 + past)
    follower = yard.put(150, slot=2, answer=TO_A, nose=found.tail - 150)
    yard.start().finish()
    assert (yard.how(follower), yard.tell("GATE_EXTEND")) == ("REJECTED/GAP_TOO_SMALL", [])


@pytest.mark.parametrize("blocks_again", [True, False])
def test_an_end_eye_that_clears_too_early_lets_no_gate_move_into_a_tail(blocks_again):
    """The tail of the long one still lies on the wheels."""
    yard, long, short = with_an_end_eye_that_clears_too_early(300, blocks_again)
    yard.finish()
    assert (yard.strikes, yard.false_claims()) == ([], [])
    assert (yard.how(long), yard.how(short)) == ("LOST/UNPROVEN", "REJECTED/GAP_TOO_SMALL")


def test_an_end_eye_that_clears_too_early_stops_nobody_whose_gate_is_free():
    """Its tail has left the wheels, and is before the end eye, when they move for the next."""
    yard, long, short = with_an_end_eye_that_clears_too_early(600, False)
    yard.until(short, 6470)
    assert (long.tail < 7800, yard.ended, len(yard.tell("GATE_EXTEND"))) == (True, [], 1)
    yard.finish()
    assert (yard.strikes, yard.false_claims()) == ([], [])
    assert (yard.how(long), yard.how(short)) == ("LOST/UNPROVEN", "RECIRCULATED")


def with_an_end_eye_that_clears_too_early(gap: int, blocks_again: bool) -> tuple[Yard, Parcel, Parcel]:
    """One of 1,400 mm clears the end eye after 40 mm, for 300 mm or for good; behind it comes one for the loop."""
    yard = Yard(small_line(parcels=LONG)).start()
    long = yard.put(1400, slot=1, answer=TO_END)
    short = yard.put(200, slot=2, answer=TO_LOOP, nose=-1.0 - 1400 - gap)
    yard.until(long, 7840)
    yard.feed(CLEARED, END)
    yard.run(300)
    if blocks_again:
        yard.feed(BLOCKED, END)
    return yard, long, short


@pytest.mark.parametrize("length", [2300, 2450])
def test_an_eye_that_clears_too_early_lets_no_gate_behind_it_move_into_a_tail(length):
    """Confirmed in its chute, the tail of the long one lies before the eye that has cleared, at the gate behind."""
    yard, long, short, tail = with_a_slow_gate_behind(small_line(parcels=LONGEST), length)
    long.confirms[ARM] = yard.position + 405
    yard.feed(CLEARED, V2)
    yard.until(tail, 3500 + 1950)
    yard.lift(tail)
    yard.finish()
    assert (yard.strikes, yard.false_claims()) == ([], [])
    assert (yard.how(long), yard.how(short)) == ("LOST/UNPROVEN", "RECIRCULATED/GAP_TOO_SMALL")


def with_a_slow_gate_behind(line: Line, length: int) -> tuple[Yard, Parcel, Parcel, Parcel]:
    """A long one goes into B, its tail stays in the eye before the gate; 600 mm behind comes one for a slow arm."""
    slow = {"kind": "swing_arm", "extend_ms": 300}
    gates = [gate.model_copy(update=slow) if gate.name == "PUSH" else gate for gate in line.diverter]
    yard = Yard(line.model_copy(update={"diverter": gates})).start()
    long = yard.put(length, slot=1, answer=TO_B)
    short = yard.put(200, slot=2, answer=TO_A, nose=-1.0 - length - 600)
    yard.until(long, 4540)
    tail = yard.put(1950, slot=-1, nose=long.tail + 1950, fails=frozenset([ARM]))
    yard.until(long, 4600)
    assert long.place == B
    return yard, long, short, tail


@pytest.mark.parametrize("confirmed_at", [5650, 5700])
def test_a_tail_that_reaches_back_to_the_gate_before_keeps_it_still_though_its_nose_has_left_the_belt(
    confirmed_at,
):
    """Longer than two gates are apart, and confirmed behind the place where the next eye would have seen it."""
    yard, long, short, tail = with_a_slow_gate_behind(late_confirms("B", 1400, parcels=LONGEST), 2880)
    long.confirms[ARM] = yard.position + confirmed_at - 4550
    yard.until(tail, 3500 + 1950)
    yard.lift(tail)
    yard.finish()
    assert (yard.strikes, yard.false_claims(), yard.how(short)) == ([], [], "RECIRCULATED/GAP_TOO_SMALL")
    assert (long.place, yard.how(long)) == (B, "SORTED")


@pytest.mark.parametrize(("length", "is_in_zone"), [(800, True), (620, False)])
def test_no_barrier_goes_home_into_one_that_was_thrown_on_beside_its_own(length, is_in_zone):
    """Its nose is seen at the eye behind the zone before the barrier is due; nobody knows yet how long it is."""
    yard, own, stray = with_one_thrown_on_beside_it(small_line(parcels=LONG), length)
    assert (yard.ended, stray.covers(4500, 4900)) == ([], is_in_zone)
    yard.finish()
    assert (yard.strikes, yard.false_claims(), len(yard.tell("GATE_RETRACT"))) == ([], [], 1)
    assert (own.place, yard.how(own)) == (B, "LOST/MERGED")


def test_a_barrier_goes_home_in_time_beside_one_that_is_too_far_on_to_reach_its_zone():
    yard, own, _ = with_one_thrown_on_beside_it(small_line(), 590)
    assert (yard.blocked[V3], len(yard.tell("GATE_RETRACT"))) == (True, 1)
    yard.finish()
    assert (yard.strikes, yard.false_claims(), own.place) == ([], [], B)


@pytest.mark.parametrize(("length", "is_in_zone"), [(800, True), (300, False)])
def test_no_barrier_goes_home_into_one_in_the_eye_behind_it_when_the_next_is_many_eyes_upstream(
    length, is_in_zone
):
    """Its own has been confirmed: nobody is left from whom to look for the neighbours but who is in the eye."""
    yard = Yard(with_eyes_close_to_the_wheel(small_line(parcels=LONG))).start()
    own = yard.send(200, answer=TO_LOOP)
    yard.until(own, 6400)
    yard.put(300, slot=-1)
    yard.run(560)
    assert (own.place, yard.how(own)) == (LOOP, "RECIRCULATED")
    stray = yard.put(length, slot=-1, nose=7110)
    yard.until(stray, 7240)
    assert (stray.covers(6500, 6800), len(yard.tell("GATE_RETRACT"))) == (is_in_zone, 0 if is_in_zone else 1)
    yard.finish()
    assert (yard.strikes, yard.false_claims(), len(yard.tell("GATE_RETRACT"))) == ([], [], 1)


def with_eyes_close_to_the_wheel(line: Line) -> Line:
    """Four more verify eyes before it, and one behind its zone."""
    verify = next(eye for eye in line.eye if eye.role == "verify")
    more = [
        verify.model_copy(update={"name": f"V-{x}", "position_mm": x}) for x in (5700, 5900, 6100, 6300, 6850)
    ]
    return line.model_copy(update={"eye": (*line.eye, *more)})


def with_one_thrown_on_beside_it(line: Line, length: int) -> tuple[Yard, Parcel, Parcel]:
    """A parcel goes into B and is seen there late; another is 365 mm further on, and the barrier is due by now."""
    yard = Yard(line).start()
    own = yard.send(300, answer=TO_B)
    yard.until(own, 4545)
    stray = yard.put(length, slot=-1, nose=4910)
    yard.until(own, 4600)
    own.confirms[ARM] = yard.position + 730
    yard.until(stray, 5605)
    return yard, own, stray


def slides_slowly(confirmed_at: int | None) -> tuple[Yard, Parcel, Parcel]:
    """Diverted, its tail in the eye before the gate; `confirmed_at`: where on the belt its nose would be by then."""
    yard, parcel, tail = with_its_tail_in_the_eye(late_confirms("B", 1400, parcels=LONG), 2250)
    yard.until(parcel, 4700)
    assert parcel.place == B
    parcel.confirms.clear()
    if confirmed_at:
        parcel.confirms[ARM] = yard.position + confirmed_at - 4700
    return yard, parcel, tail


def with_its_tail_in_the_eye(line: Line, length: int) -> tuple[Yard, Parcel, Parcel]:
    """A parcel for B before its gate, and something that keeps the eye before the gate blocked."""
    yard = Yard(line).start()
    parcel = yard.send(length, answer=TO_B)
    yard.until(parcel, 4400)
    tail = yard.put(100, slot=-1, nose=3550)
    tail.is_stuck = True
    return yard, parcel, tail


def test_one_that_was_read_but_whose_tail_the_infeed_eye_did_not_tell_was_not_unread():
    """Something has stuck there, in the beam. No chute is chosen without a length."""
    yard = Yard(small_line(parcels=LONG)).start()
    parcel = yard.put(300, slot=1, answer=TO_B)
    yard.until(parcel, 100)
    dirt = yard.put(30, slot=-1, nose=10)
    dirt.is_stuck = True
    yard.until(parcel, 8500)
    yard.lift(dirt)
    yard.finish()
    assert len(yard.events("ASSIGNED")) == 1
    assert (yard.how(parcel), parcel.place) == ("REJECTED/LATE_DATA", REJECT)


def test_a_parcel_that_a_pusher_would_meet_when_its_confirm_window_is_over_is_not_sent_there():
    """Half of its 1,900 mm has to pass before the stroke, and the confirm eye awaits a nose for 700 mm."""
    yard = Yard(small_line(parcels=LONG)).start()
    long, short = (yard.send(length, slot=slot, answer=TO_A) for slot, length in ((1, 1900), (2, 600)))
    yard.finish()
    assert yard.false_claims() == []
    assert yard.how(long) == "REJECTED/LENGTH"
    assert yard.events("DIVERT_FAILED") == []
    assert (short.place, yard.how(short)) == (A, "SORTED")
