"""The event file of a run: every input and output of the gate logic, one JSON object a line."""

import json
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Self

from sortyard.sim.events import Record, Words


class EventFile:
    """Writes records in words as they come; use it in a `with` statement."""

    def __init__(self, path: Path, words: Words) -> None:
        self._file: TextIOWrapper = path.open("w", encoding="utf-8")
        self._words = words

    def write(self, records: list[Record]) -> None:
        self._file.writelines(json.dumps(self._words.as_dict(record)) + "\n" for record in records)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()
