"""Rejecting everything is no virtue: what no fault has touched is sorted, and what is not has a reason of its own."""

import pytest
from sim_runs import example, nothing_forbidden

from sorter_core.codes import OUTCOMES, REASONS
from sortyard.config.examples import line_file_of
from sortyard.config.manifest import parse_columns, read_manifest
from sortyard.sim.arrivals import GeneratedParcels, ManifestParcels
from sortyard.sim.events import OUTPUT, Disposition, Record
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import all_faults

DISPOSITION = OUTPUT + 8
LINES = ["starter", "hub16", "express64"]


@pytest.mark.parametrize("name", LINES)
def test_without_faults_every_readable_routable_feasible_parcel_is_sorted(name: str) -> None:
    """Feasible: its true gaps at the infeed eye are at least what `check` publishes for the two chutes."""
    site = example(name)
    result = simulate(site, GeneratedParcels(site, 3000, seed=11), Settings(seed=11))

    assert nothing_forbidden(result), result.never
    assert result.truth.untouched_unsorted == {}
    assert result.truth.untouched_sorted == result.truth.untouched_parcels
    assert result.truth.untouched_parcels > 1500


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("seed", [1, 2])
def test_with_every_fault_at_its_default_rate_at_least_98_percent_are(name: str, seed: int) -> None:
    site = example(name)
    result = simulate(site, GeneratedParcels(site, 20_000, seed), Settings(seed=seed, faults=all_faults()))
    truth = result.truth

    assert nothing_forbidden(result), result.never
    assert truth.untouched_sorted >= 0.98 * truth.untouched_parcels, truth.untouched_unsorted
    assert truth.untouched_parcels > 6000
    assert sum(truth.untouched_unsorted.values()) == truth.untouched_parcels - truth.untouched_sorted
    assert sum(fault["injected"] > 0 for fault in result.faults.values()) >= 20, result.faults


def test_every_parcel_of_the_shipped_manifest_ends_as_its_row_says() -> None:
    """No code in the row: NO_READ. A code that no rule knows: NO_DATA. All others are sorted, some after a lap."""
    site = example("hub16")
    columns = parse_columns(())
    manifest = read_manifest(
        line_file_of("hub16").parent / "manifest.csv", columns, site.line.belt.speed_mm_s
    )
    records: list[Record] = []
    source = ManifestParcels(site, manifest)
    result = simulate(site, source, Settings(on_records=records.extend))
    ends = [Disposition.of(record) for record in records if record.kind == DISPOSITION]
    unread = sum(not barcode for barcode in manifest.barcode)
    unknown = sum(bool(barcode) and site.host_plan.decide(barcode) is None for barcode in manifest.barcode)
    told = [
        (OUTCOMES[end.outcome], REASONS[end.reason])
        for end in ends
        if OUTCOMES[end.outcome] != "RECIRCULATED"
    ]

    assert unread > 0
    assert unknown > 0
    assert told.count(("REJECTED", "NO_READ")) == unread
    assert told.count(("REJECTED", "NO_DATA")) == unknown
    assert told.count(("SORTED", "NONE")) == len(manifest) - unread - unknown == len(told) - unread - unknown
    assert result.truth.untouched_unsorted == {}
