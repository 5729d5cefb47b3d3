"""Which boards `sortyard link` talks to, and where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sortyard.config.driver_tables import driver_of
from sortyard.config.ecu_image import config_hash
from sortyard.device.address import DEFAULT_BAUD, Address, parse_address
from sortyard.device.client import BoardClient, BusClient, Station
from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from sortyard.config.line import Ecu
    from sortyard.config.site import Site
    from sortyard.device.board import Answer, Board

HIGHEST_STATION = 247


@dataclass(frozen=True)
class Target:
    """One board: its name for people ("" where there is but one), where it is, and its number on a shared line."""

    name: str
    address: Address
    station: int = 0
    ecu: str = ""
    expected_hash: str = ""


def targets_of(
    port: str, baud: int | None, stations: Sequence[int], site: Site | None, ecu: str | None
) -> list[Target]:
    """The boards that the command line names. Raises InputError.

    `port`: one address, or NAME=ADDRESS for boards of the line, a comma between two.
    """
    if site is None:
        return _numbered(parse_address(port, baud or DEFAULT_BAUD), stations)
    if stations:
        raise _wrong("--station", "the line file says which stations there are", "take one of the two out")
    if "=" in port:
        return _named(port, baud, site)
    return _of_line(port, baud, site, ecu)


def _numbered(address: Address, stations: Sequence[int]) -> list[Target]:
    for station in stations:
        if not 1 <= station <= HIGHEST_STATION or stations.count(station) > 1:
            reason = f"{station} is no station of its own"
            raise _wrong("--station", reason, f"give each one once, 1 to {HIGHEST_STATION}")
    if not stations:
        return [Target("", address)]
    is_alone = len(stations) == 1
    return [Target("" if is_alone else f"station {one}", address, one) for one in stations]


def _of_line(port: str, baud: int | None, site: Site, ecu: str | None) -> list[Target]:
    """One address: the board that is named, or all that share the first one's line."""
    ecus = {one.name: one for one in site.line.ecu}
    if ecu is not None and ecu not in ecus:
        raise _wrong("--ecu", f'the line has no board "{ecu}"', f"boards: {', '.join(ecus)}")
    chosen = [ecus[ecu]] if ecu is not None else [next(iter(ecus.values()))]
    if ecu is None and chosen[0].link.driver == "rs485":
        chosen = [one for one in ecus.values() if one.link.driver == "rs485"]
    names = [one.name if len(chosen) > 1 else "" for one in chosen]
    return [_target(name, port, baud, site, one) for name, one in zip(names, chosen, strict=True)]


def _named(port: str, baud: int | None, site: Site) -> list[Target]:
    ecus = {one.name: one for one in site.line.ecu}
    targets = []
    for part in port.split(","):
        name, _, address = part.partition("=")
        if name not in ecus or not address or any(one.ecu == name for one in targets):
            reason = f'"{part}" is no place of a board that is not named yet'
            raise _wrong("PORT", reason, f"give NAME=ADDRESS, the name one of {', '.join(ecus)}")
        targets.append(_target(name, address, baud, site, ecus[name]))
    return targets


def _target(name: str, port: str, baud: int | None, site: Site, ecu: Ecu) -> Target:
    options = {**driver_of("link", ecu.wired_link).defaults(), **ecu.link.options}
    address = parse_address(port, baud or int(options.get("baud", DEFAULT_BAUD)))
    return Target(name, address, int(options.get("station", 0)), ecu.name, config_hash(site, ecu.name))


def _wrong(what: str, reason: str, remedy: str) -> InputError:
    return InputError([Finding("command line", None, what, reason, remedy)])


@asynccontextmanager
async def connected(targets: Sequence[Target], answer: Answer | None) -> AsyncIterator[list[Board]]:
    """The boards in the order of their targets, each on a wire of its own or on the one that it shares."""
    shared: dict[Address, list[Target]] = {}
    for one in targets:
        if one.station:
            shared.setdefault(one.address, []).append(one)
    async with AsyncExitStack() as stack:
        buses = {
            address: await stack.enter_async_context(
                BusClient(address, [Station(one.station, answer, one.expected_hash) for one in ones])
            )
            for address, ones in shared.items()
        }
        boards: list[Board] = []
        for one in targets:
            if one.station:
                boards.append(buses[one.address].boards[one.station])
            else:
                client = BoardClient(one.address, answer=answer, expected_hash=one.expected_hash)
                boards.append(await stack.enter_async_context(client))
        yield boards
