"""What of the standard is written in ST beside this file: blocks in all types, and functions as NAME__TYPE.

A source names one type; its variants replace that type and add a suffix to the blocks' names.
"""

import re
from functools import lru_cache
from pathlib import Path

from sortyard.plc.diagnostics import Sink
from sortyard.plc.parser import parse
from sortyard.plc.source import Source
from sortyard.plc.tree import File

_FOLDER = Path(__file__).with_name("library")
_COUNTERS = [(f"_{name}", {"INT": name}) for name in ("INT", "DINT", "LINT", "UDINT", "ULINT")]
VARIANTS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "counters.st": _COUNTERS,
    "timers.st": [("_TIME", {}), ("_LTIME", {"TIME": "LTIME"})],
    "shift.st": [
        ("", {"INT": "SINT", "WORD": "BYTE"}),
        ("", {"INT": "DINT", "WORD": "DWORD"}),
        ("", {"INT": "LINT", "WORD": "LWORD"}),
    ],
    "math.st": [("", {"REAL": "LREAL"})],
    "text_real.st": [("", {"REAL": "LREAL"})],
}
"""Suffix of the blocks' names, and words to replace, as the last part of names too; beside them the source as it is."""
VENDOR_NAMESPACES = ("TC2_SYSTEM",)


@lru_cache(maxsize=1)
def library_files() -> list[File]:
    """The parsed library."""
    files = []
    for path in sorted(_FOLDER.glob("*.st")):
        text = path.read_text("utf-8")
        files.append(_parsed(path.name, text))
        for suffix, words in VARIANTS.get(path.name, []):
            files.append(_parsed(path.name, _variant(text, suffix, words)))
    return files


@lru_cache(maxsize=4)
def vendor_files(dialect: str) -> list[File]:
    """What programs of that vendor find besides, in namespaces that everybody uses (`VENDOR_NAMESPACES`)."""
    names = (dialect, "common") if dialect != "strict" else ()
    paths = [path for name in names if (path := _FOLDER / "vendors" / f"{name}.st").exists()]
    return [_parsed(f"vendors/{path.name}", path.read_text("utf-8")) for path in paths]


def _variant(text: str, suffix: str, words: dict[str, str]) -> str:
    """Same number of lines, so that places stay true."""
    for old, new in words.items():
        text = re.sub(rf"(?<![A-Za-z0-9]){old}\b", new, text)
    return re.sub(r"(?m)^(FUNCTION_BLOCK \w+)", rf"\g<1>{suffix}", text)


def _parsed(name: str, text: str) -> File:
    sink = Sink()
    file = parse(Source(f"library/{name}", text), sink)
    assert not sink.has_errors, [d.render() for d in sink.items]
    return file
