"""The table of tracks against a plain list: order, sections, heads and handles, whatever comes and goes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sorter_core.tracks import Tracks

CAPACITY, SECTIONS = 16, 4

action = st.one_of(
    st.just(("append", 1)),
    st.tuples(st.just("stray"), st.integers(1, SECTIONS)),
    st.tuples(st.just("advance"), st.integers(1, SECTIONS)),
    st.tuples(st.just("leave"), st.integers(0, CAPACITY - 1)),
)


def walk(tracks: Tracks) -> list[int]:
    """Downstream end first; both directions must agree."""
    forward, t = [], tracks.first
    while t >= 0:
        forward.append(t)
        t = tracks.behind[t]
    back, t = [], tracks.last
    while t >= 0:
        back.append(t)
        t = tracks.ahead[t]
    assert back[::-1] == forward
    return forward


def check(tracks: Tracks, belt: list[tuple[int, int]]) -> None:
    """`belt`: track and section, downstream end first."""
    assert walk(tracks) == [t for t, _ in belt]
    assert [tracks.section[t] for t, _ in belt] == [s for _, s in belt]
    for section in range(1, SECTIONS + 2):
        heads = [t for t, s in belt if s == section]
        assert tracks.head[section] == (heads[0] if heads else -1), section
    assert tracks.count == len(belt)
    for t, _ in belt:
        assert tracks.find(tracks.number[t]) == t


@settings(max_examples=200, deadline=None)
@given(st.lists(action, max_size=80))
def test_it_is_a_list_in_belt_order(actions):
    tracks = Tracks(CAPACITY, SECTIONS)
    belt: list[tuple[int, int]] = []
    for what, which in actions:
        if what == "append":
            t = tracks.new(0, 1, 0)
            if t >= 0:
                tracks.append(t)
                belt.append((t, 1))
        elif what == "stray":
            t = tracks.new(0, which + 1, 0)
            if t >= 0:
                tracks.insert(t)
                place = sum(section >= which + 1 for _, section in belt)
                belt.insert(place, (t, which + 1))
        elif what == "advance":
            t = tracks.head[which]
            if t >= 0:
                tracks.advance(t)
                belt = [(one, s + 1 if one == t else s) for one, s in belt]
        elif which < len(belt):
            t, _ = belt.pop(which)
            number = tracks.number[t]
            tracks.unlink(t)
            tracks.free(t)
            assert tracks.find(number) == -1
        check(tracks, belt)


def test_a_full_table_says_so_and_has_room_again():
    tracks = Tracks(8, 2)
    places = [tracks.new(0, 1, 0) for _ in range(8)]
    assert sorted(places) == list(range(8))
    assert tracks.new(0, 1, 0) == -1
    for t in places:
        tracks.append(t)
    tracks.unlink(places[3])
    tracks.free(places[3])
    assert tracks.new(0, 1, 0) == places[3]


def test_a_handle_names_one_track_only_and_numbers_go_on_past_24_bits():
    tracks = Tracks(8, 2)
    tracks.last_number = 0xFFFFFE
    last = tracks.new(0, 1, 0)
    first = tracks.new(0, 1, 0)
    assert (tracks.number[last], tracks.number[first]) == (0xFFFFFF, 0)
    assert tracks.find(0xFFFFFF) == last
    assert tracks.find(0) == first
    assert tracks.find(0x01000000) == -1
    assert tracks.find(0x0FFFFFFF) == -1


def test_a_place_is_blank_for_its_next_track():
    """Nothing of a parcel that has left sticks to the one that gets its place."""
    tracks = Tracks(8, 2)
    arrays = {
        name: value for name, value in vars(tracks).items() if hasattr(value, "typecode") and len(value) == 8
    }
    # set by `new`, or before anybody looks: with a slot, a group, when a gate fires or refuses, when it joins a queue
    inherited = {"used", "number", "origin", "section", "epoch", "ahead", "behind"}
    inherited |= {"halts", "plan", "answer", "choice", "refused", "next_waiting"}
    blank = {name: value[1] for name, value in arrays.items() if name not in inherited}
    t = tracks.new(500, 1, 3)
    assert t == 1
    tracks.append(t)
    for name in blank:
        arrays[name][t] = 77
    tracks.unlink(t)
    tracks.free(t)
    assert {name: arrays[name][t] for name in blank} == blank


def test_long_lived_tracks_are_stepped_over():
    tracks = Tracks(8, 2)
    stay = tracks.new(0, 1, 0)
    for _ in range(20):
        t = tracks.new(0, 1, 0)
        assert t not in (-1, stay)
        tracks.free(t)
