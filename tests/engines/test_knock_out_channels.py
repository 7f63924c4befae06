"""Every channel can be cut and every System knocked out: the run ends, tasks balance exactly, the journal says it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from journeys import Story
from ledger import Ledger
from whole_scenarios import small_organisations

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import ROW, Journal
from vsmlab.lab.build import build
from vsmlab.lab.build.channels import REMOVABLE
from vsmlab.lab.loader import load
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.laws import kinds as k

ENDS = (k.SERVED, k.SHED, k.FAILED, k.ABANDONED, k.LOST, k.UNANSWERED, k.REFUSED)
COUNTED = ("arrivals", "moved_in", "served", "shed", "failed", "abandoned", "moved_out", "in_progress")
HORIZON = 150.0
ROLES = [k.ROLE_NAMES[role] for role in REMOVABLE]


def organisation() -> dict[str, Any]:
    """The small whole organisation; one worker hangs, so that every channel has something to say."""
    hang = {"kind": "hang", "unit": "top.west.a", "time": 40.0, "lasts": 40.0}
    mapping = small_organisations()["small-whole"]
    return {
        **mapping,
        "horizon": HORIZON,
        "environment": {**mapping["environment"], "disturbances": [hang]},
    }


SYSTEMS = [path for path in build(load(organisation())).paths if path.rpartition(".")[2] in ROLES]


@cache
def story_of(*, channel: str = "", system: str = "") -> tuple[Story, dict[str, Any], set[int]]:
    """The journal, the measures, and the channels on which something was heard."""
    gone = [{"channel": channel}] if channel else [system] if system else []
    loaded = load({**organisation(), "knockout": gone})
    start = build(loaded)
    segments: list[Any] = []
    fold = fold_of(start, loaded.scenario)
    journal = Journal(start.identities, [segments.append, fold])
    agenda = simpy_engine.run(start, HORIZON, journal)
    rows = np.concatenate([np.empty(0, ROW), *segments])
    heard = {number for number, _, _ in fold.pairs}
    return Story(rows, agenda, start, journal.digest), all_measures(fold, start, loaded.scenario), heard


def check_balance(story: Story, measures: dict[str, Any]) -> None:
    """Every task that was born has ended once, or is where the tables say that it is."""
    born = story.of(k.BORN)["task"].tolist()
    assert len(set(born)) == len(born) > 300
    known, ended = set(born), dict[int, int]()
    for row in story.of(*ENDS):
        task, kind = int(row["task"]), int(row["kind"])
        if task in known:  # the token of a pain is no task's
            after_service = ended.get(task) == k.SERVED and kind in (k.LOST, k.UNANSWERED)
            assert task not in ended or after_service, (
                "nothing ends twice; a result may be lost after service"
            )
            ended.setdefault(task, kind)
    state = story.start.state
    inside = sum(operation.queue + operation.busy + operation.retrying for operation in state.operations)
    under_way = {message.token for message in story.agenda.messages if message.task >= 0}
    assert len(born) - len(ended) == inside + len(under_way - set(ended))
    book = Ledger(story.start, 0.0, HORIZON)
    book.read_all(story.rows)
    for here, row in enumerate(story.start.places):
        unit = measures["units"][row[0]]
        counted = {name: book.counts[here][name] for name in COUNTED[:-1]}
        counted["in_progress"] = book.present[here].value
        assert {name: unit[name] for name in COUNTED} == counted, row[0]
        assert unit["arrivals"] + unit["moved_in"] == sum(unit[name] for name in COUNTED[2:])
    present = sum(operation.agents for operation in state.operations)
    assert present >= 0
    assert all(0 <= operation.busy <= operation.agents for operation in state.operations)


def test_the_whole_organisation_speaks_on_every_channel_and_every_system_answers() -> None:
    story, measures, heard = story_of()
    check_balance(story, measures)
    assert heard == set(range(k.CHANNELS))
    assert k.BY_CUT not in story.of(k.LOST)["value"]
    assert len(story.of(k.UNANSWERED)) == 0
    assert story.rows["due"].max() > HORIZON - 1.0


@pytest.mark.parametrize("channel", k.CHANNEL_NAMES)
def test_a_channel_that_is_cut_loses_all_that_is_sent_on_it_and_nothing_else(channel: str) -> None:
    number = k.CHANNEL_NAMES.index(channel)
    story, measures, heard = story_of(channel=channel)
    check_balance(story, measures)
    assert story.rows["due"].max() > HORIZON - 1.0
    assert story.digest != story_of()[0].digest
    lost = story.of(k.LOST)
    cut = lost[lost["value"] == k.BY_CUT]
    assert set(cut["ref"].tolist()) == {number}
    assert number not in heard
    roles = {unit.identity: unit.role for unit in story.start.state.units}
    assert all(number in k.SENDS[roles[who]] for who in cut["receiver"].tolist())


@pytest.mark.parametrize("system", [*ROLES, *SYSTEMS])
def test_a_system_that_is_knocked_out_answers_nothing_and_sends_nothing(system: str) -> None:
    story, measures, _ = story_of(system=system)
    check_balance(story, measures)
    assert story.rows["due"].max() > HORIZON - 1.0
    assert story.digest != story_of()[0].digest
    out = {
        identity
        for identity, path in zip(story.start.identities, story.start.paths, strict=True)
        if path == system or path.rpartition(".")[2] == system
    }
    silent = story.of(k.UNANSWERED)
    assert len(silent) > 0
    assert set(silent["receiver"].tolist()) == out
    handled = np.isin(story.rows["receiver"], list(out)) & (story.rows["kind"] < k.FACTS)
    assert int(handled.sum()) == len(silent), "what came there went unanswered, all of it"
    own = story.rows[np.isin(story.rows["sender"], list(out)) & (story.rows["kind"] < k.FACTS)]
    assert set(own["receiver"].tolist()) <= out, "only the reminders from before the beginning"
