"""`sortyard plc run --retain FILE`: what a program RETAINs, from one run to the next."""

import sys
from pathlib import Path
from typing import Any

from sortyard.errors import Finding, InputError
from sortyard.plc.retain import RetainError, save
from sortyard.plc.runtime import Runtime


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


def keep(runtime: Runtime, path: Path) -> None:
    """Replace the file by what is RETAINed now. Raises InputError where it cannot be written."""
    try:
        save(path, runtime.retained())
    except OSError as error:
        raise _refused(
            path, f"it cannot be written: {error.strerror}", "name a file in another folder"
        ) from None


def _refused(path: Path, reason: str, remedy: str) -> InputError:
    return InputError([Finding(str(path), None, "--retain", reason, remedy)])
