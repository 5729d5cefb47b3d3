"""Compare a shared source with its .pxd: what the .py assigns has to be declared, or it fails when it runs.

Cython compiles `self.x = 1` without a declaration of x; the object then has no such attribute. A module constant
or a helper without one compiles too, and costs a dictionary look-up and a Python object at each use.
"""

import ast
import re
from collections.abc import Iterator

MODULE = ""
# the identifier that a declarator ends with, before an array's size, a default or its name in C
DECLARATOR = re.compile(r"(\w+)\s*(?:\[\d*\]\s*)?(?:=.*|\"[^\"]*\")?$")


def _assigned_names(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _assigned_names(element)
    else:
        yield target


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _assigned_names(target)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        yield from _assigned_names(node.target)


def _attributes(body: ast.ClassDef) -> set[str]:
    """Attributes that any method assigns on its own first argument."""
    found = set()
    for method in body.body:
        if isinstance(method, ast.FunctionDef) and method.args.args:
            own = method.args.args[0].arg
            for node in ast.walk(method):
                for target in _targets(node):
                    if isinstance(target, ast.Attribute) and ast.unparse(target.value) == own:
                        found.add(target.attr)
    return found


def _methods(body: ast.ClassDef) -> set[str]:
    return {
        node.name
        for node in body.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__")
    }


def _called_while_building_only(tree: ast.Module) -> set[str]:
    """Private helpers that are called at import and in constructors, by themselves or through each other."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = {node.name for node in functions if node.name.startswith("_") and not node.name.startswith("__")}
    while True:
        others = [node for node in functions if node.name not in {"__init__", *found}]
        used = {name.id for node in others for name in ast.walk(node) if isinstance(name, ast.Name)}
        if not found & used:
            return found
        found -= used


def used_names(source: str, inherited: str = "") -> dict[str, set[str]]:
    """Names that a shared source needs declared: per class its attributes and methods, and the module's own.

    `inherited`: the .pxd files of base classes; what they declare is not the source's own.
    """
    bases = declared_names(inherited)
    tree = ast.parse(source)
    needed: dict[str, set[str]] = {MODULE: set()}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            needed[MODULE].add(node.name)
            needed[node.name] = _attributes(node) | _methods(node)
            for base in node.bases:
                needed[node.name] -= bases.get(ast.unparse(base), set())
        elif isinstance(node, ast.FunctionDef):
            needed[MODULE].add(node.name)
        else:
            needed[MODULE] |= {target.id for target in _targets(node) if isinstance(target, ast.Name)}
    needed[MODULE] -= _called_while_building_only(tree)
    return needed


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Indentation and text of each declaration: comments gone, continued lines joined."""
    depth, joined, indent = 0, "", 0
    for raw in text.splitlines():
        line = raw.split("#")[0].rstrip()
        if not line:
            continue
        if not joined:
            indent = len(line) - len(line.lstrip())
        joined += " " + line.strip().removesuffix("\\")
        depth += sum(line.count(c) for c in "([") - sum(line.count(c) for c in ")]")
        if depth == 0 and not line.endswith("\\"):
            yield indent, joined.strip()
            joined = ""


def _split(text: str) -> list[str]:
    """Split at commas that stand outside brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def _declared_on(line: str) -> set[str]:
    """Names of `cdef int a, b`, `cpdef int f(int x) except -1`, `int[::1] c`."""
    text = re.sub(r"^(cdef|cpdef)\s+", "", line)
    function = re.match(r"[^(]*?(\w+)\s*\(", text)
    if function:
        return {function[1]}
    return {found[1] for part in _split(text) if (found := DECLARATOR.search(part.strip()))}


def declared_names(pxd: str) -> dict[str, set[str]]:
    """Names that a .pxd declares: per class its members, and the module's own."""
    declared: dict[str, set[str]] = {MODULE: set()}
    owner = MODULE
    for indent, line in _logical_lines(pxd):
        if indent == 0:
            owner = MODULE
        header = re.match(r"cdef\s+class\s+(\w+)", line)
        if header:
            owner = header[1]
            declared[MODULE].add(owner)
            declared[owner] = set()
        elif not line.startswith("@") and line != "cdef:" and not re.search(r"\bc?import\b|^pass$", line):
            declared[owner] |= _declared_on(line)
    return declared


def undeclared(source: str, pxd: str, inherited: str = "") -> list[str]:
    """`Class.attribute` or `name` of everything that `source` needs and `pxd` lacks, sorted."""
    declared = declared_names(pxd)
    return sorted(
        f"{owner}.{name}" if owner else name
        for owner, names in used_names(source, inherited).items()
        for name in names - declared.get(owner, set())
    )
