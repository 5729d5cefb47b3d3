"""`sortyard init`: start a site from an example."""

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Folder for the site; without it, examples are listed."),
    ] = None,
    example: Annotated[str, typer.Option(metavar="NAME", help="The example to start from.")] = "starter",
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite changed files of the same names in DIR.")
    ] = False,
) -> None:
    """Start a site from an example: line file, manifest and sort plan.

    Examples:

      sortyard init

      sortyard init mysite --example hub16

    Files of yours are never overwritten without --force. Exit codes: 0 done, 2 the folder cannot be used.
    """
    from sortyard.config.examples import copy_example, example_names
    from sortyard.config.toml_findings import did_you_mean
    from sortyard.errors import Finding, InputError

    names = example_names()
    if example not in names:
        remedy = f"{did_you_mean(example, names)}choose one of {', '.join(names)}"
        raise InputError([Finding("--example", None, "", f'there is no example "{example}"', remedy)])
    if folder is None:
        _list_examples(names)
        return
    _tell_next(example, folder, copy_example(example, folder, force))


def _list_examples(names: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    from sortyard.config.examples import summary_of

    table = Table(box=None, pad_edge=False, title="Examples", title_justify="left")
    table.add_column("name", style="bold")
    table.add_column("what it is")
    for name in names:
        table.add_row(name, summary_of(name))
    console = Console()
    console.print(table)
    console.print(f"\nStart a site: sortyard init DIR --example {names[0]}", highlight=False)


def _tell_next(example: str, folder: Path, written: list[Path]) -> None:
    from shlex import quote

    line_file, manifest, report = (
        quote(str(folder / name)) for name in (f"{example}.line.toml", "manifest.csv", "report.html")
    )
    typer.echo(f"{example} is in {folder}: {', '.join(path.name for path in written)}")
    typer.echo("Next:")
    typer.echo(f"  sortyard check {line_file}")
    typer.echo(f"  sortyard sim {line_file} --manifest {manifest} --report {report}")
