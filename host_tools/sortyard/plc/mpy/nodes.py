"""The statements of a generated function, before they are text: what may end a slice, and what everything costs.

A function that may be left in the middle of a scan (`Stop`, `Pause`, `Chunk`) is entered again at that point, or, where
it waited for another one, behind the call. Each point has a number; `p` is the number to go to, 0 once it is reached.
Locals do not survive, memory does.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

FUEL = {
    ast.Name: 65, ast.Constant: 60, ast.Subscript: 225, ast.BinOp: 115, ast.UnaryOp: 110, ast.BoolOp: 70,
    ast.Compare: 230, ast.IfExp: 110, ast.Call: 1000, ast.Assign: 50, ast.AugAssign: 180, ast.Return: 130,
}  # fmt: skip
"""Units of fuel for each node of Python's syntax tree, as measured in the virtual machine, rounded up."""
FLOAT_FUEL, UNLOCK = 450, 700
"""What making a float takes beside that, and letting a line have heap."""
_FLOAT_NAME = re.compile(r"\b[rc][0-9]+\b")
"""Locals and constants that hold floats."""
LOOP_TURN = 780
PAUSE = 2_500
"""A Pause or Chunk, up to where its own account begins."""
KEEP = 1_500
"""Putting by a local, and getting it back."""
ENTRY, LINE_FUEL = 1_300, 300
"""A call of a generated function, and each line of its prologue."""
LONGEST_PROLOGUE = 12


FLOAT_BYTES = 16
CALL_BYTES = {"root": 32, "lreal_root": 320}
"""Functions that make floats."""
SLICE_BYTES = 128
"""Two slices and two views, as copying many bytes makes them."""
TEXT_BYTES = 400
"""A function on strings of usual lengths."""
_HEAP_FUNCTION = re.compile(r"\bU, _?L\b")
"""In the call of a function that unlocks the heap by itself."""


@lru_cache(maxsize=50_000)
def floats_of(text: str) -> int:
    """How many floats one line of Python makes by itself: 16 bytes of heap each, on boards and in the VM."""
    if not any(sign in text for sign in ("f[", "D[", "+ 0.0")) and not _FLOAT_NAME.search(text):
        return 0
    total = 0
    for node in ast.walk(ast.parse(text.strip())):
        match node:
            case ast.Subscript(value=ast.Name(id="f" | "D"), ctx=ast.Load()):
                total += 1
            case ast.BinOp() | ast.UnaryOp(op=ast.USub()) if _is_float(node):
                total += 1
            case ast.Call(func=ast.Name(id="abs")):
                total += 1
    return total


@lru_cache(maxsize=50_000)
def _call_bytes(text: str) -> int:
    """Bytes of heap that the support function takes that one line calls."""
    if not _HEAP_FUNCTION.search(text):
        return 0
    call = next(node for node in ast.walk(ast.parse(text.strip())) if isinstance(node, ast.Call))
    match call:
        case ast.Call(func=ast.Name(id="copy"), args=[*_, ast.Constant(value=int(size))]):
            return SLICE_BYTES if size > 16 else 0
        case ast.Call(func=ast.Name(id=name)):
            return CALL_BYTES.get(name, TEXT_BYTES)
    return 0


def heap_of(text: str) -> int:
    """Bytes of heap that one line of Python takes."""
    return FLOAT_BYTES * floats_of(text) + _call_bytes(text)


@lru_cache(maxsize=50_000)
def fuel_of(text: str) -> int:
    """An upper bound of what one line of Python takes, without what it calls."""
    total = sum(FUEL.get(type(node), 0) for node in ast.walk(ast.parse(text.strip())))
    floats = floats_of(text)
    return total + (UNLOCK + floats * FLOAT_FUEL if floats else 0)


