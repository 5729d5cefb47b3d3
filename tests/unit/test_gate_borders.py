"""A zone's borders, from the gate logic's side: who is handed over, what is known of it, and what is no hand-over."""

from array import array

import pytest

from sortyard.config.compile import gate_config
from sortyard.config.zones import Stretch, zones_of
from unit import gate_driver
from unit.gate_driver import CHUTE, READ, START, STOP, Yard
from unit.gate_line import B_THEN_A, HOST_ONLY, LOOP, NO_RULE, PUSH, REJECT, TO_A, TO_B, TO_END, TO_LOOP, A, B
from unit.zone_driver import BOUND, HANDED, LAP, LOOPLESS, PEER, V2, V3, East, West, two_zones

STOPPED, ALIVE, DEAD = 0, 1, 2
STRAY, UNCERTAIN, FLUSHED, MAY_LAP, LAPS_OVER = 1, 2, 32, 64, 128
GO_ROUND = 32
"""Beside a reason."""
NEW = 1024
"""Beside a slot: its code has just got it."""
OTHER = 1 << 24
"""Handles of the second zone begin here."""

SORTED, RECIRCULATED, REJECTED, LOST, CARRIED = 1, 2, 3, 4, 5
NO_READ, NO_DATA, LATE_DATA, CHUTE_FULL, IS_UNCERTAIN, IS_FLUSHED, LAP_LIMIT, NOT_SEEN = (
    1,
    3,
    4,
    5,
    10,
    11,
    12,
    13,
)


def test_a_parcel_for_the_next_zone_is_handed_over_at_the_border_eye_and_nothing_is_claimed_here():
    yard = West().start()
    parcel = yard.send(300, slot=7, answer=TO_B)
    yard.until(parcel, V2 + 20)
    (handed,) = yard.handed
    assert handed == (1, 300, 7, handed.origin, TO_B, 0, 0)
    assert abs(handed.origin + V2 - (yard.position - 20)) <= 2
    yard.run(600)
    assert yard.gl.tracks.count == 0
    assert yard.ended == []


def test_a_parcel_for_this_zone_is_claimed_here_and_not_handed_over():
    yard = West().start()
    parcel = yard.send(300, slot=7, answer=TO_A)
    yard.finish()
    assert yard.how(parcel) == "SORTED"
    assert yard.handed == []


@pytest.mark.parametrize(
    ("slot", "answer", "reason"), [(-1, TO_A, NO_READ), (3, NO_RULE, 3)], ids=["no label", "no rule"]
)
def test_what_cannot_be_sorted_goes_on_with_its_reason(slot, answer, reason):
    yard = West().start()
    yard.until(yard.send(300, slot=slot, answer=answer), V2 + 20)
    assert yard.handed == [(1, 300, slot, yard.handed[0].origin, 0, reason, 0)]


def test_a_failed_divert_is_handed_over_as_uncertain():
    yard = West().start()
    parcel = yard.send(300, answer=TO_A, fails=frozenset({0}))
    yard.until(parcel, V2 + 20)
    (handed,) = yard.handed
    assert (handed.group, handed.reason, handed.facts) == (0, IS_UNCERTAIN, UNCERTAIN)


def test_a_failed_divert_that_only_the_border_eye_tells_of_is_handed_over_at_once():
    """Without a confirm eye nobody knows of it before. It is handed over when its nose is seen, not its tail."""
    yard = West(has_confirm=False).start()
    parcel = yard.send(300, answer=TO_A, fails=frozenset({0}))
    yard.until(parcel, V2 + 20)
    assert len(yard.events("DIVERT_FAILED")) == 1
    (handed,) = yard.handed
    assert (handed.group, handed.reason, handed.facts) == (0, IS_UNCERTAIN, UNCERTAIN)
    yard.run(600)
    assert (yard.gl.tracks.count, yard.ended) == (0, [])


