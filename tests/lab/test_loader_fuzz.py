"""Whatever is loaded, it loads or is refused in one line, and leaves nothing behind."""

import copy
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.errors import InputError
from vsmlab.lab.loader import load

RIGHT = (Path(__file__).parent / "right.yaml").read_text()
TREE = yaml.safe_load(RIGHT)


def folder(tmp_path: Path) -> Path:
    (tmp_path / "mail.csv").write_text("t,Size\n1,2\n")
    return tmp_path


PLACES = re.findall(r"[a-z_0-9-]+", RIGHT)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([*PLACES, "off", "on", "like", "count", "extends", "templates", "../x", "fleet.a"]),
    st.just([]),
    st.just({}),
    st.sampled_from([{"like": "cell"}, {"count": 3, "agents": 1}, {"constant": 1}, [{"unit": "a"}]]),
)


def spots(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a tree of plain values."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(spot for key, part in inner for spot in spots(part, (*path, key)))]


def change(tree, spot, action, key, value):
    parent = tree
    for step in spot[:-1]:
        parent = parent[step]
    if not spot:
        tree[key] = value
    elif action == "delete":
        del parent[spot[-1]]
    elif action == "add" and isinstance(parent[spot[-1]], dict):
        parent[spot[-1]][key] = value
    else:
        parent[spot[-1]] = value


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_scenario_changed_at_random_loads_or_is_refused_in_one_line(tmp_path_factory, data):
    at = folder(tmp_path_factory.mktemp("fuzz"))
    tree = copy.deepcopy(TREE)
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(spots(tree)))
        action = data.draw(st.sampled_from(["set", "delete", "add"]))
        key = data.draw(st.sampled_from(PLACES) | st.text(max_size=6))
        change(tree, spot, action, key, copy.deepcopy(data.draw(VALUES)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(at)
        assert outcome(lambda: load(tree)).isprintable()
    assert [file.name for file in at.iterdir()] == ["mail.csv"]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(RIGHT)), st.integers(0, 30), st.text("ab1:-[]{}&*!|>'\"%#,? \n\t.é", max_size=8))
def test_a_text_changed_at_random_loads_or_is_refused_in_one_line(tmp_path_factory, start, length, new):
    path = folder(tmp_path_factory.mktemp("fuzz")) / "s.yaml"
    path.write_text(RIGHT[:start] + new + RIGHT[start + length :])
    assert outcome(lambda: load(path)).isprintable()
    assert sorted(file.name for file in path.parent.iterdir()) == ["mail.csv", "s.yaml"]


@settings(max_examples=200, deadline=None)
@given(
    st.text("abz.=:[]{}01-'\" ", max_size=20)
    | st.tuples(st.sampled_from(PLACES), VALUES).map(lambda p: f"{p[0]}={p[1]}")
)
def test_any_override_loads_or_is_refused_in_one_line(text):
    assert outcome(lambda: load("mm3", overrides=[text])).isprintable()


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except InputError as exc:
        return str(exc)
    return "loaded"
