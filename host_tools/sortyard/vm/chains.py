"""Chains of shift registers on a virtual board's SPI buses: inputs that the world sets, outputs that the guest sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


def chain_bit(unit: int, number: int) -> int:
    """Place in `World.outputs` of output `number` of the chain of shift registers on SPI bus `unit`."""
    return 128 * (unit + 1) + number


class _Chain(NamedTuple):
    """Pin that latches the registers, pin that enables outputs (-1: a chain of inputs)."""

    size: int
    latch: int
    enable: int


class Chains:
    """Those of one board, by the number of their bus."""

    def __init__(self) -> None:
        self._chains: dict[int, _Chain] = {}
        self._levels: dict[int, int] = {}
        self._shown: dict[int, int] = {}
        """levels that the guest sees"""
        self.has_news = False
        """whether there may be others for it to see"""

    def add(self, unit: int, size: int, latch: int, enable: int = -1) -> None:
        """Wire `size` shift registers to an SPI bus: outputs with an `enable` pin (low: on), else inputs."""
        self._chains[unit] = _Chain(size, latch, enable)
        self._levels[unit] = 0
        self.has_news = True

    def set(self, unit: int, number: int, level: int) -> None:
        """The world drives input `number` of a chain."""
        bit = 1 << number
        self._levels[unit] = self._levels[unit] & ~bit | (bit if level else 0)
        self.has_news = True

    def latch_of(self, unit: int) -> int:
        """The pin that latches a chain."""
        return self._chains[unit].latch

    def locate(self, seen: Sequence[memoryview], held: Sequence[memoryview]) -> None:
        """For each bus what its inputs see and what its outputs hold, in the guest's memory."""
        self._seen, self._held = seen, held

    def show(self) -> None:
        """Let the guest see the inputs as they are now."""
        self.has_news = False
        for unit, chain in self._chains.items():
            if chain.enable < 0 and self._shown.get(unit) != self._levels[unit]:
                self._shown[unit] = level = self._levels[unit]
                self._seen[unit][: chain.size] = level.to_bytes(chain.size, "little")

    def driven(self, low: int) -> int:
        """Levels of enabled chains' outputs, each at its `chain_bit`; `low`: pins that are driven low."""
        levels = 0
        for unit, chain in self._chains.items():
            if chain.enable >= 0 and low >> chain.enable & 1:
                held = int.from_bytes(self._held[unit][: chain.size], "big")
                levels |= held << chain_bit(unit, 0)
        return levels
