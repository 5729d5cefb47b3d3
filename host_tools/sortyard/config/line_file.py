"""Read a line file: keys and values by the models of `line`, then everything that needs two keys by the rules.

    found = read_line(Path("hub16.line.toml"))
    found.findings   # everything that is wrong, in the order of the file's lines; empty if it can be used
    found.located    # the Line with its lines; None if a key or value is wrong

So that one wrong value does not hide ten other mistakes, a file with wrong values is judged by the rules as
well, without what is wrong in it.
"""

from pathlib import Path
from typing import NamedTuple

from sortyard.config.line import Line
from sortyard.config.line_pins import judge_pins
from sortyard.config.line_rules import judge_line
from sortyard.config.line_view import LineView
from sortyard.config.toml_file import Located, load_toml, validate
from sortyard.errors import Finding, InputError


class LineFile(NamedTuple):
    """What was read, and every finding."""

    located: Located[Line] | None
    view: LineView
    findings: list[Finding]


def read_line(path: Path) -> LineFile:
    """Read and judge a line file. Raises InputError only where there is no TOML text to judge."""
    data, lines = load_toml(path)
    located, findings = None, []
    try:
        located = validate(data, Line, lines, str(path))
    except InputError as error:
        findings.extend(error.findings)
    view = LineView(data, lines, str(path))
    judge_line(view)
    judge_pins(view)
    findings.extend(view.findings)
    findings.sort(key=lambda finding: finding.line or 0)
    return LineFile(located, view, findings)


def load_line(path: Path) -> Located[Line]:
    """The line and where its keys are written. Raises InputError with everything that is wrong."""
    found = read_line(path)
    if found.located is None or any(finding.severity == "error" for finding in found.findings):
        raise InputError(found.findings)
    return found.located
