"""The line as the sensors at a board's wires tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Line
from sortyard.config.site import Site
from sortyard.sim.scanner_makes import frame_us, scanner_of


def options_of_part(kind: str, part: Any) -> dict[str, Any]:
    """What the driver of a part is set to."""
    return driver_of(kind, part).options_of(part)


def scanner_hold_ms(site: Site, longest: int) -> list[int]:
    """For each scanner how much earlier the plant has to tell a read, so that its last byte comes in time."""
    made = [scanner_of(one.driver, 0, options_of_part("scanner", one), False) for one in site.line.scanner]
    return [frame_us(scanner, longest) // 1000 for scanner in made]


def sensed(site: Site, codes: Sequence[bytes]) -> Line:
    """The line as its sensors tell it: edges before they are debounced, reads before they are on the wire."""
    hold = scanner_hold_ms(site, max(map(len, codes), default=0))
    eyes = [eye.model_copy(update={"debounce_mm": 0}) for eye in site.line.eye]
    scanners = [
        one.model_copy(update={"latency_ms": max(one.latency_ms - ms, 0)})
        for one, ms in zip(site.line.scanner, hold, strict=True)
    ]
    policy = site.line.policy.model_copy(
        update={"host_lost": "sort"}
    )  # its own link tells the board when to stop
    return site.line.model_copy(update={"eye": eyes, "scanner": scanners, "policy": policy})
