"""Version 1 of the scenario and of the journal: what was written under it is read for good (decision 0019)."""

import copy
import json

import frozen
import numpy as np
import pytest
from broken import broken, narrowed
from frozen import FILE, FOLDER, SCENARIOS, stored, told, written

import vsmlab
from vsmlab.engines.journal import ROW
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.report import write_report
from vsmlab.lab.writing import finite
from vsmlab.laws import kinds as k

RENEW = "something new: write it down with .venv/bin/python tests/lab/frozen.py"


@pytest.fixture(scope="module")
def now():
    return told()


@pytest.fixture
def other(now):
    """A copy of what is told now, to be changed."""
    return copy.deepcopy(now)


def test_what_is_frozen_is_there_and_means_the_same(now):
    wrong = broken(stored(), now)
    assert not wrong, "\n".join(["frozen as version 1 (decision 0019):", *wrong])


def test_what_is_new_is_written_down(now):
    assert FILE.read_text(encoding="utf-8") == written(now), RENEW


def test_numbers_have_room_for_what_is_new_and_still_fit_where_they_are_kept():
    assert {kind.number for kind in k.MESSAGES} == set(range(k.KINDS))
    assert {fact.number for fact in k.NOTES} == set(range(k.FACTS, k.FACTS + len(k.NOTES)))
    assert k.KINDS <= k.FACTS // 4
    assert k.FACTS + len(k.NOTES) <= np.iinfo(ROW["kind"]).max // 4
    assert len(k.FAULT_NAMES) <= k.FAULT_STEP // 4
    assert len(k.WHICH_NAMES) <= k.FINDING_STEP // 4
    assert k.FINDING_STEP * 10**12 <= 2**53  # so many inspections of one operation


# -- a change is found, and named in one line -------------------------------------------------------------

SPOILT = {
    "a field is taken away": (
        ("scenario", "Audit.sample", None),
        "scenario: Audit.sample is gone",
    ),
    "another default": (
        ("scenario", "System2.gain", {"default": 0.5}),
        "scenario: System2.gain: default 0.4 became 0.5",
    ),
    "no default": (
        ("scenario", "Scenario.seed", {"required": True, "default": ...}),
        "scenario: Scenario.seed: the default 0 is gone, it is required",
    ),
    "another unit": (
        ("scenario", "Audit.takes", {"unit": "min"}),
        "scenario: Audit.takes: unit 's' became 'min'",
    ),
    "a narrower limit": (
        ("scenario", "Audit.sample", {"allowed": {"exclusiveMinimum": 0, "maximum": 0.5, "type": "number"}}),
        "scenario: Audit.sample: maximum 1 became 0.5",
    ),
    "a limit that excludes itself": (
        ("scenario", "System2.gain", {"allowed": {"exclusiveMinimum": 0, "type": "number"}}),
        "scenario: System2.gain: minimum 0 became 0 (exclusive)",
    ),
    "a narrower type": (
        ("scenario", "System2.period", {"allowed": {"exclusiveMinimum": 0, "type": "integer"}}),
        "scenario: System2.period: type number became integer",
    ),
    "a value less": (
        ("scenario", "System4.method", {"allowed": {"enum": ["dlm"], "type": "string"}}),
        "scenario: System4.method: 'holt' is no longer allowed",
    ),
    "nothing is no longer allowed": (
        ("scenario", "System3.drain", {"allowed": {"exclusiveMinimum": 0, "type": "number"}}),
        "scenario: System3.drain: null is no longer allowed",
    ),
    "a new field that is required": (
        ("scenario", "Audit.who", {"required": True, "allowed": {"type": "string"}}),
        "scenario: Audit.who: new and required",
    ),
    "a short form less": (
        ("short forms", "Distribution", {"allowed": {"additionalProperties": False, "type": "object"}}),
        "short forms: Distribution: number is no longer allowed",
    ),
    "a smaller scenario": (("limits", "nodes", {"most": 9}), "limits: nodes: the limit 20000 became 9"),
    "a reserved name more": (
        ("reserved names", "twin", "reserved"),
        "reserved names: twin is new: what had no need of it is refused now",
    ),
    "a default that is made elsewhere": (
        ("resolved", "shop.yaml: organisation.system3.gain", 0.9),
        "resolved: shop.yaml: organisation.system3.gain: 1.0 became 0.9",
    ),
    "another beginning of the digest": (
        ("journal", "first bytes of the digest", "vsmlab journal 2"),
        "journal: first bytes of the digest: 'vsmlab journal 1' became 'vsmlab journal 2'",
    ),
    "another type of a column": (
        ("journal", "digest kind", "<i4 at byte 56"),
        "journal: digest kind: '<i2 at byte 56' became '<i4 at byte 56'",
    ),
    "a column less": (("journal file", "column lag", None), "journal file: column lag is gone"),
    "a key of the manifest less": (("manifest", "channel_use", None), "manifest: channel_use is gone"),
    "a manifest that needs more": (
        ("needed to read a run", "key of manifest.json host", "needed"),
        "needed to read a run: key of manifest.json host is new: what had no need of it is refused now",
    ),
    "a measure less": (("measures", "units.served", None), "measures: units.served is gone"),
    "a measure in another unit": (
        ("measures", "units.mean_wait_s", {"unit": "ms"}),
        "measures: units.mean_wait_s: unit 's' became 'ms'",
    ),
    "another number of a message": (
        ("messages", "load", {"number": 61}),
        "messages: load: number 13 became 61",
    ),
    "another number of a fact": (
        ("facts", "shed", {"number": 1_031}),
        "facts: shed: number 1030 became 1031",
    ),
    "a number that was in use": (
        ("facts", "hurt", {"number": 13}),
        "facts: hurt: number 13 is that of load",
    ),
    "another meaning of ref": (
        ("messages", "load", {"ref": "amount"}),
        "messages: load: ref 'which' became 'amount'",
    ),
    "another channel": (
        ("ways", "load to system2", "account"),
        "ways: load to system2: 's2' became 'account'",
    ),
    "a role less": (("roles", "audit", None), "roles: audit is gone"),
    "another number of a channel": (
        ("channels", "s2", {"number": 8}),
        "channels: s2: number 7 became 8",
    ),
    "another number of a quantity": (
        ("numbers in messages", "which carried", {"number": 3}),
        "numbers in messages: which carried: number 2 became 3",
    ),
    "a quantity with a number that was in use": (
        ("numbers in messages", "which owed", {"of": "which", "number": 3}),
        "numbers in messages: which owed: number 3 is that of which waiting",
    ),
}


