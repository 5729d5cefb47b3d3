"""One function of the generated module while it is written: its statements, locals, faults and scratch memory."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sortyard.plc import ir
from sortyard.plc.faults import FaultKind
from sortyard.plc.mpy.facts import breaks, may_rest, takes_texts
from sortyard.plc.mpy.nodes import If, Line, Mark, Node
from sortyard.plc.mpy.site import Site
from sortyard.plc.mpy.target import Target
from sortyard.plc.mpy.values import Block, Long, Num, Real, Truth, Value, Wide, is_atom, plus
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou

_LOCAL = re.compile(r"\b[mrv][0-9]")
"""In the text of a place: a local, which does not outlive the slice. (`s` and its parts do.)"""

if TYPE_CHECKING:
    from sortyard.plc.mpy.module import Module


class Fn:
    """Writes the body of `pou`; `self_at` is the offset of its only instance, None if it has several.

    `known` holds places whose value needs no load, or has a smaller range than its type: counters of FOR.
    `is_stopped_by_rests`: values lie in memory over each rest, so that no pause has many locals to put by.
    """

    def __init__(
        self,
        module: "Module",
        pou: Pou | None,
        self_at: int | None,
        target: Target,
        is_stopped_by_rests: bool = False,
    ) -> None:
        self.module = module
        self.target = target
        self.pou = pou
        self.self_at = self_at
        self.is_stopped_by_rests = is_stopped_by_rests
        self.body: list[Node] = []
        self.nodes = self.body
        self.known: dict[object, Num] = {}
        self.results: dict[object, Value] = {}
        """What CalleeValue and Enabled stand for at the moment."""
        self.products: dict[str, dict[int, str]] = {}
        """Multiples of counters of loops, half ones where they are even, and their locals."""
        self.turn_ends: list[Callable[[], None]] = []
        """What CONTINUE does in each loop around."""
        self._locals = 0
        self._free_scratch: dict[int, list[int]] = {}
        self._used_scratch: list[tuple[int, int]] = []
        self.frame = module.words(3)
        """Words of K: the point to go on at, the instance, and the number of the function that waits for this one."""

    # ---- statements ----

    def emit(self, text: str, extra: int = 0) -> None:
        self.nodes.append(Line(text, extra))

    def put(self, node: Node) -> None:
        self.nodes.append(node)

    @contextmanager
    def into(self, nodes: list[Node]) -> Iterator[list[Node]]:
        """Write to another list for a while."""
        before, self.nodes = self.nodes, nodes
        try:
            yield nodes
        finally:
            self.nodes = before

    def fail(self, kind: FaultKind, span: Span, detail: str = "") -> list[Node]:
        """The statements that end the scan with a fault; `detail` in place of what its kind says."""
        return [Line(f"K[2] = {self.module.site(Site(kind, span, detail))}"), Line("return 1")]

    def check(self, test: str, kind: FaultKind, span: Span, extra: int = 0, detail: str = "") -> None:
        """A fault where `test` is true."""
        self.put(If(test, self.fail(kind, span, detail), extra=extra))

    # ---- locals and memory ----

    def temp(self, letter: str = "v") -> str:
        """A new local; r1, r2, ... hold floats."""
        self._locals += 1
        return f"{letter}{self._locals}"

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Locals and scratch memory that are taken inside are free again behind it."""
        count, used = self._locals, len(self._used_scratch)
        yield
        self._locals = count
        while len(self._used_scratch) > used:
            size, at = self._used_scratch.pop()
            self._free_scratch.setdefault(size, []).append(at)

    def name(self, text: str, letter: str = "v") -> str:
        """A local with the value of `text`, or the text if it is as cheap."""
        if is_atom(text):
            return text
        local = self.temp(letter)
        self.emit(f"{local} = {text}")
        return local

    def scaled(self, text: str, step: int) -> tuple[str, int]:
        """`step` times an index as a term of an offset; of a loop's counter, computed once a turn."""
        products = self.products.get(text)
        if products is None or step in (1, 2, 4):
            return text, step
        scale = 1 if step % 2 else 2
        if step not in products:
            products[step] = f"m{text[1:]}_{step}"
        return products[step], scale

    def scratch(self, size: int) -> int:
        """`size` bytes of this function's own, aligned to 8: their offset in memory."""
        size = (size + 7) // 8 * 8
        free = self._free_scratch.get(size)
        at = free.pop() if free else self.module.scratch(size)
        self._used_scratch.append((size, at))
        return at

    def hold(self, value: Value, over_stop: bool = False) -> Value:
        """The same value, whatever later statements store; `over_stop`: even if the slice ends before it is used."""
        match value:
            case Num(text=text, lo=lo, hi=hi):
                return Num(self.kept(text, over_stop), lo, hi)
            case Truth(text=text, is_bit=is_bit):
                # as a number: viper gives each local one type
                return Truth(self.kept(text if is_bit else f"(1 if {text} else 0)", over_stop), True)
            case Wide(hi=high, lo=low, is_clean=is_clean):
                return Wide(self.kept(high, over_stop), self.kept(low, over_stop), is_clean)
            case Real(text=text):
                return self._held_real(value, over_stop)
            case Long(at=at):
                into = self.scratch(8) // 2
                for i in range(4):
                    self.emit(f"H[{into + i}] = H[{plus(at, i)}]")
                return Long(str(into))
            case Block(at=at, size=size):
                into = self.scratch(size)
                self.module.copy(self, str(into), at, size)
                return Block(str(into), size)

    def older(self, value: Value, *later: object) -> Value:
        """The value as it is now, whatever evaluating `later` does."""
        if self.has_call(*later):
            return self.hold(value, self.has_stop(*later))
        return self.steady(value) if self.has_stop(*later) else value

    def steady(self, value: Value) -> Value:
        """The same value, even if the slice ends before it is used; what lies in memory stays where it is."""
        match value:
            case Long():
                return self.steady_long(value)
            case Block(at=at, size=size):
                return Block(self._steady_place(at), size)
            case Wide(hi=high, lo=low):
                has_local = _LOCAL.search(high) or _LOCAL.search(low)
            case _:
                has_local = _LOCAL.search(value.text)
        return self.hold(value, True) if has_local else value

    def lasting(self, value: Value) -> Value:
        """The same value, computed to its end, even if the slice ends before it is used."""
        if isinstance(value, (Long, Block)):
            return self.steady(value)
        return self.hold(value, True)

    def steady_long(self, value: Long) -> Long:
        """64 bits, even if the slice ends before they are used."""
        return Long(self._steady_place(value.at))

    def _steady_place(self, at: str) -> str:
        return self.kept(at) if _LOCAL.search(at) else at

    def rest(self) -> None:
        """The slice may end here, within an expression too: cuts.cut has locals put by that are needed behind it."""
        self.put(Mark())

    def word(self, text: str) -> str:
        """A word of scratch memory, as text, with a number from 0 to 65535."""
        at = self.scratch(2) // 2
        self.emit(f"H[{at}] = {text}")
        return f"H[{at}]"

    def put_by(self, local: str) -> int:
        """Where a local is put by while the slice ends: as an index of words, or of floats as the machine has them."""
        if local[0] != "r":
            return self.module.scratch(4) // 2
        size = 8 if self.module.has_doubles else 4
        return self.module.scratch(size) // size

    def kept(self, text: str, over_stop: bool = True) -> str:
        """Text that yields the same small integer, whatever later statements store; see `hold`."""
        if text.lstrip("-").isdecimal():
            return text
        if not over_stop:
            local = self.temp()
            self.emit(f"{local} = {text}")
            return local
        word = self.scratch(4) // 2
        # two halves: K is read as unsigned by viper on hosts of 64 bits, and words of 16 bits are the same everywhere
        local = self.name(text)
        self.emit(f"H[{word}] = {local} & 65535; H[{word + 1}] = ({local} >> 16) & 65535")
        return f"({self.target.signed(str(word + 1))} << 16 | H[{word}])"

    def _held_real(self, value: Real, over_stop: bool) -> Real:
        if not over_stop:
            local = self.temp("r")
            self.emit(f"{local} = {value.text}")
            return Real(local, value.is_single)
        # a single that needs no rounding any more is also one as a double
        view, size = ("D", 8) if self.module.has_doubles and value.is_single else ("f", 4)
        at = self.scratch(size) // size
        self.emit(f"{view}[{at}] = {value.text}")
        return Real(f"{view}[{at}]", True)

    # ---- what comes later ----

    def has_call(self, *exprs: object) -> bool:
        """True if evaluating these may store something: a call of a unit."""
        return any(isinstance(one, ir.Call) for expr in exprs for one in self.module.parts(expr))

    def has_stop(self, *exprs: object) -> bool:
        """True if locals may be lost while these are evaluated, because the slice ends."""
        parts = (one for expr in exprs for one in self.module.parts(expr))
        return any(breaks(one) or self._may_stop(one) or self._is_stopped(one) for one in parts)

    def gives_much(self, call: ir.Call) -> bool:
        """True if the slice may end between the arguments of the call: they take long."""
        return takes_texts(call) or id(call) in self.module.long_work.calls

    def _is_stopped(self, node: object) -> bool:
        work = self.module.long_work
        is_rest = may_rest(node) or id(node) in work.parts or id(node) in work.calls
        return self.is_stopped_by_rests and is_rest

    def _may_stop(self, node: object) -> bool:
        if isinstance(node, ir.Dispatch):
            return any(self.module.is_long(target) for target in node.targets.values())
        return isinstance(node, ir.Call) and self.module.is_long(node.pou)
