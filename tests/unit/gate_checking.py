"""A gate logic whose tables refuse what the compiled one would not notice: negative places, values beyond 30 bits."""

from array import array
from typing import Any

LIMIT = 1 << 29


class CheckedArray(array):
    """An array('i') without negative indices and without values that a small board would have to box."""

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, int) and place < 0:
            raise IndexError(f"place {place} of a table")
        return array.__getitem__(self, place)

    def __setitem__(self, place: Any, value: Any) -> None:
        if place < 0:
            raise IndexError(f"place {place} of a table is set")
        if not -LIMIT <= value < LIMIT:
            raise OverflowError(f"{value} in a table")
        array.__setitem__(self, place, value)


def with_checked_tables(logic: Any) -> Any:
    """The same gate logic, every table of it and of its parts replaced."""
    for owner in (logic, *(part for part in vars(logic).values() if hasattr(part, "__dict__"))):
        for name, value in list(vars(owner).items()):
            if isinstance(value, array):
                setattr(owner, name, CheckedArray("i", value))
    return logic


def live_tracks(logic: Any) -> list[int]:
    """Handles of the tracks that have no disposition yet."""
    tracks = logic.tracks
    return [tracks.number[t] for t in range(tracks.capacity) if tracks.used[t]]


def check_links(logic: Any) -> None:
    """No table names a track that has ended."""
    tracks, used = logic.tracks, logic.tracks.used
    named = [*logic.eyes.inside, *logic.gates.track, *logic.gates.queued, *logic.chutes.first, *tracks.head]
    named += [logic.inducting, logic.read_head, tracks.first, tracks.last]
    for t in range(tracks.capacity):
        if used[t]:
            named += [tracks.ahead[t], tracks.behind[t], tracks.next_waiting[t]]
    assert all(t < 0 or used[t] for t in named), named
