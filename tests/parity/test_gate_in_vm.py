"""The gate logic in MicroPython: step by step through shared memory, measured, and without allocation."""

from array import array

import pytest

from parity.corpus import corpus
from parity.runtimes import difference
from sortyard.vm import gate_runtime
from sortyard.vm.errors import GuestError
from sortyard.vm.gate_runtime import measure_in_vm, replay_in_vm, run_in_vm
from sortyard.vm.trace import turns


@pytest.fixture(scope="module")
def case():
    """3,000 steps of the hub."""
    return next(corpus(150_000))


def played(case):
    """`prepare` and `finish` that play a case, and the outboxes that they will have collected."""
    inboxes = (case.trace[start:end] for start, end in turns(case.trace))
    outboxes = array("i")

    def prepare(inbox):
        turn = next(inboxes, None)
        if turn is not None:
            inbox[: len(turn)] = turn
        return turn is not None

    def finish(outbox):
        outboxes.extend(outbox[: 5 + 5 * outbox[0]])

    return prepare, finish, outboxes


def test_live_steps_say_what_the_pure_runtime_says_and_allocate_nothing(case):
    prepare, finish, outboxes = played(case)
    cost = run_in_vm(case.config, prepare, finish)
    assert not difference(case, outboxes)
    assert cost.steps == case.steps
    assert cost.allocated_bytes == 0
    assert 0 < cost.mean_fuel < cost.p999_fuel <= cost.worst_fuel


def test_the_cost_is_the_same_in_every_run_and_the_loops_own_is_taken_off(case):
    first, second = (measure_in_vm(case.config, case.trace) for _ in range(2))
    assert first == second
    assert first.overhead_fuel > 0


def test_without_the_lock_calls_borrow_heap_and_give_it_back(case):
    locked = measure_in_vm(case.config, case.trace)
    free = measure_in_vm(case.config, case.trace, is_heap_locked=False)
    assert free.allocated_bytes == 0
    assert free.mean_fuel > locked.mean_fuel


@pytest.mark.parametrize("batch_ints", [40, 1 << 17])
def test_batches_of_any_size_give_the_same(case, batch_ints, monkeypatch):
    monkeypatch.setattr(gate_runtime, "_BATCH_IN_INTS", batch_ints)
    replay = replay_in_vm(case.config, case.trace)
    assert not difference(case, replay.outboxes)
    assert (replay.steps, replay.allocated_bytes) == (case.steps, 0)


def test_a_step_too_long_for_the_buffer_is_refused(case, monkeypatch):
    monkeypatch.setattr(gate_runtime, "_BATCH_IN_INTS", 5)
    with pytest.raises(gate_runtime.VmError, match="is too long"):
        replay_in_vm(case.config, case.trace)


def test_what_prepare_or_finish_raises_ends_the_run(case):
    def fail(_box):
        raise ZeroDivisionError("the plant has failed")

    prepare, finish, _ = played(case)
    with pytest.raises(ZeroDivisionError, match="the plant has failed"):
        run_in_vm(case.config, fail, finish)
    with pytest.raises(ZeroDivisionError, match="the plant has failed"):
        run_in_vm(case.config, prepare, fail)


def test_no_step_at_all_is_a_run_too(case):
    cost = run_in_vm(case.config, lambda _inbox: False, lambda _outbox: None)
    assert (cost.steps, cost.worst_index) == (0, -1)


def test_a_bad_configuration_is_told_in_the_guests_words(case):
    with pytest.raises(GuestError, match="ValueError: gate configuration"):
        measure_in_vm(case.config[:-1], case.trace)


def with_change(monkeypatch, old, new):
    """Give the guest another gate logic: a deliberately wrong controller."""
    files = gate_runtime.package_files("sorter_core")
    path = "/lib/sorter_core/gate_logic.py"
    assert files[path].count(old) == 1
    files[path] = files[path].replace(old, new)
    monkeypatch.setattr(gate_runtime, "package_files", lambda _package: files)


def test_a_step_that_allocates_is_caught_and_counted(case, monkeypatch):
    step = b"        position &= _MASK\n        ticks &= _MASK\n"
    with_change(monkeypatch, step, step + b"        self.ticks = (ticks,)\n")
    with pytest.raises(GuestError, match="heap is locked") as caught:
        measure_in_vm(case.config, case.trace)
    assert "gate_logic.py" in caught.value.guest_text
    cost = measure_in_vm(case.config, case.trace, is_heap_locked=False)
    assert cost.allocated_bytes >= 16 * cost.steps


def test_a_gate_logic_that_differs_is_found_with_its_step(case, monkeypatch):
    with_change(monkeypatch, b"ring[at + 3] = a & _MASK", b"ring[at + 3] = a & 1")
    told = difference(case, replay_in_vm(case.config, case.trace).outboxes)
    assert "step" in told
    assert "pure" in told
