"""The page of experiments as plain Python: what is refused, run, cancelled, gone on with, shown and found again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from browser import until

import vsmlab
from vsmlab.apps.jobs import Job
from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping import asking, form, kept
from vsmlab.apps.sweeping.asking import check, loaded_of, order_of, settings_of, time_for
from vsmlab.apps.sweeping.page import Experiments, page
from vsmlab.apps.sweeping.results import csv_of, show
from vsmlab.apps.sweeping.values import read_values
from vsmlab.engines import compiled
from vsmlab.errors import InputError
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.loader import shipped_scenarios, vary
from vsmlab.lab.report.numerals import number

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
WAIT = "units.desk.mean_wait_s"
SMALL = {
    "field-1": "organisation.agents", "values-1": "3, 4", "replications": "3", "until": "1200",
    "m-mean_wait_s": "yes", "m-served": "yes",
}  # fmt: skip


@pytest.fixture
def lab(tmp_path):
    found = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    yield found
    found.jobs.close()


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A lab with a finished sweep of one setting, one of two, and a knock-out study."""
    here = tmp_path_factory.mktemp("swept")
    under = here / "sweeps"
    how = {"replications": 3, "until": 1200.0, "workers": 1}
    one = vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, measure=[WAIT], out=under / "one", **how)
    two = vsmlab.sweep(
        "mm3",
        over={
            "organisation.agents": [3, 4],
            "environment.demand.customers.work.exponential.mean": [0.5, 1.0],
        },
        measure=[WAIT, "units.desk.served"],
        out=under / "two",
        **how,
    )
    out = vsmlab.knockout("zombies", replications=2, until=700.0, workers=1, out=under / "out")
    return Lab(runs=(here / "runs",), here=here), one, two, out


def everything(body):
    return str(body.layout()) + "".join(body.parts().values())


def over(lab):
    return all(job.over for job in lab.jobs.all())


@pytest.mark.parametrize(
    ("text", "now", "values"),
    [
        ("1, 2, 4", 3, [1, 2, 4]),
        ("0.1 to 0.5 in 3 steps", 0.1, [0.1, 0.3, 0.5]),
        ("from 2 to 10 in 5", 3, [2, 4, 6, 8, 10]),
        ("1 to 2 in 5 steps", 3, [1, 2]),  # a number that counts
        ("1..100 in 3 values, log", 1.5, [1.0, 10.0, 100.0]),
        ("[], [system2]", None, [[], ["system2"]]),
        ("off", None, [False]),
    ],
)
def test_values_are_a_list_or_from_one_to_another(text, now, values):
    found = read_values(text, now)
    assert found == values or text == "off"
    assert isinstance(found[0], type(values[0])) or text == "off"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1, 1",
        "1 to 1 in 3",
        "1 to 5 in 1",
        "1 to 5 in 9999",
        "0 to 1 in 3 log",
        "[",
        "}{",
        "1," * 900,
        HOSTILE + "]",
    ],
)
def test_values_that_are_none_are_refused_in_a_sentence(text):
    with pytest.raises(InputError):
        read_values(text)


def test_every_number_that_is_offered_can_be_varied():
    for name in (one.name for one in shipped_scenarios()):
        loaded = vsmlab.load(name)
        offered = settings_of(loaded)
        assert any(one.said for one in offered), name
        for one in offered[:25]:
            assert vary(loaded, overrides=[f"{one.path}={one.now!r}"]).scenario == loaded.scenario, one.path


