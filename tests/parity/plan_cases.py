"""Sort plans and barcodes for every branch: random plans, damaged tables that look genuine, hostile places in codes."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from types import ModuleType

from sort_plans import CHUTES, FORMATS, interesting_codes, random_plan, rule_for, seal

import sorter_core.sort_plan as pure
from sortyard.config.plan import BoardPlan, Plan, compile_plan

FIRST_FREE = 6  # of a table: magic, version, sizes and CRC come before
NUMBERS = (-1, 1, 37, 250, 1 << 20)
BLOB_STRIDE = 7  # in no step with runs of 3 bytes, nor with texts of 2 or 12
DIGIT, LETTER, ALNUM = 128, 129, 130
CODES = [
    b"",
    b"0",
    b"12345678901234567890",
    b"AZ09",
    b"CODE00000003",
    b"x-a",
    b"0A",
    b"RR123456785GB",
    b"RR1234-6785GB",
]
PLACES = (-1, 0, 1, 4, 30)
WRONG_LENGTHS = [(b"10", -1), (b"10", 3)]


def plan_answers(module: ModuleType, board: BoardPlan, codes: list[bytes]) -> list[int]:
    """What a module's sort plan says: its error, then an answer for each code."""
    plan = module.SortPlan()
    error = plan.load(board.table, board.blob)
    return [error, *(plan.decide(code, length) for code, length in asked(codes))]


def asked(codes: list[bytes]) -> list[tuple[bytes, int]]:
    """What a sort plan is asked: the codes, and some of which the length is told wrong."""
    return [*WRONG_LENGTHS, *((code, len(code)) for code in codes)]


def random_plans(seed: int, plans: int) -> Iterator[tuple[BoardPlan, list[bytes]]]:
    """Compiled plans and the codes that they are about."""
    rng = random.Random(seed)
    for _ in range(plans):
        plan = random_plan(rng)
        yield compile_plan(plan, CHUTES), interesting_codes(plan, rng.randrange(10**6))


def damaged_plans() -> Iterator[BoardPlan]:
    """A plan of every kind of rule with one number or byte changed, its CRC made right again; then broken headers."""
    whole = compile_plan(_every_rule(), CHUTES)
    header = range(FIRST_FREE, pure.HEADER_SIZE + 1)
    for at in (*header, *range(pure.HEADER_SIZE + pure.ENTRIES, len(whole.table))):
        for number in NUMBERS:
            table = array("i", whole.table)
            table[at] = number
            yield _sealed(whole, table, whole.blob)
    for at in range(0, len(whole.blob), BLOB_STRIDE):
        blob = bytearray(whole.blob)
        blob[at] = 0xFF
        yield _sealed(whole, array("i", whole.table), bytes(blob))
    yield from _broken_headers(whole)


def _every_rule() -> Plan:
    names = ("s10", "dpd_14", "ups_1z", "purolator_12")
    rules = (
        *(rule_for("A1", formats=(FORMATS[name],)) for name in names),
        rule_for("A2", prefixes=(b"10", b"2")),
        rule_for("A3", span=(b"300", b"399")),
        rule_for("A4", codes=frozenset(b"CODE%08d" % n for n in range(16))),
        rule_for("A1", codes=frozenset([b"CODE00000099"])),
    )
    return Plan("p", rules, ("A4", "A1"), 1)


def _sealed(whole: BoardPlan, table: array, blob: bytes) -> BoardPlan:
    seal(table, blob)
    return replace(whole, table=table, blob=blob)


def _broken_headers(whole: BoardPlan) -> Iterator[BoardPlan]:
    for at in range(FIRST_FREE):
        table = array("i", whole.table)
        table[at] += 1
        yield replace(whole, table=table)
    yield replace(whole, table=whole.table[: pure.HEADER_SIZE])


def barcode_answers(module: ModuleType) -> list[int]:
    """What a module says of places inside and outside of codes, with weights long and short."""
    answers = [int(module.value_of(char)) for char in (-1, 45, 48, 90, 256)]
    for code, start, count in product(CODES, PLACES, PLACES):
        for kind in (DIGIT, LETTER, ALNUM, 48):
            answers.append(int(module.is_made_of(code, start, count, kind)))
        for modulus in (1, 10, 36, 37):
            whole = module.hybrid_product(code, start, count, modulus, modulus)
            answers += [whole, module.hybrid_check(whole, modulus)]
        for weights, at in product((b"", b"\1\2" * 15), PLACES):
            for is_digit_sum, is_ups in ((0, 0), (1, 0), (0, 1)):
                answers.append(module.weighted_sum(code, start, count, weights, at, is_digit_sum, is_ups))
    answers.append(module.weighted_sum(b"Z" * 1001, 0, 1001, b"\xff" * 1001, 0, 0, 0))
    return answers
