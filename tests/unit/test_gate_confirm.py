"""How a divert is proven: behaviour 9, provisional claims, failed diverts, gates that are taken out of service."""

import pytest

from sorter_core import codes
from sortyard.config.line import Line
from sortyard.config.numbering import number
from unit.gate_driver import BLOCKED, CLEARED, STOP, Parcel, Yard
from unit.gate_line import (
    ARM,
    CONFIRM_A,
    CONFIRM_B,
    PUSH,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    A,
    B,
    late_confirms,
    small_line,
)

MASK = 0x0FFFFFFF


def finished(yard: Yard) -> Yard:
    yard.finish()
    assert yard.false_claims() == []
    return yard


def test_seen_in_the_chute_is_sorted_and_confirmed():
    yard = Yard().start()
    parcel = yard.send(answer=TO_A)
    finished(yard)
    assert (yard.how(parcel), yard.outcome(parcel).is_confirmed) == ("SORTED", 1)


def test_a_chute_without_a_confirm_eye_is_counted_apart():
    """Not seen at the next verify eye, as it should be: sorted, unconfirmed."""
    yard = Yard(small_line(has_confirm=False)).start()
    parcel = yard.send(answer=TO_A)
    finished(yard)
    assert (yard.how(parcel), yard.outcome(parcel).is_confirmed) == ("SORTED", 0)


def test_a_divert_that_fails_is_told_and_ends_at_reject():
    yard = Yard().start()
    parcel = yard.send(answer=TO_A, fails=frozenset({PUSH}))
    finished(yard)
    assert [event.c for event in yard.events("DIVERT_FAILED")] == [PUSH]
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"
    assert parcel.place == REJECT


def test_a_divert_that_fails_does_not_shift_the_next_ones_identity():
    yard = Yard().start()
    failed, good = yard.send(answer=TO_A, slot=1, fails=frozenset({PUSH})), yard.send(answer=TO_B, slot=2)
    finished(yard)
    assert yard.how(failed) == "REJECTED/UNCERTAIN"
    assert (yard.how(good), yard.outcome(good).slot) == ("SORTED", 2)


@pytest.mark.parametrize("gap", [140, 500, 790, 810, 1200])
def test_however_close_they_follow_those_behind_one_that_fails_are_claimed_by_their_own_edges(gap):
    yard = Yard().start()
    first = yard.put(100, slot=1, answer=TO_B, fails=frozenset({ARM}))
    second = yard.put(100, slot=2, answer=TO_B, nose=-101.0 - gap)
    third = yard.put(100, slot=3, answer=TO_B, nose=-201.0 - gap - 100)
    yard.finish()
    assert [yard.how(parcel) for parcel in (first, second, third)] == [
        "REJECTED/UNCERTAIN",
        "SORTED",
        "SORTED",
    ]
    assert yard.false_claims() == []


def test_without_a_confirm_eye_the_next_verify_eye_tells_of_the_failure():
    yard = Yard(small_line(has_confirm=False)).start()
    parcel = yard.send(answer=TO_A, fails=frozenset({PUSH}))
    finished(yard)
    assert len(yard.events("DIVERT_FAILED")) == 1
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"


