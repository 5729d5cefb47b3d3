"""Slots for codes: against a plain dictionary, and what happens when all are taken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sorter_core.slots import BLOCK_BYTES, CODE_BYTES, NEW, SLOTS, Slots

CODES = st.binary(min_size=1, max_size=12)


def take(slots: Slots, code: bytes) -> int:
    return slots.take(code, len(code))


def code_of(slots: Slots, slot: int) -> bytes:
    first, length = slot * BLOCK_BYTES, slots.lengths[slot]
    code = bytes(slots.codes[first : first + min(length, BLOCK_BYTES)])
    if length > BLOCK_BYTES:
        rest = slots.more[slot] * BLOCK_BYTES
        code += bytes(slots.codes[rest : rest + length - BLOCK_BYTES])
    return code


def test_a_code_keeps_its_slot_until_its_parcel_is_done_with():
    slots = Slots()
    assert take(slots, b"A") == 0 + NEW
    assert take(slots, b"B") == 1 + NEW
    assert take(slots, b"A") == 0
    slots.release(0)
    assert take(slots, b"A") == 2 + NEW
    assert code_of(slots, 0) == b"A"  # a disposition on its way to the host still finds it


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([b"A", b"B", b"CC", b"A" * 60, b"x" * 48]) | CODES, st.booleans())))
def test_slots_are_as_a_dictionary_has_them(story):
    slots, live = Slots(), {}
    for code, is_release in story:
        kept = code[:CODE_BYTES]
        if is_release:
            if kept in live:
                slots.release(live.pop(kept))
            continue
        slot = take(slots, code)
        if kept in live:
            assert slot == live[kept]
        else:
            assert slot >= NEW
            assert slot - NEW not in live.values()
            live[kept] = slot - NEW
            assert code_of(slots, slot - NEW) == kept


@pytest.mark.parametrize("count", [12, SLOTS])
def test_a_free_slot_is_given_out_as_late_as_possible_and_then_the_one_read_longest_ago(count):
    slots = Slots(count)
    for number in range(count):
        assert take(slots, b"%d" % number) == number + NEW
    slots.release(7)
    assert take(slots, b"more") == 7 + NEW
    take(slots, b"0")  # read again: number 1 is the oldest now
    assert take(slots, b"another") == 1 + NEW
    assert take(slots, b"1") == 2 + NEW


def test_a_long_code_takes_two_slots_and_gives_both_back():
    slots, long = Slots(4), b"one code of forty-eight bytes, a label of a pallet"
    assert take(slots, long) == 0 + NEW
    assert code_of(slots, 0) == long[:CODE_BYTES]
    assert take(slots, b"short") == 2 + NEW
    slots.release(1)  # nobody's slot
    assert take(slots, long) == 0
    slots.release(0)
    assert code_of(slots, 0) == long[:CODE_BYTES]
    assert [take(slots, b"%d" % number) - NEW for number in range(3)] == [3, 0, 1]


def test_codes_that_have_no_slot_left_are_forgotten_whole():
    slots, first, second = Slots(3), b"a" * 40, b"b" * 40
    take(slots, first)
    take(slots, b"short")
    assert take(slots, second) == 0 + NEW  # both blocks of the one that was read longest ago
    assert code_of(slots, 0) == second
    assert take(slots, b"short") == 2
    assert take(slots, first) == 0 + NEW
    assert code_of(slots, 0) == first
    assert (take(slots, b"short"), take(slots, second)) == (2, 0 + NEW)


def test_what_was_told_of_a_slot_whose_block_serves_another_code_is_no_code():
    slots = Slots(2)
    take(slots, b"A")
    take(slots, b"B")
    slots.release(0)
    slots.release(1)
    take(slots, b"c" * 30)
    assert (code_of(slots, 0), code_of(slots, 1)) == (b"c" * 30, b"")


@pytest.mark.parametrize("count", [12, SLOTS])
def test_releasing_what_is_not_taken_changes_nothing(count):
    slots = Slots(count)
    for slot in (-5, -1, 0, count - 1, count, 10**6):
        slots.release(slot)
    assert take(slots, b"A") == 0 + NEW
    slots.release(0)
    slots.release(0)
    assert [take(slots, b"%d" % number) - NEW for number in range(count)] == [*range(1, count), 0]
