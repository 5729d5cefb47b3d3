"""Random programs of a line that write every request there is, at random, and behave in the end, so that a run ends.

text = random_programs(site, seeds)        # each of them a PROGRAM on a TASK of its own, in that order
"""

from collections.abc import Sequence
from random import Random

from sortyard.config.site import Site
from sortyard.plc.line.parts import LINE_NAME, Part, parts_of

STATES = ("STOPPED", "RUNNING", "STARTING", "ESTOPPED", "FAULTED")
INTERVALS = {"T#1ms": 1, "T#2500us": 3, "T#5ms": 6, "T#10ms": 30, "T#20ms": 30, "T#50ms": 20, "T#100ms": 10}
"""Of a hundred programs; a short one makes a long run."""


def random_programs(site: Site, seeds: Sequence[int]) -> str:
    """Structured Text; a seed gives the same program whatever others are beside it."""
    programs, rows = [], []
    for seed in seeds:
        rng = Random(seed)
        programs.append(_Writer(site, rng).program(f"Wild{seed}"))
        (interval,) = rng.choices(list(INTERVALS), list(INTERVALS.values()))
        rows.append(f"    TASK T{seed} (INTERVAL := {interval}, PRIORITY := 1);\n")
    runs = [f"    PROGRAM P{seed} WITH T{seed} : Wild{seed};\n" for seed in seeds]
    return "".join([*programs, "CONFIGURATION C\n", *rows, *runs, "END_CONFIGURATION\n"])


def random_forces(site: Site, seed: int) -> list[str]:
    """NAME=VALUE of up to eight things to force, half of them for some seconds: what is asked for, and what the line
    shows.

    The line can run all the same: a stop that is forced, or a start that gives no edge, would let it stand for ever.
    """
    rng = Random(seed)
    parts = parts_of(site.line)
    requests = [
        (part.identifier, name) for part in parts for name in part.writes if name not in ("START", "RESET")
    ]
    flags = ("BLOCKED", "EXTENDED", "HEALTHY", "RUNNING", "ESTOP", "START_BUTTON", "RESET_BUTTON")
    numbers = ("COUNT", "CYCLES", "SORTED", "READS", "INDUCTED", "POSITION", "SPEED")
    seen = [(part.identifier, name) for part in parts for name in part.reads]
    asked = rng.sample(requests, rng.randrange(1, 5))
    forces = [f"{identifier}.{name}={_forced(rng, name)}" for identifier, name in asked]
    for identifier, name in rng.sample(seen, 12)[:4]:
        if name in flags:
            forces.append(f"{identifier}.{name}={rng.choice(('TRUE', 'FALSE'))}")
        elif name in numbers:
            forces.append(f"{identifier}.{name}={rng.randrange(200)}")
    return [f"{one}{_span(rng)}" for one in forces]


def _span(rng: Random) -> str:
    begin = rng.randrange(60)
    return rng.choice(("", f"@{begin}s..{begin + rng.randrange(1, 30)}s"))


def _forced(rng: Random, name: str) -> str:
    return {"STOP": "FALSE", "HOLD": "FALSE", "RUN": "TRUE"}.get(name) or rng.choice(("TRUE", "FALSE"))


