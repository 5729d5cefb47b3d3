"""The stress campaign: random lines that check passes, counts, coverage, and files that replay a violation."""

import json
from pathlib import Path

import pytest
from sites import site

from sortyard.cli.main import main
from sortyard.cli.stress_table import as_dict
from sortyard.config.check import check_site
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.sim import stress
from sortyard.sim.random_line import random_line
from sortyard.sim.stress import (
    Campaign,
    Outcome,
    Piece,
    keep,
    plan_campaign,
    run_piece,
    site_of,
    write_line,
)

HUB = line_file_of("hub16")


def test_random_lines_follow_every_rule_of_the_line_file(tmp_path: Path) -> None:
    lines = [random_line(seed) for seed in range(25)]
    passed = [check_site(load_site(write_line(made, tmp_path))).count("error") == 0 for made in lines]

    assert len({made.text for made in lines}) == 25
    assert sum(passed) >= 12
    assert random_line(7).text == lines[7].text
    assert {kind for made in lines for kind in made.kinds} == {"pusher", "swing_arm", "popup_wheel"}
    assert min(made.gates for made in lines) <= 4
    assert max(made.gates for made in lines) > 40


def test_random_lines_are_spread_over_as_many_boards_as_may_be() -> None:
    campaign = plan_campaign(HUB, 1000, 3, 6, boards=3)
    boards = [len(site_of(piece).line.ecu) for piece in campaign.pieces]
    assert set(boards) == {1, 2, 3}
    outcomes = [run_piece(piece) for piece, n in zip(campaign.pieces, boards, strict=True) if n > 1]
    assert not any(any(one.never.values()) for one in outcomes)
    assert all(one.sorted for one in outcomes)


def test_a_small_campaign_finds_nothing_that_must_never_happen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "found"
    code = main(
        [
            "stress",
            str(HUB),
            "--parcels",
            "2400",
            "--lines",
            "3",
            "--jobs",
            "2",
            "--out",
            str(folder),
            "--json",
        ]
    )
    found = json.loads(capsys.readouterr().out)

    assert code == 0, found
    assert found["parcels"] == 2400
    assert found["lines"]["accepted"] == 3
    assert found["silent_missorts"] == found["gate_strikes"] == found["undisposed"] == 0
    assert found["estop_violations"] == 0
    assert found["untouched_sorted"] >= 0.98 * found["untouched_parcels"] > 0
    assert sum(counts["accepted"] for counts in found["coverage"]["speed_mm_s"].values()) == 3
    assert found["faults"]["belt_ripple"]["parcels_touched"] > 0
    assert found["found"] == []
    assert not folder.exists()


def test_a_violation_is_kept_as_files_that_run_the_same_parcels_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing violates anything, so one is made up; what counts is that its files give the very same run."""
    piece = Piece(None, next(m for m in map(random_line, range(9)) if stress.is_sound(m)), 21, 150)
    outcome = run_piece(piece)
    outcome.never["gate_strikes"] = 1
    scenario = keep(outcome, tmp_path)
    line = tmp_path / f"found-{piece.seed}.line.toml"

    assert main(["sim", str(line), "--scenario", str(scenario), "--json"]) in (0, 1)
    again = json.loads(capsys.readouterr().out)
    assert (again["parcels"], again["sorted"], again["faults"]) == (150, outcome.sorted, outcome.faults)
    assert "1 gate_strikes" in scenario.read_text()


def test_a_line_with_errors_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = tmp_path / "broken.line.toml"
    line.write_text('format = 1\nname = "broken"\n')

    assert main(["stress", str(line), "--parcels", "10"]) == 2
    assert "broken.line.toml" in capsys.readouterr().err


def outcome(path: Path, untouched: int, sorted_ones: int) -> Outcome:
    piece = Piece(path, None, 1, untouched)
    return Outcome(piece, untouched, sorted_ones, untouched, sorted_ones, {}, {}, {}, 0.0)


def test_lines_that_sort_too_little_are_told_and_whether_check_had_warned_of_their_gaps(
    tmp_path: Path,
) -> None:
    """Two pieces of a line count together; 418 mm are 1 mm less than a pair of hub16's diverts needs."""
    narrow = site(tmp_path, "hub16", ("gap_mm = 460", "gap_mm = 418"))
    outcomes = [outcome(HUB, 100, 97), outcome(HUB, 100, 99), outcome(narrow, 100, 97)]
    campaign = Campaign([one.piece for one in outcomes], [], [])
    assert as_dict(campaign, outcomes, [], 1, False)["below_goal"] == [
        {"line": str(narrow), "untouched_parcels": 100, "untouched_sorted": 97, "is_warned": True}
    ]
    outcomes[1] = outcome(HUB, 100, 98)
    assert [line["is_warned"] for line in as_dict(campaign, outcomes, [], 1, False)["below_goal"]] == [
        False,
        True,
    ]
