"""Thousands of random sort plans: host and board give the same answers, the board's in all three runtimes."""

import random
from collections.abc import Iterator

from sort_plans import CHUTES, expected_answers, interesting_codes, random_plan

import sorter_core.barcode
import sorter_core.sort_plan as pure
import sortyard_c.barcode
import sortyard_c.sort_plan as compiled
from parity.plan_cases import CODES, asked, barcode_answers, damaged_plans, plan_answers, random_plans
from sortyard.config.plan import BoardPlan, HostPlan, compile_plan
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

PLANS = 700
ON_A_BOARD = 60


def test_host_and_board_agree_on_hundreds_of_random_plans() -> None:
    rng = random.Random(20)
    asked = of_the_host = answered = 0
    for _ in range(PLANS):
        plan = random_plan(rng)
        host, board = HostPlan(plan), compile_plan(plan, CHUTES)
        boards = [pure.SortPlan(), compiled.SortPlan()]
        assert [one.load(board.table, board.blob) for one in boards] == [0, 0]
        for code in interesting_codes(plan, rng.randrange(10**6)):
            expected = expected_answers(plan, code, host.decide(code))
            assert {one.decide(code, len(code)) for one in boards} == expected, (plan, code)
            asked += 1
            of_the_host += pure.HOST_ONLY in {answer & 0xFF for answer in expected}
            answered += 0 not in {answer & 0xFF for answer in expected}
    # The plans are about something: many codes have a rule, and some only the host can decide.
    assert asked > 20_000
    assert answered > asked // 4
    assert of_the_host > asked // 40


def test_damaged_plans_get_the_same_errors_and_answers_and_a_refused_one_has_no_rule() -> None:
    refused = set()
    sound = 0
    for board in damaged_plans():
        answers = plan_answers(pure, board, CODES)
        assert answers == plan_answers(compiled, board, CODES)
        if answers[0]:
            refused.add(answers[0])
            assert set(answers[1:]) == {pure.NO_RULE}
        else:
            sound += 1
    kinds = {pure.TOO_SHORT, pure.WRONG_MAGIC, pure.WRONG_VERSION, pure.WRONG_SIZE, pure.WRONG_CRC}
    assert refused == kinds | {pure.WRONG_STRUCTURE}
    assert sound > 50


def test_places_inside_and_outside_of_codes_get_the_same_sums_and_classes() -> None:
    answers = barcode_answers(sorter_core.barcode)
    assert answers == barcode_answers(sortyard_c.barcode)
    assert len(set(answers)) > 30


GUEST = """
from array import array
from sorter_core.sort_plan import SortPlan
from plan_data import ASKED

def int_of(file):
    return int.from_bytes(file.read(4), "little")

with open("/plans.bin", "rb") as file:
    for asked in ASKED:
        plan = SortPlan()
        table = array("i", file.read(int_of(file)))
        print(plan.load(table, file.read(int_of(file))), *[plan.decide(code, length) for code, length in asked])
"""


def answers_in_micropython(
    plans: list[BoardPlan], questions: list[list[tuple[bytes, int]]]
) -> Iterator[list[int]]:
    """The error of each plan, and its answers to its codes."""
    parts = [part for plan in plans for part in (plan.table.tobytes(), plan.blob)]
    data = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    files = {
        "/main.py": GUEST.encode(),
        "/plans.bin": data,
        "/lib/plan_data.py": f"ASKED = {questions!r}\n".encode(),
    }
    with MicroPythonVM({**files, **package_files("sorter_core")}) as vm:
        told = vm.run("/main.py").stdout.splitlines()
    assert len(told) == len(plans) == len(questions)
    return (list(map(int, line.split())) for line in told)


def test_a_board_in_micropython_gives_the_same_answers() -> None:
    cases = list(random_plans(21, ON_A_BOARD))
    told = answers_in_micropython([board for board, _ in cases], [asked(codes) for _, codes in cases])
    for answers, (board, codes) in zip(told, cases, strict=True):
        assert answers == plan_answers(compiled, board, codes)
        assert answers[0] == 0


def test_damaged_plans_get_the_same_errors_and_answers_in_micropython() -> None:
    plans = list(damaged_plans())
    told = list(answers_in_micropython(plans, [asked(CODES)] * len(plans)))
    assert told == [plan_answers(compiled, board, CODES) for board in plans]
    assert len({answers[0] for answers in told}) == 7
