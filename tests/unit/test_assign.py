"""Pins for parts that have none: each wire gets one that can do its work, or it is said what is short."""

import re
from pathlib import Path

import pytest
from sites import site

from sortyard.cli.main import main
from sortyard.config.assign import Assignment, assign_pins, with_pins
from sortyard.config.assign_write import pins_in
from sortyard.config.check import check_site
from sortyard.config.examples import line_file_of
from sortyard.config.line_pins import wires_of
from sortyard.config.site import Site, load_site
from sortyard.sim.random_line import RandomLine, random_line
from sortyard.sim.stress import is_sound, write_line

SECOND_SCANNER = '\n[[scanner]]\nname = "BACK"\nposition_mm = 600\nwindow_mm = 100\necu = "line"\n'


def bare(path: Path, keep: str = "(?!)") -> Path:
    """Take the pins out of a line file, but of lines that look like `keep`."""
    lines = path.read_text("utf-8").splitlines()
    kept = [
        line if re.search(keep, line) else re.sub(r"(^|^encoder\.|, )pins = \{[^}]*\}", "", line)
        for line in lines
    ]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    return path


def errors(site: Site) -> list[str]:
    return [f"{one.key}: {one.reason}" for one in check_site(site).findings if one.severity == "error"]


def pins_of(found: Assignment) -> dict[str, dict[str, str]]:
    return {one.owner: one.pins for one in found.given}


def told(found: Assignment) -> list[str]:
    return [f"{one.key}: {one.reason} -> {one.remedy}" for one in found.findings]


def test_a_line_whose_pins_were_taken_out_gets_pins_that_check_has_nothing_against(tmp_path: Path):
    before = load_site(line_file_of("starter"))
    stripped = load_site(bare(site(tmp_path, "starter")))
    assert not list(wires_of(stripped.line))
    found = assign_pins(stripped.located)
    after = with_pins(stripped, found)
    assert not found.findings
    assert not found.expanders
    assert not errors(after)
    # all that it had, but for the optional wires: the valve that brings the arm home, and the drive's direction
    had = {(w.kind, getattr(w.part, "name", ""), w.key) for w in wires_of(before.line)}
    has = {(w.kind, getattr(w.part, "name", ""), w.key) for w in wires_of(after.line)}
    assert had - has == {("diverter", "D-EAST", "retract"), ("motor", "M-BELT", "de")}
    assert has <= had


def test_the_same_line_always_gets_the_same_pins(tmp_path: Path):
    stripped = load_site(bare(site(tmp_path, "hub16")))
    first, second = assign_pins(stripped.located), assign_pins(stripped.located)
    assert first == second
    assert len(first.given) > 40


def test_pins_that_are_given_stay_and_nobody_else_gets_them(tmp_path: Path):
    stripped = load_site(bare(site(tmp_path, "starter"), keep="GP4|GP0"))
    found = assign_pins(stripped.located)
    assert {"GP4", "GP0", "GP1"}.isdisjoint(pin for one in found.given for pin in one.pins.values())
    assert "eye PE-INFEED" not in pins_of(found)
    motor = pins_of(found)["motor M-BELT"]
    assert motor["tx"] not in ("GP0", "GP12", "GP16")  # UART 0 is the scanner's
    assert not errors(with_pins(stripped, found))


