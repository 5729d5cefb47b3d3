"""Stories: what happened around one parcel, from the records that the run still holds.

A story is taken when its case is known: the records of the track itself, and what the eyes and scanners saw
where that track must have been. Only the first cases of a kind are told (`STORY_CAP`), the others are counted.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sorter_core.codes import DOUBTS
from sortyard.sim.events import OUTPUT, Record, Words, unpacked
from sortyard_c.ledger import Ledger

STORY_CAP = 20
"""Stories told of each kind."""
STORY_RECORDS = 80
"""Records told in one story: the latest ones."""
STORY_DRAWINGS = 2
"""Stories of each kind that keep all records around them, to be drawn."""
BEFORE_US, AFTER_US = 15_000_000, 3_000_000
"""What a drawing shows: so long before and after a case. Kept is more: from the time that a parcel takes along the
belt before that, and before the track's own beginning, so that whatever is seen begins in the records."""
VIOLATIONS = frozenset(
    {"silent_missort", "gate_strike", "undisposed", "doubly_disposed", "unannounced", "estop_violation"}
)
"""Kinds of what must never happen."""
_EVENT, _DOUBTED = OUTPUT + 10, 6


@dataclass(frozen=True)
class Case:
    """A case to be told. `origin_counts`: belt counter when the track's leading edge was at x = 0, None: unknown."""

    kind: str
    cause: str
    parcel: int
    track: int
    t_us: int
    position_mm: float | None
    origin_counts: int | None
    since_us: int


@dataclass(frozen=True)
class StoryLine:
    """One record: when, how far the parcel's leading edge was by its track (None: unknown), what."""

    t_ms: float
    position_mm: float | None
    text: str


@dataclass(frozen=True)
class Story:
    """One case. `parcel`: its number (0: none known, below 0: thrown on); `track`: what the controller called it."""

    kind: str
    cause: str
    parcel: int
    track: int
    t_ms: float
    position_mm: float | None
    words: Words
    origin_counts: int | None
    packed: bytes
    """the records about the track"""
    packed_surroundings: bytes
    """all records around the case, of the first stories of a kind only"""

    @cached_property
    def lines(self) -> tuple[StoryLine, ...]:
        """The records about the track in words."""
        return tuple(self._line(record) for record in unpacked(self.packed)[-STORY_RECORDS:])

    @cached_property
    def surroundings(self) -> tuple[Record, ...]:
        """Everything that was told and said around the case; empty where that was not kept."""
        return tuple(unpacked(self.packed_surroundings))

    def _line(self, record: Record) -> StoryLine:
        position_mm = None
        if self.origin_counts is not None:
            travelled = (record.belt_counts - self.origin_counts + 0x08000000) & 0x0FFFFFFF
            position_mm = round((travelled - 0x08000000) * self.words.um_per_count / 1000, 1)
        return StoryLine(record.t_us / 1000, position_mm, self.words.text(record))

    @property
    def is_violation(self) -> bool:
        return self.kind in VIOLATIONS

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "cause": self.cause,
            "parcel": self.parcel,
            "track": self.track,
            "t_ms": self.t_ms,
            "position_mm": self.position_mm,
            "lines": [[line.t_ms, line.position_mm, line.text] for line in self.lines],
        }


class Stories:
    """Collects the stories of a run from its books, up to the cap of each kind."""

    def __init__(self, ledger: Ledger, words: Words, transit_us: int) -> None:
        self.told: list[Story] = []
        self.left_out: dict[str, int] = {}
        self._ledger = ledger
        self._words = words
        self._transit_us = transit_us
        self._counts: dict[str, int] = {}

    def add(self, case: Case) -> None:
        """Tell one case, or count it where enough of its kind have been told."""
        n = self._counts.get(case.kind, 0)
        self._counts[case.kind] = n + 1
        if n >= STORY_CAP:
            self.left_out[case.kind] = self.left_out.get(case.kind, 0) + 1
            return
        records = self._ledger.story(case.track, case.origin_counts, case.since_us)
        surroundings = b""
        if n < STORY_DRAWINGS:
            since_us = min(case.since_us, case.t_us - BEFORE_US) - self._transit_us
            surroundings = self._ledger.between(since_us, case.t_us + AFTER_US)
        self.told.append(
            Story(
                kind=case.kind,
                cause=case.cause if case.kind != "uncertain" else _doubt(records, case.track),
                parcel=case.parcel,
                track=case.track,
                t_ms=case.t_us / 1000,
                position_mm=case.position_mm,
                words=self._words,
                origin_counts=case.origin_counts,
                packed=records,
                packed_surroundings=surroundings,
            )
        )


def _doubt(packed: bytes, track: int) -> str:
    """Why the controller began to doubt a track, by its own word; empty where the books no longer hold it."""
    doubts = (r for r in unpacked(packed) if r.kind == _EVENT and r.p == _DOUBTED and r.q == track)
    return next((DOUBTS.get(record.r, str(record.r)) for record in doubts), "")
