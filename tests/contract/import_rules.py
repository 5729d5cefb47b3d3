"""The import direction of the project: who may import whom, decided from the text of the files alone.

firmware: main, boot -> sorter_ecu -> sorter_io -> sorter_core; sorter_core takes `array` and, guarded, micropython.
host: cli -> {sim, vm, report, plc, device, bundle} -> config -> sorter_core; sim and plc may use vm, sim runs the
programs of plc, speaks to boards as device does and runs what bundle builds; sortyard.errors is everybody's.
compiled: the plant and the gate logic never name each other.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

FIRMWARE_RANK = {"sorter_core": 0, "sorter_io": 1, "sorter_ecu": 2, "boot": 3, "main": 3}
HOST_MAY_IMPORT = {
    "config": set(),
    "vm": {"config"},
    "device": {"config"},
    "bundle": {"config"},
    "sim": {"bundle", "config", "vm", "plc", "device"},
    "report": {"config"},
    "plc": {"config", "vm"},
    "cli": {"bundle", "config", "vm", "sim", "report", "plc", "device"},
}
VM_PARTS = {"board_turns", "crew", "fuel_meter", "guest_calls", "pio", "watch"}
"""Of the compiled code, what the virtual machine has for itself: it knows neither plant nor gate logic."""
CORE_MAY_IMPORT = {"array", "micropython", "sorter_core"}
CIMPORT = re.compile(r"^\s*(?:from\s+(\S+)\s+c?import\s+(.+)|c?import\s+(.+))$", re.MULTILINE)


def _python_imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _cython_imports(text: str, package: str) -> Iterator[str]:
    for base, names, modules in CIMPORT.findall(re.sub(r"#.*", "", text)):
        if base.startswith("."):
            base = package + ("." + base[1:] if base[1:] else "")
        for name in re.findall(r"[\w.]+", re.sub(r"\bas\s+\w+", "", names or modules)):
            yield f"{base}.{name}" if base else name


def imports_of(path: Path, root: Path) -> set[str]:
    """Dotted names that `path` imports anywhere in it; `root` is the folder that is on the import path."""
    package = ".".join(path.relative_to(root).parts[:-1])
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return set(_python_imports(ast.parse(text), package))
    return set(_cython_imports(text, package))


def _guarded(path: Path) -> bool:
    """True if each import of micropython stands in a `try` that catches ImportError."""
    tree = ast.parse(path.read_text("utf-8"))
    guarded = {
        id(statement)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any(ast.unparse(h.type or h) == "ImportError" for h in node.handlers)
        for statement in node.body
    }
    return all(
        id(node) in guarded
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "micropython"
    )


def _firmware_file(path: Path, firmware: Path) -> Iterator[str]:
    part = path.relative_to(firmware).parts[0].removesuffix(".py")
    for name in sorted(imports_of(path, firmware)):
        top = name.split(".")[0]
        if part == "sorter_core" and top not in CORE_MAY_IMPORT:
            yield f"{path}: sorter_core imports {name}; allowed: array, guarded micropython.const"
        elif part == "sorter_core" and top == "micropython" and name != "micropython.const":
            yield f"{path}: sorter_core imports {name}; of micropython only const"
        elif top in FIRMWARE_RANK and FIRMWARE_RANK[top] > FIRMWARE_RANK[part]:
            yield f"{path}: {part} imports {name}, which is above it"
        elif top == "machine" and part != "sorter_io":
            yield f"{path}: {part} imports machine; only sorter_io does"
    if part == "sorter_core" and not _guarded(path):
        yield f"{path}: micropython is imported without a guard for ImportError"


def firmware_violations(firmware: Path) -> list[str]:
    """Wrong imports of everything in firmware/, one sentence each."""
    return [line for path in sorted(firmware.rglob("*.py")) for line in _firmware_file(path, firmware)]


def _host_part(name: str) -> str:
    """`sim` of `sortyard.sim.loop`; "" for sortyard itself and its errors."""
    part = ([*name.split("."), ""])[1]
    return part if part in HOST_MAY_IMPORT else ""


def _host_file(path: Path, host: Path) -> Iterator[str]:
    own = _host_part(".".join(path.relative_to(host).with_suffix("").parts))
    for name in sorted(imports_of(path, host)):
        top = name.split(".")[0]
        if top in {"sorter_io", "sorter_ecu"}:
            yield f"{path}: the host imports {name}, which needs a board"
        is_own = own == "vm" and [*name.split("."), ""][1] in VM_PARTS
        if top == "sortyard_c" and own not in {"sim", "cli"} and not is_own:
            yield f"{path}: {own or 'sortyard'} imports {name}; only sim and cli use compiled code"
        other = _host_part(name) if top == "sortyard" else ""
        if other and other != own and other not in HOST_MAY_IMPORT.get(own, set()):
            yield f"{path}: {own or 'sortyard'} imports {name}, which is not below it"


def host_violations(host: Path) -> list[str]:
    """Wrong imports of everything in host_tools/, one sentence each."""
    return [line for path in sorted(host.rglob("*.py")) for line in _host_file(path, host)]


def compiled_violations(cext: Path, shared: set[str]) -> list[str]:
    """Plant that names the gate logic, or the reverse; `shared` are the modules compiled from sorter_core."""
    wrong = []
    for path in sorted((cext / "sortyard_c").glob("*.p*")):
        names = imports_of(path, cext)
        is_plant, is_core = path.stem.startswith("plant"), path.stem in shared
        for name in sorted(names):
            parts = (*name.split("."), "")
            inside = parts[1] if parts[0] in {"sortyard_c", "sorter_core"} else ""
            if is_plant and (inside in shared or parts[0] == "sorter_core"):
                wrong.append(f"{path}: the plant imports {name}; it knows only the truth")
            if is_core and inside and inside not in shared:
                wrong.append(f"{path}: the gate logic imports {name}; it knows only what sensors tell")
            if is_core and parts[0] == "sortyard":
                wrong.append(f"{path}: the shared core imports {name}")
    return wrong
