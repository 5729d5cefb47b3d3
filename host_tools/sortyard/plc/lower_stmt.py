"""Statements: conditions that are BOOL, values of their targets' types, labels that are constants."""

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.budget import trip_count
from sortyard.plc.case_labels import CaseLabels
from sortyard.plc.faults import FaultKind
from sortyard.plc.hints import OF_A_LINE
from sortyard.plc.layout import has_places, has_retained
from sortyard.plc.lower_actions import spread
from sortyard.plc.lower_bytes import store_swapped
from sortyard.plc.lower_convert import is_unknown, settle, unknown
from sortyard.plc.lower_objects import ObjectLowerer
from sortyard.plc.lower_order import is_whole_in_order, whole_in_order
from sortyard.plc.lower_places import Part, enum_of, mark, path_of, refer
from sortyard.plc.lower_query import attempt
from sortyard.plc.lower_tests import ASSERTIONS, lower_assertion
from sortyard.plc.lower_vendor import is_refused
from sortyard.plc.reached import ends
from sortyard.plc.source import Span
from sortyard.plc.symbols import Scope, Variable
from sortyard.plc.types import (
    BOOL,
    UNKNOWN,
    VOID,
    ArrayType,
    BlockType,
    RefType,
    StringType,
    StructType,
    Type,
    kind_of,
    plain,
)

_LATCHES = {"SETASSIGN": ("S=", 1), "RESETASSIGN": ("R=", 0)}
_TIMERS = {"TON", "TOF", "TP"}


