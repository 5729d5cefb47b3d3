"""Random lines for the stress campaign: any number of gates, speed, spacing, kind of diverter, window.

A line is written as the text of a line file, so that one that shows a fault can be kept, read and replayed. It
is plausible, not certainly sound: `sortyard check` judges it before it is run.
"""

from dataclasses import dataclass
from random import Random

from sortyard.config.timing import INPUT_LAG_MS

PLAN_NAME = "stress.plan.toml"
METER_BRAKE_MM_S2 = 10_000
LINKS_MS = 120
"""For a hand-over between boards on USB: see `sortyard.config.link_times`."""
LENGTHS = {
    600: [90, 120, 160, 220, 300, 420, 560],
    800: [100, 150, 180, 250, 360, 560, 780],
    1200: [105, 160, 180, 250, 380, 650, 1050],
}


@dataclass(frozen=True)
class Ranges:
    """Least and most of a diverter's keys in the line file, mm and ms."""

    zone_mm: tuple[int, int]
    delay_ms: tuple[int, int]
    travel_ms: tuple[int, int]
    dwell_ms: tuple[int, int] = (0, 0)


KINDS = {
    "pusher": Ranges((250, 700), (5, 30), (40, 160), (15, 60)),
    "swing_arm": Ranges((400, 1000), (5, 40), (80, 300)),
    "popup_wheel": Ranges((150, 400), (5, 20), (20, 80)),
}


@dataclass(frozen=True)
class RandomLine:
    """The text of a line file and of its sort plan, and what the campaign's coverage is told by."""

    seed: int
    text: str
    plan_text: str
    gates: int
    speed_mm_s: int
    pitch_mm: int
    gap_mm: int
    """smallest gap that reaches the gates: the meter's, else the feeder's"""
    kinds: tuple[str, ...]
    window_mm: int


def random_line(seed: int, boards: int = 1) -> RandomLine:
    """The line of a seed, always the same one; with several boards it has as many zones, or one a gate."""
    return _Builder(seed, boards).build()


