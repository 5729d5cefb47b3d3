"""Entry point of `sortyard`: finds the sub-command, runs it, and turns errors into messages and exit codes.

Exit codes: 0 done, 1 failed, 2 what the user wrote cannot be used, 130 stopped with Ctrl-C. Where nobody reads the
output any more (`sortyard ... | head`) a command ends with 1 and without a word.
"""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import cleandoc
from typing import Annotated, NamedTuple

import typer
from typer.main import get_command

from sortyard import __version__
from sortyard.cli.plain_help import with_plain_help
from sortyard.errors import Finding, InputError, SortyardError


class Command(NamedTuple):
    """A sub-command: `function` of `sortyard.cli.<module>`, with a help line that costs no import."""

    module: str
    function: str
    help: str


COMMANDS = {
    "init": Command("init", "init", "Start a site from an example: line file, manifest and sort plan."),
    "check": Command(
        "check", "check", "Compute what a line can do, and what is wrong with it, before it is built."
    ),
    "sim": Command("sim", "sim", "Sort a manifest on the simulated line and report every parcel."),
    "stress": Command(
        "stress", "stress", "Try random lines with every fault, and count what must never happen."
    ),
    "build": Command("build", "build", "Make the files that lie on each board of a line."),
    "link": Command("link", "link", "Talk to a board: who is it, what happens, start, stop, reset."),
    "plc": Command("plc", "app", "Check and run programs in Structured Text (IEC 61131-3)."),
    "docs": Command("docs", "docs", "Print reference documentation made from the files that it describes."),
    "schema": Command("schema", "schema", "Print the JSON Schema of a line file, sort plan or scenario."),
}


def core_kind() -> str:
    """`compiled` where the extension of the shared core can be imported, else `pure`."""
    try:
        import_module("sortyard_c.gate_logic")
    except ImportError:
        return "pure"
    return "compiled"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sortyard {__version__} ({core_kind()} core)")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and which core runs."
        ),
    ] = False,
) -> None:
    """Check, simulate and prove parcel sorters described in one file."""


def _named_in_help_only() -> None:
    """Stands for a sub-command that this call does not run."""


def _body(command: Command) -> Callable[..., object]:
    return getattr(import_module(f"sortyard.cli.{command.module}"), command.function)


def build_app(called: str | None) -> typer.Typer:
    """The application with the sub-command `called` imported; of the other ones only name and help line."""
    app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_root)
    for name, command in COMMANDS.items():
        body = _body(command) if name == called else _named_in_help_only
        if isinstance(body, typer.Typer):
            app.add_typer(body, name=name, short_help=command.help)
            continue
        text = _paragraphs(body.__doc__ or "") if name == called else command.help
        app.command(name, short_help=command.help, help=text)(body)
    return app


def _paragraphs(text: str) -> str:
    """A docstring with one line a paragraph, so that a terminal breaks it where it ends; indented ones stay."""
    blocks = cleandoc(text).split("\n\n")
    return "\n\n".join(one if one.startswith((" ", "\b")) else one.replace("\n", " ") for one in blocks)


def _unusable_path(error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError([Finding(str(error.filename), None, "", reason, "check the path and its permissions")])


def _without_core(called: str | None) -> SortyardError:
    """What to tell where sortyard was built with SORTYARD_PURE=1: plant and virtual machine are there compiled only."""
    return SortyardError(
        f"`sortyard {called}` needs the compiled core, and this sortyard was built without extensions",
        "install it again without SORTYARD_PURE in the environment; that takes a C compiler",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (default: the process's own) and return its exit code; never raises for a user's doing."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _is_reader_gone():
            raise
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        _drop_output()
        return _tell(SortyardError("the output cannot be written: no space left", "make room for it"), [])
    return code


def _is_reader_gone() -> bool:
    """Whether nobody reads the standard output any more; what is still to be written there goes nowhere then."""
    try:
        print(flush=True)  # flushing alone writes nothing where nothing waits
    except BrokenPipeError:
        _drop_output()
        return True
    return False


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    """The exit code of a command line, with what a user has done wrong told."""
    called = next((word for word in arguments if not word.startswith("-")), None)
    try:
        with_plain_help(get_command(build_app(called)))(arguments, prog_name="sortyard")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except KeyboardInterrupt:
        return 130
    except SortyardError as error:
        return _tell(error, arguments)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sortyard_c":
            raise
        return _tell(_without_core(called), arguments)
    except OSError as error:
        if error.filename is None:
            raise
        return _tell(_unusable_path(error), arguments)
    return 0


def _tell(error: SortyardError, arguments: list[str]) -> int:
    from sortyard.cli.messages import print_error

    print_error(error, as_json="--json" in arguments)
    return error.exit_code