def test_neither_in_the_chute_nor_on_the_belt_is_lost():
    """Fired, and then somebody takes it off."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_A)
    yard.until(parcel, 2745)
    yard.lift(parcel)
    finished(yard)
    assert yard.how(parcel) == "LOST/NOT_SEEN"


def test_missed_by_the_confirm_eye_and_by_nobody_else_seen_is_not_claimed():
    """The last gate, no end eye: it may have gone anywhere."""
    line = small_line(has_end_eye=False)
    yard = Yard(line).start()
    parcel = yard.send(answer=6)
    yard.confirm_of.clear()
    yard.finish()
    assert yard.outcome(parcel).chute == -1
    assert yard.outcome(parcel).outcome == "LOST"


@pytest.mark.parametrize("has_confirm", [False, True])
def test_a_parcel_taken_off_between_the_stroke_and_the_eye_before_its_gate_is_lost_not_sorted(
    has_confirm: bool,
):
    """A slow barrier starts before the last verify eye; without a confirm eye its silence there proves nothing."""
    yard = Yard(small_line(has_confirm=has_confirm, gate={"delay_ms": 390, "extend_ms": 700})).start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 3420)
    assert yard.gl.gates.state[ARM] == 2
    yard.lift(parcel)
    finished(yard).run(1500)
    assert yard.how(parcel) == "LOST/NOT_SEEN"
    assert yard.gl.gates.state[ARM] == 0


# --- several parcels in one window ---


def pair(
    yard: Yard, gap: int = 25, length: int = 120, fails: frozenset[int] = frozenset()
) -> tuple[Parcel, Parcel]:
    first = yard.put(length, slot=1, answer=TO_B)
    return first, yard.put(length, slot=2, answer=TO_B, nose=-1.0 - length - gap, fails=fails)


def test_an_edge_that_may_be_either_is_provisional_until_the_second_comes():
    """145 mm behind each other: the first is seen 600 mm after its gate, the second might be from 450 mm on."""
    yard = Yard().start()
    first, second = pair(yard)
    finished(yard)
    assert [yard.how(first), yard.how(second)] == ["SORTED", "SORTED"]
    claims = [said.position for said in yard.tell("DISPOSITION")]
    assert claims[1] - claims[0] < 10


@pytest.mark.parametrize("line", [small_line(), late_confirms("B", 1200)])
def test_one_edge_for_two_parcels_claims_neither(line: Line):
    """That the second runs on is told by its confirm eye's silence, or before by the eye behind its gate."""
    yard = Yard(line).start()
    first, second = pair(yard, fails=frozenset({ARM}))
    finished(yard)
    assert yard.how(first) == "LOST/UNPROVEN"
    assert yard.how(second) == "REJECTED/UNCERTAIN"


def test_a_claim_that_waits_for_the_second_edge_is_dropped_when_the_first_is_seen_on_the_belt():
    """The edge was that of the second; the first runs past its barrier."""
    yard = Yard().start()
    first = yard.put(100, slot=1, answer=TO_B, fails=frozenset({ARM}))
    second = yard.put(100, slot=2, answer=TO_B, nose=-186.0)
    yard.finish()
    assert yard.how(first) == "REJECTED/UNCERTAIN"
    assert (second.place, yard.outcome(second).chute) == (B, -1)
    assert yard.false_claims() == []


@pytest.mark.parametrize("line", [late_confirms("B", 1200), small_line(has_confirm=False)])
def test_an_edge_behind_a_gate_that_two_may_have_made_claims_neither(line: Line):
    """The first is taken off before its chute, the second slips half the way up to it and runs past its barrier."""
    yard = Yard(line).start()
    first = yard.put(100, slot=1, answer=TO_B, fails=frozenset({ARM}))
    second = yard.put(100, slot=2, answer=TO_B, nose=-111.0, fails=frozenset({ARM}))
    yard.until(first, 4700)
    yard.lift(first)
    second.nose += 55
    yard.finish()
    assert {yard.outcome(parcel).chute for parcel in (first, second)} <= {-1, REJECT}
    assert yard.outcome(second).outcome != "SORTED"
    assert yard.false_claims() == []


def stranger_behind(yard: Yard) -> tuple[Parcel, Parcel]:
    """Thrown on behind a parcel that the barrier is promised to, so close that the barrier stays out for both."""
    parcel = yard.send(600, answer=TO_B)
    yard.until(parcel, 4346)
    stranger = yard.put(300, slot=-1, nose=3499)
    yard.until(parcel, 4530)
    return parcel, stranger


def test_an_edge_that_may_be_a_strangers_whom_the_barrier_stayed_out_for_claims_nobody():
    """The parcel vanishes in the barrier's sweep; the one behind it, never sent there, is seen in its chute."""
    yard = Yard(late_confirms("B", 1700)).start()
    parcel, stranger = stranger_behind(yard)
    yard.lift(parcel)
    yard.finish().run(6000)
    assert stranger.place == B
    assert yard.how(parcel) == "LOST/UNPROVEN"
    assert yard.false_claims() == []


def test_two_strangers_whom_the_barrier_stayed_out_for_prove_nothing_with_two_edges():
    yard = Yard(late_confirms("B", 1700)).start()
    parcel, _ = stranger_behind(yard)
    yard.lift(parcel)
    yard.run(170)
    yard.put(300, slot=-1, nose=3499)
    yard.finish().run(6000)
    assert len(yard.events("UNEXPECTED_CONFIRM")) == 1
    assert yard.how(parcel) == "LOST/UNPROVEN"
    assert yard.false_claims() == []


