"""System 3's own words: demands, shares, budgets, promises, and accountability with its intervention."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.bargain import demanded
from vsmlab.vsm.granting import repeat_grants
from vsmlab.vsm.management import granted
from vsmlab.vsm.settings import set_number
from vsmlab.vsm.system3 import account_for, announce, bargain_due, judge, promise, stepped_in

SELF, DESK, ABOVE, FIRST = range(4)
ADDRESS = 100
"""`receivers.link` gives the operation of receiver n this address plus n."""


def control(children, **fields):
    """A System 3 with its desk, the System 3 above, and this many operations' managements."""
    state = organisation(k.SYSTEM3, k.DESK, k.SYSTEM3, *[k.MANAGEMENT] * children)
    own = {name: fields.pop(name) for name in list(fields) if not isinstance(fields[name], list)}
    links = link(state, SELF, range(FIRST, FIRST + children), heard=[0.0] * children, **fields)
    system3 = row_of(state, SELF)
    system3.first_link, system3.children = 0 if links else -1, children
    system3.desk, system3.account_to, system3.max_moves, system3.gain = DESK, ABOVE, -1, 1.0
    system3.band, system3.after, system3.suspend = 0.25, 3, 60.0
    for name, value in own.items():
        setattr(system3, name, value)
    return state, system3, links


# -- demand, shares, budget --------------------------------------------------------------------------------


@pytest.mark.parametrize(("drain", "demand"), [(10.0, 3.5), (30.0, 2.5), (0.0, 2.0)])
def test_a_backlog_is_demand_spread_over_the_time_in_which_it_should_be_gone(drain, demand):
    _, system3, (one,) = control(1, offered=[2.0], waiting=[15.0], drain=drain)
    assert demanded(system3, one) == demand


def test_the_desk_is_told_each_share_of_the_targets_by_the_operations_address():
    state, system3, _ = control(3, target=[5, 0, 3])
    announce(state, state.units[SELF], system3, 7.0)
    told = said(state)
    assert told == [
        Said("share", DESK, 100 + FIRST + place, share, 7.0)
        for place, share in enumerate((0.625, 0.0, 0.375))
    ]
    assert ways(state, SELF) == {("mgmt_op", DESK)}


def test_shares_are_not_announced_where_there_are_no_targets_or_no_desk_that_follows_them():
    for target, desk in ((0, DESK), (4, -1)):
        state, system3, _ = control(2, target=[target, target], desk=desk)
        announce(state, state.units[SELF], system3, 7.0)
        assert said(state) == []


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    told=st.lists(
        st.tuples(st.floats(0.0, 20.0), st.floats(0.0, 200.0), st.integers(0, 9)), min_size=1, max_size=6
    ),
    budget=st.floats(0.001, 1e4),
    drain=st.sampled_from([0.0, 30.0]),
)
def test_the_whole_budget_is_divided_by_demand_and_the_shares_are_whole(told, budget, drain):
    offered, waiting, targets = (list(column) for column in zip(*told, strict=True))
    state, system3, links = control(
        len(told), offered=offered, waiting=waiting, target=targets, budget=budget, drain=drain
    )
    announce(state, state.units[SELF], system3, 0.0)
    effects = said(state)
    paid = {one.to: one.value for one in effects if (one.name, one.ref) == ("grant", k.BUDGET)}
    assert sum(paid.values()) == pytest.approx(budget)
    demands = [1e-9 + demanded(system3, one) for one in links]
    assert [paid[one.to] for one in links] == pytest.approx(
        [budget * demand / sum(demands) for demand in demands]
    )
    shares = [one.value for one in effects if one.name == "share"]
    assert shares == ([pytest.approx(target / sum(targets)) for target in targets] if sum(targets) else [])


# -- promises and accountability ---------------------------------------------------------------------------


def test_each_promises_what_is_offered_as_far_as_its_agents_can_and_nobody_unheard_promises():
    state, system3, links = control(
        4, offered=[2.5, 9.0, 9.0, 4.0], initial=[4.0, 4.0, 4.0, 4.0], granted=[0.0, 0.0, 3.0, 0.0],
        recalled=[0.0, 0.0, 1.0, 0.0], promised=[9.9] * 4,
    )  # fmt: skip
    links[3].heard = -1.0
    promise(state, system3)
    assert [one.promised for one in links] == [2.5, 4.0, 6.0, 0.0]


def judged(state, system3, now):
    """What a judgement says: for each operation that is stepped in on, a fact and a message."""
    judge(state, state.units[SELF], system3, now)
    return said(state)


def test_below_the_band_for_so_many_periods_in_a_row_system3_intervenes_outside_the_bargain():
    state, system3, (one,) = control(1, promised=[4.0], carried=[2.0])
    assert judged(state, system3, 30.0) == judged(state, system3, 60.0) == []
    assert judged(state, system3, 90.0) == [
        Said("intervened", SELF, ADDRESS + FIRST, 0.5, 0.0),
        Said("intervene", FIRST, k.SUSPENDED, 60.0, 90.0),
    ]
    assert ways(state, SELF) == {("intervene", FIRST)}
    assert one.misses == 0
    assert judged(state, system3, 120.0) == judged(state, system3, 150.0) == []
    assert len(judged(state, system3, 180.0)) == 2, "after an intervention the count begins anew"


