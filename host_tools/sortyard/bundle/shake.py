"""What of a firmware is needed at all, and what only until its loop begins.

Both are told by names alone, so that nothing is taken away that could be asked for: a method is needed when something
that is needed names it, whatever the object may be. Text that reads like a name counts as one (`hasattr`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sortyard.bundle.merge import bound_names
from sortyard.bundle.nodes import children, walk

_INIT = "__init__"


def names_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Globals and, with a point before them, attributes that are asked for in `nodes`."""
    found = set()
    for root in nodes:
        for node in walk(root):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Store):
                found.add("." + node.attr)
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
                found.add("." + node.target.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                found.add("." + node.value)
    return found


def _escaping(nodes: Iterable[ast.AST]) -> set[str]:
    """Of those names the ones that are not called there and then: somebody may keep what they stand for."""
    kept: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            waiting += [*node.args, *node.keywords]
            waiting += [node.func.value] if isinstance(node.func, ast.Attribute) else []
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            kept.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            kept.add("." + node.attr)
        waiting += children(node)
    return kept


@dataclass
class _Unit:
    """A statement of the module: what it binds, and what it asks for as soon as it is needed."""

    node: ast.stmt
    binds: set[str]
    asks: list[ast.AST]
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)
    """of a class, those that are needed when they are named"""


def _unit(node: ast.stmt) -> _Unit:
    if not isinstance(node, ast.ClassDef):
        return _Unit(node, bound_names([node]), [node])
    methods: dict[str, ast.FunctionDef] = {}
    asks: list[ast.AST] = [*node.bases, *node.decorator_list]
    for one in node.body:
        if isinstance(one, ast.FunctionDef):
            asks += [*one.args.defaults, *one.decorator_list]
            if one.name == _INIT or not one.name.startswith("__"):
                methods[one.name] = one
                continue
        asks.append(one)
    return _Unit(node, {node.name}, asks, methods)


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


class Shake:
    """Looks at a whole program, whose `tree` is one module."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._units = [_unit(node) for node in tree.body if not _is_import(node)]
        self._classes = {unit.node.name: unit for unit in self._units if isinstance(unit.node, ast.ClassDef)}

    def _bodies(self, needed: set[str]) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
        """(function, class or statement; what it asks for) of all that these names stand for."""
        for unit in self._units:
            is_needed = bool(unit.binds & needed)
            if is_needed:
                yield unit.node, unit.asks
            for name, method in unit.methods.items():
                if (name == _INIT and is_needed) or "." + name in needed:
                    yield method, [method]

    def closure(self, names: set[str]) -> tuple[set[str], set[ast.AST]]:
        """All names that are needed with these, and the functions, classes and statements that they stand for."""
        needed, found = set(names), set()
        while True:
            before = len(needed)
            for node, asks in self._bodies(needed):
                if node not in found:
                    found.add(node)
                    needed |= names_in(asks) - {"." + _INIT}
                    if isinstance(node, ast.ClassDef):
                        needed |= {base.id for base in node.bases if isinstance(base, ast.Name)}
            if len(needed) == before:
                return needed, found

    def leave_out(self, entry: str) -> None:
        """Take away what `entry` never needs."""
        needed, found = self.closure({entry})
        body = []
        for node in self._tree.body:
            if _is_import(node):
                node.names = [one for one in node.names if (one.asname or one.name) in needed]  # pyright: ignore
                if not node.names:  # pyright: ignore[reportAttributeAccessIssue]
                    continue
            elif node not in found:
                continue
            body.append(node)
            if isinstance(node, ast.ClassDef):
                self._leave_out_of(node, needed, found)
        self._tree.body = body
        self._units = [unit for unit in self._units if unit.node in found]

    def _leave_out_of(self, node: ast.ClassDef, needed: set[str], found: set[ast.AST]) -> None:
        unit = self._classes[node.name]
        dead = {method for method in unit.methods.values() if method not in found}
        unit.methods = {name: one for name, one in unit.methods.items() if one not in dead}
        node.body = [
            one
            for one in node.body
            if one not in dead
            and not (isinstance(one, ast.Assign) and not {"." + name for name in bound_names([one])} & needed)
        ] or [ast.Pass()]

    def spent(self, after: str) -> list[str]:
        """Targets of `del` once `after` is called: functions and data that nothing asks for any more.

        What the start has only called is spent; what it may have given away, a handler for example, is not.
        """
        names = {after}
        while True:
            needed, found = self.closure(names)
            escaped = set()
            for unit in self._units:
                bodies = [one for one in unit.methods.values() if one not in found]
                if not isinstance(unit.node, ast.FunctionDef) or unit.node not in found:
                    bodies += unit.asks
                for body in bodies:
                    escaped |= _escaping([body])
            escaped &= self._functions() - needed
            if not escaped:
                break
            names |= escaped
        return self._targets(needed, found)

    def _functions(self) -> set[str]:
        """Names of all that can be called later on, but for classes: they are made by whoever names them."""
        found = {"." + name for unit in self._units for name in unit.methods if name != _INIT}
        return found | {unit.node.name for unit in self._units if isinstance(unit.node, ast.FunctionDef)}

    def _targets(self, needed: set[str], found: set[ast.AST]) -> list[str]:
        methods, names = [], []
        for unit in self._units:
            for name, method in unit.methods.items():
                if method not in found:
                    methods.append(f"{unit.node.name}/{name}")  # pyright: ignore[reportAttributeAccessIssue]
            if not unit.binds & needed:
                names += sorted(unit.binds)
        return methods + names
