"""`sortyard link`: talk to a board, over USB, a serial line or TCP."""

import asyncio
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from sortyard.config.site import Site
    from sortyard.device.address import Address
    from sortyard.device.client import BoardClient
    from sortyard.device.events import Event


class Action(StrEnum):
    """What to do with the board."""

    watch = "watch"
    info = "info"
    start = "start"
    stop = "stop"
    reset = "reset"
    speed = "speed"


def link(
    port: Annotated[
        str, typer.Argument(metavar="PORT", help="/dev/ttyACM0, COM3, tcp://HOST or tcp://HOST:PORT.")
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
    answer: Annotated[bool, typer.Option("--answer", help="Answer destinations by the line's plan.")] = False,
    edges: Annotated[
        bool, typer.Option("--edges", help="Tell edges, reads and commands of gates, too.")
    ] = False,
    baud: Annotated[int, typer.Option(metavar="BIT_S", help="Of a UART; USB has none.", min=1200)] = 115_200,
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

      sortyard link /dev/ttyACM0 start

      sortyard link /dev/ttyACM0 speed 600

    watch tells everything that happens and connects again when the link is cut; nothing that the board keeps
    (dispositions, faults) gets lost meanwhile. info says who is there and how its loop does. The other actions
    return when the board has the command; what becomes of it the line's state tells. speed sets the belt's speed within
    what the line file allows (belt.slowest_mm_s to speed_mm_s); the belt goes there slowly, so that sorting goes on.

    A board has one host at a time: what watches it takes its dispositions. Times are this computer's, with what
    they may be off by.

    Exit codes: 0 done, 1 no board, or not this one (port, protocol, configuration, silence, garbage), 2 the
    input cannot be used, 130 stopped with Ctrl-C.
    """
    from sortyard.device.address import parse_address

    address = parse_address(port, baud)
    if (mm_s is None) == (action is Action.speed):
        reason = "speed needs one" if mm_s is None else f"{action.value} takes none"
        remedy = "sortyard link PORT speed 600"
        raise InputError([Finding("command line", None, "MM_S", reason, remedy)])
    site, expected = _site(line, ecu, answer)
    asyncio.run(
        _talk(
            _client(address, site, expected, answer),
            action,
            mm_s,
            wait,
            for_s,
            _teller(site, edges, as_json),
        )
    )


def _site(line: Path | None, ecu: str | None, answer: bool) -> "tuple[Site | None, str]":
    """The line, and the hash that its board must say."""
    if line is None:
        if answer or ecu:
            what = "--answer" if answer else "--ecu"
            reason = f"{what} needs the line file"
            raise InputError([Finding("command line", None, what, reason, "give --line LINE")])
        return None, ""
    from sortyard.config.ecu_image import config_hash
    from sortyard.config.site import load_site

    site = load_site(line)
    names = [one.name for one in site.line.ecu]
    if ecu is not None and ecu not in names:
        reason = f'the line has no board "{ecu}"'
        raise InputError([Finding("command line", None, "--ecu", reason, f"boards: {', '.join(names)}")])
    return site, config_hash(site, ecu or names[0])


def _client(address: "Address", site: "Site | None", expected: str, answer: bool) -> "BoardClient":
    from sortyard.device.client import BoardClient, answer_by

    by_plan = answer_by(site.host_plan) if site is not None and answer else None
    return BoardClient(address, answer=by_plan, expected_hash=expected)


def _teller(site: "Site | None", edges: bool, as_json: bool) -> "Callable[[Event], None]":
    """What becomes of an event: a line on standard output, or nothing."""
    from sortyard.cli.link_lines import NOBODY, Lines
    from sortyard.cli.messages import printable
    from sortyard.device.events import Happened, Heartbeat, Statistics

    lines = Lines(site.numbering, site.line.encoder.um_per_count) if site else Lines(NOBODY, 1000)
    shown: dict[type, object] = {}

    def tell(event: "Event") -> None:
        if isinstance(event, Happened) and not edges:
            return
        if isinstance(event, (Heartbeat, Statistics)):  # only what is new in them
            known = (
                (event.state, event.speed_mm_s)
                if isinstance(event, Heartbeat)
                else (event.overruns, event.dropped, event.lost)
            )
            if shown.get(type(event)) == known:
                return
            shown[type(event)] = known
        if as_json:
            print(json.dumps(lines.as_dict(event), ensure_ascii=False), flush=True)
        else:
            print(printable(lines.text(event)), flush=True)

    return tell


async def _talk(
    client: "BoardClient",
    action: Action,
    mm_s: int | None,
    wait: float,
    for_s: float | None,
    tell: "Callable[[Event], None]",
) -> None:
    from sortyard.device import client as commands

    async with client as board:
        await board.attached(wait)
        if action is Action.watch:
            await _watch(board, for_s, tell)
        elif action is Action.info:
            await _inform(board, wait, tell)
        elif mm_s is not None:
            await board.set_speed(mm_s)
        else:
            await board.command(
                {"start": commands.START, "stop": commands.STOP, "reset": commands.RESET}[action.value]
            )


async def _watch(board: "BoardClient", for_s: float | None, tell: "Callable[[Event], None]") -> None:
    """Everything until the time is over."""
    try:
        async with asyncio.timeout(for_s):
            async for event in board.events():
                tell(event)
    except TimeoutError:
        return


async def _inform(board: "BoardClient", wait: float, tell: "Callable[[Event], None]") -> None:
    """Who is there, its state, what it has logged, and the figures of its loop."""
    from sortyard.device.events import Connected, Heartbeat, Log, Statistics

    left = {Connected, Heartbeat, Statistics}
    try:
        async with asyncio.timeout(wait):
            async for event in board.events():
                if type(event) in left or isinstance(event, Log):
                    left.discard(type(event))
                    tell(event)
                if not left:
                    return
    except TimeoutError:
        return  # a board in safe mode has no loop, and no figures of one
