"""What the short names of a built firmware stand for: `sortyard build` writes it beside a board's files.

Meanings.from_json(path.read_bytes()).readable("AttributeError: 'aB' object has no attribute 'c'")
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple


class Meanings(NamedTuple):
    """By short name: globals with their modules; attributes, "put or take" where different objects have one each."""

    globals: dict[str, str]
    attributes: dict[str, str]

    @classmethod
    def from_json(cls, data: bytes) -> Meanings:
        """Read what `as_json` has written. Raises ValueError."""
        told = json.loads(data)
        if not isinstance(told, dict) or not all(isinstance(told.get(key), dict) for key in cls._fields):
            raise ValueError("there are no names in it")
        return cls(*(told[key] for key in cls._fields))

    def as_json(self) -> bytes:
        """For `from_json`, and for people."""
        return json.dumps(self._asdict(), indent=1).encode()

    def readable(self, text: str) -> str:
        """What MicroPython says of an error, with the names that stand in the source."""

        def class_(short: str) -> str:
            return self.globals.get(short, short).rpartition(".")[2]

        text = re.sub(r"'(\w+)' object", lambda at: f"'{class_(at[1])}' object", text)
        text = re.sub(
            r"attribute '(\w+)'", lambda at: f"attribute '{self.attributes.get(at[1], at[1])}'", text
        )
        return re.sub(r"name '(\w+)'", lambda at: f"name '{class_(at[1])}'", text)
