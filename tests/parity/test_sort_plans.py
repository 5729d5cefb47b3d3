"""Thousands of random sort plans: host and board give the same answers, the board's in all three runtimes."""

import random

from sort_plans import CHUTES, expected_answers, interesting_codes, random_plan

import sorter_core.barcode
import sorter_core.sort_plan as pure
import sortyard_c.barcode
import sortyard_c.sort_plan as compiled
from parity.plan_cases import CODES, barcode_answers, damaged_plans, plan_answers, random_plans
from sortyard.config.plan import HostPlan, compile_plan
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

PLANS = 2000
ON_A_BOARD = 60


def test_host_and_board_agree_on_thousands_of_random_plans() -> None:
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
    assert asked > 60_000
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
from plan_data import PLANS

for table, blob, codes in PLANS:
    plan = SortPlan()
    print(plan.load(array("i", table), blob), *[plan.decide(code, len(code)) for code in codes])
"""


def test_a_board_in_micropython_gives_the_same_answers() -> None:
    cases = list(random_plans(21, ON_A_BOARD))
    data = [(board.table.tolist(), board.blob, codes) for board, codes in cases]
    files = {"/main.py": GUEST.encode(), "/lib/plan_data.py": f"PLANS = {data!r}\n".encode()}
    with MicroPythonVM({**files, **package_files("sorter_core")}) as vm:
        told = vm.run("/main.py").stdout.splitlines()
    assert len(told) == ON_A_BOARD
    for line, (board, codes) in zip(told, cases, strict=True):
        one = compiled.SortPlan()
        assert one.load(board.table, board.blob) == 0
        assert list(map(int, line.split())) == [0, *(one.decide(code, len(code)) for code in codes)]
