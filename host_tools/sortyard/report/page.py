"""The whole page: head, counts that must be zero, figures, drawing, diagrams, tables, cases."""

from pathlib import Path

from . import distance_time as dt
from .glyphs import legend_item
from .histogram import histogram
from .kpi import kpi_tiles, never_list
from .line_drawing import line_drawing
from .markup import Markup, join, markup, number, tag
from .model import OUTCOMES, ReportData
from .script import SCRIPT
from .stories import stories
from .style import style_sheet
from .tables import table_section

_SECTIONS = (
    ("figures", "Figures"),
    ("line", "Line"),
    ("diagram", "Distance and time"),
    ("gaps", "Gaps and latency"),
    ("tables", "Tables"),
    ("cases", "Cases"),
)


def write_report(path: Path, data: ReportData) -> None:
    """Write the page as UTF-8. Raises OSError where `path` cannot be written."""
    path.write_text(render(data), encoding="utf-8", newline="\n")


def render(data: ReportData) -> str:
    """The page as text: the same bytes for the same data."""
    title = f"{data.line.name}: sortation report"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(style_sheet())),
    )
    body = tag("body", _header(data), tag("main", *_sections(data)), _footer(), tag("script", Markup(SCRIPT)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _header(data: ReportData) -> Markup:
    alarm = ""
    if data.partial:
        alarm = tag("div", tag("p", tag("b", "Partial run. "), data.partial), class_="alarm", role="alert")
    links = (tag("a", title, href=f"#{ident}") for ident, title in _SECTIONS)
    return tag(
        "header",
        alarm,
        tag("h1", data.line.name, tag("span", " sortation report", class_="soft")),
        _lead(data),
        _facts(data),
        tag("nav", *links, aria_label="Sections"),
    )


def _lead(data: ReportData) -> Markup:
    """The run in one sentence: how it ended for the tracks, and whether something happened that never must."""
    total = sum(data.outcomes.values())
    if not total:
        return tag("p", "No parcel came to an end in this run.", class_="lead")
    done = data.outcomes.get("SORTED", 0)
    bad = [f"{number(count.count)} {count.title}" for count in data.never if count.is_alarm and count.count]
    verdict = f"What must never happen did: {', '.join(bad)}." if bad else "Nothing happened that never must."
    words = f"{number(done)} of {number(total)} tracks sorted ({done / total:.1%}). "
    return tag("p", words, tag("b", verdict, class_=None if not bad else "bad-word"), class_="lead")


def _facts(data: ReportData) -> Markup:
    pairs = []
    for name, value in data.facts:
        wide = "wide" if len(value) > 40 else None
        pairs.append(
            tag("div", tag("dt", name), tag("dd", value, class_="mono" if wide else None), class_=wide)
        )
    return tag("dl", *pairs, class_="facts")


def outcome_bar(outcomes: dict[str, int]) -> Markup:
    """One bar for all tracks, divided by outcome, and the numbers below it."""
    total = sum(outcomes.values())
    if not total:
        return join()
    known = [(name, outcomes[name]) for name in OUTCOMES if outcomes.get(name)]
    parts = (
        tag("span", class_=name, style=f"flex:{count} 0 0", title=f"{name}: {count}") for name, count in known
    )
    words = (
        legend_item(name, f"{name.lower()} ", tag("b", number(count)), f" ({count / total:.1%})")
        for name, count in known
    )
    return join(tag("div", *parts, class_="share", aria_hidden="true"), tag("p", *words, class_="legend"))


def _section(ident: str, title: str, *content: object) -> Markup:
    return tag("section", tag("h2", title), *content, id=ident)


def _sections(data: ReportData) -> list[Markup]:
    figures = join(
        outcome_bar(data.outcomes),
        tag("h3", "Never, by the plant's truth"),
        never_list(data.never),
        kpi_tiles(data.kpis),
    )
    histograms = tag("div", *(histogram(one) for one in data.histograms), class_="columns")
    return [
        _section("figures", "Figures", figures),
        _section("line", "Line", line_drawing(data.line)),
        _section("diagram", "Distance and time", *_diagrams(data)),
        _section("gaps", "Gaps and latency", histograms),
        tag("div", *(table_section(one) for one in data.tables), class_="packed", id="tables"),
        _section("cases", "Cases", stories(data)),
    ]


def _diagrams(data: ReportData) -> list[Markup]:
    if not data.diagrams:
        return [tag("p", "The run kept no records to draw.", class_="soft")]
    intro = tag(
        "p",
        "A band is a track, a parcel as the gate logic believed it: its height is its length, its slope the belt's "
        "speed, and it ends where the parcel left the belt. Dashes on an eye's line are what the eye really told: a "
        "dash without a band is a parcel that nobody expected, a band without a dash one that is gone. A bar is a "
        "gate, from home to in place to home by its nominal times; the line under it runs from command to command. "
        "A bar that touches the band of another parcel is a strike.",
        class_="soft",
    )
    drawn = (dt.distance_time(one, data.line, f"window-{place}") for place, one in enumerate(data.diagrams))
    return [intro, dt.legend(), *drawn]


def _footer() -> Markup:
    return tag(
        "footer",
        markup("Written by sortyard. Units: mm, ms; x = 0 is the infeed eye, downstream is positive."),
    )
