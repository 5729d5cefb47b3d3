"""Stop, emergency stop, restart and reboot: behaviours 11 and 15."""

import pytest

from unit.gate_driver import BLOCKED, CHUTE, CLEARED, ESTOP, GATE_END, RESET, START, STOP, Yard
from unit.gate_line import (
    ARM,
    INFEED,
    PUSH,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    V1,
    WHEEL,
    A,
    B,
    late_confirms,
    small_line,
)
from unit.test_gate_fire import convoy

RESUME, FLUSH = 0, 1
HOLD_INFEED, HOLD_MERGE = 1, 2
OUTPUTS_OF_GATES = ("GATE_EXTEND", "GATE_RETRACT", "GATE_HOLD")


def after(yard: Yard, kind: str) -> list:
    """What was said from the last record of a kind on."""
    place = max(i for i, said in enumerate(yard.said) if said.kind == kind)
    return yard.said[place:]


def test_nothing_moves_before_start():
    yard = Yard().run(500)
    assert yard.said == []
    assert yard.gl.infeed_hold


def test_start_runs_the_line_and_then_the_infeed():
    yard = Yard().start()
    assert [(said.kind, said.a) for said in yard.said] == [("LINE", 1), ("INFEED", 0)]


def test_an_emergency_stop_makes_everything_safe_in_the_same_step():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4420)
    assert [said.a for said in yard.tell("GATE_EXTEND")] == [ARM]
    yard.estop()
    yard.run(1)
    said = [record.kind for record in after(yard, "GATES_SAFE")]
    assert said[:3] == ["GATES_SAFE", "LINE", "INFEED"]
    assert yard.gl.is_safe


def test_an_emergency_stop_is_served_before_all_that_waits():
    yard = Yard().start()
    for _ in range(100):
        yard.feed(CHUTE, A, 0)
    yard.estop()
    yard.run(1)
    assert yard.said[-3].kind == "GATES_SAFE"


def test_a_gate_whose_safe_state_is_hold_stays_out_and_goes_home_after_start():
    yard = Yard(small_line(gate={"safe_state": "hold"})).start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4420)
    yard.estop()
    yard.run(300)
    assert yard.is_out[ARM]
    yard.recover(RESUME)
    yard.finish()
    assert yard.how(parcel) == "SORTED"
    assert not any(yard.is_out.values())
    assert yard.strikes == []


def test_a_pusher_that_was_held_out_goes_home_after_start_only():
    yard = Yard(small_line(gate={"safe_state": "hold"})).start()
    parcel = yard.send(answer=TO_A)
    yard.until(parcel, 2751)
    yard.said.clear()
    yard.estop()
    yard.run(400)
    yard.feed(ESTOP, 0, 0)
    yard.feed(RESET)
    yard.run(400)
    assert yard.is_out[PUSH]
    assert yard.tell("GATE_RETRACT") == []
    yard.start().finish()
    assert [said.a for said in yard.tell("GATE_RETRACT")] == [PUSH]
    assert not any(yard.is_out.values())


@pytest.mark.parametrize("answer", [TO_A, TO_B])
@pytest.mark.parametrize("nose", [2751, 2800, 2900, 4420, 4960, 5250, 5290])
@pytest.mark.parametrize("safe_state", ["hold", "off"])
def test_a_gate_that_lost_its_power_anywhere_is_sent_home_by_the_start(safe_state, nose, answer):
    """Out or on its way home: it stays there until then, and catches nobody who is to run past it."""
    yard = Yard(small_line(gate={"safe_state": safe_state})).start()
    yard.until(yard.send(answer=answer), nose)
    yard.estop()
    yard.run(900)
    yard.recover(FLUSH)
    follower = yard.send(slot=2, answer=TO_END)
    yard.finish()
    assert not any(yard.is_out.values())
    assert yard.how(follower) == "SORTED"
    assert yard.strikes == []
    assert yard.false_claims() == []


def test_at_boot_gates_that_keep_their_place_without_power_are_sent_home():
    """Nobody knows where they are; those that go home by themselves are left alone."""
    yard = Yard(small_line(gate={"safe_state": "off"}))
    yard.is_out[ARM] = True
    yard.run(50)
    assert yard.said == []
    yard.start().finish()
    assert sorted(said.a for said in yard.tell("GATE_RETRACT")) == [PUSH, ARM, WHEEL]
    assert not any(yard.is_out.values())
    assert Yard().start().tell("GATE_RETRACT") == []


