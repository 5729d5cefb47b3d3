"""The controllers of a line's zones in one process, each with the gate logic of its board alone.

drive(loop, configs, "compiled")       # until the run is over or the controllers have restarted
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Literal

from sorter_core.exchange import OUTBOX_INTS
from sortyard.config.compile import gate_config
from sortyard.config.site import Site
from sortyard.config.zones import Zone
from sortyard_c.zone_loop import ZoneLoop

INBOX_INTS = 3 + 5


def zone_configs(site: Site, zones: Sequence[Zone], boot: int) -> list[array]:
    """What the gate logic of each zone is built from."""
    groups = site.board_plan.groups
    return [gate_config(zone.line, groups, boot & 0xFFFF, zone.stretch) for zone in zones]


def drive(loop: ZoneLoop, configs: Sequence[array], runtime: Literal["compiled", "pure"]) -> None:
    """Run with the gate logic in this runtime until the run is over or the controllers have restarted."""
    if runtime == "compiled":
        from sortyard_c.exchange import exchange
        from sortyard_c.gate_logic import GateLogic
    else:
        from sorter_core.exchange import exchange
        from sorter_core.gate_logic import GateLogic

    logics = [GateLogic(config) for config in configs]
    inbox, outbox = array("i", bytes(4 * INBOX_INTS)), array("i", bytes(4 * OUTBOX_INTS))
    while loop.next_round():
        for zone, logic in enumerate(logics):
            if loop.wants(zone):
                loop.fill(zone, inbox)
                exchange(logic, inbox, outbox)
                loop.finish(zone, outbox)
