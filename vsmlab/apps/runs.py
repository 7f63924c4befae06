"""The page of all runs: find, sort, note, verify, compare, throw away."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from vsmlab.apps import index
from vsmlab.apps.form_fields import finder
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.luggage.panel import Panel
from vsmlab.apps.noting import Noting
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.apps.what_is_counted import MEANINGS, PERFORMANCE
from vsmlab.errors import VsmLabError
from vsmlab.lab.record import Run
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number, percent

MOST_ROWS: Final = 200
_COLUMNS: Final = (
    ("name", "Run", False),
    ("scenario", "Scenario", False),
    ("seed", "Seed", True),
    ("engine", "Engine", False),
    ("digest", "Digest", False),
    ("served", "Served", True),
    ("mean_wait_s", "Mean wait", True),
    ("p95_wait_s", "p95 wait", True),
    ("utilisation", "Busy", True),
    ("performance", "A/P", True),
    ("changed", "Written", False),
    ("notes", "Notes", False),
)

_MEANINGS: Final = {
    "mean_wait_s": MEANINGS["mean wait"],
    "p95_wait_s": MEANINGS["p95 wait"],
    "utilisation": "Share of their time in which agents worked.",
    "performance": PERFORMANCE,
    "digest": "Checksum of the journal: runs of the same digest are the same run.",
}


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of all runs."""
    where = ", ".join(str(folder) for folder in lab.runs)
    return Shown("Runs", Runs(lab, asked.get("find", "")), f"Every run in {where}.")


