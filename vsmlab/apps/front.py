"""The front page: scenarios as cards with how their runs are doing, what ran last, and where one brings data."""

from __future__ import annotations

import shlex
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Final

from vsmlab.apps import index
from vsmlab.apps.card import card, going_of, how_far, key_of, overrides_asked_for, press, said_of
from vsmlab.apps.catalogue import Entry, find, gallery, notebook_of, stamps_of
from vsmlab.apps.form_fields import WrongFieldsError, finder
from vsmlab.apps.jobs import Job, job_asked_for
from vsmlab.apps.jupyter import notebook_address
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.own_data import OwnData
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration

_RECENT: Final = 6


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The front page."""
    lead = (
        "A scenario is an organisation of agents, what is asked of it and what befalls it, written down in one file. "
        "Run one and read what came of it, play it live, take it apart. Everything stays on this machine."
    )
    return Shown("A laboratory for viable systems", Front(lab), lead)


class Front:
    """The front page of one window."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._wanted = ""
        self._told = Told()
        self._on_cards: dict[str, Told] = {}
        """What is said on a card, by what the scenario is called."""
        self._wrong: dict[str, dict[str, str]] = {}
        """What is wrong with what was typed on a card, by field."""
        self._own = OwnData(lab.here)
        self._pressed = 0
        """How often something was done here."""
        self._seen: Hashable = None
        """What gallery and recent runs were last made of; while a run goes on they are not made again."""
        self._entries: list[Entry] = []
        self._made: dict[str, Markup] = {}
        self._actions = {
            "filter": self._filter,
            "run": self._run,
            "cancel": self._cancel,
            "forget": self._forget,
            "notebook": self._notebook,
        }

    def layout(self) -> Markup:
        """Search, messages, one's own data, gallery, and below it what runs and what ran."""
        search = element(
            "input",
            type="search",
            data_live="filter",
            placeholder="Name, or what it is about",
            id="wanted",
            autocomplete="off",
        )
        return join(
            [
                element("div", data_part="told", role="status"),
                finder("Find a scenario", search),
                self._own.layout(),
                element("div", data_part="gallery"),
                element(
                    "div",
                    element("section", data_part="recent", class_="panel", aria_label="Recent runs"),
                    element("section", data_part="jobs", class_="panel", aria_label="Runs of this session"),
                    class_="two",
                ),
            ]
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        over = tuple((job.number, job.state) for job in self._lab.jobs.all() if job.over)
        seen = (self._pressed, over, index.folders_changed(self._lab), stamps_of(self._lab.here))
        if seen != self._seen:
            self._entries = gallery(self._lab.here)
            found = [entry for entry in self._entries if entry.matches(self._wanted)]
            self._made = {
                "count": join([f"{len(found)} of {len(self._entries)}"]),
                "gallery": self._gallery(found),
                "recent": self._recent(),
            }
            self._seen = seen
        return {
            "told": self._told.shown(),
            **self._made,
            **self._on_each(self._entries),
            "jobs": self._jobs(),
            **self._own.parts(),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        self._pressed += 1
        attempt(self._told, self._actions, what, given)
        self._own.do(what, given)

    def stamp(self) -> Hashable:
        """How far the runs are."""
        return self._lab.jobs.version

    # The gallery

    def _gallery(self, found: list[Entry]) -> Markup:
        if not found:
            where = "Names, titles, stories and lessons were looked through."
            return element("p", f"No scenario says “{self._wanted}”. {where}", class_="soft")
        mine = [entry for entry in found if not entry.shipped]
        shipped = [entry for entry in found if entry.shipped]
        begin = "Begin with number 1. Each adds something to those before it; the last has all of it."
        return join([
            element("h2", "Your own scenarios") if mine else Markup(""),
            self._cards(mine),
            element("h2", "Shipped with vsmlab, the simplest first") if shipped else Markup(""),
            element("p", begin, class_="soft") if shipped and not self._wanted.strip() else Markup(""),
            self._cards(shipped),
        ])  # fmt: skip

    def _cards(self, entries: list[Entry]) -> Markup:
        shown = [
            card(
                entry,
                notebook=notebook_of(entry.name, self._lab.here) is not None,
                wrong=self._wrong.get(entry.called, {}),
            )
            for entry in entries
        ]
        return element("ul", *shown, class_="gallery") if shown else Markup("")

    def _on_each(self, entries: list[Entry]) -> dict[str, Markup]:
        """What each card says of its last run, and of what was pressed on it."""
        last: dict[str, Job] = {}
        for job in self._lab.jobs.all():  # the newest first
            last.setdefault(str(job.order.get("scenario", "")), job)
        now, found = self._lab.jobs.clock(), {}
        for entry in entries:
            key, told = key_of(entry), self._on_cards.get(entry.called)
            run = last.get(entry.source)
            said = [] if run is None else [element("p", said_of(self._lab, run))]
            found[f"said-{key}"] = join(said if told is None else [*said, told.shown()])
            found[f"going-{key}"] = Markup("") if run is None else going_of(run, now)
        return found

    def _filter(self, given: Mapping[str, str]) -> None:
        self._wanted = given.get("value", "")[:200]

    # Runs

    def _run(self, given: Mapping[str, str]) -> None:
        entry = find(self._lab.here, given.get("scenario", ""))
        told = self._on_cards[entry.called] = Told()
        self._wrong.pop(entry.called, None)
        self._told.say("")
        try:
            if entry.wrong:
                raise InputError("", entry.name, "cannot be run", right=entry.wrong)
            order = {
                "scenario": entry.source,
                "overrides": overrides_asked_for(entry, given),
                "runs": str(self._lab.runs[0]),
                "name": entry.name,
            }
            self._lab.jobs.begin(entry.name, order)
        except WrongFieldsError as exc:
            self._wrong[entry.called] = exc.fields
            told.refuse(f"Nothing was started: {counted(len(exc.fields), 'field')} to mend below.")
        except VsmLabError as exc:
            told.refuse(str(exc))

    def _cancel(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.cancel(job_asked_for(given))

    def _forget(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.forget(job_asked_for(given))

    def _jobs(self) -> Markup:
        jobs, head = self._lab.jobs.all(), element("h2", "Runs of this session")
        if not jobs:
            return join([head, element("p", "None yet.", class_="soft")])
        now = self._lab.jobs.clock()
        return join([head, element("ul", *(self._job(job, now) for job in jobs), class_="jobs")])

    def _job(self, job: Job, now: float) -> Markup:
        name, key = element("strong", job.title), f"job-{job.number}"
        act, bar = press("Hide", "forget", job), None
        if "experiment" in job.order and job.state in ("done", "cancelled"):
            link = element("a", "see it", href=address("/sweep"))
            ended = " is done: " if job.state == "done" else " was cancelled; what was finished is kept: "
            said = join([name, ended, link])
        elif job.state == "done" and job.folder is not None:
            where = address("/run", name=self._lab.run_name(job.folder))
            said = join([name, " is done: ", element("a", f"Open {job.folder.name}", href=where)])
        elif job.state == "failed":
            said = join([name, " failed: ", element("span", job.wrong, class_="wrong-text")])
        elif job.state == "cancelled":
            said = join([name, " was cancelled; nothing of it was kept"])
        else:
            said, act = join([name, f": {how_far(job, now)}"]), press("Cancel", "cancel", job)
            label = f"Progress of {job.title}, run {job.number}"
            bar = element("progress", value=f"{job.share:.3f}", max="1", aria_label=label)
        return element("li", element("span", said), act, bar, data_key=key)

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
        told = self._on_cards[entry.called] = Told()
        path = notebook_of(entry.name, self._lab.here)
        if path is None:
            told.refuse("No notebook belongs to it.")
            return
        where = notebook_address(path)
        if where:
            link = element("a", path.name, href=where, target="_blank", rel="noopener")
            told.text = element("span", "It is open in JupyterLab: ", link)
        else:
            told.text = element(
                "span", "No JupyterLab runs here. Start it with ", element("code", _lab_command(path)), " and open ",
                element("code", path.name),
            )  # fmt: skip


def _lab_command(path: Path) -> str:
    """What starts a JupyterLab that shows a notebook."""
    root = path.parent.parent
    if (root / "Makefile").is_file() and (root / "vsmlab").is_dir():
        here = "" if root.resolve() == Path.cwd().resolve() else f" -C {shlex.quote(str(root))}"
        return f"make{here} lab"
    return f"python -m vsmlab.apps.notebook {shlex.quote(str(path.parent))}"