class _Writer:
    def __init__(self, site: Site, rng: Random) -> None:
        self.rng = rng
        self.parts = parts_of(site.line)
        self.requests = [f"{part.identifier}.{name}" for part in self.parts for name in part.writes]
        self.timers = 0

    def program(self, name: str) -> str:
        rng = self.rng
        rng.shuffle(self.requests)
        body = [line for request in self.requests for line in self._statement(request)]
        timers = "".join(f"    T{n} : TP;\n" for n in range(self.timers))
        return (
            f"PROGRAM {name}\nVAR\n    R : UDINT := {rng.randrange(1, 1 << 32)};\n    N, Q : UDINT;\n"
            f"    TIRED : TON;\n    PULSE : BOOL;\n{timers}END_VAR\n"
            f"TIRED(IN := TRUE, PT := T#{rng.randrange(4, 20)}s);\nN := N + 1;\n"
            "R := R * 1664525 + 1013904223;\nQ := R / 65536;\n"
            "IF NOT TIRED.Q THEN\n" + "".join(f"    {line}\n" for line in body) + "ELSE\n"
            "    PULSE := NOT PULSE;\n" + self._orderly() + "END_IF;\n" + self._calls() + "END_PROGRAM\n"
        )

    def _calls(self) -> str:
        return "".join(f"{part.identifier}();\n" for part in self.parts if self.rng.random() < 0.5)

    def _orderly(self) -> str:
        """Everything in service, and started whenever that is possible."""
        lines = []
        for request in self.requests:
            name = request.rpartition(".")[2]
            if name in ("RUN", "ENABLE"):
                lines.append(f"{request} := TRUE;")
            elif name == "START":
                lines.append(f"{request} := PULSE AND {LINE_NAME}.STATE = LINE_STATE#STOPPED;")
            elif name == "RESET":
                wanted = f"{LINE_NAME}.STATE = LINE_STATE#FAULTED OR {LINE_NAME}.STATE = LINE_STATE#ESTOPPED"
                lines.append(f"{request} := PULSE AND ({wanted});")
            else:
                lines.append(f"{request} := FALSE;")
        return "".join(f"    {line}\n" for line in lines)

    def _statement(self, request: str) -> list[str]:
        """Some are mostly as the line needs them to run at all, so that programs meet a running line too."""
        rng, kind = self.rng, request.rpartition(".")[2]
        is_rare = rng.random() < 0.6
        if kind in ("STOP", "HOLD") and is_rare:
            return [f"{request} := Q MOD {rng.choice((50, 300, 2000))} = 0;"]
        if kind in ("RUN", "ENABLE") and is_rare:
            return [f"{request} := Q MOD {rng.choice((50, 300, 2000))} <> 0;"]
        if kind in ("START", "RESET") and is_rare:
            return [f"{request} := N MOD {rng.choice((2, 7, 40))} = 0;"]
        return rng.choice((self._plain, self._branch, self._toggle, self._case, self._pulse))(request)

    def _plain(self, request: str) -> list[str]:
        return [f"{request} := {self._condition(2)};"]

    def _branch(self, request: str) -> list[str]:
        value = self.rng.choice(("TRUE", "FALSE"))
        return [f"IF {self._condition(1)} THEN", f"    {request} := {value};",
                f"ELSIF {self._condition(1)} THEN", f"    {request} := NOT {value};", "END_IF;"]  # fmt: skip

    def _toggle(self, request: str) -> list[str]:
        every = self.rng.choice((1, 2, 3, 10, 50, 300))
        return [f"IF N MOD {every} = 0 THEN", f"    {request} := NOT {request};", "END_IF;"]

    def _case(self, request: str) -> list[str]:
        return [f"CASE Q MOD {self.rng.randrange(2, 60)} OF", f"    0: {request} := TRUE;",
                f"    1, 2: {request} := {self._condition(1)};", "END_CASE;"]  # fmt: skip

    def _pulse(self, request: str) -> list[str]:
        timer, self.timers = f"T{self.timers}", self.timers + 1
        length = self.rng.choice((5, 30, 150, 800, 4000))
        return [f"{timer}(IN := {self._condition(1)}, PT := T#{length}ms);",
                f"{request} := {self.rng.choice(('', 'NOT '))}{timer}.Q;"]  # fmt: skip

    def _condition(self, depth: int) -> str:
        rng = self.rng
        if depth and rng.random() < 0.5:
            operator = rng.choice(("AND", "OR", "XOR"))
            return f"({self._condition(depth - 1)}) {operator} {self._condition(depth - 1)}"
        if rng.random() < 0.2:
            return f"NOT ({self._condition(depth - 1)})" if depth else "TRUE"
        return rng.choice((self._random, self._seen, self._state, self._count))()

    def _random(self) -> str:
        return f"Q MOD {self.rng.choice((2, 3, 10, 100, 1000))} = 0"

    def _state(self) -> str:
        return f"{LINE_NAME}.STATE = LINE_STATE#{self.rng.choice(STATES)}"

    def _seen(self) -> str:
        return self._variable(("BLOCKED", "EXTENDED", "HEALTHY", "RUNNING", "ESTOP", "START_BUTTON"))

    def _count(self) -> str:
        counter = self._variable(("COUNT", "CYCLES", "SORTED", "READS", "INDUCTED", "POSITION", "SPEED"))
        return f"{counter} MOD {self.rng.choice((2, 3, 8, 200))} = 0"

    def _variable(self, names: tuple[str, ...]) -> str:
        found: list[tuple[Part, str]] = [
            (part, name) for part in self.parts for name in part.reads if name in names
        ]
        part, name = self.rng.choice(found)
        return f"{part.identifier}.{name}"
