"""Load a TOML file into a pydantic model and tell everything that is wrong with it at once.

    line = load_model(Path("hub.line.toml"), LineFile)            # InputError with all findings
    located = load_located(Path("hub.line.toml"), LineFile)       # the same, with lines for later checks
    located.finding(("diverter", 3, "name"), "the name D4 is taken", "give each diverter its own name")

A validator of a model tells what to do by a second argument: `raise ValueError(reason, remedy)`.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from sortyard.config.toml_findings import findings_of
from sortyard.config.toml_lines import KeyPath, LineMap, dotted
from sortyard.errors import Finding, InputError, Severity

M = TypeVar("M", bound=BaseModel)

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


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
    return data, LineMap(text)


def validate(data: dict[str, Any], model: type[M], lines: LineMap, file: str) -> Located[M]:
    """Values that were read from `file` as a `model`. Raises InputError with every finding.

    Types are taken strictly: the text "5" is no number. (Validated as JSON, because pydantic's strict mode
    accepts a list for a tuple and text for an enum only there.)
    """
    try:
        checked = model.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise InputError(findings_of(error, model, data, lines, file)) from None
    return Located(checked, lines, file)


def read_bytes(path: Path) -> bytes:
    """The bytes of a user's file. Raises InputError when there is none that can be read."""
    reason = remedy = ""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        reason, remedy = "there is no such file", "check the path; " + _neighbours(path)
    except IsADirectoryError:
        reason, remedy = "this is a folder, not a file", "name the file inside it"
    except OSError as error:
        reason = f"the file cannot be read: {(error.strerror or str(error)).lower()}"
        remedy = "check the path and the file's permissions"
    raise InputError([Finding(str(path), None, "", reason, remedy)])


def read_text(path: Path) -> str:
    """The text of a user's UTF-8 file, without byte-order mark. Raises InputError."""
    raw = read_bytes(path)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{raw[error.start]:02x} is not UTF-8 text"
        remedy = "save the file as UTF-8 in your editor"
        raise InputError([Finding(str(path), line, "", reason, remedy)]) from None


def _neighbours(path: Path) -> str:
    """What lies in the folder that the user meant, to choose from."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix == path.suffix)
    except OSError:
        return f"the folder {path.parent} cannot be read either"
    if not names:
        return f"{path.parent} has no {path.suffix or 'such'} file"
    return f"{path.parent} has {', '.join(names[:8])}" + (" ..." if len(names) > 8 else "")


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
