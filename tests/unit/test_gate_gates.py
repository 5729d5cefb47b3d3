"""Gates between two strokes: one that waits for the way home, a slow belt, and stops at the wrong moment."""

import pytest

from unit.gate_driver import CHUTE, ESTOP, GATE_END, RESET, START, STOP, Parcel, Yard
from unit.gate_line import ARM, PUSH, REJECT, TO_A, TO_B, A, B, small_line
from unit.test_gate_fire import SLOW_PUSHER, convoy, finished, said_of

HOME, ARMED, OUT = range(3)
RUNNING = 1
COMMITTED = 2
SLOW = {"delay_ms": 390, "extend_ms": 700}
"""Decides at 3,353 mm; on a slow belt it is told to extend much further down."""


def settled(yard: Yard) -> Yard:
    """As `finished`, for a belt so slow that it takes a minute to run empty."""
    yard.run(60_000)
    return finished(yard)


def one_waits_for_the_barrier() -> tuple[Yard, Parcel, Parcel]:
    """The barrier is out for the first; the second has decided, and its stroke comes after the way home."""
    yard = Yard(small_line(gate=SLOW))
    yard.full_speed = 0.3
    yard.start()
    first, second = convoy(yard, (300, TO_B, 0), (300, TO_B, 1010))
    yard.until(second, 3400)
    assert yard.gl.gates.state[ARM] == OUT
    assert yard.gl.gates.queued[ARM] == 2
    return yard, first, second


def test_a_stroke_that_waits_for_the_way_home_follows_the_parcel_to_its_last_eye():
    """The verify eye finds the second 45 mm behind, so that it is extended for 45 mm later."""
    yard, first, second = one_waits_for_the_barrier()
    due = yard.gl.gates.queued_due[ARM]
    second.nose -= 45
    yard.until(second, 3520)
    assert yard.gl.gates.queued_due[ARM] - due == pytest.approx(45, abs=2)
    settled(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1), ("RETRACT", 1), ("EXTEND", 2), ("RETRACT", 2)]
    assert [yard.how(first), yard.how(second)] == ["SORTED"] * 2


def test_a_stroke_that_waits_becomes_a_hold_when_the_belt_may_be_faster_by_then():
    """Stopped and started right before the retract: at full speed the barrier would not be home in time."""
    yard, first, second = one_waits_for_the_barrier()
    yard.until(second, 3850)
    yard.feed(STOP)
    yard.run(600)
    yard.start(0)
    settled(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1), ("HOLD", 2), ("RETRACT", 2)]
    assert [yard.how(first), yard.how(second)] == ["SORTED"] * 2


def test_a_stroke_that_waits_is_given_up_in_an_emergency_stop():
    """The barrier goes home without power; nobody is sent to it on what was planned before."""
    yard, _, second = one_waits_for_the_barrier()
    yard.estop()
    yard.run(500)
    yard.recover()
    settled(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1)]
    assert yard.how(second) == "REJECTED/UNCERTAIN"
    assert yard.gl.gates.queued[ARM] == -1


def test_a_stroke_that_waits_is_given_up_for_a_parcel_that_is_not_as_long_as_it_was():
    """The eye before the barrier sees its end 100 mm too early, while the barrier is still out for the first."""
    yard, first, second = one_waits_for_the_barrier()
    second.length = 200
    yard.until(second, 3710)
    assert yard.gl.gates.state[ARM] == OUT
    assert yard.gl.gates.queued[ARM] == -1
    settled(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1), ("RETRACT", 1)]
    assert [yard.how(first), yard.how(second)] == ["SORTED", "LOST/UNPROVEN"]


