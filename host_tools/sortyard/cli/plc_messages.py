"""What the `plc` commands say of sources and options: on stderr for people, or as one JSON object."""

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from sortyard.errors import Finding, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sortyard.plc.diagnostics import Diagnostic
    from sortyard.plc.faults import PlcFault

EXIT_FAULT, EXIT_UNUSABLE = 1, 2


def tell(diagnostics: "Sequence[Diagnostic]") -> None:
    """Every message on stderr, then how many there are."""
    for item in diagnostics:
        print(item.render(), file=sys.stderr)
    if diagnostics:
        shown = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in _counts(diagnostics).items())
        print(shown, file=sys.stderr)


def print_findings(diagnostics: "Sequence[Diagnostic]", more: dict[str, Any] | None = None) -> None:
    """Every message as one JSON object, with how many there are."""
    findings = [item.as_dict() for item in diagnostics]
    answer = {"counts": _counts(diagnostics), "findings": findings, **(more or {})}
    print(json.dumps(answer, ensure_ascii=False))


def _counts(diagnostics: "Sequence[Diagnostic]") -> dict[str, int]:
    severities = [item.severity for item in diagnostics]
    return {word: severities.count(word) for word in ("error", "warning", "hint")}


def leave(diagnostics: "Sequence[Diagnostic]", as_json: bool) -> NoReturn:
    """Tell why a program cannot be used, and leave."""
    if as_json:
        print_findings(diagnostics)
    else:
        tell(diagnostics)
    raise typer.Exit(EXIT_UNUSABLE)


def refuse(option: str, reason: str, remedy: str) -> NoReturn:
    """Leave because of a wrong option."""
    raise InputError([Finding(option, None, "", reason, remedy)])


def fault_row(fault: "PlcFault | None") -> dict[str, Any] | None:
    """A fault for --json."""
    if fault is None:
        return None
    span = fault.span
    place = {"file": span.file, "line": span.line, "column": span.column} if span else {}
    return {"kind": fault.kind.name, "detail": fault.detail, **place}
