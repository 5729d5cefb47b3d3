"""What makes a claim doubtful that everything else speaks for: strangers, flickers, ghosts and parcels that hang."""

from typing import Any

import pytest

from sorter_core import codes
from unit.gate_driver import BLOCKED, CHUTE, CLEARED, GATE_END, RESET, Parcel, Yard
from unit.gate_line import (
    ARM,
    CONFIRM_A,
    CONFIRM_B,
    END,
    INFEED,
    PUSH,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    TO_LOOP,
    V1,
    V2,
    V3,
    WHEEL,
    A,
    B,
    late_confirms,
    small_line,
)  # fmt: skip

LOSSES = next(number for number, name in codes.DOUBTS.items() if name == "LOSSES")


def finished(yard: Yard) -> Yard:
    yard.finish()
    assert yard.false_claims() == []
    assert yard.strikes == []
    return yard


def confirm(yard: Yard, eye: int) -> None:
    """Something slides past a confirm eye."""
    yard.feed(BLOCKED, eye)
    yard.run(100)
    yard.feed(CLEARED, eye)


# --- claimed by a chute, while a stranger comes along the belt ---


def test_a_stranger_behind_the_gate_makes_a_confirmation_worthless():
    """Clipped, it falls back, while one that nobody knows of slides into the chute."""
    yard = Yard(late_confirms("B", 1500)).start()
    parcel = yard.send(answer=TO_B, fails=frozenset({ARM}))
    yard.until(parcel, 4700)
    parcel.nose -= 300
    yard.until(parcel, 5510)
    assert len(yard.events("STRAY_SEEN")) == 1
    confirm(yard, CONFIRM_B)
    finished(yard)
    assert yard.how(parcel) == "LOST/UNPROVEN"


def test_a_stranger_ahead_of_its_place_makes_silence_worthless():
    """Without a confirm eye: clipped, it turns and shows its edge before its window; nobody comes in the window."""
    yard = Yard(small_line(has_confirm=False)).start()
    parcel = yard.send(answer=TO_B, fails=frozenset({ARM}))
    yard.until(parcel, 5000)
    parcel.nose += 90
    finished(yard)
    assert len(yard.events("STRAY_SEEN")) == 1
    assert yard.how(parcel) == "LOST/UNPROVEN"


def test_a_stranger_at_another_eye_says_nothing_about_a_confirmation():
    yard = Yard(late_confirms("A", 1200)).start()
    parcel = yard.send(answer=TO_A)
    yard.until(parcel, 2745)
    yard.put(300, slot=-1, nose=5400)
    finished(yard)
    assert len(yard.events("STRAY_SEEN")) == 1
    assert yard.how(parcel) == "SORTED"


def late_in_its_chute(yard: Yard, confirm_mm: int) -> Parcel:
    """Diverted, while one just as long lies down in its place; the confirm eye sees it after so much travel."""
    parcel = yard.send(answer=TO_A)
    while parcel.is_on_belt:
        yard.run(1)
    parcel.confirms[PUSH] = yard.position + 2500 + confirm_mm - parcel.nose
    yard.run(400)
    yard.put(parcel.length, slot=-1, nose=parcel.nose + 400)
    return parcel


def test_an_edge_that_comes_before_a_claimed_track_is_forgotten_is_a_strangers():
    """Many inputs wait, so the edge in its window at the next eye is taken right after the claim."""
    yard = Yard(late_confirms("A", 1500)).start()
    parcel = yard.send(answer=TO_A)
    yard.until(parcel, 2900)
    parcel.confirms.clear()
    yard.run(yard.events("INDUCTED")[0].position + 3490 - int(yard.position))
    yard.feed(BLOCKED, CONFIRM_A)
    yard.feed(BLOCKED, V2)
    for _ in range(10):
        yard.feed(CHUTE, A, 0)
    yard.run(40)
    yard.feed(CLEARED, V2)
    finished(yard)
    assert [said.c for said in yard.events("STRAY_SEEN")] == [V2]
    assert yard.how(parcel) == "SORTED"


def test_confirmed_after_an_eye_has_seen_another_in_its_place_it_is_not_claimed_at_reject():
    yard = Yard(late_confirms("A", 1200)).start()
    parcel = late_in_its_chute(yard, 1030)
    finished(yard)
    assert len(yard.events("DIVERT_FAILED")) == len(yard.events("UNEXPECTED_CONFIRM")) == 1
    assert (yard.how(parcel), parcel.place) == ("LOST/UNPROVEN", A)


