"""Essential variables as an operation measures them, against a bookkeeper that reads nothing but the journal."""

from __future__ import annotations

import numpy as np
import pytest
from receivers import Said, hear, organisation, row_of, ways

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import new_task
from vsmlab.vsm.settings import set_number
from vsmlab.vsm.vitals import count_arrival, count_end, count_start, vital_due

OPERATION, MANAGEMENT, WORLD, SIBLING = range(4)
ROLES = (k.OPERATION, k.MANAGEMENT, k.ENVIRONMENT, k.OPERATION)
VARIABLES = range(len(k.ESSENTIAL_NAMES))
LIMIT = 1.5


def house(**fields):
    """An operation with its management, its piece of the world, and a sibling; nobody has vitals yet."""
    state = organisation(*ROLES)
    for row in (OPERATION, SIBLING):
        operation = row_of(state, row)
        operation.environment, operation.management, operation.desk = WORLD, -1, -1
        operation.head = operation.tail = operation.serving = operation.bucket_ticket = operation.work = -1
        operation.inspector = operation.first_vital = -1
        operation.limit, operation.max_wait = -1, -1.0
        operation.speed = operation.full_speed = operation.mean_service = operation.bias = 1.0
        operation.agents = operation.granted = 2
    row_of(state, WORLD).operation = OPERATION
    management = row_of(state, MANAGEMENT)
    management.operation, management.first_essential, management.system3 = OPERATION, -1, -1
    management.max_wait_in_pain = -1.0
    operation = row_of(state, OPERATION)
    operation.management = MANAGEMENT
    for name, value in fields.items():
        setattr(operation, name, value)
    return state, operation


def measure(state, windows):
    """Let the operation measure (what, window); a variable's number is its place in the chain."""
    operation = row_of(state, OPERATION)
    made = []
    for number, (what, window) in enumerate(windows):
        row = state.vitals.add()
        vital = state.vitals[row]
        vital.owner, vital.number, vital.what, vital.limit, vital.window = (
            OPERATION,
            number,
            what,
            LIMIT,
            window,
        )
        vital.next = row + 1 if number + 1 < len(windows) else -1
        made.append(vital)
    operation.first_vital = 0 if windows else -1
    return made


def run(state, sends, horizon):
    """Run what is on its way: (due, kind, to, ref, value, task row); returns the rows of the journal."""
    messages = []
    for due, kind, to, ref, value, task in sends:
        unit = state.units[to]
        token = state.tasks[task].identity if task >= 0 else -1
        messages.append(
            Message(
                due, k.PRIORITIES[kind], unit.identity, unit.identity, unit.numbers, kind, to, to, task, token,
                -1, ref, value, -1,
            )
        )  # fmt: skip
        unit.numbers += 1
    identities = [unit.identity for unit in state.units]
    journal, parts = Journal(identities), []
    journal.sinks = (parts.append,)
    start = Start(state, messages, [str(row) for row in range(len(ROLES))], list(ROLES), identities, [])
    simpy_engine.run(start, horizon, journal)
    rows = np.concatenate(parts)
    assert not (rows["kind"] == k.REFUSED).any()
    return rows


