"""The files that a user names, as sources."""

from collections.abc import Iterable
from pathlib import Path

from sortyard.plc.source import Source, read_text
from sortyard.plc.twincat import PROJECT_FILE, UNIT_FILES, read_project, read_unit


def read_sources(paths: Iterable[Path]) -> list[Source]:
    """Structured Text as it stands, TwinCAT's XML as the text that it keeps. Raises OSError for what cannot be read."""
    return [source for path in paths for source in _read(path)]


def _read(path: Path) -> list[Source]:
    suffix = path.suffix.lower()
    if suffix == PROJECT_FILE:
        return read_project(path)
    text = read_text(path)
    return [read_unit(str(path), text) if suffix in UNIT_FILES else Source(str(path), text)]
