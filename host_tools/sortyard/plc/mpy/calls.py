"""Calls of units: arguments, budget, the callee's variables that live for one call, the call itself, outputs."""

from collections.abc import Callable

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import If
from sortyard.plc.mpy.places import At, address, bounds, is_open, variable_at
from sortyard.plc.mpy.stores import store
from sortyard.plc.mpy.truth import as_bit
from sortyard.plc.mpy.unit import invoke
from sortyard.plc.mpy.values import Num, Truth, Value
from sortyard.plc.operators import default_of
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import UDINT, ArrayType, BlockType, StructType


def call(fn: Fn, expr: ir.Call, dispatch: ir.Dispatch | None = None) -> Value:
    """Run a unit, with `dispatch` the one that the object has; the value is its result."""
    if expr.enable is None:
        result = _call(fn, expr, dispatch)
        if expr.enable_out is None:
            return result
        held = fn.hold(result, fn.has_stop(expr.enable_out))
        _enable_out(fn, expr.enable_out, Truth("1", True))
        return held
    return _enabled_call(fn, expr, expr.enable, dispatch)


def _enabled_call(fn: Fn, expr: ir.Call, enable: ir.Expr, dispatch: ir.Dispatch | None) -> Value:
    from sortyard.plc.mpy.expressions import constant, load_at, value

    flag = fn.module.byte_scratch(fn)
    fn.emit(f"B[{flag}] = {as_bit(fn, value(fn, enable))}")
    has_result = expr.pou.result is not None
    kept = At(fn.scratch(expr.type.size))
    if has_result:
        is_group = isinstance(expr.type, (ArrayType, StructType, BlockType))
        nothing = bytes(expr.type.size) if is_group else default_of(expr.type)
        store(fn, kept, expr.type, constant(fn, expr.type, nothing))
    with fn.into([]) as then:
        result = _call(fn, expr, dispatch)
        if has_result:
            store(fn, kept, expr.type, result)
    fn.put(If(f"B[{flag}]", then))
    if expr.enable_out is not None:
        _enable_out(fn, expr.enable_out, Truth(f"B[{flag}]", True))
    return load_at(fn, kept, expr.type) if has_result else Num("0", 0, 0)


def _enable_out(fn: Fn, statement: ir.Stmt, enabled: Value) -> None:
    from sortyard.plc.mpy.statements import statement as run

    before = fn.results.get("EN")
    fn.results["EN"] = enabled
    run(fn, statement)
    if before is not None:
        fn.results["EN"] = before


def _call(fn: Fn, expr: ir.Call, dispatch: ir.Dispatch | None) -> Value:
    instance = At(0) if expr.instance is None else address(fn, expr.instance)
    instance = _kept_instance(fn, expr, instance, dispatch)
    number = _type_number(fn, dispatch) if dispatch is not None else ""
    places = [place for _, place in expr.references]
    inputs = _inputs(fn, expr, [value for _, value in expr.inputs], places)
    references = [
        (variable, _reference(fn, place, places[i + 1 :]), place)
        for i, (variable, place) in enumerate(expr.references)
    ]
    charge(fn, "1", expr)
    if fn.gives_much(expr):
        references = [(variable, fn.kept(at), place) for variable, at, place in references]
    if dispatch is not None:
        return _dispatched(fn, dispatch, number, instance, inputs, references)
    _give(fn, expr, expr.pou, instance, inputs, references)
    _invoke(fn, expr, expr.pou, instance)
    return _results(fn, expr, instance)


def _kept_instance(fn: Fn, expr: ir.Call, instance: At, dispatch: ir.Dispatch | None) -> At:
    """The instance's place as text that lasts as long as the call needs it."""
    if not instance.terms:
        return instance
    later = [value for _, value in expr.inputs], [place for _, place in expr.references]
    stops_later = fn.has_stop(*later[0], *later[1]) or fn.gives_much(expr)
    is_cut_off = expr.outputs and fn.module.is_long(expr.pou)
    if instance.terms == (("s", 1),):
        return instance
    if stops_later or dispatch is not None or is_cut_off:
        return At(0, ((fn.kept(instance.byte), 1),))
    return At(0, ((fn.name(instance.byte), 1),))


