"""The event file of a run: every input and output of the gate logic, one JSON object a line."""

import json
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from sortyard.config.output_file import writing
from sortyard.sim.events import Record, Words


class EventFile:
    """Writes records in words as they come; use it in a `with` statement."""

    def __init__(self, path: Path, words: Words) -> None:
        self._path, self._words = path, words
        with writing(path):
            self._file: TextIOWrapper = path.open("w", encoding="utf-8")

    def write(self, records: list[Record]) -> None:
        """Append these records. Raises InputError where there is no room for them."""
        with writing(self._path):
            self._file.writelines(json.dumps(self._words.as_dict(record)) + "\n" for record in records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with writing(self._path):
            self._file.close()
