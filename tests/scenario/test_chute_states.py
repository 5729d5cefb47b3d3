"""Somebody closes a chute or sets a diverter aside, from the command line or by a program that is the board's host."""

import asyncio

import pytest
from board_link import LedBench, board

from sorter_core import messages
from sorter_core.codes import INPUTS
from sortyard.cli.link_options import Action
from sortyard.cli.link_orders import asked
from sortyard.cli.main import main
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.device.address import parse_address
from sortyard.device.client import BoardClient
from sortyard.device.session import Message, records_of
from sortyard.device.targets import Target
from sortyard.errors import InputError
from sortyard.sim.outside_host import LinkServer, Overheard

CHUTE, GATE = (next(n for n, name in INPUTS.items() if name == word) for word in ("CHUTE", "GATE_HEALTH"))
STARTER = ["--line", str(line_file_of("starter"))]
WAIT = ["--wait", "60"]
TANDEM = load_site(line_file_of("tandem")).line


def heard(bench: LedBench) -> list[tuple[int, int, int]]:
    """(kind, part, state) of what its gate logic has been told of chutes and gates."""
    told: list[tuple[int, int, int]] = []

    def take(message: Message) -> bool:
        if message.kind == messages.RECORDS:
            told.extend((row[0], row[1], row[3]) for _, row in records_of(message) if row[0] in (CHUTE, GATE))
        return True

    Overheard().feed(bytes(bench.said), 0, take)
    return told


def test_chutes_and_diverters_are_told_by_their_names(capsys):
    with LinkServer("127.0.0.1", 0) as server, board(server) as bench:
        port = f"tcp://127.0.0.1:{server.port}"
        for words in (
            ["chute", "EAST", "disabled"],
            ["gate", "D-SOUTH", "faulty"],
            ["chute", "EAST", "free"],
        ):
            assert main(["link", port, *words, *STARTER, *WAIT]) == 0
        assert main(["link", port, "chute", "1", "full", *WAIT]) == 0  # by its number, without the line file
        assert main(["link", port, "info", *WAIT]) == 0  # meanwhile the board has told of it
        assert heard(bench) == [(CHUTE, 2, 2), (GATE, 1, 0), (CHUTE, 2, 0), (CHUTE, 1, 1)]
    capsys.readouterr()


def test_a_board_that_has_begun_anew_is_told_again_what_its_host_has_said():
    async def story() -> None:
        with LinkServer("127.0.0.1", 0) as server:
            async with BoardClient(parse_address(f"tcp://127.0.0.1:{server.port}")) as host:
                with board(server) as first:
                    await host.attached(60)
                    await host.set_chute(2, "disabled")
                    await host.set_gate(0, "faulty")
                    await host.set_gate(1, "faulty")
                    await host.set_gate(1, "healthy")
                    await until_heard(first, 4)
                with board(server) as second:
                    await until_heard(second, 2)
                    assert sorted(heard(second)) == [(CHUTE, 2, 2), (GATE, 0, 0)]

    async def until_heard(bench: LedBench, count: int) -> None:
        async with asyncio.timeout(60):
            while len(heard(bench)) < count:
                await asyncio.sleep(0.1)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["chute", "EAST"], "chute needs a chute and a state"),
        (["chute", "EAST", "closed", *STARTER], 'a chute is not "closed"'),
        (["chute", "EATS", "full", *STARTER], 'the line has no chute "EATS"'),
        (["gate", "D-EATS", "faulty", *STARTER], 'did you mean "D-EAST"'),
        (["gate", "D-EAST", "faulty"], "give --line LINE for names"),
        (["speed", "fast"], '"fast" is no speed'),
        (["speed", "70000"], "give 1 to 65,535 mm/s"),
    ],
)
def test_what_is_no_state_of_a_part_is_said_before_anybody_is_called(words: list[str], text: str, capsys):
    assert main(["link", "COM3", *words]) == 2
    assert text in capsys.readouterr().err


def targets(*names: str) -> list[Target]:
    return [Target(name, parse_address("COM3"), ecu=name) for name in names]


def test_of_a_line_with_several_boards_all_are_told_of_a_chute_and_one_of_a_diverter():
    both, east = targets("west", "east"), targets("east")
    last = TANDEM.diverter[-1].name
    chutes = asked(Action.chute, [TANDEM.chute[1].name, "full"], both, TANDEM).states
    assert chutes == {0: (messages.CHUTE, 1, 1), 1: (messages.CHUTE, 1, 1)}
    (told,) = asked(Action.gate, [last, "faulty"], both, TANDEM).states.items()
    assert told[0] == 1
    assert asked(Action.gate, [last, "faulty"], east, TANDEM).states == {0: told[1]}
    with pytest.raises(InputError, match="is wired to west"):
        asked(Action.gate, [TANDEM.diverter[0].name, "faulty"], east, TANDEM)
    with pytest.raises(InputError, match="west would not be told"):
        asked(Action.chute, [TANDEM.chute[1].name, "full"], east, TANDEM)
