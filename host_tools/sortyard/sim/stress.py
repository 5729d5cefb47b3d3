"""The stress campaign: many parcels, every fault, the given line and random ones, in several processes.

    campaign = Campaign(Path("hub16.line.toml"), parcels=1_000_000, seed=1, lines=40)
    for piece in campaign.pieces: ...       # what is to be run; `run_piece` runs one, in any process

What must never happen is counted; a run in which it did is kept as files that show it again (`keep`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site
from sortyard.errors import InputError
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.random_line import PLAN_NAME, RandomLine, random_line
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

PIECE_PARCELS = 20_000
MOST_TRIES = 60
"""Random lines tried for each one that is wanted."""


@dataclass(frozen=True)
class Piece:
    """Parcels with one seed on one line: the given one (`made` None) or a random one."""

    path: Path | None
    made: RandomLine | None
    seed: int
    parcels: int


@dataclass
class Outcome:
    """What came of a piece; `never` names what must not happen and did."""

    piece: Piece
    parcels: int
    sorted: int
    untouched_parcels: int
    untouched_sorted: int
    never: dict[str, int]
    apart: dict[str, int]
    faults: dict[str, dict[str, int]]
    wall_s: float
    first_violation: int = -1
    """number of the first parcel that it happened to, -1 if none or not known"""
    partial: bool = False


@dataclass
class Totals:
    """Sums over the pieces that are done."""

    pieces: int = 0
    parcels: int = 0
    sorted: int = 0
    untouched_parcels: int = 0
    untouched_sorted: int = 0
    never: dict[str, int] = field(default_factory=dict)
    apart: dict[str, int] = field(default_factory=dict)
    faults: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.pieces += 1
        self.parcels += outcome.parcels
        self.sorted += outcome.sorted
        self.untouched_parcels += outcome.untouched_parcels
        self.untouched_sorted += outcome.untouched_sorted
        for sums, more in ((self.never, outcome.never), (self.apart, outcome.apart)):
            for name, n in more.items():
                sums[name] = sums.get(name, 0) + n
        for name, counts in outcome.faults.items():
            sums = self.faults.setdefault(name, {"injected": 0, "parcels_touched": 0})
            for key in sums:
                sums[key] += counts[key]


@dataclass
class Campaign:
    """Every piece of a campaign, in the order in which it is run."""

    pieces: list[Piece]
    accepted: list[RandomLine]
    rejected: list[RandomLine]

    @property
    def parcels(self) -> int:
        return sum(piece.parcels for piece in self.pieces)


def plan_campaign(path: Path, parcels: int, seed: int, lines: int, boards: int = 1) -> Campaign:
    """Spread `parcels` evenly over the given line and `lines` random ones that `check` passes, of 1 to `boards` boards.

    Raises InputError if the given line has errors.
    """
    load_site(path)
    accepted: list[RandomLine] = []
    rejected: list[RandomLine] = []
    for made in _random_lines(seed, lines * MOST_TRIES, boards):
        if len(accepted) == lines:
            break
        (accepted if is_sound(made) else rejected).append(made)
    share = -(-parcels // (len(accepted) + 1))
    pieces: list[Piece] = []
    for place, made in enumerate([None, *accepted]):
        for part in range(0, share, PIECE_PARCELS):
            number = seed * 1_000_003 + place * 1009 + part // PIECE_PARCELS
            pieces.append(
                Piece(None if made else path, made, number % 2**31, min(PIECE_PARCELS, share - part))
            )
    return Campaign(pieces, accepted, rejected)


def _random_lines(seed: int, most: int, boards: int) -> Iterator[RandomLine]:
    return (random_line((seed * 100_003 + place) % 2**31, 1 + place % boards) for place in range(most))


def is_sound(made: RandomLine) -> bool:
    """Whether `check` finds no error in a random line."""
    try:
        with TemporaryDirectory() as folder:
            return check_site(load_site(write_line(made, Path(folder)))).count("error") == 0
    except InputError:
        return False


def write_line(made: RandomLine, folder: Path, name: str = "stress") -> Path:
    """Write a random line and its sort plan into a folder; returns the line file."""
    path = folder / f"{name}.line.toml"
    plan_name = f"{name}.plan.toml"
    path.write_text(made.text.replace(PLAN_NAME, plan_name), encoding="utf-8")
    (folder / plan_name).write_text(made.plan_text, encoding="utf-8")
    return path


def site_of(piece: Piece) -> Site:
    """The site that a piece runs on."""
    if piece.path is not None:
        return load_site(piece.path)
    assert piece.made is not None, "a piece has a file or a random line"
    with TemporaryDirectory() as folder:
        return load_site(write_line(piece.made, Path(folder)))


def all_faults() -> dict[str, FaultSetting]:
    """Every fault at its default rate."""
    return {name: FaultSetting(fault.per_million) for name, fault in FAULTS.items()}


def run_piece(piece: Piece, on_progress: Callable[[int], None] | None = None) -> Outcome:
    """Simulate one piece with every fault on."""
    result = _simulated(piece, on_progress)
    truth = result.truth
    apart = {
        "undetectable": sum(truth.undetectable.values()),
        "misreads": truth.misreads,
        "strikes_safe_state": truth.strikes_safe_state,
        "strikes_broken_machine": truth.strikes_broken_machine,
    }
    return Outcome(
        piece=piece,
        parcels=result.parcels,
        sorted=result.sorted,
        untouched_parcels=truth.untouched_parcels,
        untouched_sorted=truth.untouched_sorted,
        never=result.never,
        apart=apart,
        faults=result.faults,
        wall_s=result.wall_s,
        first_violation=_first_violation(result),
        partial=result.partial,
    )


def _simulated(piece: Piece, on_progress: Callable[[int], None] | None = None) -> SimResult:
    site = site_of(piece)
    source = GeneratedParcels(site, piece.parcels, piece.seed)
    return simulate(site, source, Settings(seed=piece.seed, faults=all_faults(), on_progress=on_progress))


def _first_violation(result: SimResult) -> int:
    """Number of the first parcel of a story that is about what must never happen."""
    in_order = sorted(result.stories, key=lambda story: story.t_ms)
    return next((story.parcel for story in in_order if story.is_violation and story.parcel > 0), -1)


def keep(outcome: Outcome, folder: Path) -> Path:
    """Write what shows a violation again: scenario, and for a random line its files. Returns the scenario.

    The run is cut off behind the violation where the shorter run still has one.
    """
    piece, shorter = outcome.piece, outcome.first_violation + 200
    if outcome.first_violation > 0 and shorter < piece.parcels:
        cut = replace(piece, parcels=shorter)
        if any(run_piece(cut).never.values()):
            piece = cut
    folder.mkdir(parents=True, exist_ok=True)
    name = f"found-{piece.seed}"
    line = piece.path or write_line(piece.made or random_line(piece.seed), folder, name)
    scenario = folder / f"{name}.scenario.toml"
    counts = ", ".join(f"{n} {what}" for what, n in outcome.never.items() if n)
    lines = [
        f"# sortyard sim {line} --scenario {scenario}",
        "format = 1",
        f"seed = {piece.seed}",
        f"parcels = {piece.parcels}",
        f'note = "{counts}"',
        *(f'\n[[fault]]\nname = "{fault}"' for fault in FAULTS),
    ]
    scenario.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return scenario