class Runs:
    """The runs, as one window shows them."""

    def __init__(self, lab: Lab, wanted: str = "") -> None:
        self._lab = lab
        self._wanted, self._by, self._down = wanted[:200], "changed", True
        self._told = Told()
        self._noting: Noting | None = None
        self._throwing = ""
        self._picked = {"a": "", "b": ""}
        """Which two are to be compared: filter and order leave them as they are."""
        self._luggage = Panel(lab)
        self._actions = {
            "filter": self._filter,
            "sort": self._sort,
            "note": self._note,
            "keep-note": self._keep_note,
            "keep-mine": self._keep_mine,
            "take-theirs": self._take_theirs,
            "leave": self._leave,
            "pick-a": lambda given: self._pick("a", given),
            "pick-b": lambda given: self._pick("b", given),
            "verify": self._verify,
            "throw": self._throw,
            "throw-away": self._throw_away,
        }

    def layout(self) -> Markup:
        """Search, messages, what is asked, and the table."""
        search = element(
            "input",
            type="search",
            data_live="filter",
            placeholder="Name, scenario, seed, notes",
            id="wanted",
            autocomplete="off",
            value=self._wanted or None,
        )
        return join(
            [
                element("div", data_part="told", role="status"),
                element("div", data_part="asked"),
                finder("Find a run", search),
                element("div", data_part="table"),
                self._luggage.layout(),
            ]
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        everything = index.rows(self._lab)
        self._leave_what_is_gone(everything)
        found = index.ordered(
            (row for row in everything if row.matches(self._wanted)), self._by, down=self._down
        )
        return {
            "told": self._told.shown(),
            "asked": self._asked(),
            "count": join([f"{len(found)} of {counted(len(everything), 'run')}"]),
            "table": self._table(found, bool(everything)),
            **self._luggage.parts(),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        attempt(self._told, self._actions, what, given)
        self._luggage.do(what, given)

    def stamp(self) -> Hashable:
        """How far the runs are that go on."""
        return tuple((job.number, job.state) for job in self._lab.jobs.all())

    def _leave_what_is_gone(self, everything: list[index.Row]) -> None:
        there = {row.name: row for row in everything}
        if self._throwing and self._throwing not in there:
            self._told.refuse(f"{self._throwing} is not there any more.")
            self._throwing = ""
        for which, name in self._picked.items():
            if name and (name not in there or there[name].wrong):
                self._picked[which] = ""

    def _table(self, found: list[index.Row], any_at_all: bool) -> Markup:
        if not found and not any_at_all:
            return element("p", "No runs yet: run a scenario from the front page.", class_="soft")
        head = [
            element("th", element("abbr", "A", title="the first of two to compare"), scope="col"),
            element("th", element("abbr", "B", title="the second of two to compare"), scope="col"),
            *(self._head(key, title, right) for key, title, right in _COLUMNS),
            element("th", "Do", scope="col"),
        ]
        rows = [self._row(row) for row in found[:MOST_ROWS]]
        rows_shown = {row.name for row in found[:MOST_ROWS]}
        table = element(
            "table",
            element("caption", "Runs"),
            element("thead", element("tr", *head)),
            element("tbody", *rows),
        )
        scroll = (
            element("div", table, class_="scroll", role="region", aria_label="Runs", tabindex="0")
            if found
            else element("p", "No run says that.", class_="soft")
        )
        if not found and not any(self._picked.values()):
            return scroll
        more = len(found) - MOST_ROWS
        note = (
            element("p", f"{counted(more, 'more run')}: say more of what you look for.", class_="note")
            if more > 0
            else None
        )
        return element(
            "form",
            scroll,
            self._compare(rows_shown),
            note,
            action=address("/compare"),
            method="get",
            class_="panel",
        )

    def _compare(self, shown: set[str]) -> Markup:
        """The button that compares, with the two that are picked; one that the table does not show can be sent here."""
        picked = []
        for which, name in self._picked.items():
            if name in shown:
                picked.append(element("span", f"{which.upper()}: {name}", class_="small"))
            elif name:
                radio = element("input", type="radio", name_=which, value=name, checked=True, required=True)
                picked.append(
                    element(
                        "label",
                        radio,
                        f" {which.upper()}: {name}",
                        class_="choice",
                        data_key=f"{which}-{name}",
                    )
                )
        compare = element("button", "Compare A with B", type="submit", class_="main")
        return element("div", compare, *picked, class_="row")

    def _head(self, key: str, title: str, right: bool) -> Markup:
        order = None
        if key == self._by:
            order = "descending" if self._down else "ascending"
        said = element("abbr", title, title=_MEANINGS[key]) if key in _MEANINGS else title
        button = element("button", said, type="button", data_do="sort", data_by=key)
        return element("th", button, scope="col", aria_sort=order, class_="number" if right else None)

    def _row(self, row: index.Row) -> Markup:
        name = (
            element("a", row.name, href=address("/run", name=row.name))
            if not row.wrong
            else element("span", row.name)
        )
        cells = [self._radio(row, "a"), self._radio(row, "b"), element("th", name, scope="row")]
        if row.wrong:
            cells.append(
                element("td", "broken: ", row.wrong, colspan=str(len(_COLUMNS) - 3), class_="wrong-text")
            )
        else:
            cells += [
                element("td", row.scenario, class_="word"),
                _right(str(row.seed)),
                element("td", row.engine, class_="word"),
                element("td", element("code", row.digest[:8], title=row.digest)),
                _right(number(None if row.served is None else int(row.served))),
                _right(duration(row.mean_wait_s)),
                _right(duration(row.p95_wait_s)),
                _right(percent(row.utilisation)),
                _right(number(row.performance)),
            ]
        cells += [
            element("td", row.when, class_="small when"),
            element("td", _short(row.notes), class_="notes small"),
            element("td", *self._acts(row), class_="acts"),
        ]
        return element("tr", *cells, data_key=f"run-{row.name}")

    def _radio(self, row: index.Row, which: str) -> Markup:
        if row.wrong:
            return element("td", class_="pick")
        label = f"{row.name} as {which.upper()}"
        radio = element("input", type="radio", name_=which, value=row.name, required=True, aria_label=label,
                        data_live=f"pick-{which}", checked=row.name == self._picked[which] or None)  # fmt: skip
        return element("td", radio, class_="pick")

    def _acts(self, row: index.Row) -> list[Markup]:
        acts = []
        for what, name in (("note", "Note"), ("verify", "Verify"), ("throw", "Delete")):
            if what != "verify" or not row.wrong:
                acts.append(
                    element(
                        "button",
                        name,
                        type="button",
                        class_="plain",
                        data_do=what,
                        data_run=row.name,
                        aria_label=f"{name} {row.name}",
                    )
                )
        if row.report:
            where = address("/report", name=row.name)
            acts.append(
                element("a", "Report", href=where, class_="plain", aria_label=f"Report of {row.name}")
            )
        return acts

    def _asked(self) -> Markup:
        if self._noting is not None:
            label = join([f"Notes of {self._noting.name}"])
            return self._noting.shown(label, leave="Leave them as they were")
        if self._throwing:
            question = f"Move the run “{self._throwing}” to the trash folder ({index.TRASH}) beside it?"
            no = element("button", "Keep it", type="button", data_do="leave", data_first="yes",
                         aria_describedby="question")  # fmt: skip
            return element(
                "section",
                element("p", question, id="question"),
                element(
                    "div",
                    element(
                        "button", "Move it to the trash", type="button", class_="danger", data_do="throw-away"
                    ),
                    no,
                    class_="row",
                ),
                class_="panel",
                aria_label="Delete a run",
                data_ask="yes",
                data_escape="leave",
                data_key=f"throw-{self._throwing}",
            )
        return Markup("")

    # What people do

    def _filter(self, given: Mapping[str, str]) -> None:
        self._wanted = given.get("value", "")[:200]

    def _sort(self, given: Mapping[str, str]) -> None:
        by = given.get("by", "")
        self._down = not self._down if by == self._by else by in ("changed", "served")
        self._by = by if by in index.SORTS else self._by

    def _pick(self, which: str, given: Mapping[str, str]) -> None:
        self._picked[which] = given.get("value", "")[:300]

    def _note(self, given: Mapping[str, str]) -> None:
        name = given.get("run", "")
        if self._noting is None or self._noting.name != name:  # pressed again, what was typed stays
            self._noting = Noting(self._lab, name)
        self._throwing = ""

    def _keep_note(self, given: Mapping[str, str]) -> None:
        if self._noting is not None and self._noting.keep(given.get("notes", ""), self._told):
            self._noting = None

    def _keep_mine(self, given: Mapping[str, str]) -> None:
        if self._noting is not None and self._noting.keep(given.get("notes", ""), self._told, over=True):
            self._noting = None

    def _take_theirs(self, given: Mapping[str, str]) -> None:
        if self._noting is not None:
            self._noting.take_theirs()
            self._told.say("")

    def _leave(self, given: Mapping[str, str]) -> None:
        self._noting, self._throwing = None, ""

    def _verify(self, given: Mapping[str, str]) -> None:
        verify(self._lab, given.get("run", ""), self._told)

    def _throw(self, given: Mapping[str, str]) -> None:
        self._lab.run_folder(given.get("run", ""))
        self._throwing, self._noting = given["run"], None

    def _throw_away(self, given: Mapping[str, str]) -> None:
        if not self._throwing:
            return
        name, self._throwing = self._throwing, ""
        target = index.throw_away(self._lab.run_folder(name))
        self._told.say(f"{name} is in {target}; move it back to have it again.")


def verify(lab: Lab, name: str, told: Told) -> None:
    """Compute a run's digest anew and say what came of it."""
    try:
        found = Run(lab.run_folder(name)).verify()
    except VsmLabError as exc:
        told.refuse(str(exc))
        return
    (told.say if found.good else told.refuse)(f"{name}: {'good' if found.good else 'NOT GOOD'}, {found.says}")


def _right(value: str) -> Markup:
    return element("td", value, class_="number")


def _short(notes: str) -> str:
    return notes if len(notes) <= 160 else f"{notes[:159]}…"