def _type_number(fn: Fn, dispatch: ir.Dispatch) -> str:
    """A word with the number of the object's type, checked to be one that has the method."""
    from sortyard.plc.mpy.expressions import value
    from sortyard.plc.mpy.wide import halves

    high, low = halves(fn, value(fn, dispatch.type_id))
    word = fn.word(f"({low} & 65535)")
    known = " or ".join(f"{word} == {number}" for number in dispatch.targets)
    fn.check(f"{high} or not ({known})", FaultKind.BAD_REFERENCE, dispatch.span)
    return word


def _give(
    fn: Fn,
    expr: ir.Call,
    pou: Pou,
    instance: At,
    inputs: list[Value],
    references: list[tuple[Variable, str, ir.Place]],
) -> None:
    """Store the arguments, and the initial values of the others. `pou` is what is really called."""
    _initial_parameters(fn, expr, pou)
    for (variable, _), value in zip(expr.inputs, inputs, strict=True):
        own = _own(pou, variable)
        store(fn, variable_at(fn, own, pou, instance), variable.type, value)
        if fn.gives_much(expr):
            fn.rest()
    for variable, at, place in references:
        _bind(fn, variable_at(fn, _own(pou, variable), pou, instance), at, place, variable)


def _own(pou: Pou, variable: Variable) -> Variable:
    """What a variable of the declared unit is in the one that is called."""
    return pou.variables[variable.name.upper()]


def _dispatched(
    fn: Fn,
    dispatch: ir.Dispatch,
    number: str,
    instance: At,
    inputs: list[Value],
    references: list[tuple[Variable, str, ir.Place]],
) -> Value:
    """One of several units; what it yields is copied to one place."""
    from sortyard.plc.mpy.expressions import load_at

    expr = dispatch.call
    wanted = [variable for variable, _ in expr.outputs]
    if expr.pou.result is not None:
        wanted.append(expr.pou.result)
    kept = {variable: At(fn.scratch(variable.type.size)) for variable in wanted}
    for pou in dict.fromkeys(dispatch.targets.values()):
        with fn.into([]) as body:
            _give(fn, expr, pou, instance, inputs, references)
            _invoke(fn, expr, pou, instance)
            for variable, at in kept.items():
                own = pou.result if variable is expr.pou.result else _own(pou, variable)
                assert own is not None
                store(fn, at, variable.type, load_at(fn, variable_at(fn, own, pou, instance), own.type))
        numbers = [known for known, target in dispatch.targets.items() if target is pou]
        fn.put(If(" or ".join(f"{number} == {known}" for known in numbers), body))
    return _outputs(fn, expr, lambda variable: load_at(fn, kept[variable], variable.type))


def _inputs(fn: Fn, expr: ir.Call, written: list[ir.Expr], places: list[ir.Place]) -> list[Value]:
    """Values of the arguments, each older than all stores."""
    from sortyard.plc.mpy.expressions import value

    values = []
    for i, one in enumerate(written):
        found = value(fn, one)
        later = [*written[i + 1 :], *places]
        if fn.has_call(*later) or fn.has_stop(*later):
            found = fn.older(found, *later)
        elif fn.has_call(one) or (i and not fn.module.is_apart(one, expr)):
            found = fn.hold(found)
        if fn.gives_much(expr):
            found = fn.steady(found)
            fn.rest()
        values.append(found)
    return values


def _reference(fn: Fn, place: ir.Place, later: list[ir.Place]) -> str:
    text = address(fn, place).byte
    return fn.kept(text, fn.has_stop(*later)) if "[" in text or later else fn.name(text)


