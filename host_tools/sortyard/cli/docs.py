"""`sortyard docs`: reference documentation, printed as Markdown."""

from enum import StrEnum
from typing import Annotated

import typer


class Subject(StrEnum):
    """What there is a reference of."""

    drivers = "drivers"
    blocks = "blocks"
    plc = "plc"


def docs(
    subject: Annotated[Subject, typer.Argument(help="Of what.")] = Subject.drivers,
) -> None:
    """Print reference documentation as Markdown, made from the files that it describes.

    drivers: every driver of the firmware with its wires and options, from the tables in its own file.
    blocks: the function blocks by which a program knows a line's parts.
    plc: every message of the compiler for Structured Text, with cause and remedy.
    """
    from sortyard.config.driver_docs import driver_docs
    from sortyard.plc.line.docs import block_docs
    from sortyard.plc.message_docs import message_docs

    made = {Subject.drivers: driver_docs, Subject.blocks: block_docs, Subject.plc: message_docs}
    typer.echo(made[subject](), nl=False)
