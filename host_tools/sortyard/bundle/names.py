"""Short names for what a firmware calls its own: on a board each name stands in memory for good.

Globals, attributes and arguments get the same short names, because MicroPython keeps each name once, whatever has it.
Attributes that objects of MicroPython have keep their names, and so does all that stands somewhere as text.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from array import array
from collections import Counter
from collections.abc import Iterator
from io import RawIOBase
from itertools import islice, product
from string import ascii_letters, digits

from sortyard.bundle.meanings import Meanings
from sortyard.bundle.merge import arguments_of, bound_names
from sortyard.bundle.nodes import walk
from sortyard.bundle.tables import Choice, Lookups, Table, name_hash

# fmt: off
PORT_NAMES = frozenset((
    "_machine", "active", "any", "close", "connect", "count", "deinit", "disconnect", "duty", "duty_ns",
    "duty_u16", "exec", "feed", "find", "flush", "freq", "get", "high", "idle", "implementation",
    "init", "irq", "isconnected", "listen", "load", "loop", "low", "memory", "modify", "off", "on",
    "platform", "poll", "pull", "put", "read", "readfrom", "readfrom_into", "readfrom_mem",
    "readfrom_mem_into", "readinto", "readline", "recv", "register", "remove", "reset", "restart",
    "run", "rx_fifo", "scan", "send", "sendbreak", "shift", "start", "status", "stop", "tx_fifo",
    "txdone", "unregister", "value", "width", "write", "writeto", "writeto_mem",
))
# fmt: on
"""Attributes of what the ports' modules have, as far as the firmware or its authors might use the same names.
`make lint` compares them with the ports' stubs: none that the firmware has, too, is missing, none is nobody's."""
BUILT_IN = frozenset(
    name
    for one in (
        str,
        bytes,
        bytearray,
        list,
        dict,
        array,
        memoryview,
        int,
        tuple,
        set,
        RawIOBase,
        Exception,
        type,
    )
    for name in dir(one)
)


def _short() -> Iterator[str]:
    yield from ascii_letters
    for first, second in product(ascii_letters, ascii_letters + digits):
        yield first + second


_SHORT = 120
_ARGUMENTS = 8
"""So many names stand in the heads of functions."""
_BUILTINS = frozenset(dir(builtins))


def _is_global(name: str) -> bool:
    return "." in name


class _Census(ast.NodeVisitor):
    """How often each name stands in a program, by what it is the name of."""

    def __init__(self) -> None:
        self.globals: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.names: Counter[str] = Counter()
        self.own: set[str] = set()
        """attributes that the program itself gives to objects"""
        self.texts: set[str] = set()
        self.free: set[str] = set()
        """names that are neither globals nor attributes"""
        self.outside: set[str] = set()
        """globals that are MicroPython's"""
        self.keywords: set[str] = set()
        self.in_classes: set[str] = set()
        """globals that are looked for while a class is made, among its own names first"""

    def visit_Name(self, node: ast.Name) -> None:
        if _is_global(node.id):
            self.globals[node.id] += 1
        else:
            self.free.add(node.id)
            if node.id in _BUILTINS:
                self.names[node.id] += 1
                self.outside.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.attributes[node.attr] += 1
        if not isinstance(node.ctx, ast.Load):
            self.own.add(node.attr)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.texts.add(node.value)

    def visit_keyword(self, node: ast.keyword) -> None:
        self.keywords.add(node.arg or "")
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        self.free |= {node.name, node.asname or node.name}
        self.outside.add(node.asname or node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if _is_global(node.name):
            self.globals[node.name] += 1
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.globals[node.name] += 1
        for one in node.body:
            bound = bound_names([one])
            self.own |= bound
            self.attributes.update(bound)
            heads = [*one.args.defaults, *one.decorator_list] if isinstance(one, ast.FunctionDef) else [one]
            for name in (name for head in heads for name in walk(head) if isinstance(name, ast.Name)):
                if _is_global(name.id):
                    self.in_classes.add(name.id)
        self.generic_visit(node)


def _by_use(counted: Counter[str]) -> list[str]:
    return sorted(counted, key=lambda name: (-counted[name], name))


class Names:
    """The short name of every global (`globals`) and of every attribute (`attributes`) of a program."""

    def __init__(self, tree: ast.Module) -> None:
        census = self._census = _Census()
        census.visit(tree)
        kept = PORT_NAMES | BUILT_IN | census.texts
        attributes = [one for one in _by_use(census.attributes) if one in census.own and one not in kept]
        attributes = [one for one in attributes if not one.startswith("__")]
        taken = census.free | census.keywords | kept | set(census.attributes) | set(keyword.kwlist)
        taken |= _BUILTINS
        ordered = sorted(_by_use(census.globals), key=lambda name: name in census.in_classes)
        lookups = Lookups(tree)
        most = max(len(lookups.alone) + lookups.most_of_one + 1, len(ordered))
        self._pool = list(
            islice((one for one in _short() if one not in taken), most + len(census.in_classes))
        )
        for name in lookups.of.keys() - attributes:
            for table, is_member in lookups.of[name]:
                if is_member:
                    table.put(name_hash(name))
        self.attributes = self._attributes(attributes, lookups, self._pool[:most])
        self.globals = self._globals(ordered, census, self._pool[most:])

    @staticmethod
    def _attributes(names: list[str], lookups: Lookups, pool: list[str]) -> dict[str, str]:
        """Two that no object can have both may be called the same."""
        choice = Choice(pool)
        alone: set[str] = set()
        for name in sorted(names, key=lambda one: one not in lookups.alone):
            rivals = lookups.rivals.get(name, set())
            taken = {choice.found[one] for one in rivals if one in choice.found} | alone
            choice.give(name, lookups.of.get(name, []), taken)
            if name in lookups.alone:
                alone.add(choice.found[name])
        return choice.found

    def _globals(self, names: list[str], census: _Census, late: list[str]) -> dict[str, str]:
        """Those that are looked for while a class is made get `late` names, which no attribute has."""
        among = Table(len(names) + len(census.outside))
        for name in census.outside:
            among.put(name_hash(name))
        choice = Choice(self._pool)
        early = set(self._pool).difference(late)
        taken: set[str] = set()
        for name in names:
            choice.give(name, [(among, True)], taken | (early if name in census.in_classes else set(late)))
            taken.add(choice.found[name])
        return choice.found

    def shorten(self, tree: ast.Module) -> None:
        """Give everything its short name."""
        _Shorten(self, self._pool, self._census.keywords).visit(tree)
        tree.body.insert(0, self._roll_call())

    def _roll_call(self) -> ast.stmt:
        """The names that stand most often: a module numbers its names as they come (attributes before globals), and
        numbers below 128 take one byte of bytecode, others two. It is never executed: `__name__` is no empty text."""
        census = self._census
        times: Counter[str] = Counter(dict.fromkeys(self._pool[:_ARGUMENTS], 1))
        for name, n in (*census.globals.items(), *census.attributes.items(), *census.names.items()):
            times[self.globals.get(name) or self.attributes.get(name, name)] += n
        name = ast.Name("__name__", ast.Load())
        asked: list[ast.stmt] = [
            ast.Expr(ast.Attribute(name, one, ast.Load())) for one in _by_use(times)[:_SHORT]
        ]
        return ast.If(ast.UnaryOp(ast.Not(), name), asked, [])

    def meanings(self) -> Meanings:
        """What the short names stand for."""
        attributes: dict[str, list[str]] = {}
        for name, short in sorted(self.attributes.items()):
            attributes.setdefault(short, []).append(name)
        return Meanings(
            {short: name for name, short in sorted(self.globals.items())},
            {short: " or ".join(names) for short, names in sorted(attributes.items())},
        )


class _Shorten(ast.NodeTransformer):
    def __init__(self, names: Names, pool: list[str], keywords: set[str]) -> None:
        self._names = names
        self._pool = pool
        self._keywords = keywords
        self._locals: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.globals.get(node.id) or self._locals.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._locals.get(node.arg, node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self._names.attributes.get(node.attr, node.attr)
        self.generic_visit(node)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._locals.get(node.name or "", node.name)
        self.generic_visit(node)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._names.globals.get(name, name) for name in node.names]
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._locals.get(name, name) for name in node.names]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._names.globals[node.name]
        for one in node.body:
            if isinstance(one, ast.FunctionDef):
                one.name = self._names.attributes.get(one.name, one.name)
            for target in one.targets if isinstance(one, ast.Assign) else []:
                if isinstance(target, ast.Name):
                    target.id = self._names.attributes.get(target.id, target.id)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.globals.get(node.name) or self._locals.get(node.name, node.name)
        if node.decorator_list and "asm_pio" in ast.unparse(node.decorator_list[0]):
            return node  # its names are those of the assembler
        return self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.Lambda) -> ast.AST:
        """The outermost function gives names to all that are local to it or to those within it."""
        if self._locals:
            self.generic_visit(node)
            return node
        used = {one.id for one in walk(node) if isinstance(one, ast.Name)}
        avoid = {self._names.globals[name] for name in used if name in self._names.globals}
        pool = (name for name in self._pool if name not in avoid)
        for name in _local_names(node):
            self._locals[name] = name if name in self._keywords else next(pool)
        self.generic_visit(node)
        self._locals = {}
        return node


def _local_names(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    """Arguments first: they alone stand in memory."""
    found: dict[str, None] = {}
    functions = [one for one in walk(node) if isinstance(one, ast.FunctionDef | ast.Lambda)]
    for one in functions:
        found.update(dict.fromkeys(arg.arg for arg in arguments_of(one)))
    for one in functions:
        found.update(dict.fromkeys(sorted(bound_names(one.body if isinstance(one, ast.FunctionDef) else []))))
    outside = {name for one in walk(node) if isinstance(one, ast.Global) for name in one.names}
    return [name for name in found if name not in outside]
