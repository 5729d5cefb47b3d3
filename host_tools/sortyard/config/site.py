"""A site: a line file and the sort plan that it names, both read, judged and fitted to each other.

site = load_site(Path("hub16.line.toml"))     # InputError with everything wrong in both files
site.line, site.plan, site.board_plan, site.host_plan, site.numbering
"""

from dataclasses import dataclass
from pathlib import Path

from sortyard.config.line import Line
from sortyard.config.line_file import LineFile, read_line
from sortyard.config.numbering import Numbering, number
from sortyard.config.plan import BoardPlan, HostPlan, Plan, compile_plan, load_plan
from sortyard.config.toml_file import Located, told_at
from sortyard.errors import Finding, InputError


@dataclass(frozen=True, slots=True)
class Site:
    """What a command works with: no errors in either file. `findings` holds the plan's warnings."""

    path: Path
    plan_path: Path
    located: Located[Line]
    plan: Plan
    board_plan: BoardPlan
    host_plan: HostPlan
    numbering: Numbering
    findings: tuple[Finding, ...]

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.located.model


def load_site(path: Path) -> Site:
    """Read a line file and its sort plan. Raises InputError with every finding on both."""
    line_file = read_line(path)
    findings = list(line_file.findings)
    plan_path = path.parent / line_file.view.line.plan
    plan = _read_plan(line_file, plan_path, findings)
    if line_file.located is None or plan is None or any(one.severity == "error" for one in findings):
        raise InputError(findings)
    return Site(
        path=path,
        plan_path=plan_path,
        located=line_file.located,
        plan=plan,
        board_plan=compile_plan(plan, [chute.name for chute in line_file.located.model.chute]),
        host_plan=HostPlan(plan),
        numbering=number(line_file.located.model),
        findings=tuple(findings),
    )


def _read_plan(line_file: LineFile, path: Path, findings: list[Finding]) -> Plan | None:
    """The plan, with what is wrong in it added to the findings; None if it cannot be read."""
    view = line_file.view
    if not view.has_plan:
        return None
    try:
        plan = load_plan(path, view.names("chute"))
    except InputError as error:
        findings.extend(told_at(view.located, ("plan",), error, path))
        return None
    findings.extend(plan.findings)
    return plan
