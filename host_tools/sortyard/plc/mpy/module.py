"""A whole program as one MicroPython module on a flat memory, and what it takes.

    memory      the process image, the units' work areas, then scratch memory and constants
    K           small integers beside it: [0] what is left of the budget, [1] of the slice's fuel, [2] the fault's
                number, then for each function the point where it goes on, and counters of loops

`run(task)` runs a task's programs from where the last slice ended; 0: all done, 1: a fault (K[2]) or the slice's end.
After a slice the innermost function goes on first, then the one that waits for it, and so on: how deep the calls were
costs nothing.
"""

import math
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

from sortyard.plc import ir
from sortyard.plc.diagnostics import Diagnostic, PlcSourceError
from sortyard.plc.image import Instance
from sortyard.plc.mpy import facts, support
from sortyard.plc.mpy.calls import initial
from sortyard.plc.mpy.fn import Fn
from sortyard.plc.mpy.nodes import Node
from sortyard.plc.mpy.outline import DEEPEST, pieces
from sortyard.plc.mpy.printing import STEP, WAITING
from sortyard.plc.mpy.shorten import shorten
from sortyard.plc.mpy.site import Site
from sortyard.plc.mpy.statements import block, statement
from sortyard.plc.mpy.support import SUPPORT
from sortyard.plc.mpy.target import BYTECODE, VIPER, Target
from sortyard.plc.mpy.texts import fill_string
from sortyard.plc.mpy.unit import (
    MOST_SLICE_FUEL,
    RUN_FUEL,
    STRETCH_FUEL,
    VIEWS,
    Unit,
    finish,
    invoke,
    is_called,
    is_too_long,
    problems,
)
from sortyard.plc.mpy.values import Block, Unsupported, plus
from sortyard.plc.mpy.weights import LongWork, long_work
from sortyard.plc.program import Compiled, deep_work
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou
from sortyard.plc.types import StringType, Type, aligned

LONG_CALL_FUEL = 6_000
"""A call that takes less is like any other line."""
MISSED_FUEL = 6_500
"""What counting misses of a whole slice."""
COPY_FUEL, UNIT_FUEL, BY_HAND_BYTES = 4_000, 1_800, 16
"""Copying in memory: at least, for each byte or word of small sizes, and what is small (sorter_core.plc.blocks)."""
FIRST_WORD = WAITING
"""From here on words of K are 0 at first and after a fault."""


