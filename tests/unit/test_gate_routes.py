"""From reads to a chute: behaviours 4, 5, 8 and 10, a story for each reason."""

from typing import Any

import pytest

from sorter_core.gate_logic import GateLogic
from sortyard.config.compile import gate_config
from unit.gate_driver import CHUTE, DESTINATION, GATE_HEALTH, READ, Parcel, Yard
from unit.gate_line import (
    A_THEN_B,
    ARM,
    HOST_ONLY,
    LOOP,
    NO_RULE,
    PUSH,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    TO_LOOP,
    A,
    B,
    small_line,
)  # fmt: skip

FULL, DISABLED, FREE = 1, 2, 0
NEW = 1024


def read(yard: Yard, parcel: Parcel, slot: int, answer: int, along: float) -> None:
    """A code at this distance from the parcel's nose is decoded now, 20 ms ago on the belt."""
    position = int(yard.position - parcel.nose + 400 + along + 20)
    yard.feed(READ, 0, slot + NEW, answer, position & 0x0FFFFFFF)


def in_the_tunnel(yard: Yard, length: int = 300) -> Parcel:
    parcel = yard.put(length, slot=-1)
    yard.until(parcel, 400 + length)
    return parcel


# --- reads ---


def test_a_code_belongs_to_the_parcel_it_is_on():
    yard = Yard().start()
    front, back = yard.put(300, slot=1, answer=TO_END), yard.put(300, slot=2, answer=TO_END, nose=-401)
    yard.finish()
    assert [yard.outcome(one).slot for one in (front, back)] == [1, 2]


@pytest.mark.parametrize(
    ("along", "owner"), [(280, 0), (310, 0), (334, None), (345, None), (366, 1), (395, 1)]
)
def test_a_code_between_two_close_parcels_is_given_to_neither(along, owner):
    """Gap 80 mm: its middle is at 340, and a decode time that varies by 5 ms leaves 9 mm in doubt."""
    yard = Yard().start()
    front, back = yard.put(300, slot=-1), yard.put(300, slot=-1, nose=-381)
    yard.until(back, 420)
    read(yard, front, 7, TO_END, along)
    yard.finish()
    slots = [yard.outcome(one).slot for one in (front, back)]
    assert slots == [7 if owner == place else -1 for place in (0, 1)]
    assert len(yard.events("READ_UNASSIGNED")) == (owner is None)


def test_no_read_goes_to_the_reject_chute():
    yard = Yard().start()
    parcel = yard.send(slot=-1)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/NO_READ"
    assert parcel.place == yard.outcome(parcel).chute == REJECT


def test_the_same_code_read_twice_counts_once():
    yard = Yard().start()
    parcel = in_the_tunnel(yard)
    for along in (50, 120):
        read(yard, parcel, 7, TO_B, along)
    yard.finish()
    assert yard.how(parcel) == "SORTED"


def test_two_codes_of_equal_priority_are_a_multi_read():
    yard = Yard().start()
    parcel = in_the_tunnel(yard)
    read(yard, parcel, 7, TO_A, 50)
    read(yard, parcel, 8, TO_B, 120)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/MULTI_READ"


@pytest.mark.parametrize("codes", [[(7, TO_A), (8, TO_B + 256)], [(8, TO_B + 256), (7, TO_A)]])
def test_the_plans_priority_decides_between_two_codes(codes):
    yard = Yard().start()
    parcel = in_the_tunnel(yard)
    for slot, plan in codes:
        read(yard, parcel, slot, plan, 100)
    yard.finish()
    assert (yard.outcome(parcel).chute, yard.outcome(parcel).slot) == (B, 8)


def test_a_third_code_of_higher_priority_ends_a_multi_read():
    yard = Yard().start()
    parcel = in_the_tunnel(yard)
    for slot, plan in ((7, TO_A), (8, TO_A), (9, TO_B + 512)):
        read(yard, parcel, slot, plan, 100)
    yard.finish()
    assert yard.outcome(parcel).slot == 9


def test_a_read_where_nobody_is_belongs_to_nobody():
    yard = Yard().start()
    yard.feed(READ, 0, 5 + NEW, TO_A)
    yard.run(5)
    assert [event.c for event in yard.events("READ_UNASSIGNED")] == [5]


def test_parcels_that_are_rejected_unread_do_not_take_the_next_ones_read():
    """Twelve parcels that are too short: their reads were never awaited, the next one's is."""
    yard = Yard().start()
    for _ in range(12):
        yard.put(60, slot=-1)
        yard.run(250)
    yard.run(800)
    good = yard.send(slot=3, answer=TO_B)
    yard.finish()
    assert yard.how(good) == "SORTED"


