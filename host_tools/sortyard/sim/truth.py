"""Reads the plant's truth for a result: its counters by our names, and its cases for stories."""

from collections.abc import Iterator
from typing import Any

from sorter_core.codes import OUTCOMES, REASONS
from sortyard.sim.faults import FAULTS
from sortyard.sim.result import Truth, disposition_name
from sortyard.sim.stories import Case
from sortyard_c.sim_loop import SimLoop

LOOKBACK_US = 120_000_000
"""A story begins this long before its case where the track's own beginning is not known."""
BEFORE_US = 1_000_000


class TruthReader:
    """Plant and books of one run, through the loop that couples them."""

    def __init__(self, loop: SimLoop) -> None:
        self._plant = loop.plant
        self._ledger = loop.ledger
        self._noted = 0

    def new_cases(self) -> Iterator[Case]:
        """What has become known since the last call: the plant's cases, and lost and uncertain tracks."""
        for story in self._plant.stories():
            yield self._of_plant(story)
        for kind, track, t_us, reason in self._ledger.cases[self._noted :]:
            name = "uncertain" if kind else "lost"
            yield self._case(name, REASONS.get(reason, str(reason)), 0, track, t_us, None)
        self._noted = len(self._ledger.cases)

    def _of_plant(self, story: dict[str, Any]) -> Case:
        place_mm = None if story["x_um"] is None else story["x_um"] / 1000
        if story["kind"] == "not_sorted":
            story["cause"] = disposition_name(*divmod(story["cause"], 32))
        cause = str(story["cause"] or "").replace("_", " ")
        return self._case(story["kind"], cause, story["parcel"] or 0, story["track"], story["t_us"], place_mm)

    def _case(
        self, kind: str, cause: str, parcel: int, track: int, t_us: int, position_mm: float | None
    ) -> Case:
        opened_us = self._ledger.opened_us(track)
        since_us = t_us - LOOKBACK_US if opened_us is None else opened_us - BEFORE_US
        origin = self._ledger.origin_of(track)
        return Case(kind, cause, parcel, track, t_us, position_mm, origin, since_us)

    def truth(self) -> Truth:
        """The counts of the whole run; after the plant's `close`."""
        counts = self._plant.results()
        undetectable = {
            name: counts["undetectable_by_cause"][name] + counts["strikes_undetectable_by_cause"][name]
            for name in counts["undetectable_by_cause"]
        }
        return Truth(
            silent_missorts=counts["silent_missorts"],
            misreads=counts["misreads"],
            undetectable=undetectable,
            gate_strikes=counts["gate_strikes"],
            strikes_safe_state=counts["strikes_safe_state"],
            strikes_broken_machine=counts["strikes_broken_machine"],
            undisposed=counts["undisposed"],
            doubly_disposed=counts["doubly_disposed"],
            estop_violations=counts["estop_violations"],
            unannounced=counts["unannounced"],
            untouched_parcels=counts["untouched_feasible"],
            untouched_sorted=counts["untouched_sorted"],
            untouched_unsorted={
                disposition_name(*end): n
                for end, n in counts["untouched_dispositions"].items()
                if OUTCOMES.get(end[0], "") != "SORTED"
            },
        )

    def faults(self, chosen: dict[str, Any]) -> dict[str, dict[str, int]]:
        """Injected and touched of every fault that was switched on, in the order of the catalogue."""
        counts = dict(zip(FAULTS, self._plant.results()["faults"], strict=True))
        return {
            name: dict(zip(("injected", "parcels_touched"), counts[name], strict=True))
            for name in FAULTS
            if name in chosen
        }
