"""Faults of a running program: typed, with the place in the source. The process never stops for one.

After a fault the scan ends where it was; the outputs of the image are zero (the safe state) and the runtime refuses
further scans until the fault is reset.
"""

from enum import IntEnum

from sortyard.plc.source import Span


class FaultKind(IntEnum):
    """What went wrong; the numbers are part of the interface and never change."""

    DIVIDE_BY_ZERO = 1
    OVERFLOW = 2
    """The result of a division or of a checked conversion does not fit its type."""
    INDEX_OUT_OF_BOUNDS = 3
    SUBRANGE = 4
    """A value outside of its subrange type."""
    BUDGET = 5
    """More loop turns and calls than a scan may take: an endless loop."""
    NULL_REFERENCE = 6
    BAD_REFERENCE = 7
    """A reference that does not point to a variable."""
    DOMAIN = 8
    """A function outside of its domain: SQRT(-1.0), LN(0.0)."""
    BAD_STRING = 9
    """A string that is not a value of the wanted type."""
    ASSERTION = 10
    """What a TEST asserts does not hold."""
    WATCHDOG = 11
    """A run of a task took longer on the board than its watchdog allows."""


class PlcFault(Exception):
    """Raised while a program runs; `span` is None until the statement's place is known."""

    def __init__(self, kind: FaultKind, detail: str, span: Span | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.span = span

    def __str__(self) -> str:
        where = f"{self.span.file}:{self.span.line}:{self.span.column}: " if self.span else ""
        return f"{where}fault {self.kind.name}: {self.detail}"
