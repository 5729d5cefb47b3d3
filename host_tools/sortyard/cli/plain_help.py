"""What stands beside an option in --help: a word for its value where it has one, and not the name of a Python type."""

from typing import Any

import typer


def with_plain_help(command: Any) -> Any:
    """The command and all those below it: typer would write <bool>, <str>, <list[Path]> beside some values."""
    context = typer.Context(command)
    for param in command.get_params(context):
        if getattr(param, "is_flag", False):
            param.metavar = ""
        elif param.param_type_name == "argument" and param.nargs == -1:
            param.__dict__["display_type_rich"] = _paths
        elif param.param_type_name == "argument" and param.display_type_rich(ctx=context) == "<str>":
            param.__dict__["display_type_rich"] = _nothing
    for below in getattr(command, "commands", {}).values():
        with_plain_help(below)
    return command


def _paths(ctx: Any) -> str:
    return "<path>..."


def _nothing(ctx: Any) -> str:
    return ""
