"""The benchmark: peers do the same work, who is not here is listed, what is told has the names that it must have."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from vsmlab.cli import main
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.bench import FULL, QUICK, measuring, write_page
from vsmlab.lab.bench.measuring import absent_peers, check_same, folder, measure_engines, once, paired_ratio
from vsmlab.lab.bench.page import page
from vsmlab.lab.bench.works import DISK, MEMORY, OFF, Effort, Work, works
from vsmlab.laws import LAWS

TINY = Effort(2, {2: 20.0}, 2_000, 2_000, 1, 30.0, False)
SMALL = {(work.name, work.journal, work.size.get("customers")): work for work in works(TINY)}
PEERS = ("simpy-engine", "simpy-idiomatic", "simpy-callbacks")


def here(work: Work) -> list[str]:
    """The peers of a work that this Python has."""
    return [peer for peer in work.peers if peer not in absent_peers(work.peers)]


@pytest.mark.parametrize("journal", [MEMORY, DISK])
def test_all_peers_do_the_same_work_on_the_reduced_organisation(journal):
    work = SMALL["recursive-depth2", journal, None]
    told = {peer: once(work, peer, digest=journal == MEMORY) for peer in here(work)}
    assert len({one["events"] for one in told.values()}) == 1
    assert len({json.dumps(one["sums"], sort_keys=True) for one in told.values()}) == 1
    digests = {one["digest"] for one in told.values() if one.get("digest")}
    assert len(digests) == (1 if journal == MEMORY else 0)
    assert told["simpy-callbacks"]["events"] > 500
    assert all((one["written_bytes"] > 0) == (journal == DISK) for one in told.values())


def test_the_wait_in_m_m_c_is_that_of_erlang_c():
    work = replace(SMALL["mmc", OFF, 2_000], size={"customers": 20_000, "seed": 3}, peers=PEERS)
    told = {peer: once(work, peer, digest=False) for peer in here(work)}
    assert check_same(work, told) == (dict.fromkeys(told, "in the mean"), {})
    assert {one["events"] for one in told.values()} == {40_000}


def test_the_whole_model_does_the_same_on_our_engines():
    work = SMALL["vsmlab-depth1", MEMORY, None]
    ours = [peer for peer in here(work) if peer != "bare-callbacks"]
    told = {peer: once(work, peer, digest=True) for peer in ours}
    assert len({(one["events"], one["digest"]) for one in told.values()}) == 1


def test_a_peer_that_is_not_here_is_listed_and_the_others_are_measured(monkeypatch, tmp_path):
    monkeypatch.setattr(measuring, "NEEDS", {"mesa": ("no_such_package",), "compiled": ("no_such_package",)})
    pairs = (("simpy-callbacks", "simpy-idiomatic"), ("compiled", "mesa"))
    peers = ("simpy-callbacks", "simpy-idiomatic", "mesa", "compiled")
    work = replace(SMALL["recursive-depth2", MEMORY, None], peers=peers, ratios=pairs)
    outcome = measure_engines(TINY, wanted=[work])
    assert set(outcome.absent) == {"mesa", "compiled"}
    assert "no_such_package cannot be imported" in outcome.absent["mesa"]
    told = outcome.as_json()
    assert list(told["ratios"]) == ["recursive-depth2: simpy-callbacks/simpy-idiomatic"]
    assert told["ratios"]["recursive-depth2: simpy-callbacks/simpy-idiomatic"] > 0.0
    assert [one["peer"] for one in told["results"]] == ["simpy-callbacks", "simpy-idiomatic"]
    assert {one["same_work"] for one in told["results"]} == {"digest"}
    json.dumps(told)
    file = write_page(outcome, tmp_path / "reports" / "engines.html")
    written = file.read_text(encoding="utf-8")
    assert "no_such_package cannot be imported" in written
    assert "recursive-depth2: simpy-callbacks/simpy-idiomatic" in written
    assert "://" not in written.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_a_peer_that_fails_is_listed_and_one_of_ours_is_not_forgiven(monkeypatch):
    work = replace(SMALL["recursive-depth2", MEMORY, None], peers=("simpy-callbacks", "mesa"), ratios=())

    def fails(of: Work, peer: str, *, digest: bool) -> dict[str, object]:
        raise PeerError(f"{peer}: broken")

    monkeypatch.setattr(measuring, "once", fails)
    assert set(measure_engines(TINY, wanted=[work]).absent) >= {"simpy-callbacks"}
    with pytest.raises(PeerError, match="simpy-engine: broken"):
        measure_engines(TINY, wanted=[replace(work, peers=("simpy-engine",))])


def test_other_work_is_found_and_the_others_are_not_blamed_for_it():
    work = SMALL["recursive-depth2", MEMORY, None]
    mine = {"events": 10, "sums": {"served": 3}, "digest": "ab", "wait": None}
    others = {"b": {**mine, "digest": None}}
    assert check_same(work, {"a": mine, **others}) == ({"a": "digest", "b": "sums"}, {})
    for what, value in (("events", 11), ("sums", {"served": 4}), ("digest", "ac")):
        same, other = check_same(work, {"a": mine, **others, "c": {**mine, what: value}})
        assert same == {"a": "digest", "b": "sums"}
        assert other == {"c": f"c has {what} {value}, a has {mine[what]}"}
    loose = {"compiled": mine, "bare-callbacks": {**mine, "events": 10_001, "sums": None}}
    assert check_same(work, loose)[1] == {
        "bare-callbacks": "bare-callbacks has events 10001, compiled has 10"
    }
    loose["compiled"] = {**mine, "events": 10_000}
    assert check_same(work, loose)[0]["bare-callbacks"] == "nearly"
    same, other = check_same(SMALL["mmc", OFF, 2_000], {"a": {"events": 10, "wait": 3.0}})
    assert not same
    assert "a has a mean wait of 3 s, Erlang C 1.07865 s" in other["a"]


PAIRS = (("simpy-engine", "simpy-idiomatic"), ("simpy-engine", "simpy-callbacks"))
ONE_OTHER = replace(SMALL["recursive-depth2", MEMORY, None], peers=PEERS, ratios=PAIRS)


@pytest.fixture
def lazy(monkeypatch):
    """A peer that does half of the work: a real process that is told another horizon."""

    def halved(work: Work, peer: str, *, digest: bool) -> dict[str, object]:
        asked = replace(work, size={**work.size, "horizon": 10.0}) if peer == "simpy-callbacks" else work
        return once(asked, peer, digest=digest)

    monkeypatch.setattr(measuring, "once", halved)


def test_a_peer_that_did_other_work_is_told_with_its_reason_and_the_others_are_kept(lazy):
    outcome = measure_engines(TINY, wanted=[ONE_OTHER])
    (told,) = outcome.other_work
    assert {name: told[name] for name in ("work", "journal", "peer")} == {
        "work": "recursive-depth2", "journal": MEMORY, "peer": "simpy-callbacks",
    }  # fmt: skip
    assert "simpy-callbacks has events" in told["why"]
    assert "simpy-engine has" in told["why"]
    assert list(outcome.ratios) == ["recursive-depth2: simpy-engine/simpy-idiomatic"]
    assert {one["peer"]: one["same_work"] for one in outcome.results} == {
        "simpy-engine": "digest", "simpy-idiomatic": "digest", "simpy-callbacks": "other work",
    }  # fmt: skip
    assert outcome.as_json()["other_work"] == [told]
    assert told["why"] in page(outcome)
    assert not outcome.absent


def test_the_command_ends_with_1_after_other_work_and_shows_and_writes_everything(
    lazy, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr(measuring, "works", lambda effort: [ONE_OTHER])
    monkeypatch.setattr(measuring, "start_times", lambda *_, **__: {})
    monkeypatch.setenv("COLUMNS", "200")
    figures, written = tmp_path / "engines.json", tmp_path / "engines.html"
    given = [
        "bench",
        "engines",
        "--quick",
        "--repetitions",
        "1",
        "--json",
        str(figures),
        "--out",
        str(written),
    ]
    with pytest.raises(SystemExit) as end:
        main(given)
    assert end.value.code == 1
    shown = capsys.readouterr().out
    assert "Did other work" in shown
    assert "simpy-callbacks has events" in shown
    assert "recursive-depth2: simpy-engine/simpy-idiomatic" in shown
    assert json.loads(figures.read_text())["other_work"][0]["peer"] == "simpy-callbacks"
    assert "simpy-callbacks has events" in written.read_text(encoding="utf-8")


def test_a_peer_that_does_nothing_loses_nothing_of_the_others(monkeypatch):
    def idle(work: Work, peer: str, *, digest: bool) -> dict[str, object]:
        told = once(work, peer, digest=digest)
        return {**told, "events": 0, "sums": {}} if peer == "simpy-callbacks" else told

    monkeypatch.setattr(measuring, "once", idle)
    outcome = measure_engines(replace(TINY, repetitions=1), wanted=[ONE_OTHER])
    assert [one["peer"] for one in outcome.other_work] == ["simpy-callbacks"]
    assert len(outcome.results) == 3
    assert "simpy-callbacks has events 0" in page(outcome)


@pytest.mark.parametrize("effort", [FULL, QUICK])
def test_the_ratios_have_the_names_that_others_read(effort):
    names = {work.ratio_name(*pair) for work in works(effort) for pair in work.ratios}
    for depth in (3, 4, 5):
        for peer in ("simpy-engine", "simpy-idiomatic", "simpy-callbacks", "mesa", "asimpy", "cimba"):
            assert f"recursive-depth{depth}: compiled/{peer}" in names
        for peer in ("simpy-idiomatic", "simpy-callbacks"):
            assert f"recursive-depth{depth}: compiled/{peer} with journal" in names
    assert {"mmc: compiled/cimba", "mmc: compiled/ciw", "mmc: compiled/simpy-idiomatic"} <= names
    assert {
        "vsmlab-depth4: compiled/simpy-engine",
        "vsmlab-depth4: compiled/simpy-engine with journal",
    } <= names
    assert "vsmlab-depth4: simpy-engine/bare-callbacks" in names


def test_a_ratio_is_the_median_of_pairs_and_not_of_sums():
    told = paired_ratio([(1.0, 10.0), (100.0, 200.0), (1.0, 3.0)])
    assert told == {"median": 3.0, "lowest": 2.0, "highest": 10.0, "pairs": 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"repetitions": 0},
        {"customers": 1},
        {"many_customers": 0},
        {"deep": 0},
        {"deep": 7},
        {"deep_horizon": 0.0},
        {"horizons": {}},
        {"horizons": {9: 10.0}},
        {"horizons": {3: -1.0}},
        {"horizons": {3: float("nan")}},
    ],
)
def test_a_wrong_size_is_refused(wrong):
    with pytest.raises(InputError):
        replace(TINY, **wrong)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "engines"),
        (["engines", "--repetitions", "0"], "1 or more"),
        (["engines", "--out", "."], "a folder"),
    ],
)
def test_the_command_refuses_what_is_wrong_before_it_measures(arguments, said, capsys, monkeypatch):
    monkeypatch.setattr(measuring, "once", lambda *_, **__: pytest.fail("measured"))
    with pytest.raises(SystemExit) as end:
        main(["bench", *arguments])
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_peers_draw_the_very_numbers_that_the_laws_draw(monkeypatch):
    monkeypatch.syspath_prepend(str(folder()))
    spec = importlib.util.spec_from_file_location("peers_draws", folder() / "recursive" / "draws.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "peers_draws", module)
    spec.loader.exec_module(module)
    draws = module.Draws(2026, 17, 100)
    law, logarithm = LAWS["sequence_uniform"], LAWS["logarithm"]
    uniforms = [law(2026, 17, 0, draw) for draw in range(2_000)]
    for draw, u in enumerate(uniforms):  # past the stretch that was made at first, twice
        if draw % 2:
            assert draws.uniform() == u
        else:
            assert draws.exponential(1.25) == 0.0 - 1.25 * logarithm(1.0 - u)
    assert np.array_equal(module.philox_uniforms(2026, 17, 0, 2_000), uniforms)


def test_the_page_says_what_a_ratio_means():
    outcome = measure_engines(
        TINY, wanted=[replace(SMALL["recursive-depth2", MEMORY, None], peers=(), ratios=())]
    )
    outcome.ratios = {"a: <b>/c": {"median": 2.0, "lowest": 1.0, "highest": 3.0, "pairs": 3}}
    drawn = page(outcome)
    assert "less processor time" in drawn
    assert "a: &lt;b&gt;/c" in drawn