def changed(record, section, name, change):
    """Take an entry away (None), replace it, or change keys of it; ``...`` takes a key away."""
    if change is None:
        del record[section][name]
    elif isinstance(change, dict):
        entry = {**record[section].get(name, {}), **change}
        record[section][name] = {key: value for key, value in entry.items() if value is not ...}
    else:
        record[section][name] = change


@pytest.mark.parametrize("change", SPOILT)
def test_a_change_of_what_is_frozen_is_named(other, change):
    (section, name, entry), line = SPOILT[change]
    frozen_now = copy.deepcopy(other)
    changed(other, section, name, entry)
    assert broken(frozen_now, other) == [line]


WIDER = {
    "an optional field": ("scenario", "Audit.who", {"allowed": {"type": "string"}, "default": "anyone"}),
    "a part with a required field": ("scenario", "Twin.of", {"allowed": {"type": "string"}, "required": True}),
    "a wider limit": ("scenario", "Audit.sample", {"allowed": {"minimum": 0, "maximum": 2, "type": "number"}}),
    "a value more": ("scenario", "System4.method", {"allowed": {"enum": ["dlm", "holt", "arima"], "type": "string"}}),
    "a wider type": ("scenario", "System2.suspect_after", {"allowed": {"type": "number"}}),
    "another way to say it": (
        "scenario",
        "TokenBucket.rate",
        {"allowed": {"anyOf": [{"type": "string"}, {"exclusiveMinimum": 0, "type": "number"}]}},
    ),
    "what was required no longer is": ("scenario", "Leading.lead", {"required": ..., "default": 60.0}),
    "a larger scenario": ("limits", "nodes", {"most": 10**6}),
    "a kind of message": ("messages", "greet", {"number": 1_000}),
    "a fact": ("facts", "greeted", {"number": 1_100}),
    "a channel": ("channels", "s6", {"number": 17}),
    "a quantity": ("numbers in messages", "which owed", {"of": "which", "number": 29}),
    "a column": ("journal file", "column host", "string"),
    "a measure": ("measures", "units.joy", {"unit": "share"}),
    "better words": ("facts", "shed", {"says": "an operation says no to a task"}),
    "a reserved name less": ("reserved names", "operator", None),
}  # fmt: skip


