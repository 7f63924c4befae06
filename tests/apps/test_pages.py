"""Pages as plain Python: what they say, what pressing does, and that names are never markup."""

from __future__ import annotations

import base64
import json
import subprocess
import sys

import pytest
from browser import until

import vsmlab
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import PAGES, Page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def lab(tmp_path):
    found = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    yield found
    found.jobs.close()


@pytest.fixture
def two(lab):
    for seed in (1, 2):
        vsmlab.run("mm3", until=1200.0, seed=seed, out=lab.runs[0] / f"seed-{seed}")
    return lab


def sheet(lab, route, **asked):
    return next(page for page in PAGES if page.route == route).build(lab, asked).body


def everything(body):
    return str(body.layout()) + "".join(body.parts().values())


def test_every_route_is_there_once_and_nothing_links_to_one_that_is_not(lab):
    routes = [page.route for page in PAGES]
    assert len(set(routes)) == len(routes)
    front = everything(sheet(lab, "/"))
    for route in ("/canvas", "/live", "/spawning"):
        assert (f'href="{route}' in front) <= (route in routes)


def test_the_pages_need_no_panel_to_be_built(tmp_path):
    code = (
        "import sys; from vsmlab.apps.pages import PAGES; from vsmlab.apps.lab import Lab; from pathlib import Path\n"
        "for page in PAGES:\n"
        "    if page.module.split('.')[-1] in ('front', 'runs', 'one_run', 'compare'):\n"
        "        page.build(Lab(runs=(Path('runs'),)), {})\n"
        "assert 'panel' not in sys.modules and 'tornado' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_the_filter_narrows_the_gallery(lab):
    front = sheet(lab, "/")
    assert front.parts()["gallery"].count('class="card"') == len(vsmlab.lab.loader.shipped_scenarios())
    front.do("filter", {"value": "erlang formula"})
    assert front.parts()["gallery"].count('class="card"') == 1
    front.do("filter", {"value": HOSTILE})
    assert "<script" not in everything(front)


def test_run_starts_a_run_that_ends_in_the_list(lab):
    front = sheet(lab, "/")
    before = front.stamp()
    front.do("run", {"scenario": "mm3", "until": "1500", "seed": "5"})
    assert front.stamp() != before
    until(lambda: all(job.over for job in lab.jobs.all()), "the run ends")
    parts = front.parts()
    assert "Open mm3" in parts["jobs"]
    assert 'Done: <a href="./run?name=mm3">' in parts["said-mm3"]  # where it was pressed
    assert parts["going-mm3"] == ""
    assert 'href="./run?name=mm3"' in parts["recent"]
    assert vsmlab.Run(lab.runs[0] / "mm3").manifest["seed"] == 5


@pytest.mark.parametrize(
    ("given", "fragment"),
    [
        ({"scenario": "/etc/passwd"}, "not in the gallery"),
        ({}, "not in the gallery"),
    ],
)
def test_a_wrong_order_is_a_message_and_no_run(lab, given, fragment):
    front = sheet(lab, "/")
    front.do("run", given)
    assert fragment in front.parts()["told"]
    assert lab.jobs.all() == []


@pytest.mark.parametrize(
    ("given", "field", "fragment"),
    [
        ({"seed": "x"}, "seed", "Seed: not a number, x; a whole number"),
        ({"seed": "-3"}, "seed", "Seed: out of range, -3; it must be at least 0."),
        ({"seed": "1.5"}, "seed", "Seed: not a number, 1.5"),
        ({"until": "1; rm"}, "until", "Horizon: not a number, 1; rm"),
        ({"until": "-3"}, "until", "Horizon: out of range, -3.0; it must be above 0."),
        ({"until": "500"}, "until", "Horizon: it must be above the warm-up, 1000 s."),
        ({"until": HOSTILE}, "until", "Horizon: not a number, &lt;script"),
    ],
)
def test_what_is_wrong_with_another_seed_or_horizon_is_said_at_the_field_on_the_card(
    lab, given, field, fragment
):
    front = sheet(lab, "/")
    assert "aria-invalid" not in front.parts()["gallery"]
    front.do("run", {"scenario": "mm3", **given})
    parts = front.parts()
    assert lab.jobs.all() == []
    assert "Nothing was started" in parts["said-mm3"]
    assert parts["told"] == ""
    around = parts["gallery"].split(f'id="about-{field}-mm3"')[1].split("</span>")[0]
    assert fragment in around
    assert "command line" not in parts["gallery"]
    assert f'id="{field}-mm3" aria-describedby="about-{field}-mm3" aria-invalid="true"' in parts["gallery"]
    assert "<script" not in everything(front)
    assert parts["gallery"].count("aria-invalid") == 1


def test_thousands_may_be_apart(lab):
    front = sheet(lab, "/")
    front.do("run", {"scenario": "mm3", "until": "1,500"})
    assert [job.order["overrides"] for job in lab.jobs.all()] == [["horizon=1500.0"]]
    lab.jobs.cancel(1)


def test_a_running_scenario_says_so_on_its_card(lab):
    front = sheet(lab, "/")
    front.do("run", {"scenario": "mm3", "until": "100000000"})
    parts = front.parts()
    assert "It runs." in parts["said-mm3"] or "It waits" in parts["said-mm3"]
    assert "<progress" in parts["going-mm3"]
    assert 'data-do="cancel"' in parts["going-mm3"]
    assert parts["going-bargain"] == parts["said-bargain"] == ""
    front.do("cancel", {"job": "1"})
    assert "It was cancelled" in front.parts()["said-mm3"]
    assert front.parts()["going-mm3"] == ""


def test_the_gallery_itself_is_not_sent_again_while_a_run_goes_on(lab):
    front = sheet(lab, "/")
    before = front.parts()["gallery"]
    front.do("run", {"scenario": "mm3", "until": "100000000"})
    assert front.parts()["gallery"] == before
    lab.jobs.cancel(1)


def test_a_card_has_its_story_and_leads_somewhere(lab):
    gallery = sheet(lab, "/").parts()["gallery"]
    assert "and need one second each of one of three agents" in gallery
    assert '<h3><a href="./live?scenario=mm3">' in gallery
    assert gallery.index("1 · one queue") < gallery.index("2 · System 2 damps")


def test_pages_name_a_scenario_of_ones_own_by_its_file_and_not_by_where_it_lies(lab):
    given = {"name": "my.csv", "data": base64.b64encode(b"when,secs\n0,1\n2,1\n").decode()}
    front = sheet(lab, "/")
    front.do("brought", given)
    front.do("write", {"name": "my"})
    assert 'href="./sweep?scenario=my.yaml"' in front.parts()["gallery"]
    assert str(lab.here) not in front.parts()["gallery"]
    front.do("run", {"scenario": "my.yaml"})
    assert [job.order["scenario"] for job in lab.jobs.all()] == [str(lab.here / "my.yaml")]
    swept = sheet(lab, "/sweep", scenario="my.yaml")
    assert swept.form.scenario == "my.yaml"
    assert sheet(lab, "/sweep", scenario="my").form.scenario == "my.yaml"


def test_the_message_on_a_notebook_is_on_the_card_and_names_what_starts_it(lab):
    front = sheet(lab, "/")
    front.do("notebook", {"scenario": "mm3"})
    said = front.parts()["said-mm3"]
    assert "05-is-the-wait-the-computed-one.ipynb" in said
    assert "lab</code>" in said or "JupyterLab: <a" in said
    front.do("notebook", {"scenario": "rate-limit"})
    assert "No notebook belongs to it" in front.parts()["said-rate-limit"]


def test_a_dropped_table_is_shown_and_becomes_a_scenario(lab):
    front = sheet(lab, "/")
    data = f"when,secs,{HOSTILE}\n0,1,{HOSTILE}\n2,1,b\n5,2,c\n"
    front.do("brought", {"name": "my.csv", "data": base64.b64encode(data.encode()).decode()})
    shown = front.parts()["data"]
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    front.do("write", {"name": "my", "time": "when", "work": "secs", "scale": "1", "agents": ""})
    assert (lab.here / "my.yaml").is_file()
    assert "card-" in front.parts()["gallery"]
    assert front.parts()["gallery"].index("my.yaml") < front.parts()["gallery"].index("mm3")


@pytest.mark.parametrize(
    "given",
    [
        {"name": "a.csv", "data": "%%%"},
        {"name": "a.exe", "data": "AAAA"},
        {"name": "x.yaml", "data": "AAAA"},
        {},
    ],
)
def test_a_wrong_file_is_a_message_and_changes_nothing(lab, given):
    front = sheet(lab, "/")
    front.do("brought", given)
    assert "wrong" in front.parts()["told-data"]
    assert list(lab.here.iterdir()) == []


def test_what_is_not_an_action_is_not_done(two):
    for route, asked in (
        ("/", {}),
        ("/runs", {}),
        ("/run", {"name": "seed-1"}),
        ("/compare", {"a": "seed-1", "b": "seed-2"}),
    ):
        body = sheet(two, route, **asked)
        before = everything(body)
        for what in ("__init__", "layout", "", "delete", "throw-away", "keep-notes"):
            body.do(what, {"run": "seed-1", "scenario": "mm3"})
        assert everything(body) == before


def test_notes_verify_and_trash_from_the_page_of_runs(two):
    runs = sheet(two, "/runs")
    runs.do("note", {"run": "seed-1"})
    assert "Notes of seed-1" in runs.parts()["asked"]
    runs.do("keep-note", {"notes": HOSTILE})
    assert (two.runs[0] / "seed-1" / "notes.txt").read_text(encoding="utf-8") == HOSTILE
    assert "&lt;script&gt;" in runs.parts()["table"]
    runs.do("verify", {"run": "seed-1"})
    assert "good" in runs.parts()["told"]
    runs.do("throw", {"run": "seed-2"})
    assert (two.runs[0] / "seed-2").is_dir()
    runs.do("leave", {})
    runs.do("throw-away", {})
    assert (two.runs[0] / "seed-2").is_dir()
    runs.do("throw", {"run": "seed-2"})
    runs.do("throw-away", {})
    assert not (two.runs[0] / "seed-2").exists()
    assert "seed-2" not in runs.parts()["table"]


def test_a_changed_journal_is_not_good(two):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = two.runs[0] / "seed-1" / "events.parquet"
    table = pq.read_table(file)
    values = table.column("value").to_pylist()
    values[10] += 1e-9
    changed = table.set_column(table.schema.get_field_index("value"), "value", pa.array(values))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), file)
    runs = sheet(two, "/runs")
    runs.do("verify", {"run": "seed-1"})
    assert "NOT GOOD" in runs.parts()["told"]


