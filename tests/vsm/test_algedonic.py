"""Algedonic signals: who feels what when, against a reference without messages; nothing late, nothing for ever."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, organisation, row_of

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import ROW, Journal
from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Message
from vsmlab.mechanisms.philox import keyed_uniform
from vsmlab.vsm import algedonic
from vsmlab.vsm.algedonic import (
    ENDS,
    HOLDS,
    MOST_TIMES,
    NO_LIMIT,
    OUTLASTS,
    following,
    hear_signal,
    hear_vital,
    judged,
    times,
)

UNBOUNDED = 1e300
FELT_ABOVE = {"least": -UNBOUNDED, "most": 1.0, "good_least": -UNBOUNDED, "good_most": 0.25}
HURTS, PLEASES, NEITHER = 2.0, 0.125, 0.5
EIGHTHS = st.integers(1, 160).map(lambda n: n / 8)


class Recursions:
    """So many managements under a System 5, under a System 5, and on; each is told its own VITAL messages.

    Args:
        waits: The time to mend at management, and at each System 5 from the lowest on.
        managements: How many, all alike.
        delay: Of every algedonic channel.
        loss: Of every algedonic channel.
        seed: Of the run.
    """

    def __init__(self, waits, *, managements=1, delay=0.05, loss=0.0, seed=11):
        levels = len(waits) - 1
        self.managements = list(range(managements))
        self.system5s = list(range(managements, managements + levels))
        self.system3 = managements + levels
        roles = [k.MANAGEMENT] * managements + [k.SYSTEM5] * levels + [k.SYSTEM3, k.OPERATION]
        self.roles = roles
        self.state = state = organisation(*roles)
        state.ledger[0].seed = seed
        state.distributions.add()
        state.distributions[0].shape, state.distributions[0].a = k.CONSTANT, delay
        for row in self.managements:
            management = row_of(state, row)
            management.system3, management.operation = self.system3, self.system3 + 1
            management.offered = management.carried = management.granted = 1.0
            management.max_wait = management.max_wait_in_pain = -1.0
            management.first_link = -1
            management.system5 = self.system5s[0] if levels else -1
            management.first_essential = state.essentials.add()
            essential = state.essentials[management.first_essential]
            essential.owner, essential.ticket, essential.next = row, -1, -1
            essential.climbs_after = waits[0]
            for name, value in FELT_ABOVE.items():
                setattr(essential, name, value)
        for level, row in enumerate(self.system5s):
            system5 = row_of(state, row)
            system5.parent = row + 1 if level + 1 < levels else -1
            system5.system3, system5.system4 = self.system3, -1
            system5.climbs_after, system5.first_signal, system5.first_link = waits[level + 1], -1, -1
            system5.weighed, system5.apart_since = 1, -1.0
        control = row_of(state, self.system3)
        control.first_link = control.parent = control.desk = control.system4 = control.system5 = -1
        for row in self.managements + self.system5s:
            self.pattern(row, k.ALGEDONIC, delay=0, loss=loss)
        self.messages = []

    def pattern(self, owner, kind, **fields):
        """The owner's channels of this kind."""
        rows = self.state.channels
        channel = rows[rows.add()]
        channel.owner, channel.kind, channel.to, channel.delay, channel.queue_limit = owner, kind, -1, -1, -1
        for name, value in fields.items():
            setattr(channel, name, value)
        channel.next = self.state.units[owner].first_channel
        self.state.units[owner].first_channel = len(rows) - 1
        self.state.ledger[0].channels = len(rows)

    def begin(self, due, kind, to, value=0.0):
        """A message that is on its way at the start."""
        unit = self.state.units[to]
        self.messages.append(
            Message(
                due, k.PRIORITIES[kind], unit.identity, unit.identity, unit.numbers, kind, to, to, -1, -1, -1,
                0, value, -1,
            )
        )  # fmt: skip
        unit.numbers += 1

    def drown(self):
        """Systems 3 and 5 have far more to say to each other than their channels will ever carry."""
        for row in self.managements:
            row_of(self.state, row).account_every = 0.25
            self.pattern(row, k.ACCOUNT, capacity=0.01)
            self.begin(0.0, k.ACCOUNT_DUE, row)
        for row in self.system5s:
            row_of(self.state, row).period = 0.25
            self.pattern(row, k.S5_34, capacity=0.01)
            self.begin(0.0, k.GOVERN, row)

    def run(self, vitals, horizon=1000.0):
        """Hand out (time, value, management); returns the rows of the journal."""
        for due, value, to in vitals:
            self.begin(due, k.VITAL, to, value)
        identities = [unit.identity for unit in self.state.units]
        self.state.ledger[0].units = len(identities)
        paths = [str(row) for row in range(len(identities))]
        journal, parts = Journal(identities), []
        journal.sinks = (parts.append,)
        start = Start(self.state, self.messages, paths, self.roles, identities, [])
        simpy_engine.run(start, horizon, journal)
        rows = np.concatenate([np.empty(0, ROW), *parts])
        assert not (rows["kind"] == k.REFUSED).any()
        self.place = {identity: row for row, identity in enumerate(identities)}
        return rows

    def told(self, rows, *facts):
        """What was felt, eased or passed up: (due, receiver, fact, origin, value)."""
        rows = rows[np.isin(rows["kind"], facts)]
        return sorted(
            (float(r["due"]), self.place[int(r["receiver"])], int(r["kind"]), self.place[int(r["task"])],
             float(r["value"]))
            for r in rows
        )  # fmt: skip

    def times(self, rows, fact=k.FELT):
        """When each receiver noted this."""
        rows = rows[rows["kind"] == fact]
        return {self.place[int(r["receiver"])]: float(r["due"]) for r in rows}


