"""The host of a whole line over whatever its boards' links are: the unmodified firmware at this computer's ports."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from board_link import SerialLead, sorter
from host_clock import HostClock
from line_talk import Story, simulated, target, tell
from sim_runs import run
from sites import site

from sortyard.cli.main import main
from sortyard.config.site import Site, load_site
from sortyard.device.board import answer_by
from sortyard.device.events import Disposition, HandedOver
from sortyard.device.line_status import LineStatus
from sortyard.sim.outside_host import LinkServer
from sortyard.sim.result import SimResult

SEED = 3
PARCELS = 3
WEST_ECU = 'name = "west", board = "pico", pins = { estop = "GP22", start = "GP26", reset = "GP27" }'
EAST_ECU = 'name = "east", board = "pico", pins = { estop = "GP22" }'
BELT = (
    '"vfd_modbus", drives = "belt", address = 1, ecu = "west", pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
    '"contactor", drives = "belt", ecu = "west", pins = { run = "GP11", closed = "GP28" }',
)
"""The inverter gives its UART away."""


def station(number: int, tx: str, rx: str, de: str) -> str:
    pins = f'{{ tx = "{tx}", rx = "{rx}", de = "{de}" }}'
    return f'link = {{ driver = "rs485", pins = {pins}, options = {{ station = {number} }} }}'


LINKS = {
    "usb and uart": (
        (EAST_ECU, f'{EAST_ECU}, link = {{ driver = "uart", pins = {{ tx = "GP0", rx = "GP1" }} }}'),
    ),
    "rs485": (
        BELT,
        (WEST_ECU, f"{WEST_ECU}, {station(1, 'GP8', 'GP9', 'GP10')}"),
        (EAST_ECU, f"{EAST_ECU}, {station(2, 'GP0', 'GP1', 'GP8')}"),
    ),
}
STATIONS = {"west": 1, "east": 2}


def line_over(folder: Path, link: str, *changes: tuple[str, str]) -> Site:
    return load_site(site(folder, "tandem", *LINKS[link], *changes))


@contextmanager
def at_serial_ports(line: Site, link: str) -> Iterator[tuple[HostClock, list[SerialLead], list[SimResult]]]:
    """The line with its firmware, each board at a serial port, or both at the one of a converter."""
    clock = HostClock()
    with ExitStack() as stack:
        leads = [SerialLead() for _ in range(1 if link == "rs485" else 2)]
        for lead in leads:
            stack.callback(lead.close)
        at = leads * 2 if len(leads) == 1 else leads
        yield clock, at, stack.enter_context(sorter(line, PARCELS, *at, seed=SEED, pace=clock))


@pytest.mark.parametrize("link", LINKS)
def test_a_line_over_serial_ports_sorts_and_hands_over_within_what_its_links_need(tmp_path: Path, link: str):
    line = line_over(tmp_path, link)
    plain = run(line, PARCELS, seed=SEED)
    status: list[LineStatus] = []

    async def story(told: Story) -> None:
        await told.host.ready(30)
        await told.until(lambda: len(told.of(Disposition)) >= PARCELS)
        status.append(told.host.status())

    with at_serial_ports(line, link) as (clock, leads, _):
        stations = STATIONS if link == "rs485" else {}
        targets = [
            target(line, name, lead.port, stations.get(name, 0))
            for name, lead in zip(STATIONS, leads, strict=True)
        ]
        told = tell(line, clock, targets, story)
    assert told.ends() == {
        one.p: (one.q & 15, one.q >> 4 & 31, (one.q >> 9 & 255) - 1) for one in plain.outputs("DISPOSITION")
    }
    assert {one.track for one in told.of(HandedOver)} == {one.p for one in plain.outputs("HANDED")}
    (border,) = status[0].borders
    assert border.count == len(told.of(HandedOver)) > 0
    assert (border.late, border.slow) == (0, 0)
    assert [one.connections for one in status[0].boards] == [1, 1]


BY_THE_HOST = (
    ("policy.host = false", "policy.host = true"),
    ('plan = "tandem.plan.toml"', 'plan = "host.plan.toml"'),
)
PLAN = """default = "EAST-1"

[[rule]]
regex = "[A-Z]{2}.*"
chute = "SOUTH-1"

[[rule]]
format = "s10"
chute = "NORTH-1"
"""
"""The first rule is for the host: a board alone would send everything to the first chute."""


def hosted(folder: Path) -> Site:
    (folder / "host.plan.toml").write_text(PLAN, encoding="utf-8")
    return line_over(folder, "rs485", *BY_THE_HOST)


def test_the_host_of_boards_on_one_line_answers_where_their_parcels_go(tmp_path: Path):
    line = hosted(tmp_path)
    clock = HostClock()

    async def story(told: Story) -> None:
        await told.host.ready(30)
        await told.until(lambda: len(told.of(Disposition)) >= PARCELS)

    with LinkServer("127.0.0.1", 0) as converter:
        port = f"tcp://127.0.0.1:{converter.port}"
        with sorter(line, PARCELS, converter, converter, seed=SEED, pace=clock):
            targets = [target(line, name, port, station) for name, station in STATIONS.items()]
            told = tell(line, clock, targets, story, answer_by(line.host_plan))
    names = [line.line.chute[chute].name for _, _, chute in told.ends().values()]
    assert names == ["SOUTH-1"] * PARCELS


def test_the_commands_bring_boards_on_one_line_and_their_host_together(tmp_path: Path, capsys):
    line = hosted(tmp_path)
    with simulated(str(line.path), 3) as port:
        where = ",".join(f"{name}=tcp://127.0.0.1:{port}" for name in STATIONS)
        arguments = [where, "start", "--line", str(line.path), "--answer", "--wait", "60"]
        assert main(["link", *arguments, "--status", "1", "--for", "6", "--json"]) == 0
    told = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert {one["board"] for one in told if one["event"] == "connected"} == set(STATIONS)
    status = [one for one in told if one["event"] == "status"]
    assert "running" in {one["state"] for each in status for one in each["boards"]}