def test_confirmed_outside_its_window_it_was_somebody_else():
    """A failed divert, seen further down, and much later something in its chute."""
    yard = Yard(late_confirms("A", 1200)).start()
    parcel = yard.send(answer=TO_A, fails=frozenset({PUSH}))
    yard.until(parcel, 4500)
    confirm(yard, yard.confirm_of[PUSH])
    finished(yard)
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"


def test_claims_that_wait_are_not_settled_past_one_whose_window_is_over():
    """The first is taken off; the second's edge may be its; the third's comes when the second's window is over."""
    yard = Yard().start()
    gap = int(yard.gl.chutes.most[B]) + int(yard.gl.eyes.late) // 2 - 600
    first, second, third = (
        yard.put(120, slot=slot, answer=TO_B, nose=nose)
        for slot, nose in ((1, -1.0), (2, -146.0), (3, -146.0 - gap))
    )
    yard.until(first, 4520)
    yard.lift(first)
    finished(yard)
    assert (first.place, second.place, third.place) == (-1, B, B)
    assert [yard.how(parcel) for parcel in (first, second, third)] == [
        "LOST/UNPROVEN",
        "LOST/NOT_SEEN",
        "SORTED",
    ]


def lost_before_the_arm(yard: Yard, count: int) -> None:
    """So many are taken off the belt one after another; nobody knows that they do not lie before the gate."""
    for slot in range(count):
        parcel = yard.send(slot=slot, answer=TO_END)
        yard.until(parcel, 4000)
        yard.lift(parcel)


@pytest.mark.parametrize(("gone", "how"), [(1, "SORTED"), (2, "REJECTED/UNCERTAIN")])
@pytest.mark.parametrize("has_confirm", [True, False])
def test_where_two_in_a_row_were_lost_nobody_is_diverted_until_somebody_comes_through(gone, how, has_confirm):
    """They may lie before the gate, where one of them is swept into the chute and the next one remains instead."""
    yard = Yard(small_line(has_confirm=has_confirm)).start()
    lost_before_the_arm(yard, gone)
    after = [yard.send(slot=slot, answer=to) for slot, to in ((5, TO_B), (6, TO_END), (7, TO_B))]
    finished(yard)
    assert [yard.how(parcel) for parcel in after] == [how, "SORTED", "SORTED"]


def test_on_a_line_where_all_are_diverted_the_first_one_after_two_losses_shows_that_nobody_lies_there():
    """Nobody else would ever come to the eye behind the gate. The second one decides before the first is there."""
    yard = Yard().start()
    lost_before_the_arm(yard, 2)
    after = [yard.send(slot=slot, answer=TO_B) for slot in range(5, 9)]
    finished(yard)
    assert [yard.how(parcel) for parcel in after] == [*["REJECTED/UNCERTAIN"] * 2, "SORTED", "SORTED"]
    assert [parcel.place for parcel in after] == [REJECT, REJECT, B, B]
    assert [event.c for event in yard.events("DOUBTED")] == [LOSSES, LOSSES]


@pytest.mark.parametrize(("gone", "how"), [(1, "SORTED"), (2, "LOST/UNPROVEN")])
@pytest.mark.parametrize("has_confirm", [True, False])
def test_who_was_diverted_before_the_second_loss_was_known_is_not_claimed(gone, how, has_confirm):
    """The second one is missed at the eye behind the gate while the third slides into the chute."""
    yard = Yard(small_line(has_confirm=has_confirm)).start()
    lost_before_the_arm(yard, gone - 1)
    second = yard.send(slot=1, answer=TO_END)
    yard.until(second, 1100)
    third = yard.send(slot=2, answer=TO_B)
    yard.until(second, 4000)
    yard.lift(second)
    finished(yard)
    assert (third.place, yard.how(third)) == (B, how)


def test_a_pair_that_was_diverted_before_the_second_loss_was_known_is_not_claimed():
    """Either of the two edges in the chute may be one's that had lain before the gate."""
    yard = Yard().start()
    lost_before_the_arm(yard, 1)
    second = yard.send(slot=1, answer=TO_END)
    yard.until(second, 1000)
    pair = [yard.put(120, slot=slot, answer=TO_B, nose=nose) for slot, nose in ((2, -1.0), (3, -146.0))]
    yard.until(second, 4000)
    yard.lift(second)
    finished(yard)
    assert [(parcel.place, yard.how(parcel)) for parcel in pair] == [(B, "LOST/UNPROVEN")] * 2


