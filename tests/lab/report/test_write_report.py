"""The report of real runs: every shipped scenario, runs with next to nothing in them, hostile text."""

import re
from html import escape
from pathlib import Path

import pytest
from html_reader import Reader

import vsmlab
from vsmlab.errors import InputError
from vsmlab.lab.loader import shipped_scenarios
from vsmlab.lab.record import Run
from vsmlab.lab.report import report_of, write_report
from vsmlab.lab.report.context import context_of
from vsmlab.lab.report.organisation import diagrams

EVIL = "<script>alert('&\"')</script>"
# What makes a browser fetch: links to a part of the page itself do not.
FETCHES = {
    "a source": re.compile(r"<[^>]*\ssrc(set)?\s*=", re.I),
    "a style from elsewhere": re.compile(r"@import|url\(", re.I),
    "a linked file": re.compile(r"<link\b", re.I),
    "a link out of the page": re.compile(r"""\shref\s*=\s*["'](?!#)""", re.I),
    "a frame or an object": re.compile(r"<(iframe|object|embed|image|use|foreignobject)\b", re.I),
}
NAMESPACE = "http://www.w3.org/2000/svg"


def fetched(page: str) -> list[str]:
    """Everything in a page that would reach outside of it."""
    found = [what for what, pattern in FETCHES.items() if pattern.search(page)]
    if "://" in page.replace(f'xmlns="{NAMESPACE}"', ""):
        found.append("an address")
    return found


def read(run: Run) -> tuple[str, Reader]:
    page = write_report(run).read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return page, reader


def small(organisation, demand=None, **more):
    """A scenario of 200 seconds."""
    stream = {"arrivals": {"poisson": {"rate": 1.0}}, "work": {"exponential": {"mean": 1.0}}, "to": "top"}
    return {
        "version": 1,
        "name": "small",
        "title": "small",
        "horizon": 200,
        "seed": 7,
        "environment": {"demand": {"mail": stream | (demand or {})}},
        "organisation": {"name": "top", **organisation},
        **more,
    }


TEAM = {"system2": {}, "system3": {}, "operations": {"a": {"agents": 2}, "b": {"agents": 2}}}


def keys(run: Run) -> list[str]:
    return [section.key for section in report_of(run).sections]


@pytest.fixture(scope="module")
def fleet() -> Run:
    return vsmlab.run("llm-fleet", until=240.0)


def test_the_report_of_a_run_with_own_laws_says_which_law_took_which_place():
    def mine(state, unit, now, message):
        pass

    run = vsmlab.run(small(TEAM), laws={"load@system2": mine, "system3": mine})
    page, _ = read(run)
    assert escape(f"load@system2: {mine.__qualname__}, system3: {mine.__qualname__}") in page


@pytest.mark.parametrize("name", [one.name for one in shipped_scenarios()])
def test_every_shipped_scenario_has_a_report_that_needs_nothing_else(name):
    page, reader = read(vsmlab.run(name, until=200.0, overrides=["warmup=20"]))
    assert fetched(page) == []
    assert len(page) < 2_000_000
    identifiers = [attributes["id"] for _, attributes in reader.elements if attributes.get("id")]
    assert len(identifiers) == len(set(identifiers))
    targets = {a["href"][1:] for tag, a in reader.elements if tag == "a"}
    assert targets <= set(identifiers)
    assert "nothing to show" not in reader.words


@pytest.mark.parametrize(
    "piece",
    [
        '<img alt="" src="chart.png">',
        '<a href="https://example.org/">more</a>',
        "<style>@import 'a.css'</style>",
        "<style>p { background: url(a.png) }</style>",
        '<link rel="stylesheet" href="#x">',
        "<script>fetch('//x'); location = 'http://example.org'</script>",
    ],
)
def test_a_page_that_reached_outside_would_be_found(fleet, piece):
    page = write_report(fleet).read_text(encoding="utf-8")
    assert fetched(page) == []
    assert fetched(page.replace("</main>", f"{piece}</main>"))


def test_free_text_is_text():
    given = small({"agents": 1}, title=EVIL, shows=EVIL, lesson=EVIL)
    given["expect"] = [{"measure": "units.top.served", "min": 1, "why": EVIL}]
    page, reader = read(vsmlab.run(given))
    assert EVIL not in page
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert reader.words.count(EVIL) == 5  # title and heading, what it shows, lesson, why


def test_an_elementary_root_has_no_part_on_systems_that_it_has_not():
    assert keys(vsmlab.run(small({"agents": 1}))) == [
        "organisation", "demand", "queues", "channels", "indices", "unusual", "how",
    ]  # fmt: skip


