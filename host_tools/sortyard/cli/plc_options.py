"""What stands on the command line of `sortyard plc`: its arguments and options."""

from pathlib import Path
from typing import Annotated

import typer

DAY_MS = 86_400_000
"""The longest time between scans that can be given."""

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Sources (*.st; of TwinCAT *.TcPOU and its like, *.plcproj), or folders of them, read together.",
    ),
]
Dialect = Annotated[
    str,
    typer.Option(
        metavar="DIALECT",
        help="strict: the standard; codesys, twincat: pointers, types and conversions of those too.",
    ),
]
BackEnd = Annotated[
    str,
    typer.Option(
        "--backend",
        metavar="BACKEND",
        help="ref: the reference interpreter; c: the host's C compiler; micropython: as on a board, in a virtual one.",
    ),
]
ForLine = Annotated[
    Path | None,
    typer.Option(
        "--line",
        metavar="FILE",
        help="Line file (*.line.toml) whose parts the program names as its variables.",
    ),
]
Forces = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE[@FROM..TO]",
        help="Hold a variable or place at a value before and after each run of a task (repeatable): "
        "Main.REQUEST=FALSE, %IX0.0=TRUE, Main.WAIT.PT=T#5s, Main.COLOUR=RED; for a time since the start: "
        "%IX0.0=TRUE@5s..T#1m, or Main.REQUEST=TRUE@2s.. to the end.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Scans = Annotated[int, typer.Option(metavar="NUMBER", min=1, help="Scans to run.")]
IntervalMs = Annotated[
    int,
    typer.Option(
        "--interval-ms",
        metavar="MS",
        min=1,
        max=DAY_MS,
        help="Time between scans where no TASK says it.",
    ),
]
Trace = Annotated[bool, typer.Option("--trace", help="Print each variable that a scan changes.")]
WatchdogMs = Annotated[
    int,
    typer.Option(
        "--watchdog-ms",
        metavar="MS",
        min=0,
        help="A longer run of a task is a fault; only with --backend micropython, which has a board's clock.",
    ),
]
Times = Annotated[
    bool,
    typer.Option(
        "--times",
        help="Print how long the runs of each task took, how late they began and how many periods were missed: as "
        "on an RP2040 with --backend micropython; else by the host's clock, which says nothing of a board, and "
        "never late.",
    ),
]
Retain = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Start warm with what FILE keeps, if it is there, and keep there at the end what is RETAINed.",
    ),
]
Cold = Annotated[bool, typer.Option("--cold", help="With --retain: start with initial values all the same.")]
CheckOnly = Annotated[bool, typer.Option("--check", help="Change nothing, only tell.")]
OutFolder = Annotated[
    Path,
    typer.Option("-o", "--out", metavar="DIR", help="Folder for the results; made if it is not there."),
]
BuiltFor = Annotated[
    str,
    typer.Option("--backend", metavar="BACKEND", help="c: for any C compiler; micropython: for a board."),
]
BuiltIntervalMs = Annotated[
    int | None,
    typer.Option(
        "--interval-ms",
        metavar="MS",
        min=1,
        max=DAY_MS,
        help="For c: time between scans where no TASK says it; 10 without.",
    ),
]
Architecture = Annotated[
    str,
    typer.Option(
        "--arch",
        metavar="ARCH",
        help="For micropython: make machine code where that can be, e.g. armv6m (RP2040).",
    ),
]
Board = Annotated[
    str,
    typer.Option("--board", metavar="BOARD", help="For micropython: refuse what does not fit this board."),
]