def test_a_gate_is_not_extended_for_a_parcel_that_is_lost_after_the_decision():
    """The barrier decides ahead of the last eye, and on a slow belt moves behind it; there nobody comes."""
    yard = Yard(small_line(gate=SLOW))
    yard.full_speed = 0.3
    yard.start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 3400)
    assert yard.gl.gates.state[ARM] == ARMED
    yard.lift(parcel)
    settled(yard)
    assert yard.gl.gates.state[ARM] == HOME
    assert said_of(yard, ARM) == []
    assert yard.how(parcel) == "LOST/NOT_SEEN"


def test_a_pusher_that_could_not_be_back_for_the_second_is_not_promised_to_it():
    """Home before the second is at its zone, as the first needs, but not before the second's own stroke."""
    yard = Yard(small_line(gate=SLOW_PUSHER)).start()
    _, second = convoy(yard, (100, TO_A, 0), (100, TO_A, 960))
    finished(yard)
    assert said_of(yard, PUSH) == [("EXTEND", 1), ("RETRACT", 1)]
    assert yard.outcome(second).reason == "GAP_TOO_SMALL"


def test_a_belt_that_coasts_past_where_a_gate_was_to_extend_moves_none():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4346)
    assert yard.gl.gates.state[ARM] == ARMED
    yard.estop()
    yard.run(2)
    yard.speed = 0.2
    yard.run(500)
    yard.speed = 0.0
    yard.recover()
    finished(yard)
    assert said_of(yard, ARM) == []
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"


@pytest.mark.parametrize(("inputs", "moves"), [(15, [("EXTEND", 1), ("RETRACT", 1)]), (40, [])])
def test_no_gate_is_extended_while_so_many_inputs_wait_that_nobody_knows_what_is_where(inputs, moves):
    """One is taken in a step, and there are some six steps left."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4346)
    for _ in range(inputs):
        yard.feed(CHUTE, A)
    finished(yard)
    assert said_of(yard, ARM) == moves
    assert yard.how(parcel) == ("SORTED" if moves else "REJECTED/UNCERTAIN")


def test_a_belt_that_is_pushed_on_in_the_very_start_moves_no_gate():
    """The start is accepted, the gates are not looked at yet, and the belt comes to where one was to extend."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4346)
    assert yard.gl.gates.state[ARM] == ARMED
    yard.estop()
    yard.run(600)
    for kind in (ESTOP, RESET, START):
        yard.feed(kind)
    while yard.gl.is_safe:
        yard.run(1)
    assert yard.gl.gates.state[ARM] == ARMED
    yard.speed = 20.0
    yard.run(1)
    yard.speed = 0.0
    assert yard.gl.gates.state[ARM] == HOME
    finished(yard)
    assert said_of(yard, ARM) == []
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"


def test_a_flush_reaches_a_parcel_whose_gate_stayed_armed_through_a_stop():
    """Somebody reaches into an eye while the belt stands: nothing is believed any more, and no gate is moved."""
    yard = Yard(small_line(gate=SLOW))
    yard.full_speed = 0.3
    yard.start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 3400)
    assert yard.gl.gates.state[ARM] == ARMED
    yard.feed(STOP)
    yard.run(600)
    hand = yard.put(200, slot=-1, nose=1600)
    yard.run(5)
    yard.lift(hand)
    yard.run(5)
    yard.start()
    settled(yard)
    assert len(yard.events("FLUSH")) == 1
    assert said_of(yard, ARM) == []
    assert (yard.how(parcel), parcel.place) == ("REJECTED/FLUSHED", REJECT)


def test_a_parcel_whose_barrier_went_home_in_an_emergency_stop_passes_its_last_eye():
    """Told to extend ahead of the eye; nothing is left to be moved along with the parcel."""
    yard = Yard(small_line(gate=SLOW)).start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 3420)
    assert yard.gl.gates.state[ARM] == OUT
    yard.estop()
    yard.run(500)
    yard.recover()
    assert yard.gl.gates.state[ARM] == HOME
    finished(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1)]
    assert parcel.place == REJECT
    assert yard.outcome(parcel).outcome != "SORTED"