def test_the_next_ones_own_edge_does_not_settle_what_a_strangers_may_have_begun():
    """The parcel vanished, the stranger was seen; one sent there next is claimed, and later ones are as ever."""
    yard = Yard(late_confirms("B", 1700)).start()
    vanished = yard.send(600, answer=TO_B)
    yard.put(300, slot=2, answer=TO_END, nose=-600.0)
    next_one = yard.put(300, slot=3, answer=TO_B, nose=-1500.0)
    yard.until(vanished, 4346)
    yard.put(300, slot=-1, nose=3499)
    yard.until(vanished, 4530)
    yard.lift(vanished)
    yard.finish().run(6000)
    assert yard.how(vanished) == "LOST/UNPROVEN"
    assert yard.how(next_one) == "SORTED"
    first, second = pair(yard)
    finished(yard)
    assert [yard.how(first), yard.how(second)] == ["SORTED", "SORTED"]


def test_an_edge_of_a_stranger_in_a_chute_close_by_comes_before_the_barrier_is_to_go_home():
    """Its confirm eye is 100 mm behind the gate; the long parcel ahead has vanished, and is to pass in a moment."""
    line = late_confirms("B", 1700, parcels={"max_length_mm": 1200})
    eyes = tuple(
        eye.model_copy(update={"travel_mm": (100, 1700)}) if eye.chute == "B" else eye for eye in line.eye
    )
    yard = Yard(line.model_copy(update={"eye": eyes})).start()
    parcel = yard.send(780, answer=TO_B)
    yard.until(parcel, 4346)
    stranger = yard.put(100, slot=-1, nose=3499)
    yard.until(parcel, 4530)
    yard.lift(parcel)
    yard.until(stranger, 4550)
    yard.run(100)
    assert yard.gl.gates.state[ARM] == 2
    yard.feed(BLOCKED, CONFIRM_B)
    yard.run(50)
    yard.feed(CLEARED, CONFIRM_B)
    stranger.confirms.clear()
    yard.finish().run(10_000)
    assert yard.how(parcel) == "LOST/UNPROVEN"
    assert yard.false_claims() == []


def test_an_edge_too_early_for_a_stranger_behind_is_the_parcels_own():
    yard = Yard(late_confirms("B", 1700)).start()
    parcel, stranger = stranger_behind(yard)
    finished(yard)
    assert stranger.place == B
    assert (yard.how(parcel), yard.outcome(parcel).is_confirmed) == ("SORTED", 1)


def test_a_row_of_provisional_claims_is_settled_by_its_last_edge():
    yard = Yard().start()
    row = [yard.put(120, slot=slot, answer=TO_B, nose=-1.0 - 145 * slot) for slot in range(4)]
    finished(yard)
    assert [yard.how(parcel) for parcel in row] == ["SORTED"] * 4


def test_a_very_long_row_ends_somehow_and_claims_nothing_false():
    yard = Yard().start()
    row = [yard.put(120, slot=slot, answer=TO_B, nose=-1.0 - 145 * slot) for slot in range(14)]
    yard.finish().run(6000)
    assert len(yard.ended) == len(row)
    assert yard.false_claims() == []
    assert yard.faults() == []


def test_a_long_parcel_is_claimed_when_its_tail_has_cleared_the_eye():
    """Its nose is in the chute, its tail still under the last verify eye: until then it might be two."""
    yard = Yard(small_line(parcels={"max_length_mm": 1900})).start()
    parcel = yard.send(1800, answer=TO_B, fails=frozenset({ARM}))
    yard.until(parcel, 5100)
    yard.feed(BLOCKED, CONFIRM_B)
    yard.run(150)
    assert yard.ended == []
    yard.run(60)
    yard.lift(parcel)
    yard.run(2)
    assert yard.how(parcel) == "SORTED"


