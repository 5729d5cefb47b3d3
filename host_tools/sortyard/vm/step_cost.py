"""Fuel per step: a fixed-size histogram that gives mean, 99.9th percentile and worst."""

from __future__ import annotations

from dataclasses import dataclass

from sortyard_c.fuel_meter import BUCKET_FUEL, FuelMeter

_BUCKETS = 1 << 14


@dataclass(frozen=True, slots=True)
class StepCost:
    """What the steps of one run cost in the virtual machine.

    Fuel counts WebAssembly instructions of the interpreter; some 1.6 units stand for one cycle of an
    RP2040. One step is one exchange: inputs fed, step, outputs drained. `overhead_fuel` is what a turn of
    the loop costs with a gate logic that does nothing; it is already taken off the other figures.
    `p999_fuel` is rounded up to the next multiple of 64. `worst_index` counts steps from 0.
    `allocated_bytes` is what the guest's heap grew by from before the first to after the last step, with
    nothing ever freed.
    """

    steps: int
    mean_fuel: float
    p999_fuel: int
    worst_fuel: int
    worst_index: int
    overhead_fuel: int
    allocated_bytes: int


class StepCostMeter(FuelMeter):
    """Collects the fuel of one step after the other in constant memory: `add(fuel)`, the loop's own included."""

    def __init__(self) -> None:
        super().__init__(_BUCKETS)
        self.allocated_bytes = 0

    def result(self) -> StepCost:
        """Return the figures of all steps so far; all zero, and worst_index -1, without any step."""
        return StepCost(
            steps=self.steps,
            mean_fuel=self.total / self.steps if self.steps else 0.0,
            p999_fuel=self._percentile(0.999),
            worst_fuel=self.worst,
            worst_index=self.worst_index,
            overhead_fuel=self.overhead_fuel,
            allocated_bytes=self.allocated_bytes,
        )

    def _percentile(self, share: float) -> int:
        missing = self.steps * share
        for bucket, count in enumerate(self.histogram):
            missing -= count
            if count and missing <= 0:
                return min(bucket * BUCKET_FUEL, self.worst) if bucket < _BUCKETS - 1 else self.worst
        return 0
