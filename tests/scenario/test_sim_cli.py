"""`sortyard sim` as a stranger types it: the JSON object, files that it writes, exit codes, and bad input."""

import json
from pathlib import Path

import pytest
from sites import site

from sortyard.cli.main import main
from sortyard.config.examples import line_file_of

HUB = str(line_file_of("hub16"))
KEYS = {
    "parcels",
    "sorted",
    "by_reason",
    "by_chute",
    "silent_missorts",
    "undetectable",
    "misreads",
    "gate_strikes",
    "strikes_safe_state",
    "strikes_broken_machine",
    "undisposed",
    "estop_violations",
    "faults",
    "throughput_per_h",
    "read_rate",
    "laps",
    "wall_s",
    "runtime",
    "seed",
    "trace_sha256",
}


def sim_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    code = main(["sim", *arguments, "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert code == (1 if printed.get("silent_missorts") else 0)
    return printed


def test_the_json_object_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    found = sim_json(capsys, HUB, "--parcels", "300", "--fault", "scan_miss", "--seed", "5")

    assert set(found) >= KEYS
    ended = sum(found["by_chute"].values()) + sum(found["by_reason"].values())
    assert ended == 300 + found["laps"]
    assert found["sorted"] == sum(found["by_chute"].values())
    assert found["faults"]["scan_miss"]["injected"] == found["by_reason"]["REJECTED/NO_READ"] > 0
    assert (found["seed"], found["runtime"], found["partial"]) == (5, "compiled", False)
    assert len(found["trace_sha256"]) == 64


def test_all_switches_every_fault_on(capsys: pytest.CaptureFixture[str]) -> None:
    found = sim_json(capsys, HUB, "--parcels", "50", "--fault", "all")

    assert len(found["faults"]) == 28
    assert found["faults"]["belt_ripple"]["injected"] > 0


def test_a_manifest_is_sorted_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = site(tmp_path, "starter")
    found = sim_json(capsys, str(line), "--manifest", str(tmp_path / "manifest.csv"), "--parcels", "20")

    assert found["parcels"] == 20
    assert sum(found["by_chute"].values()) + sum(found["by_reason"].values()) == 20 + found["laps"]


def test_the_speed_option_slows_the_line_down(capsys: pytest.CaptureFixture[str]) -> None:
    rated = sim_json(capsys, HUB, "--parcels", "40")
    slow = sim_json(capsys, HUB, "--parcels", "40", "--speed", "1000")

    assert slow["simulated_s"] > rated["simulated_s"] + 10


def test_a_scenario_replays_the_same_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.scenario.toml"
    file.write_text(
        'format = 1\nseed = 9\nparcels = 60\n[[fault]]\nname = "scan_miss"\nat_parcel = [7, 8]\n'
        '[[fault]]\nname = "parcel_slip"\nper_million = 100000\n'
    )
    first = sim_json(capsys, HUB, "--scenario", str(file))
    again = sim_json(capsys, HUB, "--scenario", str(file))

    assert first["by_reason"]["REJECTED/NO_READ"] == 2
    assert first["faults"]["scan_miss"]["injected"] == 2
    assert (first["seed"], first["parcels"]) == (9, 60)
    assert again["trace_sha256"] == first["trace_sha256"]


def test_events_are_one_json_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    found = sim_json(capsys, HUB, "--parcels", "30", "--events", str(path))
    events = [json.loads(line) for line in path.read_text().splitlines()]

    ends = [event for event in events if event.get("out") == "DISPOSITION"]
    assert len(ends) == 30 + found["laps"]
    assert {event["outcome"] for event in ends} >= {"SORTED"}
    assert [event["t_ms"] for event in events] == sorted(event["t_ms"] for event in events)
    assert {"eye", "at_counts"} <= events[[e.get("in") for e in events].index("EYE_BLOCKED")].keys()


def test_the_table_tells_what_must_never_happen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", HUB, "--parcels", "20"]) == 0
    printed = capsys.readouterr().out

    assert "silent missorts" in printed
    assert "SORTED in C01" in printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--runtime", "compiler"], "there is no runtime"),
        (["--fault", "scan_mis"], "scan_miss"),
        (["--parcels", "0"], "--parcels"),
        (["--speed", "99999"], "--speed"),
        (["--manifest", "nowhere.csv"], "no such file"),
        (["--scenario", "nowhere.toml"], "no such file"),
        (["--report", "nowhere/report.html"], "there is no folder nowhere"),
    ],
)
def test_bad_options_are_refused_with_a_remedy(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", HUB, *arguments]) == 2
    printed = capsys.readouterr().err

    assert told in printed
    assert "->" in printed


def test_every_mistake_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "wrong.scenario.toml"
    scenario.write_text(
        'format = 1\nparcel = 5\nseed = -1\n[[fault]]\nname = "jamm"\n[[fault]]\nname = "jam"\nrate = 1\n'
    )
    code = main(["sim", HUB, "--scenario", str(scenario), "--fault", "nothing", "--runtime", "x", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]

    assert code == 2
    assert {finding["line"] for finding in findings} >= {2, 3, 5, 8, None}
    assert {finding["key"] for finding in findings} >= {"--fault", "--runtime"}
    assert all(finding["reason"] and finding["remedy"] for finding in findings)


def test_ctrl_c_leaves_a_partial_result_that_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from sortyard.cli import sim_progress

    class Impatient:
        def __enter__(self):
            return self.look

        def __exit__(self, *_: object) -> None:
            pass

        def look(self, done: int) -> None:
            if done >= 200:
                raise KeyboardInterrupt

    monkeypatch.setattr(sim_progress, "progress_bar", lambda _total: Impatient())
    report = tmp_path / "report.html"
    code = main(["sim", HUB, "--parcels", "100000", "--json", "--report", str(report)])
    found = json.loads(capsys.readouterr().out)

    assert code == 130
    assert found["partial"]
    assert 200 <= found["parcels"] < 5000
    assert 0 < found["sorted"] <= found["parcels"]
    assert "Partial run" in report.read_text()
