"""The manifest: what arrives at the infeed, read from a CSV export.

Columns: barcode (empty = a parcel without label), length_mm, width_mm, height_mm, weight_g, and arrival_s
(when the leading edge reaches the infeed eye) or, in its place, gap_mm or gap_s (free belt, or the time that
it takes to pass, between the parcel before and this one). A column may carry another unit in its name
(length_cm, weight_kg, arrival_ms), and a number may carry its own ("1,5 kg").
"""

import csv
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sortyard.config.csv_file import CsvFile, plain, read_csv
from sortyard.config.numbers import UNITS, NumberReader, Quantity
from sortyard.config.patterns import MAX_LENGTH
from sortyard.errors import Finding, InputError

COLUMNS = ("barcode", "length_mm", "width_mm", "height_mm", "weight_g", "arrival_s")
GAPS = ("gap_mm", "gap_s")

MAX_SIZE_MM = 5000
MAX_WEIGHT_G = 1_000_000
MAX_ARRIVAL_S = 30 * 24 * 3600

_UM_PER_MM = 1000
_US_PER_S = 1_000_000
_QUANTITIES = {
    "length_mm": Quantity("mm", 1, MAX_SIZE_MM),
    "width_mm": Quantity("mm", 1, MAX_SIZE_MM),
    "height_mm": Quantity("mm", 1, MAX_SIZE_MM),
    "weight_g": Quantity("g", 0, MAX_WEIGHT_G),
    "arrival_s": Quantity("s", 0, MAX_ARRIVAL_S),
    "gap_mm": Quantity("mm", 0, 1_000_000),
    "gap_s": Quantity("s", 0, MAX_ARRIVAL_S),
}


def _ints() -> array:
    return array("q")


@dataclass(slots=True)
class Manifest:
    """Parcels in the order of arrival, one entry of each array a parcel.

    `arrival_us` counts from the first moment of the run, never falls, and is when the leading edge reaches
    the infeed eye. `findings` holds warnings only.
    """

    barcode: list[bytes] = field(default_factory=list)
    length_mm: array = field(default_factory=_ints)
    width_mm: array = field(default_factory=_ints)
    height_mm: array = field(default_factory=_ints)
    weight_g: array = field(default_factory=_ints)
    arrival_us: array = field(default_factory=_ints)
    findings: list[Finding] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.barcode)


def read_manifest(
    path: Path, columns: Mapping[str, str] | None = None, speed_mm_s: int | None = None
) -> Manifest:
    """The parcels of a CSV file.

    `columns` gives the file's own name for a column ({"length_mm": "Laenge"}). `speed_mm_s` is the belt
    speed by which gaps become times; a file with gaps needs it. Raises InputError with every finding.
    """
    table = read_csv(path)
    places = _places(table, dict(columns or {}))
    manifest = Manifest()
    parcels = _parcels(table, places)
    if not parcels and not table.findings:
        table.add(table.header_line, "", "the manifest has no parcels", "add a row for each parcel")
    if speed_mm_s is None and set(GAPS) & places.keys():
        reason = "gaps become arrival times only by the speed of a belt, which is not known here"
        table.add(table.header_line, "gap_mm" if "gap_mm" in places else "gap_s", reason, "give arrival_s")
    table.refuse_errors()
    for parcel in parcels:
        parcel.append_to(manifest, speed_mm_s or 1)
    manifest.findings = table.findings
    return manifest


