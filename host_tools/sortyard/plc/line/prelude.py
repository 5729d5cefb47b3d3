"""The declarations that a program of a line is compiled with: the blocks, and a variable for each part.

Each variable is declared on the line on which the line file has its part, so that messages about it lead there.
"""

import tomllib
from functools import lru_cache
from pathlib import Path

from sortyard.config.line import Line
from sortyard.config.line_file import load_line
from sortyard.config.toml_file import Located
from sortyard.errors import Finding, InputError
from sortyard.plc.diagnostics import Sink
from sortyard.plc.keywords import KEYWORDS
from sortyard.plc.line.parts import LINE_NAME, Part, parts_of
from sortyard.plc.parser import parse
from sortyard.plc.source import Source
from sortyard.plc.tree import File


@lru_cache(maxsize=1)
def blocks() -> File:
    """The parsed blocks.st."""
    return _parsed(Source("library/line/blocks.st", Path(__file__).with_name("blocks.st").read_text("utf-8")))


def _parsed(source: Source) -> File:
    sink = Sink()
    file = parse(source, sink)
    assert not sink.has_errors, [d.render() for d in sink.items]
    return file


def prelude_for(path: Path) -> list[File]:
    """What a program of this line file is compiled with. Raises InputError for a line that cannot be used."""
    located = load_line(path)
    findings = judge_names(located)
    if findings:
        raise InputError(findings)
    return prelude_of(located)


def subject_of(test: Path) -> Path | None:
    """The program that test_door.st is about: door.st beside it, if there is one."""
    subject = test.with_name(test.name.removeprefix("test_"))
    return subject if subject != test and subject.exists() else None


def line_beside(program: Path) -> Path | None:
    """The line file in the same folder that names this program."""
    for path in sorted(program.parent.glob("*.line.toml")):
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("program")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if isinstance(table, dict) and table.get("file") == program.name:
            return path
    return None


def prelude_of(located: Located[Line]) -> list[File]:
    """What is compiled ahead of the program. The names of the parts must be possible ones (`judge_names`)."""
    rows: dict[int, list[str]] = {}
    for part in parts_of(located.model):
        rows.setdefault(located.lines.line_of(part.path), []).append(_declaration(part))
    text = "\n".join(" ".join(rows.get(row, [])) for row in range(1, max(rows) + 1))
    return [blocks(), _parsed(Source(located.file, f"{text}\n"))]


def _declaration(part: Part) -> str:
    values = ", ".join(f"{name} := {value}" for name, value in part.initial.items())
    initial = f" := ({values})" if values else ""
    return f"VAR_GLOBAL {part.identifier} : {part.block}{initial}; END_VAR"


def judge_names(located: Located[Line]) -> list[Finding]:
    """Parts that a program could not name."""
    findings: list[Finding] = []
    taken: dict[str, str] = {}
    for part in parts_of(located.model):
        key = part.identifier.upper()
        path = (*part.path, "name") if part.path != ("name",) else part.path
        if key in KEYWORDS:
            reason = f'"{part.name}" is a word of Structured Text: the program cannot name this part'
            findings.append(located.finding(path, reason, "give the part another name"))
        elif key in taken:
            what = "the line itself" if key == LINE_NAME else taken[key]
            reason = f'in a program "{part.name}" is {part.identifier}, and so is {what}'
            findings.append(located.finding(path, reason, "give the part another name"))
        taken.setdefault(key, part.name)
    return findings
