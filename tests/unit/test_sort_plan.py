"""The board's sort plan: host and board agree, in both runtimes; a damaged table is refused, never followed."""

from array import array
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sort_plans import CHUTES, FORMATS, expected_answers, interesting_codes, rule_for, seal

import sorter_core.sort_plan as pure
import sortyard_c.sort_plan as compiled
from sortyard.config.expressions import compile_expression
from sortyard.config.plan import BoardPlan, HostPlan, Plan, compile_plan
from sortyard.config.plan_file import Rule
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

runtimes = pytest.mark.parametrize("runtime", [pure, compiled], ids=["pure", "compiled"])

_NAMES = sorted(FORMATS)
_TEXTS = st.text("019AR", min_size=1, max_size=4).map(str.encode)


@st.composite
def _spans(draw: st.DrawFn) -> tuple[bytes, bytes]:
    width = draw(st.integers(1, 3))
    ends = [draw(st.text("019AR", min_size=width, max_size=width)).encode() for _ in range(2)]
    return min(ends), max(ends)


@st.composite
def _rules(draw: st.DrawFn) -> Rule:
    optional = {
        "formats": st.lists(st.sampled_from(_NAMES), min_size=1, max_size=2, unique=True).map(
            lambda names: tuple(FORMATS[name] for name in names)
        ),
        "prefixes": st.lists(_TEXTS, min_size=1, max_size=3).map(tuple),
        "span": _spans(),
        "codes": st.frozensets(_TEXTS, min_size=1, max_size=6),
        "regex": st.sampled_from([compile_expression(text) for text in (".*1", "R.*", "[0-9]{2,4}", "")]),
    }
    # plain lists side by side are what the compiler joins: have many of them
    keys = draw(
        st.sampled_from([["prefixes"], ["codes"], ["span"], ["formats"]])
        | st.lists(st.sampled_from(sorted(optional)), min_size=1, max_size=3, unique=True)
    )
    chutes = tuple(draw(st.lists(st.sampled_from(CHUTES), min_size=1, max_size=2, unique=True)))
    return Rule(
        "p",
        1,
        "rule",
        "",
        1,
        "",
        chutes,
        draw(st.integers(0, 255)),
        **{key: draw(optional[key]) for key in keys},
    )


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    default = draw(st.sampled_from([(), ("A1",), ("A4", "A1")]))
    return Plan("p", tuple(draw(st.lists(_rules(), max_size=8))), default, 1)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(plan=_plans(), seed=st.integers(0, 10**6))
def test_host_and_board_agree_on_every_code_in_both_runtimes(plan: Plan, seed: int) -> None:
    host, board = HostPlan(plan), compile_plan(plan, CHUTES)
    boards = [pure.SortPlan(), compiled.SortPlan()]
    assert [one.load(board.table, board.blob) for one in boards] == [0, 0]
    for code in interesting_codes(plan, seed):
        expected = expected_answers(plan, code, host.decide(code))
        assert {one.decide(code, len(code)) for one in boards} == expected, code


def _example() -> tuple[Plan, BoardPlan]:
    rules = (
        rule_for("A1", formats=(FORMATS["s10"],), prefixes=(b"RR", b"LX")),
        rule_for("A2", formats=(FORMATS["s10"],), regex=compile_expression(".*CN")),
        rule_for("A3", formats=(FORMATS["usps_impb"], FORMATS["dpd_14"], FORMATS["purolator_12"])),
        rule_for("A4", prefixes=(b"10",)),
        rule_for("A1", prefixes=(b"11", b"2")),
        rule_for("A2", span=(b"300", b"399")),
        rule_for("A3", span=(b"500", b"599")),
        rule_for("A4", codes=frozenset([b"HELLO", b"WORLD"])),
    )
    plan = Plan("p", rules, ("A4", "A1"), 1)
    return plan, compile_plan(plan, CHUTES)


@runtimes
def test_each_rule_of_a_plan_decides_its_codes(runtime: ModuleType) -> None:
    plan, board = _example()
    one = runtime.SortPlan()
    assert one.load(board.table, board.blob) == pure.OK
    group = {chutes: number for number, chutes in enumerate(plan.groups)}
    for code, chutes in {
        b"RR123456785GB": ("A1",),
        b"9400111206206406260787": ("A3",),
        b"10": ("A4",),
        b"1150": ("A1",),
        b"29": ("A1",),
        b"3999": ("A2",),
        b"500": ("A3",),
        b"WORLD": ("A4",),
        b"WORLDS": ("A4", "A1"),
    }.items():
        priority = 0 if chutes == plan.default else 100
        assert one.decide(code, len(code)) == group[chutes] + 1 + 256 * priority, code
    assert one.decide(b"CP123456785CN", 13) == pure.HOST_ONLY + 256 * 100
    assert one.decide(b"CP123456785GB", 13) == pure.HOST_ONLY + 256 * 100
    assert board.groups[group["A4", "A1"]] == (3, 0)
    assert [rule.key for rule in board.host_only_rules] == ["rule"]