@pytest.mark.parametrize(("length", "is_armed"), [(1880, 1), (2200, 0)], ids=["armed", "not armed"])
def test_one_too_long_for_the_pusher_before_the_border_goes_on_and_the_pusher_is_free_for_the_next(
    length, is_armed
):
    """The pusher would meet its middle when the nose is 90 mm, or 250 mm, beyond the border eye."""
    yard = West(has_confirm=False, parcels={"max_length_mm": 2300}).start()
    parcel = yard.send(length, answer=TO_A)
    yard.until(parcel, V2 - 5)
    assert yard.gl.gates.state[PUSH] == is_armed
    yard.until(parcel, V2 + 20)
    assert yard.gl.gates.state[PUSH] == 0
    assert [(one.track, one.group, one.reason) for one in yard.handed] == [(1, TO_A, 0)]
    yard.until(parcel, 7000)
    assert yard.tell("GATE_EXTEND") == []
    following = yard.send(300, answer=TO_A)
    yard.finish()
    assert yard.how(following) == "SORTED"
    assert (parcel.place, yard.gl.tracks.count) == (REJECT, 0)


@pytest.mark.parametrize(("slot", "reason"), [(-1, NO_READ), (7, LATE_DATA)], ids=["no label", "read"])
def test_one_whose_tail_is_still_at_the_infeed_when_its_nose_is_at_the_border_goes_on_unsorted(slot, reason):
    yard = West(parcels={"max_length_mm": 4000}).start()
    parcel = yard.put(3800, slot=slot, answer=TO_B)
    yard.until(parcel, V2 + 20)
    assert yard.handed == [(1, 0, slot, yard.handed[0].origin, 0, reason, 0)]
    yard.run(4500)
    assert (yard.gl.tracks.count, yard.ended, yard.faults()) == (0, [], [])


def test_a_full_chute_gives_way_to_one_of_the_next_zone():
    yard = West().start()
    yard.feed(5, A, 1)
    yard.until(yard.send(300, answer=3), V2 + 20)
    assert yard.handed[0].group == 3
    assert yard.handed[0].reason == CHUTE_FULL


def test_who_is_still_waiting_for_an_answer_at_the_border_goes_on_as_late():
    yard = West(host=True).start()
    parcel = yard.put(300, slot=1, answer=255)
    yard.until(parcel, V2 + 20)
    assert yard.handed[0].group == 0
    assert yard.handed[0].reason == LATE_DATA


def test_after_a_flush_it_is_handed_over_as_flushed():
    yard = West().start()
    parcel = yard.send(300, answer=TO_B)
    yard.estop()
    yard.run(50)
    yard.recover(policy=1)
    yard.until(parcel, V2 + 20)
    assert yard.handed[0].facts & FLUSHED


def test_a_stray_at_the_border_eye_is_told_and_handed_over():
    yard = West().start()
    yard.put(300, nose=float(V2 - 50))
    yard.run(100)
    (handed,) = yard.handed
    assert (handed.length, handed.group, handed.facts) == (0, 0, STRAY)
    assert [one.b for one in yard.events("STRAY_SEEN")] == [handed.track]


def test_a_parcel_that_stands_in_the_border_eye_is_still_a_jam():
    yard = West().start()
    parcel = yard.send(300, answer=TO_B)
    yard.until(parcel, V2 + 20)
    parcel.is_stuck = True
    yard.run(1200)
    assert yard.faults() == ["JAM"]


def test_what_was_handed_over_is_sorted_by_the_next_zone_under_its_name():
    yard = East()
    origin = yard.hand(5)
    yard.pass_eye(1, V3, origin)
    yard.run(origin + 6800 + 600 - yard.position)
    extends = [one for one in yard.said if one[0] == 1]
    assert [one[1:3] for one in extends] == [(0, 5)]
    assert abs(extends[0][4] - origin - (6800 - 30 - 115)) <= 6
    yard.feed(1, 3)
    yard.run(100)
    yard.feed(2, 3)
    yard.run(100)
    assert yard.ends() == [(5, SORTED, 0, B)]
    assert yard.tracks() == 0


def test_who_was_not_handed_over_is_a_stray_and_goes_to_the_end():
    yard = East()
    origin = yard.position - V2
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(100)
    assert [one for one in yard.said if one[0] in (1, 2)] == []
    assert yard.ends() == [(OTHER + 1, CARRIED, 17, -1)]


