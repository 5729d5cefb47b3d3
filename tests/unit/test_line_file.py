"""A line file is judged as a whole: every mistake in it is told at once, each with its place and its remedy."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sites import findings, line_of, site

from sortyard.config.compile import gate_config
from sortyard.config.line import Line
from sortyard.config.line_file import load_line, read_line
from sortyard.config.site import load_site
from sortyard.config.timing import gate_timings
from sortyard.errors import InputError

TEN_MISTAKES = (
    ("width_mm = 600", 'width_mm = "600 mm"'),
    ("um_per_count = 500", "um_per_count = 50"),
    ("max_width_mm = 500", "max_widht_mm = 500"),
    ("[105, 160, 180, 250, 330, 500, 640]", "[105, 160, 150, 250, 330, 500, 640]"),
    ('role = "infeed"\nposition_mm = 0', 'role = "infeed"\nposition_mm = 5'),
    ("position_mm = 500\nwindow_mm = 100", "position_mm = 2400\nwindow_mm = 100"),
    ('name = "PE-V2"', 'name = "PE-V1"'),
    ('pins = { signal = "GP7" }', 'pins = { signal = "GP4" }'),
    ('diverter = "D-SOUTH"', 'diverter = "D-SUOTH"'),
    ('chute = "EAST"\ntravel_mm = [600, 1000]', 'chute = "EAST"\ntravel_mm = [1000, 600]'),
)


def test_ten_mistakes_of_every_kind_are_told_at_once(tmp_path: Path):
    path = site(tmp_path, "starter", *TEN_MISTAKES)
    with pytest.raises(InputError) as raised:
        load_site(path)
    told = {one.key: one for one in raised.value.findings}
    assert list(told) == [
        "belt.width_mm",
        "encoder.um_per_count",
        "parcels.max_widht_mm",
        "parcels.length_mm_quantiles[2]",
        "eye[0].position_mm",
        "eye[2].name",
        "eye[3].pins.signal",
        "diverter[0].position_mm",
        "chute[1].diverter",
        "eye[7].travel_mm",
    ]
    assert all(one.file == str(path) and one.severity == "error" and one.remedy for one in told.values())
    assert told["belt.width_mm"].line == line_of(path, "width_mm")
    assert 'found "600 mm"' in told["belt.width_mm"].reason
    assert 'did you mean "max_width_mm"' in told["parcels.max_widht_mm"].remedy
    assert "upstream of the scanner at 2400 mm" in told["diverter[0].position_mm"].reason
    assert 'did you mean "D-SOUTH"' in told["chute[1].diverter"].remedy
    assert told["eye[3].pins.signal"].line == line_of(path, 'GP4" }\n\n# The last eye')
    first = line_of(path, 'name = "PE-V1"')
    assert f"line {first}" in told["eye[2].name"].reason


def test_a_wrong_value_does_not_make_right_references_to_its_part_wrong(tmp_path: Path):
    told = findings(tmp_path, "starter", ('kind = "swing_arm"', 'kind = "swing-arm"'))
    assert [one.key for one in told] == ["diverter[2].kind"]
    assert 'did you mean "swing_arm"' in told[0].remedy


def test_without_toml_there_is_one_finding_with_its_line(tmp_path: Path):
    path = site(tmp_path, "starter", ("length_mm = 6500", "length_mm = "))
    with pytest.raises(InputError) as raised:
        read_line(path)
    assert [one.line for one in raised.value.findings] == [line_of(path, "length_mm = \n")]


def test_a_missing_file_is_told_with_its_neighbours(tmp_path: Path):
    site(tmp_path, "starter")
    with pytest.raises(InputError, match=r"there is no such file.*starter\.line\.toml"):
        load_site(tmp_path / "startr.line.toml")


def test_a_missing_plan_is_told_where_the_line_names_it_and_with_the_lines_own_mistakes(tmp_path: Path):
    path = site(
        tmp_path, "starter", ('"starter.plan.toml"', '"stater.plan.toml"'), ("zone_mm = 550", "zone_mm = 5")
    )
    with pytest.raises(InputError) as raised:
        load_site(path)
    assert [one.key for one in raised.value.findings] == ["diverter[2].zone_mm", "plan"]
    assert raised.value.findings[1].line == line_of(path, "plan =")
    assert raised.value.findings[1].reason.endswith("stater.plan.toml: there is no such file")
    assert "starter.plan.toml" in raised.value.findings[1].remedy


def test_mistakes_of_line_and_plan_are_told_together(tmp_path: Path):
    path = site(tmp_path, "starter", ("rate_per_h = 1100", "rate_per_h = 0"))
    plan = tmp_path / "starter.plan.toml"
    plan.write_text(plan.read_text().replace('chute = "NORTH"', 'chute = "NROTH"'))
    with pytest.raises(InputError) as raised:
        load_site(path)
    assert [(Path(one.file).name, one.key) for one in raised.value.findings] == [
        ("starter.line.toml", "parcels.rate_per_h"),
        ("starter.plan.toml", "rule[0].chute"),
    ]


RULES = {
    "a name of another kind": (
        ("starter", ('name = "EAST"', 'name = "d-east"')),
        'the name "d-east" is taken by the diverter',
    ),
    "an unknown board": (
        ("starter", ('ecu = "line"\npins = { signal = "GP5" }', 'ecu = "lien"')),
        'no ecu "lien"',
    ),
    "a board that is to have no gate logic": (
        ("hub16", ('role = "line"', 'role = "zone"')),
        "found \"zone\"; allowed: 'line'",
    ),
    "a second board with nothing to do": (
        (
            "starter",
            ('[[ecu]]\nname = "line"', '[[ecu]]\nname = "idle"\nboard = "pico"\n\n[[ecu]]\nname = "line"'),
        ),
        "idle runs the gate logic of a zone without a diverter",
    ),
    "a stretch inside another": (
        ("tandem", ('position_mm = 2550, ecu = "west"', 'position_mm = 2550, ecu = "east"')),
        "diverter D-SOUTH-1 at 3500 mm is wired to west, but the zone of east begins upstream of it",
    ),
    "a gate of another board's stretch": (
        ("tandem", ('ecu = "east", pins = { extend = "GP12" }', 'ecu = "west", pins = { extend = "GP11" }')),
        "the zone of east begins upstream of it",
    ),
    "a zone that ends without an eye": (
        ("tandem", ('position_mm = 6400, ecu = "west"', 'position_mm = 6400, ecu = "east"')),
        "nobody sees who goes on to east",
    ),
    "a zone that begins with a gate": (
        ("tandem", ('position_mm = 6900, ecu = "east"', 'position_mm = 6890, ecu = "west"')),
        "nobody has seen there who comes",
    ),
    "a confirm eye of another board": (
        ("tandem", ('travel_mm = [600, 1000], ecu = "west"', 'travel_mm = [600, 1000], ecu = "east"')),
        "the diverter of its chute, D-EAST-1, to west",
    ),
    "a scanner that another board reads": (
        ("tandem", ('jitter_ms = 10, ecu = "west"', 'jitter_ms = 10, ecu = "east"')),
        "scanner SCAN is wired to east",
    ),
    "a zone that does not see the belt": (
        ("tandem", (', encoder = { a = "GP2", b = "GP3" } }', " }")),
        "east does not see the belt",
    ),
    "a board that does not see the emergency stop": (
        ("tandem", ('pins = { estop = "GP22" }, encoder', "encoder")),
        "east does not see the emergency stop",
    ),
    "the encoder twice on a board": (
        ("tandem", ('reset = "GP27" } }', 'reset = "GP27" }, encoder = { a = "GP4", b = "GP5" } }')),
        "has the encoder in [encoder] already",
    ),
    "the eye of a loop's lane that another board reads": (
        (
            "tandem",
            ("policy.host", "recirculation = { loop_mm = 900, merge_position_mm = -100 }\npolicy.host"),
            ("eye = [", 'eye = [\n  { name = "PE-MERGE", role = "merge", ecu = "east" },'),
        ),
        "eye PE-MERGE is wired to east; the infeed eye, and with it what feeds, reads and drives, to west",
    ),
    "a belt that ends in a zone": (
        ("starter", ("length_mm = 6500", "length_mm = 5400")),
        "reaches to 5550 mm",
    ),
    "overlapping zones": (
        ("starter", ("position_mm = 3500", "position_mm = 2200")),
        "inside that of D-NORTH",
    ),
    "a verify eye in a zone": (
        ("starter", ("position_mm = 2550", "position_mm = 2100")),
        "inside the sweep zone",
    ),
    "an end eye too early": (
        ("starter", ("position_mm = 6400", "position_mm = 5500")),
        "before the last sweep zone",
    ),
    "an eye twice at a place": (
        ("starter", ("position_mm = 4050", "position_mm = 2550")),
        "at the same place",
    ),
    "no infeed eye": (("starter", ('role = "infeed"', 'role = "verify"')), "there is no infeed eye"),
    "two end eyes": (("starter", ('role = "verify"', 'role = "end"')), "a second end eye"),
    "a confirm eye of no chute": (("starter", ('chute = "NORTH"\n', "")), "has no chute"),
    "a confirm eye without travel": (("starter", ("travel_mm = [350, 700]\n", "")), "has no travel_mm"),
    "a confirm eye on the belt": (
        ("starter", ('chute = "EAST"\n', 'chute = "EAST"\nposition_mm = 9\n')),
        "in a chute",
    ),
    "a verify eye with a chute": (
        ("starter", ("position_mm = 1000\n", 'position_mm = 1000\nchute = "EAST"\n')),
        "is for confirm",
    ),
    "an eye without a place": (("starter", ("position_mm = 1000\n", "")), "has no position_mm"),
    "a meter eye without meter": (
        ("starter", ('role = "verify"', 'role = "meter"')),
        "without [infeed_meter]",
    ),
    "a meter without its eye": (
        ("hub16", ('role = "meter"', 'role = "verify"')),
        "[infeed_meter] needs an eye",
    ),
    "a meter eye behind its belt": (
        ("hub16", ("position_mm = -1360", "position_mm = -1160")),
        "behind the metering belt",
    ),
    "a feeding conveyor beside a metering belt": (
        ("hub16", ("belt.width_mm = 800\n", "belt.width_mm = 800\nbelt.feeder_end_mm = -500\n")),
        "is fed by a metering belt, which ends at -1260 mm",
    ),
    "a loop without its eye": (
        ("hub16", ('role = "merge"', 'role = "verify"')),
        "[recirculation] needs an eye",
    ),
    "a merge eye elsewhere": (
        ("hub16", ('role = "merge",', 'role = "merge", position_mm = -5,')),
        "the loop ends at -650",
    ),
    "a loop that nobody enters": (
        ("hub16", ('kind = "recirculate"', 'kind = "sort"')),
        "no chute leads to the loop",
    ),
    "a loop that is not there": (
        ("starter", ('name = "EAST"\n', 'name = "EAST"\nkind = "recirculate"\n')),
        "no [recirculation]",
    ),
    "a loop that joins too early": (
        ("hub16", ("merge_position_mm = -650", "merge_position_mm = -1260")),
        "on the metering belt",
    ),
    "no chute at the end": (("starter", ("end = true\n", "")), "no chute has end = true"),
    "two chutes at the end": (("starter", ('diverter = "D-EAST"', "end = true")), "second chute at the end"),
    "an end chute that sorts": (("starter", ('kind = "reject"\n', "")), "is the reject chute"),
    "two chutes of one diverter": (
        ("starter", ('diverter = "D-SOUTH"', 'diverter = "D-NORTH"')),
        "one diverter fills one chute",
    ),
    "a chute that nothing fills": (("starter", ('diverter = "D-EAST"\n', "")), "nothing fills chute EAST"),
    "lengths in the wrong order": (
        ("starter", ("min_length_mm = 80", "min_length_mm = 700")),
        "the first must be the smaller",
    ),
    "parcels too wide": (("starter", ("max_width_mm = 500", "max_width_mm = 601")), "do not fit the belt"),
    "no pin": (("starter", ('"GP5"', '"5"')), '"5" is no pin'),
    "a pin twice": (("starter", ('"GP5"', '"GP19"')), "GP19 of line is taken"),
    "an expander that is not there": (("hub16", ('"in.3"', '"inn.3"')), 'no expander "inn"'),
    "a place beyond the chain": (("hub16", ('"in.3"', '"in.40"')), "5 x hc165 have 40 pins"),
    "an output on inputs": (("hub16", ('"out.3"', '"in.39"')), "hc165 has inputs only"),
    "an input on outputs": (("hub16", ('"in.3"', '"out.20"')), "hc595 has outputs only"),
    "a fast signal on an expander": (("hub16", ('a = "GP2"', 'a = "in.39"')), "faster than expander in"),
    "an expander of another board": (("express64", ('"in1.3"', '"in2.31"')), "hangs on zone2"),
    "two motors of a belt": (
        ("hub16", ('driver = "mdr", drives = "loop"', 'driver = "mdr", drives = "meter"')),
        "M-LOOP is a second motor of the meter beside M-METER",
    ),
    "an address twice": (
        (
            "hub16",
            (
                'drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }',
                'drives = "meter", ecu = "line", pins = { tx = "GP20", rx = "GP21" }',
            ),
        ),
        "have address 1",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_finds_what_it_is_for(name: str, tmp_path: Path):
    (example, *changes), reason = RULES[name]
    told = findings(tmp_path, example, *changes)
    assert any(reason in f"{one.reason} {one.remedy}" for one in told), told


def test_pins_of_one_board_do_not_clash_with_those_of_another(tmp_path: Path):
    assert findings(tmp_path, "express64", ('tx = "IO17"', 'tx = "GP10"')) == []


def test_motors_of_one_bus_share_its_pins(tmp_path: Path):
    pins = 'pins = { tx = "GP20", rx = "GP21", de = "GP22" }'
    second = f'driver = "vfd_modbus", drives = "meter", address = 2, ecu = "line", {pins}'
    first = 'driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }'
    assert findings(tmp_path, "hub16", (first, second)) == []


def test_the_fastest_belt_with_the_finest_encoder_and_the_slowest_gate_stays_within_30_bits(tmp_path: Path):
    slowest = (
        "delay_ms = 15\nextend_ms = 120\nretract_ms = 120\nspread_ms = 10",
        "delay_ms = 400\nextend_ms = 2000\nretract_ms = 2000\nspread_ms = 200\ndwell_ms = 1000",
    )
    fastest = (("um_per_count = 500", "um_per_count = 100"), ("speed_mm_s = 800", "speed_mm_s = 3000"))
    longest = (("length_mm = 6500", "length_mm = 200000"), ("position_mm = 6400", "position_mm = 199999"))
    line = load_line(site(tmp_path, "starter", slowest, *fastest, *longest)).model
    assert max(map(abs, gate_config(line, [[0]]))) < 1 << 29
    window_s, unit_s = 131_072e-6, 128e-6
    counts_a_window = 3000 / 0.1 * 1.25 * window_s
    assert max(one.home_ms for one in gate_timings(line)) / 1000 / unit_s * counts_a_window < 1 << 30


def test_a_board_that_nobody_knows_is_told_with_the_nearest_one_beside_all_other_errors(tmp_path: Path):
    found = findings(
        tmp_path,
        "starter",
        ('board = "pico"', 'board = "pico_x"'),
        ("position_mm = 2000", "position_mm = -2000"),
    )
    (board,) = [one for one in found if one.key == "ecu[0].board"]
    assert board.reason == 'there is no board "pico_x"'
    assert board.remedy.startswith('did you mean "pico_w"? boards: esp32_c3')
    assert len(found) > 1


def test_the_examples_have_no_findings():
    for name in ("starter", "hub16", "express64"):
        folder = Path(__file__).parents[2] / "host_tools/sortyard/examples" / name
        assert load_line(folder / f"{name}.line.toml").model.name == name


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_value_makes_the_reader_raise_anything_but_findings(
    data: st.DataObject, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("damaged")
    path = site(folder, "starter")
    lines = path.read_text().splitlines()
    values = [place for place, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    for place in data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=6)):
        damage = data.draw(
            st.sampled_from(["true", "-1", '""', "[]", "{}", "1.5", '"x"', "[[1]]", "999999999"])
        )
        lines[place] = lines[place].split(" = ")[0] + f" = {damage}"
    path.write_text("\n".join(lines))
    found = read_line(path)
    assert found.located is None or isinstance(found.located.model, Line)
    assert found.located is not None or found.findings
    for one in found.findings:
        assert one.line is not None
        assert 1 <= one.line <= len(lines)
        assert one.reason
        assert one.remedy
