"""The sort plan as users write it: `*.plan.toml`, or a CSV file with the columns code and chute.

    default = "A16"                       # where a code goes that no rule knows; left out: reason NO_DATA

    [[rule]]                              # the first rule whose conditions all hold decides
    format = "s10"
    prefix = ["RR", "LX"]
    chutes = ["A1", "A2"]                 # A2 when A1 is full
    priority = 200                        # of several reads of one parcel the highest decides

`load_plan` gives a `Plan` with everything read and resolved: the common ground of the host's decision
(plan_host) and the board's table (plan_board).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from sortyard.config.carriers import (
    Format,
    FormatFile,
    FormatId,
    build_formats,
    builtin_file,
    builtin_formats,
)
from sortyard.config.csv_file import CsvFile, read_csv
from sortyard.config.patterns import MAX_LENGTH
from sortyard.config.toml_file import Located, Table, load_located
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath, dotted
from sortyard.errors import Finding, InputError

MAX_GROUPS = 200
CONDITIONS = ("format", "prefix", "range", "codes", "codes_csv", "regex")

_CODE_REASON = f"a code is 1 to {MAX_LENGTH} ASCII characters"
Code = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH, pattern=r"^[\x00-\x7f]+$")]
ChuteName = Annotated[str, Field(min_length=1)]
Group = Annotated[list[ChuteName], Field(min_length=1, max_length=16)]
Formats = Annotated[list[FormatId], Field(min_length=1)]
Codes = Annotated[list[Code], Field(min_length=1)]


class Range(Table):
    """Codes whose first characters, as many as `from` has, lie between `from` and `to`, both included."""

    first: Code = Field(alias="from")
    last: Code = Field(alias="to")

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if len(self.first) != len(self.last):
            raise ValueError(
                f'from "{self.first}" and to "{self.last}" are not equally long', "fill up with zeros"
            )
        if self.first > self.last:
            raise ValueError(f'from "{self.first}" is behind to "{self.last}"', "exchange the two")
        return self


class RuleTable(Table):
    """One `[[rule]]`: all conditions that are given must hold."""

    format: FormatId | Formats | None = Field(None, description="one of these carrier formats")
    prefix: Code | Codes | None = Field(None, description="the code starts with one of these")
    range: Range | None = None
    codes: Codes | None = Field(None, description="the code is one of these")
    codes_csv: str | None = Field(
        None, description="the code is in the column code of this CSV file; the path is relative to the plan"
    )
    regex: str | None = Field(
        None, description="Python's regular expression for the whole code; a board asks the host for it"
    )
    chute: ChuteName | None = Field(None, description="where the parcel goes")
    chutes: Group | None = Field(None, description="a group: the next one when those before are full")
    priority: int = Field(100, ge=0, le=255, description="of several reads of one parcel the highest decides")

    @field_validator("regex")
    @classmethod
    def _is_expression(cls, regex: str | None) -> str | None:
        try:
            re.compile(regex or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}", "try it in Python's re module") from None
        return regex

    @model_validator(mode="after")
    def _has_condition_and_target(self) -> Self:
        if not any(getattr(self, key) is not None for key in CONDITIONS):
            raise ValueError(
                "the rule has no condition", f"add {', '.join(CONDITIONS)}, or use default for every code"
            )
        if (self.chute is None) == (self.chutes is None):
            found = "neither chute nor chutes" if self.chute is None else "both chute and chutes"
            raise ValueError(f"the rule has {found}", 'give chute = "A1" or chutes = ["A1", "A2"]')
        return self


class PlanFile(FormatFile):
    """A sort plan in TOML."""

    default: ChuteName | Group | None = Field(
        None, description="chute or group for codes that no rule knows; left out: reason NO_DATA"
    )
    rule: list[RuleTable] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its formats, lists and expression; a condition that was not given is None.

    `line` and `key` say where the rule stands in its file, `chute_line` and `chute_key` where its target does.
    """

    file: str
    line: int
    key: str
    text: str
    chute_line: int
    chute_key: str
    chutes: tuple[str, ...]
    priority: int
    formats: tuple[Format, ...] | None = None
    prefixes: tuple[bytes, ...] | None = None
    span: tuple[bytes, bytes] | None = None
    codes: frozenset[bytes] | None = None
    regex: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A sort plan ready for use. `findings` holds warnings only."""

    file: str
    rules: tuple[Rule, ...]
    default: tuple[str, ...]
    default_line: int
    findings: tuple[Finding, ...] = ()

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The chute groups by their numbers: every list of chutes once, in the order of the rules."""
        listed = [rule.chutes for rule in self.rules] + ([self.default] if self.default else [])
        return tuple(dict.fromkeys(listed))


