"""The sort plan as users write it: `*.plan.toml`, or a CSV file with the columns code and chute.

    default = "A16"                       # where a code goes that no rule knows; left out: reason NO_DATA

    [[rule]]                              # the first rule whose conditions all hold decides
    format = "s10"
    prefix = ["RR", "LX"]
    chutes = ["A1", "A2"]                 # A2 when A1 is full
    priority = 200                        # of several reads of one parcel the highest decides

`load_plan` (plan_load) gives a `Plan` with everything read and resolved: the common ground of the host's decision
(plan_host) and the board's table (plan_board).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from sortyard.config.carriers import (
    Format,
    FormatFile,
)
from sortyard.config.expressions import Expression, compile_expression
from sortyard.config.patterns import MAX_LENGTH
from sortyard.config.toml_file import Table
from sortyard.config.toml_findings import did_you_mean
from sortyard.errors import Finding

MAX_GROUPS = 200
CONDITIONS = ("format", "prefix", "range", "codes", "codes_csv", "regex")

_CODE_REASON = f"a code is 1 to {MAX_LENGTH} ASCII characters"
Code = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH, pattern=r"^[\x00-\x7f]+$")]
ChuteName = Annotated[str, Field(min_length=1)]
Group = Annotated[list[ChuteName], Field(min_length=1, max_length=16)]
Formats = Annotated[list[str], Field(min_length=1)]
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

    format: str | Formats | None = Field(None, description="one of these carrier formats")
    prefix: Code | Codes | None = Field(None, description="the code starts with one of these")
    range: Range | None = None
    codes: Codes | None = Field(None, description="the code is one of these")
    codes_csv: str | None = Field(
        None, description="the code is in the column code of this CSV file; the path is relative to the plan"
    )
    regex: str | None = Field(
        None,
        description="regular expression (syntax of RE2) for the whole code; a board asks the host for it",
    )
    chute: ChuteName | None = Field(None, description="where the parcel goes")
    chutes: Group | None = Field(None, description="a group: the next one when those before are full")
    priority: int = Field(100, ge=0, le=255, description="of several reads of one parcel the highest decides")

    @field_validator("regex")
    @classmethod
    def _is_expression(cls, regex: str | None) -> str | None:
        compile_expression(regex or "")
        return regex

    @field_validator("chutes")
    @classmethod
    def _each_chute_once(cls, chutes: list[str] | None) -> list[str] | None:
        twice = next((name for name in chutes or () if (chutes or []).count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'the chute "{twice}" is there twice', "name each chute of the group once")
        return chutes

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
    regex: Expression | None = None


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


def check_chutes(plan: Plan, chute_names: Sequence[str]) -> list[Finding]:
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
