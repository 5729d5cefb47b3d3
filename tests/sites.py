"""Sites for tests: copies of shipped examples, with some of their text exchanged, and random lines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sortyard.config.assign import assign_pins, with_pins
from sortyard.config.examples import copy_example
from sortyard.config.line_file import read_line
from sortyard.config.site import Site, load_site
from sortyard.errors import Finding
from sortyard.sim.random_line import random_line
from sortyard.sim.stress import is_sound, write_line


def site(folder: Path, example: str, *changes: tuple[str, str]) -> Path:
    """Copy an example into `folder`, exchange text in its line file, and return that file.

    Each text that is to be exchanged must be there, so that a test cannot go on with an unchanged file.
    """
    copy_example(example, folder, is_forced=True)
    path = folder / f"{example}.line.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{example} has no {old!r}"
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    """The line of the first `text` in a file, counted from 1."""
    return path.read_text(encoding="utf-8").partition(text)[0].count("\n") + 1


def findings(folder: Path, example: str, *changes: tuple[str, str]) -> list[Finding]:
    """What is wrong with an example after these changes."""
    return read_line(site(folder, example, *changes)).findings


def on_one_board(whole: Site) -> Site:
    """The site with everything wired to its first board, whether that has the pins or not: one gate logic for all."""
    line = whole.line
    home = line.ecu[0].name
    parts: dict[str, Any] = {
        kind: [part.model_copy(update={"ecu": home}) for part in getattr(line, kind)]
        for kind in ("eye", "scanner", "diverter", "motor", "expander")
    }
    parts["ecu"] = line.ecu[:1]
    return replace(whole, located=replace(whole.located, model=line.model_copy(update=parts)))


def second_half_first(folder: Path) -> Path:
    """tandem, where a destination's first chute is the second board's and takes two parcels, and its other one the
    first board's."""
    chute = '"D-SOUTH-2", capacity = '
    return site(folder, "tandem", (f"{chute}40, empty_s = 120", f"{chute}2, empty_s = 900"))


_LANES = """eye = [
  { name = "PE-METER", role = "meter", position_mm = -1650, ecu = "west", pins = { signal = "GP20" } },
  { name = "PE-MERGE", role = "merge", ecu = "west", pins = { signal = "GP21" } },"""
_DRIVES = """motor = [
  { name = "M-METER", driver = "mdr", drives = "meter", ecu = "west", pins = { run = "GP11" } },
  { name = "M-LOOP", driver = "mdr", drives = "loop", ecu = "west", pins = { run = "GP28" } },"""
_WAY_ROUND = """recirculation = { loop_mm = 3_000, merge_position_mm = -700, lap_limit = 2 }
infeed_meter = { gap_mm = 950, transfer_mm = -1500 }"""


def looped_tandem(folder: Path) -> Path:
    """tandem, whose last gate leads to a loop back to the infeed: from the second board's zone to the first one's.

    Two of its chutes take no more than two parcels each.
    """
    path = site(
        folder,
        "tandem",
        ("policy.recirculate = []", _WAY_ROUND),
        ("eye = [", _LANES),
        ("motor = [", _DRIVES),
        ('feedback = true, ecu = "west"', 'ecu = "west"'),
        (', home = "GP20", extended = "GP21" } },', " } },"),
        (
            '"EAST-2", diverter = "D-EAST-2", capacity = 40, empty_s = 120',
            '"ROUND", kind = "recirculate", diverter = "D-EAST-2"',
        ),
        ('chute = "EAST-2"', 'chute = "ROUND"'),
        ('"D-NORTH-1", capacity = 40, empty_s = 120', '"D-NORTH-1", capacity = 2, empty_s = 900'),
        ('"D-SOUTH-2", capacity = 40, empty_s = 120', '"D-SOUTH-2", capacity = 2, empty_s = 900'),
    )
    plan = folder / "tandem.plan.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('default = "EAST-2"', 'default = "REJECT"').replace('"EAST-1", "EAST-2"', '"EAST-1"')
    text = text.replace('"SOUTH-2", "SOUTH-1"', '"SOUTH-2"')
    plan.write_text(text, encoding="utf-8")
    return path


def wired(seed: int, folder: Path) -> Site | None:
    """The line of a seed with pins; None if `check` refuses it, or it does not fit on its board."""
    made = random_line(seed)
    if not is_sound(made):
        return None
    site = load_site(write_line(made, folder))
    found = assign_pins(site.located)
    return None if found.findings else with_pins(site, found)
