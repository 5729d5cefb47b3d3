"""A trace of variables as text, for people:

    door.request ▁▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔▔
    door.open    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▔▔▔▔
    door.mode    |WAITING          |OPEN
    time         |0s                 |200ms

One row for each variable, a column for each scan, or for several where there are too many. A BOOL that was both within
a column is shown as X; other values stand where they begin, the last one of a column.
"""

from collections.abc import Sequence
from typing import Any

from sortyard.plc.text_values import written
from sortyard.plc.types import LTIME

MARK_EVERY = 20
"""Columns from one time to the next."""


def drawn(paths: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]], columns: int) -> str:
    """The diagram of `rows`: (nanoseconds, values in the order of `paths`) after each scan."""
    per_column = max(1, -(-len(rows) // columns))
    groups = [rows[at : at + per_column] for at in range(0, len(rows), per_column)]
    title = "time" if per_column == 1 else f"time ({per_column} scans a column)"
    marks = [groups[at - at % MARK_EVERY][0][0] for at in range(len(groups))]
    lines = [_row([[values[i] for _, values in group] for group in groups]) for i in range(len(paths))]
    lines.append(_starts([written(LTIME, mark).removeprefix("LT#") for mark in marks]))
    titles = [*paths, title]
    width = max(len(one) for one in titles)
    return "\n".join(f"{one:<{width}} {line}" for one, line in zip(titles, lines, strict=True))


def _row(columns: list[list[Any]]) -> str:
    """One variable: its values in each column."""
    if all(isinstance(value, bool) for values in columns for value in values):
        return "".join("X" if len(set(values)) > 1 else "▔" if values[0] else "▁" for values in columns)
    return _starts([values[-1] for values in columns])


def _starts(values: list[Any]) -> str:
    """Each new value where it begins, as far as the next one leaves room."""
    line, last = "", object()
    for column, value in enumerate(values):
        if value != last:
            line = line[:column].ljust(column) + f"|{value}"
            last = value
    return line.ljust(len(values))
