"""The page of experiments: what to vary, how far it is, what was found, and what was found before."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Final

from vsmlab.apps.catalogue import gallery
from vsmlab.apps.jobs import Job
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.apps.sweeping import kept
from vsmlab.apps.sweeping.asking import (
    MOST_RUNS,
    SEEDS,
    SHOWN_AT_FIRST,
    SLOTS,
    USUAL,
    Setting,
    WrongFieldsError,
    check,
    loaded_of,
    measures_of,
    order_of,
    seconds_for,
    seconds_roughly,
    settings_of,
)
from vsmlab.apps.sweeping.results import measures_in, show
from vsmlab.apps.sweeping.values import proposed, read_values
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.experiments.knocking import knockouts_of
from vsmlab.lab.experiments.points import shown as said
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.loader import Loaded, vary
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration

_LISTED: Final = 60
_TYPED: Final = ("field-1", "values-1", "field-2", "values-2", "replications", "until")
_USUAL_NAMES: Final = {
    "mean_wait_s": "mean wait",
    "p95_wait_s": "95th percentile of the wait",
    "served": "served",
    "utilisation": "utilisation",
    "performance": "performance (Beer’s A/P)",
}


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page, with the scenario or the earlier experiment that the address names."""
    lead = (
        "Vary one or two numbers of a scenario, or knock its Systems out one by one. Every point sees the same seeds, "
        "so that what differs comes of what was varied."
    )
    return Shown("Experiments", Experiments(lab, asked.get("scenario", ""), asked.get("open", "")), lead)


