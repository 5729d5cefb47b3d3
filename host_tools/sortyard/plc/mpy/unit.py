"""A generated function: where it may be left in the middle of a scan, what it takes, and its text."""

import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sortyard.plc.mpy.cuts import cut
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.guards import Guards
from sortyard.plc.mpy.nodes import (
    ENTRY,
    LINE_FUEL,
    PAUSE,
    Call,
    If,
    Line,
    Node,
    Pause,
    Stop,
    cost_of,
    drop_marks,
    fuel,
    has_points,
    heap,
    number,
    place_pauses,
    unlock_heap,
    walk,
)
from sortyard.plc.mpy.printing import STEP, Printer
from sortyard.plc.mpy.target import BYTECODE, Target
from sortyard.plc.mpy.values import Unsupported
from sortyard.plc.source import Span

WHOLE_FUEL = 22_000
"""A function that takes less is never left in the middle of a scan."""
STRETCH_FUEL, FINE_STRETCH_FUEL = 22_000, 8_000
"""Straight code between two pauses, unless one step takes more; where that makes slices too long, the second."""
RUN_FUEL = 5_000
"""What a slice takes before the first function of the program has begun."""
AGAIN_FUEL = 6_000
"""What a function takes until it is where it was left, beside each line of its prologue and each guard."""
MOST_SLICE_FUEL = 60_000
"""By this count, which exaggerates long stretches; what slices really take is measured (tests/parity/plc)."""
MOST_TOKENS = 24_000
"""Words and signs of a function."""
MOST_JUMP_TOKENS = 14_000
"""Of one statement: MicroPython's jumps reach 16,383 bytes far (emitbc.c), and a token makes about one."""
_TOKEN = re.compile(r"\w+|[^\w\s]")
VIEWS = ("B", "b", "H", "h", "f", "K", "V", "U", "L", "D")
"""Memory as bytes, signed bytes, words, signed words, singles; small integers; a memoryview; unlock, lock the heap;
memory as doubles."""


@dataclass(slots=True)
class Unit:
    """A generated function. `is_fixed`: it has one instance, whose place is written into it."""

    name: str
    shown: str
    is_fixed: bool = False
    is_library: bool = False
    is_resumable: bool = False
    can_fail: bool = True
    target: Target = BYTECODE
    fuel: int = 0
    slice_fuel: int = 0
    """The most that a slice takes that goes on in this function and comes to its next pause."""
    behind: int = 0
    """The most from behind a call to the next pause."""
    again: int = 0
    """Fuel of getting back to the point where the last slice ended."""
    frame: int = 0
    heap: int = 0
    span: Span | None = None
    """Where it is in the source."""
    lines: list[str] = field(default_factory=list)
    parts: "list[Unit]" = field(default_factory=list)
    """Branches of it that are functions of their own (outline.py)."""

    def all(self) -> "Iterator[Unit]":
        """Itself and its parts, theirs included."""
        yield self
        for part in self.parts:
            yield from part.all()

    def characters(self) -> int:
        """Of its text, with that of its parts."""
        return sum(len(line) + 1 for one in self.all() for line in one.lines)


def finish(fn: Fn, unit: Unit, waiter: int) -> None:
    """Decide where the function can be left in the middle, and print it; `waiter`: its number among those that can.
    One that takes much to get back into is divided more finely."""
    for stretch in (STRETCH_FUEL, FINE_STRETCH_FUEL):
        nodes = _copied(fn.body)
        unset = _divide(fn, unit, nodes, stretch)
        body, first = fuel(nodes), fuel(nodes, PAUSE, 0, PAUSE)
        unit.behind = max((one.after.cost for one in walk(nodes) if isinstance(one, Stop)), default=0)
        unit.can_fail = unit.is_resumable or any(
            isinstance(one, Call) or (isinstance(one, (If, Line)) and _fails(one)) for one in walk(nodes)
        )
        unit.heap = heap(nodes)
        unlock_heap(nodes)
        guards = Guards()
        prologue = _print(fn, unit, nodes, waiter, unset, guards)
        unit.fuel = ENTRY + LINE_FUEL * prologue + body
        goes_on = [
            (AGAIN_FUEL + LINE_FUEL * (prologue + passed), cost_of(point))
            for point, passed in guards.ways(nodes)
        ]
        unit.again = max((again for again, _ in goes_on), default=0)
        unit.slice_fuel = RUN_FUEL + max([first, *(again + cost for again, cost in goes_on)])
        if unit.slice_fuel <= MOST_SLICE_FUEL:
            break


def _copied(nodes: list[Node]) -> list[Node]:
    """As deepcopy does, in a fifth of the time."""
    return pickle.loads(pickle.dumps(nodes, pickle.HIGHEST_PROTOCOL))


