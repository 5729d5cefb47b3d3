"""Run one simulation: a line, parcels that arrive, the plant, and the gate logic in one of its runtimes.

site = load_site(Path("hub16.line.toml"))
result = simulate(site, GeneratedParcels(site, 2000, seed=1), Settings(seed=1))
result.to_json()["sorted"]
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from sortyard.config.compile import gate_config, with_boot
from sortyard.config.line import Line
from sortyard.config.link_times import relays_us
from sortyard.config.numbering import Numbering
from sortyard.config.site import Site
from sortyard.config.zones import zones_of
from sortyard.sim.events import Record, Words
from sortyard.sim.faults import WIRE_FAULTS, FaultSetting
from sortyard.sim.plant_config import make_plant
from sortyard.sim.result import FirmwareFigures, SimResult, Tally, VmFigures
from sortyard.sim.standstill import Standstill
from sortyard.sim.stories import Stories
from sortyard.sim.truth import TruthReader
from sortyard.sim.wire_faults import WireFaults
from sortyard.sim.zone_run import drive, zone_configs
from sortyard.vm.step_cost import StepCost
from sortyard_c.board_loop import BoardLoop
from sortyard_c.ledger import Ledger
from sortyard_c.plant import Plant
from sortyard_c.sim_loop import MOST_INPUTS, SimLoop
from sortyard_c.zone_loop import ZoneLoop

if TYPE_CHECKING:
    from sortyard.plc.forces import Force
    from sortyard.plc.line.load import BoundProgram
    from sortyard.plc.machine import Machine
    from sortyard.plc.program import Compiled
    from sortyard.sim.board_host import Order
    from sortyard.sim.outside_host import Outside
    from sortyard.sim.program_run import ProgramRun
    from sortyard.sim.zone_firmware import Outage

Runtime = Literal["compiled", "pure", "micropython", "firmware"]
RUNTIMES: tuple[Runtime, ...] = ("compiled", "pure", "micropython")
"""Where the gate logic alone can run; `firmware` is the whole of a board's program on a virtual board."""

ROWS_A_CALL = 1024
INBOX_INTS = 3 + 5 * MOST_INPUTS


class ParcelSource(Protocol):
    """What arrives. `codes`: for each code the board's and the host's answer; rows as in sortyard_c.plant."""

    parcels: int
    codes: Sequence[tuple[int, int]]

    @property
    def texts(self) -> Sequence[bytes]:
        """The codes themselves, in the order of `codes`."""
        ...

    def chunk(self, most: int) -> array[int]:
        """Rows of the next parcels, `most` at most; empty after the last one."""
        ...


@dataclass(frozen=True)
class Settings:
    """How a simulation is run. The same seed, line and parcels give the same run in every runtime."""

    runtime: Runtime = "compiled"
    seed: int = 1
    faults: dict[str, FaultSetting] = field(default_factory=dict)
    is_every_ms: bool = False
    """make every step of the 1 ms grid instead of jumping to the next one that is due"""
    is_recording: bool = False
    """keep every inbox of the gate logic (`SimResult.inboxes`); memory grows with the run"""
    first_count: int = 0
    """of the encoder when the run begins, 0 to 2^28 - 1"""
    on_records: Callable[[list[Record]], None] | None = None
    """gets every record, in chunks"""
    on_progress: Callable[[int], None] | None = None
    """gets the number of parcels that have come to the line"""
    program: BoundProgram | None = None
    """runs beside the gate logic; without it a line's program does not"""
    outages: Sequence[Outage] = ()
    """what befalls single boards of a line of several zones, in a run of the firmware"""
    orders: Sequence[Order] = ()
    """what the host says by itself, in a run of the firmware, in the order of time"""
    plc_backend: str = "c"
    """what runs the program: see sortyard.plc.backends"""
    outside: Outside | None = None
    """in the firmware's simulation: where hosts outside may be, which the run then keeps pace with"""
    plc_machine: Callable[[Compiled], Machine] | None = None
    """makes the machine that runs it, instead of that back end's"""
    forces: Sequence[Force] = ()
    """variables and places of the program that are held at values, for the whole run or a part of it"""


def simulate(site: Site, parcels: ParcelSource, settings: Settings) -> SimResult:
    """Run until the last parcel has left the line, or until Ctrl-C: then the result is `partial`."""
    run = _kind_of_run(site, settings)(site, parcels, settings)
    begun = time.perf_counter()
    is_partial = False
    try:
        run.drive()
    except KeyboardInterrupt:
        is_partial = True
    return run.result(time.perf_counter() - begun, is_partial)


def _kind_of_run(site: Site, settings: Settings) -> type[_Run]:
    if settings.runtime == "firmware":
        return _FirmwareRun
    return _Run if len(zones_of(site.line)) == 1 else _ZoneRun