def _is_float(node: ast.AST) -> bool:
    """True if an operand of arithmetic is a float."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _is_float(left) or _is_float(right)
        case ast.UnaryOp(operand=operand):
            return _is_float(operand)
        case ast.Subscript(value=ast.Name(id="f" | "D")) | ast.Call(func=ast.Name(id="abs")):
            return True
        case ast.Name(id=name):
            return _FLOAT_NAME.fullmatch(name) is not None
        case ast.Constant(value=value):
            return isinstance(value, float)
    return False


@dataclass(slots=True, eq=False)
class Line:
    """One simple statement. `extra`: fuel of what it calls."""

    text: str
    extra: int = 0


@dataclass(slots=True, eq=False)
class If:
    test: str
    then: "list[Node]"
    orelse: "list[Node]" = field(default_factory=list)
    extra: int = 0


@dataclass(slots=True, eq=False)
class Loop:
    """Until a break; begins with a Pause or Chunk."""

    body: "list[Node]"


@dataclass(slots=True, eq=False)
class Turns:
    """A `for` over a range, without points inside: at most `turns` turns, `after` behind them unless there was a break.

    `chunk`: what has accounted for these turns of a Loop around, which ends with a break here.
    """

    head: str
    body: "list[Node]"
    turns: int
    after: "list[Node]"
    chunk: "Chunk | None" = None


@dataclass(slots=True, eq=False)
class Stop:
    """A call that may end the scan or the slice; then this function ends too, and goes on at `after`, which follows.

    `place`: the number of the place that a fault inside gets, 0 for its own; `frame`: where the callee's words are.
    """

    call: str
    frame: int
    after: "Pause"
    place: int = 0


@dataclass(slots=True, eq=False)
class Call:
    """A call that may end the scan, never the slice; `fuel` is what it takes at most, `place` as of a Stop."""

    call: str
    fuel: int
    place: int = 0


@dataclass(slots=True, eq=False)
class Mark:
    """Between two statements or steps of one: no local is needed any more, so a Pause may stand here."""


@dataclass(slots=True, eq=False)
class Pause:
    """The slice ends here if its fuel does not last to the next pause.

    `kept`: locals that are needed behind it, each with where it is put by until then: in words of memory, floats (r1,
    r2, ...) as floats of the size that the machine has.
    """

    point: int = 0
    cost: int = 0
    kept: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True, eq=False)
class Chunk:
    """As many turns as the fuel allows: `n` of what is left in `counter`; ends the slice if there is none.

    `turn`: fuel of one turn, `rest`: of what is around the turns, and from the loop's end to the next pause.
    """

    counter: str
    n: str
    turn: int
    point: int = 0
    rest: int = 0


Node = Line | If | Loop | Turns | Stop | Call | Mark | Pause | Chunk


def walk(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, outer ones first, in the order of the text."""
    todo = nodes[::-1]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, If):
            todo += reversed(node.orelse)
            todo += reversed(node.then)
        elif isinstance(node, Turns):
            todo += reversed(node.after)
            todo += reversed(node.body)
        elif isinstance(node, Loop):
            todo += reversed(node.body)


def points_in(nodes: list[Node]) -> list[Pause | Chunk]:
    return [node for node in walk(nodes) if isinstance(node, (Pause, Chunk))]


def has_points(nodes: list[Node]) -> bool:
    return any(isinstance(node, (Pause, Chunk)) for node in walk(nodes))


def number(nodes: list[Node]) -> int:
    """Number the points from 1 on; returns how many there are."""
    points = points_in(nodes)
    for count, node in enumerate(points, 1):
        node.point = count
    return len(points)


def fuel(nodes: list[Node], after: int = 0, leave: int = 0, at_end: int = 0) -> int:
    """The most that it takes from here to the next pause.

    `after`: what follows the end of `nodes` until then, `leave`: what follows a break, `at_end`: a return.
    """
    for node in reversed(nodes):
        match node:
            case Line(text=text, extra=extra):
                own = fuel_of(text) + extra
                word = text.split()[0]
                after = {"return": at_end, "break": leave, "continue": LOOP_TURN}.get(word, after) + own
            case If():
                branches = [fuel(part, after, leave, at_end) for part in (node.then, node.orelse)]
                after = fuel_of(node.test) + node.extra + 110 + max(branches)
            case Loop():
                fuel(node.body, LOOP_TURN, after, at_end)
                after = LOOP_TURN + PAUSE
            case Turns():
                own = LOOP_TURN + fuel(node.body, 0, 0)
                after += (
                    fuel_of(node.head + " pass")
                    + fuel(node.after)
                    + (own * node.turns if node.chunk is None else 0)
                )
            case Stop(call=call):
                after = fuel_of(call) + ENTRY + LINE_FUEL * LONGEST_PROLOGUE + PAUSE
            case Call(call=call):
                after += fuel_of(call) + 200 + node.fuel
            case Pause():
                node.cost = after + KEEP * len(node.kept)
                after = PAUSE + KEEP * len(node.kept)
            case Chunk():
                node.rest = leave + after + PAUSE
                after = PAUSE
            case Mark():
                pass
    return after


