"""Whatever happens: one disposition for each track, no strike, no false claim, nothing moved in an emergency stop."""

from collections import Counter
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sorter_core.gate_logic import GateLogic
from unit.gate_checking import check_links, live_tracks, with_checked_tables
from unit.gate_driver import CHUTE, DRIVE, ESTOP, GATE_HEALTH, HALF, MASK, START, STOP, Parcel, Yard
from unit.gate_line import V1, V2, V3, small_config, small_line

GATE_RECORDS = {1, 2, 3}
SEEDS = st.integers(0, 1 << 30)


class Day:
    """Parcels in random gaps; people, chutes, gates and stops interfere if `is_rough`."""

    def __init__(self, seed: int, is_rough: bool = True, *, every_ms: bool = False) -> None:
        self.rng = rng = Random(seed)
        self.is_rough = is_rough
        self.lifted: list[float] = []
        self.has_confirm = rng.random() < 0.7
        restart = rng.choice(["resume", "flush"])
        gate = {"safe_state": rng.choice(["retract", "hold", "off"])}
        self.has_end_eye = rng.random() < 0.7
        line = small_line(
            has_end_eye=self.has_end_eye, has_confirm=self.has_confirm, gate=gate, restart=restart
        )
        self.yard = Yard(line, position=rng.choice([1000, MASK - 5000]))
        self.yard.every_ms = every_ms
        with_checked_tables(self.yard.gl)
        self.yard.start()

    def run(self, parcels: int) -> Yard:
        for slot in range(parcels):
            self._parcel(slot)
            check_links(self.yard.gl)
        for _ in range(30):
            self._pass(500)
            if not live_tracks(self.yard.gl):
                break
        check_links(self.yard.gl)
        return self.yard

    def _parcel(self, slot: int) -> None:
        rng = self.rng
        length = rng.randint(100, 600)
        # What the last gate does nobody sees where neither a confirm eye nor an end eye is fitted.
        gates = [0, 1, 2] if self.has_confirm or self.has_end_eye else [0, 1]
        fails = frozenset(rng.sample(gates, rng.choice([0, 0, 0, 1]) if self.is_rough else 0))
        answer = rng.choice([1, 2, 3, 4, 5, 6, 1, 2, 0])
        self.yard.put(length, slot if rng.random() < 0.95 else -1, answer, fails=fails)
        left = length + rng.choice([30, 80, 150, 250, 350, 500, 700, 1000])
        while left > 0:
            piece = min(left, rng.randint(20, 400))
            self._pass(piece)
            left -= piece
            if self.is_rough and rng.random() < 0.25:
                rng.choice([self._lift, self._throw, self._stop, self._outage, self._slip])()

    def _pass(self, ms: int) -> None:
        self.yard.run(ms)
        if self.yard.speed == 0:
            self.yard.run(self.rng.randint(0, 300))
            self.yard.recover()

    def _on_belt(self, most: float) -> list[Parcel]:
        return [parcel for parcel in self.yard.parcels if parcel.is_on_belt and 100 < parcel.nose < most]

    def _lift(self) -> None:
        """Where an eye or a confirm eye can still tell."""
        seen = self._on_belt(7700 if self.has_end_eye else 5400)
        if self.has_confirm and seen:
            lifted = self.rng.choice(seen)
            self.lifted.append(self.yard.position - lifted.nose)
            self.yard.lift(lifted)

    def _throw(self) -> None:
        """Just ahead of a verify eye, where there is room: a stray that no eye has seen can't be spared.

        Nor is one told apart that comes in a lifted parcel's window.
        """
        x = self.yard.eye_x[self.rng.choice([V1, V2, V3])]
        nose, length = x - self.rng.randint(60, 120), self.rng.randint(100, 400)
        is_taken = any(parcel.covers(nose - length - 60, nose + 60) for parcel in self.yard.parcels)
        if not is_taken and all(abs(self.yard.position - nose - place) > 120 for place in self.lifted):
            self.yard.put(length, slot=-1, nose=nose)

    def _stop(self) -> None:
        if self.rng.random() < 0.3:
            self.yard.feed(self.rng.choice([STOP, ESTOP]), 0, 1)

    def _outage(self) -> None:
        kind = self.rng.choice([CHUTE, GATE_HEALTH])
        self.yard.feed(kind, self.rng.randint(0, 3), self.rng.choice([0, 1, 1, 2]))

    def _slip(self) -> None:
        moved = [parcel for parcel in self._on_belt(7000) if parcel.nose > 700]
        if moved:
            self.rng.choice(moved).nose += self.rng.choice([-20, -10, 10, 15])


def tracks_made(yard: Yard) -> Counter:
    return Counter(event.b for event in (*yard.events("INDUCTED"), *yard.events("STRAY_SEEN")))


@settings(max_examples=14, deadline=None)
@given(SEEDS)
def test_every_track_gets_exactly_one_disposition_and_nobody_is_struck(seed):
    """N1 to N3 under people, failing gates, full chutes, slip, stops and emergency stops; no table is misused."""
    yard = Day(seed).run(9)
    assert Counter(end.track for end in yard.ended) == tracks_made(yard)
    assert yard.strikes == []
    assert yard.false_claims() == []


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_without_faults_all_that_have_a_gap_are_sorted(seed):
    yard = Day(seed, is_rough=False).run(10)
    assert yard.strikes == []
    assert yard.false_claims() == []
    assert {end.outcome for end in yard.ended} <= {"SORTED", "RECIRCULATED", "REJECTED"}
    assert {end.reason for end in yard.ended} <= {"NONE", "NO_READ", "NO_DATA", "GAP_TOO_SMALL"}


