"""Pins for the parts of a line that have none: a pin of its board for each wire, or a place on an expander.

    found = assign_pins(site.located)
    found.given, found.expanders          # what was found; `with_pins(site, found)` is the site with it
    found.findings                        # what does not fit, which resource is short, and which pins would do

Wires that a driver can do without get no pin, but for the contacts of the emergency stop, start and reset, and for the
end switches of a diverter with `feedback = true`. What has to be exact (infeed, meter and merge eyes, eyes that trigger
a scanner) is on pins of the board. The others go to expanders that have room, and where the board has too few pins,
to shift registers that are added: 74HC165 for eyes, 74HC595 for valves. The same line always gets the same pins.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from sortyard.config.assign_board import BoardAttempt, Given
from sortyard.config.assign_parts import bare_parts
from sortyard.config.check_drivers import boards_of
from sortyard.config.line import Expander, Line
from sortyard.config.numbering import number
from sortyard.config.site import Site
from sortyard.config.toml_file import Located
from sortyard.errors import Finding

_ATTEMPTS: tuple[tuple[str, ...], ...] = ((), ("in",), ("out",), ("in", "out"))
"""Directions of the chains that are added, tried in this order."""


@dataclass
class Assignment:
    """What `assign_pins` has found for every board whose parts fit; `findings` tell what does not."""

    given: list[Given] = field(default_factory=list)
    expanders: list[Expander] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        given = [{"part": one.owner, "ecu": one.ecu, "pins": one.pins} for one in self.given]
        return {"assigned": given, "expanders": [one.model_dump() for one in self.expanders]}


def assign_pins(located: Located[Line]) -> Assignment:
    """Pins for every part of a line that has none, board by board."""
    line, result = located.model, Assignment()
    boards = boards_of(line)
    bare = list(bare_parts(line, boards))
    names = {one.name for one in line.expander}
    for ecu in line.ecu:
        parts = [part for part in bare if part.ecu == ecu.name]
        if ecu.name not in boards or not parts:
            continue
        tries = [BoardAttempt(line, ecu, boards[ecu.name], parts, added, names) for added in _ATTEMPTS]
        fit = next((one for one in tries if one.pins is not None), None)
        if fit is None:
            result.findings += min(tries, key=lambda one: one.missing).tell(located)
            continue
        result.given += fit.given()
        result.expanders += fit.expanders()
        names |= {one.name for one in result.expanders}
    return result


def with_pins(site: Site, found: Assignment) -> Site:
    """The site as it is with the pins that were found."""
    data = site.line.model_dump()
    for one in found.given:
        *way, key = one.path
        table: Any = data
        for step in way:
            table = table[step]
        table[key] = one.pins
    data["expander"] = [*data["expander"], *(one.model_dump() for one in found.expanders)]
    line = Line.model_validate(data)
    return replace(site, located=replace(site.located, model=line), numbering=number(line))
