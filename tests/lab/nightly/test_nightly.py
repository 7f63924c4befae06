"""The verb nightly from end to end: good, out of its band, failed, too slow, busy, wrong, killed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vsmlab.cli import main
from vsmlab.lab.nightly.history import append, read_history
from vsmlab.lab.nightly.kept import MIME, kept_in, plain_measures
from vsmlab.lab.nightly.locks import held
from vsmlab.lab.nightly.nights import _past
from vsmlab.lab.nightly.printing import browser
from vsmlab.lab.nightly.processes import descendants, end_family
from vsmlab.lab.nightly.reading import read_nightly

ROOT = Path(__file__).resolve().parents[3]
TINY = """\
version: 1
name: tiny
title: A tiny hall
horizon: 200
seed: 4
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1.5}}, work: {exponential: {mean: 1.0}}, to: hall}
organisation: {name: hall, agents: 3}
expect:
  - {measure: units.hall.arrivals, min: 100, why: they come}
"""
SCENARIO = """\
version: 1
name: tiny
title: <script>alert(1)</script>
jobs:
  hall:
    scenario: tiny.yaml
    pdf: false
    measures: [units.hall.mean_wait_s]
    bands: {units.hall.arrivals: {min: 100, max: 1000}}
"""


def shell(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def book(*cells: str, parameters: str = "seed = 1\nfactor = 2.0") -> str:
    """A notebook with these cells of code below its parameters."""
    made = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {"tags": ["parameters"]} if k == 0 else {},
         "source": source, "execution_count": None, "outputs": []}
        for k, source in enumerate([parameters, *cells])
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "night.yaml").write_text(SCENARIO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def changed(folder, *pairs):
    file = folder / "night.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def history(folder):
    return read_history(folder / "reports" / "nightly" / "tiny" / "history.jsonl")


def test_a_scenario_is_run_kept_and_shown(folder, capsys):
    assert shell("nightly", "night.yaml", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    (one,) = history(folder)
    assert told["executions"] == [json.loads(json.dumps(one.plain()))]
    assert one.good
    assert one.peak_bytes > 10_000_000
    assert set(one.measures) == {"units.hall.mean_wait_s", "units.hall.arrivals"}
    reports = folder / "reports" / "nightly" / "tiny"
    assert shell("verify", str(reports / one.folder / "run")) == 0
    page = (reports / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("✓ inside") == 2  # the band, and the scenario's own expectation of the same measure
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    links = re.findall(r'href="([^#"]+)"', page)
    assert links
    assert all((reports / link).is_file() for link in links)
    assert [path.name for path in (reports / "hall").iterdir() if path.name.startswith(".2")] == []


def test_a_band_that_is_left_ends_with_1_and_is_named(folder, capsys):
    changed(folder, ("max: 1000", "max: 150"))
    assert shell("nightly", "night.yaml") == 1
    assert "hall: units.hall.arrivals left its band" in capsys.readouterr().err
    (one,) = history(folder)
    assert not one.good
    assert one.error == ""
    assert "outside" in (folder / "reports/nightly/tiny/index.html").read_text(encoding="utf-8")


def test_an_expectation_of_the_scenario_counts_unless_it_is_left_out(folder, capsys):
    (folder / "tiny.yaml").write_text(TINY.replace("min: 100", "min: 9000"), encoding="utf-8")
    assert shell("nightly", "night.yaml") == 1
    assert "units.hall.arrivals" in capsys.readouterr().err
    changed(folder, ("pdf: false", "pdf: false\n    expect: false"))
    assert shell("nightly", "night.yaml") == 0


def again(folder, execution, times):
    """The same execution recorded so many times more, without executing it."""
    for _ in range(times):
        append(folder / "reports/nightly/tiny/history.jsonl", execution)


def test_deviations_are_of_earlier_executions_and_what_left_is_none_of_them(folder, capsys):
    changed(
        folder, ("{min: 100, max: 1000}", "{deviations: 3}"), ("pdf: false", "pdf: false\n    expect: false")
    )
    assert shell("nightly", "night.yaml") == 0
    (first,) = history(folder)
    assert first.verdicts[0]["inside"] is None
    again(folder, first, 3)
    changed(folder, ("pdf: false", "pdf: false\n    seed: 5"))
    assert shell("nightly", "night.yaml") == 1
    out = history(folder)[-1]
    assert out.verdicts[0]["inside"] is False
    again(folder, out, 20)
    (planned,) = read_nightly(folder / "night.yaml")[1]
    band, measure = planned.job.bands["units.hall.arrivals"], "units.hall.arrivals"
    # A change is not forgotten because it lasts: it stays outside until somebody accepts it.
    assert _past(measure, band, history(folder)) == [first.measures[measure]] * 4
    accepted = band.model_copy(update={"since": "2999-01-01"})
    assert _past(measure, accepted, history(folder)) == []


def test_the_seed_may_vary_with_each_execution(folder):
    changed(folder, ("pdf: false", "pdf: false\n    seed: 7\n    vary: seed"))
    assert shell("nightly", "night.yaml") == 0
    (one,) = history(folder)
    assert one.given[-1] == "seed=7"
    (planned,) = read_nightly(folder / "night.yaml")[1]
    assert planned.nth(1)[1][-1] == "seed=8"


def test_only_so_many_folders_are_left_and_the_history_keeps_all(folder):
    changed(folder, ("jobs:", "folders: 2\njobs:"))
    made = folder / "reports/nightly/tiny/hall"
    for name in ("2025-01-01T03-00-00Z", "2025-01-01T03-00-00Z-2", "2025-01-01T03-00-00Z-10"):
        (made / name).mkdir(parents=True)
    assert shell("nightly", "night.yaml") == 0
    left = {path.name for path in made.glob("2*")}
    assert left == {"2025-01-01T03-00-00Z-10", history(folder)[-1].folder.rpartition("/")[2]}


def test_a_measure_that_is_not_there_is_said(folder, capsys):
    changed(folder, ("mean_wait_s]", "mean_wait_z]"))
    assert shell("nightly", "night.yaml") == 1
    assert "units.hall.mean_wait_z: there is no such measure" in capsys.readouterr().err


def test_nothing_is_written_by_list_and_dry_run(folder, capsys):
    assert shell("nightly", "night.yaml", "--dry-run") == 0
    assert "nothing was executed" in capsys.readouterr().out
    assert shell("nightly", "night.yaml", "--list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["jobs"][0]["last"] is None
    assert not (folder / "reports").exists()


def test_a_job_that_is_executed_elsewhere_is_left_alone(folder, capsys):
    job = folder / "reports/nightly/tiny/hall"
    job.mkdir(parents=True)
    with held(job / ".lock", datetime(2026, 1, 2, tzinfo=UTC)):
        assert shell("nightly", "night.yaml") == 3
    assert f"process {os.getpid()}" in (said := capsys.readouterr().err)
    assert "since 2026-01-02" in said
    assert history(folder) == []
    assert shell("nightly", "night.yaml") == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scenario: tiny.yaml", "scenari: tiny.yaml", "did you mean scenario"),
        ("scenario: tiny.yaml", "pdf: true", "a key that is there twice"),
        ("scenario: tiny.yaml", "scenario: no-such-one", "unknown scenario"),
        ("    scenario: tiny.yaml\n", "", "what to execute is missing"),
        ("scenario: tiny.yaml", "notebook: none.ipynb", "there is no such file"),
        ("scenario: tiny.yaml", "notebook: tiny.yaml", "not a notebook"),
        (
            "scenario: tiny.yaml",
            "scenario: tiny.yaml\n    parameters: {a: 1}",
            "a scenario has no parameters",
        ),
        ("scenario: tiny.yaml", "scenario: tiny.yaml\n    vary: rate", "only the seed"),
        ("scenario: tiny.yaml", "scenario: tiny.yaml\n    seed: one", "not a whole number"),
        ("scenario: tiny.yaml", "scenario: tiny.yaml\n    timeout: 0", "must be above 0"),
        ("{min: 100, max: 1000}", "{min: 3, max: 2}", "min is above max"),
        ("{min: 100, max: 1000}", "{}", "a band without limits"),
        ("{min: 100, max: 1000}", "{deviations: 1, since: 2026}", "since"),
        ("  hall:", "  Hall:", "not a name"),
        ("version: 1", "version: 2", "version"),
    ],
)
def test_wrong_input_is_refused_with_2_and_nothing_is_written(folder, capsys, old, new, said):
    changed(folder, (old, new))
    assert shell("nightly", "night.yaml") == 2
    error = capsys.readouterr().err
    assert said in error
    assert "night.yaml" in error
    assert len(error.splitlines()) == 1
    assert not (folder / "reports").exists()


def test_a_parameter_of_another_name_or_type_is_refused(folder, capsys):
    (folder / "n.ipynb").write_text(book(), encoding="utf-8")
    for given, said in (
        ("sed: 1", "did you mean seed"),
        ("seed: one", "another type"),
        ("seed: 1.5", "a whole number"),
    ):
        (folder / "night.yaml").write_text(
            f"version: 1\nname: n\njobs: {{a: {{notebook: n.ipynb, parameters: {{{given}}}}}}}",
            encoding="utf-8",
        )
        assert shell("nightly", "night.yaml") == 2
        assert said in capsys.readouterr().err
    assert shell("nightly", "night.yaml", "--job", "b") == 2


NOTEBOOKS = """\
version: 1
name: tiny
jobs:
  breaks: {notebook: breaks.ipynb, pdf: false}
  sleeps: {notebook: sleeps.ipynb, pdf: false, timeout: 9}
  keeps:
    notebook: keeps.ipynb
    parameters: {seed: 5, factor: 3}
    measures: [made.out_of, nothing]
    bands: {made.product: {min: 15, max: 15}}
