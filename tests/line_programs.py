"""Programs of their own on the simulated line cascade, and what they did."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sim_runs import Run, example, run

from sortyard.config.line import Program
from sortyard.config.site import Site
from sortyard.plc.line.load import BoundProgram, load_program
from sortyard.sim.events import Record
from sortyard.sim.program import PROGRAM, ProgramEvent

PARCELS = 60
ONE = 25
REQUEST_US = 10_000
STARTER = "LINE.START := LINE.STATE = LINE_STATE#STOPPED AND NOT LINE.START;\n"
"""Starts the line whenever it stands, whatever the button."""
AGAIN = "LINE.RESET := LINE.STATE <> LINE_STATE#RUNNING AND NOT LINE.RESET;\n"
SLOW = "CONFIGURATION C TASK T (INTERVAL := T#200ms); PROGRAM Only WITH T : Main; END_CONFIGURATION\n"


def with_program(folder: Path, body: str, variables: str = "N : UDINT;", more: str = "", **keys: Any) -> Site:
    """The site cascade with a program of its own; N counts its scans."""
    path = folder / "own.st"
    path.write_text(
        f"PROGRAM Main\nVAR\n{variables}\nEND_VAR\nN := N + 1;\n{body}END_PROGRAM\n{more}", encoding="utf-8"
    )
    site = example("cascade")
    line = site.line.model_copy(update={"program": Program(file=str(path), **keys)})
    return replace(site, located=replace(site.located, model=line))


def run_it(site: Site, parcels: int = PARCELS, seed: int = 1, **settings: Any) -> Run:
    return run(site, parcels, seed, program=load_program(site), **settings)


@cache
def cascade() -> BoundProgram:
    bound = load_program(example("cascade"))
    assert bound is not None
    return bound


def events(story: Run, *wanted: str) -> list[tuple[float, Any]]:
    """(seconds, value) of what the program showed, lit and asked for."""
    assert story.result.program is not None
    return [
        (t_ms / 1000, event.get("value", event.get("button")))
        for t_ms, event in story.result.program.events
        if any(str(value) in wanted for value in event.values())
    ]


def requests(story: Run) -> list[Record]:
    """What the program asked for: kind of the input in q, index * 65536 + a in r; it is taken a millisecond later."""
    return [r for r in story.records if r.kind == PROGRAM and r.p == ProgramEvent.REQUEST]


def phases(story: Run) -> list[Any]:
    return [value for _, value in events(story, "Only.PHASE")]
