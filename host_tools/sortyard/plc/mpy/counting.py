"""FOR: the number of turns is known when it starts, and so is the range of its variable unless the body changes it."""

from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy import long, support, wide
from sortyard.plc.mpy.calls import charge
from sortyard.plc.mpy.expressions import load_at, place_key, value, values
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import LOOP_TURN, Chunk, If, Line, Loop, Node, Pause, Turns, fuel, has_points
from sortyard.plc.mpy.places import At, address
from sortyard.plc.mpy.small import Num, arithmetic, as_num, clean, is_literal
from sortyard.plc.mpy.statements import turn
from sortyard.plc.mpy.stores import store
from sortyard.plc.mpy.truth import compare_values
from sortyard.plc.mpy.values import SMALL_MAX, Long, Value, Wide, plus, whole

STRAIGHT_FUEL = 20_000
"""A loop that takes less altogether runs without a look at the slice."""
TURN_FUEL = 26_000
"""A turn that takes less is never left in the middle."""
_NEAR = 1 << 28


def for_loop(fn: Fn, node: ir.For) -> None:
    """Write a FOR: counted in a local where that can be, else in memory."""
    start, end, step = values(fn, [node.start, node.end, node.step])
    limits = whole(node.place.type)
    by = step.lo if isinstance(step, Num) and is_literal(step) else None
    key = place_key(node.place)
    is_plain = key is not None and by is not None and abs(by) < _NEAR and limits.bits <= 32
    first = _near(fn, start, node.start)
    if (
        is_plain
        and first is not None
        and fn.module.is_even(node)
        and not fn.module.may_change(node.body, node.place)
    ):
        assert by is not None
        if _counted(fn, node, first, end, by):
            return
    _in_memory(fn, node, start, end, step)


def _near(fn: Fn, found: Value, expr: ir.Expr) -> Num | None:
    """A start that leaves room for differences in small integers."""
    limits = whole(expr.type)
    if limits.bits > 32 or not isinstance(found, Num):
        return None
    number = clean(as_num(fn, found), limits) if limits.bits < 32 else wide.settled(fn, found, limits)
    return number if isinstance(number, Num) and number.lo >= -_NEAR and number.hi <= _NEAR else None


def _counted(fn: Fn, node: ir.For, first: Num, end: Value, by: int) -> bool:
    """With Python's own counter; False if a turn is too long, or may end the slice."""
    before, mark = fn.nodes, len(fn.nodes)
    begin = Num(fn.name(first.text), first.lo, first.hi)
    last = _end(fn, node, end)
    # taken before the body is written: they live as long as the loop
    counter, now, at_first = fn.temp(), fn.temp(), fn.temp()
    at = address(fn, node.place)
    if by > 0:
        lo, hi = begin.lo, max(min(last.hi, 2 * _NEAR), begin.lo)
    else:
        lo, hi = min(max(last.lo, -2 * _NEAR), begin.hi), begin.hi
    key = place_key(node.place)
    fn.known[key] = Num(counter, lo, hi)
    fn.products[counter] = {}
    with fn.into([]) as body:
        _put(fn, at, node, Num(counter, lo, hi))
        turn(fn, node.body, lambda: fn.emit("continue"))
    products = fn.products.pop(counter)
    body[:0] = [
        Line(f"{name} = {counter} * {step // 2 if step % 2 == 0 else step}")
        for step, name in products.items()
    ]
    del fn.known[key]
    cost = fuel(body)
    if has_points(body) or cost > TURN_FUEL:
        del before[mark:]
        return False
    _run_counted(fn, node, begin, last, by, (counter, now, at_first), body, cost)
    return True


def _end(fn: Fn, node: ir.For, end: Value) -> Num:
    """The end as a small integer. One that is far away is as good as any: there are more turns than any budget."""
    limits = whole(node.end.type)
    found = clean(as_num(fn, end), limits) if limits.bits < 32 else wide.settled(fn, end, limits)
    if isinstance(found, Num):
        return Num(fn.name(found.text), found.lo, found.hi)
    high, low = fn.name(found.hi), fn.name(found.lo)
    far = f"({SMALL_MAX} if {high} > 0 else {-SMALL_MAX})" if limits.is_signed else str(SMALL_MAX)
    near = f"-8192 <= {high} < 8192" if limits.is_signed else f"{high} < 8192"
    near = near.replace("-8192 <= ", f"{high} >= -8192 and ") if limits.is_signed else near
    local = fn.name(f"({high} << 16 | {low} if {near} else {far})")
    return Num(local, -SMALL_MAX if limits.is_signed else 0, SMALL_MAX)