@pytest.mark.parametrize("change", WIDER)
def test_what_is_new_and_optional_breaks_nothing_but_is_to_be_written_down(other, change):
    before = copy.deepcopy(other)
    changed(other, *WIDER[change])
    assert broken(before, other) == []
    assert written(other) != written(before)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({"type": "integer"}, {"type": "number"}, []),
        ({"type": "string", "pattern": "^a"}, {"type": "string"}, []),
        ({"type": "string"}, {"type": "string", "pattern": "^a"}, ["pattern None became ^a"]),
        ({"type": "number"}, {"type": "number", "multipleOf": 2}, ["multipleOf None became 2"]),
        ({"const": 1}, {"enum": [1, 2]}, []),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, ["only some values are still allowed"]),
        ({"$ref": "#/$defs/Work"}, {"$ref": "#/$defs/Cost"}, ["Work became Cost"]),
        ({"$ref": "#/$defs/Work"}, {"anyOf": [{"$ref": "#/$defs/Work"}, {"type": "null"}]}, []),
        (
            {"type": "array", "maxItems": 9, "items": {"type": "number", "minimum": 0}},
            {"type": "array", "maxItems": 8, "items": {"type": "number", "minimum": 1}},
            ["maxItems 9 became 8", "minimum 0 became 1"],
        ),
        (
            {"type": "object", "additionalProperties": {"type": "number"}},
            {"type": "object", "additionalProperties": False},
            ["number is no longer allowed"],
        ),
        (
            {"type": "object", "propertyNames": {"enum": ["a", "b"]}},
            {"type": "object", "propertyNames": {"enum": ["b", "c"]}},
            ["'a' is no longer allowed"],
        ),
        (
            {"type": "object", "patternProperties": {"^a": {"type": "number"}}},
            {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
            ["type number became integer"],
        ),
    ],
)
def test_what_a_schema_no_longer_allows_is_said(old, new, lines):
    assert narrowed(old, new) == lines
    assert narrowed(old, old) == []


def test_nothing_is_written_where_something_frozen_differs(other, tmp_path, monkeypatch, capsys):
    other["messages"]["load"]["number"] = 61
    file = tmp_path / "version-1.json"
    file.write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(frozen, "FILE", file)
    monkeypatch.setattr(frozen, "told", lambda: other)
    assert frozen.renew() == 1
    assert "messages: load: number 13 became 61" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")


# -- what was written by the first version 1 is read ------------------------------------------------------

DIGEST = "d55c4a4c2f854853e6c904ebfb1fa7c27f8d3fc75c89571edded470abbc4c8d8"
ROWS = 570
HASHES = {
    "everything.yaml": "5769ae0ef9369d8ce2b1d16d3d9ff63d0149bb75439113a1b2b2110bdcb5035a",
    "shop.yaml": "8fc8b55fee6ceede65071ebcef77c9f232cd0b89ad7a37f34edc21f639b59707",
}


@pytest.fixture(scope="module")
def run():
    """A run of shop.yaml, written when version 1 was frozen and never since."""
    return vsmlab.Run(FOLDER / "shop")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_stored_scenario_is_still_an_organisation_and_has_its_hash(name):
    loaded = load(FOLDER / name)
    assert build(loaded).paths
    assert loaded.text_sha256 == HASHES[name]


def test_a_stored_run_verifies_and_has_its_digest(run):
    assert run.digest == DIGEST
    assert run.manifest["scenario_sha256"] == HASHES["shop.yaml"]
    assert run.verify() == vsmlab.Run(FOLDER / "shop").verify()
    assert (run.verify().good, run.verify().rows) == (True, ROWS)


def test_the_tables_of_a_stored_run_are_read(run):
    events = run.table("events")
    assert len(events) == ROWS
    assert set(ROW.names) <= set(events.columns)
    assert not events[["receiver", "sender", "kind"]].isna().any().any()
    assert events["kind"].value_counts().to_dict() == run.manifest["counts"]["kinds"]
    assert list(run.table("units").index) == ["shop", "shop.left", "shop.right"]
    assert [verdict.passed for verdict in run.verdicts] == [True]


def names_in(part, path=""):
    """Dotted paths of every value."""
    if isinstance(part, dict):
        return {name for key, value in part.items() for name in names_in(value, f"{path}.{key}")} | {path}
    return {path}


def test_the_measures_of_a_stored_run_are_computed_from_its_journal(run):
    loaded = load(run.manifest["scenario"])
    start = build(loaded)
    fold = fold_of(start, loaded.scenario)
    for segment in run.segments():
        fold(segment)
    measures = json.loads(json.dumps(finite(all_measures(fold, start, loaded.scenario))))
    told = {part: values for part, values in run.measures.items() if part != "not_estimable"}
    assert names_in(told) <= names_in(measures)
    for path, values in run.measures["units"].items():
        for name, value in values.items():
            again = measures["units"][path][name]
            assert again == value or np.allclose(again, value, rtol=1e-9), f"{path}.{name}"


def test_a_report_on_a_stored_run_is_written(run, tmp_path):
    assert "A shop with two counters" in write_report(run, tmp_path / "report.html").read_text("utf-8")


def test_a_stored_run_is_small_and_tells_nothing_of_where_it_was_written(run):
    files = list(run.folder.iterdir())
    assert sum(file.stat().st_size for file in files) < 40_000
    for file in files:
        data = file.read_bytes().lower()
        assert not [word for word in (b"/work", b"/home", b"/root/", b"/tmp", b"users\\") if word in data]
