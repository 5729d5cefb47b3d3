"""Threads of a crew go on with guests while the threads that these belong to are aside."""

import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from sortyard.vm.machine import MicroPythonVM
from sortyard_c.crew import Crew
from sortyard_c.turns import Turns

HOST, OTHER = 0, 1
LEAST_FUEL = 100_000
LONG_S = 20.0
GUEST = b"""
from host import call
for number in range(3):
    call("turn", str(number))
    for _ in range(5000):
        pass
print(number)
"""


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Of one thread, for one guest."""
    made = Crew(1, 1)
    thread = Thread(target=made.work, args=(0,))
    thread.start()
    made.is_at_work = True
    yield made
    made.close()
    thread.join(LONG_S)
    assert not thread.is_alive()


def until(is_so: Callable[[], bool], longest_s: float) -> bool:
    """Whether it comes to be so in that time."""
    end_s = time.perf_counter() + longest_s
    while time.perf_counter() < end_s:
        if is_so():
            return True
        time.sleep(0.001)
    return False


class Story:
    """A guest whose thread goes aside at each of its calls, and somebody else who has the turn meanwhile."""

    def __init__(self, crew: Crew) -> None:
        self.turns = Turns(2)
        self.vm = MicroPythonVM({"/main.py": GUEST}, host_call=self._answer)
        self.vm.task.join(crew, 0)
        self.calls: list[str] = []
        self.is_aside = True
        self.output = ""
        self.error: BaseException | None = None
        self.raised: BaseException | None = None

    def _answer(self, _name: str, text: str) -> str:
        self.calls.append(text)
        if self.error is not None:
            raise self.error
        self.vm.refuel()
        if self.is_aside:
            self.turns.give_aside(OTHER, HOST)
        return ""

    def live(self) -> None:
        self.turns.take(HOST)
        try:
            with self.vm:
                self.output = self.vm.run("/main.py").stdout
        except ValueError as error:
            self.raised = error
        self.turns.give(OTHER)

    def has_computed(self) -> bool:
        return self.vm.fuel_used() > LEAST_FUEL

    def tell(self, meanwhile: Callable[[], None]) -> None:
        """`meanwhile` is what the other one does at each of its turns."""
        thread = Thread(target=self.live)
        thread.start()
        while thread.is_alive():
            self.turns.give(HOST)
            self.turns.take(OTHER)
            if not self.output and self.raised is None:
                meanwhile()
            else:
                thread.join(LONG_S)


def test_a_guest_goes_on_while_its_own_thread_has_no_turn(crew: Crew):
    story, seen = Story(crew), []
    story.tell(lambda: seen.append(until(story.has_computed, LONG_S)))
    assert seen == [True] * 3
    assert story.output == "2\n"


def test_a_crew_that_sleeps_is_woken_for_a_guest(crew: Crew):
    story, seen = Story(crew), []

    def sleep_and_look() -> None:
        seen.append(until(story.has_computed, LONG_S))
        time.sleep(0.1)  # the crew looks in vain for a thousandth of that

    story.tell(sleep_and_look)
    assert seen == [True] * 3


def test_a_guest_waits_for_its_own_thread_where_the_crew_rests(crew: Crew):
    story, seen = Story(crew), []
    crew.is_at_work = False
    story.tell(lambda: seen.append(until(story.has_computed, 0.1)))
    assert seen == [False] * 3
    assert story.output == "2\n"


def test_the_thread_of_a_guest_goes_on_with_it_where_the_crew_has_nobody():
    story = Story(Crew(1, 0))
    story.tell(lambda: None)
    assert story.output == "2\n"


def test_what_the_host_raises_comes_out_in_the_guests_own_thread(crew: Crew):
    story = Story(crew)

    def fail() -> None:
        story.error = ValueError("no such gate")

    story.tell(fail)
    assert story.raised is story.error
    assert story.calls == ["0", "1"]


def test_guests_of_a_crew_run_to_their_ends_without_going_aside(crew: Crew):
    story = Story(crew)
    story.is_aside = False
    story.tell(lambda: None)
    assert story.output == "2\n"


def test_there_are_no_guests_and_no_threads_but_those_of_the_crew(crew: Crew):
    with MicroPythonVM({"/main.py": b"pass"}) as vm, pytest.raises(IndexError, match="guest 1"):
        vm.task.join(crew, 1)
    with pytest.raises(IndexError, match="thread 1"):
        crew.work(1)
