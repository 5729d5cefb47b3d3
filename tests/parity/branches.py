"""Run by the branch coverage test under `coverage run`: the pure gate logic through everything we know.

python -m coverage run --branch --include='*/sorter_core/*' tests/parity/branches.py 300000
"""

import sys

import sorter_core.exchange
import sorter_core.gate_logic
from parity.corpus import corpus
from parity.oddities import damaged_configs, refusal, undrained
from parity.runtimes import replay_pure


def main(steps: int) -> None:
    for _ in corpus(steps):
        pass
    case = next(corpus(10_000))
    replay_pure(case.config, case.trace)
    undrained(sorter_core)
    for config in damaged_configs():
        refusal(sorter_core, config)


if __name__ == "__main__":
    main(int(sys.argv[1]))
