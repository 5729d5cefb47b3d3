"""The distance-time diagram: from the records of parcels to bands and bars at the right pixels."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import WRAP, Belt, Page, report_of, small_line, three_parcels

from sortyard.report import distance_time as dt
from sortyard.report.model import Diagram, Mark, ParcelPath
from sortyard.report.page import render
from sortyard.report.picture import Motion, Picture

WHOLE = ((0, 15_000_000), (-500_000, 24_500_000))


def _picture(first_counts: int = 0) -> Diagram:
    return Picture(three_parcels(first_counts), small_line()).diagram("All", *WHOLE, told=[3])


def _path(diagram: Diagram, label: str) -> ParcelPath:
    (path,) = (path for path in diagram.paths if path.label == label)
    return path


@pytest.mark.parametrize("first_counts", [0, WRAP - 3000], ids=["from zero", "over the counter's wrap"])
def test_each_parcel_is_followed_from_induct_to_its_end(first_counts: int) -> None:
    diagram = _picture(first_counts)
    east, rejected, lost = (_path(diagram, label) for label in "123")
    assert (east.outcome, east.ending, east.left_um, east.length_um) == (
        "SORTED",
        "EAST",
        12_600_000,
        400_000,
    )
    assert (rejected.outcome, rejected.ending, rejected.left_um) == (
        "REJECTED",
        "REJECT, NO_READ",
        24_000_000,
    )
    assert (lost.outcome, lost.ending, lost.left_um, lost.is_told) == ("LOST", "NOT_SEEN", None, True)
    assert east.points == ((1_000_000, 0), (7_500_000, 13_000_000))
    assert lost.points == ((3_000_000, 0), (8_100_000, 10_200_000))


def test_gates_eyes_reads_and_failed_diverts_are_in_the_window() -> None:
    diagram = _picture()
    (gate,) = diagram.gates
    assert (gate.gate, gate.t0_us, gate.t1_us, gate.track) == (0, 6_800_000, 7_500_000, 1)
    assert {(eye.eye, eye.t0_us, eye.t1_us) for eye in diagram.eyes} == {
        (0, 1_000_000, 1_200_000),
        (3, 7_350_000, 7_500_000),
    }
    (read,) = diagram.reads
    assert (read.t_us, read.x_um) == (1_500_000, 1_000_000)
    (mark,) = diagram.marks
    assert (mark.t_us, mark.x_um, mark.text) == (8_100_000, 12_600_000, "divert failed 3")


def test_a_band_lies_at_its_times_and_positions() -> None:
    page = Page(dt.distance_time(_picture(), small_line(), "w"))
    (band,) = page.of("polygon", class_="SORTED")
    corners = [tuple(map(float, pair.split(","))) for pair in band["points"].split()]
    per_s, bottom = dt.PLOT_PX / 15, max(y for _, y in corners)
    per_m = (float(page.of("rect", class_="edge")[0]["height"])) / 25
    begin = corners[0]
    assert begin[0] == pytest.approx(per_s, abs=0.1)
    assert bottom - begin[1] == pytest.approx(0.4 * per_m, abs=0.15), "as thick as the parcel is long"
    left = next(corner for corner in corners if corner[0] > begin[0])
    assert left[0] == pytest.approx(7.3 * per_s, abs=0.1), "12.6 m at 2 m/s after 1 s"
    assert begin[1] - left[1] == pytest.approx(12.6 * per_m, abs=0.15)


def test_a_gate_is_in_place_after_its_own_times() -> None:
    page = Page(dt.distance_time(_picture(), small_line(), "w"))
    (bar,) = page.of("polygon", class_="gate")
    times = [float(x) / dt.PLOT_PX * 15 for x in re.findall(r"([\d.]+),", bar["points"])]
    assert times == pytest.approx([6.81, 7.01, 7.51, 7.69], abs=0.002)


def test_a_standing_belt_gives_a_level_band() -> None:
    belt = Belt()
    belt.parcel(1, 1000, 400, 0, 9000)
    records = [record for record in belt.sorted_records() if record[2] != 40]
    records += [
        (2_000_000, 4000, 8, 0, 0, 0, 0),
        (6_000_000, 4000, 8, 0, 0, 1, 0),
        (8_000_000, 8000, 9, 0, 0, 1, 0),
    ]
    path = _path(Picture(records, small_line()).diagram("Stop", *WHOLE, told=[]), "1")
    assert path.points == (
        (1_000_000, 0),
        (2_000_000, 2_000_000),
        (6_000_000, 2_000_000),
        (8_000_000, 6_000_000),
    )
    assert path.outcome == "OPEN"
    assert dt.place_at(path, 4_000_000) == 2_000_000


def test_a_stray_begins_at_the_eye_that_saw_it() -> None:
    belt = Belt()
    belt.record(5000, 42, 8, 77, 1, belt.counts(5000))
    belt.record(5100, 42, 2, 77, 200, 0)
    belt.record(12_200, 40, 77, 5 + 16 * 17 + 512 * 2)
    diagram = Picture(belt.sorted_records(), small_line()).diagram("Stray", *WHOLE, told=[])
    stray = _path(diagram, "77")
    assert stray.outcome == "STRAY"
    assert stray.points[0] == (5_000_000, 10_000_000)
    assert diagram.marks == (Mark(5_000_000, 10_000_000, "stray 77"),)


def test_an_emergency_stop_takes_every_gate_home() -> None:
    belt = Belt()
    belt.record(1000, 33, 0, 4)
    belt.record(1500, 9, 0, 0, 1)
    belt.record(1501, 36)
    belt.record(9000, 9, 0, 0, 0)
    diagram = Picture(belt.sorted_records(), small_line()).diagram("Stop", *WHOLE, told=[])
    assert [(span.t0_us, span.t1_us) for span in diagram.gates] == [(1_000_000, 1_501_000)]
    assert [mark.text for mark in diagram.marks] == ["emergency stop", "emergency stop released"]
    page = Page(dt.distance_time(diagram, small_line(), "w"))
    assert len(page.of("line", class_="mark-line")) == 2


def test_a_held_barrier_is_two_strokes_without_a_pause() -> None:
    belt = Belt()
    belt.record(1000, 33, 0, 4)
    belt.record(1400, 35, 0, 5)
    belt.record(1900, 34, 0, 5)
    diagram = Picture(belt.sorted_records(), small_line()).diagram("Hold", *WHOLE, told=[])
    assert [(span.t0_us, span.t1_us, span.track) for span in diagram.gates] == [
        (1_000_000, 1_400_000, 4),
        (1_400_000, 1_900_000, 5),
    ]


def test_what_is_outside_the_window_is_not_drawn() -> None:
    picture = Picture(three_parcels(), small_line())
    late = picture.diagram("Late", (12_000_000, 15_000_000), (20_000_000, 24_500_000), told=[])
    assert [path.label for path in late.paths] == ["2"]
    assert not late.gates
    assert not late.eyes


def test_nothing_of_a_parcel_is_drawn_downstream_of_where_it_left() -> None:
    path = ParcelPath("1", "SORTED", 100, ((0, 0), (10, 100), (20, 200), (30, 300)), left_um=150)
    assert dt.upper_edge(path) == [(0, 0), (10, 100), (15.0, 150), (20, 150), (30, 150)]


def test_one_parcel_and_no_more_makes_a_whole_report() -> None:
    belt = Belt()
    belt.parcel(1, 1000, 400, 1 + 512 + 131072, 7400)
    page = Page(render(report_of(small_line(), belt.sorted_records(), cases=(), cases_left_out={})))
    assert len(page.of("polygon", class_="body")) == 1
    assert len(page.of("circle", class_="glyph")) >= 2, "its end in the diagram, and the legend"


def test_a_band_without_length_or_time_breaks_nothing() -> None:
    path = ParcelPath("1", "OPEN", 0, ((5, 0), (5, 0)))
    assert dt.place_at(path, 5) == 0
    lone = Diagram("One", 0, 10, 0, 1000, (path, ParcelPath("2", "LOST", 5, ((5, 0),))))
    assert Page(dt.distance_time(lone, small_line(), "w")).of("svg")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 50)), min_size=1, max_size=120),
    st.integers(1, 20),
)
def test_a_smoothed_motion_stays_within_its_tolerance(steps: list[tuple[int, int]], tolerance: int) -> None:
    motion, t, count = Motion(), 0, 0
    for dt_us, moved in steps:
        t, count = t + dt_us, count + moved
        motion.add(t, count % WRAP)
    smooth = motion.bends(tolerance)
    assert (smooth.times[0], smooth.times[-1]) == (motion.times[0], motion.times[-1])
    path = ParcelPath("1", "OPEN", 0, tuple(zip(smooth.times, smooth.counts, strict=True)))
    if len(path.points) > 1:
        worst = max(abs(dt.place_at(path, t) - c) for t, c in zip(motion.times, motion.counts, strict=True))
        assert worst <= tolerance + 1e-6
