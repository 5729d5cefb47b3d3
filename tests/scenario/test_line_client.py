"""The host of a whole line and the unmodified firmware of its boards, each at a port of its own."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from board_link import sorter
from host_clock import HostClock
from line_talk import Story, simulated, target, tell, two_free_ports
from sim_runs import example, run
from sites import looped_tandem

from sorter_core.codes import FAULTS, OUTCOMES, REASONS
from sortyard.cli.main import main
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.device.events import Connected, Disposition, Fault, HandedOver
from sortyard.device.line_status import LineStatus
from sortyard.device.targets import Target
from sortyard.sim.outside_host import LinkServer
from sortyard.sim.result import SimResult

LINE = str(line_file_of("tandem"))
BOARDS = ("west", "east")
EAST = 1
NORTH_1 = 0
SEED = 3
ZONE_DEAD = next(n for n, name in FAULTS.items() if name == "ZONE_DEAD")
REJECTED = next(n for n, name in OUTCOMES.items() if name == "REJECTED")
LOST = next(n for n, name in OUTCOMES.items() if name == "LOST")
REBOOT = next(n for n, name in REASONS.items() if name == "REBOOT")


@contextmanager
def line_of(parcels: int) -> Iterator[tuple[HostClock, tuple[LinkServer, ...], list[SimResult]]]:
    """Tandem with its firmware, running while the block does: the host's clock, the boards' ports, and the result."""
    clock = HostClock()
    with LinkServer("127.0.0.1", 0) as west, LinkServer("127.0.0.1", 0) as east:
        servers = west, east
        with sorter(example("tandem"), parcels, *servers, seed=SEED, pace=clock) as results:
            yield clock, servers, results


def places(servers: Sequence[LinkServer]) -> list[Target]:
    return [place(name, server.port) for name, server in zip(BOARDS, servers, strict=True)]


def place(name: str, port: int) -> Target:
    return target(example("tandem"), name, f"tcp://127.0.0.1:{port}")


def test_every_parcel_ends_as_in_the_plain_simulation_and_hand_overs_keep_their_deadline():
    parcels = 6
    plain = run(example("tandem"), parcels, seed=SEED)
    states: list[LineStatus] = []

    async def story(told: Story) -> None:
        await told.host.ready(30)
        await told.until(lambda: len(told.of(Disposition)) >= parcels)
        states.append(told.host.status())

    with line_of(parcels) as (clock, servers, _):
        told = tell(example("tandem"), clock, places(servers), story)
    assert told.ends() == {
        one.p: (one.q & 15, one.q >> 4 & 31, (one.q >> 9 & 255) - 1) for one in plain.outputs("DISPOSITION")
    }
    assert all(one.code for one in told.of(Disposition))
    handed = told.of(HandedOver)
    assert {one.track for one in handed} == {one.p for one in plain.outputs("HANDED")}
    assert 0 < len(handed) < parcels
    (status,) = states
    (border,) = status.borders
    assert (border.count, border.late, border.slow) == (len(handed), 0, 0)
    assert border.link_ms < border.deadline_ms
    assert sum(border.histogram.values()) == len(handed)
    assert 0 < border.worst_ms < border.deadline_ms
    assert [(one.name, one.is_connected, one.is_known) for one in status.boards] == [
        (name, True, True) for name in BOARDS
    ]
    assert all(one.clock_error_ms is not None and 0 < one.clock_error_ms < 20 for one in status.boards)


def test_cut_links_lose_no_track_and_tell_none_twice():
    parcels = 6

    async def story(told: Story) -> None:
        await told.host.ready(30)
        for n, server in enumerate(servers * 2, start=1):
            await told.until(lambda n=n: len(told.ends()) >= n)
            server.cut()
        await told.until(lambda: len(told.ends()) >= parcels)

    with line_of(parcels) as (clock, servers, results):
        told = tell(example("tandem"), clock, places(servers), story)
    again = told.of(Connected)[len(BOARDS) :]
    assert len(again) >= 2 * len(BOARDS)
    assert not any(one.is_new for one in again)
    assert set(range(1, parcels + 1)) <= set(told.ends())
    assert not [one for one in told.ends().values() if one[:2] == (LOST, REBOOT)]
    assert not any(results[0].never.values())


def test_a_parcel_whose_chute_is_shut_goes_round_from_board_to_board_until_it_has_no_laps_left(
    tmp_path: Path,
):
    """NORTH-1 is on the first board, the way to the loop on the second one."""
    line = looped_tandem(tmp_path)
    line.write_text(line.read_text("utf-8").replace("lap_limit = 2", "lap_limit = 1"), "utf-8")
    looped = load_site(line)
    clock, parcels = HostClock(), 2

    async def story(told: Story) -> None:
        await told.host.ready(30)
        await asyncio.gather(*(board.set_chute(NORTH_1, "disabled") for board in told.host.boards))
        await told.until(lambda: any(one.outcome == REJECTED for one in told.of(Disposition)))

    with (
        LinkServer("127.0.0.1", 0) as west,
        LinkServer("127.0.0.1", 0) as east,
        sorter(looped, parcels, west, east, seed=SEED, pace=clock),
    ):
        ports = (
            (name, f"tcp://127.0.0.1:{server.port}") for name, server in (("west", west), ("east", east))
        )
        told = tell(looped, clock, [target(looped, name, port) for name, port in ports], story)
    laps: dict[bytes, list[str]] = {}
    for one in told.of(Disposition):
        laps.setdefault(one.code, []).append(f"{OUTCOMES[one.outcome]}/{REASONS[one.reason]}")
    round_again = "RECIRCULATED/CHUTE_DISABLED"
    assert sorted(laps.values()) == [[round_again, "REJECTED/LAP_LIMIT"], ["SORTED/NONE"]]


def test_without_its_neighbour_a_board_does_not_start_the_belt_and_says_whom_it_misses():
    async def story(told: Story) -> None:
        await told.until(lambda: bool(told.of(Fault)) and told.host.boards[0].state is not None)
        west, east = told.host.status().boards
        assert (west.is_connected, west.state, west.is_known) == (True, 0, False)
        assert (east.is_connected, "refuses the connection" in east.trouble) == (False, True)

    with line_of(2) as (clock, servers, _):
        targets = [place("west", servers[0].port), place("east", two_free_ports())]
        told = tell(example("tandem"), clock, targets, story)
    fault = told.of(Fault)[0]
    assert (fault.code, fault.index) == (ZONE_DEAD, EAST)
    assert not told.of(Disposition)


def test_the_command_line_is_the_host_of_a_whole_line(capsys):
    with simulated(LINE, 2) as port:
        where = ",".join(f"{name}=tcp://127.0.0.1:{port + n}" for n, name in enumerate(BOARDS))
        arguments = [where, "start", "--line", LINE, "--wait", "60", "--status", "1", "--for", "6", "--json"]
        assert main(["link", *arguments]) == 0
    told = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert {one["board"] for one in told if one["event"] == "connected"} == set(BOARDS)
    status = [one for one in told if one["event"] == "status"]
    assert len(status) >= 4
    assert all({one["name"] for one in each["boards"]} == set(BOARDS) for each in status)
    assert "running" in {one["state"] for each in status for one in each["boards"]}
    assert status[-1]["borders"][0]["deadline_ms"] > 0


def test_the_status_of_what_is_no_whole_line_is_refused(capsys):
    assert main(["link", "west=COM3", "--line", LINE, "--status", "1"]) == 2
    assert "these are not all boards of a line" in capsys.readouterr().err
