"""What random programs have shown of a back end."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """What a campaign has seen. `constructs` counts programs with each construct, `faults` faults by kind."""

    programs: int = 0
    refused: int = 0
    scans: int = 0
    constructs: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Report":
        """The report of what `row` gave."""
        counts = {name: Counter(row[name]) for name in ("constructs", "faults")}
        return cls(**{**row, **counts, "failures": [(seed, what) for seed, what in row["failures"]]})

    def row(self) -> dict[str, Any]:
        """What JSON can keep."""
        return {**vars(self), "constructs": dict(self.constructs), "faults": dict(self.faults)}
