"""The pure gate logic through every kind of parity trace and the sort plan through its cases, for their branches.

python -m coverage run --branch --include='*/sorter_core/*' -m parity.branches 300000 FOLDER    # in tests/
python -m coverage report -m
"""

import sys
from itertools import chain
from pathlib import Path

import sorter_core.barcode
import sorter_core.exchange
import sorter_core.gate_logic
import sorter_core.sort_plan
from parity.corpus import corpus
from parity.oddities import damaged_configs, overfull, refusal, undrained
from parity.plan_cases import CODES, barcode_answers, damaged_plans, plan_answers, random_plans
from parity.plant_traces import plant_cases
from parity.runtimes import replay_pure
from parity.stories import story_cases


def main(steps: int, folder: Path) -> None:
    for _ in chain(story_cases(folder), plant_cases(steps // 1000), corpus(steps)):
        pass
    case = next(corpus(10_000))
    replay_pure(case.config, case.trace)
    undrained(sorter_core)
    overfull(sorter_core)
    for config in damaged_configs():
        refusal(sorter_core, config)
    for board, codes in random_plans(20, 60):
        plan_answers(sorter_core.sort_plan, board, codes)
    for board in damaged_plans():
        plan_answers(sorter_core.sort_plan, board, CODES)
    barcode_answers(sorter_core.barcode)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
