"""Controllers that are wrong on purpose, each in one habit: what must never happen then happens, and is counted.

Each one is the pure gate logic with some of its functions exchanged. `misbehave(monkeypatch, "late_retract")`
exchanges them until the end of the test; run it with `Settings(runtime="pure")`.
"""

from collections.abc import Callable
from types import ModuleType

import pytest

from sorter_core import endings, eyes, gates, line
from sorter_core.line_state import emit

NEVER = 0x07000000
MASK = 0x0FFFFFFF
DISPOSITION, GATES_SAFE = 8, 4
LATE_COUNTS = 600


def _next_in_row(st, s, position):
    """First in, first out: the next edge at an eye is the next parcel in the row, whenever it comes."""
    t = st.tracks.head[s]
    if t < 0:
        eyes._stray(st, s, position)
    else:
        eyes._seen(st, t, s, position, 0)
    return 1


def _whenever(st, t):
    """First in, first out: nobody is ever missed."""
    st.tracks.eye_due[t] = NEVER


_station_cleared = eyes._station_cleared


def _any_length(st, s, position):
    """Whatever clears the eye is the parcel that blocked it."""
    t = st.eyes.inside[s]
    if t >= 0:
        st.tracks.length[t] = 0
    _station_cleared(st, s, position)


def _never_overlong(st, t):
    st.tracks.trail_due[t] = NEVER


_retract = gates._retract
_late: dict[int, int] = {}


def _retract_late(st, g):
    """A barrier stays out until its parcel is well past."""
    if _late.pop(g, None) is None:
        _late[g] = (st.position + LATE_COUNTS) & MASK
        st.gate_agenda.put(g, _late[g])
    else:
        _retract(st, g)


def _always_clear(st, t, g, section):
    return -1


def _twice(st, kind, a, b, c, position):
    """Every tenth disposition is told again."""
    emit(st, kind, a, b, c, position)
    if kind == DISPOSITION and a % 10 == 0:
        emit(st, kind, a, b, c, position)


def _forgotten(st, kind, a, b, c, position):
    """Nobody is told how every tenth track ended."""
    if kind != DISPOSITION or a % 10:
        emit(st, kind, a, b, c, position)


def _held(st, kind, a, b, c, position):
    """In an emergency stop the gates stay where they are."""
    if kind != GATES_SAFE:
        emit(st, kind, a, b, c, position)


WRONG: dict[str, list[tuple[ModuleType, str, Callable[..., object]]]] = {
    "first_in_first_out": [
        (eyes, "_at_station", _next_in_row),
        (eyes, "_not_seen", _whenever),
        (eyes, "_station_cleared", _any_length),
        (eyes, "_overlong", _never_overlong),
    ],
    "no_length_check": [(eyes, "_station_cleared", _any_length), (eyes, "_overlong", _never_overlong)],
    "late_retract": [(gates, "_retract", _retract_late), (gates, "_next_at", _always_clear)],
    "double_disposition": [(endings, "emit", _twice)],
    "forgets_a_track": [(endings, "emit", _forgotten)],
    "held_in_emergency_stop": [(line, "emit", _held)],
}


def misbehave(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make the pure gate logic wrong in the way of that name."""
    for module, function, wrong in WRONG[name]:
        monkeypatch.setattr(module, function, wrong)
