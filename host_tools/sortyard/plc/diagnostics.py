"""What the compiler has to say: code, severity, place, cause and suggestion; all of it in one pass.

Codes: SY10xx characters and literals, SY11xx syntax, SY12xx names, SY13xx types, SY14xx calls,
SY15xx statements, SY16xx constants and limits, SY17xx what this version cannot compile, SY18xx what does not fit the
line that the program is for, SY2xxx warnings (SY22xx about that line), SY3xxx hints.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from sortyard.errors import SortyardError
from sortyard.plc.message_docs import remedy
from sortyard.plc.source import Span

Severity = Literal["error", "warning", "hint"]

MAX_ERRORS = 200
"""Errors kept of one compilation; what follows so many is rarely news."""
SEVERITY_OF_CODE: dict[str, Severity] = {"SY1": "error", "SY2": "warning", "SY3": "hint"}
_MAX_SHOWN_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message. `message` says what was found and why it is wrong, `suggestion` what to write ("" if unknown)."""

    code: str
    span: Span
    message: str
    suggestion: str = ""

    @property
    def severity(self) -> Severity:
        return SEVERITY_OF_CODE[self.code[:3]]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: lines and columns from 1, the end behind the last character."""
        span = self.span
        return {
            "code": self.code,
            "severity": self.severity,
            "file": span.file,
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line,
            "end_column": span.end_column,
            "message": self.message,
            "suggestion": self.suggestion,
        }

    def render(self) -> str:
        """File, line, column, message; the source line with a caret; the suggestion."""
        span = self.span
        head = f"{span.file}:{span.line}:{span.column}: {self.severity} {self.code}: {self.message}"
        parts = [head, self.excerpt()]
        if self.suggestion:
            parts.append(f"      = {self.suggestion}")
        return "\n".join(parts)

    def excerpt(self) -> str:
        """The source line with its number, and a caret under the place."""
        shown, mark = _excerpt(self.span)
        return f"{self.span.line:>5} | {shown}\n      | {mark}"


def _excerpt(span: Span) -> tuple[str, str]:
    """The line of `span` and a line of carets under it; a very long line is cut around the place."""
    text = span.source.line(span.line)
    start = span.column - 1
    length = max(1, min(span.end - span.start, len(text) - start))
    if len(text) > _MAX_SHOWN_WIDTH:
        left = max(0, start - _MAX_SHOWN_WIDTH // 2)
        text, start = text[left : left + _MAX_SHOWN_WIDTH], start - left
        length = min(length, _MAX_SHOWN_WIDTH - start)
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown.rstrip(), " " * start + "^" * max(1, length)


@dataclass(slots=True)
class Sink:
    """Collects diagnostics. The same code at the same place is told once."""

    items: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, str, int]] = field(default_factory=set)
    _errors: int = 0

    def tell(self, code: str, span: Span, message: str, suggestion: str = "") -> None:
        """Add a diagnostic; `code` decides its severity, and what is suggested where nothing better is known.

        Beyond MAX_ERRORS errors nothing is added.
        """
        key = (code, span.file, span.start)
        if key in self._seen or self._errors >= MAX_ERRORS:
            return
        self._seen.add(key)
        self.items.append(Diagnostic(code, span, message, suggestion or remedy(code)))
        self._errors += code.startswith("SY1")

    def was_told(self, code: str, span: Span) -> bool:
        """True if this has been told at the begin of `span`: what follows from it is no news."""
        return (code, span.file, span.start) in self._seen

    @property
    def has_errors(self) -> bool:
        return self._errors > 0

    def sorted(self) -> list[Diagnostic]:
        """In the order of files as given first, then of places."""
        files = {name: rank for rank, name in enumerate(dict.fromkeys(d.span.file for d in self.items))}
        return sorted(self.items, key=lambda d: (files[d.span.file], d.span.start, d.code))


class PlcSourceError(SortyardError):
    """Sources that cannot be compiled; `diagnostics` has everything there is to say about them."""

    exit_code: int = 2

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = sum(d.severity == "error" for d in self.diagnostics)
        super().__init__(f"{errors} {'error' if errors == 1 else 'errors'} in the program")

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "findings": [d.as_dict() for d in self.diagnostics]}

    def __str__(self) -> str:
        return "\n".join([*(d.render() for d in self.diagnostics), self.message])


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean X?` with the most similar of `known` (any case), or ""."""
    by_key = {k.casefold(): k for k in known}
    found = get_close_matches(name.casefold(), by_key, n=1, cutoff=0.6)
    return f"did you mean {by_key[found[0]]}?" if found else ""
