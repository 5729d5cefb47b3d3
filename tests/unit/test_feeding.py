"""Meter, merge and the first metres of the line: figures by hand, rules inside and outside, physics by simulation."""

from pathlib import Path

import pytest
from sites import site
from two_parcels import SORTED, Row, bare_site, ends, gaps_at_infeed_mm, sort

from sorter_core.line import meter_blocked
from sorter_core.line_state import LineState
from sortyard.config.check import check_site
from sortyard.config.compile import gate_config
from sortyard.config.feeding import (
    fall_back_mm,
    feeder_end_mm,
    held_mm,
    least_gap_mm,
    merge_clear_mm,
    run_out_mm,
)
from sortyard.config.line import Line
from sortyard.config.site import load_site
from sortyard.errors import Finding

SHORTEST = 80


def told(folder: Path, example: str, key: str, *changes: tuple[str, str]) -> list[Finding]:
    findings = check_site(load_site(site(folder, example, *changes))).findings
    return [one for one in findings if one.key == key and one.severity != "note"]


def hub16(folder: Path, *changes: tuple[str, str]) -> Line:
    return load_site(site(folder, "hub16", *changes)).line


def test_a_parcel_that_does_not_come_to_rest_is_held_longer(tmp_path: Path):
    """v = 2,000, a = 30,000: it comes to rest after v^2 / a = 133 mm of belt. Before, it falls back by held^2 / 133."""
    line = hub16(tmp_path)
    assert run_out_mm(line) == pytest.approx(400 / 3)
    assert held_mm(line, 200) == 200
    assert held_mm(line, 75) == pytest.approx(100)
    assert 100 * 100 / run_out_mm(line) == pytest.approx(75)
    assert fall_back_mm(line, 75, 600) == pytest.approx(75)
    assert least_gap_mm(line) == pytest.approx(460)


def test_the_least_gap_is_the_feeders_where_that_is_more(tmp_path: Path):
    assert least_gap_mm(hub16(tmp_path, ("min_gap_mm = 100", "min_gap_mm = 500"))) == 500


def test_a_parcel_that_leaves_the_metering_belt_too_soon_falls_back_less(tmp_path: Path):
    """a = 16,000: 125 mm to rest and 125 mm to speed up again. Of 80 mm the middle has 100 + 40 mm to go, 15 of them
    while it speeds up, to sqrt(2 x 16,000 x 15) = 693 mm/s: (2,000 - 693)^2 / 2a = 53 mm are not lost.
    """
    line = hub16(tmp_path, ("brake_mm_s2 = 30_000", "brake_mm_s2 = 16_000"))
    assert fall_back_mm(line, 360, 80) == pytest.approx(360 - (2000 - 480_000**0.5) ** 2 / 32_000)
    assert fall_back_mm(line, 360, 300) == pytest.approx(360)
    assert least_gap_mm(line) == pytest.approx(460 - (2000 - 480_000**0.5) ** 2 / 32_000)


@pytest.mark.parametrize("brake", [16_000, 20_000, 30_000, 50_000])
@pytest.mark.parametrize("length_mm", [SHORTEST, 300, 600])
def test_the_simulated_meter_opens_what_is_computed(brake: int, length_mm: int, tmp_path: Path):
    """Each gap between the feeder's and the meter's. The plant ramps in steps of 10 ms, the first one at once: as if it
    were held for up to 20 mm longer; edge and command come up to 4 ms late, 8 mm, and the root is rounded up.
    """
    found = load_site(site(tmp_path, "hub16", ("brake_mm_s2 = 30_000", f"brake_mm_s2 = {brake}")))
    run_out = run_out_mm(found.line)
    for gap in range(100, 460, 12):
        _, records = sort(found, [Row("", length_mm, 4000), Row("", length_mm, gap)])
        (seen,) = gaps_at_infeed_mm(found, records)
        computed = fall_back_mm(found.line, 460 - gap, length_mm)
        longer = held_mm(found.line, 460 - gap) + 20
        high = min(longer, longer**2 / run_out)
        assert gap + computed - 8 <= seen <= gap + high + 10
        assert seen >= least_gap_mm(found.line) - 8


@pytest.mark.parametrize("late", [0, 15])
@pytest.mark.parametrize("um_per_count", [100, 1000, 10_000])
def test_the_gate_logic_holds_as_long_as_is_computed(um_per_count: int, late: int, tmp_path: Path):
    """Whole counts, at most a few more than the exact root: counts of 0.1 mm, 1 mm and 10 mm. And so if it hears of the
    nose late: on the way until then the gap stays as it is.
    """
    line = hub16(tmp_path, ("um_per_count = 1000", f"um_per_count = {um_per_count}"))
    mm = um_per_count / 1000
    for need_mm in (10, 20, 50, 100, 130, 140, 200, 450):
        state = LineState(gate_config(line, [(0,)]))
        state.merge.has_metered, state.merge.meter_clear = 1, 0
        early = state.merge.meter_gap - round(need_mm / mm)
        state.position = early + late
        meter_blocked(state, early)
        held = state.agenda.due[state.meter_entity] - state.position
        assert -2 <= held - held_mm(line, need_mm) / mm <= 3


