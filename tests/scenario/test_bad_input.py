"""Bad input as a stranger types it: every reason at once with file, line, key and remedy; code 2; no traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sites import line_of, site

from sortyard.cli.main import main

Told = list[dict[str, Any]]
HEADER = "barcode,length_mm,width_mm,height_mm,weight_g,arrival_s\n"
ROW = "RB123456785GB,300,200,100,500,1\n"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run a command twice, for a person and with --json, and give what is wrong; nothing may be written before."""

    def run(*arguments: str) -> Told:
        assert main(arguments) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        assert main([*arguments, "--json"]) == 2
        findings = json.loads(capsys.readouterr().out)["findings"]
        for one in findings:
            assert one["reason"]
            assert one["remedy"]
            assert one["reason"].splitlines()[0] in printed.err
        return findings

    return run


C2_IN_SOUTH = (
    'name = "PE-C2"\nrole = "confirm"\nchute = "SOUTH"',
    'name = "PE-C2"\nrole = "confirm"\nchute = "NORTH"',
)
TRUE_LENGTH = ("250, 330, 500, 640]", "250, 330, 500, true]")
LINES = {
    "an unknown key": (("speed_mm_s = 800", "speed_mm_s = 800\nspeeed = 1"), "belt.speeed", "speed_mm_s"),
    "a wrong type": (("speed_mm_s = 800", 'speed_mm_s = "fast"'), "belt.speed_mm_s", "without quotes"),
    "not a number": (("speed_mm_s = 800", "speed_mm_s = nan"), "belt.speed_mm_s", "write a whole number"),
    "infinite": (("speed_mm_s = 800", "speed_mm_s = -inf"), "belt.speed_mm_s", "write a whole number"),
    "a fraction": (("speed_mm_s = 800", "speed_mm_s = 800.5"), "belt.speed_mm_s", "without a decimal point"),
    "a huge number": (("speed_mm_s = 800", f"speed_mm_s = {10**30}"), "belt.speed_mm_s", "rated speed"),
    "a negative gap": (("min_gap_mm = 950", "min_gap_mm = -1"), "parcels.min_gap_mm", "smallest gap"),
    "a wrong place in a list": (TRUE_LENGTH, "parcels.length_mm_quantiles[6]", "[6]"),
    "upstream of the scanner": (("position_mm = 2000 ", "position_mm = 500 "), "diverter[0].position_mm", "downstream"),
    "a second confirm eye": (C2_IN_SOUTH, "eye[6].chute", "a chute has one"),
    "a missing plan": (('"starter.plan.toml"', '"plan.toml"'), "plan", "starter.plan.toml"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_value_of_a_line(name: str, tmp_path: Path, told: Callable[..., Told]) -> None:
    change, key, remedy = LINES[name]
    path = site(tmp_path, "starter", change)
    (finding,) = told("check", str(path))
    assert (finding["file"], finding["key"]) == (str(path), key)
    assert finding["line"] == line_of(path, change[1]) + change[1].count("\n")
    assert remedy in finding["remedy"]


def test_a_name_that_is_there_twice(tmp_path: Path, told: Callable[..., Told]) -> None:
    path = site(tmp_path, "starter", ('name = "D-SOUTH"', 'name = "D-NORTH"'))
    twice, lost = told("check", str(path))
    assert (twice["key"], lost["key"]) == ("diverter[1].name", "chute[1].diverter")
    assert 'did you mean "D-NORTH"' in lost["remedy"]


def test_ten_mistakes_of_a_line_and_its_plan_are_told_at_once(
    tmp_path: Path, told: Callable[..., Told]
) -> None:
    path = site(
        tmp_path,
        "starter",
        ("length_mm = 6500", 'length_mm = "6.5 m"'),
        ("um_per_count = 500", "um_per_counts = 500"),
        ("max_width_mm = 500", "max_width_mm = 900"),
        ('signal = "GP5"', 'signal = "GP4"'),
        ("window_mm = 100 ", "window_mm = -100 "),
        ('kind = "swing_arm"', 'kind = "swing-arm"'),
        ('diverter = "D-SOUTH"', 'diverter = "D-SUOTH"'),
        ('restart = "flush"', "restart = true"),
    )
    plan = tmp_path / "starter.plan.toml"
    plan.write_text(plan.read_text().replace('"SOUTH"', '"SUOTH"').replace('"s10"', '"s1o"'))
    findings = told("check", str(path))
    assert {(Path(one["file"]).name, one["key"]) for one in findings} == {
        ("starter.line.toml", "belt.length_mm"),
        ("starter.line.toml", "encoder.um_per_count"),
        ("starter.line.toml", "encoder.um_per_counts"),
        ("starter.line.toml", "parcels.max_width_mm"),
        ("starter.line.toml", "eye[1].pins.signal"),
        ("starter.line.toml", "scanner[0].window_mm"),
        ("starter.line.toml", "diverter[2].kind"),
        ("starter.line.toml", "chute[1].diverter"),
        ("starter.line.toml", "policy.restart"),
        ("starter.plan.toml", "rule[0].format"),
        ("starter.plan.toml", "rule[1].chutes"),
    }
    assert all(one["line"] for one in findings)


FILES = {
    "nothing in it": (b"", "the file is empty"),
    "a byte-order mark in it": (b"\xef\xbb\xbf\r\n", "the file is empty"),
    "only comments": (b"# a line\n", "the file has no keys, only comments"),
    "no text": (b"format = 1\n\xff\xfe", "byte 0xff is not UTF-8 text"),
    "no TOML": (b"format = 1\nbelt = {\n", "not valid TOML"),
    "lists in lists": (b"a = " + b"[" * 5000, "nested more than 20 deep"),
    "tables in tables": (b"a." * 3000 + b"b = 1", "nested more than 20 deep"),
    "a key twice": (b"format = 1\nformat = 1\n", "format is given twice"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_line_file_with(name: str, tmp_path: Path, told: Callable[..., Told]) -> None:
    content, reason = FILES[name]
    path = tmp_path / "odd.line.toml"
    path.write_bytes(content)
    (finding,) = told("check", str(path))
    assert reason in finding["reason"]


@pytest.mark.parametrize("option", [(), ("--manifest",), ("--scenario",)])
def test_a_folder_or_a_missing_file_in_place_of_a_file(
    option: tuple[str, ...], tmp_path: Path, told: Callable[..., Told]
) -> None:
    path = site(tmp_path, "starter")
    command = ["sim", str(path), *option] if option else ["check"]
    (folder,) = told(*command, str(tmp_path))
    assert folder["reason"] == "this is a folder, not a file"
    (missing,) = told(*command, str(tmp_path / "none.toml"))
    assert missing["reason"] == "there is no such file"
    assert "starter.line.toml" in missing["remedy"]


def test_other_line_ends_and_a_byte_order_mark_are_no_mistake(tmp_path: Path) -> None:
    path = site(tmp_path, "starter")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["check", str(path), "--json"]) == 0


MANIFESTS = {
    "nothing": (b"", {None: "the file is empty"}),
    "no parcel": (HEADER.encode(), {1: "the manifest has no parcels"}),
    "bytes that are no UTF-8": (HEADER.encode() + b"R\xff,300,200,100,500,1\n", {2: "is not UTF-8 text"}),
    "a control character": ((HEADER + "R\x07,300,200,100,500,1\n").encode(), {2: "no label can hold"}),
    "a line break in quotes": ((HEADER + '"R\nB",300,200,100,500,1\n').encode(), {2: r"'R\nB' has a character"}),
    "a column twice": ((HEADER.replace("weight_g", "barcode") + ROW).encode(), {1: "is there 2 times"}),
    "numbers that are none": ((HEADER + "A,nan,1e400,inf,500,1\n").encode(), {2: "is not a number"}),
    "quotes that do not close": (
        (HEADER + '"A"B,300,200,100,500,1\n' + "C,-3,200,100,500,2\n" + '"D,300,200,100,500,3\n' + ROW).encode(),
        {2: "the row cannot be read", 3: "found -3", 4: "the row cannot be read"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_with(name: str, tmp_path: Path, told: Callable[..., Told]) -> None:
    content, reasons = MANIFESTS[name]
    line, path = site(tmp_path, "starter"), tmp_path / "odd.csv"
    path.write_bytes(content)
    findings = told("sim", str(line), "--manifest", str(path))
    assert {one["line"] for one in findings if one["file"] == str(path)} == set(reasons)
    for number, reason in reasons.items():
        assert any(one["line"] == number and reason in one["reason"] for one in findings)


def test_outputs_never_go_over_inputs_or_each_other(tmp_path: Path, told: Callable[..., Told]) -> None:
    path = site(tmp_path, "starter")
    before = path.read_bytes()
    (tmp_path / "link.html").symlink_to(path)
    for option in ("--report", "--events"):
        for output in (
            path,
            tmp_path / "starter.plan.toml",
            tmp_path / "manifest.csv",
            tmp_path / "link.html",
        ):
            findings = told(
                "sim", str(path), "--manifest", str(tmp_path / "manifest.csv"), option, str(output)
            )
            assert ["that is read: it would be lost" in one["reason"] for one in findings] == [True]
    assert path.read_bytes() == before
    new = str(tmp_path / "new.html")
    (finding,) = told("sim", str(path), "--report", new, "--events", new)
    assert finding["reason"] == "two outputs go to this file"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--report", "nowhere/report.html"), "there is no folder nowhere"),
        (("--report", "."), "this is a folder"),
        (("--seed", "-1"), "-1 is out of range; allowed: 0 to 2147483647"),
        (("--parcels", "-5"), "-5 is out of range; allowed: 1 to 100000000"),
        (("--column", "length_mm=L"), "columns are those of a manifest, and there is none"),
    ],
)
def test_options_that_cannot_be_used(
    arguments: tuple[str, ...], reason: str, tmp_path: Path, told: Callable[..., Told]
) -> None:
    (finding,) = told("sim", str(site(tmp_path, "starter")), *arguments)
    assert finding["reason"] == reason


@pytest.mark.parametrize("option", ["--report", "--events"])
def test_a_full_disk_is_told_without_a_traceback(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """/dev/full takes nothing. The result is printed all the same, where only the report could not be written."""
    assert main(["sim", str(site(tmp_path, "starter")), "--parcels", "20", option, "/dev/full"]) == 2
    printed = capsys.readouterr()
    assert "/dev/full: it cannot be written: no space left on device" in printed.err
    assert "Traceback" not in printed.err
    assert ("trace sha256" in printed.out) == (option == "--report")


@pytest.mark.parametrize("option", ["--report", "--events"])
def test_a_place_where_nothing_can_be_written_is_told_before_the_run(
    option: str, tmp_path: Path, told: Callable[..., Told]
) -> None:
    """Nobody can make a file in /proc; 100 million parcels would take hours."""
    path = str(site(tmp_path, "starter"))
    (finding,) = told("sim", path, "--parcels", "100000000", option, "/proc/none.html")
    assert finding["reason"].startswith("it cannot be written: ")
    (finding,) = told("stress", path, "--parcels", "1000000000", "--out", "/proc/none/found")
    assert finding["reason"].startswith("it cannot be written: ")


def test_a_program_is_an_input_of_its_line(tmp_path: Path, told: Callable[..., Told]) -> None:
    path = site(tmp_path, "cascade")
    (finding,) = told("sim", str(path), "--report", str(tmp_path / "cascade.st"))
    assert finding["reason"] == f"this is the file {tmp_path / 'cascade.st'} that is read: it would be lost"


def test_findings_of_a_campaign_go_into_a_folder(tmp_path: Path, told: Callable[..., Told]) -> None:
    path = site(tmp_path, "starter")
    (finding,) = told("stress", str(path), "--parcels", "10", "--lines", "0", "--out", str(path))
    assert (finding["key"], finding["reason"]) == ("--out", "this is a file, not a folder")


def test_a_line_that_check_finds_wanting_is_simulated_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sim", str(site(tmp_path, "starter")), "--parcels", "5", "--speed", "3000"]) == 0
    told = capsys.readouterr().err
    assert "errors in this line at 3000 mm/s, the first: " in told
    assert "run: sortyard check" in told