# -- the table ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "event", "following_state"),
    [
        (k.CALM, HOLDS, k.TOLD), (k.CALM, ENDS, k.CALM), (k.CALM, OUTLASTS, k.CALM),
        (k.TOLD, HOLDS, k.TOLD), (k.TOLD, ENDS, k.CALM), (k.TOLD, OUTLASTS, k.ABOVE),
        (k.ABOVE, HOLDS, k.ABOVE), (k.ABOVE, ENDS, k.CALM), (k.ABOVE, OUTLASTS, k.ABOVE),
    ],
)  # fmt: skip
def test_a_signal_begins_with_the_unit_goes_up_once_and_ends_from_anywhere(state, event, following_state):
    assert following(state, event) == following_state


def test_the_table_has_a_place_for_every_state_and_event_and_no_more():
    assert sorted((k.CALM, k.TOLD, k.ABOVE)) == sorted((HOLDS, ENDS, OUTLASTS)) == [0, 1, 2]
    assert len(algedonic.TRANSITIONS) == 9


# -- what is pain, and how much ----------------------------------------------------------------------------


def limits(least=-UNBOUNDED, most=UNBOUNDED, good_least=1.0, good_most=-1.0):
    """An essential variable with these limits; without good ones if none are given."""
    state = organisation(k.MANAGEMENT)
    essential = state.essentials[state.essentials.add()]
    essential.least, essential.most = least, most
    essential.good_least, essential.good_most = good_least, good_most
    return essential