@pytest.mark.parametrize(
    ("given", "field", "fragment"),
    [
        ({"scenario": "/etc/passwd"}, "scenario", "gallery"),
        ({"field-1": ""}, "field-1", "Nothing is varied"),
        ({"field-1": "organisation.nonsense"}, "field-1", ""),
        ({"field-1": HOSTILE}, "field-1", ""),
        ({"field-1": "seed"}, "field-1", "not varied"),
        ({"field-1": "a=b"}, "field-1", "not varied"),
        ({"values-1": ""}, "values-1", "No values"),
        ({"values-1": "3, -4"}, "values-1", ""),
        ({"values-1": "3, many"}, "values-1", ""),
        ({"values-1": HOSTILE}, "values-1", ""),
        ({"values-2": "1"}, "field-2", "Values of what"),
        ({"field-2": "organisation.agents", "values-2": "1"}, "field-2", "there already"),
        ({"replications": "0"}, "replications", "1 to 1,000"),
        ({"replications": "ten"}, "replications", "1 to 1,000"),
        ({"until": "-5"}, "until", "above 0"),
        ({"until": "nan"}, "until", "above 0"),
        ({"until": HOSTILE}, "until", "above 0"),
        ({"m-mean_wait_s": "", "m-served": ""}, "measures", "No measure"),
        ({"measures": "units.nobody.served"}, "measures", ""),
        ({"values-1": "1 to 200 in 200 steps", "replications": "1000"}, "replications", "Too many runs"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_at_its_field_and_nothing_starts(lab, given, field, fragment):
    body = Experiments(lab, "mm3")
    body.do("start", {**SMALL, "scenario": "mm3", **given})
    assert list(body.form.wrong) == [field]
    assert fragment in body.form.wrong[field]
    assert "\n" not in body.form.wrong[field]
    assert lab.jobs.all() == []
    assert not (lab.here / "sweeps").exists()
    assert "<script" not in everything(body)
    assert "<img" not in everything(body)


def test_the_runs_and_the_time_are_said_before(lab):
    body = Experiments(lab, "mm3")
    assert "are said here first" in body.parts()["plan"]
    body.do("vary", {"path": "organisation.agents"})
    body.do("values-1", {"value": "3 to 5 in 3 steps"})
    body.do("replications", {"value": "4"})
    body.do("until", {"value": "2000"})
    assert re.search(
        r"<strong>12 runs</strong> of 33.3 min \(3 points × 4 seeds\), about \d+ s", body.parts()["plan"]
    )
    body.do("replications", {"value": "99999"})
    assert "Not a number of seeds: 99999" in body.parts()["fields"]
    assert "Mend what is marked" in body.parts()["plan"]
    body.do("replications", {"value": "400"})
    body.do("values-1", {"value": "1 to 100 in 100 steps"})
    assert "too many" in body.parts()["plan"]
    body.do("kind", {"value": "knockout"})
    assert "taken away by itself" in body.parts()["fields"]


@pytest.mark.parametrize(
    ("field", "text", "fragment"),
    [
        ("values-1", "1 to 5", "1 to 5 in 5 steps"),
        ("values-1", "1..5", "1 to 5 in 5 steps"),
        ("values-1", "1, 2, three", "Not a whole number"),
        ("values-1", "1, 1", "twice"),
        ("values-1", "3, -4", "Out of range"),
        ("replications", "ten", "Not a number of seeds"),
        ("until", "soon", "Not a horizon"),
        ("until", "500", "above the warm-up"),
    ],
)
def test_what_is_wrong_is_said_while_it_is_typed(lab, field, text, fragment):
    body = Experiments(lab, "mm3")
    body.do("vary", {"path": "organisation.agents"})
    assert "30 runs" in body.parts()["plan"]
    body.do(field, {"value": text})
    around = body.parts()["fields"].split(f'id="about-{field}"')[1].split("</span>")[0]
    assert fragment in around
    assert "wrong-text" in around
    assert "Mend what is marked" in body.parts()["plan"]
    body.do(field, {"value": "2000" if field == "until" else "3"})
    assert "aria-invalid" not in body.parts()["fields"]
    assert "runs</strong>" in body.parts()["plan"]


def test_what_is_half_written_is_not_wrong_yet(lab):
    body = Experiments(lab, "mm3")
    body.do("field-1", {"value": "organisation.ag"})
    body.do("values-1", {"value": "1, 2"})
    assert "aria-invalid" not in body.parts()["fields"]
    body.do("field-1", {"value": "organisation.nonsense"})
    assert "aria-invalid" in body.parts()["fields"]


def test_a_scenario_that_is_not_there_is_said_and_no_other_is_opened(lab):
    body = Experiments(lab, "nobody.yaml")
    assert "not in the gallery, given nobody.yaml" in body.parts()["told"]
    assert body.form.scenario == ""
    assert "Choose a scenario" in body.parts()["fields"]
    assert "(choose one)" in str(body.layout())


def test_compiling_is_said_where_it_is_still_to_be_done(tmp_path):
    if not compiled.available():
        pytest.skip("no numba")
    code = (
        "import vsmlab; from pathlib import Path; from vsmlab.apps.lab import Lab\n"
        "from vsmlab.apps.sweeping.asking import time_for; from vsmlab.apps.sweeping.page import Experiments\n"
        "few = time_for(vsmlab.load('mm3'), 1, 1)\n"
        "assert few.compiling == 0.0, 'so few are not compiled for'\n"
        "body = Experiments(Lab(runs=(Path('runs'),), here=Path.cwd()), 'mm3')\n"
        "body.do('vary', {'path': 'organisation.agents'}); body.do('replications', {'value': '50'})\n"
        "print(body.parts()['plan'])"
    )
    environment = {**os.environ, "VSMLAB_CACHE": str(tmp_path / "none")}
    told = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "20 s of it to compile the laws, once on this machine (a rough guess)" in told.stdout


def test_figure_and_table_tell_a_measure_in_one_unit(swept):
    _, one, *_ = swept
    unit = re.search(r"mean wait \((\w+)\)", show(one, WAIT))[1]
    said = show(one, WAIT)
    assert f"Mean ({unit})" in said
    assert f"Difference from the first ({unit})" in said
    mean = one.mean(0, WAIT).value / {"s": 1.0, "ms": 1e-3}[unit]
    assert f">{number(mean)}</td>" in said


def test_a_sweep_runs_and_is_that_of_the_library(lab):
    body = Experiments(lab, "mm3")
    body.do("start", SMALL)
    (job,) = lab.jobs.all()
    until(lambda: over(lab), "the sweep ends")
    assert job.state == "done", job.wrong
    assert "6 of 6 runs" in job.doing
    parts = body.parts()
    assert "agents=4" in parts["results"]
    assert "Holm’s p" in parts["results"]
    assert "<svg" in parts["results"]
    assert "sweep-table?name=mm3-" in parts["results"]
    assert "organisation.agents = 3, 4" in parts["kept"]
    there = vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, until=1200.0, replications=3, workers=1,
                         measure=[WAIT, "units.desk.served"], under=lab.here / "again")  # fmt: skip
    mine = Sweep(job.folder)
    assert mine.folder.name == there.folder.name  # the same question, the same name: the shell finds it, too
    assert list(mine.table["digest"]) == list(there.table["digest"])
    assert kept.pace(lab, "mm3") > 0.0
    plan = check(lab, {"scenario": "mm3", **SMALL})
    assert time_for(plan.points[0], 2, 3, kept.pace(lab, "mm3")).seconds < 60.0
    assert "(as long as earlier ones took)" in parts["plan"]  # not a guess any more


def test_a_cancelled_sweep_keeps_what_is_finished_and_is_gone_on_with(lab):
    body = Experiments(lab, "mm3")
    body.do("start", {**SMALL, "until": "60000", "replications": "400"})
    (job,) = lab.jobs.all()
    part = lab.here / "sweeps" / Path(job.order["folder"]).name / "runs.part.jsonl"
    until(lambda: part.is_file() and part.read_bytes().count(b"\n") >= 3, "three runs are there")
    assert "Cancel" in body.parts()["jobs"]
    body.do("cancel", {"job": str(job.number)})
    until(lambda: job._process is None, "its process ends")
    assert job.state == "cancelled"
    (one,) = kept.all_kept(lab)
    assert one.done >= 3
    assert one.wanted == 400
    assert not one.finished
    before = part.read_bytes()
    assert "are kept" in body.parts()["jobs"]
    anew = Experiments(lab, "mm3")  # another window, after whatever
    assert f"{one.done:,} of 800" in anew.parts()["kept"]
    anew.do("go-on", {"name": one.name, "seeds": str(one.done)})
    second = lab.jobs.all()[0]
    anew.do("go-on", {"name": one.name, "seeds": "3"})
    assert "going on already" in anew.parts()["told"]
    until(lambda: second.had > 0.0 or second.over, "it counts what is there")
    assert second.had > 0.0
    anew.do("cancel", {"job": str(second.number)})
    until(lambda: second._process is None, "its process ends")
    assert part.read_bytes().startswith(before)


def test_more_seeds_go_on_from_a_finished_one(lab):
    vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, until=1200.0, replications=2, workers=1,
                 out=lab.here / "sweeps" / "mine")  # fmt: skip
    first = list(Sweep(lab.here / "sweeps" / "mine").table["digest"])
    body = Experiments(lab, "", "mine")
    assert "mine" in body.parts()["results"]
    body.do("go-on", {"name": "mine", "seeds": "3"})
    until(lambda: lab.jobs.all() and over(lab), "it ends")
    assert lab.jobs.all()[0].state == "done", lab.jobs.all()[0].wrong
    table = Sweep(lab.here / "sweeps" / "mine").table
    assert len(table) == 6
    assert list(table[table["replication"] < 2]["digest"]) == first


def test_what_another_vsmlab_began_is_not_gone_on_with(lab):
    done = vsmlab.sweep("mm3", over={"organisation.agents": [3]}, until=1200.0, replications=1, workers=1,
                        out=lab.here / "sweeps" / "old")  # fmt: skip
    asked = json.loads((done.folder / "experiment.json").read_text(encoding="utf-8"))
    (done.folder / "experiment.json").write_text(json.dumps(asked | {"code": "0" * 64}), encoding="utf-8")
    with pytest.raises(InputError, match="another version of vsmlab"):
        kept.going_on(lab, "old", "2")
    for name in ("../x", ".", "", "nobody", HOSTILE):
        with pytest.raises(InputError):
            kept.going_on(lab, name, "2")


def test_results_have_intervals_differences_and_one_figure(swept):
    _, one, two, out = swept
    for done, measure in ((one, WAIT), (two, WAIT), (out, out.shown[0])):
        said = show(done, measure)
        assert said.count("<svg") == 1
        assert "95 % interval" in said
        assert "Holm’s p" in said
    assert "all 2 measures" in show(two, WAIT)
    assert "exponential.mean 0.5" in show(two, WAIT)
    known = {p.point: p for p in one.differences([WAIT])}
    assert f"{known[1].holm:.3f}" in show(one, WAIT)
    assert b"".join(csv_of(one.folder)).decode().count("\n") == 7


def test_failed_runs_are_told_with_their_reason(swept, tmp_path):
    import shutil

    import pyarrow as pa
    import pyarrow.parquet as pq

    _, one, *_ = swept
    folder = tmp_path / "sweeps" / "failed"
    shutil.copytree(one.folder, folder)
    table = pq.read_table(folder / "runs.parquet")
    status, reason = ["failed"] + ["done"] * 5, [HOSTILE, None, None, None, None, None]
    for name, values in (("status", status), ("reason", reason)):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pa.array(values, pa.string()))
    pq.write_table(table, folder / "runs.parquet")
    lab = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    body = Experiments(lab, "", "failed")
    said = everything(body)
    assert "1 run failed" in said
    assert "&lt;script&gt;" in said
    assert "<script" not in said
    assert "1 failed" in body.parts()["kept"]
    assert "Go on" in body.parts()["kept"]  # what failed is tried again
    lab.jobs.close()


