"""What sortyard raises when a user has to do something.

Raise `InputError` with every `Finding` of a file at once, never the first one alone:

    findings = [Finding("hub.line.toml", 12, "chutes[3].x_mm", "x_mm is -5; allowed: 0 or more",
                        "measure from the infeed eye, downstream is positive")]
    if any(f.severity == "error" for f in findings):
        raise InputError(findings)

The command line turns every `SortyardError` into a message on stderr (or one JSON object on stdout when
`--json` is given) and leaves with its `exit_code`: 2 for what the user wrote, 1 for everything else.
Code that is not a user's doing raises ordinary Python exceptions.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about one place of a user's file.

    `file` is the path as the user gave it. `line` counts from 1; None where there is no line (a missing
    file, a command-line option). `key` is the dotted path of the key or the column's name, "" for the whole
    file. `reason` says what was found and what is allowed; `remedy` what to do.
    """

    file: str
    line: int | None
    key: str
    reason: str
    remedy: str
    severity: Severity = "error"
    excerpt: str = ""
    """the line of a program and a caret under the place, where that is a program's"""

    def place(self) -> str:
        """`file:line: key` without the parts that are not known."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}" if self.key else where

    def as_dict(self) -> dict[str, Any]:
        """The finding with the fields' own names, for `--json`."""
        fields = asdict(self)
        if not self.excerpt:
            del fields["excerpt"]
        return fields

    def __str__(self) -> str:
        return f"{self.place()}: {self.severity}: {self.reason}; {self.remedy}"


class SortyardError(Exception):
    """An error whose message is for the user; `remedy` says what to do about it."""

    exit_code: int = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def as_dict(self) -> dict[str, Any]:
        """The error for `--json`: `error`, `remedy`, `findings` (a list, empty here)."""
        return {"error": self.message, "remedy": self.remedy, "findings": []}


class InputError(SortyardError):
    """A user's file or option cannot be used; `findings` holds every reason, errors and warnings alike."""

    exit_code: int = 2

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = sum(finding.severity == "error" for finding in self.findings)
        super().__init__(f"{errors} {'error' if errors == 1 else 'errors'} in the input")

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "findings": [finding.as_dict() for finding in self.findings]}

    def __str__(self) -> str:
        return "\n".join([self.message, *map(str, self.findings)])


class MissingExtraError(SortyardError):
    """A command needs packages that only come with an extra of the installation."""

    exit_code: int = 2

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed", f"run: pip install 'sortyard[{extra}]'"
        )
