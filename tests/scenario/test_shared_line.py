"""A host and several boards on one RS-485 line: the asyncio client and `sortyard link` ask them by turns."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from shared_line import SharedLine, shared_line

from sorter_core import messages
from sortyard.cli.main import main
from sortyard.device.address import parse_address
from sortyard.device.board import START, Board
from sortyard.device.client import BusClient, Station
from sortyard.device.errors import LinkError, SilentError
from sortyard.device.events import Connected, Disconnected, Disposition

PATIENCE_S = 60.0
"""This machine may be busy."""


def port(line: SharedLine) -> str:
    return f"tcp://127.0.0.1:{line.server.port}"


def run(line: SharedLine, story: Callable[[BusClient], Awaitable[None]]) -> None:
    async def told() -> None:
        stations = [Station(number) for number in line.stations]
        async with BusClient(parse_address(port(line)), stations) as bus:
            await story(bus)

    asyncio.run(asyncio.wait_for(told(), PATIENCE_S))


async def disposed(board: Board, last: int) -> list[int]:
    """Tracks up to this one, in the order in which they come."""
    tracks = []
    async for event in board.events():
        if isinstance(event, Disposition):
            tracks.append(event.track)
            if event.track == last:
                return tracks
    raise AssertionError("events never end")


def test_every_board_tells_its_own_tracks_in_order():
    with shared_line(1, 2, 7) as line:
        for track in range(1, 31):
            for station in line.stations:
                line.dispose(station, 100 * station + track)

        async def story(bus: BusClient) -> None:
            for board in bus.boards.values():
                await board.attached(PATIENCE_S)
            for station, board in bus.boards.items():
                first = 100 * station + 1
                assert await disposed(board, first + 29) == list(range(first, first + 30))
                assert board.session.hello is not None
                assert board.session.hello.number == str(station)

        run(line, story)
        assert all(board.reader.bad == 0 for board in line.boards.values())


def test_a_dead_board_holds_up_nobody_and_is_there_again_when_it_has_power():
    with shared_line(1, 2, 3) as line:
        line.dead.add(2)

        async def story(bus: BusClient) -> None:
            await bus.boards[1].attached(PATIENCE_S)
            await bus.boards[3].attached(PATIENCE_S)
            with pytest.raises(SilentError, match="station 2: nobody answers"):
                await bus.boards[2].attached(0.5)
            with pytest.raises(LinkError, match="not connected"):
                await bus.boards[2].command(START)
            for track in range(1, 21):
                line.dispose(1, track)
                line.dispose(3, track)
            assert (
                await disposed(bus.boards[1], 20) == await disposed(bus.boards[3], 20) == list(range(1, 21))
            )
            line.dispose(2, 5)
            line.dead.clear()
            assert await disposed(bus.boards[2], 5) == [5]
            line.dead.add(3)
            async for event in bus.boards[3].events():
                if isinstance(event, Disconnected):
                    break
            line.dispose(1, 21)
            assert await disposed(bus.boards[1], 21) == [21]
            line.dead.clear()
            assert any([isinstance(event, Connected) async for event in first(bus.boards[3])])

        run(line, story)


async def first(board: Board):
    """The next event."""
    async for event in board.events():
        yield event
        return


def test_a_command_is_for_the_board_that_is_named():
    heard: dict[int, list[int]] = {1: [], 2: []}
    with shared_line(1, 2) as line:
        for station, board in line.boards.items():
            take = board.receive
            board.receive = lambda take=take, board=board, station=station: (
                heard[station].append(board.kind) if take() else None
            )

        async def story(bus: BusClient) -> None:
            await bus.boards[1].attached(PATIENCE_S)
            await bus.boards[2].attached(PATIENCE_S)
            await bus.boards[2].command(START)

        run(line, story)
    assert messages.COMMAND in heard[2]
    assert messages.COMMAND not in heard[1]


def test_the_command_line_names_who_says_what_and_who_does_not_answer(capsys):
    stations = ["--station", "1", "--station", "2", "--station", "9"]
    with shared_line(1, 2) as line:
        line.dispose(1, 11)
        line.dispose(2, 22)
        assert main(["link", port(line), *stations, "--for", "3", "--wait", "3", "--json"]) == 0
    told = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    ended = {one["board"]: one["track"] for one in told if one["event"] == "disposition"}
    assert ended == {"station 1": 11, "station 2": 22}
    assert {one["ecu"] for one in told if one["event"] == "connected"} == {"board1", "board2"}
    (missing,) = [one for one in told if one["board"] == "station 9"]
    assert (missing["event"], "nobody answers" in missing["reason"]) == ("disconnected", True)


def test_one_station_is_told_of_as_one_board(capsys):
    with shared_line(4) as line:
        assert main(["link", port(line), "--station", "4", "start", "--wait", "20"]) == 0
        assert main(["link", port(line), "--station", "5", "info", "--wait", "0.5"]) == 1
    assert "station 5: nobody answers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["COM3", "--station", "0"], "0 is no station of its own"),
        (["COM3", "--station", "2", "--station", "2"], "2 is no station of its own"),
        (["west=COM3", "--line", "LINE"], '"west=COM3" is no place of a board'),
        (["line=COM3,line=COM4", "--line", "LINE"], '"line=COM4" is no place of a board'),
        (["COM3", "--line", "LINE", "--station", "2"], "the line file says which stations there are"),
    ],
)
def test_what_does_not_name_boards_is_refused(arguments, text, capsys):
    from sortyard.config.examples import line_file_of

    line = str(line_file_of("starter"))
    assert main(["link", *(line if one == "LINE" else one for one in arguments)]) == 2
    assert text in capsys.readouterr().err
