"""Tables: semantic, with bars in cells where a column is about shares."""

from .markup import NOTHING, Markup, join, number, tag
from .model import Cell, Column, Table


def table(data: Table) -> Markup:
    """The table alone, in a box that scrolls sideways where the screen is narrow."""
    if not data.rows:
        return tag("p", "Nothing to list.", class_="soft")
    heads = (tag("th", _title(column), scope="col", class_=_class(column)) for column in data.columns)
    greatest = [_greatest(data, place) for place in range(len(data.columns))]
    rows = (
        tag(
            "tr",
            *(_cell(place, column, row[place], greatest[place]) for place, column in enumerate(data.columns)),
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


def _greatest(data: Table, place: int) -> float:
    numbers = [row[place] for row in data.rows]
    return max((n for n in numbers if isinstance(n, int | float)), default=0)


def _cell(place: int, column: Column, value: Cell, greatest: float) -> Markup:
    if column.kind == "text":
        content = NOTHING if value is None else value
        return tag("th", content, scope="row") if place == 0 else tag("td", content, class_="text")
    words = cell_words(value)
    if column.kind == "number" or not isinstance(value, int | float) or greatest <= 0:
        return tag("td", words)
    share = max(value, 0) / greatest * 100
    return tag(
        "td", tag("i", style=f"width:{share:.1f}%", aria_hidden="true"), tag("span", words), class_="bar"
    )


def cell_words(value: Cell) -> str:
    """A number with its thousands separated, at most two decimals; a dash for None."""
    if value is None:
        return NOTHING
    if isinstance(value, float):
        return number(value, 0 if value == int(value) else 2 if abs(value) < 100 else 1)
    return number(value) if isinstance(value, int) else value