class Module:
    """Generates the text. Raises PlcSourceError for what this back end cannot compile.

    `has_doubles`: the floats of that MicroPython are doubles, as in the virtual machine; those of boards are singles.
    """

    def __init__(self, compiled: Compiled, is_native: bool = False, has_doubles: bool = False) -> None:
        self.compiled = compiled
        self.has_doubles = has_doubles
        self.is_native = is_native
        self.sites: list[Site] = []
        self.places: list[Span] = []
        self._site_numbers: dict[Site, int] = {}
        self.units: dict[Pou, Unit] = {}
        self.starts: list[Unit] = []
        self.waiting: list[Unit] = []
        """Functions that may wait for the next slice; the first has the number 1."""
        self.used: set[str] = set()
        self.real_names: dict[str, bytes] = {}
        self._pool: dict[bytes, int] = {}
        self._words = FIRST_WORD + 1
        self.problems: list[Diagnostic] = []
        work = max((pou.work_offset + pou.work_size for pou in compiled.pous), default=0)
        self.work_start = compiled.image.size
        self._end = aligned(self.work_start + work, 8)
        # references lead into the image or a work area only: that much decides how they are read
        self.memory_size = self._end
        calls = [i.call for task in compiled.tasks for i in task.instances if i.call is not None]
        self.facts = facts.Facts(compiled.pous, calls, compiled.variables)
        self.has_loose_pointers = self.facts.has_loose_pointers
        self.has_unions = self.facts.has_unions
        self.has_raw_texts = self.has_loose_pointers or self.has_unions or facts.has_raw_texts(compiled)
        """True if there may be something behind the end of a string."""
        self.long_work = LongWork(set(), set())
        self.known_lengths: dict[str, int] = {}
        """Of constant strings, by the text of their place."""
        self._fixed = self.facts.fixed_instances()
        with deep_work():
            self._write()

    # ---- what functions ask for ----

    def words(self, count: int) -> int:
        self._words += count
        return self._words - count

    def scratch(self, size: int) -> int:
        at = self._end
        self._end += aligned(size, 8)
        return at

    def byte_scratch(self, fn: Fn) -> int:
        return fn.scratch(8)

    def pool(self, content: bytes) -> int:
        """Where a constant lies in memory."""
        if content not in self._pool:
            self._pool[content] = self.scratch(len(content))
        return self._pool[content]

    def real(self, value: float, size: int = 4) -> str:
        """The name of a global with a constant of REAL, or with size 8 of LREAL."""
        bits = struct.pack("<f" if size == 4 else "<d", math.nan if value != value else value)
        for name, known in self.real_names.items():
            if known == bits:
                return name
        name = f"c{len(self.real_names)}"
        self.real_names[name] = bits
        return name

    def real_words(self, name: str) -> list[int]:
        """The words of a constant, the lowest first."""
        return [word for (word,) in struct.iter_unpack("<H", self.real_names[name])]

    def site(self, site: Site) -> int:
        """The number of a fault at a place in the source, from 1 on."""
        if site not in self._site_numbers:
            self.sites.append(site)
            self._site_numbers[site] = len(self.sites)
        return self._site_numbers[site]

    def place(self, span: Span) -> int:
        """The number of a place in the source, from 1 on."""
        self.places.append(span)
        return len(self.places)

    def is_resumable(self, pou: Pou) -> bool:
        return pou in self.units and self.units[pou].is_resumable

    def is_long(self, pou: Pou) -> bool:
        """True if the slice may end in a call of the unit, or behind it."""
        unit = self.units.get(pou)
        return unit is not None and (unit.is_resumable or unit.fuel > LONG_CALL_FUEL)

    def rests_before(self, pou: Pou) -> bool:
        """True if the slice may end before a call of the unit, its arguments stored: it does not wait itself."""
        unit = self.units.get(pou)
        return unit is not None and not unit.is_resumable and unit.fuel > STRETCH_FUEL

    parts = staticmethod(facts.parts)

    def may_change(self, body: list[ir.Stmt], place: ir.Place) -> bool:
        return self.facts.may_change(body, place)

    def is_apart(self, expr: ir.Expr, call: ir.Call) -> bool:
        return facts.is_apart(expr, call)

    def is_even(self, loop: ir.For) -> bool:
        return facts.is_even(loop, self.is_resumable)

    def copy(self, fn: Fn, into: str, at: str, size: int) -> None:
        """Copy bytes; the two do not overlap by halves."""
        if into == at:
            return
        if size > facts.BULKY_BLOCK:
            state = fn.scratch(4) // 2
            fn.emit(f"H[{state}] = 0; H[{state + 1}] = 0")
            support.in_steps(fn, "copy_step", state, fn.kept(into), fn.kept(at), size)
            return
        fuel = COPY_FUEL + size
        if size <= BY_HAND_BYTES:
            is_even = size % 2 == 0 and all(one.isdecimal() and int(one) % 2 == 0 for one in (into, at))
            if not is_even and size > BY_HAND_BYTES // 2:
                half = BY_HAND_BYTES // 2
                self.copy(fn, into, at, half)
                self.copy(fn, plus(into, half), plus(at, half), size - half)
                return
            fuel = COPY_FUEL + (UNIT_FUEL * size // 2 if is_even else UNIT_FUEL * size)
        support.do(fn, "copy", into, at, size, fuel=fuel)

    def fill(self, fn: Fn, at: str, value: Block, type_: Type) -> None:
        """Store a string, array or structure."""
        if isinstance(type_, StringType):
            fill_string(fn, at, value, type_)
        else:
            self.copy(fn, at, value.at, type_.size)

    def put(self, fn: Fn, at: int, content: bytes) -> None:
        """Store constant bytes at a fixed place."""
        if len(content) > 24:
            self.copy(fn, str(at), str(self.pool(content)), len(content))
            return
        i = 0
        while i < len(content):
            if (at + i) % 2 == 0 and i + 1 < len(content):
                fn.emit(f"H[{(at + i) // 2}] = {content[i] | content[i + 1] << 8}")
                i += 2
            else:
                fn.emit(f"B[{at + i}] = {content[i]}")
                i += 1

    # ---- writing ----

    def _write(self) -> None:
        self.long_work = long_work([one for pou in self.compiled.pous for one in pou.body or []])
        for index, pou in enumerate(self.compiled.pous):
            name = f"f{index}_{re.sub(r'[^A-Za-z0-9_]', '_', pou.name)}"
            is_fixed = pou.kind == "FUNCTION" or pou in self._fixed
            unit = Unit(name, pou.name, is_fixed, pou.is_library)
            self.units[pou] = unit
            unit.target = self._target(pou)
            unit.span = pou.decl.name.span
            self._add(unit, pou, self._body)
        for task in self.compiled.tasks:
            for instance in task.instances:
                unit = Unit(f"i{len(self.starts)}", f"start of {instance.name}", True)
                unit.span = instance.span
                self.starts.append(unit)
                self._add(unit, None, lambda fn, instance=instance: self._start(fn, instance))
        if self.problems:
            raise PlcSourceError(self.problems)

    def _target(self, pou: Pou) -> Target:
        """Viper where it was asked for and all values are whole numbers."""
        return VIPER if self.is_native and facts.is_whole_only(pou) else BYTECODE

    def _add(self, unit: Unit, pou: Pou | None, write: Callable[[Fn], None]) -> None:
        """Write and print a function, if it is one that this back end can have. One whose pauses have so many locals to
        put by that its slices would be too long is written again, with its values in memory over each rest."""
        assert unit.span is not None
        self_at = None if pou is None else self._fixed.get(pou)
        for is_stopped_by_rests in (False, True):
            fn = Fn(self, pou, self_at, unit.target, is_stopped_by_rests)
            try:
                write(fn)
            except Unsupported as problem:
                self.refuse(problem, unit.span)
            finish(fn, unit, len(self.waiting) + 1)
            if unit.slice_fuel <= MOST_SLICE_FUEL:
                break
        else:
            self._take_apart(fn, unit)
        if is_too_long(unit):
            shorten(fn.body, lambda nodes: self._part(fn, unit, nodes))
            finish(fn, unit, len(self.waiting) + 1)
        if unit.is_resumable:
            self.waiting.append(unit)
        for part in unit.all():
            for problem in problems(part):
                self.refuse(problem, unit.span)

    def _take_apart(self, fn: Fn, unit: Unit) -> None:
        """Make functions of what is deep inside of one whose slices would be too long."""
        for depth in range(DEEPEST, 0, -1):
            for nodes, start, end in reversed(list(pieces(fn.body, depth))):
                nodes[start:end] = self._part(fn, unit, nodes[start:end])
            finish(fn, unit, len(self.waiting) + 1)
            if unit.slice_fuel <= MOST_SLICE_FUEL:
                return

    def _part(self, fn: Fn, unit: Unit, nodes: list[Node]) -> list[Node]:
        """Make a function of a part of one; gives the call of it. Parts that are called from there become its own."""
        inside = [one for one in unit.parts if is_called(one, nodes)]
        part = replace(unit, name=f"{unit.name}_{len(list(unit.all()))}", lines=[], parts=inside)
        unit.parts = [*(one for one in unit.parts if one not in inside), part]
        own = Fn(self, fn.pou, fn.self_at, fn.target, True)
        own.body = own.nodes = nodes
        finish(own, part, len(self.waiting) + 1)
        if part.slice_fuel > MOST_SLICE_FUEL:
            self._take_apart(own, part)
        if part.is_resumable:
            self.waiting.append(part)
        with fn.into([]) as call:
            invoke(fn, part, "" if unit.is_fixed else "s")
        return call

    def refuse_more_than(self, most: int, where: str, hint: str) -> None:
        """Raise PlcSourceError at the unit that becomes the most if the text has more characters than fit there."""
        size = len(self.text())
        if size > most:
            largest = max(self.units.values(), key=Unit.characters)
            assert largest.span is not None
            found = f"the program becomes {size:,} characters of Python, {largest.characters():,} of them "
            found += f"{largest.shown}; at most {most:,} fit {where}"
            self.refuse(Unsupported(found, hint), largest.span)
            raise PlcSourceError(self.problems)

    def refuse(self, problem: Unsupported, span: Span) -> None:
        """Remember what cannot be compiled; the rest is still looked at."""
        found = Diagnostic("SY1702", span, problem.what, problem.hint)
        if found not in self.problems:
            self.problems.append(found)

    def _body(self, fn: Fn) -> None:
        pou = fn.pou
        assert pou is not None
        assert pou.body is not None
        for variable in pou.work:
            if variable.section not in ("VAR_INPUT", "VAR_IN_OUT"):
                fn.rest()
                initial(fn, variable, pou)
        block(fn, pou.body)

    @staticmethod
    def _start(fn: Fn, instance: Instance) -> None:
        assert instance.call is not None
        statement(fn, ir.Evaluate(instance.span, instance.call))

    # ---- the text ----

    def functions(self) -> Iterator[Unit]:
        """All generated functions, each before its parts."""
        for unit in [*self.units.values(), *self.starts]:
            yield from unit.all()

    @property
    def memory_bytes(self) -> int:
        return aligned(self._end, 8)

    @property
    def words_used(self) -> int:
        return self._words

    @property
    def takes_heap(self) -> bool:
        """True if running the program takes heap: REAL and copies of many bytes do."""
        return any(unit.heap for unit in self.functions())

    def text(self) -> str:
        """The module's source."""
        image, first = self.compiled.image, self.first_content()
        lines = ["# generated from Structured Text; do not edit"]
        if self.is_native:
            lines.append("import micropython")
        for source in sorted({SUPPORT[name].source for name in self.used}):
            names = sorted(name for name in self.used if SUPPORT[name].source == source)
            lines.append(f"from sorter_core.plc.{source} import {', '.join(names)}")
        lines += [
            f"MEMORY = {self.memory_bytes}",
            f"WORDS = {self._words}",
            f"IMAGE = {image.size}",
            f"FIRST_WORD = {FIRST_WORD}",
        ]
        lines.append("FIRST = (")
        lines += [f"{STEP}({at}, {content!r})," for at, content in first]
        lines += [")", "def bind(views):"]
        names = ", ".join(f"_{view}" for view in VIEWS)
        lines += [f"{STEP}global {names}", f"{STEP}{names} = views"]
        if self.real_names:
            lines.append(f"{STEP}global {', '.join(self.real_names)}")
            for name, bits in self.real_names.items():
                view = "f" if len(bits) == 4 else "D"
                lines.append(f"{STEP}{name} = _{view}[{self.pool(bits) // len(bits)}]")
        for unit in self.functions():
            lines += unit.lines
        lines += self._runner()
        return "\n".join(lines) + "\n"

    def first_content(self) -> list[tuple[int, bytes]]:
        """What memory holds at first: runs of bytes that are not all zero, with their offsets."""
        for bits in self.real_names.values():
            self.pool(bits)
        memory = bytearray(aligned(self._end, 8))
        memory[: self.compiled.image.size] = self.compiled.image.initial
        for content, at in self._pool.items():
            memory[at : at + len(content)] = content
        return _runs(bytes(memory))

    @property
    def again_fuel(self) -> int:
        """What is taken off a slice for each function that goes on in it."""
        return max((unit.again for unit in self.waiting), default=0)

    @property
    def slice_fuel(self) -> int:
        """No slice needs to take more than this."""
        return max((unit.slice_fuel for unit in self.functions()), default=0)

    def _resume(self) -> list[str]:
        """The function that lets the innermost one go on, then those that wait for it. 0 when all are done."""
        takes_instance = bytes([0, *(not unit.is_fixed for unit in self.waiting)])
        is_library = bytes([0, *(unit.is_library for unit in self.waiting)])
        frames = ", ".join(str(unit.frame) for unit in self.waiting)
        names = ", ".join(unit.name for unit in self.waiting)
        behind = ", ".join(str(unit.behind) for unit in self.waiting)
        body = f"""
def resume(K):
 is_first = 1
 while 1:
  at = K[{WAITING}]
  t = K[1] - {self.again_fuel}
  if t < BEHIND[at] and not is_first: return 1
  K[1] = t if t > 0 else 0
  is_first = 0
  function = FUNCTIONS[at]
  if function(0) if {takes_instance!r}[at] else function(): return 1
  at = K[FRAMES[at] + 2]
  K[{WAITING}] = at
  if at == 0: return 0
  if not {is_library!r}[at]: K[8] = 0"""
        rows = [f"FUNCTIONS = (None, {names})", f"FRAMES = (0, {frames})", f"BEHIND = (0, {behind})"]
        return [*rows, *body.strip().splitlines()]

    def _runner(self) -> list[str]:
        lines = self._resume() if self.waiting else []
        lines += ["def run(task):", f"{STEP}K = _K", f"{STEP}K[1] -= {RUN_FUEL + MISSED_FUEL}"]
        if self.waiting:
            lines += [
                f"{STEP}if K[{WAITING}]:",
                f"{STEP * 2}if resume(K): return 1",
                f"{STEP * 2}K[3] += 1",
            ]
        first = 0
        for index, task in enumerate(self.compiled.tasks):
            lines.append(f"{STEP}{'if' if index == 0 else 'elif'} task == {index}:")
            for position in range(len(task.instances)):
                unit = self.starts[first + position]
                lines.append(f"{STEP * 2}if K[3] == {position}:")
                lines.append(f"{STEP * 3}if {unit.name}(): return 1")
                lines.append(f"{STEP * 3}K[3] = {position + 1}")
            first += len(task.instances)
        return [*lines, f"{STEP}K[3] = 0", f"{STEP}return 0"]


def _runs(memory: bytes, gap: int = 16) -> list[tuple[int, bytes]]:
    """Stretches without `gap` zeros in a row."""
    found: list[tuple[int, bytes]] = []
    start = None
    last = 0
    for at, byte in enumerate(memory):
        if byte:
            if start is None:
                start = at
            elif at - last > gap:
                found.append((start, memory[start : last + 1]))
                start = at
            last = at
    if start is not None:
        found.append((start, memory[start : last + 1]))
    return found
