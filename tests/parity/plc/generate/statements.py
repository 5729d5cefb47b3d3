"""Random statements: what a unit does with its variables."""

from collections.abc import Callable

from parity.plc.generate.declare import INTS, SCALARS, STRUCTS, Unit
from parity.plc.generate.expressions import Expressions

Lines = list[str]


class Statements(Expressions):
    """Writes the body of one unit. `kind` is FUNCTION, FUNCTION_BLOCK or PROGRAM."""

    kind = "PROGRAM"

    def body(self, count: int, depth: int = 2) -> Lines:
        """So many statements, fewer if the unit has become long."""
        lines: Lines = []
        for _ in range(count):
            if self.scope.budget <= 0:
                break
            self.scope.budget -= 1
            lines += self._statement(depth)
        return lines or [";"]

    def _statement(self, depth: int) -> Lines:
        options: list[Callable[[int], Lines]] = [
            self._assign,
            self._assign,
            self._assign,
            self._block_call,
            self._whole,
        ]
        if depth > 0:
            options += [self._if, self._if, self._case, self._for, self._for, self._while, self._repeat]
        options += [self._block_call, self._function, self._bit, self._reference, self._jump]
        return self.choices.pick(options)(depth)

    def inner(self, depth: int) -> Lines:
        """The statements of a branch or loop, indented."""
        return ["    " + line for line in self.body(1 + self.choices.below(3), depth - 1)]

    # ---- stores ----

    def _assign(self, depth: int) -> Lines:
        for _ in range(5):
            type_ = self.choices.pick((*SCALARS, "Color", "Small"))
            places = self.scope.places(type_, writable=True)
            if places:
                self.choices.note(f"store {type_.partition('[')[0]}")
                target = self.place(self.choices.pick(places))
                source = {"Small": "INT", "STRING[5]": self.choices.pick(("STRING[5]", "STRING[20]"))}.get(
                    type_, type_
                )
                if type_ == "Small" and self.choices.chance(85):
                    return [f"{target} := LIMIT(-5, {self.value('INT', 2)}, 20);"]
                return [f"{target} := {self.value(source)};"]
        return [";"]

    def _whole(self, depth: int) -> Lines:
        pairs = [(names, t) for t, names in self.scope.wholes.items() if len(names) > 1]
        if not pairs:
            return self._assign(depth)
        names, type_ = self.choices.pick(pairs)
        self.choices.note("structure copy" if type_ in STRUCTS else "array copy")
        return [f"{self.choices.pick(names)} := {self.choices.pick(names)};"]

    def _bit(self, depth: int) -> Lines:
        places = [p for t in ("WORD", "BYTE", "DWORD", "LWORD") for p in self.scope.places(t, writable=True)]
        if not places:
            return self._assign(depth)
        self.choices.note("bit store")
        return [
            f"{self.place(self.choices.pick(places))}.{self.choices.below(8)} := {self.value('BOOL', 2)};"
        ]

    def _reference(self, depth: int) -> Lines:
        names = self.scope.wholes.get("REF_TO INT", [])
        if not names:
            return self._assign(depth)
        name = self.choices.pick(names)
        self.choices.note("reference")
        places = [p for p in self.scope.places("INT", writable=True) if p.is_referable]
        targets = [p for p in places if not p.parts[0].startswith("ref")]  # pyright: ignore
        bind = (
            [f"{name} := REF({self.place(self.choices.pick(targets))});"]
            if targets and self.choices.chance(90)
            else []
        )
        return [*bind, f"{name}^ := {self.value('INT', 2)};"]

    # ---- calls ----

    def _block_call(self, depth: int) -> Lines:
        if not self.scope.blocks:
            return self._assign(depth)
        name, unit = self.choices.pick(self.scope.blocks)
        self.choices.note(f"call of {unit.name}" if unit.name.isupper() else "call of a block")
        given = [f"{p} := {self.value(t, 2)}" for p, t in unit.inputs.items() if self.choices.chance(85)]
        shared = self._shared(unit)
        if shared is None:
            return self._assign(depth)
        given += shared
        for parameter, type_ in unit.outputs.items():
            places = self.scope.places(type_, writable=True)
            if places and self.choices.chance(40):
                self.choices.note("block output")
                given.append(f"{parameter} => {self.place(self.choices.pick(places))}")
        if self.choices.chance(8):
            self.choices.note("EN, ENO")
            given.append(f"EN := {self.value('BOOL', 1)}")
            flags = self.scope.places("BOOL", writable=True)
            if flags:
                given.append(f"ENO => {self.place(self.choices.pick(flags))}")
        return [f"{name}({', '.join(given)});"]

    def _shared(self, unit: Unit) -> list[str] | None:
        """Arguments for VAR_IN_OUT; None where there is no variable of a type."""
        given = []
        for parameter, type_ in unit.shared.items():
            wholes = self.scope.wholes.get(type_.replace("[*]", "[1..8]"), [])
            places = [p for p in self.scope.places(type_, writable=True) if p.is_referable]
            if not wholes and not places:
                return None
            self.choices.note("VAR_IN_OUT [*]" if "*" in type_ else "VAR_IN_OUT")
            chosen = self.choices.pick(wholes) if wholes else self.place(self.choices.pick(places))
            given.append(f"{parameter} := {chosen}")
        return given

    def _function(self, depth: int) -> Lines:
        units = [u for u in self.scope.units if u.result is not None]
        if not units:
            return self._assign(depth)
        unit = self.choices.pick(units)
        shared = self._shared(unit)
        places = self.scope.places(unit.result or "", writable=True)
        if shared is None or not places:
            return self._assign(depth)
        call = self.call(unit, 1)
        if shared:
            comma = "" if call.endswith("()") else ", "
            call = f"{call[:-1]}{comma}{', '.join(shared)})"
        return [f"{self.place(self.choices.pick(places))} := {call};"]

    # ---- branches ----

    def _if(self, depth: int) -> Lines:
        self.choices.note("IF")
        lines = [f"IF {self.value('BOOL')} THEN", *self.inner(depth)]
        for _ in range(self.choices.below(3)):
            self.choices.note("ELSIF")
            lines += [f"ELSIF {self.value('BOOL', 2)} THEN", *self.inner(depth)]
        if self.choices.chance(50):
            lines += ["ELSE", *self.inner(depth)]
        return [*lines, "END_IF;"]

    def _case(self, depth: int) -> Lines:
        self.choices.note("CASE")
        if self.choices.chance(30) and self.scope.places("Color"):
            self.choices.note("CASE of an enumeration")
            selector, labels = self.value("Color", 1), ["Color#Red", "Color#Green", "Color#Blue"]
        else:
            type_ = self.choices.pick(INTS)
            selector = self.value(type_, 2)
            labels = ["0", "1..3", "4, 6", "7..100", "101, 102..120", "121"]
        lines = [f"CASE {selector} OF"]
        for label in labels[: 1 + self.choices.below(len(labels))]:
            lines += [f"    {label}:", *("    " + line for line in self.inner(depth))]
        if self.choices.chance(60):
            lines += ["ELSE", *self.inner(depth)]
        return [*lines, "END_CASE;"]

    # ---- loops ----

    def _for(self, depth: int) -> Lines:
        free = [c for c in ("i", "j", "k", "n") if c not in self.scope.counters]
        if not free or "i" not in {str(p.parts[0]) for p in self.scope.places("INT")}:
            return self._assign(depth)
        name = free[0]
        step = self.choices.pick(("", "", " BY 2", " BY -1", " BY 3", " BY -2"))
        ends = self.choices.pick(
            (("0", "3"), ("1", "8"), ("3", "0"), ("-2", "2"), ("5", "5"), ("120", "127"))
        )
        if name == "k":  # a SINT: up to its last value
            ends = self.choices.pick((ends, ("125", "127"), ("-126", "-128")))
        first, last = ends if "-" not in step else reversed(ends)
        if self.choices.chance(12):
            self.choices.note("FOR with an end that is not constant")
            last = {"i": "INT", "j": "DINT", "k": "SINT", "n": "UINT"}[name]
            last = self.value(last, 1)
        if name == "n":
            first, last, step = first.lstrip("-"), last.lstrip("-"), step if "-" in step else ""
        self.choices.note(f"FOR{step}")
        self.scope.counters.append(name)
        self.scope.loops += 1
        inner = self.inner(depth)
        self.scope.loops -= 1
        self.scope.counters.remove(name)
        return [f"FOR {name} := {first} TO {last}{step} DO", *inner, "END_FOR;"]

    def _while(self, depth: int) -> Lines:
        self.choices.note("WHILE")
        self.scope.loops += 1
        guard = f"turns < {5 + self.choices.below(20)}"
        condition = (
            f"{guard} AND {self.value('BOOL', 2)}" if self.choices.chance(90) else self.value("BOOL", 2)
        )
        lines = [f"WHILE {condition} DO", *self.inner(depth), "    turns := turns + 1;", "END_WHILE;"]
        self.scope.loops -= 1
        return lines

    def _repeat(self, depth: int) -> Lines:
        self.choices.note("REPEAT")
        self.scope.loops += 1
        lines = ["REPEAT", *self.inner(depth), "    turns := turns + 1;"]
        lines += [f"UNTIL turns > {5 + self.choices.below(20)} OR {self.value('BOOL', 2)} END_REPEAT;"]
        self.scope.loops -= 1
        return lines

    def _jump(self, depth: int) -> Lines:
        kinds = (["EXIT", "CONTINUE"] if self.scope.loops else []) + ["RETURN"]
        kind = self.choices.pick(kinds)
        self.choices.note(kind)
        return [f"IF {self.value('BOOL', 2)} THEN {kind}; END_IF;"]
