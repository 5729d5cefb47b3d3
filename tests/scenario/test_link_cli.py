"""`sortyard link`: what a controls engineer sees of a board, and of what is no board."""

import json
from pathlib import Path

import pytest
from board_link import DISPOSING, MAIN, board
from sim_runs import example

from sorter_core import messages
from sortyard.cli.main import main
from sortyard.config.ecu_image import config_hash
from sortyard.config.examples import line_file_of
from sortyard.device.board import RESET, START, STOP
from sortyard.sim.outside_host import LinkServer

WAIT = ["--wait", "60"]


@pytest.fixture(scope="module")
def line_and_board():
    """Address of a virtual board with starter's configuration, which disposes of a track every 200 ms."""
    program = DISPOSING.format(every=200, last=1_000_000) + MAIN
    with LinkServer("127.0.0.1", 0) as server, board(server, program) as running:
        yield f"tcp://127.0.0.1:{server.port}", running


@pytest.fixture
def starter(line_and_board):
    return line_and_board[0]


@pytest.fixture
def bench(line_and_board):
    return line_and_board[1]


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_info_says_who_is_there(starter, capsys):
    assert main(["link", starter, "info", "--json", *WAIT]) == 0
    told = {one["event"]: one for one in objects(capsys.readouterr().out)}
    who = told["connected"]
    assert (who["line"], who["ecu"], who["protocol"]) == ("starter", "line", messages.PROTOCOL)
    assert who["config_hash"] == config_hash(example("starter"), "line")
    assert told["statistics"]["loops"] > 0
    assert told["heartbeat"]["state"] in ("stopped", "running", "starting", "fault", "emergency stop")


def test_watch_tells_dispositions_with_the_line_s_names_and_their_time(starter, capsys):
    line = str(line_file_of("starter"))
    assert main(["link", starter, "--line", line, "--for", "4", "--json", *WAIT]) == 0
    ended = [one for one in objects(capsys.readouterr().out) if one["event"] == "disposition"]
    assert ended
    assert ended[-1]["outcome"] == "SORTED"
    assert ended[-1]["error_ms"] > 0
    assert ended[-1]["at"].endswith("+00:00")


def test_watch_in_words(starter, capsys):
    assert main(["link", starter, "--for", "2", *WAIT]) == 0
    out = capsys.readouterr().out
    assert "connected: starter/line" in out
    assert "outcome=SORTED" in out


def test_stop_reset_and_start_reach_the_board_once(starter, bench, capsys):
    for action, kind in (("stop", STOP), ("reset", RESET), ("start", START)):
        assert kind not in bench.inputs()
        assert main(["link", starter, action, *WAIT]) == 0
        assert main(["link", starter, "info", *WAIT]) == 0  # meanwhile the board has told of it
        assert bench.inputs().count(kind) == 1
    assert "connected: starter/line" in capsys.readouterr().out


def test_a_belt_whose_speed_may_not_be_set_says_so(starter, capsys):
    assert main(["link", starter, "speed", "600", *WAIT]) == 1
    assert (
        "speed 600 mm/s is refused: this board drives no belt whose speed may be set"
        in capsys.readouterr().err
    )


def test_the_board_of_another_line_is_refused_with_both_hashes(starter, capsys):
    line = str(line_file_of("hub16"))
    assert main(["link", starter, "info", "--line", line, *WAIT]) == 1
    said = capsys.readouterr().err
    assert config_hash(example("starter"), "line") in said
    assert config_hash(example("hub16"), "line") in said


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["/dev/no_such_port", "--wait", "0.3"], 1, "there is no port /dev/no_such_port"),
        (["tcp://127.0.0.1:1", "--wait", "0.3"], 1, "refuses the connection"),
        (["udp://10.0.0.7"], 2, "is no address of a board"),
        (["tcp://10.0.0.7:99999"], 2, "is no address of a board"),
        (["COM3", "--answer"], 2, "--answer needs the line file"),
        (["COM3", "speed"], 2, "speed needs a speed"),
        (["COM3", "start", "600"], 2, "start takes none"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_exit_code(arguments, code, text, capsys):
    assert main(["link", *arguments]) == code
    assert text in capsys.readouterr().err
    assert main(["link", *arguments, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert text in told["error"] + "".join(one["reason"] for one in told["findings"])


def test_the_link_of_a_simulated_board_needs_a_board(capsys):
    line = str(line_file_of("starter"))
    assert main(["sim", line, "--link-port", "5333"]) == 2
    assert "add --firmware" in capsys.readouterr().err
    assert main(["sim", line, "--firmware", "--link-port", "0"]) == 2
    assert "allowed: 1 to 65535" in capsys.readouterr().err


def test_a_board_that_the_line_does_not_have_is_named(capsys):
    line = Path(line_file_of("starter"))
    assert main(["link", "COM3", "--line", str(line), "--ecu", "other"]) == 2
    assert 'the line has no board "other"' in capsys.readouterr().err


FAILS = """
from sorter_ecu import control
whole = control.Control.turn
error = AttributeError("'{part}' object has no attribute '{place}'")
def turn(self, ticks):
    whole(self, ticks)
    if self.turns == 300:
        raise error
control.Control.turn = turn
"""


def test_errors_of_a_built_firmware_are_told_by_the_names_of_the_source(tmp_path, capsys):
    line = str(line_file_of("starter"))
    assert main(["build", line, "--out", str(tmp_path)]) == 0
    names = json.loads((tmp_path / "line.names.json").read_text())
    part = next(short for short, name in names["globals"].items() if name == "sorter_ecu.link.Link")
    place, meant = next(
        (short, name) for short, name in names["attributes"].items() if "losses" in name.split(" or ")
    )
    arguments = ["--line", line, "--built", str(tmp_path), "--for", "4", *WAIT]
    with LinkServer("127.0.0.1", 0) as server, board(server, FAILS.format(part=part, place=place) + MAIN):
        capsys.readouterr()
        assert main(["link", f"tcp://127.0.0.1:{server.port}", *arguments]) == 0
    assert f"AttributeError: 'Link' object has no attribute '{meant}'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["COM3", "--built", "boards"], "--built needs the line file"),
        (["COM3", "--built", "no_such_folder", "--line", "LINE"], "line.names.json cannot be used"),
    ],
)
def test_a_folder_without_a_build_is_told(arguments, text, capsys):
    line = str(line_file_of("starter"))
    assert main(["link", *(line if one == "LINE" else one for one in arguments)]) == 2
    assert text in capsys.readouterr().err
