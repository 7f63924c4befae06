"""Whatever is done to a drawing, it is undone exactly, written and read back, and runs where nothing is wrong."""

import copy
import json
from dataclasses import replace

import pytest
from gestures import QUICK, SCENARIOS, gestures, tried
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsmlab.lab import drawing as d
from vsmlab.lab.build import build
from vsmlab.lab.loader import load

CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
starts = st.sampled_from([d.open_file(path) for path in QUICK] + [d.skeleton("crew")])


def snapshot(drawing):
    return json.dumps([drawing.document, {name: list(at) for name, at in drawing.places.items()}])


@CALM
@given(starts, gestures)
def test_any_gestures_are_undone_exactly_and_refusals_change_nothing(start, todo):
    history, clips, before = d.History(start), [], []
    for numbers in todo:
        told = snapshot(history.now)
        new = tried(history.now, numbers, clips)
        assert snapshot(history.now) == told  # a command never changes what it was given
        if new != history.now:
            before.append(told)
        history.do("a gesture", new)
    for told in reversed(before):
        history.undo()
        assert snapshot(history.now) == told
    assert history.undo() is None
    for _ in before:
        history.redo()
    assert history.redo() is None


@CALM
@given(starts, gestures)
def test_what_has_no_problems_loads_and_can_be_built(start, todo):
    now, clips = start, []
    for numbers in todo:
        now = tried(now, numbers, clips)
    for problem in d.problems(now):
        assert problem.wrong
        assert problem.node is None or problem.node in now.things
    if not d.problems(now):
        build(now.load())


@CALM
@given(starts, gestures)
def test_what_is_written_reads_back_byte_for_byte_and_means_the_same(start, todo):
    now, clips = start, []
    for numbers in todo:
        now = tried(now, numbers, clips)
    text = d.to_yaml(now)
    again = d.open_text(text, folder=now.base)
    assert d.to_yaml(again) == text
    assert again.places == {name: at for name, at in now.places.items() if name in now.things}
    if not d.problems(now):
        assert again.load().text_sha256 == now.load().text_sha256
    else:
        assert d.problems(again)


@CALM
@given(starts, gestures)
def test_every_level_can_be_seen_after_any_gestures(start, todo):
    now, clips = start, []
    for numbers in todo:
        now = tried(now, numbers, clips)
    seen = set()
    for level in d.levels(now):
        shown = d.view(now, level)
        names = [node.id for node in shown.nodes]
        assert len(names) == len(set(names))
        assert len({link.id for link in shown.links}) == len(shown.links)
        for link in shown.links:
            assert {link.source, link.target} <= set(names)
            ports = {node.id: {(port.direction, port.name) for port in node.ports} for node in shown.nodes}
            assert ("out", link.source_port) in ports[link.source]
            assert ("in", link.target_port) in ports[link.target]
        seen |= set(names)
        for name in names:
            form = d.form(now, name)
            assert "$ref" not in json.dumps(form.schema)
    assert seen >= {name for name, one in now.things.items() if name != now.root}
    assert {row.id for row in d.table(now)} == seen


@CALM
@given(starts, gestures, st.lists(st.sampled_from(["", "a title", "x" * 500, 3]), max_size=3))
def test_what_is_known_of_the_drawing_before_is_never_older_than_the_drawing(start, todo, titles):
    now, clips = start, []
    for number, numbers in enumerate(todo):
        now = tried(now, numbers, clips)
        if number < len(titles):
            now = d.set_value(now, "title", titles[number])
        anew = replace(now, document=copy.deepcopy(now.document))  # nothing is known of it yet
        assert d.problems(now) == d.problems(anew)
        assert now.things == anew.things
        for level in d.levels(now):
            assert d.view(now, level) == d.view(anew, level)


def test_another_title_or_place_leaves_what_does_not_depend_on_it_as_it_is():
    before = d.open_file(SCENARIOS[0])
    view = d.view(before, before.root)
    titled = d.set_value(before, "title", "another")
    assert d.view(titled, before.root) is view
    moved = d.move(before, {view.nodes[0].id: (1, 2)})
    assert d.problems(moved) is d.problems(before)
    assert d.view(moved, before.root).links is view.links
    assert d.view(moved, before.root).nodes[0].place == (1, 2)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_written_so_that_it_is_the_same(path):
    opened = d.open_file(path)
    assert d.problems(opened) == ()
    assert d.to_bytes(opened) == path.read_bytes()
    text = d.to_yaml(opened)
    again = d.open_text(text, folder=path.parent)
    assert d.to_yaml(again) == text
    assert again.load().text_sha256 == load(path).text_sha256
    assert copy.deepcopy(opened) == opened
