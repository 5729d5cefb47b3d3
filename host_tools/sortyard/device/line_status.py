"""How the boards of a line do, and the hand-overs between them, as their host sees it."""

from __future__ import annotations

from dataclasses import dataclass

from sortyard.config.border_figures import BorderFigures
from sortyard.device.board import Board
from sortyard.device.latency import Latency


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """How a board is. `is_known`: the others may rely on it; `trouble`: why it is not connected, "" while it is."""

    name: str
    is_connected: bool
    is_known: bool
    state: int | None
    boot: int | None
    connections: int
    clock_error_ms: float | None
    waiting: int
    """messages that it keeps for this host"""
    dropped: int
    """edges and commands of gates that found no room here"""
    trouble: str


@dataclass(frozen=True, slots=True)
class BorderStatus:
    """How hand-overs from one board to the next do; times in ms."""

    upstream: str
    downstream: str
    deadline_ms: float
    link_ms: float
    """what the boards' links should need at worst, by `sortyard check`"""
    count: int
    late: int
    """after their deadline"""
    slow: int
    """certainly above `link_ms`"""
    p50_ms: float | None
    p99_ms: float | None
    worst_ms: float
    histogram: dict[str, int]


@dataclass(frozen=True, slots=True)
class LineStatus:
    """All boards and borders from the infeed on."""

    boards: list[BoardStatus]
    borders: list[BorderStatus]


def board_status(name: str, board: Board, is_known: bool) -> BoardStatus:
    """Of a board of this name now."""
    hello, error_s, trouble = board.session.hello, board.clock_error_s, board.fatal or board.trouble
    is_connected = board.session.is_attached
    return BoardStatus(
        name=name,
        is_connected=is_connected,
        is_known=is_known,
        state=board.state if is_connected else None,
        boot=hello.boot if hello else None,
        connections=board.connections,
        clock_error_ms=None if error_s is None else round(1000 * error_s, 2),
        waiting=board.waiting,
        dropped=board.dropped,
        trouble="" if is_connected else str(trouble or "nobody is heard"),
    )


def border_status(figures: BorderFigures, latency: Latency) -> BorderStatus:
    """Of a border, from what its hand-overs have taken."""
    return BorderStatus(
        upstream=figures.upstream,
        downstream=figures.downstream,
        deadline_ms=round(figures.deadline_ms, 1),
        link_ms=round(figures.link_ms, 1),
        count=latency.count,
        late=latency.late,
        slow=latency.slow,
        p50_ms=latency.percentile_ms(50),
        p99_ms=latency.percentile_ms(99),
        worst_ms=latency.worst_ms,
        histogram=latency.histogram(),
    )
