"""The whole firmware on a board for each zone: they sort as the gate logic alone does; a dead one stops the others."""

import os
from pathlib import Path

import pytest
from sim_runs import Run, at_parcels, example, nothing_forbidden
from sites import looped_tandem, second_half_first, site

from sortyard.config.assign import assign_pins, with_pins
from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import WIRE_FAULTS, FaultSetting
from sortyard.sim.output_kinds import MERGE
from sortyard.sim.random_line import random_line
from sortyard.sim.run import Runtime, Settings, simulate
from sortyard.sim.stress import write_line
from sortyard.sim.zone_firmware import Outage, ZoneWorld

RUNTIMES: tuple[Runtime, Runtime] = ("compiled", "firmware")
ZONE_DEAD = 14
SECOND = 1_000_000
EAST = 1
COUNTS_PER_S = 1600
"""Of tandem's belt; it runs from 0.3 s on."""


def tandem(runtime: str, parcels: int, *outages: Outage) -> Run:
    records = []
    of_two = example("tandem")
    settings = Settings(runtime=runtime, seed=3, on_records=records.extend, outages=outages)  # pyright: ignore[reportArgumentType]
    return Run(simulate(of_two, GeneratedParcels(of_two, parcels, 3), settings), records)


def dispositions(story: Run) -> dict[int, int]:
    """Track -> outcome, reason and chute."""
    told = [(one.p, one.q) for one in story.outputs("DISPOSITION")]
    assert len(dict(told)) == len(told)
    return dict(told)


def stops(story: Run) -> list[int]:
    """When the board of the infeed stopped the belt."""
    return [one.t_us for one in story.outputs("LINE") if not one.p]


def test_two_boards_sort_parcel_by_parcel_as_their_gate_logics_alone():
    plain, boards = tandem("compiled", 8), tandem("firmware", 8)
    assert len(dispositions(plain)) == 8
    assert dispositions(boards) == dispositions(plain)
    assert {one.p for one in boards.outputs("HANDED")} == {one.p for one in plain.outputs("HANDED")}
    assert 0 < len(boards.outputs("HANDED")) < 8
    assert nothing_forbidden(boards.result)
    figures = boards.result.firmware
    assert figures is not None
    assert (figures.overruns, figures.bytes_allocated, figures.lost) == (0, 0, 0)


def test_two_boards_whose_handlers_count_the_belt_lose_no_count(tmp_path: Path):
    coarse = (
        "encoder.um_per_count = 500\n",
        'encoder.um_per_count = 1000\nencoder.driver = "quadrature_irq"\n',
    )
    line = load_site(site(tmp_path, "tandem", coarse))
    assert not check_site(line).count("error")
    plain, boards = (faulty(line, 6, 3, {}, one) for one in RUNTIMES)
    assert dispositions(boards) == dispositions(plain)
    assert boards.result.sorted == 6
    assert nothing_forbidden(boards.result)


def test_a_parcel_that_goes_round_from_board_to_board_does_so_as_in_their_gate_logics_alone(tmp_path: Path):
    """Two chutes fill up; the second board sends round what the first one reads again, until that has no laps left."""
    looped, told = load_site(looped_tandem(tmp_path)), []
    for runtime in ("compiled", "firmware"):
        records = []
        filling = {"chute_fills": at_parcels(1)}
        settings = Settings(runtime=runtime, seed=3, faults=filling, on_records=records.extend)
        told.append(Run(simulate(looped, GeneratedParcels(looped, 16, 3), settings), records))
    plain, boards = told
    assert dispositions(boards) == dispositions(plain)
    ends = boards.result.by_reason
    assert (ends["RECIRCULATED/CHUTE_FULL"], ends["REJECTED/LAP_LIMIT"]) == (6, 3)
    assert boards.result.firmware is not None
    assert (boards.result.firmware.overruns, boards.result.firmware.bytes_allocated) == (0, 0)


def test_a_board_learns_through_the_link_that_a_chute_downstream_is_full(tmp_path: Path):
    line = load_site(second_half_first(tmp_path))
    plain, boards = (faulty(line, 12, 3, {"chute_fills": at_parcels(1)}, one) for one in RUNTIMES)
    assert len(boards.events("CHUTE_FULL")) == len(boards.inputs("CHUTE")) == 1
    assert dispositions(boards) == dispositions(plain)
    assert boards.result.sorted == 12
    assert nothing_forbidden(boards.result)


