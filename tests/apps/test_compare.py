"""The page of two runs of unlike lengths: what it says of their times, and of what was done by hand."""

from __future__ import annotations

import pytest

import vsmlab
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import PAGES


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    here = tmp_path_factory.mktemp("here")
    found = Lab(runs=(here / "runs",), here=here)
    raw = vsmlab.load("mm3").raw
    acts = [{"time": 202.04, "kind": "demand", "stream": "customers", "factor": 2.0}]
    played = {**raw, "operator": acts, "horizon": 459.95642971129274, "warmup": 300.0}
    vsmlab.run(played, out=found.runs[0] / "played")
    vsmlab.run("mm3", until=3600.0, overrides=["warmup=300"], out=found.runs[0] / "plain")
    yield found
    found.jobs.close()


def compared(lab, a, b):
    page = next(page for page in PAGES if page.route == "/compare")
    body = page.build(lab, {"a": a, "b": b}).body
    return str(body.layout()), body


def test_it_says_at_the_top_that_the_runs_are_measured_over_different_times(lab):
    said, body = compared(lab, "played", "plain")
    told = (
        "They are measured over different times: A from 5 min to 7.67 min, B from 5 min to 60 min. "
        "What is counted over these is compared per second."
    )
    assert told in said
    assert said.index(told) < said.index("What differs in the scenario")
    assert said.count("from 0 s to 60 min") >= 3
    body.do("filter", {"value": "served"})
    row = body.parts()["measures"]
    assert "per second" in row
    assert "962" not in row


def test_it_says_nothing_of_times_that_are_the_same(lab):
    said, body = compared(lab, "plain", "plain")
    assert "different times" not in said
    assert "per second" not in said + body.parts()["measures"]
    assert "by hand" not in said


def test_acts_are_told_in_words_and_numbers_in_six_digits(lab):
    said, _ = compared(lab, "played", "plain")
    assert "What was done by hand" in said
    assert "at 202 s: demand of customers changed: 2 times what the scenario says" in said
    assert "operator.0" not in said
    assert "<code>459.956</code>" in said
    assert "<code>3600</code>" in said
    other, _ = compared(lab, "plain", "played")
    assert "Only in B" in other
    again, _ = compared(lab, "played", "played")
    assert "In both alike: 1 act." in again
