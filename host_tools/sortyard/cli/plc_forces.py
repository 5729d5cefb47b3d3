"""`sortyard plc run --force`: what is told of it."""

import sys
from collections.abc import Sequence
from typing import Any

from sortyard.cli.plc_pace import Pace
from sortyard.plc.forces import Force, told


def tell_forcings(forcings: Sequence[dict[str, Any]]) -> None:
    """On stdout, as what a scan changes: what has been forced and released before it."""
    for one in forcings:
        what = (
            f"{one['forced']} forced to {one['value']}" if "forced" in one else f"{one['released']} released"
        )
        print(f"scan {one['scan']} at {one['time_ms']:g} ms: {what}")


def tell_never_forced(pace: Pace) -> None:
    """On stderr, after the run: what it was too short for."""
    for late in pace.plan.never_begun:
        print(f"{late} was never forced: the last scan was before", file=sys.stderr)


def forced(pace: Pace, forces: Sequence[Force]) -> dict[str, Any]:
    """For --json: what was to be forced, what was and when, what the run was too short for; nothing without forces."""
    if not forces:
        return {}
    return {"forced": told(forces), "forcings": pace.forcings, "never_forced": pace.plan.never_begun}
