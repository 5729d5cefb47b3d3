"""Faults of a board's wires, of its link and of the board itself: what a run of the firmware has besides the plant's.

    faults = WireFaults(settings, seed, touch, transit_us)
    for begun in faults.look(now_us, parcels): ...     # a Strike whose time has come, or is over
    faults.is_on("link_cut")
    data = faults.spoilt(data)                         # bytes of a scanner or an inverter, while there is noise
    data = faults.carried(data)                        # bytes of the link, as they arrive at its other end

A fault that befalls a parcel strikes at a moment of its way along the line. Moments, sizes, places and damaged bytes
are drawn from the seed: the same run has the same faults.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import NamedTuple

from sortyard.sim.faults import WIRE_FAULTS, FaultSetting

_NOISE_SHARE = 0.2
"""Part of the bytes that noise changes."""
_DAMAGED_SHARE = 0.3
"""Part of the link's pieces that get lost, or damaged."""
_JUNK_BYTES = 12


class Strike(NamedTuple):
    """A fault begins, or is over. `place` chooses among what it may befall."""

    name: str
    is_on: bool
    place: int


class WireFaults:
    """All boots of one run. `touch()` marks the parcels that are about, and says how many were not marked before."""

    def __init__(
        self, settings: Mapping[str, FaultSetting], seed: int, touch: Callable[[], int], transit_us: int
    ) -> None:
        self.injected = Counter[str]()
        self.touched = Counter[str]()
        self._settings = {name: one for name, one in settings.items() if name in WIRE_FAULTS}
        self._seed = seed
        self._touch = touch
        self._transit_us = transit_us
        self._parcels = 0
        self._coming: list[tuple[int, str, int, int]] = []
        """when a fault strikes, its name, for how many us, and where"""
        self._on: dict[str, tuple[int, int]] = {}
        """until when, and where"""
        self._bytes = Random(seed)

    def look(self, now_us: int, parcels: int) -> Iterable[Strike]:
        """What has begun and ended since the last look, when so many parcels have come; to be gone through at once."""
        if parcels == self._parcels and not self._coming and not self._on:
            return ()
        return self._changes(now_us, parcels)

    def _changes(self, now_us: int, parcels: int) -> Iterator[Strike]:
        for parcel in range(self._parcels + 1, parcels + 1):
            self._draw(parcel, now_us)
        if parcels != self._parcels:
            self._parcels = parcels
            for name in self._on:
                self.touched[name] += self._touch()
        for name, (until_us, place) in list(self._on.items()):
            if now_us >= until_us:
                del self._on[name]
                yield Strike(name, False, place)
        while self._coming and self._coming[0][0] <= now_us:
            _, name, size_us, place = heapq.heappop(self._coming)
            if name in self._on:
                continue
            self.injected[name] += 1
            self.touched[name] += self._touch()
            self._on[name] = now_us + size_us, place
            yield Strike(name, True, place)

    def _draw(self, parcel: int, now_us: int) -> None:
        """Which faults befall this parcel."""
        for number, (name, fault) in enumerate(WIRE_FAULTS.items()):
            setting = self._settings.get(name)
            if setting is None:
                continue
            rng = Random((self._seed * 1_000_003 + parcel) * 64 + number)
            if rng.randrange(1_000_000) < setting.per_million or parcel in setting.at_parcel:
                size_us = 1000 * rng.randint(fault.low, fault.high)
                at_us = now_us + rng.randrange(self._transit_us)
                heapq.heappush(self._coming, (at_us, name, size_us, rng.randrange(1 << 16)))

    def is_on(self, name: str) -> bool:
        """Whether the fault is there now."""
        return name in self._on

    def place(self, name: str) -> int:
        """Where the fault is, -1 where it is not there."""
        return self._on[name][1] if name in self._on else -1

    def junk(self) -> bytes:
        """What a receiver makes of noise on a silent line."""
        return self._bytes.randbytes(self._bytes.randint(1, _JUNK_BYTES))

    def spoilt(self, data: bytes) -> bytes:
        """The bytes as they arrive: as they are, or with bits changed by noise."""
        if "uart_noise" not in self._on:
            return data
        rng = self._bytes
        return bytes(byte ^ (1 << rng.randrange(8) if rng.random() < _NOISE_SHARE else 0) for byte in data)

    def carried(self, data: bytes, is_on: Callable[[str], bool] | None = None) -> bytes:
        """A piece of the link's bytes as it arrives: whole, damaged, or not at all. `is_on`: which faults befall it."""
        if not self._on or not data:
            return data
        rng, is_on = self._bytes, is_on or self.is_on
        if is_on("link_cut") or (is_on("frames_lost") and rng.random() < _DAMAGED_SHARE):
            return b""
        if is_on("frames_corrupted") and rng.random() < _DAMAGED_SHARE:
            at = rng.randrange(len(data))
            return data[:at] + bytes([data[at] ^ (1 + rng.randrange(255))]) + data[at + 1 :]
        return data

    def figures(self) -> dict[str, dict[str, int]]:
        """How often each fault that was switched on has struck, and how many parcels were about."""
        return {
            name: {"injected": self.injected[name], "parcels_touched": self.touched[name]}
            for name in self._settings
        }


class BoardFaults:
    """The faults of one board of several: each fault befalls one of them, by its place. Used as `WireFaults` is."""

    def __init__(self, faults: WireFaults, board: int, boards: int) -> None:
        self._faults = faults
        self._board = board
        self._boards = boards

    def is_on(self, name: str) -> bool:
        """Whether this board has the fault now."""
        return self._faults.is_on(name) and self._faults.place(name) % self._boards == self._board

    def place(self, name: str) -> int:
        """Where on this board it is, -1 where it is not."""
        return self._faults.place(name) // self._boards if self.is_on(name) else -1

    def junk(self) -> bytes:
        """See `WireFaults.junk`."""
        return self._faults.junk()

    def spoilt(self, data: bytes) -> bytes:
        """See `WireFaults.spoilt`."""
        return self._faults.spoilt(data) if self.is_on("uart_noise") else data

    def carried(self, data: bytes) -> bytes:
        """See `WireFaults.carried`."""
        return self._faults.carried(data, self.is_on)
