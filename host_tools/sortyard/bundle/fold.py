"""What is known when a firmware is built: whole numbers, and branches that they decide."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY = {ast.USub: operator.neg, ast.Invert: operator.invert}


def whole_number(node: ast.expr, known: Mapping[str, int]) -> int | None:
    """The whole number that an expression of numbers and known names is, None if it is none."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        return whole_number(node.args[0], known)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        one = whole_number(node.operand, known)
        return None if one is None else _UNARY[type(node.op)](one)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = whole_number(node.left, known), whole_number(node.right, known)
        if left is None or right is None or (not right and isinstance(node.op, ast.FloorDiv | ast.Mod)):
            return None
        return _BINARY[type(node.op)](left, right)
    return None


def _literal(value: int) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


class Fold(ast.NodeTransformer):
    """Puts `known` numbers in the place of their names, and takes away what they decide against."""

    def __init__(self, known: Mapping[str, int], port: str) -> None:
        self._known = known
        self._port = port

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt] | None:
        """A number for what is one, else the node with its parts visited."""
        if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            value = whole_number(node, self._known)
            if value is not None:
                return _literal(value)
        return super().visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if ast.unparse(node.left) == "sys.platform" and isinstance(node.comparators[0], ast.Constant):
            return ast.Constant(int(node.comparators[0].value == self._port))
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        decides = isinstance(node.op, ast.Or)
        while isinstance(node.values[0], ast.Constant) and len(node.values) > 1:
            if bool(node.values[0].value) == decides:
                return node.values[0]
            del node.values[0]
        return node if len(node.values) > 1 else node.values[0]

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return (node.body if node.test.value else node.orelse) or ast.Pass()
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node
