"""Loops as C. A FOR loop whose variable nothing else writes counts in a C variable, with a known range."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sortyard.plc import ir
from sortyard.plc.c import arithmetic as c
from sortyard.plc.c.calls import BUDGET_DETAIL, Calls
from sortyard.plc.c.code import Lines, Region, Value, stripped
from sortyard.plc.c.effects import Effects, effects, holdable
from sortyard.plc.c.names import literal, scalar
from sortyard.plc.c.places import Counter, Spot, counter_key
from sortyard.plc.faults import FaultKind
from sortyard.plc.types import plain


@dataclass(slots=True)
class Loop:
    """Labels of a loop; each is written only where something jumps to it."""

    number: int
    is_left: bool = False
    is_continued: bool = False


class Loops(Calls):
    """Adds loops and jumps."""

    _loops: tuple[Loop, ...] = ()
    _turns = 0
    _in_region = False
    returns = False
    """True once something jumps to the end of the unit."""

    def body(self, statements: list[ir.Stmt]) -> None:
        raise NotImplementedError

    def jump(self, kind: str) -> None:
        """EXIT, CONTINUE or RETURN."""
        self.exits += kind != "CONTINUE"
        if kind == "RETURN":
            self.returns = True
            if self.region is not None:
                self.out += self.region.write_back
            self.emit("goto plc_leave;")
        elif kind == "EXIT":
            self._loops[-1].is_left = True
            self.emit(f"goto plc_exit_{self._loops[-1].number};")
        else:
            self._loops[-1].is_continued = True
            self.emit(f"goto plc_next_{self._loops[-1].number};")

    def _turn(self, statements: list[ir.Stmt]) -> tuple[Loop, Lines]:
        """One turn of a loop, ready for CONTINUE."""
        self._turns += 1
        loop = Loop(self._turns)
        self._loops += (loop,)
        with self.aside() as lines:
            self.body(statements)
        self._loops = self._loops[:-1]
        if loop.is_continued:
            lines.append(f"plc_next_{loop.number}:;")
        return loop, lines

    def _after(self, loop: Loop) -> None:
        if loop.is_left:
            self.emit(f"plc_exit_{loop.number}:;")

    @contextmanager
    def _region(self, loop: list, found: Effects) -> Iterator[None]:
        """The outermost loop without calls: nobody else sees memory, so scalars and the budget go into C variables."""
        if found.calls or self._in_region:
            yield
            return
        mark = len(self.out)
        self._in_region = True
        places, written = holdable(loop, self.exposed)
        load, store = [], []
        for place in places:
            load += self._hold(place, store if place in written else [])
        if self.counted and (found.loops or not isinstance(loop[0], ir.For)):
            self.budget = self.names.fresh("left")
            load.append(f"int64_t {self.budget} = plc->left;")
            store.append(f"plc->left = {self.budget};")
        self._turns += 1
        region = Region(self._turns, store)
        self.region = region if store else None
        yield
        self.out[mark:mark] = load
        self._leave(region, mark)

    def _hold(self, place: ir.Place, store: list[str]) -> list[str]:
        """Keep one scalar in a C variable; gives the line that loads it, adds the one that stores it."""
        spot = self.spot(place)
        assert place.variable is not None
        name, ctype = self.names.fresh(place.variable.name), scalar(place.type)
        real = {"float": "plc_real32", "double": "plc_real64"}.get(ctype or "", "")
        store.append(f"{spot.lvalue} = {real}({name});")
        self.held[place.base, place.offset] = name
        return [f"{ctype} {name} = {spot.lvalue};"]

    def _leave(self, region: Region, mark: int) -> None:
        self._in_region, self.region = False, None
        self.held.clear()
        self.budget = "plc->left"
        self.out += region.write_back
        if region.stops:
            number = region.number
            self.out.insert(mark, f"int32_t plc_site_{number};")
            self.out.insert(mark, f"int64_t plc_value_{number};")
            stop = f"plc_stop(plc, plc_site_{number}, plc_value_{number});"
            self.out += ["if (0) {", [f"plc_stop_{number}:", *region.write_back, stop], "}"]

    # ---- WHILE, REPEAT ----

    def while_loop(self, statement: ir.While) -> None:
        """Counted at the start of each turn."""
        with self._region([statement], effects([statement.condition, statement.body])):
            with self.aside() as head:
                value = self.whole(statement.condition)
            with self.aside() as charge:
                self._turn_charge(statement)
            loop, lines = self._turn(statement.body)
            if head:
                inside = [*head, f"if (!({stripped(value.text)})) break;", *charge, *lines]
                self.out += ["for (;;) {", inside, "}"]
            else:
                self.out += [f"while ({stripped(value.text)}) {{", charge + lines, "}"]
            self._after(loop)

    def repeat_loop(self, statement: ir.Repeat) -> None:
        """Counted at the start of each turn; the condition is asked at its end."""
        with self._region([statement], effects([statement.until, statement.body])):
            with self.aside() as charge:
                self._turn_charge(statement)
            loop, lines = self._turn(statement.body)
            with self.aside() as tail:
                value = self.whole(statement.until)
            tail.append(f"if ({stripped(value.text)}) break;")
            self.out += ["for (;;) {", charge + lines + tail, "}"]
            self._after(loop)

    def _turn_charge(self, statement: ir.Stmt) -> None:
        number = self.site(FaultKind.BUDGET, statement.span, BUDGET_DETAIL)
        self.emit(f"if (PLC_RARELY(--{self.budget} < 0)) {self.stop(number, '0')}")

    # ---- FOR ----

    def for_loop(self, statement: ir.For) -> None:
        """Start, end and step once; the variable first gets the start, then all turns are charged."""
        found = effects(statement.body)
        heads = effects([statement.start, statement.end, statement.step, statement.place])
        found.calls |= heads.calls
        with self._region([statement], found):
            start, end, step = (
                self._held(v) for v in self.wholes(statement.start, statement.end, statement.step)
            )
            if c.can_be(step, 0):
                detail = "the step of FOR is 0"
                self.check(f"{step.text} == 0", FaultKind.DOMAIN, statement.step.span, detail)
            spot = self._fixed(statement.place)
            if self._is_private(statement.place, found):
                self._counted(statement, spot, start, end, step)
            else:
                self._stepped(statement, spot, start, end, step)

    def _held(self, value: Value) -> Value:
        return value if value.is_stable else self.temporary(value)

    def _fixed(self, place: ir.Place) -> Spot:
        """The place of the variable, computed once."""
        spot = self.spot(place)
        if not place.indexings and place.base != "pointer":
            return spot
        name = self.names.fresh("at")
        self.emit(f"void *const {name} = {spot.text if spot.is_raw else spot.address};")
        return Spot(name, place.type, True)

    def _is_private(self, place: ir.Place, found: Effects) -> bool:
        """True if nothing but the loop itself writes the variable while it runs."""
        variable = place.variable
        if variable is None or place.indexings or place.base == "pointer" or self.exposed is None:
            return False
        start = 0 if place.base == "local" else variable.offset
        if place.offset != start or variable in found.written or variable in self.exposed:
            return False
        own = place.base == "self" and variable.section == "VAR" and not self._has_methods()
        return place.base == "local" or own or not found.calls

    def _has_methods(self) -> bool:
        """True if something that is called may write the object's own variables."""
        pou = self.unit.pou
        block = pou.block if pou is not None else None
        return block is not None and (pou is not block.pou or bool(block.pou.methods))

    def _charge_turns(self, statement: ir.For, start: Value, end: Value, step: Value) -> str | None:
        """Take all turns from the budget; gives their number as C, None if it is known to be 0."""
        from sortyard.plc.budget import trip_count

        if start.low == start.high and end.low == end.high and step.low == step.high:
            turns = trip_count(start.low, end.low, step.low)
            if turns == 0:
                return None
            text = literal("uint64_t", turns)
            if turns >= 1 << 62 and self.counted:
                self.check("1", FaultKind.BUDGET, statement.span, BUDGET_DETAIL)
            else:
                self.charge(text, statement.span)
            return text
        kind = "uint64_t" if "uint64_t" in (start.ctype, end.ctype) else "int64_t"
        name = self.names.fresh("turns")
        first, last = (f"({kind}){v.text}" for v in (start, end))
        if step.low > 0:
            counted = f"plc_turns_{kind[:-2]}({first}, {last}, {step.text})"
        elif step.high < 0:
            counted = f"plc_turns_{kind[:-2]}({last}, {first}, {self._size_of_step(step)})"
        else:
            up = f"plc_turns_{kind[:-2]}({first}, {last}, {step.text})"
            down = f"plc_turns_{kind[:-2]}({last}, {first}, {self._size_of_step(step)})"
            counted = f"{step.text} > 0 ? {up} : {down}"
        self.emit(f"const uint64_t {name} = {counted};")
        if not self.counted:
            return name
        # one turn less is counted where 2 to the 64 would be: more than any budget in both cases
        self.check(f"{name} > (uint64_t){self.budget}", FaultKind.BUDGET, statement.span, BUDGET_DETAIL)
        self.emit(f"{self.budget} -= (int64_t){name};")
        return name

    @staticmethod
    def _size_of_step(step: Value) -> str:
        return str(-step.low) if step.low == step.high else f"-(uint64_t)(int64_t){step.text}"

    def _counted(self, statement: ir.For, spot: Spot, start: Value, end: Value, step: Value) -> None:
        """The variable lives in a C variable; its place shows it wherever somebody may look."""
        self.emit(f"{spot.lvalue} = {start.text};")
        turns = self._charge_turns(statement, start, end, step)
        if turns is None:
            return
        ctype = self._counter_type(statement, start, end, step)
        name = self.names.fresh(statement.place.variable.name if statement.place.variable else "i")
        low, high = (start.low, end.high) if step.low > 0 else (end.low, start.high)
        if not (step.low > 0 or step.high < 0):
            low, high = min(start.low, end.low), max(start.high, end.high)
        value = Value(name, ctype, low, high, is_stable=True)
        own = c.as_type(value, statement.place.type)
        key = counter_key(statement.place)
        outer = self.counters.get(key)
        self.counters[key] = Counter(own)
        before = self.exits
        loop, lines = self._turn(statement.body)
        if outer is None:
            del self.counters[key]
        else:
            self.counters[key] = outer
        head = self._head(name, ctype, start, end, step, turns)
        self.emit(f"{ctype} {name} = {start.text};")
        own_type = scalar(statement.place.type)
        if self.exits > before or not spot.is_own:
            lines.insert(0, f"{spot.lvalue} = ({own_type}){name};")
        self.out += [head, lines, "}"]
        self.emit(f"{spot.lvalue} = ({own_type}){name};")
        self._after(loop)

    def _counter_type(self, statement: ir.For, start: Value, end: Value, step: Value) -> str:
        """A C type that also holds the value behind the last one; for 64 bits the last step wraps."""
        ends = [v.low + d for v in (start, end) for d in (0, step.low, step.high)]
        ends += [v.high + d for v in (start, end) for d in (0, step.low, step.high)]
        if c.INT32[0] <= min(ends) and max(ends) <= c.INT32[1]:
            return "int32_t"
        return "uint64_t" if scalar(statement.place.type) == "uint64_t" else "int64_t"

    @staticmethod
    def _head(name: str, ctype: str, start: Value, end: Value, step: Value, turns: str) -> str:
        is_safe = ctype == "int32_t" or all(
            abs(v) < 1 << 62 for v in (start.low, start.high, end.low, end.high)
        )
        if step.low == step.high and is_safe and ctype != "uint64_t":
            sign, move = ("<=", f"{name} += {step.low}") if step.low > 0 else (">=", f"{name} -= {-step.low}")
            return f"for (; {name} {sign} {end.text}; {move}) {{"
        return f"for (uint64_t plc_n = {turns}; plc_n > 0; plc_n--, {name} += {step.text}) {{"

    def _stepped(self, statement: ir.For, spot: Spot, start: Value, end: Value, step: Value) -> None:
        """The variable is read anew at each step, as the body may have changed it."""
        self.emit(f"{spot.lvalue} = {start.text};")
        self.clobbers += 1
        turns = self._charge_turns(statement, start, end, step)
        if turns is None:
            return
        loop, lines = self._turn(statement.body)
        type_ = plain(statement.place.type)
        ctype = scalar(type_)
        wide = "uint64_t" if ctype == "uint64_t" else "int64_t"
        lines.append(f"{spot.lvalue} = ({ctype})(({wide}){spot.lvalue} + ({wide}){step.text});")
        past = f"({wide}){spot.lvalue} {{}} ({wide}){end.text}"
        if step.low > 0:
            lines.append(f"if ({past.format('>')}) break;")
        elif step.high < 0:
            lines.append(f"if ({past.format('<')}) break;")
        else:
            lines.append(f"if ({step.text} > 0 ? {past.format('>')} : {past.format('<')}) break;")
        self.out += [f"for (uint64_t plc_n = {turns}; plc_n > 0; plc_n--) {{", lines, "}"]
        self._after(loop)
