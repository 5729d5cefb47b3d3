"""Where a reference may lead, where that can be said without running the program.

To one of the variables that are stored there, handed to an input, or its initial value; NULL leads nowhere. Anything
else that is put into it (another reference, an address that is worked out, an element whose index is) leaves its
targets unknown.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, BlockType, RefType, plain

_ADDRESSES = ("REF", "ADR")


class Binding(NamedTuple):
    """`reference` is made to lead to `target`, None for somewhere; by the code of `unit`, None from the start."""

    reference: Variable
    target: ir.Place | None
    unit: Pou | None


class Targets:
    """Of all references, by what the units bind them to."""

    def __init__(self, bindings: Iterable[Binding]) -> None:
        self._of: dict[Variable, list[Binding]] = {}
        for binding in bindings:
            self._of.setdefault(binding.reference, []).append(binding)

    def places(self, place: ir.Place, reached: Iterable[Pou]) -> list[ir.Place]:
        """Where a place behind a reference may lie in the image, for a program that reaches these units; empty if that
        is not known.

        A reference that is not global has its targets from the units that bind it, and the program has to reach one.
        """
        reference = reference_of(place)
        if reference is None or reference.is_addressed or reference.address is not None:
            return []
        bindings = [*self._of.get(reference, []), *_initial(reference)]
        targets: dict[int, ir.Place] = {}
        for binding in bindings:
            if binding.target is None or (place.indexings and not _is_array(binding.target)):
                return []
            targets.setdefault(binding.target.offset, binding.target)
        units = {binding.unit for binding in bindings}
        if reference.section != "VAR_GLOBAL" and None not in units and units.isdisjoint(reached):
            return []
        found = [one.member(place.offset, place.type, place.span) for one in targets.values()]
        for one in found:
            one.indexings = list(place.indexings)
        return found


def _is_array(place: ir.Place) -> bool:
    return isinstance(plain(place.type), ArrayType)


def reference_of(place: ir.Place) -> Variable | None:
    """The variable that a place behind a pointer is found by; None for a member of something, or of none."""
    if place.base != "pointer" or not isinstance(place.pointer, ir.Load):
        return None
    slot = place.pointer.place
    return _whole(slot) if isinstance(slot.type, RefType) else None


def bindings_in(node: ir.Stmt | ir.Expr, unit: Pou) -> Iterator[Binding]:
    """What a statement, or a call, makes references lead to."""
    match node:
        case ir.Store(place=place, value=value) if isinstance(place.type, RefType):
            reference = _whole(place)
            if reference is not None and not _is_null(value):
                yield Binding(reference, _target(value), unit)
        case ir.Call(inputs=inputs, references=references):
            for variable, value in inputs:
                if isinstance(variable.type, RefType) and not _is_null(value):
                    yield Binding(variable, _target(value), unit)
            for parameter, place in references:
                reference = _whole(place) if isinstance(place.type, RefType) else None
                if reference is not None and parameter.is_written:
                    yield Binding(reference, None, unit)


def _whole(place: ir.Place) -> Variable | None:
    """The reference that lies at a place, also as an input of a block; None for any other part of a variable."""
    variable = place.variable
    if variable is None or place.indexings or variable.by_reference:
        return None
    if isinstance(variable.type, RefType):
        return variable
    if isinstance(variable.type, BlockType):
        own = variable.type.pou.variables.values()
        offset = place.offset - variable.offset
        return next((v for v in own if v.storage == "instance" and v.offset == offset), None)
    return None


def _target(value: ir.Expr) -> ir.Place | None:
    place = value.place if isinstance(value, ir.AddressOf) else None
    is_known = place is not None and place.base == "image" and not place.indexings
    return place if is_known else None


def _is_null(value: ir.Expr) -> bool:
    return isinstance(value, ir.Const) and not value.value


def _initial(reference: Variable) -> Iterator[Binding]:
    """What its declaration says: `REF(x)`, `ADR(x)`, `x` or NULL."""
    node, found = reference.init, None
    if node is None or (isinstance(node, t.Literal) and node.kind == "null"):
        return
    if isinstance(node, t.Call) and isinstance(node.callee, t.NameRef) and node.callee.key in _ADDRESSES:
        node = node.arguments[0].value if len(node.arguments) == 1 else None
    if isinstance(node, t.NameRef) and reference.scope is not None:
        found = reference.scope.variable(node.key)
    if found is None or found.storage != "image" or found.by_reference or isinstance(found.type, RefType):
        yield Binding(reference, None, None)
    else:
        place = ir.Place("image", found.offset, found.type, reference.span, variable=found)
        yield Binding(reference, place, None)