@pytest.mark.parametrize("length", [6, 7])
def test_of_a_row_too_long_to_settle_at_once_the_rest_is_not_claimed(length):
    """The last edge settles four; those behind them wait for an edge of their own, which does not come."""
    yard = Yard().start()
    row = [yard.put(120, slot=slot, answer=TO_B, nose=-1.0 - 145 * slot) for slot in range(length)]
    finished(yard).run(6000)
    assert [yard.how(parcel) for parcel in row[:4]] == ["SORTED"] * 4
    assert {yard.how(parcel) for parcel in row[4:-1]} == {"LOST/UNPROVEN"}
    assert yard.how(row[-1]) == "SORTED"


def test_an_edge_too_late_for_the_first_is_the_second_ones():
    """The first one's confirm window is over by 5 mm; nothing has been said of it yet."""
    yard = Yard().start()
    first, second = pair(yard, gap=33, length=180)
    first.fails = frozenset({ARM})
    finished(yard)
    assert yard.how(first) == "REJECTED/UNCERTAIN"
    assert (yard.how(second), yard.outcome(second).is_confirmed) == ("SORTED", 1)


def test_a_belt_moved_by_hand_past_the_confirm_window_of_a_gate_without_power():
    """Committed, then an emergency stop: its gate never moved for it, and that is not the gate's failure."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4350)
    assert yard.gl.gates.state[ARM] == 1
    yard.estop()
    yard.run(300)
    yard.speed = 0.5
    yard.until(parcel, 5400)
    yard.speed = 0.0
    yard.run(300)
    assert [event.c for event in yard.events("DIVERT_FAILED")] == [ARM]
    yard.recover()
    finished(yard)
    assert yard.tell("GATE_EXTEND") == []
    assert yard.gl.gates.fails[ARM] == 0
    assert yard.outcome(parcel).outcome != "SORTED"


def test_one_that_vanishes_with_its_gate_about_to_move_leaves_the_gate_alone():
    """A slow arm is committed to it before the last verify eye, which does not see it come."""
    yard = Yard(small_line(gate={"delay_ms": 300, "extend_ms": 400})).start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 3400)
    yard.lift(parcel)
    finished(yard)
    assert yard.how(parcel) == "LOST/NOT_SEEN"
    assert yard.tell("GATE_EXTEND") == []


def test_two_eyes_of_one_chute_tell_only_once_that_it_is_full():
    line = small_line()
    second = next(eye for eye in line.eye if eye.name == "C-A").model_copy(update={"name": "C-A2"})
    yard = Yard(line.model_copy(update={"eye": [*line.eye, second]})).start()
    confirms = [i for i, eye in enumerate(number(yard.line).eyes) if eye.chute == "A"]
    assert len(confirms) == 2
    for eye in confirms:
        yard.feed(BLOCKED, eye)
        yard.run(1500)
    assert [event.c for event in yard.events("CHUTE_FULL")] == [A]


# --- gates that misbehave ---


def test_three_failed_diverts_take_the_gate_out_of_service_until_reset():
    yard = Yard().start()
    for slot in range(3):
        yard.send(slot=slot, answer=TO_A, fails=frozenset({PUSH}))
        yard.run(3000)
    assert yard.faults() == ["GATE_FAILS"]
    fourth = yard.send(slot=5, answer=TO_A)
    finished(yard)
    assert yard.how(fourth) == "RECIRCULATED/GATE_FAULT"
    yard.feed(STOP)
    yard.run(10)
    yard.recover()
    fifth = yard.send(slot=6, answer=TO_A)
    finished(yard)
    assert yard.how(fifth) == "SORTED"


def test_after_a_reset_three_more_failures_are_noticed_again():
    yard = Yard().start()
    for slot in range(7):
        yard.send(slot=slot, answer=TO_A, fails=frozenset({PUSH}))
        yard.run(3000)
        if slot == 3:
            yard.recover()
    assert yard.faults() == ["GATE_FAILS", "GATE_FAILS"]


def test_a_success_in_between_forgives():
    yard = Yard().start()
    for slot, fails in enumerate(({PUSH}, {PUSH}, set(), {PUSH}, {PUSH})):
        yard.send(slot=slot, answer=TO_A, fails=frozenset(fails))
        yard.run(2500)
    finished(yard)
    assert yard.faults() == []


def test_parcels_that_nobody_sent_into_a_chute_stop_the_line():
    """A gate that is stuck out, or a hole in the side guard."""
    yard = Yard().start()
    for _ in range(3):
        yard.feed(BLOCKED, CONFIRM_A)
        yard.run(50)
        yard.feed(CLEARED, CONFIRM_A)
        yard.run(50)
    assert len(yard.events("UNEXPECTED_CONFIRM")) == 3
    assert yard.faults() == ["GATE_STUCK"]
    assert yard.tell("LINE")[-1].a == 0
    # It is out, whatever it was told last: the next start sends it home.
    assert yard.tell("GATE_RETRACT") == []
    yard.recover()
    assert [said.a for said in yard.tell("GATE_RETRACT")] == [PUSH]


def test_parcels_that_come_to_a_chute_that_fills_up_say_nothing_about_its_gate():
    """Somebody stands in its eye: three more were on their way, nobody sees them come, and the gate goes on."""
    yard = Yard().start()
    yard.feed(BLOCKED, CONFIRM_A)
    for slot in range(3):
        yard.send(slot=slot, answer=TO_A, fails=frozenset({PUSH}))
        yard.gl.chutes.heaped[A] = 0
        yard.run(500)
    yard.run(4000)
    assert yard.faults() == []
    yard.feed(CLEARED, CONFIRM_A)
    parcel = yard.send(slot=5, answer=TO_A)
    finished(yard)
    assert yard.how(parcel) == "SORTED"


def test_a_heaped_chute_is_full_until_its_eye_clears():
    yard = Yard().start()
    yard.feed(BLOCKED, CONFIRM_A)
    yard.run(1250)
    assert [event.c for event in yard.events("CHUTE_FULL")] == [A]
    parcel = yard.send(answer=TO_A)
    finished(yard)
    assert yard.how(parcel) == "RECIRCULATED/CHUTE_FULL"
    yard.feed(CLEARED, CONFIRM_A)
    parcel = yard.send(slot=2, answer=TO_A)
    assert [event.c for event in yard.events("CHUTE_FREE")] == [A]
    finished(yard)
    assert yard.how(parcel) == "SORTED"


# --- end-position feedback ---


def feedback_yard() -> Yard:
    return Yard(small_line(gate={"feedback": True})).start()


def test_no_end_position_in_time_is_a_fault_and_the_gate_is_passed_over():
    yard = feedback_yard()
    first = yard.send(answer=TO_B)
    yard.until(first, 4600)
    assert yard.faults() == ["GATE_NO_END"]
    second = yard.send(slot=2, answer=TO_B)
    finished(yard)
    assert yard.how(second) == "RECIRCULATED/GATE_FAULT"


def test_an_end_position_in_time_is_no_fault_but_a_late_one_is_a_warning():
    yard = feedback_yard()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4365)
    yard.run(100)
    yard.feed(7, ARM, 0, 2)
    yard.feed(7, ARM, 2, 0)
    yard.run(400)
    assert yard.faults() == []
    assert [event.c & 127 for event in yard.events("GATE_SLOW")] == [ARM]


def test_without_confirm_eye_a_gate_that_never_said_it_was_out_proves_nothing():
    yard = Yard(small_line(gate={"feedback": True}, has_confirm=False)).start()
    parcel = yard.send(answer=TO_B)
    finished(yard)
    assert "GATE_NO_END" in yard.faults()
    assert yard.how(parcel) == "LOST/UNPROVEN"


def test_wear_is_told_when_the_rated_cycles_are_reached():
    yard = Yard(small_line(gate={"rated_kcycles": 1})).start()
    yard.gl.health.cycles[PUSH] = 998
    for slot in range(3):
        yard.send(slot=slot, answer=TO_A)
    finished(yard)
    assert [(codes.FAULTS[said.a], said.b, said.c) for said in yard.tell("FAULT")] == [
        ("GATE_WORN", PUSH, 1000)
    ]


@pytest.mark.parametrize("answer", [TO_A, TO_B])
def test_every_gate_is_home_again_after_all(answer):
    yard = Yard().start()
    for slot in range(3):
        yard.send(slot=slot, answer=answer)
    finished(yard)
    assert list(yard.gl.gates.state) == [0, 0, 0]
    assert not any(yard.is_out.values())
    assert {parcel.place for parcel in yard.parcels} == {A if answer == TO_A else B}
