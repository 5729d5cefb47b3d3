"""`sortyard stress`: a campaign over the given line and random ones, with every fault switched on."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sortyard.errors import InputError

EXIT_VIOLATED = 1
EXIT_INTERRUPTED = 130


def stress(
    line: Annotated[Path, typer.Argument(metavar="LINE", help="Line file (*.line.toml), one of the lines.")],
    parcels: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=1_000_000_000, help="Parcels over all lines.")
    ] = 100_000,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, max=2**31 - 1, help="Seed of lines, arrivals and faults.")
    ] = 1,
    lines: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", min=0, max=10_000, help="Random lines that share the parcels with LINE."
        ),
    ] = 20,
    boards: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=1, max=8, help="Most boards that a random line is spread over."),
    ] = 1,
    jobs: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, max=256, help="Processes (one per core if not given)."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for what replays a violation.")] = Path(
        "stress-findings"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Try random lines with every fault, and count what must never happen.

    Examples:

      sortyard stress hub16.line.toml --parcels 1000000 --lines 40

      sortyard stress hub16.line.toml --parcels 200000 --lines 0 --seed 7 --json

      sortyard stress hub16.line.toml --parcels 1000000 --lines 60 --boards 4

    A violation is written to the folder --out: `sortyard sim LINE --scenario FILE` shows it again. Exit codes: 0
    done, 1 something happened that never must, 2 the input cannot be used, 130 stopped with Ctrl-C.
    """
    from sortyard.cli.sim_progress import progress_bar
    from sortyard.cli.stress_pool import run_campaign
    from sortyard.cli.stress_table import as_dict, print_campaign
    from sortyard.config.output_file import refused_folder
    from sortyard.sim.stress import keep, plan_campaign

    if unusable := refused_folder(out, "--out"):
        raise InputError(unusable)
    campaign = plan_campaign(line, parcels, seed, lines, boards)
    with progress_bar(campaign.parcels) as on_progress:
        outcomes, is_partial = run_campaign(campaign.pieces, jobs, on_progress)
    found = [str(keep(outcome, out)) for outcome in outcomes if any(outcome.never.values())]
    summary: dict[str, Any] = as_dict(campaign, outcomes, found, seed, is_partial)
    if as_json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print_campaign(summary)
    if is_partial:
        raise typer.Exit(EXIT_INTERRUPTED)
    if found:
        raise typer.Exit(EXIT_VIOLATED)
