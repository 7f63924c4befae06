"""The front page: scenarios as cards, what is running, what ran last, and where data of one's own is dropped."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Final

from vsmlab.apps import index
from vsmlab.apps.catalogue import Entry, find, gallery, notebook_of
from vsmlab.apps.form_fields import labelled, number_given
from vsmlab.apps.jobs import Job, job_asked_for
from vsmlab.apps.jupyter import notebook_address
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.own_data import OwnData
from vsmlab.apps.pages import Shown, Told, attempt, serves
from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration

_RECENT: Final = 6
_ELSEWHERE: Final = (("/canvas", "Canvas"), ("/live", "Live"), ("/sweep", "Vary"))
"""Pages that take a scenario, and what their buttons say; a button is there when its page is."""


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The front page."""
    lead = "Organisations of agents, written down once: run, take apart, compare. Everything stays on this machine."
    return Shown("A laboratory for viable systems", Front(lab), lead)


class Front:
    """The front page of one window."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._wanted = ""
        self._told = Told()
        self._own = OwnData(lab.here)
        self._actions = {
            "filter": self._filter,
            "run": self._run,
            "cancel": self._cancel,
            "forget": self._forget,
            "notebook": self._notebook,
        }

    def layout(self) -> Markup:
        """Search, messages, gallery, and below it what runs, what ran and one's own data."""
        search = element(
            "input",
            type="search",
            data_live="filter",
            placeholder="Name, or what it teaches",
            id="wanted",
            autocomplete="off",
        )
        return join(
            [
                element("div", data_part="told", role="status"),
                element("div", data_part="jobs"),
                element(
                    "div",
                    element("label", "Find a scenario", for_="wanted", class_="soft"),
                    search,
                    element("span", data_part="count", class_="soft small", role="status"),
                    class_="tools",
                ),
                element("div", data_part="gallery"),
                element(
                    "div",
                    element("section", data_part="recent", class_="panel", aria_label="Recent runs"),
                    self._own.layout(),
                    class_="two",
                ),
            ]
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        entries = gallery(self._lab.here)
        found = [entry for entry in entries if entry.matches(self._wanted)]
        return {
            "told": self._told.shown(),
            "jobs": self._jobs(),
            "count": join([f"{len(found)} of {len(entries)}"]),
            "gallery": self._gallery(found),
            "recent": self._recent(),
            **self._own.parts(),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        attempt(self._told, self._actions, what, given)
        self._own.do(what, given)

    def stamp(self) -> Hashable:
        """How far the runs are."""
        return self._lab.jobs.version

    # The gallery

    def _gallery(self, found: list[Entry]) -> Markup:
        if not found:
            return element("p", f"No scenario says “{self._wanted}”.", class_="soft")
        return element("ul", *(self._card(entry) for entry in found), class_="gallery")

    def _card(self, entry: Entry) -> Markup:
        if entry.wrong:
            picture = element("div", "It cannot be read", class_="thumb none")
        else:  # what it shows is said in words below
            picture = element("div", entry.picture, class_="thumb", aria_hidden="true")
        where = "shipped" if entry.shipped else Path(entry.source).name
        said = [
            element("h3", entry.title),
            element("p", element("code", entry.name), f" · {where}", class_="facts"),
        ]
        if entry.wrong:
            said.append(element("p", entry.wrong, class_="wrong-text"))
        else:
            size = f"{counted(entry.agents, 'agent')}, {_systems(entry.systems)}, {counted(entry.levels, 'level')}"
            said += [
                element("p", entry.one_line) if entry.one_line else Markup(""),
                element("p", size, class_="facts"),
                self._acts(entry),
            ]
        return element(
            "li",
            picture,
            element("div", *said, class_="body"),
            class_="card",
            data_key=f"card-{entry.source}",
        )

    def _acts(self, entry: Entry) -> Markup:
        acts = [
            element(
                "button",
                "Run",
                type="button",
                data_do="run",
                data_scenario=entry.source,
                class_="main",
                aria_label=f"Run {entry.name}",
            )
        ]
        for route, name in _ELSEWHERE:
            if serves(route):
                where = address(route, scenario=entry.source)
                acts.append(
                    element("a", name, href=where, class_="button", aria_label=f"{name} of {entry.name}")
                )
        if notebook_of(entry.name, self._lab.here) is not None:
            acts.append(
                element(
                    "button",
                    "Notebook",
                    type="button",
                    data_do="notebook",
                    data_scenario=entry.source,
                    aria_label=f"Notebook of {entry.name}",
                )
            )
        otherwise = element(
            "details",
            element("summary", "Run it otherwise"),
            element(
                "form",
                labelled("Seed", element("input", name_="seed", inputmode="numeric", autocomplete="off")),
                labelled(
                    "Horizon (s)", element("input", name_="until", inputmode="decimal", autocomplete="off")
                ),
                element("button", "Run so", type="submit"),
                data_do="run",
                data_scenario=entry.source,
                class_="row end",
            ),
        )
        return element("div", element("div", *acts, class_="row"), otherwise, class_="acts")

    def _filter(self, given: Mapping[str, str]) -> None:
        self._wanted = given.get("value", "")[:200]

    # Runs

    def _run(self, given: Mapping[str, str]) -> None:
        entry = find(self._lab.here, given.get("scenario", ""))
        if entry.wrong:
            raise InputError("", entry.name, "cannot be run", right=entry.wrong)
        overrides = []
        for name, field in (("seed", "seed"), ("until", "horizon")):
            value = given.get(name, "").strip().replace("_", "")
            if value:
                overrides.append(f"{field}={number_given(name, value, whole=name == 'seed')}")
        order = {
            "scenario": entry.source,
            "overrides": overrides,
            "runs": str(self._lab.runs[0]),
            "name": entry.name,
        }
        self._lab.jobs.begin(entry.name, order)
        self._told.say("")

    def _cancel(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.cancel(job_asked_for(given))

    def _forget(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.forget(job_asked_for(given))

    def _jobs(self) -> Markup:
        jobs = self._lab.jobs.all()
        if not jobs:
            return Markup("")
        now = self._lab.jobs.clock()
        listed = element("ul", *(self._job(job, now) for job in jobs), class_="jobs")
        return element(
            "section",
            element("h2", "Runs of this session"),
            listed,
            class_="panel",
            aria_label="Runs of this session",
        )

    def _job(self, job: Job, now: float) -> Markup:
        name = element("strong", job.title)
        if "experiment" in job.order and job.state in ("done", "cancelled"):
            link = element("a", "see it", href=address("/sweep"))
            ended = " is done: " if job.state == "done" else " was cancelled; what was finished is kept: "
            said, act = join([name, ended, link]), _press("Hide", "forget", job)
        elif job.state == "done" and job.folder is not None:
            link = element(
                "a", f"Open {job.folder.name}", href=address("/run", name=self._lab.run_name(job.folder))
            )
            said, act = join([name, " is done: ", link]), _press("Hide", "forget", job)
        elif job.state == "failed":
            said = join([name, " failed: ", element("span", job.wrong, class_="wrong-text")])
            act = _press("Hide", "forget", job)
        elif job.state == "cancelled":
            said, act = join([name, " was cancelled; nothing of it was kept"]), _press("Hide", "forget", job)
        else:
            left = job.seconds_left(now)
            doing = "waits for a free processor" if job.state == "waiting" else job.doing or "starts"
            told = f": {doing}, {100 * job.share:.0f} %"
            if left is not None:
                told += f", about {duration(float(max(1, round(left))))} left"
            said, act = join([name, told]), _press("Cancel", "cancel", job)
            bar = element(
                "progress", value=f"{job.share:.3f}", max="1", aria_label=f"Progress of {job.title}"
            )
            return element("li", element("span", said), act, bar, data_key=f"job-{job.number}")
        return element("li", element("span", said), act, data_key=f"job-{job.number}")

    def _recent(self) -> Markup:
        found = index.rows(self._lab)
        if not found:
            return join(
                [
                    element("h2", "Recent runs"),
                    element("p", "None yet: press Run on a scenario.", class_="soft"),
                ]
            )
        lines = []
        for row in found[:_RECENT]:
            link = element("a", row.name, href=address("/run", name=row.name))
            if row.wrong:
                told: object = element("span", " cannot be read", class_="wrong-text")
            else:
                wait = (
                    "no wait measured"
                    if row.mean_wait_s is None
                    else f"mean wait {duration(row.mean_wait_s)}"
                )
                told = f" seed {row.seed}, {wait}, {row.when}"
            lines.append(
                element("li", link, element("span", told, class_="soft small"), data_key=f"recent-{row.name}")
            )
        more = element("p", element("a", f"All {len(found)}", href=address("/runs")), class_="note")
        return join([element("h2", "Recent runs"), element("ul", *lines, class_="list"), more])

    def _notebook(self, given: Mapping[str, str]) -> None:
        entry = find(self._lab.here, given.get("scenario", ""))
        path = notebook_of(entry.name, self._lab.here)
        if path is None:
            raise InputError("", entry.name, "no notebook belongs to it")
        where = notebook_address(path)
        if where:
            link = element("a", path.name, href=where, target="_blank", rel="noopener")
            self._told.text = element("span", "It is open in JupyterLab: ", link)
        else:
            command = f"jupyter lab {_quoted(path)}"
            self._told.text = element(
                "span", "No JupyterLab runs here. Open it with ", element("code", command)
            )
        self._told.wrong = False


def _press(name: str, what: str, job: Job) -> Markup:
    label = f"{name} {job.title}, run {job.number}"
    return element("button", name, type="button", data_do=what, data_job=str(job.number), aria_label=label)


def _systems(count: int) -> str:
    return "no viable system" if count == 0 else counted(count, "viable system")


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