class Bookkeeper:
    """Reads the facts noted at one operation, and knows nothing else."""

    def __init__(self, receiver, agents, entered):
        self.receiver, self.agents = receiver, agents
        self.entered, self.phase = dict(entered), {}
        self.now = self.queue_area = self.busy_area = self.agent_area = 0.0
        self.starts, self.arrivals, self.sheds, self.ends, self.failures = [], [], [], [], []

    def pass_time(self, now):
        span, self.now = now - self.now, now
        waiting = sum(phase == "waiting" for phase in self.phase.values())
        busy = sum(phase == "busy" for phase in self.phase.values())
        self.queue_area += waiting * span
        self.busy_area += busy * span
        self.agent_area += self.agents * span

    def read(self, row):
        if row["receiver"] != self.receiver or row["kind"] < k.FACTS:
            return
        kind, task, now = int(row["kind"]), int(row["task"]), float(row["due"])
        self.pass_time(now)
        if kind == k.ACCEPTED:
            self.phase[task] = "waiting"
            if row["ref"] != 2:
                self.entered[task] = now
                self.arrivals.append(now)
        elif kind == k.SHED:
            self.arrivals.append(now)
            self.sheds.append(now)
        elif kind == k.STARTED:
            if task in self.entered:
                self.starts.append((now, now - self.entered.pop(task)))
            self.phase[task] = "busy"
        elif kind in (k.PREEMPTED, k.REQUEUED):
            self.phase[task] = "waiting"
        elif kind in (k.ATTEMPT_FAILED, k.DEFERRED):
            self.phase[task] = "resting"
        elif kind in (k.SERVED, k.FAILED, k.ABANDONED, k.MOVED_OUT):
            del self.phase[task]
            if kind in (k.SERVED, k.FAILED):
                self.ends.append(now)
            if kind == k.FAILED:
                self.failures.append(now)
        elif kind == k.AGENTS:
            self.agents = int(row["ref"])

    def areas(self):
        return self.queue_area, self.busy_area, self.agent_area

    def value(self, what, since, before):
        """The variable from ``since`` (when the areas were these) until now."""
        queue, busy, agents = (a - b for a, b in zip(self.areas(), before, strict=True))
        waits = [wait for now, wait in self.starts if now > since]
        ages = [
            self.now - self.entered[task]
            for task, phase in self.phase.items()
            if phase == "waiting" and task in self.entered
        ]
        late = sum(age > LIMIT for age in ages)

        def share(part, whole):
            return part / whole if whole else 0.0

        def count(times):
            return sum(now > since for now in times)

        return {
            k.MEAN_WAIT: share(sum(waits), len(waits)) if waits else share(sum(ages), len(ages)),
            k.P95_WAIT: share(sum(wait > LIMIT for wait in waits) + late, len(waits) + late),
            k.MEAN_QUEUE: queue / (self.now - since),
            k.UTILISATION: share(busy, agents),
            k.SHED_SHARE: share(count(self.sheds), count(self.arrivals)),
            k.FAILED_SHARE: share(count(self.failures), count(self.ends)),
        }[what]


def busy_life(state, seed, horizon):
    """Tasks that wait, give up, fail, make way, are moved in and out; agents that come and go."""
    chance = np.random.default_rng(seed)
    for shape, a in ((k.CONSTANT, 0.7), (k.EXPONENTIAL, 4.0)):
        distribution = state.distributions[state.distributions.add()]
        distribution.shape, distribution.a = shape, a
    sends, entered, now = [], {}, 0.0
    for number in range(int(horizon * 1.5)):
        now += float(chance.exponential(0.6))
        row = new_task(state, state.units[SIBLING], number, now)
        task = state.tasks[row]
        task.work, task.work_law, task.rank = float(chance.exponential(1.2)), -1, int(chance.integers(0, 3))
        task.failure, task.attempts, task.backoff = 0.25, 2, 0
        task.patience = 1 if number % 2 else -1
        task.deadline = now + 9.0 if number % 3 == 0 else -1.0
        if number % 10:
            sends.append((now, k.ARRIVE, OPERATION, 0, 0.0, row))
        else:
            task.entered = entered[task.identity] = now / 2.0
            sends.append((now, k.TRANSFER, OPERATION, 0, 0.0, row))
    for turn in range(int(horizon / 17)):
        due, granted = 17.3 * turn + 5.1, 2 + turn
        sends.append((due, k.SETTING, OPERATION, k.GRANTED, float(granted + 1), -1))
        sends.append((due + 7.7, k.SETTING, OPERATION, k.RECALLED, float(turn + 1), -1))
        sends.append((due + 3.3, k.DAMP, OPERATION, SIBLING, 2.0, -1))
    return sends, entered


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "house_rules",
    [
        {"limit": 4},
        {"limit": 4, "preemptive": 1, "discipline": k.EDF},
        {"max_wait": 3.0, "defer": 2.5, "discipline": k.LIFO},
        {"max_wait": 2.0, "discipline": k.RANDOM},
    ],
    ids=["limit", "preemptive", "deferring", "random"],
)
def test_every_window_of_every_variable_is_what_a_bookkeeper_makes_of_the_journal(house_rules, seed):
    state, _ = house(**house_rules)
    windows = [(what, 6.5 + what) for what in VARIABLES] + [(k.P95_WAIT, 40.0), (k.UTILISATION, 3.1)]
    measure(state, windows)
    sends, entered = busy_life(state, seed, 300.0)
    sends += [(window, k.VITAL_DUE, OPERATION, number, 0.0, -1) for number, (_, window) in enumerate(windows)]
    rows = run(state, sends, 300.0)
    told = {int(row["cause"]): float(row["value"]) for row in rows if row["kind"] == k.VITAL}
    book = Bookkeeper(state.units[OPERATION].identity, 2, entered)
    since, before = [0.0] * len(windows), [(0.0, 0.0, 0.0)] * len(windows)
    seen = {what: [] for what in VARIABLES}
    for place, row in enumerate(rows):
        book.read(row)
        if row["kind"] == k.VITAL_DUE:
            book.pass_time(float(row["due"]))
            number = int(row["ref"])
            what = windows[number][0]
            expected = book.value(what, since[number], before[number])
            assert told.pop(place) == pytest.approx(expected, rel=1e-9, abs=1e-9), k.ESSENTIAL_NAMES[what]
            seen[what].append(expected)
            since[number], before[number] = book.now, book.areas()
    assert not told
    for what in VARIABLES:
        assert len(set(seen[what])) > 5 or (what == k.SHED_SHARE and "defer" in house_rules)
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in seen[k.UTILISATION])