def test_hostile_and_broken_folders_are_text(swept, tmp_path):
    import shutil

    _, one, *_ = swept
    sweeps = tmp_path / "sweeps"
    hostile = sweeps / "a<b>&c"
    shutil.copytree(one.folder, hostile)
    asked = json.loads((hostile / "experiment.json").read_text(encoding="utf-8"))
    asked |= {"title": HOSTILE, "name": HOSTILE}
    (hostile / "experiment.json").write_text(json.dumps(asked), encoding="utf-8")
    for name, text in (("broken", "{"), ("list", "[]"), ("empty", '{"format": 1}')):
        (sweeps / name).mkdir()
        (sweeps / name / "experiment.json").write_text(text, encoding="utf-8")
    (sweeps / "link").symlink_to(one.folder)
    lab = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    body = Experiments(lab, HOSTILE, "a<b>&c")
    for name in ("broken", "list", "empty", "link", "../..", HOSTILE):
        body.do("open", {"name": name})
        said = everything(body)
        assert "<script" not in said
        assert "<img" not in said
        assert "<b>" not in said
    assert "link" not in [found.name for found in kept.all_kept(lab)]
    assert sum(bool(found.wrong) for found in kept.all_kept(lab)) == 3
    lab.jobs.close()


def test_an_own_scenario_is_swept_and_gone_on_with(lab):
    (lab.here / "calls.csv").write_text("time,work\n0,1\n2,1\n5,2\n", encoding="utf-8")
    text = (
        "version: 1\nname: mine\ntitle: Mine\nshows: Something\nhorizon: 20\nenvironment:\n  demand:\n    tasks:\n"
        "      trace: {file: calls.csv, time: time, columns: {work: work}}\n      work: {linear: {work: 1}}\n"
        "      to: desk\norganisation: {name: desk, agents: 1}\n"
    )
    file = lab.here / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    given = {"field-1": "organisation.agents", "values-1": "1, 2", "replications": "2", "m-served": "yes"}
    plan = check(lab, {"scenario": str(file), **given})
    order = order_of(plan, kept.sweeps_of(lab))
    from vsmlab.apps.sweeping.work import carry_out_order

    carry_out_order(order, lambda **said: None)
    again = kept.going_on(lab, plan.name, "3")
    assert again["folder"] == order["folder"]
    assert loaded_of(lab, str(file)).scenario.name == "mine"


