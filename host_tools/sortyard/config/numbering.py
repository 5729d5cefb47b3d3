"""The numbers by which the gate logic and the plant know the parts of a line."""

from typing import NamedTuple

from .line import Chute, Diverter, Eye, Line

_ROLE_ORDER = {"infeed": 0, "verify": 1, "end": 2, "confirm": 3, "meter": 4, "merge": 5}


class Numbering(NamedTuple):
    """Indices are places in these tuples."""

    eyes: tuple[Eye, ...]
    gates: tuple[Diverter, ...]
    chutes: tuple[Chute, ...]

    def gate_of(self, chute: Chute) -> int:
        """Gate that fills a chute, -1 for the end of the belt."""
        return next((i for i, gate in enumerate(self.gates) if gate.name == chute.diverter), -1)


def number(line: Line) -> Numbering:
    """Eyes by role (infeed, verify, end, confirm, meter, merge), then position; gates by position."""
    chute_place = {chute.name: i for i, chute in enumerate(line.chute)}
    eyes = sorted(
        line.eye,
        key=lambda eye: (_ROLE_ORDER[eye.role], eye.position_mm or 0, chute_place.get(eye.chute or "", 0)),
    )
    gates = sorted(line.diverter, key=lambda gate: gate.position_mm)
    return Numbering(tuple(eyes), tuple(gates), tuple(line.chute))