def test_a_code_behind_more_parcels_than_a_read_looks_at_is_given_to_nobody():
    """Twelve short parcels await their reads; the latch is ahead of the belt and says that it is the thirteenth's."""
    yard = Yard(small_line(parcels={"min_length_mm": 20})).start()
    for place in range(12):
        yard.put(22, slot=-1, nose=-1.0 - 28 * place)
    last = yard.put(22, slot=-1, nose=-441.0)
    yard.run(475)
    assert len(yard.events("MEASURED")) == 13
    read(yard, last, 7, TO_A, 11)
    yard.run(5)
    assert [(event.b, event.c) for event in yard.events("READ_UNASSIGNED")] == [(0, 7)]
    yard.finish()
    assert [end.slot for end in yard.ended] == [-1] * 13


# --- lines on which a long parcel is at the first gate before it has left the scanner ---


def compact() -> Yard:
    return Yard(small_line(parcels={"max_length_mm": 2100}, gate={"kind": "swing_arm"})).start()


@pytest.mark.parametrize(("answer", "offset", "extended"), [(TO_A, 2326, [PUSH]), (TO_B, 2387, [])])
def test_a_long_parcel_is_routed_while_its_gate_can_still_be_told(answer, offset, extended):
    """Its window is over at 2387 mm, but an arm at 2500 mm is decided at 2340 mm, less a guard of 14."""
    yard = compact()
    parcel = yard.put(1850, slot=1, answer=answer)
    yard.until(parcel, 2650)
    induction, routed = yard.events("INDUCTED")[0], yard.events("ROUTED")[0]
    assert routed.position - induction.position == pytest.approx(offset, abs=3)
    assert [said.a for said in yard.tell("GATE_EXTEND")] == extended
    yard.finish()
    assert yard.false_claims() == []


def test_a_short_parcel_is_read_to_the_end_of_its_window_all_the_same():
    """Its second label comes after it was measured and its first code was given to it: it is not left out."""
    yard = compact()
    parcel = in_the_tunnel(yard)
    read(yard, parcel, 7, TO_A, 50)
    yard.run(50)
    assert yard.events("ROUTED") == []
    read(yard, parcel, 8, TO_B, 120)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/MULTI_READ"


# --- who decides ---


def hosted() -> Yard:
    return Yard(small_line(host=True)).start()


def answer(yard: Yard, slot: int, group: int, track: int = 1) -> None:
    yard.feed(DESTINATION, slot, track, group)
    yard.run(3)


def test_the_host_is_asked_and_its_answer_wins_over_the_boards_plan():
    yard = hosted()
    parcel = yard.send(slot=4, answer=TO_A)
    asked = yard.tell("DEST_REQUEST")[0]
    assert (asked.a, asked.b) == (1, 4)
    answer(yard, 4, TO_B)
    yard.finish()
    assert yard.outcome(parcel).chute == B


def test_a_silent_host_is_waited_for_until_the_deadline_then_the_board_decides():
    yard = hosted()
    parcel = yard.send(slot=4, answer=TO_A)
    yard.until(parcel, 2250)
    assert yard.events("ROUTED") == []
    yard.finish()
    assert yard.outcome(parcel).chute == A


def test_an_answer_after_the_deadline_changes_nothing():
    yard = hosted()
    parcel = yard.send(slot=4, answer=TO_A)
    yard.until(parcel, 2600)
    answer(yard, 4, TO_B)
    yard.finish()
    assert yard.outcome(parcel).chute == A
    assert len(yard.events("LATE_ANSWER")) == 1


@pytest.mark.parametrize(("slot", "track"), [(9, 1), (4, 2), (4, 0xFFFFFF), (-1, -1)])
def test_an_answer_for_another_code_or_track_changes_nothing(slot, track):
    yard = hosted()
    parcel = yard.send(slot=4, answer=TO_A)
    answer(yard, slot, TO_B, track)
    yard.finish()
    assert yard.outcome(parcel).chute == A
    assert len(yard.events("LATE_ANSWER")) == 1


@pytest.mark.parametrize("group", [NO_RULE, 77])
def test_a_host_without_a_rule_is_no_data(group):
    yard = hosted()
    parcel = yard.send(slot=4, answer=TO_A)
    answer(yard, 4, group)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/NO_DATA"


def test_no_rule_anywhere_is_no_data():
    yard = Yard().start()
    parcel = yard.send(answer=NO_RULE)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/NO_DATA"


def test_only_the_host_knows_and_it_is_silent():
    """Late data: another lap may bring the answer; without a loop's permission it is rejected."""
    yard = Yard(small_line(host=True, recirculate=[])).start()
    parcel = yard.send(slot=4, answer=HOST_ONLY)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/LATE_DATA"


def test_an_answer_that_comes_too_late_for_its_gate_but_not_for_the_loop():
    yard = hosted()
    parcel = yard.send(slot=4, answer=HOST_ONLY)
    yard.until(parcel, 3000)
    answer(yard, 4, TO_A)
    yard.finish()
    assert yard.how(parcel) == "RECIRCULATED/LATE_DATA"
    assert parcel.place == LOOP


