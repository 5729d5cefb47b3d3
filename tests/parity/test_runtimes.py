"""One source, three runtimes: the same inboxes give the same outboxes, step by step."""

import os
from array import array
from collections import Counter
from itertools import chain, pairwise
from random import Random

import pytest

import sorter_core.exchange
import sorter_core.gate_logic
import sortyard_c.exchange
import sortyard_c.gate_logic
from parity.belt_layout import Layout
from parity.belt_mimic import DRIVE, ROUGH, START, BeltMimic
from parity.corpus import config_of, corpus, groups, lines
from parity.oddities import damaged_configs, overfull, refusal, undrained
from parity.plant_traces import plant_cases
from parity.runtimes import difference, replay_compiled, replay_micropython, replay_pure
from parity.traces import EXTREMES, MASK, belt_case, outbox_records, wrapped
from sorter_core.codes import OUTCOMES, REASONS
from sorter_core.exchange import OUTBOX_INTS
from sortyard.vm.trace import turns

# The whole size takes some 40 s; SORTYARD_PARITY_STEPS=50000 gives a quick look.
STEPS = int(os.environ.get("SORTYARD_PARITY_STEPS", "1000000"))
WHOLE = 1_000_000
DISPOSITION, FAULT, INPUTS_LOST, OUTPUTS_LOST, GATE_NO_END = 8, 11, 9, 10, 6
AT_LEAST = 100
CLAIMS = {("SORTED", "confirmed"), ("SORTED", "unconfirmed")}
REJECTED = {
    "NO_READ", "MULTI_READ", "NO_DATA", "LATE_DATA", "CHUTE_FULL", "CHUTE_DISABLED", "GATE_FAULT",
    "GAP_TOO_SMALL", "LENGTH", "UNCERTAIN", "FLUSHED", "LAP_LIMIT",
}  # fmt: skip
UNCLAIMED = {
    "NOT_SEEN": "LOST",
    "MERGED": "LOST",
    "UNPROVEN": "LOST",
    "CARRIED": "STRAY",
    "VANISHED": "STRAY",
}
EXPECTED = (
    CLAIMS
    | {("RECIRCULATED", "")}
    | {("REJECTED", reason) for reason in REJECTED}
    | {(outcome, reason) for reason, outcome in UNCLAIMED.items()}
)


def disposition_name(code):
    """`code` is b of a DISPOSITION record. A recirculated parcel is one kind, whatever sent it round."""
    outcome, reason = OUTCOMES[code & 15], REASONS[(code >> 4) & 31]
    if outcome == "SORTED":
        return outcome, "confirmed" if code >> 17 & 1 else "unconfirmed"
    return (outcome, "") if outcome == "RECIRCULATED" else (outcome, reason)


def crosses_the_wrap(case):
    """Whether the belt position passes from the end of the 28-bit counter to its beginning."""
    positions = [case.trace[start + 1] & MASK for start, _ in turns(case.trace)]
    return any(after < 1000 < MASK - 1000 < before for before, after in pairwise(positions))


