"""Pairs of parcels with exact gaps on a line without meter and loop, so that the gap that is fed reaches the gates."""

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sites import site

from sorter_core.codes import INPUTS, OUTPUTS
from sortyard.config.manifest import Manifest
from sortyard.config.site import Site, load_site
from sortyard.sim.arrivals import ManifestParcels
from sortyard.sim.events import OUTPUT, Disposition, Record
from sortyard.sim.faults import FaultSetting
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

INPUT_NUMBER = {name: number for number, name in INPUTS.items()}
OUTPUT_NUMBER = {name: number + OUTPUT for number, name in OUTPUTS.items()}
DISPOSITION, GATE_EXTEND = OUTPUT_NUMBER["DISPOSITION"], OUTPUT_NUMBER["GATE_EXTEND"]
SORTED, GAP_TOO_SMALL = 1, 8


@dataclass(frozen=True)
class Row:
    """A parcel: where its label says it goes, its length, and the gap to the one ahead, mm."""

    chute: str
    length_mm: int
    gap_mm: int


def bare_site(folder: Path, example: str, *changes: tuple[str, str], has_host: bool = False) -> Site:
    """An example without infeed meter and loop; each chute has a code of its own, the chute's name."""
    path = site(folder, example, *changes)
    return without_meter(path, folder / f"{example}.plan.toml", has_host)


def without_meter(path: Path, plan: Path, has_host: bool = False) -> Site:
    """The site of a line file from which meter and loop are taken out, with a plan of one code for each chute."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'\[\[motor\]\]\nname = "M-(METER|LOOP)"\n(?:\w+ = .*\n)+', "", text)
    for part in (r"(infeed_meter|recirculation|policy.recirculate)[. =].*\n", r".*M-(METER|LOOP)\".*\n"):
        text = re.sub(part, "", text)
    text = re.sub(r'\[\[eye\]\]\nname = "PE-(METER|MERGE)"\n(?:\w+ = .*\n)+', "", text)
    text = re.sub(r".*\"PE-(METER|MERGE)\".*\n", "", text)
    text = text.replace('"recirculate"', '"sort"')
    text = re.sub(r"host = (true|false)", f"host = {str(has_host).lower()}", text)
    path.write_text(text, encoding="utf-8")
    names = [chute["name"] for chute in tomllib.loads(text)["chute"]]
    rules = [f'[[rule]]\ncodes = ["{name}"]\nchute = "{name}"\n' for name in names]
    plan.write_text("\n".join(rules), encoding="utf-8")
    return load_site(path)


def manifest(rows: list[Row], speed_mm_s: int) -> Manifest:
    """The rows as they come, a second after the start."""
    made = Manifest()
    at_us = 1_000_000
    for row in rows:
        at_us += row.gap_mm * 1_000_000 // speed_mm_s
        made.barcode.append(row.chute.encode())
        for column, value in (
            (made.length_mm, row.length_mm),
            (made.width_mm, 200),
            (made.height_mm, 100),
            (made.weight_g, 500),
            (made.arrival_us, at_us),
        ):
            column.append(value)
        at_us += row.length_mm * 1_000_000 // speed_mm_s
    return made


def sort(found: Site, rows: list[Row], **faults: FaultSetting) -> tuple[SimResult, list[Record]]:
    """The run of these rows."""
    records: list[Record] = []
    parcels = ManifestParcels(found, manifest(rows, found.line.belt.speed_mm_s))
    return simulate(found, parcels, Settings(faults=faults, on_records=records.extend)), records


def pairs(found: Site, first: str, second: str, gap_mm: int, lengths_mm: list[tuple[int, int]]) -> list[Row]:
    """Pairs with that gap, each after the one before has left the belt."""
    far = found.line.belt.length_mm + 2000
    return [
        row for ahead, behind in lengths_mm for row in (Row(first, ahead, far), Row(second, behind, gap_mm))
    ]


def ends(records: list[Record]) -> list[tuple[int, int]]:
    """Outcome and reason of each parcel, in the order in which they came."""
    told = [Disposition.of(record) for record in records if record.kind == DISPOSITION]
    return [(end.outcome, end.reason) for end in sorted(told, key=lambda end: end.track)]


def gaps_at_infeed_mm(found: Site, records: list[Record]) -> list[float]:
    """The gaps that the infeed eye saw."""
    eye = next(place for place, one in enumerate(found.numbering.eyes) if one.role == "infeed")
    edges = [
        record.q
        for record in records
        if record.kind in (INPUT_NUMBER["EYE_BLOCKED"], INPUT_NUMBER["EYE_CLEARED"]) and record.p == eye
    ]
    between = list(pairwise(edges))[1::2]
    return [(after - before) * found.line.encoder.um_per_count / 1000 for before, after in between]