def _put(fn: Fn, at: At, node: ir.For, number: Num) -> None:
    store(fn, at, node.place.type, number)


def _turns(begin: Num, last: Num, by: int) -> tuple[str, int | None]:
    """Text of the number of turns, and the number where it is known."""
    if is_literal(begin) and is_literal(last):
        span = last.lo - begin.lo if by > 0 else begin.lo - last.lo
        count = span // abs(by) + 1 if span >= 0 else 0
        return str(min(count, SMALL_MAX)), count
    a, b = (last.text, begin.text) if by > 0 else (begin.text, last.text)
    span = f"{a} - {b}"
    far = last.hi > 2 * _NEAR or last.lo < -2 * _NEAR
    count = f"({span}) // {abs(by)} + 1" if abs(by) != 1 else f"{span} + 1"
    text = f"({count} if {a} >= {b} else 0)"
    if far:
        beyond = f"{last.text} > {_NEAR * 2}" if by > 0 else f"{last.text} < {-_NEAR * 2}"
        text = f"({SMALL_MAX} if {beyond} else {text})"
    return text, None


def _run_counted(
    fn: Fn,
    node: ir.For,
    begin: Num,
    last: Num,
    by: int,
    names: tuple[str, str, str],
    body: list[Node],
    cost: int,
) -> None:
    counter, now, start = names
    at = address(fn, node.place)
    text, count = _turns(begin, last, by)
    _put(fn, at, node, begin)
    turns = fn.name(text)
    charge(fn, turns, node)
    if count == 0:
        return
    step = "" if by == 1 else f", {by}"
    cost += LOOP_TURN
    if count is not None and count * cost <= STRAIGHT_FUEL:
        final = begin.lo + count * by
        with fn.into([]) as after:
            _put(fn, at, node, Num(str(final), final, final))
        fn.put(Turns(f"for {counter} in range({begin.lo}, {final}{step}):", body, count, after))
        return
    word = fn.module.words(1)
    fn.emit(f"K[{word}] = {turns}")
    with fn.into([]) as chunk:
        share = Chunk(str(word), now, cost)
        fn.put(share)
        held = load_at(fn, at, node.place.type)
        fn.emit(f"{start} = {_as_small(fn, held, begin, last)}")
        past = f"({start} + {now})" if by == 1 else f"({start} + {now} * {by})"
        with fn.into([]) as after:
            _put(fn, at, node, Num(past, -SMALL_MAX, SMALL_MAX))
        fn.put(Turns(f"for {counter} in range({start}, {past}{step}):", body, 0, after, share))
    fn.put(Loop(chunk))


def _as_small(fn: Fn, held: Value, begin: Num, last: Num) -> str:
    if isinstance(held, Num):
        return held.text
    assert isinstance(held, Wide)
    is_short = min(begin.lo, last.lo) >= 0 and max(begin.hi, last.hi) <= 65535
    return held.lo if is_short else f"({held.hi} << 16 | {held.lo})"


# ---- counted in memory ----


