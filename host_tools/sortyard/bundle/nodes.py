"""What stands in a syntax tree. A firmware's is walked dozens of times, so what no walk looks for is not in them."""

from __future__ import annotations

import ast
from functools import cache

_NO_NODES = frozenset(("ctx", "op", "ops", "id", "attr", "level", "lineno", "type_comment", "kind"))
"""Fields that hold no node, or one that tells nothing but of its parent: a name is loaded, two numbers are added."""


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Of this kind of node the fields that others stand in."""
    return () if kind is ast.Constant else tuple(one for one in kind._fields if one not in _NO_NODES)


def children(node: ast.AST) -> list[ast.AST]:
    """Right below this one, in their order; operators and contexts are left out."""
    found = []
    for field in _fields(type(node)):
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(root: ast.AST) -> list[ast.AST]:
    """This one and all below it, level by level as `ast.walk` has them; operators and contexts are left out."""
    found = [root]
    for node in found:  # grows as it is gone through
        found += children(node)
    return found
