"""The files that a user names, as sources."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sortyard.errors import Finding, InputError
from sortyard.plc.source import Source, read_text
from sortyard.plc.twincat import PROJECT_FILE, UNIT_FILES, read_project, read_unit

_IN_FOLDERS = frozenset({".st", *UNIT_FILES})


def read_sources(paths: Iterable[Path]) -> list[Source]:
    """Structured Text as it stands, TwinCAT's XML as the text that it keeps; of several projects only the first one's
    tasks run, the others are its libraries. Of a folder all sources in it and below are read, in the order of their
    names. Raises OSError for what cannot be read, InputError for a folder without any source.
    """
    sources: list[Source] = []
    projects = 0
    for path in files_of(paths):
        suffix = path.suffix.lower()
        if suffix == PROJECT_FILE:
            sources += read_project(path, with_tasks=not projects)
            projects += 1
        elif suffix in UNIT_FILES:
            sources.append(read_unit(str(path), read_text(path)))
        else:
            sources.append(Source(str(path), read_text(path)))
    return sources


def files_of(paths: Iterable[Path], suffixes: frozenset[str] = _IN_FOLDERS) -> Iterator[Path]:
    """The files that paths stand for: of a folder those with these endings (lower case), in it and below."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(one for one in path.rglob("*") if one.suffix.lower() in suffixes and one.is_file())
        if not found:
            reason = "there is no Structured Text in this folder"
            raise InputError(
                [Finding(str(path), None, "", reason, "name the files: *.st, *.TcPOU, *.plcproj")]
            )
        yield from found
