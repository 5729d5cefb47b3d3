"""From a project of declarations to typed operations for every unit that is used.

Also here: what can only be seen over all units. Recursion is an error, so that every unit's variables of one call have
one fixed place and the depth of calls is known; unused variables are warnings.
"""

from sortyard.plc import ir
from sortyard.plc.block_tasks import block_of
from sortyard.plc.image import Instance
from sortyard.plc.layout import has_places, has_retained, place_locals
from sortyard.plc.lower_start import start_locals, start_of, start_of_project
from sortyard.plc.lower_stmt import StatementLowerer
from sortyard.plc.symbols import Pou, Project, Variable
from sortyard.plc.types import BOOL, BlockType, aligned, kind_of

MAX_CALLS = 60
"""Calls inside of each other: the stacks of all back ends have room for that."""
IMPLICIT = ("FB_INIT", "FB_REINIT", "FB_EXIT")
"""Methods that vendors call; nobody looks at their results."""


def lower_all(project: Project, instances: list[Instance]) -> list[Pou]:
    """Lower all of the user's units, what starts them and what they call; callees stand before their callers.

    Sets `body` of each and places its variables that live for one call.
    """
    _fold_constants(project)
    project.start = start_of_project(project, instances)
    found: dict[Pou, None] = {}
    todo = [
        unit
        for pou in project.pous.values()
        if not pou.is_library and pou.kind != "INTERFACE"
        for unit in (pou, *pou.methods.values())
    ]
    todo += [unit for variable, only in project.passed.items() for unit in (only, block_of(variable))]
    todo += [start for start in (project.start, *map(_start, project.pous.values())) if start is not None]
    while todo:
        pou = todo.pop()
        if pou in found:
            continue
        found[pou] = None
        project.declare(pou)
        if pou.body is None:
            _lower(pou)
        todo += pou.calls
    assert not project.library_sink.has_errors, [d.render() for d in project.library_sink.items]
    order = _without_recursion(project, list(found))
    _bound_depth(project, order)
    place_work(order)
    if not project.sink.has_errors:
        _note_calls_through_parameters(project)
        _warn_unused(project)
    return order


def _start(pou: Pou) -> Pou | None:
    """What starts the variables of a unit of the user's, also of one that nothing has an instance of."""
    return None if pou.is_library or pou.type is None else start_of(pou)


def needed_by(project: Project, pous: list[Pou], instances: list[Instance]) -> list[Pou]:
    """Those that run when the instances do, what starts their variables included: of a library that is named whole, no
    back end carries what the program leaves alone. All of them where nothing runs.
    """
    if not instances:
        return pous
    todo = [instance.pou for instance in instances]
    todo += [unit for variable, only in project.passed.items() for unit in (only, block_of(variable))]
    return _closed(pous, todo + ([project.start] if project.start is not None else []))


def run_by_tasks(project: Project, pous: list[Pou], instances: list[Instance]) -> list[Pou]:
    """Those of `pous` that are not only there to start variables before the first scan, FB_Init and its like among
    them."""
    if not instances:
        starts = {pou.start for pou in project.pous.values()} | {project.start}
        implicit = () if project.is_strict else IMPLICIT
        todo = [p for p in pous if not p.is_library and p not in starts and p.key not in implicit]
    else:
        todo = [instance.pou for instance in instances]
    return _closed(pous, [*todo, *(block_of(variable) for variable in project.passed)])


def _closed(pous: list[Pou], todo: list[Pou]) -> list[Pou]:
    """Those of `pous` that are among `todo` or called by one, in their order."""
    needed: set[Pou] = set()
    while todo:
        pou = todo.pop()
        if pou not in needed:
            needed.add(pou)
            todo += pou.calls
    return [pou for pou in pous if pou in needed]


def place_work(order: list[Pou]) -> None:
    """Give the units' variables that live for one call their places, one unit behind the other."""
    offset = 0
    for pou in order:
        place_locals(pou)
        pou.work_offset = aligned(offset, 8)
        offset = pou.work_offset + pou.work_size


def lower_callees(project: Project, root: Pou) -> list[Pou]:
    """A unit of the library and all that it calls, callees first, lowered. None of them calls itself."""
    order: list[Pou] = []
    seen: set[Pou] = set()
    stack = [(root, False)]
    while stack:
        pou, is_done = stack.pop()
        if is_done:
            order.append(pou)
        elif pou not in seen:
            seen.add(pou)
            project.declare(pou)
            if pou.body is None:
                _lower(pou)
            stack.append((pou, True))
            stack += [(callee, False) for callee in pou.calls]
    return order


def _fold_constants(project: Project) -> None:
    """The value of each constant of the user's, also of those that nothing reads: what is wrong with it is told."""
    own = [v for pou in project.pous.values() if not pou.is_library for v in pou.variables.values()]
    for variable in [*project.globals.values(), *own]:
        if "__" in variable.name:
            continue  # the library's own
        if variable.storage == "none" and variable.scope is not None:
            was_read = variable.is_read
            StatementLowerer(variable.scope).constant_of(variable, variable.span)
            variable.is_read = was_read


def _lower(pou: Pou) -> None:
    lowerer = StatementLowerer(pou.scope)
    body = lowerer.body(pou.decl.body)
    lowerer.warn_timers()
    edges = [v for v in pou.variables.values() if v.edge_found is not None]
    first = [statement for v in edges for statement in _find_edge(lowerer, v)]
    pou.body = [*start_locals(pou, lowerer), *first, *body]
    for variable in pou.work:
        if not variable.by_reference and (has_retained(variable.type) or has_places(variable.type)):
            what = "retains values" if has_retained(variable.type) else "has places at addresses"
            lowerer.sink.tell(
                "SY1206",
                variable.span,
                f"{variable.type} {what}, {variable.name} does not live long",
                "use VAR of a block or program",
            )


