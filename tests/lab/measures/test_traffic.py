from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.lab.measures import traffic as module
from vsmlab.lab.measures.traffic import Batch, Traffic, about, amount, symbols_of, topic
from vsmlab.laws import kinds as k

TIMES = st.floats(60.0, 599.0)
SYMBOLS = [0, 1, 2, 511, 512, 4 * module.EXPONENTS * module.TOPICS - 1]
MESSAGES = st.lists(
    st.tuples(
        TIMES, st.sampled_from([0, 16]), st.integers(0, 1), st.integers(0, 1), st.sampled_from(SYMBOLS)
    ),
    max_size=60,
)


def batch(messages, *, lag=0.0):
    columns = list(zip(*messages, strict=True)) if messages else [[] for _ in range(5)]
    due, channel, sender, receiver, symbol = (np.array(column) for column in columns)
    due = due.astype(np.float64)
    whole = [column.astype(np.int64) for column in (channel, sender, receiver, symbol)]
    return Batch(due, due - lag, *whole)


def counted(traffic):
    counts = traffic.counts()
    columns = (counts.pair, counts.window, counts.symbol, counts.many)
    return {
        (*traffic.pairs[pair], window, traffic.symbols[symbol]): many
        for pair, window, symbol, many in zip(*(column.tolist() for column in columns), strict=True)
    }


@settings(deadline=None)
@given(MESSAGES, st.integers(1, 20))
def test_every_symbol_is_counted_in_its_window_however_the_journal_is_cut(messages, size):
    messages.sort()
    traffic = Traffic(60.0, 600.0)
    for begin in range(0, len(messages), size):
        traffic.take(batch(messages[begin : begin + size]))
    width = 600.0 / 256
    wanted = Counter((c, s, r, int(time / width), said) for time, c, s, r, said in messages)
    assert counted(traffic) == wanted
    assert dict(zip(traffic.pairs, traffic.messages, strict=True)) == Counter(m[1:4] for m in messages)


@settings(deadline=None)
@given(MESSAGES.filter(bool), st.integers(1, 20))
def test_the_longest_silence_of_each_pair_is_kept_however_the_journal_is_cut(messages, size):
    messages.sort()
    traffic = Traffic(60.0, 600.0)
    for begin in range(0, len(messages), size):
        traffic.take(batch(messages[begin : begin + size], lag=0.5))
    for pair, silence in zip(traffic.pairs, traffic.silences, strict=True):
        times = [message[0] for message in messages if message[1:4] == pair]
        gaps = np.diff([60.0, *times])
        assert silence.gap == gaps.max()
        assert silence.begin == [60.0, *times][int(gaps.argmax())]
        assert (silence.first, silence.last) == (times[0], times[-1])
        known = [60.0, *(time - 0.5 for time in times)]
        assert silence.age == max(time - before for time, before in zip(times, known, strict=False))


def test_messages_of_a_limited_channel_are_counted_when_they_were_sent():
    traffic = Traffic(0.0, 256.0, frozenset([k.OP_MGMT]))
    traffic.take(
        batch([(50.0, k.OP_MGMT, 1, 2, 0), (50.0, k.ACCOUNT, 1, 2, 0), (51.5, k.OP_MGMT, 1, 2, 0)], lag=10.0)
    )
    assert traffic.sent_by_window() == {traffic.pairs.index((k.OP_MGMT, 1, 2)): {40: 1, 41: 1}}


def test_beyond_its_bound_it_gives_up_windows_but_still_counts_messages(monkeypatch):
    monkeypatch.setattr(module, "MOST_KEYS", 10)
    monkeypatch.setattr(module, "_PENDING", 4)
    traffic = Traffic(0.0, 256.0)
    for begin in range(0, 40, 4):
        traffic.take(batch([(begin + step + 0.5, k.S2, 1, 2, 0) for step in range(4)]))
    assert traffic.crowded
    assert not len(traffic.counts().pair)
    assert traffic.messages == [40]


@given(st.integers(0, k.FACTS - 1), st.integers(0, k.FINDING_STEP - 1), st.floats(-1e9, 1e9))
def test_a_symbol_tells_what_it_speaks_of_and_sign_and_power_of_what_it_says(kind, which, value):
    symbol = symbols_of(np.array([kind]), np.array([which]), np.array([value]))
    same = symbols_of(np.array([0]), np.array([0]), np.array([value]))
    assert about(symbol).tolist() == [topic(kind, which)]
    assert amount(symbol).tolist() == amount(same).tolist()
    assert 0 <= amount(symbol)[0] < 512


def test_powers_of_two_and_signs_are_told_apart():
    values = np.array([0.0, 1.0, 1.9, 2.0, -1.0, 1e300, 1e200, 1e-300])
    same = symbols_of(np.zeros(8, np.int64), np.zeros(8, np.int64), values)
    assert same[1] == same[2]
    assert same[5] == same[6]
    assert len(set(same.tolist())) == 6


@pytest.mark.parametrize(("horizon", "width"), [(100.0, 1.0), (256.0, 1.0), (2560.0, 10.0)])
def test_windows_are_no_shorter_than_a_second(horizon, width):
    assert Traffic(0.0, horizon).width == width