# -- one at a time -----------------------------------------------------------------------------------------


def wait_in_queue(state, operation, entered):
    """Tasks that wait since then, in this order; below zero: it was started before."""
    row = -1
    for place, since in enumerate(entered):
        row = new_task(state, state.units[OPERATION], place, 0.0)
        state.tasks[row].entered = since
        state.tasks[row].previous = operation.tail
        if operation.tail >= 0:
            state.tasks[operation.tail].next = row
        else:
            operation.head = row
        operation.tail = row
        operation.queue += 1


def told(state, now, number=0):
    """What management is told at the end of a window; the reminder of the next one is checked here."""
    reminder, *rest = hear(state, OPERATION, vital_due, kind=k.VITAL_DUE, now=now, ref=number)
    window = state.vitals[number].window
    assert reminder == Said("vital-due", OPERATION, number, 0.0, now + window)
    return rest


def test_an_operation_to_which_nobody_comes_has_nothing_to_tell_of():
    state, _ = house()
    measure(state, [(what, 10.0) for what in VARIABLES])
    assert [told(state, 10.0, what) for what in VARIABLES] == [
        [Said("vital", MANAGEMENT, what, 0.0, 10.0)] for what in VARIABLES
    ]
    assert ways(state, OPERATION) == {("op_mgmt", MANAGEMENT)}


def test_agents_that_start_nobody_do_not_hide_how_long_the_queue_has_waited():
    state, operation = house()
    measure(state, [(k.MEAN_WAIT, 10.0), (k.P95_WAIT, 10.0)])
    wait_in_queue(state, operation, [2.0, 6.0, 9.0, -1.0])
    assert told(state, 10.0, 0)[0].value == pytest.approx((8.0 + 4.0 + 1.0) / 3)
    assert told(state, 10.0, 1)[0].value == 1.0
    count_start(state, operation, 0.5)
    assert told(state, 20.0, 0)[0].value == 0.5


@pytest.mark.parametrize(
    ("late", "waiting", "beyond"), [(4, 0, False), (5, 0, False), (6, 0, True), (5, 1, True)]
)
def test_the_95th_percentile_is_beyond_its_limit_when_more_than_one_in_twenty_is_late(late, waiting, beyond):
    state, operation = house()
    measure(state, [(k.P95_WAIT, 10.0)])
    wait_in_queue(state, operation, [0.0] * waiting + [9.5] * 3)
    waits = [LIMIT] * (100 - late) + [LIMIT + 1e-9] * late
    for wait in waits:
        count_start(state, operation, wait)
    value = told(state, 10.0)[0].value
    assert value == (late + waiting) / (100 + waiting)
    assert (value > 0.05) == beyond
    assert (np.quantile(waits + [10.0] * waiting, 0.95, method="inverted_cdf") > LIMIT) == beyond