def charge(fn: Fn, count: str, node: ir.Expr | ir.Stmt) -> None:
    """Take from the budget; a fault if less is left."""
    left = fn.temp()
    fn.emit(f"{left} = K[0] - {count}")
    fn.check(f"{left} < 0", FaultKind.BUDGET, node.span)
    fn.emit(f"K[0] = {left}")


def _initial_parameters(fn: Fn, expr: ir.Call, pou: Pou) -> None:
    """The initial values of parameters that live for one call and are not given; the callee sees to its others."""
    given = {id(_own(pou, variable)) for variable, _ in [*expr.inputs, *expr.references]}
    for variable in pou.work:
        if id(variable) not in given and variable.section in ("VAR_INPUT", "VAR_IN_OUT"):
            initial(fn, variable, pou)


def initial(fn: Fn, variable: Variable, pou: Pou) -> None:
    """Give a variable that lives for one call what it starts with."""
    work, frame = fn.module.compiled.templates[pou]
    content = frame if variable.storage == "frame" else work
    from sortyard.plc.layout import slot_of

    size, _ = slot_of(variable)
    at = variable_at(fn, variable, pou, At(0))
    fn.module.put(fn, at.const, content[variable.offset : variable.offset + size])


def _bind(fn: Fn, slot: At, at: str, place: ir.Place, variable: Variable) -> None:
    """Store a reference, and the bounds for an open array."""
    store(fn, slot, UDINT, Num(at, 0, fn.module.memory_size))
    if not (isinstance(variable.type, ArrayType) and variable.type.is_open):
        return
    assert isinstance(place.type, ArrayType)
    given = ir.Indexing(place.type, [], place.span, place.is_open if is_open(place) else None)
    for dimension in range(len(place.type.bounds)):
        for end, text in enumerate(bounds(fn, given, dimension)):
            number = Num(
                str(text),
                text if isinstance(text, int) else -(1 << 28),
                text if isinstance(text, int) else 1 << 28,
            )
            store(fn, slot.plus(4 + 8 * dimension + 4 * end), UDINT, number)


def _invoke(fn: Fn, expr: ir.Call, pou: Pou, instance: At) -> None:
    unit = fn.module.units[pou]
    # users know no place in the library: a fault there is one of the call
    is_hidden = pou.is_library and unit.can_fail and not (fn.pou is not None and fn.pou.is_library)
    place = fn.module.place(expr.span) if is_hidden else 0
    argument = "" if unit.is_fixed else instance.byte
    if fn.module.rests_before(pou):
        fn.rest()
    invoke(fn, unit, argument, place)
    if fn.module.is_long(pou):
        fn.rest()


def _results(fn: Fn, expr: ir.Call, instance: At) -> Value:
    from sortyard.plc.mpy.expressions import load_at

    pou = expr.pou
    return _outputs(
        fn,
        expr,
        lambda variable: load_at(fn, variable_at(fn, variable, pou, instance), variable.type),
    )


def _outputs(fn: Fn, expr: ir.Call, read: Callable[[Variable], Value]) -> Value:
    """Read the result and the outputs, then store the outputs."""
    from sortyard.plc.mpy.statements import statement as run

    pou = expr.pou
    result: Value = Num("0", 0, 0) if pou.result is None else read(pou.result)
    if not expr.outputs:
        return result
    rests = fn.module.is_long(pou)
    stops = rests or fn.has_stop(*[statement for _, statement in expr.outputs])
    if pou.result is not None:
        result = fn.hold(result, stops)
    before = dict(fn.results)
    for variable, _ in expr.outputs:
        only = len(expr.outputs) == 1 and not fn.has_call(expr.outputs[0][1])
        fn.results[variable] = read(variable) if only else fn.hold(read(variable), stops)
    for _, statement in expr.outputs:
        if rests:
            fn.rest()
        run(fn, statement)
    if rests:
        fn.rest()
    fn.results = before
    return result