class _Builder:
    def __init__(self, seed: int, boards: int) -> None:
        rng = self.rng = Random(seed)
        self.seed = seed
        self.gates = rng.randint(*rng.choice([(1, 4), (5, 20), (21, 64)]))
        self.speed = 10 * round(30 * 10 ** rng.random())
        self.kinds = rng.choice([("pusher",), ("swing_arm",), ("popup_wheel",), ("pusher", "popup_wheel")])
        self.max_length = rng.choice(list(LENGTHS))
        self.window = rng.randint(20, 90)
        self.free_mm = rng.randint(300, 2200)
        self.boards = [f"zone{n}" if n else "line" for n in range(min(boards, self.gates))]
        self.ecu = self.boards[0]
        self.has_loop = rng.random() < 0.4 and self.gates > 1
        self.has_confirm = rng.random() < 0.9
        self.gap = rng.randint(0, 1200)
        # The loop joins between the feeder and the infeed eye: only a metering belt ends that far upstream.
        self.has_meter = self.has_loop or rng.random() < 0.5
        self.parts: list[str] = []

    def build(self) -> RandomLine:
        end = self._gates()
        last, self.ecu = self.ecu, self.boards[0]
        self._eye("PE-IN", "infeed", 0)
        self.ecu = last
        self._eye("PE-END", "end", end + 400)
        self.ecu = self.boards[0]
        pitch = (end - self.first_mm) // self.gates
        length = end + 600
        head = self._head(length) + self._feeding(length)
        return RandomLine(
            seed=self.seed,
            text="\n".join([*head, "", *self.parts]) + "\n",
            plan_text=self._plan(),
            gates=self.gates,
            speed_mm_s=self.speed,
            pitch_mm=pitch,
            gap_mm=self.gap,
            kinds=self.kinds,
            window_mm=self.window,
        )

    def _head(self, length: int) -> list[str]:
        rng = self.rng
        mean_length = 330
        carried = self.speed * 3600 // (mean_length + self.gap)
        counts = rng.choice([250, 500, 1000, 2000])
        boards = [f'{{ name = "{name}", board = "pico" }}' for name in self.boards]
        return [
            "format = 1",
            f'name = "stress-{self.seed}"',
            f'plan = "{PLAN_NAME}"',
            f"belt = {{ speed_mm_s = {self.speed}, length_mm = {length}, width_mm = 800,"
            f" acceleration_mm_s2 = {rng.choice([500, 1000, 2000])} }}",
            f'encoder = {{ um_per_count = {counts}, ecu = "line" }}',
            f"parcels = {{ max_length_mm = {self.max_length}, length_mm_quantiles = {LENGTHS[self.max_length]},"
            f" rate_per_h = {min(max(int(carried * rng.uniform(0.3, 1.0)), 10), 30_000)},"
            f" min_gap_mm = {rng.randint(0, 300) if self.has_meter else self.gap} }}",
            f'policy = {{ restart = "{rng.choice(["flush", "resume"])}",'
            f" host = {str(rng.random() < 0.8).lower()} }}",
            f"ecu = [{', '.join(boards)}]",
            f'scanner = [{{ name = "SCAN", position_mm = {self.scanner_mm}, window_mm = {rng.randint(60, 200)},'
            f' latency_ms = {rng.randint(5, 60)}, jitter_ms = {rng.randint(0, 5)}, ecu = "line" }}]',
        ]

    def _feeding(self, length: int) -> list[str]:
        lines = []
        self._motor("BELT", "vfd_modbus")
        if self.has_meter:
            self._motor("METER", "mdr")
            lines.append(
                f"infeed_meter = {{ gap_mm = {max(self.gap, 50)}, transfer_mm = -1500,"
                f" brake_mm_s2 = {METER_BRAKE_MM_S2} }}"
            )
            # A parcel needs room to brake and to speed up again before its middle leaves the metering belt.
            self._eye("PE-METER", "meter", -1650 - self.speed**2 // METER_BRAKE_MM_S2)
        if self.has_loop:
            self._motor("LOOP", "mdr")
            lines.append(f"recirculation = {{ loop_mm = {length + 1000}, merge_position_mm = -700 }}")
            self.parts.append('[[eye]]\nname = "PE-MERGE"\nrole = "merge"\necu = "line"')
        return lines

    def _gates(self) -> int:
        """Write all diverters with their chutes and eyes; returns where the last one has let go of a parcel."""
        rng = self.rng
        self.scanner_mm = rng.randint(300, 1200)
        at = self.first_mm = self.scanner_mm + self.max_length + 500 + int(self.speed * rng.uniform(0.3, 1.5))
        style = {kind: self._timing(KINDS[kind]) for kind in self.kinds}
        free = min(self.free_mm, 190_000 // self.gates - 1000 - self.max_length // 2)
        reach = self.scanner_mm
        for number in range(1, self.gates + 1):
            kind = rng.choice(self.kinds)
            zone, timing = style[kind]
            if number > 1 and self._board_of(number) != self.ecu:
                eye_at = self._border(number, reach)
                at = eye_at + 3 * self.max_length // 2 + zone + int(self.speed * 0.6) + 200
            else:
                eye_at = max(reach + 30, at - self.max_length - int(self.speed * 0.3))
            self._eye(f"PE-V{number:02}", "verify", eye_at)
            self._gate(number, kind, at, zone, timing)
            # A pusher's parcel runs on until its middle is there: an eye must not see it before it is gone.
            reach = at + zone + (self.max_length // 2 if kind == "pusher" else 0)
            at = reach + free
        self.parts.append('[[chute]]\nname = "REJECT"\nkind = "reject"\nend = true')
        return reach

    def _board_of(self, gate: int) -> str:
        return self.boards[(gate - 1) * len(self.boards) // self.gates]

    def _border(self, number: int, reach: int) -> int:
        """The border eye of the zone that ends, and where the first eye of the zone of this gate may be."""
        self._eye(f"PE-B{number:02}", "verify", reach + 30)
        self.ecu = self._board_of(number)
        return reach + 30 + self.window + int(self.speed * 0.001 * (LINKS_MS + INPUT_LAG_MS)) + 30

    def _timing(self, ranges: Ranges) -> tuple[int, str]:
        rng = self.rng
        travel = rng.randint(*ranges.travel_ms)
        keys = {
            "delay_ms": rng.randint(*ranges.delay_ms),
            "extend_ms": travel,
            "retract_ms": travel + rng.randint(0, 20),
            "dwell_ms": rng.randint(*ranges.dwell_ms),
            "spread_ms": rng.randint(0, 5),
            "margin_mm": rng.randint(15, 50),
        }
        safe = f'safe_state = "{rng.choice(["retract", "retract", "hold", "off"])}"'
        feedback = f"feedback = {str(rng.random() < 0.5).lower()}"
        text = "\n".join([f"{key} = {value}" for key, value in keys.items()] + [safe, feedback])
        return rng.randint(*ranges.zone_mm), text

    def _gate(self, number: int, kind: str, at: int, zone: int, timing: str) -> None:
        name, chute = f"D{number:02}", f"C{number:02}"
        side = self.rng.choice(["left", "right"])
        self.parts.append(
            f'[[diverter]]\nname = "{name}"\nkind = "{kind}"\nposition_mm = {at}\nzone_mm = {zone}\n'
            f'side = "{side}"\n{timing}\necu = "{self.ecu}"'
        )
        is_loop = self.has_loop and number == self.gates
        capacity = self.rng.randint(50, 400)
        self.parts.append(
            f'[[chute]]\nname = "{chute}"\nkind = "{"recirculate" if is_loop else "sort"}"\n'
            f'diverter = "{name}"\ncapacity = {capacity}'
        )
        if self.has_confirm or is_loop:
            self.parts.append(
                f'[[eye]]\nname = "PE-C{number:02}"\nrole = "confirm"\nchute = "{chute}"\n'
                f'travel_mm = [{zone // 2}, {zone + self.max_length // 2 + 500}]\necu = "{self.ecu}"'
            )

    def _motor(self, drives: str, driver: str) -> None:
        self.parts.append(
            f'[[motor]]\nname = "M-{drives}"\ndriver = "{driver}"\ndrives = "{drives.lower()}"\necu = "line"'
        )

    def _eye(self, name: str, role: str, at: int) -> None:
        self.parts.append(
            f'[[eye]]\nname = "{name}"\nrole = "{role}"\nposition_mm = {at}\nwindow_mm = {self.window}\n'
            f'ecu = "{self.ecu}"'
        )

    def _plan(self) -> str:
        """A rule for each chute; every other one overflows into its neighbour."""
        sort = self.gates - self.has_loop
        rules = []
        for number in range(1, sort + 1):
            chutes = [f"C{number:02}"] + ([f"C{number % sort + 1:02}"] if number % 2 and sort > 1 else [])
            rules.append(f'[[rule]]\nprefix = "T{number:02}"\nchutes = {chutes}'.replace("'", '"'))
        return "\n\n".join(rules) + "\n"