def test_four_boards_of_sixteen_gates_each_sort_as_their_gate_logics_alone():
    long, told = example("express64"), []
    for runtime in ("compiled", "firmware"):
        records = []
        settings = Settings(runtime=runtime, seed=3, on_records=records.extend)
        told.append(Run(simulate(long, GeneratedParcels(long, 36, 3), settings), records))
    plain, boards = told
    assert dispositions(boards) == dispositions(plain)
    assert plain.result.sorted == 36
    assert len(plain.outputs("HANDED")) == len(boards.outputs("HANDED")) == 20 + 4
    assert boards.result.firmware is not None
    assert (boards.result.firmware.overruns, boards.result.firmware.bytes_allocated) == (0, 0)


def test_every_run_of_several_boards_is_the_same_on_all_cores_and_on_one(every_core: list[int]):
    first = tandem("firmware", 2)
    if every_core:
        os.sched_setaffinity(0, every_core[:1])
    second = tandem("firmware", 2)
    assert first.records == second.records
    assert first.result.trace_sha256 == second.result.trace_sha256


def test_a_board_that_is_reset_stops_the_belt_and_its_parcels_are_claimed_by_nobody():
    handed_us = tandem("compiled", 8).outputs("HANDED")[0].t_us
    reset_us = handed_us + 2 * SECOND  # the first parcel of this board is on its way to its chute
    story = tandem("firmware", 8, Outage("east", reset_us, 1_500_000, "reset"))
    dead = [one for one in story.outputs("FAULT") if one.p == ZONE_DEAD]
    assert [one.q for one in dead] == [EAST]
    assert reset_us < dead[0].t_us <= reset_us + 1_300_000
    assert dead[0].t_us < stops(story)[0] < dead[0].t_us + 100_000
    assert nothing_forbidden(story.result)
    assert story.result.by_reason["LOST/REBOOT"] >= 1
    assert story.result.sorted >= 5
    assert len(dispositions(story)) >= 8
    last = max(one.t_us for one in story.outputs("DISPOSITION"))
    assert last > dead[0].t_us + 15 * SECOND


