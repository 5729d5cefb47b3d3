"""Scanners and the host: when a code comes, and everything that may go wrong with it."""

import pytest

from unit.plant_lab import DESTINATION, INFEED_EYE, READ, Faults, FaultSetting, Lab, S, always, at, short_line

SCANNER_MM = 300


def passing(parcels: int = 1, faults: Faults | None = None) -> Lab:
    """Parcels with code 0, 3 s apart."""
    lab = Lab(faults=faults)
    for n in range(parcels):
        lab.add((3 + 3 * n) * S)
    lab.until((10 + 3 * parcels) * S)
    return lab


def reads(lab: Lab) -> list[tuple[int, int, int]]:
    """(position, code, the board's answer)"""
    return [(one[3], one[4], one[5]) for one in lab.kinds(READ)]


def test_a_code_arrives_one_latency_after_its_place_has_passed():
    """The code sits between 20 and 80 % of the length behind the leading edge."""
    lab = passing()
    ((position, code, answer),) = reads(lab)
    place = position - 20 - SCANNER_MM - lab.edges(INFEED_EYE)[0]
    assert 60 <= place <= 240
    assert (code, answer) == (0, 1)


def test_jitter_spreads_the_latency_to_either_side():
    scanner = {"name": "SC", "position_mm": 300, "latency_ms": 20, "jitter_ms": 10, "ecu": "line"}
    plain, spread = Lab(), Lab(short_line(scanner=[scanner]))
    for lab in (plain, spread):
        for n in range(60):
            lab.add((3 + n) * S)
        lab.until(80 * S)
    late = [b[0] - a[0] for a, b in zip(reads(plain), reads(spread), strict=True)]
    assert min(late) < -5
    assert max(late) > 5
    assert all(-10 <= d <= 10 for d in late)


def test_a_parcel_without_a_code_is_not_read():
    lab = Lab()
    lab.add(3 * S, code=-1)
    lab.until(10 * S)
    assert reads(lab) == []
    assert lab.results()["passed_scanner"] == 0


def test_a_missed_read_is_no_read():
    lab = passing(2, faults=at("scan_miss", 0))
    assert len(reads(lab)) == 1
    assert lab.fault("scan_miss") == (1, 1)
    assert (lab.results()["passed_scanner"], lab.results()["passed_scanner_read"]) == (2, 1)


def test_a_wrong_read_is_another_code_of_the_table():
    lab = passing(20, faults=always("scan_wrong"))
    codes = [code for _, code, _ in reads(lab)]
    assert len(codes) == 20
    assert set(codes) == {1, 2}


def test_a_code_is_told_twice():
    lab = passing(faults=always("scan_duplicate"))
    (first, code, _), (second, again, _) = reads(lab)
    assert code == again
    assert 2 <= second - first <= 31


def test_a_late_read_is_50_to_400_ms_late():
    on_time, late = reads(passing()), reads(passing(faults=always("scan_late")))
    assert 49 <= late[0][0] - on_time[0][0] <= 401


def test_a_neighbours_code_is_told_as_well():
    lab = Lab(faults=at("scan_extra", 0))
    lab.add(3 * S, code=0)
    lab.add(4 * S, code=1)
    lab.until(12 * S)
    assert sorted(code for _, code, _ in reads(lab)) == [0, 1, 1]
    assert lab.fault("scan_extra") == (1, 2)


def test_one_fault_does_not_move_the_draws_of_another():
    """Which parcels are missed stays the same when late and double reads are switched on too."""

    def missed(more: Faults) -> set[int]:
        lab = Lab(faults={"scan_miss": FaultSetting(300_000), **more})
        for n in range(60):
            lab.add((3 + n) * S)
        lab.until(80 * S)
        told = {position // 1000 for position, _, _ in reads(lab)}
        return told

    plain = missed({})
    assert 30 < len(plain) < 55
    assert missed(always("parcel_turn")) == plain


class Asking(Lab):
    """Asks the host for every parcel when it is read."""

    def ask_all(self, parcels: int) -> list[tuple[int, ...]]:
        for n in range(parcels):
            self.add((3 + n) * S)
        told = 0
        for second in range(4, parcels + 8):
            self.until(second * S)
            new = self.kinds(READ)[told:]
            for one in new:
                told += 1
                self.induct(told, told - 1)
                self.plant.ask_host(told, one[4])
        self.until((parcels + 30) * S)
        return self.kinds(DESTINATION)


def test_the_host_answers_within_25_ms():
    answers = Asking().ask_all(10)
    assert [one[4] for one in answers] == list(range(1, 11))
    assert {one[5] for one in answers} == {1}
    assert all(5_000 <= one[0] % S <= 25_000 for one in answers)


def test_a_lost_answer_never_comes():
    lab = Asking(faults=at("host_loss", 4))
    assert [one[4] for one in lab.ask_all(10)] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert lab.fault("host_loss") == (1, 1)


def test_slow_answers_come_in_a_burst():
    """The fifth request opens a burst of 2 s: those asked until then are slow too."""
    lab = Asking(faults=at("host_slow", 4))
    answers = {one[4]: one[0] for one in lab.ask_all(10)}
    prompt = [track for track, t in answers.items() if 5_000 <= t % S <= 25_000]
    assert len(answers) == 10
    assert {1, 2, 3, 4, 8, 9, 10} <= set(prompt)
    assert lab.fault("host_slow")[0] >= 1


def test_in_an_outage_nobody_answers_until_it_is_over():
    lab = Asking(faults=at("host_outage", 3))
    answered = [one[4] for one in lab.ask_all(80)]
    missing = sorted(set(range(1, 81)) - set(answered))
    assert 9 <= len(missing) <= 61
    assert missing == list(range(missing[0], missing[-1] + 1))
    assert lab.fault("host_outage") == (1, len(missing))


@pytest.mark.parametrize("code", [-1, 99])
def test_nobody_is_asked_for_a_code_that_does_not_exist(code):
    lab = Lab()
    lab.plant.ask_host(1, code)
    lab.until(2 * S)
    assert lab.kinds(DESTINATION) == []