def test_a_run_is_shown_with_figures_diagram_and_report(two):
    run = sheet(two, "/run", name="seed-1")
    assert "mean wait" in str(run.layout())
    assert 'class="diagram"' in run.parts()["diagram"]
    assert "Measured from 1,000 s" in str(run.layout()) or "Measured from 16.7 min" in str(run.layout())
    assert '<abbr title="How long a task waits' in str(run.layout())
    assert 'href="./canvas?scenario=mm3"' in str(run.layout())
    run.do("write-report", {})
    assert 'sandbox=""' in run.parts()["report"]
    assert (two.runs[0] / "seed-1" / "report.html").is_file()


def test_the_figures_of_a_run_say_what_they_count(two):
    run = sheet(two, "/run", name="seed-1")
    unit = vsmlab.Run(two.runs[0] / "seed-1").measures["units"]["desk"]
    said = str(run.layout())
    assert f"{unit['in_progress_at_start']:,} were inside already" in said
    assert f"{unit['in_progress']:,} at its end" in said
    assert unit["in_progress_at_start"] + unit["arrivals"] == unit["served"] + unit["in_progress"]
    vsmlab.run("mm3", until=300.0, overrides=["warmup=0"], out=two.runs[0] / "early")
    assert "no warm-up was left out" in str(sheet(two, "/run", name="early").layout())
    assert "as it is now" in str(sheet(two, "/run", name="early").layout())


