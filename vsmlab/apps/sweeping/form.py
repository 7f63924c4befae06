"""The form of an experiment: what varies or is knocked out, how often, and about how long that takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from vsmlab.apps.catalogue import find
from vsmlab.apps.form_fields import number_given
from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping import kept
from vsmlab.apps.sweeping.asking import (
    MOST_RUNS,
    MOST_SETTINGS,
    SEEDS,
    SHOWN_AT_FIRST,
    SLOTS,
    USUAL,
    Setting,
    loaded_of,
    measures_of,
    settings_of,
    time_for,
    wrong_so_far,
)
from vsmlab.apps.sweeping.pieces import roughly
from vsmlab.apps.sweeping.values import proposed, read_values
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.experiments.knocking import knockouts_of
from vsmlab.lab.experiments.points import shown as said
from vsmlab.lab.loader import Loaded
from vsmlab.lab.loader import vary as varied
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration

_LISTED: Final = 60
_PROPOSED: Final = 400
"""Numbers that are proposed while somebody types a path; all of them are below, to be searched."""
TYPED: Final = ("field-1", "values-1", "field-2", "values-2", "replications", "until")
_USUAL_NAMES: Final = {
    "mean_wait_s": "mean wait",
    "p95_wait_s": "95th percentile of the wait",
    "served": "served",
    "utilisation": "utilisation",
    "performance": "performance (Beer’s A/P)",
}


class Form:
    """What one window asks for.

    Args:
        lab: Where scenarios and earlier experiments are.

    Attributes:
        scenario: Which is taken, as the gallery calls it; empty at first.
        loaded: The same, loaded.
        kind: "sweep" or "knockout".
        now: What was typed since the form was put up anew.
        wrong: What is wrong with a field, by its name.
        pace: Seconds of a run for each second of its horizon, if an earlier experiment says it.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.scenario, self.kind = "", "sweep"
        self.loaded: Loaded | None = None
        self.now: dict[str, str] = {}
        self.wrong: dict[str, str] = {}
        self.pace: float | None = None
        self._first: dict[str, str] = {}
        """What the form was put up with."""
        self._form = 0
        self._find = ""
        self._typed: tuple[object, dict[str, str]] = (None, {})
        """What is wrong with what is typed, and with what that was."""
        self._settings: list[Setting] = []
        self._measures: list[str] = []

    def take(self, source: str) -> None:
        """Another scenario: another form."""
        loaded = loaded_of(self._lab, source)
        source = find(self._lab.here, source).called
        self._settings, self._measures = settings_of(loaded), measures_of(loaded)
        self.loaded, self.scenario = loaded, source
        self.pace = kept.pace(self._lab, loaded.scenario.name)
        self._anew({})

    def _anew(self, values: Mapping[str, str]) -> None:
        """Put the form up with these values."""
        self._form += 1
        self._first, self.now, self.wrong = dict(values), dict(values), {}

    def typing(self, name: str) -> Callable[[Mapping[str, str]], None]:
        """What is done when somebody types into a field."""

        def typed(given: Mapping[str, str]) -> None:
            value = given.get("value", "")[:4000]
            if value != self.now.get(name, ""):  # else it was typed before Start was pressed, and comes late
                self.now[name] = value
                self.wrong.pop(name, None)

        return typed

    def learn_pace(self) -> None:
        """An experiment has ended: from now on the time is reckoned from it."""
        if self.loaded is not None:
            self.pace = kept.pace(self._lab, self.loaded.scenario.name)

    def all_wrong(self) -> dict[str, str]:
        """What is wrong, by field: with what is typed, and what was found when Start was pressed."""
        if self.loaded is None:
            return self.wrong
        typed = (self.scenario, self.kind, tuple(sorted(self.now.items())))
        if typed != self._typed[0]:
            self._typed = (typed, wrong_so_far(self.loaded, self.kind, self.now, self._settings))
        return {**self._typed[1], **self.wrong}

    def choose_kind(self, given: Mapping[str, str]) -> None:
        """Vary numbers, or knock out."""
        self.kind = "knockout" if given.get("value") == "knockout" else "sweep"
        self.wrong = {}

    def find_setting(self, given: Mapping[str, str]) -> None:
        """Which numbers are offered."""
        self._find = given.get("value", "")[:200]

    def vary(self, given: Mapping[str, str]) -> None:
        """Take a number of the scenario into the first place that is free."""
        path = given.get("path", "")
        setting = next((one for one in self._settings if one.path == path), None)
        if setting is None or any(self.now.get(f"field-{slot}") == path for slot in SLOTS):
            return
        slot = next((one for one in SLOTS if not self.now.get(f"field-{one}", "").strip()), SLOTS[-1])
        told = {**self.now, f"field-{slot}": path, f"values-{slot}": proposed(setting.now)}
        self._anew(told)

    def fields(self) -> Markup:
        """What is asked for, as far as the scenario and the kind say it."""
        if self.loaded is None:
            return element("p", "Choose a scenario.", class_="soft")
        scenario = self.loaded.scenario
        inner = []
        if self.kind == "sweep":
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
        return element("div", *inner, data_key=f"form-{self._form}-{self.kind}")

    def _slot(self, slot: str, label: str) -> Markup:
        path = self.now.get(f"field-{slot}", "").strip()
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
                                  for one in self._settings[:_PROPOSED]), id="settings") if slot == "1" else None,
        )  # fmt: skip

    def _preview(self, slot: str) -> str:
        text = self.now.get(f"values-{slot}", "")
        try:
            found = [] if f"values-{slot}" in self.all_wrong() else read_values(text, self._present(slot))
        except InputError:
            return ""
        if not found:
            return ""
        told = ", ".join(said(value) for value in found[:8])
        return f"{counted(len(found), 'value')}: {told}{' …' if len(found) > 8 else ''}."

    def _present(self, slot: str) -> object:
        path = self.now.get(f"field-{slot}", "").strip()
        return next((one.now for one in self._settings if one.path == path), None)

    def _input(self, name: str, label: str, *, hint: str = "", **more: str) -> Markup:
        wrong = self.all_wrong().get(name, "")
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
        all_of_them = len(self._settings) < MOST_SETTINGS
        return element(
            "details",
            element("summary", f"All {counted(len(self._settings), 'number')} of this scenario" if all_of_them
                    else f"The first {MOST_SETTINGS:,} numbers of this scenario; any other is varied by its path"),
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
        assert self.loaded is not None
        try:
            labels = knockouts_of(self.loaded).labels[1:]
        except VsmLabError as exc:
            return element("p", str(exc), class_="wrong-text")
        chips = [element("li", element("code", label)) for label in labels]
        return join([
            element("p", f"Each of these {len(labels)} Systems and channels is taken away by itself, and compared with "
                    "the whole on the same seeds:"),
            element("ul", *chips, class_="chips"),
            self.error("kind"),
        ])  # fmt: skip

    def _measure_boxes(self) -> Markup:
        assert self.loaded is not None
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
        wrong = self.wrong.get("measures", "")
        root = self.loaded.scenario.organisation.name
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

    def error(self, name: str) -> Markup:
        """What is wrong with a field."""
        wrong = self.wrong.get(name, "")
        return element("p", wrong, class_="wrong-text") if wrong else Markup("")

    def plan(self) -> Markup:
        """How many runs, and about how long, as far as what is typed says it."""
        if self.loaded is None:
            return Markup("")
        if self.all_wrong():
            return element(
                "span",
                "Mend what is marked: the number of runs and the time are said here then.",
                class_="soft",
            )
        points = self._points()
        seeds = int(self.now.get("replications", "").strip() or SEEDS)
        if points is None:
            return element(
                "span", "Say what varies: the number of runs and the time are said here first.", class_="soft"
            )
        runs = points * seeds
        if runs > MOST_RUNS:
            return element("span", f"{runs:,} runs are too many; at most {MOST_RUNS:,}.", class_="wrong-text")
        here, until = self.loaded, self.now.get("until", "").strip()
        if until:
            here = varied(here, overrides=[f"horizon={float(number_given('Horizon', until, whole=False))!r}"])
        about = time_for(here, points, seeds, self.pace)
        seen = "as long as earlier ones took" if self.pace else "a rough guess"
        first = f", {roughly(about.compiling)} of it to compile the laws, once on this machine"
        return join([
            element("strong", f"{runs:,} runs"),
            f" of {duration(here.scenario.horizon)} ({counted(points, 'point')} × {counted(seeds, 'seed')}), "
            f"about {roughly(about.seconds)}{first if about.compiling else ''} ({seen})",
        ])  # fmt: skip

    def _points(self) -> int | None:
        assert self.loaded is not None
        try:
            if self.kind == "knockout":
                return len(knockouts_of(self.loaded).points)
            many = [
                len(read_values(self.now.get(f"values-{slot}", ""), self._present(slot)))
                for slot in SLOTS
                if self.now.get(f"field-{slot}", "").strip()
            ]
        except VsmLabError:
            return None
        return math.prod(many) if many else None
