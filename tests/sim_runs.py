"""Runs of shipped sites for the scenario tests, with the records that they leave."""

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sorter_core.codes import EVENTS, INPUTS, OUTPUTS
from sortyard.config.examples import line_file_of
from sortyard.config.numbering import number
from sortyard.config.site import Site, load_site
from sortyard.plc.line.load import BoundProgram
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT, Record
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

INPUT_NUMBER = {name: number for number, name in INPUTS.items()}
OUTPUT_NUMBER = {name: number + OUTPUT for number, name in OUTPUTS.items()}
EVENT_NUMBER = {name: number for number, name in EVENTS.items()}


@dataclass
class Run:
    """A result and every record, to ask for the ones that a story is about."""

    result: SimResult
    records: list[Record] = field(default_factory=list)

    def inputs(self, name: str) -> list[Record]:
        return [record for record in self.records if record.kind == INPUT_NUMBER[name]]

    def outputs(self, name: str) -> list[Record]:
        return [record for record in self.records if record.kind == OUTPUT_NUMBER[name]]

    def events(self, name: str) -> list[Record]:
        return [record for record in self.outputs("EVENT") if record.p == EVENT_NUMBER[name]]


@cache
def example(name: str) -> Site:
    return load_site(line_file_of(name))


def at_parcels(*parcels: int) -> FaultSetting:
    """A fault that meets these parcels and nobody else."""
    return FaultSetting(0, parcels)


def every_fault() -> dict[str, FaultSetting]:
    """All faults, ten times as often as by default, so that a short run sees many."""
    return {name: FaultSetting(min(10 * fault.per_million, 200_000)) for name, fault in FAULTS.items()}


def run(site: Site, parcels: int, seed: int = 1, **settings: Any) -> Run:
    """Simulate generated parcels and keep every record."""
    records: list[Record] = []
    chosen = Settings(seed=seed, on_records=records.extend, **settings)
    return Run(simulate(site, GeneratedParcels(site, parcels, seed), chosen), records)


def nothing_forbidden(result: SimResult) -> bool:
    return not any(result.never.values())


def with_end_switches(site: Site) -> Site:
    """The site with end-position switches at every gate; a gate that fails says nothing by itself then."""
    gates = [gate.model_copy(update={"feedback": True}) for gate in site.line.diverter]
    line = site.line.model_copy(update={"diverter": gates})
    return replace(site, located=replace(site.located, model=line), numbering=number(line))


def struck(
    fault: str,
    parcels: int,
    parcel: int,
    first_seed: int = 1,
    until: str = "INDUCTED",
    site: Site | None = None,
) -> Run:
    """hub16, or the site, with a fault that meets one parcel: the first seed with which it does, and `until` follows.

    Where a fault strikes is drawn; a parcel that is in its chute by then escapes it.
    """
    for seed in range(first_seed, first_seed + 40):
        story = run(site or example("hub16"), parcels, seed=seed, faults={fault: at_parcels(parcel)})
        if story.result.faults[fault]["injected"] and story.events(until):
            return story
    raise AssertionError(f"no seed with which {fault} strikes parcel {parcel}")


def struck_program(
    faults: dict[str, FaultSetting], parcels: int, site: Site, program: BoundProgram, shown: str
) -> Run:
    """The site with its program and these faults: the first seed with which all of them strike, and the program shows
    that value."""
    for seed in range(1, 60):
        story = run(site, parcels, seed=seed, program=program, faults=faults)
        told = story.result.program.events if story.result.program else []
        is_struck = all(counts["injected"] for counts in story.result.faults.values())
        if is_struck and any(event.get("value") == shown for _, event in told):
            return story
    raise AssertionError(f"no seed with which {', '.join(faults)} strike")
