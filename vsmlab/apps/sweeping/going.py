"""Experiments that go on or have just ended: how far each is, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from vsmlab.apps.jobs import Job
from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping import kept
from vsmlab.apps.sweeping.pieces import press, roughly
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted


def going_on(lab: Lab) -> Markup:
    """The experiments of this session, with how far they are."""
    jobs = [job for job in lab.jobs.all() if "experiment" in job.order]
    if not jobs:
        return Markup("")
    now = lab.jobs.clock()
    listed = element("ul", *(_shown(lab, job, now) for job in jobs), class_="jobs")
    return element(
        "section",
        element("h2", "Experiments of this session"),
        listed,
        class_="panel",
        aria_label="Experiments of this session",
    )


def _shown(lab: Lab, job: Job, now: float) -> Markup:
    folder = Path(job.order["folder"])
    name, key = element("strong", job.title), f"job-{job.number}"
    told = f"{job.title}, number {job.number}"
    hide = press("Hide", "hide", f"Hide {told}", data_job=str(job.number))
    if job.state == "done":
        look = press("Show", "open", f"Show {told}", data_name=folder.name)
        return element(
            "li",
            element("span", name, " is done"),
            element("span", look, hide, class_="row"),
            data_key=key,
        )
    if job.over:
        there = next((one for one in kept.all_kept(lab) if one.name == folder.name), None)
        done = there.done if there is not None else 0
        kept_runs = (
            f"{counted(done, 'run')} {'is' if done == 1 else 'are'} kept" if done else "no run was finished"
        )
        why = (
            join([" failed: ", element("span", job.wrong, class_="wrong-text"), f"; {kept_runs}"])
            if job.state == "failed"
            else join([f" was cancelled; {kept_runs}"])
        )
        again = (
            press("Go on", "go-on", f"Go on with {told}", data_name=folder.name)
            if there is not None
            else None
        )
        acts = element("span", again, hide, class_="row")
        return element("li", element("span", name, why), acts, data_key=key)
    doing = "waits for a free processor" if job.state == "waiting" else job.doing or "starts"
    left = job.seconds_left(now)
    text = f": {doing}" + (f", about {roughly(left)} left" if left is not None else "")
    bar = element("progress", value=f"{job.share:.3f}", max="1", aria_label=f"Progress of {job.title}")
    cancel = press("Cancel", "cancel", f"Cancel {told}", data_job=str(job.number))
    return element("li", element("span", name, text), cancel, bar, data_key=key)
