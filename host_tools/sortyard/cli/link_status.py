"""A line's status, as lines for people and as an object for --json."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sortyard.cli.link_lines import state_of
from sortyard.device.line_status import BoardStatus, BorderStatus, LineStatus

BAR = 40
"""Characters of the longest bar of a histogram."""


def status_dict(status: LineStatus) -> dict[str, Any]:
    """All of it, with states in words."""
    fields = asdict(status)
    for one in fields["boards"]:
        one["state"] = None if one["state"] is None else state_of(one["state"])
    return {"event": "status"} | fields


def status_lines(status: LineStatus) -> list[str]:
    """A line for each board and each border, and the histogram of its hand-overs."""
    lines = [_board(one) for one in status.boards]
    for border in status.borders:
        lines.append(_border(border))
        lines += _bars(border.histogram)
    return lines


def _board(one: BoardStatus) -> str:
    if not one.is_connected:
        return f"{one.name}: not connected: {one.trouble}"
    state = "no heartbeat yet" if one.state is None else state_of(one.state)
    known = "known to the others" if one.is_known else "not known to the others yet"
    clock = "clock not known yet" if one.clock_error_ms is None else f"clock \u00b1{one.clock_error_ms} ms"
    return (
        f"{one.name}: {state}, {known}, boot {one.boot}, connection {one.connections}, {clock}, "
        f"{one.waiting} messages wait, {one.dropped} dropped"
    )


def _border(one: BorderStatus) -> str:
    head = f"{one.upstream} -> {one.downstream}: "
    if not one.count:
        return f"{head}no hand-overs yet, each may take {one.deadline_ms:.0f} ms"
    return (
        f"{head}{one.count} hand-overs, half within {one.p50_ms:.0f} ms, 99 % within {one.p99_ms:.0f} ms, the longest "
        f"{one.worst_ms:.0f} ms; each may take {one.deadline_ms:.0f} ms ({one.late} were late), and should need "
        f"{one.link_ms:.0f} ms at most ({one.slow} took longer)"
    )


def _bars(histogram: dict[str, int]) -> list[str]:
    most = max(histogram.values(), default=1)
    return [f"  {name:>7} ms {'#' * -(-BAR * n // most)} {n}" for name, n in histogram.items()]
