"""A source text and places in it."""

from bisect import bisect_right
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sortyard.errors import Finding, InputError


class Piece(NamedTuple):
    """From `start` of a text on stands what is at `at` of the file; a word that stands for that place does not move."""

    start: int
    at: int
    moves: bool


class Problem(NamedTuple):
    """What was wrong with a file before it was a text in Structured Text: a message and its place in the file."""

    code: str
    start: int
    end: int
    message: str
    suggestion: str


@dataclass(eq=False, slots=True)
class Source:
    """One file's text. `file` is the name as the user gave it. Offsets count characters from 0.

    `raw` is what the file holds where the text was put together from pieces of it; places are told as the file's.
    `opened` are namespaces whose names everybody sees without naming them, `libraries` what its project refers to.
    """

    file: str
    text: str
    raw: str = ""
    pieces: tuple[Piece, ...] = ()
    opened: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    libraries: tuple[str, ...] = ()
    _line_starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = [0]
        find = (self.raw or self.text).find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        self._line_starts = starts

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of a character of the text, both from 1."""
        if self.pieces:
            piece = self.pieces[max(0, bisect_right(self.pieces, offset, key=_start) - 1)]
            offset = piece.at + (offset - piece.start if piece.moves else 0)
        return self.raw_position(offset)

    def raw_position(self, offset: int) -> tuple[int, int]:
        """(line, column) of a character of the file, both from 1."""
        row = bisect_right(self._line_starts, offset)
        return row, offset - self._line_starts[row - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1) without its end."""
        start = self._line_starts[number - 1]
        text = self.raw or self.text
        end = self._line_starts[number] if number < len(self._line_starts) else len(text)
        return text[start:end].rstrip("\r\n")


def _start(piece: Piece) -> int:
    return piece.start


class Span(NamedTuple):
    """The characters `start` to `end` (excluded) of a source."""

    source: Source
    start: int
    end: int

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """Column after the last character."""
        return self.source.position(self.end)[1]

    def to(self, other: "Span") -> "Span":
        """From the start of this span to the end of `other`."""
        return Span(self.source, self.start, other.end)

    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]


_MOST_BYTES = 100_000_000
"""More than the longest source (parser.py) has in any encoding."""


def read_text(path: Path) -> str:
    """What a file holds: UTF-8, or UTF-16 with its mark, else Latin-1 as older editors wrote. Raises OSError, and
    InputError for a file that is no text. Of one without an end the beginning is read, which is too long then.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        # what fails in the middle of a file does not say which one
        error.filename = error.filename or str(path)
        raise
    is_marked = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    if not is_marked and b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        remedy = "name a file in Structured Text; if an editor wrote it as UTF-16, save it as UTF-8"
        raise InputError([Finding(str(path), line, "", "this is no text: a byte of it is 0", remedy)])
    try:
        return data.decode("utf-16" if is_marked else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
