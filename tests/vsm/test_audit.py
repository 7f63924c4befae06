"""System 3*: the comparison against theory (A7), and inspections whose messages are lost, late or said twice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audits import AUDIT, CONTROL, FIRST, SAMPLE, audited
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State
from vsmlab.mechanisms.numbers import logarithm
from vsmlab.mechanisms.sequential_tests import (
    cusum_run_length,
    found_by,
    sprt_exactly,
)
from vsmlab.vsm.audit import branch_ratio, exaggerated, hear_finding, inspect_due, surprise
from vsmlab.vsm.bargain import demanded
from vsmlab.vsm.system3 import hear_discrepancy, promise


def gap_of(state: State, mean: float) -> None:
    """Exponential gaps between audits."""
    row = state.distributions.add()
    state.distributions[row].shape, state.distributions[row].a = k.EXPONENTIAL, mean
    row_of(state, AUDIT).gap = row


class Claims:
    """System 3* alone: findings of an operation with Poisson arrivals of which a binomial sample is noticed."""

    def __init__(self, seed: int, *, bias: float = 1.0, lie: float = 1.0) -> None:
        self.state, rows = audited(1)
        self.row, self.audit, self.bias, self.lie = rows[0], row_of(self.state, AUDIT), bias, lie
        self.draws, self.serial = np.random.default_rng(seed), 1

    def judge(self) -> list[Said]:
        """One inspection, and what System 3* makes of it."""
        self.serial += 1
        arrivals = int(self.draws.poisson(MEAN))
        claimed = arrivals * (self.bias if self.draws.random() < self.lie else 1.0)
        counted = int(self.draws.binomial(arrivals, SAMPLE)) / SAMPLE
        return finding(self.state, k.CLAIMED, self.serial, claimed) + finding(
            self.state, k.COUNTED, self.serial, counted
        )

    def until_found(self) -> int:
        """Inspections until the operation is found to lie."""
        number = 1
        while not any(one.name == "found" and one.value > 1.0 for one in self.judge()):
            number += 1
            assert number < 10_000
        return number

    def forget(self) -> None:
        """Begin anew, as if the operation had never been looked at."""
        self.row.flagged, self.row.cusum, self.row.sprt = 0, 0.0, 0.0
        self.row.run_claimed = self.row.run_counted = 0.0


MEAN = 30.0


def within(numbers: list[float] | list[int], expected: float, *, error: float) -> None:
    """The mean is within three standard errors of what is expected, and they are small."""
    found = float(np.std(numbers)) / math.sqrt(len(numbers))
    assert found < error * expected
    assert np.mean(numbers) == pytest.approx(expected, abs=3.0 * found)


def test_a_bias_of_one_and_a_half_is_found_as_soon_as_the_theory_of_the_cusum_says():
    """Claims of b N stand (b - 1) N over sqrt(b N (1 - s) / s) deviations too high, and deviate by 1 / sqrt(b)."""
    claims, numbers, ratios = Claims(3, bias=1.5), [], []
    claims.audit.lying_at = 99.0
    for _ in range(2500):
        numbers.append(claims.until_found())
        ratios.append(claims.row.ratio)
        claims.forget()
    spread, shift = 1.0 / math.sqrt(1.5), 0.5 * MEAN / math.sqrt(1.5 * MEAN * 3.0)
    expected = cusum_run_length(shift / spread, 0.5 / spread, 4.0 / spread)
    assert expected == pytest.approx(5.806, abs=0.001)
    within(numbers, expected, error=0.01)
    assert 1.6 < np.mean(ratios) < 1.75, "what has just crossed the threshold looks worse than it is"


def test_an_honest_operation_is_rarely_found_to_lie():
    """The normal CUSUM runs 335 inspections to a false alarm; an estimate from few counts leans the other way."""
    claims, numbers = Claims(7), []
    while sum(numbers) < 30_000:
        numbers.append(claims.until_found())
        claims.forget()
    assert np.mean(numbers) > cusum_run_length(0.0, 0.5, 4.0)
    within(numbers, 440.0, error=0.15)


def test_rare_lies_are_found_by_the_ratio_test_as_soon_as_its_exact_chain_says():
    """A fifth of the reports is three times too high: each such claim is far too high, the mean claim is not."""
    claims, numbers = Claims(5, bias=3.0, lie=0.2), []
    claims.audit.threshold = 1e9
    for _ in range(600):
        numbers.append(claims.until_found())
        claims.forget()
    too_high = np.mean([_deviation(claims) > 2.0 for _ in range(20_000)])
    power, number = sprt_exactly(0.05, 0.2, 0.05, 0.1, float(too_high))
    within(numbers, number / power, error=0.03)  # sure of honesty, it begins anew: Wald's equation


def _deviation(claims: Claims) -> float:
    arrivals = int(claims.draws.poisson(MEAN))
    claimed = arrivals * (claims.bias if claims.draws.random() < claims.lie else 1.0)
    return surprise(claimed, int(claims.draws.binomial(arrivals, SAMPLE)) / SAMPLE, SAMPLE)


def test_once_found_the_ratio_is_estimated_anew_and_told_and_when_it_is_over_that_is_told_too():
    world = Claims(3, bias=1.5)
    world.until_found()
    ratios = []
    for _ in range(40):
        told = world.judge()[-1]
        assert (told.name, told.to, told.ref) == ("discrepancy", CONTROL, FIRST)
        assert told.value == pytest.approx(world.row.ratio, rel=1e-12)
        ratios.append(told.value)
    assert np.mean(ratios) == pytest.approx(1.5, abs=0.12)
    world.bias = 1.0
    cleared = 0
    while world.row.flagged == 1:
        told_last = world.judge()
        cleared += 1
    assert 2 <= cleared <= 20
    assert [(one.name, one.value) for one in told_last[1:]] == [("found", 1.0), ("discrepancy", 1.0)]
    assert world.row.cusum == world.row.sprt == 0.0
    again = world.judge()
    assert [(one.name, one.value) for one in again[1:]] == [("discrepancy", 1.0)], (
        "the last word may have been lost"
    )


def test_who_was_never_found_to_lie_is_not_spoken_of():
    world = Claims(4)
    assert [one.name for one in world.judge()] == ["checked"]
    assert ways(world.state, AUDIT) == set()


def test_a_count_of_everything_still_divides_by_something():
    assert surprise(40.0, 40.0, 1.0) == 0.0
    assert surprise(41.0, 40.0, 1.0) == 2.0
    assert surprise(0.0, 0.0, SAMPLE) == 0.0
    assert surprise(5.0, 3.0, 0.0) == 4.0
    assert surprise(48.0, 0.0, 0.25) == 4.0


def finding(state: State, which: int, serial: int, value: float, sender: int = FIRST) -> list[Said]:
    return hear(
        state,
        AUDIT,
        hear_finding,
        kind=k.FINDING,
        sender=sender,
        ref=k.FINDING_STEP * serial + which,
        value=value,
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(2, 6), st.booleans()), max_size=40))
def test_halves_of_a_finding_that_are_lost_late_or_repeated_are_never_mixed(halves):
    state, rows = audited(1)
    judged, arrived = [], set()
    for serial, claims in halves:
        value = 1000.0 * serial if claims else 10.0 * serial
        said = finding(state, k.CLAIMED if claims else k.COUNTED, serial, value)
        arrived.add((serial, claims))
        if said:
            assert said[0].name == "checked"
            assert (rows[0].claimed, rows[0].counted) == (1000.0 * serial, 10.0 * serial)
            judged.append(serial)
    assert judged == sorted(set(judged)), "each inspection once, and none after a later one"
    assert rows[0].inspections == len(judged)
    assert {(s, c) for s in judged for c in (True, False)} <= arrived


def test_both_halves_are_enough_in_either_order():
    for first, second in ((k.CLAIMED, k.COUNTED), (k.COUNTED, k.CLAIMED)):
        state, rows = audited(2)
        assert finding(state, first, 5, 30.0, sender=FIRST + 1) == []
        assert [one.ref for one in finding(state, second, 5, 30.0, sender=FIRST + 1)] == [FIRST + 1]
        assert (rows[0].inspections, rows[1].inspections) == (0, 1)
        assert finding(state, second, 5, 30.0, sender=CONTROL) == [], "nobody that System 3* looks at"


def test_an_inspection_in_which_nothing_was_claimed_and_nothing_came_says_nothing():
    state, rows = audited(1)
    rows[0].cusum = 2.0
    assert finding(state, k.CLAIMED, 2, 0.0) + finding(state, k.COUNTED, 2, 0.0) == []
    assert (rows[0].cusum, rows[0].inspections) == (2.0, 0)


def test_a_liar_whose_tasks_are_never_seen_has_a_finite_ratio():
    state, _ = audited(1)
    told = finding(state, k.CLAIMED, 2, 400.0) + finding(state, k.COUNTED, 2, 0.0)
    assert [(one.name, one.value) for one in told] == [
        ("checked", pytest.approx(400.0 / math.sqrt(1200.0) - 0.5)),
        ("found", 400.0),
        ("discrepancy", 400.0),
    ]


def test_the_ratio_is_of_sums_since_the_cusum_was_last_0():
    state, rows = audited(1)
    serial = 1
    for claimed, counted in ((100.0, 160.0), (150.0, 100.0), (140.0, 80.0)):
        serial += 1
        told = finding(state, k.CLAIMED, serial, claimed) + finding(state, k.COUNTED, serial, counted)
    assert told[1] == Said("found", AUDIT, FIRST, 290.0 / 180.0, 0.0)
    assert rows[0].clears_below == 1.1
    finding(state, k.CLAIMED, 9, 100.0)
    assert finding(state, k.COUNTED, 9, 100.0)[1].value == pytest.approx(
        (0.8 * 290.0 + 100.0) / (0.8 * 180.0 + 100.0)
    )


def test_a_small_exaggeration_is_over_only_when_half_of_it_is_gone():
    state, rows = audited(1)
    finding(state, k.CLAIMED, 2, 10_600.0)
    finding(state, k.COUNTED, 2, 9_600.0)
    assert rows[0].flagged == 1
    assert rows[0].clears_below == pytest.approx(0.5 + 0.5 * 10_600.0 / 9_600.0)


def test_a_branch_is_believed_as_far_as_its_claims_are():
    state, rows = audited(4, branches=(50, 50, 50, 60))
    for row, rate, ratio in zip(rows, (10.0, 30.0, 20.0, 7.0), (1.0, 1.5, 2.0, 3.0), strict=True):
        row.rate, row.ratio = rate, ratio
    audit = row_of(state, AUDIT)
    assert branch_ratio(state, audit, 50) == pytest.approx(60.0 / (10.0 + 20.0 + 10.0))
    assert branch_ratio(state, audit, 60) == pytest.approx(3.0)
    assert branch_ratio(state, audit, 70) == 1.0


def test_audits_are_memoryless_and_fall_on_each_operation_alike():
    state, _ = audited(4)
    gap_of(state, 120.0)
    first = hear(state, AUDIT, inspect_due, kind=k.INSPECT_DUE)
    assert [one.name for one in first] == ["inspect-due"], "the first reminder only draws the first time"
    now, gaps, looked, serials = first[0].due, [], np.zeros(4), []
    for _ in range(8000):
        again, inspect = hear(state, AUDIT, inspect_due, kind=k.INSPECT_DUE, now=now)
        gaps.append(again.due - now)
        now = again.due
        assert (inspect.name, inspect.value) == ("inspect", 30.0)
        looked[inspect.to - FIRST] += 1
        serials.append(inspect.ref)
    assert len(set(serials)) == 8000
    assert np.mean(gaps) == pytest.approx(120.0, rel=3.0 / math.sqrt(8000))
    for t in (12.0, 60.0, 120.0, 360.0):
        p = found_by(1.0 / 120.0, 1.0, t)
        assert np.mean(np.array(gaps) <= t) == pytest.approx(p, abs=3.0 * math.sqrt(p * (1.0 - p) / 8000))
    assert float(((looked - 2000.0) ** 2 / 2000.0).sum()) < 11.34, (
        "chi squared, three degrees of freedom, 1 %"
    )


def test_audits_find_a_standing_fault_by_the_law_of_poisson():
    """Each audit finds it with probability 0.8; from any moment, since nothing remembers the last one."""
    state, _ = audited(1)
    gap_of(state, 10.0)
    draws = np.random.default_rng(3)
    now, begun, delays = 0.0, 4.0, []
    while len(delays) < 3000:
        said = hear(state, AUDIT, inspect_due, kind=k.INSPECT_DUE, now=now)
        if now > begun and len(said) == 2 and draws.random() < 0.8:
            delays.append(now - begun)
            begun = now + 4.0
        now = said[0].due
    assert np.mean(delays) == pytest.approx(12.5, rel=3.0 / math.sqrt(3000))
    assert np.mean(np.array(delays) <= 10.0) == pytest.approx(0.550671, abs=3.0 * math.sqrt(0.2475 / 3000))


def test_with_nobody_to_look_at_the_audit_only_waits():
    state, _ = audited(1)
    gap_of(state, 120.0)
    row_of(state, AUDIT).children, row_of(state, AUDIT).serial = 0, 5
    assert [one.name for one in hear(state, AUDIT, inspect_due, kind=k.INSPECT_DUE)] == ["inspect-due"]


def test_system_3_divides_what_an_operation_says_by_what_was_found():
    state = organisation(k.SYSTEM3, k.AUDIT)
    links = link(state, 0, (5, 6), offered=[6.0, 6.0], waiting=[3.0, 3.0], heard=[1.0, 1.0], bias=[1.0, 1.0],
                 initial=[9.0, 9.0])  # fmt: skip
    system3 = row_of(state, 0)
    system3.drain = 60.0
    assert demanded(system3, links[0]) == 6.05

    def tell(ref: int, value: float) -> None:
        assert hear(state, 0, hear_discrepancy, kind=k.DISCREPANCY, sender=1, ref=ref, value=value) == []

    tell(105, 1.5)
    assert [demanded(system3, one) for one in links] == [pytest.approx(6.05 / 1.5), 6.05]
    system3.drain = 0.0
    assert demanded(system3, links[0]) == 4.0
    promise(state, system3)
    assert [one.promised for one in links] == [4.0, 6.0]
    for value in (0.3, 1.0):
        tell(105, value)
        assert links[0].bias == 1.0, "nobody is believed to hide work"
    tell(777, 9.0)
    assert [one.bias for one in links] == [1.0, 1.0]


def test_a_link_that_nothing_was_found_of_is_believed():
    state = organisation(k.SYSTEM3)
    (fresh,) = link(state, 0, (5,), offered=[6.0], bias=[0.0])
    assert demanded(row_of(state, 0), fresh) == 6.0


def test_the_steps_that_the_scenario_gives_are_those_of_the_theory():
    assert (logarithm(0.2 / 0.05), logarithm(0.8 / 0.95)) == (
        pytest.approx(1.386294, abs=1e-6),
        pytest.approx(-0.171850, abs=1e-6),
    )


def test_what_the_ratio_test_finds_is_the_ratio_over_its_own_run():
    state, rows = audited(1)
    row_of(state, AUDIT).threshold = 1e9
    told: list[Said] = []
    for serial, (claimed, counted) in enumerate(
        ((30.0, 32.0), (90.0, 32.0), (30.0, 40.0), (90.0, 28.0), (90.0, 24.0))
    ):
        finding(state, k.CLAIMED, serial, claimed)
        told = finding(state, k.COUNTED, serial, counted)
    assert rows[0].sprt == pytest.approx(3 * 1.386294 - 2 * 0.171850, abs=1e-5)
    assert told[1] == Said("found", AUDIT, FIRST, 330.0 / 156.0, 0.0)
    for serial in range(5, 30):
        finding(state, k.CLAIMED, serial, 30.0)
        told = finding(state, k.COUNTED, serial, 30.0)
        if rows[0].flagged == 0:
            break
    assert (rows[0].sprt, rows[0].run_claimed, rows[0].run_counted) == (0.0, 0.0, 0.0)


def test_claims_of_an_average_inspection_are_a_plain_mean_at_first_and_then_fade_by_a_fifth():
    state, rows = audited(1)
    seen = []
    for serial, claimed in enumerate((10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0)):
        finding(state, k.CLAIMED, serial, claimed)
        finding(state, k.COUNTED, serial, claimed)
        seen.append(rows[0].rate)
    assert seen == pytest.approx([10.0, 15.0, 20.0, 25.0, 30.0, 36.0, 42.8])


def test_a_ratio_is_at_least_one():
    assert [exaggerated(*pair) for pair in ((30.0, 20.0), (20.0, 30.0), (5.0, 0.0), (0.0, 0.0))] == [
        1.5,
        1.0,
        5.0,
        1.0,
    ]
