"""`sortyard link`: talk to boards, over USB, a serial line or TCP."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sortyard.cli.link_options import (
    HELP,
    Action,
    ActionArgument,
    AnswerOption,
    BaudOption,
    BuiltOption,
    EcuOption,
    EdgesOption,
    ForOption,
    JsonOption,
    LineOption,
    PortArgument,
    StationOption,
    StatusOption,
    WaitOption,
    WordsArgument,
)
from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from sortyard.bundle.meanings import Meanings
    from sortyard.cli.link_talk import Tell
    from sortyard.config.site import Site
    from sortyard.device.events import Event
    from sortyard.device.line_status import LineStatus
    from sortyard.device.targets import Target


def link(
    port: PortArgument,
    action: ActionArgument = Action.watch,
    words: WordsArgument = None,
    line: LineOption = None,
    ecu: EcuOption = None,
    station: StationOption = None,
    answer: AnswerOption = False,
    edges: EdgesOption = False,
    baud: BaudOption = None,
    wait: WaitOption = 5.0,
    for_s: ForOption = None,
    status: StatusOption = None,
    built: BuiltOption = None,
    as_json: JsonOption = False,
) -> None:
    from sortyard.cli.link_boards import is_whole_line, targets_of
    from sortyard.cli.link_orders import asked
    from sortyard.cli.link_talk import Talk
    from sortyard.device.board import answer_by

    site = _site(line, ecu, answer, built)
    targets = targets_of(port, baud, station or [], site, ecu)
    ask = asked(action, words or [], targets, site.line if site else None)
    whole = site.line if site is not None and is_whole_line(targets, site.line) else None
    if status is not None and whole is None:
        raise _wrong(
            "--status", "these are not all boards of a line", "give --line LINE and NAME=PORT for each board"
        )
    talk = Talk(
        targets, whole, _teller(targets, site, built, edges, as_json), _status_teller(as_json), wait, status
    )
    plan = answer_by(site.host_plan) if site is not None and answer else None
    asyncio.run(talk.run(ask, for_s, plan))


link.__doc__ = HELP


def _wrong(what: str, reason: str, remedy: str) -> InputError:
    return InputError([Finding("command line", None, what, reason, remedy)])


def _site(line: Path | None, ecu: str | None, answer: bool, built: Path | None) -> "Site | None":
    if line is None:
        if answer or ecu or built:
            what = "--answer" if answer else "--ecu" if ecu else "--built"
            reason = f"{what} needs the line file"
            raise _wrong(what, reason, "give --line LINE")
        return None
    from sortyard.config.site import load_site

    return load_site(line)


def _meanings(built: Path | None, ecu: str) -> "Meanings":
    """Of the short names of a board's firmware. Raises InputError."""
    from sortyard.bundle.meanings import Meanings
    from sortyard.cli.link_lines import NAMELESS

    if built is None:
        return NAMELESS
    path = built / f"{ecu}.names.json"
    try:
        return Meanings.from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = f"{path} cannot be used: {getattr(error, 'strerror', None) or error}"
        raise _wrong(
            "--built", reason, "give the folder that sortyard build has made for this line"
        ) from None


def _teller(
    targets: "list[Target]", site: "Site | None", built: Path | None, edges: bool, as_json: bool
) -> "Tell":
    """What becomes of an event: a line on standard output, or nothing."""
    from sortyard.cli.link_lines import Lines, news_of
    from sortyard.cli.messages import printable
    from sortyard.config.zones import zones_of
    from sortyard.device.events import Happened

    zones = {zone.ecu.name: zone.line for zone in zones_of(site.line)} if site else {}
    lines = [Lines(zones.get(one.ecu), _meanings(built, one.ecu)) for one in targets]
    shown: dict[tuple[object, ...], object] = {}

    def tell(place: int, event: "Event") -> None:
        if isinstance(event, Happened) and not edges:
            return
        if known := news_of(event):
            key = (place, type(event), known[0])
            if shown.get(key) == known:
                return
            shown[key] = known
        name = targets[place].name
        if as_json:
            whose = {"board": name} if name else {}
            print(json.dumps(whose | lines[place].as_dict(event), ensure_ascii=False), flush=True)
        else:
            print(printable(f"{name}: " * bool(name) + lines[place].text(event)), flush=True)

    return tell


def _status_teller(as_json: bool) -> "Callable[[LineStatus], None]":
    """What becomes of a line's status: lines on standard output."""
    from sortyard.cli.link_status import status_dict, status_lines
    from sortyard.cli.messages import printable

    def tell(status: "LineStatus") -> None:
        if as_json:
            print(json.dumps(status_dict(status), ensure_ascii=False), flush=True)
        else:
            print(*map(printable, status_lines(status)), sep="\n", flush=True)

    return tell
