"""Carrier formats: published numbers come out right, made-up ones are valid, slips of a digit are caught."""

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sorter_core.sort_plan import SortPlan
from sortyard.config.carriers import Check, Format, FormatFile, build_formats, builtin_formats, make_code
from sortyard.config.patterns import parse_pattern
from sortyard.config.plan import HostPlan, compile_plan, load_plan

FORMATS = builtin_formats()
NUMBERS = Path(__file__).parents[1] / "data" / "barcodes.csv"
EVERY_DIGIT_SLIP = ("sscc", "usps_20", "canada_post_16", "gs1_gtin", "dpd_14", "dpd_27", "purolator_12")
"""Formats whose check catches every single wrong digit in the part that it covers. S10 does not: remainders of
0 and of 6 both give the check digit 5."""


def _published() -> Iterator[tuple[str, str, bool]]:
    lines = [line for line in NUMBERS.read_text().splitlines() if not line.startswith("#")]
    for row in csv.DictReader(lines):
        yield row["format"], row["number"], row["valid"] == "1"


def test_every_published_number_has_its_validity() -> None:
    wrong = [(f, number) for f, number, valid in _published() if FORMATS[f].matches(number) != valid]
    assert wrong == []


def test_every_format_has_a_published_number_and_a_wrong_one() -> None:
    rows = list(_published())
    assert {name for name, _, valid in rows if valid} == set(FORMATS)
    assert {name for name, _, valid in rows if not valid} == set(FORMATS)
    assert len(rows) == len({row[:2] for row in rows}) >= 200


def test_a_board_gives_the_published_numbers_the_same_validity(tmp_path: Path) -> None:
    for name in {name for name, _, _ in _published()}:
        path = tmp_path / "p.plan.toml"
        path.write_text(f'[[rule]]\nformat = "{name}"\nchute = "A"\n')
        compiled = compile_plan(load_plan(path), ["A"])
        plan = SortPlan()
        assert plan.load(compiled.table, compiled.blob) == 0
        for other, number, valid in _published():
            if other == name:
                assert bool(plan.decide(number.encode(), len(number))) == valid, number


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_made_numbers_are_valid_and_use_every_form(name: str) -> None:
    rng = random.Random(name)
    codes = [make_code(FORMATS[name], rng) for _ in range(30 * len(FORMATS[name].forms))]
    assert all(FORMATS[name].matches(code) for code in codes)
    assert {len(code) for code in codes} == {len(form.places) for form in FORMATS[name].forms}


def test_the_same_seed_makes_the_same_numbers() -> None:
    first, second = random.Random(5), random.Random(5)
    assert [make_code(f, first) for f in FORMATS.values()] == [make_code(f, second) for f in FORMATS.values()]


@settings(max_examples=300)
@given(name=st.sampled_from(EVERY_DIGIT_SLIP), seed=st.integers(0, 10**6), data=st.data())
def test_a_single_wrong_digit_is_caught(name: str, seed: int, data: st.DataObject) -> None:
    fmt = FORMATS[name]
    code = make_code(fmt, random.Random(seed))
    (form,) = fmt.forms
    at = form.data[0] + data.draw(st.integers(0, form.data[1] - 1))
    wrong = data.draw(st.sampled_from([char for char in "0123456789" if char != code[at]]))
    assert not fmt.matches(code[:at] + wrong + code[at + 1 :])


def _s10(number: str) -> bool:
    """UPU S10 written out: no table, no pattern."""
    digits = [int(char) for char in number[2:11]]
    total = 8 * digits[0] + 6 * digits[1] + 4 * digits[2] + 2 * digits[3]
    total += 3 * digits[4] + 5 * digits[5] + 9 * digits[6] + 7 * digits[7]
    check = 11 - total % 11
    return digits[8] == {10: 0, 11: 5}.get(check, check)


@given(st.integers(0, 10**9 - 1))
def test_s10_agrees_with_the_rule_written_out(serial: int) -> None:
    number = f"RR{serial:09d}DE"
    assert FORMATS["s10"].matches(number) == _s10(number)


@pytest.mark.parametrize("country", ["XX", "UK", "gb", "D3"])
def test_s10_knows_its_countries(country: str) -> None:
    assert FORMATS["s10"].matches("RB123456785GB")
    assert not FORMATS["s10"].matches("RB123456785" + country)