def parse_columns(options: Iterable[str]) -> dict[str, str]:
    """The `columns` of `read_manifest` from texts like `length_mm=Laenge`. Raises InputError."""
    columns: dict[str, str] = {}
    findings: list[Finding] = []
    for option in options:
        name, equals, there = option.partition("=")
        if equals and name and there and name not in columns:
            columns[name] = there
        else:
            reason = f'"{option}" {"names a column again" if name in columns else "is not NAME=FILE_COLUMN"}'
            remedy = f"give it as --column {COLUMNS[1]}=FILE_COLUMN, once for each column"
            findings.append(Finding("command line", None, "--column", reason, remedy))
    if findings:
        raise InputError(findings)
    return columns


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest that `read_manifest` reads back the same."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in zip(
            (barcode.decode("ascii") for barcode in manifest.barcode),
            manifest.length_mm,
            manifest.width_mm,
            manifest.height_mm,
            manifest.weight_g,
            (f"{time // _US_PER_S}.{time % _US_PER_S:06d}" for time in manifest.arrival_us),
            strict=True,
        ):
            writer.writerow(row)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in the file, its name there, and the unit of its numbers."""

    at: int
    name: str
    unit: str


@dataclass(slots=True)
class _Parcel:
    barcode: str
    values: dict[str, float]

    def append_to(self, manifest: Manifest, speed_mm_s: int) -> None:
        manifest.barcode.append(self.barcode.encode("ascii"))
        for name in ("length_mm", "width_mm", "height_mm", "weight_g"):
            getattr(manifest, name).append(round(self.values[name]))
        manifest.arrival_us.append(self._arrival_us(manifest, speed_mm_s))

    def _arrival_us(self, manifest: Manifest, speed_mm_s: int) -> int:
        if "arrival_s" in self.values:
            return round(self.values["arrival_s"] * _US_PER_S)
        gap_us = round(self.values.get("gap_s", 0.0) * _US_PER_S)
        gap_us += round(self.values.get("gap_mm", 0.0) * _US_PER_S / speed_mm_s)
        if not manifest.arrival_us:
            return gap_us
        before_us = manifest.length_mm[len(manifest.arrival_us) - 1] * _US_PER_S // speed_mm_s
        return manifest.arrival_us[-1] + before_us + gap_us


def _places(table: CsvFile, columns: dict[str, str]) -> dict[str, _Place]:
    """Where each column of the manifest stands in the file; what is missing becomes a finding."""
    for name in columns.keys() - {*COLUMNS, *GAPS}:
        known = ", ".join((*COLUMNS, *GAPS))
        table.add(table.header_line, name, f'"{name}" is no column of a manifest', f"the columns are {known}")
    places = {
        name: place for name in (*COLUMNS, *GAPS) if (place := _place(table, name, columns)) is not None
    }
    times = [name for name in ("arrival_s", *GAPS) if name in places]
    if len(times) > 1:
        reason = f"the file has {' and '.join(times)}, which say the same in two ways"
        table.add(table.header_line, times[1], reason, "keep one of them")
    for name in COLUMNS:
        is_needed = name != "arrival_s" or not times
        if name not in places and name not in columns and is_needed:
            instead = " (or give gap_mm or gap_s)" if name == "arrival_s" else ""
            table.miss(name, f"name it in the file or call with --column {name}=FILE_COLUMN{instead}")
    return places


def _place(table: CsvFile, name: str, columns: dict[str, str]) -> _Place | None:
    if name in columns:
        at = table.place_of(columns[name])
        if at is None:
            table.miss(columns[name], f"correct --column {name}={columns[name]}")
            return None
        return _Place(at, table.columns[at], _unit_in(table.columns[at], name))
    quantity = _QUANTITIES.get(name)
    if quantity is None:
        at = table.place_of(name)
        return None if at is None else _Place(at, table.columns[at], "")
    stem = name.rpartition("_")[0]
    for unit in (quantity.unit, *UNITS):
        if UNITS[unit].base == quantity.unit and (at := table.place_of(f"{stem}_{unit}")) is not None:
            return _Place(at, table.columns[at], unit)
    return None


def _unit_in(column: str, name: str) -> str:
    """The unit at the end of a column's own name if it measures the same, else the manifest's."""
    if name not in _QUANTITIES:
        return ""
    base = _QUANTITIES[name].unit
    last = plain(column).rpartition("_")[2]
    return last if last in UNITS and UNITS[last].base == base else base


def _parcels(table: CsvFile, places: dict[str, _Place]) -> list[_Parcel]:
    rows = list(table.rows())
    quantities = {name: _QUANTITIES[name] for name in places if name in _QUANTITIES}
    cells = (row[places[name].at] for _, row in rows for name in quantities)
    reader = NumberReader(cells)
    parcels: list[_Parcel] = []
    lines: dict[str, list[int]] = {}
    latest_s = 0.0
    for line, row in rows:
        found_before = len(table.findings)
        barcode = row[places["barcode"].at] if "barcode" in places else ""
        lines.setdefault(barcode, []).append(line)
        _check_barcode(table, line, barcode)
        values: dict[str, float] = {}
        for name, quantity in quantities.items():
            value, reason = reader.read(row[places[name].at], quantity, places[name].unit)
            if reason:
                table.add(line, places[name].name, *reason)
            values[name] = value
        if "arrival_s" in values and values["arrival_s"] < latest_s:
            reason = (
                f"the parcel arrives at {values['arrival_s']:g} s, before the one above it ({latest_s:g} s)"
            )
            table.add(line, places["arrival_s"].name, reason, "put the rows in the order of arrival")
        latest_s = max(latest_s, values.get("arrival_s", 0.0))
        if len(table.findings) == found_before:
            parcels.append(_Parcel(barcode, values))
    _warn_of_duplicates(table, lines)
    return parcels


def _warn_of_duplicates(table: CsvFile, lines: dict[str, list[int]]) -> None:
    for barcode, there in lines.items():
        if barcode and len(there) > 1:
            listed = ", ".join(map(str, there[:5])) + (", ..." if len(there) > 5 else "")
            reason = f"{barcode} is there {len(there)} times (lines {listed})"
            table.warn(there[1], "barcode", reason, "nothing, if the number really comes more than once")


def _check_barcode(table: CsvFile, line: int, barcode: str) -> None:
    if not (barcode.isascii() and barcode.isprintable()):
        reason = f"{barcode!r} has a character that no label can hold; allowed: printable ASCII"
        table.add(line, "barcode", reason, "correct the number, or leave it empty for a parcel without label")
    elif len(barcode) > MAX_LENGTH:
        reason = f"the number has {len(barcode)} characters; allowed: {MAX_LENGTH}"
        table.add(line, "barcode", reason, "correct the number")
    elif NumberReader.is_scientific(barcode):
        reason = f"{barcode} is a number that a spreadsheet has rounded: its digits are lost"
        table.add(line, "barcode", reason, "format the column as text and export it again")
