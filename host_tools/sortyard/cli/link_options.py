"""What stands on the command line of `sortyard link`: its arguments, its options, and its help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Action(StrEnum):
    """What to do with the boards."""

    watch = "watch"
    info = "info"
    start = "start"
    stop = "stop"
    reset = "reset"
    speed = "speed"
    chute = "chute"
    gate = "gate"


PortArgument = Annotated[
    str,
    typer.Argument(
        metavar="PORT",
        help="/dev/ttyACM0, COM3, tcp://HOST or tcp://HOST:PORT; of several boards NAME=PORT,NAME=PORT.",
    ),
]
ActionArgument = Annotated[
    Action, typer.Argument(metavar="ACTION", help="watch, info, start, stop, reset, speed, chute or gate.")
]
WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORD",
        help="speed MM_S; chute NAME free, full or disabled; gate NAME healthy or faulty.",
    ),
]
LineOption = Annotated[
    Path | None,
    typer.Option(
        metavar="LINE", help="Line file: names for the parts; the board must have its configuration."
    ),
]
EcuOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which board of the line file it is (the first one).")
]
StationOption = Annotated[
    list[int] | None,
    typer.Option(metavar="N", help="Number of a board on an RS-485 line; may be given several times."),
]
AnswerOption = Annotated[bool, typer.Option("--answer", help="Answer destinations by the line's plan.")]
EdgesOption = Annotated[bool, typer.Option("--edges", help="Tell edges, reads and commands of gates, too.")]
BaudOption = Annotated[
    int | None,
    typer.Option(metavar="BIT_S", help="Of a UART (115200, or as the line file has it).", min=1200),
]
WaitOption = Annotated[float, typer.Option(metavar="S", help="How long to wait for the board.", min=0.1)]
ForOption = Annotated[
    float | None, typer.Option("--for", metavar="S", help="Watch for so long (until Ctrl-C).", min=0.1)
]
StatusOption = Annotated[
    float | None,
    typer.Option(metavar="S", help="Of all boards of a line: tell its status so often.", min=0.1),
]
BuiltOption = Annotated[
    Path | None,
    typer.Option(
        "--built",
        metavar="FOLDER",
        help="Where sortyard build has put the boards' files: errors of boards are told by the names of the source.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]

HELP = """Talk to a board: see who it is and what happens, start, stop and reset its line, close a chute.

Examples:

  sortyard link /dev/ttyACM0

  sortyard link tcp://10.0.0.7 info --json

  sortyard link COM3 --line hub16.line.toml --answer --edges

  sortyard link /dev/ttyACM0 speed 600

  sortyard link /dev/ttyACM0 chute C03 disabled --line hub16.line.toml

  sortyard link /dev/ttyUSB0 --station 1 --station 2

  sortyard link west=/dev/ttyACM0,east=/dev/ttyACM1 start --line tandem.line.toml --status 10

watch tells everything that happens and connects again when the link is cut; nothing that the board keeps
(dispositions, faults) gets lost meanwhile. info says who is there and how its loop does. The other actions
return when the board has the command; what becomes of it the line's state tells. speed sets the belt's speed within
what the line file allows (belt.slowest_mm_s to speed_mm_s); the belt goes there slowly, so that sorting goes on. chute
says that one is free, full or disabled, gate that a diverter is healthy or faulty: parcels go to the overflow, round
again or to the reject chute from then on, until the board is told otherwise or is reset. Without --line they are told
by their numbers, from 0.

Given all boards of a line, this is the line's host: it hands tracks over from board to board, passes on what one
board alone is wired to (buttons, the belt's drive), and tells how long hand-overs take and may take. The line runs
as long as this does; so start goes on as watch.

With --line, PORT is the line of all its boards that share one (RS-485), else that of one board. Several boards are
told apart by their names; one that is dead is told of, and does not hold up the others.

A board has one host at a time: what watches it takes its dispositions. Times are this computer's, with what
they may be off by.

Exit codes: 0 done, 1 no board, or not this one (port, protocol, configuration, silence, garbage), or the board
refuses, 2 the input cannot be used, 130 stopped with Ctrl-C.
"""
