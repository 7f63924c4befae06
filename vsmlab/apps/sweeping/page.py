"""The page of experiments: what to vary, how far it is, what was found, and what was found before."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from vsmlab.apps.catalogue import gallery
from vsmlab.apps.form_fields import WrongFieldsError
from vsmlab.apps.jobs import Job, job_asked_for
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.apps.sweeping import kept
from vsmlab.apps.sweeping.asking import SLOTS, check, order_of, time_for
from vsmlab.apps.sweeping.earlier import earlier
from vsmlab.apps.sweeping.form import TYPED, Form
from vsmlab.apps.sweeping.going import going_on
from vsmlab.apps.sweeping.pieces import press, roughly
from vsmlab.apps.sweeping.results import measures_in, show
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page, with the scenario or the earlier experiment that the address names."""
    lead = (
        "Vary one or two numbers of a scenario, or knock its Systems out one by one. Every point sees the same seeds, "
        "so that what differs comes of what was varied."
    )
    return Shown("Experiments", Experiments(lab, asked.get("scenario", ""), asked.get("open", "")), lead)


class Experiments:
    """The experiments, as one window shows them.

    Attributes:
        form: What is asked for.
    """

    def __init__(self, lab: Lab, scenario: str = "", name: str = "") -> None:
        self._lab = lab
        self._told = Told()
        self.form = Form(lab)
        self._job: Job | None = None
        self._done: Sweep | None = None
        self._measure = ""
        self._shows = self._says = 0
        """How often somebody here asked for results, or for what is said only at the top: the focus goes there."""
        self._actions = {
            "scenario": lambda given: self._take(given.get("value", "")),
            "kind": self.form.choose_kind,
            **{
                f"{what}-{slot}": self.form.typing(f"{what}-{slot}")
                for what in ("field", "values")
                for slot in SLOTS
            },
            "replications": self.form.typing("replications"),
            "until": self.form.typing("until"),
            "find-setting": self.form.find_setting,
            "vary": self.form.vary,
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
        elif first:
            self.form.take(first)
        if name:
            attempt(self._told, self._actions, "open", {"name": name})

    def layout(self) -> Markup:
        """The form, what goes on, what was found, and what is kept."""
        options = [] if self.form.scenario else [element("option", "(choose one)", value="", selected=True)]
        for shipped, label in ((False, "Your own"), (True, "Shipped with vsmlab")):
            inside = [
                element("option", f"{entry.name} – {entry.title}", value=entry.called,
                        selected=entry.called == self.form.scenario or None)
                for entry in gallery(self._lab.here)
                if entry.shipped is shipped and not entry.wrong
            ]  # fmt: skip
            options += [element("optgroup", *inside, label=label)] if inside else []
        choose = element("select", *options, name_="scenario", data_live="scenario", id="scenario")
        kinds = [
            element(
                "label",
                element("input", type="radio", name_="kind", value=kind, data_live="kind",
                        checked=kind == self.form.kind or None),
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
            self.form.learn_pace()
            attempt(self._told, self._actions, "open", {"name": folder.name})
        return {
            "told": self._said(),
            "wrong-scenario": self.form.error("scenario"),
            "fields": self.form.fields(),
            "plan": self.form.plan(),
            "jobs": going_on(self._lab),
            "results": self._results(),
            "kept": earlier(self._lab),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed or typed."""
        before = self._told.text
        attempt(self._told, self._actions, what, given)
        if what == "open" and not self._told.wrong:
            self._shows += 1
        elif what in ("open", "go-on"):
            self._says += 1
        elif self._told.text != before:
            self._says = 0

    def stamp(self) -> Hashable:
        """How far the experiments are."""
        return self._lab.jobs.version

    def _said(self) -> Markup:
        told = self._told.shown()
        if not told or not self._says:
            return told
        return element("div", told, data_ask=str(self._says), data_key="asked", tabindex="-1")

    def _take(self, source: str) -> None:
        """Another scenario: another form."""
        if not source:  # the line of the list that asks for a choice
            return
        self.form.take(source)
        self._told.say("")

    def _start(self, given: Mapping[str, str]) -> None:
        self.form.now.update({name: given[name][:4000] for name in TYPED if name in given})
        self.form.wrong = {}
        try:
            plan = check(self._lab, {"scenario": self.form.scenario, "kind": self.form.kind, **given})
        except WrongFieldsError as exc:
            self.form.wrong = exc.fields
            self._told.refuse(f"Nothing was started: {counted(len(exc.fields), 'field')} to mend below.")
            return
        order = order_of(plan, kept.sweeps_of(self._lab))
        runs = len(plan.points) * plan.replications
        about = time_for(plan.points[0], len(plan.points), plan.replications, self.form.pace)
        first = ", with the laws to compile first" if about.compiling else ""
        self._begin(order, f"{counted(runs, 'run')}, about {roughly(about.seconds)}{first}.")

    def _begin(self, order: dict[str, object], said: str) -> None:
        going = [
            one for one in self._lab.jobs.all() if not one.over and one.order.get("folder") == order["folder"]
        ]
        if going:
            raise InputError("", "experiment", "this very experiment is going on already")
        self._job = self._lab.jobs.begin(str(order["title"]), order)
        self._done, self._shows = None, 0
        self._told.say(said)

    def _cancel(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.cancel(job_asked_for(given))
        self._told.say("What is finished is kept; it can be gone on with.")

    def _hide(self, given: Mapping[str, str]) -> None:
        self._lab.jobs.forget(job_asked_for(given))

    # What was found, now and before

    def _results(self) -> Markup:
        if self._done is None:
            return Markup("")
        try:
            found = show(self._done, self._measure)
        except (VsmLabError, KeyError, IndexError, TypeError, ValueError, AttributeError) as exc:
            found = element("p", f"It cannot be shown ({type(exc).__name__}: {exc}).", class_="wrong-text")
        close = element("div", press("Close", "close", f"Close {self._done.folder.name}"), class_="row last")
        key = f"results-{self._done.folder.name}"
        asked = str(self._shows) if self._shows else None
        return element("section", found, close, class_="panel", aria_label="Results", data_key=key, data_ask=asked,
                       tabindex="-1")  # fmt: skip

    def _look_at(self, given: Mapping[str, str]) -> None:
        if self._done is not None and given.get("value") in measures_in(self._done):
            self._measure = given["value"]

    def _open(self, given: Mapping[str, str]) -> None:
        done = kept.opened(kept.folder_of(self._lab, given.get("name", "")))
        names = measures_in(done)
        self._done, self._measure = done, names[0] if names else ""
        self._told.say("")

    def _close(self, given: Mapping[str, str]) -> None:
        self._done, self._shows = None, 0

    def _go_on(self, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        order = kept.going_on(self._lab, name, given.get("seeds", ""))
        self._begin(order, f"{name} goes on; what is there is not run again.")
