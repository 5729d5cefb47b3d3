"""Load a TOML file into a pydantic model and tell everything that is wrong with it at once.

    line = load_model(Path("hub.line.toml"), LineFile)            # InputError with all findings
    located = load_located(Path("hub.line.toml"), LineFile)       # the same, with lines for later checks
    located.finding(("diverter", 3, "name"), "the name D4 is taken", "give each diverter its own name")

A validator of a model tells what to do by a second argument: `raise ValueError(reason, remedy)`.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from sortyard.config.text_file import read_text
from sortyard.config.toml_findings import findings_of
from sortyard.config.toml_lines import KeyPath, LineMap, dotted
from sortyard.errors import Finding, InputError, Severity

M = TypeVar("M", bound=BaseModel)

MOST_LEVELS = 20

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Table(BaseModel):
    """A table of a TOML file: an unknown key is an error, and what was read stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Located(Generic[M]):
    """A model together with the file and the lines that it was read from."""

    model: M
    lines: LineMap
    file: str

    def finding(self, path: KeyPath, reason: str, remedy: str, severity: Severity = "error") -> Finding:
        """A finding about the key at `path`, e.g. `("chute", 2, "group")`."""
        return Finding(self.file, self.lines.line_of(path), dotted(path), reason, remedy, severity)


def load_model(path: Path, model: type[M]) -> M:
    """The file as a `model`. Raises InputError with every finding."""
    return load_located(path, model).model


def load_located(path: Path, model: type[M]) -> Located[M]:
    """The file as a `model`, with line numbers. Raises InputError with every finding."""
    data, lines = load_toml(path)
    return validate(data, model, lines, str(path))


def load_toml(path: Path) -> tuple[dict[str, Any], LineMap]:
    """The values of a TOML file and where they stand. Raises InputError."""
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_syntax_finding(str(path), text, str(error))]) from None
    except RecursionError:
        raise InputError([_too_deep(str(path))]) from None
    if not data:
        reason = "the file is empty" if not text.strip() else "the file has no keys, only comments"
        remedy = "start from an example: sortyard init DIR"
        raise InputError([Finding(str(path), None, "", reason, remedy)])
    if _depth(data) > MOST_LEVELS:
        raise InputError([_too_deep(str(path))])
    return data, LineMap(text)


def _too_deep(file: str) -> Finding:
    reason = f"tables or lists are nested more than {MOST_LEVELS} deep"
    return Finding(file, None, "", reason, "no key of sortyard's files needs that: take it out")


def _depth(data: Any) -> int:
    """How many tables and lists are in each other; what is far too deep is counted to the limit only."""
    level, depth = [data], 0
    while level and depth <= MOST_LEVELS:
        depth += 1
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level]
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
    return depth


def validate(data: dict[str, Any], model: type[M], lines: LineMap, file: str) -> Located[M]:
    """Values that were read from `file` as a `model`. Raises InputError with every finding.

    Types are taken strictly: the text "5" is no number. (Validated as JSON, because pydantic's strict mode
    accepts a list for a tuple and text for an enum only there.)
    """
    try:
        checked = _validated(model, data)
    except ValidationError as error:
        raise InputError(findings_of(error, model, data, lines, file)) from None
    return Located(checked, lines, file)


def told_at(located: Located[Any], path: KeyPath, error: InputError, file: Path) -> list[Finding]:
    """What is wrong with a file that a key names: told at the key where there is no such file, else in the file."""
    if file.is_file():
        return list(error.findings)
    return [located.finding(path, f"{one.file}: {one.reason}", one.remedy) for one in error.findings]


def sound_part(model: type[M], raw: dict[str, Any], harmless: Mapping[str, Any] | None = None) -> M | None:
    """A table without its unknown and wrong keys, so that the rest can be judged all the same; None if that is none.

    `harmless`: values, to which nothing objects, for keys that are wrong or missing.
    """
    wrong = _wrong_keys(model, raw)
    kept = {**(harmless or {}), **{key: value for key, value in raw.items() if key not in wrong}}
    try:
        return _validated(model, kept)
    except ValidationError:
        return None


def _wrong_keys(model: type[BaseModel], raw: dict[str, Any]) -> set[str]:
    try:
        _validated(model, raw)
    except ValidationError as error:
        return {str(one["loc"][0]) for one in error.errors(include_url=False) if one["loc"]}
    return set()


def _validated(model: type[M], data: dict[str, Any]) -> M:
    return model.model_validate_json(json.dumps(data, default=str), strict=True)


def _syntax_finding(file: str, text: str, message: str) -> Finding:
    place = _PLACE.search(message)
    what = message[: place.start()] if place else message
    line, column = text.count("\n") + 1, ""
    if place and place.group(1):
        line, column = int(place.group(1)), f" at column {place.group(2)}"
    if what.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        row = text.split("\n")[line - 1].split("=")[0].strip()
        return Finding(file, line, row, f"{row} is given twice", "keep one of the two")
    reason = f"not valid TOML{column}: {what[:1].lower()}{what[1:]}"
    remedy = "text stands in quotes, lists in [ ], a table starts with [name]: correct this line"
    return Finding(file, line, "", reason, remedy)
