"""Chooses the windows of a report's distance-time diagrams from the records that a run has kept."""

from itertools import islice

from sortyard.config.line import Line
from sortyard.report.model import Diagram
from sortyard.report.picture import Picture
from sortyard.sim.result import SimResult
from sortyard.sim.stories import AFTER_US, BEFORE_US, Story

_OPENING_LEAST_US, _OPENING_MOST_US = 20_000_000, 60_000_000
_BEFORE_MM, _AFTER_MM = 8000, 4000
"""Belt travel before and after a case, and length of line up- and downstream of it, that its window shows."""


def overview(result: SimResult, told: list[Story]) -> tuple[Diagram, ...]:
    """The whole line twice: when the first parcels came, and around the first case that can be drawn."""
    windows = _opening(result)
    drawn = (story for story in told if story.surroundings)
    windows += [_around_whole(result.line, story) for story in islice(drawn, 1)]
    return tuple(windows)


def _whole_um(line: Line) -> tuple[int, int]:
    """From the first eye of the line to a little beyond the end of the belt."""
    first_mm = min((eye.position_mm for eye in line.eye if eye.position_mm is not None), default=0)
    return (first_mm - 300) * 1000, (line.belt.length_mm + 300) * 1000


def _opening(result: SimResult) -> list[Diagram]:
    if not result.opening:
        return []
    transit_us = result.line.belt.length_mm * 1_000_000 // result.line.belt.speed_mm_s
    wanted_us = min(max(2 * transit_us, _OPENING_LEAST_US), _OPENING_MOST_US)
    begun = next((record.t_us for record in result.opening if record.kind == 1), result.opening[0].t_us)
    end = max(min(result.opening[-1].t_us, begun + wanted_us), begun + 1)
    picture = Picture(result.opening, result.line)
    return [picture.diagram("The first parcels", (begun, end), _whole_um(result.line), told=[])]


def _around_whole(line: Line, story: Story) -> Diagram:
    """The seconds before and after a case, over the whole line."""
    picture = Picture(story.surroundings, line)
    t_us = round(story.t_ms * 1000)
    begun = max(picture.first_us, t_us - BEFORE_US)
    end = max(min(picture.last_us, t_us + AFTER_US), begun + 1)
    title = f"Before and after a case: {words(story)}"
    return picture.diagram(title, (begun, end), _whole_um(line), told=[story.track])


def words(story: Story) -> str:
    """Kind, track and time of a case."""
    track = f" of track {story.track}" if story.track > 0 else ""
    return f"{story.kind.replace('_', ' ')}{track} at {story.t_ms / 1000:.1f} s"


def around(line: Line, story: Story) -> Diagram | None:
    """A few metres and seconds around a case; None where the run kept no surroundings."""
    if not story.surroundings:
        return None
    picture = Picture(story.surroundings, line)
    t_us = round(story.t_ms * 1000)
    us_per_mm = 1_000_000 / line.belt.speed_mm_s
    t0 = max(picture.first_us, t_us - round(_BEFORE_MM * us_per_mm))
    t1 = max(min(picture.last_us, t_us + round(_AFTER_MM * us_per_mm)), t0 + 1)
    low, high = _whole_um(line)
    place = _place_um(story)
    if place is not None:
        place = min(max(place, low), high)
        low, high = max(low, place - _BEFORE_MM * 1000), min(high, place + _AFTER_MM * 1000)
    return picture.diagram(words(story), (t0, t1), (low, high), told=[story.track])


def _place_um(story: Story) -> int | None:
    """Where it happened; where that is not told, the place of the track in the record nearest in time."""
    if story.position_mm is not None:
        return round(story.position_mm * 1000)
    placed = [
        (abs(line.t_ms - story.t_ms), line.position_mm)
        for line in story.lines
        if line.position_mm is not None
    ]
    return round(min(placed)[1] * 1000) if placed else None
