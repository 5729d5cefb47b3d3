"""The tables in which MicroPython looks names up, and short names that are found in them at once.

A table of names is as full as it can be, and a name that is not where its hash says is looked for in one place after
the other: of an object that means all of its table, for each of its methods. Short names are alike, and so are their
hashes; so each gets one that has its place to itself, as far as there is one. Tables, hashes and their sizes are those
of MicroPython (py/map.c, py/qstr.c; the RP2 keeps 8 bits of a hash, others 16).
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from sys import maxsize

from sortyard.bundle.merge import bound_names
from sortyard.bundle.nodes import walk

_MASKS = (0xFF, 0xFFFF)
_SIZES = (
    2,
    4,
    6,
    8,
    10,
    12,
    17,
    23,
    29,
    37,
    47,
    59,
    73,
    97,
    127,
    167,
    223,
    293,
    389,
    521,
    691,
    919,
    1223,
    1627,
    2161,
)


def name_hash(name: str) -> int:
    """MicroPython's hash of a name, all bits of it."""
    found = 5381
    for byte in name.encode():
        found = found * 33 ^ byte
    return found


class Table:
    """A table for so many names, and what is in it by now."""

    def __init__(self, members: int) -> None:
        size = next((one for one in _SIZES if one >= members), members)
        self._by_mask = [(mask, bytearray(size)) for mask in _MASKS]
        self._size = size

    def steps(self, found: int) -> int:
        """Places that are looked at in vain before the one where a name of this hash is, or is not."""
        steps = 0
        for mask, places in self._by_mask:
            home = (found & mask) % self._size
            if places[home]:
                free = places.find(0, home)
                if free < 0:
                    free = places.find(0, 0, home) + self._size
                steps += free - home
        return steps

    def put(self, found: int) -> None:
        """A name of this hash takes its place, if there is still one."""
        for mask, places in self._by_mask:
            home = (found & mask) % self._size
            free = places.find(0, home)
            free = free if free >= 0 else places.find(0, 0, home)
            if free >= 0:
                places[free] = 1


def _stored(method: ast.FunctionDef) -> Iterator[str]:
    """Attributes that a method gives to its object."""
    if not method.args.args:
        return
    own = method.args.args[0].arg
    stored = [
        one for one in walk(method) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    ]
    for node in stored:
        if isinstance(node.value, ast.Name) and node.value.id == own:
            yield node.attr


def _stored_elsewhere(node: ast.AST) -> set[str]:
    """Attributes that are given to objects by others than their own methods."""
    found = {
        one.attr for one in walk(node) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    }
    if isinstance(node, ast.ClassDef):
        found -= {name for one in node.body if isinstance(one, ast.FunctionDef) for name in _stored(one)}
    return found


class Lookups:
    """In which tables of a program its attributes are, and in which they are looked for in vain.

    `of` has for each attribute its tables, each with whether it is in there; `rivals` the attributes that the same
    object may have, `alone` those that any object may get. What the gate logic gives to its objects they declare (it is
    compiled, too).
    """

    def __init__(self, tree: ast.Module) -> None:
        self.of: dict[str, list[tuple[Table, bool]]] = {}
        self.rivals: dict[str, set[str]] = {}
        self.alone: set[str] = set()
        self._classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        for node in self._classes.values():
            line = self._line(node)
            methods = [one for each in line for one in each.body if isinstance(one, ast.FunctionDef)]
            stored = {name for method in methods for name in _stored(method)}
            inherited = {name for each in line for name in bound_names(each.body)}
            self._add(bound_names(node.body), set())
            self._add(stored, inherited - stored)
            for name in stored | inherited:
                self.rivals.setdefault(name, set()).update(stored | inherited)
        for node in tree.body:
            elsewhere = _stored_elsewhere(node)
            is_compiled = getattr(node, "name", "").startswith("sorter_core.")
            self.alone |= elsewhere - self.rivals.keys() if is_compiled else elsewhere
        self.most_of_one = max(map(len, self.rivals.values()), default=0)

    def _line(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """A class and those that it is made from."""
        bases = [one.id for one in node.bases if isinstance(one, ast.Name)]
        return [
            node,
            *(one for base in bases if base in self._classes for one in self._line(self._classes[base])),
        ]

    def _add(self, members: set[str], in_vain: set[str]) -> None:
        table = Table(len(members))
        for name in members | in_vain:
            self.of.setdefault(name, []).append((table, name in members))


class Choice:
    """Gives names of a pool: to each the one that is found soonest in its tables, of several the first in the pool."""

    def __init__(self, pool: list[str]) -> None:
        self._pool = {name: name_hash(name) for name in pool}
        self.found: dict[str, str] = {}

    def give(self, name: str, tables: list[tuple[Table, bool]], taken: Container[str]) -> None:
        """Choose for `name` among what is not `taken`; it is looked for in `tables`, and is in those that say so."""
        best, fewest = "", maxsize
        for one in (one for one in self._pool if one not in taken):
            steps = 0
            for table, _ in tables:
                steps += table.steps(self._pool[one])
                if steps >= fewest:
                    break
            else:
                best, fewest = one, steps
                if not steps:
                    break
        for table, is_member in tables:
            if is_member:
                table.put(self._pool[best])
        self.found[name] = best
