"""The figures of a report, each with its definition: what is counted over what."""

from dataclasses import dataclass, replace

from sortyard.sim.result import GAP_BIN_MM, SimResult, Tally

MM_PER_HOUR_AT_1_MM_S = 3600


@dataclass(frozen=True)
class Kpi:
    """`value` = `numerator` / `denominator` x `factor`; None where there is nothing to divide by."""

    key: str
    title: str
    unit: str
    numerator_name: str
    numerator: float
    denominator_name: str
    denominator: float
    factor: float = 1.0
    digits: int = 4
    group: str = ""

    @property
    def value(self) -> float | None:
        if not self.denominator:
            return None
        return round(self.numerator / self.denominator * self.factor, self.digits)

    @property
    def definition(self) -> str:
        scale = {1.0: "", 100.0: " x 100", 1e4: " x 10,000", 1e6: " x 1,000,000"}[self.factor]
        return f"{self.numerator_name} / {self.denominator_name}{scale}"


def percentile(histogram: list[int], share: float) -> int | None:
    """Smallest bin with at least `share` (0..1) of the counts at or below it; None for an empty histogram."""
    wanted, seen = share * sum(histogram), 0
    for place, n in enumerate(histogram):
        seen += n
        if n and seen >= wanted:
            return place
    return None


def kpis(result: SimResult) -> list[Kpi]:
    """Every figure of the report, in the order in which it is read."""
    groups = {"Flow": _flow, "Quality": _quality, "Machine": _machine, "Effectiveness": _effectiveness}
    return [replace(kpi, group=group) for group, figures in groups.items() for kpi in figures(result)]


def _flow(result: SimResult) -> list[Kpi]:
    tally, hours = result.tally, result.running_h
    running = "hours that the belt ran"
    laps = result.laps
    return [
        Kpi(
            "throughput_per_h",
            "Throughput",
            "parcels/h",
            "parcels sorted",
            result.sorted,
            running,
            hours,
            digits=1,
        ),
        Kpi(
            "induct_per_h",
            "Induct rate",
            "parcels/h",
            "tracks inducted",
            tally.inducted,
            running,
            hours,
            digits=1,
        ),
        Kpi(
            "read_rate",
            "Read rate",
            "",
            "inducted tracks given a code",
            tally.read,
            "tracks inducted",
            tally.inducted,
        ),
        Kpi(
            "no_data_rate",
            "No-data rate",
            "",
            "tracks rejected for NO_DATA or LATE_DATA",
            tally.count(3, 3) + tally.count(3, 4),
            "inducted tracks given a code",
            tally.read,
        ),
        Kpi("recirculation_rate", "Recirculation rate", "", "laps", laps, "tracks inducted", tally.inducted),
        _utilisation(result),
    ]


def _utilisation(result: SimResult) -> Kpi:
    """Parcels inducted over what the belt could carry at the smallest gap that the line asks for."""
    tally, line = result.tally, result.line
    gap_mm = line.infeed_meter.gap_mm if line.infeed_meter else line.parcels.min_gap_mm
    mean_mm = tally.length_sum_mm / tally.measured if tally.measured else 0
    places = (
        line.belt.speed_mm_s * MM_PER_HOUR_AT_1_MM_S * result.running_h / (mean_mm + gap_mm) if mean_mm else 0
    )
    return Kpi(
        "belt_utilisation",
        "Belt utilisation",
        "",
        "tracks inducted",
        tally.inducted,
        f"belt travel / (mean length + {gap_mm} mm gap)",
        places,
    )


def _quality(result: SimResult) -> list[Kpi]:
    truth = result.truth
    wrong = truth.silent_missorts + truth.misreads + sum(truth.undetectable.values())
    return [
        Kpi(
            "sorted_share",
            "Sorted",
            "",
            "parcels sorted",
            result.sorted,
            "parcels that came to the line",
            result.parcels,
        ),
        Kpi(
            "missorts_ppm",
            "Missorts",
            "ppm",
            "silent, misread and undetectable missorts (by plant truth)",
            wrong,
            "parcels sorted",
            result.sorted,
            1e6,
            1,
        ),
        *_per_10k(result.tally),
    ]


