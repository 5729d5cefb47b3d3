"""The figures of the borders between zones: how long the link has to carry a track over."""

from dataclasses import dataclass

from sortyard.config.line import Line
from sortyard.config.link_times import relay_ms
from sortyard.config.timing import INPUT_LAG_MS, STEP_MS
from sortyard.config.zones import Zone, belt_eyes, zones_of


@dataclass(frozen=True)
class BorderFigures:
    """Where one zone ends and the next begins, and what the link has to carry a track over."""

    upstream: str
    downstream: str
    border_eye: str
    border_mm: int
    first_eye: str
    first_mm: int
    deadline_mm: float
    """Belt travel from the leading edge at the border eye until the next zone may see it at its first eye."""
    deadline_ms: float
    """What is left of that for the link, at rated speed: the gate logic may be busy, and eyes are debounced."""
    link_ms: float
    """What it takes at worst, by the kinds of both boards' links."""


def border_figures(line: Line) -> tuple[BorderFigures, ...]:
    """Every border of a line from the infeed on; none where one board runs the gate logic."""
    zones = zones_of(line)
    return tuple(_border(line, zones[i], zones[i + 1]) for i in range(len(zones) - 1))


def _border(line: Line, before: Zone, behind: Zone) -> BorderFigures:
    last, first = belt_eyes(line, before.ecu.name)[-1], belt_eyes(line, behind.ecu.name)[0]
    last_mm, first_mm = last.position_mm or 0, first.position_mm or 0
    travel = first_mm - first.window_mm - last_mm - last.debounce_mm
    return BorderFigures(
        upstream=before.ecu.name,
        downstream=behind.ecu.name,
        border_eye=last.name,
        border_mm=last_mm,
        first_eye=first.name,
        first_mm=first_mm,
        deadline_mm=travel,
        deadline_ms=travel * 1000 / line.belt.speed_mm_s - INPUT_LAG_MS - 2 * STEP_MS,
        link_ms=relay_ms(line, before.ecu, behind.ecu),
    )