def test_agents_at_the_end_are_those_of_the_diagram(lab):
    vsmlab.run("llm-fleet", until=400.0, out=lab.runs[0] / "fleet")
    body = sheet(lab, "/run", name="fleet")
    said = str(body.layout())
    if "→" in said:
        end = int(said.split("36 → ")[1].split("<")[0])
        assert end == sum(one.agents_end for one in body._systems[0].operations)


def test_a_run_is_made_again_with_another_seed(two):
    run = sheet(two, "/run", name="seed-1")
    assert run.stamp() is None
    for seed, fragment in (
        ("x", "Seed: not a number"),
        ("-1", "Seed: out of range"),
        ("", "Seed: not a number"),
    ):
        run.do("run-again", {"seed": seed})
        assert fragment in run.parts()["again"]
    assert two.jobs.all() == []
    run.do("run-again", {"seed": "7"})
    assert run.stamp() is not None
    until(lambda: all(job.over for job in two.jobs.all()), "it ends")
    assert 'Done: <a href="./run?name=mm3">' in run.parts()["said-again"]
    made = vsmlab.Run(two.runs[0] / "mm3")
    assert made.manifest["horizon"] == 1200.0
    assert made.digest == vsmlab.run("mm3", until=1200.0, seed=7).digest


def test_two_runs_beside_each_other(two):
    body = sheet(two, "/compare", a="seed-1", b="seed-2")
    said = everything(body)
    assert "<code>seed</code>" in said
    assert said.count("<svg") == 3
    body.do("filter", {"value": "mean_wait_s"})
    assert "units.desk.mean_wait_s" in body.parts()["measures"]
    body.do("sort", {"by": "path"})
    assert 'aria-sort="ascending"' in body.parts()["measures"]


@pytest.mark.parametrize(
    ("route", "asked"), [("/run", {"name": "../x"}), ("/run", {}), ("/run", {"name": HOSTILE})]
)
def test_what_is_not_there_is_said(lab, route, asked):
    page: Page = next(page for page in PAGES if page.route == route)
    shown = page.build(lab, asked)
    assert shown.heading == "This cannot be shown"
    assert "<script" not in str(shown.body.layout())


def test_hostile_names_in_a_run_are_text_everywhere(two):
    folder = two.runs[0] / "seed-1"
    hostile = two.runs[0] / "a<b>&c"
    folder.rename(hostile)
    manifest = json.loads((hostile / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"title": HOSTILE, "name": HOSTILE, "engine": HOSTILE, "digest": HOSTILE}
    (hostile / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for route, asked in (
        ("/", {}),
        ("/runs", {}),
        ("/run", {"name": "a<b>&c"}),
        ("/compare", {"a": "a<b>&c", "b": "seed-2"}),
    ):
        said = everything(sheet(two, route, **asked))
        assert "<script" not in said, route
        assert "<img" not in said, route
        assert "<b>" not in said, route
