"""Many modules made into one: each global gets the name of its module before its own ("sorter_core.gates.run_gate")."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from sortyard.bundle.fold import Fold, whole_number
from sortyard.bundle.modules import BundleError, Modules, imported
from sortyard.bundle.nodes import children, walk

_OWN = ("__all__",)


def bound_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that statements give something to, not those within the functions and classes that they define."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        waiting += children(node)
    return found


def arguments_of(node: ast.FunctionDef | ast.Lambda) -> list[ast.arg]:
    """All arguments of a function, in their order."""
    args = node.args
    named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return named + [one for one in (args.vararg, args.kwarg) if one is not None]


def locals_of(node: ast.FunctionDef) -> set[str]:
    """Names that are local to a function."""
    outside = {name for one in walk(node) if isinstance(one, ast.Global | ast.Nonlocal) for name in one.names}
    return ({one.arg for one in arguments_of(node)} | bound_names(node.body)) - outside


class _Qualify(ast.NodeTransformer):
    """Puts the names of globals in the place of what a module calls them."""

    def __init__(
        self, meant: dict[str, str], aliases: dict[str, str], named: dict[str, dict[str, str]]
    ) -> None:
        self._meant = meant
        self._aliases = aliases
        self._named = named
        self._scopes: list[set[str]] = []

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not self._is_local(node.id):
            node.id = self._meant.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        value = node.value
        if isinstance(value, ast.Name) and value.id in self._aliases and not self._is_local(value.id):
            there = self._named[self._aliases[value.id]]
            if node.attr not in there:
                raise BundleError(self._aliases[value.id], f"has no {node.attr}, which is asked for")
            return ast.Name(there[node.attr], node.ctx)
        self.generic_visit(node)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._meant[name] for name in node.names]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        if not self._scopes:
            node.name = self._meant[node.name]
        self._scopes.append(locals_of(node))
        node.body = [self.visit(one) for one in node.body]
        self._scopes.pop()
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        self._scopes.append({one.arg for one in arguments_of(node)})
        node.body = self.visit(node.body)
        self._scopes.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if self._scopes:
            raise BundleError(node.name, "a class within a function or a class")
        node.name = self._meant[node.name]
        node.bases = [self.visit(one) for one in node.bases]
        for one in node.body:
            if isinstance(one, ast.FunctionDef):
                self._scopes.append(set())
                self.visit(one)
                self._scopes.pop()
            elif isinstance(one, ast.Assign):
                one.value = self.visit(one.value)
        return node


class Merged:
    """All statements of all modules as one `tree`, MicroPython's own modules imported first."""

    def __init__(self, modules: Modules, port: str) -> None:
        self._modules = modules
        self._outside: dict[str, tuple[str, str]] = {}
        self._named: dict[str, dict[str, str]] = {}
        """for each module what its names mean"""
        self._body: list[ast.stmt] = []
        for name, tree in modules.trees.items():
            self._take(name, tree)
        imports = [self._import(local, *there) for local, there in sorted(self._outside.items())]
        self.tree = ast.Module(imports + self._body, [])
        self._inline(port)
        self.tree.body[: len(imports)] += self._built_in()

    def _take(self, module: str, tree: ast.Module) -> None:
        meant: dict[str, str] = {}
        aliases: dict[str, str] = {}
        body: list[ast.stmt] = []
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for source, name, local in imported(node, module.rpartition(".")[0]):
                    self._bind(meant, aliases, (source, name, local))
            elif not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in _OWN):
                body.append(node)
        meant.update({name: f"{module}.{name}" for name in bound_names(body)})
        self._named[module] = meant
        qualify = _Qualify(meant, aliases, self._named)
        self._body += [qualify.visit(node) for node in body]

    def _bind(self, meant: dict[str, str], aliases: dict[str, str], one: tuple[str, str, str]) -> None:
        module, name, local = one
        if self._modules.is_ours(f"{module}.{name}"):
            aliases[local] = f"{module}.{name}"
        elif self._modules.is_ours(module):
            if not name:
                return  # imported for its order alone
            if name not in self._named[module]:
                raise BundleError(module, f"has no {name}, which is imported")
            meant[local] = self._named[module][name]
        elif self._outside.setdefault(local, (module, name)) != (module, name):
            raise BundleError(module, f"{local} is the name of something else elsewhere")

    @staticmethod
    def _import(local: str, module: str, name: str) -> ast.stmt:
        if name:
            return ast.ImportFrom(module, [ast.alias(name, None if name == local else local)], 0)
        return ast.Import([ast.alias(module, None if module == local else local)])

    def _inline(self, port: str) -> None:
        """Whole numbers that never change in the place of their names."""
        known: dict[str, int] = {}
        times: dict[str, int] = {}
        for node in walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                times[node.id] = times.get(node.id, 0) + 1
        kept = []
        for node in self.tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(target, ast.Name) and times[target.id] == 1:
                value = whole_number(node.value, known)
                if value is not None:
                    known[target.id] = value
                    continue
            kept.append(node)
        self.tree.body = kept
        Fold(known, port).visit(self.tree)

    def _built_in(self) -> list[ast.stmt]:
        """What MicroPython has built in as globals, too: behind them all it would be looked for in vain at first."""
        asked = {node.id for node in walk(self.tree) if isinstance(node, ast.Name)} & set(dir(builtins))
        return [ast.Assign([ast.Name(one, ast.Store())], ast.Name(one, ast.Load())) for one in sorted(asked)]