def load_plan(path: Path) -> Plan:
    """The plan of a `.toml` or `.csv` file. Raises InputError with every finding."""
    plan = _load_csv(path) if path.suffix.lower() == ".csv" else _load_toml(path)
    if len(plan.groups) > MAX_GROUPS:
        reason = f"the plan has {len(plan.groups)} chute groups; allowed: {MAX_GROUPS}"
        raise InputError([Finding(str(path), 1, "", reason, "let rules share the same lists of chutes")])
    return plan


def check_chutes(plan: Plan, chute_names: list[str]) -> list[Finding]:
    """A finding for each chute of the plan that the line does not have."""
    findings = []
    targets = [(r.chutes, r.file, r.chute_line, r.chute_key) for r in plan.rules]
    targets.append((plan.default, plan.file, plan.default_line, "default"))
    for chutes, file, line, key in targets:
        for chute in chutes:
            if chute not in chute_names:
                remedy = f"{did_you_mean(chute, chute_names)}the line has {', '.join(chute_names)}"
                findings.append(Finding(file, line, key, f'there is no chute "{chute}"', remedy))
    return findings


def _load_toml(path: Path) -> Plan:
    located = load_located(path, PlanFile)
    formats, findings = _formats(located)
    rules = [
        _rule(located, place, path.parent, formats, findings) for place in range(len(located.model.rule))
    ]
    if findings:
        raise InputError(sorted(findings, key=lambda finding: finding.line or 0))
    default = tuple(_as_list(located.model.default) or ())
    return Plan(str(path), tuple(rules), default, located.lines.line_of(("default",)))


def _formats(located: Located[PlanFile]) -> tuple[dict[str, Format], list[Finding]]:
    builtin = builtin_formats()
    formats, problems = build_formats(located.model.format, {**builtin_file().texts, **located.model.texts})
    findings = [located.finding(problem.path, problem.reason, problem.remedy) for problem in problems]
    ids = [table.id for table in located.model.format]
    for place, name in enumerate(ids):
        if name in builtin or name in ids[:place]:
            whose = "a format of sortyard" if name in builtin else "the format above"
            findings.append(
                located.finding(
                    ("format", place, "id"), f'the id "{name}" is taken by {whose}', "choose another"
                )
            )
    # A format that is wrong is still known: its rules are not wrong as well.
    return {**dict.fromkeys(ids, builtin["s10"]), **formats, **builtin}, findings


def _rule(
    located: Located[PlanFile], place: int, folder: Path, formats: dict[str, Format], findings: list[Finding]
) -> Rule:
    table = located.model.rule[place]
    path: KeyPath = ("rule", place)
    names = _as_list(table.format)
    for name in names or ():
        if name not in formats:
            remedy = f"{did_you_mean(name, formats)}the formats are {', '.join(sorted(formats))}"
            findings.append(located.finding((*path, "format"), f'there is no format "{name}"', remedy))
    prefixes = _as_list(table.prefix)
    chute_key = "chute" if table.chutes is None else "chutes"
    return Rule(
        located.file,
        located.lines.line_of(path),
        dotted(path),
        _describe(table),
        located.lines.line_of((*path, chute_key)),
        dotted((*path, chute_key)),
        tuple(table.chutes or [str(table.chute)]),
        table.priority,
        None if names is None else tuple(formats[name] for name in names if name in formats),
        None if prefixes is None else tuple(prefix.encode() for prefix in prefixes),
        None if table.range is None else (table.range.first.encode(), table.range.last.encode()),
        _codes(located, path, table, folder, findings),
        None if table.regex is None else re.compile(table.regex),
    )


