"""Eyes whose signal is low while somebody is before them (blocked = 0), and falls free when its wire is cut."""

from dataclasses import replace
from pathlib import Path

import pytest
from board_sites import starter_on
from firmware_runs import dispositions, sorted_by
from sim_runs import example

from sortyard.config.numbering import number
from sortyard.config.site import Site

PARCELS = 8


def low_while_blocked(site: Site) -> Site:
    """The site with every eye the other way round."""
    eyes = [eye.model_copy(update={"options": {"blocked": 0}}) for eye in site.line.eye]
    line = site.line.model_copy(update={"eye": eyes})
    return replace(site, located=replace(site.located, model=line), numbering=number(line))


def sorts_the_same(site: Site) -> None:
    plain, board = (sorted_by(runtime, PARCELS, 3, site) for runtime in ("compiled", "firmware"))
    assert len(dispositions(plain)) >= PARCELS
    assert dispositions(board) == dispositions(plain)
    assert not any(board.result.never.values())


@pytest.mark.parametrize("name", ["starter", "hub16", "tandem"])
def test_parcels_are_sorted_by_eyes_at_pins_and_shift_registers_that_are_low_while_blocked(name: str):
    sorts_the_same(low_while_blocked(example(name)))


def test_parcels_are_sorted_by_such_eyes_that_are_sampled(tmp_path: Path):
    sorts_the_same(low_while_blocked(starter_on(tmp_path, "esp32_c6")))


def test_faults_of_their_wires_are_those_of_other_eyes():
    """A wire that is cut, and a contact that bounces."""
    often = {"cut_wire": 250_000, "contact_bounce": 250_000}
    site = example("starter")
    usual, other = (
        sorted_by("firmware", PARCELS, 3, one, **often) for one in (site, low_while_blocked(site))
    )
    assert min(counts["injected"] for counts in usual.result.faults.values()) >= 1
    assert dispositions(other) == dispositions(usual)
    assert other.result.faults == usual.result.faults
