"""The traces on which all runtimes are compared: lines, what happens on them, and how much of it."""

from array import array
from collections.abc import Iterator
from importlib import resources
from itertools import pairwise
from pathlib import Path
from random import Random

from parity.belt_layout import Layout
from parity.belt_mimic import BLOCKED_CHUTES, CALM, CROWDED, PANIC, ROUGH, WRONG_BODIES, WRONG_DATA, BeltMimic
from parity.traces import MASK, Case, belt_case, hostile_case, random_case
from sortyard.config.compile import gate_config
from sortyard.config.line import Line
from sortyard.config.toml_file import load_model

MOODS = {
    "calm": CALM,
    "rough": ROUGH,
    "data": WRONG_DATA,
    "bodies": WRONG_BODIES,
    "blocked": BLOCKED_CHUTES,
    "crowded": CROWDED,
    "panic": PANIC,
}
# Share of the steps in thousandths: line, what happens, how it is stepped.
SHARES = (
    ("hub16", "calm", "jump", 10),
    ("hub16", "rough", "jump", 30),
    ("hub16", "bodies", "jump", 80),
    ("hub16", "blocked", "jump", 30),
    ("hub16", "rough", "every_ms", 20),
    ("hub16", "bodies", "late", 10),
    ("near", "rough", "late", 10),
    ("one_lap", "blocked", "jump", 190),
    ("one_lap", "data", "jump", 60),
    ("near", "bodies", "jump", 90),
    ("hub16", "crowded", "jump", 20),
    ("hub16", "panic", "jump", 10),
    ("pushers", "crowded", "jump", 20),
    ("pushers", "panic", "jump", 10),
    ("alone", "rough", "jump", 40),
    ("starter", "rough", "jump", 50),
    ("starter", "blocked", "jump", 50),
    ("express64", "rough", "jump", 20),
    ("bare", "bodies", "jump", 30),
    ("bare", "rough", "jump", 40),
    ("bare", "data", "jump", 90),
    ("hub16", "random", "", 20),
    ("bare", "random", "", 30),
    ("hub16", "hostile", "", 20),
    ("bare", "hostile", "", 20),
)
_STEPS_PER_CASE = 25_000
# Diverters rated for this many are worn after some cycles: the line file has no such small number.
_MARK_KCYCLES = 1234
_SOON_WORN_CYCLES = 20


def example_line(name: str) -> Line:
    """Return the line of a shipped example."""
    with resources.as_file(resources.files("sortyard") / "examples" / name / f"{name}.line.toml") as path:
        return load_model(Path(path), Line)


def lines() -> dict[str, Line]:
    """The examples, and lines with other equipment and policies."""
    hub16 = example_line("hub16")
    starter = example_line("starter")
    return {
        "hub16": hub16,
        "starter": starter,
        "express64": example_line("express64"),
        "one_lap": _with_lap_limit(hub16, 1),
        "near": _with_eyes_near_gates(hub16),
        "pushers": _with_eyes_near_gates(starter),
        "alone": _without_host(hub16),
        "bare": _without_late_eyes(starter),
    }


def _with_lap_limit(line: Line, limit: int) -> Line:
    assert line.recirculation is not None
    return line.model_copy(
        update={"recirculation": line.recirculation.model_copy(update={"lap_limit": limit})}
    )


def _with_eyes_near_gates(line: Line) -> Line:
    """Long parcels are in the chute before their trailing edge has passed the eye, and all windows overlap."""
    eyes = []
    for eye in line.eye:
        if eye.role == "verify" and eye.position_mm is not None:
            eye = eye.model_copy(update={"position_mm": eye.position_mm + 800, "window_mm": 250})
        elif eye.role == "confirm":
            eye = eye.model_copy(update={"travel_mm": (100, 4000)})
        eyes.append(eye)
    return line.model_copy(update={"eye": eyes})


def _without_host(line: Line) -> Line:
    policy = line.policy.model_copy(update={"host": False, "restart": "resume", "recirculate": []})
    return line.model_copy(update={"policy": policy})


def _without_late_eyes(line: Line) -> Line:
    """No end eye and no confirm eyes; diverters with end switches and every safe state, soon worn."""
    states = ("hold", "off", "retract")
    gates = [
        gate.model_copy(
            update={"feedback": True, "safe_state": states[i % 3], "rated_kcycles": _MARK_KCYCLES}
        )
        for i, gate in enumerate(line.diverter)
    ]
    eyes = [eye for eye in line.eye if eye.role not in ("end", "confirm")]
    return line.model_copy(update={"diverter": gates, "eye": eyes})


def groups(line: Line) -> list[list[int]]:
    """Every sort chute by itself, the end of the belt, and every sort chute with its neighbour for an overflow."""
    chutes = [index for index, chute in enumerate(line.chute) if chute.kind == "sort"]
    alone = [[chute] for chute in chutes]
    end = [[index] for index, chute in enumerate(line.chute) if chute.end]
    return alone + end + [[first, second] for first, second in pairwise(chutes)]


def config_of(line: Line) -> array:
    """Compile a line for the gate logic."""
    config = gate_config(line, groups(line))
    return array("i", [_SOON_WORN_CYCLES if value == 1000 * _MARK_KCYCLES else value for value in config])


def corpus(total_steps: int, seed: int = 1) -> Iterator[Case]:
    """Yield cases of some 25,000 steps at most, `total_steps` in all; the same ones for the same seed."""
    known = lines()
    for line_name, what, how, share in SHARES:
        line = known[line_name]
        config = config_of(line)
        layout = Layout(line, len(groups(line)))
        left = total_steps * share // 1000
        part = 0
        while left > 0:
            steps = min(left, _STEPS_PER_CASE)
            name = f"{line_name}-{what}-{how}-{part}"
            yield _case(name, config, layout, what, how, Random(f"{seed}-{name}"), steps)
            left -= steps
            part += 1


def _case(name: str, config: array, layout: Layout, what: str, how: str, rng: Random, steps: int) -> Case:
    if what == "random":
        return random_case(name, config, layout, rng, steps)
    if what == "hostile":
        return hostile_case(name, config, rng, steps)
    # Both counters wrap early in the run.
    position = MASK - rng.randrange(50_000)
    ticks = MASK - rng.randrange(20_000_000)
    mimic = BeltMimic(layout, MOODS[what], rng, position, ticks)
    return belt_case(name, config, mimic, steps, how=how)
