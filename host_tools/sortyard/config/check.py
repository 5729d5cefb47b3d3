"""`check`: everything that can be said about a site before it is built, as figures and findings.

result = check_site(load_site(Path("hub16.line.toml")))
result.figures.pair_gap_mm, result.findings, result.count("error")
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sortyard.config.check_borders import judge_borders
from sortyard.config.check_buses import judge_buses
from sortyard.config.check_context import Context, names_of
from sortyard.config.check_drivers import judge_drivers
from sortyard.config.check_figures import LineFigures, line_figures
from sortyard.config.check_flow import judge_flow
from sortyard.config.check_gates import judge_gates
from sortyard.config.check_link import judge_links
from sortyard.config.check_pins import judge_boards
from sortyard.config.check_pushers import judge_pushers
from sortyard.config.check_sensing import judge_sensing
from sortyard.config.check_shared import judge_shared
from sortyard.config.check_speed import judge_speed
from sortyard.config.line import Line
from sortyard.config.site import Site
from sortyard.errors import Finding, Severity

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The figures of a line and what follows from them, errors first."""

    file: str
    line: Line
    figures: LineFigures
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many findings there are of a severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`. `pair_gap_mm` is by chute of the parcel ahead, then by chute of the one behind it."""
        figures = _rounded(asdict(self.figures))
        chutes = figures.pop("chutes")
        matrix = figures.pop("pair_gap_mm")
        return {
            "file": self.file,
            "name": self.line.name,
            "errors": self.count("error"),
            "warnings": self.count("warning"),
            "notes": self.count("note"),
            "belt": self.line.belt.model_dump(),
            **figures,
            "pair_gap_mm": {
                first: dict(zip(chutes, row, strict=True)) for first, row in zip(chutes, matrix, strict=True)
            },
            "findings": [finding.as_dict() for finding in self.findings],
        }


def _rounded(value: Any) -> Any:
    """Floats to a thousandth: finer than anything that can be built."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def check_line_figures(context: Context) -> None:
    """Apply every engineering rule that needs the line alone."""
    judge_gates(context)
    judge_pushers(context)
    judge_sensing(context)
    judge_flow(context)
    judge_borders(context)


def check_site(site: Site, others: Sequence[Finding] = ()) -> CheckResult:
    """Compute the figures of a site and judge it; `others`: findings that are told with its own."""
    figures = line_figures(site.line)
    context = Context(site.located, figures, site.numbering, [*site.findings, *others])
    check_line_figures(context)
    judge_boards(context)
    judge_drivers(context)
    judge_buses(context)
    judge_shared(context)
    judge_speed(context)
    judge_links(context)
    _unused_chutes(context, site)
    _host_rules(context, site)
    _host_lost(context)
    findings = sorted(context.findings, key=lambda one: (_RANK[one.severity], one.file, one.line or 0))
    return CheckResult(str(site.path), site.line, figures, tuple(findings))


def _unused_chutes(context: Context, site: Site) -> None:
    """Sort chutes that no rule of the plan names: nobody can reach them."""
    named = {chute for group in site.plan.groups for chute in group}
    unused = [chute for chute in site.line.chute if chute.kind == "sort" and chute.name not in named]
    if unused:
        context.warning(
            context.chute_path(unused[0].name, "name"),
            f"{names_of(unused)}: no rule of {site.plan_path.name} leads there, no parcel can reach it",
            "add a rule, or take the chute and its diverter out",
        )


def _host_lost(context: Context) -> None:
    """What a line does without its host, where that is not to go on."""
    policy = context.line.policy
    if context.figures.borders:
        context.note(
            ("policy", "host_lost"),
            "hand-overs between the boards go through the host: a second after it was last heard each board stops "
            "the line (ZONE_DEAD)",
            "nothing, if the host is as dependable as the boards",
        )
    elif policy.host_lost == "stop":
        context.note(
            ("policy", "host_lost"),
            f"{policy.host_lost_s + 1} s after its host was last heard the line stops (HOST_LOST): the belt coasts for "
            f"{context.figures.coast_mm:.0f} mm, and until the host is back a start lasts for a moment only",
            'nothing, if nobody may be sorted by the board\'s own plan; else set policy.host_lost = "sort"',
        )
    elif policy.host_lost_s:
        context.warning(
            ("policy", "host_lost_s"),
            f"host_lost_s = {policy.host_lost_s} has no effect: without its host the line sorts on",
            'take it out, or set policy.host_lost = "stop"',
        )


def _host_rules(context: Context, site: Site) -> None:
    """Rules with a regular expression: a board asks the host, and rejects (NO_DATA) when it is silent."""
    for rule in site.board_plan.host_only_rules:
        path = "" if not rule.key else f"{rule.key}.regex"
        reason = f"a board cannot decide this rule by itself ({rule.text}): it asks the host"
        if site.line.policy.host:
            remedy = (
                "nothing, if parcels may be rejected while the host is silent; else use format, prefix, range"
            )
            context.findings.append(Finding(rule.file, rule.line, path, reason, remedy, "note"))
        else:
            remedy = "write the rule with format, prefix, range or codes, or set policy.host = true"
            reason += ", and this line has none (policy.host = false)"
            context.findings.append(Finding(rule.file, rule.line, path, reason, remedy, "warning"))