class Experiments:
    """The experiments, as one window shows them."""

    def __init__(self, lab: Lab, scenario: str = "", name: str = "") -> None:
        self._lab = lab
        self._told = Told()
        self._kind = "sweep"
        self._now: dict[str, str] = {}
        """What was typed since the form was put up anew."""
        self._first: dict[str, str] = {}
        """What the form was put up with."""
        self._wrong: dict[str, str] = {}
        self._form = 0
        self._find = ""
        self._job: Job | None = None
        self._done: Sweep | None = None
        self._measure = ""
        self._scenario = ""
        self._loaded: Loaded | None = None
        self._settings: list[Setting] = []
        self._measures: list[str] = []
        self._pace: float | None = None
        self._actions = {
            "scenario": lambda given: self._take(given.get("value", "")),
            "kind": self._choose_kind,
            **{
                f"{what}-{slot}": self._typing(f"{what}-{slot}")
                for what in ("field", "values")
                for slot in SLOTS
            },
            "replications": self._typing("replications"),
            "until": self._typing("until"),
            "find-setting": self._find_setting,
            "vary": self._vary,
            "start": self._start,
            "cancel": self._cancel,
            "hide": self._hide,
            "open": self._open,
            "close": self._close,
            "go-on": self._go_on,
            "measure": self._look_at,
        }
        entries = [entry for entry in gallery(lab.here) if not entry.wrong]
        first = "oscillating-siblings" if any(e.source == "oscillating-siblings" for e in entries) else ""
        if scenario:
            attempt(self._told, self._actions, "scenario", {"value": scenario})
        if not self._scenario and first:
            told = self._told
            self._told = Told()
            self._take(first)
            self._told = told
        if name:
            attempt(self._told, self._actions, "open", {"name": name})

    def layout(self) -> Markup:
        """The form, what goes on, what was found, and what is kept."""
        options = []
        for shipped, label in ((True, "Shipped with vsmlab"), (False, "Your own")):
            inside = [
                element("option", f"{entry.name} – {entry.title}", value=entry.source,
                        selected=entry.source == self._scenario or None)
                for entry in gallery(self._lab.here)
                if entry.shipped is shipped and not entry.wrong
            ]  # fmt: skip
            options += [element("optgroup", *inside, label=label)] if inside else []
        choose = element("select", *options, name_="scenario", data_live="scenario", id="scenario")
        kinds = [
            element(
                "label",
                element("input", type="radio", name_="kind", value=kind, data_live="kind",
                        checked=kind == self._kind or None),
                f" {label}",
                class_="choice",
            )
            for kind, label in (("sweep", "Vary numbers"), ("knockout", "Knock out, one by one"))
        ]  # fmt: skip
        form = element(
            "form",
            element(
                "div",
                element("div", element("label", "Scenario", for_="scenario"), choose, class_="field wide"),
                element("fieldset", element("legend", "What is tried"), *kinds, class_="plain row"),
                class_="row end",
            ),
            element("div", data_part="wrong-scenario"),
            element("div", data_part="fields"),
            element(
                "div",
                element("p", data_part="plan", class_="grow", role="status"),
                element("button", "Start", type="submit", class_="main large"),
                class_="foot",
            ),
            data_do="start",
            novalidate=True,
        )
        return join([
            element("div", data_part="told", role="status"),
            element("div", data_part="jobs"),
            element("div", data_part="results"),
            element("section", element("h2", "A new experiment"), form, class_="panel", aria_label="A new experiment"),
            element("section", data_part="kept", class_="panel", aria_label="Earlier experiments"),
        ])  # fmt: skip

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        if self._job is not None and self._job.state == "done" and self._job.folder is not None:
            folder, self._job = self._job.folder, None
            attempt(self._told, self._actions, "open", {"name": folder.name})
        return {
            "told": self._told.shown(),
            "wrong-scenario": self._error("scenario"),
            "fields": self._fields(),
            "plan": self._plan(),
            "jobs": self._jobs(),
            "results": self._results(),
            "kept": self._kept(),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed or typed."""
        attempt(self._told, self._actions, what, given)

    def stamp(self) -> Hashable:
        """How far the experiments are."""
        return self._lab.jobs.version

    # The form

    def _take(self, source: str) -> None:
        """Another scenario: another form."""
        loaded = loaded_of(self._lab, source)
        self._settings, self._measures = settings_of(loaded), measures_of(loaded)
        self._loaded, self._scenario = loaded, source
        self._pace = kept.pace(self._lab, loaded.scenario.name)
        self._anew({})
        self._told.say("")

    def _anew(self, values: Mapping[str, str]) -> None:
        """Put the form up with these values."""
        self._form += 1
        self._first, self._now, self._wrong = dict(values), dict(values), {}

    def _typing(self, name: str) -> Callable[[Mapping[str, str]], None]:
        def typed(given: Mapping[str, str]) -> None:
            value = given.get("value", "")[:4000]
            if value != self._now.get(name, ""):  # else it was typed before Start was pressed, and comes late
                self._now[name] = value
                self._wrong.pop(name, None)

        return typed

    def _choose_kind(self, given: Mapping[str, str]) -> None:
        self._kind = "knockout" if given.get("value") == "knockout" else "sweep"
        self._wrong = {}

    def _find_setting(self, given: Mapping[str, str]) -> None:
        self._find = given.get("value", "")[:200]

    def _vary(self, given: Mapping[str, str]) -> None:
        """Take a number of the scenario into the first place that is free."""
        path = given.get("path", "")
        setting = next((one for one in self._settings if one.path == path), None)
        if setting is None or any(self._now.get(f"field-{slot}") == path for slot in SLOTS):
            return
        slot = next((one for one in SLOTS if not self._now.get(f"field-{one}", "").strip()), SLOTS[-1])
        told = {**self._now, f"field-{slot}": path, f"values-{slot}": proposed(setting.now)}
        self._anew(told)

    def _fields(self) -> Markup:
        if self._loaded is None:
            return element("p", "Choose a scenario.", class_="soft")
        scenario = self._loaded.scenario
        inner = []
        if self._kind == "sweep":
            inner += [
                element(
                    "div",
                    self._slot("1", "What varies"),
                    self._slot("2", "And, if you like"),
                    class_="two slots",
                ),
                self._offered(),
            ]
        else:
            inner.append(self._knockouts())
        inner.append(
            element(
                "div",
                self._input(
                    "replications", "Seeds at each point", placeholder=str(SEEDS), inputmode="numeric"
                ),
                self._input("until", "Horizon (s)", placeholder=f"{scenario.horizon:g}", inputmode="decimal"),
                class_="row top",
            )
        )
        inner.append(self._measure_boxes())
        return element("div", *inner, data_key=f"form-{self._form}-{self._kind}")

    def _slot(self, slot: str, label: str) -> Markup:
        path = self._now.get(f"field-{slot}", "").strip()
        now = next((one for one in self._settings if one.path == path), None)
        there = f"Now {now.now:g}{'' if now.said else ' (a default)'}." if now else ""
        hint = there or (
            "A number of the scenario, by its path." if slot == "1" else "Every value with every other."
        )
        values = self._preview(slot)
        return element(
            "div",
            self._input(f"field-{slot}", label, list="settings", placeholder="type to search", hint=hint),
            self._input(
                f"values-{slot}",
                "Its values" if slot == "1" else "Values of it",
                placeholder="1, 2, 4  or  1 to 5 in 9 steps",
                hint=values or "A list, or from one number to another in so many steps.",
            ),
            element("datalist", *(element("option", f"now {one.now:g}", value=one.path)
                                  for one in self._settings), id="settings") if slot == "1" else None,
        )  # fmt: skip

    def _preview(self, slot: str) -> str:
        text = self._now.get(f"values-{slot}", "")
        try:
            found = read_values(text, self._present(slot))
        except InputError:
            return ""
        told = ", ".join(said(value) for value in found[:8])
        return f"{counted(len(found), 'value')}: {told}{' …' if len(found) > 8 else ''}."

    def _present(self, slot: str) -> object:
        path = self._now.get(f"field-{slot}", "").strip()
        return next((one.now for one in self._settings if one.path == path), None)

    def _input(self, name: str, label: str, *, hint: str = "", **more: str) -> Markup:
        wrong = self._wrong.get(name, "")
        control = element(
            "input",
            name_=name,
            id=name,
            data_live=name,
            value=self._first.get(name) or None,
            autocomplete="off",
            spellcheck="false",
            aria_describedby=f"about-{name}",
            aria_invalid="true" if wrong else None,
            **more,
        )
        about = element("span", wrong or hint, id=f"about-{name}", class_="wrong-text" if wrong else "hint")
        return element("div", element("label", label, for_=name), control, about, class_="field")

    def _offered(self) -> Markup:
        wanted = self._find.casefold().split()
        found = [one for one in self._settings if all(word in one.path.casefold() for word in wanted)]
        lines = [
            element(
                "li",
                element("code", one.path),
                element("span", f"{one.now:g}" + ("" if one.said else " by default"), class_="soft small number"),
                element("button", "Vary", type="button", class_="plain", data_do="vary", data_path=one.path,
                        aria_label=f"Vary {one.path}"),
                data_key=one.path,
            )
            for one in found[:_LISTED]
        ]  # fmt: skip
        more = len(found) - _LISTED
        return element(
            "details",
            element("summary", f"All {counted(len(self._settings), 'number')} of this scenario"),
            element(
                "div",
                element("label", "Find", for_="find-setting", class_="soft"),
                element("input", type="search", id="find-setting", data_live="find-setting", autocomplete="off",
                        placeholder="agents, period, rate"),
                class_="tools",
            ),
            element("ul", *lines, class_="settings", tabindex="0", aria_label="Numbers of the scenario"),
            element("p", f"{more} more: say more of what you look for.", class_="note") if more > 0 else None,
        )  # fmt: skip

    def _knockouts(self) -> Markup:
        assert self._loaded is not None
        try:
            labels = knockouts_of(self._loaded).labels[1:]
        except VsmLabError as exc:
            return element("p", str(exc), class_="wrong-text")
        chips = [element("li", element("code", label)) for label in labels]
        return join([
            element("p", f"Each of these {len(labels)} Systems and channels is taken away by itself, and compared with "
                    "the whole on the same seeds:"),
            element("ul", *chips, class_="chips"),
            self._error("kind"),
        ])  # fmt: skip

    def _measure_boxes(self) -> Markup:
        assert self._loaded is not None
        boxes = [
            element(
                "label",
                element(
                    "input",
                    type="checkbox",
                    name_=f"m-{name}",
                    value="yes",
                    checked=name in SHOWN_AT_FIRST or None,
                ),
                f" {_USUAL_NAMES[name]}",
                class_="choice",
            )
            for name in USUAL
        ]
        wrong = self._wrong.get("measures", "")
        root = self._loaded.scenario.organisation.name
        other = element(
            "input", name_="measures", id="measures", list="all-measures", autocomplete="off", spellcheck="false",
            aria_describedby="about-measures", aria_invalid="true" if wrong else None,
            placeholder=f"units.{root}.served",
        )  # fmt: skip
        about = element(
            "span", wrong or "Dotted paths, with commas between them.", id="about-measures",
            class_="wrong-text" if wrong else "hint",
        )  # fmt: skip
        return join([
            element("fieldset", element("legend", f"Measures of {root}"), *boxes, class_="plain row"),
            element("div", element("label", "Other measures", for_="measures"), other, about, class_="field wide"),
            element("datalist", *(element("option", value=name) for name in self._measures[:400]), id="all-measures"),
        ])  # fmt: skip

    def _error(self, name: str) -> Markup:
        wrong = self._wrong.get(name, "")
        return element("p", wrong, class_="wrong-text") if wrong else Markup("")

    def _plan(self) -> Markup:
        """How many runs, and about how long, as far as what is typed says it."""
        if self._loaded is None:
            return Markup("")
        points = self._points()
        seeds = self._now.get("replications", "").strip() or str(SEEDS)
        if points is None or not (
            seeds.isascii() and seeds.isdecimal() and 0 < len(seeds) < 7 and int(seeds)
        ):
            return element(
                "span", "Say what varies: the number of runs and the time are said here first.", class_="soft"
            )
        runs = points * int(seeds)
        if runs > MOST_RUNS:
            return element("span", f"{runs:,} runs are too many; at most {MOST_RUNS:,}.", class_="wrong-text")
        here, until = self._loaded, self._now.get("until", "").strip()
        if until:
            try:
                here = vary(here, overrides=[f"horizon={float(until)!r}"])
            except (ValueError, VsmLabError):
                return element("span", "The horizon is seconds above 0.", class_="soft")
        about = duration(_round(seconds_roughly(here, points, int(seeds), self._pace)))
        seen = "as long as earlier ones took" if self._pace else "a rough guess"
        return join([
            element("strong", f"{runs:,} runs"),
            f" of {duration(here.scenario.horizon)} ({counted(points, 'point')} × {counted(int(seeds), 'seed')}), "
            f"about {about} ({seen})",
        ])  # fmt: skip

    def _points(self) -> int | None:
        assert self._loaded is not None
        try:
            if self._kind == "knockout":
                return len(knockouts_of(self._loaded).points)
            many = [
                len(read_values(self._now.get(f"values-{slot}", ""), self._present(slot)))
                for slot in SLOTS
                if self._now.get(f"field-{slot}", "").strip()
            ]
        except VsmLabError:
            return None
        return math.prod(many) if many else None

    def _start(self, given: Mapping[str, str]) -> None:
        self._now.update({name: given[name][:4000] for name in _TYPED if name in given})
        self._wrong = {}
        try:
            plan = check(self._lab, {"scenario": self._scenario, "kind": self._kind, **given})
        except WrongFieldsError as exc:
            self._wrong = exc.fields
            self._told.refuse(f"Nothing was started: {counted(len(exc.fields), 'field')} to mend below.")
            return
        order = order_of(plan, kept.sweeps_of(self._lab))
        runs = len(plan.points) * plan.replications
        about = duration(_round(seconds_for(plan, self._pace)))
        self._begin(order, f"{counted(runs, 'run')}, about {about}.")

    def _begin(self, order: dict[str, object], said: str) -> None:
        going = [
            one for one in self._lab.jobs.all() if not one.over and one.order.get("folder") == order["folder"]
        ]
        if going:
            raise InputError("", "experiment", "this very experiment is going on already")
        self._job = self._lab.jobs.begin(str(order["title"]), order)
        self._done = None
        self._told.say(said)

    # What goes on

    def _jobs(self) -> Markup:
        jobs = [job for job in self._lab.jobs.all() if "experiment" in job.order]
        if not jobs:
            return Markup("")
        now = self._lab.jobs.clock()
        listed = element("ul", *(self._shown_job(job, now) for job in jobs), class_="jobs")
        return element(
            "section",
            element("h2", "Experiments of this session"),
            listed,
            class_="panel",
            aria_label="Experiments of this session",
        )

    def _shown_job(self, job: Job, now: float) -> Markup:
        folder = Path(job.order["folder"])
        name, key = element("strong", job.title), f"job-{job.number}"
        told = f"{job.title}, number {job.number}"
        hide = _press("Hide", "hide", f"Hide {told}", data_job=str(job.number))
        if job.state == "done":
            look = _press("Show", "open", f"Show {told}", data_name=folder.name)
            return element(
                "li",
                element("span", name, " is done"),
                element("span", look, hide, class_="row"),
                data_key=key,
            )
        if job.over:
            there = next((one for one in kept.all_kept(self._lab) if one.name == folder.name), None)
            done = there.done if there is not None else 0
            kept_runs = (
                f"{counted(done, 'run')} {'is' if done == 1 else 'are'} kept"
                if done
                else "no run was finished"
            )
            why = (
                join([" failed: ", element("span", job.wrong, class_="wrong-text"), f"; {kept_runs}"])
                if job.state == "failed"
                else join([f" was cancelled; {kept_runs}"])
            )
            again = (
                _press("Go on", "go-on", f"Go on with {told}", data_name=folder.name)
                if there is not None
                else None
            )
            acts = element("span", again, hide, class_="row")
            return element("li", element("span", name, why), acts, data_key=key)
        doing = "waits for a free processor" if job.state == "waiting" else job.doing or "starts"
        left = job.seconds_left(now)
        text = f": {doing}" + (f", about {duration(_round(left))} left" if left is not None else "")
        bar = element("progress", value=f"{job.share:.3f}", max="1", aria_label=f"Progress of {job.title}")
        cancel = _press("Cancel", "cancel", f"Cancel {told}", data_job=str(job.number))
        return element("li", element("span", name, text), cancel, bar, data_key=key)

    def _cancel(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.cancel(_number(given))
        self._told.say("What is finished is kept; it can be gone on with.")

    def _hide(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.forget(_number(given))

    # What was found, now and before

    def _results(self) -> Markup:
        if self._done is None:
            return Markup("")
        try:
            found = show(self._done, self._measure)
        except (VsmLabError, KeyError, IndexError, TypeError, ValueError, AttributeError) as exc:
            found = element("p", f"It cannot be shown ({type(exc).__name__}: {exc}).", class_="wrong-text")
        close = element("div", _press("Close", "close", f"Close {self._done.folder.name}"), class_="row last")
        key = f"results-{self._done.folder.name}"
        return element("section", found, close, class_="panel", aria_label="Results", data_key=key)

    def _look_at(self, given: Mapping[str, str]) -> None:
        if self._done is not None and given.get("value") in measures_in(self._done):
            self._measure = given["value"]

    def _open(self, given: Mapping[str, str]) -> None:
        done = kept.opened(kept.folder_of(self._lab, given.get("name", "")))
        names = measures_in(done)
        self._done, self._measure = done, names[0] if names else ""
        self._told.say("")

    def _close(self, given: Mapping[str, str]) -> None:
        self._done = None

    def _go_on(self, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        order = kept.going_on(self._lab, name, given.get("seeds", ""))
        self._begin(order, f"{name} goes on; what is there is not run again.")

    def _kept(self) -> Markup:
        found = kept.all_kept(self._lab)
        where = element("code", f"{kept.SWEEPS}/")
        head = element("h2", "Earlier experiments")
        if not found:
            return join([head, element("p", "None yet in ", where, ".", class_="soft")])
        going = {Path(job.order["folder"]).name for job in self._lab.jobs.all()
                 if "experiment" in job.order and not job.over}  # fmt: skip
        names = ("Experiment", "What was tried", "Runs", "Written", "Do")
        heads = [
            element("th", name, scope="col", class_="number" if name == "Runs" else None) for name in names
        ]
        rows = [self._row(one, one.name in going) for one in found[: kept.MOST_SHOWN]]
        table = element("table", element("caption", "Experiments in ", where), element("thead", element("tr", *heads)),
                        element("tbody", *rows))  # fmt: skip
        scroll = element(
            "div", table, class_="scroll", role="region", aria_label="Earlier experiments", tabindex="0"
        )
        more = len(found) - kept.MOST_SHOWN
        note = element("p", f"{counted(more, 'older one')} not shown.", class_="note") if more > 0 else None
        return join(part for part in (head, scroll, note) if part is not None)

    def _row(self, one: kept.Kept, going: bool) -> Markup:
        name = element("th", one.name, scope="row", class_="point")
        if one.wrong:
            return element(
                "tr", name, element("td", one.wrong, colspan="4", class_="wrong-text"), data_key=one.name
            )
        wanted = one.points * one.wanted
        runs = f"{one.done:,} of {wanted:,}" if wanted > one.done else f"{one.done:,}"
        if one.failed:
            runs += f", {one.failed:,} failed"
        acts = []
        if one.finished:
            acts.append(_press("Show", "open", f"Show {one.name}", data_name=one.name, class_="plain"))
        if not going:
            label = "More seeds" if one.finished and not one.failed and wanted <= one.done else "Go on"
            box = element("input", name_="seeds", value=str(one.wanted or SEEDS), inputmode="numeric", size="4",
                          aria_label=f"Seeds of {one.name}", autocomplete="off")  # fmt: skip
            press = element("button", label, type="submit", class_="plain", aria_label=f"{label}: {one.name}")
            acts.append(element("form", box, press, data_do="go-on", data_name=one.name, class_="row seeds"))
        else:
            acts.append(element("span", "going on", class_="soft small"))
        return element(
            "tr",
            name,
            element("td", one.varied),
            element("td", runs, class_="number"),
            element("td", one.when, class_="small when"),
            element("td", element("div", *acts, class_="row"), class_="acts"),
            data_key=one.name,
        )


def _press(name: str, what: str, label: str, *, class_: str | None = None, **data: str) -> Markup:
    return element("button", name, type="button", data_do=what, aria_label=label, class_=class_, **data)


def _number(given: Mapping[str, str]) -> int:
    number = given.get("job", "")
    return int(number) if number.isdecimal() and len(number) < 9 else -1


def _round(seconds: float) -> float:
    """A time as exactly as a guess can be: two digits, whole seconds."""
    if seconds < 1.0:
        return 1.0
    digits = max(0, math.floor(math.log10(seconds)) - 1)
    return float(round(seconds, -digits))
