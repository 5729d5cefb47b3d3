"""Where each key of a TOML text stands: a scanner of positions beside `tomllib`, which reads the values.

It expects text that `tomllib` has accepted, so it only has to find keys, never to judge them.
"""

import re
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_ESCAPE = re.compile(r'\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[btnfr"\\])')
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


class Place(NamedTuple):
    """Behind the last thing in a table or an array: its offset in the text, whether what is there stands in braces or
    brackets, and the beginning of a dotted key that leads into the table from where that is.
    """

    offset: int
    is_inline: bool
    prefix: str


def dotted(path: KeyPath) -> str:
    """A key path as text: `diverter[3].name`; places in arrays count from 0."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


class LineMap:
    """Key paths of one TOML text and the lines (counted from 1) where they are written.

    A path holds keys as text and places in arrays, inline or `[[tables]]`, as numbers counted from 0:
    `("diverter", 3, "name")`.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._ends: dict[KeyPath, Place] = {}
        _Scanner(text, self._lines, self._ends).scan()

    def line_of(self, path: KeyPath) -> int:
        """The line of the path, or of its nearest written ancestor; 1 for the file itself."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return 1

    def end_of(self, path: KeyPath) -> Place | None:
        """Where a key can be added to a table, or a value to an array; None if the text has neither there."""
        return self._ends.get(path)

    def has(self, path: KeyPath) -> bool:
        """Whether the path itself is written in the text."""
        return path in self._lines


class _Scanner:
    def __init__(self, text: str, lines: dict[KeyPath, int], ends: dict[KeyPath, Place]) -> None:
        self._text = text
        self._lines = lines
        self._ends = ends
        self._at = 0
        self._line = 1
        self._counts: dict[KeyPath, int] = {}

    def scan(self) -> None:
        table: KeyPath = ()
        while self._skip_space():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table, False)

    def _move_to(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _skip_space(self) -> bool:
        match = _SPACE.match(self._text, self._at)
        if match is not None:
            self._move_to(match.end())
        return self._at < len(self._text)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _note(self, path: KeyPath) -> None:
        self._lines.setdefault(path, self._line)

    def _header(self) -> KeyPath:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._last_element((*path, key))
            self._note(path)
        path = (*path, keys[-1])
        self._note(path)
        if is_array:
            self._counts[path] = self._counts.get(path, 0) + 1
        path = self._last_element(path)
        self._note(path)
        self._ends[path] = Place(self._at, False, "")
        return path

    def _last_element(self, path: KeyPath) -> KeyPath:
        count = self._counts.get(path, 0)
        return (*path, count - 1) if count else path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip_space()
            keys.append(self._key())
            self._skip_space()
            if self._peek() != ".":
                return keys
            self._at += 1

    def _key(self) -> str:
        if self._peek() in ("'", '"'):
            return self._string()
        match = _BARE_KEY.match(self._text, self._at)
        if match is None:
            raise ValueError(f"no key at line {self._line}")
        self._at = match.end()
        return match.group()

    def _pair(self, table: KeyPath, is_inline: bool) -> None:
        path, keys = table, self._keys()
        for key in keys:
            path = (*path, key)
            self._note(path)
        self._at += 1
        self._skip_space()
        self._value(path)
        for depth in range(len(keys)):
            prefix = "".join(f"{key}." for key in keys[:depth])
            self._ends[(*table, *keys[:depth])] = Place(self._at, is_inline, prefix)

    def _value(self, path: KeyPath) -> None:
        opening = self._peek()
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in ("'", '"'):
            self._string()
        else:
            match = _SCALAR.match(self._text, self._at)
            self._move_to(match.end() if match else self._at + 1)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._skip_space() and self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            self._note((*path, index))
            self._value((*path, index))
            self._ends[path] = Place(self._at, True, "")
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip_space() and self._peek() != "}":
            if self._peek() == ",":
                self._at += 1
                continue
            self._pair(path, True)
        self._at += 1

    def _string(self) -> str:
        quote = self._peek()
        is_long = self._text.startswith(quote * 3, self._at)
        mark = quote * 3 if is_long else quote
        start = end = self._at + len(mark)
        while not self._text.startswith(mark, end):
            end += 2 if quote == '"' and self._text[end] == "\\" else 1
        raw = self._text[start:end]
        end += len(mark)
        while is_long and self._text.startswith(quote, end):
            end += 1
        self._move_to(end)
        return raw if quote == "'" else _ESCAPE.sub(_unescape, raw)


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPED[code]