def test_at_boot_the_end_switches_tell_which_gates_are_not_home():
    yard = Yard(small_line(gate={"safe_state": "hold", "feedback": True}))
    for gate, end in ((PUSH, 1), (ARM, 2), (WHEEL, 0)):
        yard.feed(GATE_END, gate, end)
    yard.start(30)
    assert sorted(said.a for said in yard.tell("GATE_RETRACT")) == [ARM, WHEEL]
    for gate in (ARM, WHEEL):
        yard.feed(GATE_END, gate, 1)
    yard.run(1000)
    assert yard.faults() == []


def test_a_gate_whose_place_is_unknown_is_not_held_for_the_next_of_its_chute():
    """The emergency stop takes the arm's power on its way out: whoever comes next needs a stroke of his own."""
    yard = Yard(small_line(gate={"safe_state": "off"}, has_confirm=False)).start()
    first = yard.put(300, slot=1, answer=TO_B)
    second = yard.put(300, slot=2, answer=TO_B, nose=-421)
    yard.until(first, 4420)
    yard.estop()
    yard.run(900)
    yard.recover(RESUME)
    yard.finish()
    assert yard.tell("GATE_HOLD") == []
    assert yard.how(second) != "SORTED"
    assert yard.false_claims() == []


@pytest.mark.parametrize("safe_state", ["retract", "hold", "off"])
@pytest.mark.parametrize("nose", [2737, 2748, 2800, 4340, 4354, 4420, 4600, 4930])
def test_whenever_it_comes_no_gate_is_told_anything_until_start(safe_state, nose):
    """While armed, on the way, out, held, or planned to go home: also with the belt pushed on by hand."""
    yard = Yard(small_line(gate={"safe_state": safe_state})).start()
    parcels = [
        yard.put(300, slot=1, answer=TO_A if nose < 3000 else TO_B),
        yard.put(300, slot=2, answer=TO_B, nose=-401),
    ]
    yard.until(parcels[0], nose)
    yard.estop()
    yard.run(2)
    yard.speed = 0.2
    yard.run(1500)
    yard.feed(ESTOP, 0, 0)
    yard.feed(RESET)
    yard.run(1500)
    yard.speed = 0.0
    assert {said.kind for said in after(yard, "GATES_SAFE")} & set(OUTPUTS_OF_GATES) == set()
    yard.start()
    yard.finish()
    assert len(yard.ended) == 2
    assert yard.false_claims() == []


def test_reset_never_starts_anything_and_start_does_nothing_before_reset():
    yard = Yard().start()
    yard.estop()
    yard.run(10)
    yard.feed(START)
    yard.run(10)
    yard.feed(RESET)
    yard.run(10)
    yard.feed(ESTOP, 0, 0)
    yard.feed(START)
    yard.run(10)
    yard.feed(RESET)
    yard.run(200)
    assert [said.a for said in yard.tell("LINE")] == [1, 0]
    yard.feed(START)
    yard.run(20)
    assert [said.a for said in yard.tell("LINE")] == [1, 0, 1]


def test_resume_goes_on_with_the_picture():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 2000)
    yard.estop()
    yard.run(500)
    yard.recover(RESUME)
    yard.finish()
    assert len(yard.events("RESUMED")) == 1
    assert yard.how(parcel) == "SORTED"


@pytest.mark.parametrize("flushes", [0, 0x7FFF], ids=["first", "their number comes round"])
def test_flush_rejects_what_is_on_the_belt_and_nothing_else(flushes):
    yard = Yard()
    yard.gl.epoch = flushes
    yard.start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 2000)
    yard.estop()
    yard.run(500)
    yard.recover(FLUSH)
    new = yard.send(slot=2, answer=TO_A)
    yard.finish()
    assert len(yard.events("FLUSH")) == 1
    assert (yard.how(parcel), parcel.place) == ("REJECTED/FLUSHED", REJECT)
    assert yard.how(new) == "SORTED"


def test_flush_reaches_a_parcel_whose_gate_was_armed_already():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 4348)
    yard.estop()
    yard.run(500)
    yard.recover(FLUSH)
    yard.finish()
    assert yard.tell("GATE_EXTEND") == []
    assert yard.outcome(parcel).outcome == "REJECTED"


def test_a_parcel_moved_by_hand_at_an_eye_means_flush_whatever_the_policy():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 1600)
    yard.estop()
    yard.run(500)
    yard.lift(parcel)
    yard.run(300)
    yard.recover(RESUME)
    assert len(yard.events("FLUSH")) == 1


def test_an_eye_that_does_not_agree_means_flush():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 2000)
    yard.estop()
    yard.run(50)
    yard.gl.eyes.blocked[V1] = 1
    yard.recover(RESUME)
    assert len(yard.events("FLUSH")) == 1