def test_eyes_and_valves_go_to_shift_registers_where_a_board_has_too_few_pins(tmp_path: Path):
    path = bare(site(tmp_path, "hub16"))
    text = re.sub(r"(?ms)^expander = \[.*?^\]\n", "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    stripped = load_site(path)
    found = assign_pins(stripped.located)
    kinds = {one.kind: one.count for one in found.expanders}
    assert kinds == {"hc165": 5, "hc595": 3}
    pins = pins_of(found)
    for name in ("PE-INFEED", "PE-METER", "PE-MERGE"):  # what has to be exact is latched by an interrupt
        assert "." not in pins[f"eye {name}"]["signal"]
    assert pins["eye PE-V01"]["signal"].startswith("in.")
    assert pins["diverter D17"]["lift"].startswith("out.")
    assert not errors(with_pins(stripped, found))


def test_places_that_an_expander_has_left_are_used_before_one_is_added(tmp_path: Path):
    stripped = load_site(bare(site(tmp_path, "hub16"), keep="hc165|hc595|PE-V01"))
    found = assign_pins(stripped.located)
    assert not found.expanders
    places = [one.pins["signal"] for one in found.given if one.owner.startswith("eye PE-C")]
    assert all(place.startswith("in.") for place in places)
    assert "in.0" not in places  # PE-V01 has it
    assert not errors(with_pins(stripped, found))


def test_too_few_uarts_are_told_with_the_part_that_gets_none_and_the_pins_that_have_one(tmp_path: Path):
    path = bare(site(tmp_path, "starter"))
    path.write_text(path.read_text("utf-8") + SECOND_SCANNER, "utf-8")
    (said,) = told(assign_pins(load_site(path).located))
    assert said.startswith(
        "motor[0].pins: 3 parts without pins need a UART of line each; pico has 2, 0 of them taken"
    )
    assert "none is left for motor M-BELT" in said
    assert "pins that can send on a UART: GP0, GP4, GP8, GP12, GP16" in said


def test_too_few_pins_are_told_with_how_many_and_which_would_do(tmp_path: Path):
    """41 diverters, and more eyes and end switches than the longest chain of shift registers has inputs."""
    made = random_line(48)
    path = write_line(made, tmp_path)
    said = told(assign_pins(load_site(path).located))
    assert made.gates == 41
    assert len(said) >= 1
    assert re.match(
        r"diverter\[\d\d\]\.pins: \d\d wires of line need pins of pico itself\. \d+ that must be read",
        said[0],
    )
    assert "pins that would do: GP0, GP1, GP2" in said[0]


def test_a_shared_bus_takes_one_unit_and_an_address_that_is_there_twice_another(tmp_path: Path):
    second = '\n[[motor]]\nname = "M-2"\ndrives = "meter"\naddress = {}\necu = "line"\n'
    meter = '\n[[eye]]\nname = "PE-M"\nrole = "meter"\nposition_mm = -1360\necu = "line"\n'
    meter += "\n[infeed_meter]\ngap_mm = 460\ntransfer_mm = -1260\n"
    for address, is_shared in ((2, True), (1, False)):
        path = bare(site(tmp_path / str(address), "starter"))
        path.write_text(path.read_text("utf-8") + second.format(address) + meter, "utf-8")
        found = assign_pins(load_site(path).located)
        if is_shared:
            assert pins_of(found)["motor M-2"] == pins_of(found)["motor M-BELT"]
        else:
            assert "need a UART" in told(found)[0]


@pytest.fixture(scope="module")
def sound_lines() -> list[RandomLine]:
    return [made for made in map(random_line, range(50)) if is_sound(made)]


@pytest.mark.parametrize("board", ["pico", "pico2", "esp32_s3", "esp32_c3"])
def test_random_lines_on_any_board_are_wired_soundly_or_told_what_is_short(
    board: str, sound_lines: list[RandomLine], tmp_path: Path
):
    whole = short = 0
    for made in sound_lines:
        path = write_line(made, tmp_path)
        path.write_text(path.read_text("utf-8").replace('"pico"', f'"{board}"'), "utf-8")
        line = load_site(path)
        if errors(line):
            continue  # what the board itself cannot do has nothing to do with its pins
        found = assign_pins(line.located)
        if found.findings:
            short += 1
            assert all("pins that" in one.remedy and board in one.reason for one in found.findings)
            continue
        whole += 1
        assert not errors(with_pins(line, found))
        wired = [(wire.ecu, wire.pin) for wire in wires_of(with_pins(line, found).line)]
        assert len(set(wired)) == len(wired)
    assert short >= 3
    assert whole >= 6 or board == "esp32_c3"  # it has one UART beside its console


def test_every_board_of_a_line_gets_its_own_with_the_encoder_and_the_emergency_stop(tmp_path: Path):
    lines = (random_line(seed, boards=2) for seed in range(40))
    made = next(one for one in lines if one.gates > 1 and "feedback = true" not in one.text and is_sound(one))
    line = load_site(write_line(made, tmp_path))
    found = assign_pins(line.located)
    after = with_pins(line, found)
    assert not found.findings
    assert not errors(after)
    first, second = after.line.ecu
    assert sorted(first.pins) == ["estop", "reset", "start"]
    assert list(second.pins) == ["estop"]
    assert sorted(second.encoder) == ["a", "b"]
    path = tmp_path / "written.line.toml"
    path.write_text(pins_in(line.path.read_text("utf-8"), found), "utf-8")
    assert load_site(path).line == after.line


@pytest.mark.parametrize("example", ["starter", "hub16", "tandem"])
def test_what_is_written_is_what_was_found_and_nothing_else_changes(example: str, tmp_path: Path):
    path = bare(site(tmp_path, example))
    stripped, before = load_site(path), path.read_text("utf-8")
    found = assign_pins(stripped.located)
    assert main(["check", str(path), "--write"]) == 0
    after = path.read_text("utf-8")
    assert load_site(path).line == with_pins(stripped, found).line
    without = re.sub(r"\n(?:encoder\.)?pins = \{[^\n]*|, pins = \{ [^}]*\}", "", after)
    assert without == before


def test_nothing_is_written_where_something_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = bare(site(tmp_path, "starter"))
    path.write_text(path.read_text("utf-8") + SECOND_SCANNER, "utf-8")
    before = path.read_text("utf-8")
    assert main(["check", str(path), "--write"]) == 1
    assert path.read_text("utf-8") == before
    assert "none is left for motor M-BELT" in " ".join(capsys.readouterr().out.split())


def test_the_pins_are_shown_and_an_expander_list_in_brackets_is_added_to(tmp_path: Path):
    path = bare(site(tmp_path, "hub16"), keep="hc165")
    text = re.sub(r'(?m)^  \{ name = "out".*\n', "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    found = assign_pins(load_site(path).located)
    (added,) = found.expanders
    written = pins_in(text, found)
    assert (
        f'{{ name = "{added.name}", kind = "hc595", count = 3, ecu = "line", pins = {{ clock = "' in written
    )
    path.write_text(written, "utf-8")
    assert not errors(load_site(path))


def pulsing(folder: Path, example: str, board: str, freqs: list[int], motor: str = "") -> Site:
    """An example without pins, its first diverters arms on servos with so many pulses a second, its belt on `motor`."""
    path = bare(site(folder, example))
    text = re.sub(r'board = "\w+"', f'board = "{board}"', path.read_text("utf-8"))
    rates = iter(freqs)
    arm = 'kind = "servo_arm"{0} options = {{ freq = {1} }}{0}'
    kind = r'kind = "(?:pusher|swing_arm|popup_wheel)"(.)'
    text = re.sub(kind, lambda one: arm.format(one[1], next(rates)), text, count=len(freqs), flags=re.DOTALL)
    text = re.sub(r"feedback = true[^\n]*", "", text)
    if motor:
        text = re.sub(r'driver = "vfd_modbus"', f'driver = "{motor}"', text)
    path.write_text(text, "utf-8")
    return load_site(path)


@pytest.mark.parametrize("board", ["pico", "pico2", "esp32_s3", "esp32_devkit"])
@pytest.mark.parametrize("motor", ["h_bridge", "step_dir", "servo"])
@pytest.mark.parametrize("freqs", [[50, 50, 50], [50, 60, 70], [60, 50, 60]], ids=str)
def test_pulses_of_different_frequencies_get_slices_of_their_own(
    board: str, motor: str, freqs: list[int], tmp_path: Path
):
    line = pulsing(tmp_path, "starter", board, freqs, motor)
    found = assign_pins(line.located)
    after = with_pins(line, found)
    assert not found.findings
    assert [wire.need for wire in wires_of(after.line)].count("pwm") == 4
    assert not errors(after)


def test_pulses_leave_alone_the_slice_of_a_pin_that_is_given(tmp_path: Path):
    path = bare(pulsing(tmp_path, "starter", "pico", [50, 50, 50], "h_bridge").path)
    path.write_text(
        path.read_text("utf-8").replace('"h_bridge"', '"h_bridge"\npins = { pwm = "GP0" }'), "utf-8"
    )
    line = load_site(path)
    found = assign_pins(line.located)
    assert not found.findings
    assert "GP1" not in [one.pins.get("pulse") for one in found.given]
    assert not errors(with_pins(line, found))


def test_pulses_of_more_frequencies_than_a_chip_has_slices_for_are_told(tmp_path: Path):
    found = assign_pins(pulsing(tmp_path, "hub16", "pico", list(range(50, 62))).located)
    assert "and 9 are needed on line; pico has 8 -> give some parts the same freq" in told(found)[0]