@pytest.mark.parametrize(("carried", "outside"), [(3.0, False), (2.999, True), (9.0, False), (0.0, True)])
def test_the_band_is_below_the_promise_only_and_its_edge_belongs_to_it(carried, outside):
    state, system3, _ = control(1, promised=[4.0], carried=[carried], after=1)
    assert bool(judged(state, system3, 30.0)) is outside


def test_one_period_within_the_band_begins_the_count_anew():
    state, system3, (one,) = control(1, promised=[4.0])
    told = []
    for period, carried in enumerate([0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0]):
        one.carried = carried
        told.append(len(judged(state, system3, 30.0 * period)))
    assert told == [0] * 8 + [2]


def test_each_operation_is_judged_by_its_own_promise_and_none_without_one():
    state, system3, links = control(3, promised=[4.0, 0.0, 4.0], carried=[4.0, 0.0, 1.0], after=1)
    assert [one.to for one in judged(state, system3, 30.0) if one.name == "intervene"] == [FIRST + 2]
    assert [one.misses for one in links] == [0, 0, 0]


def test_a_bargain_judges_the_promise_of_the_period_before_and_then_promises_anew():
    state, _, (one,) = control(
        1, offered=[3.0], carried=[1.0], initial=[4.0], target=[4], after=1, period=30.0
    )
    first = hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=10.0)
    assert "intervene" not in {word.name for word in first}, "nothing had been promised"
    assert one.promised == 3.0
    one.offered, one.carried = 1.0, 2.0
    second = hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=40.0)
    assert [word.value for word in second if word.name == "intervened"] == [pytest.approx(2.0 / 3.0)]
    assert one.promised == 1.0
    third = hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=70.0)
    assert "intervene" not in {word.name for word in third}
    assert third[0] == Said("bargain-due", SELF, 0, 0.0, 100.0)


# -- grants may be said again ------------------------------------------------------------------------------


def test_grants_and_recalls_are_said_again_as_totals_and_agents_travel_as_long_as_ever():
    state, system3, links = control(
        3, initial=[4.0, 4.0, 4.0], granted=[2.0, 0.0, 0.0], recalled=[0.0, 3.0, 0.0], move_takes=5.0
    )
    before = [(one.initial, one.granted, one.recalled, one.target) for one in links]
    for now in (30.0, 60.0):
        repeat_grants(state, state.units[SELF], system3, now)
        assert said(state) == [
            Said("grant", FIRST, k.GRANTED, 6.0, now + 5.0),
            Said("grant", FIRST + 1, k.RECALLED, 3.0, now),
        ]
    assert before == [(one.initial, one.granted, one.recalled, one.target) for one in links]


TOTALS = st.lists(
    st.tuples(st.sampled_from([k.GRANTED, k.RECALLED]), st.integers(0, 6)), min_size=1, max_size=12
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(totals=TOTALS, data=st.data())
def test_totals_said_again_late_or_out_of_order_leave_management_and_operation_as_said_once(totals, data):
    """Only the largest total of each counts: so a message may be lost if it is said again."""

    def after(sayings):
        state = organisation(k.OPERATION, k.MANAGEMENT)
        operation, management = row_of(state, 0), row_of(state, 1)
        operation.agents = operation.granted = 6
        operation.head = operation.tail = operation.serving = operation.bucket_ticket = -1
        operation.management, management.operation, management.system3 = 1, 0, -1
        management.granted = 6.0
        for ref, total in sayings:
            total = 6 + total if ref == k.GRANTED else total
            for told in hear(state, 1, granted, kind=k.GRANT, ref=ref, value=float(total)):
                assert (told.name, told.to) == ("setting", 0)
                hear(state, 0, set_number, kind=k.SETTING, ref=told.ref, value=told.value)
        return [getattr(operation, name) for name in ("agents", "granted", "recalled", "returned", "owed")]

    largest = {ref: max(total for kind, total in totals if kind == ref) for ref, _ in totals}
    noisy = data.draw(st.permutations(totals + totals[::2]))
    agents, gave, recalled, returned, owed = after(noisy)
    assert [gave, recalled] == after(sorted(largest.items()))[1:3]
    assert agents + returned == gave
    assert returned + owed == recalled


# -- recursion ---------------------------------------------------------------------------------------------


def test_a_system_accounts_for_the_sum_of_its_operations_and_for_what_it_returned():
    state, _, _ = control(
        2, offered=[1.5, 2.0], carried=[1.0, 2.0], waiting=[4.0, 0.5], account_every=30.0, returned=2.0
    )
    assert hear(state, SELF, account_for, kind=k.ACCOUNT_DUE, now=5.0) == [
        Said("account-due", SELF, 0, 0.0, 35.0),
        Said("account", ABOVE, k.OFFERED, 3.5, 5.0),
        Said("account", ABOVE, k.CARRIED, 3.0, 5.0),
        Said("account", ABOVE, k.WAITING, 4.5, 5.0),
        Said("account", ABOVE, k.RETURNED, 2.0, 5.0),
    ]
    assert ways(state, SELF) == {("account", ABOVE)}


def test_an_intervention_from_above_reaches_every_operation():
    state, _, _ = control(3)
    told = hear(
        state, SELF, stepped_in, kind=k.INTERVENTION, sender=ABOVE, ref=k.SUSPENDED, value=45.0, now=8.0
    )
    assert told == [Said("intervene", FIRST + n, k.SUSPENDED, 45.0, 8.0) for n in range(3)]
    assert ways(state, SELF) == {("intervene", FIRST + n) for n in range(3)}
