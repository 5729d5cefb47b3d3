"""Histograms with marked limits, and their numbers in a table behind them."""

from .markup import Markup, join, number, tag
from .model import Column, Histogram, Table
from .svg import Scale, line, picture, px, rect, text
from .tables import table

WIDTH_PX, HEIGHT_PX = 560, 240
LEAST_BAR_PX = 2
"""A bin that is not empty can be seen, however small beside the others."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 14, 22, 40


def histogram(data: Histogram) -> Markup:
    """One figure; the x axis runs over the bins and the marks, whichever reach further."""
    total = sum(data.counts)
    if not total:
        return tag("figure", tag("figcaption", tag("b", data.title), f": no {data.what}."))
    high = max(data.edges[-1], *(mark.value for mark in data.marks), data.edges[0] + 1)
    x = Scale(data.edges[0], high, _LEFT, WIDTH_PX - _RIGHT)
    y = Scale(0, max(data.counts), HEIGHT_PX - _BOTTOM, _TOP)
    description = f"{number(total)} {data.what}, {_middle(data)}"
    title = f"Histogram: {data.title}"
    content = (_axes(data, x, y), _bars(data, x, y), _marks(data, x))
    grow = {"style": f"--grow:{WIDTH_PX}"}
    drawing = picture(WIDTH_PX, HEIGHT_PX, title, description, *content, **grow)
    chart = tag("div", drawing, class_="chart", tabindex="0", role="region", aria_label=title)
    caption = tag("figcaption", tag("b", data.title), f": {description}.")
    return tag("figure", caption, chart, tag("details", tag("summary", "Numbers"), table(_numbers(data))))


def _middle(data: Histogram) -> str:
    """The bin that holds the median."""
    half, seen = sum(data.counts) / 2, 0
    for place, count in enumerate(data.counts):
        seen += count
        if seen >= half:
            return f"median in {_bin(data, place)} {data.unit}"
    raise ValueError("an empty histogram has no median")


def _bin(data: Histogram, place: int) -> str:
    low, high = data.edges[place], data.edges[place + 1]
    if data.is_open and place == len(data.counts) - 1:
        return f"{low:g} and more"
    return f"{low:g}-{high:g}"


def _axes(data: Histogram, x: Scale, y: Scale) -> Markup:
    parts = []
    base = HEIGHT_PX - _BOTTOM
    for count in y.ticks(34):
        if count == int(count):
            parts.append(line(_LEFT, y(count), WIDTH_PX - _RIGHT, y(count), class_="grid"))
            parts.append(text(_LEFT - 6, y(count) + 3.5, number(count), class_="soft end"))
    for value in x.ticks(54):
        parts.append(line(x(value), base, x(value), base + 4, class_="edge"))
        parts.append(text(x(value), base + 16, f"{value:g}", class_="soft mid"))
    parts.append(line(_LEFT, base, WIDTH_PX - _RIGHT, base, class_="edge"))
    parts.append(text(WIDTH_PX - _RIGHT, base + 32, f"{data.what}, {data.unit}", class_="soft end"))
    return join(*parts)


def _bars(data: Histogram, x: Scale, y: Scale) -> Markup:
    bars = []
    for place, count in enumerate(data.counts):
        if count:
            left, right = x(data.edges[place]), x(data.edges[place + 1])
            said = tag("title", f"{_bin(data, place)} {data.unit}: {number(count)}")
            height = max(y(0) - y(count), LEAST_BAR_PX)
            bars.append(rect(left, y(0) - height, max(right - left - 0.6, 0.8), height, said, class_="hist"))
    return join(*bars)


def _marks(data: Histogram, x: Scale) -> Markup:
    """Limits as dashed lines with their words, each a line lower than the one before."""
    parts = []
    for row, mark in enumerate(sorted(data.marks, key=lambda mark: mark.value)):
        at, y = x(mark.value), _TOP - 8 + 13 * row
        is_late = at > WIDTH_PX * 0.55
        side = "limit-text end" if is_late else "limit-text"
        parts.append(line(at, _TOP - 16, at, HEIGHT_PX - _BOTTOM, class_="limit", data_value=px(mark.value)))
        words = f"{mark.text}: {mark.value:g} {data.unit}"
        parts.append(text(at - 5 if is_late else at + 5, y, words, class_=side))
    return join(*parts)


def _numbers(data: Histogram) -> Table:
    rows = tuple((_bin(data, place), count) for place, count in enumerate(data.counts) if count)
    return Table(data.title, "", (Column(data.unit, "text"), Column("count", "bar")), rows)