def invoke(fn: Fn, unit: Unit, argument: str, place: int = 0) -> None:
    """Write the call of a unit: `argument` tells one that has several instances which, `place` as of a Stop."""
    text = f"{unit.name}({argument})"
    if unit.is_resumable:
        after = Pause()
        fn.put(Stop(text, unit.frame, after, place))
        fn.put(after)
    elif unit.can_fail:
        fn.put(Call(text, unit.fuel, place))
    else:
        fn.emit(text, unit.fuel)


def is_called(unit: Unit, nodes: list[Node]) -> bool:
    """Whether one of the nodes calls that function."""
    head = f"{unit.name}("
    for node in walk(nodes):
        match node:
            case Stop(call=text) | Call(call=text) | Line(text=text) if text.startswith(head):
                return True
    return False


def _divide(fn: Fn, unit: Unit, nodes: list[Node], stretch: int) -> list[str]:
    """Put pauses into a function that takes long; the locals that need a value from the beginning, see cuts.cut."""
    unit.is_resumable = has_points(nodes) or fuel(nodes) > WHOLE_FUEL
    if not unit.is_resumable:
        drop_marks(nodes)
        return []
    nodes.insert(0, Pause())
    place_pauses(nodes, stretch)
    unset = cut(nodes, fn.put_by, stretch < STRETCH_FUEL)
    unit.frame = fn.frame
    number(nodes)
    return unset


def _print(fn: Fn, unit: Unit, nodes: list[Node], waiter: int, unset: list[str], guards: Guards) -> int:
    """Write the function's lines; how many are before its first statement."""
    printer = Printer(fn.frame, waiter, unit.target, "D" if fn.module.has_doubles else "f", guards)
    printer.block(nodes, 1)
    if not printer.lines[-1].lstrip().startswith("return"):
        printer.lines.append(f"{STEP}return 0")
    head = _prologue(fn, unit, printer.lines)
    if unset:
        head.append(f"{STEP}{' = '.join(unset)} = 0")
    unit.lines = head + printer.lines
    return len(head)


def _fails(node: If | Line) -> bool:
    return isinstance(node, Line) and node.text == "return 1"


def is_too_long(unit: Unit) -> bool:
    """Whether a function has more text than MicroPython's compiler takes."""
    tokens, longest = _tokens(unit.lines)
    return tokens > MOST_TOKENS or longest > MOST_JUMP_TOKENS


def problems(unit: Unit) -> Iterator[Unsupported]:
    """Why a function is refused: it cannot be cut into short slices, or MicroPython's compiler cannot take it."""
    hint = "move parts of it into functions of their own"
    if unit.slice_fuel > MOST_SLICE_FUEL:
        found = f"{unit.shown} takes {unit.slice_fuel:,} units of fuel from one place where it can wait to the next"
        yield Unsupported(f"{found}, at most {MOST_SLICE_FUEL:,} fit a slice", f"nest less deeply, or {hint}")
    tokens, longest = _tokens(unit.lines)
    if tokens > MOST_TOKENS:
        found = f"{unit.shown} becomes {tokens:,} words of Python, at most {MOST_TOKENS:,} are possible"
        yield Unsupported(found, hint)
    elif longest > MOST_JUMP_TOKENS:
        found = f"a statement of {unit.shown} becomes {longest:,} words of Python"
        yield Unsupported(f"{found}, at most {MOST_JUMP_TOKENS:,} are possible", hint)


def _tokens(lines: list[str]) -> tuple[int, int]:
    """Words and signs of a function, and of its longest statement, with all that lies inside."""
    whole = longest = statement = 0
    for line in lines:
        count = len(_TOKEN.findall(line))
        if not line.startswith(("  ", " else", " elif")):
            statement = 0
        statement += count
        whole += count
        longest = max(longest, statement)
    return whole, longest


def _prologue(fn: Fn, unit: Unit, lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    target = fn.target
    head = target.head(unit.name, not unit.is_fixed)
    names = [view for view in VIEWS if re.search(rf"(?<![\w.]){view}(?=[\[,(])", text)]
    if unit.is_resumable and "K" not in names:
        names.append("K")
    head += [STEP + target.view(view) for view in names]
    if unit.is_resumable:
        head.append(f"{STEP}p = K[{fn.frame}]; K[{fn.frame}] = 0")
        if not unit.is_fixed:
            head.append(f"{STEP}if p: s = K[{fn.frame + 1}]")
            head.append(f"{STEP}else: K[{fn.frame + 1}] = s")
    if not unit.is_fixed:
        head += [
            f"{STEP}s{size} = s >> {shift}" for size, shift in ((2, 1), (4, 2), (8, 3)) if f"s{size}" in text
        ]
    return head
