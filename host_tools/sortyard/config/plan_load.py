"""Load a sort plan from TOML or CSV: what `plan_file` describes, with formats, code lists and expressions resolved.

A rule with a wrong value is judged without it, so that its other mistakes and those of the other rules are told as
well.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sortyard.config.carriers import (
    Format,
    FormatTable,
    build_formats,
    builtin_file,
    builtin_formats,
)
from sortyard.config.csv_file import CsvFile, read_csv
from sortyard.config.expressions import compile_expression
from sortyard.config.patterns import MAX_LENGTH
from sortyard.config.plan_file import MAX_GROUPS, Plan, PlanFile, Rule, RuleTable, check_chutes
from sortyard.config.toml_file import Located, load_toml, sound_part, told_at, validate
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath, LineMap, dotted
from sortyard.errors import Finding, InputError

_CODE_REASON = f"a code is 1 to {MAX_LENGTH} ASCII characters"
_HARMLESS_RULE = {"codes": ["?"]}


class _Reading(NamedTuple):
    """The sound parts of a plan file. `rules` have their places in the file; `ids` of all formats, sound or not."""

    located: Located[PlanFile]
    rules: list[tuple[int, RuleTable]]
    ids: list[str]
    findings: list[Finding]


def load_plan(path: Path, chute_names: Sequence[str] | None = None) -> Plan:
    """The plan of a `.toml` or `.csv` file. Raises InputError with every finding.

    `chute_names`: the chutes of the line; what leads to another one is a finding as well.
    """
    plan, findings = _load_csv(path) if path.suffix.lower() == ".csv" else _load_toml(path)
    if chute_names is not None:
        findings += check_chutes(plan, chute_names)
    if len(plan.groups) > MAX_GROUPS:
        reason = f"the plan has {len(plan.groups)} chute groups; allowed: {MAX_GROUPS}"
        findings.append(Finding(str(path), 1, "", reason, "let rules share the same lists of chutes"))
    if findings:
        raise InputError(sorted(findings, key=lambda finding: (finding.file != str(path), finding.line or 0)))
    return plan


def _load_toml(path: Path) -> tuple[Plan, list[Finding]]:
    reading = _read_toml(path)
    formats, findings = _formats(reading)
    findings += reading.findings
    rules = [
        _rule(reading.located, place, table, path.parent, formats, findings) for place, table in reading.rules
    ]
    default = tuple(_as_list(reading.located.model.default) or ())
    line = reading.located.lines.line_of(("default",))
    return Plan(str(path), tuple(rules), default, line), findings


def _read_toml(path: Path) -> _Reading:
    data, lines = load_toml(path)
    try:
        located = validate(data, PlanFile, lines, str(path))
    except InputError as error:
        return _sound_reading(data, lines, path, list(error.findings))
    ids = [table.id for table in located.model.format]
    return _Reading(located, list(enumerate(located.model.rule)), ids, [])


def _sound_reading(data: dict[str, Any], lines: LineMap, path: Path, findings: list[Finding]) -> _Reading:
    sound = sound_part(PlanFile, {key: value for key, value in data.items() if key not in ("rule", "format")})
    raw_formats = _tables(data, "format")
    formats = [table for raw in raw_formats if (table := sound_part(FormatTable, raw)) is not None]
    # What is wrong with a format is told by its place: if one has been left out, none is judged.
    is_complete = len(formats) == len(raw_formats)
    file = (sound or PlanFile.model_validate({})).model_copy(
        update={"format": formats if is_complete else []}
    )
    rules = [
        (place, rule)
        for place, raw in enumerate(_tables(data, "rule"))
        if (rule := sound_part(RuleTable, raw, _HARMLESS_RULE)) is not None
    ]
    ids = [str(raw.get("id")) for raw in raw_formats]
    return _Reading(Located(file, lines, str(path)), rules, ids, findings)


def _tables(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = data.get(key)
    return (
        [entry if isinstance(entry, dict) else {} for entry in entries] if isinstance(entries, list) else []
    )


def _formats(reading: _Reading) -> tuple[dict[str, Format], list[Finding]]:
    located, builtin = reading.located, builtin_formats()
    formats, problems = build_formats(located.model.format, {**builtin_file().texts, **located.model.texts})
    findings = [located.finding(problem.path, problem.reason, problem.remedy) for problem in problems]
    for place, name in enumerate(table.id for table in located.model.format):
        if name in builtin or name in reading.ids[:place]:
            whose = "a format of sortyard" if name in builtin else "the format above"
            findings.append(
                located.finding(
                    ("format", place, "id"), f'the id "{name}" is taken by {whose}', "choose another"
                )
            )
    # A format that is wrong is still known: its rules are not wrong as well.
    return {**dict.fromkeys(reading.ids, builtin["s10"]), **formats, **builtin}, findings


def _rule(
    located: Located[PlanFile],
    place: int,
    table: RuleTable,
    folder: Path,
    formats: dict[str, Format],
    findings: list[Finding],
) -> Rule:
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
        None if table.regex is None else compile_expression(table.regex),
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
        findings.extend(told_at(located, (*path, "codes_csv"), error, folder / table.codes_csv))
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


def _load_csv(path: Path) -> tuple[Plan, list[Finding]]:
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
    rules = tuple(_csv_rule(table, chute, codes) for chute, codes in chutes.items())
    warnings = tuple(one for one in table.findings if one.severity == "warning")
    errors = [one for one in table.findings if one.severity == "error"]
    return Plan(str(path), rules, (), 1, warnings), errors


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
