"""The controllers of a line's zones in one process, each with the gate logic of its board alone.

drive(loop, configs, "compiled")
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Literal

from sorter_core.exchange import OUTBOX_INTS
from sortyard.config.compile import gate_config
from sortyard.config.site import Site
from sortyard.config.zones import Zone
from sortyard.vm.step_cost import StepCost
from sortyard_c.zone_loop import ZoneLoop

INBOX_INTS = 3 + 5

Runtime = Literal["compiled", "pure", "micropython"]


def zone_configs(site: Site, zones: Sequence[Zone], boot: int) -> list[array]:
    """What the gate logic of each zone is built from."""
    groups = site.board_plan.groups
    return [gate_config(zone.line, groups, boot & 0xFFFF, zone.stretch) for zone in zones]


def steps_of(loop: ZoneLoop, zones: int) -> Iterator[int]:
    """The zone of each step to be made, until the run is over or the controllers have restarted."""
    while loop.next_round():
        yield from filter(loop.wants, range(zones))


def drive(loop: ZoneLoop, configs: Sequence[array], runtime: Runtime) -> StepCost | None:
    """Run in this runtime until the run is over or the controllers have restarted; what a step costs in a VM."""
    if runtime == "micropython":
        return _drive_in_vm(loop, configs)
    if runtime == "compiled":
        loop.run_compiled(configs)
    else:
        _drive_pure(loop, configs)
    return None


def _drive_pure(loop: ZoneLoop, configs: Sequence[array]) -> None:
    from sorter_core.exchange import exchange
    from sorter_core.gate_logic import GateLogic

    logics = [GateLogic(config) for config in configs]
    inbox, outbox = array("i", bytes(4 * INBOX_INTS)), array("i", bytes(4 * OUTBOX_INTS))
    for zone in steps_of(loop, len(logics)):
        loop.fill(zone, inbox)
        exchange(logics[zone], inbox, outbox)
        loop.finish(zone, outbox)


def _drive_in_vm(loop: ZoneLoop, configs: Sequence[array]) -> StepCost:
    from sortyard.vm.gate_runtime import run_zones_in_vm

    steps = steps_of(loop, len(configs))

    def prepare(inbox: memoryview) -> int:
        zone = next(steps, -1)
        if zone >= 0:
            loop.fill(zone, inbox)
        return zone

    return run_zones_in_vm(configs, prepare, loop.finish, inbox_records=1)
