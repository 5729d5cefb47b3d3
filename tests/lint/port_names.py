"""Compare names that the bundle keeps because a port's objects have them with the stubs of each MicroPython port.

    python tests/lint/port_names.py rp2 esp32

An attribute that the firmware gives to its own objects gets a short name on a board. Where an object of the port has
one of the same name, both are called by it, so it has to be among `PORT_NAMES`. One there that no port has keeps the
firmware's name long for nothing. The stubs are those of `make lint`.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from sortyard.bundle.names import BUILT_IN, PORT_NAMES

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
STUBS = ROOT / "build" / "stubs"


def trees(folder: Path, pattern: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every file below a folder, as Python reads it."""
    for path in sorted(folder.rglob(pattern)):
        yield path, ast.parse(path.read_text("utf-8"))


def imported(firmware: Path) -> set[str]:
    """Modules that are not the firmware's own."""
    found: set[str] = set()
    for _, tree in trees(firmware, "*.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return {one for one in found if not one.startswith("sorter_")}


def own(firmware: Path) -> set[str]:
    """Attributes that the firmware gives to its objects: what it assigns, and what its classes have."""
    found: set[str] = set()
    for _, tree in trees(firmware, "*.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif isinstance(node, ast.ClassDef):
                found |= members(node)
    return found


def members(node: ast.ClassDef | ast.Module) -> set[str]:
    """Names that a class or a module has."""
    found: set[str] = set()
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(one.name)
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            found.add(one.target.id)
        elif isinstance(one, ast.Assign):
            found |= {target.id for target in one.targets if isinstance(target, ast.Name)}
    return found


def of_port(stubs: Path, modules: set[str]) -> dict[str, str]:
    """Name -> where the port has it: modules that the firmware imports, and every class in them."""
    found: dict[str, str] = {}
    for path, tree in trees(stubs, "*.pyi"):
        place = path.relative_to(stubs).with_suffix("").parts
        if place[0] == "stdlib":
            place = place[1:]
        if not place or place[0].lstrip("_") not in modules:
            continue
        module = ".".join(one for one in place if one != "__init__")
        for node in [tree, *(one for one in ast.walk(tree) if isinstance(one, ast.ClassDef))]:
            where = f"{module}.{node.name}" if isinstance(node, ast.ClassDef) else module
            for name in members(node):
                found.setdefault(name, where)
    return found


def missing(port: str, firmware: Path = FIRMWARE, stubs: Path = STUBS) -> list[str]:
    """Names that both have and that are not kept, one line each."""
    has = of_port(stubs / port, imported(firmware))
    kept = PORT_NAMES | BUILT_IN
    both = sorted(
        name for name in own(firmware) & has.keys() if not name.startswith("_") and name not in kept
    )
    return [f"{port}: {has[name]} has {name}, and so has the firmware: add it to PORT_NAMES" for name in both]


def needless(ports: list[str], firmware: Path = FIRMWARE, stubs: Path = STUBS) -> list[str]:
    """Names that are kept though none of the ports has them, one line each."""
    modules = imported(firmware)
    nobody_s = PORT_NAMES.difference(*(of_port(stubs / port, modules) for port in ports))
    return [f"PORT_NAMES: {', '.join(ports)} have no {name}: drop it" for name in sorted(nobody_s)]


def main(ports: list[str]) -> int:
    """Tell what is wrong, one line each."""
    wrong = [line for port in ports for line in missing(port)] + needless(ports)
    wrong += [
        f"{port}: no stubs in {STUBS / port}" for port in ports if not of_port(STUBS / port, {"machine"})
    ]
    print("\n".join([*wrong, f"names of {', '.join(ports)}: {len(wrong)} findings"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
