"""The agenda against a sorted list: whatever is put, moved and removed comes out in order, and none comes late."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sorter_core.agenda import Agenda

MASK = 0x0FFFFFFF
ENTITIES = 12
SHIFT = 6
TAKES = 200

entity = st.integers(0, ENTITIES - 1)
# nearer than a bucket, within the wheel of 64 buckets, and several turns of it ahead
distance = st.one_of(st.integers(-300, 100), st.integers(0, 4096), st.integers(0, 60_000))
action = st.one_of(
    st.tuples(st.just("put"), entity, distance),
    st.tuples(st.just("remove"), entity, st.just(0)),
    st.tuples(st.just("seek"), st.just(0), st.just(0)),
    st.tuples(st.just("run"), st.just(0), st.one_of(st.integers(1, 200), st.integers(1, 20_000))),
)
begin = st.sampled_from([0, 1000, MASK - 5000, MASK - 64, MASK])


def take_all(agenda: Agenda, position: int) -> list[int]:
    """Ask until nothing is due, as the control loop does step by step at one position."""
    taken = []
    for _ in range(TAKES):
        one = agenda.take(position & MASK)
        if one >= 0:
            taken.append(one)
        elif agenda.next_due != position & MASK:
            return taken
    raise AssertionError(f"never done at {position}: next_due stays at {agenda.next_due}")


def ahead(agenda: Agenda, position: int) -> int:
    """Belt travel until `next_due`."""
    return ((agenda.next_due - position + (MASK + 1) // 2) & MASK) - (MASK + 1) // 2


@settings(max_examples=150, deadline=None)
@given(begin, st.lists(action, max_size=60))
def test_it_is_a_sorted_list_even_where_the_counter_wraps(start, actions):
    agenda = Agenda(ENTITIES, SHIFT)
    agenda.start(start)
    position, model = start, {}
    for what, which, amount in actions:
        if what == "put":
            agenda.put(which, (position + amount) & MASK)
            model[which] = position + amount
        elif what == "remove":
            agenda.remove(which)
            model.pop(which, None)
        elif what == "seek":
            found = agenda.seek(position & MASK)
            assert found < 0 or model[found] == min(model.values())
        else:
            position += amount
            due = sorted(at for at in model.values() if at <= position)
            taken = take_all(agenda, position)
            came = [model.pop(one) for one in taken]
            # After a leap of the whole wheel all come, but the order is not promised.
            assert (came if amount <= 63 << SHIFT else sorted(came)) == due
        if model:
            assert ahead(agenda, position) <= max(min(model.values()) - position, 0)
    assert {one for one in range(ENTITIES) if agenda.bucket[one] >= 0} == set(model)


@settings(max_examples=60, deadline=None)
@given(begin, st.lists(st.tuples(entity, st.integers(1, 9000)), min_size=1, max_size=ENTITIES))
def test_stepping_from_due_to_due_finds_every_entry_at_its_own_position(start, entries):
    """A loop that sleeps until `next_due` misses nothing and wakes in vain once an entry and once in eight buckets."""
    agenda = Agenda(ENTITIES, SHIFT)
    agenda.start(start)
    model = {}
    for which, amount in entries:
        agenda.put(which, (start + amount) & MASK)
        model[which] = start + amount
    position, wakes = start, 0
    while model:
        position += max(ahead(agenda, position), 0)
        wakes += 1
        for one in take_all(agenda, position):
            assert model.pop(one) == position
    assert wakes <= 2 * len(entries) + 9000 // (8 << SHIFT) + 2


def test_an_entry_is_moved_not_doubled():
    agenda = Agenda(4, 3)
    agenda.start(0)
    agenda.put(2, 100)
    agenda.put(2, 40)
    assert take_all(agenda, 39) == []
    assert take_all(agenda, 40) == [2]
    assert take_all(agenda, 200) == []


def test_what_is_overdue_when_it_is_put_comes_at_once():
    agenda = Agenda(4, 3)
    agenda.start(5000)
    take_all(agenda, 9000)
    agenda.put(1, 8000)
    assert agenda.next_due == 8000
    assert take_all(agenda, 9000) == [1]


def test_the_earlier_of_two_in_one_bucket_comes_first():
    agenda = Agenda(4, 6)
    agenda.start(0)
    agenda.put(0, 60)
    agenda.put(1, 50)
    agenda.put(2, 55)
    assert take_all(agenda, 63) == [1, 2, 0]


def test_removing_what_is_not_in_changes_nothing():
    agenda = Agenda(4, 6)
    agenda.start(0)
    agenda.put(1, 10)
    agenda.remove(3)
    agenda.remove(3)
    assert take_all(agenda, 10) == [1]


def test_a_belt_that_runs_back_makes_nothing_due():
    agenda = Agenda(4, 4)
    agenda.start(10_000)
    agenda.put(0, 10_050)
    assert take_all(agenda, 9_000) == []
    assert take_all(agenda, 10_049) == []
    assert take_all(agenda, 10_050) == [0]


@pytest.mark.parametrize("jump", [64 << 6, 10_000_000, MASK // 2 - 10_000])
def test_a_leap_beyond_the_whole_wheel_finds_all_in_order(jump):
    agenda = Agenda(ENTITIES, SHIFT)
    agenda.start(MASK - 100)
    for one in range(ENTITIES):
        agenda.put(one, (MASK - 100 + 137 * (ENTITIES - one)) & MASK)
    found = take_all(agenda, MASK - 100 + jump)
    assert sorted(found) == list(range(ENTITIES))


def test_who_looks_again_and_again_for_nothing_does_not_run_away_from_the_belt():
    agenda = Agenda(ENTITIES, SHIFT)
    agenda.start(0)
    agenda.put(3, 40 << SHIFT)
    for _ in range(40):
        assert agenda.seek(0) == -1
    assert agenda.next_due <= 16 << SHIFT
    agenda.put(5, 10)
    assert agenda.seek(0) == 5
    assert agenda.next_due == 10


def test_one_call_searches_a_few_buckets_only():
    """The work of a call is bounded: after a leap the rest is left to the next calls, at the same position."""
    agenda = Agenda(4, 3)
    agenda.start(0)
    agenda.put(0, 300)
    assert agenda.take(300) == -1
    assert agenda.next_due == 300
    assert take_all(agenda, 300) == [0]
