"""The result of a stress campaign as one JSON object and as tables."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table

from sortyard.cli.messages import printable
from sortyard.config.check import check_site
from sortyard.sim.random_line import RandomLine
from sortyard.sim.stress import Campaign, Outcome, Piece, Totals, site_of

SPEEDS_MM_S = (300, 600, 1000, 1500, 2000, 3001)
PITCHES_MM = (0, 750, 1000, 1500, 2000, 100_000)
GAPS_MM = (0, 100, 200, 400, 800, 100_000)
GATES = (1, 5, 21, 65)
GOAL_PERCENT = 98
"""Of the parcels that no fault touched so many should be sorted, on each line that is fed gaps which suit its gates."""


def as_dict(
    campaign: Campaign, outcomes: Sequence[Outcome], found: list[str], seed: int, is_partial: bool
) -> dict[str, Any]:
    """Everything that the campaign has to tell."""
    totals = Totals()
    for outcome in outcomes:
        totals.add(outcome)
    return {
        "partial": is_partial,
        "seed": seed,
        "parcels": totals.parcels,
        "sorted": totals.sorted,
        **totals.never,
        **totals.apart,
        "untouched_parcels": totals.untouched_parcels,
        "untouched_sorted": totals.untouched_sorted,
        "below_goal": _below_goal(outcomes),
        "faults": totals.faults,
        "lines": {"accepted": len(campaign.accepted), "rejected": len(campaign.rejected)},
        "coverage": {
            "speed_mm_s": _coverage(campaign, SPEEDS_MM_S, lambda made: made.speed_mm_s),
            "pitch_mm": _coverage(campaign, PITCHES_MM, lambda made: made.pitch_mm),
            "gap_mm": _coverage(campaign, GAPS_MM, lambda made: made.gap_mm),
            "gates": _coverage(campaign, GATES, lambda made: made.gates),
            "kind": _kinds(campaign),
        },
        "wall_s": round(sum(outcome.wall_s for outcome in outcomes), 3),
        "found": found,
    }


def _below_goal(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Lines on which too few untouched parcels were sorted; `is_warned`: `check` finds gaps too small for them.

    There one parcel that is refused stands in the way of the next, as long as they come so close.
    """
    lines: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        lines.setdefault(_name(outcome.piece), []).append(outcome)
    below = []
    for name, pieces in lines.items():
        parcels = sum(one.untouched_parcels for one in pieces)
        done = sum(one.untouched_sorted for one in pieces)
        if 100 * done < GOAL_PERCENT * parcels:
            below.append(
                {
                    "line": name,
                    "untouched_parcels": parcels,
                    "untouched_sorted": done,
                    "is_warned": _has_small_gaps(pieces[0].piece),
                }
            )
    return below


def _name(piece: Piece) -> str:
    return f"stress-{piece.made.seed}" if piece.made else str(piece.path)


def _has_small_gaps(piece: Piece) -> bool:
    """`check` warns that gaps come which some pair of diverts, or of claims by one confirm eye, cannot bear."""
    warned = (one.key for one in check_site(site_of(piece)).findings if one.severity == "warning")
    return any(key.endswith((".gap_mm", ".min_gap_mm", ".travel_mm")) for key in warned)


def _coverage(campaign: Campaign, edges: tuple[int, ...], value) -> dict[str, dict[str, int]]:
    """Random lines by range of one quantity: tried by the campaign, and rejected by `check`."""
    ranges = {}
    for low, high in pairwise(edges):
        name = f"{low} to {high - 1}" if high < 100_000 else f"{low} or more"
        counts = (
            sum(low <= value(made) < high for made in group)
            for group in (campaign.accepted, campaign.rejected)
        )
        ranges[name] = dict(zip(("accepted", "rejected"), counts, strict=True))
    return ranges


def _kinds(campaign: Campaign) -> dict[str, dict[str, int]]:
    def count(group: list[RandomLine]) -> Counter[str]:
        return Counter(" and ".join(made.kinds) for made in group)

    accepted, rejected = count(campaign.accepted), count(campaign.rejected)
    return {
        kinds: {"accepted": accepted[kinds], "rejected": rejected[kinds]}
        for kinds in sorted(accepted | rejected)
    }


def print_campaign(summary: dict[str, Any]) -> None:
    """Print the campaign as tables."""
    console = Console()
    if summary["partial"]:
        console.print("[bold yellow]stopped by Ctrl-C:[/] the counts are about the parcels until then")
    console.print(_counts(summary))
    console.print(_faults(summary))
    if summary["below_goal"]:
        console.print(_below_table(summary))
    console.print(_coverage_table(summary))
    for path in summary["found"]:
        console.print(f"[bold red]replay:[/] sortyard sim LINE --scenario {printable(path)}", soft_wrap=True)


def _counts(summary: dict[str, Any]) -> Table:
    table = Table("case", "count", title=_title(summary), title_justify="left")
    table.columns[1].justify = "right"
    for name, value in summary.items():
        if isinstance(value, int) and name not in ("partial", "seed", "parcels"):
            table.add_row(name.replace("_", " "), f"{value:,}")
    return table


def _below_table(summary: dict[str, Any]) -> Table:
    title = f"Lines that sorted less than {GOAL_PERCENT} % of the parcels that no fault touched"
    table = Table("line", "untouched", "sorted", "gaps, by check", title=title, title_justify="left")
    for line in summary["below_goal"]:
        counts = (f"{line[name]:,}" for name in ("untouched_parcels", "untouched_sorted"))
        table.add_row(printable(line["line"]), *counts, "too small" if line["is_warned"] else "wide enough")
    return table


def _faults(summary: dict[str, Any]) -> Table:
    table = Table("fault", "injected", "parcels touched", title="Faults", title_justify="left")
    for name, counts in summary["faults"].items():
        table.add_row(name, f"{counts['injected']:,}", f"{counts['parcels_touched']:,}")
    return table


def _coverage_table(summary: dict[str, Any]) -> Table:
    title = "Random lines: {accepted} run, {rejected} refused by check".format(**summary["lines"])
    table = Table("quantity", "range", "run", "refused", title=title, title_justify="left")
    for quantity, ranges in summary["coverage"].items():
        for name, counts in ranges.items():
            table.add_row(quantity, name, f"{counts['accepted']:,}", f"{counts['rejected']:,}")
        table.add_section()
    return table


def _title(summary: dict[str, Any]) -> str:
    return f"{summary['parcels']:,} parcels, seed {summary['seed']}"
