"""Generated parcels: the line's own sizes, rate and plan, the same for the same seed however they are fetched."""

from array import array

import pytest
from sim_runs import example

from sortyard.config.check_figures import mean_of
from sortyard.config.manifest import Manifest
from sortyard.sim.arrivals import GeneratedParcels, ManifestParcels

FIELDS = 8
ARRIVAL_US, LENGTH_UM, WIDTH_UM, CODE, GROUP = 1, 2, 3, 6, 7


def drawn(source: GeneratedParcels, chunk: int) -> array:
    rows = array("q")
    while more := source.chunk(chunk):
        rows += more
    return rows


@pytest.mark.parametrize("name", ["starter", "hub16", "express64"])
def test_parcels_come_at_the_lines_rate_with_its_sizes(name: str) -> None:
    site = example(name)
    limits = site.line.parcels
    rows = drawn(GeneratedParcels(site, 20_000, 3), 4096)
    lengths = rows[LENGTH_UM::FIELDS]

    hours = rows[-FIELDS + ARRIVAL_US] / 3.6e9
    assert 20_000 / hours == pytest.approx(limits.rate_per_h, rel=0.02)
    assert min(lengths) >= limits.length_mm_quantiles[0] * 1000
    assert max(lengths) <= limits.length_mm_quantiles[-1] * 1000
    assert sum(lengths) / 20_000 == pytest.approx(1000 * mean_of(limits.length_mm_quantiles), rel=0.02)


def test_the_same_seed_gives_the_same_parcels_in_any_chunks() -> None:
    site = example("hub16")

    assert drawn(GeneratedParcels(site, 500, 9), 7) == drawn(GeneratedParcels(site, 500, 9), 4096)
    assert drawn(GeneratedParcels(site, 500, 9), 64) != drawn(GeneratedParcels(site, 500, 10), 64)


def test_every_code_is_one_that_the_plan_sends_somewhere() -> None:
    site = example("hub16")
    source = GeneratedParcels(site, 3000, 5)
    rows = source.chunk(3000)

    for parcel in range(1, 3001, 37):
        decided = site.host_plan.decide(source.barcode(parcel))
        assert decided is not None
        assert rows[FIELDS * (parcel - 1) + GROUP] == decided[0]
    assert len(set(rows[GROUP::FIELDS])) == len(site.board_plan.groups)


def test_parcels_of_a_manifest_keep_their_order_and_share_a_code_that_is_there_twice() -> None:
    site = example("hub16")
    code = GeneratedParcels(site, 1, 1).barcode(1).encode()
    manifest = Manifest(
        barcode=[code, b"", code],
        length_mm=array("q", [300, 200, 250]),
        width_mm=array("q", [200, 150, 100]),
        height_mm=array("q", [100, 50, 60]),
        weight_g=array("q", [900, 0, 50]),
        arrival_us=array("q", [0, 700_000, 1_500_000]),
    )
    source = ManifestParcels(site, manifest)
    rows = source.chunk(2) + source.chunk(2)

    assert list(rows[::FIELDS]) == [1, 2, 3]
    assert list(rows[ARRIVAL_US::FIELDS]) == [0, 700_000, 1_500_000]
    assert list(rows[LENGTH_UM::FIELDS]) == [300_000, 200_000, 250_000]
    assert list(rows[CODE::FIELDS]) == [0, -1, 0]
    assert rows[FIELDS + GROUP] == -1
    assert len(source.codes) == 1
    assert len(source.chunk(5)) == 0