def test_counts_of_one_window_are_not_in_the_next():
    state, operation = house()
    measure(state, [(k.SHED_SHARE, 10.0), (k.FAILED_SHARE, 10.0)])
    for shed in (0, 0, 0, 1):
        count_arrival(state, operation, shed)
        count_end(state, operation, 1 - shed)
    assert [told(state, 10.0, n)[0].value for n in (0, 1)] == [0.25, 0.75]
    assert [told(state, 20.0, n)[0].value for n in (0, 1)] == [0.0, 0.0]


def test_a_silent_operation_tells_nothing_and_then_of_all_the_time_that_it_was_silent():
    state, operation = house()
    measure(state, [(k.SHED_SHARE, 10.0)])
    operation.silent = 1
    count_arrival(state, operation, 1)
    assert told(state, 10.0) == []
    operation.silent = 0
    count_arrival(state, operation, 0)
    assert told(state, 20.0) == [Said("vital", MANAGEMENT, 0, 0.5, 20.0)]
    operation.management = -1
    assert told(state, 30.0) == []


def test_an_operation_without_essential_variables_keeps_no_count():
    state, operation = house(limit=7)
    sends, _ = busy_life(state, 1, 60.0)
    rows = run(state, sends, 60.0)
    assert (rows["kind"] == k.STARTED).sum() > 40
    assert (operation.worked, operation.manned, operation.queued, operation.queue_since) == (0.0,) * 4
    assert len(state.vitals) == 0


def test_counting_changes_nothing_that_happens():
    """The facts of a run with every variable measured are those of a run without."""
    facts = []
    for windows in ([], [(what, 5.0) for what in VARIABLES]):
        state, _ = house(limit=7)
        measure(state, windows)
        sends, _ = busy_life(state, 2, 200.0)
        sends += [(w, k.VITAL_DUE, OPERATION, number, 0.0, -1) for number, (_, w) in enumerate(windows)]
        rows = run(state, sends, 200.0)
        rows = rows[rows["kind"] >= k.FACTS]
        facts.append(rows[["due", "value", "ref", "task", "receiver", "kind"]].tolist())
    assert len(facts[0]) > 500
    assert facts[0] == facts[1]


@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_measured_at_the_very_moment_the_time_to_mend_is_over_is_heard_first(swapped):
    """Whoever's turn comes first among receivers: it was mended in time, so it does not climb."""
    state, _ = house(agents=0, granted=0, limit=0)
    units = state.units
    if swapped == (units[OPERATION].identity < units[MANAGEMENT].identity):
        units[OPERATION].identity, units[MANAGEMENT].identity = (
            units[MANAGEMENT].identity, units[OPERATION].identity,
        )  # fmt: skip
    measure(state, [(k.SHED_SHARE, 10.0)])
    essential = state.essentials[state.essentials.add()]
    essential.owner, essential.least, essential.most, essential.good_least = MANAGEMENT, -1.0, 0.5, 1.0
    essential.climbs_after, essential.ticket, essential.next = 10.0, -1, -1
    management = row_of(state, MANAGEMENT)
    management.first_essential, management.system5 = 0, SIBLING
    task = new_task(state, state.units[SIBLING], 0, 0.0)
    rows = run(
        state, [(1.0, k.ARRIVE, OPERATION, 0, 0.0, task), (10.0, k.VITAL_DUE, OPERATION, 0, 0.0, -1)], 90.0
    )
    heard = rows[np.isin(rows["kind"], (k.FELT, k.EASED, k.CLIMBED, k.EXPIRED))]
    assert [(float(r["due"]), int(r["kind"])) for r in heard] == [
        (10.0, k.FELT), (20.0, k.EASED), (20.0, k.EXPIRED),
    ]  # fmt: skip


def test_management_sets_the_longest_wait_and_takes_it_away_again():
    state, operation = house()
    for value in (4.0, 0.5, -1e9):
        hear(state, OPERATION, set_number, kind=k.SETTING, ref=k.MAX_WAIT, value=value)
        assert operation.max_wait == value