@runtimes
@given(length=st.integers(-(2**31), 2**31 - 1))
def test_a_length_beyond_the_buffer_is_cut(runtime: ModuleType, length: int) -> None:
    one = runtime.SortPlan()
    _, board = _example()
    one.load(board.table, board.blob)
    code = b"WORLD"
    cut = code[: max(length, 0)]
    assert one.decide(code, length) == one.decide(cut, len(cut))


@runtimes
def test_a_plan_that_was_not_loaded_has_norule_for(runtime: ModuleType) -> None:
    one = runtime.SortPlan()
    assert one.error == pure.NOT_LOADED
    assert one.decide(b"10", 2) == pure.NO_RULE


@runtimes
def test_every_kind_of_damage_has_its_error(runtime: ModuleType) -> None:
    _, board = _example()
    one = runtime.SortPlan()
    table, blob = board.table, board.blob
    cases = [
        (array("i"), blob, pure.TOO_SHORT),
        (table[:79], blob, pure.TOO_SHORT),
        (array("i", [1]) + table[1:], blob, pure.WRONG_MAGIC),
        (table[:1] + array("i", [1]) + table[2:], blob, pure.WRONG_VERSION),
        (table[:-1], blob, pure.WRONG_SIZE),
        (table, blob[:-1], pure.WRONG_SIZE),
        (table, bytes([blob[0] ^ 1]) + blob[1:], pure.WRONG_CRC),
        (table[:-1] + array("i", [7]), blob, pure.WRONG_CRC),
    ]
    for bad_table, bad_blob, error in cases:
        assert one.load(bad_table, bad_blob) == error == one.error
        assert one.decide(b"10", 2) == pure.NO_RULE
    assert one.load(table, blob) == pure.OK
    assert one.decide(b"10", 2) != pure.NO_RULE


_ANY_INT = st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 300)


@settings(max_examples=400)
@given(
    changes=st.lists(st.tuples(st.integers(6, 10_000), _ANY_INT), min_size=1, max_size=4),
    blob_changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 40),
    seed=st.integers(0, 1000),
)
def test_a_garbled_table_with_a_right_crc_never_leads_astray(
    changes: list[tuple[int, int]], blob_changes: list[tuple[int, int]], cut: int, seed: int
) -> None:
    plan, board = _example()
    table, blob = array("i", board.table), bytearray(board.blob)
    for at, number in changes:
        table[6 + at % (len(table) - 6)] = number
    for at, byte in blob_changes:
        blob[at % len(blob)] = byte
    cut_blob = bytes(blob[: len(blob) - cut])
    seal(table, cut_blob)
    boards = [pure.SortPlan(), compiled.SortPlan()]
    errors = {one.load(table, cut_blob) for one in boards}
    assert len(errors) == 1
    for code in interesting_codes(plan, seed):
        answers = {one.decide(code, len(code)) for one in boards}
        assert len(answers) == 1
        answer = answers.pop()
        assert 0 <= answer <= 65535
        assert errors == {0} or answer == pure.NO_RULE


def test_garbling_is_noticed_in_each_part_of_the_table() -> None:
    """A number far outside, anywhere in the table, is refused or changes nothing that is followed."""
    _, board = _example()
    refused = 0
    for at in range(6, len(board.table)):
        table = array("i", board.table)
        table[at] = 2**31 - 1
        seal(table, board.blob)
        refused += pure.SortPlan().load(table, board.blob) != pure.OK
    assert refused > 0.6 * (len(board.table) - 6)


def test_a_program_that_jumps_back_is_refused() -> None:
    _, board = _example()
    table = array("i", board.table)
    first = pure.HEADER_SIZE + pure.ENTRIES
    steps = range(first, first + 4 * table[pure.H_INSTRUCTIONS], 4)
    at = next(step for step in steps if table[step] == pure.KEYS and step > first)
    table[at + 3] = 0
    seal(table, board.blob)
    assert pure.SortPlan().load(table, board.blob) == pure.WRONG_STRUCTURE


