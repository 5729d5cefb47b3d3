"""Whether anything behind a statement can be reached."""

from sortyard.plc import ir


def ends(statement: ir.Stmt) -> bool:
    """True if nothing goes on behind it: a jump, a choice whose branches all end so, a loop that nothing leaves."""
    match statement:
        case ir.Jump() | ir.Fault():
            return True
        case ir.If(branches=branches, otherwise=otherwise) | ir.Case(branches=branches, otherwise=otherwise):
            bodies = [*(body for _, body in branches), otherwise]
            return all(body and ends(body[-1]) for body in bodies)
        case ir.While(condition=ir.Const(value=1), body=body) | ir.Repeat(until=ir.Const(value=0), body=body):
            return not any(_leaves(one) for one in body)
    return False


def _leaves(statement: ir.Stmt) -> bool:
    """True if an EXIT within leaves the loop around; those of loops within leave only these."""
    match statement:
        case ir.Jump(kind="EXIT"):
            return True
        case ir.If(branches=branches, otherwise=otherwise) | ir.Case(branches=branches, otherwise=otherwise):
            return any(_leaves(one) for body in (*(body for _, body in branches), otherwise) for one in body)
    return False
