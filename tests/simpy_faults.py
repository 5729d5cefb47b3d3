"""The SimPy model of the 16-gate line with the faults that a line has apart from its belt's physics.

For comparison with the simulated line when every fault of its catalogue is on. What slips, creeps, ripples, turns,
closes up, bounces and miscounts is physics, which this model has none of (`PHYSICS`). All others are here, at the same
rates, as a SimPy user would write them:

- What befalls a parcel is drawn when it arrives. A fault that befalls one waits, as a process of its own, until the
  parcel is where it was drawn.
- The line stands in an emergency stop, a stop, a jam and a power cut. A ride is over when the belt has run so long
  (`_run_to`): one timeout wherever the line did not stand. Nearly all that this model is slower than the one without
  faults is the price of being able to stand.
- Who is taken off the belt is interrupted.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

import simpy
from simpy_line import TOLERANCE_MM, Layout, Parcel, Process, SimpyLine, Track

PHYSICS = frozenset(
    {
        "belt_ripple",
        "encoder_missed",
        "encoder_extra",
        "parcel_slip",
        "parcel_drift",
        "closing_up",
        "parcel_turn",
        "eye_bounce",
    }
)
"""Faults of the catalogue that this model does not have."""

ALMOST_S = 1e-9
BURST_S = 2.0
CLEARING_S = 30.0
EMPTYING_S = 60.0
STRAY_MM = 300.0


class Rate(NamedTuple):
    """How likely a fault is to befall a parcel, and the least and greatest of its size (s for times)."""

    share: float
    low: float
    high: float


class FaultyLine(SimpyLine):
    """One run of the model with faults."""

    def __init__(self, layout: Layout, rates: Mapping[str, Rate], seed: int) -> None:
        super().__init__(layout)
        self.rates = rates
        self.shares = [(name, rate.share) for name, rate in rates.items()]
        self.rng = Random(seed)
        self.befallen = dict.fromkeys(rates, 0)
        self.ended.update(lost=0, stray=0, failed=0, full=0)
        self.unread = 0
        self.stood_s = 0.0
        self.stopped_at = 0.0
        self.standing = 0
        self.started = self.env.event()
        self.boots = self.estops = 0
        self.host_gone_until = self.host_slow_until = self.host_slow_s = 0.0
        gates = len(layout.zone_mm)
        self.bad_until = [0.0] * gates
        self.slow_until = [0.0] * gates
        self.full_until = [0.0] * gates
        self.dirty_until = [0.0] * len(layout.eye_mm)

    def _source(self, parcels: Sequence[Parcel]) -> Process:
        env, random, shares = self.env, self.rng.random, self.shares
        for parcel in parcels:
            yield from self._run_to(parcel.arrival_s)
            befallen = [name for name, share in shares if random() < share]
            way = env.process(self._watched(parcel, befallen))
            for name in befallen:
                self.befallen[name] += 1
                env.process(self._befall(name, parcel, way))

    # The belt ------------------------------------------------------------------------------------------

    def _run_s(self) -> float:
        """How long the belt has run."""
        return (self.stopped_at if self.standing else self.env.now) - self.stood_s

    def _run_to(self, run_s: float) -> Process:
        """Ride until the belt has run so long."""
        env = self.env
        while (left := run_s + self.stood_s - env.now) > ALMOST_S or self.standing:
            yield self.started if self.standing else env.timeout(left)

    def _stand(self, seconds: float) -> Process:
        """The line stands, at least so long."""
        if not self.standing:
            self.stopped_at = self.env.now
        self.standing += 1
        yield self.env.timeout(seconds)
        self.standing -= 1
        if not self.standing:
            self.stood_s += self.env.now - self.stopped_at
            self.started.succeed()
            self.started = self.env.event()

    # One parcel's way ----------------------------------------------------------------------------------

    def _watched(self, parcel: Parcel, befallen: list[str]) -> Process:
        try:
            yield from self._way(parcel, befallen)
        except simpy.Interrupt:
            self.ended["lost"] += 1

    def _way(self, parcel: Parcel, befallen: list[str]) -> Process:
        layout = self.layout
        speed, passing_s = layout.speed_mm_s, parcel.length_mm / layout.speed_mm_s
        with self.feeder.request() as turn:
            yield turn
            at_meter = self._run_s()
            yield from self._run_to(at_meter + passing_s)
            yield from self._run_to(at_meter + passing_s + layout.gap_mm / speed)
        yield from self._run_to(at_meter + layout.meter_mm / speed)
        track, boots = self._inducted(), self.boots
        yield from self._run_to(track.born_s + passing_s)
        self._measured(track)
        yield from self._run_to(track.born_s + layout.scanner_mm / speed)
        yield from self._read(track, parcel.gate, befallen)
        for eye, eye_mm in enumerate(layout.eye_mm):
            yield from self._run_to(track.born_s + eye_mm / speed)
            self._blocked(track, eye)
            yield from self._run_to(track.born_s + eye_mm / speed + passing_s)
            self._cleared(track, eye)
            if track.gate == eye:
                yield from self._run_to(track.born_s + layout.zone_mm[eye] / speed)
                if self.is_out[eye] and boots == self.boots:
                    in_zone = self._run_s()
                    yield from self._run_to(in_zone + layout.confirm_mm / speed)
                    yield from self._run_to(in_zone + layout.confirm_mm / speed + passing_s)
                    self._confirmed(eye)
                    return
        yield from self._run_to(track.born_s + layout.end_mm / speed)
        self.ended[self._reason(track, boots)] += 1

    def _reason(self, track: Track, boots: int) -> str:
        """Why it has come to the end of the belt."""
        if boots != self.boots:
            return "lost"
        if track.is_doubted:
            return "doubted"
        if track.gate < 0:
            return "rejected"
        if self.full_until[track.gate] > self.env.now:
            return "full"
        return "failed" if self.bad_until[track.gate] > self.env.now else "gap"

    # The controller ------------------------------------------------------------------------------------

    def _inducted(self) -> Track:
        now = self._run_s()
        self.inducted += 1
        self.gaps[min(int((now - self.cleared_s) * self.layout.speed_mm_s) // 20, 255)] += 1
        return Track(now)

    def _measured(self, track: Track) -> None:
        self.cleared_s = self._run_s()
        track.length_mm = (self.cleared_s - track.born_s) * self.layout.speed_mm_s

    def _read(self, track: Track, plan: int, befallen: list[str]) -> Process:
        """The read, if there is one, and what comes of it."""
        if "scan_late" in befallen:
            yield self.env.timeout(self._size("scan_late"))
        if "scan_miss" in befallen:
            self.unread += 1
        elif "scan_wrong" in befallen:
            yield from self._route(track, self.rng.randrange(len(self.is_out)))
        else:
            yield from self._asked(track, plan, "host_loss" in befallen)

    def _asked(self, track: Track, plan: int, is_lost: bool) -> Process:
        """The host's answer, which may come late or never, or the board's own plan at the deadline."""
        env, layout = self.env, self.layout
        asked_s = env.now
        self.read += 1
        late_s = self.host_slow_s if self.host_slow_until > asked_s else 0.0
        if is_lost or self.host_gone_until > asked_s:
            yield env.timeout(layout.deadline_s)
        else:
            yield env.timeout(layout.host_s + late_s, plan) | env.timeout(layout.deadline_s)
        track.gate = plan
        self.latency_ms[min(int((env.now - asked_s) * 1000), 1023)] += 1

    def _blocked(self, track: Track, eye: int) -> None:
        """The track is set to where the eye has seen it; its gate gets ready."""
        track.born_s = self._run_s() - self.layout.eye_mm[eye] / self.layout.speed_mm_s
        if self.dirty_until[eye] > self.env.now:
            track.is_doubted = True
        elif track.gate == eye:
            self.env.process(self._stroke(track, eye))

    def _cleared(self, track: Track, eye: int) -> None:
        length_mm = (self._run_s() - track.born_s) * self.layout.speed_mm_s - self.layout.eye_mm[eye]
        if abs(length_mm - track.length_mm) > TOLERANCE_MM:
            track.is_doubted = True

    def _stroke(self, track: Track, gate: int) -> Process:
        """The gate moves out in time, stays for the parcel, and moves back; an emergency stop sends it home."""
        env, layout = self.env, self.layout
        speed = layout.speed_mm_s
        yield from self._run_to(track.born_s + layout.zone_mm[gate] / speed - layout.lead_s)
        if track.is_doubted or self.gates[gate].count or self.full_until[gate] > env.now:
            return
        with self.gates[gate].request() as free:
            yield free
            estops = self.estops
            self.cycles[gate] += 1
            begun = self._run_s()
            yield env.timeout(layout.extend_s * (2 if self.slow_until[gate] > env.now else 1))
            self.is_out[gate] = estops == self.estops and self.bad_until[gate] <= env.now
            stay_mm = track.length_mm + layout.zone_length_mm
            yield from self._run_to(begun + layout.lead_s + stay_mm / speed)
            self.is_out[gate] = False
            yield env.timeout(layout.retract_s)

    # What befalls the line -----------------------------------------------------------------------------

    def _size(self, name: str) -> float:
        return self.rng.uniform(self.rates[name].low, self.rates[name].high)

    def _befall(self, name: str, parcel: Parcel, way: simpy.Process) -> Process:
        """Wait until the parcel is where the fault was drawn, then let it happen."""
        if name in ("scan_miss", "scan_wrong", "scan_late", "host_loss"):
            return  # part of its read
        place_mm = self.rng.uniform(0, self.layout.end_mm)
        yield from self._run_to(self._run_s() + (self.layout.meter_mm + place_mm) / self.layout.speed_mm_s)
        if not way.is_alive:
            return
        if name in ("estop", "belt_stop", "power_cut"):
            if name != "belt_stop":
                self.estops += 1
                self.is_out = [False] * len(self.is_out)
            self.boots += name == "power_cut"
            yield from self._stand(self._size(name))
        elif name == "jam":
            yield from self._stand(CLEARING_S)
            self._take_off(way)
        elif name in ("parcel_lifted", "eye_blind"):
            self._take_off(way)
        elif name == "parcel_thrown":
            yield from self._stray(place_mm)
        elif name in ("scan_duplicate", "scan_extra"):
            self.read += 1
        else:
            self._disturb(name, max(parcel.gate, 0))

    def _take_off(self, way: simpy.Process) -> None:
        if way.is_alive:
            way.interrupt()

    def _disturb(self, name: str, gate: int) -> None:
        """The host, an eye, a gate or its chute is not what it should be for a while."""
        until = self.env.now + self._size(name)
        if name == "host_outage":
            self.host_gone_until = until
        elif name == "host_slow":
            self.host_slow_until, self.host_slow_s = self.env.now + BURST_S, self._size(name)
        elif name == "eye_dirt":
            self.dirty_until[self.rng.randrange(len(self.dirty_until))] = until
        elif name == "gate_slow":
            self.slow_until[gate] = until
        elif name == "chute_fills":
            self.full_until[gate] = self.env.now + EMPTYING_S
        else:
            self.bad_until[gate] = until

    def _stray(self, place_mm: float) -> Process:
        """Somebody's parcel, which nobody knows, rides to the end and is seen on its way."""
        layout, laid_s = self.layout, self._run_s()
        for eye_mm in layout.eye_mm:
            if eye_mm > place_mm:
                yield from self._run_to(laid_s + (eye_mm - place_mm) / layout.speed_mm_s)
                yield from self._run_to(laid_s + (eye_mm - place_mm + STRAY_MM) / layout.speed_mm_s)
        yield from self._run_to(laid_s + (layout.end_mm - place_mm) / layout.speed_mm_s)
        self.ended["stray"] += 1