def test_who_is_handed_over_too_late_is_lost_and_the_stray_keeps_no_name():
    yard = East()
    origin = yard.position - V2
    yard.pass_eye(1, V3, origin)
    yard.feed(HANDED, 4, 5, 300, origin)
    yard.feed(BOUND, 0, 5, TO_B)
    yard.pass_eye(2, 7800, origin)
    yard.run(100)
    assert yard.ends() == [(5, LOST, NOT_SEEN, -1), (OTHER + 1, CARRIED, 17, -1)]


def test_who_is_handed_over_and_does_not_come_is_lost():
    yard = East()
    yard.hand(5)
    yard.run(V3 - V2 + 300)
    assert yard.ends() == [(5, LOST, NOT_SEEN, -1)]


@pytest.mark.parametrize(
    ("group", "reason", "facts", "end"),
    [
        (0, NO_READ, 0, (5, REJECTED, NO_READ, REJECT - 1)),
        (0, 0, 0, (5, REJECTED, LATE_DATA, REJECT - 1)),
        (0, IS_UNCERTAIN, UNCERTAIN, (5, REJECTED, IS_UNCERTAIN, REJECT - 1)),
        (TO_B, 0, FLUSHED, (5, REJECTED, IS_FLUSHED, REJECT - 1)),
        (TO_A, 0, 0, (5, REJECTED, LATE_DATA, REJECT - 1)),
        (TO_END, 0, 0, (5, SORTED, 0, REJECT - 1)),
        (0, 0, STRAY, (5, CARRIED, 17, -1)),
    ],
    ids=["no read", "nothing known", "uncertain", "flushed", "behind it", "the end", "stray"],
)
def test_the_facts_of_a_track_are_true_in_the_next_zone_too(group, reason, facts, end):
    yard = East()
    origin = yard.hand(5, group=group, reason=reason, facts=facts)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [end]


def test_of_a_group_the_chute_behind_is_passed_over_without_a_reason_of_its_own():
    yard = East()
    yard.feed(5, B, 1)
    origin = yard.hand(5, group=3)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, REJECTED, CHUTE_FULL, REJECT - 1)]


def test_a_longer_parcel_than_was_handed_over_is_doubted():
    yard = East()
    origin = yard.hand(5, length=300)
    yard.pass_eye(1, V3, origin, length=420)
    yard.pass_eye(2, 7800, origin, length=420)
    yard.run(200)
    assert yard.ends() == [(5, LOST, 16, -1)]


def test_facts_of_another_track_or_of_none_change_nothing():
    yard = East()
    yard.feed(BOUND, 0, 9, TO_B)
    origin = yard.position - V2
    yard.feed(HANDED, 4, 5, 300, origin)
    yard.feed(BOUND, 0, 9, TO_B)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, REJECTED, LATE_DATA, REJECT - 1)]


def test_an_input_of_an_unknown_kind_comes_between_a_track_and_its_facts():
    yard = East()
    origin = yard.position - V2
    yard.feed(HANDED, 4, 5, 300, origin)
    yard.feed(LAP + 1, 0, 5, TO_A)
    yard.feed(BOUND, 0, 5, TO_END)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, SORTED, 0, REJECT - 1)]


def test_a_full_table_of_tracks_loses_nobody_without_saying_so():
    yard = East()
    capacity = yard.gl.tracks.capacity
    for track in range(1, capacity + 2):
        yard.hand(track)
        yard.run(4)
    assert (capacity + 1, LOST, NOT_SEEN, -1) in yard.ends()
    assert [one[1] for one in yard.said if one[0] == 11] == [8]


def test_another_zone_that_stops_stops_this_one_and_it_starts_again_by_a_start_alone():
    yard = East()
    yard.feed(PEER, 0, STOPPED + 4 * 1)
    yard.run(20)
    assert not yard.is_running
    yard.feed(PEER, 0, STOPPED + 4 * 1)
    yard.feed(START)
    yard.run(100)
    assert yard.is_running
    assert [one for one in yard.said if one[0] == 11] == []


