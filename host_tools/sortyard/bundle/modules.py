"""The modules that a board's firmware is made of, those that others need first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from sortyard.bundle.fold import Fold
from sortyard.bundle.nodes import walk
from sortyard.errors import SortyardError

ENTRY = "sorter_ecu.start"
DRIVERS = "sorter_ecu.drivers"
TABLES = "sorter_io.by_name"
SPENT = "sorter_ecu.spent"


class BundleError(SortyardError):
    """The firmware has something in it that cannot be made into one module."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}", "write it in another way: the rules are in sortyard.bundle")


def lookup_source(function: str, names: Mapping[str, str]) -> str:
    """A module with that `function`, which finds what the files of sorter_io in `names` have under those names."""
    numbered = list(enumerate(names.items()))
    imports = [f"from sorter_io.{path} import {name} as found_{number}" for number, (path, name) in numbered]
    items = ", ".join(f'"{path}": found_{number}' for number, (path, _) in numbered)
    return (
        "\n".join(imports)
        + f"""
_known = {{{items}}}
def {function}(path):
    if path not in _known:
        raise ImportError("this firmware is built without " + path)
    return _known[path]
"""
    )


def imported(node: ast.stmt, package: str) -> Iterator[tuple[str, str, str]]:
    """(module, name in it or "", local name) of everything that an import statement imports."""
    if isinstance(node, ast.Import):
        for one in node.names:
            yield one.name, "", one.asname or one.name
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")[: 1 - node.level or None] if node.level else []
        module = ".".join([*parents, *([node.module] if node.module else [])])
        for one in node.names:
            yield module, one.name, one.asname or one.name


def _plain(body: list[ast.stmt]) -> list[ast.stmt]:
    """Without docstrings; what is tried at the head of a module is there on a board."""
    plain: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.Try) and all(isinstance(one, ast.ImportFrom) for one in node.body):
            plain += node.body
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            plain.append(node)
    return plain


class _Plain(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _plain(node.body) or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _plain(node.body) or [ast.Pass()]
        return node


class Modules:
    """Trees of the modules that `ENTRY` needs on a board of `port`, in `trees`, each behind those that it needs."""

    def __init__(self, sources: Mapping[str, str], port: str) -> None:
        self._sources = sources
        self._port = port
        self.trees: dict[str, ast.Module] = {}
        self._open: set[str] = set()
        self._load(ENTRY)

    def _load(self, name: str) -> None:
        if name in self.trees or name not in self._sources:
            return
        if name in self._open:
            raise BundleError(name, "modules import each other")
        self._open.add(name)
        tree = ast.parse(self._sources[name])
        tree.body = _plain(tree.body)
        Fold({}, self._port).visit(_Plain().visit(tree))
        package = name.rpartition(".")[0]
        for node in walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for module, inner, _ in imported(node, package):
                    self._load(f"{module}.{inner}")
                    self._load(module)
        self.trees[name] = tree

    def is_ours(self, module: str) -> bool:
        """Whether a module is the firmware's, not MicroPython's."""
        return module in self.trees