@pytest.mark.parametrize(
    ("essential", "value", "amount"),
    [
        (limits(most=4.0), 4.0, 0.0),
        (limits(most=4.0), 6.0, 1.5),
        (limits(most=4.0), 0.0, 0.0),
        (limits(least=0.5), 0.5, 0.0),
        (limits(least=0.5), 0.125, 4.0),
        (limits(least=0.5), 0.0, MOST_TIMES),
        (limits(most=0.0), 1e-9, MOST_TIMES),
        (limits(most=0.0), 0.0, 0.0),
        (limits(most=1.0), 1e6, MOST_TIMES),
        (limits(most=4.0, good_least=-UNBOUNDED, good_most=1.0), 1.0, -1.0),
        (limits(most=4.0, good_least=-UNBOUNDED, good_most=1.0), 0.25, -4.0),
        (limits(most=4.0, good_least=-UNBOUNDED, good_most=1.0), 0.0, -MOST_TIMES),
        (limits(most=4.0, good_least=-UNBOUNDED, good_most=1.0), 1.5, 0.0),
        (limits(least=0.1, good_least=0.5, good_most=UNBOUNDED), 2.0, -4.0),
        (limits(least=0.1, good_least=0.5, good_most=0.75), 0.6, -1.2),
        (limits(least=0.1, good_least=0.5, good_most=0.75), 0.7, -0.75 / 0.7),
    ],
)
def test_pain_says_how_many_times_its_limit_and_pleasure_how_far_within(essential, value, amount):
    assert judged(essential, value) == pytest.approx(amount, rel=1e-15)


@given(larger=st.floats(-1e300, 1e300), smaller=st.floats(-1e300, 1e300))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_no_two_numbers_make_an_amount_that_is_none_or_endless(larger, smaller):
    smaller, larger = sorted((smaller, larger))
    assert 1.0 <= times(larger, smaller) <= MOST_TIMES


# -- time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drowned", [False, True], ids=["idle", "drowned"])
@pytest.mark.parametrize("waits", [[7.3, 0.0], [30.1, 20.7, 0.0], [5.1, 0.3, 11.9, 2.2, 8.8, 0.0]])
@pytest.mark.parametrize("value", [HURTS, PLEASES], ids=["pain", "pleasure"])
def test_the_time_to_each_level_is_the_times_to_mend_and_the_delays_whatever_else_is_to_be_said(
    waits, drowned, value
):
    """Exactly: the sums are taken in the same order, in the same floats."""
    chain = Recursions(waits, delay=0.05)
    if drowned:
        chain.drown()
    rows = chain.run([(3.7, value, 0)], horizon=120.0)
    expected, now = {0: 3.7}, 3.7
    for level, wait in enumerate(waits[:-1]):
        now = now + wait
        now = now + 0.05
        expected[level + 1] = now
    assert chain.times(rows) == expected
    if drowned:
        said = int((rows["kind"] == k.ACCOUNTS).sum() + (rows["kind"] == k.DECISION).sum())
        due = int((rows["kind"] == k.ACCOUNT_DUE).sum())
        assert due > 400
        assert said <= 2 * len(waits), "what Systems 3 and 5 said to each other is still under way"


def test_the_unit_alone_feels_what_has_no_system_5_above_it():
    chain = Recursions([5.0])
    rows = chain.run([(1.0, HURTS, 0), (20.0, NEITHER, 0)])
    assert chain.told(rows, k.FELT, k.EASED, k.CLIMBED) == [
        (1.0, 0, k.FELT, 0, 2.0), (20.0, 0, k.EASED, 0, 19.0),
    ]  # fmt: skip
    assert not np.isin(rows["kind"], (k.PAIN, k.CLIMB)).any()


# -- who feels what, in any course of events ---------------------------------------------------------------


def signals_of(vitals, horizon):
    """Unbroken stretches of one management's pain or pleasure: (sign, begin, end, first amount)."""
    found, sign, begin, amount = [], 0, 0.0, 0.0
    for now, value in vitals:
        felt = 1 if value > 1.0 else -1 if value <= 0.25 else 0
        if felt != sign:
            if sign:
                found.append((sign, begin, now, amount))
            sign, begin = felt, now
            amount = value if felt > 0 else 0.25 / value if felt else 0.0
    if sign:
        found.append((sign, begin, horizon, amount))
    return found


