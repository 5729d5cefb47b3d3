"""Random expressions of every type. Most are harmless; some divide, index and convert without looking."""

from parity.plc.generate.declare import BITS, INTS, LIMITS, REALS, Leaf, Scope

_RELATIONS = ("=", "<", ">", "<>", "<=", ">=")
_TEXTS = ("", "a", "12", "abc", "Zz-9", "hello", "16#FF", "-7")


class Expressions:
    """Writes expressions for one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.choices = scope.choices

    def value(self, type_: str, depth: int = 3) -> str:
        """An expression of exactly that type."""
        if depth <= 0 or self.choices.chance(25):
            return self.leaf(type_)
        options = [
            lambda: self.leaf(type_),
            *self._functions_of(type_, depth - 1),
            lambda: self._same(type_, depth - 1),
        ]
        if type_ in INTS:
            options += self._integer(type_, depth - 1)
        elif type_ in BITS:
            options += self._bits(type_, depth - 1)
        elif type_ == "BOOL":
            options += self._bool(depth - 1)
        elif type_ in REALS:
            options += self._real(type_, depth - 1)
        elif type_ in ("TIME", "LTIME"):
            options += self._time(type_, depth - 1)
        elif "STRING" in type_:
            options += self._string(type_, depth - 1)
        elif type_ in ("DATE", "TIME_OF_DAY", "DATE_AND_TIME"):
            options += self._date(type_, depth - 1)
        return self.choices.pick(options)()

    # ---- leaves ----

    def leaf(self, type_: str) -> str:
        """A variable, or a constant."""
        places = self.scope.places(type_)
        if places and self.choices.chance(70):
            return self.place(self.choices.pick(places))
        return self.constant(type_)

    def place(self, leaf: Leaf) -> str:
        """A place with its indices filled in; some of them may be out of bounds."""
        return "".join(part if isinstance(part, str) else self.index(*part) for part in leaf.parts)

    def index(self, low: int, high: int) -> str:
        """An index that is almost always within the bounds."""
        self.choices.note("array index")
        kind = self.choices.below(100)
        if kind < 30:
            return str(self.choices.below(high - low + 1) + low)
        if kind < 55 and self.scope.counters:
            return f"{self.choices.pick(self.scope.counters)} MOD {min(-low if low < 0 else high, high) + 1}"
        if kind < 97:
            inner = self.value(self.choices.pick(("DINT", "INT", "UINT", "LINT")), 1)
            return f"LIMIT({low}, {inner}, {high})" if low >= 0 else f"LIMIT({low}, TO_DINT({inner}), {high})"
        self.choices.note("index without a limit")
        return self.unknown("DINT") or str(low)

    def unknown(self, type_: str) -> str | None:
        """A value that the compiler does not know: what it knows to be wrong it refuses."""
        plain = [leaf for leaf in self.scope.places(type_) if len(leaf.parts) == 1]
        return self.place(self.choices.pick(plain)) if plain else None

    def constant(self, type_: str) -> str:
        choices = self.choices
        if type_ in LIMITS:
            low, high = LIMITS[type_]
            number = choices.pick((1, 0, 2, 3, 7, -1, 100, low, high, high - 1, low + 1, high // 3))
            return f"{type_}#{min(max(number, low), high)}"
        if type_ == "BOOL":
            return choices.pick(("TRUE", "FALSE"))
        if type_ in REALS:
            large = "3.0E38" if type_ == "REAL" else "1.0E300"
            return (
                f"{type_}#{choices.pick(('1.0', '0.0', '0.1', '-2.5', '1.0E-3', '12345.678', '-0.0', large))}"
            )
        if type_ in ("TIME", "LTIME"):
            prefix = "T" if type_ == "TIME" else "LT"
            return f"{prefix}#{choices.pick(('10ms', '0s', '15ms', '-5ms', '1s500ms', '1d2h', '30ms'))}"
        if "STRING" in type_:
            quote = '"' if type_.startswith("W") else "'"
            most = int(type_[type_.index("[") + 1 : -1])
            return f"{quote}{choices.pick(_TEXTS)[:most]}{quote}"
        return {
            "Color": lambda: f"Color#{choices.pick(('Red', 'Green', 'Blue'))}",
            "Small": lambda: f"INT#{choices.below(26) - 5}",
            "CHAR": lambda: f"CHAR#'{choices.pick('aZ0')}'",
            "DATE": lambda: choices.pick(("D#1970-01-01", "D#2024-02-29", "D#1999-12-31")),
            "TIME_OF_DAY": lambda: choices.pick(("TOD#00:00:00", "TOD#12:30:00", "TOD#23:59:59.999")),
            "DATE_AND_TIME": lambda: choices.pick(("DT#1970-01-01-00:00:00", "DT#2024-02-29-23:59:58")),
        }[type_]()

    # ---- what all types have ----

    def _same(self, type_: str, depth: int) -> str:
        kind = self.choices.below(4)
        if "STRING" in type_ or type_ in ("Color", "Small"):
            kind = 0
        a, b = self.value(type_, depth), self.value(type_, depth)
        if kind == 0:
            self.choices.note("SEL")
            return f"SEL({self.value('BOOL', depth)}, {a}, {b})"
        if kind == 1:
            self.choices.note("MUX")
            count = "INT#1" if self.choices.chance(95) else self.unknown("INT") or "INT#0"
            return f"MUX({count}, {a}, {b}, {self.leaf(type_)})"
        if kind == 2:
            self.choices.note("MIN, MAX")
            return f"{self.choices.pick(('MIN', 'MAX'))}({a}, {b})"
        self.choices.note("LIMIT")
        return f"LIMIT({a}, {b}, {self.leaf(type_)})"

    def _functions_of(self, type_: str, depth: int) -> list:
        found = [u for u in self.scope.units if u.result == type_ and not u.shared]
        return [lambda u=u: self.call(u, depth) for u in found]

    def call(self, unit, depth: int) -> str:
        """A call of a function; inputs by name."""
        self.choices.note("function call")
        given = [
            f"{name} := {self.value(t, depth)}" for name, t in unit.inputs.items() if self.choices.chance(85)
        ]
        for name, t in unit.outputs.items():
            places = self.scope.places(t, writable=True)
            if places and self.choices.chance(50):
                self.choices.note("function output")
                given.append(f"{name} => {self.place(self.choices.pick(places))}")
        return f"{unit.name}({', '.join(given)})"

    def _convert(self, type_: str, sources: tuple[str, ...], depth: int) -> str:
        source = self.choices.pick([s for s in sources if s != type_])
        self.choices.note(f"to {_family(type_)} from {_family(source)}")
        return f"{source.partition('[')[0]}_TO_{type_.partition('[')[0]}({self.value(source, depth)})"

    # ---- families ----

    def _integer(self, type_: str, depth: int) -> list:
        choices = self.choices

        def sum_() -> str:
            op = choices.pick(("+", "-", "*"))
            choices.note(f"{_family(type_)} {op}")
            return f"({self.value(type_, depth)} {op} {self.value(type_, depth)})"

        def quotient() -> str:
            op = choices.pick(("/", "MOD"))
            choices.note(f"{_family(type_)} {op}")
            divisor = self.unknown(type_) or f"{type_}#5"
            if choices.chance(85):
                small = f"{type_}#{choices.pick((3, 1, 7, 10, 100))}"
                divisor = small if choices.chance(60) else f"MAX({divisor}, {type_}#2)"
            return f"({self.value(type_, depth)} {op} {divisor})"

        def negated() -> str:
            choices.note("negation")
            return f"(-{self.leaf(type_)})" if choices.chance(50) else f"ABS({self.value(type_, depth)})"

        def converted() -> str:
            return self._convert(type_, (*INTS, "BOOL", *BITS, "TIME"), depth)

        def from_real() -> str:
            source = choices.pick(REALS)
            choices.note(f"to {_family(type_)} from real")
            return f"{source}_TO_{type_}({self.unknown(source) or source + '#2.5'})"

        options = [sum_, sum_, quotient, negated, converted, converted]
        if choices.chance(30):
            options.append(from_real)
        if type_ == "INT":
            options += [lambda: self._measure(depth)]
        return options

    def _measure(self, depth: int) -> str:
        text = self.value("STRING[20]", depth)
        if self.choices.chance(50):
            self.choices.note("LEN")
            return f"LEN({text})"
        self.choices.note("FIND")
        return f"FIND({text}, {self.value('STRING[5]', 0)})"

    def _bits(self, type_: str, depth: int) -> list:
        choices = self.choices

        def logic() -> str:
            op = choices.pick(("AND", "OR", "XOR"))
            choices.note(f"bits {op}")
            return f"({self.value(type_, depth)} {op} {self.value(type_, depth)})"

        def shift() -> str:
            name = choices.pick(("SHL", "SHR", "ROL", "ROR"))
            choices.note(name)
            count = choices.pick(("1", "0", "3", "7", "8", "15", "31", "33", "64", "-1"))
            return (
                f"{name}({self.value(type_, depth)}, {count if choices.chance(70) else self.value('INT', 1)})"
            )

        def inverted() -> str:
            choices.note("bits NOT")
            return f"(NOT {self.value(type_, depth)})"

        return [logic, shift, inverted, lambda: self._convert(type_, (*INTS, "BOOL", *BITS), depth)]

    def _bool(self, depth: int) -> list:
        choices = self.choices

        def compared() -> str:
            type_ = choices.pick(
                (*INTS, *BITS, *REALS, "TIME", "STRING[5]", "Color", "CHAR", "BOOL", "DATE", "LTIME")
            )
            relations = _RELATIONS[:1] if type_ in REALS and choices.chance(5) else _RELATIONS
            if type_ in REALS:
                relations = ("<", ">", "<=", ">=")
            if type_ == "Color":
                relations = ("=", "<>")
            choices.note(f"comparison of {_family(type_)}")
            return f"({self.value(type_, depth)} {choices.pick(relations)} {self.value(type_, depth)})"

        def joined() -> str:
            op = choices.pick(("AND", "OR", "XOR", "AND_THEN", "OR_ELSE"))
            choices.note(op)
            return f"({self.value('BOOL', depth)} {op} {self.value('BOOL', depth)})"

        def inverted() -> str:
            choices.note("NOT")
            return f"(NOT {self.value('BOOL', depth)})"

        def bit() -> str:
            places = [p for t in BITS for p in self.scope.places(t)]
            if not places:
                return self.leaf("BOOL")
            choices.note("bit access")
            return f"{self.place(choices.pick(places))}.{choices.below(8)}"

        return [compared, compared, joined, joined, inverted, bit]

    def _real(self, type_: str, depth: int) -> list:
        choices = self.choices

        def sum_() -> str:
            op = choices.pick(("+", "-", "*"))
            choices.note(f"real {op}")
            return f"({self.value(type_, depth)} {op} {self.value(type_, depth)})"

        def quotient() -> str:
            choices.note("real /")
            divisor = self.unknown(type_) or f"{type_}#4.0"
            if choices.chance(85):
                divisor = f"({divisor} * {divisor} + {type_}#0.5)"
            return f"({self.value(type_, depth)} / {divisor})"

        def function() -> str:
            name = choices.pick(("ABS", "SQRT", "SIN", "EXP", "ATAN"))
            choices.note(name)
            if name == "SQRT":
                inner = self.unknown(type_) or f"{type_}#2.0"
                return f"SQRT(ABS({inner}))" if choices.chance(90) else f"SQRT({inner})"
            return f"{name}({self.value(type_, depth)})"

        sources = (*INTS, *REALS, "BOOL", "TIME")
        return [sum_, sum_, quotient, function, lambda: self._convert(type_, sources, depth)]

    def _time(self, type_: str, depth: int) -> list:
        choices = self.choices

        def sum_() -> str:
            op = choices.pick(("+", "-"))
            choices.note(f"time {op}")
            return f"({self.value(type_, depth)} {op} {self.value(type_, depth)})"

        def scaled() -> str:
            choices.note("time * number")
            number = self.value(choices.pick(("INT", "DINT", "UINT")), 0)
            if choices.chance(20):
                number = self.unknown("REAL") or "REAL#0.25"
            if choices.chance(50):
                return f"({self.value(type_, depth)} * {number})"
            return f"({self.value(type_, depth)} / {choices.pick(('INT#3', 'DINT#-7', 'REAL#2.5'))})"

        other = "LTIME" if type_ == "TIME" else "TIME"
        return [sum_, sum_, scaled, lambda: self._convert(type_, (other, "DINT", "LINT", "UINT"), depth)]

    def _date(self, type_: str, depth: int) -> list:
        choices = self.choices

        def moved() -> str:
            choices.note(f"{type_} + time")
            op = choices.pick(("+", "-"))
            return f"({self.value(type_, depth)} {op} {self.value('TIME', depth)})"

        if type_ == "DATE":
            return [lambda: self._convert(type_, ("DATE_AND_TIME",), depth)]
        if type_ == "TIME_OF_DAY":
            return [moved, lambda: self._convert(type_, ("DATE_AND_TIME",), depth)]
        return [moved]

    def _string(self, type_: str, depth: int) -> list:
        choices = self.choices
        if type_.startswith("W"):
            return [lambda: self._wide(depth)]
        a, b = self.value("STRING[20]", depth), self.value("STRING[5]", depth)
        count, at = (
            self.choices.pick(("INT#1", "INT#2", "INT#0", "INT#5", "INT#-1", self.value("INT", 0)))
            for _ in "ab"
        )
        forms = {
            "CONCAT": f"CONCAT({a}, {b})",
            "LEFT": f"LEFT({a}, {count})",
            "RIGHT": f"RIGHT({a}, {count})",
            "MID": f"MID({a}, {count}, {at})",
            "INSERT": f"INSERT({a}, {b}, {at})",
            "DELETE": f"DELETE({a}, {count}, {at})",
            "REPLACE": f"REPLACE({a}, {b}, {count}, {at})",
        }

        def formed() -> str:
            name = choices.pick(tuple(forms))
            choices.note(name)
            return forms[name]

        return [
            formed,
            formed,
            lambda: self._convert(type_, ("INT", "BOOL", "ULINT", "TIME", "DWORD", "DATE"), depth),
        ]

    def _wide(self, depth: int) -> str:
        self.choices.note("wide strings")
        return f"CONCAT({self.value('WSTRING[7]', depth)}, {self.constant('WSTRING[7]')})"


def _family(type_: str) -> str:
    for family, members in (("signed", INTS[:4]), ("unsigned", INTS[4:]), ("bits", BITS), ("real", REALS)):
        if type_ in members:
            return family
    return type_.partition("[")[0].lower()