def _own(pattern: str, check: Check | None = None) -> Format:
    file = FormatFile.model_validate(
        {"texts": {"depot": ["ABC", "XYZ"]}, "format": [{"id": "own", "name": "Own", "patterns": [pattern]}]}
    )
    table = file.format[0].model_copy(update={"check": check})
    formats, problems = build_formats([table], file.texts)
    assert problems == []
    return formats["own"]


def test_a_user_adds_a_format_with_sets_lists_and_repeats() -> None:
    own = _own("{depot}-[0-35]@{2,3}#")
    assert own.matches("ABC-3QQ7")
    assert own.matches("XYZ-5QQQ7")
    for wrong in ("ABD-3QQ7", "ABC-4QQ7", "ABC-3Q7", "ABC 3QQ7", "ABC-3QQ7\n"):
        assert not own.matches(wrong)
    assert {len(make_code(own, random.Random(seed))) for seed in range(20)} == {8, 9}


def test_a_check_with_x_for_ten() -> None:
    """ISBN-10: weights 10 to 2, 0X987654321."""
    isbn = _own("(#{9})<[0-9X]>", Check(kind="mod11", weights=[10, 9, 8, 7, 6, 5, 4, 3, 2]))
    assert isbn.matches("0306406152")
    assert isbn.matches("097522980X")
    assert not isbn.matches("0975229801")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "it has 0 places"),
        ("#{65}", "repeated 1 to 64 times"),
        ("#{3,2}", "repeated 1 to 64 times"),
        ("#{40}@{40}", "it has 80 places"),
        ("(#{3}", '"(" is not closed'),
        ("#)", '")" closes nothing'),
        ("(#)(#)<#>", "only one part"),
        ("(#)<##>", "the check is one character"),
        ("(#)", "belong together"),
        ("#{nolist}", 'there is no list "nolist"'),
        ("[z-a]", "a set needs at least one"),
        ("#]", 'the pattern "#]" is wrong at character 2'),
        ("ä", "only printable ASCII"),
        ("{depot}{depot}", "one list of texts is the most"),
    ],
)
def test_a_wrong_pattern_says_where_and_why(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)) as caught:
        parse_pattern(pattern, {"depot": ["A", "B"]})
    assert caught.value.args[1].startswith("places are")


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ({"kind": "mod10"}, "mod10 needs weights"),
        ({"kind": "luhn", "weights": [1]}, "luhn takes no weights"),
        ({"kind": "mod37_36", "prepend": "1"}, "mod37_36 takes no prepend"),
        ({"kind": "mod7", "digits": "012345"}, "digits has 6 characters; allowed: 7"),
        ({"kind": "mod7", "digits": "012345ä"}, "no code has"),
    ],
)
def test_a_wrong_check_says_why(check: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Check.model_validate(check)
    assert reason in str(caught.value)


def test_a_check_over_characters_without_value_is_refused() -> None:
    for pattern, check, reason in [
        ("(#-#)<#>", Check(kind="mod7"), 'covers the character "-"'),
        ("(#@)<#>", Check(kind="luhn"), 'covers the character "A"'),
        ("(##)<@>", Check(kind="mod7"), "no check character"),
        ("##", Check(kind="mod7"), "has a check, but its pattern has none"),
    ]:
        file = FormatFile.model_validate({"format": [{"id": "own", "name": "Own", "patterns": [pattern]}]})
        formats, problems = build_formats([file.format[0].model_copy(update={"check": check})], {})
        assert formats == {}
        assert reason in problems[0].reason
        assert problems[0].path == ("format", 0, "patterns")


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["A", "BB"], "several widths"),
        ([], "several widths"),
        ([""], "several widths"),
        (["\x07"], "not printable"),
    ],
)
def test_a_list_of_texts_has_one_width(texts: list[str], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        FormatFile.model_validate({"texts": {"depot": texts}})
    assert reason in str(caught.value)


def test_a_format_without_any_valid_number_makes_none() -> None:
    never = _own("(#)<[9]>", Check(kind="mod10", weights=[0]))
    with pytest.raises(ValueError, match="none was valid"):
        make_code(never, random.Random(1))


def test_the_host_finds_a_format_by_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "p.plan.toml"
    path.write_text('[[rule]]\nformat = ["s10", "ups_1z"]\nchute = "A"\n')
    host = HostPlan(load_plan(path))
    assert host.decide("RB123456785GB") == host.decide(b"1Z5R89390357567127") == (0, 100)
    assert host.decide("RB123456786GB") is None