@settings(max_examples=3, deadline=None)
@given(SEEDS)
def test_leaping_to_what_is_due_next_is_the_same_as_stepping_every_millisecond(seed):
    leaps, steps = (Day(seed, every_ms=every_ms).run(4) for every_ms in (False, True))
    assert leaps.said == steps.said


# --- hostile inputs, straight into the logic ---

wild = st.one_of(
    st.integers(-(1 << 31), (1 << 31) - 1), st.integers(-2, 12), st.sampled_from([255, 511, 1535])
)
kinds = st.one_of(st.integers(1, 14), wild)
inputs = st.tuples(kinds, wild, st.one_of(wild, st.none()), wild, wild)


def drained(logic: GateLogic, buffer: list[int]) -> list[tuple[int, ...]]:
    n = logic.drain(buffer, 0)
    return [tuple(buffer[i : i + 5]) for i in range(0, 5 * n, 5)]


@settings(max_examples=60, deadline=None)
@example([([(1, 0, 2, 0, 0)], 0)], 0)
@given(st.lists(st.tuples(st.lists(inputs, max_size=4), st.integers(-50, 900)), max_size=60), SEEDS)
def test_hostile_inputs_misuse_no_table_and_lose_no_track(turns, position):
    logic = with_checked_tables(GateLogic(small_config()))
    buffer = [0] * (5 * 256)
    logic.feed(11, 0, 0, 0, 0)
    logic.feed(8, 0, 0, 1, 0)
    made, ended, ticks = Counter(), Counter(), 0
    # At last some turns without inputs: what has begun is told and put away in steps of its own.
    for fed, way in [*turns, *[([], 0)] * 10]:
        for kind, index, at, a, b in fed:
            logic.feed(kind, index, position if at is None else at, a, b)
        position += way
        for _ in range(6):
            ticks += 1000
            logic.step(position, ticks)
            assert (logic.due_position, logic.due_ticks) == (
                logic.due_position & MASK,
                logic.due_ticks & MASK,
            )
            for kind, a, b, _, _ in drained(logic, buffer):
                made[b] += kind == 10 and a in (1, 8)
                ended[a] += kind == 8
    check_links(logic)
    assert +made == +(ended + Counter(live_tracks(logic)))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_when_the_belt_stands_and_nothing_comes_in_everything_is_done_after_a_while(seed):
    """Wherever the belt has run, forth and back: else what is done again and again would keep inputs out for ever."""
    rng = Random(seed)
    logic, buffer, position, ticks = GateLogic(small_config()), [0] * (5 * 256), 5000, 0
    logic.feed(START, 0, position, 0, 0)
    logic.feed(DRIVE, 0, position, 1, 0)

    def step() -> None:
        nonlocal ticks
        ticks += 1000
        logic.step(position & MASK, ticks & MASK)
        drained(logic, buffer)

    for _ in range(60):
        for _ in range(rng.randint(0, 3)):
            kind = rng.choice([1, 1, 1, 2, 2, 2, 3, 4, 7, 10, 11, 13])
            logic.feed(
                kind, rng.randint(0, 6), position - rng.randint(0, 20), rng.randint(0, 3), rng.randint(0, 7)
            )
        position += rng.choice([rng.randint(0, 600), rng.randint(-600, 100)])
        for _ in range(rng.randint(1, 8)):
            step()
    for _ in range(2000):
        if not logic.is_pending and (position - logic.due_position) & MASK >= HALF:
            break
        step()
    else:
        raise AssertionError("it never comes to rest")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(inputs, st.integers(0, 900)), max_size=60))
def test_in_an_emergency_stop_nothing_leaves_its_safe_state(fed):
    """N4: with the contact open no input whatever moves a gate, the line, the infeed or the merge."""
    yard = Yard(small_line(gate={"safe_state": "hold"})).start(300)
    logic = with_checked_tables(yard.gl)
    yard.put(300, answer=2, nose=4100)
    yard.run(900)
    logic.feed(ESTOP, 0, 0, 1, 0)
    logic.step(int(yard.position), yard.now * 1000)
    buffer = [0] * (5 * 256)
    drained(logic, buffer)
    position, ticks = int(yard.position), yard.now * 1000
    for (kind, index, at, a, b), way in fed:
        if kind != ESTOP:
            logic.feed(kind, index, position if at is None else at, a, b)
        position += way
        for _ in range(3):
            ticks += 1000
            logic.step(position, ticks)
            for record in drained(logic, buffer):
                assert record[0] not in GATE_RECORDS
                assert record[:2] not in ((5, 1), (6, 0), (7, 1))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, HALF), st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_records_come_out_in_the_order_in_which_they_were_made(position, rooms):
    """Whatever room the buffer has: nothing is skipped, nothing comes twice."""
    both = [GateLogic(small_config()) for _ in range(2)]
    out: list[list[tuple[int, ...]]] = [[], []]
    for turn, room in enumerate(rooms):
        for logic, said, size in zip(both, out, (room, 256 * 5), strict=True):
            for kind in (1, 2, 1):
                logic.feed(kind, turn % 5, position + 50 * turn, 0, 0)
            for _ in range(4):
                logic.step(position + 50 * turn, 4000 * turn)
            said += drained(logic, [0] * size)
    out[0] += drained(both[0], [0] * (256 * 5))
    assert out[0] == out[1]