def test_the_loop_s_lane_stands_while_its_board_is_reset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It let all that came to its end onto the belt, and nobody counted on that."""
    looped, filling = load_site(looped_tandem(tmp_path)), {"chute_fills": at_parcels(1)}
    opened_us = next(one.t_us for one in faulty(looped, 6, 1, filling, "compiled").outputs("MERGE") if one.p)
    reset_us = opened_us + 100_000
    lane: list[tuple[int, int]] = []
    command = ZoneWorld._command

    def note(world: ZoneWorld, kind: int, a: int = 0, b: int = 0) -> None:
        if kind == MERGE:
            lane.append((world._world_us(), a))
        command(world, kind, a, b)

    monkeypatch.setattr(ZoneWorld, "_command", note)
    outage = Outage("west", reset_us, 1_500_000, "reset")
    settings = Settings(runtime="firmware", seed=1, faults=filling, outages=(outage,))
    assert nothing_forbidden(simulate(looped, GeneratedParcels(looped, 6, 1), settings))
    assert [is_on for us, is_on in lane if opened_us - SECOND < us < reset_us + SECOND] == [1, 0]


def test_a_cut_link_stops_both_boards_and_loses_no_track():
    story = tandem("firmware", 6, Outage("west", 14 * SECOND, 3 * SECOND, "link"))
    assert ZONE_DEAD in [one.p for one in story.outputs("FAULT")]
    # it is told when the link is back: the belt's count says when it was
    at = next(one.s for one in story.outputs("LINE") if not one.p)
    assert 13.0 * COUNTS_PER_S < at < 15.4 * COUNTS_PER_S
    assert nothing_forbidden(story.result)
    assert "LOST/REBOOT" not in story.result.by_reason
    assert len(dispositions(story)) >= 6
    assert story.result.firmware is not None
    assert story.result.firmware.lost == 0


LINKS = {
    "uart": 'link = { driver = "uart", pins = { tx = "GP0", rx = "GP1" } }',
    "tcp": 'link = { driver = "tcp" }',
}
EAST_ECU = 'name = "east", board = "pico", pins = { estop = "GP22" }'


def faulty(
    line: Site, parcels: int, seed: int, faults: dict[str, FaultSetting], runtime: Runtime = "firmware"
) -> Run:
    records = []
    settings = Settings(runtime=runtime, seed=seed, faults=faults, on_records=records.extend)
    return Run(simulate(line, GeneratedParcels(line, parcels, seed), settings), records)


def test_faults_of_single_boards_wires_make_nobody_claim_what_is_not_so():
    story = faulty(example("tandem"), 4, 5, {name: at_parcels(2) for name in WIRE_FAULTS})
    assert nothing_forbidden(story.result)
    assert all(story.result.faults[name]["injected"] for name in WIRE_FAULTS)
    assert len(dispositions(story)) >= 4
    assert story.result.firmware is not None
    assert (story.result.firmware.lost, story.result.firmware.bytes_allocated) == (0, 0)
    assert story.result.firmware.bites >= 1


def test_the_board_of_the_infeed_gives_no_number_twice_when_it_is_reset(tmp_path: Path):
    """The board behind it has tracks of the boot before, and disposes of them after the reset."""
    located = load_site(write_line(random_line(8, 2), tmp_path))
    line = with_pins(located, assign_pins(located.located))
    story = faulty(line, 10, 8, {"ecu_reset": FaultSetting(100_000)})
    assert story.result.by_reason["LOST/REBOOT"] >= 1
    assert len(dispositions(story)) > 10
    assert {track >> 16 for track in dispositions(story)} >= {0, 1}
    assert nothing_forbidden(story.result)


def test_faults_of_several_boards_are_the_same_in_every_run():
    struck = {name: at_parcels(1) for name in ("uart_noise", "frames_corrupted", "ecu_reset")}
    first, second = (faulty(example("tandem"), 2, 7, struck) for _ in range(2))
    assert all(one["injected"] for one in first.result.faults.values())
    assert first.records == second.records


@pytest.mark.parametrize("link", LINKS)
def test_boards_hand_over_through_whatever_their_links_are(tmp_path: Path, link: str):
    board = EAST_ECU.replace('"pico"', '"pico_w"') if link == "tcp" else EAST_ECU
    line = load_site(site(tmp_path, "tandem", (EAST_ECU, f"{board}, {LINKS[link]}")))
    records = []
    plain = Run(
        simulate(line, GeneratedParcels(line, 4, 3), Settings(seed=3, on_records=records.extend)), records
    )
    boards = faulty(line, 4, 3, {})
    assert dispositions(boards) == dispositions(plain)
    assert len(boards.outputs("HANDED")) > 0
    assert nothing_forbidden(boards.result)


BELT = (
    '"vfd_modbus", drives = "belt", address = 1, ecu = "west", pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
)
CONTACTOR = '"contactor", drives = "belt", ecu = "west", pins = { run = "GP11", closed = "GP28" }'
WEST_ECU = 'name = "west", board = "pico", pins = { estop = "GP22", start = "GP26", reset = "GP27" }'


def station(number: int, tx: str, rx: str, de: str) -> str:
    pins = f'{{ tx = "{tx}", rx = "{rx}", de = "{de}" }}'
    return f'link = {{ driver = "rs485", pins = {pins}, options = {{ station = {number} }} }}'


def on_one_line(folder: Path) -> Site:
    """Tandem with both boards on one RS-485 line."""
    west = f"{WEST_ECU}, {station(1, 'GP8', 'GP9', 'GP10')}"
    east = f"{EAST_ECU}, {station(2, 'GP0', 'GP1', 'GP8')}"
    return load_site(site(folder, "tandem", (WEST_ECU, west), (EAST_ECU, east), (BELT, CONTACTOR)))


def test_boards_that_share_a_line_are_asked_by_turns_and_sort_as_ever(tmp_path: Path):
    line = on_one_line(tmp_path)
    assert not check_site(line).count("error")
    plain = dispositions(faulty(line, 4, 3, {}, "compiled"))
    boards = faulty(line, 4, 3, {})
    assert dispositions(boards) == plain
    assert len(boards.outputs("HANDED")) > 0
    assert nothing_forbidden(boards.result)
    assert boards.result.firmware is not None
    assert (boards.result.firmware.lost, boards.result.firmware.link_losses) == (0, 0)


def test_a_station_that_is_reset_does_not_silence_the_others(tmp_path: Path):
    story = faulty(on_one_line(tmp_path), 2, 7, {"ecu_reset": at_parcels(1)})
    assert story.result.faults["ecu_reset"]["injected"]
    assert nothing_forbidden(story.result)
    assert len(story.outputs("DISPOSITION")) >= 2