def cost_of(point: Pause | Chunk) -> int:
    """What a slice takes that begins at this point, to the next pause. `fuel` has been there before."""
    return PAUSE + (point.cost if isinstance(point, Pause) else point.turn + point.rest)


def place_pauses(nodes: list[Node], every: int, since: int = 0, breaks: list[int] | None = None) -> int:
    """Turn some marks into pauses, so that stretches between two take `every` or what lies between two marks; drop the
    others. `since`: what the stretch has taken so far; returns what it has at the end, and in `breaks` what it has
    where a loop is left."""
    kept: list[Node] = []
    for position, node in enumerate(nodes):
        match node:
            case Mark():
                if since > PAUSE and since + _until_mark(nodes[position + 1 :])[0] > every:
                    kept.append(Pause())
                    since = PAUSE
                continue
            case If():
                since += fuel_of(node.test) + node.extra
                since = max(place_pauses(part, every, since, breaks) for part in (node.then, node.orelse))
            case Loop():
                own: list[int] = []
                place_pauses(node.body, every, PAUSE, own)
                since = stretch_at_break(node, own)
            case Pause() | Chunk():
                since = PAUSE
            case _:
                if isinstance(node, Turns):
                    drop_marks(node.body)
                since += fuel([node])
                if breaks is not None and isinstance(node, Line) and node.text == "break":
                    breaks.append(since)
        kept.append(node)
    nodes[:] = kept
    return since


def stretch_at_break(loop: Loop, breaks: list[int]) -> int:
    """What a stretch has taken where a loop is left: by one of its breaks, or after a turn of a Chunk."""
    return max([*breaks, *(PAUSE + one.turn for one in loop.body if isinstance(one, Chunk))], default=PAUSE)


def _until_mark(nodes: list[Node]) -> tuple[int, bool]:
    """What it takes to the next mark or pause, and whether there is one."""
    total = 0
    for node in nodes:
        match node:
            case Mark() | Pause() | Chunk() | Loop():
                return total, True
            case If():
                ways = [_until_mark(part) for part in (node.then, node.orelse)]
                total += fuel_of(node.test) + node.extra + max(way for way, _ in ways)
                if any(is_marked for _, is_marked in ways):
                    return total, True
            case _:
                total += fuel([node])
    return total, False


def drop_marks(nodes: list[Node]) -> None:
    """Remove the marks of a function, or of a part of one, that is never left in the middle."""
    nodes[:] = [node for node in nodes if not isinstance(node, Mark)]
    for node in nodes:
        if isinstance(node, If):
            drop_marks(node.then)
            drop_marks(node.orelse)
        elif isinstance(node, (Loop, Turns)):
            drop_marks(node.body)


def unlock_heap(nodes: list[Node]) -> None:
    """Let the lines that make floats have heap; everywhere else it is locked, so that calls keep their frames on the
    stack and nothing else allocates unseen."""
    done: list[Node] = []
    for node in nodes:
        for inner in _lists_in(node):
            unlock_heap(inner)
        takes = isinstance(node, Line) and floats_of(node.text) > 0
        is_open = bool(done) and isinstance(done[-1], Line) and done[-1].text == "L()"
        if takes and is_open:
            done[-1:] = [node, Line("L()")]
        elif takes:
            done += [Line("U()"), node, Line("L()")]
        else:
            done.append(node)
    nodes[:] = done


def _lists_in(node: Node) -> list[list[Node]]:
    match node:
        case If():
            return [node.then, node.orelse]
        case Loop():
            return [node.body]
        case Turns():
            return [node.body, node.after]
    return []


def heap(nodes: list[Node]) -> int:
    """Bytes of heap that all lines take together, each once."""
    lines = sum(heap_of(node.text) for node in walk(nodes) if isinstance(node, Line))
    floats = sum(name[0] == "r" for node in walk(nodes) if isinstance(node, Pause) for name, _ in node.kept)
    return lines + FLOAT_BYTES * floats
