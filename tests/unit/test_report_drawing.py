"""The drawings are to scale: positions of the line file, read back from the pixels."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import Page, report_of, small_line

from sortyard.report.histogram import histogram
from sortyard.report.line_drawing import line_drawing
from sortyard.report.model import Histogram, HistogramMark
from sortyard.report.page import render
from sortyard.report.svg import Scale, px, round_step, thinned


@pytest.fixture(scope="module")
def drawing() -> Page:
    return Page(line_drawing(small_line()))


def _middle(rect: dict[str, str]) -> float:
    return float(rect["x"]) + float(rect["width"]) / 2


def _belt_x(drawing: Page, position_mm: float) -> float:
    """Where a position of the belt must be drawn: the belt's rectangle runs from -1,000 to 24,000 mm."""
    (belt,) = drawing.of("rect", class_="belt")
    return float(belt["x"]) + (position_mm + 1000) / 25_000 * float(belt["width"])


def test_a_diverter_at_12_m_of_24_m_stands_in_the_middle(drawing: Page) -> None:
    (zone,) = drawing.of("rect", data_gate="D1")
    start, end = _belt_x(drawing, 0), _belt_x(drawing, 24_000)
    assert float(zone["x"]) == pytest.approx((start + end) / 2, abs=0.2)
    assert float(zone["width"]) == pytest.approx((end - start) * 600 / 24_000, abs=0.2)


def test_eyes_and_scanner_stand_where_the_line_file_says(drawing: Page) -> None:
    for name, position_mm in (("PE-IN", 0), ("PE-V1", 10_000), ("PE-END", 23_900)):
        (lamp,) = drawing.of("circle", data_eye=name)
        assert float(lamp["cx"]) == pytest.approx(_belt_x(drawing, position_mm), abs=0.2)
    (scanner,) = drawing.of("rect", data_scanner="SCAN")
    assert _middle(scanner) == pytest.approx(_belt_x(drawing, 1000), abs=0.2)


def test_the_belt_is_as_wide_as_it_is_long_to_the_same_scale(drawing: Page) -> None:
    (belt,) = drawing.of("rect", class_="belt")
    assert float(belt["width"]) / float(belt["height"]) == pytest.approx(25_000 / 800, rel=0.01)


def test_a_chute_on_the_right_is_drawn_below_the_belt(drawing: Page) -> None:
    (belt,) = drawing.of("rect", class_="belt")
    outlines = " ".join(shape["points"] for shape in drawing.of("polygon", class_="chute"))
    heights = [float(y) for y in re.findall(r",([\d.]+)", outlines)]
    assert max(heights) > float(belt["y"]) + float(belt["height"])
    assert min(heights) >= float(belt["y"])
    assert "chute EAST behind D1, right side, at 12000 mm" in drawing.text_of("title")


def test_names_that_a_user_gave_are_text() -> None:
    page = Page(render(report_of(small_line("L" * 32, "C" * 32))))
    assert page.text_of("h1").startswith("L" * 32)


def test_the_limit_of_a_histogram_stands_at_its_value() -> None:
    data = Histogram(
        "Gaps", "mm", (0, 100, 200, 300, 400), (1, 2, 3, 4), "gaps", (HistogramMark(250, "feasible"),)
    )
    page = Page(histogram(data))
    bars, (limit,) = page.of("rect", class_="hist"), page.of("line", class_="limit")
    assert len(bars) == 4
    third = bars[2]
    assert float(limit["x1"]) == pytest.approx(_middle(third), abs=0.5)
    heights = [float(bar["height"]) for bar in bars]
    assert heights == pytest.approx([heights[3] * part / 4 for part in (1, 2, 3, 4)], abs=0.2)
    assert "feasible: 250 mm" in page.text_of("text")
    assert "300 and more" in page.all_text


def test_a_limit_beyond_the_last_bin_is_still_on_the_picture() -> None:
    data = Histogram("Gaps", "mm", (0, 100), (7,), "gaps", (HistogramMark(450, "feasible"),))
    (limit,) = Page(histogram(data)).of("line", class_="limit")
    assert float(limit["x1"]) < 560


def test_an_empty_histogram_says_so() -> None:
    page = Page(histogram(Histogram("Gaps", "mm", (0, 100), (0,), "gaps")))
    assert "no gaps" in page.all_text
    assert not page.of("svg")


@given(
    st.floats(-1e8, 1e8),
    st.floats(1, 1e8),
    st.floats(0, 500),
    st.floats(50, 1500),
    st.floats(10, 300),
    st.booleans(),
)
def test_ticks_are_round_inside_and_apart(
    low: float, span: float, at: float, length: float, least_px: float, is_upward: bool
) -> None:
    scale = Scale(low, low + span, at + length if is_upward else at, at if is_upward else at + length)
    ticks = scale.ticks(least_px)
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    places = [scale(tick) for tick in ticks]
    assert all(abs(b - a) >= least_px * (1 - 1e-6) for a, b in pairwise(places))


@given(st.floats(1e-3, 1e9))
def test_a_step_is_one_two_or_five_times_a_power_of_ten(least: float) -> None:
    step = round_step(least)
    assert least * (1 - 1e-6) <= step <= least * 2.5 * (1 + 1e-6)
    assert f"{step:e}"[0] in "125"


def test_coordinates_are_short() -> None:
    assert [px(value) for value in (1.0, 1.26, -0.01, 1000.04)] == ["1", "1.3", "0", "1000"]


def test_labels_that_would_touch_are_left_out() -> None:
    assert thinned([(30.0, "c"), (0.0, "a"), (9.0, "b")], 10) == [(0.0, "a"), (30.0, "c")]