"""


def test_notebooks_are_executed_and_one_that_fails_or_hangs_stops_no_other(folder, capsys):
    (folder / "breaks.ipynb").write_text(book("1 / 0"), encoding="utf-8")
    child = "import subprocess, time, pathlib\nchild = subprocess.Popen(['sleep', '600'])"
    told = "import os\npathlib.Path('pids').write_text(f'{os.getpid()} {child.pid}')\ntime.sleep(600)"
    (folder / "sleeps.ipynb").write_text(book(child, told), encoding="utf-8")
    keep = "import numpy, vsmlab\nproduct = numpy.float64(seed * factor)\n"
    keep += "vsmlab.notebook.keep({'made': {'product': product, 'out_of': seed}})"
    (folder / "keeps.ipynb").write_text(
        book(keep, "vsmlab.notebook.keep({'nothing': None})\nprint(type(factor))"), encoding="utf-8"
    )
    (folder / "night.yaml").write_text(NOTEBOOKS, encoding="utf-8")
    assert shell("nightly", "night.yaml") == 1
    said = capsys.readouterr().err
    assert "breaks: cell [2]: ZeroDivisionError: division by zero" in said
    assert "sleeps: stopped after 9 s" in said
    breaks, sleeps, keeps = history(folder)
    assert (breaks.good, sleeps.good, keeps.good) == (False, False, True)
    assert dict(keeps.measures) == {"made.out_of": 5.0, "nothing": None, "made.product": 15.0}
    assert keeps.given == {"seed": 5, "factor": 3.0}
    assert sleeps.seconds < 30
    if (folder / "pids").exists():  # the kernel came so far before its time was up
        for pid in map(int, (folder / "pids").read_text().split()):
            assert not alive(pid)
    reports = folder / "reports/nightly/tiny"
    executed = json.loads((reports / keeps.files["notebook"]).read_text(encoding="utf-8"))
    assert kept_in(executed) == {"made": {"product": 15.0, "out_of": 5}, "nothing": None}
    assert "float" in json.dumps(executed["cells"])
    page = (reports / keeps.files["page"]).read_text(encoding="utf-8")
    assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', page)
    assert "default-src 'none'" in page
    if browser() is None:
        assert "no PDF" in keeps.remarks[0]
    else:
        assert (reports / keeps.files["PDF"]).read_bytes().startswith(b"%PDF-")


in_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@in_proc
def test_a_process_that_is_started_anew_whenever_it_ends_is_ended_too():
    mark = f"600.{os.getpid()}"  # no other process sleeps so long
    watch = f"import subprocess\nwhile True: subprocess.run(['sleep', '{mark}'], start_new_session=True)"
    root = subprocess.Popen([sys.executable, "-c", watch])
    wait_until(lambda: descendants(root.pid))
    found = descendants(root.pid)
    end_family(root.pid)
    root.wait()
    assert not any(map(alive, found))
    assert not [file for file in Path("/proc").glob("[0-9]*/cmdline") if command(file) == ["sleep", mark]]


def command(file):
    try:
        return file.read_text(encoding="utf-8").split("\0")[:-1]
    except OSError:
        return []


@in_proc
def test_a_night_that_is_killed_leaves_no_line_no_process_and_no_lock(folder):
    changed(folder, ("scenario: tiny.yaml", "scenario: tiny.yaml\n    until: 5e7"))
    night = subprocess.Popen(
        [sys.executable, "-c", "from vsmlab.cli import main; main()", "nightly", "night.yaml"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started = {}
    wait_until(
        lambda: list((folder / "reports").rglob(".2*/.run.*")) or list((folder / "reports").rglob("*.part*"))
    )
    started = descendants(night.pid)
    assert started
    night.send_signal(signal.SIGKILL)
    night.wait()
    wait_until(lambda: not any(alive(pid) for pid in started))
    assert history(folder) == []
    changed(folder, ("until: 5e7", "until: 200"))
    assert shell("nightly", "night.yaml") == 0
    assert len(history(folder)) == 1
    assert list((folder / "reports/nightly/tiny/hall").glob(".2*")) == []


def wait_until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    "wrong", [{"a": "1"}, {"a": True}, {"a": float("nan")}, {"": 1}, {1: 1}, {"a": {"b": [1]}}]
)
def test_only_finite_numbers_are_measures(wrong):
    with pytest.raises(ValueError, match="measure"):
        plain_measures(wrong)


def test_later_measures_lie_over_earlier_ones_and_other_outputs_do_not_count():
    output = [
        {"data": {MIME: {"a": 1, "b": 2}}},
        {"data": {"application/json": {"a": 9}}},
        {"data": {MIME: {"a": 3}}},
    ]
    assert kept_in({"cells": [{"cell_type": "markdown"}, {"outputs": output}]}) == {"a": 3, "b": 2}


def test_the_shipped_files_can_be_executed(capsys):
    for file in sorted((ROOT / "nightly").glob("*.yaml")):
        assert shell("nightly", str(file), "--dry-run") == 0
    capsys.readouterr()


def test_every_field_is_in_the_documentation():
    from vsmlab.lab.nightly.document import Band, Job, Nightly

    page = (ROOT / "docs" / "nightly.md").read_text(encoding="utf-8")
    for model in (Nightly, Job, Band):
        for name, field in model.model_fields.items():
            assert f"| `{name}` |" in page, name
            assert field.description in page, name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("spoilt", [False, True])
def test_the_units_for_systemd_are_well_formed(tmp_path, spoilt):
    command = tmp_path / "vsmlab"
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    for unit in (ROOT / "nightly").glob("vsmlab-nightly@.*"):
        text = unit.read_text(encoding="utf-8").replace("%h/vsmlab/.venv/bin/vsmlab", str(command))
        if spoilt:
            text = text.replace("OnCalendar=", "OnCalender=").replace("Type=oneshot", "Type=once")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / "vsmlab-nightly@example.service"), str(tmp_path / "vsmlab-nightly@example.timer")]
    for unit in units:
        shutil.copy(unit.replace("@example", "@"), unit)
    command = ["systemd-analyze", "--user", "verify", *units]
    own = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert bool(complaints) is spoilt, done.stderr
