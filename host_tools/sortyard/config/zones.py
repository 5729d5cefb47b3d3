"""The zones of a line: the stretch of each board that runs the gate logic, as that board alone has it.

A board has the eyes and gates that are wired to it. The last eye of a zone is its border eye, where tracks are handed
over to the next one; that one expects them at its own first eye (`sorter_core.borders`).
"""

from typing import NamedTuple

from sortyard.config.line import Ecu, Eye, Line
from sortyard.config.numbering import number

BELT_ROLES = ("infeed", "verify", "end")


class Stretch(NamedTuple):
    """Where a zone lies among the others; by default it is the whole line."""

    place: int = 0
    takes_over: bool = False
    hands_over: bool = False
    length_mm: int | None = None
    behind: frozenset[str] = frozenset()
    """diverters of the zones upstream"""


WHOLE = Stretch()


class Zone(NamedTuple):
    """One board and its part of the line."""

    ecu: Ecu
    line: Line
    """what this board has of the line: x = 0 is the infeed eye of the whole line, and every chute is there"""
    stretch: Stretch
    eyes: tuple[int, ...]
    """for each eye of the zone its number in the whole line; -1: it stands for the infeed eye of another zone"""
    gates: tuple[int, ...]
    """for each gate of the zone its number in the whole line"""


def zones_of(line: Line) -> tuple[Zone, ...]:
    """The zones of a sound line from the infeed on; one zone, the line itself, where one board runs the gate logic."""
    boards = list(line.ecu)
    numbering = number(line)
    if len(boards) < 2:
        every = tuple(range(len(numbering.eyes))), tuple(range(len(numbering.gates)))
        return (Zone(boards[0], line, WHOLE, *every),)
    boards.sort(key=lambda ecu: min(_places(line, ecu)))
    starts = [min(_places(line, ecu)) for ecu in boards] + [line.belt.length_mm]
    return tuple(
        _zone(
            line,
            ecu,
            Stretch(
                place,
                place > 0,
                place < len(boards) - 1,
                starts[place + 1] - starts[place],
                frozenset(g.name for g in numbering.gates if g.ecu in {one.name for one in boards[:place]}),
            ),
        )
        for place, ecu in enumerate(boards)
    )


def host_lost_s(line: Line) -> int:
    """Seconds that the line runs without its host once it is missed (`policy.host_lost`); -1: for ever."""
    policy = line.policy
    if policy.host_lost == "stop":
        return policy.host_lost_s
    return 0 if len(line.ecu) > 1 and policy.host_lost is None else -1


def belt_eyes(line: Line, ecu: str) -> list[Eye]:
    """The eyes along the belt that are wired to a board, from the infeed on."""
    eyes = [eye for eye in line.eye if eye.ecu == ecu and eye.role in BELT_ROLES]
    return sorted(eyes, key=lambda eye: eye.position_mm or 0)


def _places(line: Line, ecu: Ecu) -> list[int]:
    return [eye.position_mm or 0 for eye in belt_eyes(line, ecu.name)] or [line.belt.length_mm]


def _zone(line: Line, ecu: Ecu, stretch: Stretch) -> Zone:
    eyes = [eye for eye in line.eye if eye.ecu == ecu.name]
    if stretch.hands_over:
        border = belt_eyes(line, ecu.name)[-1]
        eyes = [eye.model_copy(update={"role": "end"}) if eye is border else eye for eye in eyes]
    if stretch.takes_over:
        eyes.insert(0, Eye.model_construct(name="", role="infeed", ecu=ecu.name, position_mm=0))
    own = {
        "ecu": [ecu],
        "eye": eyes,
        "scanner": [one for one in line.scanner if one.ecu == ecu.name],
        "diverter": [one for one in line.diverter if one.ecu == ecu.name],
        "motor": [one for one in line.motor if one.ecu == ecu.name],
        "expander": [one for one in line.expander if one.ecu == ecu.name],
        "encoder": line.encoder.model_copy(
            update={"ecu": ecu.name, "pins": ecu.encoder or line.encoder.pins}
        ),
    }
    if stretch.takes_over:
        own["infeed_meter"] = None
    view = line.model_copy(update=own)
    whole, part = number(line), number(view)
    eye_place = {eye.name: place for place, eye in enumerate(whole.eyes)}
    gate_place = {gate.name: place for place, gate in enumerate(whole.gates)}
    return Zone(
        ecu,
        view,
        stretch,
        tuple(eye_place.get(eye.name, -1) for eye in part.eyes),
        tuple(gate_place[gate.name] for gate in part.gates),
    )
