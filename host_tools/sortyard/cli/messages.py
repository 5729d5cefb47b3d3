"""How errors and findings look: a readable block on stderr, or one JSON object on stdout."""

import json
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from sortyard.errors import Finding, InputError, SortyardError

STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


def printable(text: str) -> str:
    """`text` with control characters spelled out, so that a file's content cannot steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)


def finding_text(finding: Finding) -> Text:
    """Severity, place and reason; the line of the program that it is about, if any; then the remedy."""
    text = Text()
    text.append(f"{finding.severity}: ", style=STYLES[finding.severity])
    text.append(printable(finding.place()), style="bold")
    text.append(f": {printable(finding.reason)}")
    if finding.excerpt:
        text.append(f"\n{printable(finding.excerpt)}")
    if finding.remedy:
        text.append(f"\n  -> {printable(finding.remedy)}", style="green")
    return text


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """Every finding, one after another, never wrapped: places stay clickable and greppable."""
    for finding in findings:
        console.print(finding_text(finding), soft_wrap=True, highlight=False)


def print_error(error: SortyardError, as_json: bool) -> None:
    """The error as one JSON object on stdout, or as text on stderr."""
    if as_json:
        print(json.dumps(error.as_dict(), ensure_ascii=False))
        return
    console = Console(stderr=True)
    if isinstance(error, InputError):
        print_findings(error.findings, console)
    text = Text("error: ", style=STYLES["error"]).append(printable(error.message), style="default")
    if error.remedy:
        text.append(f"\n  -> {printable(error.remedy)}", style="green")
    console.print(text, soft_wrap=True, highlight=False)
