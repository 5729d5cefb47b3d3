"""The scenario file (`*.scenario.toml`): a run that can be told to somebody else, fault by fault.

format = 1
seed = 7
parcels = 500

[[fault]]
name = "scan_miss"            # at its default rate

[[fault]]
name = "parcel_lifted"
per_million = 20_000          # parcels in a million

[[fault]]
name = "gate_stuck_home"
at_parcel = [17]              # the 17th parcel, nothing else

Where on the line a fault strikes is drawn, from the infeed eye to the belt's end: a parcel that has left the belt by
then escapes it, and a stop needs a line that runs. `unstruck` tells which faults a run has not seen; another seed draws
other places.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sortyard.config.toml_file import load_model
from sortyard.config.toml_findings import did_you_mean
from sortyard.errors import Finding
from sortyard.sim.faults import FAULTS, WIRE_FAULTS, FaultSetting

_KNOWN = FAULTS | WIRE_FAULTS
ParcelNumber = Annotated[int, Field(ge=1, le=100_000_000)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScenarioFault(_Table):
    """One `[[fault]]`; without `per_million` and `at_parcel` it comes at its default rate."""

    name: str = Field(description="a fault's name, as `sortyard sim --fault` takes it")
    per_million: int | None = Field(
        None, ge=0, le=1_000_000, description="parcels in a million that it meets"
    )
    at_parcel: list[ParcelNumber] = Field(
        [],
        max_length=1000,
        description="numbers of the parcels that it meets, from 1, unless they leave the belt before it strikes",
    )

    @field_validator("name")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in _KNOWN:
            raise ValueError(f'there is no fault "{name}"', did_you_mean(name, list(_KNOWN)) + _names())
        return name

    def setting(self) -> FaultSetting:
        """What the plant is told."""
        rate = self.per_million
        if rate is None:
            rate = 0 if self.at_parcel else _KNOWN[self.name].per_million
        return FaultSetting(rate, tuple(self.at_parcel))


class Scenario(_Table):
    """A whole scenario."""

    format: int = Field(ge=1, le=1)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    parcels: int | None = Field(default=None, ge=1, le=100_000_000)
    speed_mm_s: int | None = Field(default=None, ge=100, le=3000, description="instead of the line file's")
    note: str = Field(default="", max_length=2000, description="what is to be seen")
    fault: list[ScenarioFault] = []

    @field_validator("fault")
    @classmethod
    def _each_once(cls, faults: list[ScenarioFault]) -> list[ScenarioFault]:
        names = [fault.name for fault in faults]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f'the fault "{twice}" is there twice', "put both into one [[fault]]")
        return faults

    def settings(self) -> dict[str, FaultSetting]:
        """Every fault that is switched on, by name."""
        return {fault.name: fault.setting() for fault in self.fault}


def unstruck(
    file: str, chosen: Mapping[str, FaultSetting], struck: Mapping[str, Mapping[str, int]]
) -> list[Finding]:
    """A note on each fault without a rate that struck less often than there are parcels that it was to meet; `struck`
    counts `injected` by the fault's name.
    """
    findings = []
    for name, setting in chosen.items():
        wanted, times = sorted(set(setting.at_parcel)), struck.get(name, {}).get("injected", 0)
        if setting.per_million or times >= len(wanted):
            continue
        parcels = ", ".join(str(parcel) for parcel in wanted[:5]) + (", ..." if wanted[5:] else "")
        reason = (
            f"it was to meet {parcels} and struck {times} times: where on the line is drawn, and a parcel that has "
            "left the belt by then escapes it"
        )
        remedy = "try another --seed, or other parcels"
        findings.append(Finding(file, None, f"fault {name}", reason, remedy, "note"))
    return findings


def _names() -> str:
    return f"the faults are {', '.join(_KNOWN)}"


def load_scenario(path: Path) -> Scenario:
    """The scenario of a file. Raises InputError with every finding."""
    return load_model(path, Scenario)
