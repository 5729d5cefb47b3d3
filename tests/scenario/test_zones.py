"""A line of several boards: each has the gate logic of its own stretch, and a parcel one disposition on all of it."""

from pathlib import Path

import pytest
from sim_runs import Run, at_parcels, every_fault, example, nothing_forbidden, run
from sites import findings, looped_tandem, on_one_board, second_half_first, site

from sortyard.config.check import check_site
from sortyard.config.numbering import number
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FaultSetting
from sortyard.sim.random_line import PLAN_NAME, random_line
from sortyard.sim.run import Settings, simulate


def handed_over(story: Run) -> set[int]:
    return {record.p for record in story.outputs("HANDED")}


def test_every_parcel_gets_to_its_chute_on_whichever_board_that_is():
    story = run(example("tandem"), 200)
    assert story.result.sorted == 200
    assert nothing_forbidden(story.result)
    chutes = {record.p: (record.q >> 9 & 255) - 1 for record in story.outputs("DISPOSITION")}
    line = example("tandem").line
    gates = {gate.name: gate for gate in line.diverter}
    east = {
        place
        for place, chute in enumerate(number(line).chutes)
        if chute.diverter and gates[chute.diverter].ecu == "east"
    }
    assert len(chutes) == 200
    assert handed_over(story) == {track for track, chute in chutes.items() if chute in east}
    assert 0 < len(handed_over(story)) < 200


@pytest.mark.parametrize("faults", [{}, every_fault()], ids=["no faults", "every fault"])
def test_the_trace_is_the_same_in_every_runtime_and_at_every_millisecond(faults):
    tandem = example("tandem")
    first = run(tandem, 150, seed=4, faults=faults).result
    assert run(tandem, 150, seed=4, faults=faults, runtime="pure").result.trace_sha256 == first.trace_sha256
    assert run(tandem, 150, seed=4, faults=faults, is_every_ms=True).result.trace_sha256 == first.trace_sha256
    in_vm = run(tandem, 150, seed=4, faults=faults, runtime="micropython").result
    assert in_vm.trace_sha256 == first.trace_sha256
    assert in_vm.vm is not None
    assert in_vm.vm.bytes_allocated == 0
    assert in_vm.vm.fuel_worst <= 120_000


def test_a_parcel_goes_round_from_the_last_zone_to_the_first_one_as_often_as_on_one_board(tmp_path: Path):
    split = load_site(looped_tandem(tmp_path))
    assert not check_site(split).count("error")
    filling = {"chute_fills": at_parcels(1)}
    story, alone = (run(one, 30, faults=filling).result for one in (split, on_one_board(split)))
    assert story.by_reason == alone.by_reason
    assert story.by_reason["RECIRCULATED/CHUTE_FULL"] >= 2 * story.by_reason["REJECTED/LAP_LIMIT"] > 0
    assert nothing_forbidden(story)
    pure = run(split, 30, faults=filling, runtime="pure").result
    in_vm = run(split, 30, faults=filling, runtime="micropython").result
    assert pure.trace_sha256 == in_vm.trace_sha256 == story.trace_sha256
    assert nothing_forbidden(run(split, 3000, faults=every_fault()).result)


def test_a_chute_upstream_stands_in_for_one_that_a_board_downstream_finds_full(tmp_path: Path):
    """But for the parcels that are past it when the chute fills up."""
    tandem = load_site(second_half_first(tmp_path))
    filling = {"chute_fills": at_parcels(1)}
    story = run(tandem, 60, faults=filling)
    (full,) = story.events("CHUTE_FULL")
    upstream = next(place for place, one in enumerate(number(tandem.line).chutes) if one.name == "SOUTH-1")
    late = [one for one in story.events("ROUTED") if one.t_us > full.t_us + 200_000 and one.r == full.r]
    assert not late
    ends = [one for one in story.outputs("DISPOSITION") if one.q >> 9 & 255 == upstream + 1]
    assert len([one for one in ends if one.t_us > full.t_us]) > 5
    assert story.result.by_reason.get("REJECTED/CHUTE_FULL", 0) <= 2
    assert nothing_forbidden(story.result)
    for runtime in ("pure", "micropython"):
        same = run(tandem, 60, faults=filling, runtime=runtime).result
        assert same.trace_sha256 == story.result.trace_sha256


def test_an_emergency_stop_makes_every_zone_safe_and_a_fault_of_one_stops_the_belt_for_both():
    faults = {"estop": FaultSetting(20_000), "jam": FaultSetting(50_000)}
    story = run(example("tandem"), 300, seed=2, faults=faults)
    assert nothing_forbidden(story.result)
    assert all(story.result.faults[name]["injected"] for name in faults)
    eyes = number(example("tandem").line).eyes
    jams = {eyes[record.q].ecu for record in story.outputs("FAULT") if record.p == 1}
    assert "east" in jams
    assert story.result.sorted > 150
    told = {(record.p, record.q) for record in story.outputs("GATES_SAFE")}
    assert told == {(0, 3), (3, 6)}


@pytest.mark.parametrize("seed", [1, 2, 4, 5, 6, 7, 8, 19, 23])
def test_with_every_fault_a_random_line_of_several_boards_does_nothing_that_is_forbidden(
    tmp_path: Path, seed
):
    line = random_line(seed, 2 + seed % 3)
    (tmp_path / "random.line.toml").write_text(line.text)
    (tmp_path / PLAN_NAME).write_text(line.plan_text)
    split = load_site(tmp_path / "random.line.toml")
    told = [one.key for one in check_site(split).findings if one.severity == "error"]
    assert not [key for key in told if key.endswith("position_mm")]
    result = simulate(split, GeneratedParcels(split, 250, seed), Settings(seed=seed, faults=every_fault()))
    assert nothing_forbidden(result)
    assert result.to_json()["untouched_sorted"] > 0