def test_a_meter_eye_leaves_room_to_brake_and_to_speed_up_again(tmp_path: Path):
    """v^2 / a of 140 mm are 100 mm from eye to belt's end and half of 80 mm: a = 2,000^2 / 140 = 28,571."""

    def at(brake: int) -> list[Finding]:
        key = "eye[0].position_mm"
        return told(tmp_path, "hub16", key, ("brake_mm_s2 = 30_000", f"brake_mm_s2 = {brake}"))

    assert at(28_572) == []
    (warning,) = at(28_571)
    assert (warning.severity, warning.remedy.split(",")[0]) == ("warning", "put the eye at -1361 mm or less")
    # Half of it: not even braking is possible.
    assert [one.severity for one in at(14_286)] == ["warning"]
    assert [one.severity for one in at(14_285)] == ["error"]


def without_meter(merge_mm: int) -> tuple[tuple[str, str], ...]:
    return (
        (
            "infeed_meter.gap_mm = 460\ninfeed_meter.transfer_mm = -1260\ninfeed_meter.brake_mm_s2 = 30_000\n",
            "",
        ),
        (
            '  { name = "PE-METER", role = "meter", position_mm = -1360, ecu = "line", pins = { signal = "GP5" } },\n',
            "",
        ),
        ("merge_position_mm = -650", f"merge_position_mm = {merge_mm}"),
        ("max_length_mm = 1200", "max_length_mm = 400"),
        ("min_gap_mm = 100", "min_gap_mm = 460"),
    )


def test_without_a_meter_the_loop_joins_downstream_of_the_feeding_conveyor(tmp_path: Path):
    """It ends at -300 mm and stands while the loop has its turn; what it holds reaches to -300 + 400 / 2 mm."""
    key = "recirculation.merge_position_mm"
    (on_it,) = [one for one in told(tmp_path, "hub16", key, *without_meter(-300)) if one.severity == "error"]
    assert "reaches to -300 mm" in on_it.reason
    assert "infeed_meter" in on_it.remedy
    (near,) = [one for one in told(tmp_path, "hub16", key, *without_meter(-101)) if one.severity == "error"]
    assert "the feeding conveyor holds reaches to -100 mm, beyond the merge at -101 mm" in near.reason
    clear = told(tmp_path, "hub16", key, *without_meter(-100))
    assert [one for one in clear if one.severity == "error"] == []


def test_the_merge_is_clear_when_what_was_under_way_has_passed(tmp_path: Path):
    """From the meter eye at -1,360 mm: 1,200 mm of parcel, and 133 mm of belt while the last one brakes."""
    assert merge_clear_mm(hub16(tmp_path)) == pytest.approx(1360 + 1200 + 400 / 3)
    bare = load_site(site(tmp_path, "hub16", *without_meter(-100))).line
    # Without a meter the belt's own 2,000 mm/s^2 brake it: v^2 / a = 2,000 mm
    assert feeder_end_mm(bare) == -300
    assert merge_clear_mm(bare) == pytest.approx(300 + 400 + 2000)
    longer = (
        *without_meter(-100),
        ("belt.width_mm = 800\n", "belt.width_mm = 800\nbelt.feeder_end_mm = -700\n"),
    )
    further = load_site(site(tmp_path / "further", "hub16", *longer)).line
    assert merge_clear_mm(further) == pytest.approx(700 + 400 + 2000)


def test_a_diverter_too_near_to_the_infeed_never_knows_the_gap_behind(tmp_path: Path):
    """D-EAST of starter: its gap of 848 mm must be past the infeed eye behind a parcel of 650 mm when it decides,
    269 mm before its zone: from a zone at 1,767 mm on.
    """

    def at(zone_mm: int) -> list[Finding]:
        swap = (
            ("position_mm = 2000 ", f"position_mm = {zone_mm} "),
            ('kind = "pusher"', 'kind = "swing_arm"'),
            ("zone_mm = 300", "zone_mm = 550"),
            ("delay_ms = 15", "delay_ms = 20"),
            (
                "extend_ms = 120\nretract_ms = 120\nspread_ms = 10 ",
                "extend_ms = 250\nretract_ms = 250\nspread_ms = 15 ",
            ),
        )
        return [
            one
            for one in told(tmp_path, "starter", "diverter[0].position_mm", *swap)
            if "behind its parcel" in one.reason
        ]

    assert at(1768) == []
    (warning,) = at(1764)
    assert warning.severity == "warning"
    assert "are never diverted there (GAP_TOO_SMALL)" in warning.reason
    assert warning.remedy == "put D-NORTH 4 mm further downstream"
    (error,) = at(1190)
    assert error.severity == "error"
    assert "no parcel is ever diverted there" in error.reason


def test_a_parcel_longer_than_from_eye_to_eye_is_sorted(tmp_path: Path):
    """hub16's eyes stand 1,500 mm apart; a nose is given up 30 mm behind the next one, its tail still in the beam."""
    longer = ("max_length_mm = 1200", "max_length_mm = 1800")
    found = bare_site(tmp_path, "hub16", longer)
    first, second = (chute.name for chute in found.numbering.chutes[:2])
    rows = [Row(first, 1800, 4000), Row(second, 1700, 4000), Row(first, 300, 4000), Row(second, 1527, 4000)]
    result, records = sort(found, rows)
    assert ends(records) == [(SORTED, 0)] * len(rows)
    assert result.truth.silent_missorts == 0
