"""The files that a user names, as sources."""

from collections.abc import Iterable
from pathlib import Path

from sortyard.plc.source import Source, read_text
from sortyard.plc.twincat import PROJECT_FILE, UNIT_FILES, read_project, read_unit


def read_sources(paths: Iterable[Path]) -> list[Source]:
    """Structured Text as it stands, TwinCAT's XML as the text that it keeps; of several projects only the first one's
    tasks run, the others are its libraries. Raises OSError for what cannot be read."""
    sources: list[Source] = []
    projects = 0
    for path in paths:
        suffix = path.suffix.lower()
        if suffix == PROJECT_FILE:
            sources += read_project(path, with_tasks=not projects)
            projects += 1
        elif suffix in UNIT_FILES:
            sources.append(read_unit(str(path), read_text(path)))
        else:
            sources.append(Source(str(path), read_text(path)))
    return sources