def test_a_pushers_stroke_does_not_follow_a_parcel_that_slips_at_its_last_eye():
    """Told so early that it is under way already: it goes home by itself, on time."""
    gate = {"delay_ms": 400, "extend_ms": 1600, "retract_ms": 1, "margin_mm": 0}
    yard = Yard(small_line(gate=gate)).start()
    parcel = yard.send(100, answer=TO_A)
    yard.until(parcel, 1480)
    parcel.nose -= 45
    yard.until(parcel, 1480)
    assert yard.gl.gates.state[PUSH] == OUT
    due = yard.gl.health.timer[PUSH]
    yard.until(parcel, 1510)
    assert yard.gl.tracks.section[1] == 2
    assert yard.gl.health.timer[PUSH] == due
    finished(yard)
    assert said_of(yard, PUSH) == [("EXTEND", 1), ("RETRACT", 1)]
    assert yard.outcome(parcel).outcome != "SORTED"


def test_a_barrier_waits_for_a_stray_whose_end_nobody_has_seen_yet():
    """It comes up close behind and is longer than the way from the eye to the barrier."""
    yard = Yard(small_line(parcels={"max_length_mm": 1200})).start()
    first = yard.send(300, answer=TO_B)
    yard.until(first, 4346)
    assert yard.gl.gates.state[ARM] == ARMED
    stray = yard.put(1100, slot=-1, nose=3499)
    yard.until(first, 4500)
    while not said_of(yard, ARM)[1:]:
        yard.run(1)
    assert stray.place == B
    finished(yard)
    assert yard.how(first) == "SORTED"


def test_one_that_reaches_from_the_infeed_eye_into_the_zone_of_a_barrier_that_is_out_is_not_diverted():
    """Nothing may be claimed for it before its length is even known."""
    yard = Yard(
        small_line(gate={"feedback": True, "safe_state": "hold"}, parcels={"max_length_mm": 5000})
    ).start()
    parcel = yard.put(4850, answer=TO_B)
    yard.until(parcel, 4800)
    yard.feed(STOP)
    yard.run(600)
    yard.feed(GATE_END, ARM, 0)
    yard.run(5)
    yard.start(20)
    assert yard.gl.tracks.length[1] == 0
    yard.run(200)
    assert yard.gl.tracks.length[1] == pytest.approx(4850, abs=2)
    finished(yard)
    assert "EXTEND" not in dict(said_of(yard, ARM))
    assert yard.outcome(parcel).outcome != "SORTED"


def test_a_barrier_that_does_not_come_home_is_reported_and_leaves_its_parcel_alone():
    yard = Yard(small_line(gate={"feedback": True})).start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4478)
    yard.feed(GATE_END, ARM, 0)
    yard.feed(GATE_END, ARM, 2)
    finished(yard)
    assert yard.faults() == ["GATE_NO_END"]
    assert yard.how(parcel) == "SORTED"


def test_end_switches_are_timed_anew_when_a_barrier_turns_round():
    """Told to extend again 250 ms after the way home began, which may take 320 ms."""
    yard = Yard(small_line(gate={"feedback": True, "spread_ms": 100})).start()
    parcels = convoy(yard, (300, TO_B, 0), (300, TO_B, 920))
    ends = {"GATE_EXTEND": 2, "GATE_RETRACT": 1}
    seen = 0
    for _ in range(9000):
        yard.run(1)
        moves = [said for said in yard.said if said.kind in ends and said.a == ARM]
        if len(moves) > seen:
            seen += 1
            yard.feed(GATE_END, ARM, 0)
            yard.run(105)
            yard.feed(GATE_END, ARM, ends[moves[-1].kind])
    finished(yard)
    assert [kind for kind, _ in said_of(yard, ARM)] == ["EXTEND", "RETRACT"] * 2
    assert yard.faults() == []
    assert [yard.how(parcel) for parcel in parcels] == ["SORTED"] * 2