def test_compiled_equals_pure_and_every_disposition_occurs():
    steps, dispositions, wraps = 0, Counter(), 0
    for case in chain(plant_cases(STEPS // 5000), corpus(STEPS)):
        assert not difference(case, replay_compiled(case.config, case.trace))
        steps += case.steps
        dispositions.update(
            disposition_name(b) for kind, _, b, _, _ in outbox_records(case.outboxes) if kind == DISPOSITION
        )
        wraps += crosses_the_wrap(case)
    assert steps >= STEPS
    assert wraps >= 10
    assert set(dispositions) == EXPECTED
    too_few = {name: count for name, count in dispositions.items() if count < AT_LEAST * STEPS // WHOLE}
    assert not too_few


def test_micropython_equals_pure():
    steps = 0
    for case in chain(plant_cases(STEPS // 50_000), corpus(STEPS // 10, seed=2)):
        assert not difference(case, replay_micropython(case.config, case.trace))
        steps += case.steps
    assert steps >= STEPS // 10


@pytest.mark.parametrize("seed", range(4))
def test_jumping_to_the_next_due_step_equals_stepping_every_millisecond(seed):
    """Steps without input, before anything is due, may be left out: nothing that is said changes."""
    line = lines()[("hub16", "starter", "near", "bare")[seed]]
    layout = Layout(line, len(groups(line)))
    mimic = BeltMimic(layout, ROUGH, Random(seed), MASK - 30_000, MASK - 9_000_000)
    case = belt_case(f"every-ms-{seed}", config_of(line), mimic, 100_000, how="every_ms")
    short = array("i")
    at = 0
    due = None
    for start, end in turns(case.trace):
        n, position, ticks = case.trace[start : start + 3]
        if n or due is None or due[2] or wrapped(position - due[0]) >= 0 or wrapped(ticks - due[1]) >= 0:
            short.extend(case.trace[start:end])
        due = case.outboxes[at + 1 : at + 4]
        at += 5 + 5 * case.outboxes[at]
    said = list(outbox_records(case.outboxes))
    assert len(short) < len(case.trace) // 2
    assert len(said) > 250
    for replay in (replay_pure, replay_compiled):
        assert list(outbox_records(replay(case.config, short))) == said


LOGICS = {"pure": sorter_core, "compiled": sortyard_c}


def turns_after_two_commands(package, n):
    """Start and drive-on in one inbox that claims to hold `n` inputs; its outbox and those of five more turns."""
    logic = package.gate_logic.GateLogic(config_of(lines()["starter"]))
    outbox = array("i", bytes(4 * OUTBOX_INTS))
    told = array("i")
    for step in range(6):
        inbox = array("i", [0 if step else n, 0, 1000 * step, START, 0, 0, 0, 0, DRIVE, 0, 0, 1, 0])
        told.extend(outbox[: package.exchange.exchange(logic, inbox, outbox)])
    return told


@pytest.mark.parametrize("runtime", LOGICS)
def test_an_inbox_that_counts_wrong_is_read_only_as_far_as_it_goes(runtime):
    nothing, everything = (turns_after_two_commands(LOGICS[runtime], n) for n in (0, 2))
    assert nothing != everything
    for n in EXTREMES:
        expected = nothing if n <= 0 else everything if n >= 2 else turns_after_two_commands(sorter_core, 1)
        assert turns_after_two_commands(LOGICS[runtime], n) == expected


@pytest.mark.parametrize("runtime", LOGICS)
def test_arrays_without_room_for_the_heads_are_an_index_error(runtime):
    exchange = LOGICS[runtime].exchange
    logic = LOGICS[runtime].gate_logic.GateLogic(config_of(lines()["starter"]))
    for inbox, outbox in ((2, 100), (0, 100), (3, 4), (3, 0)):
        with pytest.raises(IndexError):
            exchange.exchange(logic, array("i", [0] * inbox), array("i", [0] * outbox))


def test_outputs_that_nobody_takes_hold_up_the_inputs_and_the_loss_of_those_is_told():
    told = undrained(sorter_core)
    assert told == undrained(sortyard_c)
    assert told[0] > 200
    assert INPUTS_LOST in [a for kind, a, _, _, _ in outbox_records(told) if kind == FAULT]


def test_outputs_beyond_the_reserve_are_counted_and_the_count_is_told():
    told = overfull(sorter_core)
    assert told == overfull(sortyard_c)
    faults = [(a, c) for kind, a, _, c, _ in outbox_records(told) if kind == FAULT]
    lost = [c for fault, c in faults if fault == OUTPUTS_LOST]
    assert len(lost) == 1
    assert 0 < lost[0] < 64
    assert lost[0] + [fault for fault, _ in faults].count(GATE_NO_END) == 64


def test_a_damaged_configuration_is_taken_or_refused_alike():
    taken = refused = 0
    for config in damaged_configs():
        said = refusal(sorter_core, config)
        assert refusal(sortyard_c, config) == said
        refused += said != ""
        taken += said == ""
    assert refused > 500
    assert taken > 100


def test_a_replay_goes_on_where_its_output_was_full():
    case = next(corpus(20_000))
    small = array("i", bytes(4 * (OUTBOX_INTS + 50)))
    logic = sortyard_c.gate_logic.GateLogic(case.config)
    outboxes, at, calls = array("i"), 0, 0
    while at < len(case.trace):
        small[0] = 1
        at = sortyard_c.exchange.replay(logic, case.trace, at, len(case.trace), small)
        outboxes.extend(small[1 : small[0]])
        calls += 1
    assert calls > 20
    assert not difference(case, outboxes)
