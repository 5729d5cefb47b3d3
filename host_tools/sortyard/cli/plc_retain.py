"""`sortyard plc run --retain FILE`: what a program RETAINs, from one run to the next."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sortyard.config.output_file import refused_outputs, unwritable
from sortyard.errors import Finding, InputError
from sortyard.plc.retain import RetainError, beside, save
from sortyard.plc.runtime import Runtime


def refuse_unwritable(path: Path, inputs: Sequence[Path]) -> None:
    """Leave before a run if what it RETAINs could not be kept after it. Raises InputError."""
    if found := refused_outputs([path], inputs):
        raise InputError(replace(one, key="--retain") for one in found)
    if path.exists() and not path.is_file():
        raise _refused(path, "this is no ordinary file: it would be replaced by one", "name another one")
    if reason := unwritable(beside(path)):  # an own file may lie in a folder of others
        raise _refused(path, reason, "name a file in another folder")


def start_with(runtime: Runtime, path: Path, is_cold: bool) -> dict[str, Any]:
    """Start warm with what the file keeps, cold if it is not there yet or `is_cold`; what became of it, for --json.

    Raises InputError for a file that cannot be read, or is no such file.
    """
    if is_cold or not path.exists():
        return {"start": "cold"}
    try:
        found = runtime.restart(path.read_bytes())
    except RetainError as damaged:
        raise _refused(path, damaged.message, "add --cold: it is written anew at the end") from None
    except OSError as error:
        raise _refused(path, f"it cannot be read: {error.strerror}", "name another file") from None
    lists = {"dropped": found.dropped, "new": found.new, "cut": found.cut}
    return {"start": "warm", "kept": len(found.kept), **lists}


def tell_start(path: Path, started: dict[str, Any]) -> None:
    """How the program has started, on stderr."""
    if started["start"] == "cold":
        print(f"cold start; {path} will keep what is RETAINed", file=sys.stderr)
        return
    lists = "".join(
        f"; {what}: {', '.join(started[what])}" for what in ("dropped", "new", "cut") if started[what]
    )
    print(f"warm start with {path}: {started['kept']} kept{lists}", file=sys.stderr)


def keep(runtime: Runtime, path: Path) -> InputError | None:
    """Replace the file by what is RETAINed now; the error where it cannot be written, so that the run is told all the
    same.
    """
    try:
        save(path, runtime.retained())
    except OSError as error:
        return _refused(path, f"it cannot be written: {error.strerror}", "name a file in another folder")
    return None


def _refused(path: Path, reason: str, remedy: str) -> InputError:
    return InputError([Finding(str(path), None, "--retain", reason, remedy)])