def test_a_dead_zone_is_a_fault_and_nobody_starts_before_it_is_back():
    yard = East()
    yard.feed(PEER, 0, DEAD + 4 * 3)
    yard.feed(PEER, 0, DEAD + 4 * 3)
    yard.run(20)
    assert [one[1:3] for one in yard.said if one[0] == 11] == [(14, 3)]
    assert not yard.is_running
    yard.feed(10)
    yard.feed(START)
    yard.run(100)
    assert not yard.is_running
    yard.feed(PEER, 0, ALIVE + 4 * 3)
    yard.feed(START)
    yard.run(100)
    assert yard.is_running


@pytest.mark.parametrize(("place", "neighbours"), [(0, [1]), (1, [0, 2]), (2, [1])])
def test_a_start_is_refused_with_the_neighbour_that_has_not_been_there_since_the_boot(place, neighbours):
    config = gate_config(zones_of(two_zones())[1].line, LOOPLESS, 1, Stretch(place, place > 0, place < 2))
    logic, buffer = gate_driver.GateLogic(config), array("i", bytes(4 * 5 * 16))

    def start() -> list[tuple[int, int]]:
        """Faults, and what the line does."""
        logic.feed(START, 0, 0, 0, 0)
        for _ in range(60):
            logic.step(0, 0)
        n = logic.drain(buffer, 0)
        rows = [buffer[i : i + 5] for i in range(0, 5 * n, 5)]
        return [(row[0], row[2 if row[0] == 11 else 1]) for row in rows if row[0] in (5, 11)]

    for missing in neighbours:
        assert start() == [(11, missing)]
        logic.feed(PEER, 0, 0, ALIVE + 4 * missing, 0)
    assert start() == [(5, 1)]


def test_a_line_of_one_zone_takes_nothing_from_neighbours():
    yard = Yard().start()
    for kind in (HANDED, BOUND, PEER, LAP, 200):
        yard.feed(kind, 4, DEAD, 300)
    yard.run(50)
    assert yard.gl.tracks.count == 0
    assert yard.gl.state == 1


def test_the_first_zone_takes_no_tracks_over():
    yard = West().start()
    yard.feed(HANDED, 4, 9, 300)
    yard.feed(STOP)
    yard.run(20)
    assert yard.gl.tracks.count == 0


def test_a_zone_that_hands_over_needs_its_border_eye():
    zone = zones_of(two_zones())[0]
    config = gate_config(zone.line, LOOPLESS, 1, zone.stretch)
    config[11] = 0
    with pytest.raises(ValueError, match="border eye"):
        gate_driver.GateLogic(config)


def test_a_destination_in_two_zones_is_tried_in_the_order_of_its_group():
    yard = West().start()
    yard.until(yard.send(300, answer=B_THEN_A), V2 + 20)
    assert (yard.handed[0].group, yard.handed[0].reason) == (B_THEN_A, 0)


# --- a loop that begins in the next zone ---


@pytest.mark.parametrize(
    ("slot", "answer", "is_full", "told"),
    [
        (7, TO_A, True, (0, CHUTE_FULL + GO_ROUND, MAY_LAP)),
        (7, TO_B, False, (TO_B, 0, MAY_LAP)),
        (7, TO_LOOP, False, (TO_LOOP, 0, MAY_LAP)),
        (7, B_THEN_A, False, (B_THEN_A, 0, MAY_LAP)),
        (7, NO_RULE, False, (0, NO_DATA, MAY_LAP)),
        (7, HOST_ONLY, False, (0, LATE_DATA + GO_ROUND, MAY_LAP)),
        (-1, TO_A, False, (0, NO_READ, 0)),
    ],
    ids=["full", "for the next zone", "round by plan", "for either", "no rule", "no host", "no label"],
)
def test_who_may_go_round_again_is_handed_over_with_the_reason_why(slot, answer, is_full, told):
    yard = West(has_loop=True).start()
    yard.feed(CHUTE, A, is_full)
    yard.until(yard.send(300, slot=slot, answer=answer), V2 + 20)
    (handed,) = yard.handed
    assert (handed.group, handed.reason, handed.facts) == told


