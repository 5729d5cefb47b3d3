"""Files that a command writes: what cannot be written is refused before a long run, or told after it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from sortyard.errors import Finding, InputError

_REMEDY = "make room or check its permissions, or name another file"


def refused_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> list[Finding]:
    """A finding for each output that is no file in a folder, that is an input, that is there twice, or that cannot be
    written. Leaves no file behind that was not there.
    """
    findings = []
    for place, path in enumerate(outputs):
        twin = next((one for one in inputs if _is_same(one, path)), None)
        reason, remedy = "", "name a file in a folder that is there"
        if path.is_dir():
            reason = "this is a folder"
        elif not path.parent.is_dir():
            reason = f"there is no folder {path.parent}"
        elif twin is not None:
            reason, remedy = f"this is the file {twin} that is read: it would be lost", "name another file"
        elif any(_is_same(one, path) for one in outputs[:place]):
            reason, remedy = "two outputs go to this file", "give each a file of its own"
        else:
            reason, remedy = unwritable(path), _REMEDY
        if reason:
            findings.append(Finding(str(path), None, "", reason, remedy))
    return findings


def unwritable(path: Path) -> str:
    """Why this file cannot be written, "" if it can: it is opened for that, and is as it was after that.

    Opening a pipe would wait for its reader, so what is no ordinary file is only asked for its permissions.
    """
    there = Path(os.path.realpath(path))  # of a link that leads nowhere: what would be made
    if there.exists() and not there.is_file():
        return "" if os.access(there, os.W_OK) else "it cannot be written: no permission"
    is_new = not there.exists()
    try:
        with there.open("ab"):
            pass
        if is_new:
            there.unlink()
    except OSError as error:
        return _cannot(error)
    return ""


def refused_folder(folder: Path, key: str) -> list[Finding]:
    """A finding if files cannot be written into this folder, or if it cannot be made; `key` is its option."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        subject = "this" if there == folder else str(there)
        return [Finding(str(folder), None, key, f"{subject} is a file, not a folder", "name a folder")]
    try:
        with TemporaryFile(dir=there):
            return []
    except OSError as error:
        return [Finding(str(folder), None, key, _cannot(error), "name a folder that can be written")]


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError while `path` is written (no space, no permission) into an InputError."""
    try:
        yield
    except OSError as error:
        raise InputError([Finding(str(path), None, "", _cannot(error), _REMEDY)]) from error


def _cannot(error: OSError) -> str:
    return f"it cannot be written: {(error.strerror or str(error)).lower()}"