def reference(courses, waits, delay, horizon):
    """What is noted at every level: a signal that outlasts its time there is felt one level higher."""
    noted = []
    for origin, vitals in enumerate(courses):
        for sign, begin, end, _ in signals_of(vitals, horizon):
            for level, wait in enumerate(waits):
                here = origin if level == 0 else len(courses) + level - 1
                noted.append((begin, here, k.FELT, origin, sign))
                if end < horizon:
                    noted.append((end, here, k.EASED, origin, end - begin))
                climbs = begin + wait
                if level == len(waits) - 1 or climbs >= end or climbs >= horizon:
                    break
                noted.append((climbs, here, k.CLIMBED, origin, wait))
                begin, end = climbs + delay, end + delay
                if begin >= horizon:
                    break
    return sorted(noted)


COURSES = st.lists(
    st.lists(st.tuples(EIGHTHS, st.sampled_from([HURTS, PLEASES, NEITHER])), max_size=9),
    min_size=1,
    max_size=3,
)


@given(courses=COURSES, waits=st.lists(EIGHTHS, min_size=2, max_size=4), delay=st.sampled_from([0.0, 0.125]))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_every_level_feels_passes_up_and_eases_exactly_what_outlasts_the_levels_below(courses, waits, delay):
    """So what is over in time never climbs, also if the same variable hurts again before the old reminder."""
    courses = [
        [
            (float(now), value)
            for now, (_, value) in zip(np.cumsum([g for g, _ in course]), course, strict=True)
        ]
        for course in courses
    ]
    horizon = 160.0
    chain = Recursions(waits, managements=len(courses), delay=delay)
    vitals = [(now, value, to) for to, course in enumerate(courses) for now, value in course if now < horizon]
    rows = chain.run(vitals, horizon=horizon)
    noted = [
        (due, here, fact, origin, math.copysign(1, value) if fact == k.FELT else value)
        for due, here, fact, origin, value in chain.told(rows, k.FELT, k.EASED, k.CLIMBED)
    ]
    assert sorted(noted) == reference(
        [[v for v in c if v[0] < horizon] for c in courses], waits, delay, horizon
    )
    ups = [row_of(chain.state, row) for row in chain.managements]
    assert all(m.pains == (chain.state.essentials[m.first_essential].state != k.CALM
                           and chain.state.essentials[m.first_essential].sign > 0) for m in ups)  # fmt: skip


def test_pain_that_turns_into_pleasure_ends_above_before_the_pleasure_has_its_own_time():
    chain = Recursions([4.0, 4.0, 0.0], delay=1.0)
    rows = chain.run([(0.0, HURTS, 0), (20.0, PLEASES, 0), (40.0, NEITHER, 0)])
    assert chain.told(rows, k.FELT, k.EASED) == [
        (0.0, 0, k.FELT, 0, 2.0), (5.0, 1, k.FELT, 0, 2.0), (10.0, 2, k.FELT, 0, 2.0),
        (20.0, 0, k.FELT, 0, -2.0), (20.0, 0, k.EASED, 0, 20.0),
        (21.0, 1, k.EASED, 0, 16.0), (22.0, 2, k.EASED, 0, 12.0),
        (25.0, 1, k.FELT, 0, -2.0), (30.0, 2, k.FELT, 0, -2.0),
        (40.0, 0, k.EASED, 0, 20.0), (41.0, 1, k.EASED, 0, 16.0), (42.0, 2, k.EASED, 0, 12.0),
    ]  # fmt: skip


def test_a_signal_that_ends_at_the_very_moment_its_time_is_over_does_not_climb():
    chain = Recursions([4.0, 4.0, 0.0], delay=0.0)
    rows = chain.run([(0.0, HURTS, 0), (4.0, NEITHER, 0), (10.0, HURTS, 0), (18.0, NEITHER, 0)])
    assert chain.times(rows, k.CLIMBED) == {0: 14.0}
    assert not (rows["kind"] == k.FELT)[rows["receiver"] == chain.state.units[2].identity].any()
    expired = rows[rows["kind"] == k.EXPIRED]
    assert expired["due"].tolist() == [4.0, 18.0]


