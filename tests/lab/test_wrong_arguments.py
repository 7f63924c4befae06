"""What is wrong in a call or in the shell gets one line too: overrides, traces, sources, mappings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from vsmlab.errors import InputError
from vsmlab.lab.loader import load

RIGHT = (Path(__file__).parent / "right.yaml").read_text()


def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail.csv").write_text("t,Size\n1,2\n")
    return tmp_path


SETS: dict[str, tuple[str, ...]] = {
    "": ("--set", "PATH=VALUE"),
    "horizon": ("--set", "'horizon'", "organisation.operations.chat.agents=12"),
    "=3": ("--set", "PATH=VALUE"),
    "horizon=": ("--set", "PATH=VALUE"),
    "a..b=3": ("--set", "PATH=VALUE"),
    "horizon=[": ("--set horizon", "not YAML"),
    "horizon=.nan": ("--set horizon", "not finite"),
    "horizon=*x": ("--set horizon", "alias"),
    "horizon=soon": ("--set horizon", "not a number", "'soon'"),
    "horizn=3": ("--set horizn", "unknown field", "did you mean horizon?"),
    "organisaton.operations.a.agents=3": ("--set organisaton", "did you mean organisation?"),
    "organisation.operations.c.agents=3": (
        "--set organisation.operations.c",
        "there is no 'c'",
        "known: a, b",
    ),
    "organisation.operations.a.agents.x=3": ("has nothing below it", "a number", "agents as a whole"),
    "organisation.operations.a.queue.limt=3": ("--set", "did you mean limit?"),
    "organisation.operations.a.agents=-1": ("--set organisation.operations.a.agents", "at least 0"),
    "organisation.operations.a.agents=7": ("policy.agents.total", "sum to 9"),
    "organisation.operations.b.count=3": ("'count' cannot be set", "the operations that came of it"),
    "templates.cell.agents=3": ("--set templates", "there is no 'templates'"),
    "expect.1.min=3": ("--set expect.1", "no entry '1'", "0 to 0"),
    "expect.x.min=3": ("no entry 'x'",),
    "environment.demand.male.to=fleet": ("there is no 'male'", "did you mean mail?"),
    "environment.demand.chat.to=fleet.x": ("--set environment.demand.chat.to", "'fleet.x'"),
    "environment.demand.chat.arrivals.poisson.rate='2'": ("not a number", "'2'"),
    "version=2": ("--set version", "version: 1"),
}


@pytest.mark.parametrize(("text", "fragments"), SETS.items())
def test_a_wrong_override_gets_one_clear_line(text, fragments, tmp_path):
    path = folder(tmp_path) / "right.yaml"
    path.write_text(RIGHT)
    with pytest.raises(InputError) as caught:
        load(path, overrides=[text])
    assert str(caught.value).isprintable()
    for fragment in fragments:
        assert fragment in str(caught.value)


TRACES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "several streams": (lambda at: at / "mail.csv", ("several demand streams", "chat=FILE, mail=FILE")),
    "unknown stream": (lambda at: {"male": at / "mail.csv"}, ("'male'", "did you mean mail?")),
    "missing": (lambda at: {"mail": at / "no.csv"}, ("no such file",)),
    "folder": (lambda at: {"mail": at}, ("a folder",)),
    "column that work needs": (lambda at: {"chat": at / "mail.csv", "mail": "\0"}, ("not a path",)),
}


@pytest.mark.parametrize(("trace", "fragments"), TRACES.values(), ids=TRACES)
def test_a_wrong_trace_of_the_shell_gets_one_clear_line(trace, fragments, tmp_path):
    path = folder(tmp_path) / "right.yaml"
    path.write_text(RIGHT)
    with pytest.raises(InputError) as caught:
        load(path, trace=trace(tmp_path))
    assert "--trace" in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_scenarios_that_extend_each_other_are_named(tmp_path):
    for name, other in (("a", "b"), ("b", "c"), ("c", "b")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: {other}.yaml\n")
    with pytest.raises(InputError, match=r"cyclic extends, given b\.yaml -> c\.yaml -> b\.yaml"):
        load(tmp_path / "a.yaml")


def test_a_chain_of_scenarios_has_an_end(tmp_path):
    for number in range(12):
        (tmp_path / f"s{number}.yaml").write_text(f"extends: s{number + 1}.yaml\n")
    with pytest.raises(InputError, match="too long a chain"):
        load(tmp_path / "s0.yaml")


@pytest.mark.parametrize(
    "source", ["", " ", "no-such", "no/such.yaml", "a\0b", ".", "/", "x" * 5000, "~/s.yaml"]
)
def test_a_source_that_is_none_is_refused(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        load(source)
    assert len(str(caught.value)) < 6000


@pytest.mark.parametrize(
    ("value", "fragment"),
    [
        (float("nan"), "not finite"),
        (float("inf"), "not finite"),
        (10**50, "too long"),
        ({1, 2}, "not a plain value, given set"),
        (b"7", "not a plain value"),
        (object(), "not a plain value"),
        ("\ud800", "half a character"),
        ({1: 2}, "not text"),
    ],
)
def test_a_mapping_of_strange_values_is_refused(value, fragment):
    with pytest.raises(InputError, match=fragment):
        load({"horizon": value})


def test_a_mapping_within_itself_is_refused():
    scenario: dict[str, object] = {"version": 1}
    scenario["organisation"] = scenario
    with pytest.raises(InputError, match="nested too deeply"):
        load(scenario)


def test_numbers_of_numpy_are_numbers(tmp_path, monkeypatch):
    monkeypatch.chdir(folder(tmp_path))
    scenario = yaml.safe_load(RIGHT)
    plain = load(scenario)
    scenario["horizon"] = np.float64(100)
    scenario["policy"]["agents"]["total"] = np.int64(4)
    assert load(scenario).text_sha256 == plain.text_sha256