def test_laps_are_counted_where_the_code_is_read_and_the_last_one_is_told():
    yard = West(has_loop=True).start()
    yard.feed(CHUTE, A, 1)
    for lap, told in enumerate(
        [(GO_ROUND + CHUTE_FULL, MAY_LAP), (GO_ROUND + CHUTE_FULL, MAY_LAP), (LAP_LIMIT, LAPS_OVER)]
    ):
        parcel = yard.put(300, slot=-1)
        yard.until(parcel, 700)
        yard.feed(READ, 0, 7 + (0 if lap else NEW), TO_A, int(yard.position - 300 + 120) & 0x0FFFFFFF)
        yard.until(parcel, V2 + 20)
        assert (yard.handed[lap].reason, yard.handed[lap].facts) == told
        yard.feed(LAP, 7 + 1, yard.handed[lap].track)
        yard.run(600)
    assert [event.c for event in yard.events("LOOP_LOAD")] == [2]
    yard.until(yard.send(300, slot=8, answer=TO_A), V2 + 20)
    assert (yard.handed[-1].reason, yard.handed[-1].facts) == (GO_ROUND + CHUTE_FULL, MAY_LAP)


def test_a_lap_of_nobody_knows_which_code_is_a_parcel_more_on_the_loop_all_the_same():
    yard = West(has_loop=True).start()
    for slot in (0, 1023):
        yard.feed(LAP, slot, 5)
    yard.run(20)
    assert [event.c for event in yard.events("LOOP_LOAD")] == [2]


@pytest.mark.parametrize(
    ("group", "reason", "facts", "end"),
    [
        (0, CHUTE_FULL + GO_ROUND, MAY_LAP, (5, RECIRCULATED, CHUTE_FULL, LOOP)),
        (0, CHUTE_FULL + GO_ROUND, LAPS_OVER, (5, REJECTED, LAP_LIMIT, REJECT)),
        (0, CHUTE_FULL + GO_ROUND, 0, (5, REJECTED, CHUTE_FULL, REJECT)),
        (0, CHUTE_FULL, MAY_LAP, (5, REJECTED, CHUTE_FULL, REJECT)),
        (0, NO_READ + GO_ROUND, MAY_LAP, (5, REJECTED, NO_READ, REJECT)),
        (0, CHUTE_FULL + GO_ROUND, MAY_LAP + UNCERTAIN, (5, REJECTED, IS_UNCERTAIN, REJECT)),
        (TO_LOOP, 0, MAY_LAP, (5, RECIRCULATED, 0, LOOP)),
        (TO_B, 0, MAY_LAP, (5, RECIRCULATED, CHUTE_FULL, LOOP)),
        (TO_B, 0, LAPS_OVER, (5, REJECTED, LAP_LIMIT, REJECT)),
        (TO_B, 0, 0, (5, REJECTED, CHUTE_FULL, REJECT)),
    ],
    ids=[
        "again",
        "no more laps",
        "no code",
        "condemned",
        "not for this",
        "uncertain",
        "by plan",
        "full here",
        "full, no more",
        "full, no code",
    ],
)
def test_the_next_zone_lets_go_round_again_whoever_may(group, reason, facts, end):
    yard = East(has_loop=True)
    yard.feed(CHUTE, B, 1)
    yard.feed(LAP, 1, 4)
    origin = yard.hand(5, group=group, reason=reason, facts=facts)
    yard.pass_eye(1, V3, origin)
    if end[1] == RECIRCULATED:
        yard.run(7900 + origin - yard.position)
        yard.feed(1, 4)
        yard.run(100)
        yard.feed(2, 4)
    else:
        yard.pass_eye(2, 7800, origin)
    yard.run(300)
    assert yard.ends() == [end]


def test_what_has_passed_the_way_to_the_loop_does_not_go_round_again():
    yard = East(has_loop=True, loop_zone="west")
    yard.feed(CHUTE, B, 1)
    origin = yard.hand(5, facts=MAY_LAP)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, REJECTED, CHUTE_FULL, REJECT)]
