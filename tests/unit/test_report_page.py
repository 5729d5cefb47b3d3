"""The page as a whole: well-formed, alone, equal for equal results, and safe whatever a user wrote."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import Page, report_of, small_line, three_parcels

from sortyard.report.markup import Markup, join, slug, tag, visible
from sortyard.report.model import Case, CaseEvent, Column, ReportData, Table
from sortyard.report.page import render, write_report


@pytest.fixture(scope="module")
def data() -> ReportData:
    return report_of(small_line(), three_parcels())


@pytest.fixture(scope="module")
def page(data: ReportData) -> Page:
    return Page(render(data))


def test_the_page_needs_nothing_from_elsewhere(data: ReportData, page: Page) -> None:
    for name, attributes in page.elements:
        for key in ("src", "href", "action", "data", "poster", "xlink:href"):
            assert attributes.get(key, "#").startswith("#"), f"<{name} {key}> leaves the page"
        assert not any(key.startswith("on") for key in attributes), f"<{name}> has an event handler"
    assert not re.search(r"@import|url\((?!#)|https?:|<link|<iframe|fetch\(|XMLHttp", render(data))


def test_every_reference_inside_the_page_leads_somewhere(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for _, attributes in page.elements if "href" in attributes}
    labels = {attributes["for"] for _, attributes in page.elements if "for" in attributes}
    clips = {
        found for _, has in page.elements for found in re.findall(r"url\(#(.+?)\)", has.get("clip-path", ""))
    }
    assert links
    assert labels
    assert clips
    assert links | labels | clips <= set(ids)


def test_every_picture_says_what_it_shows(page: Page) -> None:
    pictures = page.of("svg", role="img")
    assert len(pictures) >= 4
    assert all(picture["aria-label"] for picture in pictures)
    described = [name for name, _ in page.elements if name == "desc"]
    assert len(described) == len(pictures)


def test_tables_have_heads(page: Page) -> None:
    tables, heads = page.of("table"), page.of("th", scope="col")
    assert len(tables) >= 3
    assert len(heads) >= 2 * len(tables)
    assert page.of("th", scope="row")


def test_equal_results_give_equal_bytes(data: ReportData, tmp_path: Path) -> None:
    again = report_of(small_line(), three_parcels())
    write_report(tmp_path / "a.html", data)
    write_report(tmp_path / "b.html", again)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_partial_run_is_announced_before_anything_else() -> None:
    partial = Page(render(report_of(small_line(), partial="Ctrl-C after 12 of 2,000 parcels.")))
    assert partial.all_text.index("Ctrl-C after 12") < partial.all_text.index("sortation report", 40)
    assert partial.of("div", role="alert")
    assert not Page(render(report_of(small_line()))).of("div", role="alert")


def test_what_never_must_happen_is_said_in_the_first_sentence(data: ReportData) -> None:
    from dataclasses import replace

    from sortyard.report.model import Never

    assert "Nothing happened that never must." in Page(render(data)).all_text
    bad = replace(data, never=(Never("silent missorts", 3, "claims"), Never("misreads", 2, "codes", False)))
    said = Page(render(bad)).all_text
    assert "What must never happen did: 3 silent missorts." in said
    assert "must be 0" in said


def test_the_cap_is_printed_with_what_it_left_out(page: Page) -> None:
    assert "At most 1 cases of a kind are told: 1 told, 4 counted only (4 lost)." in page.all_text
    assert "Lost (5)" in page.all_text


def test_an_empty_run_has_a_page() -> None:
    empty = report_of(
        small_line(),
        (),
        outcomes={},
        never=(),
        kpis=(),
        tables=(),
        cases=(),
        cases_left_out={},
        histograms=(),
    )
    said = Page(render(empty)).all_text
    assert "No parcel came to an end in this run." in said
    assert "The run kept no records to draw." in said
    assert "nothing to tell" in said


def test_a_figure_without_a_denominator_is_a_dash(page: Page) -> None:
    values = [text for name, text in page.texts if name == "div"]
    assert "\N{EN DASH}" in values
    assert "720.0" in values


def test_bars_are_as_long_as_their_share_of_the_greatest() -> None:
    rows = (("A", 50), ("B", 200), ("C", 0), ("D", None))
    shares = Table("Chutes", "", (Column("chute", "text"), Column("sorted", "bar")), rows)
    widths = [bar["style"] for bar in Page(render(report_of(small_line(), tables=(shares,)))).of("i")]
    assert widths[-3:] == ["width:25.0%", "width:100.0%", "width:0.0%"]


HOSTILE = '</script><script>alert("1")</script>&amp;<img src=x onerror=y>\x00\x1b[31m\u202egnp.exe'


def test_nothing_that_a_user_wrote_becomes_markup() -> None:
    events = (CaseEvent(1.0, None, f"-> READ {HOSTILE}"),)
    case = Case(HOSTILE, HOSTILE, 1, 1, 1.0, None, events)
    rows = Table(HOSTILE, HOSTILE, (Column(HOSTILE, "text"), Column(HOSTILE)), ((HOSTILE, HOSTILE),))
    text = render(
        report_of(small_line(), partial=HOSTILE, cases=(case,), tables=(rows,), facts=((HOSTILE, HOSTILE),))
    )
    page = Page(text)
    assert len(page.of("script")) == 1
    assert not page.of("img")
    assert "\x00" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert page.all_text.count(visible(HOSTILE)) >= 9


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_comes_back_as_it_was_written(words: str) -> None:
    text = tag("p", words, tag("b", words), title=words)
    page = Page(text)
    shown = visible(words).replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(part for _, part in page.texts) == shown * 2
    assert page.of("p")[0].get("title", "") == shown
    assert isinstance(join(words), Markup)


def test_identifiers_are_plain() -> None:
    assert slug("Strike <by> a safe_state!") == "strike-by-a-safe-state"
