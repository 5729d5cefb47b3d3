"""The shipped examples: sound, routable, and made by the generator in the package."""

import csv
from collections import Counter
from pathlib import Path
from statistics import quantiles

import pytest

from sorter_core.gate_logic import GateLogic
from sortyard.config.check import check_site
from sortyard.config.compile import gate_config
from sortyard.config.example_manifest import EXAMPLES, LIST_CODES, list_text, manifest_text
from sortyard.config.examples import FOLDER, copy_example, example_names, line_file_of, summary_of
from sortyard.config.site import Site, load_site
from sortyard.errors import InputError

NAMES = ("starter", "cascade", "tandem", "hub16", "express64")


@pytest.fixture(scope="module")
def sites() -> dict[str, Site]:
    return {name: load_site(line_file_of(name)) for name in NAMES}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def target(site: Site, code: str) -> str:
    """The first chute for a code, or why there is none."""
    answer = site.host_plan.decide(code) if code else None
    return "no label" if not code else "no rule" if answer is None else site.plan.groups[answer[0]][0]


def test_the_smallest_example_is_listed_first():
    assert example_names() == list(NAMES)
    assert all(len(summary_of(name)) < 120 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_passes_its_own_check(name: str, sites: dict[str, Site]):
    told = check_site(sites[name]).findings
    assert [one for one in told if one.severity != "note"] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_logic_takes_an_example(name: str, sites: dict[str, Site]):
    site = sites[name]
    logic = GateLogic(gate_config(site.line, site.board_plan.groups))
    logic.step(0, 0)
    assert logic.due_ticks > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_files_are_what_the_generator_makes(name: str, sites: dict[str, Site]):
    mix = EXAMPLES[name]
    assert (FOLDER / name / "manifest.csv").read_text(encoding="utf-8") == manifest_text(sites[name], mix)
    if mix.list_file:
        assert (FOLDER / name / mix.list_file).read_text(encoding="utf-8") == list_text(mix)


@pytest.mark.parametrize("name", NAMES)
def test_every_sort_chute_gets_parcels(name: str, sites: dict[str, Site]):
    site = sites[name]
    reached = Counter(target(site, row["barcode"]) for row in rows(name))
    assert {chute.name for chute in site.line.chute if chute.kind == "sort"} <= set(reached)


def test_hub16_has_what_the_plan_means_for_each_chute(sites: dict[str, Site]):
    reached = Counter(target(sites["hub16"], row["barcode"]) for row in rows("hub16"))
    assert reached.total() == 2000
    assert (reached["no label"], reached["no rule"]) == (10, 10)
    assert max(reached.values()) <= 150
    assert min(count for name, count in reached.items() if name.startswith("C")) >= 70


def test_no_code_comes_twice_and_listed_ones_are_collected(sites: dict[str, Site]):
    codes = [row["barcode"] for row in rows("hub16") if row["barcode"]]
    listed = list_text(EXAMPLES["hub16"]).split()[1:]
    assert len(codes) == len(set(codes))
    assert len(listed) == LIST_CODES
    assert set(listed) <= set(codes)
    assert {target(sites["hub16"], code) for code in listed} == {"C16"}


def test_sizes_follow_the_lines_quantiles(sites: dict[str, Site]):
    """Of 2,000 draws the quartiles lie within a few per cent of those of the line."""
    found, parcels = rows("hub16"), sites["hub16"].line.parcels
    for key, wanted in (
        ("length_mm", parcels.length_mm_quantiles),
        ("width_mm", parcels.width_mm_quantiles),
        ("height_mm", parcels.height_mm_quantiles),
        ("weight_g", parcels.weight_g_quantiles),
    ):
        values = [int(row[key]) for row in found]
        assert quantiles(values, n=4) == pytest.approx(wanted[2:5], rel=0.1)
        assert wanted[0] <= min(values) <= max(values) <= wanted[-1]


def test_arrivals_leave_the_feeders_gap_and_come_at_the_rate(sites: dict[str, Site]):
    found, line = rows("hub16"), sites["hub16"].line
    arrivals = [float(row["arrival_s"]) for row in found]
    gaps = [
        (after - before) * line.belt.speed_mm_s - int(row["length_mm"])
        for before, after, row in zip(arrivals, arrivals[1:], found, strict=False)
    ]
    assert min(gaps) >= line.parcels.min_gap_mm - 2
    assert 1999 * 3600 / arrivals[-1] == pytest.approx(8000, rel=0.03)


def test_numbers_of_real_carriers_are_sorted_exactly_when_they_are_valid(sites: dict[str, Site]):
    """A number that is wrong in its own format has no rule, unless it is right in another one."""
    path = Path(__file__).parents[1] / "data" / "barcodes.csv"
    with path.open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(row for row in file if not row.startswith("#")))
    numbers = [row for row in table if row["format"].startswith(("s10", "sscc", "ups", "usps", "fedex"))]
    assert len(numbers) > 80
    reached = {row["number"]: target(sites["hub16"], row["number"]) for row in numbers}
    assert [
        row["number"] for row in numbers if row["valid"] == "1" and reached[row["number"]] == "no rule"
    ] == []
    wrong = [row["number"] for row in numbers if row["valid"] == "0" and reached[row["number"]] != "no rule"]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_no_chip_more_than_its_wires_need(name: str, sites: dict[str, Site]):
    """Each chain is used to its last chip; hub16: 35 eyes on 5 x 8 inputs, 17 gates on 3 x 8 outputs."""
    line = sites[name].line
    parts = [*line.eye, *line.diverter, *line.motor]
    used: dict[str, set[str]] = {chain.name: set() for chain in line.expander}
    for part in parts:
        for pin in part.pins.values():
            chain, dot, place = pin.partition(".")
            if dot:
                used[chain].add(place)
    for chain in line.expander:
        assert chain.count == -(-len(used[chain.name]) // 8), chain.name
    if name == "hub16":
        assert {chain: len(places) for chain, places in used.items()} == {"in": 35, "out": 17}


def test_copying_over_a_changed_site_is_refused_with_every_changed_file(tmp_path: Path):
    written = copy_example("starter", tmp_path / "site", is_forced=False)
    for path in written[:2]:
        path.write_text("mine")
    with pytest.raises(InputError) as raised:
        copy_example("starter", tmp_path / "site", is_forced=False)
    assert [one.file for one in raised.value.findings] == [str(path) for path in written[:2]]
    assert written[0].read_text() == "mine"
    copy_example("starter", tmp_path / "site", is_forced=True)
    assert written[0].read_text() != "mine"


def test_a_copy_that_was_broken_off_is_finished_by_the_next(tmp_path: Path):
    written = copy_example("starter", tmp_path / "site", is_forced=False)
    written[1].unlink()
    written[0].touch()
    before = written[0].stat().st_mtime_ns
    assert copy_example("starter", tmp_path / "site", is_forced=False) == written
    assert written[1].is_file()
    assert written[0].stat().st_mtime_ns == before
