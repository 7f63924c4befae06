"""The parts on Systems 3*, 4, 5, pain, life and children: each only where it belongs, each fact from the journal."""

import math

import numpy as np
import pytest
from html_reader import Reader

import vsmlab
from vsmlab.lab.loader import load
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.record import Run
from vsmlab.lab.report import report_of
from vsmlab.lab.report.context import context_of
from vsmlab.lab.report.foresight_part import lead_of
from vsmlab.lab.report.life_part import life_and_death
from vsmlab.lab.report.numerals import duration, number
from vsmlab.lab.report.organisation import diagrams
from vsmlab.lab.report.page import write_page
from vsmlab.lab.report.pains_part import signals
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Table
from vsmlab.lab.report.variety_part import variety, worst_of
from vsmlab.lab.series_ahead import foresight, homeostat
from vsmlab.lab.series_lives import audits, children, handed_back, suspicions
from vsmlab.laws import kinds as k

EVIL = "<script>alert('&\"')</script>"
NEW = {"audits", "forecast", "homeostat", "pains", "life", "children", "variety"}
UNTIL = {
    "gaming-units": 3000.0, "demand-slope": 2400.0, "three-four-imbalance": 1500.0, "algedonic-escalation": 1200.0,
    "zombies": 900.0, "spawning": 2400.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {}


@pytest.fixture
def of(runs):
    def found(name: str) -> Run:
        if name not in runs:
            runs[name] = vsmlab.run(name, until=UNTIL[name], overrides=["warmup=60"])
        return runs[name]

    return found


def of_shipped(name: str) -> dict[str, object]:
    loaded = load(scenarios_folder() / f"{name}.yaml")
    return loaded.scenario.model_dump(mode="json", exclude_unset=True)


def section(run: Run, key: str):
    return next(one for one in report_of(run).sections if one.key == key)


def chart(run: Run, key: str, number_of: int = 0) -> Chart:
    return [block for block in section(run, key).blocks if isinstance(block, Chart)][number_of]


def table(run: Run, key: str, caption: str) -> Table:
    tables = [block for block in section(run, key).blocks if isinstance(block, Table)]
    return next(one for one in tables if one.caption.startswith(caption))


def facts(run: Run, name: str):
    events = run.table("events")
    return events[events.kind == name]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("gaming-units", {"audits", "life", "variety"}),
        ("demand-slope", {"audits", "forecast", "homeostat", "variety"}),
        ("three-four-imbalance", {"audits", "forecast", "homeostat", "variety"}),
        ("algedonic-escalation", {"forecast", "homeostat", "pains", "variety"}),
        ("zombies", {"forecast", "homeostat", "life", "audits", "variety"}),
        ("spawning", {"forecast", "homeostat", "audits", "children", "variety"}),
    ],
)
def test_a_scenario_has_the_parts_of_what_it_has(of, name, keys):
    assert {one.key for one in report_of(of(name)).sections} & NEW == keys


def test_every_chart_says_what_it_shows_to_those_who_do_not_see_it(of):
    for name in UNTIL:
        for one in report_of(of(name)).sections:
            for block in one.blocks:
                if isinstance(block, Chart):
                    assert f"<desc>{block.summary[:10]}" in block.svg.replace("&#x27;", "'")
                    assert len(block.summary) > 40


def test_every_finding_is_told_with_its_time_and_ratio(of):
    run = of("gaming-units")
    found = facts(run, "found")
    assert len(found) >= 1
    paths = [run.names[who] for who in found.ref]
    assert [row[:3] for row in table(run, "audits", "What Systems 3* were sure of").rows] == list(
        zip(paths, found.due, found.value, strict=True)
    )
    first = found.iloc[0]
    lead = section(run, "audits").lead
    assert (
        f"At {duration(first.due)} it was sure that {paths[0]} claims {number(first.value)} times what is"
        in lead
    )
    assert f"{duration(first.due - 1800.0)} after that began" in lead


def test_the_statistic_of_each_operation_is_what_its_inspections_gave(of):
    run = of("gaming-units")
    worked = audits(context_of(run).history, "counters")
    checked = facts(run, "checked")
    assert list(worked.checked) == [f"counters.{name}" for name in ("copper", "silver", "gold", "iron")]
    for path, steps in worked.checked.items():
        mine = checked[[run.names[who] == path for who in checked.ref]]
        assert steps.times.tolist() == mine.due.tolist()
        assert steps.values.tolist() == mine.value.tolist()
    shown = chart(run, "audits").svg
    assert "sure above 5" in shown
    assert "gold: biased reports (× 1.5), 30 min to 50 min" in shown
    assert "found: gold" in shown


