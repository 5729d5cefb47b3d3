"""From a simulated run to its report: every figure is the run's own, and the file stays small."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import Page
from sites import site

from sortyard.cli.report_tables import folded
from sortyard.cli.sim_report import report_data, write_sim_report
from sortyard.config.site import load_site
from sortyard.report.model import ReportData, Table
from sortyard.report.page import render
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FaultSetting
from sortyard.sim.request import Request, prepare
from sortyard.sim.result import SimResult, VmFigures
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stories import STORY_CAP

REPORT_LIMIT_BYTES = 2_000_000


def _request(folder: Path, parcels: int = 2000) -> Request:
    return Request(line=site(folder, "hub16"), faults=("all",), seed=3, parcels=parcels)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> SimResult:
    return prepare(_request(tmp_path_factory.mktemp("hub16"))).run()


@pytest.fixture(scope="module")
def data(result: SimResult) -> ReportData:
    return report_data(result)


@pytest.fixture(scope="module")
def page(data: ReportData) -> Page:
    return Page(render(data))


def _table(data: ReportData, title: str) -> Table:
    return next(table for table in data.tables if table.title == title)


def test_the_report_of_2000_parcels_with_every_fault_is_small_and_whole(data: ReportData, page: Page) -> None:
    assert len(render(data).encode()) < REPORT_LIMIT_BYTES
    assert "2,000" in page.all_text
    assert len(page.of("svg", class_="plot")) >= 2
    assert not page.of("div", role="alert")


def test_the_same_seed_gives_the_same_bytes(result: SimResult, tmp_path: Path) -> None:
    again = prepare(_request(tmp_path)).run()
    assert again.wall_s != result.wall_s
    write_sim_report(tmp_path / "a.html", result)
    write_sim_report(tmp_path / "b.html", again)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_tables_and_bar_count_the_same_tracks(result: SimResult, data: ReportData) -> None:
    reasons = _table(data, "Outcomes and reasons")
    total = sum(result.tally.dispositions.values())
    assert sum(row[2] for row in reasons.rows if isinstance(row[2], int)) == total
    assert sum(data.outcomes.values()) == total
    chutes = _table(data, "Chutes")
    placed = sum(row[2] for row in chutes.rows if isinstance(row[2], int))
    assert placed == sum(data.outcomes.get(name, 0) for name in ("SORTED", "RECIRCULATED", "REJECTED"))


def test_every_fault_that_was_switched_on_is_listed(result: SimResult, data: ReportData) -> None:
    rows = {row[0]: row[1:] for row in _table(data, "Faults injected").rows}
    assert rows == {name: (n["injected"], n["parcels_touched"]) for name, n in result.faults.items()}
    assert any(touched for _, touched in rows.values())


def test_shares_are_in_percent_with_both_their_counts(result: SimResult, data: ReportData) -> None:
    tiles = {kpi.title: kpi for kpi in data.kpis}
    read = tiles["Read rate"]
    assert read.unit == "%"
    assert read.value == pytest.approx(100 * result.tally.read / result.tally.inducted, abs=0.01)
    assert (read.numerator, read.denominator) == (result.tally.read, result.tally.inducted)
    assert tiles["Throughput"].value == pytest.approx(result.sorted / result.running_h, rel=0.001)


def test_each_story_is_told_with_its_records(result: SimResult, data: ReportData) -> None:
    assert len(data.cases) == len(result.stories) > 0
    drawn = [case for case in data.cases if case.diagram is not None]
    assert len(drawn) == sum(bool(story.surroundings) for story in result.stories)
    for case in drawn:
        assert case.diagram is not None
        assert case.diagram.t0_us <= case.t_ms * 1000 <= case.diagram.t1_us
    lost = [case for case in data.cases if case.kind == "lost" and case.diagram]
    assert any(
        path.is_told and path.outcome == "LOST"
        for case in lost
        if case.diagram
        for path in case.diagram.paths
    )


def test_a_lost_track_is_drawn_up_to_where_it_was_last_believed(data: ReportData) -> None:
    case = next(case for case in data.cases if case.kind == "lost" and case.diagram)
    assert case.diagram is not None
    told = next(path for path in case.diagram.paths if path.is_told)
    assert told.label == str(case.track)
    assert told.points[-1][0] == pytest.approx(case.t_ms * 1000, abs=2000)


def test_ctrl_c_gives_a_report_that_says_so(tmp_path: Path) -> None:
    def interrupt(parcels: int) -> None:
        if parcels >= 50:
            raise KeyboardInterrupt

    stopped = prepare(_request(tmp_path, 20_000)).run(on_progress=interrupt)
    text = Page(render(report_data(stopped))).all_text
    assert stopped.partial
    assert f"Ctrl-C ended it when {stopped.parcels:,} parcels had come" in text


def test_fuel_and_bytes_are_told_of_a_run_in_micropython(result: SimResult) -> None:
    from dataclasses import replace

    in_vm = replace(result, runtime="micropython", vm=VmFigures(0, 18_700.4, 60_000, 93_500))
    rows = {row[0]: row[1:] for row in _table(report_data(in_vm), "Runtime").rows}
    assert rows["fuel a step, mean"] == (18_700, 10.0)
    assert rows["fuel a step, worst"] == (93_500, 50.0)
    assert rows["bytes allocated in all of them"] == (0, None)
    assert "fuel a step, mean" not in {row[0] for row in _table(report_data(result), "Runtime").rows}


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=1024), st.integers(1, 50))
def test_a_folded_histogram_loses_no_count(counts: list[int], width: int) -> None:
    histogram = folded("Gaps", "mm", counts, width, "gaps", ())
    assert sum(histogram.counts) == sum(counts)
    assert len(histogram.counts) <= 81
    assert len(histogram.edges) == len(histogram.counts) + 1
    for low, high, n in zip(histogram.edges[:-2], histogram.edges[1:-1], histogram.counts[:-1], strict=True):
        assert n == sum(counts[int(low) // width : int(high) // width])


def test_every_case_of_a_long_run_is_told_or_counted(tmp_path: Path) -> None:
    """One in five codes is read wrong: more cases than the plant keeps until somebody asks."""
    line = site(tmp_path, "starter")
    faults = {"scan_wrong": FaultSetting(200_000)}
    result = simulate(load_site(line), GeneratedParcels(load_site(line), 8000, 1), Settings(faults=faults))
    told = sum(story.kind == "misread" for story in result.stories)
    assert result.truth.misreads > 500
    assert told + result.stories_left_out["misread"] == result.truth.misreads
    assert told == STORY_CAP