def _find_edge(lowerer: StatementLowerer, variable: Variable) -> list[ir.Stmt]:
    """`found := in AND NOT was; was := in;` for R_EDGE, `found := NOT in AND was; was := in;` for F_EDGE."""
    assert variable.edge_found is not None
    assert variable.edge_was is not None
    span = variable.span
    found, was, given = (
        lowerer.variable_place(v, span) for v in (variable.edge_found, variable.edge_was, variable)
    )
    now, before = ir.Load(BOOL, span, given), ir.Load(BOOL, span, was)
    pair: tuple[ir.Expr, ir.Expr] = (now, ir.Complement(BOOL, span, before))
    if variable.edge == "F_EDGE":
        pair = (ir.Complement(BOOL, span, now), before)
    return [
        ir.Store(span, found, ir.Binary(BOOL, span, "AND", *pair)),
        ir.Store(span, was, ir.Load(BOOL, span, given)),
    ]


def _without_recursion(project: Project, pous: list[Pou]) -> list[Pou]:
    """Callees first; told for each unit that calls itself, over others too. Without Python's own recursion."""
    order: list[Pou] = []
    state: dict[Pou, int] = {}
    for root in pous:
        stack = [(root, iter(root.calls.items()))]
        if state.setdefault(root, 1) == 2:
            continue
        while stack:
            pou, calls = stack[-1]
            step = next(calls, None)
            if step is None:
                state[pou] = 2
                order.append(pou)
                stack.pop()
                continue
            callee, span = step
            if callee not in state:
                state[callee] = 1
                stack.append((callee, iter(callee.calls.items())))
            elif state[callee] == 1:
                path = [p.name for p, _ in stack]
                way = " -> ".join([*path[path.index(callee.name) :], callee.name])
                project.sink.tell("SY1412", span, f"{callee.name} calls itself: {way}", "use a loop")
    return order


def _bound_depth(project: Project, order: list[Pou]) -> None:
    """Told once for each chain of calls that is longer than a stack has room for; callees stand first."""
    depths: dict[Pou, int] = {}
    for pou in order:
        depths[pou] = 1 + max((depths.get(callee, 0) for callee in pou.calls), default=0)
        if depths[pou] != MAX_CALLS + 1:
            continue
        callee, span = next((one, at) for one, at in pou.calls.items() if depths.get(one) == MAX_CALLS)
        project.sink.tell(
            "SY1413",
            span,
            f"calls are nested more than {MAX_CALLS} deep from {pou.name} over {callee.name} on",
            "let fewer functions call each other",
        )


_OWN = ("VAR", "VAR_TEMP", "VAR_STAT", "VAR_INST")


def _note_calls_through_parameters(project: Project) -> None:
    """A block is called, too, where it is lent to a unit that calls it, or lends it on to one."""
    lenders: dict[Variable, list[Variable]] = {}
    for variable, parameter in project.lent:
        lenders.setdefault(parameter, []).append(variable)
    called = [parameter for parameter in lenders if parameter.is_called]
    for parameter in called:
        for variable in lenders.get(parameter, []):
            if not variable.is_called:
                variable.is_called = True
                called.append(variable)


def _warn_unused(project: Project) -> None:
    for pou in [unit for owner in project.pous.values() for unit in (owner, *owner.methods.values())]:
        if pou.is_library or pou.body is None:
            continue
        for variable in pou.variables.values():
            if variable.section in _OWN and variable.address is None:
                _warn_variable(project, variable)
            elif (
                variable.section in ("RESULT", "VAR_OUTPUT")
                and not _is_promise(pou)
                and pou.key not in IMPLICIT
            ):
                _warn_without_value(project, pou, variable)
    for name, variable in project.globals.items():
        if name not in project.given and variable.address is None and not variable.is_constant:
            _warn_variable(project, variable)


def _is_promise(pou: Pou) -> bool:
    """True for a method that others write, and for a unit whose heirs may give its outputs their values."""
    return (
        "ABSTRACT" in pou.decl.modifiers
        or bool(pou.heirs)
        or (pou.owner is not None and (pou.owner.kind == "INTERFACE" or bool(pou.owner.heirs)))
    )


def _warn_without_value(project: Project, pou: Pou, variable: Variable) -> None:
    """An output or result that nothing gives a value."""
    is_scalar = kind_of(variable.type) not in ("block", "struct", "array")
    if is_scalar and not variable.is_written and variable.init is None and variable.scope is pou.scope:
        what = "result" if variable.section == "RESULT" else "output"
        message = f"the {what} {variable.name} never gets a value"
        project.sink.tell("SY2111", variable.span, message, f"write {variable.name} := ...;")


def _warn_variable(project: Project, variable: Variable) -> None:
    name, tell = variable.name, project.sink.tell
    kind = kind_of(variable.type)
    if not variable.is_read and not variable.is_written:
        tell("SY2110", variable.span, f"{name} is not used", "remove it")
    elif isinstance(variable.type, BlockType) and variable.type.pou.kind == "CLASS":
        return
    elif kind == "block" and not variable.is_called:
        tell("SY2112", variable.span, f"{name} is never called", f"write {name}(...)")
    elif kind in ("block", "struct", "array") or variable.is_written or variable.is_constant:
        return
    elif variable.init is None:
        tell("SY2111", variable.span, f"{name} is read but never written", "assign it, or make it CONSTANT")
