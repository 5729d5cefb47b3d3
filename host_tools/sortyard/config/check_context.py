"""What the engineering rules of `check` have in common: the line, its figures, and the findings so far."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sortyard.config.check_figures import GateFigures, LineFigures
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering
from sortyard.config.toml_file import Located
from sortyard.config.toml_lines import KeyPath
from sortyard.errors import Finding, Severity

T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """One line that is being judged."""

    located: Located[Line]
    figures: LineFigures
    numbering: Numbering
    findings: list[Finding] = field(default_factory=list)

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.located.model

    @property
    def mm_per_ms(self) -> float:
        """Belt travel in a millisecond at rated speed."""
        return self.line.belt.speed_mm_s / 1000

    def error(self, path: KeyPath, reason: str, remedy: str) -> None:
        """The line cannot do its work like this."""
        self._tell(path, reason, remedy, "error")

    def warning(self, path: KeyPath, reason: str, remedy: str) -> None:
        """Some parcels will suffer."""
        self._tell(path, reason, remedy, "warning")

    def note(self, path: KeyPath, reason: str, remedy: str) -> None:
        """Worth knowing."""
        self._tell(path, reason, remedy, "note")

    def _tell(self, path: KeyPath, reason: str, remedy: str, severity: Severity) -> None:
        self.findings.append(self.located.finding(path, reason, remedy, severity))

    def diverter_path(self, name: str, key: str) -> KeyPath:
        """Path of a key of the diverter with that name."""
        return ("diverter", _place(self.line.diverter, name), key)

    def eye_path(self, name: str, key: str) -> KeyPath:
        """Path of a key of the eye with that name."""
        return ("eye", _place(self.line.eye, name), key)

    def chute_path(self, name: str, key: str) -> KeyPath:
        """Path of a key of the chute with that name."""
        return ("chute", _place(self.line.chute, name), key)

    def gate_groups(self, key: Callable[[GateFigures], Hashable | None]) -> list[list[GateFigures]]:
        """Gates with the same trouble, so that 64 equal diverters are one finding; key None: no trouble."""
        return grouped(self.figures.gates, key)


def _place(parts: Sequence[object], name: str) -> int:
    return next(place for place, part in enumerate(parts) if getattr(part, "name", None) == name)


def grouped(items: Iterable[T], key: Callable[[T], Hashable | None]) -> list[list[T]]:
    """Items of equal key together, in order of their first; those with key None left out."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        value = key(item)
        if value is not None:
            groups.setdefault(value, []).append(item)
    return list(groups.values())


def names_of(items: Iterable[object]) -> str:
    """`D01`, `D01, D02` or `D01 ... D16 (16)`."""
    names = [str(getattr(item, "name", item)) for item in items]
    if len(names) <= 3:
        return ", ".join(names)
    return f"{names[0]} ... {names[-1]} ({len(names)})"
