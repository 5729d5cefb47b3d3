"""Tables: semantic, with bars in cells where a column is about shares."""

from typing import NamedTuple

from .markup import NOTHING, Markup, join, number, tag
from .model import Cell, Column, Table


def table(data: Table) -> Markup:
    """The table alone, in a box that scrolls sideways where the screen is narrow."""
    if not data.rows:
        return tag("p", "Nothing to list.", class_="soft")
    heads = (tag("th", _title(column), scope="col", class_=_class(column)) for column in data.columns)
    marks = [_measure(data, place) for place in range(len(data.columns))]
    rows = (
        tag(
            "tr",
            *(_cell(place, column, row[place], marks[place]) for place, column in enumerate(data.columns)),
        )
        for row in data.rows
    )
    body = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    label = data.title or "table"
    return tag("div", body, class_="scroll", tabindex="0", role="region", aria_label=label)


def table_section(data: Table) -> Markup:
    """The table with its title and what it counts."""
    note = tag("p", data.note, class_="soft") if data.note else ""
    return tag("section", tag("h2", data.title), note, table(data))


def _title(column: Column) -> Markup:
    return join(column.title, f" ({column.unit})" if column.unit else "")


def _class(column: Column) -> str | None:
    return "text" if column.kind == "text" else None


class _Measure(NamedTuple):
    """Of a column: its greatest value, and the decimals that all its values are written with."""

    greatest: float
    digits: int


def _measure(data: Table, place: int) -> _Measure:
    values = [row[place] for row in data.rows]
    numbers = [value for value in values if isinstance(value, int | float)]
    greatest = max(numbers, default=0)
    is_whole = all(value == int(value) for value in numbers)
    return _Measure(greatest, 0 if is_whole else 2 if greatest < 100 else 1)


def _cell(place: int, column: Column, value: Cell, measure: _Measure) -> Markup:
    if column.kind == "text":
        content = NOTHING if value is None else value
        return tag("th", content, scope="row") if place == 0 else tag("td", content, class_="text")
    if not isinstance(value, int | float):
        return tag("td", NOTHING if value is None else value)
    words = number(value, measure.digits)
    if column.kind == "number" or measure.greatest <= 0:
        return tag("td", words)
    share = max(value, 0) / measure.greatest * 100
    return tag(
        "td", tag("i", style=f"width:{share:.1f}%", aria_hidden="true"), tag("span", words), class_="bar"
    )
