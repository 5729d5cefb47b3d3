"""Stories: what happened around one parcel, from the records that the run still holds.

A story is taken when its case is known: the records of the track itself, and what the eyes and scanners saw
where that track must have been. Only the first cases of a kind are told (`STORY_CAP`), the others are counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sortyard.sim.events import Record, Words

STORY_CAP = 20
"""Stories told of each kind."""
STORY_RECORDS = 80
"""Records told in one story: the latest ones."""


@dataclass(frozen=True)
class StoryLine:
    """One record: when, how far the parcel's leading edge was by its track (None: unknown), what."""

    t_ms: float
    position_mm: float | None
    text: str


@dataclass(frozen=True)
class Story:
    """One case. `parcel` is the physical parcel (-1: none known), `track` what the controller called it."""

    kind: str
    cause: str
    parcel: int
    track: int
    t_ms: float
    position_mm: float | None
    lines: tuple[StoryLine, ...]

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
    """Collects stories up to the cap of each kind."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.told: list[Story] = []
        self.left_out: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def wants(self, kind: str) -> bool:
        """Whether one more story of `kind` is told; counts it either way."""
        n = self._counts.get(kind, 0)
        self._counts[kind] = n + 1
        if n >= STORY_CAP:
            self.left_out[kind] = self.left_out.get(kind, 0) + 1
        return n < STORY_CAP

    def tell(
        self,
        kind: str,
        cause: str,
        parcel: int,
        track: int,
        t_us: int,
        position_mm: float | None,
        records: Iterable[Record],
        origin_counts: int | None,
    ) -> None:
        """Add a story. `origin_counts`: belt counter when the leading edge was at x = 0, None if unknown."""
        lines = tuple(self._line(record, origin_counts) for record in list(records)[-STORY_RECORDS:])
        self.told.append(Story(kind, cause, parcel, track, t_us / 1000, position_mm, lines))

    def _line(self, record: Record, origin_counts: int | None) -> StoryLine:
        position_mm = None
        if origin_counts is not None:
            travelled = (record.belt_counts - origin_counts) & 0x0FFFFFFF
            position_mm = round(travelled * self.words.um_per_count / 1000, 1)
        return StoryLine(record.t_us / 1000, position_mm, self.words.text(record))