def test_a_forecast_stands_at_the_time_that_it_is_for(of):
    run = of("demand-slope")
    context = context_of(run)
    lead = lead_of(context, "works")
    assert lead == 600.0
    seen = foresight(context.history, "works", lead)
    means, spreads = facts(run, "forecast"), facts(run, "spread")
    assert seen.times.tolist() == (means.due + means.ref).tolist()
    assert seen.means.tolist() == means.value.tolist()
    assert seen.spreads.tolist() == spreads.value.tolist()
    shown = facts(run, "indicator")
    demanded, foreshown = shown[shown.ref == k.DEMANDED], shown[shown.ref == k.FORESHOWN]
    assert seen.demanded.values.tolist() == demanded.value.tolist()
    assert seen.foreshown.times.tolist() == (foreshown.due + 600.0).tolist()
    assert seen.foreshown.values.tolist() == foreshown.value.tolist()
    assert "95 % of what was expected" in chart(run, "forecast").svg


def test_a_leading_indicator_that_is_not_there_is_not_shown(of):
    run = of("three-four-imbalance")
    assert foresight(context_of(run).history, "shop", 0.0).foreshown is None
    assert "foreshown" not in chart(run, "forecast").svg


def test_the_homeostat_shows_wishes_commitment_and_agents_of_the_journal(of):
    run = of("three-four-imbalance")
    mine = homeostat(context_of(run).history, 0)
    proposed = facts(run, "proposal")
    for steps, which in ((mine.wish_now, k.AGENTS_NOW), (mine.wish_then, k.AGENTS_THEN)):
        assert steps.values.tolist() == proposed[proposed.ref == which].value.tolist()
    assert mine.committed.values.tolist() == facts(run, "committed").value.tolist()
    hires = facts(run, "hires")
    assert mine.agents.times.tolist() == [0.0, *hires.due]
    assert mine.agents.values.tolist() == [12.0, *hires.ref]
    weighed = facts(run, "weighed")
    outside = weighed[weighed.ref == k.OUTSIDE]
    assert mine.weighed == list(zip(outside.due, outside.value, strict=True))
    for time, share in mine.weighed:
        assert f"weighed: {number(share, 2)} then, at {duration(time)}" in chart(run, "homeostat").svg


def test_pain_is_told_by_origin_and_level_from_when_to_when(of):
    run = of("algedonic-escalation")
    found = signals(context_of(run))
    felt = facts(run, "felt")
    assert len(felt) > 3
    told = [(who, one.begin) for levels in found.values() for who, mine in levels for one in mine]
    assert sorted(told) == sorted(zip(felt.receiver, felt.due, strict=True))
    eased = facts(run, "eased")
    ends = [one.end for levels in found.values() for _, mine in levels for one in mine if one.end < math.inf]
    assert sorted(ends) == sorted(eased.due)
    praise = found["county.hospital.emergency.laboratory", k.MEAN_WAIT]
    assert [who for who, _ in praise] == [
        "county.hospital.emergency.laboratory.management",
        "county.hospital.emergency.system5",
        "county.hospital.system5",
        "county.system5",
    ]
    first = [mine[0].begin for _, mine in praise]
    assert np.diff(first).tolist() == pytest.approx([60.05, 45.05, 30.05])
    rows = chart(run, "pains").table.rows
    climbs = facts(run, "climbed").due.tolist()
    assert sorted(row[2] for row in rows if "went up" in row[1]) == sorted(climbs)


def test_what_befell_an_operation_is_on_its_line(of):
    run = of("zombies")
    context = context_of(run)
    broken, mended = facts(run, "disturbed"), facts(run, "disturbed")
    begins = {(who.removesuffix(".management"), due) for who, due in
              zip(broken[broken.value > 0].receiver, broken[broken.value > 0].due, strict=True)}  # fmt: skip
    assert {(one.path, one.begin) for one in context.troubles} == begins
    assert len(begins) >= 1
    assert {one.end for one in context.troubles if one.mended} == set(mended[mended.value == 0].due)
    doubts = facts(run, "suspected")
    assert [one.begin for one in suspicions(context.history)] == doubts[doubts.value > 0].due.tolist()
    given = facts(run, "rehomed")
    given = given[given.ref > 0]
    assert [(one.time, one.tasks) for one in handed_back(context.history)] == list(
        zip(given.due, given.ref, strict=True)
    )
    rows = chart(run, "life").table.rows
    assert len(given) > 0
    assert sorted(row[2] for row in rows if "handed back" in row[1]) == given.due.tolist()


