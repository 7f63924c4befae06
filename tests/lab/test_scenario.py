"""What a scenario may say of Systems 3* to 5, essential variables, disturbances, children and policy."""

import json
from typing import get_args

import pytest
from spoilt import RIGHT, folder

from vsmlab.errors import InputError
from vsmlab.lab.checks import ROLES
from vsmlab.lab.loader import canonical_json, load, vary
from vsmlab.lab.outline import outline
from vsmlab.lab.scenario import CHANNEL_KINDS, System4
from vsmlab.lab.scenario.essential import EssentialName
from vsmlab.laws import kinds

NODE = {"name": "op", "operations": {"a": {"agents": 1}}}


def small(**changes):
    scenario = {
        "version": 1,
        "name": "small",
        "title": "One operation",
        "horizon": 100,
        "environment": stream(to="op"),
        "organisation": {"name": "op", "agents": 1},
    }
    return scenario | changes


def stream(**changes):
    return {"demand": {"chat": {"arrivals": {"poisson": {"rate": 1}}, "work": 1, "to": "op"} | changes}}


def whole(tmp_path, monkeypatch, **options):
    """The scenario that says everything that can be said."""
    monkeypatch.chdir(tmp_path)
    (folder(tmp_path) / "right.yaml").write_text(RIGHT)
    return load("right.yaml", **options)


def test_a_viable_system_has_all_systems_unless_one_is_off():
    organisation = load(small(organisation=NODE)).scenario.organisation
    assert organisation.audit.every.exponential.mean == 120
    assert (organisation.system4.looks_ahead, organisation.system5.outside) == (300, 0.5)
    assert organisation.operations["a"].system4 is None
    for system in ("audit", "system4", "system5"):
        without = load(small(organisation=NODE | {system: "off"})).scenario
        assert getattr(without.organisation, system) is None
        assert f"op.{system}" not in list(without.receivers())
        assert load(json.loads(canonical_json(without))).scenario == without


def test_disturbances_are_receivers_that_are_counted_by_kind(tmp_path, monkeypatch):
    scenario = whole(tmp_path, monkeypatch).scenario
    kinds = ("crash", "hang", "slow", "stale", "bias", "cut", "delay", "loss")
    receivers = list(scenario.receivers())
    assert receivers[-8:] == [f"environment.{kind}-1" for kind in kinds]
    assert len(receivers) == len(set(receivers))
    crash = {"kind": "crash", "unit": "op", "time": 1}
    several = [crash, crash | {"kind": "stale"}, crash]
    environment = {"demand": stream()["demand"], "disturbances": several}
    named = dict(load(small(environment=environment)).scenario.environment.disturbing())
    assert named == {"environment.crash-1": 0, "environment.stale-1": 1, "environment.crash-2": 2}


def test_a_scenario_that_says_everything_loads_again_from_its_canonical_form(tmp_path, monkeypatch):
    loaded = whole(tmp_path, monkeypatch)
    assert load(json.loads(canonical_json(loaded.scenario))).scenario == loaded.scenario
    assert load(loaded.raw).text_sha256 == loaded.text_sha256


def test_a_disturbance_says_only_what_its_kind_has():
    crash = {"kind": "crash", "unit": "op", "time": 1, "lasts": 2}
    scenario = load(small(environment=stream() | {"disturbances": [crash]})).scenario
    plain = json.loads(canonical_json(scenario))["environment"]["disturbances"]
    assert plain == [{"kind": "crash", "unit": "op", "time": 1, "lasts": {"constant": 2}}]


def test_the_child_that_is_spawned_is_a_node_with_templates_and_counts():
    cell = {"operations": {"worker": {"count": 3, "agents": 2}}, "audit": "off"}
    spawn = {"child": {"like": "cell", "system3": {"period": 7}}, "name": "more"}
    organisation = {"name": "op", "operations": {"a": {"agents": 1}}, "spawn": spawn}
    loaded = load(small(organisation=organisation, templates={"cell": cell}))
    child = loaded.scenario.organisation.spawn.child
    assert list(child.operations) == ["worker-1", "worker-2", "worker-3"]
    assert (child.audit, child.system3.period, child.system4.period) == (None, 7, 60)
    assert child.all_agents == 6
    assert loaded.scenario.organisation.all_agents == 1
    assert not any("more" in path for path in loaded.scenario.receivers())
    change = "organisation.spawn.child.operations.worker-2.agents=5"
    assert vary(loaded, overrides=[change]).scenario.organisation.spawn.child.all_agents == 9


