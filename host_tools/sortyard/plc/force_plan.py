"""Forces and releases at their times, while a program runs.

plan = ForcePlan(runtime, forces)
plan.apply(now_ns)          # before each scan; what it has done
"""

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sortyard.plc.forces import Force

if TYPE_CHECKING:
    from sortyard.plc.runtime import Runtime


class Change(NamedTuple):
    """The force of this number begins to hold, or holds no more."""

    number: int
    is_forced: bool


class ForcePlan:
    """What is to be forced and released in a run, each before the first scan that is not earlier than its time."""

    def __init__(self, runtime: "Runtime", forces: Sequence[Force]) -> None:
        self._runtime = runtime
        self._forces = forces
        begins = [(one.from_ns, True, number) for number, one in enumerate(forces)]
        ends = [(one.to_ns, False, number) for number, one in enumerate(forces) if one.to_ns is not None]
        self._ahead = deque(sorted([*begins, *ends]))  # of the same time a release before a force

    def apply(self, now_ns: int) -> list[Change]:
        """Force and release what is due by now, in ns since the start."""
        changes = []
        while self._ahead and self._ahead[0][0] <= now_ns:
            _, is_forced, number = self._ahead.popleft()
            force = self._forces[number]
            if is_forced:
                self._runtime.force(force.path, force.value)
            else:
                self._runtime.release(force.path)
            changes.append(Change(number, is_forced))
        return changes

    def words(self, change: Change) -> dict[str, Any]:
        """A change for people and --json."""
        force = self._forces[change.number]
        return {"forced": force.path, "value": force.text} if change.is_forced else {"released": force.path}

    @property
    def never_begun(self) -> list[str]:
        """`LINE.HOLD = TRUE from T#1h`: what has not come yet; after a run, what it was too short for."""
        ahead = (self._forces[number] for _, is_forced, number in self._ahead if is_forced)
        return [f"{force.path} = {force}" for force in ahead]
