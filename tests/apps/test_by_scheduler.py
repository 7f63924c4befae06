"""A nightly file as a job of JupyterLab's own scheduler: the same history, bands and lock as in the shell."""

from __future__ import annotations

import json
import shutil
import urllib.request
from datetime import UTC, datetime

import pytest
from browser import until
from jupyterlab_served import LAB, ROOT, jupyter

from vsmlab.lab.nightly.history import read_history
from vsmlab.lab.nightly.locks import held

pytest.importorskip("jupyter_scheduler")
pytestmark = pytest.mark.slow

TINY = """\
version: 1
name: tiny
title: A tiny hall
horizon: 200
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1.5}}, work: {exponential: {mean: 1.0}}, to: hall}
organisation: {name: hall, agents: 3}
"""
NIGHT = """\
version: 1
name: tiny
title: A tiny hall
jobs:
  good: {scenario: tiny.yaml, pdf: false, bands: {units.hall.arrivals: {min: 100, max: 1000}}}
  bad: {scenario: tiny.yaml, pdf: false, bands: {units.hall.arrivals: {max: 1}}}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `make lab` opens it, on a folder with the notebook of the repository; folder and address."""
    folder = tmp_path_factory.mktemp("scheduled")
    (folder / "nightly").mkdir()
    shutil.copy(ROOT / "nightly" / "job.ipynb", folder / "nightly")
    (folder / "nightly" / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "nightly" / "night.yaml").write_text(NIGHT, encoding="utf-8")
    with jupyter(folder, LAB, ".") as (address, _):
        yield folder, address


def asked(address, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/scheduler/{path}", data, {"Authorization": "token t"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def ended(lab, job):
    """What became of one job of the file, scheduled as a person does: the notebook with its parameters."""
    _, address = lab
    environment = asked(address, "runtime_environments")[0]
    made = asked(address, "jobs", {
        "name": job, "input_uri": "nightly/job.ipynb", "runtime_environment_name": environment["name"],
        "parameters": {"file": '"nightly/night.yaml"', "job": f'"{job}"'}, "output_formats": ["ipynb"],
    })  # fmt: skip
    found = {}

    def over():
        found.update(asked(address, f"jobs/{made['job_id']}"))
        return found["status"] in ("COMPLETED", "FAILED")  # before it begins it is STOPPED

    until(over, "the job has ended", 120.0)
    return found


def history(lab):
    return read_history(lab[0] / "reports" / "nightly" / "tiny" / "history.jsonl")


def test_a_good_job_is_completed_and_stands_in_the_history(lab):
    assert ended(lab, "good")["status"] == "COMPLETED"
    assert [(one.job, one.good) for one in history(lab)] == [("good", True)]
    assert (lab[0] / "reports/nightly/tiny/index.html").is_file()


def test_a_measure_out_of_its_band_makes_the_job_fail_and_is_named(lab):
    said = ended(lab, "bad")
    assert said["status"] == "FAILED"
    assert "units.hall.arrivals left its band" in said["status_message"]
    assert [one.good for one in history(lab) if one.job == "bad"] == [False]


def test_a_job_that_the_shell_executes_is_left_alone(lab):
    before = len(history(lab))
    folder = lab[0] / "reports/nightly/tiny/good"
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / ".lock", datetime.now(UTC)):
        assert ended(lab, "good")["status"] == "COMPLETED"
    assert len(history(lab)) == before
