"""One program on a line of two boards: it sees and asks for the parts of both, wherever they are wired to."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sim_runs import Run, every_fault, example, nothing_forbidden, run

from sortyard.config.line import Program
from sortyard.config.site import Site
from sortyard.plc.line.load import load_program
from sortyard.sim.faults import FaultSetting

STARTER = "LINE.START := LINE.STATE = LINE_STATE#STOPPED AND NOT LINE.START;\n"
AGAIN = "LINE.RESET := LINE.STATE <> LINE_STATE#RUNNING AND NOT LINE.RESET;\n"


def with_program(folder: Path, body: str, variables: str = "N : UDINT;") -> Site:
    path = folder / "both.st"
    path.write_text(f"PROGRAM Main\nVAR_OUTPUT\n{variables}\nEND_VAR\n{body}END_PROGRAM\n", encoding="utf-8")
    site = example("tandem")
    line = site.line.model_copy(update={"program": Program(file=str(path))})
    return replace(site, located=replace(site.located, model=line))


def run_it(site: Site, parcels: int = 60, seed: int = 1, **settings: Any) -> Run:
    return run(site, parcels, seed, program=load_program(site), **settings)


def shown(story: Run, variable: str) -> Any:
    """The last value of a variable of the program."""
    assert story.result.program is not None
    events = story.result.program.events
    return [event["value"] for _, event in events if event.get("variable", "").endswith(variable)][-1]


def test_it_sees_eyes_gates_and_chutes_of_both_boards(tmp_path: Path) -> None:
    body = STARTER + (
        "SEEN := PE_V1.COUNT;\nSEEN_EAST := PE_V4.COUNT;\nOUT := D_NORTH_1.CYCLES;\nOUT_EAST := D_NORTH_2.CYCLES;\n"
        "GONE := LINE.SORTED;\n"
    )
    story = run_it(with_program(tmp_path, body, "SEEN, SEEN_EAST, OUT, OUT_EAST, GONE : UDINT;"))
    assert story.result.sorted == 60
    handed_over = len(story.outputs("HANDED"))
    assert shown(story, "SEEN") == 60
    assert shown(story, "SEEN_EAST") == handed_over > 0
    assert shown(story, "OUT") > 0
    assert shown(story, "OUT_EAST") > 0
    assert shown(story, "GONE") == 60


def test_a_gate_of_the_second_board_that_it_takes_out_of_service_stays_at_home(tmp_path: Path) -> None:
    story = run_it(with_program(tmp_path, STARTER + "D_NORTH_2.ENABLE := FALSE;\n"))
    free = run(example("tandem"), 60, 1)
    to_north = free.result.to_json()["by_chute"]["NORTH-2"]
    assert to_north > 0
    assert story.result.to_json()["by_chute"]["NORTH-2"] == 0
    assert story.result.sorted == 60 - to_north
    assert nothing_forbidden(story.result)


def test_it_stops_the_line_for_both_and_starts_it_again(tmp_path: Path) -> None:
    body = STARTER + "N := N + 1;\nLINE.STOP := N >= 1500 AND N < 2500;\n"
    story = run_it(with_program(tmp_path, body))
    free = run_it(with_program(tmp_path, STARTER))
    assert free.result.sorted == 60
    assert story.result.sorted >= 58  # whoever stands at his gate goes by it
    assert story.result.simulated_us >= free.result.simulated_us + 9_000_000
    assert nothing_forbidden(story.result)


@pytest.mark.parametrize("faults", [{}, every_fault()], ids=["no faults", "every fault"])
def test_the_trace_is_the_same_in_every_runtime(tmp_path: Path, faults: Any) -> None:
    site = with_program(tmp_path, STARTER + AGAIN + "D_SOUTH_2.ENABLE := LINE.SORTED MOD 20 < 15;\n")
    first = run_it(site, 80, seed=4, faults=faults).result
    assert first.sorted > 40
    assert nothing_forbidden(first)
    for other in ({"runtime": "pure"}, {"runtime": "micropython"}, {"is_every_ms": True}):
        again = run_it(site, 80, seed=4, faults=faults, **other).result
        assert again.trace_sha256 == first.trace_sha256, other


def test_after_a_power_cut_it_begins_anew_with_the_boards(tmp_path: Path) -> None:
    faults = {"power_cut": FaultSetting(0, (20, 90))}
    site = with_program(tmp_path, STARTER + AGAIN)
    story = run_it(site, 200, faults=faults)
    assert story.result.program is not None
    starts = [event for _, event in story.result.program.events if event.get("started") == "with power"]
    assert len(starts) == story.result.tally.boots > 1
    assert story.result.sorted > 150
    assert nothing_forbidden(story.result)
