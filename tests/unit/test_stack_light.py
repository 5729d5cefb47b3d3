"""The stack light of a whole ECU: green while the line runs, red in an emergency stop; and of its driver alone."""

from pathlib import Path

import pytest
from board_bench import Bench
from sites import site

from sortyard.config.check import check_site
from sortyard.config.site import load_site
from sortyard.errors import InputError
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FaultSetting
from sortyard.sim.firmware import BoardWorld
from sortyard.sim.run import Settings, simulate

ECU = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }'
LIGHT = '[[light]]\nname = "LAMP"\necu = "line"\npins = { red = "GP11", green = "GP28" }'
RED, GREEN = 1 << 11, 1 << 28


def test_the_light_shows_the_state_of_the_line(tmp_path: Path, monkeypatch):
    path = site(tmp_path, "starter", (ECU, f"{ECU}\n{LIGHT}"))
    loaded = load_site(path)
    assert [one for one in check_site(loaded).findings if one.severity == "error"] == []
    shown: list[tuple[int, int]] = []
    before = BoardWorld.outputs

    def outputs(self, now_us, levels):
        shown.append((now_us, levels & (RED | GREEN)))
        before(self, now_us, levels)

    monkeypatch.setattr(BoardWorld, "outputs", outputs)
    settings = Settings(runtime="firmware", seed=3, faults={"estop": FaultSetting(1_000_000)})
    simulate(loaded, GeneratedParcels(loaded, 6, 3), settings)
    lights = [light for place, (_, light) in enumerate(shown) if not place or light != shown[place - 1][1]]
    assert GREEN in lights
    assert RED in lights
    assert lights.index(GREEN) < lights.index(RED)
    assert RED | GREEN not in lights


@pytest.mark.parametrize(
    ("light", "said"),
    [
        ('ecu = "line"\npins = { blue = "GP11" }', 'light[0].pins.blue: stack_light has no wire "blue"'),
        ('pins = { red = "GP11" }', "light[0].pins: LAMP has wires but no board"),
        ('ecu = "other"\npins = { red = "GP11" }', 'light[0].ecu: there is no ecu "other"'),
        ("", "light[0]: nothing lights LAMP: the line has no program"),
        ('ecu = "line"\npins = { red = "GP11" }\n[[light]]\nname = "SECOND"\necu = "line"\npins = { red = "GP28" }',
         "light[1].ecu: line has the light LAMP already"),
        ('ecu = "line"\npins = { red = "GP22" }', "GP22"),
    ],
)  # fmt: skip
def test_a_light_that_cannot_be_is_told(tmp_path: Path, light: str, said: str):
    path = site(tmp_path, "starter", (ECU, f'{ECU}\n[[light]]\nname = "LAMP"\n{light}'))
    try:
        findings = check_site(load_site(path)).findings
    except InputError as refused:
        findings = refused.findings
    assert any(said in f"{one.key}: {one.reason}" for one in findings), findings


PROGRAM = """
from sorter_io.stack_light import StackLight
from time import sleep_us
light = StackLight({"red": 10, "amber": 11, "green": 12, "buzzer": 13}, {"flash_turns": 10, "buzz_turns": 20})
turns = 0
while True:
    state = (0, 2, 1, 3, 4, 0, 0, 0)[turns // 50]
    light.show(state, turns)
    turns += 1
    sleep_us(1000)
"""


def test_each_state_has_its_light_and_red_is_heard_for_a_while():
    bench = Bench(PROGRAM, until_us=340_000).run()
    shown = [levels >> 10 & 15 for _, levels in bench.levels]
    red, amber, green, buzzer = 1, 2, 4, 8
    assert shown == [amber, 0, green, 0, green, 0, green, red | buzzer, red, amber]
