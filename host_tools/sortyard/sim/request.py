"""What a user asks of `sortyard sim`, read, judged and made ready to run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from sortyard.config.check import check_site
from sortyard.config.line import Belt
from sortyard.config.manifest import parse_columns, read_manifest
from sortyard.config.output_file import refused_outputs
from sortyard.config.site import Site, load_site
from sortyard.config.toml_findings import did_you_mean
from sortyard.errors import Finding, InputError
from sortyard.sim.arrivals import GeneratedParcels, ManifestParcels
from sortyard.sim.events import Record, Words
from sortyard.sim.faults import FAULTS, WIRE_FAULTS, FaultSetting
from sortyard.sim.result import SimResult
from sortyard.sim.run import RUNTIMES, ParcelSource, Runtime, Settings, simulate
from sortyard.sim.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from sortyard.plc.forces import Force
    from sortyard.plc.line.load import BoundProgram

T = TypeVar("T")

DEFAULT_PARCELS = 2000
MOST_PARCELS = 100_000_000
PLC_BACK_ENDS = ("c", "ref", "micropython")


@dataclass(frozen=True)
class Request:
    """Files and options as they were given; None: not given. Options come before the scenario's keys."""

    line: Path
    manifest: Path | None = None
    columns: tuple[str, ...] = ()
    runtime: str = "compiled"
    is_firmware: bool = False
    """run the whole firmware on a virtual board instead of the gate logic alone"""
    link_port: int | None = None
    """where the board's link is led out, for a host outside; those of others behind it, one for a shared line"""
    plc_backend: str = "c"
    """what runs the line's program, if it has one"""
    forces: tuple[str, ...] = ()
    """NAME=VALUE@FROM..TO: what is held at a value in that program, and when"""
    faults: tuple[str, ...] = ()
    scenario: Path | None = None
    seed: int | None = None
    parcels: int | None = None
    speed_mm_s: int | None = None
    outputs: tuple[Path, ...] = ()
    """files that will be written, to be refused before a long run rather than after it"""


@dataclass(frozen=True)
class Job:
    """A simulation that can be run."""

    site: Site
    source: ParcelSource
    settings: Settings
    warnings: tuple[Finding, ...] = ()
    link_port: int | None = None

    @property
    def words(self) -> Words:
        """What turns the run's records into words."""
        bound = self.settings.program
        program = None
        if bound is not None:
            from sortyard.sim.program_run import ProgramWords

            program = ProgramWords(self.site, bound, self.settings.forces)
        return Words(self.site.numbering, self.site.line.encoder.um_per_count, program)

    def run(
        self,
        on_progress: Callable[[int], None] | None = None,
        on_records: Callable[[list[Record]], None] | None = None,
    ) -> SimResult:
        """Run it; see `simulate`."""
        settings = replace(self.settings, on_progress=on_progress, on_records=on_records)
        if self.link_port is None:
            return simulate(self.site, self.source, settings)
        from sortyard.sim.outside_host import Outside, led_out

        with led_out(self.site.line, self.link_port) as servers:
            return simulate(self.site, self.source, replace(settings, outside=Outside(servers)))


def prepare(request: Request) -> Job:
    """Read all files. Raises InputError with everything that is wrong in options and files."""
    findings = _wrong_options(request)
    site, found = _tried(lambda: load_site(request.line))
    findings += found
    findings += refused_outputs(request.outputs, list(_inputs(request, site)))
    scenario = Scenario(format=1)
    if request.scenario is not None:
        read, found = _tried(lambda: load_scenario(request.scenario or Path()))
        scenario = read or scenario
        findings += found + _of_no_board(request, scenario)
    speed = request.speed_mm_s or scenario.speed_mm_s
    site = at_speed(site, speed) if speed and site else site
    manifest = None
    if request.manifest is not None:
        feeder_mm_s = site.line.belt.speed_mm_s if site else 1000
        columns, found = _tried(lambda: parse_columns(request.columns))
        findings += found
        manifest, found = _tried(lambda: read_manifest(request.manifest or Path(), columns, feeder_mm_s))
        findings += found
    program, told = _program(site, request) if site else (None, [])
    findings += [one for one in told if one.severity == "error"]
    forces, found = _tried(lambda: _forces(request, program)) if site and not findings else ((), [])
    findings += found
    if findings or site is None:
        raise InputError(findings)
    seed = scenario.seed if request.seed is None else request.seed
    parcels = request.parcels or scenario.parcels
    if manifest is None:
        source = GeneratedParcels(site, parcels or DEFAULT_PARCELS, seed)
    else:
        source = ManifestParcels(site, manifest, parcels)
    faults = scenario.settings() | _chosen_faults(request)
    runtime: Runtime = next(one for one in RUNTIMES if one == request.runtime)
    if request.is_firmware:
        runtime = "firmware"
    warnings = (*_unsound(site), *site.findings, *(manifest.findings if manifest else ()), *told)
    settings = Settings(
        runtime=runtime,
        seed=seed,
        faults=faults,
        program=program,
        plc_backend=request.plc_backend,
        forces=forces or (),
    )
    return Job(site, source, settings, warnings, request.link_port)


