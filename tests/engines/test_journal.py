"""Closing a segment: it is gone through a block at a time, and comes out as if each row were alone."""

import hashlib
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.engines import journal as journal_module
from vsmlab.engines.journal import BLOCK, LOCAL, Journal, chain, origin
from vsmlab.errors import ModelError
from vsmlab.laws.kinds import ADDRESSES

NUMBERS = st.sampled_from([0.0, -0.0, 1.5, -2.0, 5e-324, -5e-324, 1e300])
KINDS = st.sampled_from([*sorted(ADDRESSES), 0, 1, 22, 1026, 1060, 2000, -1, -32768, 32767])
WHO = st.integers(0, 4)
ROWS = st.lists(
    st.tuples(NUMBERS, NUMBERS, st.just(7), st.integers(-2, 4), st.just(-1), WHO, WHO, KINDS, st.just(2), st.just(3)),
    min_size=1,
    max_size=14,
)  # fmt: skip
IDENTITIES = [[0, 1, 2, 3, 4], [0, 1, 2, 3, 5], [2**62, 7, -5, 2**40, 0]]


@pytest.fixture(scope="module", autouse=True)
def _blocks_of_four_rows():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journal_module, "BLOCK", 4)
        yield


def closed_alone(row, who):
    """What the rules say of one row."""
    due, value, number, ref, task, receiver, sender, kind, priority, cause = row
    if kind in ADDRESSES and ref >= 0:
        ref = who[ref]
    return due + 0.0, value + 0.0, number, ref, task, who[receiver], who[sender], kind, priority, cause


@settings(max_examples=200, deadline=None)
@given(rows=ROWS, who=st.sampled_from(IDENTITIES))
def test_a_segment_is_closed_as_if_each_of_its_rows_were_alone(rows, who):
    told = []
    journal = Journal(who, [told.append])
    journal.close_segment(np.array(rows, LOCAL))
    right = [closed_alone(row, who) for row in rows]
    packed = b"".join(struct.pack("<ddqqqqqhh", *row[:9]) for row in right)
    assert journal.links == [origin(), hashlib.sha256(origin() + packed).digest()]
    assert told[0].tobytes() == np.array(right, LOCAL).tobytes()
    assert chain(origin(), told[0]) == journal.links[-1]


@pytest.mark.parametrize("length", [BLOCK - 1, BLOCK, BLOCK + 1])
def test_the_digest_knows_nothing_of_blocks(length, monkeypatch):
    rows = np.zeros(length, LOCAL)
    rows["number"], rows["cause"] = np.arange(length), -1
    links = set()
    for block in (BLOCK, 1000, 10 * BLOCK):
        monkeypatch.setattr(journal_module, "BLOCK", block)
        journal = Journal([0])
        journal.close_segment(rows.copy())
        links |= {journal.links[-1], chain(origin(), rows), chain(origin(), np.repeat(rows, 2)[::2])}
    assert len(links) == 1


@pytest.mark.parametrize("bad", [math.nan, -math.nan, math.inf, -math.inf])
def test_the_first_number_that_is_none_is_named_and_a_time_before_a_value(bad):
    rows = np.zeros(11, LOCAL)
    rows["value"][[2, 9]] = bad
    journal = Journal([0])
    for row, column in ((2, "value"), (10, "due")):
        rows[column][row] = bad
        with pytest.raises(
            ModelError, match=rf"^journal row {row} has {column} {bad}: a law divided by zero$"
        ):
            journal.close_segment(rows.copy())
        assert (journal.links, journal.count) == ([origin()], 0)


@pytest.mark.parametrize("who", IDENTITIES)
@pytest.mark.parametrize("column", ["receiver", "sender"])
def test_a_row_of_nobody_is_not_closed(who, column):
    rows = np.zeros(6, LOCAL)
    rows[column][5] = len(who)
    with pytest.raises(IndexError):
        Journal(who).close_segment(rows)


def test_who_was_born_is_known_from_then_on():
    who, told = [0, 1], []
    journal = Journal(who, [lambda segment: told.append(segment["receiver"].tolist())])
    for born in (2**50, 9):
        rows = np.zeros(len(who), LOCAL)
        rows["receiver"] = np.arange(len(who))
        journal.close_segment(rows)
        who.append(born)
    assert told == [[0, 1], [0, 1, 2**50]]
