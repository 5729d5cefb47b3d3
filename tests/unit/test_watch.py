"""Memory that somebody else writes: what has changed since the last look."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from sortyard_c.watch import Watch


def test_nothing_has_changed_until_somebody_writes_and_then_once():
    words, unwatched = array("i", [1, 2, 3, 4]), bytearray(8)
    watch = Watch([memoryview(words)[1:3], memoryview(unwatched)[2:4]])
    assert not watch.has_changed()
    words[2] = 7
    assert watch.has_changed()
    assert not watch.has_changed()
    words[0] = words[3] = unwatched[1] = unwatched[4] = 9
    assert not watch.has_changed()


def test_what_is_written_back_to_what_it_was_has_not_changed():
    cell = bytearray(1)
    watch = Watch([cell])
    cell[0] = 5
    cell[0] = 0
    assert not watch.has_changed()


@given(writes=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 255)), max_size=40))
def test_it_tells_the_same_as_a_copy_of_everything(writes: list[tuple[int, int, int]]):
    parts = [bytearray(4) for _ in range(3)]
    watch = Watch(parts)
    for part, at, value in writes:
        before = bytes(parts[part])
        parts[part][at] = value
        assert watch.has_changed() == (bytes(parts[part]) != before)
