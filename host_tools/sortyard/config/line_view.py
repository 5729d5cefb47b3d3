"""What the rules see of a line file: the parts that are sound by themselves, and where each one is written.

A part with a wrong value is set aside, so that its other mistakes and those of the rest can still be told;
its name stays known, so that nobody is told to correct a reference to it.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sortyard.config.line import (
    Belt,
    Chute,
    Diverter,
    Ecu,
    Encoder,
    Expander,
    Eye,
    InfeedMeter,
    Light,
    Line,
    Motor,
    ParcelLimits,
    Policy,
    Program,
    Recirculation,
    Scanner,
)
from sortyard.config.toml_file import Located, sound_part
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath, LineMap
from sortyard.errors import Finding, Severity

PART_LISTS: dict[str, type[BaseModel]] = {
    "ecu": Ecu,
    "expander": Expander,
    "motor": Motor,
    "eye": Eye,
    "scanner": Scanner,
    "diverter": Diverter,
    "chute": Chute,
    "light": Light,
}
_TABLES: dict[str, type[BaseModel]] = {
    "belt": Belt,
    "encoder": Encoder,
    "parcels": ParcelLimits,
    "recirculation": Recirculation,
    "infeed_meter": InfeedMeter,
    "policy": Policy,
    "program": Program,
}
# Values that no rule objects to, in place of wrong or missing ones.
_HARMLESS: dict[str, dict[str, Any]] = {
    "belt": {"speed_mm_s": 1000, "length_mm": 200_000, "width_mm": 2000},
    "encoder": {"um_per_count": 1000, "ecu": "line"},
    "parcels": {},
    "policy": {},
}


class LineView:
    """The sound parts of a line file with their places, and the findings about them so far."""

    def __init__(self, data: dict[str, Any], lines: LineMap, file: str) -> None:
        self.findings: list[Finding] = []
        self.has_set_aside: set[str] = set()
        self._known: dict[str, list[str]] = {}
        self._places: dict[str, list[int]] = {}
        self.has_plan = isinstance(data.get("plan"), str)
        self.line = self._salvage(data)
        self.located = Located(self.line, lines, file)

    def tell(self, path: KeyPath, reason: str, remedy: str, severity: Severity = "error") -> None:
        """Note a finding about the key at `path`, as returned by `path_of` or written in the file."""
        self.findings.append(self.located.finding(path, reason, remedy, severity))

    def parts(self, kind: str) -> Iterator[tuple[KeyPath, Any]]:
        """Each sound part of a list (`eye`, `diverter` ...) with its path in the file."""
        for part, place in zip(getattr(self.line, kind), self._places[kind], strict=True):
            yield (kind, place), part

    def line_of(self, path: KeyPath) -> int:
        """The line of the file where `path` is written."""
        return self.located.lines.line_of(path)

    def is_known(self, kind: str, name: str) -> bool:
        """Whether a part of that kind is written in the file, sound or not."""
        return name in self._known[kind]

    def names(self, kind: str) -> list[str]:
        """The names of all parts of that kind that are written in the file, sound or not."""
        return list(self._known[kind])

    def suggestion(self, kind: str, name: str) -> str:
        """What a wrong name of a part may have meant: the nearest one, and all there are."""
        known = self._known[kind]
        there_are = f"this line has {', '.join(known[:20])}" if known else f"this line has no [[{kind}]]"
        return did_you_mean(name, known) + there_are + (" ..." if len(known) > 20 else "")

    def _salvage(self, data: dict[str, Any]) -> Line:
        values: dict[str, Any] = {
            "format": 1,
            "name": _text(data.get("name"), "unnamed"),
            "plan": _text(data.get("plan"), "unnamed.plan.toml"),
        }
        for name, model in _TABLES.items():
            values[name] = self._table(name, model, data.get(name))
        for kind, model in PART_LISTS.items():
            values[kind] = self._list(kind, model, data.get(kind))
        return Line.model_construct(**values)

    def _table(self, name: str, model: type[BaseModel], raw: Any) -> BaseModel | None:
        harmless = _HARMLESS.get(name)
        if raw is None and harmless is None:
            return None
        table = sound_part(model, raw) if isinstance(raw, dict) else None
        if table is None:
            self.has_set_aside.add(name)
            given = raw if isinstance(raw, dict) else {}
            table = None if harmless is None else sound_part(model, given, harmless)
        return table

    def _list(self, kind: str, model: type[BaseModel], raw: Any) -> list[BaseModel]:
        entries = raw if isinstance(raw, list) else []
        sound = [sound_part(model, entry) if isinstance(entry, dict) else None for entry in entries]
        self._known[kind] = [entry["name"] for entry in entries if _is_named(entry)]
        self._places[kind] = [place for place, part in enumerate(sound) if part is not None]
        if None in sound or (raw is not None and not isinstance(raw, list)):
            self.has_set_aside.add(kind)
        return [part for part in sound if part is not None]


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str)
