"""One broken line for each thing that `check` warns of, and where it tells it."""

from pathlib import Path

import pytest
from sites import line_of, on_one_board, site

from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site

MOTOR = '  {{ name = "{}", driver = "mdr", drives = "{}", ecu = "line", pins = {{ run = "{}", fault = "{}" }} }},\n'
METER, LOOP = MOTOR.format("M-METER", "meter", "GP14", "GP19"), MOTOR.format("M-LOOP", "loop", "GP15", "GP26")
BROKEN = {
    "a pusher too slow for its zone": (
        "starter",
        (("extend_ms = 120", "extend_ms = 400"),),
        "error",
        "diverter[0].extend_ms",
        "the belt moves 336 mm during the stroke",
    ),
    "a barrier too slow for the rate": (
        "starter",
        (("rate_per_h = 1100", "rate_per_h = 3000"),),
        "error",
        "diverter[2].zone_mm",
        "a gap of 848 mm is needed, and 3000 parcels an hour leave 682 mm",
    ),
    "more parcels than fit": (
        "hub16",
        (("rate_per_h = 8000", "rate_per_h = 9300"),),
        "error",
        "parcels.rate_per_h",
        "9300 parcels an hour are 101 % of the 9247",
    ),
    "a belt that starts so softly that it seems steady": (
        "hub16",
        (("um_per_count = 1000", "um_per_count = 10_000"), ("extend_ms = 40", "extend_ms = 90")),
        "error",
        "belt.acceleration_mm_s2",
        "the speed changes by 262 mm/s from one sample to the next",
    ),
    "long queues": (
        "hub16",
        (("rate_per_h = 8000", "rate_per_h = 8700"),),
        "warning",
        "parcels.rate_per_h",
        "queues become long",
    ),
    "no room for the loop": (
        "hub16",
        (("rate_per_h = 8000", "rate_per_h = 8900"),),
        "warning",
        "recirculation",
        "to let 74 an hour (0.8 %) in",
    ),
    "a feeder that leaves too little": (
        "starter",
        (("min_gap_mm = 950", "min_gap_mm = 700"),),
        "warning",
        "parcels.min_gap_mm",
        "needs 848 mm",
    ),
    "a meter that opens too little": (
        "hub16",
        (("gap_mm = 460", "gap_mm = 418"),),
        "warning",
        "infeed_meter.gap_mm",
        "gaps from 418 mm on through; C01 then REJECT needs 419 mm",
    ),
    "a meter that brakes too late": (
        "hub16",
        (("brake_mm_s2 = 30_000", "brake_mm_s2 = 10_000"),),
        "error",
        "eye[0].position_mm",
        "brakes in 200 mm",
    ),
    "a meter eye too early": (
        "hub16",
        (("position_mm = -1360", "position_mm = -1460"),),
        "warning",
        "parcels.min_gap_mm",
        "the gap opens less, and C01 then REJECT needs 419 mm",
    ),
    "a meter eye too early for parcels that come far apart": (
        "hub16",
        (("position_mm = -1360", "position_mm = -2000"), ("min_gap_mm = 100", "min_gap_mm = 420")),
        "note",
        "eye[0].position_mm",
        "the gap opens less",
    ),
    "a scanner behind the decision": (
        "starter",
        (("position_mm = 500\nwindow_mm = 100", "position_mm = 1990\nwindow_mm = 100"),),
        "error",
        "diverter[0].position_mm",
        "no parcel can be routed there in time",
    ),
    "a scanner too near for long parcels": (
        "starter",
        (("position_mm = 500\nwindow_mm = 100", "position_mm = 1700\nwindow_mm = 100"),),
        "warning",
        "diverter[0].position_mm",
        "in time for parcels up to 413 mm",
    ),
    "a host that is asked too late": (
        "hub16",
        (("position_mm = 1000", "position_mm = 3000"), ("max_length_mm = 1200", "max_length_mm = 1150")),
        "warning",
        "diverter[0].position_mm",
        "57 ms are left for the host's answer",
    ),
    "a gate without an eye ahead": (
        "starter",
        (("position_mm = 1000", "position_mm = 3000"),),
        "warning",
        "diverter[0].position_mm",
        "no verify eye before the decision",
    ),
    "two gates behind one eye": (
        "starter",
        (("position_mm = 2550", "position_mm = 1500"),),
        "note",
        "diverter[1].position_mm",
        "D-SOUTH has no verify eye of its own",
    ),
    "a length check too late": (
        "hub16",
        (("position_mm = 3450", "position_mm = 3950"),),
        "warning",
        "eye[3].position_mm",
        "complete in time for parcels up to 387 mm; 24.5 %",
    ),
    "a window that ends behind the decision": (
        "hub16",
        (("position_mm = 3450", "position_mm = 4310"),),
        "warning",
        "eye[3].position_mm",
        "D01 decides 35 mm before the window of the eye ahead ends",
    ),
    "margins eaten by the encoder": (
        "hub16",
        (("um_per_count = 1000", "um_per_count = 10_000"), ("margin_mm = 25", "margin_mm = 10")),
        "warning",
        "encoder.um_per_count",
        "add 16.0 mm to a margin of 10 mm",
    ),
    "windows that overlap for two parcels": (
        "starter",
        (('name = "PE-V1"', 'name = "PE-V1"\nwindow_mm = 600'),),
        "warning",
        "eye[1].window_mm",
        "tracking windows of 2 x 600 mm overlap",
    ),
    "windows that overlap for two eyes": (
        "starter",
        (("position_mm = 4050", "position_mm = 2650"),),
        "warning",
        "eye[3].position_mm",
        "100 mm behind PE-V2",
    ),
    "confirm windows that overlap": (
        "starter",
        (("[600, 1000]", "[600, 1700]"),),
        "warning",
        "eye[7].travel_mm",
        "from a gap of 1113 mm on, and gaps may be 950 mm",
    ),
    "a scanner too unsteady for the gap": (
        "hub16",
        (("window_mm = 150", "window_mm = 600"), ("jitter_ms = 5", "jitter_ms = 60")),
        "warning",
        "scanner[0].jitter_ms",
        "shifts a read by 120 mm",
    ),
    "an encoder too coarse for the windows": (
        "hub16",
        (("um_per_count = 1000", "um_per_count = 10_000"),),
        "warning",
        "encoder.um_per_count",
        "6 counts",
    ),
    "a chute that nobody sees": (
        "starter",
        (
            (
                'role = "confirm"\nchute = "EAST"\ntravel_mm = [600, 1000]',
                'role = "verify"\nposition_mm = 6000',
            ),
        ),
        "warning",
        "chute[2].name",
        "EAST: no confirm eye",
    ),
    "an end that nobody sees": (
        "starter",
        (('role = "end"', 'role = "verify"'),),
        "warning",
        "chute[3].end",
        "no end eye",
    ),
    "eyes on a chain": ("hub16", (), "note", "eye[3].pins", "up to 2.0 mm late"),
    "an infeed eye on a chain": (
        "hub16",
        (('signal = "GP4"', 'signal = "in.39"'),),
        "warning",
        "eye[2].pins",
        "every position starts 2.0 mm wrong",
    ),
    "reasons for a loop that is not there": (
        "starter",
        (("recirculate = []", 'recirculate = ["CHUTE_FULL"]'),),
        "warning",
        "policy.recirculate",
        "no loop",
    ),
    "a loop that joins too near": (
        "hub16",
        (("merge_position_mm = -650", "merge_position_mm = -500"),),
        "warning",
        "recirculation.merge_position_mm",
        "length is measured wrong",
    ),
    "a loop that joins where the meter holds parcels": (
        "hub16",
        (("transfer_mm = -1260", "transfer_mm = -1200"),),
        "error",
        "recirculation.merge_position_mm",
        "reaches to -600 mm, beyond the merge at -650 mm",
    ),
    "parcels longer than allowed": (
        "hub16",
        (("max_length_mm = 1200", "max_length_mm = 850"),),
        "note",
        "parcels.max_length_mm",
        "2.5 % of the parcels",
    ),
    "parcels wider than the belt": (
        "hub16",
        (("width_mm = 800", "width_mm = 600"), ("max_width_mm = 700", "max_width_mm = 600")),
        "warning",
        "parcels.width_mm_quantiles",
        "1.9 % of the parcels are wider",
    ),
    "a diverter without chute": (
        "starter",
        (
            ('[[chute]]\nname = "EAST"\ndiverter = "D-EAST"\ncapacity = 40\nempty_s = 120\n', ""),
            (
                '[[eye]]\nname = "PE-C3"\nrole = "confirm"\nchute = "EAST"\ntravel_mm = [600, 1000]',
                '[[eye]]\nname = "PE-C3"\nrole = "verify"\nposition_mm = 6000',
            ),
        ),
        "warning",
        "diverter[2].name",
        "D-EAST fills no chute",
    ),
    "parts without wires": (
        "starter",
        (('pins = { a = "GP2", b = "GP3" }\n', ""),),
        "note",
        "",
        "(the encoder)",
    ),
    "a meter without a motor": (
        "hub16",
        ((METER, ""),),
        "warning",
        "motor",
        'holds parcels on the metering belt, and no [[motor]] with drives = "meter" obeys',
    ),
    "a loop without a motor": (
        "hub16",
        ((LOOP, ""),),
        "warning",
        "motor",
        "lets parcels of the loop wait for a gap",
    ),
    "a belt without a motor": (
        "starter",
        (('drives = "belt"', 'drives = "loop"'),),
        "warning",
        "motor",
        "stops the belt on a fault",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_finding_tells_its_place_and_its_numbers(name: str, tmp_path: Path):
    example, changes, severity, key, words = BROKEN[name]
    path = site(tmp_path, example, *changes)
    if "diverter without chute" in name:
        drop_east(tmp_path)
    result = check_site(load_site(path))
    told = [one for one in result.findings if one.key == key and words in one.reason]
    assert [one.severity for one in told] == [severity], "\n".join(map(str, result.findings))
    assert told[0].remedy


def drop_east(folder: Path) -> None:
    """Take the chute EAST out of starter's plan."""
    plan = folder / "starter.plan.toml"
    plan.write_text(plan.read_text().replace('"EAST"', '"SOUTH"').replace('["SOUTH", "SOUTH"]', '["SOUTH"]'))


def test_a_chute_that_no_rule_names_cannot_be_reached(tmp_path: Path):
    path = site(tmp_path, "starter")
    drop_east(tmp_path)
    told = check_site(load_site(path)).findings
    assert [(one.severity, one.key) for one in told] == [("warning", "chute[2].name")]
    assert told[0].line == line_of(path, 'name = "EAST"')
    assert "no rule of starter.plan.toml leads there" in told[0].reason


@pytest.mark.parametrize(("host", "severity"), [("true", "note"), ("false", "warning")])
def test_a_regular_expression_is_the_hosts_alone(host: str, severity: str, tmp_path: Path):
    path = site(tmp_path, "starter", ("host = false", f"host = {host}"))
    plan = tmp_path / "starter.plan.toml"
    plan.write_text(plan.read_text() + '\n[[rule]]\nregex = "X[0-9]+"\nchute = "EAST"\n')
    told = check_site(load_site(path)).findings
    assert [(one.severity, one.key, one.file) for one in told] == [(severity, "rule[2].regex", str(plan))]
    assert "regex X[0-9]+" in told[0].reason


def crowded(folder: Path) -> Site:
    """express64 with smaller gaps and more parcels."""
    changes = (
        ("infeed_meter.gap_mm = 490", "infeed_meter.gap_mm = 130"),
        ("rate_per_h = 9000", "rate_per_h = 14000"),
    )
    return load_site(site(folder, "express64", *changes))


def test_a_board_has_time_for_the_parcels_and_eyes_of_its_own_stretch(tmp_path: Path):
    whole = crowded(tmp_path)
    (told,) = [one for one in check_site(on_one_board(whole)).findings if "pieces of work" in one.reason]
    assert (told.severity, told.key) == ("error", "infeed_meter.gap_mm")
    assert "each that passes 69 eyes is 168 pieces of work" in told.reason
    assert not [one for one in check_site(whole).findings if "pieces of work" in one.reason]


def test_errors_come_first_and_equal_gates_are_one_finding(tmp_path: Path):
    path = site(tmp_path, "express64", ("rate_per_h = 9000", "rate_per_h = 20_000"))
    result = check_site(load_site(path))
    severities = [one.severity for one in result.findings]
    assert severities == ["error"] * 2 + ["note"] * (len(severities) - 2)
    assert [one.key for one in result.findings[:2]] == ["parcels.rate_per_h", "diverter[0].zone_mm"]
    assert result.findings[1].reason.startswith("D01 ... D64 (64): a gap of 447 mm is needed")