def _inputs(request: Request, site: Site | None) -> Iterator[Path]:
    """The files that are read."""
    yield request.line
    yield from (path for path in (request.manifest, request.scenario) if path is not None)
    if site is not None:
        yield site.plan_path
        if site.line.program is not None:
            yield site.path.parent / site.line.program.file


def _of_no_board(request: Request, scenario: Scenario) -> list[Finding]:
    """Faults of a scenario that only a board can have, where none runs."""
    names = [one.name for one in scenario.fault if one.name in WIRE_FAULTS and not request.is_firmware]
    reason = "it is a fault of a board's wires, and no board runs"
    file = str(request.scenario)
    return [Finding(file, None, f"fault {name}", reason, "add --firmware") for name in names]


def _program(site: Site, request: Request) -> "tuple[BoundProgram | None, list[Finding]]":
    """The line's program, and what is to be told about it."""
    if site.line.program is None:
        return None, []
    if request.is_firmware:
        reason = "the line has a program, and the firmware does not run programs yet"
        remedy = "leave --firmware out, or take [program] out of a copy of the line file"
        return None, [Finding("command line", None, "--firmware", reason, remedy)]
    from sortyard.plc.line.load import read_program

    bound = read_program(site)
    return bound, bound.findings if bound else []


def _forces(request: Request, program: "BoundProgram | None") -> "tuple[Force, ...]":
    """What is forced in the line's program. Raises InputError."""
    if not request.forces:
        return ()
    if program is None:
        reason, remedy = "this line has no program to force anything in", "leave --force out"
        raise InputError([Finding("command line", None, "--force", reason, remedy)])
    from sortyard.plc.forces import read_forces

    forces = read_forces(request.forces, program.compiled)
    findings = []
    for path in (force.path for force in forces if force.path.upper() in program.mapped):
        place = program.mapped[path.upper()]
        reason = f"{path} is not heard: [program.map] has {place} in its place"
        findings.append(Finding("command line", None, "--force", reason, f"force {place}"))
    if findings:
        raise InputError(findings)
    return forces


def _unsound(site: Site) -> list[Finding]:
    """A warning where `check` finds that the line cannot do its work like this."""
    result = check_site(site)
    errors = [one for one in result.findings if one.severity == "error"]
    if not errors:
        return []
    what = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    reason = (
        f"check finds {what} in this line at {site.line.belt.speed_mm_s} mm/s, the first: {errors[0].reason}"
    )
    return [replace(errors[0], reason=reason, remedy=f"run: sortyard check {site.path}", severity="warning")]


def at_speed(site: Site, speed_mm_s: int) -> Site:
    """The site with another belt speed."""
    belt = site.line.belt.model_copy(update={"speed_mm_s": speed_mm_s})
    line = site.line.model_copy(update={"belt": belt})
    return replace(site, located=replace(site.located, model=line))


def _tried(read: Callable[[], T]) -> tuple[T | None, list[Finding]]:
    try:
        return read(), []
    except InputError as error:
        return None, list(error.findings)


def _chosen_faults(request: Request) -> dict[str, FaultSetting]:
    known = FAULTS | WIRE_FAULTS if request.is_firmware else FAULTS
    chosen = list(known) if "all" in request.faults else request.faults
    return {name: FaultSetting(known[name].per_million) for name in chosen}


def _wrong_options(request: Request) -> list[Finding]:
    findings = []

    def tell(option: str, reason: str, remedy: str) -> None:
        findings.append(Finding("command line", None, option, reason, remedy))

    if request.runtime not in get_args(Runtime):
        known = ", ".join(RUNTIMES)
        reason = f'there is no runtime "{request.runtime}"'
        tell("--runtime", reason, did_you_mean(request.runtime, list(RUNTIMES)) + f"use one of {known}")
    if request.plc_backend not in PLC_BACK_ENDS:
        reason = f'there is no back end "{request.plc_backend}"'
        remedy = did_you_mean(request.plc_backend, list(PLC_BACK_ENDS))
        tell("--plc-backend", reason, f"{remedy}use one of {', '.join(PLC_BACK_ENDS)}")
    known = [*FAULTS, *WIRE_FAULTS]
    for name in request.faults:
        if name in WIRE_FAULTS and not request.is_firmware:
            tell("--fault", f"{name} is a fault of a board's wires, and no board runs", "add --firmware")
        elif name not in known and name != "all":
            remedy = did_you_mean(name, known) + f"use all, or one of {', '.join(known)}"
            tell("--fault", f'there is no fault "{name}"', remedy)
    if request.link_port is not None and not request.is_firmware:
        tell("--link-port", "only a board has a link, and no board is simulated", "add --firmware")
    if request.columns and request.manifest is None:
        tell("--column", "columns are those of a manifest, and there is none", "add --manifest FILE")
    limits = Belt.model_fields["speed_mm_s"].metadata
    low, high = (next(getattr(one, key) for one in limits if hasattr(one, key)) for key in ("ge", "le"))
    ranges = (
        ("--speed", request.speed_mm_s, low, high),
        ("--seed", request.seed, 0, 2**31 - 1),
        ("--parcels", request.parcels, 1, MOST_PARCELS),
        ("--link-port", request.link_port, 1, 65535),
    )
    for option, value, least, most in ranges:
        if value is not None and not least <= value <= most:
            tell(
                option, f"{value} is out of range; allowed: {least} to {most}", "give a number in that range"
            )
    return findings
