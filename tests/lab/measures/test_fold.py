import numpy as np
import pytest

from vsmlab.engines.journal import ROW
from vsmlab.lab.measures import fold as module
from vsmlab.lab.measures.fold import RARE, Fold
from vsmlab.laws import kinds as k


def rows(*lines):
    """Rows of (due, kind, sender, receiver, value, cause)."""
    segment = np.zeros(len(lines), ROW)
    for row, line in zip(segment, lines, strict=True):
        for name, value in zip(("due", "kind", "sender", "receiver", "value", "cause"), line, strict=True):
            row[name] = value
        row["task"] = -1
    return segment


def fold_of_three(**rest):
    return Fold([900, 800, 700], [k.SYSTEM5, k.SYSTEM3, k.OPERATION], 10.0, 100.0, **rest)


def test_rare_rows_are_kept_with_the_time_at_which_they_were_sent():
    fold = fold_of_three()
    fold(rows((1.0, k.GOVERN, 900, 900, 0.0, -1), (3.0, k.DECISION, 900, 800, 0.25, 0)))
    fold(rows((50.0, k.DECISION, 900, 800, 0.5, 0), (51.0, k.WEIGHED, 900, 900, 0.5, 1)))
    kept = fold.rare()
    assert kept["kind"].tolist() == [k.DECISION, k.DECISION, k.WEIGHED]
    assert kept["due"].tolist() == [3.0, 50.0, 51.0]
    assert kept["sent"].tolist() == [1.0, 1.0, 3.0]
    assert kept["value"].tolist() == [0.25, 0.5, 0.5]
    assert kept["sender"].tolist() == [900, 900, 900]
    assert kept["receiver"].tolist() == [800, 800, 900]


def test_what_happens_often_is_not_among_the_rare():
    often = {
        k.ARRIVE,
        k.DONE,
        k.LOAD,
        k.REPORT,
        k.HEARTBEAT,
        k.ACCOUNTS,
        k.BORN,
        k.STARTED,
        k.SERVED,
        k.AGENTS,
    }
    assert not often & RARE
    assert all(fact in RARE for fact in range(k.CHECKED, max(k.NAME_OF) + 1))


def test_beyond_its_bound_no_more_rare_rows_are_kept_and_it_says_since_when(monkeypatch):
    monkeypatch.setattr(module, "MOST_RARE", 3)
    fold = fold_of_three()
    for time in (20.0, 30.0, 40.0):
        fold(rows(*[(time, k.ALARMED, 900, 900, 0.0, -1)] * 2))
    assert len(fold.rare()) == 4
    assert fold.rare_until == 30.0


def test_the_refs_of_a_decision_are_different_symbols_and_of_a_damping_are_not():
    fold = fold_of_three()
    segment = rows(*[(20.0 + step, k.DECISION, 900, 800, 1.0, -1) for step in range(4)])
    segment["ref"] = [k.OUTSIDE, k.GAIN_NOW, k.GAIN_THEN, k.OUTSIDE]
    fold(segment)
    assert sorted(fold.channels[k.S5_34].symbols.values()) == [1, 1, 2]


def test_who_is_born_during_the_run_is_known_from_then_on():
    identities = [900, 800]
    fold = Fold(
        identities, [k.SYSTEM5, k.SYSTEM3], 10.0, 100.0, newborn=lambda row: [None, None, k.SYSTEM4][row]
    )
    fold(rows((20.0, k.DECISION, 900, 800, 1.0, -1)))
    identities.append(650)
    fold(rows((30.0, k.OUTLOOK, 650, 800, 1.0, -1)))
    assert fold.pairs == {(k.S5_34, 900, 800): 1, (k.S4_S3, 650, 800): 1}
    assert fold.traffic.pairs == [(k.S5_34, 0, 1), (k.S4_S3, 2, 1)]


@pytest.mark.parametrize("warmup", [0.0, 25.0])
def test_messages_before_the_warm_up_are_not_counted(warmup):
    fold = Fold([900, 800], [k.SYSTEM5, k.SYSTEM3], warmup, 100.0)
    fold(rows((20.0, k.DECISION, 900, 800, 1.0, -1), (30.0, k.DECISION, 900, 800, 1.0, -1)))
    assert fold.channels[k.S5_34].messages == (1 if warmup else 2)
    assert fold.traffic.messages == [1 if warmup else 2]
