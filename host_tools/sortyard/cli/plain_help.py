"""What stands beside an option in --help: a word for its value where it has one, and not the name of a Python type."""

from typing import Any

import typer


def with_plain_help(command: Any) -> Any:
    """The command and all those below it: beside switches and lists of files typer would write <bool>, <list[Path]>."""
    for param in command.get_params(typer.Context(command)):
        if getattr(param, "is_flag", False):
            param.metavar = ""
        elif param.param_type_name == "argument" and param.nargs == -1:
            param.__dict__["display_type_rich"] = _paths
    for below in getattr(command, "commands", {}).values():
        with_plain_help(below)
    return command


def _paths(ctx: Any) -> str:
    return "<path>..."
