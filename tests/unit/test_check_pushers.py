"""What `check` asks of pushers, each rule just inside and just outside, and what happens outside in simulation."""

from pathlib import Path

import pytest
from sites import site
from two_parcels import Row, bare_site, sort

from sortyard.config.check import check_site
from sortyard.config.check_pushers import LEAST_DWELL_MS
from sortyard.config.site import load_site
from sortyard.errors import Finding

FIRST_PUSHER = "retract_ms = 120\nspread_ms = 10 "
SWITCHES = ('{ extend = "GP12" }', '{ extend = "GP12", home = "GP11", extended = "GP28" }')


def errors(folder: Path, *changes: tuple[str, str]) -> list[Finding]:
    told = check_site(load_site(site(folder, "starter", *changes))).findings
    return [one for one in told if one.severity == "error"]


def with_switches(dwell_ms: int) -> tuple[str, str]:
    return FIRST_PUSHER, f"retract_ms = 120\nfeedback = true\ndwell_ms = {dwell_ms}\nspread_ms = 10 "


def test_a_pusher_with_end_switches_dwells_until_they_have_told(tmp_path: Path):
    """12 ms that an input may wait, and two steps."""
    assert LEAST_DWELL_MS == 14
    (told,) = errors(tmp_path, SWITCHES, with_switches(13))
    assert told.key == "diverter[0].dwell_ms"
    assert "dwell_ms is 13, and the end switch may be told up to 14 ms late" in told.reason
    assert errors(tmp_path, SWITCHES, with_switches(14)) == []
    assert errors(tmp_path, (FIRST_PUSHER, FIRST_PUSHER)) == []


@pytest.mark.parametrize(("dwell_ms", "is_sound"), [(0, False), (LEAST_DWELL_MS, True)])
def test_without_dwell_sound_strokes_count_as_failed(dwell_ms: int, is_sound: bool, tmp_path: Path):
    """300 strokes of every deviation that the spread allows: whether a gate was ever put out of service."""
    found = bare_site(tmp_path, "starter", SWITCHES, with_switches(dwell_ms))
    result, _ = sort(found, [Row("NORTH", 300, 3000)] * 300)
    assert (result.by_reason == {}) == is_sound


NEED_MM = 531
"""Half of the zone and of the longest parcel, 150 + 325; the stroke's second half and the spread, 0.8 x (60 + 10)."""


def test_the_eye_behind_a_pusher_stands_half_a_parcel_and_half_a_stroke_away(tmp_path: Path):
    at = [("position_mm = 2550", f"position_mm = {2000 + NEED_MM - short}") for short in (0, 1)]
    assert errors(tmp_path, at[0]) == []
    (told,) = errors(tmp_path, at[1])
    assert told.key == "eye[2].position_mm"
    assert "PE-V2 is 530 mm behind the start of D-NORTH's zone" in told.reason
    assert "is at 531 mm: for those longer than 648 mm (0.0 %)" in told.reason
    assert told.remedy.startswith("put PE-V2 at 2531 mm")


@pytest.mark.parametrize(("short_mm", "is_sound"), [(0, True), (90, False)])
def test_an_eye_too_near_takes_a_pushed_parcel_for_a_failed_divert(
    short_mm: int, is_sound: bool, tmp_path: Path
):
    change = ("position_mm = 2550", f"position_mm = {2000 + NEED_MM - short_mm}")
    found = bare_site(tmp_path, "starter", change)
    result, _ = sort(found, [Row("NORTH", 650, 3000)] * 40)
    assert (result.by_chute["NORTH"] == 40) == is_sound


def test_the_confirm_window_of_a_pusher_ends_behind_the_longest_push(tmp_path: Path):
    assert errors(tmp_path, ("[350, 700]", f"[200, {NEED_MM}]")) == []
    (told,) = errors(tmp_path, ("[350, 700]", f"[200, {NEED_MM - 1}]"))
    assert told.key == "eye[5].travel_mm"
    assert "travel_mm ends at 530 mm" in told.reason
    assert f"to {NEED_MM} or more" in told.remedy


def test_the_confirm_window_of_a_pusher_spreads_by_half_the_difference_of_lengths(tmp_path: Path):
    """(650 - 80) / 2 = 285 mm."""
    assert errors(tmp_path, ("[350, 700]", "[350, 635]")) == []
    (told,) = errors(tmp_path, ("[350, 700]", "[350, 634]"))
    assert "travel_mm spreads by 284 mm" in told.reason
    assert "differ by 285 mm" in told.reason
