"""What `sortyard link` is to do, by the words of its command line: parts of the line by their numbers at each board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sorter_core import messages
from sortyard.cli.link_options import Action
from sortyard.config.line import Line
from sortyard.config.numbering import number
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.zones import zones_of
from sortyard.device.board import CHUTE_STATES, GATE_STATES
from sortyard.device.targets import Target
from sortyard.errors import Finding, InputError

FASTEST_MM_S = 65_535
STATES = {Action.chute: CHUTE_STATES, Action.gate: GATE_STATES}
_KINDS = {Action.chute: messages.CHUTE, Action.gate: messages.GATE}
_EXAMPLES = {
    Action.speed: "sortyard link PORT speed 600",
    Action.chute: "sortyard link PORT chute C03 disabled --line LINE",
    Action.gate: "sortyard link PORT gate D03 faulty --line LINE",
}


@dataclass(frozen=True)
class Asked:
    """`states`: for a board, by its place among the targets, the message with a part's number and state."""

    action: Action
    mm_s: int = 0
    states: dict[int, tuple[int, int, int]] = field(default_factory=dict)


def asked(action: Action, words: Sequence[str], targets: Sequence[Target], line: Line | None) -> Asked:
    """What is to be done with these boards. Raises InputError."""
    if action not in _EXAMPLES:
        if words:
            raise _wrong(f"{action.value} takes none", f"leave out {' '.join(words)}")
        return Asked(action)
    wanted = ("a speed",) if action is Action.speed else (f"a {action.value}", "a state")
    if len(words) != len(wanted):
        raise _wrong(f"{action.value} needs {' and '.join(wanted)}", _EXAMPLES[action])
    if action is Action.speed:
        return Asked(action, mm_s=_speed(words[0]))
    states = STATES[action]
    if words[1] not in states:
        reason = f'a {action.value} is not "{words[1]}"'
        raise _wrong(reason, f"{did_you_mean(words[1], states)}give {', '.join(states)}")
    numbers = _numbers(action, words[0], targets, line)
    state = states[words[1]]
    return Asked(action, states={place: (_KINDS[action], one, state) for place, one in numbers.items()})


def _speed(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= FASTEST_MM_S:
        raise _wrong(f'"{word}" is no speed', f"give 1 to {FASTEST_MM_S:,} mm/s")
    return int(word)


def _numbers(action: Action, part: str, targets: Sequence[Target], line: Line | None) -> dict[int, int]:
    """The part's number at each board that knows it."""
    if line is None:
        if not part.isascii() or not part.isdigit():
            raise _wrong(f'"{part}" is no number of a {action.value}', "give --line LINE for names")
        return dict.fromkeys(range(len(targets)), int(part))
    zones = {zone.ecu.name: number(zone.line) for zone in zones_of(line)}
    known = [one.name for one in (line.chute if action is Action.chute else line.diverter)]
    if part not in known:
        raise _wrong(
            f'the line has no {action.value} "{part}"',
            f"{did_you_mean(part, known)}it has {', '.join(known)}",
        )
    found = {}
    for place, target in enumerate(targets):
        there = zones[target.ecu]
        names = [one.name for one in (there.chutes if action is Action.chute else there.gates)]
        if part in names:
            found[place] = names.index(part)
    if not found:
        home = next(one.ecu for one in line.diverter if one.name == part)
        raise _wrong(f"{part} is wired to {home}", f"talk to that board: --ecu {home}, or NAME=PORT of it")
    missing = sorted(zones.keys() - {one.ecu for one in targets})
    if action is Action.chute and missing:
        raise _wrong(
            f"{', '.join(missing)} would not be told of {part}", "give NAME=PORT for every board of the line"
        )
    return found


def _wrong(reason: str, remedy: str) -> InputError:
    return InputError([Finding("command line", None, "ACTION", reason, remedy)])
