"""Scenarios are found, resolved, overridden and checked."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import Field

from vsmlab.errors import InputError
from vsmlab.lab.build import build
from vsmlab.lab.checks import check_identities, profile_columns
from vsmlab.lab.loader import canonical_json, json_schema, load, shipped_scenarios
from vsmlab.lab.overlay import merge
from vsmlab.lab.places import data_folder, scenarios_folder
from vsmlab.lab.scenario import Scenario
from vsmlab.laws.identity import identity

FLEET = """
version: 1
name: fleet
title: Two levels
horizon: 100
environment:
  demand:
    chat: {arrivals: {poisson: {rate: 1}}, work: 1, to: fleet}
templates:
  cell: {operations: {worker: {count: 2, agents: 1, queue: {limit: 200}}}}
  large: {like: cell, operations: {worker: {agents: 3}}}
organisation:
  name: fleet
  system2: off
  operations:
    short: {like: cell, system3: {period: 10}}
    long: {operations: {east: {like: large}}}
    lone: {count: 1, agents: 2}
policy: {agents: {total: 10}}
"""


def small(**changes):
    scenario = {
        "version": 1,
        "name": "small",
        "title": "One operation",
        "horizon": 100,
        "environment": {"demand": {"chat": {"arrivals": {"poisson": {"rate": 1}}, "work": 1, "to": "op"}}},
        "organisation": {"name": "op", "agents": 1},
    }
    return scenario | changes


def stream(**changes):
    return {"demand": {"chat": {"arrivals": {"poisson": {"rate": 1}}, "work": 1, "to": "op"} | changes}}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_shipped_scenario_is_found_by_name():
    loaded = load("mm3")
    assert loaded.scenario.name == "mm3"
    assert loaded.base.name == "scenarios"


def test_every_shipped_scenario_is_named_as_its_file_and_valid():
    shipped = shipped_scenarios()
    assert "mm3" in [entry.name for entry in shipped]
    for entry in shipped:
        assert load(entry.path).scenario.name == entry.name
        assert entry.title
        assert entry.shows


def test_a_file_beside_is_not_hidden_by_a_shipped_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "mine.yaml", FLEET)
    assert load("mine.yaml").source == "mine.yaml"
    with pytest.raises(InputError, match="unknown scenario, given 'mm4'; did you mean mm3"):
        load("mm4")


def test_templates_and_counts_make_the_whole_organisation(tmp_path):
    scenario = load(write(tmp_path / "fleet.yaml", FLEET)).scenario
    assert [path for path, _ in scenario.nodes()] == [
        "fleet",
        "fleet.short",
        "fleet.short.worker-1",
        "fleet.short.worker-2",
        "fleet.long",
        "fleet.long.east",
        "fleet.long.east.worker-1",
        "fleet.long.east.worker-2",
        "fleet.lone-1",
    ]
    nodes = dict(scenario.nodes())
    assert nodes["fleet"].viable
    assert nodes["fleet"].system2 is None
    assert nodes["fleet"].system3 is not None
    assert nodes["fleet.short"].system3.period == 10
    assert not nodes["fleet.short.worker-1"].viable
    assert nodes["fleet.long.east.worker-2"].agents == 3
    assert nodes["fleet.long.east.worker-2"].queue.limit == 200


def test_receivers_are_the_nodes_and_the_systems_they_have(tmp_path):
    receivers = list(load(write(tmp_path / "fleet.yaml", FLEET)).scenario.receivers())
    assert "fleet.system3" in receivers
    assert "fleet.system2" not in receivers
    assert "fleet.long.system2" in receivers
    assert "fleet.short.worker-1.management" in receivers
    assert "fleet.short.management" not in receivers


def test_the_resolved_scenario_and_its_canonical_form_load_again(tmp_path):
    loaded = load(write(tmp_path / "fleet.yaml", FLEET), overrides=["seed=7"])
    again = load(loaded.raw)
    canonical = load(json.loads(canonical_json(loaded.scenario)))
    assert again.scenario == canonical.scenario == loaded.scenario
    assert again.text_sha256 == canonical.text_sha256 == loaded.text_sha256


def test_one_meaning_has_one_digest():
    digest = load(small()).text_sha256
    assert (
        load(small(horizon=100.0, seed=0, environment=stream(work={"constant": 1.0}))).text_sha256 == digest
    )
    assert load(small(seed=1)).text_sha256 != digest


TEAM = {"name": "op", "operations": {"a": {"agents": 1}, "b": {"agents": 1}}}


def hashed(**changes):
    return load(small(**changes)).text_sha256


def with_a(**changes):
    return TEAM | {"operations": TEAM["operations"] | {"a": {"agents": 1} | changes}}


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (TEAM, TEAM | {"system3": {}, "system2": "on", "audit": True}),
        (TEAM, TEAM | {"system3": {"period": 30, "floor": 1, "max_moves": None}}),
        (TEAM, TEAM | {"channels": {}, "essential": {}, "desk": {"routing": "shares"}}),
        (TEAM, with_a(management={}, queue={"discipline": "fifo"}, speed=1, autonomy={})),
        (TEAM | {"system3": "off"}, TEAM | {"system3": False}),
        ({"name": "op", "agents": 1}, {"name": "op", "agents": 1, "management": "off"}),
        (
            {"name": "op", "agents": 1, "essential": {"mean_queue": {"max": 1}}},
            {"name": "op", "agents": 1, "essential": {"mean_queue": {"max": 1}}, "management": {}},
        ),
        ({"name": "op", "agents": 0}, {"name": "op", "agents": 0, "limit": None}),
    ],
)
def test_two_scenarios_with_one_meaning_have_one_digest(one, same):
    assert load(small(organisation=one)).scenario == load(small(organisation=same)).scenario
    assert hashed(organisation=one) == hashed(organisation=same)


def test_scenarios_of_different_meaning_have_different_digests():
    organisations = [
        TEAM,
        *(TEAM | {system: "off"} for system in ("system2", "system3", "audit", "system4", "system5")),
        TEAM | {"system2": "off", "system3": "off"},
        TEAM | {"system3": {"gain": 0.5}},
        with_a(agents=0),
        with_a(management="off"),
        TEAM | {"operations": {"a": {"operations": TEAM["operations"]}, "b": {"agents": 1}}},
        {"name": "op", "agents": 1},
        {"name": "op", "agents": 0},
        {"name": "op", "agents": 1, "management": {}},
    ]
    digests = [hashed(organisation=organisation) for organisation in organisations]
    outs = [
        ["op.system3"],
        ["op.system2"],
        ["system3"],
        [{"channel": "s2"}],
        [{"channel": "s2", "of": "op.system2"}],
    ]
    digests += [hashed(organisation=TEAM, knockout=out) for out in outs]
    digests += [
        hashed(organisation=TEAM, **change)
        for change in ({"warmup": 1}, {"policy": {"agents": {"total": 2}}})
    ]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("agents", [0, 1])
@pytest.mark.parametrize("management", [{}, {"management": {}}, {"management": "off"}])
def test_a_lone_operation_has_the_management_that_it_names(agents, management):
    loaded = load(small(organisation={"name": "op", "agents": agents} | management))
    has = management == {"management": {}}
    assert ("op.management" in build(loaded).paths) == has
    assert ("op.management" in list(loaded.scenario.receivers())) == has
    again = load(json.loads(canonical_json(loaded.scenario)))
    assert (again.scenario, again.text_sha256) == (loaded.scenario, loaded.text_sha256)


def test_a_field_that_a_later_version_adds_leaves_the_digest_as_it_was():
    class Later(Scenario):
        colour: str = "grey"
        marks: tuple[int, ...] = ()
        sizes: dict[str, int] = Field(default_factory=dict)

    for organisation in (TEAM, with_a(agents=0)):
        raw = small(organisation=organisation)
        text = canonical_json(load(raw).scenario)
        assert canonical_json(Later.model_validate(raw)) == text
        assert canonical_json(Later.model_validate(raw | {"colour": "grey"})) == text
        assert canonical_json(Later.model_validate(raw | {"colour": "red"})) != text


def test_system_switches_read_as_yaml_1_2_does():
    node = {"name": "op", "operations": {"a": {"agents": 1}}}
    for off in ("off", False):
        assert load(small(organisation=node | {"system2": off})).scenario.organisation.system2 is None
    for on in ("on", True, {}):
        assert load(small(organisation=node | {"system2": on})).scenario.organisation.system2.period == 5


def test_a_lone_operation_may_be_called_desk():
    environment = stream(to="desk")
    assert load(small(environment=environment, organisation={"name": "desk", "agents": 1}))


def test_text_is_text_whatever_it_looks_like():
    loaded = load(small(title="<script>alert(1)</script>", shows="a < b & c\n*d*"))
    assert loaded.scenario.title == "<script>alert(1)</script>"


def test_a_scenario_extends_another(tmp_path):
    write(tmp_path / "base" / "base.yaml", FLEET)
    text = "extends: base/base.yaml\nname: longer\nhorizon: 200\norganisation: {operations: {lone: null}}\n"
    text += "policy: null\nenvironment: {demand: {chat: {arrivals: {renewal: {gamma: {mean: 1, cv2: 4}}}}}}\n"
    scenario = load(write(tmp_path / "longer.yaml", text)).scenario
    assert (scenario.name, scenario.title, scenario.horizon) == ("longer", "Two levels", 200)
    assert "fleet.lone-1" not in dict(scenario.nodes())
    assert scenario.environment.demand["chat"].arrivals.kind == "renewal"


def test_paths_of_an_extended_scenario_start_from_its_own_folder(tmp_path):
    trace = "{file: here.csv, time: t}"
    text = FLEET.replace("arrivals: {poisson: {rate: 1}}", f"trace: {trace}")
    write(tmp_path / "base" / "base.yaml", text)
    write(tmp_path / "base" / "here.csv", "t\n1\n")
    loaded = load(write(tmp_path / "top.yaml", "extends: base/base.yaml\n"))
    assert loaded.scenario.environment.demand["chat"].trace.file == "base/here.csv"
    assert loaded.files == {"chat": tmp_path / "base" / "here.csv"}


def test_data_beside_the_scenarios_folder_may_be_read(tmp_path):
    write(tmp_path / "data" / "t.csv", "t\n1\n")
    text = FLEET.replace("arrivals: {poisson: {rate: 1}}", "trace: {file: ../data/t.csv, time: t}")
    loaded = load(write(tmp_path / "scenarios" / "s.yaml", text))
    assert loaded.files["chat"] == tmp_path / "data" / "t.csv"
    with pytest.raises(InputError, match="leads outside"):
        load(write(tmp_path / "other" / "s.yaml", text))


def test_a_shipped_scenario_finds_its_data_from_wherever_it_is_saved(tmp_path):
    text = (scenarios_folder() / "llm-fleet.yaml").read_text(encoding="utf-8")
    own = data_folder() / "llm-requests-2023.parquet"
    write(tmp_path / "data" / own.name, "another file, which may not be read from here\n")
    loaded = load(write(tmp_path / "work" / "mine.yaml", text))
    assert set(loaded.files.values()) == {own}
    assert loaded.text_sha256 == load("llm-fleet").text_sha256
    for away in ("../data/nothing.parquet", "other/data/llm-requests-2023.parquet", "data/../data/.."):
        with pytest.raises(InputError, match=r"leads outside|no such file|folder"):
            load(
                write(
                    tmp_path / "work" / "mine.yaml", text.replace("../data/llm-requests-2023.parquet", away)
                )
            )


def test_a_file_beside_the_scenario_goes_before_one_of_vsmlab(tmp_path):
    write(tmp_path / "data" / "llm-requests-2023.parquet", "t\n1\n")
    text = FLEET.replace(
        "arrivals: {poisson: {rate: 1}}", "trace: {file: data/llm-requests-2023.parquet, time: t}"
    )
    loaded = load(write(tmp_path / "s.yaml", text))
    assert loaded.files["chat"] == tmp_path / "data" / "llm-requests-2023.parquet"


def test_a_link_that_leads_outside_is_refused(tmp_path):
    write(tmp_path / "secret.csv", "t\n1\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "secret.csv")
    text = FLEET.replace("arrivals: {poisson: {rate: 1}}", "trace: {file: link.csv, time: t}")
    with pytest.raises(InputError, match="leads outside"):
        load(write(tmp_path / "in" / "s.yaml", text))


def test_whether_a_path_outside_exists_is_not_told(tmp_path):
    for file in ("../../etc/passwd", "../../no/such/thing", "/etc", "/etc/passwd"):
        with pytest.raises(InputError, match="leads outside"):
            load(
                write(
                    tmp_path / "s.yaml", FLEET.replace("arrivals: {poisson: {rate: 1}}", f"profile: {file}")
                )
            )


def test_overrides_change_the_resolved_scenario(tmp_path):
    path = write(tmp_path / "fleet.yaml", FLEET)
    changes = [
        "organisation.operations.short.operations.worker-2.agents=4",
        "organisation.operations.short.operations.worker-1.queue.discipline=lifo",
        "environment.demand.chat.work={exponential: {mean: 2}}",
        "environment.demand.chat.work.gamma={mean: 2, cv2: 4}",
        "organisation.system2={gain: 0.1}",
        "policy.agents.total=13",
        "channels.bargain.delay=2",
        "title='a: b = c'",
    ]
    scenario = load(path, overrides=changes).scenario
    nodes = dict(scenario.nodes())
    assert nodes["fleet.short.worker-2"].agents == 4
    assert nodes["fleet.short.worker-1"].agents == 1
    assert nodes["fleet.short.worker-1"].queue.discipline == "lifo"
    assert scenario.environment.demand["chat"].work.kind == "gamma"
    assert scenario.organisation.system2.gain == 0.1
    assert scenario.channels["bargain"].delay.constant == 2
    assert scenario.title == "a: b = c"


def test_an_override_reaches_into_lists():
    expect = [{"measure": "units.op.served", "min": 3}]
    loaded = load(small(expect=expect), overrides=["expect.0.min=5"])
    assert loaded.scenario.expect[0].min == 5


def test_a_mapping_that_is_loaded_stays_as_it_was():
    given = small()
    load(given, overrides=["organisation.agents=3"])
    assert given == small()


def test_a_trace_replaces_the_only_stream(tmp_path):
    trace = write(tmp_path / "else" / "t.csv", "TIMESTAMP\n")
    loaded = load(small(), trace=trace)
    found = loaded.scenario.environment.demand["chat"]
    assert (found.source, found.trace.time, dict(found.trace.columns)) == ("trace", "time", {})
    assert loaded.files == {"chat": trace}
    assert load(loaded.raw, trace={"chat": str(trace)}).scenario == loaded.scenario


def profile(folder: Path) -> str:
    table = {"window_start": [0.0], "context_tokens_q": [[1.0, 2.0]], "generated_tokens_q": [[1.0, 2.0]]}
    pq.write_table(pa.table(table), folder / "p.parquet")
    return "p.parquet"


def test_a_trace_in_place_of_a_profile_has_the_columns_of_the_published_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    work = {"linear": {"constant": 0.2, "context_tokens": 0.1}}
    demand = {"profile": profile(tmp_path), "work": work, "to": [{"unit": "op"}]}
    scenario = small(environment={"demand": {"chat": demand}})
    assert load(scenario).files == {"chat": tmp_path / "p.parquet"}
    trace = write(tmp_path / "t.csv", "x\n")
    found = load(scenario, trace=trace).scenario.environment.demand["chat"].trace
    assert found.time == "TIMESTAMP"
    assert found.columns == {"context_tokens": "ContextTokens", "generated_tokens": "GeneratedTokens"}
    demand["columns"] = {"time": "When", "context_tokens": "In"}
    found = load(scenario, trace=trace).scenario.environment.demand["chat"].trace
    assert (found.time, found.columns) == ("When", {"context_tokens": "In"})


def test_the_columns_of_a_profile_are_known_from_its_schema(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert profile_columns(tmp_path / profile(tmp_path)) == ("context_tokens", "generated_tokens")
    demand = {"profile": "p.parquet", "work": {"linear": {"contxt_tokens": 1}}, "to": "op"}
    with pytest.raises(
        InputError, match="unknown column, given 'contxt_tokens'; did you mean context_tokens"
    ):
        load(small(environment={"demand": {"chat": demand}}))


def test_an_operation_may_say_its_own_work():
    organisation = {
        "name": "op",
        "operations": {"a": {"agents": 1, "work": 1}, "b": {"agents": 1, "work": 2}},
    }
    environment = stream()
    del environment["demand"]["chat"]["work"]
    assert load(small(environment=environment, organisation=organisation))
    del organisation["operations"]["b"]["work"]
    with pytest.raises(InputError, match=r"tasks reach op\.b"):
        load(small(environment=environment, organisation=organisation))
    environment["demand"]["chat"]["to"] = "op.a"
    assert load(small(environment=environment, organisation=organisation))
    organisation["operations"]["a"]["next"] = [{"unit": "b", "probability": 0.5}]
    with pytest.raises(InputError, match=r"tasks reach op\.b"):
        load(small(environment=environment, organisation=organisation))


def test_next_names_a_sibling_before_a_path():
    inner = {
        "operations": {"a": {"agents": 1}, "op": {"agents": 1, "next": [{"unit": "op", "probability": 0.1}]}}
    }
    loaded = load(small(organisation={"name": "op"} | inner))
    assert loaded.scenario.organisation.operations["op"].next[0].unit == "op"
    feedback = {"name": "op", "agents": 1, "next": [{"unit": "op", "probability": 0.3}]}
    assert load(small(organisation=feedback))


def test_identities_fill_62_bits_and_clashes_are_named():
    assert identity("fleet.chat") == 2973142049799243102
    assert 0 <= identity("a") < 2**62
    with pytest.raises(InputError, match=r"b\.c and a have one identity, 5"):
        check_identities(["a", "b.c"], "s.yaml", lambda path: 5)


def test_merging_replaces_what_excludes_each_other():
    assert merge({"work": {"exponential": {"mean": 1}}}, {"work": {"constant": 1}}) == {
        "work": {"constant": 1}
    }
    assert merge({"trace": {"file": "a"}, "to": "x"}, {"profile": "b"}) == {"to": "x", "profile": "b"}
    linear = {"linear": {"constant": 1, "a": 2}}
    assert merge(linear, {"linear": {"b": 3}}) == {"linear": {"constant": 1, "a": 2, "b": 3}}
    assert merge({"a": 1, "b": {"c": 2}}, {"a": None, "b": {"d": 3}}) == {"b": {"c": 2, "d": 3}}


def test_merging_changes_neither_side():
    below, above = {"a": {"b": 1}}, {"a": {"c": 2}}
    merge(below, above)
    assert (below, above) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def test_the_schema_describes_every_field():
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    for name, part in schema["$defs"].items():
        for field, about in part.get("properties", {}).items():
            assert about.get("description"), f"{name}.{field}"
    assert "like" in schema["$defs"]["Node"]["properties"]
    assert "extends" in schema["properties"]
    assert {"enum": ["off", "on", True, False]} in schema["$defs"]["Node"]["properties"]["system3"]["anyOf"]


def test_a_scenario_cannot_be_changed():
    scenario = load(small()).scenario
    with pytest.raises(ValueError, match="frozen"):
        scenario.horizon = 5.0
    assert isinstance(scenario, Scenario)


def test_a_deep_and_a_wide_organisation_load():
    node: dict[str, object] = {"agents": 1}
    for _ in range(25):
        node = {"operations": {"a": node}}
    assert len(list(load(small(organisation={"name": "op"} | node)).scenario.nodes())) == 26
    templates = {"t0": {"agents": 1}}
    for level in range(1, 60):
        templates[f"t{level}"] = {"operations": {"a": {"like": f"t{level - 1}"}}}
    organisation = {"name": "op", "operations": {"b": {"like": "t59"}}}
    deep = load(small(organisation=organisation, templates=templates))
    assert len(list(deep.scenario.nodes())) == 61
    assert load(deep.raw | {"organisation": {"name": "op", "agents": 1}})
    wide = {"name": "op", "operations": {"a": {"count": 5, "operations": {"b": {"count": 100, "agents": 1}}}}}
    assert len(list(load(small(organisation=wide)).scenario.nodes())) == 506
