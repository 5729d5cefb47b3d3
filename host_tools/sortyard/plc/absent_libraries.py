"""What a vendor's project takes from libraries that are not here: messages about unknown names say where to look."""

from collections.abc import Iterable
from dataclasses import replace

from sortyard.plc.diagnostics import Diagnostic
from sortyard.plc.source import Source

_ABOUT_NAMES = frozenset({"SY1200", "SY1203", "SY1401"})
_MAX_NAMED = 6


def with_libraries(items: Iterable[Diagnostic], sources: Iterable[Source]) -> list[Diagnostic]:
    """The messages; those about names that nobody declares name the libraries that the projects refer to."""
    sources = list(sources)
    present = {name.upper() for source in sources for name in source.opened}
    named = dict.fromkeys(name for source in sources for name in source.libraries)
    absent = {name.upper(): name for name in named if name.upper() not in present}
    return [_advised(item, absent) if absent and item.code in _ABOUT_NAMES else item for item in items]


def _advised(item: Diagnostic, absent: dict[str, str]) -> Diagnostic:
    first = item.span.text().partition(".")[0].upper()
    if first in absent:
        hint = "name its sources or its *.plcproj too, or write a stand-in in that namespace"
        return replace(item, suggestion=f"{absent[first]} is a library that is not here: {hint}")
    some = [*list(absent.values())[:_MAX_NAMED], *(["..."] if len(absent) > _MAX_NAMED else [])]
    hint = f"{item.suggestion.rstrip('?') or 'declare it'}, or name the sources of the library that has it"
    return replace(item, suggestion=f"{hint}: one of {', '.join(some)}")