def test_the_page_is_built_for_any_address(lab):
    for asked in ({}, {"scenario": "mm3"}, {"scenario": HOSTILE}, {"open": "../x"}, {"open": HOSTILE}):
        shown = page(lab, asked)
        assert "<script" not in everything(shown.body)


def test_what_is_left_is_reckoned_from_what_was_made_now():
    job = Job(1, "x", {}, state="running", share=0.6, had=0.5, began=0.0)
    assert job.seconds_left(10.0) == pytest.approx(40.0)
    assert Job(1, "x", {}, state="running", share=0.5, had=0.5, began=0.0).seconds_left(10.0) is None


def many_operations(count):
    return {
        "version": 1, "name": "big", "title": "Big", "horizon": 3600,
        "environment": {"demand": {"requests": {"arrivals": {"poisson": {"rate": 1.5}},
                                                "work": {"exponential": {"mean": 2.0}}, "to": "big"}}},
        "organisation": {"name": "big", "system2": {"period": 5, "gain": 0.4}, "system3": {"period": 30},
                         "operations": {f"op-{at}": {"agents": 2} for at in range(count)}},
    }  # fmt: skip


def test_the_numbers_of_four_times_the_operations_are_found_in_about_four_times_the_steps():
    steps = []
    for count in (10, 40):
        loaded, made = vsmlab.load(many_operations(count)), 0

        def one_more(frame, event, given):
            nonlocal made
            made += event == "call"

        before = sys.getprofile()
        sys.setprofile(one_more)
        try:
            found = settings_of(loaded)
        finally:
            sys.setprofile(before)
        assert sum(one.path.endswith(".agents") for one in found) >= count
        steps.append(made)
    assert steps[1] < 5 * steps[0]