@pytest.mark.parametrize("last_mm", [800, 1500])
def test_one_that_neither_its_confirm_eye_nor_the_eye_behind_has_seen_may_lie_before_the_gate(last_mm):
    """It is given up when its confirm window is over, or its window at the eye behind if that is later."""
    yard = Yard(late_confirms("B", last_mm)).start()
    parcel = yard.send(slot=1, answer=TO_B)
    yard.until(parcel, 4480)
    yard.lift(parcel)
    yard.run(500)
    after = [yard.send(slot=slot, answer=TO_B) for slot in range(2, 6)]
    finished(yard)
    assert [yard.how(parcel) for parcel in after] == [*["REJECTED/UNCERTAIN"] * 2, "SORTED", "SORTED"]


def test_one_that_lies_before_the_pusher_is_not_shoved_into_the_chute_in_the_next_ones_name():
    """The next stroke would shove it there and leave its own parcel in its place: so that one is let through."""
    yard = Yard().start()
    stuck = yard.send(150, slot=1, answer=TO_A, fails=frozenset({PUSH}))
    yard.until(stuck, 2790)
    stuck.is_stuck, stuck.fails = True, frozenset()
    yard.run(200)
    behind = yard.send(150, slot=2, answer=TO_A, fails=frozenset({PUSH}))
    yard.until(behind, 3000)
    yard.lift(stuck)
    after = yard.send(150, slot=3, answer=TO_A)
    finished(yard)
    assert yard.how(stuck) == "LOST/NOT_SEEN"
    assert (behind.place, yard.how(behind)) == (REJECT, "REJECTED/UNCERTAIN")
    assert (after.place, yard.how(after)) == (A, "SORTED")


def seen_in_its_chute_too_soon(yard: Yard, fails: frozenset[int] = frozenset()) -> Parcel:
    """A parcel for A whose nose the confirm eye sees while the pusher is still on its way out."""
    parcel = yard.send(answer=TO_A, fails=fails)
    while parcel.nose < 2830:
        yard.run(1)
        parcel.nose += not parcel.is_on_belt
    yard.feed(BLOCKED, CONFIRM_A)
    yard.run(10)
    assert yard.ended == []
    return parcel


@pytest.mark.parametrize(("is_out", "how"), [(True, "SORTED"), (False, "LOST/UNPROVEN")])
def test_a_parcel_in_its_chute_with_the_pusher_still_on_its_way_is_claimed_when_that_is_out(is_out, how):
    """A pusher that gets stuck half way lets it go again, after its nose was seen in the chute."""
    yard = Yard(small_line(gate={"feedback": True})).start()
    parcel = seen_in_its_chute_too_soon(yard, frozenset() if is_out else frozenset({PUSH}))
    if is_out:
        yard.feed(GATE_END, PUSH, 2)
        yard.feed(CLEARED, CONFIRM_A)
        parcel.confirms.clear()
    finished(yard)
    assert yard.how(parcel) == how


def test_a_claim_that_waits_for_its_pusher_does_not_keep_the_end_switch_from_being_heard():
    """On a belt of 12 counts a step it is due in every step, and inputs come second."""
    yard = Yard(small_line(gate={"feedback": True})).start()
    parcel = seen_in_its_chute_too_soon(yard)
    yard.feed(GATE_END, PUSH, 2)
    yard.speed = 12.0
    yard.run(4)
    assert yard.how(parcel) == "SORTED"


# --- where a parcel is ---


def test_a_ghost_at_the_infeed_is_not_claimed_at_the_end():
    """The infeed eye flickers 42 mm ahead of a parcel; at the next eye the edge fits both, and one is a ghost."""
    yard = Yard().start()
    parcel = yard.put(160, nose=-43.0)
    yard.feed(BLOCKED, INFEED)
    yard.run(20)
    yard.feed(CLEARED, INFEED)
    finished(yard)
    ghost = next(end for end in yard.ended if end.track not in yard.parcel_of)
    assert (ghost.outcome, ghost.reason) == ("LOST", "UNPROVEN")
    assert yard.how(parcel) == "LOST/NOT_SEEN"


