"""What arrives at the line: the rows of a manifest, or parcels drawn from the line's own distributions.

Both give rows for the plant in chunks: number from 1 on, arrival_us, length_um, width_um, height_um, weight_g,
place of the code in `codes` (-1: no code), and the group that the plan gives it (-1: none).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from sorter_core.sort_plan import SortPlan
from sortyard.config.check_figures import mean_of
from sortyard.config.line import Line
from sortyard.config.manifest import Manifest
from sortyard.config.site import Site
from sortyard.sim.codes import routable_codes
from sortyard_c.arrivals import Arrivals

CODES = 2048
"""Different codes of generated parcels; they come again after so many parcels, long after the first has left."""

EXPONENTIAL_PERMILLE = (0, 51, 288, 693, 1386, 2996, 6908)
"""The exponential distribution of mean 1000 at 0, 5, 25, 50, 75, 95 and (for 100) 99.9 %."""


def code_answers(site: Site, codes: Iterable[bytes]) -> list[tuple[int, int]]:
    """For each code the board's answer (as a READ carries it) and the host's (0: no rule, else group + 1)."""
    table = SortPlan()
    table.load(site.board_plan.table, site.board_plan.blob)
    pairs = []
    for code in codes:
        found = site.host_plan.decide(code)
        pairs.append((table.decide(code, len(code)), 0 if found is None else found[0] + 1))
    return pairs


class GeneratedParcels:
    """`parcels` parcels with the line's sizes, gaps and rate, each with a code that its plan knows."""

    def __init__(self, site: Site, parcels: int, seed: int) -> None:
        self.parcels = parcels
        self.barcodes = routable_codes(site.plan, min(parcels, CODES), seed)
        self.codes: Sequence[tuple[int, int]] = code_answers(site, map(str.encode, self.barcodes))
        groups = [host - 1 for _, host in self.codes]
        self._arrivals = Arrivals(seed, quantiles_of(site.line), site.line.belt.speed_mm_s, groups, parcels)

    def chunk(self, most: int) -> array[int]:
        """Rows of the next parcels, `most` at most; empty after the last one."""
        return self._arrivals.chunk(most)

    @property
    def texts(self) -> Sequence[bytes]:
        """The codes themselves, in the order of `codes`."""
        return [code.encode() for code in self.barcodes]

    def barcode(self, parcel: int) -> str:
        """The code of a parcel by its number."""
        return self.barcodes[(parcel - 1) % len(self.barcodes)]


class ManifestParcels:
    """The first `most` parcels of a manifest, in its order. A code that is there twice is one code."""

    def __init__(self, site: Site, manifest: Manifest, most: int | None = None) -> None:
        self.parcels = len(manifest) if most is None else min(most, len(manifest))
        self._manifest = manifest
        self._places: dict[bytes, int] = {}
        for barcode in manifest.barcode:
            if barcode:
                self._places.setdefault(barcode, len(self._places))
        self.codes: Sequence[tuple[int, int]] = code_answers(site, self._places)
        self._next_id = 0

    @property
    def texts(self) -> Sequence[bytes]:
        """The codes themselves, in the order of `codes`."""
        return list(self._places)

    def barcode(self, parcel: int) -> str:
        """The code of a parcel by its number; empty for one without."""
        return self._manifest.barcode[parcel - 1].decode("ascii")

    def chunk(self, most: int) -> array[int]:
        """Rows of the next parcels, `most` at most; empty after the last one."""
        rows, manifest = array("q"), self._manifest
        end = min(self._next_id + most, self.parcels)
        for parcel in range(self._next_id, end):
            code = self._places.get(manifest.barcode[parcel], -1)
            sizes_mm = (manifest.length_mm[parcel], manifest.width_mm[parcel], manifest.height_mm[parcel])
            group = self.codes[code][1] - 1 if code >= 0 else -1
            rows.extend((parcel + 1, manifest.arrival_us[parcel], *(1000 * size for size in sizes_mm)))
            rows.extend((manifest.weight_g[parcel], code, group))
        self._next_id = end
        return rows


def quantiles_of(line: Line) -> list[list[int]]:
    """Length, width, height (um), weight (g) and gap (um) at the seven percentages.

    Gaps are the feeder's smallest one plus an exponential part, so that the parcels come at `rate_per_h` on
    average; where the belt cannot carry that rate, one follows the other at the smallest gap.
    """
    limits = line.parcels
    sizes = [limits.length_mm_quantiles, limits.width_mm_quantiles, limits.height_mm_quantiles]
    pitch_mm = line.belt.speed_mm_s * 3600 / limits.rate_per_h
    spare_mm = max(pitch_mm - mean_of(limits.length_mm_quantiles) - limits.min_gap_mm, 0)
    unit = spare_mm / mean_of(list(EXPONENTIAL_PERMILLE))
    gaps = [round((limits.min_gap_mm + unit * part) * 1000) for part in EXPONENTIAL_PERMILLE]
    return [[value * 1000 for value in size] for size in sizes] + [list(limits.weight_g_quantiles), gaps]
