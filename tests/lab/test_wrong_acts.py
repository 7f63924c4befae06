"""An act of the operator that cannot be gets one line that says where it stands and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from vsmlab.errors import InputError
from vsmlab.lab.loader import load

PAIR: dict[str, Any] = {
    "version": 1, "name": "pair", "title": "Two operations", "horizon": 60,
    "environment": {"demand": {"calls": {"arrivals": {"poisson": {"rate": 2.0}}, "work": 1.0, "to": "pair"}}},
    "organisation": {"name": "pair", "operations": {"one": {"agents": 2}, "two": {"agents": 2}}},
}  # fmt: skip
GOOD: dict[str, Any] = {"kind": "crash", "unit": "pair.one"}
SET: dict[str, Any] = {"kind": "set", "who": "pair.system2", "dial": "gain", "value": 0.5}
LOSS: dict[str, Any] = {"kind": "set", "who": "pair.system2", "dial": "channel_loss", "value": 0.5}
WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no time": ({**GOOD, "time": None}, ("operator.1.time", "a number is needed")),
    "before the run": ({**GOOD, "time": -1.0}, ("operator.1.time", "at least 0")),
    "unknown kind": ({**GOOD, "kind": "crush"}, ("operator.1.kind", "did you mean crash?")),
    "unknown unit": (
        {**GOOD, "unit": "pair.three"},
        ("operator.1.unit", "'pair.three'", "pair.one, pair.two"),
    ),
    "a system crashes": ({**GOOD, "unit": "pair"}, ("operator.1.unit", "not an elementary operation")),
    "an operation is lost": ({**GOOD, "kind": "loss"}, ("operator.1.unit", "not a viable system")),
    "what another kind has": (
        {**GOOD, "factor": 0.5},
        ("operator.1.factor", "an act of kind crash has unit, mends"),
    ),
    "slow by nothing": ({**GOOD, "kind": "slow"}, ("operator.1.factor", "missing", "needs it")),
    "faster than slow": ({**GOOD, "kind": "slow", "factor": 2.0}, ("operator.1.factor", "at most 1")),
    "mended by an amount": (
        {**GOOD, "kind": "slow", "factor": 0.5, "mends": True},
        ("operator.1.factor", "that mends has unit, mends"),
    ),
    "demand is mended": (
        {"kind": "demand", "stream": "calls", "factor": 1.0, "mends": True},
        ("operator.1.mends", "stream, factor"),
    ),
    "unknown stream": (
        {"kind": "demand", "stream": "mail", "factor": 2.0},
        ("operator.1.stream", "streams: calls"),
    ),
    "too much": (
        {"kind": "demand", "stream": "calls", "factor": 1e9},
        ("operator.1.factor", "0, or from 0.001 to 100"),
    ),
    "nearly nothing": (
        {"kind": "demand", "stream": "calls", "factor": 1e-9},
        ("operator.1.factor", "0, or from"),
    ),
    "nobody sends": (
        {"kind": "cut", "channel": "s2", "of": "pair.system3"},
        ("operator.1.of", "nothing is sent"),
    ),
    "a desk is off": (
        {"kind": "knockout", "system": "pair"},
        ("operator.1.system", "taken away", "pair.system2"),
    ),
    "nobody is off": ({"kind": "knockout", "system": "pair.system6"}, ("operator.1.system", "did you mean")),
    "nobody's dial": ({**SET, "who": "pair.sytem2"}, ("operator.1.who", "did you mean pair.system2?")),
    "no dial": ({**SET, "dial": "gian"}, ("operator.1.dial", "did you mean gain?", "channel_loss")),
    "another's dial": ({**SET, "dial": "speed"}, ("operator.1.dial", "no such dial", "gain, threshold")),
    "too far": ({**SET, "value": 10.5}, ("operator.1.value", "given 10.5", "gain is from 0 to 10 (share)")),
    "not a number": ({**SET, "value": "high"}, ("operator.1.value", "not a number")),
    "infinite": ({**SET, "value": float("inf")}, ("operator.1.value", "finite")),
    "half an agent": (
        {**SET, "who": "pair.system3", "dial": "floor", "value": 1.5},
        ("operator.1.value", "a whole number from 0"),
    ),
    "no channel": (LOSS, ("operator.1.channel", "missing", "channels of pair.system2: s2")),
    "a channel it has not": (
        {**LOSS, "channel": "account"},
        ("operator.1.channel", "nothing is sent on account"),
    ),
    "a channel for nothing": (
        {**SET, "channel": "s2"},
        ("operator.1.channel", "gain is no dial of a channel"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_act_that_cannot_be_is_refused_with_its_place_and_what_would_be_right(name):
    act, parts = WRONG[name]
    with pytest.raises(InputError) as refused:
        load({**PAIR, "operator": [{"time": 1.0, **GOOD}, {"time": 2.0, **act}]})
    said = str(refused.value)
    assert "\n" not in said
    for part in parts:
        assert part in said


def test_a_scenario_without_acts_is_called_what_it_was_and_one_with_acts_otherwise():
    plain = load(PAIR).text_sha256
    assert load({**PAIR, "operator": []}).text_sha256 == plain
    one, other = (load({**PAIR, "operator": [{"time": time, **GOOD}]}).text_sha256 for time in (1.0, 2.0))
    assert len({plain, one, other}) == 3
    mends = {"time": 1.0, **GOOD, "mends": False}
    assert load({**PAIR, "operator": [mends]}).text_sha256 == one


def test_no_node_is_called_as_the_operator_is():
    with pytest.raises(InputError, match="reserved name"):
        load({**PAIR, "organisation": {**PAIR["organisation"], "name": "operator"}})