def test_the_nearest_template_of_a_child_may_itself_have_children():
    inner = {"operations": {"hand": {"agents": 1}}}
    outer = {"operations": {"hand": {"agents": 1}}, "spawn": {"child": {"like": "inner"}}}
    organisation = {"name": "op", "operations": {"a": {"agents": 1}}, "spawn": {"child": {"like": "outer"}}}
    templates = {"inner": inner, "outer": outer}
    organisation = load(small(organisation=organisation, templates=templates)).scenario.organisation
    assert organisation.spawn.child.spawn.child.operations["hand"].agents == 1


def test_an_override_reaches_into_what_is_new(tmp_path, monkeypatch):
    changes = [
        "environment.disturbances.2.factor=0.25",
        "organisation.essential.mean_wait_s.max=3",
        "organisation.operations.b.system4.leading=null",
        "organisation.operations.b.system5=off",
        "policy.agents.most=null",
        "channels.algedonic.delay=0.5",
    ]
    scenario = whole(tmp_path, monkeypatch, overrides=changes).scenario
    assert scenario.environment.disturbances[2].factor == 0.25
    assert scenario.organisation.essential["mean_wait_s"].max == 3
    assert scenario.organisation.operations["b"].system5 is None
    assert (scenario.policy.agents.least, scenario.policy.agents.most) == (3, None)
    assert scenario.channels["algedonic"].delay.constant == 0.5


def test_every_system_and_every_channel_can_be_knocked_out():
    organisation = {"name": "top", "operations": {"a": {"agents": 1}}}
    out = [*ROLES, *(f"top.{role}" for role in ROLES[1:]), "top.a.management"]
    out += [{"channel": channel} for channel in CHANNEL_KINDS]
    out += [{"channel": "env_s4", "of": "environment.chat"}, {"channel": "s3star", "of": "top.audit"}]
    loaded = load(small(organisation=organisation, environment=stream(to="top"), knockout=out))
    assert len(loaded.scenario.knockout) == 6 + 5 + 1 + 17 + 2


def test_the_channels_of_a_scenario_are_those_of_the_codebook():
    assert CHANNEL_KINDS == kinds.CHANNEL_NAMES
    assert get_args(EssentialName) == kinds.ESSENTIAL_NAMES
    assert get_args(System4.model_fields["method"].annotation) == kinds.METHOD_NAMES


def test_a_leading_indicator_needs_a_stream_that_can_be_foreseen(tmp_path):
    inner = {"operations": {"x": {"agents": 1}}, "system4": {"leading": {"lead": 5}}}
    organisation = {"name": "op", "operations": {"a": inner, "b": {"agents": 1}}}
    assert load(small(organisation=organisation, environment=stream(to="op.a.x")))
    with pytest.raises(InputError, match=r"operations\.a\.system4\.leading: no stream that comes straight"):
        load(small(organisation=organisation, environment=stream(to="op")))
    trace = folder(tmp_path) / "mail.csv"
    recorded = load(small(organisation=organisation, environment=stream(to="op.a.x")), trace=trace)
    assert recorded.scenario.organisation.operations["a"].system4.leading is None
    assert recorded.raw["organisation"]["operations"]["a"]["system4"] == {"leading": None}


def test_the_engine_is_no_part_of_what_a_scenario_means():
    plain = load(small())
    assert load(small(engine="simpy")).text_sha256 == plain.text_sha256
    assert load(small(seed=99)).text_sha256 != plain.text_sha256


def test_a_lone_operation_with_an_essential_variable_has_a_management_that_judges_it():
    organisation = {"name": "op", "agents": 1, "essential": {"mean_wait_s": {"max": 3}}}
    root = load(small(organisation=organisation)).scenario.organisation
    assert "management" in root.model_fields_set
    assert root.management is not None


def test_the_senders_of_a_channel_are_those_whose_role_sends_on_it(tmp_path, monkeypatch):
    plan = outline(whole(tmp_path, monkeypatch).scenario, "right.yaml")
    assert plan.senders("algedonic") == [
        "fleet.system5", "fleet.a.management", "fleet.b.system5",
        "fleet.b.worker-1.management", "fleet.b.worker-2.management",
    ]  # fmt: skip
    assert plan.senders("env_s4") == ["environment.chat", "environment.mail"]
    assert list(plan.patterns) == ["fleet.extra", "fleet.extra.hand"]
    assert plan.places["fleet.extra.hand"] == "organisation.spawn.child.operations.hand"
