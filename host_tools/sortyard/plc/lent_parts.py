"""Which parts of the image a VAR_IN_OUT stands for, in the calls of the units that a program reaches.

A block that is lent a whole part of a line (`show(l := LAMP)`) may lend it on. Calls through an interface are not seen.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc.symbols import Variable
from sortyard.plc.types import BlockType


class Loan(NamedTuple):
    """A call gives `place` to a parameter that stands for it."""

    parameter: Variable
    place: ir.Place


def loans_in(node: ir.Stmt | ir.Expr) -> Iterator[Loan]:
    """The whole blocks that a call lends."""
    if isinstance(node, ir.Call):
        for parameter, place in node.references:
            if isinstance(place.type, BlockType):
                yield Loan(parameter, place)


def parameter_of(place: ir.Place) -> Variable | None:
    """The VAR_IN_OUT that a place lies in."""
    variable = place.variable
    return variable if place.base == "pointer" and variable is not None and variable.by_reference else None


class LentParts:
    """Of all parameters, by the loans of a program's units."""

    def __init__(self, loans: Iterable[Loan]) -> None:
        self._loans: dict[Variable, list[ir.Place]] = {}
        for parameter, place in loans:
            self._loans.setdefault(parameter, []).append(place)
        self._found: dict[Variable, dict[int, ir.Place]] = {}

    def places(self, place: ir.Place) -> list[ir.Place]:
        """What a place within a parameter stands for in the image, each at the span of the call that lends it first."""
        parameter = parameter_of(place)
        if parameter is None or place.indexings:
            return []
        whole = self._whole(parameter).values()
        return [one.member(place.offset, place.type, one.span) for one in whole]

    def _whole(self, parameter: Variable) -> dict[int, ir.Place]:
        """The parts that are lent to a parameter, by their offsets."""
        if parameter not in self._found:
            # known before its calls are looked at: one that leads back to itself, which is an error, finds nothing more
            found: dict[int, ir.Place] = {}
            self._found[parameter] = found
            for place in self._loans.get(parameter, []):
                if place.base == "image" and not place.indexings:
                    found.setdefault(place.offset, place)
                for one in self.places(place):
                    found.setdefault(one.offset, one)
        return self._found[parameter]
