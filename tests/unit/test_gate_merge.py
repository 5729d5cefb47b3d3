"""The infeed meter, the merge of the loop, and holding either: behaviours 7 and 10."""

import pytest

from unit.gate_driver import BLOCKED, CLEARED, ESTOP, HOLD, STOP, Yard
from unit.gate_line import MERGE, METER

HOLD_INFEED, HOLD_MERGE = 1, 2


def nose(yard: Yard, length: int = 300) -> None:
    yard.feed(BLOCKED, METER)
    yard.run(length)
    yard.feed(CLEARED, METER)


def test_the_infeed_meter_opens_a_gap_that_is_too_small():
    yard = Yard().start()
    nose(yard)
    yard.run(200)
    yard.feed(BLOCKED, METER)
    yard.run(2)
    cleared = int(yard.position) - 202
    assert [said.a for said in yard.tell("INFEED")] == [0, 1]
    yard.run(400)
    assert [said.a for said in yard.tell("INFEED")] == [0, 1, 0]
    assert yard.tell("INFEED")[-1].position == pytest.approx(cleared + 500, abs=3)


def test_a_gap_that_is_wide_enough_stops_nobody():
    yard = Yard().start()
    nose(yard)
    yard.run(520)
    nose(yard)
    assert [said.a for said in yard.tell("INFEED")] == [0]


def test_the_loop_merges_into_a_gap_made_for_it():
    yard = Yard().start()
    yard.feed(BLOCKED, MERGE)
    yard.run(5)
    assert yard.tell("INFEED")[-1].a == 1
    yard.run(3000)
    assert [said.a for said in yard.tell("MERGE")] == [1]
    yard.feed(CLEARED, MERGE)
    parcel = yard.put(300, nose=-200)
    yard.until(parcel, 290)
    assert [said.a for said in yard.tell("MERGE")] == [1, 0]
    assert yard.tell("INFEED")[-1].a == 1
    yard.run(30)
    assert yard.tell("INFEED")[-1].a == 0


@pytest.mark.parametrize("how", [STOP, ESTOP])
def test_a_merge_is_held_while_the_line_stands(how):
    yard = Yard().start()
    yard.feed(BLOCKED, MERGE)
    yard.run(3000)
    yard.feed(how, 0, 1)
    yard.run(5)
    assert [said.a for said in yard.tell("MERGE")] == [1, 0]
    yard.recover()
    yard.run(4000)
    assert [said.a for said in yard.tell("MERGE")][:3] == [1, 0, 1]


def test_a_parcel_that_will_not_leave_the_loop_does_not_stop_the_infeed_for_ever():
    yard = Yard().start()
    yard.feed(BLOCKED, MERGE)
    yard.run(3000)
    yard.feed(CLEARED, MERGE)
    yard.run(4000)
    assert yard.tell("INFEED")[-1].a == 0


def test_the_infeed_is_held_as_long_as_it_is_asked_for():
    yard = Yard().start()
    yard.feed(HOLD, 0, HOLD_INFEED)
    yard.run(5)
    assert [said.a for said in yard.tell("INFEED")] == [0, 1]
    yard.feed(STOP)
    yard.run(500)
    yard.start()
    assert [said.a for said in yard.tell("INFEED")] == [0, 1]
    yard.feed(HOLD, 0, 0)
    yard.run(5)
    assert [said.a for said in yard.tell("INFEED")] == [0, 1, 0]


def test_a_hold_that_ends_while_the_line_stands_starts_nothing():
    yard = Yard()
    yard.feed(HOLD, 0, HOLD_INFEED | HOLD_MERGE)
    yard.run(5)
    yard.feed(HOLD, 0, 0)
    yard.run(500)
    assert yard.said == []


def test_no_parcel_leaves_the_loop_while_the_merge_is_held():
    yard = Yard().start()
    yard.feed(HOLD, 0, HOLD_MERGE)
    yard.feed(BLOCKED, MERGE)
    yard.run(6000)
    assert yard.tell("MERGE") == []
    assert [said.a for said in yard.tell("INFEED")] == [0]
    yard.feed(HOLD, 0, 0)
    yard.run(3000)
    assert [said.a for said in yard.tell("MERGE")] == [1]


def test_a_gap_that_is_being_made_for_the_loop_waits_for_the_merge():
    """What has begun to clear stays clear: the lane may have stopped with a parcel half out of it."""
    yard = Yard().start()
    yard.feed(BLOCKED, MERGE)
    yard.run(5)
    yard.feed(HOLD, 0, HOLD_MERGE)
    yard.run(6000)
    assert yard.tell("MERGE") == []
    assert yard.tell("INFEED")[-1].a == 1
    yard.feed(HOLD, 0, 0)
    yard.run(3000)
    assert [said.a for said in yard.tell("MERGE")] == [1]


def test_a_parcel_that_comes_to_the_merge_behind_another_waits_for_the_hold_to_end():
    yard = Yard().start()
    yard.feed(BLOCKED, MERGE)
    yard.run(3000)
    yard.feed(CLEARED, MERGE)
    yard.run(5)
    yard.feed(HOLD, 0, HOLD_MERGE)
    yard.feed(BLOCKED, MERGE)
    yard.run(6000)
    assert [said.a for said in yard.tell("MERGE")] == [1, 0]
    assert yard.tell("INFEED")[-1].a == 0
