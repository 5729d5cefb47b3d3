"""Structured Text that an editor keeps in pieces in XML: the elements with their places, and one text made of pieces.

A message about the text names its place in the file, so every piece remembers where it stood (source.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sortyard.plc.source import Piece, Problem, Source

MAX_DEPTH = 100
"""Deepest nesting of elements that is read; editors write some ten."""

_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_PIECE = re.compile(
    r"""<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<data>.*?)\]\]>|</(?P<closed>[\w:.-]+)\s*>
      | <(?P<opened>[\w:.-]+)(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?P<empty>/?)>
      | (?P<text>[^<]+)""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITY = re.compile(r"&(?:#(?P<number>[0-9]{1,7})|#x(?P<hex>[0-9A-Fa-f]{1,6})|(?P<name>\w+));")


@dataclass(slots=True, eq=False)
class Element:
    """An element without the prefix of its name; `texts` are the places of what stands in it, `start` is its own."""

    name: str
    attributes: dict[str, str]
    start: int
    children: "list[Element]" = field(default_factory=list)
    texts: list[tuple[int, int, bool]] = field(default_factory=list)
    """From, to, and whether it is taken as it stands (CDATA)."""

    def all(self, *names: str) -> "list[Element]":
        """The children of these names."""
        return [child for child in self.children if child.name in names]

    def child(self, name: str) -> "Element | None":
        return next(iter(self.all(name)), None)

    def walk(self) -> "Iterator[Element]":
        """Itself and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_xml(raw: str) -> Element | Problem:
    """The outermost element, or what is wrong with the XML and where."""
    top = Element("", {}, 0)
    opened, at = [top], 0
    while at < len(raw):
        found = _PIECE.match(raw, at)
        if found is None:
            return _damaged(at, at + 1, "this is no XML")
        if found["opened"]:
            element = Element(_local(found["opened"]), _attributes(found["attributes"]), at)
            opened[-1].children.append(element)
            opened += [] if found["empty"] else [element]
            if len(opened) > MAX_DEPTH:
                return _damaged(at, found.end(), "elements are nested too deep")
        elif found["closed"]:
            if len(opened) == 1 or opened[-1].name != _local(found["closed"]):
                return _damaged(at, found.end(), f"</{found['closed']}> closes nothing that is open here")
            opened.pop()
        elif found["data"] is not None:
            opened[-1].texts.append((*found.span("data"), True))
        elif found["text"]:
            opened[-1].texts.append((at, found.end(), False))
        at = found.end()
    if not top.children and len(opened) == 1:
        return _damaged(0, 1, "the file holds no XML")
    if len(opened) > 1:
        return _damaged(opened[-1].start, opened[-1].start + 1, f"<{opened[-1].name}> is never closed")
    return top.children[0]


def _damaged(start: int, end: int, message: str) -> Problem:
    return Problem("SY1110", start, end, message, "save the file in its editor again")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {_local(name): _plain(double or single) for name, double, single in found}


def _plain(text: str) -> str:
    """What a text with entities stands for."""
    return _ENTITY.sub(lambda found: _meant(found), text)


def _meant(found: re.Match[str]) -> str:
    if found["name"]:
        return _ENTITIES.get(found["name"], found.group())
    code = int(found["number"]) if found["number"] else int(found["hex"], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else found.group()


def text_of(raw: str, element: Element | None) -> str:
    """What stands in an element itself."""
    texts = element.texts if element is not None else []
    return "".join(raw[a:b] if is_data else _plain(raw[a:b]) for a, b, is_data in texts)


class Writer:
    """Puts pieces of a file and words of its own one after another."""

    def __init__(self, file: str, raw: str) -> None:
        self._file, self._raw = file, raw
        self._parts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0
        self.problems: list[Problem] = []
        self.libraries: list[str] = []

    def word(self, text: str, at: int) -> None:
        """A word that stands nowhere in the file; messages about it point to `at`."""
        self._add(f"\n{text}\n", Piece(self._length, at, False))

    def content(self, element: Element | None) -> None:
        """What stands in an element, on lines of its own."""
        for start, end, is_data in element.texts if element is not None else []:
            self._add("\n", Piece(self._length, start, False))
            at = start
            for found in [] if is_data else _ENTITY.finditer(self._raw, start, end):
                self._copy(at, found.start())
                self._add(_meant(found), Piece(self._length, found.start(), False))
                at = found.end()
            self._copy(at, end)

    def _copy(self, start: int, end: int) -> None:
        self._add(self._raw[start:end], Piece(self._length, start, True))

    def _add(self, text: str, piece: Piece) -> None:
        if text:
            self._parts.append(text)
            self._pieces.append(piece)
            self._length += len(text)

    def source(self, opened: tuple[str, ...] = ()) -> Source:
        """The whole; `opened` as in Source."""
        text = "".join(self._parts)
        pieces, problems = tuple(self._pieces), tuple(self.problems)
        return Source(self._file, text, self._raw, pieces, opened, problems, tuple(self.libraries))