def test_systems_that_are_off_have_no_part_and_are_not_drawn():
    run = vsmlab.run(small(TEAM | {"system2": "off", "system3": "off"}))
    assert not {"bargain", "coordination"} & set(keys(run))
    (root,) = diagrams(context_of(run))
    assert (root.system2, root.system3) == (None, None)


def test_a_run_without_a_task_says_so():
    quiet = {"arrivals": {"renewal": {"constant": 1000.0}}}
    run = vsmlab.run(small(TEAM, quiet))
    _, reader = read(run)
    assert "The environment made no task in this run." in reader.words
    assert "No task reached an operation in this run." in reader.words


@pytest.mark.parametrize("organisation", [{"agents": 1}, TEAM])
def test_a_run_with_one_task_has_a_report(organisation):
    one = {"arrivals": {"renewal": {"constant": 150.0}}}
    _, reader = read(vsmlab.run(small(organisation, one)))
    assert any("The environment made 1 task" in words for words in reader.words)


def test_a_run_in_which_everything_is_turned_away_has_a_report():
    full = {"agents": 0, "queue": {"limit": 0}}
    run = vsmlab.run(small({"operations": {"a": full, "b": full}}))
    _, reader = read(run)
    shed = run.measures["units"]["top"]["shed"]
    assert shed > 100
    assert any(f"{shed} tasks were turned away" in words for words in reader.words)
    assert "the queue was full" in reader.words


def test_what_is_knocked_out_is_struck_through_and_told():
    out = ["system2", "system3", "management", {"channel": "env_op"}]
    run = vsmlab.run(small(TEAM, knockout=out))
    page, reader = read(run)
    (root,) = diagrams(context_of(run))
    assert (root.system2, root.system3) == ("knocked out", "knocked out")
    assert {one.management for one in root.operations} == {"knocked out"}
    assert root.channels["env_op"].cut
    assert 'class="struck"' in page
    assert any("System 3 of top is knocked out" in words for words in reader.words)
    assert any("System 2 of top is knocked out" in words for words in reader.words)


def test_two_hundred_units_have_a_report_of_reasonable_size():
    workers = {"worker": {"count": 20, "agents": 1}}
    cells = {f"cell-{k}": {"operations": workers} for k in range(10)}
    run = vsmlab.run(small({"operations": cells}, horizon=30))
    page, _ = read(run)
    assert len(run.manifest["places"]) == 211
    assert len(page) < 2_000_000


def test_a_diagram_counts_the_channels_of_its_own_system_only(fleet):
    found = {system.path: system for system in diagrams(context_of(fleet))}
    assert list(found) == [row[0] for row in fleet.manifest["places"] if row[4]]
    sent = {kind: sum(s.channels[kind].messages for s in found.values() if kind in s.channels)
            for kind in ("bargain", "account", "s2", "op_mgmt")}  # fmt: skip
    measured = fleet.measures["channels"]
    assert sent == {kind: measured[kind]["messages"] + measured[kind]["lost"] for kind in sent}
    assert (
        "op_mgmt" not in found["fleet"].channels
    )  # its operations are viable: they account, they do not report
    assert found["fleet"].system2 is None


def test_a_cut_channel_is_drawn_as_cut():
    rush = {"arrivals": {"poisson": {"rate": 3.0}}, "to": "top.a"}
    run = vsmlab.run(small(TEAM, rush, channels={"bargain": {"cut": True}}))
    (root,) = diagrams(context_of(run))
    assert root.channels["bargain"].cut
    assert root.channels["bargain"].lost == root.channels["bargain"].messages > 0
    assert not root.channels["account"].cut


def test_the_same_run_gives_the_same_report(fleet, tmp_path):
    first, again = (
        write_report(fleet, tmp_path / "a.html"),
        write_report(Run(fleet.folder), tmp_path / "b.html"),
    )
    assert first.read_bytes() == again.read_bytes()


def test_no_folder_of_this_machine_is_in_a_report(fleet):
    page = write_report(fleet).read_text(encoding="utf-8")
    assert str(fleet.folder.parent) not in page
    assert str(Path.cwd()) not in page


def test_a_report_replaces_an_older_one_and_leaves_nothing_beside_it(fleet, tmp_path):
    file = tmp_path / "report.html"
    file.write_text("old")
    assert write_report(fleet, file) == file
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("place", "said"), [(".", "it is a folder"), ("none/a.html", "its folder does not exist")]
)
def test_a_report_cannot_be_written_over_a_folder_or_into_none(fleet, tmp_path, place, said):
    with pytest.raises(InputError, match=said):
        write_report(fleet, tmp_path / place)
    assert list(tmp_path.iterdir()) == []
