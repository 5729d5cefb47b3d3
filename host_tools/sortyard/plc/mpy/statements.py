"""Statements."""

from functools import partial
from typing import Any

from sortyard.plc import ir
from sortyard.plc.mpy import wide
from sortyard.plc.mpy.branches import Way, choose, is_long
from sortyard.plc.mpy.calls import charge
from sortyard.plc.mpy.expressions import constant, is_ordinary, load_at, value
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import If, Line, Loop, Mark, Node, Pause
from sortyard.plc.mpy.places import address
from sortyard.plc.mpy.small import clean
from sortyard.plc.mpy.stores import copy_scalar, store, store_part
from sortyard.plc.mpy.truth import as_bit, as_condition, compare_values
from sortyard.plc.mpy.values import Long, Num, Truth, Unsupported, Value, Wide, shape_of, whole


def block(fn: Fn, body: list[ir.Stmt]) -> None:
    """Statements one after another, with marks where the slice may end."""
    for one in body:
        fn.put(Mark())
        statement(fn, one)


def inner(fn: Fn, body: list[ir.Stmt]) -> list[Node]:
    """The statements of a branch or a turn."""
    with fn.into([]) as nodes:
        block(fn, body)
    return nodes


def statement(fn: Fn, node: ir.Stmt) -> None:
    """Write one statement."""
    try:
        _statement(fn, node)
    except Unsupported as problem:
        fn.module.refuse(problem, node.span)


def _statement(fn: Fn, node: ir.Stmt) -> None:
    with fn.statement():
        match node:
            case ir.Store():
                _store(fn, node)
            case ir.StorePart():
                _store_part(fn, node)
            case ir.Evaluate():
                value(fn, node.value)
            case ir.If():
                _if(fn, node.branches, node.otherwise)
            case ir.Case():
                _case(fn, node)
            case ir.While():
                _while(fn, node)
            case ir.Repeat():
                _repeat(fn, node)
            case ir.For():
                from sortyard.plc.mpy.counting import for_loop

                for_loop(fn, node)
            case ir.Jump():
                _jump(fn, node)
            case ir.Fault():
                for line in fn.fail(node.kind, node.span, node.detail):
                    fn.put(line)
            case _:
                raise Unsupported(f"{type(node).__name__} cannot be compiled for MicroPython")


def _is_simple(place: ir.Place) -> bool:
    """True if finding the place needs no statement."""
    return place.base != "pointer" and not place.indexings


def _indices(place: ir.Place) -> list[ir.Expr]:
    exprs = [index for indexing in place.indexings for index in indexing.indices]
    return exprs if place.pointer is None else [place.pointer, *exprs]


def _store(fn: Fn, node: ir.Store) -> None:
    place, written = node.place, node.value
    if (
        isinstance(written, ir.Load)
        and not fn.has_call(written, *_indices(place))
        and not fn.has_stop(written, *_indices(place))
        and _copy(fn, place, written)
    ):
        return
    if _is_simple(place):
        at = address(fn, place)
        into = at.word() if shape_of(place.type) == "long" and not at.is_loose else None
        store(fn, at, place.type, value(fn, written, into))
        return
    found = fn.older(value(fn, written), *_indices(place))
    store(fn, address(fn, place), place.type, found)


def _copy(fn: Fn, place: ir.Place, load: ir.Load) -> bool:
    """Copy 4 or 8 bytes without computing with them."""
    from sortyard.plc.mpy.expressions import place_key

    if shape_of(place.type) not in ("wide", "long") or fn.known.get(place_key(load.place)) is not None:
        return False
    source = address(fn, load.place)
    target = address(fn, place)
    if copy_scalar(fn, target, source, place.type):
        return True
    store(fn, target, place.type, load_at(fn, source, load.type, is_ordinary(fn, load.place)))
    return True


def _store_part(fn: Fn, node: ir.StorePart) -> None:
    found = fn.older(value(fn, node.value), *_indices(node.place))
    store_part(fn, node, address(fn, node.place), found)


# ---- branches ----


