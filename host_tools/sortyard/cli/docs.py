"""`sortyard docs`: reference documentation, printed as Markdown."""

from enum import StrEnum
from typing import Annotated

import typer


class Subject(StrEnum):
    """What there is a reference of."""

    drivers = "drivers"


def docs(
    subject: Annotated[Subject, typer.Argument(help="Of what: drivers.")] = Subject.drivers,
) -> None:
    """Print reference documentation as Markdown, made from the files that it describes.

    drivers: every driver of the firmware with its wires and options, from the tables in its own file.
    """
    from sortyard.config.driver_docs import driver_docs

    typer.echo(driver_docs(), nl=False)
