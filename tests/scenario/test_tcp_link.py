"""A board whose link is its network: it joins, listens, welcomes one host at a time, and keeps what it has to tell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from belt_watch import BeltWatch
from board_bench import Bench
from board_link import MAIN
from sim_runs import at_parcels
from sites import site

from sortyard.bundle.build import firmware_files
from sortyard.config.board_file import load_board
from sortyard.config.check import check_site
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site, load_site
from sortyard.device.session import Session
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.board_chip import chip_of
from sortyard.sim.events import OUTPUT
from sortyard.sim.faults import FaultSetting
from sortyard.sim.firmware import BoardWorld
from sortyard.sim.result import SimResult
from sortyard.sim.run import Runtime, Settings, simulate
from sortyard.vm.network import JOIN_US

DISPOSITION = 8 + OUTPUT
PINS = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }\n'
TCP = 'link = { driver = "tcp" }\n'
A_CONNECTION = 2000
"""Bytes that a board may take to welcome a host."""


def line_over(folder: Path, board: str = "pico_w") -> Site:
    return load_site(site(folder, "starter", (PINS, PINS + TCP), ('board = "pico"', f'board = "{board}"')))


def run(
    line: Site, runtime: Runtime, parcels: int, **faults: FaultSetting
) -> tuple[SimResult, dict[int, int]]:
    records = []
    settings = Settings(runtime=runtime, seed=3, faults=faults, on_records=records.extend)
    result = simulate(line, GeneratedParcels(line, parcels, 3), settings)
    assert not any(result.never.values())
    return result, {one.p: one.q for one in records if one.kind == DISPOSITION}


def test_parcels_are_sorted_as_ever_and_only_a_connection_takes_memory(tmp_path: Path):
    line = line_over(tmp_path)
    _, plain = run(line, "compiled", 6)
    result, found = run(line, "firmware", 6)
    assert len(plain) == 6
    assert found == plain
    assert result.firmware is not None
    assert result.firmware.lost == 0
    assert 0 < result.firmware.bytes_allocated <= A_CONNECTION


def test_a_host_that_is_cut_off_again_and_again_misses_no_disposition(tmp_path: Path):
    line = line_over(tmp_path)
    result, found = run(line, "firmware", 25, link_cut=at_parcels(2, 9, 17))
    cuts = result.faults["link_cut"]["injected"]
    assert cuts >= 2
    assert sorted(found) == list(range(1, 26))
    assert result.firmware is not None
    assert result.firmware.lost == 0
    assert 0 < result.firmware.bytes_allocated <= A_CONNECTION * (cuts + 1)


def test_a_board_without_a_network_is_told_by_check(tmp_path: Path):
    (told,) = [one for one in check_site(line_over(tmp_path, "pico")).findings if one.severity == "error"]
    assert told.reason.startswith("pico has no network")
    assert "pico_w" in told.remedy
    assert "esp32_c3" in told.remedy


WIRE = """
from sorter_io.links.tcp import Tcp
from time import sleep_us
import micropython
wire = Tcp({}, {"port": 5333})
room = bytearray(wire.room)
turns = 0
while True:
    n = wire.read(room)
    if n and wire.is_free():
        wire.write(room, n)
    if not turns & 15:
        wire.care()
    turns += 1
    sleep_us(1000)
"""
"""Says what it hears."""
HALL = b'{"ssid": "hall", "key": "none"}'


def told_by(
    story: Callable[[Bench], None], until_us: int = 8_000_000, program: str = WIRE, **files: bytes
) -> Bench:
    return Bench(program, story, until_us=until_us).run(**(files or {"network__json": HALL}))


def test_what_the_host_sends_arrives_whole_and_in_order_however_much_it_is():
    sent = bytes(range(256)) * 12
    heard = bytearray()
    naps: list[bool] = []

    def story(bench: Bench) -> None:
        def look(us: int) -> None:
            network = bench.board.network
            if network.is_listening(us) and not network.connections:
                naps.append(network.naps)
                network.connect()
                network.put(sent)
            heard.extend(network.take())
            network.put(b"")
            bench.board.at(us + 7000, look)

        bench.after(0, look)

    told_by(story)
    assert bytes(heard) == sent
    assert naps == [False]


def test_a_host_that_is_there_keeps_its_place_and_one_that_has_died_makes_room():
    turned_away: list[int] = []

    def story(bench: Bench) -> None:
        network = bench.board.network
        speaks_until_us = JOIN_US + 3_000_000

        def speak(us: int) -> None:
            network.put(b"x")
            if us < speaks_until_us:
                bench.board.at(us + 250_000, speak)

        def join(us: int) -> None:
            if not network.is_listening(us):
                bench.board.at(us + 100_000, join)
                return
            network.connect()
            speak(us)
            for after_us in (1_000_000, 6_500_000):
                bench.board.at(us + after_us, lambda _us: network.knock())
                bench.board.at(us + after_us + 200_000, lambda _us: turned_away.append(network.turned_away))

        bench.after(0, join)

    told_by(story, 12_000_000)
    # the second one while the first is heard; the first, for the third, when it is not any more
    assert turned_away == [2, 1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no file /network.json"),
        (b"", "/network.json is not"),
        (b"[1]", "/network.json is not"),
        (b'{"ssid": "hall"}', "/network.json is not"),
    ],
)
def test_a_board_that_does_not_know_its_network_says_so_over_usb(
    tmp_path: Path, content: bytes | None, why: str
):
    image = ecu_image(line_over(tmp_path), "line")
    files = {"ecu__img": image} | ({} if content is None else {"network__json": content})
    bench = Bench(MAIN, host=Session(), chip=chip_of(load_board("pico_w")), until_us=2_000_000).run(**files)
    assert [one for one in bench.logged if one.startswith("safe mode: " + why)]


COLLECTS = "                    _collect()\n"
TELLS = """                    micropython.heap_unlock()
                    control.link.say(1, "collected")
                    micropython.heap_lock()
"""


def test_what_connections_leave_is_collected_once_each_time_that_the_line_stands(tmp_path: Path, monkeypatch):
    files = firmware_files()
    [start] = [name for name in files if name.endswith("sorter_ecu/start.py")]
    text = files[start].decode()
    assert text.count(COLLECTS) == 1
    text = text.replace(COLLECTS, COLLECTS + TELLS)
    monkeypatch.setattr(firmware, "firmware_files", lambda: {**files, start: text.encode()})
    moved: list[int] = []
    """by so many counts in the half second before a collection"""
    belt, converse = BeltWatch(monkeypatch), BoardWorld._converse

    def heard(world: BoardWorld, data: bytes, now_us: int) -> bytes:
        if b"collected" in data:
            travel = belt.travel(500_000)
            assert travel is not None
            moved.append(travel)
        return converse(world, data, now_us)

    monkeypatch.setattr(BoardWorld, "_converse", heard)
    line = line_over(tmp_path)
    result, _ = run(line, "firmware", 12, link_cut=at_parcels(2, 6), estop=at_parcels(5, 9))
    connections = 1 + result.faults["link_cut"]["injected"]
    assert result.faults["estop"]["injected"]
    assert 1 <= len(moved) <= connections
    assert not any(moved)
    assert result.firmware is not None
    assert result.firmware.overruns == 0
