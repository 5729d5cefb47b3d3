"""A belt's inverter trips: the host is told, a reset makes it work again, and nobody but a start makes it turn."""

from functools import partial

import pytest
from board_bench import Bench
from sim_runs import example

from sorter_core import messages
from sortyard.config.check_drivers import driver_of
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site
from sortyard.device.board import RESET, START
from sortyard.device.session import Session
from sortyard.sim.wiring import Inverter

MAIN = "from sorter_ecu.start import run\nrun()\n"
BUS = 1
"""Its UART."""
MS = 1000
ESTOP, BUTTON = 22, 27
"""Pins of starter's emergency stop, which is closed, and of its reset button."""


class Drive:
    """The inverter at its wires, as the simulation's board has it."""

    def __init__(self, site: Site) -> None:
        (motor,) = site.line.motor
        options = {**driver_of("motor", motor).defaults(), **motor.options}
        self.runs: list[bool] = []
        self.inverter = Inverter(options, motor.address, self._run)

    def _run(self, is_on: bool) -> None:
        self.inverter.is_running = is_on and not self.inverter.is_failed
        self.runs.append(self.inverter.is_running)

    def hear(self, bench: Bench, unit: int, byte: int, now_us: int) -> None:
        if unit == BUS:
            bench.board.at(self.inverter.hear(byte, now_us), partial(self._answer, bench))

    def _answer(self, bench: Bench, now_us: int) -> None:
        said = self.inverter.answer(now_us)
        if said:
            bench.board.receive(BUS, said, now_us)

    def trip(self, _now_us: int) -> None:
        self.inverter.is_failed, self.inverter.is_running = True, False


def story(bench: Bench, drive: Drive, host: Session, is_by_button: bool) -> None:
    bench.on_byte = partial(drive.hear, bench)
    board = bench.board
    board.set_pin(ESTOP, 1, bench.zero_us)

    def say(command: int, _now_us: int) -> None:
        assert host.send(messages.COMMAND, command, 0)

    def press(level: int, now_us: int) -> None:
        board.set_pin(BUTTON, level, now_us)

    bench.after(600 * MS, partial(say, RESET))  # of the emergency stop that the board began in
    bench.after(800 * MS, partial(say, START))
    bench.after(1400 * MS, drive.trip)
    if is_by_button:
        bench.after(2500 * MS, partial(press, 1))
        bench.after(2700 * MS, partial(press, 0))
    else:
        bench.after(2500 * MS, partial(say, RESET))
    bench.after(3500 * MS, lambda now_us: drive.runs.append(drive.inverter.is_running))


@pytest.mark.parametrize("is_by_button", [False, True], ids=["the host", "the button"])
def test_a_reset_makes_a_tripped_drive_work_again_and_does_not_start_it(is_by_button: bool):
    site, host = example("starter"), Session()
    drive = Drive(site)
    bench = Bench(MAIN, lambda bench: story(bench, drive, host, is_by_button), until_us=4_000 * MS, host=host)
    bench.run(ecu__img=ecu_image(site, "line"))
    failed = [one.fields[1] for one in bench.told if one.kind == messages.MOTOR]
    assert failed == [1, 0]
    assert not drive.inverter.is_failed
    first_run = drive.runs.index(True)
    assert True not in drive.runs[first_run + 1 :]
    assert bench.board.bytes_allocated == 0
