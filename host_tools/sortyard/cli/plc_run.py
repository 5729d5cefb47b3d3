"""`sortyard plc run`: scan after scan of a program on a simulated clock, and what is told of it."""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sortyard.cli.messages import print_error
from sortyard.cli.plc_forces import forced, tell_forcings, tell_never_forced
from sortyard.cli.plc_messages import EXIT_FAULT, fault_row, leave
from sortyard.cli.plc_pace import Pace
from sortyard.cli.plc_retain import keep, start_with, tell_start
from sortyard.cli.plc_times import tell_missed, tell_times
from sortyard.plc.backends import machine_of
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.faults import PlcFault
from sortyard.plc.forces import read_forces
from sortyard.plc.program import Compiled
from sortyard.plc.runtime import Runtime
from sortyard.plc.text_values import written


class RunOptions(NamedTuple):
    """What the command line says of a run; `forces` as they were written."""

    scans: int
    interval_ms: int
    trace: bool
    forces: list[str]
    watchdog_ms: int
    times: bool
    retain: Path | None
    cold: bool
    backend: str


def run_program(compiled: Compiled, options: RunOptions, as_json: bool) -> int:
    """Run a program without errors, and print what has become of it; the exit code.

    Raises InputError for forces and retained data that cannot be used, Exit for what the back end cannot do.
    """
    forces = read_forces(options.forces, compiled)
    runtime = _runtime(compiled, options, as_json)
    retain = options.retain
    started = start_with(runtime, retain, options.cold) if retain is not None else {}
    if retain is not None and not as_json:
        tell_start(retain, started)
    pace = Pace(runtime, forces)
    changes = list(_scan(runtime, pace, options.scans, options.trace, not as_json))
    unkept = None if retain is None else keep(runtime, retain)
    more = forced(pace, forces) | ({"retain": started} if started else {})
    more |= {"tasks": runtime.figures()} if options.times else {}
    more |= {"overruns": runtime.missed_periods} | ({"trace": changes} if options.trace else {})
    if not as_json:
        tell_never_forced(pace)
        tell = tell_times if options.times else tell_missed
        tell(runtime)
    _finish(runtime, pace, more, as_json)
    if unkept is not None:
        print_error(unkept, as_json=False)
        return unkept.exit_code
    return EXIT_FAULT if runtime.fault is not None else 0


def _runtime(compiled: Compiled, options: RunOptions, as_json: bool) -> Runtime:
    interval_ns, watchdog_ns = options.interval_ms * 1_000_000, options.watchdog_ms * 1_000_000
    try:
        return Runtime(compiled, interval_ns, machine=machine_of(options.backend), watchdog_ns=watchdog_ns)
    except PlcSourceError as refused:
        leave(refused.diagnostics, as_json)


def _values(runtime: Runtime) -> dict[str, Any]:
    """By name; what JSON has no number for, as NAN or INF, is text."""
    found = {path: runtime.get(path) for path, *_ in runtime.watch.shown()}
    return {
        path: _shown(runtime, path) if isinstance(value, float) and not math.isfinite(value) else value
        for path, value in found.items()
    }


def _scan(runtime: Runtime, pace: Pace, scans: int, trace: bool, tells: bool) -> Iterator[dict[str, Any]]:
    """Run to the end, or to a fault that no task watches; tell each fault and, for a trace, yield and tell what each
    scan changes."""
    before = _values(runtime) if trace else {}
    while pace.scans < scans:
        fault, told = None, len(pace.forcings)
        try:
            pace.scan()
        except PlcFault as found:
            fault = found
        if tells:
            tell_forcings(pace.forcings[told:])
        if trace:
            after = _values(runtime)
            changed = {path: value for path, value in after.items() if value != before[path]}
            for path in changed if tells else ():
                print(f"scan {pace.scans} at {pace.time_ms:g} ms: {path} = {_shown(runtime, path)}")
            yield {"scan": pace.scans, "time_ms": pace.time_ms, "changed": changed}
            before = after
        if fault is not None:
            if tells:
                print(f"{fault} (scan {pace.scans}; outputs are off)", file=sys.stderr)
            if not runtime.is_watched:
                return


def _shown(runtime: Runtime, path: str) -> str:
    """A value as its own type writes it; of a reference, what it refers to."""
    return runtime.watch.referred(path) or written(runtime.watch.find(path)[1], runtime.get(path))


def _finish(runtime: Runtime, pace: Pace, more: dict[str, Any], as_json: bool) -> None:
    fault = runtime.fault
    if as_json:
        found = {"scans": pace.scans, "fault": fault_row(fault), "variables": _values(runtime)}
        print(json.dumps(found | more, ensure_ascii=False))
    else:
        for path, *_ in runtime.watch.shown():
            is_forced = " (forced)" if runtime.is_forced(path) else ""
            print(f"{path} = {_shown(runtime, path)}{is_forced}")