def test_neighbouring_prefixes_share_one_sorted_list() -> None:
    rules = tuple(rule_for(CHUTES[n % 4], prefixes=(f"{n:04d}".encode(),)) for n in range(1000))
    board = compile_plan(Plan("p", rules, (), 1), CHUTES)
    assert board.table[pure.H_LISTS] == 1
    assert board.table[pure.H_INSTRUCTIONS] <= 4
    one = pure.SortPlan()
    one.load(board.table, board.blob)
    assert [one.decide(b"%04d99" % n, 6) & 255 for n in range(1000)] == [n % 4 + 1 for n in range(1000)]


def test_the_first_of_two_rules_for_the_same_code_stands() -> None:
    rules = (rule_for("A1", codes=frozenset([b"X"])), rule_for("A2", codes=frozenset([b"X", b"Y"])))
    board = compile_plan(Plan("p", rules, (), 1), CHUTES)
    one = pure.SortPlan()
    one.load(board.table, board.blob)
    assert [one.decide(code, 1) & 255 for code in (b"X", b"Y", b"Z")] == [1, 2, 0]


def test_of_overlapping_ranges_the_first_rule_stands() -> None:
    spans = [(b"300", b"500"), (b"400", b"600"), (b"100", b"350"), (b"700", b"800"), (b"000", b"999")]
    rules = tuple(rule_for(CHUTES[place % 4], span=span) for place, span in enumerate(spans))
    plan = Plan("p", rules, (), 1)
    board, host = compile_plan(plan, CHUTES), HostPlan(plan)
    one = pure.SortPlan()
    one.load(board.table, board.blob)
    for number in range(0, 1000, 25):
        code = b"%03d" % number
        decided = host.decide(code)
        first = next(place for place, span in enumerate(spans) if span[0] <= code <= span[1])
        assert decided == (first % 4, 100)
        assert one.decide(code, 3) & 255 == first % 4 + 1


def test_an_answer_for_a_group_that_is_not_there_is_refused() -> None:
    rules = (rule_for("A1", codes=frozenset([b"X"])), rule_for("A2", codes=frozenset([b"Y"])))
    board = compile_plan(Plan("p", rules, (), 1), CHUTES)
    blob = board.blob.replace(bytes([2, 100]), bytes([3, 100]))
    table = array("i", board.table)
    seal(table, blob)
    assert blob != board.blob
    assert pure.SortPlan().load(table, blob) == pure.WRONG_STRUCTURE


def test_the_table_of_a_large_plan_stays_small(tmp_path: Path) -> None:
    """Rules of 8 formats and 20,000 exact codes of 12 characters: the codes, and next to nothing else."""
    codes = frozenset(b"%012d" % (7 * n) for n in range(20_000))
    rules = (*(rule_for("A1", formats=(FORMATS[name],)) for name in _NAMES[:8]), rule_for("A2", codes=codes))
    board = compile_plan(Plan("p", rules, (), 1), CHUTES)
    assert 4 * len(board.table) + len(board.blob) < 20_000 * 12 + 4000
    one = compiled.SortPlan()
    assert one.load(board.table, board.blob) == 0
    assert all(one.decide(code, 12) & 255 == 2 for code in sorted(codes)[::97] if not _is_known(code))


def _is_known(code: bytes) -> bool:
    return any(FORMATS[name].matches(code.decode()) for name in _NAMES[:8])


GUEST = """
import gc
from array import array
from sorter_core.sort_plan import SortPlan
from plan_data import TABLE, BLOB, CODES

codes = [bytearray(code) for code in CODES]
plan = SortPlan()
print(plan.load(array("i", TABLE), BLOB))
answers = array("i", [0] * len(codes))

def decide_all():
    place = 0
    while place < len(codes):
        answers[place] = plan.decide(codes[place], len(codes[place]))
        place += 1

def allocated_by(work):
    before = gc.mem_alloc()
    work()
    return gc.mem_alloc() - before

decide_all()
print(allocated_by(decide_all) - allocated_by(lambda: None))
print(*answers)
"""


def test_a_board_decides_the_same_and_allocates_nothing() -> None:
    """The same file in MicroPython: the answers of the compiled one, and not one byte of heap."""
    plan, board = _example()
    codes = interesting_codes(plan, 3)
    data = f"TABLE = {board.table.tolist()}\nBLOB = {board.blob!r}\nCODES = {codes!r}\n"
    files = {"/main.py": GUEST.encode(), "/lib/plan_data.py": data.encode(), **package_files("sorter_core")}
    with MicroPythonVM(files) as vm:
        error, allocated, answers = vm.run("/main.py").stdout.splitlines()
    assert (error, allocated) == ("0", "0")
    one = compiled.SortPlan()
    one.load(board.table, board.blob)
    assert list(map(int, answers.split())) == [one.decide(code, len(code)) for code in codes]
