"""Read CSV files as exports really look: byte-order mark, `,` `;` tab or `|`, CR LF, other capitals.

Nothing is guessed that could change a value: a row that is damaged is told with its line.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sortyard.config.text_file import read_bytes
from sortyard.config.toml_findings import did_you_mean
from sortyard.errors import Finding, InputError

# not str.strip's own set: that has control characters in it, which a barcode must not lose unseen
_BLANKS = " \t\r\n\u00a0"
_SEPARATORS = ",;\t|"
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class CsvFile:
    """A CSV file with a header row. `columns` are the names as written, `findings` collects what is wrong."""

    file: str
    columns: list[str]
    header_line: int
    findings: list[Finding] = field(default_factory=list)
    _rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of each sound row, cells without blanks around; damaged rows become findings."""
        for line, cells in self._rows:
            reason = self._damage(cells)
            if reason:
                self.add(line, *reason)
            else:
                yield line, [cell.strip(_BLANKS) for cell in cells[: len(self.columns)]]

    def add(self, line: int, column: str, reason: str, remedy: str) -> None:
        """Collect an error."""
        self.findings.append(Finding(self.file, line, column, reason, remedy))

    def warn(self, line: int, column: str, reason: str, remedy: str) -> None:
        """Collect a warning."""
        self.findings.append(Finding(self.file, line, column, reason, remedy, "warning"))

    def refuse_errors(self) -> None:
        """Raise InputError if an error was collected."""
        if any(finding.severity == "error" for finding in self.findings):
            raise InputError(sorted(self.findings, key=lambda finding: finding.line or 0))

    def place_of(self, column: str) -> int | None:
        """Where a column stands, whatever its capitals, blanks and dashes; None if it is not there.

        A name that stands there twice is an error.
        """
        places = [place for place, name in enumerate(self.columns) if plain(name) == plain(column)]
        if len(places) > 1:
            reason = f'the column "{self.columns[places[0]]}" is there {len(places)} times'
            self.add(self.header_line, column, reason, "keep one of them")
        return places[0] if places else None

    def miss(self, column: str, remedy: str) -> None:
        """Collect the error that a column is missing."""
        near = did_you_mean(column, self.columns)
        there = ", ".join(name for name in self.columns if name) or "no column"
        self.add(
            self.header_line, column, f'the column "{column}" is missing; the file has {there}', near + remedy
        )

    def _damage(self, cells: list[str]) -> tuple[str, str, str] | None:
        """Column, reason and remedy."""
        for place, cell in enumerate(cells):
            if _NOT_UTF8.search(cell):
                column = self.columns[place] if place < len(self.columns) else ""
                shown = cell.encode("utf-8", "surrogateescape")
                return column, f"{shown!r} is not UTF-8 text", "export the file as UTF-8 or correct this row"
        if len(cells) < len(self.columns):
            count = f"the row has {len(cells)} values; allowed: {len(self.columns)} as in the header"
            return "", count, "complete the row or take it out"
        if any(cell.strip() for cell in cells[len(self.columns) :]):
            count = f"the row has {len(cells)} values; allowed: {len(self.columns)} as in the header"
            return "", count, "put a value that contains the separator in quotes"
        return None


def plain(name: str) -> str:
    """A column's name without capitals; blanks, dashes and brackets become one underscore."""
    return re.sub(r"[\s\-.()\[\]/]+", "_", name.strip().lower()).strip("_")


def read_csv(path: Path) -> CsvFile:
    """The file with its header. Raises InputError when there is no text, or no header, to read."""
    raw = read_bytes(path)
    if raw.startswith(_UTF16_MARKS):
        finding = Finding(str(path), 1, "", "the file is UTF-16 text", "export it as CSV in UTF-8")
        raise InputError([finding])
    if _NO_TEXT.search(raw.split(b"\n", 1)[0]):
        kind = "a spreadsheet, or another zip file" if raw.startswith(b"PK") else "no text"
        raise InputError([Finding(str(path), 1, "", f"the file is {kind}", "export it as CSV in UTF-8")])
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    rows, findings = _split(str(path), text)
    if not rows:
        reason, remedy = "the file is empty", "export it again with its header"
        raise InputError(findings or [Finding(str(path), None, "", reason, remedy)])
    header_line, header = rows[0]
    while header and not header[-1].strip():
        header.pop()
    names = [_NOT_UTF8.sub("?", name.strip()) for name in header]
    return CsvFile(str(path), names, header_line, findings, rows[1:])


def _split(file: str, text: str) -> tuple[list[tuple[int, list[str]]], list[Finding]]:
    """(line, cells) of each row that is not blank, and what is wrong with the quotes of the others."""
    rows: list[tuple[int, list[str]]] = []
    findings: list[Finding] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return rows, findings
        except csv.Error as error:
            reason, remedy = f"the row cannot be read: {error}", "look for a quote that is not closed"
            if "field larger" in str(error):
                remedy = f"a value has more than {csv.field_size_limit()} characters: look for an open quote"
            findings.append(Finding(file, line, "", reason, remedy))
            cells = []
        if any(cell.strip() for cell in cells):
            rows.append((line, cells))
        line = reader.line_num + 1


def _separator(text: str) -> str:
    """The separator of which the header line holds most."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_SEPARATORS, key=header.count)