def _in_memory(fn: Fn, node: ir.For, start: Value, end: Value, step: Value) -> None:
    """The general way: the variable is read, stepped and compared in memory, whatever the body does to it."""
    type_, limits = node.place.type, whole(node.place.type)
    near = _near(fn, start, node.start)
    is_changed = fn.module.may_change(node.body, node.place)
    is_short = isinstance(step, Num) and is_literal(step) and abs(step.lo) < _NEAR and limits.bits <= 32
    if near is not None and is_short:
        assert isinstance(step, Num)
        begin = Num(fn.name(near.text), near.lo, near.hi)
        last = _end(fn, node, end)
        at = _fixed(fn, address(fn, node.place))
        _put(fn, at, node, begin)
        turns = fn.name(_turns(begin, last, step.lo)[0])
        kept: Value = Num(fn.kept(last.text), last.lo, last.hi) if is_changed else last
        _loop(fn, node, at, turns, _Stepping(step, kept, is_changed, str(int(step.lo < 0))))
        return
    begin, last, by = _as_longs(fn, node, (start, end, step))
    fn.rest()
    if not (isinstance(step, Num) and is_literal(step)):
        test = f"not (H[{by}] or H[{plus(by, 1)}] or H[{plus(by, 2)}] or H[{plus(by, 3)}])"
        fn.check(test, FaultKind.DOMAIN, node.step.span)
    at = _fixed(fn, address(fn, node.place))
    store(fn, at, type_, _from_long(fn, begin, type_))
    # an unsigned step is never negative; a signed one may go down in an unsigned type
    is_signed = whole(node.step.type).is_signed
    down = f"(1 if {fn.target.signed(plus(by, 3))} < 0 else 0)" if is_signed else "0"
    counted = fn.scratch(66) // 2
    fn.rest()
    support.do(fn, "trips_begin", counted, begin, last, by, int(limits.is_signed), down)
    fn.put(Pause())
    support.do(fn, "div64_begin", counted, counted + 24, counted + 28, 0)
    support.in_steps(fn, "div64_step", counted)
    turns = support.ask(fn, "trips_end", counted)
    _loop(
        fn,
        node,
        at,
        turns,
        _Stepping(_from_long(fn, by, type_), _from_long(fn, last, type_), is_changed, down),
    )


def _as_longs(fn: Fn, node: ir.For, values: tuple[Value, Value, Value]) -> list[str]:
    """The words of memory with copies of start, end and step."""
    words = []
    for one, expr in zip(values, (node.start, node.end, node.step), strict=True):
        at = long.in_memory(fn, one, whole(expr.type))
        words.append(str(fn.scratch(8) // 2))
        long.copy(fn, words[-1], at)
    return words


def _fixed(fn: Fn, at: At) -> At:
    """A place that stays where it is while the loop runs."""
    return At(0, ((fn.kept(at.byte), 1),)) if at.terms and at.terms != (("s", 1),) else at


class _Stepping(NamedTuple):
    """What ends a turn: `down` is text that says whether the step is below 0."""

    step: Value
    end: Value
    is_changed: bool
    down: str


def _loop(fn: Fn, node: ir.For, at: At, turns: str, stepping: _Stepping) -> None:
    charge(fn, turns, node)
    word = fn.module.words(1)
    fn.emit(f"K[{word}] = {turns}")

    def next_value() -> None:
        with fn.statement():
            _step(fn, node, at, stepping)

    def next_turn() -> None:
        next_value()
        fn.emit("continue")

    with fn.into([]) as body:
        fn.put(Pause())
        fn.put(If(f"K[{word}] == 0", [Line("break")]))
        fn.emit(f"K[{word}] -= 1")
        turn(fn, node.body, next_turn)
        next_value()
    fn.put(Loop(body))


def _from_long(fn: Fn, word: str, type_: object) -> Value:
    from sortyard.plc.mpy.convert import resized
    from sortyard.plc.types import LINT

    return resized(fn, LINT, type_, Long(word), None)  # pyright: ignore[reportArgumentType]


def _step(fn: Fn, node: ir.For, at: At, stepping: _Stepping) -> None:
    """Add the step to the variable; leave the loop where it is past the end."""
    type_, limits = node.place.type, whole(node.place.type)
    held, step = load_at(fn, at, type_), stepping.step
    if limits.bits == 64:
        assert isinstance(held, Long)
        assert isinstance(step, Long)
        support.do(fn, "add64", held.at, held.at, step.at)
    elif limits.bits == 32:
        store(fn, at, type_, wide.add(fn, held, step))
    else:
        total = arithmetic("PLUS", as_num(fn, held), as_num(fn, step))
        assert total is not None
        store(fn, at, type_, total)
    if not stepping.is_changed:
        return
    stepped = load_at(fn, at, type_)
    above = compare_values(fn, "GT", type_, stepped, stepping.end).text
    below = compare_values(fn, "LT", type_, stepped, stepping.end).text
    test = {"0": above, "1": below}.get(stepping.down, f"({below} if {stepping.down} else {above})")
    fn.put(If(test, [Line("break")]))


__all__ = ["for_loop", "value"]
