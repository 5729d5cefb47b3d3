"""The files that a guest sees: a read-only tree held in the host's memory."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


class ReadOnlyFiles:
    """A tree of files by absolute path, ``/lib/sorter_core/gate_logic.py`` for example; folders follow from it."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {posixpath.normpath(path): content for path, content in files.items()}
        self._folders: dict[str, set[str]] = {"/": set()}
        for path in self._files:
            while path != "/":
                parent, name = posixpath.split(path)
                self._folders.setdefault(parent, set()).add(name)
                path = parent

    def content(self, path: str) -> bytes | None:
        """Return the file's content, or None if there is no such file."""
        return self._files.get(path)

    def names(self, path: str) -> list[str] | None:
        """Return the sorted names in a folder, or None if there is no such folder."""
        names = self._folders.get(path)
        return None if names is None else sorted(names)


def package_files(package: str, folder: str = "/lib") -> dict[str, bytes]:
    """Return the Python sources of an installed package, as the guest's files below `folder`."""
    return {f"{folder}/{path}": content for path, content in _sources(package).items()}


@cache
def _sources(package: str) -> dict[str, bytes]:
    """Read once: each of the many guests of a process gets the same ones."""
    found: dict[str, bytes] = {}
    _collect(resources.files(package), package, found)
    return found


def _collect(node: Traversable, path: str, found: dict[str, bytes]) -> None:
    for child in node.iterdir():
        if child.is_dir():
            if child.name != "__pycache__":
                _collect(child, f"{path}/{child.name}", found)
        elif child.name.endswith(".py"):
            found[f"{path}/{child.name}"] = child.read_bytes()