# --- chutes that can't be had ---


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ((CHUTE, A, FULL), "CHUTE_FULL"),
        ((CHUTE, A, DISABLED), "CHUTE_DISABLED"),
        ((GATE_HEALTH, PUSH, 0), "GATE_FAULT"),
    ],
)
def test_the_overflow_chute_then_the_loop_then_reject(inputs, reason):
    kind, index, state = inputs
    ways: tuple[tuple[int, dict[str, Any], str, int], ...] = (
        (A_THEN_B, {}, "SORTED", B),
        (TO_A, {}, f"RECIRCULATED/{reason}", LOOP),
        (TO_A, {"recirculate": []}, f"REJECTED/{reason}", REJECT),
    )
    for group, policy, how, place in ways:
        yard = Yard(small_line(**policy)).start()
        yard.feed(kind, index, state)
        parcel = yard.send(answer=group)
        yard.finish()
        assert yard.how(parcel) == how
        assert parcel.place == yard.outcome(parcel).chute == place


def test_full_before_the_point_of_no_return_goes_on_to_the_overflow_chute():
    yard = Yard().start()
    parcel = yard.send(answer=A_THEN_B)
    yard.until(parcel, 2200)
    yard.feed(CHUTE, A, FULL)
    yard.finish()
    assert yard.outcome(parcel).chute == parcel.place == B


def test_full_after_the_point_of_no_return_is_completed():
    yard = Yard().start()
    parcel = yard.send(answer=A_THEN_B)
    yard.until(parcel, 2750)
    assert yard.tell("GATE_EXTEND")
    yard.feed(CHUTE, A, FULL)
    yard.finish()
    assert yard.outcome(parcel).chute == parcel.place == A


def test_a_chute_that_is_free_again_is_used_again():
    yard = Yard().start()
    yard.feed(CHUTE, A, FULL)
    yard.feed(CHUTE, A, FREE)
    parcel = yard.send(answer=TO_A)
    yard.finish()
    assert yard.how(parcel) == "SORTED"


def test_the_end_of_the_belt_is_a_chute_like_any_other():
    yard = Yard().start()
    parcel = yard.send(answer=TO_END)
    yard.finish()
    assert (yard.how(parcel), yard.outcome(parcel).is_confirmed) == ("SORTED", 1)


# --- the loop ---


def lap(yard: Yard, slot: int, is_new: bool) -> str:
    parcel = in_the_tunnel(yard)
    position = int(yard.position - 300 + 100 + 20)
    yard.feed(READ, 0, slot + NEW * is_new, TO_B, position & 0x0FFFFFFF)
    yard.finish()
    return yard.how(parcel)


def test_after_its_last_lap_a_parcel_is_rejected():
    """The line allows two; the code is the same, so the identity comes from reading it again."""
    yard = Yard().start()
    yard.feed(CHUTE, B, FULL)
    assert lap(yard, 7, True) == "RECIRCULATED/CHUTE_FULL"
    assert lap(yard, 7, False) == "RECIRCULATED/CHUTE_FULL"
    assert lap(yard, 7, False) == "REJECTED/LAP_LIMIT"


def test_another_parcel_with_that_slot_begins_at_the_first_lap():
    yard = Yard().start()
    yard.feed(CHUTE, B, FULL)
    lap(yard, 7, True)
    lap(yard, 7, False)
    assert lap(yard, 7, True) == "RECIRCULATED/CHUTE_FULL"


def test_parcels_may_be_sent_round_by_the_plan_and_the_load_is_watched():
    yard = Yard().start()
    for slot in (1, 2):
        assert yard.events("LOOP_LOAD") == []
        yard.send(slot=slot, answer=TO_LOOP)
        yard.finish()
    assert [event.c for event in yard.events("LOOP_LOAD")] == [2]


def test_laps_that_the_plan_itself_wants_are_not_limited():
    yard = Yard().start()
    for is_new in (True, False, False, False):
        parcel = in_the_tunnel(yard)
        position = int(yard.position - 300 + 100 + 20)
        yard.feed(READ, 0, 7 + NEW * is_new, TO_LOOP, position & 0x0FFFFFFF)
        yard.finish()
        assert yard.how(parcel) == "RECIRCULATED"


def test_a_broken_loop_gate_means_reject():
    yard = Yard().start()
    yard.feed(CHUTE, A, FULL)
    yard.feed(GATE_HEALTH, 2, 0)
    parcel = yard.send(answer=TO_A)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/CHUTE_FULL"


def test_a_gate_that_is_well_again_is_used_again():
    yard = Yard().start()
    yard.feed(GATE_HEALTH, ARM, 0)
    yard.feed(GATE_HEALTH, ARM, 1)
    parcel = yard.send(answer=TO_B)
    yard.finish()
    assert yard.how(parcel) == "SORTED"


def test_of_more_destinations_than_a_byte_counts_the_last_one_is_found_too():
    groups = [(A,)] * 160 + [(A, B)]
    line = small_line()
    yard = Yard(line, GateLogic(gate_config(line, groups))).start()
    yard.feed(CHUTE, A, FULL)
    parcel = yard.send(answer=len(groups))
    yard.finish()
    assert (parcel.place, yard.how(parcel)) == (B, "SORTED")
