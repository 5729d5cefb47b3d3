"""Put pins that `assign` has found into the line file; all else in it stays as it is."""

import json
from collections.abc import Mapping
from pathlib import Path

from sortyard.config.assign import Assignment
from sortyard.config.line import Expander
from sortyard.config.output_file import writing
from sortyard.config.text_file import read_text
from sortyard.config.toml_lines import LineMap, Place


def write_pins(path: Path, found: Assignment) -> None:
    """Write the pins into the line file. Raises InputError if it cannot be written."""
    text = pins_in(read_text(path), found)
    with writing(path):
        path.write_text(text, encoding="utf-8")


def pins_in(text: str, found: Assignment) -> str:
    """The text of a line file with the pins in it: each key behind the last one of its table."""
    lines, added = LineMap(text), []
    for one in found.given:
        *way, key = one.path
        place = lines.end_of(tuple(way))
        assert place is not None, "a part stands in a table of the text"
        pair = f"{place.prefix}{key} = {_braced(one.pins)}"
        added.append(_added(text, place, pair))
    last = lines.end_of(("expander",))
    if last is not None and last.is_inline:
        added += [(last.offset, f",\n  {_braced(_keys_of(one))}") for one in found.expanders]
    else:
        added += [(len(text), _table(one)) for one in found.expanders]
    done = 0
    parts = []
    for offset, more in sorted(added, key=lambda one: one[0]):
        parts += [text[done:offset], more]
        done = offset
    return "".join(parts) + text[done:]


def _added(text: str, place: Place, pair: str) -> tuple[int, str]:
    """Offset and text of a key: in braces behind a comma, else on a line of its own."""
    if place.is_inline:
        return place.offset, f", {pair}"
    end = text.find("\n", place.offset)
    return (end if end >= 0 else len(text)), f"\n{pair}"


def _keys_of(chain: Expander) -> dict[str, object]:
    return {
        "name": chain.name,
        "kind": chain.kind,
        "count": chain.count,
        "ecu": chain.ecu,
        "pins": chain.pins,
    }


def _table(chain: Expander) -> str:
    pairs = "\n".join(f"{key} = {_value(value)}" for key, value in _keys_of(chain).items())
    return f"\n[[expander]]\n{pairs}\n"


def _braced(values: Mapping[str, object]) -> str:
    """Laid out as people write it: { a = "GP2", b = "GP3" }."""
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + " }"


def _value(value: object) -> str:
    return _braced(value) if isinstance(value, Mapping) else json.dumps(value)
