"""`sortyard link`: talk to boards, over USB, a serial line or TCP."""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from sortyard.cli.link_boards import Target
    from sortyard.config.site import Site
    from sortyard.device.board import Board
    from sortyard.device.events import Event

    Tell = Callable[[int, Event], None]
    """Gets the place of a board among the targets, and what it tells."""


class Action(StrEnum):
    """What to do with the boards."""

    watch = "watch"
    info = "info"
    start = "start"
    stop = "stop"
    reset = "reset"
    speed = "speed"


def link(
    port: Annotated[
        str,
        typer.Argument(
            metavar="PORT",
            help="/dev/ttyACM0, COM3, tcp://HOST or tcp://HOST:PORT; of several boards NAME=PORT,NAME=PORT.",
        ),
    ],
    action: Annotated[
        Action, typer.Argument(metavar="ACTION", help="watch, info, start, stop, reset or speed.")
    ] = Action.watch,
    mm_s: Annotated[
        int | None, typer.Argument(metavar="MM_S", help="For speed: of the belt.", min=1, max=65_535)
    ] = None,
    line: Annotated[
        Path | None,
        typer.Option(
            metavar="LINE", help="Line file: names for the parts; the board must have its configuration."
        ),
    ] = None,
    ecu: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which board of the line file it is (the first one).")
    ] = None,
    station: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Number of a board on an RS-485 line; may be given several times."),
    ] = None,
    answer: Annotated[bool, typer.Option("--answer", help="Answer destinations by the line's plan.")] = False,
    edges: Annotated[
        bool, typer.Option("--edges", help="Tell edges, reads and commands of gates, too.")
    ] = False,
    baud: Annotated[
        int | None,
        typer.Option(metavar="BIT_S", help="Of a UART (115200, or as the line file has it).", min=1200),
    ] = None,
    wait: Annotated[float, typer.Option(metavar="S", help="How long to wait for the board.", min=0.1)] = 5.0,
    for_s: Annotated[
        float | None, typer.Option("--for", metavar="S", help="Watch for so long (until Ctrl-C).", min=0.1)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Talk to a board: see who it is and what happens, start, stop and reset its line.

    Examples:

      sortyard link /dev/ttyACM0

      sortyard link tcp://10.0.0.7 info --json

      sortyard link COM3 --line hub16.line.toml --answer --edges

      sortyard link /dev/ttyACM0 speed 600

      sortyard link /dev/ttyUSB0 --station 1 --station 2

      sortyard link west=/dev/ttyACM0,east=/dev/ttyACM1 --line tandem.line.toml

    watch tells everything that happens and connects again when the link is cut; nothing that the board keeps
    (dispositions, faults) gets lost meanwhile. info says who is there and how its loop does. The other actions
    return when the board has the command; what becomes of it the line's state tells. speed sets the belt's speed within
    what the line file allows (belt.slowest_mm_s to speed_mm_s); the belt goes there slowly, so that sorting goes on.

    With --line, PORT is the line of all its boards that share one (RS-485), else that of one board. Several boards are
    told apart by their names; one that is dead is told of, and does not hold up the others.

    A board has one host at a time: what watches it takes its dispositions. Times are this computer's, with what
    they may be off by.

    Exit codes: 0 done, 1 no board, or not this one (port, protocol, configuration, silence, garbage), or the board
    refuses, 2 the input cannot be used, 130 stopped with Ctrl-C.
    """
    from sortyard.cli.link_boards import targets_of

    if (mm_s is None) == (action is Action.speed):
        reason = "speed needs one" if mm_s is None else f"{action.value} takes none"
        raise InputError([Finding("command line", None, "MM_S", reason, "sortyard link PORT speed 600")])
    site = _site(line, ecu, answer)
    targets = targets_of(port, baud, station or [], site, ecu)
    talk = Talk(targets, _teller(targets, site, edges, as_json), wait)
    asyncio.run(talk.run(action, mm_s, for_s, site if answer else None))


def _site(line: Path | None, ecu: str | None, answer: bool) -> "Site | None":
    if line is None:
        if answer or ecu:
            what = "--answer" if answer else "--ecu"
            reason = f"{what} needs the line file"
            raise InputError([Finding("command line", None, what, reason, "give --line LINE")])
        return None
    from sortyard.config.site import load_site

    return load_site(line)


def _teller(targets: "list[Target]", site: "Site | None", edges: bool, as_json: bool) -> "Tell":
    """What becomes of an event: a line on standard output, or nothing."""
    from sortyard.cli.link_lines import NOBODY, Lines
    from sortyard.cli.messages import printable
    from sortyard.config.numbering import number
    from sortyard.config.zones import zones_of
    from sortyard.device.events import Happened, Heartbeat, Statistics

    parts = {zone.ecu.name: number(zone.line) for zone in zones_of(site.line)} if site else {}
    um_per_count = site.line.encoder.um_per_count if site else 1000
    lines = [Lines(parts.get(one.ecu, NOBODY), um_per_count) for one in targets]
    shown: dict[tuple[int, type], object] = {}

    def tell(place: int, event: "Event") -> None:
        if isinstance(event, Happened) and not edges:
            return
        if isinstance(event, (Heartbeat, Statistics)):  # only what is new in them
            known = (
                (event.state, event.speed_mm_s)
                if isinstance(event, Heartbeat)
                else (event.overruns, event.dropped, event.lost)
            )
            if shown.get((place, type(event))) == known:
                return
            shown[place, type(event)] = known
        name = targets[place].name
        if as_json:
            whose = {"board": name} if name else {}
            print(json.dumps(whose | lines[place].as_dict(event), ensure_ascii=False), flush=True)
        else:
            print(printable(f"{name}: " * bool(name) + lines[place].text(event)), flush=True)

    return tell


class Talk:
    """One conversation of this program with the boards."""

    def __init__(self, targets: "list[Target]", tell: "Tell", wait: float) -> None:
        self._targets = targets
        self._tell = tell
        self._wait = wait

    async def run(
        self, action: Action, mm_s: int | None, for_s: float | None, plan_of: "Site | None"
    ) -> None:
        """Do what is asked. Raises LinkError."""
        from sortyard.cli.link_boards import connected
        from sortyard.device.board import answer_by

        answer = answer_by(plan_of.host_plan) if plan_of is not None else None
        async with connected(self._targets, answer) as boards:
            there = await self._attached(boards)
            if action is Action.watch:
                await self._watch(boards, for_s)
            elif action is Action.info:
                await asyncio.gather(*(self._inform(place, board) for place, board in there))
            else:
                await self._command([board for _, board in there], action, mm_s)

    async def _attached(self, boards: "list[Board]") -> "list[tuple[int, Board]]":
        """Those that are there; the others are told of, unless there is none."""
        from sortyard.device.errors import LinkError
        from sortyard.device.events import Disconnected

        found = await asyncio.gather(*(one.attached(self._wait) for one in boards), return_exceptions=True)
        there = []
        for place, (board, error) in enumerate(zip(boards, found, strict=True)):
            if error is None:
                there.append((place, board))
            elif not isinstance(error, LinkError) or all(one is not None for one in found):
                raise error
            else:
                self._tell(place, Disconnected(str(error)))
        return there

    async def _watch(self, boards: "list[Board]", for_s: float | None) -> None:
        """Everything until the time is over. A board whose events nobody takes keeps them itself."""
        from contextlib import suppress

        from sortyard.device.errors import LinkError
        from sortyard.device.events import Disconnected

        async def follow(place: int, board: "Board") -> None:
            try:
                async for event in board.events():
                    self._tell(place, event)
            except LinkError as error:
                if len(boards) == 1:
                    raise
                self._tell(place, Disconnected(str(error)))

        with suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                await asyncio.gather(*(follow(place, board) for place, board in enumerate(boards)))

    async def _inform(self, place: int, board: "Board") -> None:
        """Who is there, its state, what it has logged, and the figures of its loop."""
        from sortyard.device.events import Connected, Heartbeat, Log, Statistics

        left = {Connected, Heartbeat, Statistics}
        try:
            async with asyncio.timeout(self._wait):
                async for event in board.events():
                    if type(event) in left or isinstance(event, Log):
                        left.discard(type(event))
                        self._tell(place, event)
                    if not left:
                        return
        except TimeoutError:
            return  # a board in safe mode has no loop, and no figures of one

    async def _command(self, boards: "list[Board]", action: Action, mm_s: int | None) -> None:
        """Every board is told; a speed is for the one that drives the belt."""
        from sortyard.device import board as commands
        from sortyard.device.errors import RefusedError

        if mm_s is None:
            number = {"start": commands.START, "stop": commands.STOP, "reset": commands.RESET}[action.value]
            await asyncio.gather(*(board.command(number) for board in boards))
            return
        refused: list[RefusedError] = []
        for board in boards:
            try:
                await board.set_speed(mm_s)
            except RefusedError as error:
                refused.append(error)
        if len(refused) == len(boards):
            raise next((one for one in refused if "allowed" in str(one)), refused[0])