def test_a_child_is_shown_from_its_birth_on(of):
    run = of("spawning")
    born = children(context_of(run).history)
    spawned = facts(run, "spawned")
    assert [(one.path, one.spawned) for one in born] == [
        (run.names[who], due) for who, due in zip(spawned.ref, spawned.due, strict=True)
    ]
    assert len(born) >= 1
    results = facts(run, "result")
    assert born[0].working == results[results.sender == born[0].path].due.iloc[0]
    assert born[0].announced <= born[0].working
    assert born[0].gone is None
    told = table(run, "children", "Every child system").rows
    assert [row[:2] for row in told] == [(one.path, one.spawned) for one in born]
    refused = facts(run, "depth-refused")
    assert len(table(run, "children", "Refused").rows if len(refused) else ()) == len(refused)
    (root, *_) = diagrams(context_of(run))
    assert born[0].path in [one.path for one in root.operations]


def test_the_worst_violation_is_on_top(of):
    run = of("zombies")
    worst = run.measures["variety"]["press"]["worst"]
    assert section(run, "variety").lead.startswith(f"In press: {worst}")
    rows = table(run, "variety", "Balance of variety in press").rows
    assert len(rows) == 7
    assert [row[2] for row in rows] == [
        run.measures["variety"]["press"][name]["value"]
        for name in (*(f"principle_{n}" for n in (1, 2, 3, 4)), *(f"axiom_{n}" for n in (1, 2, 3)))
    ]


def test_a_broken_principle_comes_before_an_axiom_and_others_are_counted():
    broken = {"principle_1": {"holds": False}, "worst": "P."}
    whole = {"principle_1": {"holds": True}, "worst": "A."}
    assert (
        worst_of({"a": whole, "b": broken, "c": broken})
        == "In b: P. 1 other system violates a principle, too."
    )
    assert worst_of({"a": whole}) == "In a: A."
    assert worst_of({}) == "No violation was found."


def test_hostile_words_in_the_measures_stay_text(of):
    run = Run(of("zombies").folder)
    measured = run.measures["variety"]["press"]
    measured["worst"] = EVIL
    for one in measured.values():
        if isinstance(one, dict):
            one["says"] = EVIL
    assert EVIL in variety(context_of(run)).lead
    page = write_page(report_of(run))
    assert EVIL not in page
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert reader.words.count(EVIL) == 7


def test_the_diagram_shows_the_systems_that_are_there(of):
    (root,) = diagrams(context_of(of("three-four-imbalance")))
    assert (root.system2, root.audit, root.system4, root.system5) == (None, "on", "on", "on")
    used = of("three-four-imbalance").measures["channels"]
    for kind in ("s3star", "s3_s4", "s4_s3", "env_s4", "s34_s5", "s5_34"):
        assert root.channels[kind].messages == used[kind]["messages"] + used[kind]["lost"]
    (other,) = diagrams(context_of(of("gaming-units")))
    assert (other.system2, other.audit, other.system4, other.system5) == (None, "on", None, None)
    assert not {"s3_s4", "s4_s3", "env_s4", "s34_s5", "algedonic"} & set(other.channels)


def test_the_algedonic_channel_belongs_to_the_system_whose_system5_hears_it(of):
    run = of("algedonic-escalation")
    drawn = [one for one in diagrams(context_of(run)) if "algedonic" in one.channels]
    found = {one.path: one.channels["algedonic"].messages for one in drawn}
    assert sum(found.values()) == run.measures["channels"]["algedonic"]["messages"]
    assert set(found) == {"county", "county.hospital", "county.hospital.emergency"}


def test_a_system_that_is_knocked_out_is_told_in_its_part_and_struck_through():
    given = of_shipped("three-four-imbalance") | {"knockout": ["audit", "system4", "system5"]}
    silent = vsmlab.run(given, until=300.0, overrides=["warmup=60"])
    for key, name in (("audits", "System 3*"), ("forecast", "System 4"), ("homeostat", "System 5")):
        assert f"{name} of shop is knocked out" in section(silent, key).lead
    (root,) = diagrams(context_of(silent))
    assert (root.audit, root.system4, root.system5) == ("knocked out",) * 3


def test_a_suspicion_without_a_cause_is_told(of):
    sober = of("zombies")
    assert "nothing was wrong" not in section(sober, "life").lead
    context = context_of(sober)
    context.troubles.clear()
    many = len(suspicions(context.history))
    assert f"{many} suspicion" in life_and_death(context).lead
    assert "with which nothing was wrong" in life_and_death(context).lead
