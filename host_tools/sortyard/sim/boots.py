"""The boots of a line's board in one run of its firmware: what ends each, and what they come to together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence

from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import Site
from sortyard.sim.board_host import Order, States
from sortyard.sim.board_senses import BoardReset
from sortyard.sim.firmware import BoardWorld, PowerCut, RunOver
from sortyard.sim.outside_host import Outside
from sortyard.sim.result import FirmwareFigures
from sortyard.sim.wire_faults import WireFaults
from sortyard.vm.step_cost import StepCostMeter
from sortyard.vm.virtual_board import POWER_ON, WATCHDOG, ResetByFirmware, WatchdogBite
from sortyard_c.board_loop import BoardLoop

STEP_US = 1000
RESTART_US = 1_500_000
"""From a reset to the first turn: MicroPython starts, and imports the firmware."""


class LoopFigures:
    """What the control loops of all boots and boards of a run come to."""

    def __init__(self) -> None:
        self.meter = StepCostMeter()
        self.turns = self.bites = 0
        self._said: list[list[str]] = []
        self._worst_us = self._allocated = 0
        self._told = Counter[str]()

    @property
    def said(self) -> list[str]:
        """What the boards have said so far, boot after boot."""
        return [text for boot in self._said for text in boot]

    def begin(self, world: BoardWorld) -> None:
        """A boot begins."""
        self._said.append(world.said)

    def add(self, world: BoardWorld) -> None:
        """A boot has ended."""
        self.turns += world.board.turns
        self._allocated += world.board.bytes_allocated
        self._told.update(world.statistics)
        self._worst_us = max(self._worst_us, world.statistics.get("worst_us", 0))

    def result(self) -> FirmwareFigures:
        """All of it together."""
        cost = self.meter.result()
        return FirmwareFigures(
            turns=self.turns,
            overruns=self._told["overruns"],
            worst_us=self._worst_us,
            dropped=self._told["dropped"],
            bites=self.bites,
            lost=self._told["lost"],
            link_losses=self._told["link_losses"],
            bytes_allocated=self._allocated,
            fuel_mean=cost.mean_fuel,
            fuel_p99_9=cost.p999_fuel,
            fuel_worst=cost.worst_fuel,
            said=self.said,
        )


class Boots:
    """The board's boots of one run, one after the other, and what they come to."""

    def __init__(
        self,
        site: Site,
        loop: BoardLoop,
        codes: Sequence[bytes],
        faults: WireFaults,
        orders: Sequence[Order] = (),
        outside: Outside | None = None,
    ) -> None:
        self._site = site
        self._outside = outside
        self._faults = faults
        self._states: States = {}
        self._orders = deque(orders)
        self._loop = loop
        self._codes = codes
        self.figures = LoopFigures()
        self._cause, self._kept = POWER_ON, b""
        self._flash: dict[str, bytes] = {}
        self.is_over = False

    def run_one(self) -> None:
        """From power-up until the run is over, or the board is back after a power cut, a reset or a watchdog's bite."""
        loop = self._loop
        world = BoardWorld(
            self._site,
            ecu_image(self._site, self._site.line.ecu[0].name),
            loop,
            self._codes,
            self.figures.meter,
            self._cause,
            self._kept,
            self._faults,
            self._states,
            self._orders,
            self._outside,
            self._flash,
        )
        self.figures.begin(world)
        try:
            world.board.run()
        except RunOver:
            self.is_over = True
        except PowerCut:
            self._wait_for_boot(POWER_ON, b"")
        except BoardReset:
            loop.plant.restart_controller(RESTART_US)
            self._wait_for_boot(POWER_ON, b"")
        except (WatchdogBite, ResetByFirmware) as reset:
            self.figures.bites += isinstance(reset, WatchdogBite)
            loop.plant.restart_controller(RESTART_US)
            self._wait_for_boot(WATCHDOG, world.board.kept)
        self.figures.add(world)
        loop.steps = self.figures.turns

    def _wait_for_boot(self, cause: int, kept: bytes) -> None:
        """The line goes on without its board."""
        loop = self._loop
        while loop.boot == loop.plant.boots:
            loop.run_to(loop.now_us + STEP_US)
        loop.restarted()
        self._cause, self._kept = cause, kept
