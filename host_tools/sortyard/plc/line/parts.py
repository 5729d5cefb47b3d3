"""What a program sees of a line and may ask of it: a block for each part, and the channel of each of its variables.

Channels are numbered in channels.py; the blocks stand in blocks.st beside this file.
"""

from dataclasses import dataclass, field

from sortyard.config.line import Line
from sortyard.config.numbering import number
from sortyard.config.toml_lines import KeyPath
from sortyard.plc.line.channels import ASKED_CHANNELS, SEEN_CHANNELS

LINE_NAME = "LINE"
"""The line itself, beside its parts."""

_LINE_READS = {
    "STATE": "state", "ESTOP": "estop", "START_BUTTON": "start_button", "STOP_BUTTON": "stop_button",
    "RESET_BUTTON": "reset_button", "FAULT": "fault", "FAULT_AT": "fault_index", "FAULTS": "faults",
    "POSITION": "position", "SPEED": "speed", "INDUCTED": "inducted", "SORTED": "sorted",
    "RECIRCULATED": "recirculated", "REJECTED": "rejected", "LOST": "lost", "STRAYS": "strays",
}  # fmt: skip
_LINE_WRITES = {"START": "start", "STOP": "stop", "RESET": "reset", "FLUSH": "flush", "HOLD": "hold"}
_MOTORS = {
    "belt": ("belt_runs", "run_belt"),
    "meter": ("infeed_runs", "run_meter"),
    "loop": ("lane_runs", "run_loop"),
}
LAMPS = ("RED_ON", "AMBER_ON", "GREEN_ON", "HORN_ON")


@dataclass(frozen=True)
class Part:
    """A part of a line. `reads`: variables that the line writes, `writes`: those that ask for something, by channel.

    `identifier` is its name in a program, `path` where it stands in the line file. `initial`: values of its block's
    variables that the line file gives, as ST.
    """

    name: str
    identifier: str
    block: str
    path: KeyPath
    reads: dict[str, int] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    initial: dict[str, str] = field(default_factory=dict)


def parts_of(line: Line) -> list[Part]:
    """Every part that a program can name: the line, then its parts as the line file has them."""
    numbering = number(line)
    eyes = {eye.name: i for i, eye in enumerate(numbering.eyes)}
    gates = {gate.name: i for i, gate in enumerate(numbering.gates)}
    flushes = "TRUE" if line.policy.restart == "flush" else "FALSE"
    return [
        _part(LINE_NAME, "SORT_LINE", ("name",), _LINE_READS, _LINE_WRITES, 0, {"FLUSH": flushes}),
        *(_motor(one.name, one.drives, ("motor", i)) for i, one in enumerate(line.motor)),
        *(
            _part(one.name, "PHOTO_EYE", ("eye", i), _EYE, {}, eyes[one.name])
            for i, one in enumerate(line.eye)
        ),
        *(
            _part(one.name, "SCANNER", ("scanner", i), {"READS": "scanner_reads"}, {}, i)
            for i, one in enumerate(line.scanner)
        ),
        *(
            _part(one.name, "DIVERTER", ("diverter", i), _GATE, {"ENABLE": "enable_gate"}, gates[one.name],
                  {"RATED": str(one.rated_kcycles * 1000)})
            for i, one in enumerate(line.diverter)
        ),
        *(
            _part(one.name, "CHUTE", ("chute", i), _CHUTE, {"ENABLE": "enable_chute"}, i)
            for i, one in enumerate(line.chute)
        ),
        *(_light(one.name, i) for i, one in enumerate(line.light)),
    ]  # fmt: skip


_EYE = {"BLOCKED": "eye_blocked", "COUNT": "eye_count"}
_GATE = {"EXTENDED": "gate_out", "CYCLES": "gate_cycles", "HEALTHY": "gate_healthy"}
_CHUTE = {"STATE": "chute_state", "SORTED": "chute_sorted"}


def _part(
    name: str,
    block: str,
    path: KeyPath,
    reads: dict[str, str],
    writes: dict[str, str],
    index: int,
    initial: dict[str, str] | None = None,
) -> Part:
    return Part(
        name,
        identifier_of(name),
        block,
        path,
        {variable: SEEN_CHANNELS[channel] + index for variable, channel in reads.items()},
        {variable: ASKED_CHANNELS[channel] + index for variable, channel in writes.items()},
        initial or {},
    )


def _motor(name: str, drives: str, path: KeyPath) -> Part:
    runs, may_run = _MOTORS[drives]
    return _part(name, "MOTOR", path, {"RUNNING": runs}, {"RUN": may_run}, 0)


def _light(name: str, index: int) -> Part:
    first = ASKED_CHANNELS["lamps"] + len(LAMPS) * index
    lamps = {lamp: first + i for i, lamp in enumerate(LAMPS)}
    return Part(name, identifier_of(name), "STACK_LIGHT", ("light", index), {}, lamps)


def identifier_of(name: str) -> str:
    """A part's name as ST can write it."""
    return name.replace("-", "_").strip("_").replace("__", "_")
