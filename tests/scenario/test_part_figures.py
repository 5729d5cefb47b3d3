"""What drivers count reaches the people at the line: from bytes on a wire to `sortyard link info`."""

import json
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from board_bench import Bench
from board_link import MAIN, board
from sites import site

from sorter_core.frames import crc16
from sortyard.cli.main import main
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import load_site
from sortyard.sim.outside_host import LinkServer

SCANNER, INVERTER = 0, 1
"""Their UARTs."""
CURRENT_PIN = 28
ROLLER = """
[[motor]]
name = "M-FEED"
driver = "h_bridge"
drives = "meter"
ecu = "line"
pins = { pwm = "GP11", current = "GP28" }

[[scanner]]
"""
EXCEPTIONS = 3


def closed(*frame: int) -> bytes:
    """A frame of Modbus RTU with its checksum."""
    crc = crc16(bytes(frame), 0, len(frame))
    return bytes((*frame, crc & 255, crc >> 8))


class Inverter:
    """Refuses the first requests, then answers with a checksum that is wrong, and is silent at last."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._heard = bytearray()
        self._asked = 0

    def hear(self, unit: int, byte: int, now_us: int) -> None:
        if unit != INVERTER:
            return
        self._heard.append(byte)
        if len(self._heard) < 8:
            return
        address, function = self._heard[:2]
        self._heard.clear()
        self._asked += 1
        if self._asked <= EXCEPTIONS:
            answer = closed(address, function | 0x80, 1)
        elif self._asked <= EXCEPTIONS + 2:
            answer = bytes(8)
        else:
            return
        self._bench.board.receive(INVERTER, answer, now_us + 5000)


def life(bench: Bench, is_over: Event) -> None:
    """What happens at the board's wires."""
    bench.on_byte = Inverter(bench).hear
    bench.board.analog.set_adc(CURRENT_PIN, 13_900)  # 0.7 V at 140 mV/A
    said = [b"NOREAD\r", b"x" * 60 + b"\r", b"NOREAD\r"]
    for place, text in enumerate(said):
        bench.after(300_000 + 50_000 * place, lambda us, text=text: bench.board.receive(SCANNER, text, us))
    bench.after(2_500_000, lambda _us: is_over.set())


@pytest.fixture(scope="module")
def line(tmp_path_factory) -> Path:
    return site(tmp_path_factory.mktemp("figures"), "starter", ("[[scanner]]", ROLLER.strip()))


@pytest.fixture(scope="module")
def port(line):
    image = ecu_image(load_site(line), "line")
    is_over = Event()
    with LinkServer("127.0.0.1", 0) as server, board(server, MAIN, image, partial(life, is_over=is_over)):
        assert is_over.wait(60)
        yield f"tcp://127.0.0.1:{server.port}"


def test_info_tells_what_each_part_has_counted(port, line, capsys):
    assert main(["link", port, "info", "--line", str(line), "--json", "--wait", "60"]) == 0
    told = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    figures = {one["which"]: one for one in told if one["event"] == "figures"}
    assert figures["SCAN"] == {
        "event": "figures", "part": "scanner", "which": "SCAN", "no_reads": 2, "overlong": 1, "damaged": 0, "late": 0,
    }  # fmt: skip
    assert (figures["M-BELT"]["part"], figures["M-BELT"]["current_ma"]) == ("motor", 0)
    assert (figures["M-BELT"]["refused"], figures["M-BELT"]["damaged"]) == (EXCEPTIONS, 2)
    assert 4990 <= figures["M-FEED"]["current_ma"] <= 5000
    (statistics,) = [one for one in told if one["event"] == "statistics"]
    assert (statistics["parts"], statistics["lost_edges"]) == (len(figures), 0)


def test_without_the_line_s_file_parts_have_numbers(port, capsys):
    assert main(["link", port, "info", "--wait", "60"]) == 0
    said = capsys.readouterr().out
    assert "figures part=scanner which=0 no_reads=2 overlong=1 damaged=0 late=0" in said
    assert f"figures part=motor which=0 current_ma=0 refused={EXCEPTIONS} damaged=2" in said
