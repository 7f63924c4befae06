"""The published trace as it is: 19,366 requests arrive, and the fleet follows the work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import vsmlab

DATA = Path(os.environ.get("VSMLAB_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
TRACE = DATA / "azure-llm" / "conversation.csv"

needs_trace = pytest.mark.skipif(
    not TRACE.is_file(), reason=f"the Azure LLM trace is not at {TRACE} (VSMLAB_DATA)"
)


@needs_trace
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["as published", "with a byte-order mark"])
def test_every_request_of_the_published_trace_arrives(tmp_path, mark):
    file = tmp_path / "trace.csv"
    file.write_bytes(mark + TRACE.read_bytes())
    run = vsmlab.run("llm-fleet-quiet", trace=file, until=3600.0)
    kinds = run.manifest["counts"]["kinds"]
    assert kinds["arrive"] == kinds["born"] == 19_366
    unit = run.measures["units"]["fleet"]
    assert unit["served"] > 18_000
    system = run.measures["systems"]["fleet"]
    assert system["best_fixed_split"] == {"fleet.short": 9, "fleet.standard": 23, "fleet.long": 4}
    assert system["best_fixed_split_wait_s"] == pytest.approx(6.5, abs=0.2)
    assert system["one_pool_wait_s"] == pytest.approx(0.054, abs=0.003)
    assert run.passed


@needs_trace
def test_a_leading_indicator_that_nothing_foreshows_any_more_is_taken_away():
    """System 4 of the fleet has one, for its profile: with the recording it forecasts from what it is shown."""
    fleet = vsmlab.load("llm-fleet", trace=TRACE)
    assert fleet.scenario.organisation.system4.leading is None
    assert vsmlab.load("llm-fleet").scenario.organisation.system4.leading.lead == 600.0
