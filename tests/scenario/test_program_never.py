"""Programs that write every request at random do none of what never must happen; `line_campaign` runs many more."""

import re
from collections import Counter

import pytest
from line_campaign import LINES, outcome
from random_line_programs import random_program
from sim_runs import example

from sortyard.plc.line.parts import parts_of

SEEDS = range(20_001, 20_025)


@pytest.fixture(scope="module")
def total() -> Counter[str]:
    return Counter()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_program_does_nothing_that_never_must_happen(seed: int, total: Counter[str]) -> None:
    one = outcome(seed)
    total.update(one.counts)
    assert one.never == {}
    assert one.counts["parcels"] >= LINES[one.line]
    assert one.counts["plc_faults"] == 0


def test_the_programs_were_wild_enough(total: Counter[str]) -> None:
    """All of them together have asked for everything, have stopped the line, and have left parcels to be sorted."""
    wanted = {"START", "STOP", "RESET", "RESTART_POLICY", "HOLD", "CHUTE", "GATE_HEALTH"}
    assert {key.removeprefix("request ") for key in total if key.startswith("request ")} == wanted
    assert min(total[f"request {kind}"] for kind in wanted) >= len(SEEDS)
    assert total["stops"] >= len(SEEDS)
    assert total["sorted"] > total["parcels"] // 2


@pytest.mark.parametrize("name", LINES)
def test_a_random_program_writes_every_request(name: str) -> None:
    site = example(name)
    requests = {f"{part.identifier}.{variable}" for part in parts_of(site.line) for variable in part.writes}
    text = random_program(site, 1).partition("ELSE\n    PULSE")[0]
    assert requests == {found for found in re.findall(r"(\w+\.\w+) := ", text) if found in requests}
