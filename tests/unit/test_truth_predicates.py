"""Each predicate of the undetectable, just inside and just outside."""

import pytest

from sortyard_c.undetectable import (
    CAUSES,
    is_clear_as_told,
    is_gone_after_last_eye,
    is_in_own_place,
    is_one_block,
    is_shifted_after_last_eye,
    is_swapped_alike,
    is_unseen_before,
    is_without_witness,
)

MM = 1000


@pytest.mark.parametrize(
    ("offset_mm", "length_mm", "holds"),
    [(60, 300, True), (-60, 300, True), (61, 300, False), (-61, 300, False), (0, 325, True), (0, 326, False)],
)
def test_another_parcel_in_the_place_of_the_claimed_one(offset_mm, length_mm, holds):
    """Window 60 mm to either side, lengths alike within 25 mm."""
    assert is_swapped_alike(offset_mm * MM, 60 * MM, length_mm * MM, 300 * MM, 25 * MM) is holds
    assert is_swapped_alike(offset_mm * MM, 60 * MM, 300 * MM, length_mm * MM, 25 * MM) is holds


def test_gone_behind_the_last_eye():
    assert is_gone_after_last_eye(3900 * MM + 1, 3900 * MM)
    assert not is_gone_after_last_eye(3900 * MM, 3900 * MM)


@pytest.mark.parametrize(
    ("gap_um", "codes", "holds"), [(1999, 1, True), (2000, 1, False), (-50, 0, True), (-50, 2, False)]
)
def test_two_parcels_that_the_infeed_eye_sees_as_one(gap_um, codes, holds):
    assert is_one_block(gap_um, 2000, codes) is holds


def test_first_seen_after_the_command():
    assert is_unseen_before(1_000_001, 1_000_000)
    assert not is_unseen_before(1_000_000, 1_000_000)


@pytest.mark.parametrize(
    ("offset_um", "holds"), [(30_000, False), (30_001, True), (-30_000, False), (-30_001, True)]
)
def test_moved_against_the_encoder_by_more_than_the_margin(offset_um, holds):
    assert is_shifted_after_last_eye(offset_um, 30_000) is holds


@pytest.mark.parametrize(
    ("nose_mm", "tail_mm", "holds"),
    [(1500, 1200, True), (1501, 1200, False), (2200, 1899, False), (2200, 1900, True)],
)
def test_where_it_was_told_the_gate_would_have_missed_it(nose_mm, tail_mm, holds):
    """Sweep zone 1,500 to 1,900 mm."""
    assert is_clear_as_told(nose_mm * MM, tail_mm * MM, 1500 * MM, 1900 * MM) is holds


@pytest.mark.parametrize(
    ("eye", "healthy", "holds"), [(0, 0, True), (1, 0, False), (0, 1, False), (1, 1, False)]
)
def test_a_failed_machine_that_nobody_watches(eye, healthy, holds):
    assert is_without_witness(eye, healthy) is holds


@pytest.mark.parametrize(
    ("offset_mm", "is_told_else", "holds"),
    [(60, False, True), (-60, False, True), (61, False, False), (-61, False, False), (0, True, False)],
)
def test_another_parcel_in_the_place_of_the_one_just_diverted(offset_mm, is_told_else, holds):
    """Window 60 mm to either side; a trailing edge that was told would have betrayed it."""
    assert is_in_own_place(offset_mm * MM, 60 * MM, is_told_else) is holds


def test_every_predicate_has_a_name_for_the_report():
    assert len(set(CAUSES.values())) == 7