def eye_travels(line: Line, numbering: Numbering) -> list[tuple[int, int]]:
    """For each eye the least and greatest travel in counts from the infeed eye until a leading edge blocks it."""
    um = line.encoder.um_per_count
    gates = {gate.name: gate.position_mm for gate in numbering.gates}
    zones = {chute.name: gates.get(chute.diverter or "", 0) for chute in numbering.chutes}
    travels = []
    for eye in numbering.eyes:
        low = high = eye.position_mm or 0
        if eye.travel_mm is not None:
            low, high = (zones[eye.chute or ""] + travel for travel in eye.travel_mm)
        travels.append((low * 1000 // um, high * 1000 // um))
    return travels


class _Run:
    def __init__(self, site: Site, parcels: ParcelSource, settings: Settings) -> None:
        self.site = site
        self.parcels = parcels
        self.settings = settings
        um_per_count = site.line.encoder.um_per_count
        self.plant = self._make_plant()
        self.plant.set_codes(array("q", [answer for pair in parcels.codes for answer in pair]))
        on_chunk = self._hand_on if settings.on_records is not None else None
        self.ledger = Ledger(eye_travels(site.line, site.numbering), um_per_count, on_chunk)
        transit_us = site.line.belt.length_mm * 1_000_000 // site.line.belt.speed_mm_s
        self.stories = Stories(self.ledger, Words(site.numbering, um_per_count), transit_us)
        self.is_fed = False
        self.costs: list[StepCost] = []
        self.loop = self._make_loop()
        self.program = self._start_program()
        self.truth = TruthReader(self.loop)

    def _make_plant(self) -> Plant:
        settings = self.settings
        return make_plant(self.site, settings.faults, settings.seed, settings.first_count)

    def _make_loop(self) -> SimLoop:
        settings = self.settings
        return SimLoop(
            self.plant,
            self.ledger,
            len(self.parcels.codes),
            self._pause,
            settings.is_recording,
            settings.is_every_ms,
        )

    def _start_program(self) -> ProgramRun | None:
        bound = self.settings.program
        if bound is None:
            return None
        from sortyard.sim.program_run import ProgramRun

        settings = self.settings
        program = ProgramRun(
            self.site, bound, settings.plc_backend, self._note, settings.plc_machine, settings.forces
        )
        self.loop.attach(program)
        return program

    def _note(self, t_us: int, code: int, subject: int, value: int) -> None:
        self.ledger.noted(t_us, self.plant.position(), code, subject, value)

    def drive(self) -> None:
        """Run boot after boot until the end."""
        turn = {"compiled": self.loop.run_compiled, "pure": self._pure, "micropython": self._micropython}
        config = gate_config(self.site.line, self.site.board_plan.groups)
        while not self.loop.is_over:
            turn[self.settings.runtime](with_boot(config, self.loop.boot + 1))

    def _pure(self, config: array[int]) -> None:
        from sorter_core.exchange import OUTBOX_INTS, exchange
        from sorter_core.gate_logic import GateLogic

        gate_logic = GateLogic(config)
        inbox, outbox = array("i", bytes(4 * INBOX_INTS)), array("i", bytes(4 * OUTBOX_INTS))
        while self.loop.prepare(inbox):
            exchange(gate_logic, inbox, outbox)
            self.loop.finish(outbox)

    def _micropython(self, config: array[int]) -> None:
        from sortyard.vm.gate_runtime import run_in_vm

        self.costs.append(run_in_vm(config, self.loop.prepare, self.loop.finish, inbox_records=MOST_INPUTS))

    def _pause(self) -> None:
        """Called by the loop now and then: more parcels, progress, stories."""
        while not self.is_fed and self.plant.needs_parcels() >= ROWS_A_CALL:
            rows = self.parcels.chunk(ROWS_A_CALL)
            self.plant.add_parcels(rows)
            if not rows:
                self.plant.end_of_parcels()
                self.is_fed = True
        if self.settings.on_progress is not None:
            self.settings.on_progress(self.loop.parcels)
        self._tell_stories()

    def _tell_stories(self) -> None:
        for case in self.truth.new_cases():
            self.stories.add(case)

    def _hand_on(self, records: list[tuple[int, ...]]) -> None:
        assert self.settings.on_records is not None, "the books hand on only where that is asked for"
        self.settings.on_records([Record(*record) for record in records])

    def result(self, wall_s: float, is_partial: bool) -> SimResult:
        """Close the books and tell what the run has come to."""
        if not is_partial:
            self.plant.close()
        self._tell_stories()
        self.ledger.close(self.loop.now_us)
        untold = dict(zip(("lost", "uncertain"), self.ledger.untold(), strict=True))
        return SimResult(
            line=self.site.line,
            numbering=self.site.numbering,
            runtime=self.settings.runtime,
            seed=self.settings.seed,
            parcels=self.loop.parcels,
            tally=self._tally(),
            truth=self.truth.truth(),
            faults=self._faults(),
            stories=self.stories.told,
            stories_left_out=self.stories.left_out | {kind: n for kind, n in untold.items() if n},
            packed_opening=self.ledger.opening_records(),
            inboxes=self.loop.trace(),
            trace_sha256=self.ledger.trace_sha256(),
            simulated_us=self.loop.now_us,
            wall_s=wall_s,
            vm=self._vm(),
            firmware=self._firmware(),
            program=self.program.figures() if self.program else None,
            partial=is_partial,
        )

    def _faults(self) -> dict[str, dict[str, int]]:
        return self.truth.faults(self.settings.faults)

    def _firmware(self) -> FirmwareFigures | None:
        return None

    def _tally(self) -> Tally:
        counts = self.ledger.tally()
        for key, n in (("sorted_by_chute", "chutes"), ("chute_full_us", "chutes"), ("gate_cycles", "gates")):
            counts[key] = counts[key][: len(getattr(self.site.numbering, n))]
        return Tally(**counts, boots=self.loop.boot + 1, steps=self.loop.steps, inputs=self.loop.inputs)

    def _vm(self) -> VmFigures | None:
        """The figures of all boots together; the percentile is that of the worst boot."""
        steps = sum(cost.steps for cost in self.costs)
        if not steps:
            return None
        return VmFigures(
            bytes_allocated=sum(cost.allocated_bytes for cost in self.costs),
            fuel_mean=sum(cost.mean_fuel * cost.steps for cost in self.costs) / steps,
            fuel_p99_9=max(cost.p999_fuel for cost in self.costs),
            fuel_worst=max(cost.worst_fuel for cost in self.costs),
        )


class _ZoneRun(_Run):
    """The line with a gate logic for each of its zones."""

    loop: ZoneLoop  # pyright: ignore[reportIncompatibleVariableOverride]

    def _make_loop(self) -> ZoneLoop:  # pyright: ignore[reportIncompatibleMethodOverride]
        settings, codes = self.settings, len(self.parcels.codes)
        self.zones = zones_of(self.site.line)
        return ZoneLoop(
            self.plant,
            self.ledger,
            codes,
            self._pause,
            self.zones,
            relays_us(self.site.line),
            settings.is_every_ms,
        )

    def drive(self) -> None:
        """Run boot after boot until the end."""
        runtime = self.settings.runtime
        assert runtime != "firmware", "that has a run of its own"
        while not self.loop.is_over:
            cost = drive(self.loop, zone_configs(self.site, self.zones, self.loop.boot + 1), runtime)
            if cost is not None:
                self.costs.append(cost)


class _FirmwareRun(_Run):
    """The line with a virtual board in the place of the gate logic."""

    loop: BoardLoop  # pyright: ignore[reportIncompatibleVariableOverride]
    _wire_faults: WireFaults | None = None

    def _make_plant(self) -> Plant:
        from sortyard.sim.sensed import sensed

        settings = self.settings
        line = sensed(self.site, self.parcels.texts)
        of_plant = {name: one for name, one in settings.faults.items() if name not in WIRE_FAULTS}
        if not any("estop" in ecu.pins for ecu in self.site.line.ecu):  # nobody would tell the boards
            of_plant.pop("estop", None)
        return make_plant(self.site, of_plant, settings.seed, settings.first_count, line)

    def _make_loop(self) -> BoardLoop:  # pyright: ignore[reportIncompatibleMethodOverride]
        return BoardLoop(self.plant, self.ledger, self._pause)

    def drive(self) -> None:
        """Run boot after boot until the end."""
        belt, settings = self.site.line.belt, self.settings
        transit_us = belt.length_mm * 1_000_000 // belt.speed_mm_s
        faults = WireFaults(settings.faults, settings.seed, self.plant.disturb, transit_us)
        self._wire_faults = faults
        self._standstill = Standstill(self.plant)
        if len(zones_of(self.site.line)) == 1:
            from sortyard.sim.boots import Boots

            self._boots = Boots(
                self.site, self.loop, self.parcels.texts, faults, settings.orders, settings.outside
            )
        else:
            from sortyard.sim.zone_firmware import ZoneBoots

            self._boots = ZoneBoots(
                self.site,
                self.loop,
                self.parcels.texts,
                faults,
                settings.outages,
                settings.orders,
                settings.outside,
            )
        while not self._boots.is_over:
            self._boots.run_one()

    def _pause(self) -> None:
        super()._pause()
        if self.settings.outside is None:  # a host outside may let it stand as long as it likes
            self._standstill.look(self._boots.figures.said)

    def _faults(self) -> dict[str, dict[str, int]]:
        return super()._faults() | (self._wire_faults.figures() if self._wire_faults else {})

    def _firmware(self) -> FirmwareFigures | None:
        return self._boots.figures.result()