def test_a_first_eye_too_near_to_the_border_is_refused_with_the_time_that_is_left(tmp_path: Path):
    near = load_site(site(tmp_path, "tandem", ("position_mm = 6900", "position_mm = 6485")))
    (found,) = [one for one in check_site(near).findings if one.severity == "error"]
    assert "has 21 mm of belt, which leave the links 12 ms; they need up to 112 ms" in found.reason
    assert found.key.endswith("position_mm")
    nearest = int(found.remedy.split(" mm or further")[0].rsplit(" ", 1)[1])
    right = load_site(site(tmp_path, "tandem", ("position_mm = 6900", f"position_mm = {nearest}")))
    assert not check_site(right).count("error")
    assert run(right, 100).result.sorted == 100
    short = load_site(site(tmp_path, "tandem", ("position_mm = 6900", "position_mm = 6420")))
    late = run(short, 100).result
    assert late.by_reason["STRAY/CARRIED"] > 20
    assert nothing_forbidden(late)


POLICY = 'policy.restart = "flush"'


@pytest.mark.parametrize(
    ("policy", "key"),
    [
        ('policy.host_lost = "sort"', "policy.host_lost"),
        ('policy.host_lost = "stop"\npolicy.host_lost_s = 30', "policy.host_lost_s"),
        ("policy.host_lost_s = 30", "policy.host_lost_s"),
    ],
)
def test_a_line_of_several_boards_that_would_run_without_its_host_is_refused(
    tmp_path: Path, policy: str, key: str
):
    (found,) = findings(tmp_path, "tandem", (POLICY, f"{POLICY}\n{policy}"))
    assert (found.key, found.severity) == (key, "error")
    assert "its boards hand parcels over through the host" in found.reason


@pytest.mark.parametrize("policy", ["", 'policy.host_lost = "stop"'])
def test_a_line_of_several_boards_stops_without_its_host_and_check_says_so(tmp_path: Path, policy: str):
    line = load_site(site(tmp_path, "tandem", (POLICY, f"{POLICY}\n{policy}")))
    (told,) = [one for one in check_site(line).findings if one.key == "policy.host_lost"]
    assert told.severity == "note"
    assert "a second after it was last heard each board stops the line" in told.reason
    story = run(line, 30, faults={"host_outage": at_parcels(4)})
    assert story.inputs("STOP")
    assert nothing_forbidden(story.result)


def test_a_gate_that_cannot_know_who_follows_is_told_and_diverts_none_of_the_longest(tmp_path: Path):
    moved = ("position_mm = 6900", "position_mm = 8100")
    found = [
        one
        for one in check_site(load_site(site(tmp_path, "tandem", moved))).findings
        if one.severity == "warning"
    ]
    assert any("is not known yet at PE-V4" in one.reason and "D-NORTH-2" in one.reason for one in found)


EAST = 'name = "east", board = "pico", pins = { estop = "GP22" }'
NETWORK = 'link = { driver = "tcp" }'
RS485 = (
    'link = { driver = "rs485", pins = { tx = "GP0", rx = "GP1", de = "GP8" }, options = { baud = 19200 } }'
)


@pytest.mark.parametrize(
    ("first_mm", "east", "is_in_time"),
    [
        (6580, EAST, True),
        (6580, f"{EAST.replace('pico', 'pico_w')}, {NETWORK}", False),
        (6660, f"{EAST.replace('pico', 'pico_w')}, {NETWORK}", True),
        (6580, f"{EAST}, {RS485}", False),
        (6900, f"{EAST}, {RS485}", True),
    ],
    ids=["usb", "network", "network further on", "rs485", "rs485 further on"],
)
def test_a_border_must_be_as_far_from_the_next_eye_as_the_boards_links_need(
    tmp_path: Path, first_mm: int, east: str, is_in_time: bool
):
    moved = "position_mm = 6900", f"position_mm = {first_mm}"
    checked = check_site(load_site(site(tmp_path, "tandem", moved, (EAST, east))))
    told = [one for one in checked.findings if "the hand-over has" in one.reason]
    (border,) = checked.figures.borders
    assert [one.severity for one in told] == ["note" if is_in_time else "error"]
    assert (border.link_ms <= border.deadline_ms) is is_in_time


@pytest.mark.parametrize(
    ("changes", "ms"),
    [
        ((POLICY, f"{POLICY}\npolicy.relay_ms = 500"), 602),
        ((EAST, f'{EAST.replace("pico", "pico_w")}, link = {{ driver = "tcp", network_ms = 500 }}'), 611),
    ],
)
def test_a_slower_host_or_network_than_the_border_can_wait_for_is_refused(
    tmp_path: Path, changes: tuple[str, str], ms: int
):
    line = load_site(site(tmp_path, "tandem", changes))
    (found,) = [one for one in check_site(line).findings if one.severity == "error"]
    assert f"leave the links 531 ms; they need up to {ms} ms" in found.reason


def test_a_network_where_there_is_none_is_told(tmp_path: Path):
    there = (EAST, f'{EAST}, link = {{ driver = "usb", network_ms = 50 }}')
    found = check_site(load_site(site(tmp_path, "tandem", there))).findings
    assert any("network_ms has no effect: the link of east is usb" in one.reason for one in found)
