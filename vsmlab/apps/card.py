"""A scenario as a card of the gallery: what it shows and teaches, what is done with it, how its run stands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vsmlab.apps.catalogue import Entry
from vsmlab.apps.form_fields import WrongFieldsError, field, number_given, sentence
from vsmlab.apps.jobs import Job
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.pages import serves
from vsmlab.errors import InputError
from vsmlab.lab.begin_here import step_of
from vsmlab.lab.loader import load
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration

_ELSEWHERE: Final = (("/canvas", "Canvas"), ("/live", "Live"), ("/sweep", "Vary"))
"""Pages that take a scenario, and what their buttons say; a button is there when its page is."""
_OTHERWISE: Final = (("seed", "Seed", "seed", "numeric"), ("until", "Horizon", "horizon", "decimal"))
"""Fields of "Run it otherwise": name in the form, label, field of the scenario, keyboard."""
_NONE: Final[Mapping[str, str]] = {}


def key_of(entry: Entry) -> str:
    """What tells a card from the others, in names of its parts."""
    if entry.shipped:
        return entry.name
    return f"own-{hashlib.sha256(os.fsencode(entry.source)).hexdigest()[:12]}"


def card(entry: Entry, *, notebook: bool, wrong: Mapping[str, str] = _NONE) -> Markup:
    """The card, with two places that change by themselves: ``said-KEY``, which is read out, and ``going-KEY``.

    Args:
        entry: The scenario.
        notebook: Whether a notebook belongs to it.
        wrong: What is wrong with what was typed, by field.
    """
    where = "shipped" if entry.shipped else Path(entry.source).name
    facts = element("p", element("code", entry.name), f" · {where}", class_="facts")
    if entry.wrong:
        picture = element("div", "It cannot be read", class_="thumb none")
        said = [element("h3", entry.title), facts, element("p", entry.wrong, class_="wrong-text")]
    else:
        picture = _picture(entry)
        size = (
            f"{counted(entry.agents, 'agent')}, {_systems(entry.systems)}, {counted(entry.levels, 'level')}"
        )
        said = [
            _step(entry),
            element("h3", element("a", entry.title, href=_look(entry))),
            facts,
            element("p", entry.one_line) if entry.one_line else Markup(""),
            element("p", size, class_="facts"),
            _story(entry),
            _acts(entry, notebook, wrong),
        ]
    body = element("div", *said, class_="body")
    return element("li", picture, body, class_="card", data_key=f"card-{key_of(entry)}")


def _look(entry: Entry) -> str:
    """Where one sees what it does: it is played there."""
    return address("/live" if serves("/live") else "/canvas", scenario=entry.called)


def _picture(entry: Entry) -> Markup:
    """Its drawing, which leads where its title leads; what it shows is said in words below."""
    return element("a", entry.picture, href=_look(entry), class_="thumb", aria_hidden="true", tabindex="-1")


def _step(entry: Entry) -> Markup:
    step = step_of(entry.name) if entry.shipped else None
    return Markup("") if step is None else element("p", f"{step[0]} · {step[1].adds}", class_="step")


def _story(entry: Entry) -> Markup:
    told = [("What happens", entry.shows), ("What it teaches", entry.lesson)]
    parts = [part for name, text in told if text for part in (element("h4", name), element("p", text))]
    if not parts:
        return Markup("")
    return element("details", element("summary", "The whole story"), *parts, class_="story")


def _acts(entry: Entry, notebook: bool, wrong: Mapping[str, str]) -> Markup:
    run = element("button", "Run", type="button", data_do="run", data_scenario=entry.called, class_="main",
                  aria_label=f"Run {entry.name}")  # fmt: skip
    acts = [run]
    for route, name in _ELSEWHERE:
        if serves(route):
            where = address(route, scenario=entry.called)
            acts.append(element("a", name, href=where, class_="button", aria_label=f"{name} of {entry.name}"))
    if notebook:
        acts.append(element("button", "Notebook", type="button", data_do="notebook", data_scenario=entry.called,
                            aria_label=f"Notebook of {entry.name}"))  # fmt: skip
    key = key_of(entry)
    fields = [
        field(f"{label} (s)" if name == "until" else label, name, f"{name}-{key}", wrong=wrong.get(name, ""),
              inputmode=keyboard)
        for name, label, _, keyboard in _OTHERWISE
    ]  # fmt: skip
    otherwise = element(
        "details",
        element("summary", "Run it otherwise"),
        element("form", *fields, element("button", "Run so", type="submit"), data_do="run",
                data_scenario=entry.called, class_="row top", novalidate=True),
    )  # fmt: skip
    return element(
        "div",
        element("div", *acts, class_="row"),
        element("div", data_part=f"said-{key}", role="status", class_="said"),
        element("div", data_part=f"going-{key}", class_="going"),
        otherwise,
        class_="acts",
    )


def overrides_asked_for(entry: Entry, given: Mapping[str, str]) -> list[str]:
    """What "Run it otherwise" asks for, each field tried on the scenario.

    Raises:
        WrongFieldsError: With a sentence for each field that is wrong.
    """
    found, wrong = [], {}
    for name, label, path, _ in _OTHERWISE:
        text = given.get(name, "").strip()
        if not text:
            continue
        try:
            override = f"{path}={number_given(label, text, whole=name == 'seed')}"
            load(entry.source, overrides=[override])
        except InputError as exc:
            wrong[name] = (
                f"{label}: it must be above the warm-up, {exc.given} s."
                if exc.place == "warmup"
                else sentence(exc, label)
            )
            continue
        found.append(override)
    if wrong:
        raise WrongFieldsError(wrong)
    return found


def said_of(lab: Lab, job: Job) -> Markup:
    """How a run stands, in words that are worth reading out: they change when it begins and when it ends."""
    if job.state == "done" and job.folder is not None:
        where = address("/run", name=lab.run_name(job.folder))
        return join(["Done: ", element("a", f"Open {job.folder.name}", href=where)])
    if job.state == "failed":
        return join(["It failed: ", element("span", job.wrong, class_="wrong-text")])
    if job.state == "cancelled":
        return join(["It was cancelled; nothing of it was kept."])
    return join(["It waits for a free processor." if job.state == "waiting" else "It runs."])


def going_of(job: Job, now: float) -> Markup:
    """How far a run is, and the button that ends it; nothing once it is over."""
    if job.over:
        return Markup("")
    bar = element("progress", value=f"{job.share:.3f}", max="1", aria_label=f"Progress of {job.title}")
    return join([
        bar,
        element("span", how_far(job, now), class_="soft small"),
        press("Cancel", "cancel", job),
    ])  # fmt: skip


def how_far(job: Job, now: float) -> str:
    """What a run does, the share that is done, and the time that is left."""
    doing = "waits for a free processor" if job.state == "waiting" else job.doing or "starts"
    told, left = f"{doing}, {100 * job.share:.0f} %", job.seconds_left(now)
    if left is not None:
        told += f", about {duration(float(max(1, round(left))))} left"
    return told


def press(name: str, what: str, job: Job) -> Markup:
    """A button that does something with a run."""
    label = f"{name} {job.title}, run {job.number}"
    return element("button", name, type="button", data_do=what, data_job=str(job.number), aria_label=label)


def _systems(count: int) -> str:
    return "no viable system" if count == 0 else counted(count, "viable system")
