"""The host's client and the unmodified firmware, over a TCP port and over a serial one."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from board_link import DISPOSING, MAIN, SerialLead, board, sorter
from host_clock import HostClock
from sim_runs import example
from sites import site as site_file

from sorter_core import messages
from sorter_core.frames import HEAD, FrameWriter
from sortyard.config.ecu_image import config_hash, ecu_image
from sortyard.config.site import load_site
from sortyard.device.address import parse_address
from sortyard.device.board import STOP
from sortyard.device.client import BoardClient
from sortyard.device.errors import ConfigError, NoWireError, ProtocolError, RefusedError, SilentError
from sortyard.device.events import Connected, Disconnected, Disposition, Event, Happened, Heartbeat, Log
from sortyard.sim.outside_host import LinkServer

SETTABLE = (
    ("speed_mm_s = 800\n", "speed_mm_s = 800\nslowest_mm_s = 400\n"),
    ('drives = "belt"\n', 'drives = "belt"\noptions = { speed_permille = 1000 }\n'),
)
PATIENCE_S = 120.0
"""This machine may be busy."""
GROUPS = 16


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), PATIENCE_S))


def client(server: LinkServer, **settings) -> BoardClient:
    return BoardClient(parse_address(f"tcp://127.0.0.1:{server.port}"), **settings)


async def until(events: AsyncIterator[Event], is_it: Callable[[Event], bool]) -> list[Event]:
    """Everything up to the event that it is."""
    seen = []
    async for event in events:
        seen.append(event)
        if is_it(event):
            return seen
    raise AssertionError("events never end")


def tracks(events: list[Event]) -> list[int]:
    return [one.track for one in events if isinstance(one, Disposition)]


def test_parcels_go_where_the_host_says_and_a_cut_loses_no_disposition():
    site, parcels = example("hub16"), 8
    asked: dict[bytes, int] = {}

    def elsewhere(request) -> int:
        """Not what the plan says: every parcel goes one chute further."""
        found = site.host_plan.decide(request.code)
        assert found is not None
        group = asked[request.code] = 1 + (found[0] + 1) % GROUPS
        return group

    async def story() -> None:
        async with client(server, answer=elsewhere, expected_hash=config_hash(site, "line")) as host:
            events = host.events()
            await host.attached(PATIENCE_S)
            seen = await until(events, lambda one: isinstance(one, Disposition))
            server.cut()
            seen += await until(events, lambda one: isinstance(one, Connected))
            while len(tracks(seen)) < parcels:
                seen += await until(events, lambda one: isinstance(one, Disposition))
            assert [type(one) for one in seen if isinstance(one, Connected | Disconnected)] == [
                Connected,
                Disconnected,
                Connected,
            ]
            (first, again) = [one for one in seen if isinstance(one, Connected)]
            assert (first.is_new, again.is_new) == (True, False)
            ended = [one for one in seen if isinstance(one, Disposition)]
            assert sorted(tracks(seen)) == list(range(1, parcels + 1))
            for one in ended:
                assert one.outcome == 1
                assert one.chute == site.board_plan.groups[asked[one.code] - 1][0]
                assert one.at is not None
                assert 0 < one.at.error_s < 1
            assert len(host.answer_us) == parcels
            assert any(isinstance(one, Happened) for one in seen)

    clock = HostClock()
    with LinkServer("127.0.0.1", 0) as server, sorter(site, parcels, server, pace=clock):
        clock.run(story())
        assert server.connections == 2


def test_what_a_slow_reader_does_not_take_stays_with_the_board_and_comes_in_order():
    last = 60

    async def story() -> None:
        async with client(server, queue=8) as host:
            await host.attached(PATIENCE_S)
            while host._events.qsize() < 8:
                await asyncio.sleep(0.05)
            for _ in range(60):  # it reads nothing for three seconds
                await asyncio.sleep(0.05)
                assert host._events.qsize() <= 8 + 2
            seen = []
            events = host.events()
            while len(tracks(seen)) < last:
                seen += await until(events, lambda one: isinstance(one, Disposition))
            assert tracks(seen) == list(range(1, last + 1))

    program = DISPOSING.format(every=40, last=40 * last) + MAIN
    with LinkServer("127.0.0.1", 0) as server, board(server, program):
        run(story)


def test_garbage_on_the_wire_costs_nothing_that_the_board_keeps():
    last = 40

    async def story() -> None:
        async with client(server) as host:
            await host.attached(PATIENCE_S)
            seen, rng = [], Random(4)
            events = host.events()
            while len(tracks(seen)) < last:
                bench.noise = rng.randbytes(rng.randrange(1, 300))
                seen += await until(events, lambda one: isinstance(one, Disposition))
            assert tracks(seen) == list(range(1, last + 1))
            assert host.session.reader.bad > 10

    program = DISPOSING.format(every=50, last=50 * last) + MAIN
    with LinkServer("127.0.0.1", 0) as server, board(server, program) as bench:
        run(story)


def test_a_second_host_is_turned_away_and_goes_on_where_the_first_one_was():
    last = 60

    async def story() -> None:
        async with client(server) as first:
            await first.attached(PATIENCE_S)
            seen = await until(first.events(), lambda one: isinstance(one, Disposition))
            async with client(server) as second:
                with pytest.raises(NoWireError, match="closes the connection at once"):
                    await second.attached(1.5)
                seen += await until(first.events(), lambda one: isinstance(one, Disposition))
                await first.__aexit__()
                await second.attached(PATIENCE_S)
                while not first._events.empty():
                    seen.append(first._events.get_nowait())
                events = second.events()
                while tracks(seen)[-1] < last:
                    seen += await until(events, lambda one: isinstance(one, Disposition))
        found = tracks(seen)
        # what the first one had taken and could not acknowledge any more comes to the second one, too
        assert sorted(set(found)) == list(range(1, last + 1))
        assert len(found) - len(set(found)) <= 8
        assert server.refused >= 1

    program = DISPOSING.format(every=50, last=50 * last) + MAIN
    with LinkServer("127.0.0.1", 0) as server, board(server, program):
        run(story)


def test_over_a_serial_port_the_line_is_told_to_stop_and_says_so():
    async def story() -> None:
        async with BoardClient(parse_address(lead.port)) as host:
            await host.attached(PATIENCE_S)
            assert host.session.hello is not None
            assert host.session.hello.line == "starter"
            await host.command(STOP)
            seen = await until(host.events(), lambda one: isinstance(one, Happened) and one.kind == STOP)
            assert isinstance(seen[-1], Happened)
            assert not seen[-1].is_output
            async with BoardClient(parse_address(lead.port)) as other:
                with pytest.raises(NoWireError, match="in use by another program"):
                    await other.attached(1.0)

    with closing(SerialLead()) as lead, board(lead):
        run(story)


def test_the_speed_of_the_belt_is_set_within_its_limits_and_refused_beyond_them(tmp_path: Path):
    image = ecu_image(load_site(site_file(tmp_path, "starter", *SETTABLE)), "line")

    async def story() -> None:
        async with client(server) as host:
            await host.attached(PATIENCE_S)
            await host.set_speed(700)
            with pytest.raises(
                RefusedError, match="speed 900 mm/s is refused: allowed are 400 to 800 mm/s"
            ) as told:
                await host.set_speed(900)
            assert told.value.remedy == "the belt goes to 700 mm/s"
            with pytest.raises(RefusedError, match="no belt runs at that"):
                await host.set_speed(0)
            beats: list[int] = []
            async for event in host.events():
                if isinstance(event, Heartbeat):
                    beats.append(event.speed_mm_s)
                    if beats[-1] == 700:
                        break
            assert beats == sorted(beats, reverse=True)
            assert len(set(beats)) > 3, "it goes there by and by"

    clock = HostClock()
    with LinkServer("127.0.0.1", 0) as server, board(server, image=image, pace=clock):
        clock.run(story())


def test_a_board_in_safe_mode_says_why():
    async def story() -> None:
        async with client(server, expected_hash="0123456789abcdef") as host:
            await host.attached(PATIENCE_S)
            seen = await until(host.events(), lambda one: isinstance(one, Log))
            assert isinstance(seen[-1], Log)
            assert seen[-1].text.startswith("safe mode: no configuration")
            seen += await until(host.events(), lambda one: isinstance(one, Heartbeat))
            assert isinstance(seen[-1], Heartbeat)
            assert seen[-1].state == 255

    with LinkServer("127.0.0.1", 0) as server, board(server, image=b""):
        run(story)


def test_the_board_of_another_configuration_is_refused():
    async def story() -> None:
        async with client(server, expected_hash=config_hash(example("hub16"), "line")) as host:
            with pytest.raises(ConfigError, match=r"has configuration .* the line file makes"):
                await host.attached(PATIENCE_S)

    with LinkServer("127.0.0.1", 0) as server, board(server):
        run(story)


class Speaker:
    """Somebody at a TCP port who says one thing to everybody, again and again."""

    def __init__(self, says: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._says = says
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(0.1)
                try:
                    while True:
                        peer.sendall(self._says)
                        try:
                            if not peer.recv(4096):
                                break
                        except TimeoutError:
                            continue
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def hello_of_protocol(number: int) -> bytes:
    writer = FrameWriter()
    writer.body[HEAD] = number
    return bytes(writer.out[: writer.write(messages.HELLO, 0, 0, 0, 1)])


@pytest.mark.parametrize(
    ("says", "error", "text"),
    [
        (b"", SilentError, "is open, and nothing comes"),
        (
            b"MicroPython v1.27 on 2026-01-01; Raspberry Pi Pico\r\n>>> ",
            SilentError,
            "no whole frame of the link",
        ),
        (Random(1).randbytes(200), SilentError, "no whole frame of the link"),
        (hello_of_protocol(9), ProtocolError, "speaks version 9 of the link"),
    ],
)
def test_what_is_no_board_of_ours_is_told_apart(says, error, text):
    async def story() -> None:
        async with BoardClient(parse_address(f"tcp://127.0.0.1:{speaker.port}")) as host:
            with pytest.raises(error, match=text):
                await host.attached(1.5)

    with closing(Speaker(says)) as speaker:
        run(story)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("tcp://127.0.0.1:1", "refuses the connection"),
        ("tcp://no-such-host.invalid", "no host of that name"),
        ("/dev/no_such_port", "there is no port /dev/no_such_port"),
    ],
)
def test_where_nobody_is_the_address_is_named(address, text):
    async def story() -> None:
        async with BoardClient(parse_address(address)) as host:
            with pytest.raises(NoWireError, match=text):
                await host.attached(1.0)

    run(story)
