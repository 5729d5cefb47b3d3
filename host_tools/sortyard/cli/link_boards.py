"""Which boards `sortyard link` talks to, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sortyard.config.ecu_image import config_hash
from sortyard.config.link_times import options_of
from sortyard.config.zones import zones_of
from sortyard.device.address import DEFAULT_BAUD, Address, parse_address
from sortyard.device.targets import Target
from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from sortyard.config.line import Ecu, Line
    from sortyard.config.site import Site

HIGHEST_STATION = 247


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


def is_whole_line(targets: Sequence[Target], line: Line) -> bool:
    """Whether these are the boards of all zones of a line that has several: it needs a host of all of them."""
    zones = {zone.ecu.name for zone in zones_of(line)}
    return len(zones) > 1 and zones == {one.ecu for one in targets}


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
    options = options_of(ecu)
    address = parse_address(port, baud or int(options.get("baud", DEFAULT_BAUD)))
    return Target(name, address, int(options.get("station", 0)), ecu.name, config_hash(site, ecu.name))


def _wrong(what: str, reason: str, remedy: str) -> InputError:
    return InputError([Finding("command line", None, what, reason, remedy)])