def _as_list(value: str | list[str] | None) -> list[str] | None:
    return [value] if isinstance(value, str) else value


def _describe(table: RuleTable) -> str:
    """The rule's conditions in one line, for messages."""
    parts = [
        f"format {' or '.join(_as_list(table.format) or [])}" if table.format else "",
        f"prefix {' or '.join(_as_list(table.prefix) or [])}" if table.prefix else "",
        f"range {table.range.first} to {table.range.last}" if table.range else "",
        f"{len(table.codes)} codes" if table.codes else "",
        f"codes of {table.codes_csv}" if table.codes_csv else "",
        f"regex {table.regex}" if table.regex else "",
    ]
    return " and ".join(part for part in parts if part)


def _codes(
    located: Located[PlanFile], path: KeyPath, table: RuleTable, folder: Path, findings: list[Finding]
) -> frozenset[bytes] | None:
    """The codes of the rule: those of both keys hold, as for every pair of conditions."""
    listed = None if table.codes is None else frozenset(code.encode() for code in table.codes)
    if table.codes_csv is None:
        return listed
    try:
        in_file = _read_codes(folder / table.codes_csv)
    except InputError as error:
        own = located.finding((*path, "codes_csv"), "the CSV file cannot be used", "see the findings on it")
        findings.extend([own, *error.findings])
        return listed
    return in_file if listed is None else listed & in_file


def _read_codes(path: Path) -> frozenset[bytes]:
    table = read_csv(path)
    column = table.place_of("code")
    codes: set[bytes] = set()
    if column is None:
        table.miss("code", "name the column with the codes: code")
    for line, cells in table.rows():
        if column is not None and _is_code(cells[column]):
            codes.add(cells[column].encode())
        elif column is not None:
            table.add(line, "code", f'"{cells[column]}" is no code: {_CODE_REASON}', "correct it")
    if not codes and not table.findings:
        table.add(table.header_line, "code", "the list has no codes", "add codes, or take the rule out")
    table.refuse_errors()
    return frozenset(codes)


def _is_code(text: str) -> bool:
    return 1 <= len(text) <= MAX_LENGTH and text.isascii()


def _load_csv(path: Path) -> Plan:
    """A plan of exact codes: one row a code, columns code and chute."""
    table = read_csv(path)
    code_at, chute_at = table.place_of("code"), table.place_of("chute")
    for column, place in (("code", code_at), ("chute", chute_at)):
        if place is None:
            table.miss(column, "a plan in CSV has the columns code and chute")
    lines: dict[str, int] = {}
    chutes: dict[str, dict[str, int]] = {}
    for line, cells in table.rows():
        if code_at is None or chute_at is None:
            continue
        code, chute = cells[code_at], cells[chute_at]
        if not _is_code(code):
            table.add(line, "code", f'"{code}" is no code: {_CODE_REASON}', "correct it")
        elif not chute:
            table.add(line, "chute", "the code has no chute", "name the chute, or take the row out")
        elif code in lines:
            _tell_twice(table, line, code, lines[code], code in chutes.get(chute, {}))
        else:
            lines[code] = line
            chutes.setdefault(chute, {})[code] = line
    if not chutes and not table.findings:
        table.add(table.header_line, "code", "the plan has no codes", "add a row for each code")
    table.refuse_errors()
    rules = tuple(_csv_rule(table, chute, codes) for chute, codes in chutes.items())
    return Plan(str(path), rules, (), 1, tuple(table.findings))


def _csv_rule(table: CsvFile, chute: str, codes: dict[str, int]) -> Rule:
    line = min(codes.values())
    raw = frozenset(code.encode() for code in codes)
    return Rule(table.file, line, "", f"{len(codes)} codes", line, "chute", (chute,), 100, codes=raw)


def _tell_twice(table: CsvFile, line: int, code: str, first_line: int, is_same: bool) -> None:
    if is_same:
        table.warn(line, "code", f"{code} is there twice, as in line {first_line}", "take one out")
    else:
        reason = f"{code} has another chute in line {first_line}"
        table.add(line, "code", reason, "a code has one chute: take one row out")