# -- how many climb ----------------------------------------------------------------------------------------


def test_one_pain_in_e_climbs_one_level_and_one_in_e_squared_two_if_mending_takes_as_long_as_is_allowed():
    """Mending times are exponential, one from each of so many equally likely strata, in a mixed order."""
    count, mean = 4000, 5.0
    strata = np.argsort([keyed_uniform(3, n, 0, 0, 0, 0) for n in range(count)])
    u = (strata + [keyed_uniform(3, n, 1, 0, 0, 0) for n in range(count)]) / count
    mending = -mean * np.log1p(-u)
    gap = 100.0
    begins = gap * np.arange(count)
    vitals = [(float(b), HURTS, 0) for b in begins]
    vitals += [(float(b + t), NEITHER, 0) for b, t in zip(begins, np.minimum(mending, gap - 1), strict=True)]
    chain = Recursions([mean, mean, 0.0], delay=0.05)
    rows = chain.run(vitals, horizon=gap * count)
    felt = rows[rows["kind"] == k.FELT]
    shares, which = [], []
    for row in range(3):
        mine = felt[felt["receiver"] == chain.state.units[row].identity]
        shares.append(len(mine) / count)
        which.append((mine["due"] // gap).astype(int).tolist())
    assert which[0] == list(range(count))
    assert which[1] == np.flatnonzero(mending > mean).tolist()
    assert which[2] == np.flatnonzero(mending > 2 * mean).tolist()
    assert shares[1] == pytest.approx(0.3679, abs=3e-4)
    assert shares[2] == pytest.approx(0.1353, abs=3e-4)


# -- what is lost or said twice ----------------------------------------------------------------------------


def test_what_is_said_again_changes_nothing_but_the_amount():
    once, often = (Recursions([20.0, 30.0, 0.0], delay=0.0625) for _ in range(2))
    vitals = [(10.0, HURTS, 0), (210.0, NEITHER, 0)]
    repeats = [(10.0 + 7 * n, HURTS + n, 0) for n in range(1, 28)] + [
        (220.0 + n, NEITHER, 0) for n in range(9)
    ]
    first = once.told(once.run(vitals), k.FELT, k.EASED, k.CLIMBED)
    rows = often.run(vitals + repeats)
    assert often.told(rows, k.FELT, k.EASED, k.CLIMBED) == [
        (due, here, fact, origin, told) for (due, here, fact, origin, _), told in zip(
            first, [2.0, 20.0, 4.0, 30.0, 9.0, *[r[4] for r in first[5:]]], strict=True)
    ]  # fmt: skip
    pains = rows[(rows["kind"] == k.PAIN) & (rows["receiver"] == often.state.units[2].identity)]
    assert pains["value"].max() == HURTS + 27, "the amount is told on as it is now"


@pytest.mark.parametrize("value", [HURTS, PLEASES], ids=["pain", "pleasure"])
@pytest.mark.parametrize("seed", range(8))
def test_a_signal_reaches_the_top_and_ends_there_though_half_of_all_that_is_said_of_it_is_lost(value, seed):
    chain = Recursions([5.0, 5.0, 5.0, 0.0], managements=2, loss=0.5, seed=seed)
    often = [(10.0 * n, value if n < 50 else NEITHER, to) for n in range(1, 100) for to in (0, 1)]
    rows = chain.run(often)
    assert int((rows["kind"] == k.LOST).sum()) > 100
    for row in chain.system5s:
        mine = rows[rows["receiver"] == chain.state.units[row].identity]
        felt, eased = mine[mine["kind"] == k.FELT], mine[mine["kind"] == k.EASED]
        assert len(felt) == len(eased) == 2, "no loss makes two signals out of one"
        assert felt["due"].max() < 500.0 < eased["due"].min()
        system5 = row_of(chain.state, row)
        signal = system5.first_signal
        while signal >= 0:
            assert chain.state.signals[signal].state == k.CALM
            signal = chain.state.signals[signal].next


def test_an_end_that_nobody_had_heard_the_beginning_of_is_no_signal():
    state = organisation(k.SYSTEM5)
    row_of(state, 0).first_signal = row_of(state, 0).parent = -1
    assert hear(state, 0, hear_signal, kind=k.PAIN, ref=k.MEAN_WAIT, value=0.0) == []
    assert len(state.signals) == 0


def test_each_variable_has_a_pain_and_a_pleasure_of_its_own():
    state = organisation(k.SYSTEM5)
    system5 = row_of(state, 0)
    system5.first_signal = system5.parent = -1
    signals = [(k.PAIN, k.MEAN_WAIT), (k.PAIN, k.SHED_SHARE), (k.PLEASURE, k.MEAN_WAIT)]
    for amount in (3.0, 4.0):
        for kind, what in signals:
            sign = 1.0 if kind == k.PAIN else -1.0
            noted = hear(state, 0, hear_signal, kind=kind, ref=what, value=amount)
            assert noted == ([Said("felt", 0, what, sign * amount, 0.0)] if amount == 3.0 else [])
    for kind, what in signals:
        assert hear(state, 0, hear_signal, now=5.0, kind=kind, ref=what) == [Said("eased", 0, what, 5.0, 0.0)]


def test_a_system_5_forgets_what_is_over_and_uses_its_rows_again():
    chain = Recursions([1.0, 0.0], managements=3, delay=0.0)
    course = [(t + 10.0 * n, value, n % 3) for n in range(30) for t, value in ((0.0, HURTS), (25.0, NEITHER))]
    rows = chain.run(sorted(course))
    assert int((rows["kind"] == k.FELT).sum()) == 60
    assert len(chain.state.signals) == chain.state.ledger[0].signals == 3
    assert row_of(chain.state, chain.system5s[0]).first_signal == -1
    free, row = set(), chain.state.ledger[0].free_signal
    while row >= 0:
        free.add(row)
        row = chain.state.signals[row].next
    assert free == {0, 1, 2}


# -- what pain does ----------------------------------------------------------------------------------------


def test_system_5_raises_the_alarm_once_for_each_pain_that_comes_up_and_never_for_pleasure():
    chain = Recursions([5.0, 5.0, 0.0], delay=0.0)
    for row in chain.system5s:
        row_of(chain.state, row).emergency = 2.0
    hurting = [(float(t), HURTS, 0) for t in range(10, 40)]
    pleasing = [(float(t), PLEASES, 0) for t in range(40, 70)]
    rows = chain.run(hurting + pleasing)
    alarms = rows[rows["kind"] == k.ALARMED]
    assert [(chain.place[int(r["receiver"])], float(r["due"])) for r in alarms] == [(1, 15.0), (2, 20.0)]
    told = rows[(rows["kind"] == k.DECISION) & (rows["ref"] == k.EMERGENCY)]
    assert told["due"].tolist() == [15.0, 20.0]


def test_while_it_hurts_the_operation_refuses_sooner_and_is_told_so_at_every_measurement():
    chain = Recursions([5.0, 0.0])
    management = row_of(chain.state, 0)
    operation = management.operation

    def told(value):
        settings_made = hear(chain.state, 0, hear_vital, kind=k.VITAL, value=value)
        return [s for s in settings_made if s.name == "setting"]

    assert told(HURTS) == [], "without max_wait in pain its autonomy is untouched"
    assert told(NEITHER) == []
    management.max_wait_in_pain = 3.0
    said = [told(value)[0] for value in (NEITHER, HURTS, HURTS, PLEASES)]
    assert said == [Said("setting", operation, k.MAX_WAIT, v, 0.0) for v in (NO_LIMIT, 3.0, 3.0, NO_LIMIT)]
    management.max_wait = 20.0
    assert [told(value)[0].value for value in (HURTS, NEITHER)] == [3.0, 20.0]
