"""How much of the budget code can take at most: where that is known, one look at the budget is enough for all of it."""

from sortyard.plc import ir
from sortyard.plc.budget import MAX_BUDGET, trip_count
from sortyard.plc.c.names import limits
from sortyard.plc.nodes import nodes
from sortyard.plc.symbols import Pou
from sortyard.plc.types import plain


class Costs:
    """Most charges of one run of each unit; None where that has no bound worth speaking of. Callees come first."""

    def __init__(self, pous: list[Pou]) -> None:
        self._of: dict[Pou, int | None] = {}
        for pou in pous:
            self._of[pou] = self.block(pou.body or [])

    def block(self, body: list[ir.Stmt]) -> int | None:
        """Most charges of statements one after another."""
        total = 0
        for statement in body:
            cost = self.statement(statement)
            if cost is None or total + cost > MAX_BUDGET:
                return None
            total += cost
        return total

    def statement(self, statement: ir.Stmt) -> int | None:
        match statement:
            case ir.If(branches=branches, otherwise=otherwise):
                return self._sum([c for c, _ in branches], [*(b for _, b in branches), otherwise])
            case ir.Case(selector=selector, branches=branches, otherwise=otherwise):
                return self._sum([selector], [*(b for _, b in branches), otherwise])
            case ir.For():
                return self._loop(statement)
            case ir.While() | ir.Repeat():
                return None
        return self.calls(statement)

    def _sum(self, expressions: list[ir.Expr], blocks: list[list[ir.Stmt]]) -> int | None:
        """Conditions, and the dearest of the blocks."""
        first, rest = self.calls(expressions), [self.block(block) for block in blocks]
        known = [cost for cost in rest if cost is not None]
        return None if first is None or len(known) < len(rest) else first + max(known, default=0)

    def _loop(self, statement: ir.For) -> int | None:
        head = self.calls([statement.start, statement.end, statement.step, statement.place])
        inside = self.block(statement.body)
        step = statement.step
        if head is None or inside is None or not isinstance(step, ir.Const) or step.value == 0:
            return None
        up = step.value > 0
        first, last = _end(statement.start, not up), _end(statement.end, up)
        cost = head + trip_count(first, last, step.value) * (1 + inside)
        return cost if cost <= MAX_BUDGET else None

    def calls(self, operation: object) -> int | None:
        """Charges of all calls within an operation that is no loop and no branch."""
        total = 0
        for node in nodes(operation):
            if isinstance(node, ir.Call):
                inside = self._of.get(node.pou)  # an interface has no body of its own
                if inside is None:
                    return None
                total += 1 + inside
        return total


def _end(expr: ir.Expr, is_highest: bool) -> int:
    """The value of a constant, or an end of the type's range."""
    if isinstance(expr, ir.Const):
        return expr.value
    return limits(plain(expr.type))[is_highest]