def _if(fn: Fn, branches: list[tuple[ir.Expr, list[ir.Stmt]]], otherwise: list[ir.Stmt]) -> None:
    def condition(expr: ir.Expr) -> str:
        fn.rest()
        return as_condition(value(fn, expr))

    ways: list[Way] = []
    for expr, body in branches:
        if isinstance(expr, ir.Const):
            if expr.value:
                otherwise = body
                break
            continue
        ways.append(Way(partial(condition, expr), body))
    choose(fn, ways, otherwise)


def _case(fn: Fn, node: ir.Case) -> None:
    type_ = node.selector.type
    selector = value(fn, node.selector)
    if isinstance(selector, Truth):
        selector = Truth(fn.name(as_bit(fn, selector)), True)
    elif isinstance(selector, Num):
        limits = whole(type_)
        number = clean(selector, limits) if limits.bits < 32 else wide.settled(fn, selector, limits)
        selector = (
            Num(fn.name(number.text), number.lo, number.hi) if isinstance(number, Num) else fn.hold(number)
        )
    elif isinstance(selector, Wide):
        selector = fn.hold(wide.settled(fn, selector, whole(type_)))
    if isinstance(selector, Long) or is_long(node.branches):
        selector = fn.lasting(selector)

    def among(ranges: list[tuple[Any, Any]]) -> str:
        if isinstance(selector, Long) and ranges:
            return _found_in_steps(fn, selector, node.selector, ranges)
        tests = [_within(fn, selector, node.selector, lower, upper) for lower, upper in ranges]
        return " or ".join(tests) or "0"

    choose(fn, [Way(partial(among, ranges), body) for ranges, body in node.branches], node.otherwise)


def _found_in_steps(fn: Fn, selector: Value, expr: ir.Expr, ranges: list[tuple[Any, Any]]) -> str:
    """Whether one of the ranges has the selector; each takes a while, so the slice may end before each."""
    fn.rest()
    first, *others = ranges
    test = _within(fn, selector, expr, *first)
    if not others:
        return test
    found = fn.word(f"(1 if {test} else 0)")
    for lower, upper in others:
        fn.rest()
        with fn.into([]) as further:
            test = _within(fn, selector, expr, lower, upper)
            further.append(Line(f"{found} = (1 if {test} else 0)"))
        fn.put(If(f"{found} == 0", further))
    return found


def _within(fn: Fn, selector: Value, expr: ir.Expr, lower: Any, upper: Any) -> str:
    type_ = expr.type
    ends = [constant(fn, type_, end) for end in (lower, upper)]
    if lower == upper:
        return compare_values(fn, "EQ", type_, selector, ends[0]).text
    tests = [
        compare_values(fn, op, type_, selector, end).text for op, end in zip(("GE", "LE"), ends, strict=True)
    ]
    return f"({tests[0]} and {tests[1]})"


# ---- loops ----


def _while(fn: Fn, node: ir.While) -> None:
    with fn.into([]) as body:
        fn.put(Pause())
        fn.put(If(negated(as_condition(value(fn, node.condition))), [Line("break")]))
        charge(fn, "1", node)
        turn(fn, node.body, lambda: fn.emit("continue"))
    fn.put(Loop(body))


def _repeat(fn: Fn, node: ir.Repeat) -> None:
    def until() -> None:
        fn.put(If(as_condition(value(fn, node.until)), [Line("break")]))

    def next_turn() -> None:
        until()
        fn.emit("continue")

    with fn.into([]) as body:
        fn.put(Pause())
        charge(fn, "1", node)
        turn(fn, node.body, next_turn)
        until()
    fn.put(Loop(body))


def turn(fn: Fn, body: list[ir.Stmt], next_turn: Any) -> None:
    """The statements of one turn; `next_turn` writes what CONTINUE does."""
    fn.turn_ends.append(next_turn)
    block(fn, body)
    fn.turn_ends.pop()


def negated(test: str) -> str:
    return f"not {test}"


def _jump(fn: Fn, node: ir.Jump) -> None:
    match node.kind:
        case "RETURN":
            fn.emit("return 0")
        case "EXIT":
            fn.emit("break")
        case _:
            fn.turn_ends[-1]()
