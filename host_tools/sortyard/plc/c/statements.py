"""Statements as C."""

from itertools import pairwise

from sortyard.plc import ir
from sortyard.plc.c.code import Lines, Unsupported, Value, stripped
from sortyard.plc.c.loops import Loops
from sortyard.plc.c.names import limits, literal, scalar
from sortyard.plc.types import plain


class Statements(Loops):
    """Adds `statement` and `body`."""

    def body(self, statements: list[ir.Stmt]) -> None:
        """Statements one after another."""
        for statement in statements:
            self.statement(statement)

    def statement(self, statement: ir.Stmt) -> None:
        """One statement, in a block of its own if it takes more than a line: so its variables share C's stack."""
        work_end = self.work_end
        with self.aside() as lines:
            self._statement(statement)
        self.work_end = work_end
        self.out += lines if len(lines) < 2 else ["{", lines, "}"]

    def _statement(self, statement: ir.Stmt) -> None:
        match statement:
            case ir.Store():
                self._store(statement)
            case ir.StorePart():
                self._store_part(statement)
            case ir.Evaluate(value=value):
                self.expr(value)
            case ir.If():
                self._if(statement)
            case ir.Case():
                self._case(statement)
            case ir.For():
                self.for_loop(statement)
            case ir.While():
                self.while_loop(statement)
            case ir.Repeat():
                self.repeat_loop(statement)
            case ir.Jump(kind=kind):
                self.jump(kind)
            case ir.Fault(kind=kind, detail=detail, span=span):
                words = detail.replace("{", "{{").replace("}", "}}")
                self.emit(self.stop(self.site(kind, span, words), "0"))
            case _:
                raise Unsupported(f"{type(statement).__name__} cannot be compiled to C")

    def block_of(self, statements: list[ir.Stmt]) -> Lines:
        """Statements as the inside of a block."""
        with self.aside() as lines:
            self.body(statements)
        return lines

    def _store(self, statement: ir.Store) -> None:
        value = self.expr(statement.value)
        after, before = len(self.out), self.clobbers
        spot = self.spot(statement.place)
        if self.clobbers != before:
            lines = self.out[after:]
            del self.out[after:]
            value = self.kept(value)
            self.out += lines
        self.store_value(spot, value)

    def _store_part(self, statement: ir.StorePart) -> None:
        value = self.temporary(self.whole(statement.value))
        spot = self.spot(statement.place)
        bits = 8 * statement.place.type.size
        kind = f"uint{bits}_t"
        mask = ((1 << statement.width) - 1) << statement.shift
        rest = f"(({kind}){spot.lvalue} & {literal(kind, (1 << bits) - 1 & ~mask)})"
        self.emit(f"{spot.lvalue} = ({kind})({rest} | (({kind}){value.text} << {statement.shift}));")
        self.clobbers += 1

    # ---- branches ----

    def _if(self, statement: ir.If) -> None:
        """What a later condition needs is done only if the earlier ones are false."""
        parts: list[tuple[Lines, Value, Lines]] = []
        for condition, body in statement.branches:
            with self.aside() as before:
                value = self.whole(condition)
            parts.append((before, value, self.block_of(body)))
        rest, is_chain = self.block_of(statement.otherwise), False
        for before, value, lines in reversed(parts):
            row: Lines = [*before, f"if ({stripped(value.text)}) {{", lines, "}"]
            if is_chain:
                row += [f"else {rest[0]}", *rest[1:]]
            elif rest:
                row += ["else {", rest, "}"]
            rest, is_chain = row, not before
        self.out += rest

    def _case(self, statement: ir.Case) -> None:
        selector = self.whole(statement.selector)
        type_ = plain(statement.selector.type)
        branches = [([(_code(a), _code(b)) for a, b in ranges], body) for ranges, body in statement.branches]
        if _overlap([pair for ranges, _ in branches for pair in ranges]):
            self._chain(self.temporary(selector), branches, statement.otherwise)
            return
        lowest, highest = limits(type_)
        ctype = scalar(type_) or ""
        lines: Lines = []
        for ranges, body in branches:
            for low, high in ranges:
                if low <= highest and high >= lowest:
                    ends = [literal(ctype, end) for end in (max(low, lowest), min(high, highest))]
                    lines.append(f"case {ends[0] if low == high else ' ... '.join(ends)}:")
            if lines and isinstance(lines[-1], str):
                lines += ["{", self.block_of(body), "}", ["break;"]]
        otherwise = self.block_of(statement.otherwise)
        if otherwise:
            lines += ["default: {", otherwise, "}"]
        self.out += [f"switch (({ctype}){selector.text}) {{", lines, "}"]

    def _chain(self, value: Value, branches: list, otherwise: list[ir.Stmt]) -> None:
        """Labels that overlap: the first one decides."""
        word = "if"
        for ranges, body in branches:
            tests = [f"({value.text} >= {low} && {value.text} <= {high})" for low, high in ranges]
            self.out += [f"{word} ({' || '.join(tests) or '0'}) {{", self.block_of(body), "}"]
            word = "else if"
        self.out += ["else {" if branches else "{", self.block_of(otherwise), "}"]


def _code(label: int | str) -> int:
    return ord(label) if isinstance(label, str) else label


def _overlap(rows: list[tuple[int, int]]) -> bool:
    """True if a value has two labels, or a range is empty."""
    ordered = sorted(rows)
    meets = any(a[1] >= b[0] for a, b in pairwise(ordered))
    return meets or any(low > high for low, high in rows)