def _per_10k(tally: Tally) -> list[Kpi]:
    """What happens to one track in so many."""
    counts = (
        ("lost", "Lost", "tracks LOST", tally.count(4)),
        ("stray", "Strays", "tracks STRAY", tally.count(5)),
        ("jams", "Jams", "JAM faults", _at(tally.faults, 1)),
        (
            "conflicts",
            "Gate conflicts",
            "tracks that ended or went round with GAP_TOO_SMALL",
            tally.count(3, 8) + tally.count(2, 8),
        ),
    )
    return [
        Kpi(f"{key}_per_10k", title, "per 10,000", what, n, "tracks inducted", tally.inducted, 1e4, 2)
        for key, title, what, n in counts
    ]


def _machine(result: SimResult) -> list[Kpi]:
    tally = result.tally
    routed = sum(tally.latency_ms)
    chute_hours = result.running_h * len(result.numbering.chutes)
    ran_h, stopped_h = tally.running_us / 3.6e9, tally.stopped_us / 3.6e9
    return [
        _latency("latency_p50_ms", "Latency, median", tally.latency_ms, 0.5, routed),
        _latency("latency_p99_ms", "Latency, 99th percentile", tally.latency_ms, 0.99, routed),
        Kpi(
            "gate_cycles_per_sorted",
            "Gate cycles per sorted parcel",
            "",
            "gate cycles",
            sum(tally.gate_cycles),
            "parcels sorted",
            result.sorted,
        ),
        Kpi(
            "chute_full_share",
            "Chutes full",
            "",
            "hours that chutes were full",
            sum(tally.chute_full_us) / 3.6e9,
            "chutes x hours that the belt ran",
            chute_hours,
        ),
        Kpi(
            "availability",
            "Availability",
            "",
            "MTBF: hours that the belt ran / stops",
            ran_h,
            "MTBF + MTTR: hours that it ran or stood still / stops",
            ran_h + stopped_h,
        ),
    ]


def _latency(key: str, title: str, histogram: list[int], share: float, routed: int) -> Kpi:
    value = percentile(histogram, share)
    what = "from the read to the destination (the host's answer, else the route by the board's plan)"
    name = f"milliseconds {what}, {share:.0%} of {routed} tracks at most"
    return Kpi(key, title, "ms", name, value or 0, "1", 0 if value is None else 1, digits=0)


def _effectiveness(result: SimResult) -> list[Kpi]:
    """ISO 22400-2: OEE = availability x performance (here: effectiveness) x quality."""
    tally = result.tally
    ran_us, all_us = tally.running_us, tally.running_us + tally.stopped_us
    planned = result.line.parcels.rate_per_h * result.running_h
    performance = min(tally.inducted / planned, 1.0) if planned else 0.0
    quality = result.sorted / result.parcels if result.parcels else 0.0
    availability = ran_us / all_us if all_us else 0.0
    factors = f"availability {availability:.2%} x performance {performance:.2%} x quality {quality:.2%}"
    return [
        Kpi(
            "performance",
            "Performance",
            "",
            "tracks inducted, at most as planned",
            min(tally.inducted, planned),
            "rate_per_h of the line file x hours that the belt ran",
            planned,
        ),
        Kpi(
            "oee",
            "OEE (ISO 22400-2)",
            "",
            f"{factors} (parcels sorted / parcels)",
            ran_us * performance * quality,
            "1",
            all_us,
        ),
    ]


def _at(counts: list[int], place: int) -> int:
    return counts[place] if place < len(counts) else 0


def gap_bins(result: SimResult) -> list[tuple[int, int]]:
    """(lower edge in mm, gaps) of the gap histogram up to its last filled bin."""
    filled = [place for place, n in enumerate(result.tally.gaps) if n]
    return [
        (place * GAP_BIN_MM, result.tally.gaps[place]) for place in range(filled[-1] + 1 if filled else 0)
    ]
