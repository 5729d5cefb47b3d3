"""What campaigns have seen so far, for each back end, kept in a file: they go on where they were, and tell of all.

state = State(Path("campaign.json"))
state.next("c0", 550)                 # the seed to go on with
state.report("c0").programs += 1
state.save("c0", 551)
print(state.table())                  # a row for each construct and fault, a column for each back end
"""

import json
import os
from pathlib import Path

from parity.plc.generate.report import Report


class State:
    """`reports` by back end. Without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self.reports: dict[str, Report] = {}
        self._next: dict[str, int] = {}
        self._path = path
        if path is not None and path.exists():
            for name, row in json.loads(path.read_text("utf-8")).items():
                self._next[name] = row.pop("next")
                self.reports[name] = Report.of(row)

    def next(self, backend: str, first: int) -> int:
        """The seed to go on with, `first` if there is nothing yet."""
        return self._next.get(backend, first)

    def report(self, backend: str) -> Report:
        """What the back end has been seen to do."""
        return self.reports.setdefault(backend, Report())

    def save(self, backend: str, following: int) -> None:
        """Keep all, the seed to go on with included; the old file or the new one is whole whatever happens."""
        self._next[backend] = following
        if self._path is None:
            return
        rows = {
            name: {"next": following, **self.reports[name].row()} for name, following in self._next.items()
        }
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(rows, indent=1, sort_keys=True), "utf-8")
        os.replace(part, self._path)

    def table(self) -> str:
        """Programs with each construct, faults of each kind, and differences, for each back end."""
        names = sorted(self.reports)
        columns = [self.reports[name] for name in names]
        rows = [("", names)]
        for title, of in (
            ("programs", lambda report: report.programs),
            ("refused", lambda report: report.refused),
            ("scans", lambda report: report.scans),
        ):
            rows.append((title, [f"{of(report):,}" for report in columns]))
        for one in sorted(set().union(*(report.constructs for report in columns))):
            rows.append((one, [f"{report.constructs[one]:,}" for report in columns]))
        for kind in sorted(set().union(*(report.faults for report in columns))):
            rows.append((f"fault {kind}", [f"{report.faults[kind]:,}" for report in columns]))
        rows.append(("programs that differ", [f"{len(report.failures):,}" for report in columns]))
        width = max(len(title) for title, _ in rows)
        return "\n".join(
            f"{title:{width}} " + " ".join(f"{cell:>12}" for cell in cells) for title, cells in rows
        )