class StatementLowerer(ObjectLowerer):
    """Lowers the body of one unit. `loops` counts the loops around the statement being lowered."""

    loops = 0
    branches = 0
    """IF and CASE branches around."""
    counters: tuple[object, ...] = ()
    """Variables that count the FOR loops around."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.timers: dict[Variable, list[tuple[Span, bool]]] = {}
        self.first: list[ir.Stmt] = []
        """What has to be done before the statement that is being lowered."""

    def body(self, statements: list[t.Statement]) -> list[ir.Stmt]:
        """The operations of a list of statements."""
        lowered: list[ir.Stmt] = []
        for node in (part for whole in statements for part in spread(self, whole)):
            if lowered and ends(lowered[-1]):
                hint = "remove it, or the jump before it"
                if not isinstance(lowered[-1], ir.Jump):
                    hint = "remove it; nothing before it goes on to here"
                self.sink.tell("SY2104", node.span, "this is never reached", hint)
            done = self.statement(node)
            lowered += self.first
            self.first.clear()
            if done is not None:
                lowered.append(done)
            if isinstance(node, t.Assign):
                lowered += self._copies(node)
        return lowered

    def statement(self, node: t.Statement) -> ir.Stmt | None:
        match node:
            case t.Assign():
                return self._assign(node)
            case t.CallStatement():
                return self._call_statement(node)
            case t.If():
                return self._if(node)
            case t.Case():
                return self._case(node)
            case t.For():
                return self._for(node)
            case t.While():
                condition = self._condition(node.condition)
                if isinstance(condition, ir.Const) and not condition.value and not is_unknown(condition):
                    self._never(node.condition.span, "this is never true", "remove the loop or the condition")
                return ir.While(node.span, condition, self._loop(node.body))
            case t.Repeat():
                body = self._loop(node.body)
                return ir.Repeat(node.span, body, self._condition(node.until))
            case t.Jump():
                if node.kind != "RETURN" and not self.loops:
                    self.sink.tell("SY1502", node.span, f"{node.kind} stands outside of a loop", "remove it")
                    return None
                return ir.Jump(node.span, node.kind)
        raise AssertionError(node)

    # ---- assignments and calls ----

    def note_call(self, place: ir.Place, span: Span) -> None:
        """Remember that the block at a place is called here, and whether it is a timer in a branch."""
        refer(place)
        if place.variable is None:
            return
        place.variable.is_called = True
        if isinstance(place.type, BlockType) and place.type.pou.name.partition("_")[0] in _TIMERS:
            self.timers.setdefault(place.variable, []).append((span, self.branches > 0))

    def warn_timers(self) -> None:
        """A timer that is called in one branch only stands still while the branch is not taken."""
        for variable, calls in self.timers.items():
            if len(calls) == 1 and calls[0][1]:
                message = f"the timer {variable.name} is called in one branch only: elsewhere it stands still"
                self.sink.tell("SY2113", calls[0][0], message, "call it before the branch, use its Q inside")

    def target(self, node: t.Expr) -> ir.Place | Part | None:
        """A place that may be written; constants and inputs are told."""
        found = self.place(node)
        place = found.place if isinstance(found, Part) else found
        if place is not None and isinstance(node, t.Member):
            self._warn_output(node)
        if place is None or place.variable is None:
            return found
        variable = place.variable
        is_own = (
            self.scope.pou is not None and self.scope.pou.variables.get(variable.name.upper()) is variable
        )
        if variable.is_constant:
            self.sink.tell(
                "SY1503", node.span, f"{variable.name} is constant", "remove CONSTANT from its VAR block"
            )
        elif variable.section == "VAR_INPUT" and variable.by_reference and is_own:
            hint = "use VAR_IN_OUT to change it"
            self.sink.tell("SY1503", node.span, f"the input {variable.name} is the caller's array", hint)
        elif variable.section == "VAR_INPUT" and is_own and self.scope.is_strict and place.base != "pointer":
            self.sink.tell(
                "SY2105", node.span, f"{variable.name} is an input of this unit", "copy it to a VAR first"
            )
        elif (variable.address or "").upper().startswith("%I"):
            message = (
                f"{variable.name} lies at {variable.address}, where each scan begins with what is read anew"
            )
            self.sink.tell("SY2105", node.span, message, "write to another variable")
        if any(variable is counter for counter in self.counters):
            self.sink.tell("SY2106", node.span, f"{variable.name} counts the loop around", "leave it to FOR")
        mark(place, written=True)
        return found

    def _warn_output(self, node: t.Member) -> None:
        """Who writes an output of another block: that block does so again, and the line those of its parts. A part that
        is no global variable stands in for a line, in a test.
        """
        path = path_of(node)
        if path is None or self.scope.variable(path.partition(".")[0]) is None:
            return
        base = self.place(node.base)
        if not isinstance(base, ir.Place) or not isinstance(base.type, BlockType):
            return
        block = base.type
        if block.pou.kind != "FUNCTION_BLOCK":
            return
        output = block.pou.variables.get(node.name.key)
        is_global = base.variable is not None and base.variable.section == "VAR_GLOBAL"
        is_stand_in = block.pou.name.upper() in OF_A_LINE and not is_global
        is_own = base.base == "self" and base.offset == 0 and block is self.scope.block
        is_test = self.scope.pou is not None and self.scope.pou.kind == "TEST"
        if output is None or output.section != "VAR_OUTPUT" or is_own or is_test or is_stand_in:
            return
        message = f"{output.name} is an output of {block}: what is written here does not last"
        self.sink.tell("SY2105", node.span, message, "write its inputs, or a variable of your own")

    def store(self, target: ir.Place | Part, value: ir.Expr, span: Span) -> ir.Stmt | None:
        """Store a value, converted to the target's type."""
        if isinstance(target, Part):
            value = self.convert.to(value, target.type)
            return (
                None
                if is_unknown(value)
                else ir.StorePart(span, target.place, target.shift, target.width, value)
            )
        name = target.variable.name if target.variable else ""
        is_open = isinstance(target.type, ArrayType) and target.type.is_open
        if is_open or (isinstance(target.type, BlockType) and not self._is_copied(target.type)):
            self.sink.tell("SY1504", span, f"{target.type} is not assigned as a whole", "assign its parts")
            return None
        value = self.convert.to(value, target.type, name)
        return None if is_unknown(value) else ir.Store(span, target, self._cut(value, target.type))

    def _is_copied(self, type_: BlockType) -> bool:
        """Vendors copy blocks; one that retains values, or has places at addresses, has them for itself alone."""
        return not self.scope.is_strict and not has_retained(type_) and not has_places(type_)

    @staticmethod
    def _cut(value: ir.Expr, type_: Type) -> ir.Expr:
        """A string that may be longer is cut explicitly."""
        if isinstance(type_, StringType) and isinstance(value.type, StringType) and value.type != type_:
            return ir.Convert(type_, value.span, value)
        return value

    def _assign(self, node: t.Assign) -> ir.Stmt | None:
        if node.op == "ATTEMPT":
            return attempt(self, node)
        if node.op == "REFASSIGN":
            return self._bind(node)
        if node.op in _LATCHES:
            return self._latch(node)
        setter = self.set_property(node)
        if setter is not None:
            return setter
        target = self.target(node.target)
        source = self.scope.variable(node.value.key) if isinstance(node.value, t.NameRef) else None
        if source is not None and source.parts and isinstance(target, ir.Place):
            kept = self._keep_any(target, source, node.span)
            if kept is not None:
                return kept
        if isinstance(target, ir.Place) and is_whole_in_order(target, node.value):
            assert isinstance(node.value, t.Call)
            return whole_in_order(self, target, node.value, node.span)
        value = self.expr(node.value, target.type if target is not None else None)
        if target is None or is_unknown(value):
            return None
        if value.type is VOID:
            self.sink.tell("SY1403", node.value.span, "this call has no value", "call it alone")
            return None
        if isinstance(target, ir.Place):
            swapped = store_swapped(target, value, node.value, node.span)
            if swapped is not None:
                return swapped
        return self.store(target, value, node.span)

    def _keep_any(self, target: ir.Place, source: Variable, span: Span) -> ir.Stmt | None:
        """`kept := x;`: what the unit sees of an input of any type, in a structure that has members for all of it."""
        members = target.type.fields if isinstance(target.type, StructType) else {}
        if set(members) != set(source.parts):
            return None
        stores: list[ir.Stmt] = []
        for name, part in source.parts.items():
            place = target.member(members[name].offset, members[name].type, span)
            stores.append(ir.Store(span, place, self.load(self.variable_place(part, span), span)))
        return ir.If(span, [(ir.Const(BOOL, span, 1), stores)], [])

    def _copies(self, node: t.Assign) -> list[ir.Stmt]:
        """`a := b := 1`: what follows once b has its value."""
        if node.also and self.scope.is_strict:
            self.sink.tell("SY1109", node.span, "':=' assigns a value", "assign to one variable at a time")
            return []
        done = []
        source = node.target
        for target in node.also:
            done.append(self._assign(t.Assign(node.span, "ASSIGN", target, source)))
            source = target
        return [one for one in done if one is not None]

    def _latch(self, node: t.Assign) -> ir.Stmt | None:
        """`x S= y`: x becomes TRUE if y is; `x R= y`: FALSE."""
        sign, value = _LATCHES[node.op]
        if self.scope.is_strict:
            hint = "write IF ... THEN, or use --dialect codesys"
            self.sink.tell("SY1307", node.span, f"{sign} is not in the standard", hint)
        target = self.target(node.target)
        condition = self._condition(node.value)
        if target is None:
            return None
        stored = self.store(target, ir.Const(BOOL, node.span, value), node.span)
        return None if stored is None else ir.If(node.span, [(condition, [stored])], [])

    def _bind(self, node: t.Assign) -> ir.Stmt | None:
        """`r REF= x`: let the reference itself lead to x."""
        reference = self.unfollowed(node.target)
        if isinstance(reference, ir.Place):
            mark(reference, written=True)
        return self.bind(reference, node.value, node.span) if isinstance(reference, ir.Place) else None

    def bind(self, reference: ir.Place, node: t.Expr, span: Span) -> ir.Stmt | None:
        """Let a reference lead to what `node` names, or where the function leads that it calls."""
        if self.is_yielded(node):
            value = self.expr(node, reference.type)
            if is_unknown(value) or value.type == reference.type:
                return None if is_unknown(value) else ir.Store(span, reference, value)
        if isinstance(node, t.Literal) and node.kind in ("int", "null") and not node.value:
            return ir.Store(span, reference, ir.Const(reference.type, span, 0))
        target = self.target(node)
        if not isinstance(target, ir.Place) or not self.may_refer_to(target, span):
            return None
        if not isinstance(reference.type, RefType) or not self.may_refer(target.type, reference.type.target):
            self.sink.tell("SY1314", span, f"{reference.type} does not refer to {target.type}", "")
            return None
        refer(target)
        return ir.Store(span, reference, ir.AddressOf(reference.type, span, target))

    def _call_statement(self, node: t.CallStatement) -> ir.Stmt | None:
        expr = node.expr
        if isinstance(expr, t.Call) and self.scope.is_library and path_of(expr.callee) == "__FAULT":
            kind, detail = (self.expr(argument.value) for argument in expr.arguments)
            assert isinstance(kind, ir.Const)
            assert isinstance(detail, ir.Const)
            return ir.Fault(node.span, FaultKind(kind.value), detail.value)
        if isinstance(expr, t.Call) and self.scope.pou is not None and self.scope.pou.kind == "TEST":
            path = path_of(expr.callee)
            if path in ASSERTIONS and self.scope.find(self.project.pous, path) is None:
                return lower_assertion(self, path, expr)
        if isinstance(expr, t.Call):
            value = self.call_statement(expr)
            return ir.Evaluate(node.span, value) if value is not None else None
        if isinstance(expr, t.NameRef) and is_refused(self.sink, expr.span, expr.key):
            return None
        if isinstance(expr, t.Binary) and expr.op == "EQ":
            self.sink.tell(
                "SY1505", node.span, "'=' compares, and the result is dropped", "did you mean ':='?"
            )
        else:
            is_break = isinstance(expr, t.NameRef) and expr.key == "BREAK"
            hint = "write EXIT" if is_break else "assign it with :="
            self.sink.tell("SY1505", node.span, "a value alone does nothing", hint)
        return None

    # ---- branches ----

    def _condition(self, node: t.Expr) -> ir.Expr:
        value = self.expr(node)
        if is_unknown(value):
            return unknown(node.span)
        if kind_of(value.type) != "bool" and not (
            isinstance(value, ir.Const) and kind_of(value.type) == "int_literal"
        ):
            hint = "compare it: x <> 0" if kind_of(value.type) in ("int", "uint", "bits", "real") else ""
            self.sink.tell("SY1316", node.span, f"a condition is BOOL; this is {settle(value).type}", hint)
            return unknown(node.span)
        return self.convert.to(value, BOOL, "the condition")

    def _branch(self, body: list[t.Statement]) -> list[ir.Stmt]:
        self.branches += 1
        lowered = self.body(body)
        self.branches -= 1
        return lowered

    def _if(self, node: t.If) -> ir.Stmt:
        branches = []
        for condition, body in node.branches:
            value = self._condition(condition)
            if isinstance(value, ir.Const) and value.type is not UNKNOWN:
                shown = "always" if value.value else "never"
                self.sink.tell(
                    "SY2107", condition.span, f"this is {shown} true", "remove the branch or the condition"
                )
            branches.append((value, self._branch(body)))
        return ir.If(node.span, branches, self._branch(node.otherwise or []))

    def _case(self, node: t.Case) -> ir.Stmt | None:
        selector = settle(self.expr(node.selector))
        type_ = plain(selector.type)
        if not is_unknown(selector) and kind_of(type_) not in ("int", "uint", "bits", "enum", "bool", "char"):
            self.sink.tell(
                "SY1317", node.selector.span, f"CASE needs whole numbers or names; this is {type_}", "use IF"
            )
            return None
        if isinstance(selector, ir.Const) and not is_unknown(selector):
            self._never(node.selector.span, "this is always the same", "write what it chooses, without CASE")
        taken = CaseLabels()
        branches = []
        for branch in node.branches:
            ranges = [self._label(pair, type_, taken) for pair in branch.labels]
            branches.append(([r for r in ranges if r is not None], self._branch(branch.body)))
        return ir.Case(node.span, selector, branches, self._branch(node.otherwise or []))

    def _label(
        self, pair: tuple[t.Expr, t.Expr | None], type_: Type, taken: CaseLabels
    ) -> tuple[int, int] | None:
        ends = []
        for node in pair:
            if node is None:
                continue
            written = self.expr(node, enum_of(type_))
            value = self.convert.to(written, type_, "the label")
            if is_unknown(written, value):
                return None
            if not isinstance(value, ir.Const):
                self.sink.tell("SY1609", node.span, "a label is constant", "use IF for other comparisons")
                return None
            ends.append(value.value)
        lower, upper = ends[0], ends[-1]
        span = pair[0].span.to((pair[1] or pair[0]).span)
        if lower > upper:
            self.sink.tell("SY1304", span, f"the range {lower}..{upper} is empty", "swap its ends")
        elif (other := taken.add(lower, upper, span)) is not None:
            self.sink.tell(
                "SY1506", span, f"line {other.line} already has this label", "remove it here or there"
            )
        return lower, upper

    def _never(self, span: Span, message: str, suggestion: str) -> None:
        """Something that is not reached, whatever the program does."""
        self.sink.tell("SY2107", span, message, suggestion)

    # ---- loops ----

    def _loop(self, body: list[t.Statement]) -> list[ir.Stmt]:
        self.loops += 1
        lowered = self.body(body)
        self.loops -= 1
        return lowered

    def _for(self, node: t.For) -> ir.Stmt | None:
        target = self.target(node.variable)
        if isinstance(target, Part) or (target is not None and kind_of(target.type) not in self._counting()):
            self.sink.tell(
                "SY1507", node.variable.span, f"FOR counts with an integer; this is {target.type}", ""
            )
            target = None
        type_ = plain(target.type) if target else UNKNOWN
        values = enum_of(type_)
        start, end = (self.convert.to(self.expr(e, values), type_, "FOR") for e in (node.start, node.end))
        step = self._step(node, type_)
        if target is not None:
            mark(target, read=True)
        outer = self.counters
        self.counters = (*outer, target.variable) if target and target.variable else outer
        body = self._loop(node.body)
        self.counters = outer
        if target is None or is_unknown(start, end, step):
            return None
        self._judge_turns(start, end, step)
        return ir.For(node.span, target, start, end, step, body)

    def _judge_turns(self, *ends: ir.Expr) -> None:
        """Tell a FOR whose constants leave it no turn."""
        values = [one.value for one in ends if isinstance(one, ir.Const)]
        if len(values) == len(ends) and values[2] and not trip_count(*values):
            side = "above" if values[2] > 0 else "below"
            message = f"this loop has no turn: {values[0]} is {side} {values[1]}"
            self._never(
                ends[0].span.to(ends[1].span), message, "exchange them, or count the other way with BY"
            )

    def _counting(self) -> tuple[str, ...]:
        return ("int", "uint") if self.scope.is_strict else ("int", "uint", "bits", "enum")

    def _step(self, node: t.For, type_: Type) -> ir.Expr:
        """The step; a negative one is allowed for unsigned variables too, if it is constant."""
        if node.step is None:
            return ir.Const(type_, node.span, 1)
        step = self.expr(node.step)
        if isinstance(step, ir.Const) and step.value == 0 and not is_unknown(step):
            self.sink.tell("SY1508", node.step.span, "a step of 0 never ends", "use another step")
        if isinstance(step, ir.Const) and kind_of(step.type) == "int_literal":
            return settle(step)
        return self.convert.to(step, type_, "the step")