def test_an_eye_that_flickers_does_not_make_a_long_parcel_short():
    """Its tail is still before the arm when the next eye, dirty for a while, seems to clear."""
    yard = Yard(small_line(parcels={"max_length_mm": 1000})).start()
    long = yard.put(900, slot=1, answer=TO_END)
    short = yard.put(200, slot=2, answer=TO_B, nose=-1.0 - 900 - 345)
    yard.until(long, 5540)
    yard.feed(CLEARED, V3)
    yard.run(100)
    yard.feed(BLOCKED, V3)
    finished(yard)
    assert yard.how(short) == "REJECTED/GAP_TOO_SMALL"


def test_no_gate_moves_behind_one_whose_end_is_overdue_at_an_eye():
    """Another has closed up on it: when its end should have passed the eye, the other one lies before the arm."""
    yard = Yard(small_line(parcels={"max_length_mm": 1000})).start()
    first = yard.put(300, slot=1, answer=TO_END)
    second = yard.put(200, slot=2, answer=TO_B, nose=-1.0 - 300 - 1180)
    yard.until(first, 5480)
    first.length = 1000
    finished(yard)
    assert yard.how(second) == "REJECTED/GAP_TOO_SMALL"


def test_when_the_first_of_a_block_is_missing_the_others_are_waited_for():
    """A stray and a parcel that has closed up on it are one block to V2; then somebody takes the stray off.

    When the block should have come to V3 and has not, the other one lies before the arm.
    """
    yard = Yard(small_line(parcels={"max_length_mm": 1000})).start()
    parcel = yard.put(700, slot=1, answer=TO_END)
    behind = yard.put(200, slot=2, answer=TO_B, nose=-1.0 - 700 - 260)
    yard.until(parcel, 3000)
    stray = yard.put(300, slot=-1, nose=parcel.nose + 300)
    yard.until(parcel, 4300)
    yard.lift(stray)
    finished(yard)
    assert yard.how(parcel) == "LOST/MERGED"
    assert yard.how(behind) == "REJECTED/GAP_TOO_SMALL"


def hangs_in_the_first_eye(**keys: Any) -> tuple[Yard, Parcel]:
    """It sticks in the eye's beam for longer than its way to the next eye; each time the line stops for the jam."""
    yard = Yard(small_line(**keys)).start()
    parcel = yard.send(answer=TO_A)
    yard.until(parcel, 1600)
    parcel.is_stuck = True
    for _ in range(3):
        yard.run(1000)
        yard.feed(RESET)
        yard.start()
    return yard, parcel


def test_one_that_hangs_in_an_eye_is_not_given_up_at_the_next():
    yard, parcel = hangs_in_the_first_eye()
    assert yard.faults() == ["JAM", "JAM", "JAM"]
    assert yard.ended == []
    parcel.is_stuck = False
    finished(yard)
    assert yard.outcome(parcel).outcome == "LOST"


def test_while_one_hangs_in_an_eye_the_next_eye_sees_strangers_only():
    yard, parcel = hangs_in_the_first_eye()
    yard.put(300, slot=-1, nose=3300)
    yard.run(400)
    assert len(yard.events("STRAY_SEEN")) == 1
    assert yard.blocked[V1]
    assert yard.ended == []
    parcel.is_stuck = False
    finished(yard)


def test_a_failed_divert_is_told_though_the_end_eye_is_clear_again_before_anybody_could():
    """The belt has run on without a step, both edges wait, and between their steps the belt slips back by 5 mm."""
    yard = Yard(small_line(has_confirm=False)).start()
    parcel = yard.send(answer=TO_LOOP, fails=frozenset({WHEEL}))
    yard.until(parcel, 7790)
    origin = int(yard.position - parcel.nose)
    parcel.is_stuck = True
    yard.position = origin + 8110.0
    yard.feed(BLOCKED, END, position=origin + 7800)
    yard.feed(CLEARED, END, position=origin + 8100)
    while yard.gl.in_count > 1:
        yard.run(1)
    yard.position -= 5
    yard.run(20)
    assert len(yard.events("DIVERT_FAILED")) == 1
    assert yard.how(parcel) == "REJECTED/UNCERTAIN"
    assert yard.gl.tracks.count == 0
