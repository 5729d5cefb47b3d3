"""Programs that write every request at random do none of what never must happen; `line_campaign` runs many more."""

import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from line_campaign import LINES, Outcome, outcomes
from random_line_programs import random_programs
from sim_runs import example

from sortyard.plc.line.parts import parts_of

CHUNKS = (range(20_001, 20_021), range(20_021, 20_041), range(20_041, 20_061), range(20_261, 20_281))
"""Programs that are compiled together; the first seed chooses the line."""


@pytest.fixture(scope="module")
def ran() -> list[Outcome]:
    return [one for chunk in CHUNKS for one in outcomes(chunk)]


def test_random_programs_do_nothing_that_never_must_happen(ran: list[Outcome]) -> None:
    assert {one.line for one in ran} == set(LINES)
    for one in ran:
        assert one.never == {}, (one.seed, one.line)
        assert one.counts["parcels"] >= LINES[one.line], one.seed
        assert one.counts["plc_faults"] == 0, one.seed


def test_the_programs_were_wild_enough(ran: list[Outcome]) -> None:
    """All of them together have asked for everything, have stopped the line, and have left parcels to be sorted."""
    total = sum((one.counts for one in ran), Counter())
    wanted = {"START", "STOP", "RESET", "RESTART_POLICY", "HOLD", "CHUTE", "GATE_HEALTH"}
    assert {key.removeprefix("request ") for key in total if key.startswith("request ")} == wanted
    assert min(total[f"request {kind}"] for kind in wanted) >= len(ran)
    assert total["stops"] >= len(ran)
    assert total["sorted"] > total["parcels"] // 2


@pytest.mark.parametrize("name", LINES)
def test_a_random_program_writes_every_request(name: str) -> None:
    site = example(name)
    requests = {f"{part.identifier}.{variable}" for part in parts_of(site.line) for variable in part.writes}
    text = random_programs(site, [1]).partition("ELSE\n    PULSE")[0]
    assert requests == {found for found in re.findall(r"(\w+\.\w+) := ", text) if found in requests}


FORCED_CHUNKS = (range(20_001, 20_006), range(20_021, 20_026), range(20_041, 20_046), range(20_261, 20_266))


@pytest.fixture(scope="module")
def ran_forced() -> list[Outcome]:
    return [one for chunk in FORCED_CHUNKS for one in outcomes(chunk, is_forced=True)]


def test_random_programs_with_random_forces_do_nothing_that_never_must_happen(
    ran_forced: list[Outcome],
) -> None:
    assert {one.line for one in ran_forced} == set(LINES)
    for one in ran_forced:
        assert one.never == {}, (one.seed, one.line)
        assert one.counts["forced"] > 0, one.seed
        assert one.counts["plc_faults"] == 0, one.seed


def test_the_forces_left_lines_that_run_and_stop(ran_forced: list[Outcome]) -> None:
    total = sum((one.counts for one in ran_forced), Counter())
    assert total["stops"] >= len(ran_forced)
    assert total["released"] >= len(ran_forced)
    assert total["sorted"] > total["parcels"] // 3 > 0


def test_a_campaign_that_is_killed_leaves_no_worker_behind() -> None:
    command = [sys.executable, "-m", "line_campaign", "400", "--first", "30001", "--jobs", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    campaign = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    workers = _eventually(lambda: len(_children(campaign.pid)) == 2 and _children(campaign.pid))
    campaign.kill()
    campaign.wait()
    assert _eventually(lambda: not any(_is_alive(pid) for pid in workers))


def _children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task")
    return [int(pid) for one in tasks.glob("*/children") for pid in one.read_text().split()]


def _is_alive(pid: int) -> bool:
    """False for one that only waits to be buried, too."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _eventually(condition):
    """What the condition gives when it holds, within 30 s."""
    for _ in range(600):
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("not within 30 s")