def test_looking_for_numbers_leaves_the_scenario_as_it_is():
    loaded = vsmlab.load(many_operations(3))
    before = json.dumps(loaded.raw)
    found = [one.path for one in settings_of(loaded)]
    assert len(set(found)) == len(found)
    assert json.dumps(loaded.raw) == before


def test_a_list_of_numbers_that_is_cut_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "MOST_SETTINGS", 20)
    monkeypatch.setattr(form, "MOST_SETTINGS", 20)
    text = "\n".join(f"{name}: {json.dumps(said)}" for name, said in many_operations(30).items())
    (tmp_path / "big.yaml").write_text(text, encoding="utf-8")
    lab = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    body = page(lab, {"scenario": "big.yaml"}).body
    assert "The first 20 numbers of this scenario" in body.parts()["fields"]
    body.do("field-1", {"value": "organisation.operations.op-29.agents"})
    body.do("values-1", {"value": "1, 2, 4"})
    assert "wrong-text" not in body.parts()["fields"]


def test_the_focus_goes_to_what_was_asked_for_and_to_nothing_that_came_by_itself(swept):
    lab, one, _, _ = swept
    body = page(lab, {"open": one.folder.name}).body
    assert "data-ask" not in body.parts()["results"]
    body.do("open", {"name": one.folder.name})
    assert 'data-ask="1"' in body.parts()["results"]
    body.do("close", {})
    body.do("go-on", {"name": "no such"})
    assert 'data-ask="1"' in body.parts()["told"]
    body.do("scenario", {"value": "mm3"})
    assert "data-ask" not in body.parts()["told"]
