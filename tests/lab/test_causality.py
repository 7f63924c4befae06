"""Causes and effects against a plain reading of the whole journal, and the thread that draws them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import vsmlab
from vsmlab.engines.journal import SEGMENT
from vsmlab.errors import InputError
from vsmlab.lab.causality import Story, story
from vsmlab.lab.report.thread import draw_thread, sentence

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> vsmlab.Run:
    folder = tmp_path_factory.mktemp("causality")
    return vsmlab.run("algedonic-escalation", until=1200.0, out=folder / "run")


@pytest.fixture(scope="module")
def rows(run: vsmlab.Run) -> np.ndarray:
    return np.concatenate(list(run.segments()))


def comes_again(rows: np.ndarray, row: int) -> bool:
    line, cause = rows[row], rows[row]["cause"]
    if cause < 0 or line["sender"] != line["receiver"]:
        return False
    return all(line[name] == rows[cause][name] for name in ("kind", "sender", "receiver"))


def effects_by_hand(rows: np.ndarray, row: int, until: int) -> set[int]:
    family, open_ = set(), {row}
    for other in range(row + 1, until):
        if int(rows[other]["cause"]) in open_:
            family.add(other)
            if not comes_again(rows, other):
                open_.add(other)
    return family


def test_causes_and_effects_are_those_of_the_whole_journal(run: vsmlab.Run, rows: np.ndarray) -> None:
    chosen = [*np.random.default_rng(1).choice(len(rows), 8, replace=False), *range(SEGMENT - 12, SEGMENT)]
    assert len(rows) > SEGMENT  # effects are looked for beyond an event's own segment
    found_beyond = 0
    for row in map(int, chosen):
        told = run.story(row, back=1000, on=10_000)
        before = [event.row for event in told.events if event.row < row]
        cause, causes = row, []
        while (cause := int(rows[cause]["cause"])) >= 0 and not comes_again(
            rows, causes[-1] if causes else row
        ):
            causes.append(cause)
        assert before == sorted(causes), row
        assert told.older == (cause >= 0)
        after = {event.row for event in told.events if event.row > row}
        assert after == effects_by_hand(rows, row, told.searched)
        assert told.searched == len(rows)
        found_beyond += any(one // SEGMENT > row // SEGMENT for one in after)
    assert found_beyond > 0


def test_the_graph_is_a_tree_whose_edges_run_forward_in_time(run: vsmlab.Run, rows: np.ndarray) -> None:
    nx = pytest.importorskip("networkx")
    row = int(np.flatnonzero(rows["cause"] >= 0)[1000])
    told = run.story(row)
    graph = told.graph()
    assert nx.is_tree(graph.to_undirected())
    assert graph.graph["focus"] == row
    assert all(
        cause < effect and graph.nodes[cause]["time"] <= graph.nodes[effect]["time"]
        for cause, effect in graph.edges
    )
    far = told.generation()
    assert far[row] == 0
    assert all(far[effect] == far[cause] + 1 for cause, effect in graph.edges)


def most_effects(run: vsmlab.Run, rows: np.ndarray) -> Story:
    arrivals = [row for row in range(2000, 3000) if rows[row]["cause"] >= 0]
    return max((run.story(row, on=1000) for row in arrivals[:200]), key=lambda told: len(told.events))


def test_limits_keep_the_nearest_and_count_the_rest(run: vsmlab.Run, rows: np.ndarray) -> None:
    whole = most_effects(run, rows)
    after = [event.row for event in whole.events if event.row > whole.focus]
    assert len(after) > 3
    short = run.story(whole.focus, back=1, on=3)
    assert [event.row for event in short.events if event.row > whole.focus] == after[:3]
    assert short.further == len(after) - 3
    assert sum(event.row < whole.focus for event in short.events) <= 1


def test_what_is_kept_no_more_is_said_and_a_row_that_is_not_there_is_refused(rows: np.ndarray) -> None:
    names = {}
    last = (len(rows) - 1) // SEGMENT

    def only_last(number: int) -> np.ndarray | None:
        return rows[number * SEGMENT :] if number == last else None

    row = next(r for r in range(last * SEGMENT, len(rows)) if 0 <= rows[r]["cause"] < last * SEGMENT)
    assert story(only_last, names, row).older
    for wrong in (-1, 5, len(rows)):
        with pytest.raises(InputError, match="no such row"):
            story(only_last, names, wrong)


def test_the_thread_says_every_event_once_and_can_be_reached(run: vsmlab.Run, rows: np.ndarray) -> None:
    told = most_effects(run, rows)
    drawing = ET.fromstring(draw_thread(told))
    assert ET.fromstring(told._repr_svg_()).find(f"{SVG}style") is not None
    events = [one for one in drawing.iter(f"{SVG}g") if one.get("class") == "thread-event"]
    assert sorted(int(one.get("data-row", "-1")) for one in events) == [event.row for event in told.events]
    assert all(one.get("tabindex") == "0" for one in events)
    said = {event.row: sentence(event) for event in told.events}
    assert all(said[int(one.get("data-row", "-1"))] in str(one.get("aria-label")) for one in events)
    assert [one.get("data-row") for one in events if one.get("aria-current")] == [str(told.focus)]
    heights = {}
    for one in events:
        sign = one.find(f"{SVG}circle")
        heights[int(one.get("data-row", "-1"))] = (
            float(sign.get("cy")) if sign is not None else float(one.find(f"{SVG}rect").get("y")) + 4
        )
    assert len(set(heights.values())) == len(events)
    for event in told.events:  # an effect stands below its cause
        assert event.cause not in heights or heights[event.row] > heights[event.cause]


def test_names_are_text(rows: np.ndarray) -> None:
    names = dict.fromkeys(np.unique(rows["sender"]).tolist(), "<script>alert(1)</script>")
    drawn = draw_thread(story(lambda n: rows[:SEGMENT] if n == 0 else None, names, 3000))
    assert "<script" not in drawn
    assert "&lt;script" in drawn
