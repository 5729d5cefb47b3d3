"""What a runtime holds at values (forces), and what lies underneath.

An input (%I, VAR_INPUT, what the line or a standard block gives) that is released has what it would have without the
force: what was written there last meanwhile (other than the forced value itself, which cannot be told from the force),
or what it had before. Any other variable keeps the value until the program writes it.
"""

import re
from dataclasses import dataclass
from typing import Any

from sortyard.plc.types import BlockType, Type
from sortyard.plc.watch import Watch

_NAME = re.compile(r"\w*")


@dataclass
class _Force:
    path: str
    place: tuple[int, Type, int]
    value: Any
    is_given: bool
    """for an input: released, it has `under` again"""
    under: Any


class Held:
    """The forces on the variables of an image; a variable has several names, in capitals or not, or an address."""

    def __init__(self) -> None:
        self._forces: dict[tuple[int, int], _Force] = {}
        """By offset and bit."""

    def force(self, watch: Watch, path: str, value: Any) -> None:
        """Hold a variable at a value from now on. Raises ValueError for one that its type does not have."""
        place = offset, _, bit = watch.find(path)
        before = self._forces.get((offset, bit))
        under = watch.at(place) if before is None else before.under
        watch.set(path, value)
        self._forces[offset, bit] = _Force(path, place, value, _is_given(watch, path), under)

    def release(self, watch: Watch, path: str) -> None:
        """Hold a variable no more. Raises KeyError if it is not forced."""
        __tracebackhide__ = True
        force = self._forces.pop(_key(watch, path), None)
        if force is None:
            raise KeyError(f"{path} is not forced; forced: {', '.join(self.values) or 'nothing'}")
        if force.is_given:
            watch.put(force.place, force.under)

    def is_forced(self, watch: Watch, path: str) -> bool:
        """True for a variable that is held at a value, by whatever name."""
        return _key(watch, path) in self._forces

    @property
    def values(self) -> dict[str, Any]:
        """What is forced, by the name that it was forced by."""
        return {force.path: force.value for force in self._forces.values()}

    def hold(self, watch: Watch) -> None:
        """Give all of them their values again; what others have written there since is what lies underneath."""
        for force in self._forces.values():
            found = watch.at(force.place)
            if found != force.value:
                force.under = found
                watch.put(force.place, force.value)

    def restarted(self, watch: Watch) -> None:
        """The image is a new one: what it holds at first is what lies underneath."""
        for force in self._forces.values():
            force.under = watch.at(force.place)


def _key(watch: Watch, path: str) -> tuple[int, int]:
    offset, _, bit = watch.find(path)
    return offset, bit


def _is_given(watch: Watch, path: str) -> bool:
    """Whether a variable is, or lies in, an input of the program or of a block in it."""
    start, end = watch.image.slices["inputs"]
    if start <= watch.find(path)[0] < end:
        return True
    dots = (found.start() for found in re.finditer(r"\.", path))
    return any(_is_input(watch, path[:dot], path[dot + 1 :]) for dot in dots)


def _is_input(watch: Watch, owner: str, member: str) -> bool:
    try:
        type_ = watch.find(owner)[1]
    except KeyError:  # a namespace
        return False
    if not isinstance(type_, BlockType):
        return False
    name = _NAME.match(member)
    variable = type_.pou.variables.get(name[0].upper()) if name else None
    if variable is None:
        return False
    return variable.section == "VAR_INPUT" or (type_.pou.is_library and variable.section == "VAR_OUTPUT")