def test_a_hold_is_taken_back_when_an_emergency_stop_has_sent_the_barrier_home():
    """The stop comes right after the decision to hold, and the time of the first stroke is over in that moment."""
    yard = Yard(small_line(gate={"feedback": True, "delay_ms": 200})).start()
    first, second = convoy(yard, (100, TO_B, 0), (100, TO_B, 231))
    yard.until(first, 4200)
    yard.feed(GATE_END, ARM, 0)
    yard.feed(GATE_END, ARM, 2)
    while yard.gl.tracks.gate_stage[2] != COMMITTED:
        yard.run(1)
    assert yard.gl.gates.state[ARM] == OUT
    yard.estop()
    yard.run(5)
    assert yard.gl.gates.state[ARM] == HOME
    yard.feed(GATE_END, ARM, 1)
    yard.recover()
    finished(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1)]
    assert [yard.how(first), yard.how(second)] == ["REJECTED/UNCERTAIN"] * 2


def test_nobody_is_told_to_stay_out_once_an_emergency_stop_has_sent_it_home():
    """The stop comes between the decision to hold and the hold itself, and nothing else is looked at in between."""
    yard = Yard(small_line(gate={"delay_ms": 200})).start()
    first, second = convoy(yard, (100, TO_B, 0), (100, TO_B, 231))
    while yard.gl.tracks.gate_stage[2] != COMMITTED:
        yard.run(1)
    assert yard.gl.gates.state[ARM] == OUT
    yard.estop()
    yard.run(5)
    kinds = [said.kind for said in yard.said]
    assert "GATE_HOLD" not in kinds[kinds.index("GATES_SAFE") :]
    assert yard.gl.gates.state[ARM] == HOME
    yard.recover()
    finished(yard)
    assert said_of(yard, ARM) == [("EXTEND", 1)]
    assert [yard.how(first), yard.how(second)] == ["REJECTED/UNCERTAIN"] * 2


def test_a_barrier_that_is_not_at_home_stays_where_it_is_until_a_dense_train_has_passed():
    """Its end switch has let go while the belt stood. More have left its zone than are walked past in one step."""
    yard = Yard(
        small_line(gate={"feedback": True, "safe_state": "hold"}, parcels={"min_length_mm": 20})
    ).start()
    train = [yard.put(20, slot=-1, nose=-1 - 42 * place) for place in range(24)]
    yard.until(train[0], 5100)
    yard.feed(STOP)
    yard.run(600)
    yard.feed(GATE_END, ARM, 0)
    yard.run(5)
    yard.start()
    while not yard.tell("GATE_RETRACT"):
        yard.run(1)
    assert train[-1].tail > 4900
    yard.feed(GATE_END, ARM, 1)
    finished(yard)
    assert said_of(yard, ARM) == [("RETRACT", 0)]
    assert [parcel.place for parcel in train] == [REJECT] * 24
    assert len(yard.ended) == 24


def test_a_start_is_not_held_up_by_many_short_ones_beyond_a_barrier_that_is_not_at_home():
    """They have left its zone already, and more of them than are walked past in one step."""
    yard = Yard(
        small_line(gate={"feedback": True, "safe_state": "hold"}, parcels={"min_length_mm": 20})
    ).start()
    train = [yard.put(25, slot=-1, nose=-1 - 60 * place) for place in range(9)]
    yard.until(train[-1], 5050)
    assert train[0].nose < 5600
    yard.feed(STOP)
    yard.run(600)
    yard.feed(GATE_END, ARM, 0)
    yard.run(5)
    yard.start()
    assert yard.gl.state == RUNNING
    while not yard.tell("GATE_RETRACT"):
        yard.run(1)
    yard.feed(GATE_END, ARM, 1)
    finished(yard)
    assert said_of(yard, ARM) == [("RETRACT", 0)]
    assert [parcel.place for parcel in train] == [REJECT] * 9
    assert len(yard.ended) == 9