def test_an_edge_just_after_the_belt_has_started_is_nobodys_hand():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 1450)
    yard.feed(STOP)
    yard.run(600)
    yard.start()
    yard.feed(STOP)
    yard.run(600)
    yard.start().finish()
    assert yard.events("FLUSH") == []
    assert yard.how(parcel) == "SORTED"


def test_the_belt_coasts_and_is_counted_on():
    """300 mm of coasting under the next eye: the picture moves with it."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 1400)
    yard.feed(STOP)
    yard.run(2)
    yard.speed = 0.5
    yard.run(400)
    yard.speed = 0.0
    yard.run(400)
    yard.start().finish()
    assert yard.how(parcel) == "SORTED"


def test_a_stop_of_ten_minutes_longer_than_the_tick_counter():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 2000)
    yard.feed(STOP)
    yard.run(600_000)
    yard.start().finish()
    assert yard.how(parcel) == "SORTED"
    assert yard.faults() == []


def test_a_claim_without_proof_is_not_made_for_a_parcel_whose_divert_was_stopped():
    """No confirm eye and no eye after the gate: the emergency stop took the barrier home ahead of it."""
    yard = Yard(small_line(has_confirm=False, has_end_eye=False)).start()
    parcel = yard.send(answer=6)
    yard.until(parcel, 6450)
    yard.estop()
    yard.run(500)
    yard.recover(RESUME)
    yard.finish()
    assert parcel.place == REJECT
    assert yard.outcome(parcel).chute == -1


def test_after_a_reboot_open_eyes_and_parcels_claim_nothing():
    yard = Yard()
    yard.feed(BLOCKED, INFEED)
    yard.feed(BLOCKED, V1)
    yard.start(50)
    yard.feed(CLEARED, INFEED)
    yard.feed(CLEARED, V1)
    yard.run(9000)
    assert [end for end in yard.ended if end.chute >= 0] == []
    assert len(yard.ended) == 2


def test_what_was_in_a_chute_is_of_no_interest_to_a_stop():
    yard = Yard().start()
    parcel = yard.send(answer=TO_END)
    yard.finish()
    yard.feed(STOP)
    yard.run(200)
    assert yard.how(parcel) == "SORTED"
    assert B not in [end.chute for end in yard.ended]


def test_a_barrier_does_not_come_out_under_one_that_lay_there_when_it_went_home_in_a_stop():
    """Clipped and still in the sweep zone; the next one of its chute is not diverted before it has gone on."""
    yard = Yard().start()
    first = yard.put(300, slot=1, answer=TO_B, fails=frozenset({ARM}))
    second = yard.put(200, slot=2, answer=TO_B, nose=-1.0 - 300 - 400)
    yard.until(first, 4600)
    assert yard.gl.gates.state[ARM] == 2
    yard.estop()
    yard.set_belt(False)
    yard.run(50)
    yard.recover(0)
    yard.finish()
    assert yard.strikes == []
    assert yard.how(second) == "REJECTED/GAP_TOO_SMALL"
    assert yard.how(first) == "REJECTED/UNCERTAIN"


@pytest.mark.parametrize(("gap", "how"), [(480, "REJECTED/GAP_TOO_SMALL"), (1200, "SORTED")])
def test_no_barrier_moves_before_one_that_an_emergency_stop_has_let_go_of_is_past(gap: int, how: str):
    """Its nose was seen in the chute, so that no track tells of it; the arm goes home, and it runs on."""
    yard = Yard().start()
    first = yard.put(600, slot=1, answer=TO_B)
    second = yard.put(300, slot=2, answer=TO_B, nose=-601 - gap)
    yard.until(first, 4600)
    first.confirms[ARM] = yard.position + 360
    yard.run(370)
    assert yard.how(first) == "SORTED"
    yard.estop()
    yard.run(300)
    yard.put(600, slot=-1, nose=4970)
    yard.recover(RESUME)
    yard.finish()
    assert yard.strikes == []
    assert yard.how(second) == how


def test_edges_before_and_after_an_emergency_stop_do_not_settle_claims_that_wait_for_each_other():
    """The second's nose is seen in the chute, the barrier goes home from under it, and then the first is seen."""
    yard = Yard(late_confirms("B", 1400)).start()
    first, second = convoy(yard, (200, TO_B, 0), (300, TO_B, 100))
    second.fails = frozenset({ARM})
    yard.until(first, 4560)
    first.confirms[ARM] = yard.position + 970
    yard.until(second, 4970)
    second.confirms[ARM] = yard.position + 2
    yard.run(20)
    assert (first.place, second.place, yard.ended) == (B, -1, [])
    yard.estop()
    yard.run(600)
    yard.recover(RESUME)
    yard.finish()
    assert (second.place, yard.false_claims(), yard.how(first)) == (REJECT, [], "LOST/UNPROVEN")
