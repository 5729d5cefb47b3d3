"""Files that a command writes: what cannot be written is refused before a long run, or told after it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sortyard.errors import Finding, InputError


def refused_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> list[Finding]:
    """A finding for each output that is no file in a folder, that is an input, or that is there twice."""
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
        if reason:
            findings.append(Finding(str(path), None, "", reason, remedy))
    return findings


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (one.exists() and other.exists() and one.samefile(other))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError while `path` is written (no space, no permission) into an InputError."""
    try:
        yield
    except OSError as error:
        reason = f"it cannot be written: {(error.strerror or str(error)).lower()}"
        remedy = "make room or check its permissions, or name another file"
        raise InputError([Finding(str(path), None, "", reason, remedy)]) from error
